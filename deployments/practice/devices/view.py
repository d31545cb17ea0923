"""What a command sees: one device at one moment, and the small words that vendors share."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Interface, IPv4Network, ip_interface

from deployments.practice.devices.model import BUNDLE, PHYSICAL, SVI, Device, Peer, Port
from deployments.practice.devices.network import Heard, Learned, Network, Resolved


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a routing table; one that is connected has no next hop."""

    prefix: IPv4Network
    protocol: str  # connected, local, static or bgp
    next_hop: str | None
    port: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A device as one command sees it; `salt` differs from reading to reading."""

    network: Network
    device: Device
    salt: int
    now: datetime

    def up(self, port: Port) -> bool:
        """Return whether a port carries traffic."""
        return self.network.is_up(self.device, port)

    def count(self, port: Port, what: str) -> int:
        """Return a counter of a port, which has grown since the last reading."""
        first = zlib.crc32(f"{self.device.name} {port.name} {what}".encode())
        return (first + self.salt * 1009) if self.up(port) else 0

    def rate(self, port: Port, what: str) -> int:
        """Return bits a second, as they are just now: up to a third of what the port can carry.

        A port that leads nowhere sends a little and receives nothing.
        """
        if not self.up(port):
            return 0
        if port.kind == PHYSICAL and port.far is None:
            return 0 if what == "in" else 1000
        share = zlib.crc32(f"{self.device.name} {port.name} {what}".encode()) % 300
        return port.speed_mbps * 1000 * share + self.salt % 1000

    @property
    def uptime(self) -> timedelta:
        """The time since the device started."""
        return self.network.uptime(self.device.booted_at)

    def heard(self) -> list[Heard]:
        """Return the device's neighbours."""
        return self.network.heard(self.device)

    def learned(self) -> list[Learned]:
        """Return the device's MAC table."""
        return self.network.learned(self.device)

    def resolved(self) -> list[Resolved]:
        """Return the device's ARP table."""
        return self.network.resolved(self.device)

    def state(self, peer: Peer) -> str:
        """Return the state of a BGP session."""
        return self.network.peer_state(self.device, peer)

    def active_vlans(self, port: Port) -> list[int]:
        """Return the VLANs of a trunk that the device has."""
        return [vlan for vlan in port.vlans if vlan in self.device.vlans]

    def switchports(self) -> list[Port]:
        """Return the ports that switch, those in a bundle left out."""
        kinds = ("physical", BUNDLE)
        return [p for p in self.device.of_kind(*kinds) if p.mode != "routed" and not p.bundle]

    def vlan_ports(self, vlan: int) -> list[Port]:
        """Return the ports that carry a VLAN."""
        return [
            port
            for port in self.switchports()
            if (vlan in port.vlans if port.mode == "trunk" else vlan == port.vlan)
        ]

    def routes(self) -> list[Entry]:
        """Return the routing table: what is connected, then what was configured or learned."""
        found: list[Entry] = []
        for port in self.device.ports.values():
            if port.vrf is None and port.addresses and self.up(port):
                found += _connected(port)
        for route in self.device.routes:
            through = self.device.ports.get(route.port)
            if through is not None and self.up(through) and self._is_learned(route.next_hop):
                found.append(
                    Entry(
                        prefix=IPv4Network(route.prefix),
                        protocol=route.protocol,
                        next_hop=route.next_hop,
                        port=route.port,
                    )
                )
        return sorted(found, key=lambda entry: (entry.prefix, entry.protocol))

    def _is_learned(self, next_hop: str) -> bool:
        peers = [peer for peer in self.device.peers if peer.address == next_hop]
        return all(self.state(peer) == "Established" for peer in peers)

    @property
    def router_id(self) -> str:
        """The address that names the device in routing protocols."""
        for port in self.device.of_kind("loopback"):
            return port.addresses[0].split("/")[0]
        return self.device.address

    def prefixes(self, peer: Peer) -> int:
        """Return how many prefixes a peer sends us."""
        return 1 + zlib.crc32(peer.description.encode()) % 9


Show = Callable[[View], str]


def _connected(port: Port) -> list[Entry]:
    address: IPv4Interface = ip_interface(port.addresses[0])  # type: ignore[assignment]
    host = IPv4Network(f"{address.ip}/32")
    found = [Entry(prefix=address.network, protocol="connected", next_hop=None, port=port.name)]
    if address.network != host:
        found.append(Entry(prefix=host, protocol="local", next_hop=None, port=port.name))
    return found


def dotted(mac: str) -> str:
    """Return a MAC address as Cisco and Arista write it."""
    digits = mac.replace(":", "")
    return f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"


def ranges(numbers: Iterable[int]) -> str:
    """Return numbers as VLAN lists are written, such as 10-12,110."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and parts[-1][-1] == number - 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ",".join(f"{one[0]}-{one[-1]}" if len(one) > 1 else str(one[0]) for one in parts)


def netmask(address: str) -> str:
    """Return `10.0.0.1 255.255.0.0` for `10.0.0.1/16`."""
    return ip_interface(address).with_netmask.replace("/", " ")


def spelled(span: timedelta, units: tuple[str, ...] = ("week", "day", "hour", "minute")) -> str:
    """Return a time span in words, such as `3 weeks, 1 day, 4 hours, 7 minutes`."""
    lengths = {"year": 31536000, "week": 604800, "day": 86400, "hour": 3600, "minute": 60}
    left, words = int(span.total_seconds()), []
    for unit in units:
        count, left = divmod(left, lengths[unit])
        words.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return ", ".join(words)


def clocked(span: timedelta) -> str:
    """Return a time span as routing tables write it: 01:02:03, 2d04h or 5w3d."""
    hours, left = divmod(int(span.total_seconds()), 3600)
    if hours < 24:  # noqa: PLR2004 - a day
        return f"{hours:02d}:{left // 60:02d}:{left % 60:02d}"
    days, hours = divmod(hours, 24)
    return f"{days}d{hours:02d}h" if days < 7 else f"{days // 7}w{days % 7}d"  # noqa: PLR2004


def vlan_of(port: Port) -> int | None:
    """Return the VLAN that a layer 3 interface is in."""
    return port.vlan if port.kind == SVI else None
