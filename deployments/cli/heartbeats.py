"""`nightshift heartbeats`: signs of life that are expected, whose silence is an alert."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer

from deployments.cli import output
from deployments.cli.acting import actor
from deployments.cli.maintenance import match_words, matching
from deployments.cli.times import needed_span, span_words
from models.records.maintenance import Heartbeat
from models.records.severity import Severity
from models.store import heartbeats, inventory, transaction
from tasks.alerts.triage.heartbeats import expect, forget

app = typer.Typer(no_args_is_help=True, help="Expect signs of life; their silence is an alert.")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
Name = Annotated[str, typer.Argument(help="Such as backup-job.")]


@app.command()
def add(
    name: Name,
    *,
    every: Annotated[str, typer.Option(help="How often it comes, such as 5m.")],
    grace: Annotated[str, typer.Option(help="How much longer it may take.")] = "0s",
    severity: Annotated[Severity, typer.Option(help="Of the alert.")] = Severity.HIGH,
    match: Annotated[
        list[str] | None,
        typer.Option("--match", help="Alerts that are its signs of life: alertname=Watchdog."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Expect a sign of life: POST /heartbeat/NAME on the gateway, or an alert that matches."""
    wanted = Heartbeat(
        name=name,
        every_seconds=_seconds(every),
        grace_seconds=_seconds(grace),
        severity=severity,
        match=matching(match) if match else {},
    )
    with transaction() as conn:
        who = actor(conn)
        expect(conn, wanted)
        inventory.add_audit(conn, who, "expect-heartbeat", name, {"every": wanted.every_seconds})
    if as_json:
        output.print_json(_public(wanted))
    else:
        output.errors.print(_expected(wanted), markup=False, highlight=False, soft_wrap=True)


@app.command("list")
def list_heartbeats(*, as_json: Json = False) -> None:
    """List them, and since when any is silent."""
    with transaction() as conn:
        found = heartbeats.listed(conn)
    if as_json:
        output.print_json([_public(one) for one in found])
        return
    if not found:
        output.say_none("heartbeats", "`nightshift heartbeats add NAME --every 25h` expects one")
        return
    columns = ["Name", "Every", "Grace", "Severity", "Last heard of", "Silent since"]
    rows: list[list[Any]] = [
        [one.name, span_words(one.every_seconds), span_words(one.grace_seconds), one.severity,
         one.last_seen_at, one.silent_since]
        for one in found
    ]  # fmt: skip
    output.print_table("Heartbeats", columns, rows)


@app.command()
def remove(name: Name) -> None:
    """Expect it no longer; an alert of its silence is resolved."""
    with transaction() as conn:
        who = actor(conn)
        forget(conn, name)
        inventory.add_audit(conn, who, "forget-heartbeat", name, {})
    output.errors.print(f"{name} is expected no more")


def _expected(one: Heartbeat) -> str:
    grace = f", with {span_words(one.grace_seconds)} of grace" if one.grace_seconds else ""
    sign = f"POST /heartbeat/{one.name} on the gateway"
    if one.match:
        sign += f", or an alert with {match_words(one.match)}"
    return (
        f"{one.name} is expected every {span_words(one.every_seconds)}{grace}: {sign}; "
        f"silence is an alert of severity {one.severity}"
    )


def _seconds(text: str) -> int:
    return int(needed_span(text) / timedelta(seconds=1))


def _public(one: Heartbeat) -> dict[str, Any]:
    return {
        "name": one.name,
        "every_seconds": one.every_seconds,
        "grace_seconds": one.grace_seconds,
        "severity": one.severity,
        "match": one.match,
        "last_seen_at": one.last_seen_at,
        "silent_since": one.silent_since,
    }
