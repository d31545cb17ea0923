"""What another policy would have split, merged, delayed and notified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tasks.alerts.replay.replaying import Replay, ReplayedScenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One incident that another policy treats otherwise.

    `incident` is of the policy in force for `split` and `silenced`, of the other one for `merged`,
    `delayed` and `notified`; `others` are its counterparts under the other side; `seconds` is how
    much later it opens.
    """

    scenario: str
    incident: str
    others: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Another policy against the one in force, over the same events.

    `split`: incidents that it divides; `merged`: its incidents that hold several of ours;
    `delayed`: those that it opens later; `notified`: those that nobody would have been told of by
    ours; `silenced`: ours of which it tells nobody. `incidents` and `quiet` are totals, ours first.
    `same_rules` where the two policies differ in their text at most.
    """

    policy: str
    against: str
    split: tuple[Difference, ...]
    merged: tuple[Difference, ...]
    delayed: tuple[Difference, ...]
    notified: tuple[Difference, ...]
    silenced: tuple[Difference, ...]
    incidents: tuple[int, int]
    quiet: tuple[int, int]
    counts: Mapping[str, int]
    same_rules: bool


def compare_replays(
    ours: Replay,
    other: Replay,
    received: Mapping[tuple[str, str], float],
    *,
    same_rules: bool,
) -> Comparison:
    """Return how another policy's result differs.

    Args:
        ours: By the policy in force.
        other: By the other one, of the same events.
        received: When each (scenario, event) was received, in seconds.
        same_rules: Whether the two policies differ in their text at most.
    """
    theirs = {one.scenario: one for one in other.scenarios}
    found: dict[str, list[Difference]] = {
        name: [] for name in ("split", "merged", "delayed", "notified", "silenced")
    }
    for mine in ours.scenarios:
        _differ(mine, theirs[mine.scenario], received, found)
    return Comparison(
        policy=other.policy,
        against=ours.policy,
        same_rules=same_rules,
        incidents=(_incidents(ours), _incidents(other)),
        quiet=(_quiet(ours), _quiet(other)),
        counts={name: len(these) for name, these in found.items()},
        **{name: tuple(these) for name, these in found.items()},
    )


def _differ(
    mine: ReplayedScenario,
    theirs: ReplayedScenario,
    received: Mapping[tuple[str, str], float],
    found: dict[str, list[Difference]],
) -> None:
    name = mine.scenario
    forward, backward = _counterparts(mine, theirs), _counterparts(theirs, mine)
    for incident, others in forward.items():
        if len(others) > 1:
            found["split"].append(Difference(scenario=name, incident=incident, others=others))
        elif not others:
            found["silenced"].append(Difference(scenario=name, incident=incident))
    for incident, others in backward.items():
        if len(others) > 1:
            found["merged"].append(Difference(scenario=name, incident=incident, others=others))
        elif not others:
            found["notified"].append(Difference(scenario=name, incident=incident))
    found["delayed"] += _delays(mine, theirs, received)


def _delays(
    mine: ReplayedScenario,
    theirs: ReplayedScenario,
    received: Mapping[tuple[str, str], float],
) -> list[Difference]:
    """Return the incidents that are the same under both and open later under the other."""
    forward = _counterparts(mine, theirs)
    ours, others = _opened(mine, received), _opened(theirs, received)
    pairs = [(one, own[0]) for one, own in _counterparts(theirs, mine).items() if len(own) == 1]
    return [
        Difference(
            scenario=mine.scenario,
            incident=incident,
            others=(own,),
            seconds=others[incident] - ours[own],
        )
        for incident, own in pairs
        if len(forward[own]) == 1 and others[incident] > ours[own]
    ]


def _counterparts(one: ReplayedScenario, other: ReplayedScenario) -> dict[str, tuple[str, ...]]:
    where = {event: incident.id for incident in other.incidents for event in incident.events}
    return {
        incident.id: tuple(
            dict.fromkeys(where[event] for event in incident.events if event in where)
        )
        for incident in one.incidents
    }


def _opened(
    scenario: ReplayedScenario, received: Mapping[tuple[str, str], float]
) -> dict[str, float]:
    return {
        incident.id: min(received[scenario.scenario, event] for event in incident.events)
        for incident in scenario.incidents
    }


def _incidents(replay: Replay) -> int:
    return sum(len(one.incidents) for one in replay.scenarios)


def _quiet(replay: Replay) -> int:
    return sum(len(one.ignored) + len(one.suppressed) for one in replay.scenarios)
