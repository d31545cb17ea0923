"""Merging and splitting by hand: alerts move, further events follow, undoing restores the ids."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from models.errors import Refused, WrongUse
from models.records.alert import AlertStatus
from models.records.grouping import Signal
from models.records.incident import IncidentStatus
from models.records.severity import Severity
from models.settings import settings
from models.store import incidents, regrouping
from models.store.incidents import Filter
from tasks.alerts import grouping
from tasks.alerts.grouping import Context, Memory, Topology
from tasks.alerts.incidents import handling as work
from tasks.alerts.incidents import merging
from tasks.alerts.incidents.handling import Act
from tasks.alerts.triage.loading import load
from tests.alerting import T0, an_alert, an_incident

ADA = Act(actor="Ada", at=T0 + timedelta(minutes=30), reason="one cause")


def a_signal(key, *, minutes=0.0, status="firing", **changes):
    at = T0 + timedelta(minutes=minutes)
    values = {
        "event_id": f"{key}@{minutes}",
        "dedup_key": key,
        "status": AlertStatus(status),
        "title": f"{key} is failing",
        "severity": Severity.HIGH,
        "occurred_at": at,
        "received_at": at,
        "service": key.partition("/")[0],
        "host": key.partition("/")[2] or None,
        **changes,
    }
    return Signal(**values)


@pytest.fixture
def site(conn):
    """Two incidents as grouping made them: payments (two alerts) and search (one)."""
    return stored(conn, a_signal("payments/pay-01"), a_signal("payments/pay-02", minutes=1),
                  a_signal("search/node-77", minutes=2))  # fmt: skip


def stored(conn, *signals):
    """Group signals as triage does, store what came of it, and return the ids by dedup key."""
    memory = Memory()
    placed = grouping.group(list(signals), memory, Context())
    changes = memory.changed()
    ids = {}
    for one in changes.incidents:
        own = [s for s, p in zip(signals, placed, strict=True) if p.incident == one.ref]
        ids[one.ref] = an_incident(
            conn,
            title=one.title,
            severity=one.severity,
            alert_count=len(own),
            event_count=len(own),
            firing_count=one.firing,
            affected_services=one.services,
        )
        kept = msgspec.to_builtins(msgspec.structs.replace(one, ref=str(ids[one.ref])))
        conn.execute(
            "UPDATE incidents SET memory = %s::jsonb WHERE id = %s",
            (msgspec.json.encode(kept).decode(), ids[one.ref]),
        )
        for token in one.tokens:
            conn.execute(
                "INSERT INTO incident_tokens VALUES (%s, %s, %s)", (token, ids[one.ref], T0)
            )
    alerts = {}
    for alert in changes.alerts:
        signal = next(s for s in signals if s.dedup_key == alert.dedup_key)
        number = ids[alert.incident]
        kept = msgspec.to_builtins(msgspec.structs.replace(alert, incident=str(number)))
        alerts[alert.dedup_key] = an_alert(
            conn,
            dedup_key=alert.dedup_key,
            title=signal.title,
            service_name=signal.service,
            host=signal.host,
            alert_timestamp=signal.occurred_at,
            created_at=signal.received_at,
            incident_id=number,
            memory=kept,
        )
    return {key: (number, standing(conn, number)) for key, number in alerts.items()}


def standing(conn, alert_id):
    return conn.execute("SELECT incident_id FROM alerts WHERE id = %s", (alert_id,)).fetchone()[0]


def next_event_of(conn, key, minutes=40.0, **changes):
    """Return the incident that grouping puts a further event of a key into, as live triage does."""
    signal = a_signal(key, minutes=minutes, **changes)
    loaded = load(conn, [signal], Topology(), grouping.load_policy())
    (placement,) = grouping.group([signal], loaded.memory, Context())
    return placement.incident


def state(conn, number):
    found = incidents.incident(conn, number)
    return (found.status, found.alert_count, found.firing_count, found.merged_into)


def test_merged_alerts_and_their_further_events_stand_in_the_target(conn, site):
    search, payments = site["search/node-77"][1], site["payments/pay-01"][1]

    after = merging.merge(conn, search, payments, ADA)

    assert (after.id, after.alert_count, after.firing_count) == (payments, 3, 3)
    assert set(after.affected_services) == {"payments", "search"}
    assert state(conn, search) == (IncidentStatus.MERGED, 0, 0, payments)
    assert next_event_of(conn, "search/node-77") == str(payments)
    assert next_event_of(conn, "search/other", minutes=5, host="node-77") == str(payments)
    told = [line.text for line in incidents.timeline(conn, payments)]
    assert told == ["Ada merged INC-2026-000002 into this incident, 1 alert: one cause"]


def test_undoing_a_merge_returns_the_original_ids(conn, site):
    search, payments = site["search/node-77"][1], site["payments/pay-01"][1]
    before = {number: state(conn, number) for number in (search, payments)}
    merging.merge(conn, search, payments, ADA)

    back = merging.undo(conn, search, ADA, "merge")

    assert back.id == search
    assert {number: state(conn, number) for number in (search, payments)} == before
    for key, (alert, number) in site.items():
        assert standing(conn, alert) == number
        assert next_event_of(conn, key) == str(number)
    assert next_event_of(conn, "search/other", minutes=5, host="node-77") == str(search)
    assert set(incidents.incident(conn, payments).affected_services) == {"payments"}
    kinds = [line.kind for line in incidents.timeline(conn, search)]
    assert kinds == ["merge", "merge"]


def test_later_episodes_go_back_with_their_condition(conn, site):
    alert, search = site["search/node-77"]
    payments = site["payments/pay-01"][1]
    merging.merge(conn, search, payments, ADA)
    conn.execute("UPDATE alerts SET current = false WHERE id = %s", (alert,))
    later = an_alert(conn, dedup_key="search/node-77", incident_id=payments)
    stranger = an_alert(conn, dedup_key="search/node-99", incident_id=payments)

    merging.undo(conn, search, ADA)

    assert [standing(conn, number) for number in (alert, later, stranger)] == [
        search,
        search,
        payments,
    ]


def test_what_ended_meanwhile_is_resolved_when_it_is_apart_again(conn, site):
    alert, search = site["search/node-77"]
    merging.merge(conn, search, site["payments/pay-01"][1], ADA)
    ended = T0 + timedelta(minutes=35)
    conn.execute(
        "UPDATE alerts SET status = 'resolved', resolved_at = %s WHERE id = %s", (ended, alert)
    )

    back = merging.undo(conn, search, ADA)

    assert (back.status, back.resolved_at) == (IncidentStatus.RESOLVED, ended)


def test_what_was_resolved_and_fires_again_is_open_and_told_of_when_it_is_apart_again(
    conn, site, monkeypatch
):
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_CLOUDEVENTS_URL", "http://127.0.0.1:9/events")
    settings.cache_clear()
    alert, search = site["search/node-77"]
    state_of = "UPDATE alerts SET status = %s, resolved_at = %s WHERE id = %s"
    conn.execute(state_of, ("resolved", ADA.at, alert))
    work.resolve(conn, search, ADA)
    merging.merge(conn, search, site["payments/pay-01"][1], ADA)
    conn.execute(state_of, ("firing", None, alert))

    back = merging.undo(conn, search, ADA)

    assert (back.status, back.resolved_at, back.firing_count) == (IncidentStatus.OPEN, None, 1)
    last = incidents.timeline(conn, search)[-1]
    assert (last.kind, last.data["to"]) == ("status", "open")
    notices = conn.execute("SELECT kind FROM notices WHERE incident_id = %s ORDER BY id", (search,))
    assert [kind for (kind,) in notices] == ["opened"]  # of which nobody had heard before
    assert next_event_of(conn, "search/node-77") == str(search)


def test_split_alerts_and_their_further_events_stand_in_the_new_incident(conn, site):
    first, payments = site["payments/pay-01"]
    second = site["payments/pay-02"][0]

    new = merging.split(conn, payments, [second], ADA)

    assert (new.reference, new.status, new.split_from) == ("INC-2026-000003", "open", payments)
    assert (new.alert_count, new.firing_count, new.root_alert_id) == (1, 1, second)
    assert (standing(conn, first), standing(conn, second)) == (payments, new.id)
    assert next_event_of(conn, "payments/pay-01") == str(payments)
    assert next_event_of(conn, "payments/pay-02") == str(new.id)
    assert state(conn, payments) == (IncidentStatus.OPEN, 1, 1, None)
    label = conn.execute("SELECT kind, alert_ids, actor, reason, policy FROM grouping_labels")
    kind, ids, actor, reason, policy = label.fetchone()
    assert (kind, ids, actor, reason) == ("split", [second], "Ada", "one cause")
    assert policy == grouping.load_policy().version


def test_both_halves_of_a_split_have_a_title_like_any_other(conn):
    site = stored(conn, a_signal("payments/pay-01", title="Replica lags"),
                  a_signal("payments/pay-02", minutes=1, title="Disk full"))  # fmt: skip
    alert, payments = site["payments/pay-02"]

    new = merging.split(conn, payments, [alert], ADA)

    assert new.title == "Disk full on payments"
    assert incidents.incident(conn, payments).title == "Replica lags on payments"


def test_a_split_whose_events_were_never_the_beginning_names_what_it_is_about(conn, site):
    payments = site["payments/pay-01"][1]
    other = site["payments/pay-02"][0]
    conn.execute("UPDATE alerts SET title = 'Replica lags' WHERE id = %s", (other,))
    conn.execute(
        "UPDATE incidents SET memory = jsonb_set(memory, '{contenders}', '[]') WHERE id = %s",
        (payments,),
    )

    new = merging.split(conn, payments, [other], ADA)

    assert new.title == "Replica lags on pay-02; affects payments"


def test_undoing_a_split_returns_the_original_ids(conn, site):
    second, payments = site["payments/pay-02"]
    before = state(conn, payments)
    new = merging.split(conn, payments, [second], ADA)

    back = merging.undo(conn, payments, ADA, "split")

    assert (back.id, state(conn, payments)) == (payments, before)
    assert standing(conn, second) == payments
    assert next_event_of(conn, "payments/pay-02") == str(payments)
    assert state(conn, new.id) == (IncidentStatus.MERGED, 0, 0, payments)
    (undone,) = conn.execute("SELECT undone_by FROM grouping_labels").fetchone()
    assert undone == "Ada"


def test_undoing_brings_the_title_and_the_beginning_back(conn):
    site = stored(conn, a_signal("payments/pay-01", title="Replica lags"),
                  a_signal("payments/pay-02", minutes=1, title="Disk full"),
                  a_signal("search/node-77", minutes=2))  # fmt: skip
    payments, search = site["payments/pay-01"][1], site["search/node-77"][1]
    # As the topology let grouping choose it, which nobody has who takes something back.
    conn.execute(
        "UPDATE incidents SET title = 'Disk full on pay-02', root_alert_id = %s, memory = memory"
        ' || \'{"title": "Disk full on pay-02", "root_key": "payments/pay-02"}\' WHERE id = %s',
        (site["payments/pay-02"][0], payments),
    )
    before = incidents.incident(conn, payments)

    merging.split(conn, payments, [site["payments/pay-02"][0]], ADA)
    assert incidents.incident(conn, payments).title == "Replica lags on payments"
    split_back = merging.undo(conn, payments, ADA, "split")
    merging.merge(conn, search, payments, ADA)
    merging.undo(conn, search, ADA, "merge")
    merge_back = incidents.incident(conn, payments)

    for back in (split_back, merge_back):
        assert (back.title, back.root_alert_id) == (before.title, before.root_alert_id)


def test_what_was_split_off_and_put_back_does_not_read_as_merged(conn, site):
    second, payments = site["payments/pay-02"]
    merging.split(conn, payments, [second], ADA)
    merging.undo(conn, payments, ADA, "split")
    assert incidents.merged_into(conn, payments) == {}

    search = site["search/node-77"][1]
    merging.merge(conn, search, payments, ADA)
    assert list(incidents.merged_into(conn, payments)) == [search]
    merging.undo(conn, search, ADA, "merge")
    assert incidents.merged_into(conn, payments) == {}


def test_what_a_split_made_and_an_undo_emptied_is_in_no_list_but_keeps_its_id(conn, site):
    second, payments = site["payments/pay-02"]
    search = site["search/node-77"][1]
    new = merging.split(conn, payments, [second], ADA)
    assert new.id in [one.id for one in incidents.listed(conn, Filter())]

    merging.undo(conn, payments, ADA, "split")

    assert [one.id for one in incidents.listed(conn, Filter())] == [search, payments]
    assert incidents.listed(conn, Filter(statuses=(IncidentStatus.MERGED,))) == []
    assert incidents.incident(conn, new.id).merged_into == payments
    merging.merge(conn, search, payments, ADA)
    merged = incidents.listed(conn, Filter(statuses=(IncidentStatus.MERGED,)))
    assert [one.id for one in merged] == [search]


def test_undoing_a_split_tells_what_is_affected_in_the_order_of_before(conn):
    hosts = ("payments/pay-with-a-long-name", "payments/pay-2", "search/pay-with-a-long-name")
    site = stored(conn, *(a_signal(host, minutes=n) for n, host in enumerate(hosts)))
    first, payments = site[hosts[0]]
    assert {site[host][1] for host in hosts} == {payments}
    before = regrouping.memory(conn, payments)

    merging.split(conn, payments, [first], ADA)
    back = merging.undo(conn, payments, ADA, "split")

    assert back.affected_entities == ("pay-with-a-long-name", "pay-2")
    assert list(back.affected_services) == before["services"] == ["payments", "search"]


def test_what_a_window_gave_back_says_so_after_a_split_and_a_merge(conn):
    site = stored(conn, a_signal("payments/pay-01", title="Replica lags"),
                  a_signal("payments/pay-02", minutes=1, title="Disk full"),
                  a_signal("search/node-77", minutes=-1))  # fmt: skip
    (held, payments), (other, _) = site["payments/pay-01"], site["payments/pay-02"]
    search = site["search/node-77"][1]
    conn.execute("UPDATE alerts SET suppressed_by = '[\"w1\"]' WHERE id = %s", (held,))
    conn.execute(
        'UPDATE incidents SET memory = memory || \'{"maintenance": "w1"}\' WHERE id = %s',
        (payments,),
    )

    new = merging.split(conn, payments, [other], ADA)
    kept = incidents.incident(conn, payments)
    both = merging.merge(conn, payments, search, ADA)

    mark = " (started during maintenance)"
    assert kept.title == f"Replica lags on payments{mark}"
    assert new.title == "Disk full on payments"
    assert both.title.endswith(mark)
    assert (both.maintenance_id, both.labels["started"]) == ("w1", "during maintenance")


def test_undoing_goes_backwards(conn, site):
    payments, search = site["payments/pay-01"][1], site["search/node-77"][1]
    third = an_incident(conn, title="third")
    an_alert(conn, incident_id=third)
    merging.merge(conn, search, payments, ADA)
    merging.merge(conn, payments, third, ADA)

    with pytest.raises(Refused, match="take that back first"):
        merging.undo(conn, search, ADA)
    merging.undo(conn, payments, ADA)
    merging.undo(conn, search, ADA)

    assert {key: standing(conn, alert) == number for key, (alert, number) in site.items()} == (
        dict.fromkeys(site, True)
    )
    with pytest.raises(Refused, match="no merge or split"):
        merging.undo(conn, search, ADA)


def test_the_worst_severity_counts_unless_a_person_set_it(conn):
    low, by_hand = an_incident(conn, severity="low"), an_incident(conn, severity="low")
    worse = [an_incident(conn, severity="critical") for _ in range(2)]
    work.change_severity(conn, by_hand, ADA, Severity.MEDIUM)

    assert merging.merge(conn, worse[0], low, ADA).severity is Severity.CRITICAL
    assert merging.merge(conn, worse[1], by_hand, ADA).severity is Severity.MEDIUM


def test_what_cannot_be_merged_or_split_is_refused(conn, site):
    first, payments = site["payments/pay-01"]
    second, search = site["payments/pay-02"][0], site["search/node-77"][1]
    closed, resolved = an_incident(conn, status="closed"), an_incident(conn, status="resolved")

    for source, target, error, words in (
        (payments, payments, WrongUse, "itself"),
        (payments, closed, Refused, "is closed"),
        (closed, payments, Refused, "is closed"),
        (payments, resolved, Refused, "other way round"),
        (payments, 999, WrongUse, "no incident"),
    ):
        with pytest.raises(error, match=words):
            merging.merge(conn, source, target, ADA)
    for ids, error, words in (
        ([], WrongUse, "1 to"),
        (["x"], WrongUse, "does not stand"),
        ([site["search/node-77"][0]], WrongUse, "does not stand"),
        ([first, second], Refused, "nothing would be left"),
    ):
        with pytest.raises(error, match=words):
            merging.split(conn, payments, ids, ADA)
    merging.merge(conn, search, payments, ADA)
    with pytest.raises(Refused, match="was merged into"):
        merging.merge(conn, search, payments, ADA)
    assert conn.execute("SELECT count(*) FROM grouping_labels").fetchone() == (1,)


def test_an_incident_that_grouping_does_not_know_can_be_merged_too(conn):
    source, target = an_incident(conn), an_incident(conn)
    alert = an_alert(conn, incident_id=source)

    merging.merge(conn, source, target, ADA)
    assert standing(conn, alert) == target
    merging.undo(conn, source, ADA)
    assert standing(conn, alert) == source


def test_a_mark_of_maintenance_goes_with_the_part_that_a_window_held_back(conn, site):
    (held, payments), search = site["payments/pay-01"], site["search/node-77"][1]
    window = msgspec.json.encode({"maintenance": "w1"}).decode()
    conn.execute("UPDATE alerts SET suppressed_by = '[\"w1\"]' WHERE id = %s", (held,))
    conn.execute("UPDATE incidents SET memory = memory || %s WHERE id = %s", (window, payments))

    def marked(number):
        found = incidents.incident(conn, number)
        return found.maintenance_id, found.labels.get("started")

    merging.merge(conn, payments, search, ADA)
    assert marked(search) == ("w1", "during maintenance")
    merging.undo(conn, search, ADA)
    assert marked(search) == (None, None)

    merging.merge(conn, payments, search, ADA)
    new = merging.split(conn, search, [held], ADA)
    assert (marked(search), marked(new.id)) == ((None, None), ("w1", "during maintenance"))
