"""Signs of life, lone information, and planned maintenance."""

from __future__ import annotations

import pytest

from models.records.grouping import Action
from models.records.severity import Severity
from tasks.alerts.grouping import advance
from tests.tasks.alerts.grouping.making import (
    a_context,
    a_signal,
    a_window,
    at,
    incidents_of,
    placed,
)


@pytest.mark.parametrize(
    "title",
    [
        "Watchdog",
        "DeadMansSwitch",
        "dead man's switch",
        "Heartbeat from collector",
        "InfoInhibitor",
        "This is a test alert",
    ],
)
def test_a_sign_of_life_is_ignored(title):
    placements, _ = placed([a_signal("a", title=title, severity=None)])

    assert placements["a"].action is Action.IGNORE
    assert placements["a"].explanation.rule == "heartbeat"


@pytest.mark.parametrize(
    "title",
    [
        "Heartbeat missing from collector",
        "Watchdog stopped",
        "No heartbeat for 5 minutes",
        "VM lost heartbeat",
        "NodeHeartbeatFlapping",
        "Heartbeats of collector come and go",
    ],
)
def test_a_sign_of_life_that_is_missing_is_an_alert(title):
    placements, _ = placed([a_signal("a", title=title, severity=Severity.CRITICAL)])

    assert placements["a"].opened


def test_a_lone_information_opens_no_incident_and_says_why():
    placements, _ = placed([a_signal("a", severity=Severity.INFO, host="h1")])

    assert placements["a"].action is Action.IGNORE
    assert placements["a"].explanation.rule == "lone-information"


def test_an_information_about_the_very_trouble_of_an_incident_joins_it():
    signals = [
        a_signal("a", host="h1", title="Disk latency is high"),
        a_signal("b", 2, host="h1", title="Disk latency rises", severity=Severity.INFO),
    ]

    placements, _ = placed(signals)

    assert placements["b"].incident == placements["a"].incident


def test_an_unknown_severity_opens_an_incident():
    placements, _ = placed([a_signal("a", severity=None)])

    assert placements["a"].opened


def test_what_happens_in_a_window_is_held_and_its_resolve_too():
    context = a_context(windows=[a_window(0, 60, node=["h1"])])
    signals = [
        a_signal("a", 5, key="k", labels={"instance": "h1:9100"}),
        a_signal("b", 15, key="k", status="resolved", labels={"instance": "h1:9100"}),
        a_signal("c", 20, labels={"node": "h3"}),
    ]

    placements, memory = placed(signals, context)

    assert [placements[name].action for name in "abc"] == [
        Action.SUPPRESS,
        Action.SUPPRESS,
        Action.GROUP,
    ]
    assert advance(at(61), memory, context) == []


def test_what_still_fires_at_the_end_of_the_last_window_is_handed_back_into_a_marked_incident():
    context = a_context(
        windows=[a_window(0, 60, "w1", host=["h*"]), a_window(30, 90, "w2", host=["h1"])]
    )
    placements, memory = placed([a_signal("a", 40, host="h1")], context)

    early = advance(at(61), memory, context)
    late = advance(at(90), memory, context)

    assert placements["a"].window_ids == ("w1", "w2")
    assert early == []
    assert [one.action for one in late] == [Action.HAND_BACK]
    incident = memory.incident(late[0].incident)
    assert late[0].opened
    assert incident.maintenance == "w1"
    assert incident.title.endswith("(started during maintenance)")
    assert advance(at(200), memory, context) == []


def test_alerts_of_one_host_are_handed_back_into_one_incident():
    context = a_context(windows=[a_window(0, 60, host=["h1"])])
    _, memory = placed([a_signal("a", 40, host="h1"), a_signal("b", 42, host="h1")], context)

    given = advance(at(60), memory, context)

    assert len({one.incident for one in given}) == 1
    assert memory.incident(given[0].incident).firing == 2


def test_a_fresh_firing_after_the_window_is_an_alert_like_any_other():
    context = a_context(windows=[a_window(0, 60, host=["h1"])])

    placements, _ = placed(
        [a_signal("a", 10, key="k", host="h1"), a_signal("b", 70, key="k", host="h1")], context
    )

    assert placements["b"].opened


def test_what_happened_in_a_window_is_held_also_when_it_comes_late():
    context = a_context(windows=[a_window(0, 60, host=["h1"])])

    placements, _ = placed([a_signal("a", 50, late=30, host="h1")], context)

    assert placements["a"].action is Action.SUPPRESS


def test_the_resolve_of_an_alert_of_before_the_window_goes_to_its_incident():
    context = a_context(windows=[a_window(0, 60, host=["h1"])])
    signals = [
        a_signal("a", -10, key="k", host="h1"),
        a_signal("b", 20, key="k", host="h1", status="resolved"),
    ]

    placements, _ = placed(signals, context)

    assert placements["b"].incident == placements["a"].incident
    assert placements["b"].resolved


def test_a_window_without_a_match_holds_everything():
    placements, _ = placed([a_signal("a", 5)], a_context(windows=[a_window(0, 10)]))

    assert placements["a"].action is Action.SUPPRESS


def test_more_than_a_hundred_windows_hold_what_they_match_and_nothing_else():
    windows = [a_window(n, n + 30, f"w{n}", host=[f"h{n}"]) for n in range(150)]
    signals = [a_signal(f"in{n}", n + 1, host=f"h{n}") for n in range(150)]
    signals += [a_signal(f"out{n}", n + 40, host=f"h{n}") for n in range(150)]

    placements, _ = placed(
        sorted(signals, key=lambda one: one.received_at), a_context(windows=windows)
    )

    assert all(placements[f"in{n}"].action is Action.SUPPRESS for n in range(150))
    assert all(placements[f"out{n}"].action is Action.GROUP for n in range(150))


def test_an_incident_of_which_nothing_is_heard_for_a_week_counts_as_over():
    placements, memory = placed([a_signal("a")])

    advance(at(6 * 24 * 60), memory, a_context())
    assert memory.incident(placements["a"].incident).live

    advance(at(8 * 24 * 60), memory, a_context())
    assert not memory.incident(placements["a"].incident).live


def test_silenced_by_its_sender_is_held_without_a_window():
    placements, memory = placed([a_signal("a", status="suppressed")])

    assert placements["a"].action is Action.SUPPRESS
    assert placements["a"].explanation.rule == "silenced-by-sender"
    assert incidents_of(placements, memory) == []
