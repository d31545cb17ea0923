"""One device's answers into its records: outputs of our own making, platform by platform."""

import json
from datetime import UTC, datetime

import pytest

from collectors.network.answers import Transcript, judge
from collectors.network.assemble import assemble
from collectors.network.commands import QUESTIONS
from collectors.network.devices import Target
from models.errors import UnexpectedReply
from models.kinds.device import ArpEntry, IpRoute, MacEntry, Module, RoutingPeer
from models.kinds.interface import InterfaceState

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def read(platform, outputs, known=(), site="fra1"):
    transcript = Transcript()
    for question in QUESTIONS[platform]:
        for command in question.commands:
            if command.text in outputs and question.subject not in transcript.answers:
                answer = judge(question, command, outputs[command.text])
                transcript.answers[question.subject] = answer
    target = Target(
        name="sw1", address="192.0.2.1", platform=platform, username="reader", site=site
    )
    return assemble(target, transcript, known=frozenset(known), now=NOW)


def ports(reading):
    return {one.name: one for one in reading.interfaces}


IOS = {
    "show version": """Cisco IOS Software, C3750E Software (C3750E-UNIVERSALK9-M), Version 15.2(4)E8, RELEASE SOFTWARE (fc3)
sw1 uptime is 1 week, 2 days, 3 hours, 4 minutes
System image file is "flash:/c3750e-universalk9-mz.152-4.E8.bin"
cisco WS-C3750X-24 (PowerPC405) processor (revision W0) with 262144K bytes of memory.
Processor board ID FDO1616V1HN
Base ethernet MAC Address       : 00:1A:2B:3C:4D:00
""",
    "show inventory": """NAME: "1", DESCR: "WS-C3750X-24"
PID: WS-C3750X-24      , VID: V02  , SN: FDO1616V1HN

NAME: "Switch 1 - Fan 1", DESCR: "Fan"
PID:                   , VID:      , SN:

""",
    "show interfaces": """GigabitEthernet1/0/1 is up, line protocol is up (connected)
  Hardware is Gigabit Ethernet, address is 001a.2b3c.4d01 (bia 001a.2b3c.4d01)
  Description: esx01 password hunter2
  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,
  Full-duplex, 1000Mb/s, media type is 10/100/1000BaseTX
  5 minute input rate 2000 bits/sec, 2 packets/sec
  5 minute output rate 3000 bits/sec, 3 packets/sec
     7 input errors, 5 CRC, 0 frame, 0 overrun, 0 ignored
     1 output errors, 0 collisions, 2 interface resets
GigabitEthernet1/0/2 is down, line protocol is down (err-disabled)
  Hardware is Gigabit Ethernet, address is 001a.2b3c.4d02 (bia 001a.2b3c.4d02)
  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,
Vlan10 is up, line protocol is up
  Hardware is EtherSVI, address is 001a.2b3c.4d40 (bia 001a.2b3c.4d40)
  Internet address is 10.0.10.1/24
  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,
""",
    "show interfaces status err-disabled": """
Port      Name               Status       Reason               Err-disabled Vlans
Gi1/0/2                      err-disabled bpduguard
""",
    "show interfaces switchport": """Name: Gi1/0/1
Switchport: Enabled
Administrative Mode: trunk
Operational Mode: trunk
Access Mode VLAN: 1 (default)
Trunking Native Mode VLAN: 99 (native)
Trunking VLANs Enabled: 10-12,20

Name: Gi1/0/2
Switchport: Enabled
Administrative Mode: static access
Operational Mode: down
Access Mode VLAN: 10 (users)
Trunking Native Mode VLAN: 1 (default)
Trunking VLANs Enabled: ALL

""",
    "show vlan": """
VLAN Name                             Status    Ports
---- -------------------------------- --------- -------------------------------
1    default                          active
10   users                            active    Gi1/0/2
1002 fddi-default                     act/unsup
""",
    "show ip arp": """Protocol  Address          Age (min)  Hardware Addr   Type   Interface
Internet  10.0.10.1               -   001a.2b3c.4d40  ARPA   Vlan10
Internet  10.0.10.9               3   0050.569a.0001  ARPA   Vlan10
Internet  10.0.10.8               0   Incomplete      ARPA
""",
    "show mac address-table": """          Mac Address Table
-------------------------------------------

Vlan    Mac Address       Type        Ports
----    -----------       --------    -----
 All    0100.0ccc.cccc    STATIC      CPU
  10    0050.569a.0001    DYNAMIC     Gi1/0/2
  10    0050.569a.0002    DYNAMIC     Gi1/0/1
Total Mac Addresses for this criterion: 3
""",
    "show cdp neighbors detail": """-------------------------
Device ID: core1.example.net
Entry address(es):
  IP address: 10.0.0.2
Platform: cisco WS-C6509,  Capabilities: Router Switch IGMP
Interface: GigabitEthernet1/0/1,  Port ID (outgoing port): TenGigabitEthernet1/1
Holdtime : 140 sec

Version :
Cisco IOS Software, Version 15.1

advertisement version: 2
""",
    "show ip route": """Codes: L - local, C - connected, S - static, O - OSPF, i - IS-IS, L1 - IS-IS level-1
Gateway of last resort is 10.0.10.254 to network 0.0.0.0

S*    0.0.0.0/0 [1/0] via 10.0.10.254
      10.0.0.0/8 is variably subnetted, 2 subnets, 2 masks
C        10.0.10.0/24 is directly connected, Vlan10
L        10.0.10.1/32 is directly connected, Vlan10
""",
    "show ip bgp summary": "% BGP not active\n",
    "show ip ospf neighbor": """
Neighbor ID     Pri   State           Dead Time   Address         Interface
10.0.0.2          1   FULL/DR         00:00:33    10.0.10.2       Vlan10
""",
    "show running-config": """Building configuration...

hostname sw1
interface GigabitEthernet1/0/1
 switchport mode trunk
 channel-group 1 mode active
interface Vlan10
 vrf forwarding USERS
 ip address 10.0.10.1 255.255.255.0
 ip address 10.0.11.1 255.255.255.0 secondary
snmp-server community public RO
logging host 10.0.0.14
ntp server 10.0.0.123
line vty 0 4
 transport input telnet ssh
end
""",
}


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


FRR = {
    "show version": "FRRouting 8.4.4 (border-1) on Linux(5.10.0).\n",
    "show interface json": """{"eth0": {"administrativeStatus": "up", "operationalStatus": "down",
 "vrfName": "default", "mtu": 1500, "speed": 4294967295, "type": "Ethernet",
 "hardwareAddress": "3c:ec:ef:00:00:01", "ipAddresses": [{"address": "10.0.0.1/31"}]}}""",
    "show ip route json": """{"10.0.0.0/31": [{"prefix": "10.0.0.0/31", "protocol": "connected",
 "selected": true, "vrfName": "default", "nexthops": [{"interfaceName": "eth0"}]}],
 "10.9.0.0/16": [{"protocol": "bgp", "selected": true, "nexthops": [{"ip": "10.0.0.0"}]},
 {"protocol": "ospf", "nexthops": [{"ip": "10.0.0.4"}], "selected": false}]}""",
    "show bgp summary json": """{"ipv4Unicast": {"as": 65001, "vrfName": "default", "peers":
 {"10.0.0.0": {"remoteAs": 65002, "state": "Active"}}}}""",
    "show ip ospf neighbor json": """{"neighbors": {"1.1.1.1": [{"nbrState": "Full/DR",
 "ifaceAddress": "10.0.0.0", "ifaceName": "eth0:10.0.0.1"}]}}""",
    "show running-config": "frr version 8.4.4\nrouter bgp 65001\n neighbor 10.0.0.0 password abc\n",
}


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


@pytest.mark.parametrize(
    ("platform", "running", "other", "saved"),
    [
        ("cisco_ios", "hostname a\nend\n", "Using 9 out of 99 bytes\nhostname a\nend\n", True),
        ("cisco_ios", "hostname a\nend\n", "hostname b\nend\n", False),
        ("cisco_ios", "username a password 7 0201\n", "username a password 7 1302\n", True),
        ("cisco_ios", "hostname a\n", "startup-config is not present\n", False),
        (
            "cisco_ios",
            "Current configuration : 9 bytes\n! Last configuration change at 10:00\nhostname a\n"
            "crypto pki certificate chain TP-1\n certificate self-signed 01\n"
            "  30820330 30820218 A0030201 02020101 300D0609 2A864886 F70D0101 05050030\n"
            "  31312F30 2D060355\n  \tquit\nntp clock-period 17179860\nend\n",
            "Using 9 out of 99 bytes, uncompressed size = 200 bytes\nhostname a \n"
            "crypto pki certificate chain TP-1\n"
            " certificate self-signed 01 nvram:IOS-Self-Sig#1.cer\n"
            "ntp clock-period 17179999\nend\n",
            True,
        ),
        (
            "cisco_ios",
            "crypto pki certificate chain TP-1\n certificate ca 01\n  3082\n  \tquit\nhostname a\n",
            "crypto pki certificate chain TP-1\n certificate ca 01 nvram:a.cer\nhostname b\n",
            False,
        ),
        ("cisco_nxos", "hostname a\n", "", True),
        ("cisco_nxos", "hostname a\n", "!Command: show running-config diff\n!Time: Mon\n", True),
        (
            "cisco_nxos",
            "hostname a\n",
            "*** Startup-config\n--- Running-config\n! hostname b\n",
            False,
        ),
        ("arista_eos", "hostname a\n", "", True),
        (
            "arista_eos",
            "hostname a\n",
            "--- flash:/startup-config\n+++ system:/running-config\n@@ -1 +1 @@\n-hostname b\n+hostname a\n",
            False,
        ),
    ],
)
def test_whether_a_configuration_is_saved(platform, running, other, saved):
    command = {
        "cisco_ios": "show startup-config",
        "cisco_nxos": "show running-config diff",
        "arista_eos": "show running-config diffs",
    }[platform]

    outputs = {"show vlan": "", "show running-config": running, command: other}
    device = read(platform, outputs).device

    assert device.config_saved is saved


@pytest.mark.parametrize(
    ("changed", "stored", "saved"),
    [
        ("10:00:00 UTC Mon Mar 2 2026", "10:00:05 UTC Mon Mar 2 2026", True),
        ("10:00:00 UTC Mon Mar 2 2026", "23:00:00 UTC Sun Mar 1 2026", False),
        ("10:00:00 UTC Mon Mar 2 2026", "10:00:00 CET Mon Mar 2 2026", None),
    ],
)
def test_where_the_startup_configuration_may_not_be_shown_two_times_tell(changed, stored, saved):
    head = (
        f"! Last configuration change at {changed} by admin\n"
        f"! NVRAM config last updated at {stored} by admin\nhostname a\n"
    )
    denied = "% Authorization failed.\n"

    reading = read(
        "cisco_ios",
        {"show vlan": "", "show running-config": head, "show startup-config": denied},
    )

    assert reading.device.config_saved is saved


def test_of_many_routes_the_device_s_own_are_all_kept_and_others_as_they_fit():
    own = "".join(
        f"10.{n // 250}.{n % 250}.0/24 *[Direct/0] 1d\n                > via irb.10\n"
        for n in range(400)
    )
    others = "".join(
        f"172.16.{n % 250}.{n // 250}/32 *[BGP/170] 1d\n                > to 10.0.0.1 via irb.10\n"
        for n in range(600)
    )
    text = "inet.0: 1000 destinations, 1000 routes\n\n" + own + others

    device = read("juniper_junos", {"show route": text}).device

    assert device.route_count == 1000
    assert len(device.routes) == 500
    assert sum(route.protocol == "connected" for route in device.routes) == 400


def test_a_space_that_slipped_before_a_line_does_not_cost_the_table():
    arp = "MAC Address       Address         Interface     Flags\n 00:50:56:9a:00:01 10.0.10.9    irb.10    none\n\n{master:0}\n"

    device = read("juniper_junos", {"show arp no-resolve": arp}).device

    assert device.arp == (
        ArpEntry(ip_address="10.0.10.9", mac="00:50:56:9a:00:01", interface="irb.10"),
    )


def test_a_device_of_which_only_a_text_is_there_for_a_configuration_is_no_device():
    with pytest.raises(UnexpectedReply):
        read("cisco_ios", {"show running-config": "lorem 1", "show startup-config": "lorem 1"})


def test_a_device_that_says_nothing_we_understand_is_no_device():
    with pytest.raises(UnexpectedReply, match="none of its answers"):
        read("cisco_ios", {"show version": "4711 lorem\n", "show vlan": "0815 ipsum\n"})


def test_the_device_does_not_know_a_command_of_a_feature_that_is_off():
    invalid = "                ^\n% Invalid command at '^' marker.\n"
    config = "hostname a\nfeature lldp\n"
    outputs = {
        "show version": "Cisco Nexus\n  NXOS: version 10.2(5)\n  Reason: reload\n",
        "show running-config": config,
        "show ip bgp summary": invalid,
        "show ip ospf neighbor": invalid,
    }

    without = read("cisco_nxos", outputs)
    with_bgp = read("cisco_nxos", {**outputs, "show running-config": config + "feature bgp\n"})

    assert without.device.routing_peers == ()
    assert without.lacks == ()
    assert with_bgp.device.routing_peers == ()


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Idle", "down"),
        ("Active", "down"),
        ("Connect", "down"),
        ("OpenSent", "down"),
        ("OpenConfirm", "down"),
        ("Idle (Admin)", "idle (admin)"),
        ("Established", "established"),
        ("Clean", "clean"),
        (5, "unknown"),
    ],
)
def test_a_bgp_peer_that_tries_again_and_again_is_down_all_the_time(word, state):
    text = json.dumps({"ipv4Unicast": {"peers": {"10.0.0.0": {"remoteAs": 1, "state": word}}}})

    (peer,) = read(
        "frr", {**FRR, "show bgp summary json": text, "show ip ospf neighbor json": "{}"}
    ).device.routing_peers

    assert (peer.protocol, peer.state) == ("bgp", state)


@pytest.mark.parametrize(
    ("word", "state"), [("12", "established"), ("Idle", "down"), ("Idle (Admin)", "idle (admin)")]
)
def test_a_bgp_summary_gives_prefixes_or_a_state(word, state):
    text = f"""BGP router identifier 10.0.0.1, local AS number 65001
Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
10.0.0.2        4        65002     100     100        5    0    0 01:00:00 {word}
"""

    peers = read("cisco_ios", {**IOS, "show ip bgp summary": text}).device.routing_peers

    assert [peer.state for peer in peers if peer.protocol == "bgp"] == [state]


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("FULL/BDR", "established"),
        ("2WAY/DROTHER", "2way"),
        ("INIT/DROTHER", "forming"),
        ("EXSTART/DR", "forming"),
        ("EXCHANGE/  -", "forming"),
        ("LOADING/DR", "forming"),
        ("DOWN/DROTHER", "down"),
    ],
)
def test_an_ospf_neighbour_on_its_way_is_forming(word, state):
    text = IOS["show ip ospf neighbor"].replace("FULL/DR ", word)

    (peer,) = read("cisco_ios", {**IOS, "show ip ospf neighbor": text}).device.routing_peers

    assert (peer.protocol, peer.state) == ("ospf", state)
