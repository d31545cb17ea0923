"""What the descriptions of all domains have in common: how they begin, and how they end."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from generators.documents import coverage, findings
from generators.documents.cited import Cited
from generators.documents.domains import (
    Domain,
    nothing_collected,
    present,
    say_counts,
    snapshots_of,
)
from generators.documents.facts import Facts
from generators.documents.section import Document, Section
from generators.documents.table import Table


def described(
    domain: Domain,
    facts: Facts,
    say: Callable[[Cited], None],
    body: Callable[[], Iterable[Section]],
) -> Document:
    """Return the description of a domain; findings are counted first and told in detail last.

    Args:
        domain: What is described.
        facts: Of all domains.
        say: Adds the sentences of the summary between the counts and the health.
        body: Makes the sections of the domain's own; not called where nothing was seen.
    """
    sections: tuple[Section, ...] = (nothing_collected(domain, facts),)
    if present(domain, facts):
        sections = (
            _summary(domain, facts, say),
            coverage.section(domain, facts),
            findings.section(facts, domain),
            *body(),
            *findings.details(facts, domain),
        )
    return Document(
        name=domain.document,
        title=domain.title,
        sections=sections,
        sources=_sources(domain, facts, sections) or None,
    )


def _summary(domain: Domain, facts: Facts, say: Callable[[Cited], None]) -> Section:
    cited = Cited()
    say_counts(domain, facts, cited)
    say(cited)
    findings.say_health(findings.health_of(facts, domain), cited)
    return Section(
        key="summary",
        title="Summary",
        template="summary",
        summary=cited.sentences,
        facts=cited.facts,
    )


def _sources(domain: Domain, facts: Facts, sections: Iterable[Section]) -> frozenset[str]:
    """Return the domain's own sources, and those that joins brought into what is shown."""
    found = {snapshot.source for snapshot in snapshots_of(domain, facts)}
    for section in sections:
        found |= {facts.by_id[each].source for each in section.about if each in facts.by_id}
        for value in section.input.values():
            tables = value if isinstance(value, (list, tuple)) else (value,)
            filled = (each for each in tables if isinstance(each, Table) and each.rows)
            found.update(source for table in filled for source in table.sources)
    return frozenset(found)
