"""The kind `kubernetes_cluster`: one cluster. The key is the uid of its namespace kube-system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, declare


@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesCluster:
    """A Kubernetes cluster; its name is the context's, or what the source calls it.

    Source: `/version`, `/apis` and the API's discovery documents.
    """

    key: Key
    name: Name
    server: Annotated[str, Fact(label="API server", table=True)]
    version: Annotated[str | None, Fact(label="Version", table=True)] = None
    platform: Annotated[str | None, Fact(label="Platform", table=True)] = None
    api_versions: Annotated[tuple[str, ...], Fact(label="Served API versions")] = ()
    # Whether somebody measures follows the health of who does, so it makes no new version.
    metrics_available: Annotated[bool | None, Fact(label="Metrics API", volatile=True)] = None
    node_metrics: Annotated[bool | None, Fact(label="Node metrics readable", volatile=True)] = None


KUBERNETES_CLUSTER = declare(
    KubernetesCluster,
    name="kubernetes_cluster",
    title="Kubernetes cluster",
    plural="Kubernetes clusters",
)
