"""A request's body, read under a limit, and the JSON in it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any

import orjson

from models.errors import NightshiftError

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
DEEPEST = 64
_BOM = b"\xef\xbb\xbf"
_CONTROL = re.compile(r"[^\x20-\x7e]+")
_LONGEST_KIND = 100
# What a header may say of the kind of message.
_KINDS = frozenset(
    {
        b"sentry-hook-resource",
        b"x-amz-sns-message-type",
        b"x-github-event",
        b"x-gitlab-event",
        b"x-event-type",
        b"x-webhook-event",
    }
)


class Rejection(NightshiftError):
    """A delivery is not taken; `reason` is under what it is counted, `status` what is answered."""

    def __init__(self, status: int, reason: str, message: str, retry_after: int = 0) -> None:
        super().__init__(message)
        self.status, self.reason, self.retry_after = status, reason, retry_after


class Held:
    """How many bytes of bodies are in memory at once, over all requests, and how many may be."""

    def __init__(self, most: int) -> None:
        self.most, self.now = most, 0

    def add(self, size: int) -> None:
        """Count so many more.

        Raises:
            Rejection: There is no room for them.
        """
        if self.now + size > self.most:
            raise Rejection(503, "busy", "too much is waiting; try again later", retry_after=2)
        self.now += size

    def remove(self, size: int) -> None:
        """Count so many less."""
        self.now -= size


async def read_body(
    headers: Mapping[bytes, bytes], receive: Receive, most: int, held: Held
) -> bytes:
    """Return the raw body; what is larger than `most` bytes is not read to its end.

    Raises:
        Rejection: It is too large, compressed, or was cut off.
    """
    check_headers(headers, most)
    event = await receive()
    if not event.get("more_body"):
        return _whole(event, most)
    return await _read_on(event, receive, most, held)


def parse(body: bytes) -> object:
    """Return the JSON value of a body.

    Raises:
        Rejection: It is not JSON as RFC 8259 has it in UTF-8, or nested too deeply.
    """
    try:
        payload: object = orjson.loads(body.removeprefix(_BOM))
    except orjson.JSONDecodeError as error:
        raise Rejection(400, "not json", f"the body is not JSON: {error.msg}") from error
    if body.count(b"[") + body.count(b"{") > DEEPEST and _is_deep(payload):
        raise Rejection(400, "too deep", f"the body is nested more than {DEEPEST} levels deep")
    return payload


def kind_of(headers: Mapping[bytes, bytes]) -> str | None:
    """Return what a header says of the kind of message; None where no header does."""
    if _KINDS.isdisjoint(headers):
        return None
    text = next(value for name, value in headers.items() if name in _KINDS).decode("latin-1")
    return _CONTROL.sub("", text)[:_LONGEST_KIND] or None


def check_headers(headers: Mapping[bytes, bytes], most: int) -> None:
    """Refuse by its headers what is too large or compressed.

    Raises:
        Rejection: It is.
    """
    length = headers.get(b"content-length")
    if length is not None and length.isdigit() and int(length) > most:
        raise _too_large(most)
    if b"content-encoding" in headers and headers[b"content-encoding"].lower() != b"identity":
        raise Rejection(415, "encoding", "compressed bodies are not taken")


def _whole(event: Mapping[str, Any], most: int) -> bytes:
    if event["type"] != "http.request":
        raise _cut_off()
    body: bytes = event.get("body", b"")
    if len(body) > most:
        raise _too_large(most)
    return body


async def _read_on(event: Mapping[str, Any], receive: Receive, most: int, held: Held) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        while True:
            part = _whole(event, most)
            held.add(len(part))
            size += len(part)
            parts.append(part)
            if size > most:
                raise _too_large(most)
            if not event.get("more_body"):
                return b"".join(parts)
            event = await receive()
    finally:
        held.remove(size)


def _too_large(most: int) -> Rejection:
    return Rejection(413, "too large", f"a body may have {most} bytes")


def _cut_off() -> Rejection:
    return Rejection(408, "cut off", "the body did not come to its end in time")


def _is_deep(payload: object) -> bool:
    # Level by level and not by recursion: the parser itself stops at 1,024 levels.
    level = [payload]
    for _ in range(DEEPEST):
        level = [one for parent in level for one in _children(parent) if type(one) in (dict, list)]
        if not level:
            return False
    return True


def _children(parent: object) -> Iterable[object]:
    if isinstance(parent, dict):
        return parent.values()
    return parent if isinstance(parent, list) else ()
