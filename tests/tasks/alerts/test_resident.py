"""The triage that stays: what it could not show is kept, and what breaks it is not kept quiet."""

from __future__ import annotations

import threading

import pytest

from models.errors import StoreUnavailable
from models.store import connection
from tasks.alerts.classification import Classifier
from tasks.alerts.triage import afterwards, resident
from tasks.alerts.triage.draining import Triage, TriageReport
from tasks.alerts.triage.resident import Resident
from tests.inbox import prometheus, rows, triage


def a_report(*numbers, deliveries=1):
    return TriageReport(deliveries=deliveries, incidents={one: {"opened"} for one in numbers})


def test_what_cannot_be_linked_to_its_flow_run_is_shown_by_the_next(monkeypatch):
    found = Resident()
    found._unshown = a_report(1)

    def away(report, flow_run_id):
        found._unshown.merge(a_report(2))  # triaged meanwhile
        raise StoreUnavailable("it restarts")

    monkeypatch.setattr(resident, "link", away)
    with pytest.raises(StoreUnavailable):
        found.burst("run-1")
    assert not found.shows_nothing()

    monkeypatch.setattr(resident, "link", lambda report, flow_run_id: None)
    report = found.burst("run-2")
    assert (report.deliveries, report.touched("opened")) == (2, [1, 2])


def test_without_prefect_only_so_many_incidents_are_kept_to_be_shown(monkeypatch, database):
    monkeypatch.setattr(resident, "MOST_UNSHOWN", 3)
    monkeypatch.setattr(resident, "wake", lambda: None)
    found = Resident()

    for number in range(10):
        found._note(a_report(number))
    found._end_burst()

    assert found.burst("run-1").touched("opened") == [7, 8, 9]


def test_what_breaks_the_triage_is_raised(monkeypatch, database):
    def broken(self, conn, limit=None):
        raise ZeroDivisionError

    monkeypatch.setattr(Triage, "drain", broken)

    with pytest.raises(ZeroDivisionError):
        Resident().run()


def test_what_breaks_the_enrichment_beside_it_ends_the_triage(monkeypatch, database):
    def broken(ahead):
        raise ZeroDivisionError

    monkeypatch.setattr(resident, "_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(resident, "enrich_due", broken)

    with pytest.raises(RuntimeError):
        Resident().run()


def test_what_classifies_is_loaded_once_before_the_first_alert(monkeypatch, database):
    loaded = threading.Semaphore(0)
    monkeypatch.setattr(Classifier, "warm", lambda self: loaded.release())
    one = Triage()

    with connection() as conn:
        one.warm(conn)
        one.warm(conn)

    assert loaded.acquire(blocking=False)
    assert not loaded.acquire(blocking=False)


def test_each_enrichment_has_the_whole_of_its_lease(monkeypatch, database):
    triage(prometheus("NodeDown", "web-1"), prometheus("DiskFull", "db-7"))
    rows("UPDATE incidents SET enrich_after = now() RETURNING id")
    left = []

    def enrich(number):
        left.append(rows("SELECT count(*) FROM incidents WHERE enrich_after <= now()")[0][0])
        if number == 1:
            raise ValueError("it fails")

    monkeypatch.setattr(afterwards, "enrich", enrich)

    assert afterwards.enrich_due() == 1
    assert left == [1, 0]
