"""Where an incident began, and what changed around it as evidence."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from models.records.asset import AssetChange
from tasks.alerts.grouping import why
from tasks.alerts.grouping.events import event_of
from tests.tasks.alerts.grouping.making import a_context, a_signal, at, placed


@pytest.mark.parametrize(
    ("title", "full"),
    [
        ("/var/lib/postgresql on db-1 is 99% full", True),
        ("C: 96% used", True),
        ("Mount /data on db-1 at 91 percent full", True),
        ("Partition root of db-1 is 95% full", True),
        ("Connection pool of shop is 99% full", False),
        ("https://shop.example/cart is 5% used", False),
        ("Queue orders is 90% full", False),
    ],
)
def test_a_directory_or_drive_that_is_nearly_full_is_a_matter_of_disk_space(title, full):
    event = event_of(a_signal("a", title=title, host="db-1"), a_context().topology)

    assert ("disk-space" in event.facts.topics) is full


def test_of_a_full_disk_the_warning_before_it_is_the_beginning_and_not_what_could_not_be_written():
    _, memory = placed(
        [
            a_signal("disk", 0, host="db-1", title="/var/lib/postgresql on db-1 is 99% full"),
            a_signal("pg", 0.5, host="db-1",
                     title="PostgreSQL on db-1 cannot write: No space left on device"),
            a_signal("app", 1, host="db-1", title="Database errors"),
        ]
    )  # fmt: skip

    (incident,) = memory.incidents()
    assert incident.root_key == "disk"


def test_a_change_seen_while_it_goes_on_does_not_make_a_later_alert_the_beginning():
    effect = AssetChange(
        asset_id="h1", kind="host", name="h1", change="changed", at=at(0.05),
        field="connection_state", before="connected", after="not_responding", unseen_at=at(-30),
    )  # fmt: skip
    signals = [
        a_signal("first", 0, host="h1", title="Host h1 is not responding"),
        a_signal("second", 0.1, host="h1", title="h1 is unavailable by ICMP"),
    ]

    _, memory = placed(signals, a_context(changes=[effect]))

    (incident,) = memory.incidents()
    assert incident.root_key == "first"
    assert [one.changed for one in incident.contenders] == [False, False]


def test_what_is_seen_after_an_alert_is_evidence_and_speaks_for_no_beginning():
    change = AssetChange(
        asset_id="vm-1", kind="vm", name="db-1", change="changed", at=at(3), field="host",
        before="esx1", after="esx2", unseen_at=at(-30),
    )  # fmt: skip
    later = replace(change, unseen_at=at(1))
    context = a_context(changes=[change])

    placements, memory = placed([a_signal("a", 0, host="db-1", title="db-1 is down")], context)
    blind, _ = placed([a_signal("a", 0, host="db-1")], a_context(changes=[later]))

    told = msgspec.to_builtins(placements["a"].explanation)
    (known,) = told["facts"]["changes"]
    assert (known["at"], known["unseen_at"]) == (at(3).isoformat(), at(-30).isoformat())
    lines = why(told).splitlines()
    seen = f"Seen at {at(3).isoformat()}: vm db-1 changed host; it happened after the collection at"
    assert f"{seen} {at(-30).isoformat()}." in lines
    assert not any(line.startswith("Before it: vm") for line in lines)
    assert [one.changed for one in next(memory.incidents()).contenders] == [False]
    assert "changes" not in blind["a"].explanation.facts
