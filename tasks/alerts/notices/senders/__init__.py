"""Sending a message to a channel, one file a channel; only configured addresses are spoken to.

A sender takes the message as it stands in the outbox and returns what the receiver calls it. It
raises `Unanswered` where the message may have arrived, `Unavailable` where it has not, and any
other `ExternalError` where trying again is no use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.errors import Unavailable


class Unanswered(Unavailable):
    """No answer, so that nobody knows whether the message arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message on its way.

    `notice` is the id that the receiver sees, the same for every try. `repeated` is set where an
    earlier try may have arrived. `ref` is the incident's message in the channel, where there is
    one.
    """

    notice: str
    message: Mapping[str, Any]
    ref: str | None = None
    repeated: bool = False
    begun_at: float = 0.0  # seconds since the epoch: not sent before


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What the receiver calls the message; `note` where something was odd about it."""

    ref: str | None = None
    note: str | None = None
