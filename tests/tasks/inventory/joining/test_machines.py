"""Behind which port a VM's adapter is, and which VLAN its port group is in."""

from __future__ import annotations

import pytest

from models.records.asset import asset_id
from tasks.inventory.joining import find_joins
from tests.tasks.inventory.joining.given import (
    NIC,
    a_device,
    a_machine,
    a_network,
    a_nic,
    a_port,
    a_server,
    a_vlan,
    heard,
    inputs,
    joins,
    learned,
    sureness,
)

PORTS = [a_port("sw1", f"Ethernet1/{number}") for number in range(1, 4)]
HOST_1 = heard("Ethernet1/1", port="00:25:b5:00:01:00")
HOST_2 = heard("Ethernet1/2", port="00:25:b5:00:02:00")
VM = a_machine(nics=(a_nic(NIC),))


def of(*macs, vms=(VM,), neighbours=(HOST_1, HOST_2), more=()):
    device = a_device(neighbours=tuple(neighbours), mac_table=tuple(macs))
    hosts = [a_server(1), a_server(2)]
    found = sureness(vc1=[*vms, *hosts], net=[device, *PORTS, *more])
    return {ends: sure for ends, sure in found.items() if ends[0].startswith("vm-")}


def test_a_mac_where_the_vms_host_is_plugged_in_is_nearly_certain():
    assert of(learned(NIC, "Eth1/1")) == {("vm-1", "sw1/Ethernet1/1"): 0.95}


def test_where_its_host_is_known_by_a_learned_mac_only_it_is_less_sure():
    host_mac = learned("00:25:b5:00:01:00", "Ethernet1/1")

    assert of(learned(NIC, "Ethernet1/1"), host_mac, neighbours=()) == {
        ("vm-1", "sw1/Ethernet1/1"): 0.8
    }


def test_both_switches_of_a_bundle_know_the_machine_behind_its_own_host():
    peer = a_device(
        2,
        neighbours=(heard("Ethernet1/1", port="00:25:b5:00:01:01"),),
        mac_table=(learned(NIC, "Ethernet1/1"), learned(NIC, "Ethernet1/2")),
    )
    ports = (a_port("sw2", "Ethernet1/1"), a_port("sw2", "Ethernet1/2"))

    assert of(learned(NIC, "Ethernet1/1"), more=(peer, *ports)) == {
        ("vm-1", "sw1/Ethernet1/1"): 0.95,
        ("vm-1", "sw2/Ethernet1/1"): 0.95,
    }


def test_a_device_whose_neighbours_were_not_read_may_have_learned_it_on_an_uplink():
    device = a_device(neighbours=None, mac_table=(learned(NIC, "Ethernet1/1"),))

    assert sureness(vc1=[VM, a_server(1)], net=[device, *PORTS]) == {}


def test_a_machine_that_two_vcenters_show_is_one_machine():
    key = "4206a0b1-c2d3-e4f5-8899-aabbccddeeff"
    vms = [a_machine(key=key, nics=(a_nic(NIC),), host=None) for _ in range(2)]
    device = a_device(neighbours=(), mac_table=(learned(NIC, "Ethernet1/1"),))

    found = find_joins(inputs(vc1=vms[:1], vc2=vms[1:], net=[device, *PORTS]))

    assert sorted(join.from_id for join in found) == sorted(
        asset_id(source, "vm", key) for source in ("vc1", "vc2")
    )


def test_a_mac_where_no_host_is_known_is_good_for_less():
    assert of(learned(NIC, "Ethernet1/3")) == {("vm-1", "sw1/Ethernet1/3"): 0.7}


def test_a_mac_where_another_host_is_is_stale():
    assert of(learned(NIC, "Ethernet1/2")) == {}


def test_of_two_ports_that_with_the_host_wins_and_two_without_are_no_knowledge():
    assert of(learned(NIC, "Ethernet1/1"), learned(NIC, "Ethernet1/3")) == {
        ("vm-1", "sw1/Ethernet1/1"): 0.95
    }
    assert of(learned(NIC, "Ethernet1/1"), learned(NIC, "Ethernet1/3"), neighbours=()) == {}


def test_many_machines_are_behind_one_port():
    other = a_machine(2, nics=(a_nic("00:50:56:01:00:02"),))
    macs = [learned(NIC, "Ethernet1/1"), learned("00:50:56:01:00:02", "Ethernet1/1")]

    assert of(*macs, vms=(VM, other)).keys() == {
        ("vm-1", "sw1/Ethernet1/1"),
        ("vm-2", "sw1/Ethernet1/1"),
    }


def test_a_mac_that_two_machines_have_is_nobodys():
    assert of(learned(NIC, "Ethernet1/1"), vms=(VM, a_machine(2, nics=(a_nic(NIC),)))) == {}


def test_behind_a_bundle_the_host_is_known_by_the_bundles_member():
    member = a_port("sw1", "Ethernet1/9", port_channel="Po5")
    bundle = a_port("sw1", "Port-channel5")
    at_member = heard("Ethernet1/9", port="00:25:b5:00:01:00")

    found = of(learned(NIC, "Po5"), neighbours=(at_member,), more=(member, bundle))

    assert found == {("vm-1", "sw1/Port-channel5"): 0.95}


def test_a_mac_on_an_uplink_tells_nothing():
    far = (a_device(2), a_port("sw2", "Ethernet1/1"))
    uplink = heard("Ethernet1/3", system_name="sw2", port="Ethernet1/1")

    assert of(learned(NIC, "Ethernet1/3"), neighbours=(uplink,), more=far) == {}


def test_a_machine_that_moved_is_joined_where_it_is_now():
    moved = a_machine(nics=(a_nic(NIC),), host="host-2")

    assert of(learned(NIC, "Ethernet1/2"), vms=(moved,)) == {("vm-1", "sw1/Ethernet1/2"): 0.95}


def test_the_reason_names_the_mac_the_port_and_the_host():
    device = a_device(neighbours=(HOST_1,), mac_table=(learned(NIC, "Ethernet1/1"),))

    found = joins(vc1=[VM, a_server(1)], net=[device, *PORTS])

    assert found["vm-1", "sw1/Ethernet1/1"].reason == (
        f"sw1 has learned MAC {NIC} of VM web-01 on Ethernet1/1, where its host esx01.example is."
    )


@pytest.mark.parametrize("nic", [a_nic(None), a_nic(""), a_nic("00:50:56:01:00:99")])
def test_machines_without_that_mac_join_nothing(nic):
    assert of(learned(NIC, "Ethernet1/1"), vms=(a_machine(nics=(nic,)),)) == {}


def in_vlans(network, *vlans, hosts=None, neighbours=(HOST_1, HOST_2), devices=()):
    device = a_device(neighbours=tuple(neighbours))
    servers = hosts or [a_server(1, networks=("network-1",)), a_server(2)]
    found = sureness(vc1=[network, *servers], net=[device, *PORTS, *vlans, *devices])
    return {ends: sure for ends, sure in found.items() if ends[0] == "network-1"}


def test_a_port_group_is_in_the_vlan_of_its_number_on_its_hosts_switches():
    vlans = [a_vlan(10, "sw1"), a_vlan(20, "sw1")]

    assert in_vlans(a_network(vlan="10"), *vlans) == {("network-1", "/10"): 0.9}


def test_a_vlan_of_that_number_at_another_site_is_another_vlan():
    vlans = [a_vlan(10, "sw1", site="fra"), a_vlan(10, "sw9", site="ams")]

    assert in_vlans(a_network(vlan="10"), *vlans, devices=(a_device(9),)) == {
        ("network-1", "fra/10"): 0.9
    }


def test_a_port_group_whose_hosts_stand_at_two_sites_is_in_a_vlan_of_each():
    vlans = [a_vlan(10, "sw1", site="fra"), a_vlan(10, "sw2", site="ams")]
    far = a_device(2, neighbours=(heard("Ethernet1/1", port="00:25:b5:00:02:00"),))
    hosts = [a_server(number, networks=("network-1",)) for number in (1, 2)]

    found = in_vlans(
        a_network(vlan="10"),
        *vlans,
        hosts=hosts,
        neighbours=(HOST_1,),
        devices=(far, a_port("sw2", "Ethernet1/1")),
    )

    assert found == {("network-1", "fra/10"): 0.9, ("network-1", "ams/10"): 0.9}


@pytest.mark.parametrize("vlan", [None, "", "0", "10-20", "private 10", "11"])
def test_a_port_group_without_that_one_vlan_is_in_none(vlan):
    assert in_vlans(a_network(vlan=vlan), a_vlan(10, "sw1")) == {}


def test_without_a_switch_that_is_known_to_carry_it_there_is_no_edge():
    assert in_vlans(a_network(vlan="10"), a_vlan(10, "sw1"), neighbours=()) == {}
    assert in_vlans(a_network(vlan="10"), a_vlan(10, "sw9")) == {}
    assert in_vlans(a_network(vlan="10"), a_vlan(10, "sw1"), hosts=[a_server(1)]) == {}
