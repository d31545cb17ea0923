"""Incidents and alerts over HTTP: viewers read, operators change; what the command line does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from fastapi.responses import HTMLResponse, PlainTextResponse
from psycopg import Connection
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from deployments.gateway import incident_pages
from deployments.gateway.answers import Answer
from deployments.gateway.bounded import ANSWERS, BoundedRoute
from deployments.gateway.pages import NAVIGATION
from deployments.gateway.security import require
from models.errors import WrongUse
from models.records.alert import AlertStatus
from models.records.incident import Incident, IncidentStatus
from models.records.person import Person, Role
from models.records.severity import Severity
from models.store import alert_list, incidents, transaction
from models.store.rows import LARGEST_ID
from tasks.alerts.incidents import explaining, merging, metrics, report, showing
from tasks.alerts.incidents import handling as work
from tasks.alerts.incidents.handling import Act, PlainAct

router = APIRouter(tags=["incidents"], route_class=BoundedRoute, responses=ANSWERS)

MOST = 200  # of one page
_NOT_FOUND, _UNPROCESSABLE = 404, 422
_PLAIN = r"^[^\x00]*$"
Viewer = Annotated[Person, Depends(require(Role.VIEWER))]
Operator = Annotated[Person, Depends(require(Role.OPERATOR))]
Name = Annotated[str, Path(max_length=40, description="Id or reference of an incident.")]
AlertId = Annotated[str, Path(max_length=20, description="Id of an alert.")]
Before = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]
Text = Annotated[str, Field(max_length=10_000, pattern=_PLAIN)]
Short = Annotated[str, Field(min_length=1, max_length=100, pattern=_PLAIN)]
Operation = Callable[[Connection[tuple[Any, ...]], Act], Incident]


class Change(BaseModel):
    """What every change may say: why, and at which version the incident was read."""

    model_config = ConfigDict(extra="forbid")

    reason: Text = ""
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class Assignment(Change):
    """Who gets it: a person, a team, or both."""

    assignee: Short | None = None
    team: Short | None = None


class Note(Change):
    """A note for the timeline."""

    text: Annotated[Text, Field(min_length=1)]


class NewSeverity(Change):
    """A severity that a person sets, with a reason."""

    severity: Severity


class Resolution(Change):
    """`force` resolves it although alerts fire, with a reason."""

    force: bool = False


class Merging(Change):
    """The incident that takes the alerts, or `undo` for the last merge."""

    into: Short | None = None
    undo: bool = False


class Splitting(Change):
    """The alerts that are moved out into a new incident, or `undo` for the last split."""

    alerts: Annotated[list[Short], Field(max_length=10_000)] = Field(default_factory=list)
    undo: bool = False


class Page(BaseModel):
    """Which part of a list; `before` is the `next` of the page before it."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=MOST)] = 50
    before: Annotated[int, Field(ge=1, le=LARGEST_ID)] | None = None
    since: AwareDatetime | None = None


class IncidentQuery(Page):
    """Which incidents are listed."""

    status: list[IncidentStatus] = Field(default_factory=list, max_length=10)
    severity: list[Severity] = Field(default_factory=list, max_length=10)
    service: Annotated[str, Field(max_length=200, pattern=_PLAIN)] | None = None
    team: Annotated[str, Field(max_length=200, pattern=_PLAIN)] | None = None


class AlertQuery(Page):
    """Which alerts are listed."""

    status: list[AlertStatus] = Field(default_factory=list, max_length=10)
    severity: list[Severity] = Field(default_factory=list, max_length=10)
    service: Annotated[str, Field(max_length=200, pattern=_PLAIN)] | None = None
    incident: Annotated[str, Field(max_length=40)] | None = None


@router.get("/api/incidents", summary="Incidents, the latest first")
def list_incidents(_person: Viewer, query: Annotated[IncidentQuery, Query()]) -> Answer:
    """Return `{incidents, next}`; `next` is the `before` of the next page, null at the end."""
    chosen = incidents.Filter(
        statuses=tuple(query.status) or None,
        severities=tuple(query.severity) or None,
        service=query.service,
        team=query.team,
        since=query.since,
        before=query.before,
        limit=query.limit,
    )
    with transaction() as conn:
        found = incidents.listed(conn, chosen)
    more = str(found[-1].id) if len(found) == query.limit else None
    return Answer({"incidents": showing.public_list(found), "next": more})


@router.get("/api/incidents/metrics", summary="Times to acknowledge and resolve, as defined")
def show_metrics(_person: Viewer, since: Annotated[AwareDatetime | None, Query()] = None) -> Answer:
    """Return the figures, each with its definition and its count."""
    with transaction() as conn:
        return Answer(metrics.measured(conn, since))


@router.get("/api/incidents/{name}", summary="An incident with its alerts and timeline")
def show(name: Name, _person: Viewer, lines: Annotated[int, Query(ge=1, le=1000)] = 200) -> Answer:
    """Return the record; `lines` are the last ones of the timeline."""
    with transaction() as conn:
        return Answer(showing.whole(conn, name, lines))


@router.get(
    "/api/incidents/{name}/report", response_class=PlainTextResponse,
    summary="The report as Markdown: what is so far, or post-incident",
)  # fmt: skip
def report_text(name: Name, _person: Viewer) -> PlainTextResponse:
    """Return the report."""
    with transaction() as conn:
        made = report.make(conn, name, datetime.now(UTC))
    return PlainTextResponse(made.markdown, media_type="text/markdown; charset=utf-8")


@router.get("/api/alerts", summary="Alerts, the latest first")
def list_alerts(_person: Viewer, query: Annotated[AlertQuery, Query()]) -> Answer:
    """Return `{alerts, next}`."""
    with transaction() as conn:
        chosen = alert_list.Filter(
            statuses=tuple(query.status) or None,
            severities=tuple(query.severity) or None,
            service=query.service,
            incident_id=incidents.incident(conn, query.incident).id if query.incident else None,
            since=query.since,
            before=query.before,
            limit=query.limit,
        )
        found = alert_list.listed(conn, chosen)
        names = incidents.references(conn, {one.incident_id for one in found if one.incident_id})
    more = str(found[-1].id) if len(found) == query.limit else None
    alerts = [showing.public_alert(one, names) for one in found]
    return Answer({"alerts": alerts, "next": more})


@router.get("/api/alerts/{alert}/why", summary="Why an alert stands where it stands")
def why(alert: AlertId, _person: Viewer) -> Answer:
    """Return the explanation that was stored with the decision."""
    with transaction() as conn:
        return Answer(explaining.why(conn, alert))


@router.get("/api/alerts/{alert}/why-not/{name}", summary="Why an alert is not in an incident")
def why_not(alert: AlertId, name: Name, _person: Viewer) -> Answer:
    """Return how well the alert fits that incident now."""
    with transaction() as conn:
        return Answer(explaining.why_not(conn, alert, name))


def _add(verb: str, plain_act: PlainAct) -> None:
    @router.post(f"/api/incidents/{{name}}/{verb}", name=verb, summary=plain_act.summary)
    def apply(name: Name, person: Operator, change: Change) -> Answer:
        """Return the incident; 409 where its status does not allow it."""
        return _change(name, person, change, lambda conn, act: plain_act.change(conn, name, act))


for _verb, _act in work.PLAIN_ACTS.items():
    _add(_verb, _act)


@router.post("/api/incidents/{name}/assign", summary="Give it to a person, a team, or both")
def assign(name: Name, person: Operator, change: Assignment) -> Answer:
    """Assign it."""
    return _change(
        name,
        person,
        change,
        lambda conn, act: work.assign(conn, name, act, change.assignee, change.team),
    )


@router.post("/api/incidents/{name}/comment", summary="Add a note to the timeline")
def comment(name: Name, person: Operator, change: Note) -> Answer:
    """Add a note."""
    return _change(
        name, person, change, lambda conn, act: work.comment(conn, name, act, change.text)
    )


@router.post("/api/incidents/{name}/severity", summary="Set the severity, with a reason")
def severity(name: Name, person: Operator, change: NewSeverity) -> Answer:
    """Set the severity by hand."""
    return _change(
        name,
        person,
        change,
        lambda conn, act: work.change_severity(conn, name, act, change.severity),
    )


@router.post("/api/incidents/{name}/resolve", summary="Say that it is over")
def resolve(name: Name, person: Operator, change: Resolution) -> Answer:
    """Resolve it; 409 while its alerts fire."""
    return _change(
        name, person, change, lambda conn, act: work.resolve(conn, name, act, force=change.force)
    )


@router.post("/api/incidents/{name}/merge", summary="Let it live on in another one")
def merge(name: Name, person: Operator, change: Merging) -> Answer:
    """Merge it into another one and return that, or take the last merge back."""
    into = change.into
    if (into is None) is not change.undo:
        raise HTTPException(_UNPROCESSABLE, "give either `into` or `undo`")
    if into is None:
        undone = _undo(name, "merge")
        return _change(name, person, change, undone)
    return _change(name, person, change, lambda conn, act: merging.merge(conn, name, into, act))


@router.post("/api/incidents/{name}/split", summary="Move alerts out into a new incident")
def split(name: Name, person: Operator, change: Splitting) -> Answer:
    """Split alerts off and return the new incident, or take the last split back."""
    if bool(change.alerts) is change.undo:
        raise HTTPException(_UNPROCESSABLE, "give either `alerts` or `undo`")
    if change.undo:
        return _change(name, person, change, _undo(name, "split"))
    return _change(
        name, person, change, lambda conn, act: merging.split(conn, name, change.alerts, act)
    )


@router.get("/incidents", response_class=HTMLResponse, include_in_schema=False)
def page_of_list(
    _person: Viewer, before: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None
) -> HTMLResponse:
    """Return the list as a page."""
    with transaction() as conn:
        found = incidents.listed(conn, incidents.Filter(before=before, limit=MOST))
        known = incident_pages.Known(showing.predicted(conn, found), incidents.kin(conn, found))
    return HTMLResponse(incident_pages.listed(found, known, more=len(found) == MOST))


@router.get("/incidents/{name}", response_class=HTMLResponse, include_in_schema=False)
def page_of_one(name: Name, _person: Viewer) -> HTMLResponse:
    """Return an incident as a page."""
    with transaction() as conn:
        try:
            made = report.make(conn, name, datetime.now(UTC), NAVIGATION)
        except WrongUse as error:
            raise HTTPException(_NOT_FOUND, f"there is no incident {name}") from error
    return HTMLResponse(made.page)


def _undo(name: str, kind: str) -> Operation:
    return lambda conn, act: merging.undo(conn, name, act, kind)


def _change(name: str, person: Person, change: Change, operation: Operation) -> Answer:
    act = Act(actor=person.name, reason=change.reason, version=change.version)
    with transaction() as conn:
        incidents.incident(conn, name)  # one that does not exist is 404, whatever is asked of it
        try:
            return Answer(showing.public_incident(operation(conn, act)))
        except WrongUse as error:
            raise HTTPException(_UNPROCESSABLE, str(error)) from error
