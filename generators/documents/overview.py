"""The document `overview`: the whole site on a few pages."""

from __future__ import annotations

from collections import Counter

from generators.documents import capacity, changes, coverage, findings, topology
from generators.documents.cited import Cited
from generators.documents.diagram import diagrams
from generators.documents.domains import DOMAINS, VIRTUALIZATION, present, say_counts
from generators.documents.facts import Facts
from generators.documents.kubernetes.clusters import capacity_table
from generators.documents.section import Document, Section
from generators.documents.table import Table
from generators.documents.text import listed, memory, percent
from models.kinds import KINDS
from models.kinds.common import PowerState
from models.records.check import Severity

NAME = "overview"
_TOP_FINDINGS, _TOP_CHECKS = 15, 20


def overview(facts: Facts) -> Document:
    """Return the sections of the overview."""
    return Document(
        name=NAME,
        title="Site overview",
        sections=(
            _summary(facts),
            _sources(facts),
            _health(facts),
            _capacity(facts),
            _changes(facts),
            *_across(facts),
            *_topology(facts),
            _totals(facts),
        ),
    )


def _summary(facts: Facts) -> Section:
    cited = Cited()
    health = findings.health_of(facts)
    for domain in DOMAINS:
        say_counts(domain, facts, cited)
        if domain is VIRTUALIZATION:
            say_power(facts, cited)
    findings.say_health(health, cited)
    _say_storage(facts, cited)
    changes.say_latest(facts, cited)
    findings.cite_findings(facts, cited)
    return Section(
        key="summary",
        title="Summary",
        template="overview_summary",
        input={
            "score": findings.score_line(health),
            "coverage": coverage.coverage_lines(facts.snapshots, facts.attempts),
        },
        summary=cited.sentences,
        facts=cited.facts,
        prompt="summarize_site",
    )


def say_power(facts: Facts, cited: Cited) -> None:
    """Say how many machines run."""
    states = Counter(vm.record.power_state for vm in facts.of("vm"))
    if states:
        parts = [
            f"{states[state]:,} {'is' if states[state] == 1 else 'are'} {_power(state)}"
            for state in PowerState
            if states[state]
        ]
        cited.say(
            f"Of the virtual machines {listed(parts)}.",
            *(
                (f"total:vm.{state}", f"virtual machines that are {_power(state)}: {states[state]}")
                for state in PowerState
                if states[state]
            ),
        )


def _power(state: PowerState) -> str:
    words = {PowerState.ON: "powered on", PowerState.OFF: "powered off"}
    words[PowerState.UNKNOWN] = "in a state that is not known"
    return words.get(state, state.value)


def _say_storage(facts: Facts, cited: Cited) -> None:
    stores = [store.record for store in facts.of("datastore")]
    size = capacity.total(store.capacity_mib for store in stores)
    free = capacity.total(store.free_mib for store in stores)
    if not size or free is None:
        return
    share = percent(size - free, size)
    cited.say(
        f"The datastores hold {memory(size)}, of which {share} is used.",
        ("total:datastore.capacity_mib", f"capacity of all datastores: {memory(size)}"),
        ("total:datastore.used", f"used of all datastores: {share}"),
    )


def _sources(facts: Facts) -> Section:
    return Section(
        key="sources",
        title="Sources and freshness",
        template="overview_sources",
        input={"sources": coverage.source_table(facts)},
    )


def _health(facts: Facts) -> Section:
    health = findings.health_of(facts)
    worst = findings.in_turns(health.worst(Severity.CRIT, Severity.WARN))
    cited = Cited()
    findings.cite_findings(facts, cited)
    where = "each domain's document has all of its own."
    return Section(
        key="health",
        title="Health",
        template="overview_health",
        input={
            "score": findings.score_line(health),
            "domains": findings.domain_table(facts),
            "counts": findings.count_table(health, _TOP_CHECKS),
            "worst": findings.finding_table(worst, health, _TOP_FINDINGS, where),
            "unknown": health.totals[Severity.UNKNOWN],
        },
        about=tuple(sorted({finding.asset_id for finding in worst[:_TOP_FINDINGS]})),
        facts=cited.facts,
        prompt="describe_risks" if worst else None,
    )


def _capacity(facts: Facts) -> Section:
    clusters, nodes = facts.of("cluster"), facts.of("node")
    return Section(
        key="capacity",
        title="Capacity",
        template="overview_capacity",
        input={
            "clusters": capacity.cluster_table(facts) if clusters else None,
            "kubernetes": capacity_table(facts.kubernetes) if nodes else None,
        },
        about=tuple(asset.id for asset in (*clusters, *facts.of("host"), *nodes)),
    )


def _changes(facts: Facts) -> Section:
    return Section(
        key="changes",
        title="What changed last",
        template="overview_changes",
        input={"sets": changes.set_table(facts, most=5)},
    )


def _across(facts: Facts) -> list[Section]:
    """Return the picture across domains; nothing where there is only one."""
    if sum(present(domain, facts) for domain in DOMAINS) <= 1:
        return []
    found, labels = topology.paths_across(facts)
    return [
        Section(
            key="across",
            title="From switches to Kubernetes",
            template="diagrams",
            input={
                "intro": "Where the switches of hosts, the clusters of hosts and the clusters of "
                "Kubernetes meet, as far as the joins between sources tell. Figures are hosts on a "
                "switch, and nodes on a cluster of hosts.",
                "diagrams": diagrams(found, labels),
                "sources": Table(columns=(), rows=(), sources=facts.sources),
            },
        )
    ]


def _topology(facts: Facts) -> list[Section]:
    if not present(VIRTUALIZATION, facts):
        return []
    return [
        Section(
            key="topology",
            title="Topology",
            template="diagrams",
            input={
                "intro": "Datacenters, their clusters and hosts.",
                "diagrams": diagrams(topology.host_paths(facts)),
                "sources": Table(columns=(), rows=(), sources=facts.sources),
            },
            about=tuple(
                asset.id for kind in ("datacenter", "cluster", "host") for asset in facts.of(kind)
            ),
        )
    ]


def _totals(facts: Facts) -> Section:
    rows = tuple(
        (
            kind.plural,
            f"{len(facts.of(kind.name)):,}",
            f"[csv/{kind.name}.csv](csv/{kind.name}.csv)",
        )
        for kind in KINDS.values()
        if facts.of(kind.name)
    )
    return Section(
        key="inventory",
        title="Inventory",
        template="overview_inventory",
        input={
            "totals": Table(
                columns=("Kind", "Count", "All fields"),
                rows=rows,
                sources=facts.sources,
                right=(1,),
            )
        },
    )
