"""One device's answers, given as text, into a reading."""

from datetime import UTC, datetime

from collectors.network.answers import Transcript, judge
from collectors.network.assemble import assemble
from collectors.network.commands import QUESTIONS
from collectors.network.devices import Target

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
