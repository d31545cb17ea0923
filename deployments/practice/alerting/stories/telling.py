"""How stories are put together of reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from deployments.practice.alerting.reports import Report, Role


def one_incident(name: str, reports: list[Report]) -> list[Report]:
    """Return reports as those of one incident, of which the first is the root."""
    return [
        replace(one, incident=name, role=Role.SYMPTOM if number else Role.ROOT)
        for number, one in enumerate(reports)
    ]


def noise(reports: Iterable[Report]) -> list[Report]:
    """Return reports as such that nobody should be told of."""
    return [replace(one, incident="", role=Role.NOISE) for one in reports]


def later(reports: Iterable[Report], seconds: float) -> list[Report]:
    """Return reports so many seconds later."""
    return [
        replace(
            one,
            after_seconds=one.after_seconds + seconds,
            since_seconds=None if one.since_seconds is None else one.since_seconds + seconds,
        )
        for one in reports
    ]


def recovery(
    reports: Iterable[Report], after_seconds: float, apart_seconds: float = 1.0
) -> list[Report]:
    """Return what ends everything that these reports left burning, one after the other."""
    last: dict[str, Report] = {}
    for one in sorted(reports, key=lambda report: report.after_seconds):
        last[one.condition] = one
    burning = [one for one in last.values() if not one.resolved and one.incident]
    return [one.over(after_seconds + apart_seconds * number) for number, one in enumerate(burning)]
