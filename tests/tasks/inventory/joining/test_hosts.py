"""Which switch ports hosts are plugged into."""

from __future__ import annotations

import pytest

from models.kinds.distributed_switch import DistributedSwitch
from models.kinds.host import KernelAdapter, VirtualSwitch
from models.kinds.network import NetworkType
from tests.tasks.inventory.joining.given import (
    a_device,
    a_network,
    a_port,
    a_server,
    heard,
    joins,
    learned,
    sureness,
)

VMNIC0, VMNIC1 = "00:25:b5:00:01:00", "00:25:b5:00:01:01"
PORTS = [a_port("sw1", f"Ethernet1/{number}") for number in range(1, 5)]
JOINED = ("host-1", "sw1/Ethernet1/1")


def of(*entries, macs=(), hosts=None, more=()):
    device = a_device(neighbours=tuple(entries), mac_table=tuple(macs))
    return sureness(vc1=hosts or [a_server()], net=[device, *PORTS, *more])


@pytest.mark.parametrize(
    "said", [{"port": VMNIC0}, {"port": "0025.B500.0100"}, {"port_description": VMNIC0}]
)
def test_a_port_that_hears_the_adapters_own_mac_is_certain(said):
    assert of(heard("Eth1/1", **said)) == {JOINED: 1.0}


@pytest.mark.parametrize("said", [{"port": "vmnic1"}, {"port_description": "vmnic1"}])
def test_both_names_are_nearly_as_good(said):
    assert of(heard("Ethernet1/1", system_name="esx01", **said)) == {JOINED: 0.95}


def test_a_chassis_tells_the_host_and_not_the_adapter():
    chassis = {"chassis_id": VMNIC0, "system_name": "esx01.example", "port": "slot 3"}
    entries = [heard("Ethernet1/1", **chassis), heard("Ethernet1/2", **chassis)]

    found = joins(vc1=[a_server()], net=[a_device(neighbours=tuple(entries)), *PORTS])

    assert {ends: join.confidence for ends, join in found.items()} == {
        JOINED: 0.9,
        ("host-1", "sw1/Ethernet1/2"): 0.9,
    }
    assert found[JOINED].reason.endswith(f"chassis MAC {VMNIC0} is of host esx01.example.")


def test_a_chassis_says_nothing_where_the_port_is_known():
    # Every port of this host names its chassis by the first adapter.
    first = heard("Ethernet1/1", chassis_id=VMNIC0, port=VMNIC0)
    second = heard("Ethernet1/2", chassis_id=VMNIC0, port=VMNIC1)
    by_name = heard("Ethernet1/2", chassis_id=VMNIC0, system_name="esx01", port="vmnic1")

    assert of(first, second) == {JOINED: 1.0, ("host-1", "sw1/Ethernet1/2"): 1.0}
    assert of(first, by_name) == {JOINED: 1.0, ("host-1", "sw1/Ethernet1/2"): 0.95}


def test_a_device_whose_neighbours_were_not_read_may_have_learned_it_on_an_uplink():
    device = a_device(neighbours=None, mac_table=(learned(VMNIC1, "Ethernet1/1"),))

    assert sureness(vc1=[a_server()], net=[device, *PORTS]) == {}


def test_a_host_that_two_vcenters_show_is_one_host():
    uuid = "4206a0b1-c2d3-e4f5-8899-aabbccddeeff"
    device = a_device(neighbours=(heard("Ethernet1/1", port=VMNIC0),))
    once, again = a_server(uuid=uuid), a_server(key="host-7", uuid=uuid)

    assert sureness(vc1=[once], vc2=[again], net=[device, *PORTS]) == {
        JOINED: 1.0,
        ("host-7", "sw1/Ethernet1/1"): 1.0,
    }
    assert sureness(vc1=[once, again], net=[device, *PORTS]) == {}


@pytest.mark.parametrize(
    "said",
    [
        {"system_name": "esx01.example"},
        {"system_name": "esx01.example", "port": "vmnic7"},
        {"system_name": "esx01.other", "port": "vmnic0"},
        {"port": "vmnic0"},
        {"port": "00:00:00:00:00:00"},
    ],
)
def test_one_name_alone_is_not_enough(said):
    assert of(heard("Ethernet1/1", **said)) == {}


def test_a_learned_mac_of_an_adapter_is_good_for_less():
    assert of(macs=[learned(VMNIC1, "Ethernet1/1")]) == {JOINED: 0.8}


def test_a_learned_mac_of_a_kernel_adapter_counts_too():
    kernel = KernelAdapter(
        name="vmk1", port_group="storage", ip_address=None, mac="00:50:56:6a:0:1"
    )
    host = a_server(
        kernel_adapters=(
            kernel,
            KernelAdapter(name="vmk0", port_group="m", ip_address=None, mac="00:50:56:6a:00:02"),
        )
    )

    assert of(macs=[learned("00:50:56:6a:00:02", "Ethernet1/1")], hosts=[host]) == {JOINED: 0.8}


def test_a_mac_that_was_learned_on_two_ports_is_no_knowledge():
    assert of(macs=[learned(VMNIC0, "Ethernet1/1"), learned(VMNIC0, "Ethernet1/2")]) == {}


def test_an_adapter_that_is_heard_in_one_port_is_not_also_where_its_mac_lingers():
    entries = [heard("Ethernet1/1", port=VMNIC0)]

    assert of(*entries, macs=[learned(VMNIC0, "Ethernet1/2")]) == {JOINED: 1.0}


def test_two_uplinks_are_two_edges_each_with_its_own_adapter():
    entries = [heard("Ethernet1/1", port=VMNIC0), heard("Ethernet1/2", port=VMNIC1)]

    assert of(*entries) == {JOINED: 1.0, ("host-1", "sw1/Ethernet1/2"): 1.0}


def test_a_mac_that_two_hosts_have_is_nobodys():
    twins = [a_server(1), a_server(2, physical_nics=a_server(1).physical_nics)]

    assert of(heard("Ethernet1/1", port=VMNIC0), hosts=twins) == {}


def test_hosts_of_one_name_are_told_apart_by_mac_alone():
    twins = [a_server(1), a_server(2, name="esx01.example")]
    said = {"system_name": "esx01.example", "port_description": "vmnic0"}

    assert of(heard("Ethernet1/1", **said), hosts=twins) == {}
    assert of(heard("Ethernet1/1", port=VMNIC0, **said), hosts=twins) == {JOINED: 1.0}


def test_a_port_that_leads_to_another_device_is_no_hosts():
    far = [a_device(2), a_port("sw2", "Ethernet1/1")]
    uplink = heard("Ethernet1/1", system_name="sw2", port="Ethernet1/1")

    found = of(uplink, macs=[learned(VMNIC0, "Ethernet1/1")], more=far)

    assert "host-1" not in {start for start, _ in found}


def test_a_host_that_moved_to_another_port_is_joined_there():
    assert of(heard("Ethernet1/1", port=VMNIC0)) == {JOINED: 1.0}
    assert of(heard("Ethernet1/3", port=VMNIC0)) == {("host-1", "sw1/Ethernet1/3"): 1.0}


def test_the_reason_names_the_adapter_and_the_port_groups_that_it_carries():
    host = a_server(
        virtual_switches=(
            VirtualSwitch(name="vSwitch0", type="standard", uplinks=("vmnic0", "vmnic1")),
            VirtualSwitch(name="dvs", type="distributed", uplinks=("vmnic1",)),
        ),
        networks=("network-1", "network-2", "network-3"),
    )
    networks = [
        a_network(1, active_uplinks=("vmnic0",), standby_uplinks=("vmnic1",)),
        a_network(2, active_uplinks=("vmnic0",)),
        a_network(3, type=NetworkType.DISTRIBUTED, switch="dvs-1"),
    ]
    switch = DistributedSwitch(key="dvs-1", name="dvs")
    device = a_device(
        neighbours=(heard("Ethernet1/1", port=VMNIC0), heard("Ethernet1/2", port=VMNIC1))
    )

    found = joins(vc1=[host, *networks, switch], net=[device, *PORTS])

    assert found["host-1", "sw1/Ethernet1/1"].reason == (
        f"sw1 hears on Ethernet1/1 by LLDP port {VMNIC0}: MAC {VMNIC0} is vmnic0 of host"
        " esx01.example; it carries pg-1, pg-2."
    )
    assert found["host-1", "sw1/Ethernet1/2"].reason.endswith("; it carries pg-1, pg-3.")


def test_hosts_whose_adapters_are_not_known_join_nothing():
    assert of(heard("Ethernet1/1", port=VMNIC0), hosts=[a_server(physical_nics=None)]) == {}
    assert of() == {}
