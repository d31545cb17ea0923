"""One generated set of scenarios as files, in the form of the labelled data."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from tests.tasks.alerts.grouping.scenarios.stories import STORIES, VMWARE
from tests.tasks.alerts.grouping.scenarios.voices import Voice
from tests.tasks.alerts.grouping.scenarios.world import make_world
from tests.tasks.alerts.grouping.scenarios.writer import Scenario, _iso


def build(seed, only=None):
    """Return world, events, gold and windows of one seed."""
    world = make_world(seed)
    voice = Voice(world)
    stories = {**STORIES, **(VMWARE if world.flavour == "vmware" else {})}
    events, gold, windows = [], [], []
    for day, (name, story) in enumerate(stories.items()):
        if only and name not in only:
            continue
        scenario = Scenario(f"s{seed}-{name}", world, voice, day * 7)
        story(scenario)
        for row, label in scenario.finished():
            events.append(row)
            gold.append(label)
        windows += [_window(scenario, window) for window in scenario.windows]
    return world, events, gold, windows


def _window(scenario, window):
    return {
        "scenario": scenario.name,
        "starts_at": _iso(scenario.start + timedelta(minutes=window["starts"])),
        "ends_at": _iso(scenario.start + timedelta(minutes=window["ends"])),
        "match": window["match"],
        "reason": "patching",
    }


def write(folder: Path, seed, only=None):
    """Write one seed's files; returns the folder."""
    world, events, gold, windows = build(seed, only)
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("events", events), ("gold", gold), ("maintenance", windows)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    if world.has_topology:
        (folder / "topology.json").write_text(json.dumps(world.topology()))
    return folder
