"""What the cluster does by itself: controllers make and delete pods until all is as declared.

Each looks at one object and puts something only where it differs, so that they come to rest.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import orjson

from deployments.practice.kubernetes.events import tell
from deployments.practice.kubernetes.keeper import PodKeeper
from deployments.practice.kubernetes.resources import BY_KIND
from deployments.practice.kubernetes.show_common import (
    Value,
    condition,
    owner_reference,
    short_hash,
    uid_of,
)
from deployments.practice.kubernetes.surroundings import reconcile_namespace
from deployments.practice.kubernetes.world import (
    NODE,
    POD,
    KubeWorld,
    active,
    is_ready,
)

HASH_LABEL = "pod-template-hash"
TICK_SECONDS = 0.05
SHOWN_ZEROS = frozenset(
    {"replicas", "currentNumberScheduled", "desiredNumberScheduled", "numberMisscheduled",
     "numberReady"}
)  # fmt: skip


class Controllers:
    """All controllers of one cluster; `start` lets them run beside the API."""

    def __init__(self, world: KubeWorld) -> None:
        self.world = world
        self.pods = PodKeeper(world)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._steps: dict[str, Callable[[Value], None]] = {
            "Deployment": self._deployment,
            "ReplicaSet": self._replica_set,
            "StatefulSet": self._stateful_set,
            "DaemonSet": self._daemon_set,
            "Job": self._job,
            "Pod": self.pods.look_at,
        }
        self.bugs: list[str] = []

    def start(self) -> None:
        """Let the controllers run in a thread of their own."""
        self._thread.start()

    def stop(self) -> None:
        """End them."""
        self._stop.set()
        self._thread.join(5)

    def settle(self) -> None:
        """Do all that is to be done now."""
        world = self.world
        while world.dirty:
            with world.store.lock:
                kind, namespace, name = next(iter(world.dirty))
                del world.dirty[kind, namespace, name]
                if kind == "Namespace":
                    reconcile_namespace(world, namespace)
                    continue
                value = world.object(kind, namespace, name) if kind in BY_KIND else None
                step = self._steps.get(kind)
                if value is not None and step is not None:
                    step(value)

    def _run(self) -> None:
        while not self._stop.wait(TICK_SECONDS):
            try:
                self.pods.make_ready()
                self.settle()
            except Exception as error:  # noqa: BLE001 - kept for the test that looks for bugs
                self.bugs.append(repr(error))

    def _deployment(self, value: Value) -> None:
        desired = value["spec"].get("replicas", 1)
        sets = self._sets_of(value)
        digest = template_hash(value)
        new = next((s for s in sets if s["metadata"]["labels"][HASH_LABEL] == digest), None)
        old = [s for s in sets if s is not new]
        if new is None:
            new = self._new_set(value, digest, len(sets))
            first = 0 if any(s["spec"]["replicas"] for s in old) else desired
            new["spec"]["replicas"] = first
            self.world.put("ReplicaSet", new)
        if not value["spec"].get("paused"):
            self._roll(new, [s for s in old if s["spec"]["replicas"]], desired)
        self._deployment_status(value, digest)

    def _sets_of(self, value: Value) -> list[Value]:
        namespace, uid = value["metadata"]["namespace"], value["metadata"]["uid"]
        prefix = f"{value['metadata']['name']}-"
        return [
            found.value
            for found in self.world.store.starting(BY_KIND["ReplicaSet"], namespace, prefix)
            if any(o["uid"] == uid for o in found.value["metadata"].get("ownerReferences", ()))
        ]

    def _new_set(self, value: Value, digest: str, older: int) -> Value:
        meta, template = value["metadata"], value["spec"]["template"]
        name = f"{meta['name']}-{digest}"
        labels = {**template["metadata"].get("labels", {}), HASH_LABEL: digest}
        selector = {**value["spec"]["selector"]["matchLabels"], HASH_LABEL: digest}
        return {
            "metadata": {
                "name": name,
                "namespace": meta["namespace"],
                "uid": uid_of(self.world.cluster.name, "ReplicaSet", meta["namespace"], name),
                "creationTimestamp": self.world.born(value),
                "generation": 1,
                "labels": labels,
                "annotations": {"deployment.kubernetes.io/revision": str(older + 1)},
                "ownerReferences": [owner_reference("Deployment", value)],
            },
            "spec": {
                "replicas": 0,
                "selector": {"matchLabels": selector},
                "template": {
                    "metadata": {**template["metadata"], "labels": labels},
                    "spec": template["spec"],
                },
            },
            "status": {"replicas": 0},
        }

    def _roll(self, new: Value, old: list[Value], desired: int) -> None:
        """Move pods from older sets to the new one, a quarter at a time."""
        before = sum(s["spec"]["replicas"] for s in old)
        quarter = -(-desired // 4)
        wanted = min(desired, max(new["spec"]["replicas"], desired + quarter - before))
        self._scale_set(new, wanted if old else desired)
        ready = sum(self._ready(s) for s in [new, *old])
        removable = max(0, ready - (desired - desired // 4))
        for one in old:
            useless = one["spec"]["replicas"] - self._ready(one)
            gone = min(one["spec"]["replicas"], removable + max(0, useless))
            self._scale_set(one, one["spec"]["replicas"] - gone)
            removable -= min(removable, gone)

    def _ready(self, replica_set: Value) -> int:
        return sum(is_ready(pod) for pod in self.world.pods_of(replica_set["metadata"]["uid"]))

    def _scale_set(self, value: Value, replicas: int) -> None:
        before = value["spec"]["replicas"]
        if before != replicas:
            meta = value["metadata"]
            way = "up" if replicas > before else "down"
            text = f"Scaled {way} replica set {meta['name']} from {before} to {replicas}"
            owner = meta["ownerReferences"][0]["name"]
            said = ("ScalingReplicaSet", text)
            tell(self.world, "Deployment", meta["namespace"], owner, said)
            self.world.put("ReplicaSet", {**value, "spec": {**value["spec"], "replicas": replicas}})

    def _deployment_status(self, value: Value, digest: str) -> None:
        sets = self._sets_of(value)
        found = [pod for s in sets for pod in self.world.pods_of(s["metadata"]["uid"])]
        alive = [pod for pod in found if active(pod)]
        updated = [p for p in alive if p["metadata"]["labels"].get(HASH_LABEL) == digest]
        ready = sum(is_ready(pod) for pod in alive)
        desired = value["spec"].get("replicas", 1)
        enough = ready >= desired - desired // 4
        status = {
            "observedGeneration": value["metadata"].get("generation", 1),
            "replicas": len(alive),
            "updatedReplicas": len(updated),
            "readyReplicas": ready,
            "availableReplicas": ready,
            "unavailableReplicas": max(0, desired - ready),
        }
        reason = "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable"
        self._say("Deployment", value, status, condition("Available", enough, "", reason))

    def _say(self, kind: str, value: Value, status: Value, said: Value | None = None) -> None:
        """Put a status where it differs; most numbers of zero are left out, as the API does."""
        status = {name: number for name, number in status.items() if number or name in SHOWN_ZEROS}
        before = value.get("status", {})
        if said is not None:
            status["conditions"] = [self._since(before, said, value)]
        if status != before:
            self.world.put(kind, {**value, "status": status})

    def _since(self, before: Value, said: Value, value: Value) -> Value:
        for one in before.get("conditions", ()):
            if one["type"] == said["type"] and one["status"] == said["status"]:
                return dict(one)
        return {**said, "lastTransitionTime": self.world.born(value)}

    def _replica_set(self, value: Value) -> None:
        name, uid = value["metadata"]["name"], value["metadata"]["uid"]
        alive = [pod for pod in self.world.pods_of(uid) if active(pod)]
        wanted = value["spec"]["replicas"]
        for number in range(len(alive), wanted):
            salt = number if self.world.loading else self.world.next_serial()
            self.pods.make("ReplicaSet", value, f"{name}-{short_hash(uid, str(salt))}")
        # Those that are not ready go first, then the youngest, as the real one does.
        alive.sort(key=lambda pod: (is_ready(pod), pod["metadata"]["creationTimestamp"]))
        for pod in alive[: max(0, len(alive) - wanted)]:
            self._delete(pod)
        alive = [pod for pod in self.world.pods_of(uid) if active(pod)]
        ready = sum(is_ready(pod) for pod in alive)
        status = {"replicas": len(alive), "readyReplicas": ready, "availableReplicas": ready}
        self._say("ReplicaSet", value, status)

    def _delete(self, pod: Value) -> None:
        meta = pod["metadata"]
        self.world.store.remove(POD, (meta["namespace"], meta["name"]))
        owner = meta["ownerReferences"][0]
        said = ("SuccessfulDelete", f"Deleted pod: {meta['name']}")
        tell(self.world, owner["kind"], meta["namespace"], owner["name"], said)

    def _stateful_set(self, value: Value) -> None:
        meta, wanted = value["metadata"], value["spec"].get("replicas", 1)
        there = {pod["metadata"]["name"]: pod for pod in self.world.pods_of(meta["uid"])}
        names = [f"{meta['name']}-{number}" for number in range(wanted)]
        for name in names:
            if name not in there:
                self.pods.make("StatefulSet", value, name)
        for name in set(there) - set(names):
            self._delete(there[name])
        alive = self.world.pods_of(meta["uid"])
        ready = sum(is_ready(pod) for pod in alive)
        status = {
            "replicas": len(alive),
            "readyReplicas": ready,
            "availableReplicas": ready,
            "currentReplicas": len(alive),
            "updatedReplicas": len(alive),
        }
        self._say("StatefulSet", value, status)

    def _daemon_set(self, value: Value) -> None:
        meta = value["metadata"]
        on = {pod["spec"].get("nodeName") for pod in self.world.pods_of(meta["uid"])}
        nodes = [found.value["metadata"]["name"] for found in self.world.store.all(NODE)]
        for node in nodes:
            if node not in on:
                name = f"{meta['name']}-{short_hash(meta['uid'], node)}"
                self.pods.make("DaemonSet", value, name, node)
        alive = self.world.pods_of(meta["uid"])
        ready = sum(is_ready(pod) for pod in alive)
        status: dict[str, Any] = {
            "desiredNumberScheduled": len(nodes),
            "currentNumberScheduled": len(alive),
            "updatedNumberScheduled": len(alive),
            "numberReady": ready,
            "numberMisscheduled": 0,
            "numberAvailable": ready,
            "numberUnavailable": len(nodes) - ready,
        }
        self._say("DaemonSet", value, status)

    def _job(self, value: Value) -> None:
        """Give a job the pod that it ran, or will have run."""
        meta = value["metadata"]
        if self.world.pods_of(meta["uid"]):
            return
        status = value.get("status", {})
        failed = bool(status.get("failed"))
        self.world.ailments["Pod", meta["namespace"], f"{meta['name']}-run"] = (
            "failed" if failed else "succeeded"
        )
        self.pods.make("Job", value, f"{meta['name']}-run")
        if not status.get("conditions"):
            now = self.world.now()
            done = {"type": "Complete", "status": "True", "lastTransitionTime": now}
            status = {"startTime": now, "completionTime": now, "succeeded": 1, "conditions": [done]}
            self.world.put("Job", {**value, "status": status})


def template_hash(value: Value) -> str:
    """Return the hash of a deployment's pod template, by which its replica sets are told apart."""
    return short_hash(orjson.dumps(value["spec"]["template"]).decode(), length=9)
