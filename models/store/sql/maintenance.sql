-- name: database_bytes
SELECT pg_database_size(current_database());

-- name: note_size
INSERT INTO database_sizes (bytes) VALUES (pg_database_size(current_database()))
ON CONFLICT (day) DO UPDATE SET bytes = EXCLUDED.bytes;

-- name: growth
SELECT (last_value - first_value)::float8 / NULLIF(days, 0)
FROM (SELECT (array_agg(bytes ORDER BY day))[1] AS first_value,
             (array_agg(bytes ORDER BY day DESC))[1] AS last_value,
             max(day) - min(day) AS days
      FROM database_sizes WHERE day > current_date - 30) noted;

-- name: other_clients
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid();

-- name: drops
-- Statements that remove whatever migrations made, extensions excepted.
SELECT statement FROM (
    SELECT 1 AS step, 'DROP TABLE IF EXISTS ' || c.oid::regclass || ' CASCADE' AS statement
    FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
    UNION ALL
    SELECT 2, 'DROP TEXT SEARCH CONFIGURATION IF EXISTS ' || t.oid::regconfig || ' CASCADE'
    FROM pg_ts_config t WHERE t.cfgnamespace = current_schema()::regnamespace
    UNION ALL
    SELECT 3, 'DROP TEXT SEARCH DICTIONARY IF EXISTS ' || t.oid::regdictionary || ' CASCADE'
    FROM pg_ts_dict t WHERE t.dictnamespace = current_schema()::regnamespace
    UNION ALL
    SELECT 4, 'DROP ROUTINE IF EXISTS ' || p.oid::regprocedure || ' CASCADE'
    FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
) made ORDER BY step, statement;

-- name: expire_asset_versions
DELETE FROM asset_versions WHERE valid_to < now() - make_interval(days => %(days)s);

-- name: expire_relations
DELETE FROM relations WHERE valid_to < now() - make_interval(days => %(days)s);

-- name: expire_assets
-- Gone so long that no version of it is left.
DELETE FROM assets a
WHERE a.deleted_at < now() - make_interval(days => %(days)s)
  AND NOT EXISTS (SELECT FROM asset_versions v WHERE v.asset_id = a.id);

-- name: expire_snapshots
DELETE FROM snapshots s
WHERE s.taken_at < now() - make_interval(days => %(days)s)
  AND s.id NOT IN (SELECT max(id) FROM snapshots WHERE state = 'stored' GROUP BY source)
  AND s.state <> 'held';

-- name: expire_alerts
-- Those of incidents stay as long as the incidents do, which is for ever.
DELETE FROM alerts
WHERE incident_id IS NULL AND last_seen_at < now() - make_interval(days => %(alert_days)s)
  AND created_at < now() - make_interval(days => %(alert_days)s);

-- name: expire_alert_events
-- Of each alert the first and the last stay, whatever their age; what was decided in between stands in
-- the timeline of its incident.
DELETE FROM alert_events e
WHERE e.received_at < now() - make_interval(days => %(alert_days)s)
  AND EXISTS (SELECT FROM alert_events o WHERE o.alert_id = e.alert_id AND o.id < e.id)
  AND EXISTS (SELECT FROM alert_events o WHERE o.alert_id = e.alert_id AND o.id > e.id);

-- name: expire_alert_vectors
DELETE FROM alert_vectors WHERE embedded_at < now() - make_interval(days => %(alert_days)s);

-- name: expire_notices
-- That it was opened, and that it flaps, is told once of an incident: both stay until it is closed.
DELETE FROM notices n
WHERE n.state IN ('done', 'failed')
  AND COALESCE(n.sent_at, n.created_at) < now() - make_interval(days => %(days)s)
  AND NOT (n.kind IN ('opened', 'flapping') AND EXISTS (
      SELECT FROM incidents i WHERE i.id = n.incident_id AND i.status NOT IN ('closed', 'merged')));

-- name: expire_work
DELETE FROM work WHERE state IN ('done', 'failed') AND updated_at < now() - make_interval(days => %(days)s);
