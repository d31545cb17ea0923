"""The kinds `job` and `cronjob`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from models.kinds.common import Key, Name
from models.kinds.declaration import Fact, Reference, declare
from models.kinds.kubernetes.common import (
    Annotations,
    ApiVersions,
    ClusterName,
    ConfigMapNames,
    Containers,
    CreatedAt,
    Labels,
    Namespace,
    NamespaceId,
    SecretNames,
    ServiceAccountName,
    Warnings,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CronJob:
    """A schedule that makes jobs."""

    key: Key
    name: Name
    cluster: ClusterName
    namespace: Namespace
    namespace_id: NamespaceId = None
    schedule: Annotated[str | None, Fact(label="Schedule", table=True)] = None
    time_zone: Annotated[str | None, Fact(label="Time zone")] = None
    suspended: Annotated[bool, Fact(label="Suspended", table=True)] = False
    concurrency_policy: Annotated[str | None, Fact(label="Concurrency", table=True)] = None
    containers: Containers = ()
    service_account: ServiceAccountName = None
    config_map_names: ConfigMapNames = ()
    secret_names: SecretNames = ()
    api_versions: ApiVersions = ()
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()
    active_jobs: Annotated[int | None, Fact(label="Running jobs", volatile=True, low=0)] = None
    last_scheduled_at: Annotated[datetime | None, Fact(label="Last run", volatile=True)] = None
    last_succeeded_at: Annotated[datetime | None, Fact(label="Last success", volatile=True)] = None
    warnings: Warnings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job; `outcome` is Complete, Failed or Suspended, and None while it runs."""

    key: Key
    name: Name
    cluster: ClusterName
    namespace: Namespace
    namespace_id: NamespaceId = None
    cronjob: Annotated[
        str | None,
        Fact(
            label="Cron job",
            table=True,
            reference=Reference(kind="cronjob", relation="owned_by"),
        ),
    ] = None
    completions: Annotated[int | None, Fact(label="Completions", table=True, low=0)] = None
    parallelism: Annotated[int | None, Fact(label="Parallelism", low=0)] = None
    backoff_limit: Annotated[int | None, Fact(label="Retries", low=0)] = None
    outcome: Annotated[str | None, Fact(label="Outcome", table=True)] = None
    outcome_reason: Annotated[str | None, Fact(label="Reason", sensitive=True)] = None
    started_at: Annotated[datetime | None, Fact(label="Started", table=True)] = None
    completed_at: Annotated[datetime | None, Fact(label="Completed", table=True)] = None
    containers: Containers = ()
    service_account: ServiceAccountName = None
    api_versions: ApiVersions = ()
    created_at: CreatedAt = None
    labels: Labels = ()
    annotations: Annotations = ()
    active_pods: Annotated[int | None, Fact(label="Running", volatile=True, low=0)] = None
    succeeded_pods: Annotated[int | None, Fact(label="Succeeded", volatile=True, low=0)] = None
    failed_pods: Annotated[int | None, Fact(label="Failed", volatile=True, low=0)] = None
    warnings: Warnings = ()


CRONJOB = declare(CronJob, name="cronjob", title="Cron job", plural="Cron jobs")
JOB = declare(Job, name="job", title="Job", plural="Jobs")
