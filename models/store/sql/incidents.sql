-- name: add_entries
-- One statement for all rows: a storm writes thousands.
INSERT INTO incident_actions (incident_id, at, clock, kind, actor, text, data, evidence_ids)
SELECT r.incident_id, r.at, r.clock, r.kind, r.actor, r.text, r.data, r.evidence_ids
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
    n integer, incident_id bigint, at timestamptz, clock text, kind text, actor text, text text,
    data jsonb, evidence_ids jsonb)
ORDER BY r.n;

-- name: timeline
SELECT id, at, clock, kind, actor, text, data, evidence_ids, recorded_at
FROM incident_actions
WHERE incident_id = %(id)s AND (%(kinds)s::text[] IS NULL OR kind = ANY (%(kinds)s))
ORDER BY at DESC, id DESC LIMIT %(limit)s;

-- name: timeline_start
SELECT id, at, clock, kind, actor, text, data, evidence_ids, recorded_at
FROM incident_actions WHERE incident_id = %(id)s ORDER BY at, id LIMIT %(limit)s;

-- name: timeline_count
SELECT count(*) FROM incident_actions WHERE incident_id = %(id)s;

-- name: by_id
SELECT {columns} FROM incidents i WHERE i.id = %(id)s;

-- name: by_reference
SELECT {columns} FROM incidents i WHERE i.reference = %(reference)s;

-- name: lock_rows
-- In the order of their ids, so that two who merge the same ones do not wait for each other.
SELECT {columns} FROM incidents i WHERE i.id = ANY (%(ids)s) ORDER BY i.id FOR UPDATE;

-- name: listed
-- What a split made that was taken back is empty and stands nowhere; by its id it is still there.
SELECT {columns} FROM incidents i
WHERE NOT (i.status = 'merged' AND EXISTS (
        SELECT FROM grouping_labels l
        WHERE l.other_id = i.id AND l.kind = 'split' AND l.undone_at IS NOT NULL))
  AND (%(statuses)s::text[] IS NULL OR i.status = ANY (%(statuses)s))
  AND (%(severities)s::text[] IS NULL OR i.severity = ANY (%(severities)s))
  AND (%(service)s::text IS NULL OR i.affected_services ? %(service)s)
  AND (%(team)s::text IS NULL OR i.owner_team = %(team)s)
  AND (%(since)s::timestamptz IS NULL OR i.detected_at >= %(since)s)
  AND (%(before)s::bigint IS NULL OR (i.detected_at, i.id) <
       (SELECT b.detected_at, b.id FROM incidents b WHERE b.id = %(before)s))
ORDER BY i.detected_at DESC, i.id DESC LIMIT %(limit)s;

-- name: by_ids
SELECT {columns} FROM incidents i WHERE i.id = ANY (%(ids)s) ORDER BY i.id;

-- name: merged_here
-- A split that was taken back was never merged: its incident only stands where it went back to.
SELECT i.id, i.reference FROM incidents i
WHERE i.merged_into = %(id)s
  AND NOT EXISTS (SELECT FROM grouping_labels l
                  WHERE l.other_id = i.id AND l.kind = 'split' AND l.undone_at IS NOT NULL)
ORDER BY i.id;

-- name: references
SELECT id, reference FROM incidents WHERE id = ANY (%(ids)s);

-- name: change
UPDATE incidents i SET {changes}version = i.version + 1, updated_at = %(at)s,
    enrich_after = CASE WHEN %(again)s AND i.summary <> '' THEN now() ELSE i.enrich_after END
WHERE i.id = %(id)s AND (%(version)s::integer IS NULL OR i.version = %(version)s)
RETURNING {columns};

-- name: entities
-- A port is told with its device: each has its Ethernet2.
SELECT a.id, a.kind, a.name || COALESCE(' of ' || d.name, '')
FROM assets a
LEFT JOIN relations r ON a.kind = 'interface' AND r.from_id = a.id AND r.type = 'part_of' AND r.valid_to IS NULL
LEFT JOIN assets d ON d.id = r.to_id
WHERE a.id = ANY (%(ids)s);

-- name: spoken_of
SELECT DISTINCT entity_id FROM alerts
WHERE incident_id = %(id)s AND entity_id IS NOT NULL
ORDER BY entity_id LIMIT %(limit)s;

-- name: predicted
-- Each look ends at the first alert that decides it, however many there are.
SELECT w.id FROM unnest(%(ids)s::bigint[]) AS w (id)
WHERE EXISTS (SELECT FROM alerts a WHERE a.incident_id = w.id AND a.predicted_severity IS NOT NULL)
  AND NOT EXISTS (SELECT FROM alerts a WHERE a.incident_id = w.id AND a.severity IS NOT NULL);

-- name: counts
SELECT status, count(*) FROM incidents GROUP BY status;
