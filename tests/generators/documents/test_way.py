from __future__ import annotations

from dataclasses import replace
from typing import Any

from generators.documents.kubernetes.document import kubernetes
from models.kinds.device import Neighbour
from models.kinds.host import PhysicalNic, VirtualSwitch
from models.records.asset import asset_id
from models.records.graph import Join
from tests.generators.documents.domains import all_facts, joins, network_records
from tests.generators.documents.site import records
from tests.generators.documents.test_documents import section


def behind(vm: str, port: str, sure: float = 0.95) -> Join:
    return Join(
        from_id=asset_id("vc1", "vm", vm),
        type="connected_to",
        to_id=asset_id("net", "interface", port),
        confidence=sure,
        reason=f"MAC of {vm} learned on {port}",
    )


def test_the_way_from_a_pod_ends_at_the_port_where_the_switches_know_its_machine():
    found = all_facts(joins=(*joins(), behind("vm-1", "leaf-2/Ethernet1/1")))

    body = section(kubernetes(found), "way")

    assert "| worker-1 | web-1 | Virtual machine | certain | n1 and vm-1 agree |" in body
    assert "| esx-1 | Ethernet1/1 | Interface | 95 % | MAC of vm-1 learned on leaf-2" in body
    assert "| Ethernet1/1 | leaf-2 | Network device | certain | the source says so |" in body
    assert "leaf-1" not in body  # where the host is plugged in too, and better known
    assert 'n0["web-5d4f-00001"]:::pod' in body


def test_the_example_is_a_pod_whose_whole_way_is_known():
    body = section(
        kubernetes(all_facts(joins=(*joins(), behind("vm-2", "leaf-2/Ethernet1/1")))), "way"
    )

    assert "web-5d4f-00002" in body
    assert "web-5d4f-00001" not in body


def with_uplinks(*switches: VirtualSwitch, **group: Any) -> list[Any]:
    nics = tuple(
        PhysicalNic(name=f"vmnic{number}", mac=f"00:50:56:aa:00:0{number}") for number in range(3)
    )
    changes = {
        "host-1": {"physical_nics": nics, "virtual_switches": switches},
        "net-1": group,
    }
    return [replace(each, **changes.get(each.key, {})) for each in records()]


def heard_vmnics() -> list[Any]:
    return [
        replace(
            each,
            neighbours=tuple(
                Neighbour(
                    interface=f"Ethernet1/{port}",
                    protocol="lldp",
                    system_name="esx-1",
                    port=f"vmnic{port}",
                )
                for port in (1, 2)
            ),
        )
        if each.key == "leaf-1"
        else each
        for each in network_records()
    ]


def test_without_the_machine_s_own_port_those_of_its_host_that_carry_its_network_stand():
    standard = VirtualSwitch(name="vSwitch0", type="standard", uplinks=("vmnic0", "vmnic1"))
    virtual = with_uplinks(standard, active_uplinks=("vmnic1",), switch=None)

    body = section(kubernetes(all_facts(virtual, network=heard_vmnics())), "way")

    assert "| esx-1 | Ethernet1/1 | Interface | 95 % | host-1 and leaf-1" in body
    assert body.count("| Interface |") == 1  # its port on leaf-2 is of no known adapter


def test_of_several_ports_of_the_host_none_is_called_certain():
    both = VirtualSwitch(name="vSwitch0", type="standard", uplinks=("vmnic1", "vmnic2"))
    virtual = with_uplinks(both, active_uplinks=("vmnic1", "vmnic2"), switch=None)
    second = Join(
        from_id=asset_id("vc1", "host", "host-1"),
        type="connected_to",
        to_id=asset_id("net", "interface", "leaf-1/Ethernet1/2"),
        confidence=1.0,
        reason="MAC",
    )
    found = all_facts(virtual, network=heard_vmnics(), joins=(*joins(), second))

    body = section(kubernetes(found), "way")

    assert "| esx-1 | Ethernet1/1 | Interface | one of 2 |" in body
    assert "| esx-1 | Ethernet1/2 | Interface | one of 2 |" in body


def test_a_management_port_is_no_end_of_a_way_however_sure_it_is():
    standard = VirtualSwitch(name="vSwitch0", type="standard", uplinks=("vmnic0", "vmnic1"))
    virtual = with_uplinks(standard, active_uplinks=("vmnic2",), switch=None)

    body = section(kubernetes(all_facts(virtual, network=heard_vmnics())), "way")

    assert "| web-1 | esx-1 | Host |" in body
    assert "| Interface |" not in body


def test_the_way_ends_where_the_facts_end():
    body = section(kubernetes(all_facts(network=[])), "way")

    assert "| web-1 | esx-1 | Host |" in body
    assert "Network device" not in body
