"""What the health checks decide by, as texts for the index: "How full may a datastore be?".

The documents tell findings. From which value on a check finds something stands in its declaration
and in the site's policy alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from models.records.check import Severity
from tasks.inventory.checks import Check, Policy
from tasks.inventory.checks.catalogue import thresholds_of
from tasks.inventory.checks.naming import plural_of

NAME = "checks"
_LEVELS = {
    Severity.INFO: "for information",
    Severity.WARN: "a warning",
    Severity.CRIT: "critical",
}
_UNITS = {"percent": " %", "days": " days", "hours": " hours", "minutes": " minutes"}


def limit_texts(checks: Iterable[Check], policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield the name and the Markdown text of each check that is run and has a threshold."""
    for check in checks:
        if check.thresholds and check.id not in policy.disabled:
            yield f"{NAME}#{check.id}", _text(check, thresholds_of(check, policy))


def _text(check: Check, values: Mapping[str, float]) -> str:
    limits = [_limit(name.partition(".")[2], value) for name, value in values.items()]
    kinds = " and ".join(plural_of(kind) for kind in check.kinds)
    said = " ".join((check.rule.__doc__ or "").partition("\n\n")[0].split())
    limit = f"{check.title}, threshold of {kinds}: {', '.join(limits)}"
    return (
        f"# Health checks\n\n## Check {check.id}: {check.title}\n\n"
        f"{limit}; {said[:1].lower()}{said[1:]}\n\n"
        f"What to do: {check.remedy}\n"
    )


def _limit(name: str, value: float) -> str:
    """Return a threshold in words: `warn_free_percent` 10 is "a warning at 10 % free"."""
    *parts, last = name.split("_")
    figure = f"{value:g}{_UNITS.get(last, '')}"
    rest = parts if last in _UNITS or last == "count" else [*parts, last]
    level = next((level for level in _LEVELS if level in rest), None)
    if level is None:
        return f"{' '.join(rest)} {figure}"
    measured = " ".join(part for part in rest if part != level)
    return f"{_LEVELS[level]} at {figure} {measured}".strip()
