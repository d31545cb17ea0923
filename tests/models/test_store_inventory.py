"""What storing a collection writes, and what it must not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from models.errors import Refused, WrongUse
from models.kinds.common import PowerState
from models.kinds.datacenter import Datacenter
from models.kinds.kubernetes.namespace import Namespace
from models.kinds.kubernetes.node import Node
from models.kinds.kubernetes.pod import Pod
from models.kinds.kubernetes.workloads import Deployment
from models.records.asset import Gap, asset_id
from models.store import assets, inventory, transaction
from tests.builders import COVERED, a_cluster, a_datastore, a_host, a_site, a_vm, store

VM_1 = asset_id("vc1", "vm", "5012-0001")


def written() -> list:
    """Which transaction wrote each row of the inventory: any insert, update or delete shows."""
    with transaction() as conn:
        return conn.execute(
            "SELECT 'a', id, xmin::text FROM assets UNION ALL"
            " SELECT 'v', id::text, xmin::text FROM asset_versions UNION ALL"
            " SELECT 'r', from_id || type || to_id, xmin::text FROM relations ORDER BY 1, 2"
        ).fetchall()


def test_the_first_collection_creates_every_asset_and_its_relations(database):
    report = store(a_site(vms=3))

    assert (report.created, report.changed, report.deleted, report.versions) == (7, 0, 0, 7)
    with transaction() as conn:
        found = assets.current_assets(conn, kinds=["vm"])
        links = assets.relations(conn, VM_1)
    assert [a.name for a in found] == ["web-01", "web-02", "web-03"]
    assert found[0].record == replace(
        a_vm(1),
        host=asset_id("vc1", "host", "host-1"),
        datastores=(asset_id("vc1", "datastore", "datastore-1"),),
    )
    assert {(link.type, link.direction, link.name) for link in links} == {
        ("runs_on", "out", "esx01.example"),
        ("stored_on", "out", "ds-1"),
    }


def test_an_unchanged_collection_writes_nothing(database):
    store(a_site())
    before = written()

    report = store(a_site())

    assert (report.created, report.changed, report.deleted, report.versions) == (0, 0, 0, 0)
    assert (report.unchanged, report.volatile_updated) == (7, 0)
    assert written() == before


def test_seeing_an_asset_again_moves_its_last_seen_without_a_write(database):
    store(a_site())
    with transaction() as conn:
        first = assets.asset(conn, VM_1)

    store(a_site())

    with transaction() as conn:
        again = assets.asset(conn, VM_1)
    assert again.first_seen == first.first_seen
    assert again.last_seen > first.last_seen


def test_one_change_makes_exactly_one_entry(database):
    store(a_site())
    with transaction() as conn:
        since = inventory.latest_stored(conn)[0].taken_at
    changed = [a_vm(1, memory_mib=8192) if r == a_vm(1) else r for r in a_site()]

    report = store(changed)

    assert (report.changed, report.versions) == (1, 1)
    with transaction() as conn:
        (entry,) = assets.changes(conn, since)
        old, new = assets.history(conn, VM_1)
    assert (entry.asset_id, entry.change, entry.field) == (VM_1, "changed", "memory_mib")
    assert (entry.before, entry.after) == (4096, 8192)
    assert old.valid_to == new.valid_from
    assert [c.field for c in new.changes] == ["memory_mib"]


def test_a_rename_keeps_the_identity(database):
    store(a_site())

    store([a_vm(1, name="renamed") if r == a_vm(1) else r for r in a_site()])

    with transaction() as conn:
        assert assets.asset(conn, VM_1).name == "renamed"
        assert len(assets.current_assets(conn, kinds=["vm"])) == 3


def test_a_move_to_another_host_closes_one_relation_and_opens_one(database):
    store(a_site())

    report = store([a_vm(1, host="host-2") if r == a_vm(1) else r for r in a_site()])

    assert (report.relations_closed, report.relations_opened) == (1, 1)
    with transaction() as conn:
        assert [x.name for x in assets.relations(conn, VM_1) if x.type == "runs_on"] == [
            "esx02.example"
        ]


def test_volatile_fields_change_without_a_version(database):
    store([a_datastore(free_mib=500)])

    report = store([a_datastore(free_mib=400)])

    assert (report.versions, report.volatile_updated) == (0, 1)
    with transaction() as conn:
        assert assets.current_assets(conn, kinds=["datastore"])[0].record.free_mib == 400


def test_an_asset_that_a_complete_collection_did_not_see_is_gone(database):
    store(a_site(vms=3))
    with transaction() as conn:
        last = assets.asset(conn, asset_id("vc1", "vm", "5012-0003")).last_seen

    report = store(a_site(vms=2))

    assert report.deleted == 1
    with transaction() as conn:
        gone = assets.asset(conn, asset_id("vc1", "vm", "5012-0003"))
        assert len(assets.current_assets(conn, kinds=["vm"])) == 2
    assert gone.deleted_at is not None
    assert gone.last_seen == last


def test_a_kind_that_was_not_covered_loses_nothing(database):
    store(a_site(vms=3))

    report = store(
        a_site(vms=1),
        covered=("cluster", "host", "datastore"),
        gaps=(Gap(kind="vm", field="*", reason="cut off"),),
    )

    assert report.deleted == 0
    with transaction() as conn:
        assert len(assets.current_assets(conn, kinds=["vm"])) == 3


def test_another_source_is_left_alone(database):
    store(a_site(vms=3), source="vc1")

    assert store(a_site(vms=1), source="vc2").deleted == 0


def test_an_asset_that_comes_back_is_the_same_asset(database):
    store(a_site(vms=2))
    store(a_site(vms=1))
    with transaction() as conn:
        since = inventory.latest_stored(conn)[0].taken_at

    store(a_site(vms=2))

    with transaction() as conn:
        (entry,) = assets.changes(conn, since)
        back = assets.asset(conn, asset_id("vc1", "vm", "5012-0002"))
    assert (entry.change, entry.name) == ("created", "web-02")
    assert back.deleted_at is None


def test_as_of_shows_what_was_known_then(database):
    store(a_site(vms=2))
    with transaction() as conn:
        then = inventory.latest_stored(conn)[0].taken_at
    store([a_host(1), a_vm(1, power_state=PowerState.OFF)])

    with transaction() as conn:
        before = assets.current_assets(conn, kinds=["vm"], as_of=then)
        now = assets.current_assets(conn, kinds=["vm"])
    assert [(a.name, a.record.power_state) for a in before] == [
        ("web-01", PowerState.ON),
        ("web-02", PowerState.ON),
    ]
    assert [(a.name, a.record.power_state) for a in now] == [("web-01", PowerState.OFF)]


def test_storing_the_same_collection_twice_is_harmless(database):
    first = store(a_site())

    with transaction() as conn:
        again = inventory.store_snapshot(conn, first.snapshot_id)

    assert again == first


def test_an_older_collection_does_not_rewrite_the_past(database):
    with transaction() as conn:
        late = inventory.open_snapshot(conn, "vc1", "vmware")
        inventory.collected(conn, late.id, covered=("vm",), gaps=(), counts={}, seconds=1.0)
    store(a_site())

    with transaction() as conn:
        report = inventory.store_snapshot(conn, late.id)

    assert report.deleted == 0
    with transaction() as conn:
        assert len(assets.current_assets(conn)) == 7
        assert inventory.snapshot(conn, late.id).state == "abandoned"


def test_a_killed_collection_leaves_no_staged_rows_for_the_next(database):
    with transaction() as conn:
        dead = inventory.open_snapshot(conn, "vc1", "vmware")
        from models.records.asset import observe

        inventory.stage(conn, dead.id, [observe("vc1", a_vm(1))])

    store(a_site(vms=2))

    with transaction() as conn:
        assert inventory.snapshot(conn, dead.id).state == "abandoned"
        assert conn.execute("SELECT count(*) FROM observations").fetchone() == (0,)


def test_an_unknown_asset_is_wrong_use(conn):
    with pytest.raises(WrongUse, match="no asset has the id or name 'vm-0'"):
        assets.asset(conn, "vm-0")


def names(kind: str) -> list[str]:
    with transaction() as conn:
        return [a.name for a in assets.current_assets(conn, kinds=[kind])]


def test_machines_that_vanish_with_their_host_wait_for_a_second_collection(database):
    # A lost permission on a folder hides a host and its machines without a word.
    store([a_cluster(), a_host(1), a_host(2), a_vm(1), a_vm(2, host="host-2")])
    without = [a_cluster(), a_host(1), a_vm(1)]

    assert store(without).deleted == 1
    assert (names("host"), names("vm")) == (["esx01.example"], ["web-01", "web-02"])

    assert store(without).deleted == 1
    assert names("vm") == ["web-01"]


def test_a_collection_narrowed_to_a_part_never_takes_the_rest_for_gone(database):
    inside, outside = a_cluster(1, datacenter="dc-1"), a_cluster(2, datacenter="dc-2")
    sites = [Datacenter(key=f"dc-{n}", name=f"dc-{n}") for n in (1, 2)]
    everything = [*sites, inside, outside, a_host(1), a_host(2, cluster="domain-c2"), a_vm(1)]
    store(everything, covered=(*COVERED, "datacenter"))

    for _ in range(3):
        store([sites[0], inside, a_host(1)])

    assert (names("cluster"), names("host")) == (
        ["cluster-1", "cluster-2"],
        ["esx01.example", "esx02.example"],
    )
    assert names("vm") == []  # its host was seen, so this one is gone


@pytest.mark.parametrize("state", ["collecting", "failed", "abandoned"])
def test_a_collection_without_its_rows_is_refused_and_deletes_nothing(database, state):
    store(a_site())
    with transaction() as conn:
        taken = inventory.open_snapshot(conn, "vc1", "vmware")
        inventory.collected(conn, taken.id, covered=COVERED, gaps=(), counts={}, seconds=1.0)
        conn.execute("UPDATE snapshots SET state = %s WHERE id = %s", (state, taken.id))

    with pytest.raises(Refused, match=f"is {state}"), transaction() as conn:
        inventory.store_snapshot(conn, taken.id)

    assert len(names("vm")) == 3


def test_what_the_source_forgets_is_remembered_while_the_machine_stays_off(database):
    then = datetime(2026, 9, 1, tzinfo=UTC)
    off = a_vm(1, power_state=PowerState.OFF, powered_off_at=then)
    store([a_host(1), off])
    forgotten = replace(off, powered_off_at=None)

    report = store([a_host(1), forgotten])
    again = store([a_host(1), replace(forgotten, name="renamed")])

    with transaction() as conn:
        found = assets.asset(conn, VM_1).record
    assert (found.powered_off_at, found.name) == (then, "renamed")
    assert (report.versions, report.volatile_updated) == (0, 0)
    assert (again.versions, again.volatile_updated) == (1, 0)

    store([a_host(1), replace(off, power_state=PowerState.ON, powered_off_at=None)])

    with transaction() as conn:
        assert assets.asset(conn, VM_1).record.powered_off_at is None


def test_the_last_good_count_of_a_kind_is_of_the_collection_that_covered_it(database):
    store(a_site(vms=3))
    store(a_site(vms=1), covered=("cluster", "host"), gaps=(Gap(kind="vm", field="*", reason="x"),))

    with transaction() as conn:
        counts = inventory.last_good_counts(conn, "vc1")

    assert (counts["vm"], counts["host"]) == (3, 2)


def test_an_edge_to_something_never_seen_is_not_shown(database):
    store([a_host(1), a_vm(1, datastores=("datastore-9",))])

    with transaction() as conn:
        assert [x.type for x in assets.relations(conn, VM_1)] == ["runs_on"]


def a_cluster_of_pods(*names, **changes):
    """A namespace and a deployment with its pods."""
    home = {"cluster": "prod", "namespace": "shop", "namespace_id": "ns"}
    pods = [Pod(key=name, name=name, deployment="web", **home, **changes) for name in names]
    return [
        Namespace(key="ns", name="shop", cluster="prod"),
        Deployment(key="web", name="web", **home),
        *pods,
    ]


def collect_pods(records, *forbidden):
    kinds = ("namespace", "deployment", "pod")
    seen = [record for record in records if type(record).__name__.lower() not in forbidden]
    covered = tuple(kind for kind in kinds if kind not in forbidden)
    return store(seen, source="k1", covered=covered)


def test_a_pod_whose_owners_may_no_longer_be_listed_is_gone_when_its_namespace_was_seen(database):
    collect_pods(a_cluster_of_pods("a", "b"))

    assert collect_pods(a_cluster_of_pods("a"), "deployment").deleted == 1


def test_a_pod_is_not_gone_where_nothing_that_it_hangs_on_could_be_seen(database):
    collect_pods(a_cluster_of_pods("a", "b"))

    for _ in range(3):
        report = collect_pods(a_cluster_of_pods("a"), "deployment", "namespace")
        assert report.deleted == 0


def test_pods_of_a_namespace_that_is_gone_too_are_gone_after_a_second_look(database):
    collect_pods(a_cluster_of_pods("a"))

    first, second = collect_pods([], "deployment"), collect_pods([], "deployment")

    assert (first.deleted, second.deleted) == (1, 1)
    with transaction() as conn:
        assert [asset.kind for asset in assets.current_assets(conn)] == ["deployment"]


def a_cluster_on_two_nodes():
    nodes = [Node(key=name, name=name, cluster="prod") for name in ("n1", "n2")]
    namespace, deployment, first = a_cluster_of_pods("a", node="n1")
    second = replace(first, key="b", name="b", node="n2")
    return [namespace, deployment, *nodes, first, second]


def collect_cluster(*gone):
    kept = [record for record in a_cluster_on_two_nodes() if record.key not in gone]
    return store(kept, source="k1", covered=("namespace", "node", "deployment", "pod"))


@pytest.mark.parametrize(
    "gone",
    [
        ("n1", "a"),  # a node is removed, and its pods with it
        ("web", "a", "b"),
        ("ns", "web", "a", "b"),
        ("ns", "web", "n1", "n2", "a", "b"),
    ],
)
def test_what_goes_with_its_node_deployment_or_namespace_is_gone_at_once(database, gone):
    # A cluster lists a kind whole or not at all: no right hides one node and its pods.
    collect_cluster()

    assert collect_cluster(*gone).deleted == len(gone)
