"""The rules that a snapshot has to pass, derived from the declarations of the kinds.

Nothing is listed here by field name: a field that is added to a kind, with bounds or choices,
brings its expectations along. Great Expectations is not imported; `engine` runs the rules.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.kinds import Field, Kind

# RFC 3339, as msgspec writes times to JSON.
TIME_PATTERN = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$"
_TYPE_NAMES: dict[type, list[str]] = {
    str: ["str"],
    int: ["int"],
    float: ["float", "int"],
    bool: ["bool"],
}


class Consequence(StrEnum):
    """What becomes of rows, or of the snapshot, when a rule fails."""

    QUARANTINE = "quarantine"
    WARNING = "warning"
    HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One expectation over the rows of a kind.

    `expectation` is the name of a Great Expectations class, `arguments` what it is made with;
    `reason` says in words what a row that breaks it did wrong.
    """

    id: str
    kind: str
    expectation: str
    arguments: dict[str, Any] = field(default_factory=dict)
    consequence: Consequence = Consequence.QUARANTINE
    reason: str = ""
    column: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a source that shrank is held for a person.

    Held is a kind of which at least `collapse_percent` are gone, where there were
    `collapse_minimum` or more, or of which nothing is left.
    """

    collapse_percent: float = 50.0
    collapse_minimum: int = 10


def type_rules(kind: Kind) -> list[Rule]:
    """Return the rules of presence and type, which the others build on."""
    rules = []
    for item in _columns(kind):
        if item.required:
            rules.append(
                _rule(
                    kind,
                    item,
                    "required",
                    "ExpectColumnValuesToNotBeNull",
                    f"{item.name} is missing",
                )
            )
        if item.scalar is not None and issubclass(item.scalar, datetime):
            reason = f"{item.name} is not a time"
            rules.append(
                _rule(
                    kind, item, "time", "ExpectColumnValuesToMatchRegex", reason, regex=TIME_PATTERN
                )
            )
        elif names := _type_names(item):
            reason = f"{item.name} is not of type {names[0]}"
            rules.append(
                _rule(
                    kind, item, "type", "ExpectColumnValuesToBeInTypeList", reason, type_list=names
                )
            )
    return rules


def value_rules(kind: Kind, uncovered: Collection[str] = ()) -> list[Rule]:
    """Return the rules of bounds, choices, uniqueness and references.

    A reference to a kind that could not be seen whole leads nowhere for that reason alone.
    """
    rules = []
    for item in _columns(kind):
        rules += _bounds(kind, item) + _choices(kind, item) + _uniqueness(kind, item)
    return rules + [
        _reference(kind, item) for item in kind.references if _target(item) not in uncovered
    ]


def count_rule(kind: Kind, last_good: int, limits: Limits, *, covered: bool) -> Rule:
    """Return the rule that the kind has not collapsed since the last good collection.

    A kind that the collection says it could not see whole only warns: nothing of it is taken
    for gone.
    """
    least = 1
    if last_good >= limits.collapse_minimum:
        share = 1 - limits.collapse_percent / 100
        least = max(1, math.floor(last_good * share) + 1)
    return Rule(
        id=f"{kind.name}: count",
        kind=kind.name,
        expectation="ExpectTableRowCountToBeBetween",
        arguments={"min_value": least},
        consequence=Consequence.HOLD if covered else Consequence.WARNING,
        reason=f"at least {least} expected after {last_good} in the last good collection",
    )


def reference_column(name: str) -> str:
    """Return the name of the column that tells whether a row's references resolve."""
    return f"{name} resolves"


def rules_of(kind: Kind) -> list[Rule]:
    """Return every rule that the declaration of a kind makes."""
    return type_rules(kind) + value_rules(kind)


def _columns(kind: Kind) -> list[Field]:
    return [item for item in kind.fields if item.scalar is not None and not item.many]


def _type_names(item: Field) -> list[str]:
    if item.scalar is None:
        return []
    return next((names for known, names in _type_pairs() if issubclass(item.scalar, known)), [])


def _type_pairs() -> list[tuple[type, list[str]]]:
    # bool before int, of which it is a subclass.
    return sorted(_TYPE_NAMES.items(), key=lambda pair: pair[0] is not bool)


def _bounds(kind: Kind, item: Field) -> list[Rule]:
    low, high = item.fact.low, item.fact.high
    if low is None and high is None:
        return []
    words = [f"below {low}"] if low is not None else []
    words += [f"above {high}"] if high is not None else []
    return [
        _rule(
            kind,
            item,
            "bounds",
            "ExpectColumnValuesToBeBetween",
            f"{item.name} is {' or '.join(words)}",
            min_value=low,
            max_value=high,
        )
    ]


def _choices(kind: Kind, item: Field) -> list[Rule]:
    if not item.choices:
        return []
    reason = f"{item.name} is none of {', '.join(item.choices)}"
    return [
        _rule(
            kind, item, "choices", "ExpectColumnValuesToBeInSet", reason, value_set=[*item.choices]
        )
    ]


def _uniqueness(kind: Kind, item: Field) -> list[Rule]:
    if not item.fact.unique:
        return []
    reason = f"{item.name} is not unique"
    return [_rule(kind, item, "unique", "ExpectColumnValuesToBeUnique", reason)]


def _reference(kind: Kind, item: Field) -> Rule:
    target = _target(item)
    column = reference_column(item.name)
    return Rule(
        id=f"{kind.name}.{item.name}: reference",
        kind=kind.name,
        expectation="ExpectColumnValuesToBeInSet",
        arguments={"column": column, "value_set": [True]},
        consequence=Consequence.WARNING,
        reason=f"{item.name} refers to a {target} that is not known",
        column=column,
    )


def _target(item: Field) -> str:
    return item.fact.reference.kind if item.fact.reference else ""


def _rule(
    kind: Kind, item: Field, what: str, expectation: str, reason: str, **arguments: Any
) -> Rule:
    return Rule(
        id=f"{kind.name}.{item.name}: {what}",
        kind=kind.name,
        expectation=expectation,
        arguments={"column": item.name, **arguments},
        reason=reason,
        column=item.name,
    )
