"""Alerts are looked up in the inventory, grouped along its graph, and told what changed before."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from models.settings import settings
from models.store import connection, surroundings, transaction
from tasks.alerts.triage.draining import Triage
from tasks.alerts.triage.surroundings import Surroundings
from tests import inbox
from tests.builders import a_cluster, a_datastore, a_host, a_site, a_vm, store
from tests.inbox import plain, rows, triage

pytestmark = pytest.mark.usefixtures("database")


def asset_id(name):
    return rows("SELECT id FROM assets WHERE name = %(name)s", name=name)[0][0]


def now_firing(title, host):
    return plain(
        title, host=host, dedup_key=f"{title}/{host}", starts_at=datetime.now(UTC).isoformat()
    )


def test_an_alert_names_the_asset_that_it_speaks_of():
    store(a_site(vms=3))

    triage(now_firing("VM unreachable", "web-02"), vendor="acme", minute=30)

    found = rows("SELECT entity_id, entity_confidence > 0.9 FROM alerts")
    assert found == [(asset_id("web-02"), True)]


def test_a_host_and_what_runs_on_it_are_one_incident_and_another_host_is_not():
    apart = {"name": "mail", "host": "host-2", "datastores": ("datastore-2",)}
    vms = [a_vm(1), a_vm(2), a_vm(3, **apart)]
    store([a_cluster(), a_host(1), a_host(2), a_datastore(1), a_datastore(2), *vms])

    triage(
        now_firing("Host not responding", "esx01.example"),
        now_firing("VM unreachable", "web-01"),
        now_firing("VM unreachable", "web-02"),
        now_firing("Certificate expires soon", "mail"),
        vendor="acme",
        minute=30,
    )

    assert [row[1] for row in inbox.incidents()] == [3, 1]
    ((explained,),) = rows(
        "SELECT e.explanation->>'rule' FROM alert_events e JOIN alerts a ON a.id = e.alert_id"
        " WHERE a.host = 'web-01'"
    )
    assert explained.startswith("downstream")


def test_what_changed_just_before_is_evidence_but_not_that_it_was_seen_for_the_first_time():
    store(a_site(vms=2))
    triage(now_firing("VM unreachable", "web-02"), vendor="acme", minute=30)
    store([a_cluster(), a_host(1), a_host(2), a_datastore(), a_vm(1, memory_mib=8192), a_vm(2)])

    # The change is of this very moment, however long ago the tests began.
    minutes = (datetime.now(UTC) - inbox.BEGIN).total_seconds() / 60 + 0.1
    triage(now_firing("VM slow", "web-01"), vendor="acme", minute=minutes)

    found = dict(rows("SELECT title, change_refs FROM incidents ORDER BY id"))
    assert [bool(changes) for changes in found.values()] == [False, True]
    (told,) = list(found.values())[1]
    assert re.fullmatch(
        r"At \S+Z Memory of vm web-01 changed from \d+ GiB to 8 GiB\.", told
    )  # as enrichment has it


def test_the_inventory_is_read_again_only_after_a_newer_collection(monkeypatch):
    store(a_site(vms=1))
    read = []
    real = surroundings.things
    monkeypatch.setattr(surroundings, "things", lambda conn: read.append(1) or real(conn))
    monkeypatch.setattr("tasks.alerts.triage.surroundings._LOOK_SECONDS", 0.0)
    kept = Surroundings()

    with connection() as conn:
        first = kept.world(conn)
        assert kept.world(conn) is first
        store(a_site(vms=2))
        assert len(kept.world(conn).known) == len(first.known) + 1
    assert len(read) == 2


def test_the_policy_says_how_far_the_graph_is_looked_along(monkeypatch, tmp_path):
    store(a_site(vms=1))
    policy, kept = tmp_path / "policy.toml", Triage()
    with connection() as conn:
        usual = kept.rules(conn).topology
        policy.write_text("version = 9\n[limits]\nhops = 1\n")
        monkeypatch.setenv("NIGHTSHIFT_TRIAGE_POLICY", str(policy))
        settings.cache_clear()
        short = kept.rules(conn).topology

    assert usual.within(4) is usual
    assert short.within(1) is short
    assert short.nodes == usual.nodes


def test_without_an_inventory_nothing_is_resolved():
    triage(now_firing("VM unreachable", "web-02"), vendor="acme", minute=30)

    assert rows("SELECT entity_id FROM alerts") == [(None,)]
    with transaction() as conn:
        assert surroundings.things(conn) == []


def test_the_names_and_the_asset_of_one_host_are_one_line_and_services_are_none():
    store(a_site(vms=3))
    triage(
        now_firing("Disk full on web-02", "web-02.example.net"),
        plain("Disk slow", host="web-02", dedup_key="slow", service="shop"),
        vendor="acme",
        minute=30,
    )

    found = rows("SELECT title, affected_entities, affected_services FROM incidents")
    assert len(found) == 1
    title, entities, services = found[0]
    assert (entities, services) == ([asset_id("web-02")], ["shop"])
    assert "hosts" not in title
