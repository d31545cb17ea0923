"""The kinds `horizontal_pod_autoscaler` and `pod_disruption_budget`."""

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
    Selector,
    Warnings,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HorizontalPodAutoscaler:
    """An autoscaler; `target` is the kind and name that it scales, such as `Deployment/web`."""

    key: Key
    name: Name
    cluster: ClusterName
    namespace: Namespace
    namespace_id: NamespaceId = None
    target: Annotated[str | None, Fact(label="Target", table=True)] = None
    deployment: Annotated[
        str | None,
        Fact(label="Deployment", reference=Reference(kind="deployment", relation="selects")),
    ] = None
    statefulset: Annotated[
        str | None,
        Fact(label="Stateful set", reference=Reference(kind="statefulset", relation="selects")),
    ] = None
    min_replicas: Annotated[int | None, Fact(label="At least", table=True, low=0)] = None
    max_replicas: Annotated[int | None, Fact(label="At most", table=True, low=0)] = None
    api_versions: ApiVersions = ()
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()
    current_replicas: Annotated[int | None, Fact(label="Now", volatile=True, low=0)] = None
    desired_replicas: Annotated[int | None, Fact(label="Wanted", volatile=True, low=0)] = None
    scaling_active: Annotated[bool | None, Fact(label="Can scale", volatile=True)] = None
    scaling_reason: Annotated[
        str | None, Fact(label="Why it cannot", volatile=True, sensitive=True)
    ] = None
    warnings: Warnings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PodDisruptionBudget:
    """A disruption budget; the two limits are numbers or percentages, as they were written."""

    key: Key
    name: Name
    cluster: ClusterName
    namespace: Namespace
    namespace_id: NamespaceId = None
    min_available: Annotated[str | None, Fact(label="Available at least", table=True)] = None
    max_unavailable: Annotated[str | None, Fact(label="Unavailable at most", table=True)] = None
    selector: Annotated[Selector | None, Fact(label="Selector")] = None
    api_versions: ApiVersions = ()
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()
    expected_pods: Annotated[int | None, Fact(label="Expected", volatile=True, low=0)] = None
    healthy_pods: Annotated[int | None, Fact(label="Healthy", volatile=True, low=0)] = None
    disruptions_allowed: Annotated[
        int | None, Fact(label="May be evicted", volatile=True, low=0)
    ] = None
    warnings: Warnings = ()


HORIZONTAL_POD_AUTOSCALER = declare(
    HorizontalPodAutoscaler,
    name="horizontal_pod_autoscaler",
    title="Horizontal pod autoscaler",
    plural="Horizontal pod autoscalers",
)
POD_DISRUPTION_BUDGET = declare(
    PodDisruptionBudget,
    name="pod_disruption_budget",
    title="Pod disruption budget",
    plural="Pod disruption budgets",
)
