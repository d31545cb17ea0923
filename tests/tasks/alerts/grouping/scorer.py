"""Incident-level matching: mean best Jaccard both ways, their harmonic mean, averaged."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Figures:
    score: float
    worst: float
    quiet: float
    counts_right: int
    scenarios: int
    roots_right: int
    incidents: int
    detail: dict = field(default_factory=dict)


def figures(scenarios, gold):
    """Return the figures of predicted scenarios (mappings as `triage replay` prints) against gold."""
    found = {one["scenario"]: one for one in scenarios}
    detail, quiet, silent_all, roots, wanted_all = {}, 0, 0, 0, 0
    for name in dict.fromkeys(row["scenario"] for row in gold):
        mine, rows = found[name]["incidents"], [row for row in gold if row["scenario"] == name]
        want = _wanted(rows)
        kept = set().union(*want.values()) if want else set()
        have = [members for one in mine if (members := set(one["events"]) & kept)]
        shown = {event for one in mine for event in one["events"]}
        silent = [row["event_id"] for row in rows if row["action"] != "group"]
        quiet += sum(event not in shown for event in silent)
        silent_all += len(silent)
        right = _roots_right(want, mine, rows)
        roots, wanted_all = roots + right, wanted_all + len(want)
        detail[name] = {
            "score": _score(want, have),
            "want": len(want),
            "got": len(mine),
            "roots": right,
        }
    scores = [one["score"] for one in detail.values() if one["score"] is not None]
    return Figures(
        score=sum(scores) / max(1, len(scores)), worst=min(scores, default=1.0),
        quiet=quiet / max(1, silent_all), counts_right=sum(one["want"] == one["got"] for one in detail.values()),
        scenarios=len(detail), roots_right=roots, incidents=wanted_all, detail=detail,
    )  # fmt: skip


def _wanted(rows):
    want = {}
    for row in rows:
        if row["action"] == "group":
            want.setdefault(row["incident"], set()).add(row["event_id"])
    return want


def _jaccard(one, other):
    return len(one & other) / len(one | other)


def _score(want, have):
    if not want:
        return None
    recall = sum(max((_jaccard(w, h) for h in have), default=0) for w in want.values()) / len(want)
    precision = sum(max(_jaccard(w, h) for w in want.values()) for h in have) / max(1, len(have))
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0


def _roots_right(want, mine, rows):
    right = 0
    for name, members in want.items():
        root = next(
            (row["event_id"] for row in rows if row["incident"] == name and row["role"] == "root"),
            None,
        )
        best = max(mine, key=lambda one: _jaccard(members, set(one["events"])), default=None)
        right += best is not None and best["root_event"] == root
    return right
