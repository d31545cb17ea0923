"""What time alone does: windows end, signs of life stay away, old incidents expire and close."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.errors import WrongUse
from models.records.grouping import Window
from models.records.maintenance import Heartbeat, Series
from models.records.severity import Severity
from models.store import connection, heartbeats, transaction, windows
from tasks.alerts.grouping import load_policy
from tasks.alerts.incidents.handling import Act, acknowledge, change_severity, investigate, reopen
from tasks.alerts.triage import passing
from tasks.alerts.triage.draining import Triage, drain
from tasks.alerts.triage.heartbeats import check, expect, forget
from tasks.alerts.triage.passing import close_old, forget_words, pass_time
from tasks.alerts.triage.planned_windows import go_on, next_start, plan_series, plan_window
from tasks.alerts.triage.sweeping import sweep
from tests import inbox
from tests.inbox import at, kinds, prometheus, rows, triage


def plan(starts=-60.0, ends=10.0, **match) -> int:
    window = Window(
        id="",
        starts_at=at(starts),
        ends_at=at(ends),
        match={name: (value,) for name, value in match.items()},
        reason="patching",
        owner="ada",
    )
    with transaction() as conn:
        return plan_window(conn, window, at(starts))


def pass_to(minute: float):
    with connection() as conn:
        return pass_time(Triage(), conn, at(minute))


@pytest.mark.usefixtures("database")
class TestAWindow:
    def test_keeps_what_matches_without_an_incident_and_says_which_window_holds_it(self):
        number = plan(service="shop")

        triage(prometheus("NodeDown", "web-1", service="shop"), prometheus("NodeDown", "db-1"))

        assert inbox.incidents() == [("open", 1, 1)]
        assert rows("SELECT action, suppressed_by FROM alerts ORDER BY id") == [
            ("suppress", [str(number)]),
            ("group", []),
        ]
        with transaction() as conn:
            assert windows.held_counts(conn, [number]) == {number: 1}

    def test_gives_back_at_its_end_what_still_fires_and_says_so(self):
        number = plan(service="shop")
        triage(prometheus("NodeDown", "web-1", service="shop"))
        pass_to(5)
        assert inbox.incidents() == []

        told = pass_to(11)

        assert told.kinds == {1: {"opened"}}
        assert inbox.incidents() == [("open", 1, 1)]
        assert kinds() == ["status", "alert_fired", "suppressed"]
        found = rows("SELECT maintenance_id, labels->>'started', root_alert_id FROM incidents")
        assert found == [(str(number), "during maintenance", 1)]
        assert rows("SELECT action, incident_id FROM alerts") == [("group", 1)]
        assert rows("SELECT action, incident_id FROM alert_events") == [("group", 1)]
        assert pass_to(12).kinds == {}

    def test_gives_nothing_back_of_what_ended_within_it(self):
        plan(service="shop")
        triage(prometheus("NodeDown", "web-1", service="shop"))
        triage(prometheus("NodeDown", "web-1", resolved=5, service="shop"), minute=5)

        pass_to(11)

        assert inbox.incidents() == []

    def test_gives_back_into_the_incident_of_the_same_failure_however_long_ago_that_was(self):
        plan(ends=600, alertname="NodeDown")
        triage(prometheus("NodeDown", "web-1"), minute=0.5)
        triage(prometheus("PingFailed", "web-1", 1), minute=1.5)

        told = pass_to(601)

        assert told.kinds == {1: {"updated"}}
        assert inbox.incidents() == [("open", 2, 2)]
        ((told,),) = rows("SELECT explanation FROM alert_events WHERE alert_id = 1")
        assert (told["rule"], told["chosen"]["incident"]) == ("handed-back", "1")
        assert told["chosen"]["features"]["gap_minutes"] == 1.0

    def test_of_several_the_last_end_counts(self):
        plan(ends=10, service="shop")
        plan(ends=20, instance="web-1")
        triage(prometheus("NodeDown", "web-1", service="shop"))

        pass_to(11)
        assert inbox.incidents() == []

        pass_to(21)
        assert inbox.incidents() == [("open", 1, 1)]

    def test_what_was_given_back_resolves_like_any_other(self):
        plan(service="shop")
        triage(prometheus("NodeDown", "web-1", service="shop"))
        pass_to(11)

        triage(prometheus("NodeDown", "web-1", resolved=12, service="shop"), minute=12)

        assert inbox.incidents() == [("resolved", 1, 0)]

    def test_gives_back_what_happened_within_it_and_came_after_its_end(self):
        plan(service="shop")
        pass_to(11)

        triage(prometheus("NodeDown", "web-1", 9, service="shop"), minute=12)
        assert rows("SELECT action FROM alerts") == [("suppress",)]

        assert pass_to(13).kinds == {1: {"opened"}}
        assert inbox.incidents() == [("open", 1, 1)]

    def test_gives_back_all_that_it_holds_however_much_and_nothing_of_another(self, monkeypatch):
        monkeypatch.setattr(passing, "HANDED_BACK_AT_ONCE", 2)
        plan(service="shop")
        plan(ends=30, service="mail")
        bodies = [prometheus("NodeDown", f"web-{n}", service="shop") for n in range(5)]
        triage(prometheus("NodeDown", "mail-1", service="mail"), *bodies)

        told = pass_to(11)

        assert sum(row[1] for row in inbox.incidents()) == 5
        assert set(told.kinds) == {row[0] for row in rows("SELECT id FROM incidents")}
        assert rows("SELECT count(*) FROM alerts WHERE action = 'suppress'") == [(1,)]

    def test_names_the_flow_run_that_ended_it(self):
        plan(service="shop")
        triage(prometheus("NodeDown", "web-1", service="shop"))

        with connection() as conn:
            pass_time(Triage(flow_run_id="run-1"), conn, at(11))

        assert rows("SELECT flow_run_id FROM incidents") == [("run-1",)]

    @pytest.mark.parametrize(
        "changes",
        [{"reason": " "}, {"owner": ""}, {"ends_at": at(-61)}, {"ends_at": at(60 * 24 * 100)}],
    )
    def test_without_reason_owner_or_a_sensible_end_is_refused(self, changes):
        values = {
            "id": "", "starts_at": at(-60), "ends_at": at(10), "reason": "r", "owner": "o",
        } | changes  # fmt: skip
        with transaction() as conn, pytest.raises(WrongUse):
            plan_window(conn, Window(**values), at(-60))


class TestASeries:
    @pytest.fixture
    def sundays(self):
        return Series(
            rrule="FREQ=WEEKLY;BYDAY=SU",
            starts_at=datetime(2026, 3, 1, 1, tzinfo=UTC),  # 02:00 in Berlin, in winter
            duration_seconds=3600,
            match={},
            reason="patching",
            owner="ada",
            time_zone="Europe/Berlin",
        )

    def test_comes_at_the_same_time_by_the_wall_clock_in_summer(self, sundays):
        assert next_start(sundays, datetime(2026, 3, 2, tzinfo=UTC)).hour == 1
        assert next_start(sundays, datetime(2026, 6, 1, tzinfo=UTC)).hour == 0

    def test_is_in_the_occurrence_that_goes_on(self, sundays):
        goes_on = datetime(2026, 3, 8, 1, 30, tzinfo=UTC)

        assert next_start(sundays, goes_on) == datetime(2026, 3, 8, 1, tzinfo=UTC)

    def test_plans_one_window_after_the_other(self, sundays, database):
        with transaction() as conn:
            plan_series(conn, sundays, datetime(2026, 3, 2, tzinfo=UTC))
            assert go_on(conn, datetime(2026, 3, 3, tzinfo=UTC)) == 0
            assert go_on(conn, datetime(2026, 3, 9, tzinfo=UTC)) == 1
            starts = [one.window.starts_at.day for one in windows.listed(conn)]
        assert starts == [15, 8]

    def test_ends_after_its_last_occurrence(self, sundays, database):
        once = Series(**{
            name: getattr(sundays, name) for name in Series.__slots__
        } | {"rrule": "FREQ=WEEKLY;BYDAY=SU;UNTIL=20260308T235900Z"})  # fmt: skip
        with transaction() as conn:
            plan_series(conn, once, datetime(2026, 3, 2, tzinfo=UTC))
            go_on(conn, datetime(2026, 3, 9, tzinfo=UTC))
            assert windows.series(conn) == []

    @pytest.mark.parametrize(
        "rule",
        ["", "FREQ=SOMETIMES", "nonsense", "FREQ=SECONDLY", "DTSTART:20260101T000000\nFREQ=DAILY",
         "FREQ=DAILY;COUNT=x", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;" * 100,
         "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31", "FREQ=DAILY;BYMONTH=13;BYMONTHDAY=1",
         "FREQ=WEEKLY;BYYEARDAY=400", "FREQ=DAILY;INTERVAL=7;BYDAY=MO", "FREQ=DAILY;COUNT=100000",
         "FREQ=DAILY;BYHOUR=1;BYMINUTE=1,2", "FREQ=YEARLY;INTERVAL=900"],
    )  # fmt: skip
    def test_with_a_rule_that_makes_no_sense_is_refused(self, sundays, rule, database):
        wrong = Series(
            **{name: getattr(sundays, name) for name in Series.__slots__} | {"rrule": rule}
        )
        with transaction() as conn, pytest.raises(WrongUse):
            plan_series(conn, wrong, datetime(2026, 3, 2, tzinfo=UTC))

    @pytest.mark.parametrize("frequency", ["HOURLY", "MINUTELY", "SECONDLY"])
    def test_finer_than_daily_is_refused_in_one_line(self, sundays, frequency, database):
        hourly = replace(sundays, rrule=f"FREQ={frequency};BYMONTH=2;BYMONTHDAY=31")
        with transaction() as conn, pytest.raises(WrongUse, match=r"^a series comes daily at most"):
            plan_series(conn, hourly, datetime(2026, 3, 2, tzinfo=UTC))

    def test_is_reckoned_from_its_last_window_and_keeps_its_time_and_its_rhythm(self, sundays):
        fortnightly = replace(sundays, rrule="FREQ=WEEKLY;INTERVAL=2")
        moved = replace(fortnightly, last_start=datetime(2026, 3, 29, 1, tzinfo=UTC))  # 03:00, as
        # clocks were put forward at 2
        for day in (30, 31):
            asked = datetime(2026, 3, day, tzinfo=UTC)
            assert next_start(moved, asked) == next_start(fortnightly, asked)
        assert next_start(moved, asked) == datetime(2026, 4, 12, 0, tzinfo=UTC)

    def test_that_counts_its_windows_counts_them_from_the_first(self, sundays):
        twice = replace(sundays, rrule="FREQ=WEEKLY;COUNT=2", last_start=sundays.starts_at)

        assert next_start(twice, datetime(2026, 3, 9, tzinfo=UTC)) is None

    def test_knows_its_last_window(self, sundays, database):
        with transaction() as conn:
            plan_series(conn, sundays, datetime(2026, 3, 2, tzinfo=UTC))
            (stored,) = windows.series(conn)

        assert stored.last_start == datetime(2026, 3, 8, 1, tzinfo=UTC)


@pytest.mark.usefixtures("database")
class TestASignOfLife:
    @pytest.fixture(autouse=True)
    def expected(self, database):
        with transaction() as conn:
            expect(conn, Heartbeat(name="backup", every_seconds=60, grace_seconds=30))

    def soon(self, seconds):
        return datetime.now(UTC) + timedelta(seconds=seconds)

    def test_that_stays_away_becomes_one_alert_and_comes_back_resolves_it(self):
        assert check(self.soon(80)) == 0
        assert check(self.soon(100)) == 1
        assert check(self.soon(200)) == 0
        drain()
        assert inbox.incidents() == [("open", 1, 1)]
        assert rows("SELECT title, severity FROM alerts") == [("No sign of life of backup", "high")]

        with transaction() as conn:
            heartbeats.beat(conn, {"backup": self.soon(210)})
        assert check(self.soon(220)) == 1
        drain()
        assert inbox.incidents() == [("resolved", 1, 0)]

    def test_that_is_expected_no_more_resolves_its_alert(self):
        check(self.soon(100))
        with transaction() as conn:
            forget(conn, "backup")
        drain()

        assert inbox.incidents() == [("resolved", 1, 0)]

    def test_may_be_an_alert_that_matches_which_is_no_alert_then(self):
        with transaction() as conn:
            expect(
                conn,
                Heartbeat(name="dog", every_seconds=60, match={"alertname": ("AlwaysFiring",)}),
            )

        triage(prometheus("AlwaysFiring", "prom-1"))

        assert inbox.incidents() == []
        assert rows("SELECT action FROM alerts") == [("ignore",)]
        with transaction() as conn:
            seen = {one.name: one.last_seen_at for one in heartbeats.listed(conn)}
        assert seen["dog"] is not None
        assert seen["backup"] is None

    @pytest.mark.parametrize(("minutes", "silent"), [(0.5, 0), (10, 1)])
    def test_that_waits_in_the_inbox_counts_from_when_it_came(self, minutes, silent):
        match = {"alertname": ("AlwaysFiring",)}
        with transaction() as conn:
            forget(conn, "backup")
            expect(conn, Heartbeat(name="dog", every_seconds=60, match=match))
            conn.execute("UPDATE heartbeats SET last_seen_at = now() - interval '1 hour'")
        came = (datetime.now(UTC) - inbox.BEGIN) / timedelta(minutes=1) - minutes
        inbox.receive(prometheus("AlwaysFiring", "prom-1"), minute=came)

        assert sweep("run-1").heartbeats == silent

        assert inbox.incidents() == [("open", 1, 1)] * silent
        assert rows("SELECT flow_run_id FROM incidents") == [("run-1",)] * silent

    def test_needs_a_name_that_can_stand_in_an_address(self):
        with transaction() as conn, pytest.raises(WrongUse):
            expect(conn, Heartbeat(name="../x", every_seconds=60))


@pytest.mark.usefixtures("database")
class TestAnIncident:
    def test_of_which_nothing_is_heard_for_a_week_counts_as_over(self):
        triage(prometheus("NodeDown", "web-1"))

        told = pass_to(60 * 24 * 8)

        assert told.kinds == {1: {"resolved"}}
        assert inbox.incidents() == [("resolved", 1, 0)]
        assert rows("SELECT resolved_at IS NOT NULL FROM alerts") == [(True,)]

    def test_whose_alert_is_sent_again_in_the_same_bytes_goes_on(self):
        body = prometheus("NodeDown", "web-1")
        triage(body)
        triage(body, minute=60 * 24 * 7)

        pass_to(60 * 24 * 8)

        assert inbox.incidents() == [("open", 1, 1)]

    def test_that_was_reopened_after_it_expired_stays_open_as_long_as_a_new_one(self):
        triage(prometheus("NodeDown", "web-1"))
        pass_to(60 * 24 * 8)
        with transaction() as conn:
            reopen(conn, 1, Act(actor="Ada", at=at(60 * 24 * 8 + 5)))

        pass_to(60 * 24 * 8 + 6)
        assert inbox.incidents() == [("open", 1, 0)]

        pass_to(60 * 24 * 16)
        assert inbox.incidents() == [("resolved", 1, 0)]

    @pytest.mark.parametrize("act", [acknowledge, investigate])
    def test_that_somebody_looks_at_does_not_expire(self, act):
        triage(prometheus("NodeDown", "web-1"), prometheus("NodeDown", "web-1", service="shop"))
        with transaction() as conn:
            after = act(conn, 1, Act(actor="Ada", at=at(5)))

        pass_to(60 * 24 * 8)

        assert inbox.incidents()[0] == (after.status, *inbox.incidents()[0][1:])

    def test_that_a_person_changes_meanwhile_expires_all_the_same(self, monkeypatch):
        triage(prometheus("NodeDown", "web-1"))
        real, others = passing.write, iter(["low"])

        def write(*arguments):
            for severity in others:
                with transaction() as conn:
                    change_severity(conn, 1, Act(actor="Ada", reason="minor"), Severity(severity))
            real(*arguments)

        monkeypatch.setattr(passing, "write", write)

        assert pass_to(60 * 24 * 8).kinds == {1: {"resolved"}}
        assert rows("SELECT severity FROM incidents") == [("low",)]

    def test_that_was_resolved_long_ago_is_closed_and_found_no_more(self):
        triage(prometheus("NodeDown", "web-1"))
        triage(prometheus("NodeDown", "web-1", resolved=5), minute=5)
        assert close_old(at(60 * 24)) == 0

        assert close_old(at(60 * 24 * 8)) == 1
        forget_words(load_policy(), at(60 * 24))

        assert inbox.incidents() == [("closed", 1, 0)]
        assert rows("SELECT count(*) FROM incident_tokens") == [(0,)]
