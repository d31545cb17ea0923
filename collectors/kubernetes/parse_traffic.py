"""Services, ingresses and network policies."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.kubernetes.parse_common import (
    api_versions,
    namespaced,
    pairs,
    place,
    selector,
    texts,
)
from collectors.kubernetes.shapes_traffic import (
    BackendPort,
    BalancedStatus,
    IngressItem,
    IngressSpec,
    PolicyItem,
    Reached,
    ServiceItem,
    ServicePort,
    ServiceSpec,
)
from collectors.kubernetes.surroundings import Surroundings, plain_value
from models.kinds.kubernetes.common import Port
from models.kinds.kubernetes.traffic import Ingress, NetworkPolicy, Route, Service

_OLD_CLASS = "kubernetes.io/ingress.class"
_HEADLESS = "None"


def parse_service(item: ServiceItem, around: Surroundings) -> Service:
    """Return a service."""
    meta, spec = item.metadata, item.spec
    around.services[place(meta)] = meta.uid
    ready, unready = _endpoints(item, around)
    return Service(
        **namespaced(meta, around),
        type=spec.type,
        cluster_ips=_cluster_ips(spec),
        external_ips=texts([*(spec.external_ips or ()), *_reached(item.status)]),
        external_name=spec.external_name or None,
        ports=tuple(map(_port, spec.ports or ())),
        selector=pairs(spec.selector),
        external_traffic_policy=spec.external_traffic_policy or None,
        api_versions=api_versions(meta),
        ready_endpoints=ready,
        unready_endpoints=unready,
        warnings=around.warnings.get(meta.uid, ()),
    )


def parse_ingress(item: IngressItem, around: Surroundings) -> Ingress:
    """Return an ingress."""
    meta, spec = item.metadata, item.spec
    routes = tuple(_routes(spec))
    found = (around.services.get((meta.namespace or "", one.service or "")) for one in routes)
    return Ingress(
        **namespaced(meta, around),
        ingress_class=spec.ingress_class_name or plain_value(meta.annotations, _OLD_CLASS) or None,
        hosts=texts(rule.host for rule in spec.rules or ()),
        routes=routes,
        services=texts(found),
        tls_secret_names=texts(one.secret_name for one in spec.tls or ()),
        addresses=texts(_reached(item.status)),
        api_versions=api_versions(meta),
        warnings=around.warnings.get(meta.uid, ()),
    )


def parse_policy(item: PolicyItem, around: Surroundings) -> NetworkPolicy:
    """Return a network policy."""
    meta, spec = item.metadata, item.spec
    return NetworkPolicy(
        **namespaced(meta, around),
        selector=selector(spec.pod_selector),
        policy_types=texts(spec.policy_types),
        ingress_rules=len(spec.ingress or ()),
        egress_rules=len(spec.egress or ()),
        api_versions=api_versions(meta),
    )


def _endpoints(item: ServiceItem, around: Surroundings) -> tuple[int | None, int | None]:
    # A name elsewhere has no endpoints by its nature.
    if around.endpoints is None or item.spec.type == "ExternalName":
        return None, None
    return around.endpoints.get(place(item.metadata), (0, 0))


def _cluster_ips(spec: ServiceSpec) -> tuple[str, ...]:
    found = spec.cluster_ips or ([spec.cluster_ip] if spec.cluster_ip else [])
    return tuple(one for one in found if one != _HEADLESS)


def _port(found: ServicePort) -> Port:
    return Port(
        number=found.port,
        name=found.name or None,
        protocol=found.protocol or "TCP",
        target=None if found.target_port is None else str(found.target_port),
        node_port=found.node_port or None,
    )


def _reached(status: BalancedStatus | None) -> Iterator[str | None]:
    balancer = status.load_balancer if status else None
    found: list[Reached] = (balancer.ingress if balancer else None) or []
    for one in found:
        yield one.ip or one.hostname


def _routes(spec: IngressSpec) -> Iterator[Route]:
    if spec.default_backend and spec.default_backend.service:
        service = spec.default_backend.service
        yield Route(host=None, path=None, service=service.name, port=_number(service.port))
    for rule in spec.rules or ():
        for path in (rule.http.paths if rule.http else None) or ():
            to = path.backend.service
            name, port = (to.name, _number(to.port)) if to else (None, None)
            yield Route(host=rule.host or None, path=path.path, service=name, port=port)


def _number(port: BackendPort | None) -> str | None:
    if port is None:
        return None
    return str(port.number) if port.number else port.name
