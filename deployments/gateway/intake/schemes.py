"""How each sender proves that a delivery is its own: signatures over the raw bytes, or tokens.

The header that a delivery bears decides the scheme: its sender's own, one that many senders share,
or a token. Comparisons take the same time wherever the difference is. Signatures are compared as
the senders write them (lower-case hexadecimal). A time that is signed must be near ours; where none
is, the fingerprint of the body refuses a repetition.

Source: the webhook documentation of PagerDuty (v3), Sentry, Grafana, Slack and GitHub, and the
Standard Webhooks specification.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from hashlib import _Hash

Headers = Mapping[bytes, bytes]
_LONGEST_TIME = 12
_BLOCK_BYTES = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


class Posted(NamedTuple):
    """A delivery as it came: header names in lower case, the raw body.

    `now` is in seconds since 1970, `window` how many seconds a signed time may lie from it.
    """

    headers: Headers
    body: bytes
    query: bytes
    now: float
    window: float


class Scheme(NamedTuple):
    """One way to sign; `header` tells that it is used, `signed` which headers are signed too."""

    header: bytes
    verify: Callable[[Posted, bytes], bool]
    signed: tuple[bytes, ...] = ()


def authenticate(vendor: str, posted: Posted, secrets: Sequence[bytes]) -> Headers | None:
    """Return the headers that can be believed, or None where the delivery is not authentic.

    Args:
        vendor: Whose own scheme is tried first.
        posted: The delivery.
        secrets: All that hold at present; two while one is rotated.
    """
    headers = posted.headers
    for scheme in _SCHEMES.get(vendor, _SHARED):
        if scheme.header in headers:
            return _believed(scheme, posted, secrets)
    # Who knows the token could send any header.
    return headers if _has_token(vendor, posted, secrets) else None


def _believed(scheme: Scheme, posted: Posted, secrets: Sequence[bytes]) -> Headers | None:
    for secret in secrets:
        if scheme.verify(posted, secret):
            signed = scheme.signed
            return {name: posted.headers.get(name, b"") for name in signed} if signed else {}
    return None


def _hexadecimal(secret: bytes, text: bytes) -> bytes:
    begun = _keyed(secret)
    inner, outer = begun[0].copy(), begun[1].copy()
    inner.update(text)
    outer.update(inner.digest())
    return outer.hexdigest().encode()


@lru_cache(maxsize=256)
def _keyed(secret: bytes) -> tuple[_Hash, _Hash]:
    """Return the two hashes of an HMAC (RFC 2104), begun with the key.

    To take in the key, and what `hmac` adds, costs more than to sign a small body.
    """
    key = secret if len(secret) <= _BLOCK_BYTES else sha256(secret).digest()
    padded = key.ljust(_BLOCK_BYTES, b"\0")
    return sha256(padded.translate(_INNER)), sha256(padded.translate(_OUTER))


def _is_near(posted: Posted, time: bytes) -> bool:
    return (
        0 < len(time) <= _LONGEST_TIME
        and time.isdigit()
        and abs(posted.now - int(time)) <= posted.window
    )


def _plain(header: bytes, prefix: bytes = b"") -> Scheme:
    def verify(posted: Posted, secret: bytes) -> bool:
        given = posted.headers[header]
        return hmac.compare_digest(given, prefix + _hexadecimal(secret, posted.body))

    return Scheme(header, verify)


def _ours(header: bytes) -> Scheme:
    """Hexadecimal HMAC-SHA256 of the body, with or without `sha256=` before it."""

    def verify(posted: Posted, secret: bytes) -> bool:
        given = posted.headers[header].removeprefix(b"sha256=")
        return hmac.compare_digest(given, _hexadecimal(secret, posted.body))

    return Scheme(header, verify)


def _pagerduty(posted: Posted, secret: bytes) -> bool:
    expected = b"v1=" + _hexadecimal(secret, posted.body)
    given = posted.headers[b"x-pagerduty-signature"].split(b",")
    return any(hmac.compare_digest(one.strip(), expected) for one in given)


def _grafana(posted: Posted, secret: bytes) -> bool:
    given = posted.headers[b"x-grafana-alerting-signature"]
    # The name of the header with the time is chosen in Grafana; without it no time is signed.
    time = next((v for name, v in posted.headers.items() if name.endswith(b"timestamp")), None)
    if time is None:
        return hmac.compare_digest(given, _hexadecimal(secret, posted.body))
    matches = hmac.compare_digest(given, _hexadecimal(secret, time + b":" + posted.body))
    return matches and _is_near(posted, time)


def _slack(posted: Posted, secret: bytes) -> bool:
    time = posted.headers.get(b"x-slack-request-timestamp", b"")
    expected = b"v0=" + _hexadecimal(secret, b"v0:" + time + b":" + posted.body)
    matches = hmac.compare_digest(posted.headers[b"x-slack-signature"], expected)
    return matches and _is_near(posted, time)


def _standard(prefix: bytes) -> Scheme:
    names = tuple(prefix + part for part in (b"-id", b"-timestamp", b"-signature"))

    def verify(posted: Posted, secret: bytes) -> bool:
        identity, time, given = (posted.headers.get(name, b"") for name in names)
        text = identity + b"." + time + b"." + posted.body
        found = [
            hmac.compare_digest(one, b"v1," + base64.b64encode(hmac.digest(key, text, "sha256")))
            for one in given.split(b" ")
            for key in _keys(secret)
        ]
        return bool(identity) and any(found) and _is_near(posted, time)

    return Scheme(names[2], verify, signed=names[:2])


def _keys(secret: bytes) -> tuple[bytes, ...]:
    """Return what a Standard Webhooks secret may mean: `whsec_` and base64, or the bytes as is."""
    marked = secret.startswith(b"whsec_")
    try:
        decoded = base64.b64decode(secret.removeprefix(b"whsec_"), validate=True)
    except binascii.Error:
        return (secret,)
    return (decoded,) if marked else (decoded, secret)


_OWN: dict[str, tuple[Scheme, ...]] = {
    "pagerduty": (Scheme(b"x-pagerduty-signature", _pagerduty),),
    "sentry": (_plain(b"sentry-hook-signature"),),
    "grafana": (Scheme(b"x-grafana-alerting-signature", _grafana),),
    "slack": (
        Scheme(b"x-slack-signature", _slack, signed=(b"x-slack-request-timestamp",)),
    ),
}  # fmt: skip
_SHARED = (
    _standard(b"webhook"),
    _standard(b"svix"),
    _plain(b"x-hub-signature-256", b"sha256="),
    _ours(b"x-nightshift-signature"),
    _ours(b"x-signature"),
)
_SCHEMES = {vendor: (*own, *_SHARED) for vendor, own in _OWN.items()}
_TOKEN_HEADERS = (
    b"x-nightshift-token",
    b"x-webhook-token",
    b"x-webhook-secret",
    b"x-auth-token",
    b"x-api-key",
    b"x-token",
    b"x-gitlab-token",
)
# These senders cannot be told to send a header; their documents say to put the token in the URL.
_ONLY_A_URL = frozenset(
    {
        "azuremonitor",
        "cloudwatch",
        "gcpmonitoring",
        "pingdom",
        "splunk",
        "statuspage",
        "uptimerobot",
    }
)
_TOKEN_PARAMETERS = (b"token", b"auth_token")


def _has_token(vendor: str, posted: Posted, secrets: Sequence[bytes]) -> bool:
    given = [*_tokens(posted.headers), *(_from_url(posted.query) if vendor in _ONLY_A_URL else ())]
    return any(hmac.compare_digest(one, secret) for one in given for secret in secrets)


def _tokens(headers: Headers) -> list[bytes]:
    found = [headers[name] for name in _TOKEN_HEADERS if name in headers]
    if authorization := headers.get(b"authorization"):
        kind, _, value = authorization.partition(b" ")
        found += _basic(value.strip()) if kind.lower() == b"basic" else [value.strip(), kind]
    return found


def _basic(value: bytes) -> list[bytes]:
    """Return what may be the token in `user:password`: the password, or both."""
    try:
        decoded = base64.b64decode(value, validate=True)
    except binascii.Error:
        return []
    return [decoded.partition(b":")[2], decoded]


def _from_url(query: bytes) -> list[bytes]:
    try:
        given = parse_qs(query, max_num_fields=20)
    except ValueError:  # more parameters than any sender has
        return []
    return [value for name in _TOKEN_PARAMETERS for value in given.get(name, [])]
