"""Everything that a run shows on its page in the Prefect UI: tables, reports and progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from prefect.artifacts import (
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)

from models.records.document import DocumentReport
from models.records.graph import JoinReport
from models.records.incident import Incident
from models.records.snapshot import SourceReport, ValidationReport
from tasks.inventory.validation.report import report_markdown

PROGRESS_KEY = "main-job"


@dataclass(slots=True)
class Progress:
    """The phases of a run as one progress bar; the phase stands in its description."""

    phases: Sequence[str]
    artifact: UUID | None = None
    done: int = 0

    async def begin(self, phase: str) -> None:
        """Say that a phase begins, hence that those before it are done."""
        self.done = self.phases.index(phase)
        share = 100.0 * self.done / len(self.phases)
        if self.artifact is None:
            self.artifact = await acreate_progress_artifact(share, PROGRESS_KEY, phase)
        else:
            await aupdate_progress_artifact(self.artifact, share, phase)

    async def end(self) -> None:
        """Say that all phases are done."""
        if self.artifact is not None:
            await aupdate_progress_artifact(self.artifact, 100.0, "done")


async def publish_sources(reports: Sequence[SourceReport]) -> None:
    """Show what was collected, one line a source."""
    rows = [
        {
            "source": report.source,
            "status": report.status,
            "seen": report.seen,
            "created": report.created,
            "changed": report.changed,
            "deleted": report.deleted,
            "quarantined": report.quarantined,
            "seconds": report.seconds,
            "error": report.error or "",
        }
        for report in reports
    ]
    await acreate_table_artifact(rows, "collection", "What was collected, by source")


async def publish_validation(source: str, report: ValidationReport) -> None:
    """Show the verdict over one collection, with the first rows that went to quarantine."""
    text = report_markdown(report)
    await acreate_markdown_artifact(text, "validation", f"Validation of {source}")


async def publish_joins(report: JoinReport) -> None:
    """Show what joining changed, or why there was none."""
    if report.error:
        text = f"The edges between sources are those of the last round: {report.error}"
    else:
        text = f"{report.edges} edges between assets: {report.opened} new, {report.closed} gone"
    await acreate_markdown_artifact(text, "joins", "Edges that were joined from facts")


async def publish_checks(counts: Mapping[str, int]) -> None:
    """Show how many results the health checks have of each severity."""
    order = ("crit", "warn", "unknown", "info", "suppressed", "ok")
    rows = [{"result": name, "count": counts.get(name, 0)} for name in order]
    await acreate_table_artifact(rows, "health-checks", "Health checks by result")


async def publish_documents(reports: Sequence[DocumentReport]) -> None:
    """Show what was written, one line a document."""
    rows = [
        {
            "document": report.name,
            "sections": report.sections,
            "regenerated": report.regenerated,
            "sentences": report.sentences,
            "dropped": report.dropped_sentences,
            "path": report.path,
        }
        for report in reports
    ]
    await acreate_table_artifact(rows, "documents", "Documents that were written")


async def publish_triage(
    deliveries: int, dead: int, events: Mapping[str, int], touched: Sequence[Incident]
) -> None:
    """Show what a drain of the inbox came to, and the incidents that it changed."""
    counts = {"deliveries": deliveries, "dead letters": dead}
    counts |= {f"alerts: {action}": count for action, count in sorted(events.items())}
    await publish_counts("triage", "What was triaged", counts)
    if touched:
        await publish_incidents(touched, "Incidents that were opened or changed")


async def publish_incidents(found: Sequence[Incident], title: str) -> None:
    """Show incidents, one line each."""
    rows = [
        {
            "incident": one.reference,
            "title": one.title,
            "status": one.status,
            "severity": one.severity or "",
            "alerts": one.alert_count,
            "firing": one.firing_count,
            "services": ", ".join(one.affected_services),
            "team": one.owner_team or "",
        }
        for one in found
    ]
    await acreate_table_artifact(rows, "incidents", title)


async def publish_counts(key: str, title: str, counts: Mapping[str, Any]) -> None:
    """Show named numbers."""
    rows = [{"what": name, "count": value} for name, value in counts.items()]
    await acreate_table_artifact(rows, key, title)


async def publish_recoveries(outcomes: Sequence[Mapping[str, Any]]) -> None:
    """Show which dead runs were started again and which were given up."""
    await acreate_table_artifact(
        [dict(outcome) for outcome in outcomes], "recoveries", "Runs that died"
    )


async def publish_note(key: str, text: str) -> None:
    """Show one remark."""
    await acreate_markdown_artifact(text, key)
