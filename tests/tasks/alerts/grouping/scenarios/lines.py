"""Scenarios written by hand, a line an event: how tools that many people use word things."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2025, 5, 1, tzinfo=UTC)
_HOSTS = {
    f"n-{number:02d}": {"rack": f"r{rack}", "switch": f"tor-{rack}"}
    for number in range(1, 25)
    for rack in [(number - 1) // 8 + 1]
}
TOPOLOGY = {
    "cluster": "prod-a",
    "hosts": {**_HOSTS, "pg-01": {"rack": "r1", "switch": "tor-1"}, "pg-02": {"rack": "r2", "switch": "tor-2"}, "vault-01": {"rack": "r3", "switch": "tor-3"}},
    "services": {
        "shop": ["front"], "front": ["cart", "people", "memo"], "cart": ["cart-db", "bus"], "people": ["people-db"],
        "invoice": ["cart-db", "bus"], "figures": ["lake"], "lake": [], "memo": [], "bus": [], "cart-db": [], "people-db": [],
    },
    "placement": {
        "shop": ["n-01", "n-09"], "front": ["n-02", "n-10", "n-17"], "cart": ["n-03", "n-11"], "people": ["n-04", "n-12"],
        "invoice": ["n-05"], "memo": ["n-06"], "bus": ["n-07"], "figures": ["n-18"], "lake": ["n-19"], "cart-db": ["pg-01"], "people-db": ["pg-02"],
    },
}  # fmt: skip


def read_lines():
    """Return events and gold as mappings, in the form of the labelled data."""
    text = Path(__file__).with_name("lines.txt").read_text()
    events, gold, scenario, day = [], [], "", 0
    for number, line in enumerate(text.split("\n\n", 1)[1].strip().split("\n")):
        if line.startswith("#"):
            scenario, day = line[2:].strip(), day + 1
            continue
        event, label = _read(line, f"line-{number}", START + timedelta(days=day))
        events.append({**event, "scenario": scenario})
        gold.append({**label, "scenario": scenario})
    return events, gold


def _read(line, event_id, begin):
    line, _, arrival = line.partition(" @")
    head, _, text = line.partition(" | ")
    minute, incident, role, rule, severity, labels = head.split()
    began = begin + timedelta(minutes=float(minute))
    came = begin + timedelta(minutes=float(arrival)) if arrival else began + timedelta(seconds=20)
    source = (
        "sentry" if rule == "issue" else "datadog" if severity.startswith("P") else "alertmanager"
    )
    event = {
        "event_id": event_id, "starts_at": began.isoformat(), "received_at": came.isoformat(), "source": source,
        "status": "resolved" if role == "x" else "firing", "alertname": rule, "severity": severity, "title": text if rule in ("issue", "pd", "web") else rule,
        "description": text, "labels": dict(pair.split("=", 1) for pair in labels.split(",")),
    }  # fmt: skip
    quiet = role == "n"
    return event, {
        "event_id": event_id,
        "incident": None if quiet else incident,
        "role": {"r": "root", "s": "symptom", "x": "resolve", "n": "noise"}[role],
        "action": "ignore" if quiet else "group",
    }
