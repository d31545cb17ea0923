"""Events: what the cluster says about its objects, the oldest forgotten in the end."""

from __future__ import annotations

from deployments.practice.kubernetes.resources import BY_KIND
from deployments.practice.kubernetes.show_common import Value, short_hash, uid_of
from deployments.practice.kubernetes.world import KubeWorld

EVENT = BY_KIND["Event"]
MOST_TOLD = 500  # a real cluster forgets after an hour


def tell(world: KubeWorld, kind: str, namespace: str, name: str, said: tuple[str, str]) -> None:
    """Say reason and message of a normal event; nothing while the world is made."""
    value = world.object(kind, namespace, name)
    if world.loading or value is None:
        return
    involved = {"kind": kind, "namespace": namespace, "name": name}
    involved["uid"] = value["metadata"]["uid"]
    told = event(world, namespace, involved, ("Normal", *said), world.now())
    world.told.append((namespace, told["metadata"]["name"]))
    world.put("Event", told)
    while len(world.told) > MOST_TOLD:
        world.store.remove(EVENT, world.told.popleft())


def event(
    world: KubeWorld,
    namespace: str,
    involved: Value,
    said: tuple[str, str, str],
    at: str,
    count: int = 1,
) -> Value:
    """Return an event; `said` is its type, reason and message."""
    kind, reason, message = said
    suffix = short_hash(namespace, involved["name"], reason, message, at, length=12)
    name = f"{involved['name']}.{suffix}"
    return {
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": uid_of(world.cluster.name, "Event", namespace, name),
            "creationTimestamp": at,
        },
        "involvedObject": {**involved, "apiVersion": "v1"},
        "type": kind,
        "reason": reason,
        "message": message,
        "count": count,
        "firstTimestamp": at,
        "lastTimestamp": at,
        "source": {"component": "kubelet"},
        "reportingComponent": "kubelet",
    }
