"""Deliveries that are answered without a task of their own, and how their answers begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE
from uvicorn.server import ServerState

from deployments.gateway.intake.door import Arrived
from deployments.gateway.intake.reading import Rejection

if TYPE_CHECKING:
    from deployments.gateway.server import PatientProtocol

_JSON = b"content-type: application/json\r\nx-content-type-options: nosniff\r\n"


class _Unheard:
    """The event that uvicorn sets for a task that waits; here none does."""

    def set(self) -> None:
        """Wake nobody."""


class Direct:
    """A delivery that is handled without a task of its own, which would cost as much again.

    To uvicorn's protocol it looks like the `RequestResponseCycle` that it stands for.
    """

    __slots__ = (
        "_counted",
        "_headers",
        "_length",
        "_protocol",
        "_sender",
        "body",
        "disconnected",
        "keep_alive",
        "more_body",
        "response_complete",
        "response_started",
    )
    message_event = _Unheard()

    def __init__(self, protocol: PatientProtocol, sender: Any, headers: dict[bytes, bytes]) -> None:
        self._protocol, self._sender, self._headers = protocol, sender, headers
        self.body = b""
        self.more_body = True
        self.disconnected = self.response_started = self.response_complete = False
        self.keep_alive = protocol.parser.should_keep_alive()
        self._length = int(headers[b"content-length"])
        self._counted = 0

    def read(self, part: bytes) -> None:
        """Take a part of the body; what waits in memory for the rest of it is counted."""
        if self.response_complete:
            return
        self.body += part
        if len(self.body) == self._length:
            return
        door = self._protocol.door
        try:
            door.reading.add(len(part))
        except Rejection as full:
            self.keep_alive = False
            door.refuse(self._sender, full, self.answer)
        else:
            self._counted += len(part)

    def take(self) -> None:
        """Hand the whole delivery to the door."""
        self.more_body = False
        if self._counted:
            self._release()
        if self.response_complete:
            return
        protocol = self._protocol
        arrived = Arrived(self._headers, self.body, b"", protocol.client)
        protocol.door.take_whole(self._sender, arrived, self.answer)

    def cut_off(self) -> None:
        """Count a delivery that does not come to its end."""
        self._release()
        if not self.response_complete:
            self._protocol.door.figures.reject(self._sender.label, "cut off")

    def _release(self) -> None:
        self._protocol.door.reading.remove(self._counted)
        self._counted = 0

    def answer(self, status: int, content: bytes, retry_after: int = 0) -> None:
        """Send the whole answer in one packet, and go on with the connection."""
        self.response_started = self.response_complete = True
        protocol = self._protocol
        wire = protocol.wire
        if self.disconnected or wire.is_closing():
            return
        head = protocol.heads.get(protocol.server_state, status)
        if retry_after:
            head += b"retry-after: %d\r\n" % retry_after
        if not self.keep_alive:
            head += b"connection: close\r\n"
        wire.write(b"%bcontent-length: %d\r\n\r\n%b" % (head, len(content), content))
        if not self.keep_alive:
            wire.close()
        protocol.answered()


class Heads:
    """How answers begin; the date in it changes once a second."""

    def __init__(self) -> None:
        self._of: list[tuple[bytes, bytes]] | None = None
        self._made: dict[int, bytes] = {}

    def get(self, state: ServerState, status: int) -> bytes:
        """Return the status line and the headers that every delivery is answered with."""
        if state.default_headers is not self._of:  # uvicorn makes new ones with a new date
            self._of, self._made = state.default_headers, {}
        head = self._made.get(status)
        if head is None:
            dated = b"".join(b"%b: %b\r\n" % one for one in state.default_headers)
            head = self._made[status] = STATUS_LINE[status] + _JSON + dated
        return head
