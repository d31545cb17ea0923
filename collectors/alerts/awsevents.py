"""Events of AWS that are no alarm of CloudWatch: of its health, findings, and what failed.

Source: the AWS documentation, "Events from AWS services" of EventBridge, the formats of AWS Health,
GuardDuty, Security Hub and Inspector. An event about anything else is no alert.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.alerts import keys, times
from collectors.alerts.adapter import found, ignored
from collectors.alerts.build import Draft, finish
from collectors.alerts.reading import at, first, mapping, rows, word
from collectors.alerts.severities import severity_of
from models.records.alert import AlertStatus, Normalized
from models.records.severity import Severity

Fields = Mapping[str, Any]
_HEALTH = {
    "open": AlertStatus.FIRING,
    "closed": AlertStatus.RESOLVED,
    "upcoming": AlertStatus.PENDING,
}
_OVER = frozenset({"ARCHIVED", "RESOLVED", "CLOSED"})
_FAILED = frozenset({"failed", "failure", "timed_out", "timeout", "fault", "error", "aborted"})
# Of the findings' own scale, 0 to 10: from where each of ours begins.
_FINDINGS = (
    (9.0, Severity.CRITICAL),
    (7.0, Severity.HIGH),
    (4.0, Severity.MEDIUM),
    (0.1, Severity.LOW),
)
_STATES = ("state", "status", "lastStatus", "jobStatus", "jobRunState", "build-status")
_NAMES = ("pipeline", "jobName", "stateMachineArn", "project-name", "deploymentId",
          "SourceIdentifier", "clusterArn", "backupVaultName", "name")  # fmt: skip


def read(vendor: str, body: Fields) -> Normalized:
    """Return the alerts that an event tells of."""
    detail, kind = mapping(body.get("detail")), first(body, "detail-type") or ""
    if first(detail, "eventTypeCode", "eventArn"):
        drafts = [_health(vendor, body, detail)]
    elif rows(detail.get("findings")):
        drafts = [_finding(vendor, body, row) for row in rows(detail["findings"])]
    elif first(detail, "title", "Title") and "severity" in detail:
        drafts = [_finding(vendor, body, detail)]
    elif (_state(detail) or "").lower() in _FAILED:
        drafts = [_failed(vendor, body, detail, kind)]
    else:
        return ignored(f"an event that is no alarm: {kind}")
    return found((finish(draft) for draft in drafts), otherwise="")


def _health(vendor: str, body: Fields, detail: Fields) -> Draft:
    return Draft(
        vendor=vendor,
        title=first(detail, "eventTypeCode") or first(body, "detail-type"),
        status=_HEALTH.get((first(detail, "statusCode") or "open").lower(), AlertStatus.UPDATE),
        key=keys.own(vendor, first(body, "account"), first(detail, "eventArn", "eventTypeCode")),
        service=first(detail, "service"),
        region=first(detail, "eventRegion") or first(body, "region"),
        rule=first(detail, "eventTypeCode"),
        description=first(at(detail, "eventDescription", 0), "latestDescription"),
        labels={"account": first(body, "account"), "category": first(detail, "eventTypeCategory")},
        event_time=times.moment(detail.get("startTime")) or times.moment(body.get("time")),
        ends_at=times.moment(detail.get("endTime")) or times.moment(body.get("time")),
        external_id=first(detail, "eventArn"),
    )


def _finding(vendor: str, body: Fields, row: Fields) -> Draft:
    raw = first(at(row, "Severity"), "Label") or word(row.get("severity"))
    state = first(row, "RecordState", "status") or ""
    workflow = first(row.get("Workflow"), "Status") or ""
    over = state.upper() in _OVER or workflow.upper() in _OVER
    instance = first(at(row, "resource", "instanceDetails"), "instanceId")
    return Draft(
        vendor=vendor,
        title=first(row, "title", "Title"),
        status=AlertStatus.RESOLVED if over else AlertStatus.FIRING,
        key=keys.own(vendor, first(row, "id", "Id", "findingArn", "arn")),
        severity_raw=raw,
        severity=_ranked(raw),
        host=instance,
        region=first(row, "region", "Region") or first(body, "region"),
        rule=first(row, "type", "GeneratorId"),
        description=first(row, "description", "Description"),
        labels={
            "account": first(body, "account"),
            "resource": first(at(row, "Resources", 0), "Id"),
            "source": first(body, "source"),
        },
        event_time=times.moment(first(row, "updatedAt", "UpdatedAt") or body.get("time")),
        ends_at=times.moment(body.get("time")),
        external_id=first(row, "arn", "id", "Id"),
    )


def _ranked(raw: str | None) -> Severity | None:
    try:
        number = float(raw or "")
    except ValueError:
        return severity_of("", raw)
    return next((severity for least, severity in _FINDINGS if number >= least), None)


def _state(detail: Fields) -> str | None:
    return first(detail, *_STATES)


def _failed(vendor: str, body: Fields, detail: Fields, kind: str) -> Draft:
    name = first(detail, *_NAMES) or word(at(body, "resources", 0))
    return Draft(
        vendor=vendor,
        title=f"{kind}: {name} is {_state(detail)}" if name else kind,
        status=AlertStatus.FIRING,
        key=keys.derived(vendor, first(body, "account"), first(body, "region"), kind,
                         {"name": name or ""}),
        service=(first(body, "source") or "").removeprefix("aws.") or None,
        region=first(body, "region"),
        rule=kind,
        description=first(detail, "statusMessage", "reason", "stoppedReason", "Message"),
        labels={"account": first(body, "account"), "name": name},
        event_time=times.moment(body.get("time")),
    )  # fmt: skip
