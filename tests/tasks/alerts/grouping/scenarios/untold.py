"""Scenarios without a topology, written by hand, a line an event; see the text beside this."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2025, 9, 1, 6, 0, tzinfo=UTC)
_ROLES = {"r": "root", "s": "symptom", "x": "resolve", "n": "noise"}


def read_untold(path: Path | None = None):
    """Return events and gold as mappings, in the form of the labelled data."""
    text = (path or Path(__file__).with_name("untold.txt")).read_text()
    events, gold, scenario, day = [], [], "", 0
    for number, line in enumerate(text.split("\n\n", 1)[1].strip().split("\n")):
        if line.startswith("#"):
            scenario, day = line[2:].partition(":")[0], day + 2
            continue
        event, label = _read(line, f"{scenario}-{number}", START + timedelta(days=day))
        events.append({**event, "scenario": scenario})
        gold.append({**label, "scenario": scenario})
    return events, gold


def _read(line, event_id, begin):
    head, labels, title, text = line.split(" | ")
    minute, incident, role, source, severity, rule = head.split()
    began = begin + timedelta(minutes=float(minute))
    event = {
        "event_id": event_id, "starts_at": began.isoformat(), "received_at": (began + timedelta(seconds=20)).isoformat(), "source": source,
        "status": "resolved" if role == "x" else "firing", "alertname": "" if rule == "-" else rule, "severity": severity,
        "title": rule if title == "-" else title, "description": "" if text == "-" else text,
        "labels": {} if labels == "-" else dict(pair.split("=", 1) for pair in labels.split(",")),
        "source_fingerprint": f"{title.split('] ')[-1]}{rule}{labels}",
    }  # fmt: skip
    quiet = role == "n"
    return event, {
        "event_id": event_id,
        "incident": None if quiet else incident,
        "role": _ROLES[role],
        "action": "ignore" if quiet else "group",
    }
