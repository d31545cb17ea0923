"""What the checks of ports, addresses and devices must say when one thing is changed."""

from __future__ import annotations

from typing import Any

from models.kinds.device import ArpEntry, RoutingPeer
from models.records.asset import Gap
from tests.tasks.inventory.checks.fabric.case import (
    EDGE,
    ERR,
    FAR_SVI,
    LEAF,
    MEMBER,
    OLD_SPINE,
    PEER,
    SVI,
    UNKNOWN_STATE,
    UPLINK,
    Case,
    case,
)
from tests.tasks.inventory.checks.fabric.racks import (
    DOWN,
    device,
    gateway,
    heard,
    port,
)

SAME = {SVI: {"ip_addresses": ("10.0.10.1/24",)}, FAR_SVI: {"ip_addresses": ("10.0.10.1/24",)}}
HSRP = "interface Vlan10\n  hsrp 10\n    ip 10.0.10.1\ninterface Vlan20\n"
ANYCAST = "interface Vlan10\n  ip address 10.0.10.1/24\n  fabric forwarding mode anycast-gateway\n"
VARP = "interface Vlan10\n   ip address virtual 10.0.10.1/24\n"
OTHER_MAC = ArpEntry(ip_address="10.0.10.50", mac="00:50:56:00:00:99", interface="Vlan10")


def arp(mac: str, **more: Any) -> dict[str, Any]:
    return {PEER: {"arp": (ArpEntry(ip_address="10.0.10.50", mac=mac, **more),)}}


def bgp(*states: str) -> dict[str, Any]:
    peers = tuple(
        RoutingPeer(protocol="bgp", address=f"10.1.0.{number}", state=state)
        for number, state in enumerate(states)
    )
    return {LEAF: {"routing_peers": peers}}


CASES: dict[str, list[Case]] = {
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
