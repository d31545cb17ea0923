"""The kinds `service_account`, `role` and `role_binding`; cluster-wide ones have no namespace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, declare
from models.kinds.kubernetes.common import (
    Annotations,
    ApiVersions,
    ClusterId,
    ClusterName,
    CreatedAt,
    Labels,
    Namespace,
    NamespaceId,
)

Scope = Annotated[str | None, Fact(label="Namespace", table=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:
    """A service account; `automount` None is the API's default, which mounts the token."""

    key: Key
    name: Name
    cluster: ClusterName
    namespace: Namespace
    namespace_id: NamespaceId = None
    automount: Annotated[bool | None, Fact(label="Token mounted", table=True)] = None
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a role allows: verbs on resources of API groups ("" is the core group)."""

    verbs: tuple[str, ...]
    api_groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    resource_names: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role, or a cluster role where it has no namespace."""

    key: Key
    name: Name
    cluster: ClusterName
    cluster_id: ClusterId = None
    namespace: Scope = None
    namespace_id: NamespaceId = None
    rules: Annotated[tuple[Rule, ...], Fact(label="Rules")] = ()
    api_versions: ApiVersions = ()
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom a binding binds: a User, a Group or a ServiceAccount."""

    kind: str
    name: str
    namespace: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleBinding:
    """A role binding, or a cluster role binding where it has no namespace."""

    key: Key
    name: Name
    cluster: ClusterName
    cluster_id: ClusterId = None
    namespace: Scope = None
    namespace_id: NamespaceId = None
    role_kind: Annotated[str | None, Fact(label="Role kind")] = None  # Role or ClusterRole
    role_name: Annotated[str | None, Fact(label="Role", table=True)] = None
    subjects: Annotated[tuple[Subject, ...], Fact(label="Subjects")] = ()
    api_versions: ApiVersions = ()
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()


SERVICE_ACCOUNT = declare(
    ServiceAccount, name="service_account", title="Service account", plural="Service accounts"
)
ROLE = declare(Role, name="role", title="Role", plural="Roles")
ROLE_BINDING = declare(
    RoleBinding, name="role_binding", title="Role binding", plural="Role bindings"
)
