"""`nightshift triage`: what the grouping of alerts makes of events, tried out without a trace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from deployments.cli.output import print_json, print_table, screen
from models.settings import settings
from tasks.alerts.grouping import load_policy, read_topology
from tasks.alerts.replay.comparison import Comparison, compare_replays
from tasks.alerts.replay.files import read_events, read_windows
from tasks.alerts.replay.replaying import Replay, replay

app = typer.Typer(no_args_is_help=True, help="Try the grouping of alerts on events of a file.")
_PARTS = ("split", "merged", "delayed", "notified", "silenced")
_SHOWN = 10  # differences of each sort, on a screen


@app.callback()
def _triage() -> None:
    """Try the grouping of alerts on events of a file."""


@app.command("replay")
def replay_events(
    events: Annotated[Path, typer.Argument(help="A file of `alerts export --events`, or alike.")],
    *,
    topology: Annotated[
        Path | None,
        typer.Option(help="JSON file that says what depends on what; without it nothing does."),
    ] = None,
    maintenance: Annotated[
        Path | None, typer.Option(help="Planned windows, one JSON object a line.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="Another policy (TOML), compared with the one in force.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Group the events of a file by the code of the live triage, in memory; nothing is written.

    `nightshift alerts export --events > events.jsonl` writes what was received. A line of your own
    needs event_id, title, and starts_at or received_at; status, severity, source, alertname,
    service, host, environment, region, labels and source_fingerprint say more.

    With --policy they are grouped by that policy, and what it would have split, merged, delayed
    and notified is told against the policy in force.
    """
    in_force = load_policy(settings().triage_policy)
    other = load_policy(policy) if policy else None
    graph = read_topology(topology, hops=in_force.limits.hops) if topology else None
    windows = read_windows(maintenance) if maintenance else []
    signals = read_events(events)
    result = replay(signals, windows, graph, other or in_force)
    comparison = None
    if other:
        received = {(one.stream, one.event_id): one.received_at.timestamp() for one in signals}
        comparison = compare_replays(replay(signals, windows, graph, in_force), result, received)
    if as_json:
        print_json(_public(result, comparison))
        return
    _show(result, comparison)
    if graph is None:
        screen.print(
            "No --topology: what stands on what is not known here; the live triage knows it.",
            highlight=False,
        )


def _public(result: Replay, comparison: Comparison | None) -> dict[str, Any]:
    public: dict[str, Any] = msgspec.to_builtins(result)
    if comparison:
        public["comparison"] = msgspec.to_builtins(comparison)
    return public


def _show(result: Replay, comparison: Comparison | None) -> None:
    rows = [
        [scenario.scenario or "-", one.id, one.severity, len(one.events), one.root_event, one.title]
        for scenario in result.scenarios
        for one in scenario.incidents
    ]
    columns = ["Scenario", "Incident", "Severity", "Events", "Root event", "Title"]
    print_table(f"{len(rows)} incidents out of {result.events} events", columns, rows)
    quiet = [
        sum(len(getattr(one, name)) for one in result.scenarios)
        for name in ("ignored", "suppressed", "handed_back")
    ]
    screen.print(
        f"{quiet[0]} ignored, {quiet[1]} suppressed, {quiet[2]} handed back; "
        f"{result.seconds:.2f} s, policy {result.policy}",
        highlight=False,
    )
    if comparison:
        _show_comparison(comparison)


def _show_comparison(comparison: Comparison) -> None:
    rows = [
        [name, one.scenario or "-", one.incident, ", ".join(one.others), one.seconds or None]
        for name in _PARTS
        for one in getattr(comparison, name)[:_SHOWN]
    ]
    ours, theirs = comparison.incidents
    title = (
        f"Policy {comparison.policy} against {comparison.against}: {theirs} incidents, not {ours}; "
        + ", ".join(f"{comparison.counts[name]} {name}" for name in _PARTS)
    )
    print_table(title, ["What", "Scenario", "Incident", "Others", "Seconds later"], rows)
