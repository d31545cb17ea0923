"""Workloads, jobs, autoscalers and disruption budgets as typed subsets.

Source: Kubernetes API reference, groups apps, batch, autoscaling and policy.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import field

from collectors.kubernetes.shapes import Condition, LabelSelector, Meta, Shape, Whole
from collectors.kubernetes.shapes_pod import PodSpec, Present


class TemplateMeta(Shape):
    """`metadata` of a pod template."""

    labels: dict[str, str] | None = None


class Template(Shape):
    """A pod template."""

    spec: PodSpec = field(default_factory=PodSpec)
    metadata: TemplateMeta | None = None


class Strategy(Shape):
    """How a workload replaces its pods."""

    type: str | None = None


class ClaimMeta(Shape):
    """`metadata` of a claim template."""

    name: str | None = None


class ClaimTemplate(Shape):
    """A claim that every pod of a stateful set gets."""

    metadata: ClaimMeta | None = None


class WorkloadSpec(Shape):
    """`spec` of a deployment, stateful set or daemon set."""

    template: Template = field(default_factory=Template)
    replicas: Whole | None = None
    paused: bool | None = None
    selector: LabelSelector | None = None
    strategy: Strategy | None = None
    update_strategy: Strategy | None = None
    service_name: str | None = None
    volume_claim_templates: list[ClaimTemplate] | None = None


class WorkloadStatus(Shape):
    """`status` of a deployment, stateful set or daemon set; zeros are left out by the API."""

    available_replicas: Whole | None = None
    ready_replicas: Whole | None = None
    updated_replicas: Whole | None = None
    desired_number_scheduled: Whole | None = None
    number_available: Whole | None = None
    number_ready: Whole | None = None
    updated_number_scheduled: Whole | None = None


class Workload(Shape):
    """A deployment, stateful set or daemon set."""

    metadata: Meta
    spec: WorkloadSpec
    status: WorkloadStatus | None = None


class JobSpec(Shape):
    """`spec` of a job."""

    template: Template = field(default_factory=Template)
    completions: Whole | None = None
    parallelism: Whole | None = None
    backoff_limit: Whole | None = None


class JobStatus(Shape):
    """`status` of a job."""

    conditions: list[Condition] | None = None
    start_time: datetime | None = None
    completion_time: datetime | None = None
    active: Whole | None = None
    succeeded: Whole | None = None
    failed: Whole | None = None


class JobItem(Shape):
    """A job."""

    metadata: Meta
    spec: JobSpec
    status: JobStatus = field(default_factory=JobStatus)


class JobTemplate(Shape):
    """The job that a cron job makes."""

    spec: JobSpec = field(default_factory=JobSpec)


class CronJobSpec(Shape):
    """`spec` of a cron job."""

    schedule: str | None = None
    time_zone: str | None = None
    suspend: bool | None = None
    concurrency_policy: str | None = None
    job_template: JobTemplate = field(default_factory=JobTemplate)


class CronJobStatus(Shape):
    """`status` of a cron job; `active` names the running jobs."""

    active: list[Present] | None = None
    last_schedule_time: datetime | None = None
    last_successful_time: datetime | None = None


class CronJobItem(Shape):
    """A cron job."""

    metadata: Meta
    spec: CronJobSpec
    status: CronJobStatus = field(default_factory=CronJobStatus)


class Scaled(Shape):
    """What an autoscaler scales."""

    kind: str
    name: str
    api_version: str | None = None


class AutoscalerSpec(Shape):
    """`spec` of an autoscaler."""

    scale_target_ref: Scaled | None = None
    min_replicas: Whole | None = None
    max_replicas: Whole | None = None


class AutoscalerStatus(Shape):
    """`status` of an autoscaler."""

    current_replicas: Whole | None = None
    desired_replicas: Whole | None = None
    conditions: list[Condition] | None = None


class AutoscalerItem(Shape):
    """An autoscaler; v1 has the same fields, but no conditions."""

    metadata: Meta
    spec: AutoscalerSpec
    status: AutoscalerStatus = field(default_factory=AutoscalerStatus)


class BudgetSpec(Shape):
    """`spec` of a disruption budget."""

    min_available: Whole | str | None = None
    max_unavailable: Whole | str | None = None
    selector: LabelSelector | None = None


class BudgetStatus(Shape):
    """`status` of a disruption budget."""

    expected_pods: Whole | None = None
    current_healthy: Whole | None = None
    disruptions_allowed: Whole | None = None


class BudgetItem(Shape):
    """A disruption budget."""

    metadata: Meta
    spec: BudgetSpec
    status: BudgetStatus = field(default_factory=BudgetStatus)
