"""Which alerts are signs of life or lone information, and open no incident."""

from __future__ import annotations

from models.records.alert import AlertStatus
from models.records.grouping import Signal
from tasks.alerts.grouping.policy import Policy
from tasks.alerts.grouping.text import plain
from tasks.alerts.grouping.vocabulary import HEARTBEAT, NOT_A_HEARTBEAT

_NO_SEVERITY = ("none", "ok", "normal")


def is_heartbeat(signal: Signal) -> bool:
    """Say whether an alert only tells that alerting works; one that says it stopped does not."""
    name = plain(f"{signal.rule or ''} . {signal.title}")
    text = f"{name} . {plain(signal.description)}"
    if HEARTBEAT.search(name):
        return not NOT_A_HEARTBEAT.search(text.replace("dead man", "").replace("deadman", ""))
    if not HEARTBEAT.search(text) or NOT_A_HEARTBEAT.search(text):
        return False
    return signal.severity is None or _said(signal) in _NO_SEVERITY


def noise_rule(signal: Signal, policy: Policy) -> str | None:
    """Return the rule by which an alert is noise, None for one that may open an incident."""
    if policy.noise.heartbeats and (is_heartbeat(signal) or _said(signal) in _NO_SEVERITY):
        return "heartbeat"
    if signal.status is AlertStatus.PENDING:
        return "pending"
    if signal.severity in policy.noise.lone:
        return "lone-information"
    return None


def _said(signal: Signal) -> str:
    return signal.labels.get("severity", "").strip().lower()
