"""Services, ingresses, policies and identities as typed subsets.

Source: Kubernetes API reference, groups core, networking.k8s.io and rbac.authorization.k8s.io.
"""

from __future__ import annotations

from msgspec import field

from collectors.kubernetes.shapes import LabelSelector, Meta, Shape, Whole
from collectors.kubernetes.shapes_pod import Present


class ServicePort(Shape):
    """A port of a service."""

    port: Whole
    name: str | None = None
    protocol: str | None = None
    target_port: Whole | str | None = None
    node_port: Whole | None = None


class ServiceSpec(Shape):
    """`spec` of a service."""

    type: str | None = None
    cluster_ip: str | None = field(default=None, name="clusterIP")
    cluster_ips: list[str] | None = field(default=None, name="clusterIPs")
    external_ips: list[str] | None = field(default=None, name="externalIPs")
    external_name: str | None = None
    ports: list[ServicePort] | None = None
    selector: dict[str, str] | None = None
    external_traffic_policy: str | None = None


class Reached(Shape):
    """An address of a load balancer."""

    ip: str | None = None
    hostname: str | None = None


class LoadBalancer(Shape):
    """The addresses of a load balancer."""

    ingress: list[Reached] | None = None


class BalancedStatus(Shape):
    """`status` of a service or ingress."""

    load_balancer: LoadBalancer | None = None


class ServiceItem(Shape):
    """A service."""

    metadata: Meta
    spec: ServiceSpec
    status: BalancedStatus | None = None


class BackendPort(Shape):
    """A service's port, by number or name."""

    number: Whole | None = None
    name: str | None = None


class BackendService(Shape):
    """A service that an ingress leads to."""

    name: str | None = None
    port: BackendPort | None = None


class Backend(Shape):
    """Where a rule of an ingress leads to."""

    service: BackendService | None = None


class IngressPath(Shape):
    """A path of an ingress."""

    path: str | None = None
    backend: Backend = field(default_factory=Backend)


class IngressHttp(Shape):
    """The paths of one host."""

    paths: list[IngressPath] | None = None


class IngressRule(Shape):
    """A host of an ingress."""

    host: str | None = None
    http: IngressHttp | None = None


class IngressTls(Shape):
    """A certificate of an ingress."""

    hosts: list[str] | None = None
    secret_name: str | None = None


class IngressSpec(Shape):
    """`spec` of an ingress."""

    ingress_class_name: str | None = None
    default_backend: Backend | None = None
    rules: list[IngressRule] | None = None
    tls: list[IngressTls] | None = None


class IngressItem(Shape):
    """An ingress."""

    metadata: Meta
    spec: IngressSpec = field(default_factory=IngressSpec)
    status: BalancedStatus | None = None


class PolicySpec(Shape):
    """`spec` of a network policy."""

    pod_selector: LabelSelector | None = None
    policy_types: list[str] | None = None
    ingress: list[Present] | None = None
    egress: list[Present] | None = None


class PolicyItem(Shape):
    """A network policy."""

    metadata: Meta
    spec: PolicySpec = field(default_factory=PolicySpec)


class AccountItem(Shape):
    """A service account."""

    metadata: Meta
    automount_service_account_token: bool | None = None


class RuleItem(Shape):
    """A rule of a role."""

    verbs: list[str] | None = None
    api_groups: list[str] | None = None
    resources: list[str] | None = None
    resource_names: list[str] | None = None
    non_resource_urls: list[str] | None = field(default=None, name="nonResourceURLs")


class RoleItem(Shape):
    """A role or cluster role."""

    metadata: Meta
    rules: list[RuleItem] | None = None


class SubjectItem(Shape):
    """Whom a binding binds."""

    kind: str
    name: str
    namespace: str | None = None


class RoleRef(Shape):
    """The role that a binding gives."""

    kind: str | None = None
    name: str | None = None


class BindingItem(Shape):
    """A role binding or cluster role binding."""

    metadata: Meta
    role_ref: RoleRef = field(default_factory=RoleRef)
    subjects: list[SubjectItem] | None = None
