"""What only fills fields of other objects: events, usage, endpoints and certificates.

Source: Kubernetes API reference, core events and endpoints, discovery.k8s.io, metrics.k8s.io; and
cert-manager's API reference, `Certificate`.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import field

from collectors.kubernetes.quantities import Quantity
from collectors.kubernetes.shapes import Shape, Whole


class PlaceMeta(Shape):
    """`metadata` of which only name and namespace count."""

    name: str
    namespace: str | None = None
    uid: str | None = None
    labels: dict[str, str] | None = None


class Involved(Shape):
    """What an event is about."""

    kind: str | None = None
    name: str | None = None
    uid: str | None = None


class Series(Shape):
    """How often an event of the newer kind came."""

    count: Whole | None = None
    last_observed_time: datetime | None = None


class EventItem(Shape):
    """An event."""

    metadata: PlaceMeta
    involved_object: Involved
    reason: str | None = None
    message: str | None = None
    type: str | None = None
    count: Whole | None = None
    last_timestamp: datetime | None = None
    event_time: datetime | None = None
    first_timestamp: datetime | None = None
    series: Series | None = None


class Usage(Shape):
    """CPU and memory in use."""

    cpu: Quantity = None
    memory: Quantity = None


class NodeUsage(Shape):
    """The usage of a node."""

    metadata: PlaceMeta
    usage: Usage = field(default_factory=Usage)


class ContainerUsage(Shape):
    """The usage of a container."""

    usage: Usage = field(default_factory=Usage)


class PodUsage(Shape):
    """The usage of a pod, by container."""

    metadata: PlaceMeta
    containers: list[ContainerUsage] | None = None


class TargetRef(Shape):
    """The pod behind an endpoint."""

    uid: str | None = None


class EndpointState(Shape):
    """Whether an endpoint is ready; not said means that it is."""

    ready: bool | None = None
    terminating: bool | None = None


class Endpoint(Shape):
    """An endpoint of a slice."""

    addresses: list[str] | None = None
    conditions: EndpointState = field(default_factory=EndpointState)
    target_ref: TargetRef | None = None


class SliceItem(Shape):
    """A slice of a service's endpoints."""

    metadata: PlaceMeta
    endpoints: list[Endpoint] | None = None


class SubsetAddress(Shape):
    """An address of the older endpoints."""

    ip: str | None = None
    target_ref: TargetRef | None = None


class Subset(Shape):
    """Addresses of the older endpoints that share their ports."""

    addresses: list[SubsetAddress] | None = None
    not_ready_addresses: list[SubsetAddress] | None = None


class EndpointsItem(Shape):
    """All endpoints of a service, in the older form."""

    metadata: PlaceMeta
    subsets: list[Subset] | None = None


class CertificateSpec(Shape):
    """`spec` of cert-manager's certificate."""

    secret_name: str | None = None


class CertificateStatus(Shape):
    """`status` of cert-manager's certificate."""

    not_after: datetime | None = None


class CertificateItem(Shape):
    """A certificate of cert-manager."""

    metadata: PlaceMeta
    spec: CertificateSpec = field(default_factory=CertificateSpec)
    status: CertificateStatus = field(default_factory=CertificateStatus)
