"""Small records and field types that the Kubernetes kinds share.

Of annotations only the keys are known, and the values of a few keys that never hold free text; of
environment variables only the names: values are written by anybody and hold secrets.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from models.kinds.declaration import Fact, Reference

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A warning event about an object; `count` is how often it came."""

    reason: str
    message: str
    count: int = 1
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A port of a container or service; `target` is a number or a name, as it was written."""

    number: int
    name: str | None = None
    protocol: str = "TCP"
    target: str | None = None
    node_port: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One expression of a label selector; `operator` is In, NotIn, Exists or DoesNotExist."""

    key: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """A label selector; without any labels and expressions it selects everything."""

    labels: Pairs = ()
    expressions: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container as its template declares it; None is what the template leaves out.

    `run_as_non_root` and `run_as_user` already take the pod's own security context into account.
    """

    name: str
    image: str
    init: bool = False
    ports: tuple[Port, ...] = ()
    cpu_request_millicores: int | None = None
    cpu_limit_millicores: int | None = None
    memory_request_mib: int | None = None
    memory_limit_mib: int | None = None
    gpu_limit: int | None = None
    liveness_probe: bool = False
    readiness_probe: bool = False
    startup_probe: bool = False
    privileged: bool = False
    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    image_pull_policy: str | None = None
    env_names: tuple[str, ...] = ()


ClusterName = Annotated[str, Fact(label="Cluster", table=True)]
ClusterId = Annotated[
    str | None,
    Fact(label="Cluster", reference=Reference(kind="kubernetes_cluster", relation="part_of")),
]
Namespace = Annotated[str, Fact(label="Namespace", table=True)]
NamespaceId = Annotated[
    str | None,
    Fact(label="Namespace", reference=Reference(kind="namespace", relation="member_of")),
]
CreatedAt = Annotated[datetime | None, Fact(label="Created")]
Labels = Annotated[Pairs, Fact(label="Labels", sensitive=True)]
Annotations = Annotated[Pairs, Fact(label="Annotations", sensitive=True)]
# Versions of the API by which anybody wrote the object, from `metadata.managedFields`.
ApiVersions = Annotated[tuple[str, ...], Fact(label="Written by API versions")]
Warnings = Annotated[
    tuple[Warned, ...], Fact(label="Recent warnings", volatile=True, sensitive=True)
]
Containers = Annotated[tuple[Container, ...], Fact(label="Containers")]
# Names of config maps, secrets and claims that a pod template uses, whether they exist or not.
ConfigMapNames = Annotated[tuple[str, ...], Fact(label="Config maps used")]
SecretNames = Annotated[tuple[str, ...], Fact(label="Secrets used")]
PullSecretNames = Annotated[tuple[str, ...], Fact(label="Pull secrets used")]
ClaimNames = Annotated[tuple[str, ...], Fact(label="Claims used")]
ServiceAccountName = Annotated[str | None, Fact(label="Service account")]
