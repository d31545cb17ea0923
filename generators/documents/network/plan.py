"""The networks that devices have addresses in: by site and VRF, since private ones repeat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    ip_address,
    ip_interface,
)

from generators.documents import paths
from generators.documents.facts import FIGURES, Facts
from models.records.asset import Asset

_RESERVED = 2  # the network's own address and the broadcast
_POINT_TO_POINT = 31  # prefixes this long reserve nothing (RFC 3021)
_GLOBAL = frozenset((None, "", "default", "global", "master"))  # what platforms call no VRF
DEFAULT_ROUTES = frozenset(("0.0.0.0/0", "::/0"))
Address = IPv4Address | IPv6Address
Net = IPv4Network | IPv6Network
Place = tuple[str, str, Net]  # site, VRF and network


@dataclass(slots=True)
class Prefix:
    """A network of the plan and what is known of it.

    `addresses` are those of devices, `gateways` those that default routes of devices lead to.
    """

    site: str
    vrf: str
    net: Net
    vlans: set[str] = field(default_factory=set)
    addresses: set[Address] = field(default_factory=set)
    gateways: set[Address] = field(default_factory=set)
    used: set[Address] = field(default_factory=set)
    holders: Counter[str] = field(default_factory=Counter)
    groups: set[str] = field(default_factory=set)

    @property
    def free(self) -> int | None:
        """How many addresses nobody is known to use; None for IPv6, where it says nothing."""
        if self.net.version != 4:  # noqa: PLR2004  the version of IP
            return None
        reserved = 0 if self.net.prefixlen >= _POINT_TO_POINT else _RESERVED
        return max(0, self.net.num_addresses - reserved - len(self.used))


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """An address that an asset has. Site and VRF are None where nothing tells them.

    `group` is the id of the port group of the very adapter that bears the address.
    """

    asset: Asset
    address: Address
    site: str | None = None
    vrf: str | None = None
    group: str | None = None


class Plan:
    """The networks by their addresses; the longest one that holds an address is its own."""

    def __init__(self) -> None:
        self.prefixes: dict[Place, Prefix] = {}
        self._starts: dict[tuple[int, int], dict[int, list[Prefix]]] = {}

    def add(self, site: str, vrf: str, net: Net) -> Prefix:
        """Return the prefix of a network, new or known."""
        known = self.prefixes.get((site, vrf, net))
        if known is None:
            known = self.prefixes[site, vrf, net] = Prefix(site, vrf, net)
            starts = self._starts.setdefault((net.version, net.prefixlen), {})
            starts.setdefault(int(net.network_address), []).append(known)
            self._starts = dict(sorted(self._starts.items(), reverse=True))
        return known

    def holding(
        self, address: Address, site: str | None = None, vrf: str | None = None
    ) -> Prefix | None:
        """Return the longest prefix that holds an address; None where it may be one of several.

        A site or VRF of None is one that is not known.
        """
        for (version, length), starts in self._starts.items():
            if version != address.version:
                continue
            rest = address.max_prefixlen - length
            found = [
                prefix
                for prefix in starts.get(int(address) >> rest << rest, ())
                if site in (None, prefix.site) and vrf in (None, prefix.vrf)
            ]
            if found:
                return found[0] if len(found) == 1 else None
        return None


@lru_cache(maxsize=65536)
def read_address(text: str) -> Address | None:
    """Return the address that a text is, None for none and for those of one link alone."""
    try:
        found = ip_address(text.partition("/")[0].partition("%")[0])
    except ValueError:
        return None
    return None if found.is_link_local or found.is_loopback or found.is_unspecified else found


@lru_cache(maxsize=65536)
def read_interface(text: str) -> IPv4Interface | IPv6Interface | None:
    """Return the address with its network, None where the text is neither or of one link alone."""
    try:
        found = ip_interface(text.partition("%")[0])
    except ValueError:
        return None
    return None if found.is_link_local or found.is_loopback else found


def plan_of(facts: Facts) -> Plan:
    """Return the networks that devices have addresses in, and who else is in them."""
    plan = Plan()
    for port in facts.of("interface"):
        for text in port.record.ip_addresses:
            _add_port(plan, facts, port, text)
    for vlan in facts.of("vlan"):
        _add_vlan(plan, facts, vlan)
    for device in facts.of("device"):
        _add_gateways(plan, device)
    for each in holdings(facts):
        prefix = plan.holding(each.address, each.site, each.vrf)
        if prefix is not None:
            prefix.used.add(each.address)
            prefix.holders[each.asset.kind] += 1
            prefix.groups.update((each.group,) if each.group else ())
    return plan


def _add(plan: Plan, site: str, vrf: str, text: str) -> Prefix | None:
    found = read_interface(text)
    if found is None or found.network.prefixlen == found.max_prefixlen:
        return None
    prefix = plan.add(site, vrf, found.network)
    prefix.addresses.add(found.ip)
    return prefix


def _add_port(plan: Plan, facts: Facts, port: Asset, text: str) -> None:
    prefix = _add(plan, site_of(facts, port), plain_vrf(port.record.vrf), text)
    vlan = facts.by_id.get(port.record.vlan or "")
    if prefix and vlan and vlan.kind == "vlan":
        prefix.vlans.add(_vlan_name(vlan))


def _add_vlan(plan: Plan, facts: Facts, vlan: Asset) -> None:
    """Add the networks of a VLAN's layer 3 interfaces, in the VRFs that these are in."""
    devices = {facts.name(device): facts.by_id.get(device) for device in vlan.record.devices}
    for name, interface, text in vlan.record.gateways:
        device = devices.get(name)
        port = facts.network.port_of(device, interface) if device else None
        vrf = plain_vrf(port.record.vrf) if port else ""
        if prefix := _add(plan, vlan.record.site or "", vrf, text):
            prefix.vlans.add(_vlan_name(vlan))


def _vlan_name(vlan: Asset) -> str:
    return f"{vlan.record.vlan_id} {vlan.name}"


def _add_gateways(plan: Plan, device: Asset) -> None:
    for route in device.record.routes or ():
        hop = read_address(route.next_hop or "") if route.prefix in DEFAULT_ROUTES else None
        if hop is not None:
            prefix = plan.holding(hop, device.record.site or "", plain_vrf(route.vrf))
            if prefix is not None:
                prefix.gateways.add(hop)


def plain_vrf(name: str | None) -> str:
    """Return the name of a VRF; "" for the one that every device has, whatever it calls it."""
    return "" if name in _GLOBAL else str(name)


def site_of(facts: Facts, port: Asset) -> str:
    """Return the site of a port's device; "" for none."""
    device = facts.by_id.get(port.record.device or "")
    return (device.record.site or "") if device else ""


def holdings(facts: Facts) -> Iterator[Holding]:
    """Yield each asset with each address that it is known to have."""
    for port in facts.of("interface"):
        place = site_of(facts, port), plain_vrf(port.record.vrf)
        for address in _read(port.record.ip_addresses):
            yield Holding(asset=port, address=address, site=place[0], vrf=place[1])
    sites = {host.id: _site_of_host(facts, host) for host in facts.of("host")}
    for host in facts.of("host"):
        adapters = host.record.kernel_adapters or ()
        for address in _read([each.ip_address or "" for each in adapters]):
            yield Holding(asset=host, address=address, site=sites[host.id])
    for vm in facts.of("vm"):
        yield from _of_vm(facts, vm, sites.get(vm.record.host or ""))
    for node in facts.of("node"):
        under = paths.machine_of(facts, node, FIGURES)
        site = sites.get(under.host.id) if under.host else None
        for address in _read(node.record.ip_addresses):
            yield Holding(asset=node, address=address, site=site)


def _of_vm(facts: Facts, vm: Asset, site: str | None) -> Iterator[Holding]:
    groups: dict[Address, str | None] = dict.fromkeys(_read(vm.record.ip_addresses))
    for nic in vm.record.nics:
        network = facts.keyed(vm, "network", nic.network)
        for address in _read(nic.ip_addresses):
            groups[address] = network.id if network else None
    for address, group in groups.items():
        yield Holding(asset=vm, address=address, site=site, group=group)


def _site_of_host(facts: Facts, host: Asset) -> str | None:
    """Return the site of the switches that a host is on; None where these are of several."""
    ports = facts.joined(host.id, "interface", FIGURES)
    sites = {site_of(facts, port) for _, port in ports}
    return sites.pop() if len(sites) == 1 else None


def _read(texts: tuple[str, ...] | list[str]) -> Iterator[Address]:
    return (address for text in texts if (address := read_address(text)))
