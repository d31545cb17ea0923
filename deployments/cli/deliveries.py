"""`nightshift alerts dead-letters` and `redeliver`: what could not be read, and another try.

The body itself is never shown: it is the one text that is kept as it came.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from deployments.cli import output
from models.errors import WrongUse

Id = Annotated[str, typer.Argument(help="Id of the dead letter.")]
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `nightshift alerts`."""
    app.command("dead-letters")(dead_letters)
    app.command("redeliver")(redeliver)


def dead_letters(*, limit: Limit = 1000, as_json: Json = False) -> None:
    """List the deliveries that could not be read, the newest first."""
    from models.store import deliveries, transaction

    with transaction() as conn:
        found = deliveries.dead_letters(conn, limit)
    if as_json:
        output.print_json([{**asdict(one), "id": str(one.id)} for one in found])
        return
    if not found:
        output.say_none("dead letters", "every delivery could be read")
        return
    columns = ["Id", "Sender", "Reason", "Kind", "Received", "Bytes", "Copies"]
    rows = [
        [one.id, one.vendor, one.reason, one.kind, one.received_at, one.size_bytes, one.copies]
        for one in found
    ]
    output.print_table("Dead letters", columns, rows, whole=("Id",))


def redeliver(delivery_id: Id, *, as_json: Json = False) -> None:
    """Let triage read a dead letter again, after its adapter or mapping was mended."""
    from deployments.cli.acting import actor
    from models.records.person import Role
    from models.store import deliveries, transaction

    with transaction() as conn:
        actor(conn, Role.OPERATOR)
        deliveries.redeliver(conn, _number(delivery_id))
    if as_json:
        output.print_json({"id": delivery_id, "state": "waiting"})
    else:
        said = (
            f"delivery {delivery_id} waits for triage again; see `nightshift alerts dead-letters`"
            " or `nightshift alerts list`"
        )
        output.screen.print(output.typeable(said), markup=False, highlight=False, soft_wrap=True)


def _number(text: str) -> int:
    from models.store.rows import row_id

    found = row_id(text)
    if found is None:
        raise WrongUse(
            f"{text[:60]!r} is not the id of a dead letter; see `nightshift alerts dead-letters`"
        )
    return found
