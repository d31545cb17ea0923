"""The network as a whole: which links are up, who hears whom, where a MAC address is learned.

Nothing of it is kept: each answer follows from the devices as they are now, from the hosts' cables
and from the virtual machines' NICs, so that a port that is shut is felt by its neighbours.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from deployments.practice.devices.model import BUNDLE, LOOPBACK, SVI, Device, Peer, Port
from deployments.practice.site.records import Host, Site, VirtualMachine
from deployments.practice.site.vendors import system_description


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A neighbour that announces itself on a port: a device of ours or a host."""

    port: str
    system_name: str
    chassis_id: str
    port_id: str
    port_description: str
    description: str
    address: str
    model: str
    is_host: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A MAC address in a device's table."""

    mac: str
    vlan: int
    port: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """An address in a device's ARP table."""

    address: str
    mac: str
    port: str


class Network:
    """The devices of a site under one lock; `vms` and `hosts` tell which there are now."""

    def __init__(
        self,
        site: Site,
        devices: dict[str, Device],
        vms: Callable[[], Iterable[VirtualMachine]] | None = None,
        hosts: Callable[[], Iterable[Host]] | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.devices = devices
        self.readings = 0
        self.stolen: dict[str, tuple[str, str]] = {}  # address: device that is fooled, MAC
        self._vms = vms or (lambda: site.vms)
        self._hosts_now = hosts or (lambda: site.hosts)
        self._known: tuple[int, tuple[Host, ...]] = (-1, ())
        self._links: dict[tuple[str, str], bool] = {}
        self._vlans = {network.moid: network.vlan_id for network in site.networks}

    def now(self) -> datetime:
        """Return the clock that all devices share."""
        return datetime.now(UTC)

    def uptime(self, since: datetime) -> timedelta:
        """Return the time since a moment; a little where the site lies in the future."""
        return max(self.now() - since, timedelta(minutes=1))

    def hosts(self) -> tuple[Host, ...]:
        """Return the hosts, asked for once a reading."""
        if self._known[0] != self.readings:
            hosts = tuple(self._hosts_now())
            self._known = (self.readings, hosts)
            self._links = {(p.switch, p.port): p.up for host in hosts for p in host.pnics}
        return self._known[1]

    # Links

    def is_up(self, device: Device, port: Port) -> bool:
        """Return whether a port carries traffic."""
        if not port.enabled or port.err_disabled:
            return False
        if port.kind == BUNDLE:
            return any(self.is_up(device, member) for member in device.members(port.name))
        if port.kind in {SVI, LOOPBACK}:
            return True
        self.hosts()
        lit = self._links.get((device.name, port.name), True)
        return port.carrier and lit and self._far_is_up(port)

    def _far_is_up(self, port: Port) -> bool:
        far = self.devices.get(port.far[0]) if port.far else None
        if far is None or port.far is None:
            return True
        other = far.ports[port.far[1]]
        return other.enabled and not other.err_disabled and other.carrier

    def heard(self, device: Device) -> list[Heard]:
        """Return the neighbours that a device hears, by its ports."""
        hosts = {host.name: host for host in self.hosts()}
        found = []
        for port in device.ports.values():
            if port.far and self.is_up(device, port):
                far = self.devices.get(port.far[0])
                host = hosts.get(port.far[0])
                if far is not None:
                    found.append(_device_heard(port, far, port.far[1]))
                elif host is not None:
                    found.append(_host_heard(port, host, port.far[1]))
        return found

    def peer_state(self, device: Device, peer: Peer) -> str:
        """Return Established, or what a BGP session is stuck in."""
        if peer.broken:
            return peer.broken
        port = device.ports.get(peer.port)
        if port is None or not self.is_up(device, port):
            return "Idle"
        far = self.devices.get(peer.far or "")
        back = [one for one in far.peers if one.far == device.name] if far else []
        return "Active" if any(one.broken for one in back) else "Established"

    # Tables

    def learned(self, device: Device) -> list[Learned]:
        """Return a device's MAC table: each address at the port that leads to it."""
        ways = self._ways(device)
        found = []
        for mac, vlan, switch, port in self._stations(device.site):
            way = port if switch == device.name else ways.get(switch)
            if way and vlan in device.vlans and self._carries(device, way, vlan):
                found.append(Learned(mac=mac, vlan=vlan, port=way))
        return found

    def _carries(self, device: Device, name: str, vlan: int) -> bool:
        port = device.ports[name]
        allowed = vlan in port.vlans if port.mode == "trunk" else vlan == port.vlan
        return allowed and self.is_up(device, port)

    def _ways(self, device: Device) -> dict[str, str]:
        """Return the bundle that leads from a device to each other switch of its site."""
        ways: dict[str, str] = {}
        waiting = deque([(device, "")])
        while waiting:
            here, first = waiting.popleft()
            for bundle in here.of_kind(BUNDLE):
                far = self._other_end(here, bundle)
                if far and far.name != device.name and far.name not in ways:
                    ways[far.name] = first or bundle.name
                    waiting.append((far, ways[far.name]))
        return ways

    def _other_end(self, device: Device, bundle: Port) -> Device | None:
        for member in device.members(bundle.name):
            if member.far and self.is_up(device, member):
                return self.devices.get(member.far[0])
        return None

    def _stations(self, site: str) -> Iterator[tuple[str, int, str, str]]:
        """Yield MAC, VLAN, switch and port of all that speaks in a datacenter."""
        hosts = {h.moid: h for h in self.hosts() if h.datacenter == site}
        for host in hosts.values():
            first = host.pnics[0]
            yield first.mac, 10, first.switch, first.port
        for vm in self._vms():
            here = hosts.get(vm.host)
            if here is not None and vm.power == "poweredOn":
                yield from self._vm_stations(vm, here)
        for device in self.devices.values():
            if device.site == site and device.role == "management":
                yield from _bmc_stations(device)

    def _vm_stations(self, vm: VirtualMachine, host: Host) -> Iterator[tuple[str, int, str, str]]:
        uplinks = [pnic for pnic in host.pnics if pnic.name in host.dvs_uplinks and pnic.up]
        for nic in vm.nics:
            if nic.connected and uplinks:
                pnic = uplinks[int(nic.mac[-2:], 16) % len(uplinks)]
                yield nic.mac, self._vlans[nic.network], pnic.switch, pnic.port

    def resolved(self, device: Device) -> list[Resolved]:
        """Return a device's ARP table: all of its VLANs on a core, its own gateway elsewhere."""
        ports = {port.vlan: port.name for port in device.of_kind(SVI)}
        found = [
            Resolved(address=address, mac=mac, port=ports[vlan])
            for address, mac, vlan in self._addressed(device.site, wide=device.role == "core")
            if vlan in ports and mac != device.mac
        ]
        fooled = {a: mac for a, (name, mac) in self.stolen.items() if name == device.name}
        return [
            Resolved(address=one.address, mac=fooled.get(one.address, one.mac), port=one.port)
            for one in found
        ] + self._far_ends(device)

    def _far_ends(self, device: Device) -> list[Resolved]:
        ends = []
        for port in device.ports.values():
            far = self.devices.get(port.far[0]) if port.far else None
            if far and port.mode == "routed" and port.addresses and self.is_up(device, port):
                other = far.ports[port.far[1]] if port.far else port
                if other.addresses and port.kind == "physical":
                    address = other.addresses[0].split("/")[0]
                    ends.append(Resolved(address=address, mac=other.mac, port=port.name))
        return ends

    def _addressed(self, site: str, *, wide: bool) -> Iterator[tuple[str, str, int]]:
        """Yield address, MAC and VLAN of what a datacenter's gateways talk to."""
        for device in self.devices.values():
            if device.site == site and (wide or device.role == "core"):
                for port in device.of_kind(SVI):
                    yield port.addresses[0].split("/")[0], device.mac, port.vlan
        if wide:
            yield from self._stations_addressed(site)

    def _stations_addressed(self, site: str) -> Iterator[tuple[str, str, int]]:
        hosts = {host.moid: host for host in self.hosts() if host.datacenter == site}
        for host in hosts.values():
            yield host.address, host.pnics[0].mac, 10
        running = [vm for vm in self._vms() if vm.host in hosts and vm.power == "poweredOn"]
        for nic in (nic for vm in running for nic in vm.nics):
            if nic.connected and nic.addresses:
                yield nic.addresses[0], nic.mac, self._vlans[nic.network]


def _bmc_stations(device: Device) -> Iterator[tuple[str, int, str, str]]:
    for port in device.ports.values():
        if port.description.endswith(" bmc"):
            tail = port.mac[-8:]
            yield f"d0:94:66:{tail}", port.vlan, device.name, port.name


def _device_heard(port: Port, far: Device, far_port: str) -> Heard:
    return Heard(
        port=port.name,
        system_name=far.name,
        chassis_id=_chassis(far),
        port_id=far_port,
        port_description=far.ports[far_port].description,
        description=system_description(far.platform, far.model, far.software),
        address=far.address,
        model=far.model,
        is_host=False,
    )


def _chassis(device: Device) -> str:
    # The LLDP daemon of a Linux router takes the MAC of a port for its chassis.
    ports = [port.mac for port in device.ports.values() if port.kind != "loopback"]
    return ports[0] if device.platform == "frr" and ports else device.mac


def _host_heard(port: Port, host: Host, vmnic: str) -> Heard:
    mac = next(pnic.mac for pnic in host.pnics if pnic.name == vmnic)
    return Heard(
        port=port.name,
        system_name=host.name,
        chassis_id=mac,
        port_id=mac,
        port_description=vmnic,
        description=f"VMware ESXi {host.esxi_version} Releasebuild-{host.esxi_build}",
        address=host.address,
        model="VMware ESX",
        is_host=True,
    )
