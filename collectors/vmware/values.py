"""Turns the texts of a reply into plain values. None in, or nonsense in, gives None out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from models.kinds.common import Health, PowerState, TriggeredAlarm

MIB = 1 << 20
KIB_PER_MIB = 1 << 10
_POWER = {
    "poweredOn": PowerState.ON,
    "poweredOff": PowerState.OFF,
    "suspended": PowerState.SUSPENDED,
}
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_HEALTH = {health.value: health for health in Health}
_ESCAPED = re.compile(r"%(2f|5c|25)", re.IGNORECASE)


def many(value: Any) -> list[Any]:
    """Return a repeated property as a list: none, one or several."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def record(value: Any) -> dict[str, Any]:
    """Return a data object's properties; an empty dict where there is none."""
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str | None:
    """Return a text that says something."""
    return value if isinstance(value, str) and value else None


def texts(value: Any) -> tuple[str, ...]:
    """Return a repeated text in its own order."""
    return tuple(item for item in many(value) if isinstance(item, str) and item)


def references(value: Any) -> tuple[str, ...]:
    """Return managed object ids, each once, in a stable order."""
    return tuple(sorted(set(texts(value))))


def name_of(value: Any, moid: str) -> str:
    """Return an entity's name, in which vSphere escapes slashes and `%`; its id if it has none."""
    found = text(value) or moid
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), found) if "%" in found else found


def integer(value: Any) -> int | None:
    """Return a whole number."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def amount(value: Any, unit: int = 1) -> int | None:
    """Return a whole number in a larger unit; None where it is negative, which means unlimited."""
    number = integer(value)
    return None if number is None or number < 0 else number // unit


def flag(value: Any) -> bool | None:
    """Return a truth value."""
    return _TRUTH.get(text(value) or "")


def moment(value: Any) -> datetime | None:
    """Return a time in UTC; vCenter's 1 January 1970 stands for not known."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return aware.astimezone(UTC) if aware.timestamp() > 0 else None


def power(value: Any) -> PowerState:
    """Return a power state of a machine, a host or a snapshot."""
    return _POWER.get(text(value) or "", PowerState.UNKNOWN)


def health(value: Any) -> Health:
    """Return vCenter's overall status."""
    return _HEALTH.get(text(value) or "", Health.GRAY)


def alarms(value: Any, moid: str, names: dict[str, str]) -> tuple[TriggeredAlarm, ...]:
    """Return the alarms raised on the entity itself, by name.

    vCenter hands an alarm up to every parent of its entity too; those are left out here.
    """
    return tuple(_alarms(many(value), moid, names)) if value else ()


def _alarms(states: Iterable[Any], moid: str, names: dict[str, str]) -> list[TriggeredAlarm]:
    found = [
        TriggeredAlarm(
            name=names.get(state.get("alarm", ""), state.get("alarm", "")),
            status=health(state.get("overallStatus")),
            since=moment(state.get("time")),
            acknowledged=flag(state.get("acknowledged")) or False,
        )
        for state in map(record, states)
        if state.get("entity", moid) == moid
    ]
    return sorted(found, key=lambda alarm: (alarm.name, alarm.status))
