"""The kinds `deployment`, `statefulset` and `daemonset`: what keeps pods running.

Desired numbers make a version when they change; observed ones (available, ready, updated) are
volatile. The pod template's fields stand in the workload itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, declare
from models.kinds.kubernetes.common import (
    Annotations,
    ApiVersions,
    ClaimNames,
    ClusterName,
    ConfigMapNames,
    Containers,
    CreatedAt,
    Labels,
    Namespace,
    NamespaceId,
    Pairs,
    PullSecretNames,
    SecretNames,
    Selector,
    ServiceAccountName,
    Warnings,
)

Desired = Annotated[int | None, Fact(label="Replicas", table=True, low=0)]
Select = Annotated[Selector | None, Fact(label="Selector")]
TemplateLabels = Annotated[Pairs, Fact(label="Pod labels", sensitive=True)]
HostNetwork = Annotated[bool, Fact(label="Host network")]
TokenMounted = Annotated[bool | None, Fact(label="Service account token mounted")]
NodeSelector = Annotated[Pairs, Fact(label="Node selector")]
Available = Annotated[int | None, Fact(label="Available", volatile=True, low=0)]
Ready = Annotated[int | None, Fact(label="Ready", volatile=True, low=0)]
Updated = Annotated[int | None, Fact(label="Up to date", volatile=True, low=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A deployment; `strategy` is RollingUpdate or Recreate."""

    key: Key
    name: Name
    cluster: ClusterName
    namespace: Namespace
    namespace_id: NamespaceId = None
    replicas: Desired = None
    paused: Annotated[bool, Fact(label="Paused")] = False
    strategy: Annotated[str | None, Fact(label="Strategy", table=True)] = None
    selector: Select = None
    template_labels: TemplateLabels = ()
    containers: Containers = ()
    service_account: ServiceAccountName = None
    token_mounted: TokenMounted = None
    host_network: HostNetwork = False
    node_selector: NodeSelector = ()
    config_map_names: ConfigMapNames = ()
    secret_names: SecretNames = ()
    pull_secret_names: PullSecretNames = ()
    claim_names: ClaimNames = ()
    api_versions: ApiVersions = ()
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()
    available_replicas: Available = None
    ready_replicas: Ready = None
    updated_replicas: Updated = None
    warnings: Warnings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatefulSet:
    """A stateful set; `service_name` is the headless service that names its pods."""

    key: Key
    name: Name
    cluster: ClusterName
    namespace: Namespace
    namespace_id: NamespaceId = None
    replicas: Desired = None
    service_name: Annotated[str | None, Fact(label="Service", table=True)] = None
    strategy: Annotated[str | None, Fact(label="Strategy", table=True)] = None
    selector: Select = None
    template_labels: TemplateLabels = ()
    containers: Containers = ()
    claim_templates: Annotated[tuple[str, ...], Fact(label="Claim templates")] = ()
    service_account: ServiceAccountName = None
    token_mounted: TokenMounted = None
    host_network: HostNetwork = False
    node_selector: NodeSelector = ()
    config_map_names: ConfigMapNames = ()
    secret_names: SecretNames = ()
    pull_secret_names: PullSecretNames = ()
    claim_names: ClaimNames = ()
    api_versions: ApiVersions = ()
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()
    available_replicas: Available = None
    ready_replicas: Ready = None
    updated_replicas: Updated = None
    warnings: Warnings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonSet:
    """A daemon set; how many pods it wants follows from the nodes, hence is volatile."""

    key: Key
    name: Name
    cluster: ClusterName
    namespace: Namespace
    namespace_id: NamespaceId = None
    strategy: Annotated[str | None, Fact(label="Strategy", table=True)] = None
    selector: Select = None
    template_labels: TemplateLabels = ()
    containers: Containers = ()
    service_account: ServiceAccountName = None
    token_mounted: TokenMounted = None
    host_network: HostNetwork = False
    node_selector: NodeSelector = ()
    config_map_names: ConfigMapNames = ()
    secret_names: SecretNames = ()
    pull_secret_names: PullSecretNames = ()
    claim_names: ClaimNames = ()
    api_versions: ApiVersions = ()
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()
    desired_pods: Annotated[int | None, Fact(label="Wanted", volatile=True, low=0)] = None
    available_pods: Available = None
    ready_pods: Ready = None
    updated_pods: Updated = None
    warnings: Warnings = ()


DEPLOYMENT = declare(Deployment, name="deployment", title="Deployment", plural="Deployments")
STATEFULSET = declare(StatefulSet, name="statefulset", title="Stateful set", plural="Stateful sets")
DAEMONSET = declare(DaemonSet, name="daemonset", title="Daemon set", plural="Daemon sets")
