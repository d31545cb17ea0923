"""The cluster itself: who it is, its version, and which APIs it serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from collectors.kubernetes.errors import SYSTEM, Forbidden, NotThere
from collectors.kubernetes.gaps import Gaps
from collectors.kubernetes.lists import decode
from collectors.kubernetes.shapes_cluster import CoreVersions, Groups, NamespaceItem, Version
from collectors.kubernetes.transport import Transport
from models.errors import UnexpectedReply
from models.kinds.kubernetes.cluster import KubernetesCluster

_KIND = "kubernetes_cluster"
_METRICS = "metrics.k8s.io/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a cluster says of itself before anything is listed."""

    key: str
    version: str | None
    platform: str | None
    api_versions: tuple[str, ...] | None

    @property
    def metrics_available(self) -> bool | None:
        """Whether the metrics API is registered; None where what is served cannot be read."""
        if self.api_versions is None:
            return None
        return any(one.startswith(_METRICS) for one in self.api_versions)

    def record(self, name: str, server: str, node_metrics: bool | None) -> KubernetesCluster:  # noqa: FBT001  it has one meaning here
        """Return the asset."""
        return KubernetesCluster(
            key=self.key,
            name=name,
            server=server,
            version=self.version,
            platform=self.platform,
            api_versions=self.api_versions or (),
            metrics_available=self.metrics_available,
            node_metrics=node_metrics,
        )


def read_identity(transport: Transport, gaps: Gaps) -> Identity:
    """Ask the cluster who it is.

    Raises:
        Unavailable: Nobody answers.
        AccessDenied: The credentials were refused.
        UnexpectedReply: What answers is no API server.
    """
    try:
        version = _ask(transport, gaps, "/version", Version, "version platform")
    except NotThere as error:
        words = "what answers there is no API server of Kubernetes"
        raise UnexpectedReply(SYSTEM, transport.address, words) from error
    return Identity(
        key=_key(transport, gaps),
        version=version.git_version if version else None,
        platform=version.platform if version else None,
        api_versions=_api_versions(transport, gaps),
    )


def _key(transport: Transport, gaps: Gaps) -> str:
    # The one object that every cluster has, and keeps for its whole life.
    path = "/api/v1/namespaces/kube-system"
    try:
        found: NamespaceItem = decode(transport.get(path), NamespaceItem, transport.address)
    except (Forbidden, NotThere):
        # It is then known by its address, and by another key once the account may read this.
        why = "its namespace kube-system cannot be read; it is known by its address"
        gaps.refuse(_KIND, why, "get namespaces")
        return f"server:{transport.address}"
    return found.metadata.uid


def _api_versions(transport: Transport, gaps: Gaps) -> tuple[str, ...] | None:
    core = _ask(transport, gaps, "/api", CoreVersions, "api_versions")
    named = _ask(transport, gaps, "/apis", Groups, "api_versions")
    if core is None or named is None:
        return None
    groups = (one.group_version for group in named.groups or () for one in group.versions or ())
    return tuple(sorted({*(core.versions or ()), *groups}))


def _ask(transport: Transport, gaps: Gaps, path: str, wanted: Any, fields: str) -> Any:
    try:
        return decode(transport.get(path), wanted, transport.address)
    except Forbidden:
        gaps.add(_KIND, fields, "not permitted", f"get {path}")
        return None
