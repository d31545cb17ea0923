"""Namespaces: what each holds and asks for, and the quotas that bound it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from generators.documents.facts import sources_of
from generators.documents.kubernetes.clusters import cores
from generators.documents.kubernetes.view import WORKLOADS, Scope, View
from generators.documents.section import Section, table_section
from generators.documents.table import Table, inventory_table
from generators.documents.text import UNKNOWN, escape, memory, more_than
from models.kinds import KINDS
from models.records.asset import Asset

_MOST_ROWS = 500
_WHERE = "All stand in csv/namespace.csv."


def sections(view: View) -> list[Section]:
    """Return two sections per cluster: its namespaces, and their quotas."""
    return [
        section
        for scope in view.scopes
        for section in (_namespaces(view, scope), *_quotas(view, scope))
        if view.of(scope, "namespace")
    ]


def _namespaces(view: View, scope: Scope) -> Section:
    namespaces = view.of(scope, "namespace")
    shown = namespaces[:_MOST_ROWS]
    inventory = inventory_table(KINDS["namespace"], shown, view.facts, omit=("cluster",))
    pods = view.in_namespaces(scope, "pod")
    workloads = Counter(asset.record.namespace for asset in view.of(scope, *WORKLOADS))
    policies = Counter(asset.record.namespace for asset in view.of(scope, "network_policy"))
    more = ("Workloads", "Pods", "CPU requested", "Memory requested", "Network policies")
    first = len(inventory.columns)
    rows = []
    for row, namespace in zip(inventory.rows, shown, strict=True):
        asked = view.requests(pods.get(namespace.name, ()))
        rows.append(
            (
                *row,
                f"{workloads[namespace.name]:,}",
                f"{asked.pods:,}",
                cores(asked.cpu_millicores),
                memory(asked.memory_mib),
                f"{policies[namespace.name]:,}",
            )
        )
    return table_section(
        f"namespaces:{scope.id}",
        view.title(scope, "Namespaces"),
        replace(
            inventory,
            columns=(*inventory.columns, *more),
            rows=tuple(rows),
            right=(*inventory.right, *range(first, first + len(more))),
            note=more_than(len(namespaces), len(shown), _WHERE),
        ),
        about=[namespace.id for namespace in shown],
        level=3,
    )


def _quotas(view: View, scope: Scope) -> list[Section]:
    """Return the bounds of namespaces; how far they are used moves all the time."""
    holders = [
        namespace
        for namespace in view.of(scope, "namespace")
        if namespace.record.quotas or namespace.record.limit_ranges
    ]
    if not holders:
        return []
    rows = [row for namespace in holders for row in _bounds(namespace)]
    return [
        table_section(
            f"quotas:{scope.id}",
            view.title(scope, "Quotas and limit ranges"),
            Table(
                columns=("Namespace", "Quota or limit range", "Resource", "At most"),
                rows=tuple(rows[:_MOST_ROWS]),
                sources=sources_of(holders),
                right=(3,),
                note=more_than(len(rows), _MOST_ROWS, "All stand in csv/namespace-quotas-now.csv."),
            ),
            about=[namespace.id for namespace in holders],
            level=3,
        )
    ]


def _bounds(namespace: Asset) -> list[tuple[str, ...]]:
    name, record = escape(namespace.name), namespace.record
    found: list[tuple[str, ...]] = [
        (name, escape(quota.name), escape(quota.resource), escape(quota.hard) or UNKNOWN)
        for quota in record.quotas or ()
    ]
    return found + [(name, escape(each), "limit range", "-") for each in record.limit_ranges or ()]
