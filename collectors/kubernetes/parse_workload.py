"""Workloads and jobs."""

from __future__ import annotations

from typing import Any

from collectors.kubernetes.parse_common import (
    api_versions,
    controller,
    namespaced,
    place,
    selector,
    texts,
    truth,
)
from collectors.kubernetes.parse_template import template
from collectors.kubernetes.shapes import Meta
from collectors.kubernetes.shapes_workload import (
    CronJobItem,
    JobItem,
    JobStatus,
    Template,
    Workload,
    WorkloadStatus,
)
from collectors.kubernetes.surroundings import Surroundings
from models.kinds.kubernetes.jobs import CronJob, Job
from models.kinds.kubernetes.workloads import DaemonSet, Deployment, StatefulSet

_ENDS = {"Complete", "Failed", "Suspended"}
# What the kinds of jobs take from their template, less than a workload does.
_OF_JOBS = ("containers", "service_account")
_OF_CRON_JOBS = (*_OF_JOBS, "config_map_names", "secret_names")


def parse_deployment(item: Workload, around: Surroundings) -> Deployment:
    """Return a deployment."""
    meta, spec, status = item.metadata, item.spec, item.status
    around.deployments[place(meta)] = meta.uid
    around.workloads[meta.uid] = "Deployment"
    return Deployment(
        **_common(meta, around),
        **template(spec.template, meta.namespace or "", around),
        replicas=spec.replicas,
        paused=bool(spec.paused),
        strategy=spec.strategy.type if spec.strategy else None,
        selector=selector(spec.selector),
        **_replicas(status),
    )


def parse_stateful_set(item: Workload, around: Surroundings) -> StatefulSet:
    """Return a stateful set."""
    meta, spec, status = item.metadata, item.spec, item.status
    around.stateful_sets[place(meta)] = meta.uid
    around.workloads[meta.uid] = "StatefulSet"
    claims = (one.metadata.name for one in spec.volume_claim_templates or () if one.metadata)
    return StatefulSet(
        **_common(meta, around),
        **template(spec.template, meta.namespace or "", around),
        replicas=spec.replicas,
        service_name=spec.service_name or None,
        strategy=spec.update_strategy.type if spec.update_strategy else None,
        selector=selector(spec.selector),
        claim_templates=texts(claims),
        **_replicas(status),
    )


def parse_daemon_set(item: Workload, around: Surroundings) -> DaemonSet:
    """Return a daemon set."""
    meta, spec, status = item.metadata, item.spec, item.status
    around.workloads[meta.uid] = "DaemonSet"
    return DaemonSet(
        **_common(meta, around),
        **template(spec.template, meta.namespace or "", around),
        strategy=spec.update_strategy.type if spec.update_strategy else None,
        selector=selector(spec.selector),
        desired_pods=status.desired_number_scheduled if status else None,
        available_pods=status.number_available or 0 if status else None,
        ready_pods=status.number_ready if status else None,
        updated_pods=status.updated_number_scheduled or 0 if status else None,
    )


def parse_cron_job(item: CronJobItem, around: Surroundings) -> CronJob:
    """Return a cron job."""
    meta, spec, status = item.metadata, item.spec, item.status
    around.workloads[meta.uid] = "CronJob"
    return CronJob(
        **_common(meta, around),
        **_chosen(spec.job_template.spec.template, _OF_CRON_JOBS, meta, around),
        schedule=spec.schedule,
        time_zone=spec.time_zone,
        suspended=bool(spec.suspend),
        concurrency_policy=spec.concurrency_policy,
        active_jobs=len(status.active or ()),
        last_scheduled_at=status.last_schedule_time,
        last_succeeded_at=status.last_successful_time,
    )


def parse_job(item: JobItem, around: Surroundings) -> Job:
    """Return a job."""
    meta, spec, status = item.metadata, item.spec, item.status
    around.workloads[meta.uid] = "Job"
    owner = controller(meta.owner_references)
    made_by = owner.uid if owner else ""
    return Job(
        **_common(meta, around),
        **_chosen(spec.template, _OF_JOBS, meta, around),
        **_outcome(status, around),
        cronjob=made_by if around.workloads.get(made_by) == "CronJob" else None,
        completions=spec.completions,
        parallelism=spec.parallelism,
        backoff_limit=spec.backoff_limit,
        started_at=status.start_time,
        active_pods=status.active or 0,
        succeeded_pods=status.succeeded or 0,
        failed_pods=status.failed or 0,
    )


def _common(meta: Meta, around: Surroundings) -> dict[str, Any]:
    return {
        **namespaced(meta, around),
        "api_versions": api_versions(meta),
        "warnings": around.warnings.get(meta.uid, ()),
    }


def _replicas(status: WorkloadStatus | None) -> dict[str, Any]:
    # The API leaves zeros out; without a status nobody has looked at the workload yet.
    return {
        "available_replicas": status.available_replicas or 0 if status else None,
        "ready_replicas": status.ready_replicas or 0 if status else None,
        "updated_replicas": status.updated_replicas or 0 if status else None,
    }


def _chosen(
    found: Template, names: tuple[str, ...], meta: Meta, around: Surroundings
) -> dict[str, Any]:
    fields = template(found, meta.namespace or "", around)
    return {name: fields[name] for name in names}


def _outcome(status: JobStatus, around: Surroundings) -> dict[str, Any]:
    found = next((one for one in status.conditions or () if one.type in _ENDS and truth(one)), None)
    said = [found.reason, found.message] if found else []
    return {
        "outcome": found.type if found else None,
        "outcome_reason": around.text(": ".join(filter(None, said)) or None),
        "completed_at": status.completion_time,
    }
