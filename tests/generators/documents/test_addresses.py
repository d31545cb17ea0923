from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import pytest

from generators.documents.network.document import network
from generators.documents.network.plan import plan_of, read_address
from models.kinds.device import IpRoute
from models.kinds.network import Network, NetworkType
from models.kinds.vlan import Vlan
from models.kinds.vm import Nic
from models.records.asset import asset_id
from models.records.check import Severity
from tests.generators.documents.domains import a_device, a_port, all_facts, network_records
from tests.generators.documents.site import a_finding, a_vm, records
from tests.generators.documents.test_documents import section


def with_more(*more, **changes):
    return all_facts(network=[*network_records(), *more], **changes)


def a_nic(network, *addresses):
    return Nic(
        key=network,
        label=network,
        type="vmxnet3",
        mac=None,
        network=network,
        connected=True,
        ip_addresses=addresses,
    )


def test_the_ip_plan_counts_who_is_in_a_network():
    vms = [*records(), a_vm("vm-7", ip_addresses=("10.10.0.77", "fe80::1"))]

    body = section(network(all_facts(virtual=vms)), "prefixes")

    row = "| 10.10.0.0/24 | FRA | blue | 10 servers | 10.10.0.1 | - | 1 | 2 | 0 | 1 | 4 | 250 | - |"
    assert row in body


def test_a_port_group_stands_where_its_own_adapter_has_an_address():
    nics = (a_nic("net-1", "10.10.0.77"), a_nic("net-2", "10.20.0.77"))
    vm = a_vm(
        "vm-7",
        ip_addresses=("10.10.0.77", "10.20.0.77"),
        nics=nics,
        networks=("net-1", "net-2"),
    )
    other = Network(key="net-2", name="pg-20", type=NetworkType.STANDARD, vlan="20")
    found = with_more(
        a_port("leaf-1", 20, ip_addresses=("10.20.0.1/24",)), virtual=[*records(), other, vm]
    )

    rows = section(network(found), "prefixes").splitlines()

    assert next(row for row in rows if "10.10.0.0/24" in row).endswith("| pg-10 |")
    assert next(row for row in rows if "10.20.0.0/24" in row).endswith("| pg-20 |")


def test_a_gateway_is_where_a_default_route_leads_and_not_every_address_of_a_device():
    away = a_device(
        7,
        routes=(
            IpRoute(prefix="0.0.0.0/0", protocol="static", next_hop="10.10.0.1", vrf="blue"),
            IpRoute(prefix="10.9.0.0/16", protocol="static", next_hop="10.10.0.3", vrf="blue"),
        ),
    )
    second = a_port("leaf-2", 20, ip_addresses=("10.10.0.3/24",), vrf="blue")

    body = section(network(with_more(away, second)), "prefixes")

    assert "| 10 servers | 10.10.0.1, 10.10.0.3 | 10.10.0.1 |" in body


def test_the_longest_network_that_holds_an_address_is_its_own():
    wide = a_port("leaf-2", 20, ip_addresses=("10.10.0.2/16",))
    plan = plan_of(with_more(wide))

    inner, outer = (plan.holding(ip_address(text)) for text in ("10.10.0.9", "10.10.9.9"))

    assert str(inner.net) == "10.10.0.0/24"
    assert str(outer.net) == "10.10.0.0/16"
    assert plan.holding(ip_address("192.0.2.1")) is None


def test_the_same_network_of_two_sites_is_two_networks():
    there = a_device(8, site="MUC")
    found = with_more(
        there,
        a_port("leaf-8", 1, ip_addresses=("10.10.0.1/24",), vrf="blue"),
        virtual=[*records(), a_vm("vm-7", ip_addresses=("10.10.0.77",))],
    )
    plan = plan_of(found)

    body = section(network(found), "prefixes")

    assert "| 10.10.0.0/24 | FRA | blue |" in body
    assert "| 10.10.0.0/24 | MUC | blue |" in body
    assert plan.holding(ip_address("10.10.0.9")) is None  # of which site it is nobody says
    assert plan.holding(ip_address("10.10.0.9"), "MUC").site == "MUC"
    assert "10.10.0.77" not in section(network(found), "duplicates")


def test_a_machine_is_at_the_site_of_the_switches_that_its_host_is_on():
    there = a_device(8, site="MUC")
    vm = a_vm("vm-7", host="host-1", ip_addresses=("10.10.0.77",))
    found = with_more(
        there,
        a_port("leaf-8", 1, ip_addresses=("10.10.0.1/24",), vrf="blue"),
        virtual=[*records(), vm],
    )

    places = plan_of(found).prefixes.values()

    assert {prefix.site: prefix.holders["vm"] for prefix in places} == {"FRA": 1, "MUC": 0}


@pytest.mark.parametrize("text", ["", "unassigned", "fe80::1", "127.0.0.1", "10.0.0.300"])
def test_what_is_no_address_of_a_network_is_left_out(text):
    assert read_address(text) is None


def test_an_address_of_two_machines_is_a_duplicate_and_a_node_s_is_its_vm_s():
    vms = [
        *[
            replace(each, ip_addresses=("10.10.0.11",)) if each.key == "vm-1" else each
            for each in records()
        ],
        a_vm("vm-8", name="thief", ip_addresses=("10.10.0.1",)),
    ]

    body = section(network(all_facts(virtual=vms)), "duplicates")

    assert "| 10.10.0.1 | FRA | blue | Virtual machine thief, leaf-1 Vlan10 |" in body
    assert "10.10.0.11" not in body


def test_an_address_on_two_interfaces_is_said_as_the_check_finds_it_and_never_else():
    twin = a_port("leaf-2", 30, ip_addresses=("10.10.0.1/24",), vrf="blue")
    keys = {"leaf-1/Vlan10": "leaf-2 Ethernet1/30", "leaf-2/Ethernet1/30": "leaf-1 Vlan10"}
    found = tuple(
        a_finding(
            Severity.CRIT,
            check="NE-18",
            kind="interface",
            asset_id=asset_id("net", "interface", key),
            evidence={"address": "10.10.0.1", "also": [other]},
        )
        for key, other in keys.items()
    )

    said = section(network(with_more(twin, findings=found)), "duplicates")
    shared = section(network(with_more(twin)), "duplicates")  # VRRP: the check is content

    assert "| 10.10.0.1 | FRA | blue | leaf-1 Vlan10, leaf-2 Ethernet1/30 |" in said
    assert "10.10.0.1" not in shared


def test_a_vlan_s_network_is_in_the_vrf_of_its_interface():
    lone = Vlan(
        key="FRA/30",
        name="lab",
        vlan_id=30,
        site="FRA",
        devices=("leaf-1",),
        gateways=(("leaf-1", "Vlan10", "10.10.0.1/24"),),
    )

    places = plan_of(with_more(lone)).prefixes

    assert [(site, vrf, str(net)) for site, vrf, net in places] == [("FRA", "blue", "10.10.0.0/24")]
