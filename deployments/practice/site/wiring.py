"""What the cables lead to: top-of-rack and core switches, a management switch, a border router.

In each datacenter the first switch of every rack hangs on the first core, the second on the second,
by a bundle of two; the cores are joined by another, so that there is one way from any port to any
other. The management switch has a port for every device's own management port and every server's,
and hangs on the first core. The border router has a routed link to either core, one to the
internet and one to the other datacenter's.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace

from deployments.practice.site.draw import Draw
from deployments.practice.site.ground import VLANS, Ground
from deployments.practice.site.plan import BERLIN, FRANKFURT
from deployments.practice.site.records import Host, Pnic, Rack, Switch, SwitchPort
from deployments.practice.site.vendors import CATALYST, MAKES, QFX, ROUTER, Make, tor_of

ALL_VLANS = tuple(vlan for vlan, _ in VLANS)
HOST_VLANS = tuple(vlan for vlan, name in VLANS if name != "mgmt")
MANAGEMENT_VLAN, OOB_VLAN = 10, 99
DATACENTERS = (FRANKFURT, BERLIN)
CORE_PORTS = 30  # of a line card that lead to racks; the next two lead to the other core
STACKED_PORTS = 48
BORDER_ASN, CORE_ASN, TOR_ASN = 64600, 64610, 65000


@dataclass(slots=True)
class _Wired:
    """One datacenter's devices, while they are being cabled."""

    ground: Ground
    switches: list[Switch] = field(default_factory=list)
    ports: dict[str, list[SwitchPort]] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return DATACENTERS.index(self.ground.datacenter.name) + 1

    def add(self, switch: Switch) -> None:
        self.switches.append(switch)
        self.ports[switch.name] = list(switch.ports)

    def cable(self, one: SwitchPort, at: str, other: SwitchPort, there: str) -> None:
        """Put a port on either device, each knowing the other."""
        ends = ((at, one, there, other.name), (there, other, at, one.name))
        for name, port, far, far_port in ends:
            known = replace(
                port, neighbour=far, neighbour_port=far_port, description=f"{far} {far_port}"
            )
            self.ports[name].append(known)

    def finished(self) -> list[Switch]:
        return [replace(one, ports=tuple(self.ports[one.name])) for one in self.switches]


def build_switches(
    draw: Draw, ground: Ground, racks: list[Rack], hosts: list[Host]
) -> list[Switch]:
    """Return a datacenter's network devices, their ports named as their makers do."""
    wired = _Wired(ground)
    cables = {(pnic.switch, pnic.port): (host.name, pnic) for host in hosts for pnic in host.pnics}
    for rack in racks[:-1]:
        for side in "ab":
            wired.add(_top_of_rack(draw, ground, rack, side, cables))
    for side in "ab":
        name, core = f"sw-{ground.datacenter.name}-core-{side}", f"{ground.datacenter.name}-core"
        wired.add(_device(draw, ground, name, core, "core", QFX))
    _join_racks(wired)
    _join_cores(wired)
    # Their own stream of draws: what was there before them stays as it was.
    own = Draw(zlib.crc32(ground.datacenter.name.encode()), draw.anchor)
    _add_border(own, wired)
    _add_management(own, wired, hosts)
    return wired.finished()


def _top_of_rack(
    draw: Draw,
    ground: Ground,
    rack: Rack,
    side: str,
    cables: dict[tuple[str, str], tuple[str, Pnic]],
) -> Switch:
    name, make = f"sw-{rack.name}-{side}", tor_of(rack.name)
    ports = tuple(_host_port(name, make.port(n), cables) for n in range(1, 49))
    return replace(_device(draw, ground, name, rack.name, "tor", make), ports=ports)


def _host_port(
    switch: str, port: str, cables: dict[tuple[str, str], tuple[str, Pnic]]
) -> SwitchPort:
    host, pnic = cables.get((switch, port), (None, None))
    management = pnic is not None and pnic.speed_mbps == 1000  # noqa: PLR2004 - 1 Gbit/s
    return SwitchPort(
        name=port,
        description=f"{host} {pnic.name}" if pnic else "",
        speed_mbps=pnic.speed_mbps if pnic else 25000,
        enabled=pnic is not None,
        up=pnic is not None and pnic.up,
        mode="access" if management or pnic is None else "trunk",
        vlans=(MANAGEMENT_VLAN,) if management else HOST_VLANS if pnic else (1,),
        neighbour=host,
        neighbour_port=pnic.name if pnic else None,
    )


def _join_racks(wired: _Wired) -> None:
    tors = [switch for switch in wired.switches if switch.role == "tor"]
    for tor in tors:
        number, side = int(tor.rack[-2:]), tor.name[-1]
        core, make = f"sw-{tor.datacenter}-core-{side}", tor_of(tor.rack)
        for member in (0, 1):
            card, port = divmod(2 * (number - 1) + member, CORE_PORTS)
            here = _trunk(make.uplink_port(member + 1), 100000, 1)
            there = _trunk(f"et-{card}/0/{port}", 100000, number)
            wired.cable(here, tor.name, there, core)


def _join_cores(wired: _Wired) -> None:
    first, second = (switch.name for switch in wired.switches if switch.role == "core")
    for port in (CORE_PORTS, CORE_PORTS + 1):
        here, there = _trunk(f"et-0/0/{port}", 100000, 0), _trunk(f"et-0/0/{port}", 100000, 0)
        wired.cable(here, first, there, second)


def _add_border(own: Draw, wired: _Wired) -> None:
    datacenter = wired.ground.datacenter.name
    name = f"rt-{datacenter}-border"
    wired.add(_device(own, wired.ground, name, f"{datacenter}-core", "border", ROUTER))
    for number, side in enumerate("ab", 1):
        core = f"sw-{datacenter}-core-{side}"
        wired.cable(_routed(f"eth{number}"), name, _routed("xe-0/0/42"), core)
    other = DATACENTERS[wired.number % len(DATACENTERS)]
    provider = replace(_routed("eth3"), description="transit AS64500")
    far = replace(
        _routed("eth4"),
        description=f"rt-{other}-border eth4",
        neighbour=f"rt-{other}-border",
        neighbour_port="eth4",
    )
    wired.ports[name] += [provider, far]


def _add_management(own: Draw, wired: _Wired, hosts: list[Host]) -> None:
    datacenter = wired.ground.datacenter.name
    name = f"sw-{datacenter}-mgmt"
    devices = list(wired.switches)
    wired.add(_device(own, wired.ground, name, f"{datacenter}-core", "management", CATALYST))
    for number in (1, 2):
        there = _trunk(f"xe-0/0/{39 + number}", 10000, 40)
        here = _trunk(CATALYST.uplink_port(number), 10000, 1)
        wired.cable(here, name, there, f"sw-{datacenter}-core-a")
    for number, device in enumerate(devices):
        vlan = MANAGEMENT_VLAN if device.role == "border" else OOB_VLAN
        port = _management_port(device.platform)
        wired.cable(_access(number, vlan), name, port, device.name)
    wired.ports[name] += [
        replace(_access(number, OOB_VLAN), description=f"{host.name} bmc")
        for number, host in enumerate(hosts, len(devices))
    ]
    used = len(devices) + len(hosts)
    wired.ports[name] += [
        replace(_access(number, 1), enabled=False, up=False)
        for number in range(used, -(-(used + 1) // STACKED_PORTS) * STACKED_PORTS)
    ]


def _access(number: int, vlan: int) -> SwitchPort:
    member, port = divmod(number, STACKED_PORTS)
    name = f"GigabitEthernet{member + 1}/0/{port + 1}"
    return _port(name, 1000, "access", (vlan,))


def _management_port(platform: str) -> SwitchPort:
    return _port(MAKES[platform].management, 1000, "routed", ())


def _routed(name: str) -> SwitchPort:
    return _port(name, 10000, "routed", ())


def _trunk(name: str, speed_mbps: int, bundle: int) -> SwitchPort:
    return replace(_port(name, speed_mbps, "trunk", ALL_VLANS), bundle=bundle)


def _port(name: str, speed_mbps: int, mode: str, vlans: tuple[int, ...]) -> SwitchPort:
    return SwitchPort(
        name=name,
        description="",
        speed_mbps=speed_mbps,
        enabled=True,
        up=True,
        mode=mode,
        vlans=vlans,
        neighbour=None,
        neighbour_port=None,
    )


def _device(draw: Draw, ground: Ground, name: str, rack: str, role: str, make: Make) -> Switch:
    datacenter = ground.datacenter.name
    number = DATACENTERS.index(datacenter) + 1
    serial, address, mac = draw.serial(8), ground.address("mgmt"), draw.mac(make.oui)
    tail = address.rsplit(".", 2)
    return Switch(
        name=name,
        datacenter=datacenter,
        rack=rack,
        role=role,
        vendor=make.vendor,
        model=make.model,
        serial=make.serial + serial,
        software=make.software,
        address=address,
        mac=mac,
        ports=(),
        platform=make.platform,
        asn=_asn(role, number, name),
        oob_address=f"192.168.{16 * number + int(tail[1])}.{tail[2]}",
    )


def _asn(role: str, datacenter: int, name: str) -> int:
    """Return the number of its autonomous system: one a rack, one for the cores, one a border."""
    if role == "tor":
        return TOR_ASN + 100 * datacenter + int(name[-4:-2])
    return {"border": BORDER_ASN, "core": CORE_ASN, "management": 0}[role] + (
        datacenter if role != "management" else 0
    )
