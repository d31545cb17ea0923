"""The script's side of the practice clusters: count, disturb, and change what is there.

Every public method takes and returns what JSON can carry, so that the same names work over HTTP.
An object is named cluster/kind/namespace/name, as in the site's `planted`; of what is cluster-wide
the namespace is left out.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from deployments.practice.kubernetes import show_node
from deployments.practice.kubernetes.access import User
from deployments.practice.kubernetes.counting import Counters
from deployments.practice.kubernetes.disturb import HANG_SECONDS, Disturbance, Disturbances
from deployments.practice.kubernetes.pods import AILMENTS
from deployments.practice.kubernetes.resources import BY_KIND, RESOURCES
from deployments.practice.kubernetes.show_common import Value
from deployments.practice.kubernetes.store import stamp
from deployments.practice.kubernetes.touching import touch
from deployments.practice.kubernetes.world import KubeWorld
from deployments.practice.site.records import Site
from models.errors import WrongUse


class Control:
    """Direct, unauthenticated control; calls from here count as nobody's."""

    def __init__(
        self,
        site: Site,
        worlds: dict[str, KubeWorld],
        users: dict[str, User],
        counters: Counters,
        disturbances: Disturbances,
    ) -> None:
        self._site, self._worlds = site, worlds
        self._users = {user.name: user for user in users.values()}
        self._counters, self._disturbances = counters, disturbances

    # Looking

    def counters(self) -> dict[str, Any]:
        """Return requests, by verb and by resource, mutating calls, and dry runs apart."""
        return self._counters.as_dict()

    def reset_counters(self) -> None:
        """Start counting from zero."""
        self._counters.reset()

    def planted(self) -> dict[str, list[str]]:
        """Return the Kubernetes faults that the site came with, and where they sit."""
        return {n: list(p) for n, p in self._site.planted.items() if n.startswith("k8s_")}

    def names(self, cluster: str, kind: str) -> list[str]:
        """Return the places of all objects of a kind."""
        world = self._world(cluster)
        return [
            "/".join(part for part in (cluster, kind, *stored.key) if part)
            for stored in world.store.all(BY_KIND[kind])
        ]

    def get(self, place: str) -> dict[str, Any]:
        """Return an object as it is now.

        Raises:
            WrongUse: there is none.
        """
        return self._find(place)[2]

    def _world(self, cluster: str) -> KubeWorld:
        if cluster not in self._worlds:
            raise WrongUse(f"no cluster {cluster!r}; there are: {', '.join(self._worlds)}")
        return self._worlds[cluster]

    def _find(self, place: str) -> tuple[KubeWorld, str, Value]:
        cluster, kind, *rest = place.split("/")
        world = self._world(cluster)
        namespace, name = rest if len(rest) == 2 else ("", *rest)  # noqa: PLR2004
        value = world.object(kind, namespace, name) if kind in BY_KIND else None
        if value is None:
            raise WrongUse(f"nothing stands at {place!r}")
        return world, kind, value

    # Disturbing

    def fail(
        self,
        resource: str | None = None,
        status: int = 503,
        *,
        times: int = 1,
        retry_after: int | None = None,
        cluster: str | None = None,
        later_pages: bool = False,
    ) -> None:
        """Answer the next requests for a resource with an error of that status.

        `resource` is a plural such as pods, pods/eviction, pods.metrics.k8s.io, or discovery; none
        is every request.
        With `later_pages` the first page of a list still succeeds.
        """
        self._disturb(
            Disturbance(
                kind="fail",
                resource=resource,
                status=status,
                retry_after=retry_after,
                cluster=cluster,
                page=later_pages,
            ),
            times,
        )

    def drop(self, resource: str | None = None, times: int = 1, cluster: str | None = None) -> None:
        """Cut the connection in the middle of the next answers."""
        self._disturb(Disturbance(kind="drop", resource=resource, cluster=cluster), times)

    def hang(
        self,
        resource: str | None = None,
        seconds: float = HANG_SECONDS,
        times: int = 1,
        cluster: str | None = None,
    ) -> None:
        """Say nothing to the next requests for that long."""
        self._disturb(
            Disturbance(kind="hang", resource=resource, seconds=seconds, cluster=cluster), times
        )

    def garble(
        self, resource: str | None = None, times: int = 1, cluster: str | None = None
    ) -> None:
        """Send half the JSON of the next answers as if it were whole."""
        self._disturb(Disturbance(kind="garble", resource=resource, cluster=cluster), times)

    def _disturb(self, disturbance: Disturbance, times: int) -> None:
        self._disturbances.add(disturbance, times)

    def delay(self, seconds: float) -> None:
        """Delay every answer."""
        self._disturbances.delay_seconds = seconds

    def calm(self) -> None:
        """End all delays and failures, and let hanging requests go."""
        self._disturbances.clear()

    def expire_continue(self, resource: str, cluster: str | None = None) -> None:
        """Let every continue token of a resource expire: it gets 410 and an inconsistent one.

        A list that begins later has tokens that hold; for a list within which the token expires
        see `expire_next_page`.
        """
        for world in self._chosen(cluster):
            for one in (r for r in RESOURCES if resource in {r.plural, r.label}):
                world.store.forget_snapshots(one)

    def expire_next_page(self, resource: str, times: int = 1, cluster: str | None = None) -> None:
        """Let the token of the next later page of a resource be expired when it is used."""
        self._disturb(
            Disturbance(kind="expire", resource=resource, cluster=cluster, page=True), times
        )

    def compact(self, resource: str, cluster: str | None = None) -> None:
        """Let watches from every earlier version be too old."""
        for world in self._chosen(cluster):
            for one in (r for r in RESOURCES if resource in {r.plural, r.label}):
                world.store.compact(one)

    def _chosen(self, cluster: str | None) -> list[KubeWorld]:
        return list(self._worlds.values()) if cluster is None else [self._world(cluster)]

    def deny(self, resource: str, user: str = "reader") -> None:
        """Let a user no longer see a resource, such as secrets or deployments.apps."""
        self._users[user].denied.add(resource)

    def allow(self, resource: str, user: str = "reader") -> None:
        """Let a user see a resource again."""
        self._users[user].denied.discard(resource)

    # Changing

    def put(self, cluster: str, kind: str, value: dict[str, Any]) -> None:
        """Keep an object as given, in place of the one of its name."""
        self._world(cluster).put(kind, value)

    def merge(self, place: str, patch: dict[str, Any]) -> None:
        """Change an object by a JSON merge patch, its status too."""
        from deployments.practice.kubernetes.patching import merge

        world, kind, value = self._find(place)
        world.put(kind, merge(value, patch))

    def remove(self, place: str) -> None:
        """Take an object away; what it owned stays."""
        world, kind, value = self._find(place)
        meta = value["metadata"]
        world.store.remove(BY_KIND[kind], (meta.get("namespace", ""), meta["name"]))

    def ail(self, place: str, ailment: str = "crash") -> None:
        """Let the pods of a workload, or one pod, suffer from something; empty heals them.

        Raises:
            WrongUse: no such ailment.
        """
        if ailment not in AILMENTS:
            raise WrongUse(f"ailments are {AILMENTS}, not {ailment!r}")
        world, kind, value = self._find(place)
        meta = value["metadata"]
        with world.store.lock:
            world.ailments[kind, meta["namespace"], meta["name"]] = ailment
            for pod in _pods_of(world, kind, value):
                world.restart(pod)

    def set_image(self, place: str, image: str) -> None:
        """Give a workload's first container another image; its pods are rolled."""
        world, kind, value = self._find(place)
        template = value["spec"]["template"]
        first, *others = template["spec"]["containers"]
        spec = {**template["spec"], "containers": [{**first, "image": image}, *others]}
        spec = {**value["spec"], "template": {**template, "spec": spec}}
        world.put(kind, {**value, "spec": spec})

    def scale(self, place: str, replicas: int) -> None:
        """Set a workload's replicas."""
        self.merge(place, {"spec": {"replicas": replicas}})

    def set_node(self, place: str, *, ready: bool = True, pressure: str | None = None) -> None:
        """Set a node's health; pods on one that is not ready are not ready either."""
        world, _, node = self._find(place)
        name, now = node["metadata"]["name"], stamp()
        conditions = show_node.conditions(ready, pressure, now)
        with world.store.lock:
            world.put("Node", {**node, "status": {**node["status"], "conditions": conditions}})
            for stored in world.store.all(BY_KIND["Pod"]):
                if stored.value["spec"].get("nodeName") == name:
                    world.restart(stored.value)

    def age_certificate(self, place: str, days: float) -> str:
        """Let a cert-manager Certificate end in that many days, and return the date."""
        ends_at = stamp(datetime.now(UTC) + timedelta(days=days))
        self.merge(place, {"status": {"notAfter": ends_at}})
        return ends_at

    def touch(self, cluster: str | None = None) -> None:
        """Change what always changes: versions, heartbeats, times of fields, counters."""
        for world in self._chosen(cluster):
            touch(world)


def _pods_of(world: KubeWorld, kind: str, value: Value) -> list[Value]:
    if kind == "Pod":
        return [value]
    uids = [value["metadata"]["uid"]]
    if kind == "Deployment":
        sets = world.store.within(BY_KIND["ReplicaSet"], value["metadata"]["namespace"])
        uids = [
            stored.value["metadata"]["uid"]
            for stored in sets
            if any(o["uid"] == uids[0] for o in stored.value["metadata"]["ownerReferences"])
        ]
    return [pod for uid in uids for pod in world.pods_of(uid)]
