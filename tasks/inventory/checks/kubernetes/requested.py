"""What pods ask of their nodes: their own containers', or those of the workload that made them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from models.kinds.kubernetes.pod import Pod
from tasks.inventory.checks.site import Site


@dataclass(slots=True)
class Requested:
    """The sum of requests; pods whose containers nobody declares ask for nothing known."""

    cpu_millicores: int = 0
    memory_mib: int = 0


def requested_on(site: Site, node: str) -> Requested:
    """Return what the pods of a node, by its asset id, have asked for."""
    return site.once(_by_node).get(node) or Requested()


def _by_node(site: Site) -> dict[str, Requested]:
    """One pass over all pods; the replicas of a workload share its sum."""
    templates: dict[str, tuple[int, int]] = {}
    found: dict[str, Requested] = defaultdict(Requested)
    for asset in site.by_kind.get("pod", ()):
        pod: Pod = asset.record
        if not pod.node or pod.phase in {"Succeeded", "Failed"}:
            continue
        maker = pod.deployment or pod.statefulset or pod.daemonset or pod.job
        if maker is None or pod.containers:
            cpu, memory = _sum(pod)
        elif maker in templates:
            cpu, memory = templates[maker]
        else:
            made = site.assets.get(maker)
            cpu, memory = templates[maker] = _sum(made.record) if made else (0, 0)
        total = found[pod.node]
        total.cpu_millicores += cpu
        total.memory_mib += memory
    return found


def _sum(record: Any) -> tuple[int, int]:
    """Init containers run before the others, so the scheduler does not add them up."""
    running = [one for one in record.containers if not one.init]
    cpu = sum(one.cpu_request_millicores or 0 for one in running)
    return cpu, sum(one.memory_request_mib or 0 for one in running)
