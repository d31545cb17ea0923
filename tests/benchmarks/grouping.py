"""How well alerts are grouped on generated histories, beside simple baselines; events a second.

Run by hand: python -m tests.benchmarks.grouping [FIRST_SEED [SEEDS]]
Wanted: score >= 0.93, quiet >= 0.95, and 2,000 events a second on one core.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import msgspec

from tasks.alerts.grouping import Topology, read_topology
from tasks.alerts.replay.files import read_events, read_windows
from tasks.alerts.replay.replaying import replay
from tests.tasks.alerts.grouping.scenarios.dataset import write
from tests.tasks.alerts.grouping.scorer import figures

GAP_SECONDS = 600


def one_incident(events):
    return [[event.event_id for event in events]]


def ten_minute_gaps(events):
    groups, last = [], None
    for event in events:
        if last is None or (event.received_at - last).total_seconds() > GAP_SECONDS:
            groups.append([])
        groups[-1].append(event.event_id)
        last = event.received_at
    return groups


def by_entity(events):
    groups = defaultdict(list)
    for event in events:
        names = ("service", "node", "instance", "host", "hostname", "device", "pod")
        found = next((event.labels[name] for name in names if name in event.labels), "none")
        groups[found].append(event.event_id)
    return list(groups.values())


def by_alert_name(events):
    groups = defaultdict(list)
    for event in events:
        groups[event.rule].append(event.event_id)
    return list(groups.values())


BASELINES = (one_incident, ten_minute_gaps, by_entity, by_alert_name)


def score_of(baseline, events, gold):
    """A baseline is given the noise for free: only events that stand in incidents are grouped."""
    kept = {row["event_id"] for row in gold if row["action"] == "group"}
    streams = defaultdict(list)
    for event in sorted(events, key=lambda one: one.received_at):
        streams[event.stream]  # a stream of noise alone has no incident
        if event.event_id in kept:
            streams[event.stream].append(event)
    scenarios = [
        {"scenario": name, "incidents": [{"events": members, "root_event": members[0]} for members in baseline(mine)] if mine else []}
        for name, mine in streams.items()
    ]  # fmt: skip
    return figures(scenarios, gold).score


def main(first=200, seeds=12):
    print(
        "seed topology score worst quiet counts roots events/s",
        *(one.__name__ for one in BASELINES),
    )
    with tempfile.TemporaryDirectory() as home:
        for seed in range(first, first + seeds):
            folder = write(Path(home) / str(seed), seed)
            events = read_events(folder / "events.jsonl")
            windows = read_windows(folder / "maintenance.jsonl")
            path = folder / "topology.json"
            topology = read_topology(path) if path.exists() else Topology()
            began = time.process_time()
            result = replay(events, windows, topology)
            rate = len(events) / (time.process_time() - began)
            gold = [json.loads(line) for line in (folder / "gold.jsonl").read_text().splitlines()]
            found = figures(msgspec.to_builtins(result)["scenarios"], gold)
            print(
                seed, "yes" if topology else "no", f"{found.score:.3f} {found.worst:.3f} {found.quiet:.3f}",
                f"{found.counts_right}/{found.scenarios} {found.roots_right}/{found.incidents} {rate:.0f}",
                *(f"{score_of(one, events, gold):.3f}" for one in BASELINES),
            )  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
