"""`nightshift collect` and `nightshift assets`."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import typer

from deployments.cli.output import errors, print_json, print_table
from deployments.cli.times import parse_time
from models.errors import NightshiftError, WrongUse
from models.kinds import kind_named
from models.records.asset import Asset
from models.records.snapshot import SourceReport
from models.store import assets as asset_store
from models.store import transaction

assets = typer.Typer(no_args_is_help=True, help="Assets, their history, what changed.")
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
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
    names = sources or []
    if accept_held:
        _accept(names)
        return
    reports, snapshot_id = _preview(names) if dry_run else _collect(names)
    if as_json:
        print_json({"snapshot_id": snapshot_id, "sources": reports})
    else:
        _show_reports(reports)
    failed = [report for report in reports if report.status == "failed"]
    if failed:
        raise typer.Exit(1)


@assets.command("list")
def list_assets(
    kind: Annotated[str | None, typer.Option(help="Only this kind.")] = None,
    where: Annotated[list[str] | None, typer.Option(help="FIELD=VALUE; may be repeated.")] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """List the assets, now or at a past time."""
    conditions = [_condition(text) for text in where or []]
    if kind is not None:
        _check_fields(kind, [field for field, _ in conditions])
    at = parse_time(as_of) if as_of else None
    with transaction() as conn:
        found = asset_store.current_assets(conn, kinds=[kind] if kind else None, as_of=at)
    rows = [row for row in map(_row, found) if _matches(row, conditions)]
    if as_json:
        print_json(rows)
    else:
        _show_assets(rows)


@assets.command()
def show(
    asset_id: Annotated[str, typer.Argument(help="As `assets list` shows it.")],
    as_json: Json = False,
) -> None:
    """Show one asset with its relations."""
    with transaction() as conn:
        found = asset_store.asset(conn, asset_id)
        links = asset_store.relations(conn, asset_id)
    value = {**_row(found), "relations": msgspec.to_builtins(links)}
    if as_json:
        print_json(value)
        return
    fields = [
        [key, _short(text)] for key, text in value["attributes"].items() if text not in (None, [])
    ]
    print_table(f"{found.kind} {found.name}", ["field", "value"], fields)
    print_table(
        "Relations",
        ["type", "direction", "asset", "name"],
        [list(r.values()) for r in value["relations"]],
    )


@assets.command()
def history(
    asset_id: Annotated[str, typer.Argument(help="As `assets list` shows it.")],
    as_json: Json = False,
) -> None:
    """Show the versions of one asset, oldest first."""
    with transaction() as conn:
        versions = asset_store.history(conn, asset_id)
    if as_json:
        print_json(versions)
        return
    rows = [
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
        print_json(found)
        return
    rows = [
        [c.at, c.change, c.kind, c.name, c.field, _short(c.before), _short(c.after)] for c in found
    ]
    print_table("Changes", ["at", "change", "kind", "name", "field", "before", "after"], rows)


def _collect(names: list[str]) -> tuple[list[SourceReport], str | None]:
    from deployments.running import collect_sources

    return collect_sources(names)


def _preview(names: list[str]) -> tuple[list[SourceReport], str | None]:
    from models.sources import select_sources
    from tasks.inventory.collect import preview_source
    from tasks.inventory.store import failed_report

    reports = []
    for source in select_sources(names):
        with errors.status(f"reading {source.name}"):
            try:
                tally = preview_source(source)
            except NightshiftError as error:
                reports.append(failed_report(source, error))
                continue
        status = "partial" if any(gap.field == "*" for gap in tally.gaps) else "complete"
        seen = tally.counts.total()
        reports.append(
            SourceReport(source=source.name, collector=source.collector, status=status, seen=seen)
        )
    return reports, None


def _accept(names: list[str]) -> None:
    from tasks.inventory.store import accept_held

    if not names:
        raise WrongUse("name the source whose held collection is right")
    for name in names:
        report = accept_held(name)
        errors.print(
            f"{name}: {report.created} created, {report.changed} changed, {report.deleted} deleted"
        )


def _condition(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals or not field:
        raise WrongUse(f"--where takes FIELD=VALUE, not {text!r}")
    return field, value


def _check_fields(kind: str, fields: list[str]) -> None:
    declared = kind_named(kind)
    for field in fields:
        if declared.field(field) is None:
            known = ", ".join(item.name for item in declared.fields)
            raise WrongUse(f"{kind} has no field {field!r}; it has {known}")


def _matches(row: dict[str, Any], conditions: list[tuple[str, str]]) -> bool:
    return all(_equal(row["attributes"].get(field), value) for field, value in conditions)


def _equal(found: Any, wanted: str) -> bool:
    if isinstance(found, (list, tuple)):
        return any(_equal(item, wanted) for item in found)
    if isinstance(found, bool):
        return str(found).lower() == wanted.lower()
    return found is not None and str(found) == wanted


def _row(found: Asset) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(found)
    row["attributes"] = row.pop("record")
    return row


def _show_assets(rows: list[dict[str, Any]]) -> None:
    print_table(
        f"{len(rows)} assets",
        ["id", "kind", "name", "source", "last seen"],
        [[r["id"], r["kind"], r["name"], r["source"], r["last_seen"]] for r in rows],
    )


def _show_reports(reports: list[SourceReport]) -> None:
    columns = [
        "source",
        "status",
        "seen",
        "created",
        "changed",
        "deleted",
        "quarantined",
        "seconds",
    ]
    rows = [[getattr(report, column) for column in columns] for report in reports]
    print_table("Collected", columns, rows)
    for report in reports:
        if report.error:
            errors.print(f"{report.source}: {report.error}", markup=False)


def _short(value: Any) -> str:
    text = "-" if value is None else str(value)
    return text if len(text) <= 100 else text[:97] + "..."  # noqa: PLR2004  a terminal's width
