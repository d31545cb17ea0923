"""How pods are shown, in health and with each of the things that ail them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deployments.practice.kubernetes.show_common import Value, condition, owner_reference, uid_of

CRASH_RESTARTS, OOM_RESTARTS = 47, 12


def pod(  # noqa: PLR0913 - what makes a pod, all by name
    *,
    cluster: str,
    name: str,
    namespace: str,
    template: Value,
    born: str,
    owner_kind: str | None = None,
    owner: Value | None = None,
    serial: int = 0,
) -> Value:
    """Return a pod that has no node yet."""
    meta: Value = {
        "name": name,
        "namespace": namespace,
        "uid": uid_of(cluster, "Pod", namespace, name, str(serial)),
        "creationTimestamp": born,
        **template["metadata"],
        "managedFields": [
            {
                "manager": "kubelet",
                "operation": "Update",
                "apiVersion": "v1",
                "time": born,
                "fieldsType": "FieldsV1",
                "fieldsV1": {"f:status": {}},
                "subresource": "status",
            }
        ],
    }
    if owner is not None and owner_kind:
        meta["generateName"] = f"{owner['metadata']['name']}-"
        meta["ownerReferences"] = [owner_reference(owner_kind, owner)]
    spec = template["spec"]
    return {"metadata": meta, "spec": spec, "status": waiting(spec, "", born)}


def with_claims(spec: Value, owner: Value, name: str) -> Value:
    """Return a stateful set's pod spec with the claims of that pod mounted."""
    claims = owner["spec"].get("volumeClaimTemplates", ())
    if not claims:
        return spec
    volumes = [
        {
            "name": claim["metadata"]["name"],
            "persistentVolumeClaim": {"claimName": f"{claim['metadata']['name']}-{name}"},
        }
        for claim in claims
    ]
    return {**spec, "volumes": [*spec.get("volumes", ()), *volumes]}


def on_node(value: Value, node: str) -> Value:
    """Return a pod that is bound to a node."""
    return {**value, "spec": {**value["spec"], "nodeName": node}}


def waiting(spec: Value, message: str, at: str) -> Value:
    """Return the status of a pod that has no node; the message says why."""
    reason = "Unschedulable" if message else "Scheduled"
    scheduled = condition("PodScheduled", not message, at, reason, message)
    return {"phase": "Pending", "qosClass": qos_class(spec), "conditions": [scheduled]}


def qos_class(spec: Value) -> str:
    """Return the quality of service that follows from requests and limits.

    Source: Kubernetes documentation, configure quality of service for pods.
    """
    resources = [container.get("resources", {}) for container in spec["containers"]]
    if not any(one.get("requests") or one.get("limits") for one in resources):
        return "BestEffort"
    same = all(one.get("limits") and one.get("requests") == one["limits"] for one in resources)
    return "Guaranteed" if same else "Burstable"


def running(spec: Value, ailment: str, addresses: tuple[str, str], at: str) -> Value:
    """Return the status of a pod on a node; addresses are the pod's and its host's."""
    if ailment == "evicted":
        text = "The node was low on resource: ephemeral-storage."
        return {"phase": "Failed", "reason": "Evicted", "message": text, "startTime": at}
    state = _STATES.get(ailment, _healthy)
    statuses = [
        {
            "name": container["name"],
            "image": container["image"],
            "imageID": "",
            "restartCount": 0,
            **state(at),
        }
        for container in spec["containers"]
    ]
    ready = all(one["ready"] for one in statuses)
    reason = "" if ready else "ContainersNotReady"
    return {
        "phase": _PHASES.get(ailment, "Running"),
        "qosClass": qos_class(spec),
        "conditions": [
            condition("Initialized", True, at, ""),  # noqa: FBT003
            condition("Ready", ready, at, reason),
            condition("ContainersReady", ready, at, reason),
            condition("PodScheduled", True, at, ""),  # noqa: FBT003
        ],
        "hostIP": addresses[1],
        "podIP": addresses[0],
        "podIPs": [{"ip": addresses[0]}],
        "startTime": at,
        "containerStatuses": statuses,
    }


def _healthy(at: str) -> Value:
    return {"ready": True, "started": True, "state": {"running": {"startedAt": at}}}


def _unready(at: str) -> Value:
    return {"ready": False, "started": True, "state": {"running": {"startedAt": at}}}


def _stuck(reason: str, message: str) -> Callable[[str], Value]:
    def state(_: str) -> Value:
        waits = {"reason": reason, "message": message}
        return {"ready": False, "started": False, "state": {"waiting": waits}}

    return state


def _ended(reason: str, code: int, at: str) -> Value:
    return {"terminated": {"exitCode": code, "reason": reason, "startedAt": at, "finishedAt": at}}


def _crashing(at: str) -> Value:
    waits = _stuck("CrashLoopBackOff", "back-off 5m0s restarting failed container")(at)
    return {**waits, "restartCount": CRASH_RESTARTS, "lastState": _ended("Error", 1, at)}


def _out_of_memory(at: str) -> Value:
    last = _ended("OOMKilled", 137, at)
    return {**_healthy(at), "restartCount": OOM_RESTARTS, "lastState": last}


def _succeeded(at: str) -> Value:
    return {"ready": False, "started": False, "state": _ended("Completed", 0, at)}


def _failed(at: str) -> Value:
    return {"ready": False, "started": False, "state": _ended("Error", 1, at)}


_STATES: dict[str, Any] = {
    "crash": _crashing,
    "oom": _out_of_memory,
    "image": _stuck("ImagePullBackOff", "Back-off pulling image"),
    "config": _stuck("CreateContainerConfigError", 'configmap "gone" not found'),
    "unready": _unready,
    "lost": _unready,
    "succeeded": _succeeded,
    "failed": _failed,
}
_PHASES = {"image": "Pending", "config": "Pending", "succeeded": "Succeeded", "failed": "Failed"}
AILMENTS = ("", "crash", "oom", "image", "config", "pending", "unready", "evicted")
