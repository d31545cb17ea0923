"""One device's answers into its records: outputs of our own making, platform by platform."""

from datetime import UTC, datetime

import pytest

from models.kinds.device import ArpEntry, IpRoute, MacEntry, Module, RoutingPeer
from models.kinds.interface import InterfaceState
from tests.collectors.network.assembling import IOS, ports, read


def test_an_ios_switch_is_read_whole():
    reading = read("cisco_ios", IOS)

    device = reading.device
    assert (device.model, device.serial_number) == ("WS-C3750X-24", "FDO1616V1HN")
    assert device.os_version == "15.2(4)E8"
    assert device.base_mac == "00:1a:2b:3c:4d:00"
    assert device.uptime_seconds == ((9 * 24 + 3) * 60 + 4) * 60
    assert device.booted_at == datetime(2026, 2, 21, 8, 56, tzinfo=UTC)
    assert device.modules == (
        Module(
            name="1",
            description="WS-C3750X-24",
            part_number="WS-C3750X-24",
            serial_number="FDO1616V1HN",
        ),
    )
    assert device.arp == (
        ArpEntry(ip_address="10.0.10.1", mac="00:1a:2b:3c:4d:40", interface="Vlan10"),
        ArpEntry(ip_address="10.0.10.9", mac="00:50:56:9a:00:01", interface="Vlan10"),
    )
    assert device.routes == (
        IpRoute(prefix="0.0.0.0/0", protocol="static", next_hop="10.0.10.254"),
        IpRoute(prefix="10.0.10.0/24", protocol="connected", interface="Vlan10"),
        IpRoute(prefix="10.0.10.1/32", protocol="local", interface="Vlan10"),
    )
    assert device.routing_peers == (
        RoutingPeer(protocol="ospf", address="10.0.10.2", state="established", interface="Vlan10"),
    )
    assert device.ntp_servers == ("10.0.0.123",)
    assert device.syslog_servers == ("10.0.0.14",)
    assert device.telnet_enabled is True
    assert device.default_community is True
    assert "public" not in device.running_config
    assert reading.lacks == ()


def test_ports_of_an_ios_switch_say_what_runs_and_what_is_set():
    found = ports(read("cisco_ios", IOS))

    trunk = found["GigabitEthernet1/0/1"]
    assert (trunk.admin_up, trunk.state) == (True, InterfaceState.UP)
    assert (trunk.speed_mbps, trunk.duplex, trunk.mtu) == (1000, "full", 1500)
    assert (trunk.mode, trunk.native_vlan_id, trunk.trunk_vlans) == ("trunk", 99, "10-12,20")
    assert trunk.access_vlan_id is None
    assert trunk.port_channel == "Port-channel1"
    assert trunk.description == "esx01 password <removed>"
    assert (trunk.input_errors, trunk.crc_errors, trunk.output_errors) == (7, 5, 1)
    assert (trunk.input_rate_bps, trunk.output_rate_bps) == (2000, 3000)
    shut = found["GigabitEthernet1/0/2"]
    assert shut.state is InterfaceState.ERR_DISABLED
    assert shut.err_disabled_reason == "bpduguard"
    assert (shut.mode, shut.access_vlan_id, shut.vlan) == ("access", 10, "fra1/10")
    svi = found["Vlan10"]
    assert svi.ip_addresses == ("10.0.10.1/24", "10.0.11.1/24")
    assert (svi.mode, svi.vrf) == ("routed", "USERS")


def test_vlans_that_no_switch_carries_are_left_out_and_gateways_named():
    vlans = read("cisco_ios", IOS).vlans

    assert vlans.names == {1: "default", 10: "users"}
    assert vlans.gateways == ((10, "Vlan10", "10.0.10.1/24"), (10, "Vlan10", "10.0.11.1/24"))


def test_macs_behind_another_device_are_only_counted():
    device = read("cisco_ios", IOS).device

    assert device.mac_count == 2
    assert device.mac_table == (
        MacEntry(mac="00:50:56:9a:00:01", interface="GigabitEthernet1/0/2", vlan_id=10),
    )


NXOS_LLDP = """Capability codes:
  (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device
Chassis id: 0050.5600.0001
Port id: 0050.5600.0001
Local Port id: Eth1/1
Port Description: vmnic3
System Name: {name}
System Description: {description}
Time remaining: 100 seconds
System Capabilities: B, R
Enabled Capabilities: {able}
Management Address: 10.0.0.9
Vlan ID: not advertised

Total entries displayed: 1
"""


NXOS_MACS = """Legend:
   VLAN     MAC Address      Type      age     Secure NTFY Ports
---------+-----------------+--------+---------+------+----+------------------
*   10     0050.569a.0001   dynamic  0         F      F    Eth1/1
G    -     4ce1.7656.0001   static   -         F      F    sup-eth1(R)
"""


@pytest.mark.parametrize(
    ("name", "description", "able", "kept"),
    [
        ("esx01", "VMware ESXi 8.0", "B", 1),  # a hypervisor bridges, and is the edge all the same
        ("sw9", "Some Switch OS 1.0", "B, R", 0),
        ("sw9", "Some Switch OS 1.0", "not advertised", 0),
        ("node7", "Debian GNU/Linux", "B, R", 1),
        ("phone", "desk telephone", "B, T", 1),
        ("printer", "office printer", "not advertised", 1),
        ("core1.example.net", "Debian GNU/Linux", "R", 0),  # one of our own devices
    ],
)
def test_what_a_neighbour_is_decides_whether_its_port_is_the_edge(name, description, able, kept):
    lldp = NXOS_LLDP.format(name=name, description=description, able=able)
    outputs = {"show lldp neighbors detail": lldp, "show mac address-table": NXOS_MACS}

    device = read("cisco_nxos", outputs, known={"core1"}).device

    assert (device.mac_count, len(device.mac_table)) == (1, kept)
    (neighbour,) = device.neighbours
    assert neighbour.interface == "Ethernet1/1"
    assert neighbour.port_description == "vmnic3"
    assert neighbour.chassis_id == "00:50:56:00:00:01"


def test_the_other_ports_of_a_bundle_to_a_device_are_no_edge_either():
    lldp = NXOS_LLDP.format(name="sw9", description="Some Switch OS", able="B")
    config = "interface Ethernet1/1\n  channel-group 7 mode active\n"
    brief = "Eth1/1 x\n"
    interface = """Ethernet1/1 is up
admin state is up, Dedicated Interface
  Hardware: 1000/10000 Ethernet, address: 4ce1.7656.0002 (bia 4ce1.7656.0002)
  MTU 1500 bytes, BW 10000000 Kbit, DLY 10 usec
"""
    outputs = {
        "show lldp neighbors detail": lldp,
        "show mac address-table": NXOS_MACS.replace("Eth1/1", "Po7"),
        "show running-config": config,
        "show interface": interface,
        "show interface status": brief,
    }

    device = read("cisco_nxos", outputs).device

    assert (device.mac_count, device.mac_table) == (1, ())


def test_a_switch_that_knows_only_the_brief_list_is_covered_by_it():
    brief = """
--------------------------------------------------------------------------------
Ethernet      VLAN    Type Mode   Status  Reason                   Speed     Port
Interface                                                                    Ch #
--------------------------------------------------------------------------------
Eth1/1        10      eth  access up      none                        10G(D) --
Eth1/2        --      eth  routed down    Administratively down        auto(D) --
Eth1/3        1       eth  trunk  up      none                        10G(D) 7
"""
    reading = read("cisco_nxos", {"show interface brief": brief})

    found = ports(reading)
    assert found["Ethernet1/1"].state is InterfaceState.UP
    assert (found["Ethernet1/1"].speed_mbps, found["Ethernet1/1"].access_vlan_id) == (10000, 10)
    assert (found["Ethernet1/2"].admin_up, found["Ethernet1/2"].mode) == (False, "routed")
    assert found["Ethernet1/3"].port_channel == "port-channel7"
    assert [lack.field for lack in reading.lacks] == []
