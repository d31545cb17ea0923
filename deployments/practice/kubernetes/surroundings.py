"""What follows from the pods of a namespace: endpoint slices, budgets' status, quotas' use."""

from __future__ import annotations

from deployments.practice.kubernetes.resources import BY_KIND
from deployments.practice.kubernetes.show_common import Value, owner_reference, short_hash, uid_of
from deployments.practice.kubernetes.world import KubeWorld, active, is_ready, matches


def reconcile_namespace(world: KubeWorld, namespace: str) -> None:
    """Bring slices and budgets of a namespace up to date with its pods."""
    alive = [pod for pod in world.pods_in(namespace) if active(pod)]
    for stored in world.store.within(BY_KIND["Service"], namespace):
        if stored.value["spec"].get("selector"):
            _slice(world, stored.value, alive)
    for stored in world.store.within(BY_KIND["PodDisruptionBudget"], namespace):
        _budget(world, stored.value, alive)


def _slice(world: KubeWorld, service: Value, alive: list[Value]) -> None:
    meta, wanted = service["metadata"], service["spec"]["selector"]
    chosen = [
        pod
        for pod in alive
        if pod["status"].get("podIP") and matches({"matchLabels": wanted}, _labels(pod))
    ]
    endpoints = [_endpoint(pod) for pod in chosen]
    name = f"{meta['name']}-{short_hash(meta['uid'])}"
    before = world.object("EndpointSlice", meta["namespace"], name)
    if before is not None and before["endpoints"] == endpoints:
        return
    world.put(
        "EndpointSlice",
        {
            "metadata": before["metadata"] if before else _meta(world, service, name),
            "addressType": "IPv4",
            "endpoints": endpoints,
            "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
        },
    )


def _labels(pod: Value) -> dict[str, str]:
    found: dict[str, str] = pod["metadata"].get("labels", {})
    return found


def _endpoint(pod: Value) -> Value:
    ready = is_ready(pod)
    return {
        "addresses": [pod["status"]["podIP"]],
        "conditions": {"ready": ready, "serving": ready, "terminating": False},
        "nodeName": pod["spec"].get("nodeName"),
        "targetRef": {
            "kind": "Pod",
            "name": pod["metadata"]["name"],
            "namespace": pod["metadata"]["namespace"],
            "uid": pod["metadata"]["uid"],
        },
    }


def _meta(world: KubeWorld, service: Value, name: str) -> Value:
    meta = service["metadata"]
    return {
        "name": name,
        "namespace": meta["namespace"],
        "uid": uid_of(world.cluster.name, "EndpointSlice", meta["namespace"], name),
        "creationTimestamp": meta["creationTimestamp"],
        "labels": {"kubernetes.io/service-name": meta["name"]},
        "ownerReferences": [owner_reference("Service", service)],
    }


def _budget(world: KubeWorld, value: Value, alive: list[Value]) -> None:
    spec = value["spec"]
    chosen = [pod for pod in alive if matches(spec.get("selector"), _labels(pod))]
    healthy = sum(is_ready(pod) for pod in chosen)
    expected = _expected(world, chosen)
    if "minAvailable" in spec:
        desired = _share(spec["minAvailable"], expected)
    else:
        desired = max(0, expected - _share(spec.get("maxUnavailable", 1), expected))
    status = {
        "currentHealthy": healthy,
        "desiredHealthy": desired,
        "disruptionsAllowed": max(0, healthy - desired),
        "expectedPods": expected,
        "observedGeneration": 1,
    }
    if status != value.get("status"):
        world.put("PodDisruptionBudget", {**value, "status": status})


def _expected(world: KubeWorld, chosen: list[Value]) -> int:
    """Return how many pods there are to be, which one that was just evicted still counts for."""
    owners = {
        (owner["kind"], pod["metadata"]["namespace"], owner["name"])
        for pod in chosen
        for owner in pod["metadata"].get("ownerReferences", ())
    }
    found = [world.object(*place) for place in owners]
    wanted: int = sum(owner["spec"].get("replicas", 1) for owner in found if owner)
    return max(wanted, len(chosen))


def _share(limit: int | str, total: int) -> int:
    """Return a limit as a number; percentages are rounded up."""
    if isinstance(limit, int):
        return limit
    return -(-total * int(limit.removesuffix("%")) // 100)
