"""Sign bodies as each vendor does, over the very bytes that are sent.

Source: the vendors' documentation of their webhooks; Amazon SNS developer guide, verifying the
signatures of messages.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import orjson
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from deployments.practice.alerting.vendors import PAYLOADS

SNS = "cloudwatch"  # signs with a private key, of which we have the certificate
_KEY_BITS = 2048
_DAYS = 3650
_SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
Signed = tuple[bytes, dict[str, str]]


@dataclass(frozen=True, kw_only=True)
class Keys:
    """What the practice senders sign with: a secret a vendor, and Amazon's private key as PEM."""

    secrets: Mapping[str, str] = field(repr=False)
    private_key: str = field(repr=False)
    certificate: str = field(repr=False)

    @cached_property
    def rsa(self) -> rsa.RSAPrivateKey:
        """Amazon's private key."""
        found = serialization.load_pem_private_key(self.private_key.encode(), None)
        if not isinstance(found, rsa.RSAPrivateKey):
            raise TypeError("the key is not an RSA key")
        return found

    def to_json(self) -> str:
        """Return all of it as text, for a file that its owner alone can read."""
        return json.dumps(
            {
                "secrets": dict(self.secrets),
                "private_key": self.private_key,
                "certificate": self.certificate,
            }
        )


def read_keys(text: str) -> Keys:
    """Return what `to_json` wrote.

    Raises:
        ValueError: It is something else.
    """
    try:
        return Keys(**json.loads(text))
    except TypeError as error:
        raise ValueError(str(error)) from error


def draw_keys(vendors: Iterable[str] = tuple(PAYLOADS)) -> Keys:
    """Return new secrets for all vendors."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return Keys(
        secrets={vendor: secrets.token_urlsafe(24) for vendor in vendors if vendor != SNS},
        private_key=private.decode(),
        certificate=_certificate(key).decode(),
    )


def _certificate(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.practice.example.net")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_DAYS))
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def sign(vendor: str, body: bytes, keys: Keys) -> Signed:
    """Return the body as it is sent, and the headers that prove who sent it."""
    if vendor == SNS:
        return _by_amazon(body, keys), {}
    headers = _HEADERS.get(vendor, _token)
    return body, headers(keys.secrets[vendor], body)


def variables(keys: Keys) -> dict[str, str]:
    """Return the environment variables by which the gateway knows the secrets."""
    return {
        f"NIGHTSHIFT_WEBHOOK_{vendor.upper()}_SECRET": value
        for vendor, value in keys.secrets.items()
    }


def _hmac(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _token(secret: str, _: bytes) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def _by_amazon(body: bytes, keys: Keys) -> bytes:
    message: dict[str, Any] = orjson.loads(body)
    text = "".join(f"{name}\n{message[name]}\n" for name in _SIGNED if name in message)
    digest = hashes.SHA256() if message["SignatureVersion"] == "2" else hashes.SHA1()  # noqa: S303
    signature = keys.rsa.sign(text.encode(), padding.PKCS1v15(), digest)
    return orjson.dumps({**message, "Signature": base64.b64encode(signature).decode()})


_HEADERS: dict[str, Callable[[str, bytes], dict[str, str]]] = {
    "grafana": lambda secret, body: {"X-Grafana-Alerting-Signature": _hmac(secret, body)},
    "pagerduty": lambda secret, body: {"X-PagerDuty-Signature": f"v1={_hmac(secret, body)}"},
    "sentry": lambda secret, body: {"Sentry-Hook-Signature": _hmac(secret, body)},
}
