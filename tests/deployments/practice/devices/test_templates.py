"""What the devices print is what ntc-templates read: the right records, field by field."""

import json

import pytest

from deployments.practice.devices.model import BUNDLE
from deployments.practice.devices.view import dotted, ranges

EOS, NXOS, IOS = "sw-fra1-r01-a", "sw-ber1-r01-a", "sw-fra1-mgmt"
JUNOS, FRR = "sw-fra1-core-a", "rt-fra1-border"

# Every command that has a template; the records that a whole reading gives, where that is fixed.
WITH_TEMPLATE = {
    "cisco_ios": (
        "show version",
        "show inventory",
        "show interfaces",
        "show interfaces status",
        "show interfaces switchport",
        "show vlan",
        "show vlan brief",
        "show etherchannel summary",
        "show lldp neighbors",
        "show lldp neighbors detail",
        "show ip arp",
        "show arp",
        "show mac address-table",
        "show ip route",
        "show ip route vrf *",
    ),
    "cisco_nxos": (
        "show version",
        "show inventory",
        "show interface",
        "show interface status",
        "show interface switchport",
        "show vlan",
        "show port-channel summary",
        "show lldp neighbors",
        "show lldp neighbors detail",
        "show cdp neighbors detail",
        "show ip arp",
        "show ip arp detail vrf all",
        "show mac address-table",
        "show ip route",
        "show ip route vrf all",
        "show ip bgp summary",
        "show ip bgp summary vrf all",
    ),
    "arista_eos": (
        "show version",
        "show inventory",
        "show interfaces",
        "show interfaces status",
        "show vlan",
        "show port-channel summary",
        "show lldp neighbors",
        "show lldp neighbors detail",
        "show ip arp",
        "show ip arp vrf all",
        "show mac address-table",
        "show ip route",
        "show ip route vrf all",
        "show ip bgp summary",
        "show ip bgp summary vrf all",
    ),
    "juniper_junos": (
        "show version",
        "show chassis hardware",
        "show interfaces",
        "show vlans",
        "show ethernet-switching interfaces",
        "show lacp interfaces",
        "show lldp neighbors",
        "show arp no-resolve",
        "show ethernet-switching table",
        "show bgp summary",
        "show system uptime",
    ),
}
CASES = [(platform, command) for platform, some in WITH_TEMPLATE.items() for command in some]


@pytest.mark.parametrize(("platform", "command"), CASES)
def test_every_device_of_a_platform_prints_what_its_template_reads(network, platform, command):
    for name in network.names(platform):
        assert network.parsed(name, command)


def test_the_versions_are_those_of_the_site(network):
    ios = network.parsed(IOS, "show version")[0]
    device = network.device(IOS)
    assert (ios["hostname"], ios["version"]) == (IOS, device.software.replace(".0", "."))
    assert (ios["hardware"], ios["serial"]) == ([device.model], [device.serial])
    assert ios["mac_address"] == [device.mac]
    nxos, device = network.parsed(NXOS, "show version")[0], network.device(NXOS)
    assert (nxos["hostname"], nxos["os"], nxos["serial"]) == (NXOS, device.software, device.serial)
    assert nxos["platform"] == device.model.removeprefix("N9K-")
    eos, device = network.parsed(EOS, "show version")[0], network.device(EOS)
    assert (eos["image"], eos["serial_number"]) == (device.software, device.serial)
    assert (eos["model"], eos["sys_mac"]) == (f"{device.model}-F", dotted(device.mac))
    junos, device = network.parsed(JUNOS, "show version")[0], network.device(JUNOS)
    assert (junos["hostname"], junos["model"]) == (JUNOS, device.model)
    assert junos["junos_version"].startswith(device.software)


@pytest.mark.parametrize("name", [EOS, NXOS, IOS, JUNOS])
def test_the_inventory_begins_with_the_chassis(network, name):
    command = "show chassis hardware" if name == JUNOS else "show inventory"
    first = network.parsed(name, command)[0]
    assert first.get("sn") or first["chassis_serial_number"] == network.device(name).serial


@pytest.mark.parametrize(
    ("name", "command"),
    [(EOS, "show interfaces"), (NXOS, "show interface"), (IOS, "show interfaces")],
)
def test_each_interface_is_one_record_with_its_state_and_size(network, name, command):
    device = network.device(name)
    records = {one["interface"]: one for one in network.parsed(name, command)}
    assert list(records) == list(device.ports)
    for port in device.ports.values():
        seen = records[port.name]
        assert seen["mtu"] == str(port.mtu)
        assert seen["description"] == port.description
        up = network.lab.network.is_up(device, port)
        assert seen["link_status"].startswith("up") is up


def test_junos_shows_physical_and_logical_interfaces(network):
    device = network.device(JUNOS)
    records = {one["interface"]: one for one in network.parsed(JUNOS, "show interfaces")}
    physical = [name for name in device.ports if not name.startswith("irb.")]
    assert set(physical) | {"irb"} <= set(records)
    assert {name for name in device.ports if name.startswith("irb.")} <= set(records)
    assert records["ae1"]["mtu"] == "9214"
    assert records["et-0/0/0"]["link_status"] == "Up"


@pytest.mark.parametrize(
    ("name", "command", "modes"),
    [
        (NXOS, "show interface switchport", {"access": "access", "trunk": "trunk"}),
        (IOS, "show interfaces switchport", {"access": "static access", "trunk": "trunk"}),
    ],
)
def test_the_trunks_carry_the_vlans_that_they_are_configured_with(network, name, command, modes):
    device = network.device(name)
    records = network.parsed(name, command)
    by_vlans = [ranges(p.vlans) for p in device.of_kind("physical", BUNDLE) if p.mode == "trunk"]
    seen = [one["trunking_vlans"] for one in records if one["mode"].startswith(modes["trunk"])]
    assert [",".join(one) if isinstance(one, list) else one for one in seen]
    assert {",".join(one) if isinstance(one, list) else one for one in seen} <= set(by_vlans)


@pytest.mark.parametrize(
    ("name", "command"), [(EOS, "show vlan"), (NXOS, "show vlan"), (IOS, "show vlan brief")]
)
def test_the_vlans_have_their_names(network, name, command):
    records = network.parsed(name, command)
    found = {int(one["vlan_id"]): one["vlan_name"] for one in records}
    assert found == network.device(name).vlans


def test_junos_names_its_vlans_by_number_and_describes_them(network):
    records = network.parsed(JUNOS, "show vlans")
    assert {one["tag"]: one["vlan_name"] for one in records}["110"] == "Vlan110"
    text = network.text(JUNOS, "show configuration | display set")
    assert "set vlans Vlan110 description prod-web" in text


@pytest.mark.parametrize("name", [EOS, NXOS, IOS])
def test_a_neighbour_is_named_with_its_port_and_chassis(network, name):
    heard = network.lab.network.heard(network.device(name))
    records = network.parsed(name, "show lldp neighbors detail")
    assert [one["neighbor_name"] for one in records] == [one.system_name for one in heard]
    assert [one["chassis_id"] for one in records] == [dotted(one.chassis_id) for one in heard]
    assert [one["mgmt_address"] for one in records] == [one.address for one in heard]
    local = [one["local_interface"] for one in records]
    assert len(set(local)) == len(heard)


def test_junos_hears_the_same_neighbours_in_its_short_table(network):
    records = network.parsed(JUNOS, "show lldp neighbors")
    heard = network.lab.network.heard(network.device(JUNOS))
    assert [(r["neighbor_name"], r["neighbor_interface"]) for r in records] == [
        (one.system_name, one.port_id) for one in heard
    ]
    assert {r["parent_interface"] for r in records} >= {"ae0", "ae1"}


def test_cdp_names_the_cisco_neighbours_only(network):
    records = network.parsed(NXOS, "show cdp neighbors detail")
    assert [one["neighbor_name"] for one in records] == ["sw-ber1-mgmt"]
    assert records[0]["neighbor_interface"].startswith("GigabitEthernet1/0/")
    mgmt = network.parsed("sw-ber1-mgmt", "show cdp neighbors detail")
    assert {one["neighbor_name"] for one in mgmt} == {"sw-ber1-r01-a", "sw-ber1-r01-b"}


@pytest.mark.parametrize(
    ("name", "command", "mac"),
    [
        (EOS, "show mac address-table", "mac_address"),
        (NXOS, "show mac address-table", "mac_address"),
        (IOS, "show mac address-table", "destination_address"),
        (JUNOS, "show ethernet-switching table", "mac_address"),
    ],
)
def test_every_learned_mac_is_a_record(network, name, command, mac):
    learned = network.lab.network.learned(network.device(name))
    records = network.parsed(name, command)
    seen = {one[mac].replace(".", "").replace(":", "") for one in records}
    assert {one.mac.replace(":", "") for one in learned} <= seen
    assert learned


@pytest.mark.parametrize(
    ("name", "command"),
    [(JUNOS, "show arp no-resolve"), (EOS, "show ip arp"), (NXOS, "show ip arp")],
)
def test_every_resolved_address_is_a_record(network, name, command):
    resolved = network.lab.network.resolved(network.device(name))
    records = network.parsed(name, command)
    assert {one["ip_address"] for one in records} >= {one.address for one in resolved}


def test_the_routes_have_their_protocols(network):
    routes = network.parsed(EOS, "show ip route")
    assert {(r["protocol"], f"{r['network']}/{r['prefix_length']}") for r in routes} >= {
        ("S", "0.0.0.0/0"),
        ("C", "10.16.0.0/16"),
    }
    nexus = network.parsed(NXOS, "show ip route")
    assert {one["protocol"] for one in nexus} == {"static", "direct", "local"}
    catalyst = network.parsed(IOS, "show ip route")
    assert {one["protocol"] for one in catalyst} == {"S", "C", "L"}
    assert "*[BGP/170]" in network.text(JUNOS, "show route")


def test_an_established_bgp_session_counts_its_prefixes_and_another_names_its_state(network):
    core = network.device(EOS).peers[0]
    (eos,) = network.parsed(EOS, "show ip bgp summary")
    assert (eos["bgp_neigh"], eos["state"]) == (core.address, "Estab")
    (nexus,) = network.parsed(NXOS, "show ip bgp summary")
    assert nexus["state_pfxrcd"].isdigit()
    network.device(NXOS).peers[0].broken = "Active"
    (nexus,) = network.parsed(NXOS, "show ip bgp summary")
    assert nexus["state_pfxrcd"] == "Active"
    junos = network.parsed(JUNOS, "show bgp summary")
    assert {one["state"] for one in junos} == {"Establ"}


def test_ios_shows_a_bgp_session_once_it_has_one(network):
    assert "not active" in network.text(IOS, "show ip bgp summary")
    network.device(IOS).peers = network.device(EOS).peers
    (record,) = network.parsed(IOS, "show ip bgp summary")
    assert record["bgp_neighbor"] == network.device(EOS).peers[0].address


@pytest.mark.parametrize(
    ("name", "port", "command"),
    [
        (IOS, "GigabitEthernet1/0/40", "show interfaces status err-disabled"),
        (NXOS, "Ethernet1/40", "show interface status err-disabled"),
    ],
)
def test_a_port_that_disabled_itself_says_why(network, name, port, command):
    network.device(name).ports[port].err_disabled = "bpduguard"
    (record,) = network.parsed(name, command)
    assert record["port_error"] == "bpduguard"


def test_eos_says_why_a_port_disabled_itself_in_a_table_that_has_no_template(network):
    (place,) = network.planted["err_disabled"]
    text = network.text(place.split("/")[0], "show interfaces status errdisabled")
    assert "Et48" in text
    assert "bpduguard" in text


def test_frr_speaks_json(network):
    summary = json.loads(network.text(FRR, "show bgp summary json"))["ipv4Unicast"]
    states = {one["desc"]: one["state"] for one in summary["peers"].values()}
    assert states["backup transit"] == "Active"
    assert states["sw-fra1-core-a"] == "Established"
    interfaces = json.loads(network.text(FRR, "show interface json"))
    assert interfaces["eth1"]["operationalStatus"] == "up"
    assert "0.0.0.0/0" in json.loads(network.text(FRR, "show ip route json"))
    assert json.loads(network.text(FRR, "show arp json"))
