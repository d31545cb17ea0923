"""The kinds `service`, `ingress` and `network_policy`: how traffic reaches pods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, Reference, declare
from models.kinds.kubernetes.common import (
    Annotations,
    ApiVersions,
    ClusterName,
    CreatedAt,
    Labels,
    Namespace,
    NamespaceId,
    Pairs,
    Port,
    Selector,
    Warnings,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service; `type` is ClusterIP, NodePort, LoadBalancer or ExternalName.

    Endpoint numbers come from the service's endpoint slices; None where they cannot be read.
    """

    key: Key
    name: Name
    cluster: ClusterName
    namespace: Namespace
    namespace_id: NamespaceId = None
    type: Annotated[str | None, Fact(label="Type", table=True)] = None
    cluster_ips: Annotated[tuple[str, ...], Fact(label="Cluster IPs", table=True)] = ()
    external_ips: Annotated[tuple[str, ...], Fact(label="External IPs", table=True)] = ()
    external_name: Annotated[str | None, Fact(label="External name")] = None
    ports: Annotated[tuple[Port, ...], Fact(label="Ports")] = ()
    selector: Annotated[Pairs, Fact(label="Selector")] = ()
    external_traffic_policy: Annotated[str | None, Fact(label="External traffic policy")] = None
    api_versions: ApiVersions = ()
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()
    ready_endpoints: Annotated[int | None, Fact(label="Ready endpoints", volatile=True, low=0)] = (
        None
    )
    unready_endpoints: Annotated[
        int | None, Fact(label="Endpoints not ready", volatile=True, low=0)
    ] = None
    warnings: Warnings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One rule of an ingress: a host and path to a service's port (number or name)."""

    host: str | None
    path: str | None
    service: str | None
    port: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingress:
    """An ingress; `services` are those of its namespace that its rules name and that exist."""

    key: Key
    name: Name
    cluster: ClusterName
    namespace: Namespace
    namespace_id: NamespaceId = None
    ingress_class: Annotated[str | None, Fact(label="Class", table=True)] = None
    hosts: Annotated[tuple[str, ...], Fact(label="Hosts", table=True)] = ()
    routes: Annotated[tuple[Route, ...], Fact(label="Rules")] = ()
    services: Annotated[
        tuple[str, ...],
        Fact(label="Services", reference=Reference(kind="service", relation="connected_to")),
    ] = ()
    tls_secret_names: Annotated[tuple[str, ...], Fact(label="TLS secrets")] = ()
    addresses: Annotated[tuple[str, ...], Fact(label="Addresses", table=True)] = ()
    api_versions: ApiVersions = ()
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()
    warnings: Warnings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPolicy:
    """A network policy: which pods it selects, and how many rules it has each way."""

    key: Key
    name: Name
    cluster: ClusterName
    namespace: Namespace
    namespace_id: NamespaceId = None
    selector: Annotated[Selector | None, Fact(label="Pod selector")] = None
    policy_types: Annotated[tuple[str, ...], Fact(label="Types", table=True)] = ()
    ingress_rules: Annotated[int | None, Fact(label="Ingress rules", table=True, low=0)] = None
    egress_rules: Annotated[int | None, Fact(label="Egress rules", table=True, low=0)] = None
    api_versions: ApiVersions = ()
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()


SERVICE = declare(Service, name="service", title="Service", plural="Services")
INGRESS = declare(Ingress, name="ingress", title="Ingress", plural="Ingresses")
NETWORK_POLICY = declare(
    NetworkPolicy, name="network_policy", title="Network policy", plural="Network policies"
)
