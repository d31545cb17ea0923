"""What becomes of a snapshot: which rows are set aside, what is only said, whether it is held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias

from models.kinds import Kind
from models.records.snapshot import Quarantined, ValidationReport
from tasks.inventory.validation.engine import Asked, Engine, Outcome, open_engine
from tasks.inventory.validation.rules import (
    Consequence,
    Limits,
    Rule,
    count_rule,
    type_rules,
    value_rules,
)
from tasks.inventory.validation.tables import Table, dangling, frame_columns, known_ids

SHOWN_NAMES = 5
_Columns: TypeAlias = Mapping[str, Mapping[str, list[Any]]]


def validate_tables(
    snapshot_id: int,
    tables: Mapping[str, Table],
    *,
    stored: Collection[str] = (),
    last_good: Mapping[str, int] | None = None,
    uncovered: Collection[str] = (),
    limits: Limits | None = None,
) -> ValidationReport:
    """Run every rule over the tables of a snapshot; nothing outside is read or written.

    Args:
        snapshot_id: What the report is about.
        tables: The staged rows by kind.
        stored: Asset ids that the source is known to have; references to them resolve.
        last_good: Rows by kind of the last good collection; none before the first.
        uncovered: Kinds that the collection could not see whole.
        limits: When a source that shrank is held.
    """
    known = known_ids(tables, stored)
    seen = {name: table for name, table in tables.items() if len(table)}
    columns = {name: frame_columns(table, known) for name, table in seen.items()}
    counts = [
        Asked(rule=rule, cells=table.ids)
        for table in tables.values()
        for rule in _count_rules(table.kind, last_good or {}, limits or Limits(), uncovered)
    ]
    with open_engine() as engine:
        outcomes = engine.run([*counts, *_asked(seen, columns, type_rules)])
        outcomes += _run_values(engine, seen, columns, outcomes, uncovered)
    return _report(snapshot_id, tables, outcomes, known)


def _asked(
    tables: Mapping[str, Table], columns: _Columns, rules: Callable[[Kind], list[Rule]]
) -> list[Asked]:
    return [
        Asked(rule=rule, cells=columns[name][rule.column])
        for name, table in tables.items()
        for rule in rules(table.kind)
        if rule.column is not None
    ]


def _run_values(
    engine: Engine,
    tables: Mapping[str, Table],
    columns: _Columns,
    types: list[Outcome],
    uncovered: Collection[str],
) -> list[Outcome]:
    """Run what builds on types: bounds of a text that should be a number cannot be asked for."""
    bad: dict[str, set[int]] = defaultdict(set)
    for outcome in types:
        bad[outcome.rule.kind].update(outcome.rows)
    good = {
        name: [row for row in range(len(table)) if row not in bad[name]]
        for name, table in tables.items()
    }
    kept = {
        name: _rows(columns[name], good[name]) if bad[name] else columns[name] for name in tables
    }
    left = {name: table for name, table in tables.items() if good[name]}

    def rules(kind: Kind) -> list[Rule]:
        return value_rules(kind, uncovered)

    found = engine.run(_asked(left, kept, rules))
    return [_placed(outcome, good[outcome.rule.kind]) for outcome in found]


def _rows(columns: Mapping[str, list[Any]], rows: list[int]) -> dict[str, list[Any]]:
    return {name: [cells[row] for row in rows] for name, cells in columns.items()}


def _count_rules(
    kind: Kind, last_good: Mapping[str, int], limits: Limits, uncovered: Collection[str]
) -> list[Rule]:
    before = last_good.get(kind.name, 0)
    return [count_rule(kind, before, limits, covered=kind.name not in uncovered)] if before else []


def _placed(outcome: Outcome, good: list[int]) -> Outcome:
    """Translate row positions among the good rows back into those of the table."""
    if outcome.success:
        return outcome
    rows = tuple(good[row] for row in outcome.rows)
    return Outcome(rule=outcome.rule, success=False, rows=rows, observed=outcome.observed)


def _report(
    snapshot_id: int,
    tables: Mapping[str, Table],
    outcomes: list[Outcome],
    known: Collection[str],
) -> ValidationReport:
    failed = [outcome for outcome in outcomes if not outcome.success]
    quarantined, warnings, held = [], [], []
    for outcome in failed:
        table = tables[outcome.rule.kind]
        match outcome.rule.consequence:
            case Consequence.QUARANTINE:
                quarantined += [_quarantined(table, outcome.rule, row) for row in outcome.rows]
            case Consequence.WARNING:
                warnings.append(_warning(table, outcome, known))
            case Consequence.HOLD:
                held.append(_collapse(table, outcome))
    return ValidationReport(
        snapshot_id=snapshot_id,
        expectations=len(outcomes),
        failed_expectations=len(failed),
        quarantined=tuple(quarantined),
        warnings=tuple(warnings),
        held="; ".join(held) or None,
        results=tuple(_result(outcome) for outcome in outcomes),
    )


def _quarantined(table: Table, rule: Rule, row: int) -> Quarantined:
    value = table.columns[rule.column][row] if rule.column else None
    shown = "" if value is None else f": {value!r}"
    return Quarantined(
        asset_id=table.ids[row],
        kind=table.kind.name,
        name=str(table.names[row]),
        rule=rule.id,
        reason=f"{rule.reason}{shown}",
    )


def _warning(table: Table, outcome: Outcome, known: Collection[str]) -> str:
    rule = outcome.rule
    if not outcome.rows:
        return f"{_collapse(table, outcome)} (not all could be seen)"
    names = [str(table.names[row]) for row in outcome.rows[:SHOWN_NAMES]]
    more = len(outcome.rows) - len(names)
    field = (rule.column or "").removesuffix(" resolves")
    missing = {target for row in outcome.rows for target in dangling(table, field, row, known)}
    rest = f" and {more} more" if more else ""
    return f"{rule.reason} ({len(missing)} in all): {', '.join(names)}{rest}"


def _collapse(table: Table, outcome: Outcome) -> str:
    noun = table.kind.plural if table.kind.plural.isupper() else table.kind.plural.lower()
    return f"{len(table)} {noun} seen, {outcome.rule.reason}"


def _result(outcome: Outcome) -> dict[str, Any]:
    rule = outcome.rule
    return {
        "rule": rule.id,
        "kind": rule.kind,
        "expectation": rule.expectation,
        "consequence": rule.consequence.value,
        "success": outcome.success,
        "failed_rows": len(outcome.rows),
    }
