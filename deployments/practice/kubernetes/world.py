"""One practice cluster: its objects, what it serves, and where its pods are."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from typing import Any

from deployments.practice.kubernetes.resources import BY_KIND, Resource, served
from deployments.practice.kubernetes.show_common import Value
from deployments.practice.kubernetes.store import Change, Key, Store, Stored, stamp
from deployments.practice.site.kubernetes_records import KubeCluster

POD, NODE = BY_KIND["Pod"], BY_KIND["Node"]
READY_SECONDS = 0.2  # between a pod's start and its readiness
Dirty = tuple[str, str, str]  # kind, namespace and name


class KubeWorld:
    """The state behind one cluster's API; everything that changes it goes through `store`."""

    def __init__(self, cluster: KubeCluster) -> None:
        self.cluster = cluster
        self.store = Store()
        self.resources = served(cluster.extensions)
        self.ailments: dict[Dirty, str] = {}
        self.dirty: dict[Dirty, None] = {}
        self.restarting: set[Key] = set()
        self.told: deque[Key] = deque()  # events of what the cluster did by itself
        self.loading = True
        self.closed = False
        self.serial = 0
        self._pods_of: dict[str, dict[Key, None]] = defaultdict(dict)
        self._pods_in: dict[str, dict[Key, None]] = defaultdict(dict)
        self._pods_on: Counter[str] = Counter()
        self._placed: set[Key] = set()
        self._homeless: dict[Key, None] = {}
        self._eligible: dict[tuple[tuple[str, str], ...], list[str]] = {}
        self._addresses: Counter[str] = Counter()
        self.store.listeners.append(self._notice)

    def now(self) -> str:
        """Return the server's clock as the API writes it."""
        return stamp()

    def born(self, owner: Value) -> str:
        """Return when what an owner makes now is born: with the owner while the world is made."""
        created: str = owner["metadata"]["creationTimestamp"]
        return created if self.loading else self.now()

    def open(self) -> None:
        """End the making of the world: from now on what is made is new."""
        self.loading = False
        self._eligible.clear()

    def close(self) -> None:
        """End all watches."""
        with self.store.changed:
            self.closed = True
            self.store.changed.notify_all()

    def restart(self, pod: Value) -> None:
        """Let a pod's containers start again, in whatever state they end up now."""
        key = pod["metadata"]["namespace"], pod["metadata"]["name"]
        with self.store.lock:
            self.restarting.add(key)
            self.dirty["Pod", *key] = None

    def next_serial(self) -> int:
        """Return a number that nothing had before."""
        self.serial += 1
        return self.serial

    def object(self, kind: str, namespace: str, name: str) -> Value | None:
        """Return an object as it is now."""
        found = self.store.get(BY_KIND[kind], namespace, name)
        return found.value if found else None

    def put(self, kind: str, value: Value) -> Stored:
        """Keep an object."""
        return self.store.put(BY_KIND[kind], value)

    def pods_of(self, uid: str) -> list[Value]:
        """Return the pods that a controller of this uid made."""
        return [self._pod(key) for key in self._pods_of.get(uid, ())]

    def pods_in(self, namespace: str) -> list[Value]:
        """Return a namespace's pods."""
        return [self._pod(key) for key in self._pods_in.get(namespace, ())]

    def _pod(self, key: Key) -> Value:
        found = self.store.get(POD, *key)
        if found is None:
            raise KeyError(key)
        return found.value

    def _notice(self, resource: Resource, change: Change) -> None:
        value, key = change.stored.value, change.stored.key
        if resource is POD:
            self._notice_pod(change.kind, key, value)
        if resource is NODE:
            self._notice_node()
        if resource.kind in {"Service", "PodDisruptionBudget"}:
            self.dirty["Namespace", key[0], ""] = None
        elif resource.kind in {"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job"}:
            self.dirty[resource.kind, *key] = None
        for owner in value["metadata"].get("ownerReferences", ()):
            self.dirty[owner["kind"], key[0], owner["name"]] = None

    def _notice_node(self) -> None:
        self._eligible.clear()
        if not self.loading:
            self.dirty.update(dict.fromkeys(("Pod", *key) for key in self._homeless))

    def _notice_pod(self, kind: str, key: Key, value: Value) -> None:
        owners = [owner["uid"] for owner in value["metadata"].get("ownerReferences", ())]
        node = value["spec"].get("nodeName")
        places = [self._pods_in[key[0]], *(self._pods_of[uid] for uid in owners)]
        for place in places:
            if kind == "DELETED":
                place.pop(key, None)
            else:
                place[key] = None
        if kind == "DELETED" or node:
            self._homeless.pop(key, None)
        else:
            self._homeless[key] = None
        if node:
            self._count_pod(kind, key, node)
        self.dirty["Namespace", key[0], ""] = None
        if not self.loading:
            self.dirty["Pod", *key] = None

    def _count_pod(self, kind: str, key: Key, node: str) -> None:
        if kind == "DELETED":
            self._placed.discard(key)
            self._pods_on[node] -= 1
        elif key not in self._placed:
            self._placed.add(key)
            self._pods_on[node] += 1

    # Where pods go

    def choose_node(self, spec: Value) -> Value | None:
        """Return the eligible node with fewest pods, if there is one."""
        wanted = tuple(spec.get("nodeSelector", {}).items())
        names = self._eligible.get(wanted)
        if names is None:
            nodes = [found.value for found in self.store.all(NODE)]
            names = [n["metadata"]["name"] for n in nodes if self._takes(n, dict(wanted))]
            self._eligible[wanted] = names
        chosen = min(names, key=self._pods_on.__getitem__, default=None)
        return self.object("Node", "", chosen) if chosen else None

    def _takes(self, node: Value, wanted: dict[str, str]) -> bool:
        labels = node["metadata"]["labels"]
        taints = {taint["key"] for taint in node["spec"].get("taints", ())}
        if self.loading:  # pods that were there before a node was cordoned stay on it
            taints.discard("node.kubernetes.io/unschedulable")
        return (
            is_ready(node)
            and not taints
            and all(labels.get(key) == value for key, value in wanted.items())
        )

    def address_on(self, node: Value, spec: Value) -> tuple[str, str]:
        """Return addresses for a new pod on a node: its own, and its host's."""
        host: str = next(
            one["address"] for one in node["status"]["addresses"] if one["type"] == "InternalIP"
        )
        if spec.get("hostNetwork"):
            return host, host
        name = node["metadata"]["name"]
        self._addresses[name] += 1
        prefix = node["spec"]["podCIDR"].rsplit(".", 1)[0]
        return f"{prefix}.{self._addresses[name] % 250 + 2}", host


def is_ready(value: Value) -> bool:
    """Return whether a node's or pod's Ready condition holds."""
    return any(
        one["type"] == "Ready" and one["status"] == "True"
        for one in value.get("status", {}).get("conditions", ())
    )


def active(pod: Value) -> bool:
    """Return whether a pod counts for its controller: neither ended nor being deleted."""
    ended = pod["status"].get("phase") in {"Succeeded", "Failed"}
    return not ended and "deletionTimestamp" not in pod["metadata"]


def matches(selector: Value | None, labels: dict[str, Any]) -> bool:
    """Return whether a label selector selects these labels; an empty one selects everything."""
    if selector is None:
        return False
    wanted = selector.get("matchLabels", {})
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _holds(one, labels) for one in selector.get("matchExpressions", ())
    )


def _holds(one: Value, labels: dict[str, Any]) -> bool:
    value, operator = labels.get(one["key"]), one["operator"]
    if operator in {"In", "NotIn"}:
        return (value in one.get("values", ())) is (operator == "In")
    return (value is not None) is (operator == "Exists")
