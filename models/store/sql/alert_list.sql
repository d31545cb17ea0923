-- name: listed
SELECT {columns} FROM alerts a
WHERE (%(statuses)s::text[] IS NULL OR a.status = ANY (%(statuses)s))
  AND (%(severities)s::text[] IS NULL
       OR coalesce(a.severity, a.predicted_severity) = ANY (%(severities)s))
  AND (%(service)s::text IS NULL OR a.service_name = %(service)s)
  AND (%(incident_id)s::bigint IS NULL OR a.incident_id = %(incident_id)s)
  AND (%(since)s::timestamptz IS NULL OR a.created_at >= %(since)s)
  AND (%(before)s::bigint IS NULL OR a.id < %(before)s)
ORDER BY a.id DESC LIMIT %(limit)s;

-- name: of_incident
SELECT {columns} FROM alerts a WHERE a.incident_id = %(id)s ORDER BY a.id LIMIT %(limit)s;

-- name: by_id
SELECT {columns} FROM alerts a WHERE a.id = %(id)s;

-- name: decisions
SELECT id, alert_id, status, occurred_at, received_at, action, incident_id, explanation
FROM alert_events WHERE alert_id = %(id)s ORDER BY id DESC LIMIT %(limit)s;

-- name: placing
-- What put the alert where it stands: the last comparison with incidents. An episode that began in the
-- incident of the one before it was never compared; its first event says so.
SELECT id, alert_id, status, occurred_at, received_at, action, incident_id, explanation
FROM alert_events, LATERAL (
    SELECT explanation ->> 'chosen' IS NOT NULL
           OR explanation ->> 'rule' IN ('new-incident', 'handed-back') AS compared) c
WHERE alert_id = %(id)s AND incident_id IS NOT NULL
ORDER BY c.compared DESC, CASE WHEN c.compared THEN -id ELSE id END LIMIT 1;

-- name: alert_of_event
SELECT alert_id FROM alert_events WHERE id = %(id)s;

-- name: events
SELECT e.id, e.status, coalesce(e.severity, a.predicted_severity), e.occurred_at, e.received_at,
       a.vendor, a.dedup_key, a.rule, a.title, a.description, a.service_name, a.host, a.environment,
       a.region, a.error_code, a.entity_id, a.labels, e.timed
FROM alert_events e JOIN alerts a ON a.id = e.alert_id
WHERE (%(since)s::timestamptz IS NULL OR e.received_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR e.received_at < %(until)s)
ORDER BY e.received_at, e.id;

-- name: received_here
-- Whether any of these events is one of this home: both its id and, to the microsecond, its time fit.
SELECT EXISTS (
    SELECT FROM unnest(%(ids)s::bigint[], %(times)s::timestamptz[]) AS g (id, received_at)
    JOIN alert_events e ON e.id = g.id AND e.received_at = g.received_at);

-- name: count_after
SELECT count(*) FROM alert_events WHERE alert_id = %(id)s AND id > %(event)s;

-- name: sources
SELECT vendor, count(*) FROM alerts WHERE incident_id = %(id)s
GROUP BY vendor ORDER BY count(*) DESC, vendor;

-- name: counts
SELECT count(*), count(*) FILTER (WHERE resolved_at IS NULL AND status <> 'resolved') FROM alerts;
