"""The metrics API: what nodes and pods use, different at every look."""

from __future__ import annotations

import random

from deployments.practice.kubernetes.resources import Resource
from deployments.practice.kubernetes.show_common import Value
from deployments.practice.kubernetes.store import Stored
from deployments.practice.kubernetes.world import NODE, POD, KubeWorld, is_ready

_DICE = random.Random()  # noqa: S311 - made-up usage, nothing secret


def usage(world: KubeWorld, resource: Resource) -> list[Stored]:
    """Return the metrics of all nodes that are ready, or of all pods that run."""
    version = world.store.version
    if resource.plural == "nodes":
        nodes = [stored.value for stored in world.store.all(NODE)]
        return [Stored(_node(world, node), version) for node in nodes if is_ready(node)]
    pods = [stored.value for stored in world.store.all(POD)]
    return [
        Stored(_pod(world, pod), version) for pod in pods if pod["status"]["phase"] == "Running"
    ]


def _head(world: KubeWorld, value: Value) -> Value:
    meta = value["metadata"]
    kept = {name: meta[name] for name in ("name", "namespace", "labels") if name in meta}
    now = world.now()
    return {
        "metadata": {**kept, "creationTimestamp": now},
        "timestamp": now,
        "window": "15.1s",
    }


def _node(world: KubeWorld, node: Value) -> Value:
    memory = int(node["status"]["capacity"]["memory"].removesuffix("Ki"))
    used = {
        "cpu": f"{_DICE.randrange(150, 1800)}m",
        "memory": f"{_DICE.randrange(3, 8) * memory // 10}Ki",
    }
    return {**_head(world, node), "usage": used}


def _pod(world: KubeWorld, pod: Value) -> Value:
    containers = [
        {
            "name": container["name"],
            "usage": {
                "cpu": f"{_DICE.randrange(1_000_000, 90_000_000)}n",
                "memory": f"{_DICE.randrange(20_000, 180_000)}Ki",
            },
        }
        for container in pod["spec"]["containers"]
    ]
    return {**_head(world, pod), "containers": containers}
