"""`nightshift incidents`: list, show and work on incidents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from psycopg import Connection

from deployments.cli import output
from deployments.cli.acting import actor
from deployments.cli.incident_page import print_incident, print_metrics
from deployments.cli.lists import Limit, cut, limit_of
from deployments.cli.times import parse_time
from generators.documents.text import plain
from models.errors import WrongUse
from models.records.incident import EntryKind, Incident, IncidentStatus
from models.records.severity import Severity, marked
from models.store import incidents, transaction
from tasks.alerts.incidents import handling as work
from tasks.alerts.incidents import merging, metrics, report, showing
from tasks.alerts.incidents.handling import Act, PlainAct

app = typer.Typer(no_args_is_help=True, help="List, show and work on incidents.")

Id = Annotated[str, typer.Argument(help="Id or reference, such as 123 or INC-2026-000123.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it stands in the timeline.")]
Version = Annotated[
    int | None, typer.Option("--version", help="Refuse if the incident is not at this version.")
]
_SHOWN_LINES = 60
_LOOKED_AT = 20  # of the latest lines, as a sender's clock may be ahead of ours
Since = Annotated[str | None, typer.Option("--since", help="A time, a date, or a span as 24h.")]


@app.command("list")
def list_incidents(  # noqa: PLR0913 - one option a filter
    *,
    status: Annotated[list[IncidentStatus] | None, typer.Option(help="Only of this.")] = None,
    severity: Annotated[list[Severity] | None, typer.Option(help="Only of this.")] = None,
    service: Annotated[str | None, typer.Option(help="Only those of a service.")] = None,
    team: Annotated[str | None, typer.Option(help="Only those of a team.")] = None,
    since: Since = None,
    limit: Limit = None,
    as_json: Json = False,
) -> None:
    """List incidents, the latest first."""
    most = limit_of(limit, as_json=as_json)
    chosen = incidents.Filter(
        statuses=tuple(status) if status else None,
        severities=tuple(severity) if severity else None,
        service=service,
        team=team,
        since=parse_time(since) if since else None,
        limit=most + 1,
    )
    with transaction() as conn:
        found = cut(incidents.listed(conn, chosen), most)
        predicted, kin = showing.predicted(conn, found), incidents.kin(conn, found)
    if as_json:
        output.print_json(showing.public_list(found))
        return
    if not found:
        narrowed = any((status, severity, service, team, since))
        cure = "alerts that are posted to the gateway become some; `nightshift demo` shows it"
        output.say_none("incidents", cure, narrowed=narrowed)
        return
    columns = ["Incident", "Severity", "Status", "Title", "Alerts", "Since", "Team", "Assignee"]
    rows: list[list[Any]] = [
        [one.reference, marked(one.severity, predicted=one.id in predicted), one.status,
         plain(showing.headline(one, kin)), one.alert_count, one.started_at,
         one.owner_team, one.assignee]
        for one in found
    ]  # fmt: skip
    spare = ("Since", "Alerts", "Team", "Assignee")
    output.print_list("Incidents", columns, rows, cut=("Title", "Team", "Assignee"), spare=spare)


@app.command()
def show(
    name: Id,
    *,
    lines: Annotated[
        int | None,
        typer.Option(min=1, max=10_000, help="How many lines of the timeline; --json has all."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show an incident with its alerts, evidence and timeline."""
    with transaction() as conn:
        found = showing.whole(conn, name, lines if as_json else 1)
        if as_json:
            output.print_json(found)
            return
        timeline = showing.timeline_lines(conn, int(found["id"]), lines or _SHOWN_LINES)
    print_incident(found, timeline)


def _add(verb: str, plain_act: PlainAct) -> None:
    @app.command(verb, help=f"{plain_act.summary}.")
    def apply(
        name: Id, *, reason: Reason = "", version: Version = None, as_json: Json = False
    ) -> None:
        with _acting(reason, version) as (conn, act):
            found = plain_act.change(conn, name, act)
        _tell(found, as_json=as_json)


for _verb, _act in work.PLAIN_ACTS.items():
    _add(_verb, _act)


@app.command()
def assign(
    name: Id,
    assignee: Annotated[str | None, typer.Argument(help="A person.")] = None,
    *,
    team: Annotated[str | None, typer.Option(help="A team.")] = None,
    reason: Reason = "",
    version: Version = None,
    as_json: Json = False,
) -> None:
    """Give it to a person, a team, or both."""
    with _acting(reason, version) as (conn, act):
        found = work.assign(conn, name, act, assignee, team)
    _tell(found, as_json=as_json)


@app.command()
def comment(
    name: Id,
    text: Annotated[str, typer.Argument(help="The note.")],
    *,
    as_json: Json = False,
) -> None:
    """Add a note to the timeline."""
    with _acting("", None) as (conn, act):
        found = work.comment(conn, name, act, text)
    _tell(found, as_json=as_json)


@app.command()
def severity(
    name: Id,
    to: Annotated[Severity, typer.Argument(help="The new severity.")],
    *,
    reason: Reason = "",
    version: Version = None,
    as_json: Json = False,
) -> None:
    """Set the severity by hand, with a reason."""
    with _acting(reason, version) as (conn, act):
        found = work.change_severity(conn, name, act, to)
    _tell(found, as_json=as_json)


@app.command()
def resolve(
    name: Id,
    *,
    force: Annotated[bool, typer.Option(help="Although alerts of it still fire.")] = False,
    reason: Reason = "",
    version: Version = None,
    as_json: Json = False,
) -> None:
    """Say that it is over; refused while its alerts fire."""
    with _acting(reason, version) as (conn, act):
        found = work.resolve(conn, name, act, force=force)
    _tell(found, as_json=as_json)


@app.command()
def merge(
    name: Id,
    into: Annotated[str | None, typer.Argument(help="The incident that takes its alerts.")] = None,
    *,
    undo: Annotated[bool, typer.Option(help="Take the last merge of it back.")] = False,
    reason: Reason = "",
    version: Version = None,
    as_json: Json = False,
) -> None:
    """Let an incident live on in another one."""
    if (into is None) is not undo:
        raise WrongUse("say which one takes its alerts, `merge ID INTO`, or `merge ID --undo`")
    with _acting(reason, version) as (conn, act):
        if into is None:
            found = merging.undo(conn, name, act, "merge")
        else:
            found = merging.merge(conn, name, into, act)
    _tell(found, as_json=as_json)


@app.command()
def split(
    name: Id,
    alerts: Annotated[list[str] | None, typer.Argument(help="Ids of alerts to move out.")] = None,
    *,
    undo: Annotated[bool, typer.Option(help="Take the last split of it back.")] = False,
    reason: Reason = "",
    version: Version = None,
    as_json: Json = False,
) -> None:
    """Move alerts out into a new incident, which is printed."""
    if bool(alerts) is undo:
        raise WrongUse("say which alerts to move out, `split ID ALERT...`, or `split ID --undo`")
    with _acting(reason, version) as (conn, act):
        if undo:
            found = merging.undo(conn, name, act, "split")
        else:
            found = merging.split(conn, name, alerts or [], act)
    _tell(found, as_json=as_json)


@app.command("metrics")
def show_metrics(*, since: Since = None, as_json: Json = False) -> None:
    """Show times to detect, acknowledge, mitigate and resolve, with what they mean."""
    with transaction() as conn:
        found = metrics.measured(conn, parse_time(since) if since else None)
    if as_json:
        output.print_json(found)
        return
    print_metrics(found)


@app.command("report")
def make_report(
    name: Id,
    *,
    out: Annotated[Path | None, typer.Option(help="Write the Markdown to this file.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write one self-contained page too.")] = None,
    as_json: Json = False,
) -> None:
    """Write the report, so far or post-incident: Markdown on standard output, or into files."""
    for option, path in (("--out", out), ("--html", html)):
        if path is not None and path.is_dir():
            raise WrongUse(f"{option} {path} is a folder; give a file name")
    with transaction() as conn:
        made = report.make(conn, name, datetime.now(UTC))
    written = {"out": out, "html": html}
    for path, text in ((out, made.markdown), (html, made.page)):
        if path is not None:
            path.write_text(text, encoding="utf-8")
    if as_json:
        paths = {key: str(path) for key, path in written.items() if path}
        output.print_json({"incident": made.reference, "markdown": made.markdown, **paths})
    elif out is None and html is None:
        typer.echo(made.markdown, nl=False)
    else:
        for path in filter(None, written.values()):
            output.errors.print(f"written {path}", markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _acting(reason: str, version: int | None) -> Iterator[tuple[Connection[tuple[Any, ...]], Act]]:
    with transaction() as conn:
        yield conn, Act(actor=actor(conn), reason=reason, version=version)


def _tell(found: Incident, *, as_json: bool) -> None:
    """Print how the incident stands, and the line that the timeline has of the change."""
    with transaction() as conn:
        last = incidents.timeline(conn, found.id, limit=_LOOKED_AT)
    recorded = max(last, key=lambda entry: entry.id)
    if as_json:
        entry = showing.public_entry(recorded)
        output.print_json({**showing.public_incident(found), "recorded": entry})
        return
    owner = f", {found.assignee}" if found.assignee else ""
    said = f"{found.reference} is {found.status}{owner}: {found.title}"
    noted = f"{recorded.actor} noted: " if recorded.kind is EntryKind.NOTE else ""
    for line in (plain(said), f"  {plain(noted + recorded.text)}"):
        output.screen.print(line, markup=False, highlight=False, soft_wrap=True)
