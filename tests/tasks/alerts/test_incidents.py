"""What people do with an incident, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.errors import Refused, WrongUse
from models.records.incident import IncidentStatus
from models.records.severity import Severity
from models.store import incidents
from tasks.alerts.incidents import handling as work
from tasks.alerts.incidents.handling import Act
from tests.alerting import T0, an_alert, an_incident

ADA = Act(actor="Ada", at=T0 + timedelta(minutes=10))


def lines(conn, number):
    return [(line.kind, line.actor, line.text) for line in incidents.timeline(conn, number)]


def audited(conn):
    return conn.execute("SELECT actor, action, subject FROM audit_log ORDER BY id").fetchall()


def test_acknowledging_is_a_status_a_time_a_line_and_an_audit_row(conn):
    number = an_incident(conn)

    after = work.acknowledge(conn, number, ADA)

    assert (after.status, after.acknowledged_at, after.version) == ("acknowledged", ADA.at, 2)
    assert lines(conn, number) == [("status", "Ada", "Ada acknowledged the incident")]
    assert audited(conn) == [("Ada", "incident-status", "INC-2026-000001")]


def test_investigating_acknowledges_as_well_and_keeps_the_first_time(conn):
    first, second = an_incident(conn), an_incident(conn)
    work.acknowledge(conn, second, ADA)

    later = Act(actor="Ben", at=T0 + timedelta(minutes=20))
    one, other = work.investigate(conn, first, later), work.investigate(conn, second, later)

    assert (one.status, one.acknowledged_at) == ("investigating", later.at)
    assert (other.status, other.acknowledged_at) == ("investigating", ADA.at)


@pytest.mark.parametrize(
    ("status", "act", "words"),
    [
        ("acknowledged", work.acknowledge, "is acknowledged"),
        ("resolved", work.acknowledge, "cannot be acknowledged"),
        ("closed", work.acknowledge, "is closed"),
        ("investigating", work.investigate, "cannot be investigated"),
        ("resolved", work.mitigate, "cannot be mitigated"),
        ("resolved", work.resolve, "cannot be resolved"),
        ("closed", work.resolve, "cannot be resolved"),
        ("open", work.reopen, "cannot be reopened"),
        ("closed", work.reopen, "cannot be reopened"),
        ("open", work.close, "cannot be closed"),
        ("closed", work.close, "cannot be closed"),
    ],
)
def test_a_step_that_does_not_follow_is_refused_in_one_line(conn, status, act, words):
    number = an_incident(conn, status=status)

    with pytest.raises(Refused, match=words) as refused:
        act(conn, number, ADA)

    assert "\n" not in str(refused.value)
    assert incidents.incident(conn, number).version == 1
    assert (lines(conn, number), audited(conn)) == ([], [])


def test_what_still_fires_is_not_resolved_without_force_and_a_reason(conn):
    number = an_incident(conn)
    alert = an_alert(conn, incident_id=number, title="Disk full")
    an_alert(conn, incident_id=number, status="resolved", resolved_at=T0)

    with pytest.raises(Refused, match=rf"Disk full \(alert {alert}\).*--force"):
        work.resolve(conn, number, ADA)
    with pytest.raises(WrongUse, match="--reason"):
        work.resolve(conn, number, ADA, force=True)

    forced = Act(actor="Ada", at=ADA.at, reason="the sensor is broken")
    assert work.resolve(conn, number, forced, force=True).status is IncidentStatus.RESOLVED
    assert lines(conn, number)[-1][2] == (
        "Ada resolved the incident while 1 of its alerts fired: the sensor is broken"
    )


def test_what_is_over_is_resolved_reopened_and_closed(conn):
    number = an_incident(conn, memory={"live": True, "tokens": ["n:ds-01"]})
    an_alert(conn, incident_id=number, status="resolved", resolved_at=T0)

    def remembered():
        return conn.execute("SELECT memory FROM incidents").fetchone()[0]

    assert work.resolve(conn, number, ADA).resolved_at == ADA.at
    assert remembered()["live"] is False
    again = work.reopen(conn, number, ADA)
    assert (again.status, again.resolved_at, remembered()["live"]) == ("open", None, True)
    work.resolve(conn, number, ADA)
    closed = work.close(conn, number, ADA)
    assert (closed.status, closed.closed_at) == ("closed", ADA.at)
    assert remembered()["closed"] is True
    assert conn.execute("SELECT count(*) FROM incident_tokens").fetchone() == (0,)


def test_a_severity_is_changed_with_a_reason_and_marked_as_set_by_hand(conn):
    number = an_incident(conn, severity="low")

    with pytest.raises(WrongUse, match="reason"):
        work.change_severity(conn, number, ADA, Severity.HIGH)
    because = Act(actor="Ada", at=ADA.at, reason="all shops are down")
    after = work.change_severity(conn, number, because, Severity.HIGH)

    assert (after.severity, after.labels[work.SET_BY_HAND]) == (Severity.HIGH, "Ada")
    assert lines(conn, number) == [
        ("severity", "Ada", "Ada changed the severity from low to high: all shops are down")
    ]
    with pytest.raises(Refused, match="already"):
        work.change_severity(conn, number, because, Severity.HIGH)


def test_it_is_given_to_a_person_and_a_team(conn):
    number = an_incident(conn)

    after = work.assign(conn, number, ADA, "Ben", "storage")

    assert (after.assignee, after.owner_team) == ("Ben", "storage")
    assert after.labels[work.TEAM_SET_BY] == "Ada"
    assert lines(conn, number)[0][2] == "Ada assigned the incident to Ben of storage"
    assert work.assign(conn, number, ADA, "Cid").owner_team == "storage"
    for person, team in ((None, None), (" ", None), ("x" * 101, None), (None, "a\nb")):
        with pytest.raises(WrongUse):
            work.assign(conn, number, ADA, person, team)


def test_a_summary_that_was_written_is_due_anew_when_the_status_changes(conn):
    told, untold = an_incident(conn, summary="3 still fire"), an_incident(conn)

    for number in (told, untold):
        work.acknowledge(conn, number, ADA)

    due = conn.execute("SELECT id FROM incidents WHERE enrich_after <= now()").fetchall()
    assert due == [(told,)]


def test_a_note_is_kept_as_it_was_written(conn):
    number = an_incident(conn, status="closed")

    work.comment(conn, number, ADA, " <b>restarted</b> it\n\nat 06:20 ")

    assert lines(conn, number) == [("note", "Ada", "<b>restarted</b> it\n\nat 06:20")]
    for text in ("", "  ", "x" * 10_001):
        with pytest.raises(WrongUse, match="characters"):
            work.comment(conn, number, ADA, text)


def test_who_read_an_older_version_is_refused(conn):
    number = an_incident(conn)
    work.comment(conn, number, ADA, "first")

    with pytest.raises(Refused, match="meanwhile"):
        work.acknowledge(conn, number, Act(actor="Ben", version=1))


def test_a_merged_incident_names_the_one_to_use(conn):
    target = an_incident(conn)
    gone = an_incident(conn, status="merged", merged_into=target)

    with pytest.raises(Refused, match="INC-2026-000002 was merged into INC-2026-000001"):
        work.acknowledge(conn, gone, ADA)


def test_mitigated_is_noted_once(conn):
    number = an_incident(conn)

    assert work.mitigate(conn, number, ADA).mitigated_at == ADA.at
    with pytest.raises(Refused, match="mitigated since"):
        work.mitigate(conn, number, ADA)
