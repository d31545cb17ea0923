from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from generators.documents.inventories import files_of, inventories
from models.kinds import KINDS
from tests.generators.documents.domains import a_pod, all_facts, network_records
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


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_no_two_columns_of_a_file_have_the_same_name(kind):
    for file in files_of(kind, (), facts()):
        titles = [title.casefold() for title in file.header]
        assert len(titles) == len(set(titles)), file.name


def test_a_reference_beside_its_text_shows_the_id_that_the_other_file_has():
    pod = rows_of("pod.csv", all_facts())[0]
    namespaces = {row["id"]: row["name"] for row in rows_of("namespace.csv", all_facts())}
    vlan = rows_of("vlan.csv", all_facts())[0]
    gateway = next(row for row in rows_of("interface.csv", all_facts()) if row["name"] == "Vlan10")

    assert pod["Namespace"] == "shop"
    assert namespaces[pod["Namespace id"]] == "shop"
    assert (vlan["VLAN id"], gateway["VLAN"], gateway["VLAN id"]) == ("10", "", vlan["id"])


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


def test_every_kind_that_has_assets_has_a_file():
    names = {file.name for file in inventories(all_facts())}

    kinds = {asset.kind for asset in all_facts().assets}
    assert {f"{kind}.csv" for kind in kinds} <= names
    assert len({file.path for file in inventories(all_facts())}) == len(names)


def test_lists_of_records_of_devices_and_workloads_have_files_of_their_own():
    found = all_facts()

    neighbour = rows_of("device-neighbours.csv", found)[0]
    container = rows_of("deployment-containers.csv", found)[0]
    assert (neighbour["device"], neighbour["Interface"]) == ("leaf-1", "Ethernet1/1")
    assert (container["deployment"], container["Cpu request (millicores)"]) == ("web", "500")
    assert rows_of("ingress-routes.csv", found)[1]["Service"] == "gone"
    assert rows_of("device-mac-table-now.csv", found)[0]["Mac"] == "00:50:56:00:00:50"
    assert rows_of("device-arp-now.csv", found)[0]["Ip address"] == "10.10.0.50"
    assert rows_of("kubernetes-warnings-now.csv", found)[0]["Message"] == "back-off 5m0s"


def test_configurations_and_learned_tables_stand_in_no_cell():
    texts = {file.name: file.text() for file in inventories(all_facts())}

    assert not [name for name in texts if "ntp server" in texts[name]]
    assert "00:50:56:00:00:50" not in texts["device.csv"] + texts["device-usage.csv"]


def test_labels_are_one_cell():
    found = all_facts(kubernetes=[a_pod(1, labels=(("app", "web"), ("tier", "=x")))])

    assert rows_of("pod.csv", found)[0]["Labels"] == "app=web; tier==x"


def test_what_a_device_learned_changes_only_the_files_of_what_moves():
    before = {file.name: file.input_hash for file in inventories(all_facts())}
    moved = [
        replace(record, arp=(), mac_table=(), uptime_seconds=1)
        if record.key == "leaf-1"
        else record
        for record in network_records()
    ]

    after = {file.name: file.input_hash for file in inventories(all_facts(network=moved))}

    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"device-usage.csv", "device-arp-now.csv", "device-mac-table-now.csv"}
