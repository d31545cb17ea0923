"""What holds for any history of alerts."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.records.grouping import Action
from tasks.alerts.grouping import Memory, advance, group
from tests.tasks.alerts.grouping.making import (
    a_context,
    a_signal,
    a_window,
    at,
    incidents_of,
    placed,
)

CONTEXT = a_context()
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SERVICES = ("web", "api", "db", "mail", "relay", "cache")
EVENTS = st.lists(
    st.tuples(
        st.integers(0, 7), st.sampled_from(["firing", "firing", "resolved", "acknowledged", "update"]), st.integers(0, 180), st.integers(0, 40)
    ),
    max_size=40,
)  # fmt: skip


def history(rows):
    signals = [
        a_signal(
            str(number),
            minutes,
            key=f"k{key}",
            status=status,
            late=late,
            service=SERVICES[key % len(SERVICES)],
        )
        for number, (key, status, minutes, late) in enumerate(rows)
    ]
    return sorted(signals, key=lambda one: (one.received_at, one.event_id))


@QUICK
@given(EVENTS)
def test_each_event_is_placed_once_and_counts_are_those_of_the_members(rows):
    signals = history(rows)

    placements, memory = placed(signals, CONTEXT)

    assert set(placements) == {one.event_id for one in signals}
    adopted = memory.changed().adopted
    for members in incidents_of(placements, memory):
        incident = memory.incident(placements[min(members)].incident)
        late = {event for event, ref in adopted.items() if memory.incident(ref) is incident}
        assert incident.event_count == len(members | late)
        assert incident.live == (incident.firing > 0)
        assert 0 <= incident.firing <= incident.member_count


@QUICK
@given(EVENTS)
def test_an_incident_lives_exactly_as_long_as_one_of_its_alerts_fires(rows):
    signals = history(rows)
    _, memory = placed(signals, CONTEXT)

    for incident in memory.incidents():
        alerts = [memory.alert("", f"k{key}") for key in range(8)]
        firing = [
            one
            for one in alerts
            if one
            and one.action is Action.GROUP
            and memory.incident(one.incident) is incident
            and one.firing
        ]
        assert incident.live == bool(firing)


@QUICK
@given(EVENTS, st.integers(1, 3))
def test_duplicates_change_nothing(rows, copies):
    signals = history(rows)
    once, memory = placed(signals, CONTEXT)
    doubled = [
        twin for signal in signals for twin in [signal, *(_copy(signal, n) for n in range(copies))]
    ]
    twice, other = placed(doubled, CONTEXT)

    originals = [
        {event for event in group_ if event in once} for group_ in incidents_of(twice, other)
    ]
    assert sorted(filter(None, originals), key=sorted) == incidents_of(once, memory)


def _copy(signal, number):
    return type(signal)(
        **{name: getattr(signal, name) for name in signal.__slots__}
        | {"event_id": f"{signal.event_id}-{number}"}
    )


@QUICK
@given(st.permutations(range(5)), st.data())
def test_the_order_of_arrival_within_minutes_makes_no_other_incidents(order, data):
    chain = [
        a_signal("h3", 0, host="h3", title="Disk full"), a_signal("db", 1, service="db", title="Write errors"), a_signal("api", 2, service="api", title="Error rate"),
        a_signal("web", 3, service="web", title="Error rate"), a_signal("mail", 2, service="mail", title="Queue is stuck"),
    ]  # fmt: skip

    placements, memory = placed([chain[place] for place in order], CONTEXT)

    assert incidents_of(placements, memory) == [{"api", "db", "h3", "web"}, {"mail"}]
    assert memory.incident(placements["db"].incident).root_event == "h3"


@QUICK
@given(EVENTS)
def test_batches_of_any_size_decide_as_one_event_at_a_time(rows):
    signals = history(rows)
    whole, memory = placed(signals, CONTEXT)

    single = Memory()
    pieces = {one.event_id: one for signal in signals for one in group([signal], single, CONTEXT)}

    assert incidents_of(pieces, single) == incidents_of(whole, memory)


@QUICK
@given(
    EVENTS,
    st.lists(
        st.tuples(st.integers(0, 150), st.integers(1, 60), st.sampled_from(SERVICES)), max_size=6
    ),
)
def test_what_windows_hold_is_given_back_once_or_has_resolved(rows, spans):
    windows = [
        a_window(start, start + length, f"w{n}", service=[name])
        for n, (start, length, name) in enumerate(spans)
    ]
    context = a_context(windows=windows)
    placements, memory = placed(history(rows), context)
    held = {alert.dedup_key for alert in memory.held()}

    given_back = advance(at(1000), memory, context)

    assert {one.dedup_key for one in given_back} == held
    assert advance(at(2000), memory, context) == []
    assert all(one.action is Action.HAND_BACK and one.incident for one in given_back)
    assert len(placements) == len(rows)
