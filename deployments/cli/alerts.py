"""`nightshift alerts`: list them, and say why each stands where it stands."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from deployments.cli import alert_export, deliveries, normalize, output
from deployments.cli.lists import Limit, cut, limit_of
from deployments.cli.times import parse_time
from models.records.alert import AlertStatus
from models.records.severity import Severity, marked

app = typer.Typer(no_args_is_help=True, help="List alerts and say why each stands where it does.")

# The other commands load the store when they are called: reading a payload does without it.
app.command("normalize")(normalize.normalize)
app.command("export")(alert_export.export)
deliveries.register(app)

# What an explanation consists of, in the order in which it is read.
_LEGEND = {
    "rule": "the rule that decided; `score` where the best score did",
    "policy": "the version of the policy, of NIGHTSHIFT_TRIAGE_POLICY or the one packaged",
    "action": "group: in an incident; ignore: noise; suppress, hand_back: by maintenance",
    "incident": "the incident that it is about",
    "score": "how well it fits: its features weighed, 0 to 1",
    "threshold": "from this score on it joins",
    "margin": "how far the score is from the next best, or from the threshold",
    "chosen": "the incident that it joined, with each feature from 0 to 1",
    "best_rejected": "the next best one, and what rules it out",
}
_SHOWN_CHANGES = 5
Id = Annotated[str, typer.Argument(help="Id of the alert.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]


@app.command("list")
def list_alerts(  # noqa: PLR0913 - one option a filter
    *,
    status: Annotated[list[AlertStatus] | None, typer.Option(help="Only of this.")] = None,
    severity: Annotated[list[Severity] | None, typer.Option(help="Only of this.")] = None,
    service: Annotated[str | None, typer.Option(help="Only those of a service.")] = None,
    incident: Annotated[str | None, typer.Option(help="Only those of an incident.")] = None,
    since: Annotated[str | None, typer.Option(help="A time, a date, or a span as 24h.")] = None,
    limit: Limit = None,
    as_json: Json = False,
) -> None:
    """List alerts, the latest first."""
    from generators.documents.text import plain
    from models.store import alert_list, incidents, transaction
    from tasks.alerts.incidents import showing

    most = limit_of(limit, as_json=as_json)
    with transaction() as conn:
        chosen = alert_list.Filter(
            statuses=tuple(status) if status else None,
            severities=tuple(severity) if severity else None,
            service=service,
            incident_id=incidents.incident(conn, incident).id if incident else None,
            since=parse_time(since) if since else None,
            limit=most + 1,
        )
        found = cut(alert_list.listed(conn, chosen), most)
        names = incidents.references(conn, {one.incident_id for one in found if one.incident_id})
        known = incidents.entities(conn, {one.entity_id for one in found if one.entity_id})
    assets = {one.id: f"{one.kind} {one.name}" for one in known}
    if as_json:
        output.print_json([showing.public_alert(one, names) for one in found])
        return
    if not found:
        narrowed = any((status, severity, service, incident, since))
        cure = "point your monitoring at the gateway, or send some: `nightshift demo alerts`"
        output.say_none("alerts", cure, narrowed=narrowed)
        return
    columns = ["Alert", "Severity", "Status", "Title", "Where", "Incident", "At"]
    rows: list[list[Any]] = [
        [one.id, marked(one.known_severity, predicted=one.severity is None), one.status,
         plain(one.title), plain(one.where(assets) or "") or None,
         names.get(one.incident_id or 0), one.event_time]
        for one in found
    ]  # fmt: skip
    output.print_list("Alerts", columns, rows, cut=("Title", "Where"), spare=("At", "Where"))


@app.command()
def why(name: Id, *, as_json: Json = False) -> None:
    """Say why an alert stands where it stands: what decided, and what else was near."""
    from models.store import transaction
    from tasks.alerts.incidents import explaining

    with transaction() as conn:
        found = explaining.why(conn, name)
    if as_json:
        output.print_json(found)
        return
    _print_explanation(found)


@app.command("why-not")
def why_not(
    name: Id,
    incident: Annotated[str, typer.Argument(help="Id or reference of the incident.")],
    *,
    as_json: Json = False,
) -> None:
    """Say why an alert does not stand in an incident."""
    from models.store import transaction
    from tasks.alerts.incidents import explaining

    with transaction() as conn:
        found = explaining.why_not(conn, name, incident)
    if as_json:
        output.print_json(found)
        return
    _print_explanation(found)


def _print_explanation(found: dict[str, Any]) -> None:
    for line in (_named(found["alert"]), found["sentence"], *_held(found), *_nearest(found)):
        output.screen.print(line, markup=False, highlight=False, soft_wrap=True)
    rows = [
        [name.replace("_", " "), _value(found[name]), meaning]
        for name, meaning in _LEGEND.items()
        if found.get(name) is not None
    ]
    output.print_table("Why", ["what", "value", "which is"], rows)
    for line in _changes(found):
        output.screen.print(line, markup=False, highlight=False, soft_wrap=True)
    if found.get("later"):
        output.screen.print(_later(found), markup=False, highlight=False, soft_wrap=True)


def _named(alert: dict[str, Any]) -> str:
    from generators.documents.text import plain

    known = alert["severity"] or alert["predicted_severity"]
    severity = marked(known, predicted=alert["severity"] is None) or "severity unknown"
    where = alert["host"] or alert["service"]
    told = f"Alert {alert['id']}: {alert['title']}{f' ({where})' if where else ''}"
    return plain(f"{told}, {severity}, {alert['status']}")


def _held(found: dict[str, Any]) -> list[str]:
    """Return a line a window: who planned it and why, from when to when, when it gave back."""
    from generators.documents.text import plain

    back = found.get("facts", {}).get("handed_back_at")
    said = f", handed back at {output.words(datetime.fromisoformat(back))}" if back else ""
    return [
        plain(
            f"Held by maintenance window {one['id']} of {one['owner']} ({one['reason']}) from "
            f"{output.words(one['starts_at'])} to {output.words(one['ends_at'])}{said}."
        )
        for one in found.get("maintenance", ())
    ]


def _nearest(found: dict[str, Any]) -> list[str]:
    """Return which incident came nearest to one that joined none, and what it lacked."""
    best, least = found.get("best_rejected"), found.get("threshold")
    if not best or least is None or found["rule"] not in ("new-incident", "handed-back"):
        return []
    if found.get("chosen"):
        return []
    name, score = best.get("reference") or best["incident"], best["score"]
    if best["vetoes"]:
        return [f"{name} came nearest, and is ruled out: {'; '.join(best['vetoes'])}."]
    short = f"{least - score:.2f} short of the {least:.2f} that joins"
    return [f"{name} came nearest, with {score:.2f}: {short}."]


def _value(value: Any) -> Any:
    return _candidate(value) if isinstance(value, dict) else value


def _later(found: dict[str, Any]) -> str:
    number, last = found["later_count"], found["later"][0]
    events = "one more event" if number == 1 else f"{number} more events, the last"
    at = output.words(last["occurred_at"])
    return f"Since then {events} at {at} ({last['status']}): {last['sentence']}"


def _changes(found: dict[str, Any]) -> list[str]:
    from generators.documents.text import plain
    from tasks.alerts.grouping.explaining import change_line

    changes = found.get("facts", {}).get("changes", [])
    more = len(changes) - _SHOWN_CHANGES
    told = [plain(change_line(change)) for change in changes[:_SHOWN_CHANGES]]
    return [*told, f"and {more} more changes: --json has them"] if more > 0 else told


def _candidate(found: dict[str, Any]) -> str:
    features = ", ".join(f"{name} {value:.2f}" for name, value in found["features"].items())
    vetoes = "; ".join(found["vetoes"])
    name = found.get("reference") or found["incident"]
    told = f"{name} with {found['score']:.2f} ({features or 'no features'})"
    return f"{told}, ruled out: {vetoes}" if vetoes else told
