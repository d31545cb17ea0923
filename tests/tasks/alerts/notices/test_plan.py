"""Which notices stand in the outbox after a change of an incident."""

from __future__ import annotations

from dataclasses import replace

import pytest
from psycopg import Rollback

from models.records.incident import IncidentStatus
from models.records.notice import IncidentChange
from models.records.severity import Severity
from models.settings import settings
from models.store import incidents
from tasks.alerts.notices import plan
from tests.alerting import T0, an_incident


@pytest.fixture
def channels(monkeypatch):
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_SLACK_TOKEN", "xoxb-canary")
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_SLACK_CHANNEL", "C1")
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_PAGERDUTY_URL", "http://127.0.0.1:9/v2/enqueue")
    monkeypatch.setenv("NIGHTSHIFT_NOTIFY_PAGERDUTY_KEY", "canary-key")
    settings.cache_clear()


def changed(conn, *kinds, **fields):
    number = fields.pop("id", None) or an_incident(conn, **fields)
    return IncidentChange(incident=incidents.incident(conn, number), kinds=frozenset(kinds))


def rows(conn, kind=None):
    found = conn.execute("SELECT channel, kind FROM notices ORDER BY id").fetchall()
    return [row for row in found if kind in (None, row[1])]


def test_without_a_channel_nothing_is_written(conn):
    assert plan(conn, [changed(conn, "opened")]) == 0
    assert rows(conn) == []


def test_an_opened_incident_gets_one_notice_a_channel(conn, channels):
    assert plan(conn, [changed(conn, "opened", "updated")]) == 2
    assert rows(conn) == [("slack", "opened"), ("pagerduty", "opened")]


def test_the_same_change_planned_again_writes_nothing(conn, channels):
    change = changed(conn, "opened", "acknowledged")

    first, again = plan(conn, [change]), plan(conn, [change])

    assert (first, again) == (4, 0)


def test_an_undone_transaction_leaves_no_notice(conn, channels):
    with conn.transaction() as inner:
        plan(conn, [changed(conn, "opened")])
        raise Rollback(inner)

    assert rows(conn) == []


def test_below_the_floor_nothing_is_told_and_its_end_neither(conn, channels):
    change = changed(conn, "opened", severity="info")

    plan(conn, [change])
    plan(conn, [replace(change, kinds=frozenset({"resolved"}))])

    assert rows(conn) == []


def test_an_incident_that_rises_over_the_floor_is_told_as_new(conn, channels):
    change = changed(conn, "opened", severity="info")
    plan(conn, [change])

    worse = replace(change.incident, severity=Severity.CRITICAL, version=2)
    plan(conn, [IncidentChange(incident=worse, kinds=frozenset({"severity", "updated"}))])

    assert rows(conn) == [("slack", "opened"), ("pagerduty", "opened")]


def test_an_incident_whose_severity_nobody_knows_is_told(conn, channels):
    assert plan(conn, [changed(conn, "opened", severity=None)]) == 2


def test_an_incident_told_before_is_told_of_its_end_even_below_the_floor(conn, channels):
    change = changed(conn, "opened")
    plan(conn, [change])

    over = replace(
        change.incident,
        severity=Severity.INFO,
        status=IncidentStatus.RESOLVED,
        resolved_at=T0,
        version=2,
    )
    plan(conn, [IncidentChange(incident=over, kinds=frozenset({"resolved"}))])

    assert rows(conn, "resolved") == [("slack", "resolved"), ("pagerduty", "resolved")]


def test_a_newer_update_replaces_one_that_still_waits(conn, channels):
    change = changed(conn, "opened")
    plan(conn, [change])

    for version in (2, 3, 4):
        newer = replace(change.incident, version=version)
        plan(conn, [IncidentChange(incident=newer, kinds=frozenset({"updated"}))])

    found = conn.execute("SELECT key FROM notices WHERE kind = 'updated'").fetchall()
    assert found == [(f"slack:{change.incident.id}:updated:4",)]


def test_a_pager_is_not_told_of_mere_updates(conn, channels):
    change = changed(conn, "opened")
    plan(conn, [change])
    plan(conn, [replace(change, kinds=frozenset({"updated", "assigned"}))])

    assert [channel for channel, kind in rows(conn) if kind != "opened"] == ["slack"]


def test_a_flapping_incident_is_told_once_and_its_changes_wait_until_it_is_calm(conn, channels):
    change = changed(conn, "opened")
    plan(conn, [change])

    for version in range(2, 8):
        flapping = replace(change.incident, flapping=True, version=version)
        kind = "resolved" if version % 2 else "reopened"
        plan(conn, [IncidentChange(incident=flapping, kinds=frozenset({kind}))])

    assert rows(conn, "flapping") == [("slack", "flapping")]
    (due,) = conn.execute(
        "SELECT count(*) FROM notices WHERE kind IN ('resolved', 'reopened') AND due_at <= now()"
    ).fetchone()
    (together,) = conn.execute(
        "SELECT count(DISTINCT due_at) FROM notices WHERE payload ? 'held'"
    ).fetchone()
    assert (due, together) == (0, 1)


def test_what_flapped_once_and_was_calm_since_is_told_its_end_at_once(conn, channels):
    change = changed(conn, "opened")
    plan(conn, [change])

    def turn(version, kind):
        flapping = replace(change.incident, flapping=True, version=version)
        plan(conn, [IncidentChange(incident=flapping, kinds=frozenset({kind}))])
        count = "SELECT count(*) FROM notices WHERE key LIKE %s AND due_at <= now()"
        return conn.execute(count, (f"%:{kind}:{version}",)).fetchone()[0]

    def later(minutes):
        conn.execute(
            "UPDATE notices SET state = 'done', due_at = now(),"
            " created_at = created_at - make_interval(mins => %s)",
            (minutes,),
        )

    assert turn(2, "resolved") == 0
    later(60)
    assert turn(3, "reopened") == 2
    later(5)
    assert turn(4, "resolved") == 0


def test_a_merged_incident_that_nobody_heard_of_is_not_opened(conn, channels):
    into = an_incident(conn)

    assert plan(conn, [changed(conn, "opened", status="merged", merged_into=into)]) == 0


def test_an_unknown_kind_of_change_is_left_out(conn, channels):
    change = changed(conn, "opened")
    plan(conn, [change])

    assert plan(conn, [replace(change, kinds=frozenset({"enriched"}))]) == 0
