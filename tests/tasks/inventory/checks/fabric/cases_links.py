"""What the checks of links, bundles and VLANs must say when one thing of the network is changed."""

from __future__ import annotations

from models.kinds.host import PhysicalNic
from models.records.asset import Gap
from tests.tasks.inventory.checks.fabric.case import (
    BUNDLE,
    EDGE,
    ERR,
    FAR_BUNDLE,
    LEAF,
    MEMBER,
    OLD_SPINE,
    OTHER_MEMBER,
    SECOND,
    SPINE,
    UNKNOWN_STATE,
    UPLINK,
    Case,
    case,
)
from tests.tasks.inventory.checks.fabric.racks import (
    DOWN,
    edge,
    trunk,
    vlan,
)
from tests.tasks.inventory.checks.site import ago

NICS = tuple(PhysicalNic(name=f"vmnic{n}", mac=None, speed_mbps=25_000) for n in range(2))

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
            "a description is the far device's name",
            EDGE,
            {EDGE: {"state": DOWN, "description": "spine-01"}},
            "warn",
        ),
        case(
            "a description speaks of a device by the way",
            EDGE,
            {EDGE: {"state": DOWN, "description": "backup server near spine-01"}},
            None,
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
}
