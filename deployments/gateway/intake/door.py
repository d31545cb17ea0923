"""`POST /webhook/{vendor}`: thousands of deliveries a second, so no framework stands before it.

Our own server hands a small delivery over as soon as it was read (`take_whole`); larger ones, and
other servers, come in as to any ASGI application.

In this order: may this address post, how much, is it authentic (over the raw bytes), is it JSON,
is it known. Nothing is parsed before it is authentic, except an SNS message, whose signature stands
in it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from collectors import alerts
from deployments.gateway.intake import sns
from deployments.gateway.intake.figures import Figures
from deployments.gateway.intake.limits import Buckets, client_address
from deployments.gateway.intake.reading import (
    Held,
    Receive,
    Rejection,
    check_headers,
    kind_of,
    parse,
    read_body,
)
from deployments.gateway.intake.schemes import Headers, Posted, authenticate
from deployments.gateway.intake.vendors import Sender, Vendors
from deployments.gateway.intake.writer import Acknowledgement, BatchWriter
from models.errors import NightshiftError
from models.records.delivery import Incoming
from models.settings import settings

logger = logging.getLogger(__name__)

PREFIX = "/webhook/"
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Scope = MutableMapping[str, Any]
Answer = Callable[..., None]  # status, JSON, and after how many seconds to try again
_HELD_BYTES = 64 << 20
_SNS_VENDORS = frozenset({"cloudwatch", "sns"})
_NOT_POSTED = 405
_TELL_AGAIN_SECONDS = 60.0
_STORED = '{"delivery_id":"%d","status":"%s"}'
_AWAY = b'{"error":"the database does not answer"}'
_AWAY_SECONDS = 2
_FAULT = b'{"error":"the gateway failed over this delivery; its log says why"}'
_FAULT_SECONDS = 30
_FULL = b'{"error":"too many connections are open"}'
_FULL_SECONDS = 2
# What a bug raises, and an operator's file that can no longer be read.
_BUGS = (ArithmeticError, AttributeError, LookupError, NightshiftError, TypeError, ValueError)
_NONE: Mapping[str, str] = {}
_FINGERPRINT_BYTES = 16
_EXPLAINED_BYTES = 16 << 10
_NO_SHAPE = "no known shape of this sender's messages"


class Arrived(NamedTuple):
    """A delivery as it was read; header names in lower case, the peer's address and port."""

    headers: Headers
    body: bytes
    query: bytes
    peer: tuple[str, int] | None


class Door:
    """The one that takes deliveries; `start` and `stop` run on the server's event loop.

    Raises:
        ConfigurationError: A secret is empty, or a certificate or mapping file cannot be read.
    """

    def __init__(self, ack_seconds: float = 5.0) -> None:
        own = settings()
        self.figures = Figures()
        self.held = Held(max(_HELD_BYTES, own.webhook_max_body_bytes))
        # Apart, as anybody may begin to send: that must not send away who has proved himself.
        self.reading = Held(self.held.most)
        self.writer = BatchWriter(self.figures, self.held, own.webhook_queue, ack_seconds)
        self._vendors = Vendors()
        self._certificates = sns.load_certificates()
        self._by_address = Buckets(own.gateway_rate_per_second)
        self._by_vendor = Buckets(own.webhook_rate_per_second)
        self._proxies = frozenset(own.gateway_trusted_proxies)
        self._most = own.webhook_max_body_bytes
        self._window = own.webhook_replay_seconds
        # Labels and reasons are few, whoever posts.
        self._told_until: dict[str, float] = {}
        alerts.recognizes("generic", {}, None)  # loads the adapters before the first delivery

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        sender = self._vendors.find(scope["path"][len(PREFIX) :])
        if sender is None:
            await _send(send, 404, b'{"error":"there is no such sender"}')
        elif scope["method"] != "POST":
            await _send(send, _NOT_POSTED, b'{"error":"deliveries are posted"}')
        else:
            await self._take(sender, scope, receive, send)

    async def _take(self, sender: Sender, scope: Scope, receive: Receive, send: Send) -> None:
        answered = asyncio.get_running_loop().create_future()

        def answer(status: int, content: bytes, retry_after: int = 0) -> None:
            if not answered.done():
                answered.set_result((status, content, retry_after))

        headers = dict(scope["headers"])
        try:
            body = await read_body(headers, receive, self._most, self.reading)
        except Rejection as rejection:
            self.refuse(sender, rejection, answer)
        else:
            arrived = Arrived(headers, body, scope["query_string"], scope.get("client"))
            self.take_whole(sender, arrived, answer)
        await _send(send, *await answered)

    def sender(self, path: bytes) -> Sender | None:
        """Return who posts to what follows the prefix of a path; None where that is not clear."""
        return self._vendors.find(path.decode("latin-1"))

    def count_full(self, path: bytes) -> None:
        """Count a delivery that is sent away because too many connections are open."""
        sender = self.sender(path.partition(b"?")[0])
        if sender is not None:
            self.figures.reject(sender.label, "connections")

    def take_whole(self, sender: Sender, arrived: Arrived, answer: Answer) -> None:
        """Take a delivery that was read; it is answered now, or when it is stored."""

        def tell(stored: Acknowledgement | None) -> None:
            if stored is None:  # the writer has counted it, or will
                answer(503, _AWAY, _AWAY_SECONDS)
            else:
                answer(202, (_STORED % stored).encode())

        try:
            check_headers(arrived.headers, self._most)
            if self._by_address.limited:
                _limit(self._by_address, self._address(arrived))
            self.writer.submit(self._examine(sender, arrived), sender.label, tell)
        except Rejection as rejection:
            self.refuse(sender, rejection, answer)
        except _BUGS:
            # What it holds is not lost: its sender tries again.
            logger.exception("a delivery of %s was not taken", sender.name)
            self.figures.reject(sender.label, "error")
            answer(503, _FAULT, _FAULT_SECONDS)

    def refuse(self, sender: Sender, rejection: Rejection, answer: Answer) -> None:
        """Count what is not taken, and answer it."""
        self.figures.reject(sender.label, rejection.reason)
        self._log_refusal(sender, rejection)
        answer(rejection.status, orjson.dumps({"error": str(rejection)}), rejection.retry_after)

    def is_signed(self, name: str, scope: Scope, body: bytes) -> bool:
        """Tell whether a request of another route is signed with the secret of `name`."""
        sender = self._vendors.find(name)
        headers = dict(scope["headers"])
        posted = Posted(headers, body, scope["query_string"], time.time(), self._window)
        return sender is not None and authenticate(name, posted, sender.secrets) is not None

    def _examine(self, sender: Sender, arrived: Arrived) -> Incoming:
        """Return what is to be stored of an authentic delivery.

        Raises:
            Rejection: It is not authentic, too much for its sender, or not JSON.
        """
        headers, body, query, _ = arrived
        posted = Posted(headers, body, query, time.time(), self._window)
        believed = self._authenticate(sender, posted)
        if self._by_vendor.limited:
            _limit(self._by_vendor, sender.name)
        payload = parse(body)
        kind = kind_of(headers)
        if kind == "SubscriptionConfirmation" and isinstance(payload, Mapping):
            sns.tell_of_confirmation(payload)
        fingerprint = _fingerprint(sender.name, payload, believed, body)
        dead = _why_dead(sender.name, payload, kind, len(body))
        received_at = datetime.fromtimestamp(posted.now, UTC)
        return Incoming(sender.name, fingerprint, body, received_at, kind, 0, dead)

    def _log_refusal(self, sender: Sender, rejection: Rejection) -> None:
        """Tell who runs the gateway what the sender must not learn, each kind once a minute."""
        key, now = f"{sender.label}/{rejection.reason}", time.monotonic()
        if now < self._told_until.get(key, now):
            return
        self._told_until[key] = now + _TELL_AGAIN_SECONDS
        lacking = not sender.secrets and not sender.unsigned and rejection.reason == "signature"
        name = sender.name.upper().replace("-", "_")
        cure = f"; it has no secret: set NIGHTSHIFT_WEBHOOK_{name}_SECRET" if lacking else ""
        logger.warning("a delivery of %s was refused: %s%s", sender.name, rejection.reason, cure)

    def _authenticate(self, sender: Sender, posted: Posted) -> Headers:
        if self._certificates and sender.name in _SNS_VENDORS and _is_sns(posted):
            if sns.is_authentic(parse(posted.body), self._certificates, posted.now):
                return {}
            raise _unauthentic()
        believed = authenticate(sender.name, posted, sender.secrets)
        if believed is None and not sender.unsigned:
            raise _unauthentic()
        return believed or {}

    def _address(self, arrived: Arrived) -> str:
        peer = arrived.peer[0] if arrived.peer else ""
        return client_address(peer, arrived.headers.get(b"x-forwarded-for"), self._proxies)


def _limit(buckets: Buckets, key: str) -> None:
    wait = buckets.take(key, time.monotonic())
    if wait:
        raise Rejection(429, "rate", "too many deliveries; try again later", int(wait) + 1)


def _is_sns(posted: Posted) -> bool:
    return sns.MESSAGE_TYPE in posted.headers


def _why_dead(vendor: str, payload: object, kind: str | None, size: int) -> str | None:
    """Return why nobody can read a payload; None where somebody can.

    The words are the adapter's own and quote nothing of the body.
    """
    if isinstance(payload, (dict, list)) and alerts.recognizes(vendor, payload, kind):
        return None
    if size > _EXPLAINED_BYTES:  # others wait meanwhile
        return _NO_SHAPE
    return alerts.normalize_payload(vendor, payload, kind).reason or _NO_SHAPE


def _fingerprint(vendor: str, payload: object, believed: Headers, body: bytes) -> bytes:
    """Return what is equal for one delivery and its repetitions.

    The sender's own id counts where nobody else could have written it: in the body, or in a header
    that is signed too. Otherwise a repetition with another id would pass as new.
    """
    if isinstance(payload, dict):
        named = _texts(believed) if believed else _NONE
        identity = alerts.delivery_id(vendor, payload, named)
        if identity is not None:
            # No JSON begins so, and no body can pass for an id.
            return _digest(b"id\0" + identity.encode("utf-8", "replace"))
    return _digest(body)


def _digest(text: bytes) -> bytes:
    return sha256(text).digest()[:_FINGERPRINT_BYTES]


def _texts(headers: Headers) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}


def _unauthentic() -> Rejection:
    # One sentence for every cause: which part failed helps only who guesses.
    return Rejection(401, "signature", "the delivery is not authentic")


async def send_full(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer a request on a connection that is one too many."""
    await _send(send, 503, _FULL, _FULL_SECONDS, closes=True)


async def _send(
    send: Send, status: int, content: bytes, retry_after: int = 0, *, closes: bool = False
) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    if retry_after:
        headers.append((b"retry-after", str(retry_after).encode()))
    if closes:
        headers.append((b"connection", b"close"))
    if status == _NOT_POSTED:
        headers.append((b"allow", b"POST"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
