"""How traffic reaches pods: services with their endpoints, ingresses, network policies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from generators.documents.facts import sources_of
from generators.documents.kubernetes.view import WORKLOADS, Scope, View
from generators.documents.section import Section, table_section
from generators.documents.table import Table, few, inventory_table, tally
from generators.documents.text import UNKNOWN, counted, escape, listed, more_than
from models.kinds import KINDS
from models.kinds.kubernetes.common import Selector
from models.records.asset import Asset

_MOST_ROWS = 400


def sections(view: View) -> list[Section]:
    """Return services, ingresses and network policies, each by cluster."""
    by_cluster = [
        section
        for scope in view.scopes
        for section in (*_services(view, scope), *_ingresses(view, scope), _policies(view, scope))
    ]
    return [_fleet(view), *by_cluster]


def _fleet(view: View) -> Section:
    services = view.facts.of("service")
    types = (service.record.type for service in services)
    sources = sources_of(services) or view.facts.sources
    return Section(
        key="services",
        title="Services and traffic",
        template="tallies",
        input={
            "intro": f"{counted(len(services), 'service')} and "
            f"{counted(len(view.facts.of('ingress')), 'ingress')}, listed by cluster below.",
            "tallies": [tally(types, sources, ("Type", "Services"))],
        },
    )


def _services(view: View, scope: Scope) -> list[Section]:
    services = view.of(scope, "service")
    if not services:
        return []
    shown = services[:_MOST_ROWS]
    inventory = inventory_table(KINDS["service"], shown, view.facts, omit=("cluster",))
    return [
        table_section(
            f"services:{scope.id}",
            view.title(scope, "Services"),
            replace(
                inventory,
                columns=(*inventory.columns, "Ports", "Workloads", "Endpoints"),
                rows=tuple(
                    (*row, _ports(asset), _workloads(view, asset), endpoints(asset))
                    for row, asset in zip(inventory.rows, shown, strict=True)
                ),
                note=more_than(len(services), len(shown), "All stand in csv/service.csv."),
            ),
            about=[asset.id for asset in shown],
            level=3,
        )
    ]


def _ports(service: Asset) -> str:
    return few([escape(f"{port.number}/{port.protocol}") for port in service.record.ports])


def _workloads(view: View, service: Asset) -> str:
    if service.record.type == "ExternalName":
        return escape(service.record.external_name or UNKNOWN)
    found = view.selected(service)
    return few([escape(each.name) for each in found]) if service.record.selector else "no selector"


def endpoints(service: Asset) -> str:
    """Return whether a service has endpoints that are ready; their number moves with its pods."""
    record = service.record
    if record.type == "ExternalName":
        return "-"
    if record.ready_endpoints is None:
        return UNKNOWN
    if record.ready_endpoints:
        return "ready" if not record.unready_endpoints else "**some not ready**"
    return "**none ready**"


def _ingresses(view: View, scope: Scope) -> list[Section]:
    ingresses = view.of(scope, "ingress")
    if not ingresses:
        return []
    rows = [row for ingress in ingresses for row in _routes(view, ingress)]
    return [
        table_section(
            f"ingresses:{scope.id}",
            view.title(scope, "Ingresses"),
            Table(
                columns=("Host", "Path", "Ingress", "Namespace", "TLS", "Service", "Workloads"),
                rows=tuple(rows[:_MOST_ROWS]),
                sources=sources_of(ingresses),
                note=more_than(len(rows), _MOST_ROWS, "All stand in csv/ingress-routes.csv."),
            ),
            intro="A service in bold is named by a rule and does not exist.",
            about=[asset.id for asset in ingresses],
            level=3,
        )
    ]


def _routes(view: View, ingress: Asset) -> Iterator[tuple[str, ...]]:
    there = {
        service.name: service
        for service in (view.facts.by_id.get(each) for each in ingress.record.services)
        if service
    }
    for route in ingress.record.routes:
        service = there.get(route.service or "")
        workloads = [escape(each.name) for each in view.selected(service)] if service else []
        yield (
            escape(route.host or "any"),
            escape(route.path or "/"),
            escape(ingress.name),
            escape(ingress.record.namespace),
            "yes" if ingress.record.tls_secret_names else "no",
            _target(route.service, route.port, exists=service is not None),
            few(workloads),
        )


def _target(service: str | None, port: str | None, *, exists: bool) -> str:
    if service is None:
        return "none"
    words = escape(f"{service}:{port}" if port else service)
    return words if exists else f"**{words}**"


def _policies(view: View, scope: Scope) -> Section:
    """Return the policies, and the namespaces with pods that nothing isolates."""
    policies = view.of(scope, "network_policy")
    shown = policies[:_MOST_ROWS]
    inventory = inventory_table(KINDS["network_policy"], shown, view.facts, omit=("cluster",))
    open_ = _without_any(view, scope, policies)
    named = listed([escape(name) for name in open_[:30]])
    rest = f" and {len(open_) - 30:,} more" if len(open_) > 30 else ""  # noqa: PLR2004  named
    verb = "has" if len(open_) == 1 else "have"
    intro = f"{counted(len(open_), 'namespace')} with workloads {verb} none: {named}{rest}."
    return table_section(
        f"policies:{scope.id}",
        view.title(scope, "Network policies"),
        replace(
            inventory,
            columns=(*inventory.columns, "Pods selected by"),
            rows=tuple(
                (*row, selector_words(policy.record.selector))
                for row, policy in zip(inventory.rows, shown, strict=True)
            ),
            sources=(scope.source,),
            note=more_than(len(policies), len(shown), "All stand in csv/network_policy.csv."),
        ),
        intro=intro if open_ else "",
        about=[policy.id for policy in shown],
        level=3,
    )


def _without_any(view: View, scope: Scope, policies: list[Asset]) -> list[str]:
    held = Counter(policy.record.namespace for policy in policies)
    return [name for name in view.in_namespaces(scope, *WORKLOADS) if not held[name]]


def selector_words(selector: Selector | None) -> str:
    """Return what a label selector selects, in words."""
    if selector is None:
        return UNKNOWN
    parts = [escape(f"{key}={value}") for key, value in selector.labels]
    parts += [
        escape(f"{each.key} {each.operator} {', '.join(each.values)}".strip())
        for each in selector.expressions
    ]
    return few(parts) if parts else "all pods"
