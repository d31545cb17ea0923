"""Times to acknowledge and resolve: what counts, what stands apart, and that counts are told."""

from __future__ import annotations

from datetime import timedelta

from models.store import incidents
from tasks.alerts.incidents import metrics
from tasks.alerts.incidents.metrics import DEFINITIONS, MEASURES
from tests.alerting import T0, an_alert, an_incident


def after(minutes):
    return T0 + timedelta(minutes=minutes)


def an_ended_incident(conn, acknowledged, resolved, **changes):
    return an_incident(
        conn,
        status="resolved",
        acknowledged_at=after(acknowledged) if acknowledged is not None else None,
        resolved_at=after(resolved),
        started_at=after(-2),
        **changes,
    )


def rows(found, measure):
    (one,) = [each for each in found["measures"] if each["measure"] == measure]
    return {row["group"]: row for row in one["rows"]}


def test_each_figure_has_its_count_and_its_definition(conn):
    for minutes in (1, 2, 3, 4, 20):
        an_ended_incident(conn, minutes, 10 * minutes, severity="high", owner_team="storage")

    found = metrics.measured(conn)

    row = rows(found, "acknowledge")["severity high"]
    assert (row["count"], row["median"], row["p90"], row["mean"]) == (5, 180.0, 816.0, 360.0)
    assert rows(found, "resolve")["team storage"]["median"] == 1800.0
    assert rows(found, "detect")["all"]["mean"] == 120.0
    assert rows(found, "mitigate") == {}
    assert {one["name"] for one in found["measures"]} == {name for name, _ in MEASURES.values()}
    assert found["totals"].keys() <= DEFINITIONS.keys()


def test_maintenance_and_what_ended_by_itself_stand_apart(conn):
    an_ended_incident(conn, 5, 10)
    an_ended_incident(conn, None, 1)
    an_ended_incident(conn, 1, 2, maintenance_id="7")
    by_hand = an_ended_incident(conn, None, 30)
    line = ("ours", "status", "Ada", "Ada resolved it", {"to": "resolved"}, ())
    incidents.add_entries(conn, [(by_hand, after(30), *line)])

    found = rows(metrics.measured(conn), "resolve")

    assert (found["all"]["count"], found["all"]["mean"]) == (2, 1200.0)
    assert found["apart by itself"]["count"] == 1
    assert found["apart maintenance"]["mean"] == 120.0


def test_noise_and_reopening_are_shares(conn):
    first = an_ended_incident(conn, 1, 2, alert_count=9)
    an_incident(conn, alert_count=1, status="merged", merged_into=first)
    second = an_ended_incident(conn, 1, 2, alert_count=1)
    for number, to in ((first, "open"), (first, "resolved"), (second, "resolved"), (first, "open")):
        line = ("ours", "status", "nightshift", "it changed", {"to": to}, ())
        incidents.add_entries(conn, [(number, after(3), *line)])
    an_alert(conn, incident_id=first)
    an_alert(conn, action="suppress")

    found = metrics.measured(conn)["totals"]

    assert found["incidents"] == 2
    assert (found["noise_ratio"], found["reopen_rate"]) == (5.0, 0.5)
    assert found["suppressed_percent"] == 50.0


def test_only_what_was_detected_since_then_counts(conn):
    an_ended_incident(conn, 1, 2)

    found = metrics.measured(conn, after(1))

    assert found["totals"]["incidents"] == 0
    assert found["totals"]["noise_ratio"] is None
    assert rows(found, "resolve") == {}
