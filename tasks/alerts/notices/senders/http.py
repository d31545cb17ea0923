"""One request to a configured address, within a deadline over all of it.

httpx limits each read; a receiver that sends a byte at a time would hold a channel for hours, so
the whole exchange runs under one timeout. Redirects are not followed and proxies of the environment
are not used, so that nothing but the configured host is spoken to.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from models.errors import AccessDenied, ExternalError, Refused, Unavailable, UnexpectedReply
from tasks.alerts.notices.senders import Unanswered
from tasks.alerts.notices.senders.secrets import clean

DEADLINE_SECONDS = 10.0
_CONNECT_SECONDS = 5.0
_LONGEST_REPLY = 1_000_000
_LONGEST_WAIT = 3600.0
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_UNUSABLE = (httpx.UnsupportedProtocol, httpx.InvalidURL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is sent where."""

    system: str
    url: str
    body: bytes
    headers: Mapping[str, str]

    @property
    def target(self) -> str:
        """Return the host and port, the only part of the address that errors show."""
        return target_of(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Status and body of an answer in the 200s."""

    status: int
    body: bytes


class _Quiet(logging.Filter):
    """Keeps addresses out of httpx's log: that of a webhook is its secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Show of an address its host alone."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                target_of(str(arg)) if isinstance(arg, httpx.URL) else arg for arg in record.args
            )
        return True


logging.getLogger("httpx").addFilter(_Quiet())


def target_of(url: str) -> str:
    """Return the host and port of an address."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2] or "an unreadable address"
    except ValueError:
        return "an unreadable address"


def send(request: Request, deadline_seconds: float = DEADLINE_SECONDS) -> Reply:
    """Send a request and return its answer.

    Raises:
        Unavailable: It did not arrive: no connection, or 429.
        Unanswered: It may have arrived: no whole answer in time, or a status of 500 and more.
        AccessDenied: 401 or 403.
        Refused: Any other status from 400, such as a message that is too long.
        UnexpectedReply: A redirect, or an answer without end.
    """
    try:
        return asyncio.run(_exchange(request, deadline_seconds))
    except TimeoutError as error:
        raise Unanswered(
            request.system, request.target, f"no answer within {deadline_seconds:g} s"
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _from_transport(request, error) from error


async def _exchange(request: Request, deadline_seconds: float) -> Reply:
    # A packed answer could unpack to any size.
    headers = {"Accept-Encoding": "identity", **request.headers}
    limits = httpx.Timeout(deadline_seconds, connect=min(_CONNECT_SECONDS, deadline_seconds))
    async with (
        asyncio.timeout(deadline_seconds),
        httpx.AsyncClient(timeout=limits, trust_env=False, follow_redirects=False) as client,
        client.stream("POST", request.url, content=request.body, headers=headers) as response,
    ):
        body = bytearray()
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > _LONGEST_REPLY:
                raise UnexpectedReply(request.system, request.target, "its answer has no end")
        return _judged(request, response, bytes(body))


def _judged(request: Request, response: httpx.Response, body: bytes) -> Reply:
    if response.is_success:
        return Reply(status=response.status_code, body=body)
    raise _from_status(request, response, body)


def _from_status(
    request: Request, response: httpx.Response, body: bytes
) -> ExternalError | Refused:
    code, said = response.status_code, f"HTTP {response.status_code}{_said(body)}"
    if code in {401, 403}:
        return AccessDenied(request.system, request.target, said)
    if code in {408, 425, 429}:
        return Unavailable(request.system, request.target, said, _wait(response))
    if code >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Unanswered(request.system, request.target, said, _wait(response))
    if response.is_redirect:
        return UnexpectedReply(
            request.system,
            request.target,
            f"HTTP {code}: it leads elsewhere, which is not followed",
        )
    return Refused(f"{request.system} at {request.target}: {said}")


def _wait(response: httpx.Response) -> float | None:
    """Return the seconds that it asks to wait, told as a number or as a date."""
    asked = response.headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return min(float(asked), _LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(asked)
    except ValueError:
        return None
    left = until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)
    return min(max(left.total_seconds(), 0.0), _LONGEST_WAIT)


def _from_transport(request: Request, error: Exception) -> ExternalError:
    if isinstance(error, _UNUSABLE):
        return UnexpectedReply(request.system, request.target, "its address cannot be used")
    kind = Unavailable if isinstance(error, _NOT_SENT) else Unanswered
    words = clean(str(error) or type(error).__name__)
    return kind(request.system, request.target, words)


def _said(body: bytes) -> str:
    words = clean(body.decode("utf-8", "replace"))
    return f": {words}" if words else ""
