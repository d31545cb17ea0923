"""What a message costs does not grow with the messages of the past."""

from __future__ import annotations

from psycopg import sql

from models.store import notices, transaction
from tests.telling import storm

STATEMENTS = ("due", "begun", "told_lately", "overdue", "next_due", "health")


def plan_of(conn, name):
    statement = notices.SQL[name]
    found = notices._statement(name) if "{columns}" in statement else sql.SQL(statement)
    values = {"channel": "slack", "limit": 500}
    return "\n".join(row for (row,) in conn.execute(sql.SQL("EXPLAIN ") + found, values))


def test_no_statement_of_the_outbox_reads_all_notices(database, slack):
    storm(20)
    with transaction() as conn:
        conn.execute(
            "INSERT INTO notices (key, channel, incident_id, kind, state, sent_at)"
            " SELECT 'old' || n, 'slack', 1 + n % 20, 'updated', 'done', now() - interval '1 day'"
            " FROM generate_series(1, 20000) AS n"
        )
        conn.execute("ANALYZE notices")
        plans = {name: plan_of(conn, name) for name in STATEMENTS}

    assert not [name for name, found in plans.items() if "Seq Scan on notices " in found]
