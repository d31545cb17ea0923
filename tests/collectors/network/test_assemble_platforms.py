"""What EOS, Junos and FRR say, into records; outputs of our own making."""

from datetime import UTC, datetime

import pytest

from models.kinds.device import IpRoute, MacEntry, RoutingPeer
from models.kinds.interface import InterfaceState
from tests.collectors.network.assembling import FRR, ports, read

EOS_INTERFACES = """Ethernet1 is up, line protocol is up (connected)
  Hardware is Ethernet, address is 985d.8291.0001 (bia 985d.8291.0001)
  Description: server
  Ethernet MTU 9214 bytes, BW 25000000 kbit
  Full-duplex, 25Gb/s, auto negotiation: off, uni-link: n/a
  Up 3 days, 2 hours, 1 minute, 5 seconds
  5 minutes input rate 1.20 kbps (0.0% with framing overhead), 1 packets/sec
  5 minutes output rate 2.5 Mbps (0.0% with framing overhead), 9 packets/sec
     9 input errors, 4 CRC, 0 alignment, 0 symbol, 0 input discards
     2 output errors, 0 collisions
"""


def test_what_eos_leaves_out_of_its_configuration_is_its_default():
    config = "interface Ethernet1\n   description server\n"
    reading = read("arista_eos", {"show interfaces": EOS_INTERFACES, "show running-config": config})

    found = ports(reading)["Ethernet1"]
    assert (found.mode, found.access_vlan_id) == ("access", 1)
    assert (found.speed_mbps, found.duplex, found.mtu) == (25000, "full", 9214)
    assert (found.input_errors, found.crc_errors, found.output_errors) == (9, 4, 2)
    assert (found.input_rate_bps, found.output_rate_bps) == (1200, 2_500_000)
    assert found.last_change == datetime(2026, 2, 27, 9, 58, 55, tzinfo=UTC)


JUNOS = {
    "show interfaces": """Physical interface: xe-0/0/1, Enabled, Physical link is Up
  Interface index: 650, SNMP ifIndex: 511
  Description: to server
  Link-level type: Ethernet, MTU: 9216, LAN-PHY mode, Speed: 10Gbps, BPDU Error: None,
  Current address: 40:de:ad:00:00:01, Hardware address: 40:de:ad:00:00:01
  Last flapped   : 2026-03-01 12:00:00 UTC (1d 00:00 ago)
  Input rate     : 1000 bps (1 pps)
  Output rate    : 2000 bps (2 pps)

  Logical interface xe-0/0/1.0 (Index 555) (SNMP ifIndex 512)
    Flags: Up SNMP-Traps 0x0 Encapsulation: Ethernet-Bridge
    Protocol eth-switch, MTU: 9216

Physical interface: irb, Enabled, Physical link is Up
  Link-level type: Ethernet, MTU: 1514

  Logical interface irb.10 (Index 557)
    Flags: Up SNMP-Traps 0x4004000 Encapsulation: ENET2
    Protocol inet, MTU: 1500
      Addresses, Flags: Is-Preferred Is-Primary
        Destination: 10.0.10/24, Local: 10.0.10.2, Broadcast: 10.0.10.255

Physical interface: xe-0/0/2, Administratively down, Physical link is Down
  Link-level type: Ethernet, MTU: 1514, Speed: Auto

  Logical interface xe-0/0/2.100 (Index 559)
    Flags: Device-Down SNMP-Traps 0x4000 VLAN-Tag [ 0x8100.100 ] Encapsulation: ENET2
""",
    "show configuration": """## Last commit: 2026-03-01 10:00:00 UTC by root
system {
    services { ssh; telnet; }
    syslog { host 10.0.0.14 { any notice; } }
    ntp { server 10.0.0.123; }
}
snmp { community private { authorization read-only; } }
interfaces {
    xe-0/0/1 {
        description "to server";
        unit 0 { family ethernet-switching { interface-mode trunk; vlan { members [ users v20 ]; } } }
    }
    xe-0/0/2 { disable; ether-options { 802.3ad ae3; } }
    irb { unit 10 { family inet { address 10.0.10.2/24; } } }
}
vlans {
    users { vlan-id 10; l3-interface irb.10; }
    v20 { vlan-id 20; }
}
""",
    "show ethernet-switching table": """MAC flags (S - static MAC, D - dynamic MAC)
Ethernet switching table : 1 entries, 1 learned
Routing instance : default-switch
   Vlan                MAC                 MAC      Age    Logical
   name                address             flags           interface
   users               00:50:56:9a:00:01   D          -   xe-0/0/1.0
""",
    "show route": """inet.0: 2 destinations, 2 routes (2 active, 0 holddown, 0 hidden)
+ = Active Route, - = Last Active, * = Both

0.0.0.0/0          *[Static/5] 1w2d 03:04:05
                    >  to 10.0.10.1 via irb.10
10.0.10.0/24       *[Direct/0] 1w2d 03:04:05
                    >  via irb.10

MGMT.inet.0: 1 destinations, 1 routes (1 active, 0 holddown, 0 hidden)

192.0.2.0/24       *[BGP/170] 2d 01:00:00, localpref 100
                      AS path: 65001 I, validation-state: unverified
                    >  to 192.0.2.254 via em0.0
""",
}


@pytest.mark.parametrize("form", ["braces", "set"])
def test_a_junos_switch_is_read_whole(form):
    outputs = dict(JUNOS)
    if form == "set":
        outputs["show configuration"] = """set system services telnet
set system syslog host 10.0.0.14 any notice
set system ntp server 10.0.0.123
set snmp community private authorization read-only
set interfaces xe-0/0/1 description "to server"
set interfaces xe-0/0/1 unit 0 family ethernet-switching interface-mode trunk
set interfaces xe-0/0/1 unit 0 family ethernet-switching vlan members users
set interfaces xe-0/0/1 unit 0 family ethernet-switching vlan members v20
set interfaces xe-0/0/2 disable
set interfaces xe-0/0/2 ether-options 802.3ad ae3
set interfaces irb unit 10 family inet address 10.0.10.2/24
set vlans users vlan-id 10
set vlans users l3-interface irb.10
set vlans v20 vlan-id 20
"""
    reading = read("juniper_junos", outputs)

    found = ports(reading)
    server = found["xe-0/0/1"]
    assert (server.mode, server.trunk_vlans) == ("trunk", "10,20")
    assert (server.speed_mbps, server.mtu, server.mac) == (10000, 9216, "40:de:ad:00:00:01")
    assert server.last_change == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert (found["xe-0/0/2"].admin_up, found["xe-0/0/2"].port_channel) == (False, "ae3")
    assert found["irb.10"].ip_addresses == ("10.0.10.2/24",)
    assert found["irb.10"].state is InterfaceState.UP
    assert found["xe-0/0/2.100"].state is InterfaceState.DOWN
    device = reading.device
    assert device.telnet_enabled
    assert device.default_community
    assert (device.ntp_servers, device.syslog_servers) == (("10.0.0.123",), ("10.0.0.14",))
    assert device.config_saved is True
    assert device.mac_table == (
        MacEntry(mac="00:50:56:9a:00:01", interface="xe-0/0/1", vlan_id=10),
    )
    assert device.routes == (
        IpRoute(prefix="0.0.0.0/0", protocol="static", next_hop="10.0.10.1", interface="irb.10"),
        IpRoute(prefix="10.0.10.0/24", protocol="connected", interface="irb.10"),
        IpRoute(
            prefix="192.0.2.0/24",
            protocol="bgp",
            next_hop="192.0.2.254",
            interface="em0",
            vrf="MGMT",
        ),
    )
    assert reading.vlans.names == {10: "users", 20: "v20"}
    assert reading.vlans.gateways == ((10, "irb.10", "10.0.10.2/24"),)


def test_an_frr_router_is_read_from_its_json():
    reading = read("frr", FRR)

    device = reading.device
    assert (device.os_version, device.vendor) == ("8.4.4", "FRRouting")
    assert device.routing_peers == (
        RoutingPeer(protocol="bgp", address="10.0.0.0", state="down", asn=65002),
        RoutingPeer(protocol="ospf", address="10.0.0.0", state="established", interface="eth0"),
    )
    assert [route.prefix for route in device.routes] == ["10.0.0.0/31", "10.9.0.0/16"]
    port = ports(reading)["eth0"]
    assert (port.state, port.speed_mbps) == (InterfaceState.DOWN, None)
    assert (device.config_saved, device.ntp_servers) == (None, None)
    assert "abc" not in device.running_config


@pytest.mark.parametrize("text", ["not json", "[]", '{"eth0": {"ipAddresses": 7}}'])
def test_json_that_is_none_is_kept_as_text(text):
    reading = read("frr", {**FRR, "show interface json": text})

    assert reading.interfaces == ()
    assert [raw.text for raw in reading.device.raw_outputs] == [text]
    assert ("interface", "*") in {(lack.kind, lack.field) for lack in reading.lacks}
