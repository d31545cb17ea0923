"""The one severity scale of alerts and incidents; None stands where nobody said."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How bad it is, the worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst; a smaller rank is worse."""
        return _ORDER.index(self)


def marked(severity: Severity | None, *, predicted: bool) -> str | None:
    """Return a severity as people read it: one that nobody sent says so."""
    return f"{severity} (predicted)" if severity and predicted else severity


_ORDER = list(Severity)


def worst(*severities: Severity | None) -> Severity | None:
    """Return the worst of those that are known; None where none is."""
    known = [severity for severity in severities if severity is not None]
    return min(known, key=lambda severity: severity.rank, default=None)
