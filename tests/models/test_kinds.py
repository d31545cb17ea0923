"""A kind is declared once: a field that is added there is known everywhere, with no other change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pytest

import models.kinds as registry
from generators.documents.facts import Facts
from generators.documents.inventories import inventories
from generators.documents.table import inventory_table
from models.errors import WrongUse
from models.kinds import KINDS, Fact, Reference, kind_named
from models.kinds.common import Key, Name
from models.kinds.declaration import declare
from models.redaction import redact_record
from models.store import assets, inventory, transaction
from tasks.inventory.validation.rules import rules_of
from tests.builders import a_cluster, store


@dataclass(frozen=True, slots=True, kw_only=True)
class Rack:
    """A kind that a newcomer declares."""

    key: Key
    name: Name
    height_units: Annotated[int, Fact(label="Height", unit="U", table=True, low=1, high=60)] = 42
    notes: Annotated[str, Fact(label="Notes", sensitive=True)] = ""
    temperature_c: Annotated[float, Fact(label="Temperature", unit="°C", volatile=True)] = 20.0
    cluster: Annotated[
        str | None, Fact(label="Cluster", reference=Reference(kind="cluster", relation="part_of"))
    ] = None


@pytest.fixture
def rack(monkeypatch):
    kind = declare(Rack, name="rack", title="Rack", plural="Racks")
    monkeypatch.setitem(KINDS, "rack", kind)
    monkeypatch.setitem(registry._BY_TYPE, Rack, kind)
    return kind


def collected(*racks: Rack):
    report = store([a_cluster(), *racks], covered=("cluster", "rack"))
    with transaction() as conn:
        return report, assets.current_assets(conn)


def test_a_declared_kind_is_stored_compared_and_linked(database, rack):
    collected(Rack(key="r1", name="rack-1", cluster="domain-c1"))
    with transaction() as conn:
        since = inventory.latest_stored(conn)[0].taken_at

    report, found = collected(
        Rack(key="r1", name="rack-1", cluster="domain-c1", height_units=48, temperature_c=31.5)
    )

    assert (report.changed, report.volatile_updated) == (1, 1)
    with transaction() as conn:
        (change,) = assets.changes(conn, since)
        links = assets.relations(conn, next(a.id for a in found if a.kind == "rack"))
    assert (change.field, change.before, change.after) == ("height_units", 42, 48)
    assert [(link.type, link.name) for link in links] == [("part_of", "cluster-1")]


def test_a_declared_field_has_its_expectations(rack):
    assert [rule for rule in rules_of(rack) if "height_units" in str(rule)]


def test_a_declared_field_has_its_csv_column_and_its_table_column(database, rack):
    _, found = collected(Rack(key="r1", name="rack-1"))
    facts = Facts(assets=tuple(found), snapshots=())

    files = {each.name: each.text() for each in inventories(facts)}
    table = inventory_table(rack, facts.of("rack"), facts)

    assert "Height (U)" in files["rack.csv"].splitlines()[0]
    assert ",rack-1,r1,42," in files["rack.csv"]
    assert "Temperature (°C)" in files["rack-usage.csv"]
    assert table.columns == ("Name", "Height")


def test_a_sensitive_field_is_redacted_and_others_are_not(rack):
    found = redact_record(Rack(key="r1", name="password: x", notes="BMC password: hunter2"))

    assert (found.name, found.notes) == ("password: x", "BMC password: [redacted]")


def test_a_row_that_is_older_than_a_field_takes_its_default(database, rack):
    collected(Rack(key="r1", name="rack-1"))
    with transaction() as conn:
        conn.execute("UPDATE asset_versions SET attributes = attributes - 'height_units'")
        (found,) = assets.current_assets(conn, kinds=["rack"])

    assert found.record.height_units == 42


def test_every_reference_points_at_a_kind_that_is_declared():
    targets = {
        field.fact.reference.kind
        for kind in KINDS.values()
        for field in kind.references
        if field.fact.reference
    }

    assert targets <= KINDS.keys()


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_names_of_fields_carry_their_units(kind):
    endings = {"MiB": "_mib", "MHz": "_mhz"}
    for field in kind.fields:
        assert field.name.endswith(endings.get(field.fact.unit, "")), field.name


def test_an_unknown_kind_is_wrong_use():
    with pytest.raises(WrongUse, match="no kind is called 'toaster'; there are vcenter"):
        kind_named("toaster")


def test_a_record_without_a_meaning_for_each_field_is_no_kind():
    @dataclass(frozen=True)
    class Nameless:
        key: Key
        size: int

    with pytest.raises(TypeError, match="field size needs exactly one Fact"):
        declare(Nameless, name="x", title="X", plural="Xs")
