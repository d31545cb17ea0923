"""Whatever is delivered, and however often it is triaged, it counts once."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.store import transaction
from tasks.alerts.triage.draining import drain
from tests import inbox
from tests.inbox import prometheus, receive, rows

RUNS = count()
events = st.lists(
    st.tuples(
        st.integers(0, 2),  # which host
        st.sampled_from(["NodeDown", "DiskFull"]),
        st.booleans(),  # whether it is over
        st.integers(0, 25),  # minutes after the beginning, by the sender's clock
    ),
    min_size=1,
    max_size=10,
)


def stored():
    return [
        inbox.incidents(),
        rows("SELECT dedup_key, status, occurrences, memory FROM alerts ORDER BY id"),
        rows("SELECT count(*) FROM alert_events"),
        rows("SELECT count(*) FROM incident_actions"),
        rows("SELECT id, version, memory FROM incidents ORDER BY id"),
    ]


@pytest.mark.usefixtures("database")
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(told=events, size=st.integers(1, 4))
def test_deliveries_that_are_set_back_and_triaged_again_change_nothing(told, size):
    run = next(RUNS)
    bodies = [
        prometheus(rule, f"host-{run}-{host}", minute, resolved=minute + 1 if over else None)
        for host, rule, over, minute in told
    ]
    for begin in range(0, len(bodies), size):
        receive(*bodies[begin : begin + size], minute=begin)
        drain()
    once = stored()
    with transaction() as conn:
        conn.execute("UPDATE deliveries SET state = 'waiting', attempts = 0")

    drain()

    assert stored() == once
    assert rows("SELECT count(*) FROM deliveries WHERE state <> 'done'") == [(0,)]


@pytest.mark.usefixtures("database")
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(told=events)
def test_every_alert_stands_where_its_last_event_says_and_the_counts_are_those_of_the_rows(told):
    run = next(RUNS)
    for host, rule, over, minute in told:
        receive(
            prometheus(rule, f"count-{run}-{host}", minute, resolved=minute + 1 if over else None)
        )
    drain()

    found = rows(
        "SELECT i.alert_count, i.firing_count, i.event_count, count(a.id),"
        " count(*) FILTER (WHERE a.resolved_at IS NULL), sum(a.occurrences)"
        " FROM incidents i LEFT JOIN alerts a ON a.incident_id = i.id"
        " WHERE i.status <> 'merged' GROUP BY i.id"
    )
    for alerts, firing, events_, *counted in found:
        assert [alerts, firing, events_] == counted
