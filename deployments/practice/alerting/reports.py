"""What the practice datacenter's monitoring systems report, before it takes a vendor's form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from models.records.severity import Severity


class Role(StrEnum):
    """What a report is in its story; who judges a grouping compares with it."""

    ROOT = "root"
    SYMPTOM = "symptom"
    DUPLICATE = "duplicate"
    RESOLVE = "resolve"
    NOISE = "noise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One monitoring system's words on one condition at one moment.

    `after_seconds` counts from the start of the story: when it is sent. The condition itself began
    at `since_seconds`, which is the same moment where it is not given. `subject` names an asset of
    the site as its own system does, `incident` the story's own name of the incident that it belongs
    to; "" is noise. `labels` are the vendor's own, such as those of Prometheus. `reading` is the
    value that was measured: it changes from one report of a condition to the next.
    """

    vendor: str
    rule: str
    subject: str
    text: str
    severity: Severity | None
    after_seconds: float = 0.0
    since_seconds: float | None = None
    resolved: bool = False
    service: str | None = None
    environment: str | None = None
    region: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    reading: float | None = None
    incident: str = ""
    role: Role = Role.SYMPTOM

    @property
    def condition(self) -> str:
        """What is equal for two reports of the same condition."""
        labels = ",".join(f"{name}={self.labels[name]}" for name in sorted(self.labels))
        return f"{self.vendor}/{self.rule}/{self.subject}/{labels}"

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits of the condition, as vendors number what they watch."""
        return sha256(self.condition.encode()).hexdigest()[:16]

    @property
    def number(self) -> int:
        """The same as a number of at most ten digits."""
        return int(self.fingerprint[:8], 16)

    def again(self, after_seconds: float, reading: float | None = None) -> Report:
        """Return the same condition, reported once more."""
        return replace(
            self,
            after_seconds=after_seconds,
            since_seconds=self.began_seconds,
            role=Role.DUPLICATE,
            reading=self.reading if reading is None else reading,
        )

    def over(self, after_seconds: float) -> Report:
        """Return the report that the condition has ended."""
        return replace(
            self,
            after_seconds=after_seconds,
            since_seconds=self.began_seconds,
            resolved=True,
            role=Role.RESOLVE,
        )

    @property
    def began_seconds(self) -> float:
        """When the condition began, in seconds since the start of the story."""
        return self.after_seconds if self.since_seconds is None else self.since_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One telling of a story: the moment at which it starts, by the senders' clocks."""

    starts_at: datetime

    def sent_at(self, report: Report) -> datetime:
        """Return when a report is sent."""
        return self.starts_at + timedelta(seconds=report.after_seconds)

    def began_at(self, report: Report) -> datetime:
        """Return when its condition began."""
        return self.starts_at + timedelta(seconds=report.began_seconds)

    def occurrence(self, report: Report, salt: str = "") -> str:
        """Return 32 hexadecimal digits that this condition has in this telling alone."""
        words = f"{self.starts_at.isoformat()}/{report.condition}/{report.began_seconds}/{salt}"
        return sha256(words.encode()).hexdigest()[:32]


def stamp(moment: datetime) -> str:
    """Return a moment in RFC 3339 to the millisecond."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
