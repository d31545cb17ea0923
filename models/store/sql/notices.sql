-- name: add
INSERT INTO notices (key, channel, incident_id, kind, payload, due_at, deadline)
SELECT r.key, r.channel, r.incident_id, r.kind, r.payload,
       now() + make_interval(secs => r.due_seconds), now() + make_interval(secs => %(patience)s)
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
    n integer, key text, channel text, incident_id bigint, kind text, payload jsonb,
    due_seconds double precision)
ORDER BY r.n
ON CONFLICT (key) DO NOTHING
RETURNING key;

-- name: only_opened
-- Of these notices, the places of those whose incident was told of in that channel.
SELECT r.n FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (n integer, channel text, incident_id bigint)
JOIN notices o ON o.key = r.channel || ':' || r.incident_id || ':opened';

-- name: replace_update
-- An update that nobody has seen yet gives way to a newer one.
UPDATE notices n SET key = r.key, payload = r.payload
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
    n integer, key text, channel text, incident_id bigint, payload jsonb)
WHERE n.incident_id = r.incident_id AND n.channel = r.channel AND n.kind = 'updated'
  AND n.state = 'waiting' AND n.attempts = 0 AND n.rolled_into IS NULL
  AND NOT EXISTS (SELECT FROM notices k WHERE k.key = r.key)
RETURNING r.n;

-- name: hold_on
UPDATE notices n SET due_at = now() + make_interval(secs => r.due_seconds)
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
    channel text, incident_id bigint, due_seconds double precision)
WHERE n.incident_id = r.incident_id AND n.channel = r.channel AND n.state = 'waiting'
  AND n.attempts = 0 AND n.payload ? 'held';
