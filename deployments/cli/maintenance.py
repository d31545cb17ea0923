"""`nightshift maintenance`: planned windows in which alerts are kept but wake nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from psycopg import Connection

from deployments.cli import output
from deployments.cli.acting import actor
from deployments.cli.times import needed_span, parse_time, span_words
from models.errors import WrongUse
from models.records.grouping import Window
from models.records.maintenance import PlannedWindow, Series
from models.store import inventory, transaction, windows
from models.store.rows import row_id
from tasks.alerts.grouping.windows import misspelt
from tasks.alerts.triage.planned_windows import plan_series, plan_window

app = typer.Typer(no_args_is_help=True, help="Plan windows in which alerts wake nobody.")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
Match = Annotated[
    list[str] | None,
    typer.Option(
        "--match", help="FIELD=VALUE, such as service=shop or host=web-*; several may be."
    ),
]
Rows = Connection[tuple[Any, ...]]


@app.command()
def add(  # noqa: PLR0913 - one option a fact of a window
    *,
    reason: Annotated[str, typer.Option(help="Why. Needed.", show_default=False)] = "",
    owner: Annotated[
        str | None, typer.Option(help="Who answers for it; default: who plans it.")
    ] = None,
    starts: Annotated[str | None, typer.Option("--from", help="Its start; default: now.")] = None,
    ends: Annotated[str | None, typer.Option("--to", help="Its end.")] = None,
    lasts: Annotated[str | None, typer.Option("--for", help="How long, such as 2h.")] = None,
    match: Match = None,
    everything: Annotated[bool, typer.Option("--everything", help="Hold every alert.")] = False,
    rrule: Annotated[str | None, typer.Option(help="Comes again: FREQ=WEEKLY;BYDAY=SU.")] = None,
    time_zone: Annotated[
        str | None, typer.Option(help="Of --rrule, such as Europe/Berlin; default: UTC.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Plan a window; what matches all of its fields is kept, and given back at its end."""
    if bool(match) == everything:
        raise WrongUse("say which alerts with --match FIELD=VALUE, or --everything")
    fields = matching(match or ())  # a wrong form is told before what else is missing
    _needs_end(ends, lasts)
    if not reason.strip():
        raise WrongUse('say why with --reason "..."')
    begins = parse_time(starts) if starts else datetime.now(UTC)
    over = _end(begins, ends, lasts)
    if ends and over <= begins:
        raise WrongUse(f"it would end at {output.words(over)}, which is not after its beginning")
    if time_zone and rrule is None:
        raise WrongUse("--time-zone is of --rrule; give times with their offset, as in 02:00+01:00")
    zone = time_zone or "UTC"
    with transaction() as conn:
        who = actor(conn)
        window = Window(
            id="",
            starts_at=begins,
            ends_at=over,
            match=fields,
            reason=reason,
            owner=owner or who,
        )
        planned = _plan(conn, window, rrule, zone)
        inventory.add_audit(conn, who, "plan-maintenance", next(iter(planned.values())), planned)
    if as_json:
        output.print_json(planned)
    else:
        _tell(_planned(planned, window, rrule, zone))
    for name in fields:
        if near := misspelt(name):
            _tell(f"it holds only what bears a label {name!r}; did you mean {near!r}?")


def _tell(text: str) -> None:
    output.errors.print(text, markup=False, highlight=False, soft_wrap=True)


def _planned(planned: dict[str, str], window: Window, rrule: str | None, time_zone: str) -> str:
    ((kind, number),) = planned.items()
    what = kind.removesuffix("_id")
    seconds = int((window.ends_at - window.starts_at).total_seconds())
    again = f", again by {rrule} ({time_zone})" if rrule else ""
    return (
        f"{what} {number}: {match_words(window.match)} wakes nobody for {span_words(seconds)}, "
        f"from {output.words(window.starts_at)} to {output.words(window.ends_at)}{again}: "
        f"{window.reason}; `{output.program()} maintenance end "
        f"{'--series ' if rrule else ''}{number}` ends it"
    )


def _plan(conn: Rows, window: Window, rrule: str | None, time_zone: str) -> dict[str, str]:
    now = datetime.now(UTC)
    if rrule is None:
        return {"window_id": str(plan_window(conn, window, now))}
    series = Series(
        rrule=rrule,
        starts_at=window.starts_at,
        duration_seconds=int((window.ends_at - window.starts_at).total_seconds()),
        match=window.match,
        reason=window.reason,
        owner=window.owner or "",
        time_zone=time_zone,
    )
    return {"series_id": str(plan_series(conn, series, now))}


@app.command("list")
def list_windows(
    *,
    ended: Annotated[bool, typer.Option("--ended", help="Those that ended, too.")] = False,
    as_json: Json = False,
) -> None:
    """List windows with how many alerts each holds."""
    with transaction() as conn:
        found = windows.listed(conn, ended=ended)
        held = windows.held_counts(conn, [int(one.window.id) for one in found])
    if as_json:
        output.print_json([_public(one, held) for one in found])
        return
    if not found:
        other = "" if ended else "; --ended lists those that are over"
        output.say_none("maintenance windows", f"`nightshift maintenance add` plans one{other}")
        return
    columns = ["Id", "Series", "From", "To", "Holds", "Matching", "Owner", "Reason"]
    rows: list[list[Any]] = [
        [one.window.id, one.series_id, one.window.starts_at, one.window.ends_at,
         held.get(int(one.window.id), 0), match_words(one.window.match), one.window.owner,
         one.window.reason]
        for one in found
    ]  # fmt: skip
    output.print_table("Maintenance windows", columns, rows)


@app.command()
def end(
    window_id: Annotated[str, typer.Argument(metavar="ID", help="Of a window, or of a series.")],
    *,
    series: Annotated[
        bool, typer.Option("--series", help="End a series: it comes no more.")
    ] = False,
) -> None:
    """End a window now; within a minute what still fires is given back."""
    number = _number(window_id)
    with transaction() as conn:
        who = actor(conn)
        if series:
            windows.end_series(conn, number, datetime.now(UTC))
        else:
            windows.end_now(conn, number, datetime.now(UTC))
        kind = "series" if series else "window"
        inventory.add_audit(conn, who, "end-maintenance", window_id, {"kind": kind})
    output.errors.print(f"{kind} {number} has ended")


def matching(texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return values by field from FIELD=VALUE texts; several of one field are alternatives.

    Raises:
        WrongUse: One has no field or no value.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise WrongUse(f"{text!r} is no FIELD=VALUE, such as service=shop")
        found[name.strip()].append(value.strip())
    return {name: tuple(values) for name, values in found.items()}


def _needs_end(ends: str | None, lasts: str | None) -> None:
    if (ends is None) == (lasts is None):
        raise WrongUse("say when it ends: --to TIME or --for 2h")


def _end(begins: datetime, ends: str | None, lasts: str | None) -> datetime:
    if ends is not None:
        return parse_time(ends)
    span = needed_span(lasts or "")
    try:
        return begins + span
    except OverflowError:
        raise WrongUse(f"{lasts!r} is too long") from None


def _number(text: str) -> int:
    found = row_id(text)
    if found is None:
        raise WrongUse(f"{text[:60]!r} is no id; see `nightshift maintenance list`")
    return found


def _public(one: PlannedWindow, held: dict[int, int]) -> dict[str, Any]:
    return {
        "id": one.window.id,
        "series_id": str(one.series_id) if one.series_id is not None else None,
        "starts_at": one.window.starts_at,
        "ends_at": one.window.ends_at,
        "match": one.window.match,
        "reason": one.window.reason,
        "owner": one.window.owner,
        "held": held.get(int(one.window.id), 0),
        "ended_at": one.ended_at,
    }


def match_words(match: Mapping[str, Sequence[str]]) -> str:
    """Return what a match lets through: `host=esx01*|esx02 and service=shop`, or `everything`."""
    names = (f"{name}={'|'.join(values)}" for name, values in match.items())
    return " and ".join(names) or "everything"
