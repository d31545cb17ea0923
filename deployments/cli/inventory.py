"""`nightshift collect` and `nightshift assets`."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Any, TypeAlias

import msgspec
import psycopg
import typer

from deployments.cli.output import errors, print_json, print_table, screen, typeable, words
from deployments.cli.stored import warn_if_nothing_collected
from deployments.cli.times import parse_time
from deployments.cli.walks import HOPS, Toward, gone, trees, walk
from models.errors import NightshiftError, WrongUse
from models.kinds import KINDS, kind_named
from models.records.asset import Asset, Gap
from models.records.graph import JoinReport
from models.records.history import LinkedAsset, Namesake
from models.records.snapshot import SourceReport
from models.sources import Source, select_sources
from models.store import assets as asset_store
from models.store import inventory, transaction

assets = typer.Typer(no_args_is_help=True, help="Assets, their history, what changed.")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
SHOWN = 200  # rows of a table on a screen; a longer one takes seconds and is not read
_TOLD = ("asset_id", "kind", "name", "change", "field", "before", "after", "at")  # of a change
_CELL = 100  # characters of a value in a table of changes
_NAMESAKES = 10  # assets of one name that a message lists
_GAPS = 10  # things of one source that could not be seen, below the table
_COLUMNS = ("id", "source")  # what --where takes beside the kind's fields
_NOT_STORED = frozenset({"failed", "held"})
_Collected: TypeAlias = tuple[list[SourceReport], JoinReport | None, str | None]
AsOf = Annotated[str | None, typer.Option(help="A past time, such as 2026-11-20 or 2h.")]


def collect(
    sources: Annotated[list[str] | None, typer.Argument(help="Default: all of the file.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Read and count, store nothing.")] = False,
    accept_held: Annotated[
        bool, typer.Option(help="Store a held collection: the change is real.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read the sources, validate and store what was seen."""
    if dry_run and accept_held:
        raise WrongUse("--dry-run stores nothing and --accept-held stores; give one of them")
    seen: dict[str, Counter[str]] = {}
    gaps: dict[str, Sequence[Gap]] = {}
    if dry_run:
        reports, joins, flow_run_id = _preview(sources or [], seen, gaps), None, None
    else:
        reports, joins, flow_run_id = (_accept if accept_held else _collect)(sources or [])
    if as_json:
        print_json(
            {
                "snapshot_id": _newest(reports),
                "sources": reports,
                "joins": joins,
                "flow_run_id": flow_run_id,
            }
        )
    elif dry_run:
        _show_preview(reports, seen, gaps)
    else:
        _show_reports(reports)
    if joins and joins.error and not as_json:
        errors.print(f"not joined anew: {typeable(joins.error)}", markup=False, soft_wrap=True)
    if any(report.status in _NOT_STORED for report in reports):
        raise typer.Exit(1)


@assets.command("list")
def list_assets(
    kind: Annotated[str | None, typer.Option(help="Only this kind.")] = None,
    where: Annotated[list[str] | None, typer.Option(help="FIELD=VALUE; may be repeated.")] = None,
    as_of: AsOf = None,
    everything: Annotated[bool, typer.Option("--all", help="Show more than 200.")] = False,
    as_json: Json = False,
) -> None:
    """List the assets, now or at a past time."""
    conditions = [_condition(text) for text in where or []]
    _check_fields(kind, [field for field, _ in conditions])
    at = parse_time(as_of) if as_of else None
    with transaction() as conn:
        found = asset_store.current_assets(conn, kinds=[kind] if kind else None, as_of=at)
    if conditions:
        found = [one for one in found if _matches(_row(one), conditions)]
    if not found:
        warn_if_nothing_collected()
    if as_json:
        print_json([_row(one) for one in found])
    else:
        _show_assets(found, len(found) if everything else SHOWN)


@assets.command()
def show(
    asset: Annotated[str, typer.Argument(help="Id, or name where only one has it.")],
    hops: Annotated[
        int | None, typer.Option(min=1, max=20, help="How far to walk from the asset.")
    ] = None,
    toward: Annotated[
        Toward, typer.Option(help="What it stands on, what stands on it, or both.")
    ] = Toward.BOTH,
    as_json: Json = False,
) -> None:
    """Show one asset with its relations, and what lies around it."""
    with transaction() as conn:
        found = _named(conn, asset)
        links = asset_store.relations(conn, found.id)
        walked = [] if as_json and hops is None else walk(conn, found.id, hops or HOPS, toward)
    value = {**_row(found), "relations": msgspec.to_builtins(links)}
    if as_json:
        print_json(value if hops is None else {**value, "walk": walked})
        return
    names = {link.asset_id: link.name for link in links if link.name}
    fields = [
        [field, _spread(_with_names(fact, names))]
        for field, fact in value["attributes"].items()
        if fact not in (None, "", [])
    ]
    print_table(f"{found.kind} {found.name}", ["field", "value"], fields, whole=("field",))
    _show_links(links)
    for tree in trees(found.name, found.id, walked, links):
        screen.print()
        screen.print(tree)


@assets.command()
def history(
    asset: Annotated[str, typer.Argument(help="Id, or name where only one has it.")],
    as_json: Json = False,
) -> None:
    """Show the versions of one asset, oldest first."""
    with transaction() as conn:
        versions = asset_store.history(conn, _named(conn, asset).id)
    if as_json:
        print_json(versions)
        return
    rows: list[list[Any]] = [[versions[0].valid_from, "first seen", None, None]]
    rows += [
        [version.valid_from, change.field, _short(change.before), _short(change.after)]
        for version in versions
        for change in version.changes
    ]
    print_table("History", ["at", "field", "before", "after"], rows)


@assets.command()
def changes(
    since: Annotated[str, typer.Option(help="A time, such as 2026-11-20T06:00:00Z or 24h.")],
    as_json: Json = False,
) -> None:
    """Show what was created, changed and deleted since a time."""
    with transaction() as conn:
        found = asset_store.changes(conn, parse_time(since))
    if as_json:
        print_json([{name: getattr(one, name) for name in _TOLD} for one in found])
        return
    rows = [
        [c.at, c.change, f"{c.kind} {c.name}", c.field, _short(c.before), _short(c.after)]
        for c in found[-SHOWN:]
    ]
    print_table("Changes", ["at", "change", "asset", "field", "before", "after"], rows)
    if len(found) > SHOWN:
        screen.print(f"… and {len(found) - SHOWN} earlier ones; --json lists them all")


def _named(conn: psycopg.Connection, asset: str) -> Asset:
    """Return the asset of that id, or the only one of that name."""
    try:
        return asset_store.asset(conn, asset)
    except WrongUse:
        found, number = asset_store.namesakes(conn, asset, _NAMESAKES)
        if not found:
            raise
    if number == 1:
        return asset_store.asset(conn, found[0].asset_id)
    told = ", ".join(f"{one.asset_id} ({_whereabouts(one)})" for one in found)
    more = f" and {number - len(found)} more" if number > len(found) else ""
    raise WrongUse(f"{number} assets have that name; give the id of one: {told}{more}")


def _whereabouts(one: Namesake) -> str:
    of = f"{one.kind} of {one.source}"
    return f"{of} in {one.place}" if one.place else of


def _collect(names: list[str]) -> _Collected:
    from deployments.running import collect_sources

    # What is wrong at once is told at once, not after a server was started.
    select_sources(names)
    with transaction():
        pass
    return collect_sources(names)


def _preview(
    names: list[str], seen: dict[str, Counter[str]], gaps: dict[str, Sequence[Gap]]
) -> list[SourceReport]:
    """Read the sources; `seen` and `gaps` get what was and was not there of each that was read."""
    reports = []
    for source in select_sources(names):
        began = time.monotonic()
        with errors.status(f"reading {source.name}"):
            report = _previewed(source, seen, gaps)
        reports.append(replace(report, seconds=round(time.monotonic() - began, 3)))
    return reports


def _previewed(
    source: Source, seen: dict[str, Counter[str]], gaps: dict[str, Sequence[Gap]]
) -> SourceReport:
    from tasks.inventory.collect import merged, preview_source
    from tasks.inventory.store import failed_report

    try:
        tally = preview_source(source)
    except NightshiftError as error:
        return failed_report(source, error)
    seen[source.name] = tally.counts
    gaps[source.name] = merged(tally.gaps)
    return SourceReport(
        source=source.name,
        collector=source.collector,
        status="partial" if any(gap.field == "*" for gap in tally.gaps) else "complete",
        seen=tally.counts.total(),
    )


def _accept(names: list[str]) -> _Collected:
    from tasks.inventory.store import accept_held, source_report

    if not names:
        raise WrongUse("name the source whose held collection is right")
    reports = []
    for source in select_sources(names):
        stored = accept_held(source.name)
        reports.append(source_report(source, stored.snapshot_id, stored))
    return reports, _join(), None


def _join() -> JoinReport:
    from tasks.inventory.join import join_assets

    try:
        return join_assets()
    except NightshiftError as error:
        return JoinReport(edges=0, opened=0, closed=0, error=str(error))


def _newest(reports: list[SourceReport]) -> str | None:
    known = [report.snapshot_id for report in reports if report.snapshot_id is not None]
    return max(known, key=int, default=None)


def _condition(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals or not field:
        raise WrongUse(f"--where takes FIELD=VALUE, not {text!r}")
    return field, value


def _check_fields(kind: str | None, fields: list[str]) -> None:
    declared = [kind_named(kind)] if kind else list(KINDS.values())
    for field in fields:
        if field in _COLUMNS or any(one.field(field) for one in declared):
            continue
        if kind is None:
            raise WrongUse(f"no kind has a field {field!r}; with --kind its fields are listed")
        known = ", ".join(item.name for item in declared[0].fields)
        raise WrongUse(f"{kind} has no field {field!r}; it has {known}")


def _matches(row: dict[str, Any], conditions: list[tuple[str, str]]) -> bool:
    facts = {**{column: row[column] for column in _COLUMNS}, **row["attributes"]}
    return all(_equal(facts.get(field), value) for field, value in conditions)


def _equal(found: Any, wanted: str) -> bool:
    if isinstance(found, (list, tuple)):
        return any(_equal(item, wanted) for item in found)
    if isinstance(found, bool):
        return str(found).lower() == wanted.lower()
    if isinstance(found, (int, float)):
        with suppress(ValueError):
            return float(wanted) == found
    return found is not None and str(found) == wanted


def _row(found: Asset) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(found)
    row["attributes"] = row.pop("record")
    return row


def _show_assets(found: list[Asset], most: int) -> None:
    # The kind is no column of its own: every id begins with it.
    print_table(
        f"{len(found)} assets",
        ["id", "name", "source", "last seen"],
        [[one.id, one.name, one.source, one.last_seen] for one in found[:most]],
        whole=("id",),
    )
    if len(found) > most:
        screen.print(f"… and {len(found) - most} more; --all shows and --json lists them")


def _show_reports(reports: list[SourceReport]) -> None:
    columns = ["status", "seen", "created", "changed", "deleted", "quarantined", "seconds"]
    rows = [[each.source, *(getattr(each, column) for column in columns)] for each in reports]
    print_table("Collected", ["source", *columns], rows)
    _show_gaps(reports, _stored_gaps(reports))
    _show_errors(reports)


def _stored_gaps(reports: list[SourceReport]) -> dict[str, Sequence[Gap]]:
    taken = [one for one in reports if one.status == "partial" and one.snapshot_id]
    if not taken:
        return {}
    with transaction() as conn:
        return {
            one.source: inventory.snapshot(conn, int(str(one.snapshot_id))).gaps for one in taken
        }


def _show_preview(
    reports: list[SourceReport], seen: dict[str, Counter[str]], gaps: dict[str, Sequence[Gap]]
) -> None:
    rows = [[name, kind, count] for name, counts in seen.items() for kind, count in counts.items()]
    if rows:
        title = "Would be collected (nothing was stored)"
        print_table(title, ["source", "kind", "seen"], rows)
    _show_gaps(reports, gaps)
    _show_errors(reports)


def _show_gaps(reports: list[SourceReport], gaps: dict[str, Sequence[Gap]]) -> None:
    """Say below the table why a source is partial: what could not be seen of it, how often."""
    for name in (report.source for report in reports if report.status == "partial"):
        found = gaps.get(name, ())
        lines = [f"{_subject(gap)}: {gap.reason} ({gap.count})" for gap in found[:_GAPS]]
        if len(found) > _GAPS:
            lines.append(f"{len(found) - _GAPS} more")
        for line in lines:
            text = f"{name}: {words(line)}"
            screen.print(text, markup=False, highlight=False, soft_wrap=True)


def _subject(gap: Gap) -> str:
    return gap.kind if gap.field == "*" else f"{gap.kind}.{gap.field}"


def _show_errors(reports: list[SourceReport]) -> None:
    for report in reports:
        if report.error:
            own = report.error.removeprefix(f"source {report.source}: ")  # not named twice
            errors.print(
                f"{report.source}: {typeable(own)}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )


def _with_names(fact: Any, names: Mapping[str, str]) -> Any:
    """Return a fact with the name before each id of an asset that is related: `esx02 (host-1)`."""
    if isinstance(fact, (list, tuple)):
        return [_with_names(item, names) for item in fact]
    known = names.get(fact) if isinstance(fact, str) else None
    return fact if known is None else f"{known} ({fact})"


def _spread(fact: Any) -> str:
    records = isinstance(fact, list) and any(isinstance(item, (dict, list)) for item in fact)
    return "\n".join(map(words, fact)) if records else words(fact)


def _show_links(links: list[LinkedAsset]) -> None:
    edges = [
        [link.type, link.direction, link.asset_id, f"{words(link.name)}{gone(link.deleted_at)}"]
        for link in links[:SHOWN]
    ]
    screen.print()
    print_table("Relations", ["type", "direction", "asset", "name"], edges, whole=("asset",))
    if len(links) > SHOWN:
        screen.print(f"… and {len(links) - SHOWN} more; --json lists them all")


def _short(value: Any) -> str:
    text = words(value)
    return text if len(text) <= _CELL else text[: _CELL - 1] + "…"
