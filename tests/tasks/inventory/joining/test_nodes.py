"""Which machine a node runs on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.kinds.device import ArpEntry
from models.records.asset import asset_id
from tasks.inventory.joining import find_joins
from tests.builders import a_host
from tests.tasks.inventory.joining.given import (
    NIC,
    a_device,
    a_machine,
    a_nic,
    a_node,
    a_port,
    a_server,
    heard,
    inputs,
    joins,
    sureness,
)

UUID = "4206a0b1-c2d3-e4f5-8899-aabbccddeeff"
SWAPPED = "b1a00642-d3c2-f5e4-8899-aabbccddeeff"
OTHER = "11111111-2222-3333-4444-555555555555"
JOINED = ("node-1", "vm-1")


def of(node, *machines, **sources):
    return sureness(k1=[node], vc1=[*machines], **sources)


def test_the_system_uuid_is_the_bios_uuid_whatever_its_case():
    found = joins(k1=[a_node(system_uuid=UUID.upper())], vc1=[a_machine(bios_uuid=UUID)])

    join = found[JOINED]
    assert (join.type, join.confidence) == ("runs_on", 1.0)
    assert join.reason == (
        f"System UUID {UUID} of node worker-1 is the firmware UUID of VM web-01."
    )


def test_a_uuid_in_the_byte_order_of_old_firmware_is_nearly_as_sure_and_says_so():
    found = joins(k1=[a_node(system_uuid=SWAPPED)], vc1=[a_machine(bios_uuid=UUID)])

    assert found[JOINED].confidence == 0.95
    assert "before SMBIOS 2.6" in found[JOINED].reason
    assert UUID in found[JOINED].reason


@pytest.mark.parametrize("vm", [a_machine(bios_uuid=UUID), a_machine(key=UUID)])
def test_the_provider_id_is_the_bios_or_the_instance_uuid(vm):
    assert of(a_node(provider_id=f"vsphere://{UUID}"), vm) == {("node-1", vm.key): 1.0}


@pytest.mark.parametrize("text", ["aws:///eu/i-1", "vsphere://", "vsphere://nonsense", UUID])
def test_a_provider_id_of_another_provider_tells_nothing(text):
    assert of(a_node(provider_id=text), a_machine(bios_uuid=UUID)) == {}


def test_an_address_in_an_arp_table_leads_to_the_adapter_with_that_mac():
    node = a_node(ip_addresses=("10.1.0.5",))
    device = a_device(arp=(ArpEntry(ip_address="10.1.0.5", mac="0050.5601.0001"),))
    machines = [a_machine(nics=(a_nic(NIC),))]

    found = joins(k1=[node], vc1=machines, net=[device])

    assert found[JOINED].confidence == 0.7
    assert found[JOINED].reason == (
        f"Address 10.1.0.5 of node worker-1 is at MAC {NIC} in the ARP table of sw1, which is a"
        " network adapter of VM web-01."
    )


ADDRESS = "10.1.0.5"
IN_ARP = ArpEntry(ip_address=ADDRESS, mac=NIC)


def by_arp(vm, *entries, more=(), **device):
    node = a_node(ip_addresses=(ADDRESS,))
    return of(node, vm, *more, net=[a_device(arp=entries or (IN_ARP,), **device)])


@pytest.mark.parametrize(
    "nic", [a_nic(NIC), a_nic(NIC, ADDRESS)], ids=["no guest tools", "reported"]
)
def test_an_arp_entry_counts_where_the_guest_says_nothing_else(nic):
    assert by_arp(a_machine(nics=(nic,))).keys() == {JOINED}


def test_an_arp_entry_is_stale_where_the_guest_reports_other_addresses():
    assert by_arp(a_machine(nics=(a_nic(NIC, "10.1.0.77"),))) == {}


@pytest.mark.parametrize(
    ("vrf", "counts"), [("default", True), ("management", True), ("MGMT", True), ("red", False)]
)
def test_an_arp_entry_in_the_vrf_of_a_tenant_is_another_address(vrf, counts):
    entry = replace(IN_ARP, vrf=vrf)

    assert bool(by_arp(a_machine(nics=(a_nic(NIC),)), entry)) is counts


@pytest.mark.parametrize(("site", "counts"), [("fra", True), (None, True), ("ams", False)])
def test_an_arp_entry_at_another_site_than_the_machines_host_is_another_address(site, counts):
    vm, host = a_machine(nics=(a_nic(NIC),)), a_server()
    leaf = a_device(2, site="fra", neighbours=(heard("Ethernet1", port="00:25:b5:00:01:00"),))
    router = a_device(arp=(IN_ARP,), site=site)

    found = of(
        a_node(ip_addresses=(ADDRESS,)), vm, host, net=[leaf, a_port("sw2", "Ethernet1"), router]
    )

    assert (JOINED in found) is counts


def test_what_a_guest_reports_itself_goes_before_an_arp_entry():
    silent, reporting = a_machine(nics=(a_nic(NIC),)), a_machine(2, ip_addresses=(ADDRESS,))

    assert by_arp(silent, more=(reporting,)) == {("node-1", "vm-2"): 0.8}


def test_a_node_that_two_sources_show_is_one_node():
    uid, other = OTHER, "11111111-2222-3333-4444-666666666666"
    nodes = [a_node(key=key, system_uuid=UUID) for key in (uid, uid, other)]
    vm = a_machine(bios_uuid=UUID)

    same = find_joins(inputs(k1=nodes[:1], k2=nodes[1:2], vc1=[vm]))

    assert sorted(join.from_id for join in same) == sorted(
        asset_id(source, "node", uid) for source in ("k1", "k2")
    )
    assert sureness(k1=nodes[:1], k2=nodes[2:], vc1=[vm]) == {}  # two nodes bear one UUID


def test_a_machine_that_two_vcenters_show_is_one_machine():
    vm, other = a_machine(key=OTHER, bios_uuid=UUID), a_machine(2, bios_uuid=UUID)
    node = a_node(system_uuid=UUID)

    same = find_joins(inputs(k1=[node], vc1=[vm], vc2=[vm]))

    assert {join.to_id for join in same} == {asset_id(one, "vm", OTHER) for one in ("vc1", "vc2")}
    assert sureness(k1=[node], vc1=[vm], vc2=[other]) == {}  # a clone bears the same UUID


def test_an_address_that_just_one_guest_has_joins():
    node = a_node(ip_addresses=("10.1.0.5",))

    assert of(node, a_machine(ip_addresses=("10.1.0.5",))) == {JOINED: 0.8}
    assert of(node, a_machine(nics=(a_nic(None, "10.1.0.5"),))) == {JOINED: 0.8}


def test_an_address_that_two_guests_have_joins_neither():
    same = ("172.17.0.1",)

    assert (
        of(
            a_node(ip_addresses=same),
            a_machine(1, ip_addresses=same),
            a_machine(2, ip_addresses=same),
        )
        == {}
    )


@pytest.mark.parametrize(
    ("node", "machine"),
    [
        (a_node(name="Web-01"), a_machine(name="web-01")),
        (a_node(name="web-01.example"), a_machine(name="web-01")),
        (a_node(name="n", host_name="web-01"), a_machine(name="x", host_name="web-01.example")),
    ],
)
def test_a_name_joins_with_or_without_its_domain(node, machine):
    assert of(node, machine) == {JOINED: 0.6}


def test_names_of_two_domains_are_two_names():
    assert of(a_node(name="web-01.a.example"), a_machine(name="web-01.b.example")) == {}


def test_the_best_reason_wins_though_a_lesser_one_says_otherwise():
    node = a_node(system_uuid=UUID, name="web-02", ip_addresses=("10.1.0.5",))

    assert of(node, a_machine(1, bios_uuid=UUID), a_machine(2, ip_addresses=("10.1.0.5",))) == {
        JOINED: 1.0
    }


def test_two_candidates_at_the_best_level_are_no_knowledge_though_a_lesser_one_is_single():
    node = a_node(provider_id=f"vsphere://{OTHER}", system_uuid=UUID, name="web-01")

    assert of(node, a_machine(1, bios_uuid=UUID), a_machine(2, bios_uuid=OTHER)) == {}


def test_two_nodes_of_one_name_join_no_machine_of_that_name():
    nodes = [a_node(1, name="web-01"), a_node(2, name="web-01", cluster="test")]

    assert sureness(k1=nodes, vc1=[a_machine(1)]) == {}


@pytest.mark.parametrize(
    "default",
    [
        "00000000-0000-0000-0000-000000000000",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
        "03000200-0400-0500-0006-000700080009",
        "not a uuid",
    ],
)
def test_a_uuid_that_firmware_gives_to_any_machine_is_none(default):
    assert of(a_node(system_uuid=default), a_machine(bios_uuid=default)) == {}


def test_a_uuid_that_clones_share_is_passed_over_for_the_next_best_reason():
    node = a_node(system_uuid=UUID, name="web-02")

    assert of(node, a_machine(1, bios_uuid=UUID), a_machine(2, bios_uuid=UUID)) == {
        ("node-1", "vm-2"): 0.6
    }
    nodes = [a_node(1, system_uuid=UUID), a_node(2, system_uuid=UUID)]
    assert sureness(k1=nodes, vc1=[a_machine(1, bios_uuid=UUID)]) == {}


def test_a_template_is_no_machine_that_runs():
    assert of(a_node(system_uuid=UUID), a_machine(bios_uuid=UUID, template=True)) == {}


def test_a_node_on_bare_metal_is_joined_to_the_host_itself():
    assert of(a_node(system_uuid=UUID), a_host(uuid=UUID)) == {("node-1", "host-1"): 1.0}


def test_a_node_that_moved_to_a_rebuilt_machine_is_joined_to_that_one():
    node = a_node(system_uuid=UUID)
    rebuilt = replace(node, system_uuid=OTHER)
    machines = [a_machine(1, bios_uuid=UUID), a_machine(2, bios_uuid=OTHER)]

    assert of(node, *machines) == {JOINED: 1.0}
    assert of(rebuilt, *machines) == {("node-1", "vm-2"): 1.0}


def test_nodes_without_facts_and_sites_without_machines_join_nothing():
    assert of(a_node()) == {}
    assert of(a_node(), a_machine()) == {}
    assert sureness(vc1=[a_machine()]) == {}
    assert sureness() == {}
