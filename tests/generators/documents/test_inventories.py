from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from generators.documents.inventories import inventories
from models.kinds import KINDS
from tests.generators.documents.site import a_vm, facts, records


def rows_of(name, found):
    file = next(each for each in inventories(found) if each.name == name)
    return list(csv.DictReader(io.StringIO(file.text())))


def test_a_machine_is_a_row_with_all_its_scalars_and_units_in_the_header():
    row = next(row for row in rows_of("vm.csv", facts()) if row["name"] == "web-1")

    assert row["Memory (MiB)"] == "4096"
    assert row["Host"] == "esx-1"
    assert row["Datastores"] == "ds-1"
    assert row["CPU reservation (MHz)"] == ""
    labels = {field.fact.label for field in KINDS["vm"].stable if field.scalar}
    assert all(any(title.startswith(label) for title in row) for label in labels - {"Name"})


def test_disks_adapters_and_snapshots_have_files_of_their_own():
    disk, adapter = rows_of("vm-disks.csv", facts())[0], rows_of("vm-nics.csv", facts())[0]

    assert (disk["vm"], disk["Capacity (MiB)"], disk["Datastore"]) == ("web-1", "40960", "ds-1")
    assert (adapter["vm"], adapter["Network"]) == ("web-1", "pg-10")
    assert rows_of("vm-snapshots.csv", facts()) == []


def test_volatile_figures_stand_apart_so_that_inventories_change_only_with_changes():
    before = {file.name: file.input_hash for file in inventories(facts())}
    busy = [replace(r, cpu_usage_mhz=999) if r.key == "vm-1" else r for r in records()]

    after = {file.name: file.input_hash for file in inventories(facts(busy))}

    assert {name for name in before if before[name] != after[name]} == {"vm-usage.csv"}


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(name):
    found = facts([*records(), a_vm("vm-9", name=name)])

    cells = [cell for row in rows_of("vm.csv", found) for cell in row.values()]

    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert f"'{name.strip()}" in cells


def test_a_name_with_quotes_commas_and_line_ends_stays_one_cell():
    found = facts([*records(), a_vm("vm-9", name='a,"b"\nc')])

    assert 'a,"b" c' in [row["name"] for row in rows_of("vm.csv", found)]
