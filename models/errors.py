"""Every error that nightshift raises on purpose.

NightshiftError
|-- WrongUse               what a person asked for cannot be: an unknown id, a bad option   exit 2
|   `-- ConfigurationError a setting or the sources file is missing or contradictory        exit 2
|-- Refused                a gate said no: held snapshot, failed check, forbidden host      exit 1
|-- Busy                   another process holds the work                       (transient) exit 1
|-- RejectedOutput         a model wrote something that we may not use                      exit 1
|   `-- TruncatedOutput    its answer was cut at the token limit                            exit 1
|-- ExternalError          a system outside ours did not do what we asked                   exit 3
|   |-- Unavailable        no answer: refused, timed out, 429, 5xx, cut off     (transient)
|   |-- AccessDenied       the credentials, or their rights, were refused
|   `-- UnexpectedReply    it answered, in a shape that we do not know
`-- StoreError             Postgres did not have or do what we need                         exit 3
    |-- StoreUnavailable   unreachable, restarted, deadlock, out of connections (transient)
    |-- StoreFull          no space left on its disk
    `-- StoreAbsent        nothing was ever stored in this home

`transient` is what every retry policy reads; `exit_status` is what the command line returns.
"""

from __future__ import annotations

from typing import ClassVar


class NightshiftError(Exception):
    """Base of all errors raised on purpose; anything else that escapes is a bug."""

    transient: ClassVar[bool] = False
    exit_status: ClassVar[int] = 1


class WrongUse(NightshiftError):
    """What a person asked for cannot be; the message says what can."""

    exit_status = 2


class ConfigurationError(WrongUse):
    """A setting or the sources file is missing or contradictory."""


class Refused(NightshiftError):
    """A gate said no, and a person has to decide."""


class Busy(NightshiftError):
    """Another process holds the work; it is free again when that process ends."""

    transient = True


class RejectedOutput(NightshiftError):
    """A model wrote something that we may not use."""


class TruncatedOutput(RejectedOutput):
    """A model's answer was cut at its token limit; asking again in the same way cuts it again."""


class ExternalError(NightshiftError):
    """A system outside ours did not do what we asked."""

    exit_status = 3

    def __init__(self, system: str, target: str, reason: str) -> None:
        super().__init__(system, target, reason)  # all three, or it cannot be unpickled
        self.system, self.target, self.reason = system, target, reason

    def __str__(self) -> str:
        return f"{self.system} at {self.target}: {self.reason}"


class Unavailable(ExternalError):
    """No answer: refused, timed out, cut off, 429 or 5xx.

    `retry_after_seconds` is the wait that the server suggested, where it did.
    """

    transient = True

    def __init__(
        self, system: str, target: str, reason: str, retry_after_seconds: float | None = None
    ) -> None:
        super().__init__(system, target, reason)
        self.args = (system, target, reason, retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds


class AccessDenied(ExternalError):
    """The credentials, or their rights, were refused; final, since a retry locks the account."""


class UnexpectedReply(ExternalError):
    """It answered, in a shape that we do not know."""


class StoreError(NightshiftError):
    """Postgres did not have or do what we need."""

    exit_status = 3


class StoreUnavailable(StoreError):
    """Unreachable, restarted, deadlocked or out of connections."""

    transient = True


class StoreFull(StoreError):
    """No space is left on the disk of Postgres; nothing of the transaction was kept."""


class StoreAbsent(StoreError):
    """Nothing was ever stored in this home, and who asks only reads."""
