"""The list of incidents as a page in the documents' design."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from deployments.gateway.pages import NAVIGATION
from generators.documents.page import render_page
from generators.documents.text import escape
from models.records.incident import LIVE, Incident
from models.records.severity import marked


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the incidents of a list.

    `predicted` are the ids of those whose severity is only predicted, `kin` the references of what
    they were merged into, by id.
    """

    predicted: Collection[int]
    kin: Mapping[int, str]


def listed(found: Sequence[Incident], known: Known, *, more: bool) -> str:
    """Return the page of incidents.

    Args:
        found: The latest first.
        known: What is known beside them.
        more: Whether there are some before them, which are linked.
    """
    live = [one for one in found if one.status in LIVE]
    over = [one for one in found if one.status not in LIVE]
    lines = ["# Incidents", "", f"{len(live)} live of {len(found)} shown.", ""]
    lines += _table("Live", live, known, "Nothing is wrong that anybody was told of.")
    lines += _table("Over", over, known, "None yet.")
    if more:
        lines += [f"[Earlier ones](/incidents?before={found[-1].id})"]
    return render_page("Incidents", "\n".join(lines), NAVIGATION, wide=True)


def _table(title: str, found: Sequence[Incident], known: Known, nothing: str) -> list[str]:
    if not found:
        return [f"## {title}", "", nothing, ""]
    head = "| Incident | Severity | Status | Title | Firing | Began (UTC) | Team | Assignee |"
    rows = [_row(one, known) for one in found]
    return [f"## {title}", "", head, "|" + " --- |" * head.count(" |"), *rows, ""]


def _row(one: Incident, known: Known) -> str:
    cells = (
        _link(one.id, one.reference),
        marked(one.severity, predicted=one.id in known.predicted) or "unknown",
        one.status,
        _headline(one, known.kin),
        f"{one.firing_count} of {one.alert_count}",
        f"{one.started_at.astimezone(UTC):%Y-%m-%d %H:%M}",
        escape(one.owner_team or ""),
        escape(one.assignee or ""),
    )
    return f"| {' | '.join(cells)} |"


def _headline(one: Incident, kin: Mapping[int, str]) -> str:
    """Return the title; of a merged incident with the one it lives on in, as on a terminal."""
    into = one.merged_into
    title = escape(one.title)
    return title if into is None else f"merged into {_link(into, kin[into])}: {title}"


def _link(number: int, reference: str) -> str:
    return f"[{reference}](/incidents/{number})"
