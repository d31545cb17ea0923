"""Small records and vocabularies that several kinds share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from models.kinds.declaration import Fact


class PowerState(StrEnum):
    """Whether a machine runs."""

    ON = "on"
    OFF = "off"
    SUSPENDED = "suspended"
    UNKNOWN = "unknown"


class Health(StrEnum):
    """vCenter's overall status: green, yellow, red, or gray where it does not know."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GRAY = "gray"


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggeredAlarm:
    """An alarm that is raised on an asset now."""

    name: str
    status: Health
    since: datetime | None = None
    acknowledged: bool = False


# The two facts that every kind has, and the alarms that every vSphere entity has.
Key = Annotated[str, Fact(label="Key", unique=True)]
Name = Annotated[str, Fact(label="Name", table=True)]
Alarms = Annotated[tuple[TriggeredAlarm, ...], Fact(label="Triggered alarms", volatile=True)]
