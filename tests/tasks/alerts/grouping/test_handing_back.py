"""Where an alert is placed that a maintenance window gives back at its end."""

from __future__ import annotations

import pytest

from models.records.grouping import Action
from tasks.alerts.grouping import advance, topology_from
from tests.tasks.alerts.grouping.making import a_context, a_signal, a_window, at, placed

HELD = "held"


def given_back(signals, *, end=60, context=None):
    """Group signals while a window holds those of one key; return its placement and the memory."""
    window = a_window(0, end, dedup_key=[HELD])
    context = context or a_context(windows=[window])
    placements, memory = placed(signals, context)
    (back,) = advance(at(end), memory, context)
    return back, placements, memory, context


def held(event_id, minutes, **changes):
    changes.setdefault("host", "h1")
    changes.setdefault("title", "Host h1 is unreachable")
    return a_signal(event_id, minutes, key=HELD, **changes)


def test_by_when_it_began_and_not_by_when_it_was_heard_of_last():
    back, placements, memory, _ = given_back(
        [
            held("a", 10),
            a_signal("b", 12, host="h1", title="Disk of h1 is slow"),
            held("a2", 55, timed=False),
        ]
    )

    assert back.incident == placements["b"].incident
    assert not back.opened
    assert back.explanation.chosen.features["gap_minutes"] == 2.0
    assert memory.incident(back.incident).root_event == "a2"


def test_beside_what_began_while_it_fired_of_the_same_thing():
    back, placements, _, _ = given_back(
        [held("a", 2), a_signal("b", 58, host="h1", title="Disk of h1 is slow")]
    )

    assert back.incident == placements["b"].incident


def test_above_what_began_while_it_fired_where_that_stands_on_it():
    back, placements, _, _ = given_back(
        [held("a", 2, host="h3", title="Host h3 is unreachable"),
         a_signal("b", 58, service="db", title="db is down")]
    )  # fmt: skip

    assert back.incident == placements["b"].incident


def test_beside_what_has_not_ended_of_the_same_thing_or_below_it_however_long_it_was_silent():
    failed = a_signal("b", 2, host="h3", title="Host h3 is unreachable")
    for same in ({"host": "h3", "title": "Disk of h3 is slow"}, {"host": None, "service": "db"}):
        back, placements, _, _ = given_back([failed, held("a", 50, **same)])
        assert back.incident == placements["b"].incident

    back, placements, _, _ = given_back([failed, held("a", 50, title="h1 is unreachable")])
    assert back.opened
    back, placements, _, _ = given_back([failed, held("a", 780, host="h3")], end=800)
    assert back.opened


def test_not_below_what_began_long_after_it():
    back, placements, _, _ = given_back(
        [held("a", 2, host=None, service="web", title="web answers slowly"),
         a_signal("b", 58, service="db", title="db is down")]
    )  # fmt: skip

    assert back.opened
    assert back.incident != placements["b"].incident


def test_not_beside_what_was_over_long_before_the_end():
    signals = [
        held("a", 2),
        a_signal("b", 4, key="k", host="h1", title="Disk of h1 is slow"),
        a_signal("c", 30, key="k", host="h1", status="resolved"),
    ]

    assert given_back(signals, end=120)[0].opened
    back, placements, memory, _ = given_back(signals, end=60)
    assert back.incident == placements["b"].incident
    assert back.reopened
    assert memory.incident(back.incident).firing == 1


def test_as_the_beginning_of_most_that_stands_on_it_whatever_else_was_heard_of_first():
    topology = topology_from(
        {
            "hosts": {name: {} for name in ("h1", "h2")},
            "services": {"shop": [], "cart": ["shop"], "pay": ["shop"], "mail": ["shop"]},
            "placement": {"shop": ["h2"], "cart": ["h1"], "pay": ["h1"], "mail": ["h1"]},
        }
    )
    context = a_context(topology=topology, windows=[a_window(0, 60, dedup_key=[HELD])])
    others = [
        a_signal(name, 11 + minutes, service=name, title=f"{name} does not answer")
        for minutes, name in enumerate(("shop", "cart", "pay", "mail"))
    ]

    back, placements, memory, _ = given_back([held("a", 10), *others], context=context)

    assert len({one.incident for name, one in placements.items() if name != "a"}) == 1
    assert back.incident == placements["shop"].incident
    assert back.explanation.chosen.features["carries"] == 0.84
    assert memory.incident(back.incident).root_event == "a"


def test_what_comes_after_the_end_finds_the_incident_that_it_opened():
    _, _, memory, context = given_back([held("a", 2)], end=120)

    placements, _ = placed(
        [a_signal("b", 122, host="h1", title="Disk of h1 is slow")], context, memory
    )

    assert not placements["b"].opened


def test_it_says_what_it_was_compared_with_and_how_far_that_was_from_joining():
    back, placements, _, _ = given_back(
        [held("a", 2, host=None, service="web", title="web answers slowly"),
         a_signal("b", 40, service="db", title="db is down")]
    )  # fmt: skip
    told = back.explanation

    assert (back.action, told.rule) == (Action.HAND_BACK, "handed-back")
    assert told.sentence == (
        "It still fired when its maintenance window ended. "
        "No open incident fits it well enough, so it opened one."
    )
    assert told.best_rejected.incident == placements["b"].incident
    assert told.margin == pytest.approx(told.threshold - told.best_rejected.score)
    assert told.facts["handed_back_at"] == at(60).isoformat()
    assert told.facts["placed_by"] == "new-incident"
