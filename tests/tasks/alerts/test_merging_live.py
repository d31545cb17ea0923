"""What people merged and split stays so while triage goes on, and undoing it does too."""

from __future__ import annotations

import pytest

from models.store import connection, incidents, transaction
from tasks.alerts.enrichment.enriching import enrich
from tasks.alerts.incidents import handling as work
from tasks.alerts.incidents import merging
from tasks.alerts.incidents.handling import Act
from tests import inbox
from tests.inbox import prometheus, rows, triage

pytestmark = pytest.mark.usefixtures("database")
ADA = Act(actor="Ada", reason="one cause")


def where():
    """Return the incident of each alert, by its host."""
    return dict(rows("SELECT host, incident_id FROM alerts WHERE current ORDER BY id"))


def act(operation, *arguments):
    with transaction() as conn:
        return operation(conn, *arguments, ADA)


def test_events_of_merged_alerts_go_to_the_target_and_after_undo_back():
    triage(prometheus("NodeDown", "web-1"), prometheus("DiskFull", "db-7"))
    assert set(where().values()) == {1, 2}

    act(merging.merge, 2, 1)
    triage(prometheus("DiskFull", "db-7", resolved=3), minute=3)
    triage(prometheus("DiskFull", "db-7", 5), minute=5)
    assert set(where().values()) == {1}
    assert inbox.incidents()[0] == ("open", 2, 2)

    act(merging.undo, 2)
    assert set(where().values()) == {1, 2}
    triage(prometheus("DiskFull", "db-7", resolved=7), minute=7)
    assert [row[0] for row in inbox.incidents()] == ["open", "resolved"]
    triage(prometheus("NodeDown", "web-1", resolved=8), minute=8)
    assert [row[0] for row in inbox.incidents()] == ["resolved", "resolved"]


def test_an_incident_begins_when_its_own_alerts_did_once_a_merge_is_taken_back():
    triage(prometheus("NodeDown", "web-1"))
    triage(prometheus("DiskFull", "db-7", 4), minute=4)
    began = rows("SELECT started_at FROM incidents ORDER BY id")
    act(merging.merge, 1, 2)
    act(merging.undo, 1)

    triage(prometheus("DiskFull", "db-7", resolved=6), minute=6)

    assert rows("SELECT started_at FROM incidents ORDER BY id") == began


def test_events_of_split_alerts_stay_with_the_new_incident():
    triage(prometheus("NodeDown", "web-1"), prometheus("PingFailed", "web-1"))
    assert inbox.incidents() == [("open", 2, 2)]
    (second,) = rows("SELECT id FROM alerts WHERE rule = 'PingFailed'")[0]

    new = act(merging.split, 1, [second])
    triage(prometheus("PingFailed", "web-1", resolved=4), minute=4)
    triage(prometheus("PingFailed", "web-1", 6), minute=6)

    assert rows("SELECT incident_id FROM alerts WHERE rule = 'PingFailed' AND current") == [
        (new.id,)
    ]
    assert inbox.incidents() == [("open", 1, 1), ("open", 1, 1)]
    act(merging.undo, 1)
    triage(prometheus("PingFailed", "web-1", resolved=8), minute=8)
    assert inbox.incidents()[0] == ("open", 2, 1)


def test_a_merged_incident_resolves_with_the_last_alert_of_both():
    triage(prometheus("NodeDown", "web-1"), prometheus("DiskFull", "db-7"))
    act(merging.merge, 2, 1)

    triage(prometheus("NodeDown", "web-1", resolved=3), minute=3)
    assert inbox.incidents()[0][0] == "open"
    triage(prometheus("DiskFull", "db-7", resolved=4), minute=4)
    assert inbox.incidents()[0][0] == "resolved"


def test_what_enrichment_writes_stays_while_alerts_come_in():
    triage(prometheus("NodeDown", "web-1", service="shop"))
    enrich(1, model=lambda: None)
    before = incident(1)
    assert before.summary

    triage(prometheus("NodeDown", "web-1", resolved=3, service="shop"), minute=3)

    after = incident(1)
    assert (after.summary, after.probable_cause) == (before.summary, before.probable_cause)
    assert after.grouping == before.grouping
    assert rows("SELECT id FROM incidents WHERE enrich_after <= now()") == [(1,)]
    enrich(1, model=lambda: None)
    assert "it is resolved" in incident(1).summary


def test_a_closed_incident_takes_nothing_and_a_forced_resolve_holds():
    triage(prometheus("NodeDown", "web-1"))
    with transaction() as conn:
        work.resolve(conn, 1, ADA, force=True)
        work.close(conn, 1, ADA)

    triage(prometheus("NodeDown", "web-1", 5), minute=5)

    assert [row[0] for row in inbox.incidents()] == ["closed", "open"]
    assert where() == {"web-1": 2}


def incident(number):
    with connection() as conn:
        return incidents.incident(conn, number)
