"""From labels and texts to things, environments and kinds of trouble."""

from __future__ import annotations

import json

import pytest

from models.errors import ConfigurationError
from tasks.alerts.grouping import names, read_topology, topology_from, topology_of
from tasks.alerts.grouping.entities import read
from tasks.alerts.grouping.text import likeness, words_of
from tasks.alerts.grouping.topology_graph import Edge, Thing
from tests.tasks.alerts.grouping.making import SHOP, a_signal


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("h1:9100", "h1"), ("https://Shop.example:8443/health?x=1", "shop.example"), ("http://user:pw@h1/x", "h1"),
        ("10.0.0.7:161", "10.0.0.7"), ("[2001:db8::1]", "2001:db8::1"), ("  H1. ", "h1"), ("localhost", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_host_is_read_from_instances_and_addresses(value, host):
    assert names.host_of(value) == host


def test_alerts_that_say_the_same_are_read_once_by_each_topology():
    shop, other = topology_from(SHOP), topology_from(SHOP)
    first, again = (a_signal(name, host="h3", title="Disk full") for name in ("a", "b"))

    assert read(first, shop) is read(again, shop)
    assert read(first, shop) is not read(first, other)
    assert read(a_signal("c", host="h4", title="Disk full"), shop).host == "h4"


@pytest.mark.parametrize(
    ("pod", "workload"),
    [
        ("api-6d9f7b8c5-x2kqp", "api"), ("node-exporter-4jx2m", "node-exporter"), ("mq-0", "mq"), ("shop/cart-db-12", "cart-db"),
        ("api", "api"), ("api-gateway", "api-gateway"), ("orders-ba05b6d84", "orders"),
    ],
)  # fmt: skip
def test_a_pod_is_a_replica_of_its_workload(pod, workload):
    assert names.workload_of(pod) == workload


def test_a_job_has_no_number_of_its_run():
    assert names.job_of("billing-nightly-28965123") == "billing-nightly"


@pytest.mark.parametrize(
    ("name", "stems"),
    [
        ("users-api", ["users"]),
        ("orders-db", ["orders"]),
        ("restic-bk-01", ["restic-bk", "bk-01"]),
        ("api-db", []),
        ("api", []),
    ],
)
def test_stems_are_names_of_their_own_and_not_mere_parts(name, stems):
    assert sorted(names.stems_of(name)) == sorted(stems)


@pytest.mark.parametrize(
    "label",
    [
        "service",
        "serviceName",
        "service.name",
        "service-name",
        "app.kubernetes.io/name",
        "app",
        "project",
    ],
)
def test_a_label_is_known_in_any_spelling(label):
    facts = read(a_signal("a", labels={label: "api"}), topology_from(SHOP))

    assert [thing.key for thing in facts.named] == ["api"]


def test_a_device_that_is_a_port_or_a_disk_is_no_thing_of_its_own():
    topology = topology_from(SHOP)
    port = read(a_signal("a", labels={"device": "eth1", "instance": "h1"}), topology)
    switch = read(a_signal("a", labels={"device": "core-sw-2"}), topology)

    assert [thing.name for thing in port.things] == ["h1"]
    assert [(thing.name, thing.kind) for thing in switch.things] == [("core-sw-2", "switch")]


@pytest.mark.parametrize("check", ["PING", "check_disk", "HTTP", "CPU load", "Disk /var"])
def test_the_name_of_a_check_is_no_service(check):
    facts = read(a_signal("a", labels={"host_name": "h1", "service": check}), topology_from(SHOP))

    assert [thing.name for thing in facts.named] == ["h1"]


def test_a_scrape_job_is_no_thing():
    facts = read(
        a_signal("a", labels={"job": "node-exporter", "instance": "h1:9100"}), topology_from(SHOP)
    )

    assert [thing.name for thing in facts.named] == ["h1"]


def test_a_label_that_does_not_say_what_it_holds_counts_where_the_topology_knows_its_value():
    facts = read(a_signal("a", labels={"name": "relay", "mode": "stranger"}), topology_from(SHOP))

    assert [(thing.name, thing.kind) for thing in facts.named] == [("relay", "service")]


def test_an_alert_without_labels_is_about_what_its_text_names():
    facts = read(a_signal("a", title="h3: tablespace full"), topology_from(SHOP))

    assert [thing.key for thing in facts.named] == ["h3"]


def test_a_name_of_another_cluster_is_not_that_of_the_topology():
    topology = topology_from({**SHOP, "cluster": "prod-a"})

    here = read(a_signal("a", labels={"node": "h1", "cluster": "prod-a"}), topology)
    there = read(a_signal("a", labels={"node": "h1", "cluster": "staging-a"}), topology)

    assert here.things[0].known
    assert not there.things[0].known
    assert (here.environment, there.environment) == ("production", "staging")


@pytest.mark.parametrize(
    "hostile",
    [
        "\x00" * 50,
        "a" * 100_000,
        "🔥" * 500,
        "{{ x }}",
        "'; DROP TABLE alerts; --",
        "../../etc/passwd",
        "-._-",
        ":::::",
        "(" * 5000,
    ],
)
def test_hostile_values_are_read_like_any_other(hostile):
    signal = a_signal(
        "a",
        title=hostile,
        description=hostile,
        service=hostile,
        host=hostile,
        rule=hostile,
        labels={hostile: hostile, "pod": hostile, "instance": hostile},
    )

    facts = read(signal, topology_from(SHOP))

    assert all(len(thing.name) <= 200 for thing in facts.things)


def test_numbers_hashes_and_humps_do_not_make_texts_different():
    one = words_of(["DiskSpaceLow", "volume 7 of 0a1b2c3d4e has 91.5% used at 10.0.0.1"])
    other = words_of(["disk space low", "volume 12 of ffee00112233 has 93% used at 10.0.9.9"])

    assert likeness(one, dict.fromkeys(other, 1), len(one)) == 1.0


def test_a_chain_over_all_layers_is_walked_from_either_end():
    topology = topology_from({
        "switches": {"agg-1": {"uplink": "spine"}},
        "hypervisors": {"esx1": {"switch": "agg-1", "datastores": ["lun7"]}},
        "vms": {"app1": {"host": "esx1", "datastore": "lun7"}},
        "services": {"erp": {"vms": ["app1"], "depends_on": ["oracle"]}},
    })  # fmt: skip

    assert topology.upstream("erp") == {
        "oracle": 1,
        "app1": 1,
        "esx1": 2,
        "lun7": 2,
        "agg-1": 3,
        "spine": 4,
    }
    assert topology.downstream("lun7")["erp"] == 2
    assert topology.nodes["lun7"].kind == "storage"


@pytest.mark.parametrize(
    "form",
    [
        pytest.param({"services": {"api": ["db"]}}, id="a map of lists"),
        pytest.param({"services": {"api": {"depends_on": ["db"]}}}, id="a map of attributes"),
        pytest.param({"services": {"db": {"used_by": ["api"]}}}, id="from the other end"),
        pytest.param(
            {"components": [{"name": "api", "dependencies": [{"name": "db"}]}]}, id="records"
        ),
        pytest.param({"edges": [["api", "db"]]}, id="pairs"),
        pytest.param(
            {"nodes": [{"id": "api"}, {"id": "db"}], "links": [{"source": "api", "target": "db"}]},
            id="a graph",
        ),
        pytest.param(
            {"hosts": {"db": ["api"]}, "services": {"api": []}}, id="a host with what runs on it"
        ),
    ],
)
def test_a_topology_may_have_many_forms(form):
    assert topology_from(form).upstream("api") == {"db": 1}


def test_equal_names_in_two_clusters_are_two_things():
    part = {"services": {"api": {"depends_on": ["db"]}}}
    topology = topology_from({"clusters": {"vie": part, "muc": part}})

    assert topology.resolve("api", ["vie"]) == "vie/api"
    assert topology.upstream("muc/api") == {"muc/db": 1}
    assert topology.resolve("api", ["lin"]) is None


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"services": None},
        {"hosts": 7},
        {"edges": [1, ["a"], {"from": 1, "to": 2}]},
        {"x": [[[[]]]]},
        {"services": {"a": ["a"]}},
    ],
)
def test_what_is_not_understood_of_a_topology_is_left_out(odd):
    assert topology_from(odd).upstream("a") == {}


def test_a_topology_file_that_is_none_is_told_in_one_line(tmp_path):
    for content in (b"", b"[1, 2]", b"\xff\xfe", b"{"):
        path = tmp_path / "topology.json"
        path.write_bytes(content)
        with pytest.raises(ConfigurationError) as told:
            read_topology(path)
        assert "\n" not in str(told.value)
    path.write_text(json.dumps(SHOP))
    assert read_topology(path).upstream("mail")


def test_the_collected_graph_links_pod_node_vm_host_datastore_and_switch():
    kinds = [
        "service",
        "deployment",
        "pod",
        "node",
        "vm",
        "host",
        "datastore",
        "distributed_switch",
        "cluster",
    ]
    assets = [Thing(kind, kind, f"my-{kind}") for kind in kinds]
    edges = [
        Edge("service", "selects", "pod"), Edge("pod", "owned_by", "deployment"), Edge("pod", "runs_on", "node"),
        Edge("node", "runs_on", "vm"), Edge("vm", "runs_on", "host"), Edge("vm", "stored_on", "datastore"),
        Edge("host", "mounts", "datastore"), Edge("distributed_switch", "connected_to", "host"), Edge("host", "member_of", "cluster"),
    ]  # fmt: skip

    topology = topology_of(assets, edges, hops=6)

    assert topology.upstream("pod") == {
        "node": 1,
        "vm": 2,
        "host": 3,
        "datastore": 3,
        "distributed_switch": 4,
    }
    assert "pod" in topology.upstream("deployment")
    assert "cluster" not in topology.upstream("host")
    assert topology.resolve("my-vm") == "vm"


def test_a_walk_over_a_hub_finds_so_many_and_ends():
    edges = [(f"h{n}", "sw") for n in range(5000)]
    topology = topology_from({"edges": [list(edge) for edge in edges]})

    assert len(topology.downstream("sw")) <= 5000
    assert len(topology.upstream("h1")) == 1


def test_a_service_s_name_never_means_what_only_names_or_groups_it():
    kinds = ("service_account", "namespace", "config_map", "network_policy", "secret", "role")
    quiet = [Thing(f"{kind}-1", kind, "web") for kind in kinds]
    whole = topology_of([*quiet, Thing("d-1", "deployment", "web"), Thing("v-1", "vm", "web")], [])
    signal = a_signal("a", service="web")

    assert {thing.key for thing in read(signal, whole).things} == {"d-1"}
    assert not any(thing.known for thing in read(signal, topology_of(quiet, [])).things)


def test_of_one_name_a_host_label_means_the_machine():
    both = topology_of([Thing("d-1", "deployment", "web"), Thing("v-1", "vm", "web")], [])

    assert read(a_signal("a", host="web"), both).things[0].key == "v-1"
