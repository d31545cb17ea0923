"""Incidents as they are stored: finding them, changing them, and the timeline nobody edits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from models.errors import Refused, WrongUse
from models.records.incident import EntryKind, IncidentStatus
from models.records.severity import Severity
from models.store import incidents
from models.store.incidents import Filter
from tests.alerting import T0, an_alert, an_incident


def entry(incident_id, text="It began", minutes=0, **changes):
    values = {
        "at": T0 + timedelta(minutes=minutes),
        "clock": "ours",
        "kind": "note",
        "actor": "Ada",
        "text": text,
        "data": {},
        "evidence": (),
        **changes,
    }
    return (
        incident_id,
        *(values[name] for name in ("at", "clock", "kind", "actor", "text", "data", "evidence")),
    )


def test_an_incident_is_found_by_id_and_by_reference(conn):
    number = an_incident(conn, title="Datastore full")

    for name in (number, str(number), f" {number} ", "INC-2026-000001", "inc-2026-000001"):
        assert incidents.incident(conn, name).title == "Datastore full"


@pytest.mark.parametrize(
    "name", ["", "0", "-1", "9" * 40, "INC-1", "INC-2026-000099", "1; DROP TABLE people", "٣", "x"]
)
def test_what_is_no_incident_is_wrong_use(conn, name):
    an_incident(conn)

    with pytest.raises(WrongUse, match="no incident"):
        incidents.incident(conn, name)


def test_the_timeline_keeps_its_order_and_whole_rows(conn):
    number = an_incident(conn)
    incidents.add_entries(
        conn,
        [
            entry(number, "second", 5, kind="status", data={"to": "resolved"}, evidence=["a:1"]),
            entry(number, "first", 1, clock="sender"),
            entry(number, "nul \x00 gone \\u0000", 5),
        ],
    )

    found = incidents.timeline(conn, number)

    assert [line.text for line in found] == ["first", "second", "nul  gone \\u0000"]
    second = found[1]
    assert (second.kind, second.data, second.evidence_ids) == (
        EntryKind.STATUS,
        {"to": "resolved"},
        ("a:1",),
    )
    assert (found[0].clock, found[0].at) == ("sender", T0 + timedelta(minutes=1))
    assert [line.text for line in incidents.timeline(conn, number, limit=1)] == [
        "nul  gone \\u0000"
    ]
    assert incidents.timeline_count(conn, number) == 3


@pytest.mark.parametrize(
    "statement", ["UPDATE incident_actions SET text = 'x'", "DELETE FROM incident_actions"]
)
def test_a_line_of_the_timeline_cannot_be_edited_or_removed(conn, statement):
    number = an_incident(conn)
    incidents.add_entries(conn, [entry(number)])

    with pytest.raises(psycopg.errors.RaiseException, match="append-only"), conn.transaction():
        conn.execute(statement)

    assert [line.text for line in incidents.timeline(conn, number)] == ["It began"]


def test_a_change_moves_the_version_and_one_of_two_that_read_the_same_is_refused(conn):
    number = an_incident(conn)
    before = incidents.incident(conn, number)

    after = incidents.change(conn, number, T0, version=before.version, assignee="Ada")

    assert (after.assignee, after.version, after.updated_at) == ("Ada", before.version + 1, T0)
    with pytest.raises(Refused, match="meanwhile"):
        incidents.change(conn, number, T0, version=before.version, assignee="Ben")
    with pytest.raises(ValueError, match="reference"):
        incidents.change(conn, number, T0, reference="INC-1")


def test_a_list_is_filtered_and_goes_on_where_a_page_ended(conn):
    numbers = [
        an_incident(
            conn,
            detected_at=T0 + timedelta(hours=n),
            status=["open", "resolved"][n % 2],
            severity=["critical", "low", None][n % 3],
            affected_services=["checkout"] if n < 2 else ["search"],
            owner_team="platform" if n == 3 else None,
        )
        for n in range(6)
    ]

    def ids(**chosen):
        return [found.id for found in incidents.listed(conn, Filter(**chosen))]

    assert ids() == numbers[::-1]
    assert ids(statuses=(IncidentStatus.RESOLVED,)) == [numbers[5], numbers[3], numbers[1]]
    assert ids(severities=(Severity.CRITICAL,)) == [numbers[3], numbers[0]]
    assert ids(service="checkout") == [numbers[1], numbers[0]]
    assert ids(team="platform") == [numbers[3]]
    assert ids(since=T0 + timedelta(hours=4)) == [numbers[5], numbers[4]]
    assert ids(limit=2) == [numbers[5], numbers[4]]
    assert ids(limit=2, before=numbers[4]) == [numbers[3], numbers[2]]
    assert incidents.counts(conn) == {"open": 3, "resolved": 3}


def test_alerts_stand_with_their_incident(conn):
    number = an_incident(conn)
    an_alert(conn, incident_id=number, title="Disk full")

    assert incidents.incident(conn, number).detected_at == datetime(2026, 11, 20, 6, tzinfo=UTC)
