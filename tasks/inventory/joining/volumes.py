"""Which datastore a persistent volume is stored on."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from models.records.graph import Join
from tasks.inventory.joining.agreement import Claim, agreed, joined
from tasks.inventory.joining.records import Datastore, Inputs, Volume
from tasks.inventory.joining.spelling import grouped

MOUNTED_NAME = 0.95  # the name, and the hosts under the cluster's nodes mount that datastore
SAME_EXPORT = 0.95  # server and path name one export, unless two networks use the same address
ONLY_NAME = 0.9  # names are unique within a datacenter only; here no other has it
SAME_URL = 0.9  # where the class puts its volumes; one may have been moved since

_PATH = re.compile(r"\[([^\]]+)\]")
_VSPHERE_CSI = "csi.vsphere.vmware.com"
_Cluster: TypeAlias = tuple[str, str]


def join_volumes(inputs: Inputs, nodes: Iterable[Join]) -> list[Join]:
    """Join each volume to its datastore; `nodes` are the joins of nodes to machines."""
    mounted = _mounted(inputs, nodes)
    claims = [*_by_path(inputs, mounted), *_by_export(inputs), *_by_class(inputs)]
    return joined("stored_on", agreed(claims, exclusive=False))


def _mounted(inputs: Inputs, nodes: Iterable[Join]) -> dict[_Cluster, set[str]]:
    """Return the datastores that the hosts under each cluster's nodes mount."""
    hosts = {host.id: host for host in inputs.host}
    host_of = {vm.id: vm.host for vm in inputs.vm}
    cluster_of = {node.id: (node.source, node.cluster) for node in inputs.node}
    found: dict[_Cluster, set[str]] = defaultdict(set)
    for join in nodes:
        host = hosts.get(host_of.get(join.to_id) or join.to_id)
        if host is not None and join.from_id in cluster_of:
            found[cluster_of[join.from_id]].update(host.datastores)
    return found


def _by_path(inputs: Inputs, mounted: dict[_Cluster, set[str]]) -> Iterator[Claim]:
    by_name = grouped(inputs.datastore, lambda store: [store.name])
    for volume in inputs.pv:
        found = _PATH.match(volume.path or "") if volume.backend == "vsphere" else None
        if found is None:
            continue
        stores = by_name.get(found[1], [])
        reason = f"Path {volume.path} of volume {volume.name} names datastore {found[1]}"
        near = mounted.get((volume.source, volume.cluster), set())
        seen = [store for store in stores if store.id in near]
        if len(seen) == 1:
            why = f"{reason}, which the hosts of the cluster's nodes mount."
            yield _claim(volume, seen[0], MOUNTED_NAME, why)
        elif len(stores) == 1:
            yield _claim(volume, stores[0], ONLY_NAME, f"{reason}; no other has that name.")


def _by_export(inputs: Inputs) -> Iterator[Claim]:
    by_export = grouped(inputs.datastore, lambda store: [_export(store.remote_path)])
    for volume in inputs.pv:
        if volume.backend == "nfs" and volume.server and volume.path:
            export = _export(f"{volume.server}:{volume.path}")
            reason = f"Volume {volume.name} and the datastore both are NFS export {export}."
            for store in by_export.get(export or "", ()):
                yield _claim(volume, store, SAME_EXPORT, reason)


def _by_class(inputs: Inputs) -> Iterator[Claim]:
    by_url = grouped(inputs.datastore, lambda store: [_url(store.url)])
    urls = {
        each.id: (each.name, _url(value))
        for each in inputs.storage_class
        for key, value in each.parameters
        if key.lower() == "datastoreurl"
    }
    for volume in inputs.pv:
        if volume.driver != _VSPHERE_CSI or volume.storage_class_id not in urls:
            continue
        class_name, url = urls[volume.storage_class_id]
        reason = f"Storage class {class_name} of volume {volume.name} puts its volumes on {url}."
        for store in by_url.get(url or "", ()):
            yield _claim(volume, store, SAME_URL, reason)


def _export(remote: str | None) -> str | None:
    server, _, path = (remote or "").partition(":/")
    return f"{server.lower()}:/{path.strip('/')}" if server and path else None


def _url(text: str | None) -> str | None:
    return text.strip().rstrip("/") if text else None


def _claim(volume: Volume, store: Datastore, confidence: float, reason: str) -> Claim:
    return Claim(from_id=volume.id, to_id=store.id, confidence=confidence, reason=reason)
