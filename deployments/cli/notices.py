"""`nightshift notices`: what was told, what waits, what failed; and a try of a channel."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import uuid4

import typer

from deployments.cli import output
from deployments.cli.acting import actor
from models.errors import WrongUse
from models.records.notice import Channel, Notice
from models.records.person import Role
from models.settings import settings
from models.store import inventory, notices, transaction
from models.store.rows import row_id

app = typer.Typer(no_args_is_help=True, help="What people were told of incidents, and what waits.")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]


class State(StrEnum):
    """How far a notice is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@app.command("list")
def list_notices(
    *,
    state: Annotated[State | None, typer.Option(help="Only those.")] = None,
    channel: Annotated[Channel | None, typer.Option(help="Only those of one channel.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 100,
    as_json: Json = False,
) -> None:
    """List notices, the newest first, with the reason of each that could not be told."""
    with transaction() as conn:
        found = notices.listed(conn, state, channel, limit)
    if as_json:
        output.print_json([_public(notice) for notice in found])
        return
    if not found:
        cure = "`nightshift notices test CHANNEL` tries a channel that NIGHTSHIFT_NOTIFY_... sets"
        output.say_none("notices", cure, narrowed=bool(state or channel))
        return
    rows = [
        [n.id, n.channel, n.incident_id, n.kind, n.state, n.attempts, n.sent_at, n.error]
        for n in found
    ]
    columns = ["Id", "Channel", "Incident", "Tells", "State", "Tries", "Sent", "Reason"]
    output.print_table(f"{len(rows)} notices", columns, rows, whole=("Id",))


@app.command()
def retry(
    number: Annotated[str | None, typer.Argument(help="Id of a failed notice.")] = None,
    *,
    channel: Annotated[
        Channel | None, typer.Option(help="All failed ones of a channel instead.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Try failed notices anew, after what was wrong is put right."""
    if (number is None) == (channel is None):
        raise WrongUse("say which: the id of a notice, or --channel for all of one")
    chosen = None if number is None else _id(number)
    with transaction() as conn:
        by = actor(conn, Role.OPERATOR)
        found = notices.retry(conn, chosen, channel)
        if chosen is not None and not found:
            raise WrongUse(f"no failed notice {chosen}; see `nightshift notices list`")
        detail = {"notices": found}
        inventory.add_audit(conn, by, "retry-notices", str(chosen or channel), detail)
    if as_json:
        output.print_json({"retried": [str(one) for one in found]})
        return
    output.screen.print(f"{len(found)} notices are sent again")


@app.command("test")
def try_channel(
    channel: Annotated[Channel, typer.Argument(help="Which channel is tried.")],
    *,
    as_json: Json = False,
) -> None:
    """Send a test message now, past the outbox; exit status 1 or 3 where it is not taken."""
    from tasks.alerts.notices.channels import missing
    from tasks.alerts.notices.deliver import SENDERS
    from tasks.alerts.notices.rendering import test
    from tasks.alerts.notices.senders import Outgoing

    if lacking := missing(channel, settings()):
        raise WrongUse(f"{channel} is not configured: set {', '.join(lacking)}")
    key, now = f"{channel}:test:{uuid4()}", datetime.now(UTC)
    text = f"Nightshift can reach this channel ({now:%Y-%m-%d %H:%M:%S} UTC)"
    message = test(channel, text, key, now, settings().notify_email_from or "")
    delivered = SENDERS[channel](Outgoing(notice=key, message=message, begun_at=now.timestamp()))
    if as_json:
        output.print_json({"channel": channel, "ref": delivered.ref, "note": delivered.note})
        return
    note = f" ({delivered.note})" if delivered.note else ""
    output.screen.print(f"{channel} took the message{note}", markup=False, highlight=False)


def _id(text: str) -> int:
    found = row_id(text)
    if found is None:
        raise WrongUse(f"{text[:40]!r} is not the id of a notice; see `nightshift notices list`")
    return found


def _public(notice: Notice) -> dict[str, Any]:
    return {
        "id": str(notice.id),
        "channel": notice.channel,
        "incident_id": None if notice.incident_id is None else str(notice.incident_id),
        "kind": notice.kind,
        "state": notice.state,
        "attempts": notice.attempts,
        "due_at": notice.due_at,
        "created_at": notice.created_at,
        "sent_at": notice.sent_at,
        "error": notice.error,
        "rolled_into": None if notice.rolled_into is None else str(notice.rolled_into),
        "external_ref": notice.external_ref,
    }
