"""Hosts in their racks, each cabled to the pair of switches at the top of its rack."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from deployments.practice.site.draw import Draw
from deployments.practice.site.ground import Ground
from deployments.practice.site.plan import ClusterPlan
from deployments.practice.site.records import Host, Pnic, Rack
from deployments.practice.site.vendors import tor_of

HOSTS_PER_RACK = 16
GIB = 1 << 30
MEMORY_STEP = 64 * GIB

# vendor, model, CPU, sockets, cores per socket, MHz, first three bytes of its NICs, BIOS
MODELS = (
    ("Dell Inc.", "PowerEdge R660", "Intel(R) Xeon(R) Gold 6430", 2, 32, 2100, "b4:45:06", "1.6.7"),
    (
        "Dell Inc.",
        "PowerEdge R760",
        "Intel(R) Xeon(R) Gold 6448Y",
        2,
        32,
        2100,
        "b4:45:06",
        "2.1.5",
    ),
    ("HPE", "ProLiant DL380 Gen11", "Intel(R) Xeon(R) Gold 6442Y", 2, 24, 2600, "5c:ed:8c", "2.20"),
    (
        "Lenovo",
        "ThinkSystem SR650 V3",
        "Intel(R) Xeon(R) Gold 6426Y",
        2,
        16,
        2500,
        "08:3a:88",
        "3.10",
    ),
)
ESXI = ("8.0.3", "24280767")
OLDER_ESXI = ("8.0.2", "22380479")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place for a host: its id and cluster are fixed before its memory is."""

    moid: str
    cluster: str
    plan: ClusterPlan
    index: int


def rack_name(datacenter: str, number: int) -> str:
    """Return the name of the n-th rack, from 0."""
    return f"{datacenter}-r{number + 1:02d}"


def build_hosts(
    draw: Draw, ground: Ground, slots: list[Slot], memory: dict[str, int]
) -> list[Host]:
    """Build one datacenter's hosts; `memory` is bytes a host, by cluster id."""
    hosts = []
    models: dict[str, int] = {}
    for number, slot in enumerate(slots):
        model = models.setdefault(slot.cluster, draw.random.randrange(len(MODELS)))
        place = rack_name(ground.datacenter.name, number // HOSTS_PER_RACK)
        hosts.append(_host(draw, ground, slot, place, number % HOSTS_PER_RACK, model))
    return [replace(host, memory_bytes=memory[host.cluster]) for host in hosts]


def _host(draw: Draw, ground: Ground, slot: Slot, rack: str, unit: int, model: int) -> Host:
    vendor, name, cpu, sockets, cores, mhz, oui, bios = MODELS[model]
    datacenter = ground.datacenter.name
    return Host(
        moid=slot.moid,
        name=f"esx{slot.index + 1:02d}.{slot.plan.name}.example.net",
        datacenter=datacenter,
        rack=rack,
        cluster=slot.cluster,
        uuid=draw.uuid(),
        vendor=vendor,
        model=name,
        serial=draw.serial(),
        bios_version=bios,
        bios_released_at=draw.ago(200, 700),
        cpu_model=cpu,
        cpu_sockets=sockets,
        cpu_cores=sockets * cores,
        cpu_threads=sockets * cores * 2,
        cpu_mhz=mhz,
        memory_bytes=0,
        esxi_version=ESXI[0],
        esxi_build=ESXI[1],
        address=ground.address("mgmt"),
        pnics=_pnics(draw, rack, unit, oui),
        dvs_uplinks=("vmnic2", "vmnic3"),
        storage_paths=4,
        ntp_servers=(f"ntp1.{datacenter}.example.net", f"ntp2.{datacenter}.example.net"),
        ntp_running=True,
        dns_servers=("10.16.0.10", "10.16.0.11"),
        syslog=f"tcp://logs.{datacenter}.example.net:1514",
        booted_at=draw.ago(20, 180),
        ssh_running=False,
        lockdown="lockdownNormal",
        certificate_ends_at=draw.anchor + timedelta(days=draw.random.randrange(300, 1500)),
    )


def _pnics(draw: Draw, rack: str, unit: int, oui: str) -> tuple[Pnic, ...]:
    """Two 1 Gbit/s NICs for management, two of 25 Gbit/s for all else, spread over two switches."""
    first, tor = 2 * unit + 1, tor_of(rack)
    return tuple(
        Pnic(
            name=f"vmnic{index}",
            mac=draw.mac(oui),
            speed_mbps=1000 if index < 2 else 25000,  # noqa: PLR2004 - the first pair
            up=True,
            driver="ntg3" if index < 2 else "nmlx5_core",  # noqa: PLR2004
            switch=f"sw-{rack}-{'ab'[index % 2]}",
            port=tor.port(first + index // 2),
        )
        for index in range(4)
    )


def build_racks(ground: Ground, host_count: int) -> list[Rack]:
    """Return as many racks as the hosts need, and one for the core."""
    name = ground.datacenter.name
    count = -(-host_count // HOSTS_PER_RACK)
    racks = [Rack(name=rack_name(name, n), datacenter=name, units=42) for n in range(count)]
    return [*racks, Rack(name=f"{name}-core", datacenter=name, units=42)]
