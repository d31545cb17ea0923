"""Joined edges over time, and walks over all edges."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from models.records.asset import asset_id
from models.records.graph import Hop, Join, JoinReport
from models.store import assets, graph, transaction
from tests.builders import COVERED, a_cluster, a_datastore, a_host, a_site, a_vm, store

VM, VM_2, VM_3 = (asset_id("vc1", "vm", f"5012-000{number}") for number in (1, 2, 3))
HOST, HOST_2 = asset_id("vc1", "host", "host-1"), asset_id("vc1", "host", "host-2")
STORE = asset_id("vc1", "datastore", "datastore-1")
CLUSTER = asset_id("vc1", "cluster", "domain-c1")


def a_join(start=VM, end=VM_2, **changes):
    values = {"type": "connected_to", "confidence": 0.95, "reason": "Both say so."}
    return Join(from_id=start, to_id=end, **{**values, **changes})


def keep(*joins):
    with transaction() as conn:
        return graph.replace_joins(conn, joins, datetime.now(UTC))


def kept():
    with transaction() as conn:
        return graph.joins(conn)


def edges():
    """Every joined edge that ever was, with whether it holds, and the transaction that wrote it."""
    with transaction() as conn:
        return conn.execute(
            "SELECT from_id, to_id, confidence, valid_to IS NULL, xmin::text FROM relations"
            " WHERE confidence IS NOT NULL ORDER BY valid_from, from_id, to_id"
        ).fetchall()


def walked(start, hops=5, way="out", **options):
    with transaction() as conn:
        return graph.walk(conn, start, hops, way, **options)


def test_joins_are_opened_and_read_back_as_they_were_given(database):
    store(a_site())
    joins = [a_join(), a_join(VM_2, VM_3, confidence=0.6)]

    assert keep(*joins) == JoinReport(edges=2, opened=2, closed=0)
    assert sorted(kept(), key=lambda join: join.confidence) == joins[::-1]


def test_unchanged_joins_touch_no_row(database):
    store(a_site())
    keep(a_join(), a_join(VM_2, VM_3))
    before = edges()

    assert keep(a_join(VM_2, VM_3), a_join()) == JoinReport(edges=2, opened=0, closed=0)
    assert edges() == before


@pytest.mark.parametrize("change", [{"confidence": 0.6}, {"reason": "Only one says so."}])
def test_an_edge_that_is_said_differently_is_closed_and_opened_again(database, change):
    store(a_site())
    keep(a_join(), a_join(VM_2, VM_3))

    assert keep(a_join(**change), a_join(VM_2, VM_3)) == JoinReport(edges=2, opened=1, closed=1)
    assert a_join(**change) in kept()
    assert [holds for start, _, _, holds, _ in edges() if start == VM] == [False, True]


def test_an_edge_that_is_joined_no_more_is_closed_and_stays_in_the_past(database):
    store(a_site())
    keep(a_join())

    assert keep() == JoinReport(edges=0, opened=0, closed=1)
    assert kept() == []
    with transaction() as conn:
        ((began, ended),) = conn.execute(
            "SELECT valid_from, valid_to FROM relations WHERE confidence IS NOT NULL"
        ).fetchall()
    assert began < ended


def test_of_one_edge_that_was_joined_twice_the_surest_is_kept(database):
    store(a_site())

    keep(a_join(confidence=0.95), a_join(confidence=0.6))

    assert [join.confidence for join in kept()] == [0.95]


def test_a_joined_edge_outlives_collections_that_change_its_ends(database):
    store(a_site())
    keep(a_join())
    before = edges()

    store([a_vm(1, cpu_count=8), a_vm(2, memory_mib=8192), *a_site()[:4], a_vm(3)])

    assert edges() == before


@pytest.mark.parametrize("gone", [1, 2])
def test_it_goes_with_either_end(database, gone):
    store(a_site())
    keep(a_join(), a_join(VM_3, HOST))

    report = store([record for record in a_site() if record != a_vm(gone)])

    assert report.deleted == 1
    assert kept() == [a_join(VM_3, HOST)]
    assert keep(a_join(), a_join(VM_3, HOST)).opened == 0  # an end that is gone has no edges


def test_what_a_source_states_is_not_joined_as_well(database):
    store(a_site())

    assert keep(a_join(VM, HOST, type="runs_on")) == JoinReport(edges=0, opened=0, closed=0)
    with transaction() as conn:
        (link,) = [link for link in assets.relations(conn, VM) if link.type == "runs_on"]
    assert (link.confidence, link.reason) == (None, None)


def test_what_a_source_begins_to_state_takes_the_place_of_what_was_joined(database):
    store([a_vm(1, host=None) if record == a_vm(1) else record for record in a_site()])
    keep(a_join(VM, HOST, type="runs_on"))

    store(a_site())

    assert kept() == []
    with transaction() as conn:
        links = [link for link in assets.relations(conn, VM) if link.type == "runs_on"]
    assert [(link.asset_id, link.kind, link.confidence) for link in links] == [(HOST, "host", None)]
    store([a_vm(1, host=None) if record == a_vm(1) else record for record in a_site()])
    assert keep(a_join(VM, HOST, type="runs_on")).opened == 1


def test_a_joined_parent_that_another_source_has_does_not_keep_an_asset_alive(database):
    store(a_site())
    store([a_vm(9, key="k", host=None)], source="vc2", covered=("vm",))
    keep(a_join(asset_id("vc2", "vm", "k"), HOST, type="runs_on"))

    assert store([], source="vc2", covered=("vm",)).deleted == 1


def test_relations_tell_how_sure_a_joined_edge_is_and_why(database):
    store(a_site())
    keep(a_join())

    with transaction() as conn:
        (out,) = [link for link in assets.relations(conn, VM) if link.type == "connected_to"]
        (into,) = [link for link in assets.relations(conn, VM_2) if link.type == "connected_to"]

    assert (out.kind, out.name, out.confidence, out.reason) == (
        *("vm", "web-02"),
        *(0.95, "Both say so."),
    )
    assert (into.direction, into.asset_id, into.confidence) == ("in", VM, 0.95)


def test_a_walk_goes_along_stated_and_joined_edges_nearest_first(database):
    store(a_site(1))
    keep(a_join(STORE, HOST_2, type="stored_on"))

    hops = walked(VM)

    assert [(hop.depth, hop.from_id, hop.asset_id) for hop in hops] == [
        (1, VM, HOST),
        (1, VM, STORE),
        (2, HOST, CLUSTER),
        (2, STORE, HOST_2),
    ]
    assert hops[0] == Hop(
        depth=1,
        type="runs_on",
        direction="out",
        from_id=VM,
        asset_id=HOST,
        kind="host",
        name="esx01.example",
    )
    assert (hops[3].confidence, hops[3].reason) == (0.95, "Both say so.")


def test_a_walk_is_as_long_as_asked_and_goes_the_way_asked(database):
    store(a_site(1))

    assert {hop.asset_id for hop in walked(VM, 1)} == {HOST, STORE}
    assert {hop.asset_id for hop in walked(CLUSTER, 1, "in")} == {HOST, HOST_2}
    assert [(hop.depth, hop.direction) for hop in walked(CLUSTER, 9, "in")] == [
        (1, "in"),
        (1, "in"),
        (2, "in"),
    ]
    assert walked(VM, 5, "in") == []
    assert {hop.asset_id for hop in walked(STORE, 5, "both")} == {VM, HOST, CLUSTER, HOST_2}


def test_a_walk_in_a_circle_meets_every_asset_once(database):
    store(a_site())
    keep(a_join(VM, VM_2), a_join(VM_2, VM_3), a_join(VM_3, VM), a_join(HOST, VM))

    for way in ("out", "in", "both"):
        reached = [hop.asset_id for hop in walked(VM, 20, way)]
        assert len(reached) == len(set(reached))
        assert VM not in reached


def test_of_two_ways_of_one_length_the_surer_one_is_told(database):
    store(a_site())
    keep(
        a_join(VM, VM_2, confidence=0.6),
        a_join(VM, VM_2, type="selects", confidence=0.9),
    )

    assert [hop.type for hop in walked(VM, 1) if hop.asset_id == VM_2] == ["selects"]


def test_of_a_hub_a_few_edges_of_each_type_are_followed_and_the_rest_is_told(database):
    records = [a_cluster(), a_host(), a_datastore(), *(a_vm(number) for number in range(1, 41))]
    store(records)

    hops = walked(HOST, 1, "both", fan=10)

    machines = [hop for hop in hops if hop.kind == "vm"]
    assert len(machines) == 10
    assert {hop.left_out for hop in machines} == {10}  # at least: as many again are looked at
    assert [hop.left_out for hop in hops if hop.kind == "cluster"] == [0]


def test_a_limit_is_kept_and_shortens_the_longest_fans_first(database):
    store([a_cluster(), a_host(), a_datastore(), *(a_vm(number) for number in range(1, 41))])

    hops = walked(HOST, 5, "both", limit=8)

    assert len(hops) == 8
    assert {hop.kind for hop in hops} == {"cluster", "vm"}


def test_an_asset_that_was_never_seen_itself_is_reached_without_a_name(database):
    store([a_vm(1)], covered=COVERED)

    assert {(hop.asset_id, hop.kind, hop.name) for hop in walked(VM, 1)} == {
        (HOST, None, None),
        (STORE, None, None),
    }
    assert walked("vm-0000000000000000") == []


def test_a_walk_reads_indexes_and_no_table_from_end_to_end(database):
    records = [a_cluster(), *(a_host(number) for number in range(1, 40))]
    records += [a_vm(number, host=f"host-{number % 40}") for number in range(1, 2000)]
    store([*records, a_datastore()])
    values = {"id": VM, "hops": 5, "out": True, "in": True, "limit": 200, "fan": 50}

    with transaction() as conn:
        conn.execute("ANALYZE")
        conn.execute(graph.SQL["look_up"])
        (plan,) = conn.execute("EXPLAIN (FORMAT JSON) " + graph.SQL["walk"], values).fetchone()

    nodes = list(_nodes(plan[0]["Plan"]))
    read = {node["Relation Name"] for node in nodes if "Relation Name" in node}
    assert read == {"relations", "assets"}
    whole = [node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"]
    assert whole == []
    assert {node["Index Name"] for node in nodes if "Index Name" in node} == {
        "relations_current",
        "relations_into",
        "assets_pkey",
    }


def test_what_joins_read_is_read_by_kind_with_volatile_fields_too(database):
    store([a_datastore(free_mib=7), a_vm(1)])

    with transaction() as conn:
        (text,) = graph.join_inputs(conn, "datastore", ["url", "free_mib"])

    assert json.loads(text) == {
        "id": STORE,
        "key": "datastore-1",
        "source": "vc1",
        "name": "ds-1",
        "url": None,
        "free_mib": 7,
    }


def _nodes(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)
