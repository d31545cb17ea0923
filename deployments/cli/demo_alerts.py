"""`nightshift demo alerts`, `stories` and `runbooks`: the practice datacenter's monitoring."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deployments.cli import output

if TYPE_CHECKING:
    from deployments.practice.alerting.sender import Sent
    from deployments.services.demo_alerts import Became, Told
    from models.records.incident import Incident

USUAL = "evening"
_MOST_LINES = 10

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]


def alerts(
    story: Annotated[str, typer.Argument(help="One of `nightshift demo stories`.")] = USUAL,
    *,
    rate: Annotated[
        float, typer.Option(min=0, help="Deliveries a second; 0 is as fast as they are taken.")
    ] = 0.0,
    count: Annotated[
        int, typer.Option(min=0, max=1_000_000, help="At least so many alerts, by repeats.")
    ] = 0,
    recover: Annotated[
        bool, typer.Option("--recover", help="Let everything end well: alerts resolve.")
    ] = False,
    beside: Annotated[
        bool, typer.Option("--beside", help="Leave burning what was told before.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Let the practice monitoring tell a story through the gateway, and show the incidents."""
    from deployments.services.demo import running_demo
    from deployments.services.demo_alerts import tell

    found, _ = running_demo()
    told = tell(
        found.gateway_url or "",
        story,
        rate=rate,
        at_least=count,
        recovered=recover,
        beside=beside,
        by=closer(),
    )
    if as_json:
        output.print_json(as_record(told))
        return
    for line in lines_of(told, found.gateway_url or ""):
        say(line)


def stories(*, as_json: Json = False) -> None:
    """List what the practice monitoring can tell."""
    from deployments.practice.alerting.stories import STORIES

    if as_json:
        output.print_json({name: story.description for name, story in STORIES.items()})
        return
    rows: list[list[Any]] = [[name, story.description] for name, story in STORIES.items()]
    output.print_table("Stories", ["story", "what happens"], rows, whole=("story",))


def runbooks(
    folder: Annotated[Path, typer.Argument(help="Where to write; made if it is not there.")],
    *,
    vms: Annotated[int, typer.Option(min=1, max=20_000, help="Size of the practice site.")] = 240,
    as_json: Json = False,
) -> None:
    """Write the practice datacenter's runbooks, postmortems and checklists as Markdown."""
    from deployments.practice.runbooks import write_runbooks
    from deployments.practice.site import build_site
    from deployments.services.demo import SEED

    written = write_runbooks(build_site(SEED, vms), folder)
    if as_json:
        output.print_json([str(path.relative_to(folder)) for path in written])
        return
    say(f"{len(written)} documents in {folder}")


def as_record(told: Told) -> dict[str, Any]:
    """Return what became of a story as JSON has it."""
    return {
        "alerts": told.sent.alerts,
        "deliveries": told.sent.deliveries,
        "statuses": dict(told.sent.statuses),
        "vendors": dict(told.sent.vendors),
        "incidents": [
            {
                "id": str(one.id),
                "reference": one.reference,
                "severity": one.severity,
                "status": one.status,
                "title": one.title,
                "alerts": one.alert_count,
                "summary": one.summary,
            }
            for one in told.incidents
        ],
    }


def lines_of(told: Told, gateway_url: str | None, program: str | None = None) -> Iterator[str]:
    """Return what became of a story for people: the figures, an incident a line, where to look.

    Args:
        told: The story.
        gateway_url: Where its pages are; None where none are served any more.
        program: What is typed to call the program; by default as it was called.
    """
    sent = told.sent
    senders = ", ".join(f"{name} {number}" for name, number in sorted(sent.vendors.items()))
    repeats = sent.statuses["duplicate"]
    again = f"; {repeats} of the deliveries are repeats that stop at the door" if repeats else ""
    deliveries = "1 delivery" if sent.deliveries == 1 else f"{sent.deliveries} deliveries"
    incidents = "1 incident" if len(told.incidents) == 1 else f"{len(told.incidents)} incidents"
    yield f"{_alerts(sent.alerts)} in, {incidents} out ({deliveries}: {senders}{again})"
    if told.became:
        yield f"  {_sum(sent, told.became)}"
    if told.ended:
        yield f"  Ended before it: {ended_words(told.ended, told.closed_by)}"
    for one in told.incidents[:_MOST_LINES]:
        yield from _incident(one)
    if rest := len(told.incidents) - _MOST_LINES:
        yield from [f"  and {rest} more"] * (rest > 0)
    if told.incidents and gateway_url is not None:
        first = told.incidents[0].reference
        yield f"Look        {program or output.program()} incidents show {first}"
        yield f"            {gateway_url}/incidents"


def closer() -> str | None:
    """Return who closes what ended stories had led to; None where `NIGHTSHIFT_TOKEN` may not."""
    from deployments.cli.acting import actor
    from models.errors import Refused
    from models.store import transaction

    try:
        with transaction() as conn:
            return actor(conn)
    except Refused:
        return None


def ended_words(ended: Sequence[str], by: str | None) -> str:
    """Return which stories ended, and what became of the incidents that they had led to."""
    names = ", ".join(ended)
    if by is not None:
        return f"{names}; {by} closed what they had led to"
    return (
        f"{names}; what they had led to is resolved and not closed, so that it may take in what "
        "happens near it: closing needs the NIGHTSHIFT_TOKEN of an operator"
    )


def _sum(sent: Sent, became: Became) -> str:
    """Return what became of every alert, as a sum that closes."""
    parts = {
        "grouped": became.grouped,
        "repeats at the door": sent.answers["duplicate"],
        "ignored": became.ignored,
        "resolves": became.resolves,
        "held by maintenance": became.held,
        "unreadable": sent.answers["dead_letter"],
    }
    rest = sent.alerts - sum(parts.values())
    parts["known before"] = max(rest, 0)
    always = ("grouped", "repeats at the door", "ignored", "resolves")
    told = [f"{number} {name}" for name, number in parts.items() if number or name in always]
    others = f" ({-rest} of them from other senders)" if rest < 0 else ""
    return f"{max(sent.alerts, sent.alerts - rest)} in{others} = {' + '.join(told)}"


def own_alert(gateway_url: str, keys: Path) -> Iterator[str]:
    """Return the lines of a command that sends an own alert; the secret stays in its file."""
    read = f"import json; print(json.load(open('{keys}'))['secrets']['generic'])"
    body = {"title": "Disk of web-01 is full", "severity": "high", "host": "web-01"}
    yield "Send an alert of your own:"
    yield f"""  curl -H "Authorization: Bearer $(python3 -c \"{read}\")" \\"""
    yield f"""    -H 'Content-Type: application/json' -d '{json.dumps(body)}' \\"""
    yield f"    {gateway_url}/webhook/generic"


def _incident(one: Incident) -> Iterator[str]:
    severity = one.severity or "unknown"
    state = f"{_alerts(one.alert_count)}, {one.status}"
    yield f"  {one.reference}  {severity:<8}  {one.title}  ({state})"
    if one.summary:
        yield f"      {one.summary}"


def _alerts(number: int) -> str:
    return "1 alert" if number == 1 else f"{number} alerts"


def say(line: str) -> None:
    """Print a line as it is, whatever brackets it holds."""
    output.screen.print(line, highlight=False, markup=False, soft_wrap=True)
