"""Health findings in a document: counts by check and severity, and what to do about each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from generators.documents.cited import Cited
from generators.documents.domains import DOMAINS, Domain, domain_of, sources_in
from generators.documents.facts import Facts
from generators.documents.section import Section
from generators.documents.table import Table
from generators.documents.text import counted, escape, listed, slug
from models.records.check import SEVERITIES, CheckResult, Severity

_WORDS = {
    Severity.CRIT: "critical finding",
    Severity.WARN: "warning",
    Severity.UNKNOWN: "undecided check result",
}
_WORST_FIRST = (Severity.CRIT, Severity.WARN, Severity.UNKNOWN, Severity.INFO, Severity.SUPPRESSED)
_MOST_CITED = 12
_MOST_ROWS = 500
_TOP_CHECKS = 15  # at the beginning of a description; all stand with their findings at its end


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What the checks found, over everything or over the kinds of one domain."""

    results: tuple[CheckResult, ...]
    counts: dict[str, dict[Severity, int]]
    titles: dict[str, str]
    sources: tuple[str, ...]

    @property
    def totals(self) -> Counter[Severity]:
        """How many results there are of each severity."""
        found: Counter[Severity] = Counter()
        for counts in self.counts.values():
            found.update(counts)
        return found

    def worst(self, *wanted: Severity) -> list[CheckResult]:
        """Return the findings with these results, in the order given."""
        return [each for result in wanted for each in self.results if each.result is result]


def health_of(facts: Facts, domain: Domain | None = None) -> Health:
    """Return what the checks found, of one domain or of all."""
    if domain is None:
        return Health(
            results=tuple(facts.findings),
            counts=facts.counts,
            titles=facts.check_titles,
            sources=facts.sources,
        )
    kinds = {finding.check: finding.kind for finding in facts.findings} | facts.check_kinds
    return Health(
        results=tuple(each for each in facts.findings if domain_of(each.kind) is domain),
        counts={
            check: counts
            for check, counts in facts.counts.items()
            if domain_of(kinds.get(check, "")) is domain
        },
        titles=facts.check_titles,
        sources=sources_in(domain, facts),
    )


def in_turns(findings: Sequence[CheckResult]) -> list[CheckResult]:
    """Return the worst first, of each severity by turns of the domains: none hides another's."""
    turns: Counter[tuple[Severity, str]] = Counter()
    places: list[tuple[int, int]] = []
    for finding in findings:
        pile = finding.result, domain_of(finding.kind).document
        turns[pile] += 1
        places.append((_WORST_FIRST.index(finding.result), turns[pile]))
    return [findings[place] for place in sorted(range(len(findings)), key=places.__getitem__)]


def badge(severity: Severity) -> str:
    """Return the severity as a word that the page shows as a badge."""
    return f"**{severity.value}**"


def section(facts: Facts, domain: Domain) -> Section:
    """Return how many results each check has; what they are stands in `details`."""
    health = health_of(facts, domain)
    return Section(
        key="findings",
        title="Health findings",
        template="findings",
        input={
            "score": score_line(health),
            "counts": count_table(health, _TOP_CHECKS, linked=True),
            "quiet": quiet_checks(health),
        },
    )


def details(facts: Facts, domain: Domain) -> list[Section]:
    """Return one section per check that found something, so that one finding touches one."""
    health = health_of(facts, domain)
    by_check: dict[str, list[CheckResult]] = defaultdict(list)
    for finding in health.worst(*_WORST_FIRST):
        by_check[finding.check].append(finding)
    if not by_check:
        return []
    head = Section(
        key="findings_in_detail",
        title="Findings in detail",
        template="findings_detail",
        input={"counts": count_table(health, linked=True) if len(by_check) > _TOP_CHECKS else None},
    )
    return [head, *(_of_check(check, these, health) for check, these in by_check.items())]


def _of_check(check: str, these: list[CheckResult], health: Health) -> Section:
    shown = these[:_MOST_ROWS]
    where = f"`nightshift checks run` lists all of {check}."
    return Section(
        key=f"findings:{check}",
        title=_heading(these[0].title),
        template="table",
        input={"intro": "", "content": finding_table(these, health, _MOST_ROWS, where)},
        about=tuple(sorted(finding.asset_id for finding in shown)),
        level=3,
    )


def _heading(title: str) -> str:
    return f"Check: {title}"


def count_table(health: Health, most: int | None = None, *, linked: bool = False) -> Table:
    """Return for each check that found something how many assets have which result.

    `most` is how many checks are shown, the worst first. `linked` ones lead to their details.
    """
    found = [check for check in health.counts if _found_something(health, check)]
    order = sorted(found, key=lambda check: (_weight(health, check), check))
    quiet = len(health.counts) - len(found)
    shown = order[:most]
    notes = [f"{counted(quiet, 'further check')} found nothing: all ok."] if quiet else []
    if rest := len(order) - len(shown):
        notes.insert(0, f"{counted(rest, 'more check')} found less.")
    return Table(
        columns=("Check", *(severity.value for severity in SEVERITIES)),
        rows=tuple(
            (
                _check(health, check, linked=linked),
                *(_count(health.counts[check].get(severity, 0)) for severity in SEVERITIES),
            )
            for check in shown
        ),
        sources=health.sources,
        right=tuple(range(1, len(SEVERITIES) + 1)),
        note=" ".join(notes),
    )


def _check(health: Health, check: str, *, linked: bool) -> str:
    """Return what a check is called, as a link to its details where there are any."""
    title = next((each.title for each in health.results if each.check == check), None)
    shown = escape(health.titles.get(check, check))
    return f"[{shown}](#{slug(_heading(title))})" if linked and title else shown


def domain_table(facts: Facts) -> Table:
    """Return how many results of each severity there are in each domain that was checked."""
    found = [(domain, health_of(facts, domain).totals) for domain in DOMAINS]
    return Table(
        columns=("Domain", *(severity.value for severity in SEVERITIES)),
        rows=tuple(
            (
                domain.title,
                *(_count(totals[severity]) for severity in SEVERITIES),
            )
            for domain, totals in found
            if totals
        ),
        sources=facts.sources,
        right=tuple(range(1, len(SEVERITIES) + 1)),
    )


def quiet_checks(health: Health) -> list[str]:
    """Return the titles of the checks that decided on every asset, and found it ok."""
    quiet = [check for check in health.counts if not _found_something(health, check)]
    return sorted(escape(health.titles.get(check, check)) for check in quiet)


def score_line(health: Health) -> str:
    """Return how many results there are of each severity, in one line."""
    found = health.totals
    shown = [severity for severity in SEVERITIES if found[severity]]
    return " \u2002 ".join(f"{badge(severity)} {found[severity]:,}" for severity in shown)


def _found_something(health: Health, check: str) -> bool:
    return any(health.counts[check].get(severity) for severity in SEVERITIES[:-1])


def _weight(health: Health, check: str) -> tuple[int, ...]:
    return tuple(-health.counts[check].get(severity, 0) for severity in SEVERITIES[:-1])


def _count(number: int) -> str:
    return f"{number:,}" if number else "-"


def finding_table(
    findings: Sequence[CheckResult], health: Health, most: int | None = None, where: str = ""
) -> Table:
    """Return the findings with what to do, at most so many; `where` tells where the rest is."""
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
        sources=health.sources,
        note=f"{rest:,} more: {where}" if rest else "",
    )


def _needs(finding: CheckResult) -> str:
    undecided = finding.result is Severity.UNKNOWN and finding.privilege
    return f" (needs {escape(finding.privilege)})" if undecided and finding.privilege else ""


def say_health(health: Health, cited: Cited) -> None:
    """Say how many findings there are; nothing that was not checked is called healthy."""
    found = health.totals
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
