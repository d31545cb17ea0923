"""The rules follow from the kinds' declarations, and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import pytest

from models.kinds import KINDS
from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, Reference, declare
from tasks.inventory.validation.rules import Consequence, Limits, count_rule, rules_of


class Side(StrEnum):
    FRONT = "front"
    REAR = "rear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rack:
    key: Key
    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredRack:
    key: Key
    name: Name
    height_units: Annotated[int | None, Fact(label="Height", low=1, high=60)] = None
    side: Annotated[Side | None, Fact(label="Side")] = None
    built_at: Annotated[datetime | None, Fact(label="Built")] = None
    room: Annotated[
        str | None, Fact(label="Room", reference=Reference(kind="rack", relation="part_of"))
    ] = None


RACK = declare(Rack, name="rack", title="Rack", plural="Racks")
MEASURED = declare(MeasuredRack, name="rack", title="Rack", plural="Racks")


def test_key_and_name_are_required_text_and_the_key_is_unique():
    assert {rule.id for rule in rules_of(RACK)} == {
        "rack.key: required",
        "rack.key: type",
        "rack.key: unique",
        "rack.name: required",
        "rack.name: type",
    }


def test_a_field_added_to_a_kind_brings_its_expectations_with_no_other_change():
    added = {rule.id: rule for rule in rules_of(MEASURED)}.keys() - {
        rule.id for rule in rules_of(RACK)
    }

    assert added == {
        "rack.height_units: type",
        "rack.height_units: bounds",
        "rack.side: type",
        "rack.side: choices",
        "rack.built_at: time",
        "rack.room: type",
        "rack.room: reference",
    }
    (bounds,) = [rule for rule in rules_of(MEASURED) if rule.id == "rack.height_units: bounds"]
    assert bounds.arguments == {"column": "height_units", "min_value": 1, "max_value": 60}
    assert bounds.reason == "height_units is below 1 or above 60"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_bound_choice_and_reference_of_a_kind_has_its_rule(kind):
    found = {rule.id for rule in rules_of(kind)}

    for field in kind.fields:
        if field.fact.low is not None or field.fact.high is not None:
            assert f"{kind.name}.{field.name}: bounds" in found
        if field.choices and not field.many:
            assert f"{kind.name}.{field.name}: choices" in found
        if field.fact.reference:
            assert f"{kind.name}.{field.name}: reference" in found
        if field.fact.unique:
            assert f"{kind.name}.{field.name}: unique" in found
    assert len(found) == len(rules_of(kind))


@pytest.mark.parametrize(
    ("last_good", "least"),
    [
        pytest.param(1, 1, id="of one, one has to be left"),
        pytest.param(9, 1, id="below ten only all being gone is a collapse"),
        pytest.param(10, 6, id="of ten, six"),
        pytest.param(100, 51, id="of a hundred, more than half"),
        pytest.param(101, 51, id="of a hundred and one, more than half"),
    ],
)
def test_a_collapse_is_half_or_more_of_a_kind_gone(last_good, least):
    rule = count_rule(RACK, last_good, Limits(), covered=True)

    assert rule.arguments == {"min_value": least}
    assert rule.consequence is Consequence.HOLD


def test_the_limits_are_a_sites_own():
    limits = Limits(collapse_percent=20, collapse_minimum=5)

    assert count_rule(RACK, 10, limits, covered=True).arguments == {"min_value": 9}


def test_a_kind_that_was_not_covered_only_warns():
    assert count_rule(RACK, 10, Limits(), covered=False).consequence is Consequence.WARNING
