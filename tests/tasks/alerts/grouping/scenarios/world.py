"""A made-up datacenter for one seed: services, what they run on, and the topology file of it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

TRADES = (
    ("storefront checkout catalog pricing basket shipping payments loyalty search-index", "shop"),
    ("portal ledger accounts transfers fraud-check statements cards limits rates", "bank"),
    ("patients admission labs imaging pharmacy appointments consent wards", "clinic"),
    ("player timeline encoder subtitles recommend billing-core profiles ads", "media"),
    ("booking seatmap fares checkin baggage crew delays miles", "air"),
    ("erp mes wms plm scada-bridge andon quality traceability", "plant"),
)
STORES = ("db", "mq", "cache", "store")
HOST_STYLES = (
    "{t}-w{n:02d}",
    "{t}node{n:03d}",
    "srv-{t}-{n}",
    "{t}{n:02d}.dc1.{t}.example",
    "k-{n:02d}",
)
FLAVOURS = ("kubernetes", "vmware", "bare")


@dataclass
class World:
    seed: int
    rng: random.Random
    flavour: str
    trade: str
    cluster: str
    site: str
    has_topology: bool
    depends: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)  # service, db, mq, cache, store
    placed: dict[str, list[str]] = field(default_factory=dict)  # service to host or vm
    vms: dict[str, tuple[str, str]] = field(default_factory=dict)  # vm to hypervisor, datastore
    racks: dict[str, tuple[str, str]] = field(default_factory=dict)  # host to rack, switch

    @property
    def hosts(self) -> list[str]:
        return list(self.racks)

    @property
    def services(self) -> list[str]:
        return list(self.depends)

    def dependents(self, service: str) -> list[str]:
        return [name for name, below in self.depends.items() if service in below]

    def stores(self, kind: str) -> list[str]:
        return [name for name, own in self.kinds.items() if own == kind]

    def hosts_of(self, service: str) -> list[str]:
        return [self.vms[one][0] if one in self.vms else one for one in self.placed[service]]

    def on_host(self, host: str) -> list[str]:
        return [name for name in self.services if host in self.hosts_of(name)]

    def behind(self, switch: str) -> list[str]:
        return [host for host, (_, own) in self.racks.items() if own == switch]

    def reach(self, service: str) -> set[str]:
        """Everything that a failure of this service may touch: it, and who depends on it."""
        found, waiting = {service}, [service]
        while waiting:
            for name in self.dependents(waiting.pop()):
                if name not in found:
                    found.add(name)
                    waiting.append(name)
        return found

    def below(self, service: str) -> set[str]:
        found, waiting = {service}, [service]
        while waiting:
            for name in self.depends[waiting.pop()]:
                if name not in found:
                    found.add(name)
                    waiting.append(name)
        return found

    def apart(self, service: str, others: list[str]) -> bool:
        """Whether a service shares neither host nor chain with any of the others."""
        mine = self.below(service) | self.reach(service)
        own = {host for name in mine for host in self.hosts_of(name)}
        for other in others:
            theirs = self.below(other) | self.reach(other)
            if mine & theirs or own & {host for name in theirs for host in self.hosts_of(name)}:
                return False
        return True

    def topology(self) -> dict:
        form = self.seed % 3
        if form == 0:
            return self._sections()
        return self._records() if form == 1 else self._graph()

    def _sections(self) -> dict:
        hosts = {
            host: {"rack": rack, "switch": switch, "role": "worker"}
            for host, (rack, switch) in self.racks.items()
        }
        found = {
            "cluster": self.cluster,
            "services": self.depends,
            "placement": self.placed,
            "hosts": hosts,
        }
        if self.vms:
            found["vms"] = {
                vm: {"host": host, "datastore": store} for vm, (host, store) in self.vms.items()
            }
        return found

    def _records(self) -> dict:
        return {
            "cluster": self.cluster,
            "applications": [
                {"name": name, "depends_on": below, "runs_on": self.placed[name]}
                for name, below in self.depends.items()
            ],
            "virtual_machines": [
                {"name": vm, "esxi": host, "datastores": [store]}
                for vm, (host, store) in self.vms.items()
            ],
            "servers": [
                {"id": host, "rack": rack, "uplink": [switch], "os": "linux"}
                for host, (rack, switch) in self.racks.items()
            ],
        }

    def _graph(self) -> dict:
        nodes = [{"id": name, "kind": "service"} for name in self.depends]
        nodes += [{"id": vm, "kind": "vm"} for vm in self.vms]
        nodes += [{"id": host, "kind": "host"} for host in self.racks]
        nodes += [
            {"id": switch, "kind": "switch"} for switch in {own for _, own in self.racks.values()}
        ]
        nodes += [
            {"id": store, "kind": "datastore"} for store in {own for _, own in self.vms.values()}
        ]
        edges = [
            {"from": name, "to": one, "type": "depends_on"}
            for name, below in self.depends.items()
            for one in below
        ]
        edges += [
            {"from": name, "to": one, "type": "runs_on"}
            for name, carriers in self.placed.items()
            for one in carriers
        ]
        for vm, (host, store) in self.vms.items():
            edges += [
                {"from": vm, "to": host, "type": "runs_on"},
                {"from": vm, "to": store, "type": "stored_on"},
            ]
        edges += [
            {"from": host, "to": switch, "type": "connected_to"}
            for host, (_, switch) in self.racks.items()
        ]
        return {"environment": "production", "nodes": nodes, "edges": edges}


def make_world(seed: int) -> World:
    rng = random.Random(f"world {seed}")
    names, trade = TRADES[rng.randrange(len(TRADES))]
    flavour = FLAVOURS[seed % len(FLAVOURS)] if seed % 7 else "kubernetes"
    world = World(
        seed=seed,
        rng=rng,
        flavour=flavour,
        trade=trade,
        cluster=rng.choice((f"prod-{trade}", f"{trade}-live-1", f"{trade}-prod-west")),
        site=rng.choice(("hall-4", "fra2", "dc-north", "room7")),
        has_topology=seed % 4 != 3,
    )
    _services(world, names.split())
    _machines(world)
    return world


def _services(world: World, names: list[str]) -> None:
    rng = world.rng
    rng.shuffle(names)
    front, mids = names[:2], names[2:]
    for number, name in enumerate(mids):
        store = rng.choice(STORES) if number > 2 else ("db", "mq", "cache")[number]
        own = f"{name}-{store}" if store in ("db", "store") else f"{store}{number}"
        world.depends[name] = [own]
        world.depends[own] = []
        world.kinds[name], world.kinds[own] = "service", store
    for number, name in enumerate(front):
        world.depends[name] = [mid for index, mid in enumerate(mids) if index % 2 == number][:3]
        world.kinds[name] = "service"


def _machines(world: World) -> None:
    rng = world.rng
    style = rng.choice(HOST_STYLES)
    count = rng.choice((18, 24, 30))
    tor = rng.choice(("sw-{r}", "tor{r}", "leaf-{r}"))
    for number in range(1, count + 1):
        rack = f"r{(number - 1) // 6 + 1}"
        world.racks[style.format(t=world.trade[:3], n=number)] = (rack, tor.format(r=rack))
    hosts = world.hosts
    free = hosts[:]
    for name in world.depends:
        if not free:
            free = hosts[:]
        copies = 1 if world.kinds[name] != "service" or rng.random() < 0.5 else 2
        chosen = [free.pop(rng.randrange(len(free))) for _ in range(min(copies, len(free)))]
        if world.flavour == "vmware":
            world.placed[name] = []
            for number, host in enumerate(chosen, start=1):
                vm = f"{name}-vm{number}"
                world.vms[vm] = (host, f"ds-{world.racks[host][0]}")
                world.placed[name].append(vm)
        else:
            world.placed[name] = chosen
