"""A Kubernetes cluster in the making: its records by kind, and the faults planted in it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from deployments.practice.site import kubernetes_records as kube
from deployments.practice.site.draw import Draw

Record = TypeVar("Record")
REGISTRY = "registry.example.net"


@dataclass(slots=True)
class KubeDraft:
    """What of a cluster has been built so far; `addresses` counts service addresses."""

    draw: Draw
    name: str
    datacenter: str
    environment: str
    pod_network: str
    service_network: str
    nodes: list[kube.KubeNode] = field(default_factory=list)
    records: dict[type, list[Any]] = field(default_factory=lambda: defaultdict(list))
    planted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    addresses: int = 0

    def add(self, noun: type[Record], /, **values: Any) -> Record:
        """Make a record, with a date of its own where none is given, and keep it."""
        values.setdefault("created_at", self.draw.ago(30, 600))
        record = noun(**values)
        self.records[noun].append(record)
        return record

    def plant(self, fault: str, kind: str, name: str, namespace: str | None = None) -> None:
        """Write down where a fault sits, as cluster/kind/namespace/name."""
        place = (self.name, kind, namespace, name) if namespace else (self.name, kind, name)
        self.planted[f"k8s_{fault}"].append("/".join(place))

    def service_address(self) -> str:
        """Return the next address of the service network."""
        self.addresses += 1
        third, fourth = divmod(self.addresses + 9, 250)
        return f"{self.service_network}.{third}.{fourth + 1}"

    def of(self, noun: type[Record]) -> tuple[Record, ...]:
        """Return all records of a kind."""
        return tuple(self.records[noun])

    def namespace(self, name: str, team: str, *, governed: bool = True, **values: Any) -> None:
        """Add a namespace; a governed one has a quota, default limits and a network policy."""
        self.add(
            kube.KubeNamespace,
            name=name,
            team=team,
            quota=(("limits.memory", "2Ti"), ("pods", "3000"), ("requests.cpu", "800"))
            if governed
            else None,
            default_limits=(("cpu", "500m"), ("memory", "256Mi")) if governed else None,
            **values,
        )
        self.add(kube.KubeAccount, namespace=name, name="default", automount=None)
        if governed:
            self.add(kube.KubePolicy, namespace=name, name="default-deny", app=None)

    def app(  # noqa: PLR0913 - the usual parts of an application, all by name
        self,
        namespace: str,
        name: str,
        replicas: int = 2,
        *,
        kind: str = "Deployment",
        image: str | None = None,
        service: bool = True,
        account: str | None = "",
        container: dict[str, Any] | None = None,
        **values: Any,
    ) -> kube.KubeWorkload:
        """Add a workload with a service account and a service of its name, as most have them.

        `account` is empty for one of its own and None for the default one; `container` gives the
        fields of its container that are not the usual ones.
        """
        made = {"name": name, "image": image or f"{REGISTRY}/{namespace}/{name}:1.{len(name)}.2"}
        if account == "":
            account = name
            self.add(kube.KubeAccount, namespace=namespace, name=name, automount=False)
        if service:
            self.add(
                kube.KubeService,
                namespace=namespace,
                name=name,
                app=name,
                cluster_ip=self.service_address(),
                headless=kind == "StatefulSet",
            )
        return self.add(
            kube.KubeWorkload,
            kind=kind,
            namespace=namespace,
            name=name,
            replicas=replicas,
            containers=(kube.KubeContainer(**{**made, **(container or {})}),),
            service_account=account,
            **values,
        )

    def fault(self, fault: str, workload: kube.KubeWorkload) -> None:
        """Write down that a fault sits on a workload."""
        self.plant(fault, workload.kind, workload.name, workload.namespace)

    def event(self, kind: str, namespace: str, name: str, reason: str, message: str) -> None:
        """Add a warning of the last hour."""
        at = self.draw.anchor - timedelta(seconds=self.draw.random.randrange(60, 3600))
        count = self.draw.random.randrange(2, 40)
        self.add(
            kube.KubeEvent,
            kind=kind,
            namespace=namespace,
            name=name,
            reason=reason,
            message=message,
            count=count,
            created_at=at,
        )
