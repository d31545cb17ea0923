"""CloudEvents to a webhook, signed as Standard Webhooks are where a secret is configured.

Source: the Standard Webhooks specification: `webhook-id`, `webhook-timestamp` and in
`webhook-signature` the base64 HMAC-SHA256 over `id.timestamp.body`. The id of a repeated event is
the same, so that the receiver drops it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time

import msgspec

from generators.incidents.messages.cloud_events import CONTENT_TYPE
from models.errors import ConfigurationError
from models.settings import settings
from tasks.alerts.notices.senders import Delivered, Outgoing
from tasks.alerts.notices.senders.http import Request, send

_PREFIX = "whsec_"


def deliver(outgoing: Outgoing) -> Delivered:
    """Send an event.

    Raises:
        ConfigurationError: The secret is not base64 behind `whsec_`.
        ExternalError: As `senders.http.send`.
    """
    configured = settings().notify_cloudevents_url
    url = configured.get_secret_value() if configured else ""
    secret = settings().notify_cloudevents_secret
    body = msgspec.json.encode(outgoing.message, order="deterministic")
    identity = str(outgoing.message["id"])
    signed = signature(secret.get_secret_value(), identity, body) if secret else {}
    send(
        Request(
            system="CloudEvents receiver",
            url=url,
            body=body,
            headers={"Content-Type": CONTENT_TYPE, **signed},
        )
    )
    return Delivered(ref=identity)


def signature(secret: str, identity: str, body: bytes, now: float | None = None) -> dict[str, str]:
    """Return the headers that sign a body.

    Raises:
        ConfigurationError: The secret is not base64 behind `whsec_`.
    """
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ConfigurationError(
            "NIGHTSHIFT_NOTIFY_CLOUDEVENTS_SECRET is not base64 behind whsec_"
        ) from None
    stamp = str(int(time.time() if now is None else now))
    digest = hmac.digest(key, f"{identity}.{stamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": identity,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
