"""What enrichment finds around an incident: changes before or about its beginning, and runbooks."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from generators.incidents import facts
from generators.prose.check import check_sentence
from models.kinds.device import Device
from models.kinds.host import ConnectionState
from models.kinds.interface import Interface, InterfaceState
from models.records.asset import observe
from models.store import assets, incidents, inventory, transaction
from tasks.alerts.enrichment import viewing
from tasks.alerts.enrichment.enriching import enrich
from tasks.inventory.store import store_snapshot
from tasks.knowledge.folder import add_paths
from tests.alerting import T0, an_alert, an_incident
from tests.builders import a_host, a_vm, store


@pytest.fixture
def number(database):
    """An incident of two alerts, the first of them its beginning."""
    with transaction() as conn:
        number = an_incident(conn, title="Datastore ds-01 is nearly full", alert_count=2)
        root = an_alert(
            conn, incident_id=number, title="Datastore ds-01 is 97 % full", host="ds-01"
        )
        an_alert(conn, incident_id=number, title="checkout answers with errors")
        conn.execute("UPDATE incidents SET root_alert_id = %s", (root,))
    return number


def no_model():
    return None


def found(number):
    with transaction() as conn:
        return incidents.incident(conn, number)


def view(number):
    with transaction() as conn:
        return viewing.view(conn, number, T0)


def test_what_the_first_collection_after_it_saw_is_told_between_two_collections(number):
    store([a_vm(1, cpu_count=2), a_vm(2)])
    with transaction() as conn:
        one, *_ = assets.current_assets(conn, kinds=("vm",))
        conn.execute("UPDATE alerts SET entity_id = %s WHERE id = 1", (one.id,))
        conn.execute("UPDATE incidents SET started_at = now(), detected_at = now()")
    enrich(number, model=no_model)
    store([a_vm(1, cpu_count=8), a_vm(2)])
    store([a_vm(1, cpu_count=4), a_vm(2)])

    enrich(number, model=no_model)

    after = found(number)
    (told,) = after.change_refs
    seen, before = re.findall(r" at (\S+Z)[:.]", told)
    assert told == (
        f"Seen at {seen}: vCPU of vm {one.name} changed from 2 to 8; it happened after the"
        f" collection at {before}."
    )
    assert before <= facts.moment(after.started_at) <= seen
    saw = f"The collection at {seen} saw that vCPU of vm {one.name} changed from 2 to 8; it happened after"
    assert f"{saw} the collection at {before}." in after.summary
    assert "Before it, vCPU" not in after.summary
    told = facts.told(view(number))
    assert all(check_sentence(sentence, told.known) == () for sentence in told.sentences)


def test_a_change_of_what_it_began_with_is_told_before_later_ones_of_others(number):
    store([a_vm(1, cpu_count=2), a_vm(2, cpu_count=2)])
    store([a_vm(1, cpu_count=8), a_vm(2, cpu_count=2)])
    store([a_vm(1, cpu_count=8), a_vm(2, cpu_count=4)])
    with transaction() as conn:
        first, second = assets.current_assets(conn, kinds=("vm",))
        conn.execute("UPDATE alerts SET entity_id = %s WHERE id = 1", (first.id,))
        conn.execute("UPDATE alerts SET entity_id = %s WHERE id = 2", (second.id,))
        conn.execute("UPDATE incidents SET started_at = now() + interval '1 minute'")

    assert [change.name for change in view(number).changes] == [first.name, second.name]


def test_what_changed_of_a_port_is_told_of_an_alert_about_its_switch(number):
    switch = Device(key="sw1", name="sw1", address="10.0.0.1", platform="eos")
    ports = [
        Interface(key=f"sw1/Eth{n}", name=f"Eth{n}", device="sw1", state=InterfaceState.UP)
        for n in (1, 2)
    ]
    covered = ("device", "interface")
    store([switch, *ports], source="net", covered=covered)
    failed = replace(ports[1], state=InterfaceState.ERR_DISABLED)
    store([replace(switch, model="7050"), ports[0], failed], source="net", covered=covered)
    with transaction() as conn:
        (device,) = assets.current_assets(conn, kinds=("device",))
        conn.execute("UPDATE alerts SET entity_id = %s WHERE id = 1", (device.id,))
        conn.execute("UPDATE incidents SET started_at = now() + interval '1 minute'")

    told = [facts.change_fact(change, T0) for change in view(number).changes]

    assert ["State of interface Eth2 changed from up to err_disabled" in one for one in told] == [
        True, False,
    ]  # fmt: skip


def test_what_can_no_longer_be_seen_of_what_failed_is_told_after_what_it_became(number):
    store([a_host(version="8.0.3"), a_vm(1)])
    gone = ConnectionState.NOT_RESPONDING
    store([a_host(cpu_cores=16, version="", connection_state=gone), a_vm(1)])
    with transaction() as conn:
        (host,) = assets.current_assets(conn, kinds=("host",))
        conn.execute("UPDATE alerts SET entity_id = %s WHERE id = 1", (host.id,))
        conn.execute("UPDATE incidents SET started_at = now() + interval '1 minute'")

    fields = [change.field for change in view(number).changes]

    assert fields == ["connection_state", "cpu_cores", "version"]


def test_an_incident_is_looked_at_again_once_a_collection_may_tell_of_its_beginning(number):
    store([a_vm(1, cpu_count=2), a_vm(2)])
    with transaction() as conn:
        conn.execute("UPDATE incidents SET started_at = now(), detected_at = now()")
        an_incident(conn, title="Of last week", summary="written")
    enrich(number, model=no_model)

    def due_after(records):
        with transaction() as conn:
            taken = inventory.open_snapshot(conn, "vc1", "vmware")
            inventory.stage(conn, taken.id, (observe("vc1", one) for one in records))
            inventory.collected(
                conn, taken.id, covered=("vm",), gaps=(), counts={"vm": 2}, seconds=0.1
            )
            inventory.validated(conn, taken.id)
        store_snapshot(taken.id)
        with transaction() as conn:
            rows = conn.execute("SELECT id FROM incidents WHERE enrich_after <= now()").fetchall()
            conn.execute("UPDATE incidents SET enrich_after = NULL")
        return [row[0] for row in rows]

    assert due_after([a_vm(1, cpu_count=8), a_vm(2)]) == [number]
    assert due_after([a_vm(1, cpu_count=4), a_vm(2)]) == []  # it tells of what was later


def test_what_to_do_goes_before_what_happened_another_time_and_no_part_stands_twice(
    number, tmp_path
):
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "ds-01.md").write_text(
        "# Datastore ds-01 was 97 % full\n\n## Datastore ds-01 nearly full\n\nDatastore ds-01 was"
        " nearly full; checkout and payments answered with errors.\n"
    )
    advice = "A datastore that is nearly full stops writes: delete old snapshots of it. " * 60
    (tmp_path / "datastore.md").write_text(f"# Datastore\n\n## Nearly full\n\n{advice}\n")
    add_paths([tmp_path], "anything")

    enrich(number, model=no_model)

    refs = found(number).runbook_refs
    assert [re.search(r"\S+\.md", one)[0] for one in refs] == [
        "datastore.md", "postmortems/ds-01.md"
    ]  # fmt: skip
