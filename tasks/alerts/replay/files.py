"""Events and maintenance windows for a replay, from files with one JSON object a line.

Their form is that of an alert with its times; the usual other names of a field are understood.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from collectors.alerts.severities import severity_of
from collectors.alerts.wordlists import listed
from models.errors import WrongUse
from models.records.alert import AlertStatus
from models.records.grouping import Signal, Window
from models.records.severity import Severity

_EVENT = ("event_id", "id", "uid", "alert_id")
_STREAM = ("scenario", "stream", "case")
_BEGAN = ("starts_at", "startsAt", "occurred_at", "event_time", "timestamp", "time", "created_at")
_CAME = ("received_at", "receivedAt", "arrived_at", "ingested_at", "seen_at")
_SOURCE = ("source", "vendor", "provider", "tool", "integration")
_STATUS = ("status", "state", "event_action", "action")
_RULE = ("alertname", "rule", "alert_name", "check", "monitor", "trigger")
_TITLE = ("title", "summary", "subject", "headline", "name", "message")
_TEXT = ("description", "body", "text", "details", "message", "annotation")
_SEVERITY = ("severity", "priority", "level", "severity_raw")
_LABELS = ("labels", "tags", "attributes", "dimensions")
_KEY = ("source_fingerprint", "fingerprint", "dedup_key", "alias", "dedup")
_STATUSES = {
    **dict.fromkeys(
        listed(
            "firing triggered trigger alerting open opened active problem new created "
            "re-triggered alarm down warn critical error"
        ),
        AlertStatus.FIRING,
    ),
    **dict.fromkeys(
        listed(
            "resolved resolve ok recovered recovery closed close cleared clear inactive "
            "up normal completed end"
        ),
        AlertStatus.RESOLVED,
    ),
    **dict.fromkeys(["acknowledged", "acknowledge", "ack", "acked"], AlertStatus.ACKNOWLEDGED),
    **dict.fromkeys(["suppressed", "silenced", "muted", "inhibited"], AlertStatus.SUPPRESSED),
    **dict.fromkeys(["pending"], AlertStatus.PENDING),
    **dict.fromkeys(["no_data", "no data", "nodata"], AlertStatus.NO_DATA),
    **dict.fromkeys(["update", "updated"], AlertStatus.UPDATE),
}
# Labels that differ between two events of one condition.
_VOLATILE = frozenset(
    ("severity", "value", "timestamp", "time", "status", "state", "level", "count")
)
_SCALE = frozenset(Severity)
_LONGEST_LINE = 4_000_000


def read_events(path: Path) -> list[Signal]:
    """Return the events of a file, one JSON object a line.

    Raises:
        WrongUse: The file cannot be read, or a line is no event; the message names the line.
    """
    signals, seen = [], set()
    for number, row in _rows(path):
        signal = _event(row, f"{path.name} line {number}")
        if (signal.stream, signal.event_id) in seen:
            raise WrongUse(f"{path.name} line {number}: event {signal.event_id} is there twice")
        seen.add((signal.stream, signal.event_id))
        signals.append(signal)
    return signals


def event_line(signal: Signal) -> dict[str, Any]:
    """Return an event as `read_events` reads it, without what is not known of it."""
    said = {
        "event_id": signal.event_id,
        "scenario": signal.stream,
        "received_at": signal.received_at,
        "starts_at": signal.occurred_at,
        "source": signal.source,
        "source_fingerprint": signal.dedup_key.removeprefix(f"{signal.source}:"),
        "status": signal.status,
        "severity": signal.severity,
        "alertname": signal.rule,
        "title": signal.title,
        "description": signal.description,
        "service": signal.service,
        "host": signal.host,
        "environment": signal.environment,
        "region": signal.region,
        "error_code": signal.error_code,
        "asset_id": signal.asset_id,
        "labels": dict(signal.labels),
    }
    told = {name: value for name, value in said.items() if value not in (None, "", {})}
    return told if signal.timed else {**told, "timed": False}


def read_windows(path: Path) -> list[Window]:
    """Return the maintenance windows of a file, one JSON object a line.

    Raises:
        WrongUse: The file cannot be read, or a line is no window; the message names the line.
    """
    return [_window(row, number, f"{path.name} line {number}") for number, row in _rows(path)]


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WrongUse(
            f"{path}: {error.strerror or error}; `nightshift alerts export --events > FILE` writes "
            "the events that were received"
        ) from error
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.strip():
            yield number, _row(line, f"{path.name} line {number}")


def _row(line: bytes, where: str) -> dict[str, Any]:
    if len(line) > _LONGEST_LINE:
        raise WrongUse(f"{where} is longer than {_LONGEST_LINE} bytes")
    try:
        row = msgspec.json.decode(line.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WrongUse(f"{where} is no JSON: {error}") from error
    if not isinstance(row, dict):
        raise WrongUse(f"{where} is no JSON object")
    return row


def _event(row: Mapping[str, Any], where: str) -> Signal:
    event_id = _text(row, _EVENT)
    if not event_id:
        raise WrongUse(f"{where} has no event_id")
    began = _time(row, _BEGAN, where)
    came = _time(row, _CAME, where)
    if began is None and came is None:
        raise WrongUse(f"{where} has neither starts_at nor received_at")
    labels = _labels(row)
    source = _text(row, _SOURCE) or "generic"
    rule = _text(row, _RULE) or labels.get("alertname")
    raw = _text(row, _SEVERITY) or labels.get("severity")
    return Signal(
        event_id=event_id,
        dedup_key=_key(row, source, rule or _text(row, _TITLE), labels),
        status=_status(row, where),
        title=_text(row, _TITLE) or rule or "alert",
        occurred_at=began or came,  # type: ignore[arg-type]
        received_at=came or began,  # type: ignore[arg-type]
        stream=_text(row, _STREAM),
        severity=severity_of(source, raw or None),
        source=source,
        rule=rule or None,
        description=_text(row, _TEXT),
        service=_text(row, ("service",)) or None,
        host=_text(row, ("host",)) or None,
        environment=_text(row, ("environment", "env")) or None,
        region=_text(row, ("region",)) or None,
        error_code=_text(row, ("error_code",)) or None,
        asset_id=_text(row, ("asset_id",)) or None,
        timed=row.get("timed") is not False,
        # A word of our own scale says no more than the severity.
        labels={**({"severity": raw} if raw and raw not in _SCALE else {}), **labels},
    )


def _text(row: Mapping[str, Any], wanted: tuple[str, ...]) -> str:
    for name in wanted:
        value = row.get(name)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and value != "":
            return str(value)
    return ""


def _labels(row: Mapping[str, Any]) -> dict[str, str]:
    for name in _LABELS:
        value = row.get(name)
        if isinstance(value, dict):
            return {str(key): _flat(item) for key, item in value.items() if item is not None}
        if isinstance(value, list):  # key:value, as some tools have it
            pairs = (str(item).partition(":") for item in value)
            return {key.strip(): item.strip() for key, _, item in pairs if item}
    return {}


def _flat(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode().strip('"')


def _status(row: Mapping[str, Any], where: str) -> AlertStatus:
    said = _text(row, _STATUS).strip().lower()
    if not said:
        return AlertStatus.FIRING
    found = _STATUSES.get(said)
    if found is None:
        raise WrongUse(f"{where} has the status {said!r}, which is neither firing nor resolved")
    return found


def _time(row: Mapping[str, Any], wanted: tuple[str, ...], where: str) -> datetime | None:
    name = next((name for name in wanted if row.get(name) not in (None, "")), None)
    if name is None:
        return None
    value = row[name]
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            seconds = value / 1000 if value > 1e11 else value  # noqa: PLR2004  # milliseconds
            return datetime.fromtimestamp(seconds, UTC)
        found = datetime.fromisoformat(str(value).strip())
    except (ValueError, OverflowError, OSError) as error:
        raise WrongUse(f"{where}: {name} {value!r} is no time") from error
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _key(row: Mapping[str, Any], source: str, rule: str, labels: Mapping[str, str]) -> str:
    own = _text(row, _KEY)
    if own:
        return f"{source}:{own}"
    stable = sorted((key, value) for key, value in labels.items() if key.lower() not in _VOLATILE)
    said = msgspec.json.encode([source, rule, stable])
    return f"{source}:{blake2b(said, digest_size=8).hexdigest()}"


def _window(row: Mapping[str, Any], number: int, where: str) -> Window:
    starts = _time(row, ("starts_at", "start", "from", "begins_at"), where)
    ends = _time(row, ("ends_at", "end", "to", "until"), where)
    if starts is None or ends is None:
        raise WrongUse(f"{where} has no starts_at or no ends_at")
    if ends <= starts:
        raise WrongUse(f"{where} ends before it starts")
    match = row.get("match", row.get("matchers", {}))
    if not isinstance(match, dict):
        raise WrongUse(f"{where}: match is no object of names and values")
    return Window(
        id=_text(row, ("id", "window_id", "name")) or f"window-{number}",
        starts_at=starts,
        ends_at=ends,
        match={str(name): _matched(value) for name, value in match.items()},
        reason=_text(row, ("reason", "comment", "description")),
        owner=_text(row, ("owner", "created_by")) or None,
        stream=_text(row, _STREAM),
    )


def _matched(value: Any) -> tuple[str, ...]:
    return tuple(_flat(one) for one in value) if isinstance(value, list) else (_flat(value),)
