"""`nightshift alerts export`: an alert in a form that other products take."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from deployments.cli import output


class Form(StrEnum):
    """The forms that an alert is written in."""

    PD_CEF = "pd-cef"
    CLOUDEVENTS = "cloudevents"


def export(
    name: Annotated[str, typer.Argument(metavar="ID", help="Id of the alert.")],
    *,
    form: Annotated[Form, typer.Option("--format", help="Which form.")],
) -> None:
    """Print an alert as one JSON event that other products take, with all that its sender said."""
    from generators.incidents.messages import cloud_events, pd_cef
    from models.store import alert_list, transaction

    with transaction() as conn:
        found = alert_list.alert(conn, name)
    if form is Form.PD_CEF:
        output.print_json(pd_cef.from_alert(found.as_sent))
    else:
        output.print_json(cloud_events.from_alert(found))
