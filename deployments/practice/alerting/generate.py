"""Make the bodies that a story's monitoring systems post, deterministic by site, story and time."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import orjson

from deployments.practice.alerting.reports import Report, Telling
from deployments.practice.alerting.scene import Scene
from deployments.practice.alerting.stories import STORIES
from deployments.practice.alerting.stories.telling import recovery
from deployments.practice.alerting.vendors import PAYLOADS, SEVERAL, sentry
from deployments.practice.site import Site

GROUP_SECONDS = 10.0  # alerts of one rule within it come in one body, as group_wait has it
ROUND_SECONDS = 240.0  # after which monitors say once more what still holds
RECOVERY_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One body as a vendor posts it, unsigned; `reports` is what it says, for who checks it.

    `headers` are those that name what the body is, where a vendor sends any.
    """

    vendor: str
    body: bytes
    after_seconds: float
    reports: tuple[Report, ...]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str | None:
        """What the headers say of the kind of message."""
        return next(iter(self.headers.values()), None)


def posts(
    name: str,
    site: Site,
    starts_at: datetime | None = None,
    *,
    at_least: int = 0,
    recovered: bool = False,
) -> list[Post]:
    """Return what is posted while a story happens, in the order in which it is sent.

    Args:
        name: One of `STORIES`.
        site: Where it happens.
        starts_at: When it begins by the senders' clocks; by default so that it ends now.
        at_least: So many alerts; monitors repeat what still holds until there are as many.
        recovered: Whether everything ends well: each alert that still fires is resolved.
    """
    reports = _reports(name, site, at_least, recovered=recovered)
    if not reports:
        return []
    lasts = timedelta(seconds=reports[-1].after_seconds)
    begun = starts_at or datetime.now(UTC) - lasts
    return list(_bodies(reports, Telling(starts_at=begun)))


def endings(name: str, site: Site, starts_at: datetime, ended_at: datetime) -> list[Post]:
    """Return what is posted when all ends that a story, begun at that time, left burning."""
    reports = recovery(STORIES[name].tell(Scene(site)), (ended_at - starts_at).total_seconds(), 0)
    return list(_bodies(reports, Telling(starts_at=starts_at)))


def lasts(name: str, site: Site, *, at_least: int = 0, recovered: bool = False) -> timedelta:
    """Return how long a story takes by the senders' clocks."""
    reports = _reports(name, site, at_least, recovered=recovered)
    return timedelta(seconds=reports[-1].after_seconds if reports else 0)


def _reports(name: str, site: Site, at_least: int, *, recovered: bool) -> list[Report]:
    """Return all reports of a story by the time at which they are sent."""
    reports = STORIES[name].tell(Scene(site))
    if not reports:
        return []
    reports += list(_repeated(reports, at_least - len(reports), f"{site.seed}/{name}"))
    if recovered:
        last = max(report.after_seconds for report in reports)
        reports += recovery(reports, last + RECOVERY_SECONDS)
    return sorted(reports, key=lambda report: report.after_seconds)


def _repeated(reports: list[Report], missing: int, seed: str) -> Iterator[Report]:
    """Yield so many repeats of what still holds, with other readings."""
    drawn = random.Random(seed)  # noqa: S311 - made-up readings, nothing secret
    last = max(report.after_seconds for report in reports)
    holds = [report for report in reports if not report.resolved]
    for number in count(1):
        for place, report in enumerate(holds):
            if missing <= 0:
                return
            missing -= 1
            at = last + ROUND_SECONDS * number + place * ROUND_SECONDS / len(holds) / 2
            yield report.again(at, round((report.reading or 1.0) + drawn.random(), 2))


def _bodies(reports: Iterable[Report], telling: Telling) -> Iterator[Post]:
    for group in _groups(reports):
        first = group[0]
        # A body is sent when the last of its alerts is there.
        sent = [replace(one, after_seconds=group[-1].after_seconds) for one in group]
        sent = [
            replace(now, since_seconds=one.began_seconds)
            for now, one in zip(sent, group, strict=True)
        ]
        yield Post(
            vendor=first.vendor,
            body=orjson.dumps(PAYLOADS[first.vendor](sent, telling)),
            after_seconds=group[-1].after_seconds,
            reports=tuple(group),
            headers=_headers(first),
        )


def _headers(report: Report) -> dict[str, str]:
    if report.vendor == "sentry":
        return {"Sentry-Hook-Resource": sentry.resource(report)}
    if report.vendor == "cloudwatch":
        return {"x-amz-sns-message-type": "Notification"}
    return {}


def _groups(reports: Iterable[Report]) -> list[list[Report]]:
    """Return the reports of each body, in the order of sending; each condition once a body."""
    groups: list[list[Report]] = []
    open_groups: dict[tuple[str, str, str], list[Report]] = {}
    for report in reports:
        key = (report.vendor, report.rule, report.labels.get("cluster", ""))
        group = open_groups.get(key)
        if group is None or not _joins(report, group):
            group = []
            groups.append(group)
            if report.vendor in SEVERAL:
                open_groups[key] = group
        group.append(report)
    return sorted(groups, key=lambda group: group[-1].after_seconds)


def _joins(report: Report, group: list[Report]) -> bool:
    within = report.after_seconds - group[0].after_seconds <= GROUP_SECONDS
    return within and all(one.condition != report.condition for one in group)
