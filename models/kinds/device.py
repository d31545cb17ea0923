"""The kind `device`: a switch or router. The key is its name in the source's list of devices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, declare


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A part of a device with a number of its own: line card, transceiver, power supply, fan."""

    name: str
    description: str | None = None
    part_number: str | None = None
    serial_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """What LLDP or CDP hears on an interface; `port` is the far end's, as it calls it."""

    interface: str
    protocol: str  # "lldp" or "cdp"
    system_name: str | None = None
    port: str | None = None
    port_description: str | None = None
    chassis_id: str | None = None
    address: str | None = None
    platform: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingPeer:
    """A peer of a routing protocol.

    `state` is established, down, or `idle (admin)` for a BGP peer that was shut on purpose; of OSPF
    also 2way, and forming on the way to established. A peer that is down tries again and again:
    which state of its protocol it is met in says nothing, and is not kept.
    """

    protocol: str  # "bgp" or "ospf"
    address: str
    state: str
    asn: int | None = None
    vrf: str | None = None
    interface: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IpRoute:
    """A route; `protocol` is connected, local, static, bgp, ospf, isis, eigrp, rip or other."""

    prefix: str
    protocol: str
    next_hop: str | None = None
    interface: str | None = None
    vrf: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArpEntry:
    """An address that the device has resolved; MACs are written `00:50:56:9a:00:01`."""

    ip_address: str
    mac: str
    interface: str | None = None
    vrf: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MacEntry:
    """A MAC that the device has learned behind one of its interfaces."""

    mac: str
    interface: str
    vlan_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawOutput:
    """The text of a command for which no template fits, secrets removed."""

    command: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A network device; None means not known or not permitted, never empty.

    `platform` is netmiko's name of it: cisco_ios, cisco_nxos, arista_eos, juniper_junos or frr.
    `running_config` has its secrets removed and its volatile lines (times, checksums, encrypted
    passwords that change with every reading) masked. Of MAC addresses those are kept that were
    learned at the edge; those behind links to other devices are only counted. Of routes all that
    are connected, local or static are kept, and as many others as fit in `ROUTES_KEPT`.
    """

    key: Key
    name: Name
    address: Annotated[str, Fact(label="Address", table=True)]
    platform: Annotated[str, Fact(label="Platform", table=True)]
    site: Annotated[str | None, Fact(label="Site", table=True)] = None
    rack: Annotated[str | None, Fact(label="Rack")] = None
    role: Annotated[str | None, Fact(label="Role")] = None
    vendor: Annotated[str | None, Fact(label="Vendor")] = None
    model: Annotated[str | None, Fact(label="Model", table=True)] = None
    serial_number: Annotated[str | None, Fact(label="Serial number", table=True)] = None
    os_version: Annotated[str | None, Fact(label="Software", table=True)] = None
    image: Annotated[str | None, Fact(label="Image")] = None
    base_mac: Annotated[str | None, Fact(label="MAC address")] = None
    modules: Annotated[tuple[Module, ...] | None, Fact(label="Modules")] = None
    neighbours: Annotated[tuple[Neighbour, ...] | None, Fact(label="Neighbours")] = None
    routing_peers: Annotated[tuple[RoutingPeer, ...] | None, Fact(label="Routing peers")] = None
    ntp_servers: Annotated[tuple[str, ...] | None, Fact(label="NTP servers")] = None
    syslog_servers: Annotated[tuple[str, ...] | None, Fact(label="Syslog servers")] = None
    telnet_enabled: Annotated[bool | None, Fact(label="Telnet")] = None
    default_community: Annotated[bool | None, Fact(label="Well-known SNMP community")] = None
    running_config: Annotated[str | None, Fact(label="Running configuration", sensitive=True)] = (
        None
    )
    config_saved: Annotated[bool | None, Fact(label="Configuration saved")] = None
    booted_at: Annotated[datetime | None, Fact(label="Booted", volatile=True)] = None
    uptime_seconds: Annotated[int | None, Fact(label="Up for", unit="s", volatile=True, low=0)] = (
        None
    )
    routes: Annotated[tuple[IpRoute, ...] | None, Fact(label="Routes", volatile=True)] = None
    route_count: Annotated[int | None, Fact(label="Routes in all", volatile=True, low=0)] = None
    arp: Annotated[tuple[ArpEntry, ...] | None, Fact(label="ARP table", volatile=True)] = None
    mac_table: Annotated[tuple[MacEntry, ...] | None, Fact(label="MAC table", volatile=True)] = None
    mac_count: Annotated[int | None, Fact(label="MACs in all", volatile=True, low=0)] = None
    raw_outputs: Annotated[
        tuple[RawOutput, ...], Fact(label="Outputs kept as text", volatile=True, sensitive=True)
    ] = ()


ROUTES_KEPT = 500

DEVICE = declare(Device, name="device", title="Network device", plural="Network devices")
