"""The list of incidents as a page in the documents' design."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from generators.documents.page import render_page
from generators.documents.text import escape
from models.records.incident import LIVE, Incident

NAVIGATION = (("Documents", "/"), ("Incidents", "/incidents"))


def listed(found: Sequence[Incident], *, more: bool) -> str:
    """Return the page of incidents; `more` links to those before them."""
    live = [one for one in found if one.status in LIVE]
    over = [one for one in found if one.status not in LIVE]
    lines = ["# Incidents", "", f"{len(live)} live of {len(found)} shown.", ""]
    lines += _table("Live", live, "Nothing is wrong that anybody was told of.")
    lines += _table("Over", over, "None yet.")
    if more:
        lines += [f"[Earlier ones](/incidents?before={found[-1].id})"]
    return render_page("Incidents", "\n".join(lines), NAVIGATION)


def _table(title: str, found: Sequence[Incident], nothing: str) -> list[str]:
    if not found:
        return [f"## {title}", "", nothing, ""]
    head = "| Incident | Severity | Status | Title | Firing | Began (UTC) | Who |"
    rows = [_row(one) for one in found]
    return [f"## {title}", "", head, "| --- | --- | --- | --- | --- | --- | --- |", *rows, ""]


def _row(one: Incident) -> str:
    who = one.assignee or one.owner_team or ""
    cells = (
        f"[{one.reference}](/incidents/{one.id})",
        one.severity or "unknown",
        one.status,
        escape(one.title),
        f"{one.firing_count} of {one.alert_count}",
        f"{one.started_at.astimezone(UTC):%Y-%m-%d %H:%M}",
        escape(who),
    )
    return f"| {' | '.join(cells)} |"
