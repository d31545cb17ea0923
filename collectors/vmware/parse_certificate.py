"""Certificates: of a host from its configuration, of vCenter from its TLS port."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from collectors.vmware.values import integer

_PEM = b"-----BEGIN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What we keep of a certificate; `sha256` is its fingerprint in hex."""

    subject: str
    issuer: str
    not_after: datetime
    sha256: str


def parse_certificate(der: bytes) -> Certificate | None:
    """Return the certificate; None where the bytes are none."""
    try:
        found = x509.load_der_x509_certificate(der)
        return Certificate(
            subject=found.subject.rfc4514_string(),
            issuer=found.issuer.rfc4514_string(),
            not_after=found.not_valid_after_utc,
            sha256=found.fingerprint(SHA256()).hex(),
        )
    except ValueError:
        return None


def expiry(value: Any) -> datetime | None:
    """Return when the certificate in a host's `config.certificate` ends.

    vCenter sends it as one element a byte, signed; some servers send base64 in one element.
    """
    pem = _bytes(value)
    if not pem.startswith(_PEM):
        return None
    try:
        return x509.load_pem_x509_certificate(pem).not_valid_after_utc
    except ValueError:
        return None


def _bytes(value: Any) -> bytes:
    parts = value if isinstance(value, list) else [value] if value else []
    if len(parts) == 1:
        try:
            return base64.b64decode(str(parts[0]), validate=True)
        except (binascii.Error, ValueError):
            return b""
    return bytes((integer(part) or 0) & 0xFF for part in parts)
