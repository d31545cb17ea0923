"""A backup is a whole copy, and retention never touches what is current."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.errors import ConfigurationError, Refused
from models.store import assets, inventory, maintenance, schema, transaction
from tests.alerting import an_alert, an_incident
from tests.builders import a_site, store

NOW = datetime.now(UTC)


def test_a_backup_brings_everything_back(database, tmp_path):
    store(a_site(vms=2))
    size = maintenance.backup(tmp_path / "copy")
    store(a_site(vms=1))

    maintenance.restore(tmp_path / "copy")

    assert size == (tmp_path / "copy").stat().st_size > 1000
    with transaction() as conn:
        assert [a.name for a in assets.current_assets(conn, kinds=["vm"])] == ["web-01", "web-02"]


def test_a_file_that_is_no_backup_changes_nothing(database, tmp_path):
    store(a_site(vms=1))
    (tmp_path / "nonsense").write_text("nonsense")

    with pytest.raises(ConfigurationError):
        maintenance.restore(tmp_path / "nonsense")

    with transaction() as conn:
        assert len(assets.current_assets(conn)) == 5


def test_a_restore_under_other_users_is_refused(database, tmp_path):
    maintenance.backup(tmp_path / "copy")

    with transaction(), pytest.raises(Refused, match="nightshift down"):
        maintenance.restore(tmp_path / "copy")


def test_a_missing_backup_or_folder_is_one_clear_line(database, tmp_path):
    with pytest.raises(ConfigurationError, match="there is no backup"):
        maintenance.restore(tmp_path / "absent")
    with pytest.raises(ConfigurationError, match="cannot write to the folder"):
        maintenance.backup(tmp_path / "no" / "copy")


def test_retention_deletes_what_ended_long_ago_and_nothing_that_is_current(database):
    store(a_site(vms=2))
    store(a_site(vms=1))
    with transaction() as conn:
        conn.execute("UPDATE asset_versions SET valid_from = valid_from - interval '400 days'")
        conn.execute("UPDATE asset_versions SET valid_to = valid_to - interval '399 days'")
        conn.execute("UPDATE assets SET deleted_at = deleted_at - interval '399 days'")

    removed = maintenance.apply_retention(days=365)

    assert (removed["asset_versions"], removed["assets"]) == (1, 1)
    with transaction() as conn:
        assert len(assets.current_assets(conn)) == 5
        assert inventory.latest_stored(conn)


def test_of_an_alert_the_first_and_the_last_event_stay_and_young_ones(database):
    with transaction() as conn:
        number = an_alert(conn, incident_id=an_incident(conn))
        lonely = an_alert(conn, created_at=NOW, action="ignore")
        for alert, ages in ((number, (900, 800, 700, 600)), (lonely, (500, 450, 440, 1))):
            conn.execute(
                "INSERT INTO alert_events (alert_id, delivery_id, position, status, timed, action,"
                " occurred_at, received_at, explanation)"
                " SELECT %(alert)s, %(alert)s, n, 'firing', true, 'group', at, at, '{}' FROM"
                " unnest(%(ages)s::int[]) WITH ORDINALITY AS a (age, n),"
                " LATERAL (SELECT now() - make_interval(days => age) AS at) AS t",
                {"alert": alert, "ages": list(ages)},
            )

    assert maintenance.apply_retention(days=365)["alert_events"] == 4

    with transaction() as conn:
        left = conn.execute("SELECT alert_id, position FROM alert_events ORDER BY id").fetchall()
    assert left == [(number, 1), (number, 4), (lonely, 1), (lonely, 4)]


def test_old_notices_go_but_for_the_opening_of_an_incident_that_is_not_closed(database):
    with transaction() as conn:
        live, closed = an_incident(conn), an_incident(conn, status="closed")
        rows = [
            ("a", live, "opened", "done", 400),
            ("b", live, "resolved", "done", 400),
            ("c", closed, "opened", "failed", 400),
            ("d", closed, "opened", "waiting", 400),
            ("e", live, "resolved", "done", 300),
            ("f", None, "rollup", "done", 400),
        ]
        conn.cursor().executemany(
            "INSERT INTO notices (key, channel, incident_id, kind, state, created_at)"
            " VALUES (%s, 'email', %s, %s, %s, now() - make_interval(days => %s))",
            rows,
        )
        conn.execute(
            "UPDATE notices SET rolled_into = (SELECT id FROM notices WHERE key = 'f')"
            " WHERE key IN ('a', 'b')"
        )

    assert maintenance.apply_retention(days=365)["notices"] == 3

    with transaction() as conn:
        left = conn.execute("SELECT key, rolled_into FROM notices ORDER BY key").fetchall()
    assert left == [("a", None), ("d", None), ("e", None)]


def test_growth_is_unknown_before_the_second_day(database):
    maintenance.note_size()

    with transaction() as conn:
        assert maintenance.growth_bytes_per_day(conn) is None
        conn.execute("INSERT INTO database_sizes VALUES (current_date - 2, 0)")
        assert maintenance.growth_bytes_per_day(conn) == pytest.approx(
            maintenance.database_bytes(conn) / 2, rel=0.2
        )


def test_a_backup_of_an_older_schema_is_brought_up_to_date(database, tmp_path):
    store(a_site(vms=2))
    maintenance.backup(tmp_path / "old")
    with transaction() as conn:
        conn.execute("CREATE TABLE of_a_later_migration (n int)")

    maintenance.restore(tmp_path / "old")

    with transaction() as conn:
        assert conn.execute("SELECT to_regclass('of_a_later_migration')").fetchone() == (None,)
        assert schema.version(conn) == max(m.number for m in schema.migrations())
        assert len(assets.current_assets(conn, kinds=["vm"])) == 2
    assert store(a_site(vms=3)).created == 1


def test_a_folder_in_the_place_of_the_file_is_one_clear_line(database, tmp_path):
    with pytest.raises(ConfigurationError, match="is a folder; name a file"):
        maintenance.backup(tmp_path)
