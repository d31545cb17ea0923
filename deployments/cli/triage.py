"""`nightshift triage`: what the grouping of alerts makes of events, tried out without a trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from deployments.cli import replay_screen
from deployments.cli.output import errors, print_json
from models.errors import ConfigurationError, StoreAbsent, StoreError
from models.records.grouping import Signal, Window
from models.settings import settings
from models.store import transaction
from tasks.alerts.grouping import Policy, Topology, load_policy, read_topology
from tasks.alerts.replay.comparison import Comparison, compare_replays
from tasks.alerts.replay.files import read_events, read_windows
from tasks.alerts.replay.replaying import Replay, replay
from tasks.alerts.triage.at_home import Around, around

_UNTOLD = (
    "No --topology, and this home did not receive these events: what stands on what is not known "
    "here; `nightshift alerts export --topology FILE` writes it where they were received"
)

app = typer.Typer(no_args_is_help=True, help="Try the grouping of alerts on events of a file.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What events are replayed with; `source` is where the topology is from: file, home, none."""

    source: str
    topology: Topology
    windows: Sequence[Window]
    said: str  # the line for people that says so


@app.callback()
def _triage() -> None:
    """Try the grouping of alerts on events of a file."""


@app.command("replay")
def replay_events(
    events: Annotated[Path, typer.Argument(help="A file of `alerts export --events`, or alike.")],
    *,
    topology: Annotated[
        Path | None,
        typer.Option(
            help="JSON file that says what depends on what, of `alerts export --topology` or alike."
        ),
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

    Without --topology, events that this home received are grouped with what it has collected, and
    without --maintenance held by the windows that it has; other events then have no topology.
    What people did by hand, and what an earlier collection saw, is not replayed.

    With --policy they are grouped by that policy, and what it would have split, merged, delayed
    and notified is told against the policy in force.
    """
    in_force = load_policy(settings().triage_policy)
    other = load_policy(policy) if policy else None
    windows = read_windows(maintenance) if maintenance else None
    given = _of_file(topology, windows or ()) if topology else None
    signals = read_events(events)
    around = given or _of_home(signals, windows)
    result = replay(signals, around.windows, around.topology, other or in_force)
    comparison = _compared(signals, around, in_force, other, result) if other else None
    if as_json:
        print_json(_public(result, comparison, around))
        return
    replay_screen.show(result, comparison)
    replay_screen.say(around.said)


def _of_file(path: Path, windows: Sequence[Window]) -> _Around:
    topology = read_topology(path)
    said = f"Topology of {path}: {_counted(topology)}"
    return _Around(source="file", topology=topology, windows=windows, said=said)


def _of_home(signals: Sequence[Signal], windows: Sequence[Window] | None) -> _Around:
    """Return what the home knows around its own events; what it did not receive has nothing."""
    try:
        found = _known_here(signals)
    except (StoreError, ConfigurationError) as error:
        errors.print(f"no topology of this home: {error}", markup=False, highlight=False)
        found, said = None, "No --topology, and this home's cannot be read: no edges are known"
    else:
        said = _UNTOLD
    if found is None:
        return _Around(source="none", topology=Topology(), windows=windows or (), said=said)
    held = found.windows if windows is None else windows
    if found.topology:
        holding = _holding(found.windows) if windows is None else ""
        said = f"Topology of this home: {_counted(found.topology)}{holding}"
        return _Around(source="home", topology=found.topology, windows=held, said=said)
    said = "No --topology, and nothing is collected in this home: no edges are known"
    return _Around(source="none", topology=found.topology, windows=held, said=said)


def _known_here(signals: Sequence[Signal]) -> Around | None:
    if not signals:
        return None
    try:
        with transaction() as conn:
            return around(conn, signals)
    except StoreAbsent:
        return None


def _counted(topology: Topology) -> str:
    return f"{len(topology.nodes):,} things, {len(topology.edges):,} edges"


def _holding(windows: Sequence[Window]) -> str:
    number = f"{len(windows)} maintenance window{'s' * (len(windows) != 1)}"
    return f"; held by its {number}" if windows else ""


def _compared(
    signals: Sequence[Signal], around: _Around, in_force: Policy, other: Policy, result: Replay
) -> Comparison:
    received = {(one.stream, one.event_id): one.received_at.timestamp() for one in signals}
    ours = replay(signals, around.windows, around.topology, in_force)
    same = _rules(in_force) == _rules(other)
    return compare_replays(ours, result, received, same_rules=same)


def _rules(policy: Policy) -> Policy:
    return msgspec.structs.replace(policy, version="")


def _public(result: Replay, comparison: Comparison | None, around: _Around) -> dict[str, Any]:
    public: dict[str, Any] = msgspec.to_builtins(result)
    nodes, edges = len(around.topology.nodes), len(around.topology.edges)
    public["topology"] = {"source": around.source, "things": nodes, "edges": edges}
    if comparison:
        public["comparison"] = msgspec.to_builtins(comparison)
    return public
