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
    Severity.UNKNOWN: "undecided check result",
}
_MOST_CITED = 12


def badge(severity: Severity) -> str:
    """Return the severity as a word that the page shows as a badge."""
    return f"**{severity.value}**"


def count_table(facts: Facts) -> Table:
    """Return for each check that found something how many assets have which result."""
    found = [check for check in facts.counts if _found_something(facts, check)]
    order = sorted(found, key=lambda check: (_weight(facts, check), check))
    quiet = len(facts.counts) - len(found)
    return Table(
        columns=("Check", *(severity.value for severity in SEVERITIES)),
        rows=tuple(
            (
                escape(facts.check_titles.get(check, check)),
                *(_count(facts.counts[check].get(severity, 0)) for severity in SEVERITIES),
            )
            for check in order
        ),
        sources=facts.sources,
        right=tuple(range(1, len(SEVERITIES) + 1)),
        note=f"{counted(quiet, 'further check')} found nothing: all ok." if quiet else "",
    )


def quiet_checks(facts: Facts) -> list[str]:
    """Return the titles of the checks that decided on every asset, and found it ok."""
    quiet = [check for check in facts.counts if not _found_something(facts, check)]
    return sorted(escape(facts.check_titles.get(check, check)) for check in quiet)


def score_line(facts: Facts) -> str:
    """Return how many results there are of each severity, in one line."""
    found = totals(facts)
    shown = [severity for severity in SEVERITIES if found[severity]]
    return " \u2002 ".join(f"{badge(severity)} {found[severity]:,}" for severity in shown)


def _found_something(facts: Facts, check: str) -> bool:
    return any(facts.counts[check].get(severity) for severity in SEVERITIES[:-1])


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
    undecided = finding.result is Severity.UNKNOWN and finding.privilege
    return f" (needs {escape(finding.privilege)})" if undecided and finding.privilege else ""


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
