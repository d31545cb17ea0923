"""What happens to pods: they get a node, start a little later, and suffer what they are to suffer.

This plays the scheduler and every node's kubelet.
"""

from __future__ import annotations

import time

from deployments.practice.kubernetes import pods
from deployments.practice.kubernetes.events import tell
from deployments.practice.kubernetes.show_common import NAME_LABEL, Value
from deployments.practice.kubernetes.world import NODE, POD, READY_SECONDS, KubeWorld, is_ready


class PodKeeper:
    """Makes pods, binds them and lets them run."""

    def __init__(self, world: KubeWorld) -> None:
        self.world = world
        self._due: dict[tuple[str, str], float] = {}  # pods that become ready, and when

    def make_ready(self) -> None:
        """Let those pods run whose time has come."""
        now = time.monotonic()
        with self.world.store.lock:
            for key in [key for key, due in self._due.items() if due <= now]:
                del self._due[key]
                found = self.world.store.get(POD, *key)
                if found:
                    self._start(found.value)

    def look_at(self, value: Value) -> None:
        """Bind a new pod to a node, and let it start a little later."""
        meta = value["metadata"]
        key = meta["namespace"], meta["name"]
        if "nodeName" in value["spec"]:
            new = value["status"]["phase"] == "Pending" and "podIP" not in value["status"]
            if new or key in self.world.restarting:
                self.world.restarting.discard(key)
                self._due.setdefault(key, time.monotonic() + READY_SECONDS)
            return
        self._schedule(value, meta["creationTimestamp"])

    def _schedule(self, value: Value, at: str) -> None:
        world = self.world
        obstacle = self._obstacle(value)
        node = None if obstacle else world.choose_node(value["spec"])
        if node is not None:
            name, host = value["metadata"]["name"], node["metadata"]["name"]
            world.put("Pod", pods.on_node(value, host))
            namespace = value["metadata"]["namespace"]
            text = f"Successfully assigned {namespace}/{name} to {host}"
            tell(world, "Pod", namespace, name, ("Scheduled", text))
            return
        count = world.store.count(NODE)
        text = f"0/{count} nodes are available: {obstacle or f'{count} Too many pods'}."
        status = pods.waiting(value["spec"], text, at)
        if status != value["status"]:
            world.put("Pod", {**value, "status": status})

    def _obstacle(self, value: Value) -> str:
        """Return why no node can take a pod, empty where one may."""
        namespace = value["metadata"]["namespace"]
        for volume in value["spec"].get("volumes", ()):
            claim = volume.get("persistentVolumeClaim", {}).get("claimName")
            if claim and self.world.object("PersistentVolumeClaim", namespace, claim) is None:
                return f'persistentvolumeclaim "{claim}" not found'
        if self._ailment(value) == "pending":
            return f"{self.world.store.count(NODE)} Insufficient cpu"
        return ""

    def _start(self, value: Value, at: str | None = None) -> None:
        """Let a bound pod run, or suffer what its workload suffers from."""
        world = self.world
        node = world.object("Node", "", value["spec"]["nodeName"])
        if node is None:
            return
        before = value["status"]
        known = (before["podIP"], before["hostIP"]) if "podIP" in before else None
        addresses = known or world.address_on(node, value["spec"])
        ailment = self._ailment(value) or ("" if is_ready(node) else "lost")
        status = pods.running(value["spec"], ailment, addresses, at or world.now())
        world.put("Pod", {**value, "status": status})

    def _ailment(self, value: Value) -> str:
        meta = value["metadata"]
        for kind in ("Pod", "Deployment", "StatefulSet", "DaemonSet", "Job"):
            name = meta["name"] if kind == "Pod" else meta.get("labels", {}).get(NAME_LABEL)
            found = self.world.ailments.get((kind, meta["namespace"], name or ""))
            if found is not None:
                return found
        return ""

    def make(self, kind: str, owner: Value, name: str, node: str | None = None) -> None:
        """Make a pod for a controller, on a node where one is given."""
        world = self.world
        meta, template = owner["metadata"], owner["spec"]["template"]
        born = world.born(owner)
        value = pods.pod(
            cluster=world.cluster.name,
            name=name,
            namespace=meta["namespace"],
            template=template,
            born=born,
            owner_kind=kind,
            owner=owner,
            serial=0 if world.loading else world.next_serial(),
        )
        if kind == "StatefulSet":
            value["spec"] = pods.with_claims(value["spec"], owner, name)
        if node:
            value = pods.on_node(value, node)
        self.enter(value, born)
        tell(
            world,
            kind,
            meta["namespace"],
            meta["name"],
            ("SuccessfulCreate", f"Created pod: {name}"),
        )

    def enter(self, value: Value, born: str) -> None:
        """Keep a new pod; while the world is made it has been running since it was born."""
        world = self.world
        if world.loading and "nodeName" not in value["spec"] and not self._obstacle(value):
            node = world.choose_node(value["spec"])
            value = pods.on_node(value, node["metadata"]["name"]) if node else value
        if world.loading and "nodeName" in value["spec"]:
            self._start(value, born)
        elif world.loading:
            self._schedule(value, born)
        else:
            world.put("Pod", value)
