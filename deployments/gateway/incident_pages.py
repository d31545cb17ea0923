"""The list of incidents as a page in the documents' design."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC

from deployments.gateway.pages import NAVIGATION
from generators.documents.page import render_page
from generators.documents.text import escape
from models.records.incident import LIVE, Incident
from models.records.severity import marked


def listed(found: Sequence[Incident], predicted: Collection[int], *, more: bool) -> str:
    """Return the page of incidents.

    Args:
        found: The latest first.
        predicted: Ids of those whose severity is only predicted.
        more: Whether there are some before them, which are linked.
    """
    live = [one for one in found if one.status in LIVE]
    over = [one for one in found if one.status not in LIVE]
    lines = ["# Incidents", "", f"{len(live)} live of {len(found)} shown.", ""]
    lines += _table("Live", live, predicted, "Nothing is wrong that anybody was told of.")
    lines += _table("Over", over, predicted, "None yet.")
    if more:
        lines += [f"[Earlier ones](/incidents?before={found[-1].id})"]
    return render_page("Incidents", "\n".join(lines), NAVIGATION)


def _table(
    title: str, found: Sequence[Incident], predicted: Collection[int], nothing: str
) -> list[str]:
    if not found:
        return [f"## {title}", "", nothing, ""]
    head = "| Incident | Severity | Status | Title | Firing | Began (UTC) | Who |"
    rows = [_row(one, predicted=one.id in predicted) for one in found]
    return [f"## {title}", "", head, "| --- | --- | --- | --- | --- | --- | --- |", *rows, ""]


def _row(one: Incident, *, predicted: bool) -> str:
    who = one.assignee or one.owner_team or ""
    cells = (
        f"[{one.reference}](/incidents/{one.id})",
        marked(one.severity, predicted=predicted) or "unknown",
        one.status,
        escape(one.title),
        f"{one.firing_count} of {one.alert_count}",
        f"{one.started_at.astimezone(UTC):%Y-%m-%d %H:%M}",
        escape(who),
    )
    return f"| {' | '.join(cells)} |"
