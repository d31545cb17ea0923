"""What `nightshift triage replay` shows to people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from deployments.cli.output import print_table, screen, typeable
from tasks.alerts.replay.comparison import Comparison
from tasks.alerts.replay.replaying import Replay

_PARTS = ("split", "merged", "delayed", "notified", "silenced")
_SHOWN = 10  # differences of each sort


def show(result: Replay, comparison: Comparison | None) -> None:
    """Print the incidents, what stands in none, and how another policy differs."""
    rows: list[list[Any]] = [
        [scenario.scenario, one.id, one.severity, len(one.events), one.root_event, one.title]
        for scenario in result.scenarios
        for one in scenario.incidents
    ]
    columns = ["Scenario", "Incident", "Severity", "Events", "Root event", "Title"]
    incidents = f"{len(rows)} incident{'s' * (len(rows) != 1)}"
    events = f"{result.events} event{'s' * (result.events != 1)}"
    _print(f"{incidents} out of {events}", columns, rows)
    quiet = [
        sum(len(getattr(one, name)) for one in result.scenarios)
        for name in ("ignored", "suppressed", "handed_back")
    ]
    say(
        f"{quiet[0]} ignored, {quiet[1]} suppressed, {quiet[2]} handed back; "
        f"{result.seconds:.2f} s, policy {result.policy}"
    )
    if comparison:
        _show_comparison(comparison)


def say(text: str) -> None:
    """Print a line, with the commands that it quotes as they can be typed."""
    screen.print(typeable(text), markup=False, highlight=False, soft_wrap=True)


def _show_comparison(comparison: Comparison) -> None:
    ours, theirs = comparison.incidents
    rows: list[list[Any]] = [
        [one.scenario, name, one.incident, ", ".join(one.others), one.seconds or None]
        for name in _PARTS
        for one in getattr(comparison, name)[:_SHOWN]
    ]
    if comparison.same_rules:
        say(f"Both policies have the same rules ({_versions(comparison)}): nothing differs.")
    elif not rows:
        say(f"The policies differ ({_versions(comparison)}), but group these events alike.")
    else:
        title = (
            f"Policy {comparison.policy} against {comparison.against}: "
            f"{theirs} incidents, not {ours}; "
            + ", ".join(f"{comparison.counts[name]} {name}" for name in _PARTS)
        )
        columns = ["Scenario", "What", "Incident", "Others", "Seconds later"]
        _print(title, columns, rows)


def _versions(comparison: Comparison) -> str:
    return " and ".join(dict.fromkeys((comparison.policy, comparison.against)))


def _print(title: str, columns: list[str], rows: list[list[Any]]) -> None:
    """Print a table; the scenarios, which stand first, only where there are any."""
    if any(_scenarios(rows)):
        print_table(title, columns, [[row[0] or None, *row[1:]] for row in rows])
    else:
        print_table(title, columns[1:], [row[1:] for row in rows])


def _scenarios(rows: Iterable[list[Any]]) -> Iterable[str]:
    return (row[0] for row in rows)
