"""The faults that can be planted in the running practice clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deployments.practice.kubernetes.control import Control

CLUSTER = "fra1-prod"


def node_not_ready(control: Control) -> str:
    """Let a worker without a fault of its own fall silent."""
    taken = {place for places in control.planted().values() for place in places}
    for place in control.names(CLUSTER, "Node"):
        if place not in taken and "taints" not in control.get(place)["spec"]:
            control.set_node(place, ready=False)
            return f"node {_name(place)} of {CLUSTER} is not ready, nor are its pods"
    return "every worker has a fault already"


def pod_crash_loop(control: Control) -> str:
    """Let the pods of a deployment crash."""
    control.ail(f"{CLUSTER}/Deployment/shop/checkout", "crash")
    return "the pods of deployment shop/checkout crash"


def budget_blocks(control: Control) -> str:
    """Let a disruption budget allow no eviction at all."""
    control.merge(f"{CLUSTER}/PodDisruptionBudget/shop/cart", {"spec": {"maxUnavailable": 0}})
    return "budget shop/cart lets no pod go, so that no node can be drained"


def certificate_expiring(control: Control) -> str:
    """Let cert-manager's certificate end soon."""
    ends_at = control.age_certificate(f"{CLUSTER}/Certificate/billing/billing-tls", 2)
    return f"the certificate of billing/billing-tls ends {ends_at}"


def service_without_endpoints(control: Control) -> str:
    """Let a service select pods that are not there."""
    selector = {"app.kubernetes.io/name": "checkout-v2"}
    control.merge(f"{CLUSTER}/Service/shop/checkout", {"spec": {"selector": selector}})
    return "service shop/checkout selects no pod any more"


def image_latest(control: Control) -> str:
    """Roll a deployment out with an image of no fixed version."""
    image = "registry.example.net/shop/cart:latest"
    control.set_image(f"{CLUSTER}/Deployment/shop/cart", image)
    return f"deployment shop/cart now runs {image}"


def _name(place: str) -> str:
    return place.rsplit("/", 1)[1]
