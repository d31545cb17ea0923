"""`nightshift alerts export`: one alert for other products, or all events for `triage replay`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from deployments.cli import output
from deployments.cli.times import parse_time
from models.errors import WrongUse


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
) -> None:
    """Print an alert as one JSON event that other products take, with all that its sender said.

    With --events print every event that was received instead, in the order in which it was, as
    `nightshift triage replay` reads them.
    """
    if events:
        if name is not None or form is not None:
            raise WrongUse("--events writes all of them: leave out the id and --format")
        _export_events(since, until)
        return
    if name is None or form is None:
        raise WrongUse("give an id and --format pd-cef or cloudevents, or --events for a replay")
    if since or until:
        raise WrongUse("--since and --until go with --events")
    _export_alert(name, form)


def _export_alert(name: str, form: Form) -> None:
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
