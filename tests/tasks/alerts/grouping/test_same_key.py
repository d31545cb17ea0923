"""The same alert again: duplicates, resolves, episodes."""

from __future__ import annotations

import pytest

from models.records.grouping import Action
from models.records.severity import Severity
from tests.tasks.alerts.grouping.making import a_context, a_signal, incidents_of, placed


def test_a_duplicate_stays_in_its_incident_and_counts_as_no_member():
    placements, memory = placed(
        [a_signal("a", key="k"), a_signal("b", 3, key="k", title="Something is still wrong")]
    )

    incident = memory.incident(placements["b"].incident)
    assert placements["b"].incident == placements["a"].incident
    assert (incident.member_count, incident.event_count, incident.firing) == (1, 2, 1)


def test_an_incident_resolves_only_when_all_its_members_have_resolved():
    signals = [
        a_signal("a", service="api"),
        a_signal("b", 1, service="web"),
        a_signal("a-ends", 5, key="a", status="resolved"),
        a_signal("b-ends", 9, key="b", status="resolved"),
    ]

    placements, memory = placed(signals)

    incident = memory.incident(placements["a"].incident)
    assert placements["b"].incident == placements["a"].incident
    assert not placements["a-ends"].resolved
    assert placements["b-ends"].resolved
    assert not incident.live


def test_a_resolve_that_is_told_twice_counts_once():
    signals = [a_signal("a", service="api"), a_signal("b", 1, service="web")]
    signals += [a_signal(f"a-ends-{n}", 5 + n, key="a", status="resolved") for n in range(3)]

    placements, memory = placed(signals)

    assert memory.incident(placements["a"].incident).firing == 1


@pytest.mark.parametrize(
    ("minutes", "same"),
    [
        pytest.param(1, True, id="at once"),
        pytest.param(60, True, id="after exactly an hour"),
        pytest.param(61, False, id="after more than an hour"),
        pytest.param(24 * 60, False, id="a day later"),
    ],
)
def test_the_same_key_reopens_within_an_hour_of_its_resolve_and_is_new_later(minutes, same):
    signals = [
        a_signal("a", key="k"),
        a_signal("b", 10, key="k", status="resolved"),
        a_signal("c", 10 + minutes, key="k"),
    ]

    placements, _ = placed(signals)

    assert (placements["c"].incident == placements["a"].incident) is same
    assert placements["c"].reopened is same
    assert placements["c"].opened is not same


def test_a_closed_incident_swallows_nothing():
    first, memory = placed([a_signal("a", key="k", service="api")])
    memory.incident(first["a"].incident).closed = True

    later, _ = placed(
        [a_signal("b", 2, key="k", service="api"), a_signal("c", 3, service="web")], memory=memory
    )

    assert later["b"].opened
    assert later["b"].incident != first["a"].incident
    assert later["c"].incident == later["b"].incident


def test_the_resolve_of_an_alert_in_a_closed_incident_still_belongs_to_it():
    first, memory = placed([a_signal("a", key="k", service="api")])
    memory.incident(first["a"].incident).closed = True

    later, _ = placed([a_signal("b", 2, key="k", status="resolved")], memory=memory)

    assert later["b"].incident == first["a"].incident


def test_a_job_that_fails_each_night_without_a_resolve_is_an_incident_each_night():
    placements, memory = placed([a_signal(f"night-{n}", n * 24 * 60, key="job") for n in range(3)])

    assert len(incidents_of(placements, memory)) == 3


def test_a_reminder_of_what_still_fires_is_no_new_incident_however_late():
    reminders = [a_signal(f"r{n}", 0, late=n * 24 * 60, key="k") for n in range(4)]

    placements, memory = placed(reminders)

    assert len(incidents_of(placements, memory)) == 1


def test_a_firing_that_was_overtaken_by_its_own_resolve_takes_it_along():
    early = a_signal("ends", 8, key="k", status="resolved", service="api")
    late = a_signal("fires", 2, late=20, key="k", service="api")

    placements, memory = placed([early, late])

    changes = memory.changed()
    incident = memory.incident(placements["fires"].incident)
    assert placements["ends"].action is Action.IGNORE
    assert changes.adopted == {"ends": incident.ref}
    assert not incident.live
    assert incident.firing == 0


def test_a_firing_of_before_the_resolve_does_not_reopen():
    signals = [
        a_signal("a", 0, key="k"),
        a_signal("b", 20, key="k", status="resolved"),
        a_signal("c", 5, late=30, key="k"),
    ]

    placements, memory = placed(signals)

    assert placements["c"].incident == placements["a"].incident
    assert not placements["c"].reopened
    assert not memory.incident(placements["a"].incident).live


@pytest.mark.parametrize(("fires", "ends"), [(False, True), (True, False), (False, False)])
def test_a_resolve_by_another_clock_than_its_firing_s_is_not_late(fires, ends):
    signals = [
        a_signal("a", 10, key="k", timed=fires),
        a_signal("b", 9.5, late=1, key="k", status="resolved", timed=ends),
        a_signal("a-again", 10, late=2, key="k", timed=fires),
    ]

    placements, memory = placed(signals)

    assert placements["b"].resolved
    assert not memory.incident(placements["a"].incident).live


@pytest.mark.parametrize(("timed", "live"), [(True, True), (False, False)])
def test_the_resolve_of_an_earlier_turn_that_came_late_is_known_by_the_sender_s_clock(timed, live):
    signals = [
        a_signal("a", key="k"),
        a_signal("b", 5, key="k", status="resolved"),
        a_signal("c", 10, key="k"),
        a_signal("b-late", 6, late=9, key="k", status="resolved", timed=timed),
    ]

    placements, memory = placed(signals)

    assert memory.incident(placements["a"].incident).live is live


def test_an_alert_that_turns_often_is_flapping_and_one_incident():
    signals = []
    for turn in range(6):
        signals += [
            a_signal(f"on{turn}", turn * 4, key="k"),
            a_signal(f"off{turn}", turn * 4 + 2, key="k", status="resolved"),
        ]

    placements, memory = placed(signals)

    assert len(incidents_of(placements, memory)) == 1
    assert not placements["on1"].flapping
    assert placements["on5"].flapping
    assert memory.incident(placements["on0"].incident).flapping


def test_an_update_that_is_worse_makes_the_incident_worse_and_never_better():
    signals = [
        a_signal(str(n), n, key="k", severity=severity)
        for n, severity in enumerate((Severity.LOW, Severity.CRITICAL, Severity.MEDIUM))
    ]

    placements, memory = placed(signals)

    assert memory.incident(placements["0"].incident).severity is Severity.CRITICAL


def test_streams_know_nothing_of_each_other():
    placements, _ = placed(
        [a_signal("a", key="k", stream="one"), a_signal("b", key="k", stream="two")], a_context()
    )

    assert placements["a"].incident != placements["b"].incident
