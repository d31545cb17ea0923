"""Port groups, distributed switches and datacenters: from vSphere's properties to their kinds.

The VLAN of a distributed port group is its own; that of a standard one stands on the hosts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.vmware.reply import Properties
from collectors.vmware.surroundings import PortGroupPolicy, Surroundings
from collectors.vmware.values import flag, integer, many, name_of, record, references, text, texts
from models.kinds.datacenter import Datacenter
from models.kinds.distributed_switch import DistributedSwitch
from models.kinds.network import Network, NetworkType

# Source: vSphere API reference, Network, OpaqueNetwork, DistributedVirtualPortgroup and
# DistributedVirtualSwitch. What only a subtype has, no path leads to.
PATHS: Mapping[str, str] = {
    "name": "name",
    "parent": "datacenter",
    "summary": "accessible",
}
PORT_GROUP_PATHS: Mapping[str, str] = {
    "config": "vlan switch uplink binding port_count active_uplinks standby_uplinks promiscuous"
    " forged_transmits mac_changes",
}
SWITCH_PATHS: Mapping[str, str] = {
    "name": "name",
    "parent": "datacenter",
    "uuid": "uuid",
    "summary.hostMember": "hosts",
    "config": "version mtu port_count uplink_names discovery_protocol io_control",
}
_TYPES = {
    "DistributedVirtualPortgroup": NetworkType.DISTRIBUTED,
    "OpaqueNetwork": NetworkType.OPAQUE,
}


def parse_network(
    kind: str, moid: str, found: Properties, config: Properties, around: Surroundings
) -> Network:
    """Return the port group.

    Args:
        kind: Its managed type.
        moid: Its managed object id.
        found: The properties that every network has.
        config: `config` of a distributed port group, else empty.
        around: What the hosts said of standard port groups.
    """
    datacenter = around.datacenter(text(found.get("parent")))
    name = name_of(found.get("name"), moid)
    shared: dict[str, Any] = {
        "key": moid,
        "name": name,
        "type": _TYPES.get(kind, NetworkType.STANDARD),
        "accessible": flag(record(found.get("summary")).get("accessible")),
        "datacenter": datacenter,
    }
    if config:
        return Network(**shared, **_distributed(config))
    policy = around.standard.get((datacenter, name))
    return Network(**shared, **_standard(policy)) if policy else Network(**shared)


def _standard(policy: PortGroupPolicy) -> dict[str, Any]:
    return {
        "vlan": policy.vlan,
        "active_uplinks": policy.active_uplinks,
        "standby_uplinks": policy.standby_uplinks,
        "promiscuous": policy.promiscuous,
        "forged_transmits": policy.forged_transmits,
        "mac_changes": policy.mac_changes,
    }


def _distributed(config: Properties) -> dict[str, Any]:
    ports = record(config.get("defaultPortConfig"))
    order = record(record(ports.get("uplinkTeamingPolicy")).get("uplinkPortOrder"))
    # vSphere 8 put the MAC rules under macManagementPolicy; the old place still answers.
    security = record(ports.get("securityPolicy"))
    mac = record(ports.get("macManagementPolicy"))
    return {
        "vlan": _vlan(record(ports.get("vlan"))),
        "switch": text(config.get("distributedVirtualSwitch")),
        "uplink": flag(config.get("uplink")) or False,
        "binding": text(config.get("type")),
        "port_count": integer(config.get("numPorts")),
        "active_uplinks": texts(order.get("activeUplinkPort")),
        "standby_uplinks": texts(order.get("standbyUplinkPort")),
        "promiscuous": _policy(security, mac, "allowPromiscuous"),
        "forged_transmits": _policy(security, mac, "forgedTransmits"),
        "mac_changes": _policy(security, mac, "macChanges"),
    }


def _policy(security: Properties, mac: Properties, name: str) -> bool | None:
    value = flag(record(security.get(name)).get("value"))
    return flag(mac.get(name)) if value is None else value


def _vlan(spec: Properties) -> str | None:
    kind = spec.get("xsi:type", "")
    if kind.endswith("TrunkVlanSpec"):
        ranges = [record(item) for item in many(spec.get("vlanId"))]
        return ",".join(_range(item) for item in ranges) or None
    if kind.endswith("PvlanSpec"):
        return f"private {spec.get('pvlanId')}"
    return text(spec.get("vlanId"))


def _range(item: Properties) -> str:
    start, end = item.get("start"), item.get("end")
    return f"{start}" if start == end else f"{start}-{end}"


def parse_switch(moid: str, found: Properties, around: Surroundings) -> DistributedSwitch:
    """Return the distributed switch."""
    config = record(found.get("config"))
    return DistributedSwitch(
        key=moid,
        name=name_of(found.get("name"), moid),
        uuid=text(found.get("uuid")),
        version=text(record(config.get("productInfo")).get("version")),
        mtu=integer(config.get("maxMtu")) or None,
        port_count=integer(config.get("numPorts")),
        uplink_names=texts(record(config.get("uplinkPortPolicy")).get("uplinkPortName")),
        discovery_protocol=text(record(config.get("linkDiscoveryProtocolConfig")).get("protocol")),
        io_control=flag(config.get("networkResourceManagementEnabled")),
        hosts=references(found.get("summary.hostMember")),
        datacenter=around.datacenter(text(found.get("parent"))),
    )


def parse_datacenters(around: Surroundings) -> list[Datacenter]:
    """Return the datacenters of the inventory tree."""
    return [
        Datacenter(key=moid, name=place.name, vcenter=around.vcenter)
        for moid, place in around.places.items()
        if place.type == "Datacenter"
    ]
