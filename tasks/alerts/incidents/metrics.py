"""How fast incidents are noticed, taken up and ended, each figure with what it means."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg import Connection

from models.store import incident_metrics

MEASURES = {
    "detect": ("TTD", "from the senders' first event to its arrival here"),
    "acknowledge": ("TTA", "from the arrival of the first alert until somebody acknowledged it"),
    "mitigate": ("TTM", "from the arrival of the first alert until its effect was over"),
    "resolve": ("TTR", "from the arrival of the first alert until it was resolved"),
}
DEFINITIONS = {
    "incidents": "detected in the span; merged ones count in the one they live on in",
    "alerts": "that stand in these incidents",
    "noise_ratio": "alerts for each incident; higher means that more was grouped",
    "suppressed_percent": "share of all alerts that maintenance windows or their senders held back",
    "flapping": "incidents with an alert that changed to and fro",
    "reopen_rate": "share of the resolved incidents that were opened again",
    "apart": (
        "not in the figures of people: under maintenance, or ended by itself before anybody"
        " acknowledged it"
    ),
}
Rows = Connection[tuple[Any, ...]]


def measured(conn: Rows, since: datetime | None = None) -> dict[str, Any]:
    """Return `{since, measures, totals, definitions}`; seconds, each group with its count."""
    found = incident_metrics.durations(conn, since)
    counts = incident_metrics.totals(conn, since)
    return {
        "since": since,
        "measures": [
            {
                "measure": measure,
                "name": name,
                "definition": definition,
                "rows": [_row(one) for one in found if one.measure == measure],
            }
            for measure, (name, definition) in MEASURES.items()
        ],
        "totals": {
            "incidents": counts["incidents"],
            "alerts": counts["alerts"],
            "noise_ratio": _share(counts["alerts"], counts["incidents"]),
            "suppressed_percent": _percent(counts["suppressed_alerts"], counts["all_alerts"]),
            "flapping": counts["flapping"],
            "reopen_rate": _share(counts["reopened"], counts["resolved"]),
        },
        "definitions": DEFINITIONS,
    }


def _row(one: incident_metrics.Durations) -> dict[str, Any]:
    group = "all" if one.by == "all" else f"{one.by} {one.value}"
    return {
        "group": group,
        "by": one.by,
        "value": one.value,
        "count": one.incidents,
        "median": round(one.median, 1),
        "p90": round(one.p90, 1),
        "mean": round(one.mean, 1),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None
