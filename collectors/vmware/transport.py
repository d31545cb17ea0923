"""pyvmomi's SOAP adapter with a deadline on every call and plain values for bulk replies.

Requests are written, and small replies and faults read, by pyvmomi. What the wire can do to us is
translated here, once, into `models.errors`; the faults of the API pass as pyvmomi's exceptions.
"""

from __future__ import annotations

import gzip
import io
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from xml.parsers.expat import ExpatError

from pyVmomi import SoapAdapter
from pyVmomi.VmomiSupport import GetServiceVersions, versionIdMap

from collectors.vmware.options import Options
from collectors.vmware.reply import CutOff, Malformed, broken, read_page, read_values
from models.errors import AccessDenied, NightshiftError, Unavailable, UnexpectedReply

SYSTEM = "vmware"
# Replies of these come as pages or plain values, see collectors/vmware/reply.py.
_PAGES = {"RetrievePropertiesEx", "ContinueRetrievePropertiesEx"}
_PLAIN = {"QueryEvents", "GetAlarm"}
# An idle connection is not used again after this: the server may have closed it meanwhile.
_IDLE_SECONDS = 10
# Every vCenter since 5.5 speaks it; the session moves up once the server said what it is.
_FIRST_VERSION = "vim.version.version9"
_OK, _FAULT = 200, 500
_REFUSED = {401, 403, 407}
_RETRY_LATER = {408, 425, 429}


@dataclass(slots=True)
class _Reply:
    status: int
    reason: str
    body: bytes
    retry_after: str | None
    whole: bool  # the server said how long the body is, and that is how long it was


class Transport(SoapAdapter.SoapStubAdapter):  # type: ignore[misc]  # pyvmomi has no types
    """Carries calls to one vCenter; `calls` counts them by method."""

    def __init__(self, options: Options) -> None:
        https = options.url.scheme == "https"
        port = options.url.port or (443 if https else 80)
        super().__init__(
            host=options.url.hostname or "",
            port=port if https else -port,
            path=options.url.path if options.url.path not in {"", "/"} else "/sdk",
            version=_FIRST_VERSION,
            sslContext=tls_context(options) if https else None,
            connectionPoolTimeout=_IDLE_SECONDS,
            httpConnectionTimeout=options.timeout_seconds,
        )
        self.cookie: str  # set by pyvmomi, empty before the first reply
        self.timeout_seconds = options.timeout_seconds
        self.calls: dict[str, int] = {}
        self._address = options.address
        self._sockets: set[socket.socket] = set()

    def speak(self, api_version: str) -> None:
        """Use the newest version of the API that both sides know."""
        spoken = _parts(api_version)
        for name in GetServiceVersions("vim25"):
            offered = _parts(versionIdMap[name])
            if name.startswith("vim.version.") and offered and offered <= spoken:
                self.ComputeVersionInfo(name)
                return

    def InvokeMethod(self, mo: Any, info: Any, args: Any, outerStub: Any = None) -> Any:  # noqa: N802, N803, ARG002  pyvmomi's names
        """Carry one call and return its result; a fault of the API is raised as it came.

        Raises:
            Unavailable: Refused, not answered in time, cut off, or asked to come back later.
            AccessDenied: The web server in front refused us.
            UnexpectedReply: What came is no answer to the call.
        """
        request = self.SerializeRequest(mo, info, args)
        self.calls[info.wsdlName] = self.calls.get(info.wsdlName, 0) + 1
        with self._translated(info.wsdlName):
            reply = self._exchange(request)
            if reply.status not in {_OK, _FAULT}:
                raise self._http_error(reply)
            result = self._decode(reply, info)
        if reply.status == _OK:
            return result
        if isinstance(result, Exception):
            raise result
        raise Unavailable(SYSTEM, self._address, "it answered with an error and no fault")

    def abandon(self) -> None:
        """Break off whatever call is under way; it ends with an error at once."""
        for stuck in list(self._sockets):
            _sever(stuck)
        self.DropConnections()

    def _exchange(self, request: bytes) -> _Reply:
        connection = self.GetConnection()
        wire = connection.sock
        expired = threading.Event()
        watchdog = threading.Timer(self.timeout_seconds, _expire, (wire, expired))
        watchdog.daemon = True
        self._sockets.add(wire)
        watchdog.start()
        try:
            reply = self._post(connection, request)
        except (OSError, HTTPException):
            connection.close()
            if expired.is_set():
                raise TimeoutError from None
            raise
        finally:
            watchdog.cancel()
            self._sockets.discard(wire)
        return reply

    def _post(self, connection: HTTPConnection, request: bytes) -> _Reply:
        headers = {
            "Cookie": self.cookie,
            "SOAPAction": self.versionId,
            "Content-Type": "text/xml; charset=UTF-8",
            "Accept-Encoding": "gzip",
        }
        connection.request("POST", self.path, request, headers)
        response = connection.getresponse()
        # Before the body, which may be cut: the session has to be ended all the same.
        self.cookie = response.getheader("Set-Cookie") or self.cookie
        delimited = response.chunked or response.getheader("Content-Length") is not None
        reply = _Reply(
            status=response.status,
            reason=response.reason,
            body=_body(response),
            retry_after=response.getheader("Retry-After"),
            whole=delimited,
        )
        if response.will_close:
            connection.close()
        else:
            self.ReturnConnection(connection)
        return reply

    def _decode(self, reply: _Reply, info: Any) -> Any:
        try:
            if reply.status == _OK and info.wsdlName in _PAGES | _PLAIN:
                values = read_values(reply.body, info.wsdlName)
                return read_page(values) if info.wsdlName in _PAGES else values
            if reply.status == _OK and f"{info.wsdlName}Response".encode() not in reply.body:
                raise Malformed("it holds no reply")
            return self._typed(reply.body, info.result)
        except CutOff as error:
            if not reply.whole:
                raise
            raise Malformed(str(error)) from error

    def _typed(self, body: bytes, wanted: Any) -> Any:
        # pyvmomi meets a reply of an unknown shape with whatever its parser trips over.
        try:
            # As a file: of bytes, pyvmomi does not notice that they end too early.
            return SoapAdapter.SoapResponseDeserializer(self).Deserialize(io.BytesIO(body), wanted)
        except ExpatError as error:
            raise broken(error) from error
        except (TypeError, AttributeError, KeyError, ValueError) as error:
            raise Malformed(f"it cannot be read: {error!r}") from error

    def _http_error(self, reply: _Reply) -> NightshiftError:
        said = f"HTTP {reply.status} {reply.reason}".strip()
        if reply.status in _REFUSED:
            return AccessDenied(SYSTEM, self._address, said)
        if reply.status > _FAULT or reply.status in _RETRY_LATER:
            wait = reply.retry_after or ""
            seconds = float(wait) if wait.isdigit() else None
            return Unavailable(SYSTEM, self._address, said, seconds)
        return UnexpectedReply(SYSTEM, self._address, f"{said}; is url right?")

    @contextmanager
    def _translated(self, method: str) -> Iterator[None]:
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise UnexpectedReply(
                SYSTEM,
                self._address,
                f"its certificate is not trusted ({error.verify_message});"
                " name its authority in ca_file, or set verify_tls = false",
            ) from error
        except (TimeoutError, CutOff) as error:
            cut = isinstance(error, CutOff)
            late = f"{method} took longer than {self.timeout_seconds:g} s"
            raise Unavailable(SYSTEM, self._address, str(error) if cut else late) from error
        except Malformed as error:
            raise UnexpectedReply(SYSTEM, self._address, f"{method}: {error}") from error
        except (OSError, HTTPException) as error:
            raise Unavailable(SYSTEM, self._address, _in_words(error)) from error


def tls_context(options: Options) -> ssl.SSLContext:
    """Return a context that trusts what the source says; without verification if it says so."""
    context = ssl.create_default_context(cafile=options.ca_file)
    # So that ca_file may name the server's own certificate; Python does the same from 3.13.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if not options.verify_tls:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _parts(version: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in version.split("."))
    except ValueError:
        return ()


def _body(response: HTTPResponse) -> bytes:
    body = response.read()
    if response.getheader("Content-Encoding", "identity").lower() != "gzip":
        return body
    try:
        return gzip.decompress(body)
    except EOFError as error:
        raise CutOff("the reply ends in the middle") from error


def _expire(wire: socket.socket, expired: threading.Event) -> None:
    expired.set()
    _sever(wire)


def _sever(wire: socket.socket) -> None:
    with suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)


def _in_words(error: Exception) -> str:
    words = str(error) or type(error).__name__
    return words if isinstance(error, OSError) else f"the connection broke: {words}"
