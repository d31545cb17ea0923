"""The kind `namespace`, with the quotas and limit ranges that hold in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, declare
from models.kinds.kubernetes.common import (
    Annotations,
    ClusterId,
    ClusterName,
    CreatedAt,
    Labels,
    Warnings,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """One resource of a quota, both sides as the API writes them, such as `4` or `8Gi`."""

    name: str
    resource: str
    hard: str
    used: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace:
    """A namespace; its `phase` is Active or Terminating."""

    key: Key
    name: Name
    cluster: ClusterName
    cluster_id: ClusterId = None
    phase: Annotated[str | None, Fact(label="Phase", table=True)] = None
    limit_ranges: Annotated[tuple[str, ...] | None, Fact(label="Limit ranges")] = None
    quotas: Annotated[tuple[Quota, ...] | None, Fact(label="Quotas", volatile=True)] = None
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()
    warnings: Warnings = ()


NAMESPACE = declare(Namespace, name="namespace", title="Namespace", plural="Namespaces")
