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
    SELECT explanation ->> 'chosen' IS NOT NULL OR explanation ->> 'rule' = 'new-incident' AS compared) c
WHERE alert_id = %(id)s AND incident_id IS NOT NULL
ORDER BY c.compared DESC, CASE WHEN c.compared THEN -id ELSE id END LIMIT 1;

-- name: count_after
SELECT count(*) FROM alert_events WHERE alert_id = %(id)s AND id > %(event)s;

-- name: sources
SELECT vendor, count(*) FROM alerts WHERE incident_id = %(id)s
GROUP BY vendor ORDER BY count(*) DESC, vendor;

-- name: counts
SELECT count(*), count(*) FILTER (WHERE resolved_at IS NULL AND status <> 'resolved') FROM alerts;
