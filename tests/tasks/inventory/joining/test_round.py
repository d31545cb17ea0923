"""A round of joining over the store: what it writes, and when it does nothing."""

from __future__ import annotations

import pytest

from models.errors import Busy
from models.records.asset import asset_id
from models.records.graph import JoinReport
from models.store import graph, transaction, work
from tasks.documents.facts import load_facts
from tasks.inventory import health
from tasks.inventory.join import join_assets
from tasks.inventory.joining.records import KINDS, fields_of, read_inputs
from tests.builders import store
from tests.tasks.inventory.joining.given import (
    NIC,
    a_device,
    a_machine,
    a_nic,
    a_node,
    a_pod,
    a_port,
    a_server,
    heard,
    learned,
)

UUID = "4206a0b1-c2d3-e4f5-8899-aabbccddeeff"
NODE, VM = asset_id("k1", "node", "node-1"), asset_id("vc1", "vm", "vm-1")
ALL = ("vm", "host", "node", "pod", "device", "interface")


def a_whole_site(**device):
    said = {
        "neighbours": (heard("Ethernet1/1", port="00:25:b5:00:01:00"),),
        "mac_table": (learned(NIC, "Ethernet1/1"),),
        **device,
    }
    return {
        "vc1": [a_machine(bios_uuid=UUID, nics=(a_nic(NIC),)), a_server()],
        "k1": [a_node(system_uuid=UUID), a_pod("web-1", app="web")],
        "net": [a_device(**said), a_port("sw1", "Ethernet1/1")],
    }


def collect(**sources):
    for source, records in sources.items():
        store(records, source=source, covered=ALL)


def kept():
    with transaction() as conn:
        return graph.joins(conn)


def written():
    """Which transaction wrote each row that joining may write."""
    with transaction() as conn:
        return conn.execute(
            "SELECT from_id || type || to_id || valid_from, xmin::text FROM relations UNION ALL"
            " SELECT kind || key, xmin::text FROM work UNION ALL"
            " SELECT inputs_hash, xmin::text FROM join_rounds ORDER BY 1"
        ).fetchall()


def test_three_sources_become_one_graph(database):
    collect(**a_whole_site())

    assert join_assets() == JoinReport(edges=3, opened=3, closed=0)
    with transaction() as conn:
        hops = graph.walk(conn, asset_id("k1", "node", "node-1"), 5, "out")
        impact = graph.walk(conn, asset_id("net", "device", "sw1"), 5, "in")
    assert {(hop.depth, hop.kind) for hop in hops} == {
        *((1, "vm"), (2, "host")),
        *((2, "interface"), (3, "device")),
    }
    assert {(hop.depth, hop.kind) for hop in impact} == {
        *((1, "interface"), (2, "host")),
        *((2, "vm"), (3, "node")),
    }


def test_documents_and_checks_see_the_edges(database, monkeypatch):
    collect(**a_whole_site())
    join_assets()
    given = []
    monkeypatch.setattr(
        health, "evaluate_checks", lambda *_, joins, **__: given.extend(joins) or []
    )

    health.run_checks()
    with transaction() as conn:
        facts = load_facts(conn)

    assert [join.to_id for join in facts.joins_from[NODE]] == [VM]
    assert sorted(given, key=str) == sorted(facts.joins, key=str)


def test_a_second_round_over_the_same_facts_writes_nothing(database):
    collect(**a_whole_site())
    join_assets()
    before = written()
    collect(**a_whole_site(uptime_seconds=99))

    assert join_assets() == JoinReport(edges=3, opened=0, closed=0, unchanged=True)
    assert written() == before


def test_a_volatile_table_that_moved_a_machine_moves_its_edge(database):
    collect(**a_whole_site())
    join_assets()

    moved = a_whole_site(mac_table=(learned(NIC, "Ethernet1/2"),))["net"]
    collect(net=[*moved, a_port("sw1", "Ethernet1/2")])

    assert join_assets() == JoinReport(edges=3, opened=1, closed=1)


def test_a_change_that_no_rule_minds_leaves_every_edge_as_it_is(database):
    collect(**a_whole_site())
    join_assets()
    before = kept()
    collect(net=a_whole_site(mac_table=(learned(NIC, "Et1/1"), learned("0:0", "Et1/1")))["net"])

    assert join_assets() == JoinReport(edges=3, opened=0, closed=0)
    assert kept() == before


def test_an_edge_that_went_with_its_end_is_back_when_the_end_is_though_the_facts_are_equal(
    database,
):
    collect(**a_whole_site())
    join_assets()
    collect(k1=[])
    collect(**a_whole_site())

    assert join_assets() == JoinReport(edges=3, opened=1, closed=0)


def test_a_new_program_joins_anew(database, monkeypatch):
    collect(**a_whole_site())
    join_assets()

    monkeypatch.setattr("tasks.inventory.join.rules_digest", lambda: b"other rules")

    assert join_assets() == JoinReport(edges=3, opened=0, closed=0)


def test_only_one_process_joins_at_a_time(database):
    collect(**a_whole_site())

    with work.claim("join", "assets"), pytest.raises(Busy):
        join_assets()


def test_a_round_that_died_is_done_by_the_next(database, monkeypatch):
    collect(**a_whole_site())
    monkeypatch.setattr(graph, "note_round", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        join_assets()
    assert kept() == []
    monkeypatch.undo()
    monkeypatch.setenv("NIGHTSHIFT_HOME", str(database))

    assert join_assets().opened == 3


def test_an_empty_store_has_no_edges(database):
    assert join_assets() == JoinReport(edges=0, opened=0, closed=0)
    assert join_assets().unchanged


def test_rows_that_are_older_than_a_field_take_its_default(database):
    collect(vc1=[a_machine(nics=(a_nic(NIC),))])
    with transaction() as conn:
        conn.execute("UPDATE asset_versions SET attributes = attributes - 'ip_addresses' - 'nics'")
        rows = {kind: graph.join_inputs(conn, kind, fields_of(kind)) for kind in KINDS}

    (vm,) = read_inputs(rows).vm

    assert (vm.name, vm.ip_addresses, vm.nics) == ("web-01", (), ())
