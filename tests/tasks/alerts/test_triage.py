"""Deliveries become alerts and incidents, each exactly once."""

from __future__ import annotations

import pytest

from models.errors import Busy, ConfigurationError, StoreFull
from models.settings import settings
from models.store import alert_list, connection, deliveries, incidents, transaction
from tasks.alerts.grouping import load_policy
from tasks.alerts.incidents.handling import Act, acknowledge, change_severity, close, resolve
from tasks.alerts.incidents.merging import merge, split
from tasks.alerts.triage import draining as triaging
from tasks.alerts.triage import placing, preparing, saving
from tests import inbox
from tests.inbox import at, kinds, plain, prometheus, receive, rows, triage

pytestmark = pytest.mark.usefixtures("database")


def test_an_alert_opens_an_incident_with_its_timeline():
    report = triage(prometheus("NodeDown", "web-1", service="shop"))

    assert report.deliveries == 1
    assert report.incidents == {1: {"opened", "updated"}}
    assert inbox.incidents() == [("open", 1, 1)]
    assert kinds() == ["status", "alert_fired", "grouped"]
    with transaction() as conn:
        found = incidents.incident(conn, 1)
        (alert,) = alert_list.of_incident(conn, 1)
    assert found.reference.endswith("-000001")
    assert found.severity == "critical"
    assert found.root_alert_id == alert.id
    assert alert.service == "shop"
    assert found.affected_services == ("shop",)


def test_all_alerts_of_one_body_are_stored_and_an_incident_resolves_with_the_last_of_them():
    triage(prometheus("NodeDown", "web-1"), prometheus("PingFailed", "web-1"))
    triage(prometheus("NodeDown", "web-1", resolved=5), minute=5)

    assert inbox.incidents() == [("open", 2, 1)]

    triage(prometheus("PingFailed", "web-1", resolved=6), minute=6)

    assert inbox.incidents() == [("resolved", 2, 0)]
    assert rows("SELECT resolved_at FROM incidents")[0][0] == at(6)
    assert kinds()[-2:] == ["alert_resolved", "status"]


def test_another_failure_of_the_same_machine_after_the_resolve_is_an_incident_of_its_own():
    triage(prometheus("NodeDown", "web-1"))
    triage(prometheus("NodeDown", "web-1", resolved=3), minute=3)
    triage(prometheus("DiskFull", "web-1", 8), minute=8)

    assert [row[0] for row in inbox.incidents()] == ["resolved", "open"]


def test_the_same_key_soon_after_reopens_and_unrelated_alerts_stay_apart():
    triage(prometheus("NodeDown", "web-1"), prometheus("DiskFull", "db-7"))
    triage(prometheus("NodeDown", "web-1", resolved=5), minute=5)
    report = triage(prometheus("NodeDown", "web-1", 10), minute=10)

    assert [row[0] for row in inbox.incidents()] == ["open", "open"]
    assert report.touched("reopened") == [1]
    assert rows("SELECT count(*) FROM alerts")[0][0] == 2


@pytest.mark.parametrize(
    ("fires", "ends"),
    [
        pytest.param({"starts_at": at(120).isoformat()}, {}, id="fires two hours ahead"),
        pytest.param({"starts_at": "8999-01-01T00:00:00Z"}, {}, id="fires in another age"),
        pytest.param({}, {"ends_at": at(-0.5).isoformat()}, id="ends by a clock that is behind"),
    ],
)
def test_a_sender_s_wrong_clock_keeps_no_incident_open(fires, ends):
    triage(plain("Fan is broken", dedup_key="fan", **fires), vendor="generic")
    assert rows("SELECT alert_timestamp <= created_at FROM alerts") == [(True,)]

    triage(plain("Fan is broken", "resolved", dedup_key="fan", **ends), vendor="generic", minute=1)

    assert inbox.incidents() == [("resolved", 1, 0)]


def test_repeats_add_events_but_no_lines_and_no_alerts():
    first = prometheus("NodeDown", "web-1")
    again = first.replace(b'"receiver": "n"', b'"receiver": "m"')
    triage(first)
    lines = kinds()

    report = triage(again, minute=1)

    assert report.incidents == {}
    assert kinds() == lines
    assert rows("SELECT occurrences FROM alerts") == [(2,)]
    assert rows("SELECT count(*) FROM alert_events") == [(2,)]


def test_what_is_no_alert_is_a_dead_letter_and_the_rest_of_the_batch_is_not():
    report = triage(b"nonsense", prometheus("NodeDown", "web-1"), b'{"a": [1]}')

    assert (report.deliveries, report.dead) == (3, 2)
    assert inbox.incidents() == [("open", 1, 1)]
    with transaction() as conn:
        assert len(deliveries.dead_letters(conn)) == 2
        assert deliveries.counts(conn)["dead_letter"] == 2


def test_a_bug_in_an_adapter_costs_only_its_own_delivery(monkeypatch):
    real = preparing.normalize

    def normalize(vendor, body, kind=None):
        if b"poison" in body:
            raise KeyError("a bug")
        return real(vendor, body, kind)

    monkeypatch.setattr(preparing, "normalize", normalize)

    report = triage(prometheus("NodeDown", "web-1"), prometheus("NodeDown", "poison"))

    assert (report.deliveries, report.dead) == (2, 1)
    assert inbox.incidents() == [("open", 1, 1)]


def test_the_reason_of_a_dead_letter_quotes_no_secret_and_is_short(monkeypatch):
    def normalize(vendor, body, kind=None):
        raise ValueError(f"cannot read {body.decode()} {'x' * 1000}")

    monkeypatch.setattr(preparing, "normalize", normalize)

    triage(b'{"title": "x", "password": "hunter2-hunter2"}', vendor="generic")

    (reason,) = rows("SELECT error FROM deliveries")[0]
    assert reason.startswith("cannot read")
    assert "hunter2" not in reason
    assert len(reason) <= 300


def test_a_delivery_that_cannot_be_stored_is_tried_alone_and_ends_as_a_dead_letter(monkeypatch):
    real = saving.alert_row

    def alert_row(episode, memory, incident_id):
        if "poison" in episode.events[0].event.alert.title:
            raise ValueError("a bug")
        return real(episode, memory, incident_id)

    monkeypatch.setattr(saving, "alert_row", alert_row)
    names = ("web-1", "web-2", "poison", "web-3")

    triage(*(prometheus("NodeDown", name) for name in names[:2]))
    report = triage(prometheus("poison", "db-1"), prometheus("NodeDown", "web-3"))

    assert report.dead == 1
    assert rows("SELECT state, count(*) FROM deliveries GROUP BY 1 ORDER BY 1") == [
        ("done", 3),
        ("failed", 1),
    ]
    assert rows("SELECT count(*) FROM alerts") == [(3,)]


def test_a_classifier_that_breaks_leaves_fallback_values_and_no_alert_is_lost(monkeypatch):
    def classify(self, alerts, sources=()):
        raise ZeroDivisionError

    monkeypatch.setattr(triaging.Classifier, "classify", classify)

    triage(prometheus("NodeDown", "web-1"))

    assert inbox.incidents() == [("open", 1, 1)]
    ((found,),) = rows("SELECT classification FROM alerts")
    assert found["method"] == "fallback"
    assert "ZeroDivisionError" in found["failure"]


def test_a_predicted_severity_never_takes_the_place_of_a_sent_one():
    silent = plain("The database is down and unreachable", dedup_key="a").replace(
        b'"severity": "high", ', b""
    )
    triage(silent, plain("It is a bit slow", dedup_key="b"), vendor="acme")

    found = rows("SELECT severity, predicted_severity IS NULL FROM alerts ORDER BY id")
    assert found == [(None, False), ("high", True)]


def test_the_confidence_is_that_of_the_predicted_severity_and_none_where_it_was_sent():
    bodies = (plain("Disk full"), inbox.as_body({"title": "Disk sda1 full", "status": "firing"}))
    triage(*bodies, vendor="acme")

    sent, predicted = rows(
        "SELECT severity, predicted_severity, confidence_score,"
        " round((classification->>'severity_confidence')::numeric, 4)::real FROM alerts ORDER BY id"
    )
    assert sent[:3] == ("high", None, None)
    assert predicted[1] is not None
    assert predicted[2] == pytest.approx(predicted[3])


def test_a_run_whose_lease_ran_out_commits_nothing_and_the_next_one_does():
    receive(prometheus("NodeDown", "web-1"))
    with connection() as conn:
        slow = triaging.Triage()
        with conn.transaction():
            claimed = deliveries.claim_batch(conn, 10, 0.0, "slow")
        triaging.drain()
        batch = slow._prepared(conn, claimed)
        with pytest.raises(Busy):
            slow._placed(conn, batch, "slow")

    assert inbox.incidents() == [("open", 1, 1)]
    assert rows("SELECT count(*) FROM alert_events") == [(1,)]


def test_a_person_who_acts_meanwhile_is_not_overwritten(monkeypatch):
    triage(prometheus("NodeDown", "web-1"))
    real, acted = placing.group, []

    def group(signals, memory, context):
        if not acted:
            acted.append(True)
            with transaction() as other:
                acknowledge(other, 1, Act(actor="ada"))
        return real(signals, memory, context)

    monkeypatch.setattr(placing, "group", group)

    triage(prometheus("PingFailed", "web-1"), minute=1)

    assert inbox.incidents() == [("acknowledged", 2, 2)]


def test_a_severity_that_a_person_set_stays():
    triage(prometheus("NodeDown", "web-1"))
    with transaction() as conn:
        change_severity(conn, 1, Act(actor="ada", reason="a spare"), "low")

    triage(prometheus("PingFailed", "web-1"), minute=1)

    assert rows("SELECT severity, alert_count FROM incidents") == [("low", 2)]


def test_a_closed_incident_takes_nothing_any_more():
    triage(prometheus("NodeDown", "web-1"))
    triage(prometheus("NodeDown", "web-1", resolved=2), minute=2)
    with transaction() as conn:
        close(conn, 1, Act(actor="ada"))

    triage(prometheus("NodeDown", "web-1", 4), minute=4)

    assert inbox.incidents() == [("closed", 1, 0), ("open", 1, 1)]
    found = rows("SELECT incident_id, current FROM alerts ORDER BY id")
    assert found == [(1, False), (2, True)]


def test_an_incident_that_a_person_resolved_is_not_opened_by_a_repeat():
    first = prometheus("NodeDown", "web-1")
    triage(first)
    with transaction() as conn:
        resolve(conn, 1, Act(actor="ada", reason="a test"), force=True)

    triage(first.replace(b'"receiver": "n"', b'"receiver": "m"'), minute=1)

    assert inbox.incidents()[0][0] == "resolved"
    assert len(inbox.incidents()) == 1


class TestASenderWithoutTimes:
    """The same bytes may tell of another time: a copy counts where it changes something."""

    def test_fires_resolves_and_fires_again_with_the_same_bytes(self):
        firing, over = plain("Backup failed"), plain("Backup failed", "resolved")
        triage(firing, vendor="acme")
        triage(over, vendor="acme", minute=1)
        assert inbox.incidents()[0][0] == "resolved"

        triage(firing, vendor="acme", minute=2)
        assert inbox.incidents() == [("open", 1, 1)]

        triage(over, vendor="acme", minute=3)
        assert inbox.incidents() == [("resolved", 1, 0)]

    def test_all_of_it_before_the_first_triage(self):
        firing, over = plain("Backup failed"), plain("Backup failed", "resolved")
        receive(firing, vendor="acme")
        receive(over, vendor="acme", minute=1)
        receive(firing, vendor="acme", minute=2)

        triaging.drain()

        assert inbox.incidents() == [("open", 1, 1)]
        assert rows("SELECT status, copy FROM alert_events ORDER BY id") == [
            ("firing", 0),
            ("resolved", 0),
            ("firing", 1),
        ]

    def test_a_copy_is_triaged_once(self):
        firing = plain("Backup failed")
        triage(firing, vendor="acme")
        triage(firing, vendor="acme", minute=1)
        triaging.drain()

        assert rows("SELECT occurrences FROM alerts") == [(2,)]
        assert rows("SELECT state, copies FROM deliveries") == [("done", 1)]


def test_a_copy_of_a_body_that_tells_its_time_is_the_same_delivery_and_changes_nothing():
    body = prometheus("NodeDown", "web-1")
    triage(body)
    triage(prometheus("NodeDown", "web-1", resolved=1), minute=1)

    report = triage(body, minute=2)

    assert report.deliveries == 0
    assert inbox.incidents() == [("resolved", 1, 0)]


def test_hostile_texts_are_stored_without_what_postgres_cannot_keep():
    title = 'NUL \0 and a lone \ud800 and \\u0000 and "quotes"; DROP TABLE alerts; --'
    report = triage(plain(title, dedup_key="k\0\ud800"), vendor="acme")

    assert report.dead == 0
    ((stored,),) = rows("SELECT title FROM alerts")
    assert "\0" not in stored
    assert "DROP TABLE" in stored


def test_the_policy_of_the_settings_is_the_one_that_is_stored_with_each_decision():
    triage(prometheus("NodeDown", "web-1"))

    ((found,),) = rows("SELECT explanation->>'policy' FROM alert_events")
    assert found == load_policy().version


def test_what_a_person_merged_stays_together():
    triage(prometheus("NodeDown", "web-1"), prometheus("DiskFull", "db-7"))
    with transaction() as conn:
        merge(conn, 2, 1, Act(actor="ada"))

    triage(prometheus("DiskFull", "db-7", resolved=3), minute=3)
    assert inbox.incidents() == [("open", 2, 1), ("merged", 0, 0)]

    triage(prometheus("NodeDown", "web-1", resolved=4), minute=4)
    assert inbox.incidents()[0] == ("resolved", 2, 0)


def test_what_a_person_split_off_stays_apart():
    triage(prometheus("NodeDown", "web-1"), prometheus("PingFailed", "web-1"))
    assert inbox.incidents() == [("open", 2, 2)]
    with transaction() as conn:
        split(conn, 1, [2], Act(actor="ada"))

    triage(prometheus("PingFailed", "web-1", resolved=3), minute=3)

    assert inbox.incidents() == [("open", 1, 1), ("resolved", 1, 0)]


def test_a_policy_that_cannot_be_read_is_told_and_costs_no_delivery(monkeypatch, tmp_path):
    wrong = tmp_path / "policy.toml"
    wrong.write_text("[windows]\nfull_minutes = -1\n")
    receive(prometheus("NodeDown", "web-1"))
    monkeypatch.setenv("NIGHTSHIFT_TRIAGE_POLICY", str(wrong))
    settings.cache_clear()

    with pytest.raises(ConfigurationError):
        triaging.drain()

    assert rows("SELECT state, attempts FROM deliveries") == [("waiting", 0)]
    monkeypatch.delenv("NIGHTSHIFT_TRIAGE_POLICY")
    settings.cache_clear()
    triaging.drain()
    assert inbox.incidents() == [("open", 1, 1)]


def test_a_full_disk_costs_no_delivery(monkeypatch):
    real, failed = placing.deliveries.finish, []

    def finish(*arguments):
        if not failed:
            failed.append(True)
            raise StoreFull("the disk is full")
        real(*arguments)

    monkeypatch.setattr(placing.deliveries, "finish", finish)
    receive(prometheus("NodeDown", "web-1"))

    with pytest.raises(StoreFull):
        triaging.drain()
    assert rows("SELECT state, attempts FROM deliveries") == [("waiting", 0)]

    triaging.drain()
    assert inbox.incidents() == [("open", 1, 1)]
