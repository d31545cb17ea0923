"""Findings of the health checks over time: what is written, and what keeps its date."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.records.check import CheckResult, Severity, Suppression
from models.store import checks, transaction

FIRST = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECOND = FIRST + timedelta(hours=1)
FULL = CheckResult(
    check="DS-01",
    title="Datastore filling up",
    asset_id="datastore-1",
    asset_name="ds-1",
    kind="datastore",
    result=Severity.WARN,
    message="80 % used",
    evidence={"used_percent": 80},
    remedy="Free space.",
    privilege="System.Read",
)
FINE = replace(FULL, asset_id="datastore-2", asset_name="ds-2", result=Severity.OK, remedy="")


def save(*results: CheckResult, now: datetime = FIRST) -> int:
    with transaction() as conn:
        return checks.save_results(conn, results, now)


def stored() -> list[CheckResult]:
    with transaction() as conn:
        return checks.current_results(conn)


def test_a_finding_comes_back_as_it_was_with_its_date(database):
    save(FULL, FINE)

    assert stored() == [replace(FULL, since=FIRST)]
    assert type(stored()[0].result) is Severity


def test_what_is_ok_is_only_counted(database):
    save(FULL, FINE, replace(FINE, asset_id="datastore-3"))

    with transaction() as conn:
        assert checks.check_counts(conn) == {"DS-01": {Severity.OK: 2, Severity.WARN: 1}}


def test_the_same_results_write_nothing_the_second_time(database):
    assert save(FULL, FINE) == 2
    assert save(FULL, FINE, now=SECOND) == 0


def test_other_words_for_the_same_verdict_keep_its_date(database):
    save(FULL)
    fuller = replace(FULL, message="85 % used", evidence={"used_percent": 85})

    assert save(fuller, now=SECOND) == 1
    assert stored() == [replace(fuller, since=FIRST)]


def test_another_verdict_has_a_date_of_its_own(database):
    save(FULL)
    save(replace(FULL, result=Severity.CRIT), now=SECOND)

    assert [item.since for item in stored()] == [SECOND]


def test_a_finding_that_is_settled_goes_and_counts_as_ok(database):
    save(FULL)
    save(replace(FULL, result=Severity.OK), now=SECOND)

    assert stored() == []
    with transaction() as conn:
        assert checks.check_counts(conn) == {"DS-01": {Severity.OK: 1}}


def test_a_check_that_is_no_longer_run_leaves_nothing_behind(database):
    save(FULL, FINE)
    save(now=SECOND)

    assert stored() == []
    with transaction() as conn:
        assert checks.check_counts(conn) == {}


def test_the_worst_stand_first(database):
    order = [Severity.CRIT, Severity.WARN, Severity.UNKNOWN, Severity.INFO, Severity.SUPPRESSED]
    save(*(replace(FULL, asset_id=f"d-{rank}", result=one) for rank, one in enumerate(order[::-1])))

    assert [item.result for item in stored()] == order


def test_suppressions_are_replaced_by_their_key_and_removed_once(database):
    silence = Suppression(check="DS-01", selector="ds-1", reason="moving", until=SECOND)
    with transaction() as conn:
        checks.suppress(conn, silence)
        checks.suppress(conn, replace(silence, reason="still moving", owner="ops"))
        (found,) = checks.suppressions(conn)
        assert (found.reason, found.owner, found.until) == ("still moving", "ops", SECOND)
        assert checks.unsuppress(conn, "DS-01", "ds-1")
        assert not checks.unsuppress(conn, "DS-01", "ds-1")
        assert checks.suppressions(conn) == []


@pytest.mark.parametrize(
    ("moment", "active"),
    [
        pytest.param(SECOND - timedelta(seconds=1), True, id="a second before its end"),
        pytest.param(SECOND, False, id="at its end"),
    ],
)
def test_a_suppression_holds_until_its_end(moment, active):
    silence = Suppression(check="DS-01", selector="ds-1", reason="moving", until=SECOND)

    assert silence.active(moment) is active
