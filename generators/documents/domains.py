"""The three domains of a site: which collector sees each, its kinds, and how they are counted."""

from __future__ import annotations

from dataclasses import dataclass

from generators.documents.cited import Cited
from generators.documents.facts import Facts
from generators.documents.section import Section
from generators.documents.text import counted, listed
from models.kinds.kubernetes import KUBERNETES_KINDS
from models.records.asset import Asset
from models.records.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A domain; `document` describes it, and its counted kinds are named by `nouns` in order."""

    document: str
    title: str
    collector: str
    source: str
    kinds: frozenset[str]
    nouns: dict[str, str]


VIRTUALIZATION = Domain(
    document="virtualization",
    title="Virtualization",
    collector="vmware",
    source="vCenter",
    kinds=frozenset(
        (
            *("vcenter", "datacenter", "cluster", "resource_pool", "host", "vm", "datastore"),
            *("network", "distributed_switch"),
        )
    ),
    nouns={
        "vcenter": "vCenter",
        "datacenter": "datacenter",
        "cluster": "cluster",
        "host": "host",
        "vm": "virtual machine",
        "datastore": "datastore",
        "network": "network",
    },
)
KUBERNETES = Domain(
    document="kubernetes",
    title="Kubernetes",
    collector="kubernetes",
    source="Kubernetes",
    kinds=frozenset(kind.name for kind in KUBERNETES_KINDS),
    nouns={
        "kubernetes_cluster": "Kubernetes cluster",
        "node": "node",
        "namespace": "namespace",
        "deployment": "deployment",
        "statefulset": "stateful set",
        "daemonset": "daemon set",
        "pod": "pod",
        "service": "service",
        "pv": "persistent volume",
    },
)
NETWORK = Domain(
    document="network",
    title="Network",
    collector="network",
    source="network",
    kinds=frozenset(("device", "interface", "vlan")),
    nouns={"device": "network device", "interface": "interface", "vlan": "VLAN"},
)
DOMAINS = (VIRTUALIZATION, KUBERNETES, NETWORK)
_DOMAIN_OF = {kind: domain for domain in DOMAINS for kind in domain.kinds}


def domain_of(kind: str) -> Domain:
    """Return the domain of a kind; what is not known belongs to the oldest one."""
    return _DOMAIN_OF.get(kind, VIRTUALIZATION)


def present(domain: Domain, facts: Facts) -> bool:
    """Tell whether anything of a domain was ever seen."""
    return any(facts.of(kind) for kind in domain.kinds)


def snapshots_of(domain: Domain, facts: Facts) -> tuple[Snapshot, ...]:
    """Return the newest collections of a domain's sources."""
    seen = {asset.source for kind in domain.kinds for asset in facts.of(kind)}
    return tuple(
        each
        for each in facts.snapshots
        if each.collector == domain.collector or each.source in seen
    )


def sources_in(domain: Domain, facts: Facts) -> tuple[str, ...]:
    """Return the names of a domain's sources, or of all where it has none."""
    found = {snapshot.source for snapshot in snapshots_of(domain, facts)}
    return tuple(sorted(found)) or facts.sources


def assets_in(domain: Domain, facts: Facts) -> list[Asset]:
    """Return the assets of a domain."""
    return [asset for kind in sorted(domain.kinds) for asset in facts.of(kind)]


def say_counts(domain: Domain, facts: Facts, cited: Cited, whose: str = "The site has") -> None:
    """Say how much there is of each counted kind."""
    there = [kind for kind in domain.nouns if facts.of(kind)]
    numbers = {kind: len(facts.of(kind)) for kind in there}
    if there:
        cited.say(
            f"{whose} {listed(counted(numbers[kind], domain.nouns[kind]) for kind in there)}.",
            *(
                (f"total:{kind}", f"{domain.nouns[kind]}s that the site has: {numbers[kind]}")
                for kind in there
            ),
        )


def nothing_collected(domain: Domain, facts: Facts) -> Section:
    """Return the one section of a document about a domain of which nothing was seen."""
    cited = Cited()
    seen = [snapshot.source for snapshot in snapshots_of(domain, facts)]
    if seen:
        names = listed(seen)
        text = f"The {domain.source} source {names} has shown nothing"
        cited.say(f"{text}.", (f"total:{domain.document}.sources", text))
    else:
        text = f"No {domain.source} source is configured, or none was collected yet"
        cited.say(f"{text}.", (f"total:{domain.document}.sources", text))
    return Section(
        key="summary",
        title="Summary",
        template="nothing_collected",
        input={"collector": domain.collector, "configured": bool(seen)},
        summary=cited.sentences,
        facts=cited.facts,
    )
