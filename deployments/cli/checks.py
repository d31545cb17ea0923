"""`nightshift checks`: run the health checks, and suppress one with a reason and an end."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated

import typer

from deployments.cli.output import print_json, print_table, program, say_none, screen
from deployments.cli.stored import require_collection
from deployments.cli.times import parse_span
from models.errors import WrongUse
from models.records.check import SEVERITIES, CheckResult, Severity, Suppression
from models.store import assets, checks, transaction
from tasks.inventory.checks import CHECKS, Check, Policy, check_named, load_policy
from tasks.inventory.checks.catalogue import catalogue, levels_of, thresholds_of
from tasks.inventory.checks.naming import PLACES, spellings
from tasks.inventory.health import run_checks

app = typer.Typer(no_args_is_help=True, help="Run the health checks; suppress one for a while.")
SHOWN_FINDINGS = 200  # of each severity, on a screen
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("run")
def run(*, as_json: AsJson = False) -> None:
    """Evaluate every check on what is stored, keep the findings and print them."""
    require_collection()
    results = run_checks()
    if as_json:
        print_json([_public(result) for result in results])
        return
    _print_results(results)


@app.command("list")
def list_checks(
    *,
    as_json: AsJson = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the table of the documentation.")
    ] = False,
) -> None:
    """List the checks: what each looks at, what it can say, its thresholds and what it needs.

    The table of the documentation shows the default thresholds, the others those of this site.
    """
    if as_json and as_markdown:
        raise WrongUse("checks list prints --json or --markdown, not both")
    if as_markdown:
        typer.echo(catalogue(list(CHECKS.values())), nl=False)
        return
    policy = load_policy()
    if as_json:
        print_json([_described(check, policy) for check in CHECKS.values()])
        return
    rows = [
        [
            check.id,
            check.title,
            ", ".join(check.kinds),
            ", ".join(levels_of(check)),
            ", ".join(f"{value:g}" for value in thresholds_of(check, policy).values()),
            check.privilege,
        ]
        for check in CHECKS.values()
    ]
    columns = ["Check", "Title", "Kinds", "Levels", "Thresholds", "Privilege"]
    print_table(f"{len(rows)} health checks", columns, [*rows], whole=("Check",))


@app.command("suppress")
def suppress(
    check: Annotated[str, typer.Argument(help="Id of the check, such as VM-04.")],
    asset: Annotated[
        str, typer.Argument(help="Asset id, name, or pattern: 'test-*', 'web/*', 'leaf-01 *'.")
    ],
    *,
    reason: Annotated[str, typer.Option(help="Why this is as it should be.")],
    until: Annotated[str, typer.Option(help="When it ends: a date, a time in UTC, or 7d.")],
    owner: Annotated[str | None, typer.Option(help="Who answers for it.")] = None,
) -> None:
    """Silence one check on an asset, or on names of a pattern, until a time."""
    chosen = check_named(check)
    suppression = Suppression(
        check=chosen.id,
        selector=asset,
        reason=_reason(reason),
        until=_future(until),
        owner=owner,
    )
    with transaction() as conn:
        found = assets.current_assets(conn, kinds=(*chosen.kinds, *PLACES))
        names = spellings(found)
        known = [one for one in found if one.kind in chosen.kinds]
        covered = [one for one in known if suppression.covers(one.id, *names[one.id])]
        if not covered:
            raise WrongUse(
                f"no {' or '.join(chosen.kinds)} has the id or name {asset!r};"
                " see `nightshift assets list`"
            )
        checks.suppress(conn, suppression)
    screen.print(
        f"{chosen.id} is suppressed on {len(covered)} of {len(known)} assets"
        f" until {suppression.until:%Y-%m-%d %H:%M} UTC"
    )


@app.command("unsuppress")
def unsuppress(
    check: Annotated[str, typer.Argument(help="Id of the check.")],
    asset: Annotated[str, typer.Argument(help="The selector as `checks suppressions` lists it.")],
) -> None:
    """End a suppression now."""
    chosen = check_named(check)
    with transaction() as conn:
        if not checks.unsuppress(conn, chosen.id, asset):
            raise WrongUse(
                f"{chosen.id} is not suppressed on {asset!r}; see `nightshift checks suppressions`"
            )
    screen.print(f"{chosen.id} is no longer suppressed on {asset}", markup=False)


@app.command("suppressions")
def suppressions(*, as_json: AsJson = False) -> None:
    """List what is suppressed, by whom, why and until when; what has expired is marked."""
    now = datetime.now(UTC)
    with transaction() as conn:
        found = checks.suppressions(conn)
        names = spellings(assets.current_assets(conn)) if found else {}
    if as_json:
        print_json([_listed(item, now) for item in found])
        return
    if not found:
        say_none("suppressions", "`nightshift checks suppress CHECK ASSET` makes one")
        return
    rows = [
        [
            item.check,
            item.selector,
            names[item.selector][-1] if item.selector in names else None,
            item.reason,
            item.owner,
            f"{item.until:%Y-%m-%d %H:%M}" + ("" if item.active(now) else " (expired)"),
        ]
        for item in found
    ]
    print_table("Suppressions", ["Check", "Asset", "Name", "Reason", "Owner", "Until"], [*rows])


def _public(result: CheckResult) -> dict[str, object]:
    return {
        "check": result.check,
        "title": result.title,
        "asset_id": result.asset_id,
        "asset_name": result.asset_name,
        "kind": result.kind,
        "result": result.result,
        "message": result.message,
        "evidence": result.evidence,
        "remedy": result.remedy,
        "privilege": result.privilege,
        "since": result.since,
    }


def _described(check: Check, policy: Policy) -> dict[str, object]:
    return {
        "check": check.id,
        "title": check.title,
        "domain": check.domain.name,
        "kinds": check.kinds,
        "levels": levels_of(check),
        "thresholds": thresholds_of(check, policy),
        "needs": tuple(dict.fromkeys((*check.needs, *check.reads, *check.asks))),
        "remedy": check.remedy,
        "privilege": check.privilege,
        "disabled": check.id in policy.disabled,
    }


def _listed(item: Suppression, now: datetime) -> dict[str, object]:
    return {
        "check": item.check,
        "asset": item.selector,
        "reason": item.reason,
        "owner": item.owner,
        "until": item.until,
        "created_at": item.created_at,
        "active": item.active(now),
    }


def _print_results(results: list[CheckResult]) -> None:
    for severity in SEVERITIES:
        found = [result for result in results if result.result is severity]
        if found and severity is not Severity.OK:
            _print_findings(severity, found)
    counts = dict.fromkeys(SEVERITIES, 0)
    for result in results:
        counts[result.result] += 1
    screen.print(", ".join(f"{counts[severity]} {severity.value}" for severity in SEVERITIES))


def _print_findings(severity: Severity, found: list[CheckResult]) -> None:
    rows = [[item.check, item.asset_name, item.message] for item in found[:SHOWN_FINDINGS]]
    print_table(
        f"{severity.value} ({len(found)})", ["Check", "Asset", "What"], [*rows], whole=("Check",)
    )
    if len(found) > SHOWN_FINDINGS:
        more = len(found) - SHOWN_FINDINGS
        screen.print(f"… and {more} more; `{program()} checks run --json` lists them all")
    # Once each, in the order of the findings.
    for line in dict.fromkeys(f"{item.check} {item.title}: {item.remedy}" for item in found):
        screen.print(f"  {line}", markup=False, highlight=False)
    screen.print()


def _reason(text: str) -> str:
    if not text.strip():
        raise WrongUse("a suppression needs a reason: --reason 'why this is as it should be'")
    return text.strip()


def _future(text: str) -> datetime:
    """Return the end that a person wrote; a date ends with its last moment, times are UTC."""
    try:
        if (ahead := parse_span(text)) is not None:
            moment = datetime.now(UTC) + ahead
        elif len(text) == len("2026-12-31"):
            moment = datetime.combine(date.fromisoformat(text), time.max)
        else:
            moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):  # the latter for a span that reaches past the year 9999
        raise WrongUse(
            f"--until {text!r} is not a date such as 2026-12-31 or a span ahead such as 7d"
        ) from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if moment <= datetime.now(UTC):
        raise WrongUse(f"--until {text} is in the past; name a day to come")
    return moment
