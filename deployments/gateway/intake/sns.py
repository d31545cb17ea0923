"""Amazon SNS signs its messages with a certificate, which stands in a file of ours.

Nothing is ever fetched: `SigningCertURL` and `SubscribeURL` are names that a stranger may choose.
A topic's request to be confirmed is told to people, who confirm it themselves.

Source: "Verifying the signatures of Amazon SNS messages" of the SNS developer guide.
"""

from __future__ import annotations

import base64
import binascii
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm

from models.errors import ConfigurationError
from models.settings import settings

logger = logging.getLogger(__name__)

MESSAGE_TYPE = b"x-amz-sns-message-type"
_HASHES: dict[str, HashAlgorithm] = {"1": SHA1(), "2": SHA256()}  # noqa: S303  version 1 is what SNS signs with by default
_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_SIGNED = {
    "Notification": _NOTIFICATION,
    "SubscriptionConfirmation": _CONFIRMATION,
    "UnsubscribeConfirmation": _CONFIRMATION,
}
# SNS tries again for hours with the first time; within this the fingerprint refuses repetitions.
_OLDEST_SECONDS = 86_400.0
# People paste it into a shell.
_TOKEN = re.compile(r"[0-9a-f]{1,512}")


def load_certificates() -> tuple[x509.Certificate, ...]:
    """Return the configured certificates; () where there are none.

    Amazon signs the messages of every account's topics with the same one, so that it says nothing
    without the names of the topics that are ours.

    Raises:
        ConfigurationError: The file cannot be read, or no topic is named.
    """
    path = settings().sns_certificate
    if path is None:
        return ()
    if not settings().sns_topics:
        raise ConfigurationError(
            "NIGHTSHIFT_SNS_CERTIFICATE is set and NIGHTSHIFT_SNS_TOPICS is not;"
            " name the ARNs of your topics there, since anybody's topic is signed with it"
        )
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"NIGHTSHIFT_SNS_CERTIFICATE: {path} holds no PEM: {error}"
        ) from error


def is_authentic(payload: object, certificates: tuple[x509.Certificate, ...], now: float) -> bool:
    """Tell whether a message is of one of our topics, signed, and not long ago."""
    if not isinstance(payload, Mapping) or payload.get("TopicArn") not in settings().sns_topics:
        return False
    text = _canonical(payload)
    hashed = _HASHES.get(str(payload.get("SignatureVersion")))
    signature = _signature(payload.get("Signature"))
    if text is None or hashed is None or signature is None or not _is_recent(payload, now):
        return False
    at = datetime.fromtimestamp(now, UTC)
    return any(_signed_by(one, signature, text, hashed, at) for one in certificates)


def tell_of_confirmation(payload: Mapping[str, Any]) -> None:
    """Tell people that a topic asks to be confirmed; only they may visit what it names."""
    topic, token = str(payload.get("TopicArn")), str(payload.get("Token"))
    if topic in settings().sns_topics and _TOKEN.fullmatch(token):
        logger.warning(
            "the SNS topic %s asks to be confirmed: aws sns confirm-subscription --topic-arn %s"
            " --token %s",
            topic, topic, token,
        )  # fmt: skip
    else:
        logger.warning("an SNS topic that NIGHTSHIFT_SNS_TOPICS does not name asks to be confirmed")


def _canonical(payload: Mapping[str, Any]) -> bytes | None:
    names = _SIGNED.get(str(payload.get("Type")))
    if names is None:
        return None
    lines = [f"{name}\n{payload[name]}\n" for name in names if payload.get(name) is not None]
    return "".join(lines).encode("utf-8", "replace")


def _signature(value: object) -> bytes | None:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else None
    except (binascii.Error, ValueError):
        return None


def _is_recent(payload: Mapping[str, Any], now: float) -> bool:
    try:
        at = datetime.fromisoformat(str(payload.get("Timestamp")))
    except ValueError:
        return False
    return at.tzinfo is not None and abs(now - at.timestamp()) <= _OLDEST_SECONDS


def _signed_by(
    certificate: x509.Certificate,
    signature: bytes,
    text: bytes,
    hashed: HashAlgorithm,
    at: datetime,
) -> bool:
    key = certificate.public_key()
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        return False
    if not isinstance(key, RSAPublicKey):
        return False
    try:
        key.verify(signature, text, PKCS1v15(), hashed)
    except InvalidSignature:
        return False
    return True
