"""Health checks of cron jobs and jobs."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.kinds.kubernetes.jobs import CronJob, Job
from models.records.asset import Asset
from models.records.check import Severity
from tasks.inventory.checks.declaration import Context, Verdict, check, info, ok, unknown, warn

INFO, WARN = Severity.INFO, Severity.WARN
HOURS_A_DAY = 24


@check(
    "K8-60",
    "Cron job suspended",
    kinds=("cronjob",),
    levels=(WARN,),
    reads=("suspended",),
    privilege="list cronjobs (batch)",
    remedy="Set spec.suspend to false, or remove the cron job where nobody needs it any more.",
)
def suspended(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001
    """Suspended for a repair, and then forgotten."""
    if asset.record.suspended:
        return warn("it is suspended", schedule=asset.record.schedule)
    return ok("it is not suspended", schedule=asset.record.schedule)


@check(
    "K8-61",
    "Cron job does not succeed",
    kinds=("cronjob",),
    levels=(INFO, WARN),
    when=lambda job: not job.suspended,
    thresholds=("kubernetes.cron_days", "kubernetes.cron_success_hours"),
    privilege="list cronjobs (batch)",
    remedy="Read the log of its newest job: kubectl logs job/NAME; start one by hand to try.",
)
def cron_success(asset: Asset, context: Context) -> Verdict:
    """Its last run ended without success, and none had succeeded for long before it."""
    job: CronJob = asset.record
    if job.last_scheduled_at is None:
        return _never_ran(job, context)
    succeeded = job.last_succeeded_at
    if succeeded is not None and succeeded >= job.last_scheduled_at:
        return ok("its last run succeeded", schedule=job.schedule)
    before = succeeded or job.created_at
    if before is None:
        return unknown("since when it runs is not known", missing="created_at")
    if _may_yet_succeed(job, job.last_scheduled_at, before, context):
        return ok("its last run may yet succeed", schedule=job.schedule)
    if succeeded is None:
        return warn("no run has ever succeeded", schedule=job.schedule)
    text = f"no run has succeeded since {succeeded:%Y-%m-%d %H:%M}"
    return warn(text, schedule=job.schedule, last_succeeded_at=succeeded.isoformat())


def _may_yet_succeed(job: CronJob, ran: datetime, before: datetime, context: Context) -> bool:
    """A run that is still going on may, and so may the next of one that runs often."""
    allowed = context.policy.kubernetes.cron_success_hours
    if HOURS_A_DAY * context.days_since(ran) >= allowed:
        return False
    return bool(job.active_jobs) or (ran - before) < timedelta(hours=allowed)


def _never_ran(job: CronJob, context: Context) -> Verdict:
    if job.created_at is None:
        return unknown("since when it waits for its first run is not known", missing="created_at")
    evidence = {"schedule": job.schedule, "created_at": job.created_at.isoformat()}
    if context.days_since(job.created_at) < context.policy.kubernetes.cron_days:
        return ok("it waits for its first run", **evidence)
    return info("it never ran", **evidence)


@check(
    "K8-62",
    "Job failed",
    kinds=("job",),
    levels=(INFO, WARN),
    reads=("outcome",),
    privilege="list jobs (batch)",
    remedy="Read its log (kubectl logs job/NAME), mend the cause and start it again.",
)
def job_failed(asset: Asset, context: Context) -> Verdict:
    """A failed run of a cron job that has succeeded since is for information."""
    job: Job = asset.record
    if job.outcome != "Failed":
        return ok("it has not failed", outcome=job.outcome)
    evidence = {"outcome": job.outcome, "reason": job.outcome_reason}
    text = f"it failed: {job.outcome_reason}" if job.outcome_reason else "it failed"
    if _made_good(job, context):
        return info(f"{text}; a later run succeeded", **evidence)
    return warn(text, **evidence)


def _made_good(job: Job, context: Context) -> bool:
    maker = context.site.assets.get(job.cronjob or "")
    succeeded = maker.record.last_succeeded_at if maker else None
    began = job.started_at or job.created_at
    return succeeded is not None and began is not None and succeeded > began
