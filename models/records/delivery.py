"""Webhook deliveries: what a sender posted, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class DeliveryStatus(StrEnum):
    """What a delivery is answered with; `rejected` ones are counted, never stored."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    DEAD_LETTER = "dead_letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One stored delivery as triage takes it; `kind` is what a header said of the message.

    `untimed` is one that was triaged before and told no time of its own, so that its last copy may
    tell of another time.
    """

    id: int
    vendor: str
    body: bytes
    received_at: datetime
    kind: str | None = None
    attempts: int = 1
    copies: int = 0
    last_copy_at: datetime | None = None
    untimed: bool = False


class Incoming(NamedTuple):
    """A delivery that is to be stored; a tuple, because thousands are made a second.

    `fingerprint` is equal for what is the same delivery of a vendor. `copies` counts further ones
    with that fingerprint in the same batch. `dead` says why it cannot be read, where it cannot.
    """

    vendor: str
    fingerprint: bytes
    body: bytes
    received_at: datetime
    kind: str | None = None
    copies: int = 0
    dead: str | None = None


class Stored(NamedTuple):
    """Where a delivery was stored; not `fresh` where it was there before."""

    id: int
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A delivery that could not be read; of its body only the size and the SHA-256 are shown."""

    id: int
    vendor: str
    reason: str
    received_at: datetime
    kind: str | None
    size_bytes: int
    sha256: str
    copies: int
    attempts: int
