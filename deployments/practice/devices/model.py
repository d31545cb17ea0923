"""A device as it is now: what its commands show and its configuration mode changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

PHYSICAL, MANAGEMENT, BUNDLE, SVI, LOOPBACK = "physical", "management", "bundle", "svi", "loopback"
HIGHEST_MTU = 9214


@dataclass(slots=True, kw_only=True)
class Port:
    """An interface; `far` is the device or host at the other end of its cable, and its port.

    `carrier` is whether anything lives at the other end that is no device of ours.
    """

    name: str
    kind: str = PHYSICAL
    description: str = ""
    enabled: bool = True
    carrier: bool = True
    far: tuple[str, str] | None = None
    speed_mbps: int = 1000
    duplex: str = "full"
    mtu: int = 1500
    mode: str = "access"  # access, trunk or routed
    vlan: int = 1
    native: int = 1
    vlans: tuple[int, ...] = ()
    bundle: str | None = None
    addresses: tuple[str, ...] = ()  # 10.0.0.1/24
    vrf: str | None = None
    mac: str = ""
    err_disabled: str | None = None
    input_errors: int = 0
    changed_at: datetime | None = None

    def flapped(self) -> None:
        """Note that the link went up or down just now."""
        self.changed_at = datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Peer:
    """A BGP neighbour, reached over one of our ports; `far` is the device where it is ours."""

    address: str
    asn: int
    port: str
    far: str | None
    description: str
    secret: str | None = None
    broken: str | None = None  # the state it is stuck in
    since: datetime


@dataclass(slots=True, kw_only=True)
class Route:
    """A static or learned route."""

    prefix: str
    protocol: str  # static or bgp
    next_hop: str
    port: str


@dataclass(slots=True, kw_only=True)
class Device:
    """A network device; `saved` is the configuration that survives a restart, salt left out."""

    name: str
    platform: str
    site: str
    rack: str
    role: str
    model: str
    serial: str
    software: str
    address: str
    mac: str
    asn: int
    ports: dict[str, Port]
    vlans: dict[int, str]
    peers: list[Peer] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    ntp_servers: tuple[str, ...] = ()
    syslog_servers: tuple[str, ...] = ()
    community: str = ""
    telnet: bool = False
    gateway: str = ""
    virtual: dict[int, str] = field(default_factory=dict)  # VLAN and the address shared by VRRP
    booted_at: datetime
    configured_at: datetime
    saved: str = ""

    def touched(self) -> None:
        """Note that the configuration was changed just now."""
        self.configured_at = datetime.now(UTC)

    def of_kind(self, *kinds: str) -> list[Port]:
        """Return the ports of some kinds, in order."""
        return [port for port in self.ports.values() if port.kind in kinds]

    def members(self, bundle: str) -> list[Port]:
        """Return the ports of a bundle."""
        return [port for port in self.ports.values() if port.bundle == bundle]

    def copy(self) -> Device:
        """Return a copy that may be changed apart, for a candidate configuration."""
        ports = {name: replace(port) for name, port in self.ports.items()}
        peers = [replace(peer) for peer in self.peers]
        return replace(self, ports=ports, vlans=dict(self.vlans), peers=peers)
