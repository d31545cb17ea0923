-- name: memories
-- One index descent a key, whatever is stored.
SELECT a.id, a.dedup_key, a.status, a.action, a.incident_id, a.last_seen_at, a.title, a.vendor, a.region,
       a.predicted_team, a.memory, COALESCE(i.status IN ('closed', 'merged'), false)
FROM unnest(%(keys)s::text[]) AS k (dedup_key)
CROSS JOIN LATERAL (SELECT * FROM alerts a WHERE a.dedup_key = k.dedup_key AND a.current LIMIT 1) a
LEFT JOIN LATERAL (SELECT status FROM incidents i WHERE i.id = a.incident_id LIMIT 1) i ON true;

-- name: held_back
-- Whenever it came: an alert may be held by a window that was over before we got it.
SELECT a.id, a.dedup_key, a.status, a.action, a.incident_id, a.last_seen_at, a.title, a.vendor, a.region,
       a.predicted_team, a.memory, false
FROM alerts a
WHERE a.action = 'suppress' AND a.current AND a.resolved_at IS NULL AND a.suppressed_by <> '[]'
  AND a.id > %(after)s
  AND NOT EXISTS (
      SELECT FROM jsonb_array_elements_text(a.suppressed_by) AS held (by)
      JOIN maintenance_windows w ON w.id = held.by::bigint WHERE w.ends_at > %(at)s)
ORDER BY a.id LIMIT %(limit)s;

-- name: end_episodes
-- One that was never resolved is over all the same: the next episode has begun.
UPDATE alerts SET current = false, resolved_at = COALESCE(resolved_at, %(at)s)
WHERE dedup_key = ANY (%(keys)s) AND current;

-- name: save_alerts
INSERT INTO alerts AS a (
    dedup_key, external_id, vendor, delivery_id, rule, title, description, status, severity, severity_raw,
    predicted_severity, predicted_team, confidence_score, classification, service_name, host, environment,
    region, error_code, entity_id, entity_confidence, entity_hint, labels, links, notes, alert_timestamp,
    created_at, last_seen_at, ends_at, resolved_at, occurrences, flapping, action, incident_id, suppressed_by,
    memory)
SELECT dedup_key, external_id, vendor, delivery_id, rule, title, description, status, severity, severity_raw,
       predicted_severity, predicted_team, confidence_score, classification, service_name, host, environment,
       region, error_code, entity_id, entity_confidence, entity_hint, labels, links, notes, alert_timestamp,
       created_at, last_seen_at, ends_at, resolved_at, occurrences, flapping, action, incident_id, suppressed_by,
       memory
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
    dedup_key text, external_id text, vendor text, delivery_id bigint, rule text, title text, description text,
    status text, severity text, severity_raw text, predicted_severity text, predicted_team text,
    confidence_score real, classification jsonb, service_name text, host text, environment text, region text,
    error_code text, entity_id text, entity_confidence real, entity_hint text, labels jsonb, links jsonb,
    notes jsonb, alert_timestamp timestamptz, created_at timestamptz, last_seen_at timestamptz,
    ends_at timestamptz, resolved_at timestamptz, occurrences integer, flapping boolean, action text,
    incident_id bigint, suppressed_by jsonb, memory jsonb)
ON CONFLICT (dedup_key) WHERE current DO UPDATE SET
    external_id = COALESCE(EXCLUDED.external_id, a.external_id), vendor = EXCLUDED.vendor,
    delivery_id = COALESCE(EXCLUDED.delivery_id, a.delivery_id), rule = COALESCE(EXCLUDED.rule, a.rule),
    title = EXCLUDED.title, description = COALESCE(NULLIF(EXCLUDED.description, ''), a.description),
    status = EXCLUDED.status, severity = COALESCE(EXCLUDED.severity, a.severity),
    severity_raw = COALESCE(EXCLUDED.severity_raw, a.severity_raw),
    predicted_severity = COALESCE(EXCLUDED.predicted_severity, a.predicted_severity),
    predicted_team = COALESCE(EXCLUDED.predicted_team, a.predicted_team),
    confidence_score = COALESCE(EXCLUDED.confidence_score, a.confidence_score),
    classification = EXCLUDED.classification, service_name = COALESCE(EXCLUDED.service_name, a.service_name),
    host = COALESCE(EXCLUDED.host, a.host), environment = COALESCE(EXCLUDED.environment, a.environment),
    region = COALESCE(EXCLUDED.region, a.region), error_code = COALESCE(EXCLUDED.error_code, a.error_code),
    entity_id = COALESCE(EXCLUDED.entity_id, a.entity_id),
    entity_confidence = COALESCE(EXCLUDED.entity_confidence, a.entity_confidence),
    entity_hint = COALESCE(EXCLUDED.entity_hint, a.entity_hint),
    labels = COALESCE(NULLIF(EXCLUDED.labels, '{}'), a.labels),
    links = COALESCE(NULLIF(EXCLUDED.links, '{}'), a.links), notes = EXCLUDED.notes,
    last_seen_at = GREATEST(a.last_seen_at, EXCLUDED.last_seen_at), ends_at = EXCLUDED.ends_at,
    resolved_at = EXCLUDED.resolved_at, occurrences = a.occurrences + EXCLUDED.occurrences,
    flapping = EXCLUDED.flapping, action = EXCLUDED.action, incident_id = EXCLUDED.incident_id,
    suppressed_by = EXCLUDED.suppressed_by, memory = EXCLUDED.memory
RETURNING a.dedup_key, a.id;

-- name: save_memories
-- Of alerts that time or other alerts changed; what their senders said stays.
UPDATE alerts a SET status = r.status, action = r.action, incident_id = r.incident_id, flapping = r.flapping,
    resolved_at = r.resolved_at, suppressed_by = r.suppressed_by, memory = r.memory
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
    id bigint, status text, action text, incident_id bigint, flapping boolean, resolved_at timestamptz,
    suppressed_by jsonb, memory jsonb)
WHERE a.id = r.id AND a.id = ANY (%(ids)s::bigint[]);

-- name: add_events
INSERT INTO alert_events (
    alert_id, delivery_id, copy, position, status, severity, occurred_at, received_at, timed, action,
    incident_id, explanation)
SELECT r.alert_id, r.delivery_id, r.copy, r.position, r.status, r.severity,
       r.occurred_at, r.received_at, r.timed, r.action, r.incident_id, r.explanation
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
    alert_id bigint, delivery_id bigint, copy integer, position integer, status text, severity text,
    occurred_at timestamptz, received_at timestamptz, timed boolean, action text, incident_id bigint,
    explanation jsonb)
ON CONFLICT (delivery_id, copy, position) DO NOTHING;

-- name: adopt_events
-- Events that were ignored, or held, when they came and belong to an incident after all.
UPDATE alert_events e SET incident_id = r.incident_id, action = 'group',
    explanation = COALESCE(r.explanation, e.explanation)
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
    delivery_id bigint, copy integer, position integer, incident_id bigint, explanation jsonb)
WHERE e.delivery_id = r.delivery_id AND e.copy = r.copy AND e.position = r.position;

-- name: last_copies
-- Of live incidents: when the same bytes were last sent again that tell of an alert which still fires.
SELECT a.incident_id, max(d.last_copy_at)
FROM alerts a
JOIN alert_events e ON e.alert_id = a.id
JOIN deliveries d ON d.id = e.delivery_id
WHERE a.incident_id = ANY (%(ids)s) AND a.resolved_at IS NULL AND d.last_copy_at > %(since)s
GROUP BY a.incident_id;

-- name: end_alerts
UPDATE alerts SET resolved_at = %(at)s WHERE incident_id = ANY (%(ids)s) AND resolved_at IS NULL;

-- name: triaged
-- What is written is written with its delivery's end, so this finds something only where somebody set
-- the delivery back by hand.
SELECT d.id, d.copy FROM unnest(%(ids)s::bigint[], %(copies)s::integer[]) AS d (id, copy)
CROSS JOIN LATERAL (SELECT FROM alert_events e WHERE e.delivery_id = d.id AND e.copy = d.copy LIMIT 1) e;

-- name: note_untimed
-- A copy that came meanwhile waits at once; the next one does when it comes.
UPDATE deliveries d SET untimed = true, attempts = 0,
    state = CASE WHEN d.copies > r.copy THEN 'waiting' ELSE d.state END
FROM unnest(%(ids)s::bigint[], %(copies)s::integer[]) AS r (id, copy)
WHERE d.id = r.id AND d.id = ANY (%(ids)s::bigint[]) AND d.state = 'done';

-- name: count_tries
-- Of deliveries under our lease, which begins anew: a try that they did not have is taken off again.
UPDATE deliveries SET attempts = attempts + %(by)s, lease_until = now() + make_interval(secs => %(lease_seconds)s)
WHERE id = ANY (%(ids)s) AND state = 'running' AND holder = %(holder)s;

-- name: vectors
SELECT v.text_sha256, v.embedding::text FROM unnest(%(digests)s::bytea[]) AS d (digest)
JOIN alert_vectors v ON v.model_id = %(model_id)s AND v.text_sha256 = d.digest;

-- name: save_vectors
INSERT INTO alert_vectors (model_id, text_sha256, embedding)
SELECT %(model_id)s, d, e::halfvec FROM unnest(%(digests)s::bytea[], %(vectors)s::text[]) AS v (d, e)
ON CONFLICT DO NOTHING;

-- name: became
-- What became of the events that reached us since a time.
SELECT incident_id, action, status = 'resolved', count(*) FROM alert_events
WHERE received_at >= %(since)s GROUP BY 1, 2, 3;
