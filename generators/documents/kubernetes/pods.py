"""Pods, counted; only those that are not well are named, and the CSV file lists all."""

from __future__ import annotations

from collections import defaultdict

from generators.documents.facts import Facts, sources_of
from generators.documents.kubernetes.view import Scope, View, owner_of
from generators.documents.section import Section, table_section
from generators.documents.table import Table, few, show, tally
from generators.documents.text import counted, escape, more_than
from models.kinds import KINDS
from models.kinds.kubernetes import KUBERNETES_KINDS
from models.records.asset import Asset

_MOST_ROWS = 200
_BANDS = (1000, 100, 10, 1)
_SICK_PHASES = frozenset(("Pending", "Failed", "Unknown"))


def sections(view: View) -> list[Section]:
    """Return the counts, those that are not well by cluster, and recent warnings."""
    unwell = [_unwell(view, scope) for scope in view.scopes if view.of(scope, "pod")]
    return [_fleet(view), *unwell, _warnings(view)]


def _fleet(view: View) -> Section:
    pods = view.facts.of("pod")
    sources = sources_of(pods) or view.facts.sources
    return Section(
        key="pods",
        title="Pods",
        template="tallies",
        input={
            "intro": f"{counted(len(pods), 'pod')}. Nodes, namespaces and workloads show how many "
            "each has; every pod stands in csv/pod.csv.",
            "tallies": [
                tally((pod.record.phase for pod in pods), sources, ("Phase", "Pods")),
                tally((pod.record.qos_class for pod in pods), sources, _by_quality()),
            ],
        },
    )


def _by_quality() -> tuple[str, str]:
    field = KINDS["pod"].field("qos_class")
    return (field.fact.label if field else "Quality of service"), "Pods"


def is_unwell(pod: Asset) -> bool:
    """Tell whether a pod waits, has failed, or runs without being ready."""
    record = pod.record
    if record.phase == "Succeeded":
        return False
    if record.phase in _SICK_PHASES or record.waiting_reason or record.unschedulable_reason:
        return True
    return record.phase == "Running" and record.ready is False


def _unwell(view: View, scope: Scope) -> Section:
    found = [pod for pod in view.of(scope, "pod") if is_unwell(pod)]
    shown = found[:_MOST_ROWS]
    return table_section(
        f"unwell:{scope.id}",
        view.title(scope, "Pods that are not well"),
        Table(
            columns=("Pod", "Namespace", "Phase", "Ready", "Node", "Workload", "Restarts", "Why"),
            rows=tuple(_row(pod, view.facts) for pod in shown),
            sources=(scope.source,),
            right=(6,),
            note=more_than(len(found), len(shown), "All stand in csv/pod.csv."),
        ),
        intro="Pods that wait, have failed, or run without being ready.",
        about=[pod.id for pod in shown],
        level=3,
    )


def _row(pod: Asset, facts: Facts) -> tuple[str, ...]:
    record = pod.record
    reasons = (record.waiting_reason, record.unschedulable_reason, record.terminated_reason)
    owner = owner_of(pod)
    return (
        escape(pod.name),
        escape(record.namespace),
        show(record.phase),
        show(record.ready),
        escape(facts.name(record.node)) or "none",
        escape(facts.name(owner) if owner else record.owner or "none"),
        restarts(record.restart_count),
        ", ".join(escape(reason) for reason in reasons if reason) or "-",
    )


def restarts(number: int | None) -> str:
    """Return a counter of restarts coarsely, since it counts on while nothing else changes."""
    if number is None:
        return "unknown"
    found = next((band for band in _BANDS if number >= band), 0)
    return f"{found:,} or more" if found > 1 else "1 to 9" if found else "0"


def _warnings(view: View) -> Section:
    """Return which warnings came lately about what; how often and when moves all the time."""
    holders: dict[tuple[str, str], list[Asset]] = defaultdict(list)
    for kind in KUBERNETES_KINDS:
        if kind.field("warnings") is None:
            continue
        for asset in view.facts.of(kind.name):
            for reason in {warned.reason for warned in asset.record.warnings}:
                holders[reason, kind.name].append(asset)
    order = sorted(holders, key=lambda key: (-len(holders[key]), key))
    warned = [asset for these in holders.values() for asset in these]
    return table_section(
        "warnings",
        "Recent warning events",
        Table(
            columns=("Reason", "About", "Number", "Which"),
            rows=tuple(
                (
                    escape(reason),
                    KINDS[kind].title,
                    f"{len(holders[reason, kind]):,}",
                    few([escape(asset.name) for asset in holders[reason, kind]]),
                )
                for reason, kind in order[:_MOST_ROWS]
            ),
            sources=sources_of(warned) or view.facts.sources,
            right=(2,),
            note="Their texts, times and counts stand in csv/kubernetes-warnings-now.csv."
            if warned
            else "",
        ),
        intro="A cluster forgets its events after about an hour.",
    )
