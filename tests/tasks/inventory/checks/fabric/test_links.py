"""Links from joined edges; names of ports and lists of VLANs."""

from __future__ import annotations

import pytest

from models.records.check import Severity
from tasks.inventory.checks.fabric.links import fabric_of
from tasks.inventory.checks.fabric.names import is_bundle, is_physical, spelled, vlan_ids
from tasks.inventory.checks.site import survey
from tests.tasks.inventory.checks.fabric.racks import (
    asset,
    device,
    edge,
    heard,
    judge,
    port,
    trunk,
    verdict,
    vlan,
)
from tests.tasks.inventory.checks.joined import joins_of


def linked(records, joins=None):
    assets = [asset(record) for record in records]
    fabric = fabric_of(survey(assets, joins_of(assets) if joins is None else joins))
    return {port: [end.id for end in ends] for port, ends in fabric.links.items()}


def pair(*heard_by_a, **b):
    return [
        device("sw-a.example", neighbours=heard_by_a),
        device("sw-b", **b),
        port("sw-a.example/Ethernet1/1"),
        port("sw-b/Ethernet1/2"),
    ]


A, B = "interface-sw-a.example/Ethernet1/1", "interface-sw-b/Ethernet1/2"
BOTH_WAYS = {A: [B], B: [A]}


@pytest.mark.parametrize(
    ("interface", "system", "far"),
    [
        pytest.param("Ethernet1/1", "sw-b", "Ethernet1/2", id="full names"),
        pytest.param("Eth1/1", "sw-b", "Et1/2", id="short names of ports"),
        pytest.param("Ethernet1/1", "SW-B.example.net", "ethernet1/2", id="a domain and capitals"),
    ],
)
def test_a_neighbour_that_is_a_known_device_makes_a_link(interface, system, far):
    assert linked(pair(heard(interface, system, far))) == BOTH_WAYS


def test_a_far_port_that_is_named_by_its_description_is_found():
    said = heard("Ethernet1/1", "sw-b", "10103", port_description="Ethernet1/2")

    assert linked(pair(said)) == BOTH_WAYS


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(heard("Ethernet1/1", "phone-7", "Port 1"), id="no device of ours"),
        pytest.param(heard("Ethernet1/1", "sw-b", "Ethernet9/9"), id="a port that is not known"),
        pytest.param(heard("Ethernet1/1", None, None), id="nothing said"),
        pytest.param(heard("Ethernet1/1", "sw-a", "Ethernet1/1"), id="itself"),
    ],
)
def test_a_neighbour_that_is_no_known_port_makes_no_link(said):
    assert linked(pair(said)) == {}


def test_two_devices_of_one_name_make_no_link():
    twins = [device("sw-b.lab"), *pair(heard("Ethernet1/1", "sw-b", "Ethernet1/2"))]

    assert linked(twins) == {}


def test_without_joined_edges_and_by_a_guess_there_are_no_links():
    records = pair(heard("Ethernet1/1", "sw-b", "Ethernet1/2"))

    assert linked(records, []) == {}
    assert linked(records, [edge(A, B, confidence=0.6)]) == {}
    assert linked(records, [edge(A, B, confidence=0.7)]) == BOTH_WAYS


def test_a_port_that_hears_two_devices_is_linked_to_neither():
    hub = [heard("Ethernet1/1", name, "Ethernet1/2") for name in ("sw-b", "sw-c")]
    records = [*pair(*hub), device("sw-c"), port("sw-c/Ethernet1/2")]

    assert linked(records) == {}


def test_links_of_members_are_links_of_their_bundles_for_vlans_and_mtu():
    found = judge({"leaf-02/port-channel1": {"trunk_vlans": "10", "mtu": 1500}})

    near, far = "leaf-01/port-channel1", "leaf-02/port-channel1"
    assert verdict(found, "NE-08", far).result is Severity.WARN
    assert verdict(found, "NE-08", near).result is Severity.OK
    assert verdict(found, "NE-03", near).result is Severity.WARN
    assert verdict(found, "NE-08", "leaf-02/Ethernet1/47") is None


def test_the_same_vlan_id_at_two_sites_is_two_vlans():
    branch = {
        "br-01": device("br-01", site="branch"),
        "br-01/Ethernet1/1": port("br-01/Ethernet1/1", access_vlan_id=10),
        "br-01/Ethernet1/2": port("br-01/Ethernet1/2", access_vlan_id=20),
        "branch/10": vlan("branch/10", devices=("device-br-01",), gateways=()),
    }

    found = judge(branch)

    assert verdict(found, "NE-10", "br-01/Ethernet1/1").result is Severity.OK
    assert verdict(found, "NE-10", "br-01/Ethernet1/2").result is Severity.WARN
    assert verdict(found, "NE-12", "branch/10").result is Severity.OK
    assert verdict(found, "NE-11", "hq/10").result is Severity.OK


def test_a_mismatch_names_both_ends_with_their_devices():
    found = verdict(judge({"spine-01/Ethernet1/1": {"mtu": 1500}}), "NE-03", "leaf-01/Ethernet1/49")

    assert found.message == (
        "MTU is 9216 on leaf-01 Ethernet1/49, but 1500 on spine-01 Ethernet1/1"
    )


def test_findings_say_the_same_words_while_counters_run():
    def told(errors, rate):
        busy = {"input_errors": errors, "input_rate_bps": rate}
        found = judge({"leaf-01/Ethernet1/49": busy})
        return [(one.message, one.evidence) for one in found if one.result is Severity.WARN]

    before = told(4_000, 18_000_000_000)

    assert len(before) == 2
    assert told(4_090, 18_400_000_000) == before


def test_a_trunk_between_two_switches_is_no_use_of_a_vlan():
    uplinks_only = {
        "hq/20": vlan("hq/20", gateways=()),
        "leaf-01/x": trunk("leaf-01/x", state="down"),
    }

    assert verdict(judge({"hq/20": vlan("hq/20", gateways=())}), "NE-12", "hq/20").result == "info"
    assert verdict(judge(uplinks_only), "NE-12", "hq/20").result == "ok"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("10-12,30", {10, 11, 12, 30}, id="ranges and single ones"),
        pytest.param(" 10 , 11-11", {10, 11}, id="spaces"),
        pytest.param("none", set(), id="none"),
        pytest.param("", set(), id="nothing"),
        pytest.param("0,4095", set(), id="ids that no VLAN may have"),
        pytest.param("10-x", None, id="no list"),
    ],
)
def test_a_list_of_vlans_is_read(text, expected):
    assert vlan_ids(text) == (None if expected is None else frozenset(expected))


def test_all_are_all_and_ids_are_written_as_people_do():
    assert vlan_ids("ALL") == frozenset(range(1, 4095))
    assert spelled(frozenset({30, 10, 11, 12})) == "10-12,30"


@pytest.mark.parametrize(
    ("names", "physical"),
    [
        pytest.param(
            "Ethernet1/1 Ethernet1/1/1 GigabitEthernet0/1 TenGigE0/0/0/1 ge-0/0/1 xe-0/0/0:1"
            " et-0/0/1 eth0 swp1 HundredGigE1/0/1",
            True,
            id="with a plug",
        ),
        pytest.param(
            "Vlan10 loopback0 port-channel1 ae0 ge-0/0/1.0 mgmt0 Management1 irb.10 nve1 Tunnel1 lo"
            " Ethernet1/1.100",
            False,
            id="without",
        ),
    ],
)
def test_ports_with_a_plug_are_told_from_those_without(names, physical):
    assert {name: is_physical(name) for name in names.split()} == dict.fromkeys(
        names.split(), physical
    )


def test_bundles_are_known_by_their_names():
    assert all(is_bundle(name) for name in ("port-channel1", "Port-Channel10", "ae0", "bond0"))
    assert not any(is_bundle(name) for name in ("Ethernet1/1", "Vlan10", "aes0"))
