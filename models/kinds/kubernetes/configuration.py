"""The kinds `config_map` and `secret`: metadata only; their contents are never asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, declare
from models.kinds.kubernetes.common import (
    Annotations,
    ClusterName,
    CreatedAt,
    Labels,
    Namespace,
    NamespaceId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigMap:
    """A config map, by name and number of keys."""

    key: Key
    name: Name
    cluster: ClusterName
    namespace: Namespace
    namespace_id: NamespaceId = None
    key_count: Annotated[int | None, Fact(label="Keys", table=True, low=0)] = None
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A secret, by name, type and number of keys; its contents never leave the API server.

    `certificate_not_after` comes from an annotation of whoever issued the certificate, or from the
    status of cert-manager's Certificate that names the secret, which `certificate_source` says.
    """

    key: Key
    name: Name
    cluster: ClusterName
    namespace: Namespace
    namespace_id: NamespaceId = None
    type: Annotated[str | None, Fact(label="Type", table=True)] = None
    key_count: Annotated[int | None, Fact(label="Keys", table=True, low=0)] = None
    certificate_not_after: Annotated[
        datetime | None, Fact(label="Certificate until", table=True)
    ] = None
    certificate_source: Annotated[str | None, Fact(label="Known from")] = None
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()


CONFIG_MAP = declare(ConfigMap, name="config_map", title="Config map", plural="Config maps")
SECRET = declare(Secret, name="secret", title="Secret", plural="Secrets")
