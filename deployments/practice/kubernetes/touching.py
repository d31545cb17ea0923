"""Changes that mean nothing: what a real cluster writes all day though nothing happens."""

from __future__ import annotations

from typing import Any

from deployments.practice.kubernetes.resources import RESOURCES
from deployments.practice.kubernetes.show_common import Value
from deployments.practice.kubernetes.world import KubeWorld


def touch(world: KubeWorld) -> None:
    """Write every object anew with later heartbeats, field times, counters and versions."""
    with world.store.lock:
        for resource in RESOURCES:
            if resource.group == "metrics.k8s.io":
                continue
            for stored in world.store.all(resource):
                world.store.put(resource, _touched(resource.kind, stored.value, world.now()))


def _touched(kind: str, value: Value, now: str) -> Value:
    meta = {**value["metadata"]}
    fields = meta.get("managedFields")
    if fields:
        meta["managedFields"] = [{**one, "time": now} for one in fields]
    change = _CHANGES.get(kind)
    return {**(change(value, now) if change else value), "metadata": meta}


def _node(value: Value, now: str) -> Value:
    conditions = [{**one, "lastHeartbeatTime": now} for one in value["status"]["conditions"]]
    return {**value, "status": {**value["status"], "conditions": conditions}}


def _lease(value: Value, now: str) -> Value:
    return {**value, "spec": {**value["spec"], "renewTime": now.replace("Z", ".000000Z")}}


def _pod(value: Value, _: str) -> Value:
    """Let what restarts restart once more."""
    statuses = value["status"].get("containerStatuses")
    if not statuses:
        return value
    restarted = [
        {**one, "restartCount": one["restartCount"] + 1} if one["restartCount"] else one
        for one in statuses
    ]
    return {**value, "status": {**value["status"], "containerStatuses": restarted}}


def _event(value: Value, now: str) -> Value:
    return {**value, "count": value["count"] + 1, "lastTimestamp": now}


_CHANGES: dict[str, Any] = {"Node": _node, "Lease": _lease, "Pod": _pod, "Event": _event}
