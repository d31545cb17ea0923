from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from generators.documents.configurations import FIRST_LINE, configuration_files, configurations
from generators.documents.diagram import LARGEST
from generators.documents.kubernetes.document import kubernetes
from generators.documents.network.document import network
from generators.documents.network.topology import fabric_of, topology_paths
from generators.documents.network.view import counting
from models.kinds.device import Device, IpRoute, Module, Neighbour, RoutingPeer
from models.kinds.interface import Interface, InterfaceState
from models.kinds.vlan import Vlan
from models.records.asset import asset_id
from models.records.graph import Join
from tests.generators.documents.domains import (
    a_device,
    a_port,
    all_facts,
    joins,
    network_records,
)
from tests.generators.documents.site import THEN, a_host, an_asset, facts, records
from tests.generators.documents.test_documents import differing, section, text_of

LEAF = asset_id("net", "device", "leaf-1")


def changed(kind, key=None, **changes):
    found = network_records()
    place = next(
        place
        for place, record in enumerate(found)
        if isinstance(record, kind) and key in (None, record.key)
    )
    found[place] = replace(found[place], **changes)
    return found


def with_more(*more):
    return all_facts(network=[*network_records(), *more])


def test_without_a_source_the_document_is_one_section_that_says_what_to_do():
    document = network(facts())

    assert [each.key for each in document.sections] == ["summary"]
    assert 'collector = "network"' in section(document, "summary")


def test_the_summary_counts_devices_ports_and_links():
    body = section(network(all_facts()), "summary")

    assert "The site has 3 network devices, 8 interfaces and 1 VLAN." in body
    assert "Of the interfaces 7 are up." in body
    assert "The cabling shows 5 links, of which 2 are certain." in body


def test_a_node_that_is_known_by_its_name_alone_feeds_no_figure():
    weak = tuple(
        replace(each, confidence=0.6) if each.to_id == asset_id("vc1", "vm", "vm-2") else each
        for each in joins()
    )

    body = section(network(all_facts(joins=weak)), "vlan_users")

    assert "| 10 servers | FRA | pg-10 | 3 | 1 | 1 | 90 % |" in body
    assert "60 %" in section(kubernetes(all_facts(joins=weak)), machines_key())


def machines_key():
    return f"machines:{asset_id('k8s', 'kubernetes_cluster', 'k1')}"


def test_the_parts_of_a_device_are_told_by_what_they_are():
    switch = Module(name="1", description="7050CX3 switch", serial_number="S1")
    found = changed(Device, "leaf-1", modules=(switch,))

    body = section(network(all_facts(network=found)), "modules")

    assert "| Device | Description | Place | Part number | Serial number |" in body
    assert "| leaf-1 | 7050CX3 switch | 1 | unknown | S1 |" in body


def test_neighbours_that_nobody_describes_are_listed_and_known_ones_are_not():
    body = section(network(all_facts()), "strangers")

    assert "| leaf-1 | Ethernet1/9 | stranger |" in body
    assert "esx-1" not in body


def test_the_ports_in_use_of_a_device_name_their_far_ends():
    body = section(network(all_facts()), f"ports:{LEAF}")

    assert "| Ethernet1/1 | up |" in body
    assert "| esx-1 vmnic0, esx-2" not in body
    assert "spine-1 Ethernet1/1" in body
    assert "Ethernet1/3" not in body  # down: counted, not listed


def test_ports_are_counted_by_state_and_sorted_as_people_count():
    body = section(network(all_facts()), "interfaces")

    assert "| leaf-1 | 4 | 3 | 1 | - | - | - | - |" in body
    names = [an_asset(a_port("x", number), "net") for number in (10, 2, 1)]
    assert [port.name[10:] for port in sorted(names, key=counting)] == ["1", "2", "10"]


def test_a_port_that_goes_down_touches_what_counts_or_lists_it_and_no_other_device():
    down = changed(Interface, "leaf-1/Ethernet1/1", state=InterfaceState.DOWN)

    assert differing(all_facts(), all_facts(network=down)) == {
        ("network", "summary"),
        ("network", "interfaces"),
        ("network", f"ports:{LEAF}"),
    }


@pytest.mark.parametrize(
    ("kind", "moved"),
    [
        (Interface, {"input_errors": 99, "last_change": THEN, "input_rate_bps": 5}),
        (Device, {"uptime_seconds": 9, "booted_at": THEN, "mac_table": (), "arp": None}),
        (
            Device,
            {
                "routes": (
                    IpRoute(prefix="0.0.0.0/0", protocol="static", next_hop="10.0.0.1"),
                    IpRoute(prefix="10.9.0.0/16", protocol="bgp", next_hop="10.0.0.3"),
                ),
                "route_count": 2,
            },
        ),
    ],
)
def test_counters_uptimes_and_learned_tables_that_move_touch_nothing(kind, moved):
    assert differing(all_facts(), all_facts(network=changed(kind, **moved))) == set()


def test_the_vlan_plan_shows_addresses_of_devices_and_who_uses_a_vlan_through_the_joins():
    document = network(all_facts())

    assert "| 10 | servers | - | 2 | leaf-1, leaf-2 | 10.10.0.1/24 (leaf-1 Vlan10) |" in section(
        document, "vlans"
    )
    assert "| 10 servers | FRA | pg-10 | 3 | 2 | 2 | 90 % |" in section(document, "vlan_users")


def test_the_same_vlan_number_at_two_sites_is_two_rows():
    other = Vlan(key="MUC/10", name="guests", vlan_id=10, site="MUC")

    body = section(network(with_more(other)), "vlans")

    assert "| 10 | FRA | servers |" in body
    assert "| 10 | MUC | guests |" in body


def test_boxes_of_hosts_leave_out_the_domain_that_all_share():
    names = {"host-1": "esx-1.fra.example.net", "host-2": "esx-2.muc.example.net"}
    virtual = [
        replace(each, name=names[each.key]) if each.key in names else each for each in records()
    ]

    paths, _ = topology_paths(all_facts(virtual).network)

    hosts = {node.label for path in paths for node in path if node.kind == "host"}
    assert hosts == {"esx-1.fra", "esx-2.muc"}


def test_peers_that_are_down_stand_first_and_in_bold():
    up = a_device(
        5, routing_peers=(RoutingPeer(protocol="ospf", address="10.0.0.7", state="established"),)
    )

    rows = [
        row
        for row in section(network(with_more(up)), "peers").splitlines()
        if row.startswith(("| leaf", "| spine"))
    ]

    assert rows[0].endswith("| **idle** |")
    assert rows[-1].endswith("| established |")


def test_static_and_default_routes_are_listed_and_vrfs_counted():
    document = network(all_facts())

    assert "| leaf-1 | - | 0.0.0.0/0 (default) | static | 10.0.0.1 |" in section(document, "routes")
    assert "| blue | 1 | 1 | leaf-1 |" in section(document, "vrfs")


def test_management_says_once_what_all_agree_on_and_what_is_not_known():
    odd = a_device(6, ntp_servers=(), telnet_enabled=True)

    body = section(network(with_more(odd)), "management")

    assert "**All 4 devices agree on**" in body
    assert "Syslog servers: none" in body
    assert "Not known of any device: Well-known SNMP community." in body
    assert "| Telnet | yes | leaf-6 |" in body
    assert "| NTP servers | none | leaf-6 |" in body


def test_a_configuration_is_a_file_with_a_link_and_no_text_in_the_document():
    found = all_facts(config_times={LEAF: THEN})

    body = section(network(found), "configurations")

    link = "[configurations/leaf-1.txt](configurations/leaf-1.txt)"
    assert f"| leaf-1 | **no** | 2 | 2026-11-20T06:00:00Z | {link} |" in body
    assert "hostname leaf-1" not in text_of(network(found), found)
    file = next(each for each in configurations(found) if each.path.endswith("/leaf-1.txt"))
    assert file.text() == f"{FIRST_LINE}hostname leaf-1\nntp server 10.0.0.1\n"


def test_a_configuration_that_is_not_known_has_no_file():
    blind = changed(Device, "leaf-1", running_config=None)
    found = all_facts(network=blind)

    assert "| leaf-1 | **no** | unknown | unknown | unknown |" in section(
        network(found), "configurations"
    )
    assert LEAF not in configuration_files(found)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a/b", "-rf", "x](javascript:alert(1))", "\u202eevil", ".", ""]
)
def test_a_name_never_becomes_a_path(name):
    found = with_more(a_device(8, name=name))

    path = configuration_files(found)[asset_id("net", "device", "leaf-8")]

    assert re.fullmatch(r"configurations/[A-Za-z0-9_][A-Za-z0-9_-]*\.txt", path)


def test_devices_whose_names_become_one_file_are_told_apart():
    found = with_more(a_device(7, name="a/b"), a_device(8, name="A:b"))

    paths = list(configuration_files(found).values())

    assert len({path.lower() for path in paths}) == len(paths) == 5


def test_controls_in_a_configuration_are_made_visible():
    found = with_more(a_device(8, running_config="banner \x1b[31mred\u202e\r\nend"))

    text = next(each.text() for each in configurations(found) if "leaf-8" in each.path)

    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.endswith("\nend\n")


def test_the_topology_puts_what_hosts_hang_on_below_the_rest():
    view = all_facts().network
    levels = {view.facts.name(key): level for key, level in fabric_of(view).levels.items()}

    paths, labels = topology_paths(view)

    assert levels == {"leaf-1": 1, "leaf-2": 1, "spine-1": 2}
    drawn = [[node.label for node in path] for path in paths]
    assert ["spine-1 (R9)", "leaf-1 (R1)", "esx-1"] in drawn
    assert labels[LEAF, asset_id("vc1", "host", "host-1")] == "95 %"


def test_a_device_without_links_is_drawn_alone():
    paths, _ = topology_paths(with_more(a_device(6, site="MUC", rack=None)).network)

    assert ["Site MUC", "leaf-6"] in [[node.label for node in path] for path in paths]


def test_many_hosts_are_one_box_per_pair_of_switches_and_diagrams_stay_small():
    hosts = [a_host(f"host-{number}") for number in range(1, 100)]
    wires = [
        Join(
            from_id=asset_id("vc1", "host", host.key),
            type="connected_to",
            to_id=asset_id("net", "interface", f"{leaf}/Ethernet1/1"),
            confidence=1.0,
            reason="LLDP",
        )
        for host in hosts
        for leaf in ("leaf-1", "leaf-2")
    ]
    virtual = [*records()[:4], *hosts]

    found = all_facts(virtual=virtual, joins=(*joins(), *wires))
    body = section(network(found), "topology")

    assert "99 hosts of prod" in body
    assert all(block.count(":::") <= LARGEST for block in body.split("```mermaid"))


def test_a_mesh_of_many_layers_is_drawn_without_end_of_ways():
    layers = [[f"l{layer}-{number}" for number in range(6)] for layer in range(7)]
    devices = [
        a_device(1, key=name, name=name, neighbours=()) for layer in layers for name in layer
    ]
    ports = [a_port(device.name, 1) for device in devices]
    wires = tuple(
        Join(
            from_id=asset_id("net", "interface", f"{upper}/Ethernet1/1"),
            type="connected_to",
            to_id=asset_id("net", "interface", f"{lower}/Ethernet1/1"),
            confidence=1.0,
            reason="LLDP",
        )
        for above, below in pairwise(layers)
        for upper in above
        for lower in below
    )
    host = Join(
        from_id=asset_id("vc1", "host", "host-1"),
        type="connected_to",
        to_id=asset_id("net", "interface", "l6-0/Ethernet1/1"),
        confidence=1.0,
        reason="LLDP",
    )

    paths, _ = topology_paths(all_facts(network=[*devices, *ports], joins=(*wires, host)).network)

    assert len(paths) < 64 * len(devices)
    assert {node.label for path in paths for node in path} >= {"l0-0 (R1)", "l6-0 (R1)"}


def test_commands_that_no_template_reads_are_named():
    assert "| leaf-2 | cisco_nxos | show inventory |" in section(network(all_facts()), "raw")
    assert "raw" not in {each.key for each in network(all_facts(network=[a_device()])).sections}


def test_hostile_words_are_inert():
    bad = "x|y <script>alert(1)</script> {{7*7}} [a](javascript:alert(1)) ``` \n# h"
    hostile = [
        a_device(
            1,
            name=bad,
            site=bad,
            rack=bad,
            model=bad,
            running_config=bad,
            neighbours=(Neighbour(interface=bad, protocol="lldp", system_name=bad),),
            routing_peers=(RoutingPeer(protocol=bad, address=bad, state=bad),),
        ),
        a_port("leaf-1", 1, name=bad, description=bad, trunk_vlans=bad, vrf=bad),
        Vlan(key="v", name=bad, vlan_id=7, site=bad, gateways=((bad, bad, bad),)),
    ]
    found = all_facts(network=hostile)

    text = text_of(network(found), found)

    assert "<script" not in text
    assert "](javascript:" not in text
    assert "{{" not in text
    assert "\n# h" not in text
