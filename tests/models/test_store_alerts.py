"""Triage reads and writes through indexes, whatever is stored."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from models.errors import Busy
from models.records.triage import AlertRow, EventRow, IncidentRow
from models.store import (
    alert_list,
    alerts,
    deliveries,
    incident_memory,
    incidents,
    maintenance,
    regrouping,
    transaction,
    windows,
)
from models.store.rows import as_rows

NOW = datetime.now(UTC).replace(microsecond=0)
MANY = 20_000


def an_alert(key="k", **changes) -> AlertRow:
    values = {
        "dedup_key": key, "vendor": "acme", "delivery_id": 1, "title": "t", "status": "firing",
        "action": "group", "alert_timestamp": NOW, "created_at": NOW, "last_seen_at": NOW,
        "memory": {"dedup_key": key},
    }  # fmt: skip
    return AlertRow(**{**values, **changes})


def an_incident(ref="new-1", **changes) -> IncidentRow:
    values = {
        "ref": ref, "title": "t", "status": "open", "severity": "high", "started_at": NOW,
        "detected_at": NOW, "last_event_at": NOW, "memory": {"ref": ref},
    }  # fmt: skip
    return IncidentRow(**{**values, **changes})


def an_event(alert_id, **changes) -> EventRow:
    values = {
        "alert_id": alert_id, "delivery_id": 1, "copy": 0, "position": 0, "status": "firing",
        "severity": None, "occurred_at": NOW, "received_at": NOW, "timed": True, "action": "group",
        "incident_id": None, "explanation": {},
    }  # fmt: skip
    return EventRow(**{**values, **changes})


def test_an_alert_that_comes_again_is_the_same_row_and_empty_texts_take_nothing_away(conn):
    first = alerts.save(conn, [an_alert(description="long", labels={"a": "b"}, severity="high")])
    again = alerts.save(conn, [an_alert(title="new", status="resolved", resolved_at=NOW)])

    assert first == again == {"k": 1}
    row = conn.execute(
        "SELECT title, description, labels, severity, status, occurrences FROM alerts"
    ).fetchone()
    assert row == ("new", "long", {"a": "b"}, "high", "resolved", 2)


def test_a_new_episode_leaves_the_earlier_one_where_it_is(conn):
    alerts.save(conn, [an_alert()])
    assert alerts.save(conn, [an_alert(new_episode=True)]) == {"k": 2}

    rows = conn.execute(
        "SELECT id, current, resolved_at IS NULL FROM alerts ORDER BY id"
    ).fetchall()
    assert rows == [(1, False, False), (2, True, True)]
    assert [one.id for one in alerts.memories(conn, ["k", "unknown"])] == [2]


def test_an_event_is_there_once_however_often_it_is_written(conn):
    ids = alerts.save(conn, [an_alert()])
    for _ in range(2):
        alerts.add_events(conn, [an_event(ids["k"]), an_event(ids["k"], position=1)])
    alerts.add_events(conn, [an_event(ids["k"], copy=1)])

    assert conn.execute("SELECT count(*) FROM alert_events").fetchone() == (3,)


def test_incidents_get_ids_and_references_in_the_order_in_which_they_came(conn):
    ids = incident_memory.add(conn, [an_incident("new-2"), an_incident("new-1")], NOW)

    assert ids == {"new-2": 1, "new-1": 2}
    rows = conn.execute("SELECT reference, memory ->> 'ref' FROM incidents ORDER BY id").fetchall()
    assert rows == [(f"INC-{NOW.year}-000001", "1"), (f"INC-{NOW.year}-000002", "2")]


def test_a_reference_has_more_digits_when_six_do_not_suffice(conn):
    conn.execute("SELECT setval(pg_get_serial_sequence('incidents', 'id'), 12345678)")
    incident_memory.add(conn, [an_incident()], NOW)

    (reference,) = conn.execute("SELECT reference FROM incidents").fetchone()
    assert reference == f"INC-{NOW.year}-12345679"


def test_a_change_over_another_version_than_was_read_is_refused(conn):
    incident_memory.add(conn, [an_incident()], NOW)
    (found,) = incident_memory.remembered(conn, [1], [], NOW)
    incident_memory.change(conn, {1: an_incident("1", version=found.version)}, NOW)

    with pytest.raises(Busy):
        incident_memory.change(conn, {1: an_incident("1", version=found.version)}, NOW)


def test_only_what_may_take_alerts_is_found_and_what_is_asked_for_always(conn):
    long_ago = NOW - timedelta(hours=5)
    rows = [
        an_incident("new-1"),
        an_incident("new-2", status="resolved", resolved_at=NOW),
        an_incident("new-3", status="resolved", resolved_at=long_ago),
    ]
    incident_memory.add(conn, rows, NOW)
    since = NOW - timedelta(hours=1)

    assert [one.id for one in incident_memory.remembered(conn, [], [1, 2, 3], since)] == [1, 2]
    assert [one.id for one in incident_memory.remembered(conn, [3], [1], since)] == [1, 3]


def test_of_a_word_the_newest_incidents_are_found(conn):
    incident_memory.add(conn, [an_incident(f"new-{n}") for n in range(20)], NOW)
    words = [("host/a", n, NOW + timedelta(seconds=n)) for n in range(1, 21)]
    incident_memory.save_tokens(conn, words)

    found = incident_memory.candidates(conn, ["host/a", "host/b"], NOW, cap=3)
    assert sorted(found) == [18, 19, 20]
    assert incident_memory.candidates(conn, ["host/a"], NOW + timedelta(minutes=1)) == []


def test_texts_that_postgres_cannot_keep_are_cleaned_and_others_come_through_whole():
    assert as_rows([{"a": "x\0y"}]) == '[{"a":"xy"}]'
    assert as_rows([{"a": "\\u0000"}]) == '[{"a":"\\\\u0000"}]'
    assert as_rows([{"a": "\\\0"}]) == '[{"a":"\\\\"}]'
    assert as_rows([{"a": "\ud800"}]) == '[{"a":"?"}]'


@pytest.fixture
def filled(database):
    """As much as makes a scan of a table dear, with statistics."""
    with transaction() as conn:
        conn.execute(
            "INSERT INTO incidents (reference, title, status, started_at, detected_at, last_event_at,"
            " resolved_at) SELECT 'INC-2020-' || n, 't', CASE WHEN n % 4 = 0 THEN 'open' ELSE 'resolved'"
            " END, now(), now(), now(), now() - interval '1 day' FROM generate_series(1, 5000) n"
        )
        conn.execute(
            "INSERT INTO alerts (dedup_key, vendor, title, status, alert_timestamp, created_at,"
            " last_seen_at, action, incident_id) SELECT 'key-' || n, 'v', 't', 'firing', now(), now(),"
            " now(), 'group', 1 + n %% 5000 FROM generate_series(1, %s) n",
            (MANY,),
        )
        conn.execute(
            "INSERT INTO alert_events (alert_id, delivery_id, position, status, occurred_at,"
            " received_at, timed, action, explanation) SELECT n, n, 0, 'firing', now(), now(), true,"
            " 'group', '{}' FROM generate_series(1, %s) n",
            (MANY,),
        )
        conn.execute(
            "INSERT INTO incident_tokens SELECT 'word-' || n %% 3000, 1 + n %% 5000, now()"
            " FROM generate_series(1, %s) n ON CONFLICT DO NOTHING",
            (MANY,),
        )
        conn.execute(
            "INSERT INTO deliveries (vendor, fingerprint, outcome, state, received_at, body)"
            " SELECT 'v', int8send(n), 'accepted', CASE WHEN n > %(many)s - 100 THEN 'waiting'"
            " ELSE 'done' END, now(), '' FROM generate_series(1, %(many)s) n",
            {"many": MANY},
        )
        conn.execute(
            "INSERT INTO maintenance_windows (starts_at, ends_at, match, reason, owner, ended_at)"
            " SELECT now() - n * interval '1 hour', now() - n * interval '50 minutes', '{}', 'r', 'o',"
            " now() FROM generate_series(1000, 6000) n"
        )
    with transaction() as conn:
        conn.execute("ANALYZE")


def hot_statements():
    """Every statement that a batch runs, with values as of a batch of 200."""
    keys = [f"key-{n}" for n in range(1, 201)]
    words = [f"word-{n}" for n in range(300)]
    ids = list(range(1, 201))
    changed = [{"id": n, **vars_of(an_incident(str(n), version=1))} for n in ids]
    events = [an_event(n, delivery_id=MANY + n) for n in ids]
    yield "memories", alerts.SQL["memories"], {"keys": keys}
    yield "save_alerts", alerts.SQL["save_alerts"], {"rows": as_rows(map(an_alert, keys))}
    yield "end_episodes", alerts.SQL["end_episodes"], {"keys": keys[:20], "at": NOW}
    yield "add_events", alerts.SQL["add_events"], {"rows": as_rows(events)}
    yield "triaged", alerts.SQL["triaged"], {"ids": ids, "copies": [0] * 200}
    yield "held_back", alerts.SQL["held_back"], {"at": NOW, "after": 0, "limit": 100}
    yield (
        "candidates",
        incident_memory.SQL["candidates"],
        {"tokens": words, "since": NOW - timedelta(hours=2), "cap": 8},
    )
    yield (
        "remembered",
        incident_memory.SQL["remembered"],
        {"ids": ids, "asked": [True] * 200, "since": NOW},
    )
    yield (
        "change",
        incident_memory.SQL["change"],
        {"rows": as_rows(changed), "ids": ids, "at": NOW},
    )
    yield (
        "save_memories",
        alerts.SQL["save_memories"],
        {"rows": as_rows([{"id": n} for n in ids]), "ids": ids},
    )
    yield "set_roots", incident_memory.SQL["set_roots"], {"ids": ids, "alerts": ids}
    yield (
        "save_tokens",
        incident_memory.SQL["save_tokens"],
        {"tokens": words, "ids": [1] * 300, "seen": [NOW] * 300},
    )
    yield "move_alerts", incident_memory.SQL["move_alerts"], {"ids": [1, 2], "into": [3, 3]}
    yield "stale", incident_memory.SQL["stale"], {"before": NOW - timedelta(days=7), "limit": 10}
    yield (
        "begin_enriching",
        incident_memory.SQL["begin_enriching"],
        {"at": NOW, "until": NOW, "limit": 10},
    )
    yield (
        "claim",
        deliveries.SQL["claim"],
        {"limit": 200, "lease_seconds": 30, "holder": "h"},
    )
    yield "finish", deliveries.SQL["finish"], {"ids": ids, "holder": "h"}
    yield "note_untimed", alerts.SQL["note_untimed"], {"ids": ids[:20], "copies": [0] * 20}
    yield (
        "near",
        windows.SQL["near"],
        {"after": NOW - timedelta(days=1), "before": NOW + timedelta(days=1), "limit": 1000},
    )


def statements_of_show():
    """Every statement by which one incident is shown, and what retention looks for each day."""
    one = {"id": 7}
    incident, alert = {"columns": "i.*"}, {"columns": "a.*"}
    yield "by_id", incidents.SQL["by_id"].format(**incident), one
    yield (
        "by_reference",
        incidents.SQL["by_reference"].format(**incident),
        {"reference": "INC-2020-7"},
    )
    yield "of_incident", alert_list.SQL["of_incident"].format(**alert), {**one, "limit": 500}
    yield "sources", alert_list.SQL["sources"], one
    yield "decisions", alert_list.SQL["decisions"], {**one, "limit": 20}
    yield "timeline", incidents.SQL["timeline"], {**one, "limit": 1000, "kinds": None}
    yield "timeline_count", incidents.SQL["timeline_count"], one
    yield "merged_here", incidents.SQL["merged_here"], one
    yield "last_label", regrouping.SQL["last_label"], {**one, "kind": None}
    yield "expire_alerts", maintenance.SQL["expire_alerts"], {"alert_days": 400}


def vars_of(row):
    return {name: getattr(row, name) for name in row.__slots__}


def read_whole(statements):
    """Return the tables that each of these statements reads from end to end, where one does."""
    read = {}
    for name, statement, values in statements:
        with transaction() as conn:
            lines = conn.execute(f"EXPLAIN {statement}", values).fetchall()
        plan = "\n".join(line for (line,) in lines)
        read[name] = re.findall(r"Seq Scan on (\w+)", plan)
    return {name: tables for name, tables in read.items() if tables}


def test_no_statement_of_a_batch_reads_a_whole_table(filled):
    assert read_whole(hot_statements()) == {}


def test_showing_an_incident_reads_no_whole_table(filled):
    with transaction() as conn:
        conn.execute(
            "INSERT INTO incident_actions (incident_id, at, kind, actor, text)"
            " SELECT 1 + n %% 5000, now(), 'note', 'Ada', 't' FROM generate_series(1, %s) n",
            (MANY,),
        )
        conn.execute(
            "INSERT INTO grouping_labels (kind, incident_id, other_id, alert_ids, actor)"
            " SELECT 'merge', 1 + n % 5000, 1 + (n + 1) % 5000, '[]', 'Ada'"
            " FROM generate_series(1, 5000) n"
        )
    with transaction() as conn:
        conn.execute("ANALYZE incident_actions, grouping_labels")

    assert read_whole(statements_of_show()) == {}


def test_a_repeat_of_an_alert_changes_no_index(filled):
    def updates():
        with transaction() as conn:
            return conn.execute(
                "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'alerts'"
            ).fetchone()

    before = updates()
    with transaction() as conn:
        conn.execute("UPDATE alerts SET last_seen_at = now(), occurrences = 2 WHERE id % 200 = 0")
        conn.execute("SELECT pg_stat_force_next_flush()")
    after = updates()

    assert [new - old for new, old in zip(after, before, strict=True)] == [MANY // 200] * 2


def test_what_a_batch_reads_does_not_grow_with_what_is_stored(filled):
    def buffers():
        total = 0
        for name, statement, values in hot_statements():
            if name in ("memories", "candidates", "remembered"):
                with transaction() as conn:
                    (plan,) = conn.execute(
                        f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", values
                    ).fetchone()
                total += (
                    plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"]
                )
        return total

    buffers()
    before = buffers()
    with transaction() as conn:
        conn.execute(
            "INSERT INTO alerts (dedup_key, vendor, title, status, alert_timestamp, created_at,"
            " last_seen_at, action) SELECT 'more-' || n, 'v', 't', 'firing', now(), now(), now(),"
            " 'ignore' FROM generate_series(1, %s) n",
            (3 * MANY,),
        )
        conn.execute("ANALYZE alerts")

    assert buffers() <= 1.25 * before
