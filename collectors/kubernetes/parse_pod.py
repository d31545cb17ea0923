"""Pods. There are tens of thousands of them, so what repeats is looked up, not made again."""

from __future__ import annotations

import re

from collectors.kubernetes.parse_common import controller, truth
from collectors.kubernetes.parse_template import Used, containers, used_by
from collectors.kubernetes.shapes import Owner
from collectors.kubernetes.shapes_pod import (
    BarePodItem,
    ContainerStatus,
    PodItem,
    PodMeta,
    PodSpec,
    PodStatus,
    UsedSpec,
)
from collectors.kubernetes.surroundings import Surroundings
from models.kinds.kubernetes.pod import Pod

# Worst first. Source: the kubelet's reasons for containers that wait.
_WAITING = (
    "CrashLoopBackOff",
    "ImagePullBackOff",
    "ErrImagePull",
    "InvalidImageName",
    "ErrImageNeverPull",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
)
_HARMLESS = {"ContainerCreating", "PodInitializing"}
_TERMINATED = ("OOMKilled", "ContainerCannotRun", "StartError", "Error", "DeadlineExceeded")
_ENDED_WELL = "Completed"
# What service account tokens were called before they were projected (Kubernetes 1.21).
_OLD_TOKEN = re.compile(r".+-token-[a-z0-9]{5}")


def parse_pod(item: PodItem | BarePodItem, around: Surroundings) -> Pod:
    """Return a pod."""
    meta, spec, status = item.metadata, item.spec, item.status
    namespace = meta.namespace
    owner = controller(meta.owner_references)
    workload = _workload(owner, meta, around)
    made_by = around.workloads.get(workload)
    used = used_by(spec, namespace, around)
    claims = _claims(item, used)
    seen = _Seen(status)
    usage = around.usage.get((namespace, meta.name), _UNKNOWN)
    return Pod(
        key=meta.uid,
        name=meta.name,
        cluster=around.cluster,
        namespace=namespace,
        namespace_id=around.namespaces.get(namespace),
        phase=status.phase,
        node=around.nodes.get(spec.node_name or ""),
        ip_addresses=_addresses(status),
        host_network=spec.host_network is True,
        qos_class=status.qos_class,
        priority_class=spec.priority_class_name or None,
        service_account=spec.service_account_name or None,
        token_mounted=_token_mounted(spec),
        owner=f"{owner.kind}/{owner.name}" if owner else None,
        deployment=workload if made_by == "Deployment" else None,
        statefulset=workload if made_by == "StatefulSet" else None,
        daemonset=workload if made_by == "DaemonSet" else None,
        job=workload if made_by == "Job" else None,
        claims=_claim_keys(namespace, claims, around) if claims else (),
        claim_names=claims,
        config_map_names=used.config_maps,
        secret_names=used.secrets,
        images=_images(spec),
        containers=containers(spec) if isinstance(spec, PodSpec) else (),
        created_at=meta.creation_timestamp,
        labels=around.labels(meta.labels),
        annotations=around.annotations(meta.annotations),
        ready=seen.ready,
        restart_count=seen.restarts,
        waiting_reason=_waiting(seen.waiting) if seen.waiting else None,
        terminated_reason=_terminated(seen.terminated) if seen.terminated else None,
        unschedulable_reason=around.text(seen.unschedulable) if seen.unschedulable else None,
        started_at=status.start_time,
        deletion_at=meta.deletion_timestamp,
        cpu_usage_millicores=usage[0],
        memory_usage_mib=usage[1],
        warnings=around.warnings.get(meta.uid, ()),
    )


_UNKNOWN = (None, None)


class _Seen:
    """What the conditions and the containers of a pod say, in one pass over each."""

    __slots__ = ("ready", "restarts", "terminated", "unschedulable", "waiting")

    def __init__(self, status: PodStatus) -> None:
        self.ready: bool | None = None
        self.unschedulable: str | None = None
        self.restarts = 0
        self.waiting: set[str] = set()
        self.terminated: set[str] = set()
        for one in status.conditions or ():
            if one.type == "Ready":
                self.ready = truth(one)
            elif one.type == "PodScheduled" and one.status == "False":
                self.unschedulable = one.message or one.reason
        for container in status.container_statuses or ():
            self._look(container)
        for container in status.init_container_statuses or ():
            self._look(container)

    def _look(self, container: ContainerStatus) -> None:
        self.restarts += container.restart_count
        now, before = container.state, container.last_state
        if now is not None:
            if now.waiting is not None and now.waiting.reason:
                self.waiting.add(now.waiting.reason)
            if now.terminated is not None and now.terminated.reason:
                self.terminated.add(now.terminated.reason)
        if before is not None and before.terminated is not None and before.terminated.reason:
            self.terminated.add(before.terminated.reason)


def _workload(owner: Owner | None, meta: PodMeta, around: Surroundings) -> str:
    if owner is None:
        return ""
    if owner.kind != "ReplicaSet":
        return owner.uid
    known = around.replica_sets.get(owner.uid)
    return _called_like(owner, meta, around) if known is None else known


def _called_like(owner: Owner, meta: PodMeta, around: Surroundings) -> str:
    # A deployment calls its replica sets after itself and the hash that their pods carry.
    hash_ = (meta.labels or {}).get("pod-template-hash")
    name = owner.name.removesuffix(f"-{hash_}")
    found = around.deployments.get((meta.namespace, name)) if name != owner.name else None
    if found is None:
        around.unplaced += 1
        return ""
    around.replica_sets[owner.uid] = found  # its other pods carry the same hash
    return found


def _claims(item: PodItem | BarePodItem, used: Used) -> tuple[str, ...]:
    # An ephemeral volume has a claim of its own, called after the pod and the volume.
    own = [one.name for one in item.spec.volumes or () if one.ephemeral is not None]
    if not own:
        return used.claims
    return tuple(sorted({*used.claims, *(f"{item.metadata.name}-{name}" for name in own)}))


def _claim_keys(namespace: str, names: tuple[str, ...], around: Surroundings) -> tuple[str, ...]:
    found = [around.claims.get((namespace, name)) for name in names]
    return tuple(sorted(key for key in found if key))


def _addresses(status: PodStatus) -> tuple[str, ...]:
    found = tuple([one.ip for one in status.pod_ips or () if one.ip])
    return found if found or not status.pod_ip else (status.pod_ip,)


def _images(spec: PodSpec | UsedSpec) -> tuple[str, ...]:
    found = [one.image for one in spec.init_containers or () if one.image]
    found += [one.image for one in spec.containers or () if one.image]
    return tuple(dict.fromkeys(found))


def _token_mounted(spec: PodSpec | UsedSpec) -> bool:
    # The API server writes the volume into the pod, whatever the default was then.
    for volume in spec.volumes or ():
        for source in (volume.projected.sources if volume.projected else None) or ():
            if source.service_account_token is not None:
                return True
        if volume.secret and _OLD_TOKEN.fullmatch(volume.secret.secret_name or ""):
            return True
    return False


def _waiting(reasons: set[str]) -> str | None:
    return _worst(reasons - _HARMLESS, _WAITING) or _worst(reasons, ())


def _terminated(reasons: set[str]) -> str | None:
    return _worst(reasons - {_ENDED_WELL}, _TERMINATED) or _worst(reasons, ())


def _worst(reasons: set[str], order: tuple[str, ...]) -> str | None:
    if not reasons:
        return None
    return next((one for one in order if one in reasons), None) or min(reasons)
