"""Reads the certificate that a vCenter's TLS port presents."""

from __future__ import annotations

import socket
import ssl

from collectors.vmware.options import Options
from collectors.vmware.parse_certificate import Certificate, parse_certificate

# A side note of the collection: it may not hold up the rest.
_SECONDS = 10.0


def read_certificate(options: Options) -> Certificate | None:
    """Return the certificate, trusted or not; None over plain HTTP or where it cannot be read."""
    if options.url.scheme != "https":
        return None
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # only looked at; the session has its own, strict context
    place = (options.url.hostname or "", options.url.port or 443)
    try:
        with (
            socket.create_connection(place, min(_SECONDS, options.timeout_seconds)) as plain,
            context.wrap_socket(plain, server_hostname=place[0]) as wire,
        ):
            der = wire.getpeercert(binary_form=True)
    except OSError:
        return None
    return parse_certificate(der) if der else None
