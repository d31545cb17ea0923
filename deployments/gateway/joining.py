"""Answers that leave in one piece."""

from __future__ import annotations

import asyncio
from typing import Any

_CONTINUE = b"HTTP/1.1 100 "


class Joining:
    """A transport that sends the head of an answer together with the start of its body.

    uvicorn writes them apart, which costs each answer a system call and a packet more.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head: bytes | None = None
        self._begun = False
        self.is_closing = transport.is_closing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Keep the first part of an answer for the second."""
        if self._head is not None:
            data, self._head = self._head + data, None
        elif not self._begun and not data.startswith(_CONTINUE):
            self._head, self._begun = data, True
            return
        self._transport.write(data)

    def end_answer(self) -> None:
        """Send what is kept; what comes next is the head of another answer."""
        head, self._head, self._begun = self._head, None, False
        if head is not None:
            self._transport.write(head)

    def close(self) -> None:
        """Send what is kept, and close."""
        self.end_answer()
        self._transport.close()
