"""What each network check must say when one thing of the healthy network is changed.

A case is a sentence, the key of the record that is looked at, the changes by key, the expected
result (None where the check does not concern it), and what else the evaluation is given.
"""

from __future__ import annotations

from typing import Any

from models.kinds.device import ArpEntry, RoutingPeer
from models.kinds.host import PhysicalNic
from models.kinds.interface import InterfaceState
from models.records.asset import Gap
from tests.tasks.inventory.checks.fabric.racks import (
    DOWN,
    device,
    edge,
    gateway,
    heard,
    port,
    trunk,
    vlan,
)
from tests.tasks.inventory.checks.site import ago

Case = tuple[str, str, dict[str, Any], str | None, dict[str, Any]]
UNKNOWN_STATE, ERR = InterfaceState.UNKNOWN, InterfaceState.ERR_DISABLED
UPLINK, SPINE = "leaf-01/Ethernet1/49", "spine-01/Ethernet1/1"
SECOND, EDGE = "leaf-01/Ethernet1/50", "leaf-01/Ethernet1/1"
BUNDLE, FAR_BUNDLE = "leaf-01/port-channel1", "leaf-02/port-channel1"
MEMBER, OTHER_MEMBER = "leaf-01/Ethernet1/47", "leaf-01/Ethernet1/48"
LEAF, PEER = "leaf-01", "leaf-02"
SVI, FAR_SVI = "leaf-01/Vlan10", "leaf-02/Vlan10"
NO_SPINE = Gap(kind="device", field="*", reason="spine-01: timed out after 30 s")
OLD_SPINE = {"gaps": (NO_SPINE,), "last_seen": {"spine-01": ago(1), SPINE: ago(1)}}
SAME = {SVI: {"ip_addresses": ("10.0.10.1/24",)}, FAR_SVI: {"ip_addresses": ("10.0.10.1/24",)}}
HSRP = "interface Vlan10\n  hsrp 10\n    ip 10.0.10.1\ninterface Vlan20\n"
ANYCAST = "interface Vlan10\n  ip address 10.0.10.1/24\n  fabric forwarding mode anycast-gateway\n"
VARP = "interface Vlan10\n   ip address virtual 10.0.10.1/24\n"
OTHER_MAC = ArpEntry(ip_address="10.0.10.50", mac="00:50:56:00:00:99", interface="Vlan10")
NICS = tuple(PhysicalNic(name=f"vmnic{n}", mac=None, speed_mbps=25_000) for n in range(2))


def both(**changes: Any) -> dict[str, Any]:
    return {UPLINK: changes, SPINE: changes}


def arp(mac: str, **more: Any) -> dict[str, Any]:
    return {PEER: {"arp": (ArpEntry(ip_address="10.0.10.50", mac=mac, **more),)}}


def bgp(*states: str) -> dict[str, Any]:
    peers = tuple(
        RoutingPeer(protocol="bgp", address=f"10.1.0.{number}", state=state)
        for number, state in enumerate(states)
    )
    return {LEAF: {"routing_peers": peers}}


def case(
    sentence: str, key: str, changes: dict[str, Any], expected: str | None, **given: Any
) -> Case:
    return sentence, key, changes, expected, given


CASES: dict[str, list[Case]] = {
    "NE-01": [
        case("half at this end", UPLINK, {UPLINK: {"duplex": "half"}}, "warn"),
        case("half at the far end", UPLINK, {SPINE: {"duplex": "half"}}, "warn"),
        case("half toward a host", EDGE, {EDGE: {"duplex": "half"}}, "warn"),
        case("auto at 10 Gbit/s is full", UPLINK, {UPLINK: {"duplex": "auto"}}, "ok"),
        case(
            "auto at 1 Gbit/s", UPLINK, {UPLINK: {"duplex": "auto", "speed_mbps": 1000}}, "unknown"
        ),
        case("not said", UPLINK, {UPLINK: {"duplex": None}}, "unknown"),
        case("not said by the far end", UPLINK, {SPINE: {"duplex": None}}, "unknown"),
        case("a far end that was not read", UPLINK, {}, "unknown", **OLD_SPINE),
        case("of a port that is down", UPLINK, {UPLINK: {"duplex": "half", "state": DOWN}}, None),
        case("of a port without a link", EDGE, {EDGE: {"duplex": None}}, None),
    ],
    "NE-02": [
        case("slower here", UPLINK, {UPLINK: {"speed_mbps": 10_000}}, "warn"),
        case("slower there", UPLINK, {SPINE: {"speed_mbps": 10_000}}, "warn"),
        case("not said", UPLINK, {UPLINK: {"speed_mbps": None}}, "unknown"),
        case("not said there", UPLINK, {SPINE: {"speed_mbps": None}}, "unknown"),
        case("down there", UPLINK, {SPINE: {"speed_mbps": None, "state": DOWN}}, "ok"),
    ],
    "NE-03": [
        case("smaller here", UPLINK, {UPLINK: {"mtu": 1500}}, "warn"),
        case("smaller there", UPLINK, {SPINE: {"mtu": 1500}}, "warn"),
        case("of a bundle", BUNDLE, {FAR_BUNDLE: {"mtu": 1500}}, "warn"),
        case("of a member only", MEMBER, {MEMBER: {"mtu": 1500}}, None),
        case("not said", UPLINK, {UPLINK: {"mtu": None}}, "unknown"),
        case("not said there", UPLINK, {SPINE: {"mtu": None}}, "unknown"),
        case(
            "Junos counts 14 bytes of header",
            UPLINK,
            {
                "spine-01": {"platform": "juniper_junos"},
                UPLINK: {"mtu": 1500},
                SPINE: {"mtu": 1514},
            },
            "ok",
        ),
        case(
            "14 bytes between two others are a difference",
            UPLINK,
            {UPLINK: {"mtu": 1500}, SPINE: {"mtu": 1514}},
            "warn",
        ),
    ],
    "NE-04": [
        case("one of three", UPLINK, {UPLINK: {"state": DOWN}}, "warn"),
        case("a member of a bundle", MEMBER, {MEMBER: {"state": DOWN}}, "warn"),
        case(
            "the last",
            "spine-01/Ethernet1/1",
            {SPINE: {"state": DOWN}, "spine-01/Ethernet1/2": {"state": DOWN}},
            "crit",
        ),
        case("shut on purpose", UPLINK, {UPLINK: {"state": DOWN, "admin_up": False}}, None),
        case("shut by the device is NE-13", UPLINK, {UPLINK: {"state": ERR}}, None),
        case("nothing that it should lead to", EDGE, {EDGE: {"state": DOWN}}, None),
        case(
            "a description names the far device",
            EDGE,
            {EDGE: {"state": DOWN, "description": "to SPINE-01 Eth1/9"}},
            "warn",
        ),
        case(
            "a description names itself",
            EDGE,
            {EDGE: {"state": DOWN, "description": "leaf-01 test port"}},
            None,
        ),
        case("not said", UPLINK, {UPLINK: {"state": UNKNOWN_STATE}}, "unknown"),
        case("not said if it is shut", UPLINK, {UPLINK: {"admin_up": None}}, "unknown"),
    ],
    "NE-05": [
        case(
            "one left",
            "spine-01",
            {"spine-01/Ethernet1/2": {"state": DOWN}},
            "warn",
        ),
        case(
            "none left",
            "spine-01",
            {"spine-01/Ethernet1/2": {"state": DOWN}, SPINE: {"state": DOWN}},
            "crit",
        ),
        case(
            "all to one device",
            LEAF,
            {UPLINK: {"state": DOWN}, SECOND: {"state": DOWN}},
            "info",
        ),
        case("neighbours not known", LEAF, {LEAF: {"neighbours": None}}, "unknown", joins=()),
        case("neighbours not known, but others hear it", LEAF, {LEAF: {"neighbours": None}}, "ok"),
        case("no links at all", LEAF, {}, None, joins=()),
    ],
    "NE-06": [
        case("one member up", BUNDLE, {MEMBER: {"state": DOWN}}, "warn"),
        case(
            "no member up", BUNDLE, {MEMBER: {"state": DOWN}, OTHER_MEMBER: {"state": DOWN}}, "crit"
        ),
        case("one member only", BUNDLE, {MEMBER: {"port_channel": None}}, "warn"),
        case("a member's state not said", BUNDLE, {MEMBER: {"state": UNKNOWN_STATE}}, "unknown"),
        case(
            "members not said",
            BUNDLE,
            {MEMBER: {"port_channel": None}, OTHER_MEMBER: {"port_channel": None}},
            "unknown",
        ),
        case("shut on purpose", BUNDLE, {BUNDLE: {"admin_up": False}}, None),
    ],
    "NE-07": [
        case(
            "both on one switch",
            "host-1",
            {},
            "warn",
            joins=[
                edge("host-host-1", f"interface-{EDGE}"),
                edge(f"interface-{UPLINK}", "host-host-1"),
            ],
        ),
        case(
            "one of two known",
            "host-1",
            {},
            "unknown",
            joins=[edge("host-host-1", f"interface-{EDGE}")],
        ),
        case(
            "the only adapter",
            "host-1",
            {"host-1": {"physical_nics": NICS[:1]}},
            "warn",
            joins=[edge("host-host-1", f"interface-{EDGE}")],
        ),
        case(
            "adapters not known",
            "host-1",
            {"host-1": {"physical_nics": None}},
            "unknown",
            joins=[edge("host-host-1", f"interface-{EDGE}")],
        ),
        case("not joined to anything", "host-1", {}, None, joins=()),
        case(
            "joined by a guess",
            "host-1",
            {},
            None,
            joins=[edge("host-host-1", f"interface-{EDGE}", confidence=0.3)],
        ),
    ],
    "NE-08": [
        case("missing here", UPLINK, {UPLINK: {"trunk_vlans": "10-19"}}, "warn"),
        case("missing there is told there", UPLINK, {SPINE: {"trunk_vlans": "10-19"}}, "ok"),
        case("missing there, seen from there", SPINE, {SPINE: {"trunk_vlans": "10"}}, "warn"),
        case("missing on a bundle", BUNDLE, {BUNDLE: {"trunk_vlans": "20"}}, "warn"),
        case("the far end allows all", UPLINK, {SPINE: {"trunk_vlans": "all"}}, "ok"),
        case(
            "the far end allows all, and one is missing",
            UPLINK,
            {SPINE: {"trunk_vlans": "all"}, UPLINK: {"trunk_vlans": "10"}},
            "info",
        ),
        case("one that no device knows", UPLINK, {SPINE: {"trunk_vlans": "10-30"}}, "ok"),
        case("a far end that is no trunk", UPLINK, {SPINE: {"mode": "access"}}, "warn"),
        case("not said", UPLINK, {UPLINK: {"trunk_vlans": None}}, "unknown"),
        case("not said there", UPLINK, {SPINE: {"trunk_vlans": None}}, "unknown"),
        case("the far mode not said", UPLINK, {SPINE: {"mode": None}}, "unknown"),
        case("no list", UPLINK, {UPLINK: {"trunk_vlans": "ten to twenty"}}, "unknown"),
        case("a far end that was not read", UPLINK, {}, "unknown", **OLD_SPINE),
        case("no trunk", EDGE, {EDGE: {"trunk_vlans": None}}, None),
    ],
    "NE-09": [
        case("another here", UPLINK, {UPLINK: {"native_vlan_id": 99}}, "warn"),
        case("another there", UPLINK, {SPINE: {"native_vlan_id": 99}}, "warn"),
        case(
            "an access port against a trunk",
            UPLINK,
            {UPLINK: {"mode": "access", "access_vlan_id": 10}},
            "warn",
        ),
        case("not said", UPLINK, {UPLINK: {"native_vlan_id": None}}, "unknown"),
        case("not said there", UPLINK, {SPINE: {"native_vlan_id": None}}, "unknown"),
        case("a routed far end", UPLINK, {SPINE: {"mode": "routed"}}, None),
        case(
            "a Junos trunk without one against the default",
            UPLINK,
            {"spine-01": {"platform": "juniper_junos"}, SPINE: {"native_vlan_id": None}},
            "ok",
        ),
        case(
            "a Junos trunk without one against a chosen one",
            UPLINK,
            {
                "spine-01": {"platform": "juniper_junos"},
                SPINE: {"native_vlan_id": None},
                UPLINK: {"native_vlan_id": 20},
            },
            "warn",
        ),
        case("a routed port", UPLINK, {UPLINK: {"mode": "routed"}}, None),
    ],
    "NE-10": [
        case("unknown to the device", EDGE, {EDGE: {"access_vlan_id": 30}}, "warn"),
        case("VLAN 1 always is", EDGE, {EDGE: {"access_vlan_id": 1}}, "ok"),
        case("not said", EDGE, {EDGE: {"access_vlan_id": None}}, "unknown"),
        case(
            "the device's VLANs not known",
            EDGE,
            {"hq/10": {"devices": ()}, "hq/20": {"devices": ()}},
            "unknown",
        ),
        case(
            "a device that was not read is in no VLAN any more",
            EDGE,
            {"hq/10": {"devices": ("device-leaf-02",)}},
            "unknown",
            gaps=(Gap(kind="interface", field="*", reason="leaf-01: refused"),),
            last_seen={LEAF: ago(1), EDGE: ago(1)},
        ),
        case("a trunk", UPLINK, {UPLINK: {"access_vlan_id": 30}}, None),
        case("shut", EDGE, {EDGE: {"access_vlan_id": 30, "admin_up": False}}, None),
    ],
    "NE-11": [
        case("two names", "hq/10", {"hq/10": {"other_names": ("PROD",)}}, "info"),
        case(
            "one is the number", "hq/10", {"hq/10": {"other_names": ("VLAN0010", "vlan-10")}}, "ok"
        ),
        case("one is another's number", "hq/10", {"hq/10": {"other_names": ("VLAN0011",)}}, "info"),
        case(
            "names not seen",
            "hq/10",
            {},
            "unknown",
            gaps=(Gap(kind="vlan", field="other_names", reason="not permitted"),),
        ),
    ],
    "NE-12": [
        case("nothing uses it", "hq/20", {"hq/20": {"gateways": ()}}, "info"),
        case(
            "a trunk to a host carries it",
            "hq/20",
            {"hq/20": {"gateways": ()}, EDGE: trunk(EDGE)},
            "ok",
        ),
        case("an access port is in it", "hq/10", {"hq/10": {"gateways": ()}}, "ok"),
        case("VLAN 1 needs no use", "hq/1", {"hq/1": vlan("hq/1", gateways=())}, None),
        case(
            "ports of a device not known",
            "hq/20",
            {"hq/20": {"gateways": (), "devices": ("device-leaf-01", "device-leaf-09")}},
            "unknown",
        ),
        case("on no device", "hq/20", {"hq/20": {"gateways": (), "devices": ()}}, "unknown"),
    ],
    "NE-13": [
        case(
            "with a reason",
            EDGE,
            {EDGE: {"state": ERR, "err_disabled_reason": "bpduguard"}},
            "crit",
        ),
        case("without one", EDGE, {EDGE: {"state": ERR}}, "crit"),
        case("down", EDGE, {EDGE: {"state": DOWN}}, "ok"),
        case("not said", EDGE, {EDGE: {"state": UNKNOWN_STATE}}, "unknown"),
        case("a VLAN interface", SVI, {SVI: {"state": UNKNOWN_STATE}}, None),
    ],
    "NE-14": [
        case("none", UPLINK, {UPLINK: {"description": ""}}, "info"),
        case("only spaces", UPLINK, {UPLINK: {"description": "  "}}, "info"),
        case("only its bundle has one", MEMBER, {MEMBER: {"description": ""}}, "info"),
        case("toward a host", EDGE, {EDGE: {"description": ""}}, None),
        case(
            "not seen",
            UPLINK,
            {UPLINK: {"description": ""}},
            "unknown",
            gaps=(Gap(kind="interface", field="description", reason="not permitted"),),
        ),
        case(
            "not seen on another device",
            UPLINK,
            {UPLINK: {"description": ""}},
            "info",
            gaps=(Gap(kind="interface", field="description", reason="leaf-02: garbled"),),
        ),
    ],
    "NE-15": [
        case(
            "nothing",
            "leaf-01/Ethernet1/2",
            {"leaf-01/Ethernet1/2": port("leaf-01/Ethernet1/2", input_rate_bps=0)},
            "info",
        ),
        case(
            "something is received",
            "leaf-01/Ethernet1/2",
            {"leaf-01/Ethernet1/2": port("leaf-01/Ethernet1/2", input_rate_bps=1)},
            "ok",
        ),
        case(
            "a phone speaks LLDP",
            "leaf-01/Ethernet1/2",
            {
                "leaf-01/Ethernet1/2": port("leaf-01/Ethernet1/2", input_rate_bps=0),
                LEAF: {"neighbours": (heard("Eth1/2", "phone", None),)},
            },
            "ok",
        ),
        case(
            "a joined host is behind it",
            EDGE,
            {EDGE: {"input_rate_bps": 0}, LEAF: {"mac_table": ()}},
            "ok",
        ),
        case("a MAC was learned", EDGE, {EDGE: {"input_rate_bps": 0}}, "ok", joins=()),
        case(
            "the MAC table not known",
            EDGE,
            {EDGE: {"input_rate_bps": None}, LEAF: {"mac_table": None, "arp": None}},
            "unknown",
            joins=(),
        ),
        case("down", EDGE, {EDGE: {"state": DOWN, "input_rate_bps": 0}}, None, joins=()),
    ],
    "NE-16": [
        case("99 are few", EDGE, {EDGE: {"input_errors": 99}}, "ok"),
        case("100 are told", EDGE, {EDGE: {"input_errors": 100}}, "info"),
        case("999 are told", EDGE, {EDGE: {"crc_errors": 999}}, "info"),
        case("1000 warn", EDGE, {EDGE: {"output_errors": 1000}}, "warn"),
        case("not said", EDGE, {EDGE: {"input_errors": None}}, "unknown"),
        case(
            "CRC errors alone are enough",
            EDGE,
            {EDGE: {"input_errors": None, "crc_errors": 5000}},
            "warn",
        ),
        case("a VLAN interface has none", SVI, {SVI: {"input_errors": None}}, None),
    ],
    "NE-17": [
        case("70 %", UPLINK, {UPLINK: {"input_rate_bps": 17_500_000_000}}, "ok"),
        case("more", UPLINK, {UPLINK: {"input_rate_bps": 17_500_000_001}}, "warn"),
        case("the other direction", UPLINK, {UPLINK: {"output_rate_bps": 20_000_000_000}}, "warn"),
        case("90 %", UPLINK, {UPLINK: {"input_rate_bps": 22_500_000_000}}, "warn"),
        case("more than 90 %", UPLINK, {UPLINK: {"input_rate_bps": 22_500_000_001}}, "crit"),
        case("rates not said", UPLINK, {UPLINK: {"input_rate_bps": None}}, "unknown"),
        case("speed not said", UPLINK, {UPLINK: {"speed_mbps": None}}, "unknown"),
        case("speed of nothing", UPLINK, {UPLINK: {"speed_mbps": 0}}, "unknown"),
        case("toward a host", EDGE, {EDGE: {"input_rate_bps": 25_000_000_000}}, None),
    ],
    "NE-18": [
        case("on two leaves", SVI, SAME, "crit"),
        case(
            "on two ports of one",
            SVI,
            {"leaf-01/Vlan20": gateway("leaf-01/Vlan20", "10.0.10.2/24")},
            "crit",
        ),
        case(
            "in another VRF",
            SVI,
            {**SAME, FAR_SVI: {"ip_addresses": ("10.0.10.1/24",), "vrf": "customer"}},
            "ok",
        ),
        case("at another site", SVI, {**SAME, PEER: {"site": "branch"}}, "ok"),
        case(
            "one of them shut",
            SVI,
            {**SAME, FAR_SVI: {"ip_addresses": ("10.0.10.1/24",), "admin_up": False}},
            "ok",
        ),
        case(
            "an anycast gateway",
            SVI,
            {**SAME, LEAF: {"running_config": ANYCAST}, PEER: {"running_config": ANYCAST}},
            "ok",
        ),
        case(
            "a virtual address",
            SVI,
            {**SAME, LEAF: {"running_config": VARP}, PEER: {"running_config": VARP}},
            "ok",
        ),
        case(
            "the address of HSRP",
            SVI,
            {**SAME, LEAF: {"running_config": HSRP}, PEER: {"running_config": HSRP}},
            "ok",
        ),
        case(
            "a VRRP MAC",
            SVI,
            {
                SVI: {"ip_addresses": ("10.0.10.1/24",), "mac": "00:00:5e:00:01:0a"},
                FAR_SVI: {"ip_addresses": ("10.0.10.1/24",), "mac": "00:00:5e:00:01:0a"},
            },
            "ok",
        ),
        case("a configuration not read", SVI, {**SAME, PEER: {"running_config": None}}, "unknown"),
        case(
            "loopbacks share on purpose",
            "leaf-01/loopback1",
            {
                key: gateway(key, "10.9.9.9/32")
                for key in ("leaf-01/loopback1", "leaf-02/loopback1")
            },
            "info",
        ),
        case(
            "link-local addresses are the same everywhere",
            SVI,
            {SVI: {"ip_addresses": ("fe80::1/64",)}, FAR_SVI: {"ip_addresses": ("fe80::1/64",)}},
            None,
        ),
        case("no address at all", SVI, {SVI: {"ip_addresses": ("garbled",)}}, None),
    ],
    "NE-19": [
        case("two devices disagree", LEAF, arp("00:50:56:00:00:99"), "warn"),
        case(
            "one device disagrees with itself",
            LEAF,
            {LEAF: {"arp": (*device(LEAF).arp, OTHER_MAC)}},
            "warn",
        ),
        case("in another VRF", LEAF, arp("00:50:56:00:00:99", vrf="customer"), "ok"),
        case("VRRP", LEAF, arp("00:00:5e:00:01:0a"), "ok"),
        case("HSRP", LEAF, arp("00:00:0c:07:ac:0a"), "ok"),
        case("HSRP version 2", LEAF, arp("00:00:0c:9f:f0:0a"), "ok"),
        case("GLBP", LEAF, arp("00:07:b4:00:0a:01"), "ok"),
        case("capital letters are the same MAC", LEAF, arp("00:50:56:00:00:01".upper()), "ok"),
        case("not known", LEAF, {LEAF: {"arp": None}}, "unknown"),
    ],
    "NE-20": [
        case("not saved", LEAF, {LEAF: {"config_saved": False}}, "warn"),
        case("not said", LEAF, {LEAF: {"config_saved": None}}, "unknown"),
    ],
    "NE-21": [
        case("on", LEAF, {LEAF: {"telnet_enabled": True}}, "warn"),
        case("not said", LEAF, {LEAF: {"telnet_enabled": None}}, "unknown"),
    ],
    "NE-22": [
        case("set", LEAF, {LEAF: {"default_community": True}}, "warn"),
        case("not said", LEAF, {LEAF: {"default_community": None}}, "unknown"),
    ],
    "NE-23": [
        case("none", LEAF, {LEAF: {"ntp_servers": ()}}, "warn"),
        case("one", LEAF, {LEAF: {"ntp_servers": ("10.0.0.2",)}}, "info"),
        case("not said", LEAF, {LEAF: {"ntp_servers": None}}, "unknown"),
    ],
    "NE-24": [
        case("none", LEAF, {LEAF: {"syslog_servers": ()}}, "warn"),
        case("not said", LEAF, {LEAF: {"syslog_servers": None}}, "unknown"),
    ],
    "NE-25": [
        case("the odd one", LEAF, {LEAF: {"os_version": "9.3(1)"}}, "warn"),
        case("most of the model", PEER, {LEAF: {"os_version": "9.3(1)"}}, "ok"),
        case(
            "two and two",
            PEER,
            {LEAF: {"os_version": "9.3(1)"}, PEER: {"os_version": "9.3(1)"}},
            "info",
        ),
        case("another model", LEAF, {LEAF: {"os_version": "9.3(1)", "model": "N9K-X"}}, "ok"),
        case("version not said", LEAF, {LEAF: {"os_version": None}}, "unknown"),
        case("model not said", LEAF, {LEAF: {"model": None}}, "unknown"),
    ],
    "NE-26": [
        case("one of two", LEAF, bgp("established", "active"), "warn"),
        case("all", LEAF, bgp("active", "idle"), "crit"),
        case("shut on purpose", LEAF, bgp("established", "idle (admin)"), "info"),
        case("none is set", LEAF, bgp(), "ok"),
        case(
            "OSPF between two that are not designated",
            LEAF,
            {
                LEAF: {
                    "routing_peers": (
                        RoutingPeer(protocol="ospf", address="10.1.0.1", state="2way"),
                    )
                }
            },
            "ok",
        ),
        case("not said", LEAF, {LEAF: {"routing_peers": None}}, "unknown"),
    ],
    "NE-27": [
        case("not read", "spine-01", {}, "warn", **OLD_SPINE),
        case("another was not", LEAF, {}, "ok", **OLD_SPINE),
        case("nobody says when", LEAF, {}, "unknown", taken_at=None),
    ],
}
