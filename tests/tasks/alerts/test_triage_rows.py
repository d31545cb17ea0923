"""What triage leaves behind: rows with all that was told, summaries that are due, no connection."""

from __future__ import annotations

import time
from contextlib import nullcontext

import pytest

from tasks.alerts.triage import draining
from tests import inbox
from tests.inbox import at, plain, prometheus, receive, rows, triage

pytestmark = pytest.mark.usefixtures("database")


def test_an_alert_s_row_holds_what_was_sent_what_was_read_out_of_it_and_both_times():
    body = prometheus(
        "HighErrorRate",
        "web-1",
        minute=2,
        service="shop",
        env="prod",
        region="eu-west-1",
        error_code="ERR_503",
    )

    triage(body, minute=7)

    (found,) = rows(
        "SELECT severity, service_name, environment, region, error_code, external_id <> '',"
        " alert_timestamp, created_at, incident_id FROM alerts"
    )
    assert found == (
        *("critical", "shop", "prod", "eu-west-1", "ERR_503", True),
        *(at(2), at(7), 1),
    )
    ((raw,),) = rows("SELECT body FROM deliveries JOIN alerts ON delivery_id = deliveries.id")
    assert bytes(raw) == body


def test_what_was_predicted_stands_in_the_row_with_its_confidence():
    body = inbox.as_body({"title": "Disk sda1 of postgres is full", "status": "firing"})

    triage(body, vendor="acme")

    (found,) = rows(
        "SELECT severity, predicted_severity IS NOT NULL, predicted_team,"
        " confidence_score BETWEEN 0.01 AND 1 FROM alerts"
    )
    assert found == (None, True, "database", True)


def due() -> bool:
    """Tell whether a summary is due, and take it as written."""
    found = rows("SELECT enrich_after IS NOT NULL FROM incidents")
    rows("UPDATE incidents SET enrich_after = NULL RETURNING id")
    return found == [(True,)]


def test_a_summary_is_due_at_once_for_what_is_grave_and_else_as_alerts_double():
    def tell(number: int, severity: str) -> bool:
        body = plain("Replica lags", dedup_key=str(number), host="db-1", severity=severity)
        triage(body, vendor="generic", minute=number / 10)
        return due()

    mild = [number for number in range(1, 17) if tell(number, "low")]

    assert mild == [3, 6, 12]
    assert not tell(17, "low")
    assert tell(18, "critical")
    assert not tell(19, "critical")
    assert inbox.incidents() == [("open", 19, 19)]


def clients() -> int:
    """Return how many connections there are beside the one that asks."""
    ((found,),) = rows(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    return int(found)


@pytest.mark.parametrize("error", [None, ZeroDivisionError, KeyboardInterrupt])
def test_no_connection_stays_behind_however_triage_ended(error, monkeypatch):
    before = clients()
    if error is not None:

        def broken(*_):
            raise error

        monkeypatch.setattr(draining.Triage, "_take", broken)
    receive(prometheus("NodeDown", "web-1"))

    with pytest.raises(error) if error else nullcontext():
        draining.drain()

    deadline = time.monotonic() + 5  # Postgres takes a moment to notice
    while clients() > before:
        assert time.monotonic() < deadline
        time.sleep(0.05)
