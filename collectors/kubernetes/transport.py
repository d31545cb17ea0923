"""Carries requests to one API server by the official client: GET only, each with a deadline.

What the wire can do to us is translated here, once, into `models.errors`. Replies that ask to come
again (429, 5xx) and connections that broke are tried again a few times.
"""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

import msgspec
import urllib3
from kubernetes.client import ApiClient, Configuration
from kubernetes.client.exceptions import ApiException

from collectors.kubernetes.connections import pool_classes
from collectors.kubernetes.errors import SYSTEM, Expired, Forbidden, NotOffered, NotThere
from models.errors import (
    AccessDenied,
    ExternalError,
    NightshiftError,
    Unavailable,
    UnexpectedReply,
)

_log = logging.getLogger(__name__)
JSON = "application/json"
_ATTEMPTS = 4
_FIRST_WAIT_SECONDS = 0.2
# A server that asks for more is left alone: whoever collects comes again later.
_LONGEST_WAIT_SECONDS = 30.0
# In one collection: a server that lets every single list wait is left alone just so.
_MOST_WAITED_SECONDS = 600.0
_OK, _UNAUTHORIZED, _GONE, _BUSY, _SERVER_ERROR = 200, 401, 410, 429, 500
_OF_ONE: dict[int, tuple[type[ExternalError], str]] = {
    403: (Forbidden, "not permitted"),
    404: (NotThere, "not there"),
    406: (NotOffered, "not offered in the form asked for"),
    415: (NotOffered, "not offered in the form asked for"),
}


class _ListMeta(msgspec.Struct):
    token: str = msgspec.field(default="", name="continue")


class _Status(msgspec.Struct):
    metadata: _ListMeta = msgspec.field(default_factory=_ListMeta)


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """Reads from one API server; `requests` counts what was sent."""

    def __init__(self, configuration: Configuration, *, timeout_seconds: float) -> None:
        self.address: str = configuration.host.partition("://")[2]
        self.server: str = configuration.host
        self.requests = 0
        self._timeout_seconds = timeout_seconds
        self._waited_seconds = 0.0
        # Our own: the library's would follow redirects and hide what went wrong.
        configuration.retries = False
        if not configuration.verify_ssl:
            # The sources file says so; a warning with every request helps nobody.
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        self._client = ApiClient(configuration)
        self._watch, classes = pool_classes()
        self._client.rest_client.pool_manager.pool_classes_by_scheme = classes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.rest_client.close()

    def get(self, path: str, query: Mapping[str, str] | None = None, accept: str = JSON) -> bytes:
        """Return the body of a reply.

        Raises:
            Forbidden: The account may not read this.
            NotThere: There is no such object or API.
            NotOffered: The server does not speak the form asked for.
            Expired: The list being continued is too old.
            AccessDenied: The credentials were refused.
            Unavailable: No answer in time, or none after a few attempts.
            UnexpectedReply: What answers is no API server, or is not trusted.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            wait = _FIRST_WAIT_SECONDS * 2 ** (attempt - 1)
            try:
                reply = self._exchange(path, query or {}, accept)
            except _Broken as error:
                failure: NightshiftError = Unavailable(SYSTEM, self.address, str(error))
            else:
                if reply.status == _OK:
                    return reply.body
                failure = self._failure(reply, path)
                if not _comes_again(reply.status):
                    raise failure
                asked = _asked_wait(reply)
                wait = wait if asked is None else asked
            most = min(_LONGEST_WAIT_SECONDS, _MOST_WAITED_SECONDS - self._waited_seconds)
            if attempt == _ATTEMPTS or wait > most:
                raise failure
            self._waited_seconds += wait
            _log.debug("%s: %s; again in %.1f s", path, failure, wait)
            time.sleep(wait)
        raise AssertionError  # the last attempt returned or raised

    def _exchange(self, path: str, query: Mapping[str, str], accept: str) -> _Reply:
        url = f"{self.server}{path}" + (f"?{urlencode(query)}" if query else "")
        headers: dict[str, str] = {"Accept": accept, "Accept-Encoding": "gzip"}
        self._client.update_params_for_auth(headers, [], ["BearerToken"], path, "GET", None)
        self.requests += 1
        with self._watch.deadline(self._timeout_seconds) as expired:
            try:
                found = self._client.call_api(
                    "GET", url, headers, _request_timeout=self._timeout_seconds
                ).response
                body = found.read(decode_content=True)
                found.release_conn()
            except (urllib3.exceptions.HTTPError, ApiException, OSError, ValueError) as error:
                raise self._translated(error, path, late=expired.is_set()) from error
        return _Reply(status=found.status, headers=found.headers, body=body)

    def _translated(self, error: Exception, path: str, *, late: bool) -> Exception:
        cause = _cause(error)
        if isinstance(cause, ssl.SSLCertVerificationError):
            return UnexpectedReply(
                SYSTEM,
                self.address,
                f"its certificate is not trusted ({cause.verify_message}); name its authority"
                " (ca_file, or certificate-authority in the kubeconfig), or set verify_tls = false",
            )
        # To urllib3 a refused connection is a kind of timeout.
        refused = isinstance(error, urllib3.exceptions.NewConnectionError)
        slow = isinstance(error, (urllib3.exceptions.TimeoutError, TimeoutError)) and not refused
        if late or slow:
            words = f"GET {path} took longer than {self._timeout_seconds:g} s"
            return Unavailable(SYSTEM, self.address, words)
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, _BROKEN_OFF):
            return UnexpectedReply(
                SYSTEM,
                self.address,
                f"no encrypted connection ({_tls(cause)}); is this its https port, and does it take"
                " the client certificate?",
            )
        if isinstance(error, urllib3.exceptions.LocationValueError):
            return UnexpectedReply(SYSTEM, self.address, "its address cannot be used")
        if isinstance(error, urllib3.exceptions.DecodeError):
            return _Broken("the reply cannot be unpacked")
        return _Broken(_in_words(cause))

    def _failure(self, reply: _Reply, path: str) -> NightshiftError:
        status, at = reply.status, self.address
        if status == _UNAUTHORIZED:
            return AccessDenied(SYSTEM, at, "the credentials were refused")
        if status == _GONE:
            words = f"the list of {path} expired while it was read"
            return Expired(SYSTEM, at, words, _continuation(reply.body))
        if status in _OF_ONE:
            kind, words = _OF_ONE[status]
            return kind(SYSTEM, at, f"{words}: {path}")
        said = f"HTTP {status} on {path}"
        if _comes_again(status):
            return Unavailable(SYSTEM, at, said, _asked_wait(reply))
        return UnexpectedReply(SYSTEM, at, f"{said}; is it an API server of Kubernetes?")


# The other side, or what lies between, hung up.
_BROKEN_OFF = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


def _tls(error: ssl.SSLError) -> str:
    return (error.reason or "TLS failed").replace("_", " ").lower()


class _Broken(Exception):
    """The connection failed or broke off; worth another attempt."""


def _comes_again(status: int) -> bool:
    return status == _BUSY or status >= _SERVER_ERROR


def _asked_wait(reply: _Reply) -> float | None:
    # Kubernetes sends seconds; a proxy in front of it may send a date, which we do not need.
    text = reply.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else None


def _continuation(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_Status).metadata.token
    except msgspec.MsgspecError:
        return ""


def _cause(error: BaseException) -> BaseException:
    # The official client flattens TLS errors to text; what it caught is still its context.
    seen: BaseException = error
    while isinstance(seen, (ApiException, urllib3.exceptions.HTTPError)):
        inner = seen.__cause__ or seen.__context__ or next(iter(seen.args), None)
        if not isinstance(inner, BaseException):
            break
        seen = inner
    return seen


def _in_words(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "the connection broke off"
