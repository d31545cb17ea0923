"""What changes a cluster through its API: create, update, patch, delete, scale and evict."""

from __future__ import annotations

from collections.abc import Callable

import orjson

from deployments.practice.kubernetes import pods, present
from deployments.practice.kubernetes.patching import patched
from deployments.practice.kubernetes.request import Reply, Request
from deployments.practice.kubernetes.resources import BY_KIND, Resource
from deployments.practice.kubernetes.show_common import Value, short_hash, uid_of
from deployments.practice.kubernetes.status import (
    Refused,
    bad_request,
    exists,
    not_found,
    stale,
    success,
)
from deployments.practice.kubernetes.store import Stored
from deployments.practice.kubernetes.surroundings import reconcile_namespace
from deployments.practice.kubernetes.world import KubeWorld, active, matches

UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
FIXED = ("uid", "creationTimestamp", "namespace", "name", "managedFields", "generation")


def write(world: KubeWorld, request: Request) -> Reply:
    """Do what a request wants, or only say what would be done.

    Raises:
        Refused: the request does not fit what is there.
    """
    step = _STEPS.get((request.verb, request.subresource), _STEPS.get((request.verb, "")))
    if step is None:
        raise Refused(405, f"the server does not allow {request.verb} on {request.label}")
    with world.store.lock:
        return step(world, request)


def current(world: KubeWorld, request: Request) -> Stored:
    """Return the object that a request names.

    Raises:
        Refused: 404, there is none.
    """
    found = world.store.get(request.resource, request.namespace, request.name)
    if found is None:
        raise not_found(request.resource, request.name)
    return found


def _create(world: KubeWorld, request: Request) -> Reply:
    resource, value = request.resource, _object(request)
    meta = {**value.get("metadata", {})}
    if not meta.get("name") and meta.get("generateName"):
        meta["name"] = meta["generateName"] + short_hash(str(world.next_serial()))
    if not meta.get("name"):
        raise Refused(422, f"{resource.kind} is invalid: metadata.name: Required value")
    namespace = request.namespace if resource.namespaced else ""
    if world.store.get(resource, namespace, meta["name"]):
        raise exists(resource, meta["name"])
    if namespace and world.object("Namespace", "", namespace) is None:
        raise not_found(BY_KIND["Namespace"], namespace)
    serial = str(world.next_serial())
    meta |= {
        "uid": uid_of(world.cluster.name, resource.kind, namespace, meta["name"], serial),
        "creationTimestamp": world.now(),
        "generation": 1,
    }
    if namespace:
        meta["namespace"] = namespace
    made = _completed(resource, {**value, "metadata": meta}, world.now())
    return _keep(world, request, made, 201)


def _object(request: Request) -> Value:
    value = request.value()
    if not isinstance(value, dict):
        raise bad_request("the body is not an object")
    return {name: part for name, part in value.items() if name not in {"kind", "apiVersion"}}


def _completed(resource: Resource, value: Value, at: str) -> Value:
    """Return a new object with what the API fills in."""
    if resource.kind == "Pod":
        return {**value, "status": pods.waiting(value["spec"], "", at)}
    if "scale" in resource.subresources:
        value = {**value, "spec": {"replicas": 1, **value["spec"]}}
    if resource.kind == "PersistentVolumeClaim":
        return {**value, "status": {"phase": "Pending"}}
    return {**value, "status": {}} if "spec" in value else value


def _update(world: KubeWorld, request: Request) -> Reply:
    stored, value = current(world, request), _object(request)
    return _keep(world, request, _changed(request, stored, value))


def _patch(world: KubeWorld, request: Request) -> Reply:
    stored = current(world, request)
    content_type = request.headers.get("Content-Type", "")
    value = patched(stored.value, request.value(), content_type)
    return _keep(world, request, _changed(request, stored, value))


def _changed(request: Request, stored: Stored, value: Value) -> Value:
    """Return an object's next version, in which what only the server writes stays as it was.

    Raises:
        Refused: 409, it is made from an older version; 422, it asks for what cannot be.
    """
    before, meta = stored.value, {**value.get("metadata", {})}
    version = meta.get("resourceVersion")
    if version and version != before["metadata"]["resourceVersion"]:
        raise stale(request.resource, stored.key[1])
    old = before["metadata"]
    meta |= {name: old[name] for name in FIXED if name in old}
    meta["resourceVersion"] = old["resourceVersion"]
    if request.subresource == "status":
        return {**before, "status": value.get("status", {})}
    value = {**value, "metadata": meta}
    if "status" in before:
        value["status"] = before["status"]
    _check(request.resource, value)
    if value.get("spec") != before.get("spec") and "generation" in meta:
        meta["generation"] += 1
    return _tainted(value) if request.resource.kind == "Node" else value


def _check(resource: Resource, value: Value) -> None:
    replicas = value.get("spec", {}).get("replicas", 0) if "spec" in value else 0
    if not isinstance(replicas, int) or replicas < 0:
        name = value["metadata"]["name"]
        raise Refused(
            422,
            f'{resource.kind} "{name}" is invalid: spec.replicas: Invalid value: {replicas}: '
            "must be greater than or equal to 0",
        )


def _tainted(value: Value) -> Value:
    """Return a node with the taint that goes with being cordoned."""
    spec = value["spec"]
    taints = [taint for taint in spec.get("taints", ()) if taint["key"] != UNSCHEDULABLE]
    if spec.get("unschedulable"):
        taints.append({"key": UNSCHEDULABLE, "effect": "NoSchedule"})
    spec = {name: part for name, part in spec.items() if name != "taints"}
    return {**value, "spec": {**spec, "taints": taints} if taints else spec}


def _keep(world: KubeWorld, request: Request, value: Value, status: int = 200) -> Reply:
    """Keep a version, unless this is a dry run or nothing changed."""
    resource, meta = request.resource, value["metadata"]
    before = world.store.get(resource, meta.get("namespace", ""), meta["name"])
    if request.dry_run or (before is not None and before.value == value):
        stored = Stored(value, world.store.version)
    else:
        stored = world.store.put(resource, value)
    form = present.form(request.headers.get("Accept", ""))
    return Reply(status=status, body=present.one(resource, stored, form))


def _delete(world: KubeWorld, request: Request) -> Reply:
    stored = current(world, request)
    wanted = request.value().get("preconditions") or {} if request.body else {}
    uid = stored.value["metadata"]["uid"]
    if wanted.get("uid") not in {None, uid}:
        raise stale(request.resource, request.name)
    if not request.dry_run:
        world.store.remove(request.resource, stored.key)
        _collect(world, stored.key[0], uid)
    if request.resource.kind == "Pod":
        gone = {**stored.value["metadata"], "deletionTimestamp": world.now()}
        last = Stored({**stored.value, "metadata": gone}, stored.version)
        return Reply(body=present.whole(request.resource, last))
    return Reply(body=orjson.dumps(success(request.resource, request.name, uid)))


def _collect(world: KubeWorld, namespace: str, uid: str) -> None:
    """Delete what belonged to an object that is gone."""
    for kind in ("ReplicaSet", "Job", "Pod", "EndpointSlice"):
        for stored in world.store.within(BY_KIND[kind], namespace):
            owners = stored.value["metadata"].get("ownerReferences", ())
            if any(owner["uid"] == uid for owner in owners):
                world.store.remove(BY_KIND[kind], stored.key)
                _collect(world, namespace, stored.value["metadata"]["uid"])


def scale_of(stored: Stored) -> Value:
    """Return the Scale of a workload."""
    value = stored.value
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {name: value["metadata"][name] for name in kept},
        "spec": {"replicas": value["spec"].get("replicas", 1)},
        "status": {"replicas": value.get("status", {}).get("replicas", 0)},
    }


def _scale(world: KubeWorld, request: Request) -> Reply:
    stored = current(world, request)
    scale = scale_of(stored)
    if request.verb == "patch":
        scale = patched(scale, request.value(), request.headers.get("Content-Type", ""))
    else:
        scale = _object(request)
    replicas = scale.get("spec", {}).get("replicas", 0)
    meta = {**stored.value["metadata"]}
    version = scale.get("metadata", {}).get("resourceVersion")
    if version:
        meta["resourceVersion"] = version
    spec = {**stored.value["spec"], "replicas": replicas}
    value = _changed(request, stored, {**stored.value, "metadata": meta, "spec": spec})
    if not request.dry_run and value != stored.value:
        stored = world.store.put(request.resource, value)
    else:
        stored = Stored(value, stored.version)
    return Reply(body=orjson.dumps(scale_of(stored)))


def _evict(world: KubeWorld, request: Request) -> Reply:
    """Delete a pod, unless a disruption budget does not allow it.

    Raises:
        Refused: 429, which names the budget and, as the real one, gives no Retry-After.
    """
    pod = current(world, request).value
    if active(pod):
        _ask_budgets(world, pod)
    if not request.dry_run:
        world.store.remove(request.resource, (request.namespace, request.name))
        reconcile_namespace(world, request.namespace)
    done = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}
    return Reply(status=201, body=orjson.dumps(done))


def _ask_budgets(world: KubeWorld, pod: Value) -> None:
    namespace, labels = pod["metadata"]["namespace"], pod["metadata"].get("labels", {})
    for stored in world.store.within(BY_KIND["PodDisruptionBudget"], namespace):
        value = stored.value
        status = value.get("status", {})
        if not matches(value["spec"].get("selector"), labels):
            continue
        if status.get("disruptionsAllowed", 0) <= 0:
            name = value["metadata"]["name"]
            cause = (
                f"The disruption budget {name} needs {status.get('desiredHealthy', 0)} healthy "
                f"pods and has {status.get('currentHealthy', 0)} currently"
            )
            raise Refused(
                429,
                "Cannot evict pod as it would violate the pod's disruption budget.",
                details={"causes": [{"reason": "DisruptionBudget", "message": cause}]},
            )


_STEPS: dict[tuple[str, str], Callable[[KubeWorld, Request], Reply]] = {
    ("create", ""): _create,
    ("update", ""): _update,
    ("patch", ""): _patch,
    ("delete", ""): _delete,
    ("update", "scale"): _scale,
    ("patch", "scale"): _scale,
    ("create", "eviction"): _evict,
}
