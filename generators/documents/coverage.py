"""Coverage: what could not be seen, why, and which privilege would show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta

from generators.documents.domains import Domain, snapshots_of
from generators.documents.facts import Facts
from generators.documents.section import Section
from generators.documents.table import Table
from generators.documents.text import counted, escape, listed, moment
from models.kinds import KINDS
from models.records.asset import Gap
from models.records.snapshot import Snapshot, SnapshotState

_FRESH = timedelta(hours=1)
_DAY = timedelta(days=1)
_CURRENT = "current"


def coverage_lines(snapshots: Iterable[Snapshot], attempts: Iterable[Snapshot] = ()) -> list[str]:
    """Return a Markdown line per source: all seen, or what was not and what it takes.

    Sources whose newest attempt came to nothing stand first, since their facts are old.
    """
    return [*map(_attempt_line, attempts), *map(_line, snapshots)]


def section(domain: Domain, facts: Facts) -> Section:
    """Return what could not be seen of a domain, by source."""
    snapshots = snapshots_of(domain, facts)
    known = {snapshot.source for snapshot in snapshots}
    attempts = [
        each
        for each in facts.attempts
        if each.source in known or each.collector == domain.collector
    ]
    return Section(
        key="coverage",
        title="Coverage",
        template="coverage",
        input={"lines": coverage_lines(snapshots, attempts)},
    )


def _attempt_line(attempt: Snapshot) -> str:
    return f"{escape(attempt.source)}: {_outcome(attempt)}"


def _outcome(attempt: Snapshot) -> str:
    """Return what came of an attempt, without its time, so that the same error reads the same."""
    held = attempt.state is SnapshotState.HELD
    what = "is held for a person" if held else "failed"
    return f"**last attempt {what}**: {escape(attempt.error or 'no reason was recorded')}"


def _line(snapshot: Snapshot) -> str:
    source = escape(snapshot.source)
    if not snapshot.gaps:
        return f"{source}: everything that was asked for could be seen."
    missing = "; ".join(_gap(gap) for gap in snapshot.gaps)
    needed = sorted({gap.privilege for gap in snapshot.gaps if gap.privilege})
    grant = f" Grant {listed(f'`{_code(name)}`' for name in needed)} to see it." if needed else ""
    cures = sorted({gap.cure for gap in snapshot.gaps if gap.cure})
    others = f" What would show it: {'; '.join(map(escape, cures))}." if cures else ""
    return f"{source}: **not seen**: {missing}.{grant}{others}"


def _gap(gap: Gap) -> str:
    kind = KINDS.get(gap.kind)
    plural = _lowered(kind.plural) if kind else gap.kind
    field = kind.field(gap.field) if kind else None
    what = plural if gap.field == "*" else f"{field.fact.label if field else gap.field} of {plural}"
    times = f", {counted(gap.count, 'object')}" if gap.count > 1 else ""
    privilege = f"; needs {escape(gap.privilege)}" if gap.privilege else ""
    return f"{escape(what)} ({escape(gap.reason)}{privilege}{times})"


def _lowered(plural: str) -> str:
    """Return a title inside a sentence; `vCenters` stays as it is."""
    return plural if plural[1:2].isupper() else plural.lower()


def _code(name: str) -> str:
    return "".join(part for part in name if part.isalnum() or part in "._-")


def source_table(facts: Facts) -> Table:
    """Return each source with how complete and how old its facts are."""
    return Table(
        columns=("Source", "Collector", "Collection", "Freshness", "Assets", "Not seen"),
        rows=tuple(_source_rows(facts)),
        sources=facts.sources,
        right=(4, 5),
    )


def _source_rows(facts: Facts) -> Iterator[tuple[str, ...]]:
    newest = facts.collected_at
    seen = Counter(asset.source for asset in facts.assets)
    attempts = {attempt.source: attempt for attempt in facts.attempts}
    for snapshot in facts.snapshots:
        attempt = attempts.pop(snapshot.source, None)
        freshness = _age(newest - snapshot.taken_at)
        yield (
            escape(snapshot.source),
            escape(snapshot.collector),
            _outcome(attempt) if attempt else _completeness(snapshot),
            "**behind**" if attempt and freshness == _CURRENT else freshness,
            f"{seen[snapshot.source]:,}",
            f"{len(snapshot.gaps):,}",
        )
    for attempt in attempts.values():
        names = (escape(attempt.source), escape(attempt.collector))
        yield *names, _outcome(attempt), "**never stored**", "0", "-"


def _completeness(snapshot: Snapshot) -> str:
    return "not known" if snapshot.completeness is None else snapshot.completeness.value


def _age(behind: timedelta) -> str:
    """Return how far a source's facts are behind the newest ones, coarsely."""
    if behind <= _FRESH:
        return _CURRENT
    if behind < _DAY:
        return f"**{counted(int(behind / _FRESH), 'hour')} behind**"
    return f"**{counted(behind.days, 'day')} behind**"


def collected_line(facts: Facts, sources: Collection[str] | None = None) -> str:
    """Return the one line that says when; nothing else in a document tells the time of a run.

    `sources` are those that feed the document; None for all.
    """
    times = ", ".join(
        f"{escape(snapshot.source)} {moment(snapshot.taken_at)}"
        for snapshot in facts.snapshots
        if sources is None or snapshot.source in sources
    )
    return f"Collected at: {times}"
