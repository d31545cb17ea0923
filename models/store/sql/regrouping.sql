-- name: firing
SELECT id, title FROM alerts
WHERE incident_id = %(id)s AND resolved_at IS NULL AND status <> 'resolved' AND action = 'group'
ORDER BY id;

-- name: members
SELECT a.id, a.dedup_key, a.title, a.status, coalesce(a.severity, a.predicted_severity), a.service_name,
       a.entity_id, a.host, a.rule, a.environment, a.region, a.predicted_team,
       a.alert_timestamp, a.created_at, a.last_seen_at, a.resolved_at, a.occurrences, a.current,
       jsonb_array_length(a.suppressed_by) > 0
FROM alerts a WHERE a.incident_id = %(id)s ORDER BY a.id;

-- name: memory
SELECT memory FROM incidents WHERE id = %(id)s;

-- name: remember
UPDATE incidents SET memory = %(memory)s WHERE id = %(id)s;

-- name: move
-- What grouping remembers of an alert names its incident too.
UPDATE alerts SET incident_id = %(to)s, memory = CASE WHEN memory ? 'incident'
    THEN memory || jsonb_build_object('incident', %(to)s::bigint::text) ELSE memory END
WHERE id = ANY (%(alert_ids)s);

-- name: later_episodes
-- Alerts of an incident that are episodes of the same conditions as these.
SELECT a.id FROM alerts a
WHERE a.incident_id = %(incident_id)s
  AND a.dedup_key IN (SELECT m.dedup_key FROM alerts m WHERE m.id = ANY (%(alert_ids)s))
ORDER BY a.id;

-- name: recount
UPDATE incidents i SET
    alert_count = c.alerts, event_count = c.events, firing_count = c.firing,
    started_at = coalesce(c.started_at, i.started_at), detected_at = coalesce(c.detected_at, i.detected_at),
    last_event_at = coalesce(c.last_event_at, i.last_event_at),
    affected_services = c.services, affected_entities = c.entities
FROM (
    SELECT count(*) AS alerts, coalesce(sum(occurrences), 0) AS events,
           count(*) FILTER (WHERE resolved_at IS NULL AND status <> 'resolved') AS firing,
           min(alert_timestamp) AS started_at, min(created_at) AS detected_at,
           max(last_seen_at) AS last_event_at,
           coalesce(jsonb_agg(DISTINCT service_name) FILTER (WHERE service_name IS NOT NULL), '[]') AS services,
           coalesce(jsonb_agg(DISTINCT coalesce(entity_id, host))
                    FILTER (WHERE coalesce(entity_id, host) IS NOT NULL), '[]') AS entities
    FROM alerts WHERE incident_id = %(id)s) c
WHERE i.id = %(id)s;

-- name: add_incident
INSERT INTO incidents (id, reference, title, status, severity, environment, region, owner_team, grouping,
    root_alert_id, started_at, detected_at, last_event_at, acknowledged_at, resolved_at, split_from)
OVERRIDING SYSTEM VALUE
SELECT n, 'INC-' || to_char(%(at)s::timestamptz, 'YYYY') || '-' || lpad(n::text, greatest(6, length(n::text)), '0'),
    %(title)s, %(status)s,
    %(severity)s, %(environment)s, %(region)s, %(owner_team)s, %(grouping)s, %(root_alert_id)s,
    %(started_at)s, %(detected_at)s, %(last_event_at)s, %(acknowledged_at)s, %(resolved_at)s, %(split_from)s
FROM nextval(pg_get_serial_sequence('incidents', 'id')) AS n
RETURNING id;

-- name: add_label
INSERT INTO grouping_labels (kind, incident_id, other_id, alert_ids, actor, reason, policy, before)
VALUES (%(kind)s, %(incident_id)s, %(other_id)s, %(alert_ids)s, %(actor)s, %(reason)s, %(policy)s, %(before)s)
RETURNING id;

-- name: last_label
SELECT id, kind, incident_id, other_id, alert_ids, actor, reason, policy, before, recorded_at
FROM grouping_labels
WHERE undone_at IS NULL AND (incident_id = %(id)s OR other_id = %(id)s)
  AND (%(kind)s::text IS NULL OR kind = %(kind)s)
ORDER BY id DESC LIMIT 1;

-- name: undo_label
UPDATE grouping_labels SET undone_at = %(at)s, undone_by = %(actor)s WHERE id = %(id)s;

-- name: labels
SELECT id, kind, incident_id, other_id, alert_ids, actor, reason, policy, undone_at, recorded_at
FROM grouping_labels ORDER BY id DESC LIMIT %(limit)s;
