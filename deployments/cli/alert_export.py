"""`nightshift alerts export`: one alert for other products, or what `triage replay` reads."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from deployments.cli import output
from deployments.cli.times import parse_time
from models.errors import Refused, WrongUse


class Form(StrEnum):
    """The forms that an alert is written in."""

    PD_CEF = "pd-cef"
    CLOUDEVENTS = "cloudevents"


def export(
    name: Annotated[str | None, typer.Argument(metavar="[ID]", help="Id of the alert.")] = None,
    *,
    form: Annotated[Form | None, typer.Option("--format", help="Which form, of an alert.")] = None,
    events: Annotated[
        bool,
        typer.Option("--events", help="All events, one JSON object a line, for `triage replay`."),
    ] = False,
    since: Annotated[
        str | None, typer.Option(help="Of --events: a time, a date, or a span as 24h.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Of --events: up to then.")] = None,
    topology: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write what depends on what, for `triage replay --topology`."
        ),
    ] = None,
) -> None:
    """Print an alert as one JSON event that other products take, with all that its sender said.

    With --events print every event that was received instead, in the order in which it was, as
    `nightshift triage replay` reads them. With --topology write the graph that the last collections
    make into a file, which a replay elsewhere takes; where they were received it knows the graph.
    """
    whole = events or topology is not None
    if whole and (name is not None or form is not None):
        raise WrongUse("--events and --topology write all: leave out the id and --format")
    if (since or until) and not events:
        raise WrongUse("--since and --until go with --events")
    if topology is not None:
        _export_topology(topology)
    if events:
        _export_events(since, until)
    elif not whole:
        _export_alert(name, form)


def _export_alert(name: str | None, form: Form | None) -> None:
    if name is None or form is None:
        raise WrongUse(
            "give an id and --format pd-cef or cloudevents, or --events or --topology for a replay"
        )
    from generators.incidents.messages import cloud_events, pd_cef
    from models.store import alert_list, transaction

    with transaction() as conn:
        found = alert_list.alert(conn, name)
    if form is Form.PD_CEF:
        output.print_json(pd_cef.from_alert(found.as_sent))
    else:
        output.print_json(cloud_events.from_alert(found))


def _export_events(since: str | None, until: str | None) -> None:
    from models.store import alert_list, transaction
    from tasks.alerts.replay.files import event_line

    span = [parse_time(text) if text else None for text in (since, until)]
    number = 0
    with transaction() as conn:
        for signal in alert_list.events(conn, *span):
            output.print_json(event_line(signal))
            number += 1
    events = "1 event" if number == 1 else f"{number} events"
    output.errors.print(f"{events} written", highlight=False)


def _export_topology(path: Path) -> None:
    from models.store import transaction
    from tasks.alerts.grouping import written
    from tasks.alerts.triage.surroundings import topology_in

    if path.is_dir():
        raise WrongUse(f"--topology {path} is a folder; give a file name")
    with transaction() as conn:
        found = topology_in(conn)
    if not found:
        raise Refused("nothing is collected here, so no topology; `nightshift collect` collects")
    path.write_bytes(written(found))
    things, edges = f"{len(found.nodes):,} things", f"{len(found.edges):,} edges"
    output.errors.print(f"{things} and {edges} written to {path}", highlight=False, markup=False)
