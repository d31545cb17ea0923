"""Reads one vCenter into facts: a session, one bulk query a type, batches page by page.

Source: vSphere Web Services API reference. Everything is read; no call changes anything.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Self

from collectors.vmware.options import Options, read_options
from collectors.vmware.reading import COVERED, Reading
from collectors.vmware.session import connect
from models.records.asset import Batch
from models.sources import Source


class VMware:
    """The collector of a vCenter; `calls` counts the SOAP calls of the last run by method."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._covered: frozenset[str] = frozenset()
        self.calls: dict[str, int] = {}

    @classmethod
    def for_source(cls, source: Source) -> Self:
        """Return the collector of a source.

        Raises:
            ConfigurationError: An option is missing, unknown, of the wrong type or out of range.
        """
        return cls(read_options(source))

    def batches(self) -> Generator[Batch, None, None]:
        """Log in, yield everything page by page, log out; also when closed early.

        Raises:
            Unavailable: vCenter did not answer in time, broke off or ended the session.
            AccessDenied: The user name, the password or the right to read was refused.
            UnexpectedReply: What answered is no vCenter, or its certificate is not trusted.
            ConfigurationError: A datacenter that the source names is not there.
        """
        self._covered = frozenset()
        with connect(self._options) as session:
            self.calls = session.transport.calls
            reading = Reading(session, self._options)
            yield from reading.batches()
        self._covered = COVERED - reading.gaps.uncovered

    def covered(self) -> frozenset[str]:
        """Return the kinds that were read completely; none before `batches` is exhausted."""
        return self._covered
