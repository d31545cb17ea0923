"""Pods and pod templates as typed subsets.

The values of environment variables, arguments and commands are not declared: they hold secrets.
Source: Kubernetes API reference, `PodSpec`, `PodStatus`.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Raw, field

from collectors.kubernetes.quantities import Quantity
from collectors.kubernetes.shapes import Condition, Named, Owner, Shape, Whole


class Chosen(Shape):
    """A config map or secret by name; `optional` ones need not exist."""

    name: str | None = None
    optional: bool | None = None


class ValueFrom(Shape):
    """Where an environment variable's value comes from."""

    config_map_key_ref: Chosen | None = None
    secret_key_ref: Chosen | None = None


class Variable(Shape):
    """An environment variable, without its value."""

    name: str
    value_from: ValueFrom | None = None


class VariablesFrom(Shape):
    """A whole config map or secret as environment variables."""

    config_map_ref: Chosen | None = None
    secret_ref: Chosen | None = None


class ContainerPort(Shape):
    """A port that a container declares."""

    container_port: Whole
    name: str | None = None
    protocol: str | None = None


class Resources(Shape):
    """What a container asks for and may use at most."""

    limits: dict[str, Quantity] | None = None
    requests: dict[str, Quantity] | None = None


class Present(Shape):
    """Something of which only its being there counts."""


class SecurityContext(Shape):
    """A pod's or container's security context."""

    privileged: bool | None = None
    run_as_non_root: bool | None = None
    run_as_user: Whole | None = None


class ContainerSpec(Shape):
    """A container as it is declared."""

    name: str
    image: str | None = None
    ports: list[ContainerPort] | None = None
    env: list[Variable] | None = None
    env_from: list[VariablesFrom] | None = None
    resources: Resources | None = None
    liveness_probe: Present | None = None
    readiness_probe: Present | None = None
    startup_probe: Present | None = None
    security_context: SecurityContext | None = None
    image_pull_policy: str | None = None


class SecretVolume(Shape):
    """A secret as a volume, which calls its name differently."""

    secret_name: str | None = None
    optional: bool | None = None


class Claimed(Shape):
    """A claim as a volume."""

    claim_name: str | None = None


class Projection(Shape):
    """One source of a projected volume."""

    config_map: Chosen | None = None
    secret: Chosen | None = None
    service_account_token: Present | None = None


class Projected(Shape):
    """A projected volume."""

    sources: list[Projection] | None = None


class Volume(Shape):
    """A volume of a pod."""

    name: str
    config_map: Chosen | None = None
    secret: SecretVolume | None = None
    persistent_volume_claim: Claimed | None = None
    projected: Projected | None = None
    ephemeral: Present | None = None


class Placing(Shape):
    """What a pod and its template say beside their containers."""

    volumes: list[Volume] | None = None
    node_name: str | None = None
    host_network: bool | None = None
    priority_class_name: str | None = None
    service_account_name: str | None = None


class PodSpec(Placing):
    """What a pod or its template declares."""

    containers: list[ContainerSpec] | None = None
    init_containers: list[ContainerSpec] | None = None
    automount_service_account_token: bool | None = None
    security_context: SecurityContext | None = None
    node_selector: dict[str, str] | None = None
    image_pull_secrets: list[Named] | None = None


class Origin(Shape):
    """An environment variable of which only the origin of its value counts."""

    value_from: ValueFrom | None = None


class Using(Shape):
    """A container of a pod that has a template: what it uses, not what it declares."""

    image: str | None = None
    env: list[Origin] | None = None
    env_from: list[VariablesFrom] | None = None


class UsedSpec(Placing):
    """What a pod that has a template uses; the template declares the rest."""

    containers: list[Using] | None = None
    init_containers: list[Using] | None = None


class Why(Shape):
    """Why a container waits, or has ended."""

    reason: str | None = None


class State(Shape):
    """A state of a container."""

    waiting: Why | None = None
    terminated: Why | None = None


class ContainerStatus(Shape):
    """What the kubelet says of a container."""

    ready: bool | None = None
    restart_count: Whole = 0
    state: State | None = None
    last_state: State | None = None


class Address(Shape):
    """One of a pod's addresses."""

    ip: str | None = None


class PodStatus(Shape):
    """What is observed of a pod."""

    phase: str | None = None
    conditions: list[Condition] | None = None
    container_statuses: list[ContainerStatus] | None = None
    init_container_statuses: list[ContainerStatus] | None = None
    pod_ips: list[Address] | None = field(default=None, name="podIPs")
    pod_ip: str | None = field(default=None, name="podIP")
    qos_class: str | None = None
    start_time: datetime | None = None


class PodMeta(Shape):
    """`metadata` of a pod, without what only other kinds need."""

    name: str
    uid: str
    namespace: str
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, Raw] | None = None
    owner_references: list[Owner] | None = None


class PodItem(Shape):
    """A pod that has a template: half of the work, which counts for tens of thousands."""

    metadata: PodMeta
    spec: UsedSpec
    status: PodStatus = field(default_factory=PodStatus)


class BarePodItem(Shape):
    """A pod that nothing else declares."""

    metadata: PodMeta
    spec: PodSpec
    status: PodStatus = field(default_factory=PodStatus)
