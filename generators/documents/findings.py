"""Health findings in a document: counts by check and severity, and what to do about each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from generators.documents.cited import Cited
from generators.documents.facts import Facts
from generators.documents.table import Table
from generators.documents.text import counted, escape, listed
from models.records.check import SEVERITIES, CheckResult, Severity

_WORDS = {
    Severity.CRIT: "critical finding",
    Severity.WARN: "warning",
    Severity.UNKNOWN: "check result that could not be decided",
}
_MOST_CITED = 12


def badge(severity: Severity) -> str:
    """Return the severity as a word that the page shows as a badge."""
    return f"**{severity.value}**"


def count_table(facts: Facts) -> Table:
    """Return for each check how many assets have which result."""
    titles = {finding.check: finding.title for finding in facts.findings}
    order = sorted(facts.counts, key=lambda check: (_weight(facts, check), check))
    return Table(
        columns=("Check", *(severity.value for severity in SEVERITIES)),
        rows=tuple(
            (
                escape(titles.get(check, check.replace("_", " ").replace("-", " ").capitalize())),
                *(_count(facts.counts[check].get(severity, 0)) for severity in SEVERITIES),
            )
            for check in order
        ),
        sources=facts.sources,
        right=tuple(range(1, len(SEVERITIES) + 1)),
    )


def _weight(facts: Facts, check: str) -> tuple[int, ...]:
    return tuple(-facts.counts[check].get(severity, 0) for severity in SEVERITIES[:-1])


def _count(number: int) -> str:
    return f"{number:,}" if number else "-"


def finding_table(findings: Sequence[CheckResult], facts: Facts, most: int | None = None) -> Table:
    """Return the findings with what to do, at most so many."""
    shown = findings if most is None else findings[:most]
    rest = len(findings) - len(shown)
    return Table(
        columns=("Result", "Asset", "Finding", "What to do"),
        rows=tuple(
            (
                badge(finding.result),
                escape(finding.asset_name),
                escape(finding.message) + _needs(finding),
                escape(finding.remedy) or "-",
            )
            for finding in shown
        ),
        sources=facts.sources,
        note=f"{rest:,} more stand in the document virtualization." if rest else "",
    )


def _needs(finding: CheckResult) -> str:
    return f" (needs {escape(finding.privilege)})" if finding.privilege else ""


def totals(facts: Facts) -> Counter[Severity]:
    """Return how many results there are of each severity."""
    found: Counter[Severity] = Counter()
    for counts in facts.counts.values():
        found.update(counts)
    return found


def say_health(facts: Facts, cited: Cited) -> None:
    """Say how many findings there are; nothing that was not checked is called healthy."""
    found = totals(facts)
    if not found:
        cited.say("Health: no check has run yet.", ("total:checks", "no check has run yet"))
        return
    words = [counted(found[severity], noun) for severity, noun in _WORDS.items()]
    cited.say(
        f"Health: {listed(words)}.",
        *(
            (f"total:checks.{severity}", f"{noun}s: {found[severity]}")
            for severity, noun in _WORDS.items()
        ),
    )


def cite_findings(facts: Facts, cited: Cited) -> None:
    """Add the worst findings as facts that a language model may write about."""
    for finding in facts.worst(Severity.CRIT, Severity.WARN)[:_MOST_CITED]:
        cited.fact(
            f"check.{finding.check}@{finding.asset_id}",
            f"{finding.result} finding on {finding.kind.replace('_', ' ')} {finding.asset_name}: "
            f"{finding.title}: {finding.message}; remedy: {finding.remedy}",
        )
