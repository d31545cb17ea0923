"""The document `overview`: the whole site on a few pages."""

from __future__ import annotations

from collections import Counter

from generators.documents import capacity, changes, coverage, findings, topology
from generators.documents.cited import Cited
from generators.documents.diagram import diagrams
from generators.documents.facts import Facts
from generators.documents.section import Document, Section
from generators.documents.table import Table
from generators.documents.text import counted, listed, memory, percent
from models.kinds import KINDS
from models.kinds.common import PowerState
from models.records.check import Severity

NAME = "overview"
_TOP_FINDINGS = 15
_COUNTED = ("vcenter", "datacenter", "cluster", "host", "vm", "datastore", "network")
_NOUNS = {
    "vcenter": "vCenter",
    "datacenter": "datacenter",
    "cluster": "cluster",
    "host": "host",
    "vm": "virtual machine",
    "datastore": "datastore",
    "network": "network",
}


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
            _topology(facts),
            _totals(facts),
        ),
    )


def _summary(facts: Facts) -> Section:
    cited = Cited()
    say_totals(facts, cited)
    findings.say_health(facts, cited)
    _say_storage(facts, cited)
    changes.say_latest(facts, cited)
    findings.cite_findings(facts, cited)
    return Section(
        key="summary",
        title="Summary",
        template="overview_summary",
        input={
            "score": findings.score_line(facts),
            "coverage": coverage.coverage_lines(facts.snapshots),
        },
        summary=cited.sentences,
        facts=cited.facts,
        prompt="summarize_site",
    )


def say_totals(facts: Facts, cited: Cited) -> None:
    """Say how much there is, and how many machines run."""
    present = [kind for kind in _COUNTED if facts.of(kind)]
    cited.say(
        f"The site has {listed(counted(len(facts.of(kind)), _NOUNS[kind]) for kind in present)}.",
        *((f"total:{kind}", f"{_NOUNS[kind]}s: {len(facts.of(kind))}") for kind in present),
    )
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
    worst = facts.worst(Severity.CRIT, Severity.WARN)
    cited = Cited()
    findings.cite_findings(facts, cited)
    return Section(
        key="health",
        title="Health",
        template="overview_health",
        input={
            "score": findings.score_line(facts),
            "counts": findings.count_table(facts),
            "worst": findings.finding_table(worst, facts, _TOP_FINDINGS),
            "unknown": findings.totals(facts)[Severity.UNKNOWN],
        },
        about=tuple(sorted({finding.asset_id for finding in worst})),
        facts=cited.facts,
        prompt="describe_risks" if worst else None,
    )


def _capacity(facts: Facts) -> Section:
    clusters = facts.of("cluster")
    return Section(
        key="capacity",
        title="Capacity",
        template="overview_capacity",
        input={"clusters": capacity.cluster_table(facts)},
        about=tuple(asset.id for asset in (*clusters, *facts.of("host"))),
    )


def _changes(facts: Facts) -> Section:
    return Section(
        key="changes",
        title="What changed last",
        template="overview_changes",
        input={"sets": changes.set_table(facts, most=5)},
    )


def _topology(facts: Facts) -> Section:
    return Section(
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
