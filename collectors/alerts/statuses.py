"""The status words of senders: what they say of the condition now."""

from __future__ import annotations

import re
from functools import lru_cache

from collectors.alerts.tongues import english
from collectors.alerts.wordlists import listed
from models.records.alert import AlertStatus

_WORDS: dict[AlertStatus, str] = {
    AlertStatus.FIRING: "firing alerting alert triggered trigger problem open opened active "
    "activated activate fired fire created create new down failing failed failure alarm in_alarm "
    "critical crit warning warn error bad raised raise breached breach unresolved "
    "reopened reopen ongoing "
    "in_progress started start start_alarm unhealthy re_triggered retriggered renotify outage "
    "unreachable offline degraded confirmed escalated red yellow true set investigating identified "
    "on unknown_error regressed regression not_ok disconnected "
    "errored crashed broken aborted timed_out active_unack engaged asserted",
    AlertStatus.RESOLVED: "resolved resolve ok okay closed close recovered recovery cleared clear "
    "normal up success successful succeeded healthy inactive deactivated deactivate green "
    "completed complete fixed ended end good operational off false restored available "
    "online done passed "
    "back_to_normal cancelled canceled expired unset reset reachable connected "
    "reconnected cleared_ack cleared_unack recover resolution released deasserted de_asserted",
    AlertStatus.ACKNOWLEDGED: "acknowledged acknowledge ack acked assigned accepted active_ack",
    AlertStatus.SUPPRESSED: "suppressed silenced muted mute snoozed snooze ignored paused "
    "maintenance inhibited downtime archived disabled unmonitored under_maintenance",
    AlertStatus.PENDING: "pending",
    AlertStatus.NO_DATA: "no_data nodata insufficient_data missing_data missingdata stale",
    AlertStatus.UPDATE: "update updated mitigated note changed change comment commented info",
}
_KNOWN = {word: status for status, words in _WORDS.items() for word in listed(words)}
# Names of events end with what happened: `incident.resolved`, `MONITOR_DOWN`, `checkRecovered`.
_ENDINGS = frozenset(
    listed(
        "triggered fired firing opened down failed resolved recovered closed cleared up "
        "acknowledged acked snoozed silenced reopened unresolved disconnected connected "
        "reconnected offline online unreachable reachable succeeded success failure start end "
        "started ended error errored healthy unhealthy"
    )
)
# These go up without anything being well again: `HourlyFollowUp`, `backup`, `scaled up`.
_NOT_UP = frozenset(listed("follow back scale scaled scaling start set warm clean wake speed spin"))
_TURNS = frozenset({"start", "started", "end", "ended"})
_FOREIGN = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PREFIX = re.compile(
    r"^\s*(?:[^\w\s\[*:]{1,4}\s*|:[a-z_]{2,30}:\s*)?"
    r"(?:[*_]{1,2}(?=\[))?(?:\[(?P<mark>[^\]\n]{2,60})\]|(?P<bare>ALARM|OK|RESOLVED|FIRING|RECOVERY|PROBLEM|CLEARED"
    r"|DOWN|UP|CRITICAL|WARNING|ACKNOWLEDGEMENT|ACKNOWLEDGED|INSUFFICIENT_DATA|CLOSED|RECOVERED"
    r"|TRIGGERED|ALERT|Resolved|Recovered|Firing|Triggered|Acknowledged)\s*[:-]|\*\*\s*(?P<stars>[A-Z]{4,20})\b)"
)
_LONGEST = 40


def status_of(raw: str | None) -> AlertStatus | None:
    """Return what a sender's word says of the condition; None for a word that is not known."""
    return None if raw is None or len(raw) > _LONGEST else _status_of(raw)


@lru_cache(maxsize=2048)
def _status_of(raw: str) -> AlertStatus | None:
    plain = _FOREIGN.sub("_", raw.strip().lower()).strip("_")
    if plain in _KNOWN:
        return _KNOWN[plain]
    camel = snake(raw)
    if "_to_" in camel:  # `OK_TO_FIRING`
        return _KNOWN.get(camel.rpartition("_to_")[2])
    if camel in _KNOWN:
        return _KNOWN[camel]
    return _KNOWN.get(english(raw) or "") or _ended(camel)


def _ended(camel: str) -> AlertStatus | None:
    """Return what the last word of an event's name says."""
    before, _, last = camel.rpartition("_")
    if last in _TURNS and any(word in before for word in ("maintenance", "downtime")):
        return AlertStatus.SUPPRESSED if last.startswith("start") else AlertStatus.RESOLVED
    if last not in _ENDINGS or (last == "up" and before.rpartition("_")[2] in _NOT_UP):
        return None
    return _KNOWN[last]


def snake(raw: str) -> str:
    """Return a name as words in lower case with `_` between them: `checkFailed`, `check.failed`."""
    return _FOREIGN.sub("_", _CAMEL.sub("_", raw.strip()).lower()).strip("_")


def marked(title: str) -> tuple[AlertStatus | None, str]:
    """Part a title from the status that stands before it: `[Resolved] Disk full`, `OK: x`.

    Returns:
        The status, None where the title begins with none; and the title without it.
    """
    found = _PREFIX.match(title)
    if found is None:
        return None, title
    mark = found["mark"] or found["bare"] or found["stars"] or ""
    status = status_of(mark) or status_of(re.split(r"[:\s]", mark.strip(), maxsplit=1)[0])
    rest = title[found.end() :].lstrip("*_ ").strip()
    return (status, rest) if status and rest else (None, title)
