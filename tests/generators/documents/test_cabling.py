from __future__ import annotations

from dataclasses import replace

from generators.documents.network.document import network
from models.kinds.device import Device, MacEntry, Neighbour
from models.kinds.host import PhysicalNic
from models.records.asset import asset_id
from models.records.graph import Join
from tests.generators.documents.domains import all_facts, joins
from tests.generators.documents.site import records
from tests.generators.documents.test_documents import section
from tests.generators.documents.test_network import changed


def test_each_link_stands_once_with_how_sure_it_is():
    body = section(network(all_facts()), "cabling:FRA")

    assert body.count("spine-1 Ethernet1/1") == 1
    assert "| leaf-1 | Ethernet1/2 | spine-1 Ethernet1/1 | 25 Gbit/s | 10-20 | certain |" in body
    assert "| leaf-1 | Ethernet1/1 | esx-1 vmnic0 | 25 Gbit/s | 10-20 | 95 % |" in body
    assert "| leaf-2 | Ethernet1/2 | spine-1 Ethernet1/2 |" in body


def test_a_link_that_two_joins_speak_of_shows_the_surer_one():
    back = Join(
        from_id=asset_id("net", "interface", "spine-1/Ethernet1/1"),
        type="connected_to",
        to_id=asset_id("net", "interface", "leaf-1/Ethernet1/2"),
        confidence=0.5,
        reason="a guess",
    )

    document = network(all_facts(joins=(back, *joins())))

    assert "a guess" not in section(document, "doubts")
    assert "leaf-1 | Ethernet1/2 | spine-1" in section(document, "cabling:FRA")


def test_machines_behind_ports_are_no_cables():
    behind = Join(
        from_id=asset_id("vc1", "vm", "vm-1"),
        type="connected_to",
        to_id=asset_id("net", "interface", "leaf-1/Ethernet1/1"),
        confidence=0.9,
        reason="MAC learned",
    )

    document = network(all_facts(joins=(*joins(), behind)))

    assert "MAC learned" not in section(document, "doubts")
    assert "web-1" not in section(document, "cabling:FRA")


def test_a_link_that_is_not_certain_says_why():
    document = network(all_facts())

    row = "| leaf-1 | Ethernet1/1 | esx-1 vmnic0 | 95 % | host-1 and leaf-1/Ethernet1/1 agree |"
    assert row in section(document, "doubts")
    assert "spine-1" not in section(document, "doubts")
    certain = all_facts(joins=tuple(each for each in joins() if each.confidence >= 1))
    assert "doubts" not in {each.key for each in network(certain).sections}


def test_a_host_that_names_its_port_by_mac_is_shown_with_the_adapter():
    nic = PhysicalNic(name="vmnic3", mac="00:50:56:aa:00:03")
    other = PhysicalNic(name="vmnic0", mac="00:50:56:aa:00:00")
    virtual = [
        replace(each, physical_nics=(other, nic)) if each.key == "host-1" else each
        for each in records()
    ]
    by_mac = (
        Neighbour(
            interface="Ethernet1/1",
            protocol="lldp",
            system_name="esx-1",
            port="0050.56aa.0003",
            chassis_id="00:50:56:aa:00:00",
        ),
    )
    heard = changed(Device, "leaf-1", neighbours=by_mac)
    learned = changed(
        Device,
        "leaf-1",
        neighbours=(),
        mac_table=(MacEntry(mac="00:50:56:AA:00:03", interface="Ethernet1/1"),),
    )

    for found in (heard, learned):
        body = section(network(all_facts(virtual, network=found)), "cabling:FRA")
        assert "| leaf-1 | Ethernet1/1 | esx-1 vmnic3 |" in body
