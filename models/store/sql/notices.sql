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

-- name: announce
SELECT pg_notify(%(channel)s, '');

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

-- name: tell_calm
-- What flapped once and was calm since is told at once: only what follows closely is held. What is
-- written in this transaction has the same time as now().
UPDATE notices n SET due_at = now(), payload = n.payload - 'held'
WHERE n.key = ANY (%(keys)s) AND n.created_at = now() AND n.payload ? 'held'
  AND NOT EXISTS (
      SELECT FROM notices o WHERE o.incident_id = n.incident_id
        AND o.kind IN ('opened', 'reopened', 'severity', 'resolved', 'flapping')
        AND (o.created_at > now() - make_interval(secs => %(calm_seconds)s)
                 AND (o.created_at < now() OR o.kind IN ('opened', 'flapping'))
             OR o.created_at < now() AND o.state = 'waiting' AND o.payload ? 'held'));

-- name: lock_channel
-- One at a time decides what a channel is told next, so that an incident's notices keep their order.
SELECT pg_advisory_xact_lock(hashtextextended('notices/' || %(channel)s, 20261120));

-- name: due
-- A notice that is tried again later holds back those of its incident that came after it.
SELECT {columns} FROM notices n
WHERE n.channel = %(channel)s AND n.state = 'waiting' AND n.rolled_into IS NULL
  AND n.incident_id IS NOT NULL AND n.due_at <= now()
  AND NOT EXISTS (
      SELECT FROM notices o WHERE o.incident_id = n.incident_id AND o.channel = n.channel
        AND (o.state = 'running' OR o.state = 'waiting' AND o.attempts > 0 AND o.due_at > now()
             OR o.state = 'waiting' AND (o.payload ? 'sending' OR o.rolled_into IS NOT NULL)))
ORDER BY n.id LIMIT %(limit)s FOR UPDATE OF n SKIP LOCKED;

-- name: begun
-- What is being sent, or was and is to be sent once more.
SELECT {columns} FROM notices n
WHERE (n.channel = %(channel)s AND n.state = 'running'
       OR n.channel = %(channel)s AND n.state = 'waiting' AND n.due_at <= now())
  AND n.rolled_into IS NULL AND n.payload ? 'sending'
ORDER BY n.id FOR UPDATE OF n SKIP LOCKED;

-- name: begin
UPDATE notices SET state = 'running', holder = %(holder)s, rolled_into = nullif(%(carrier)s, id),
    lease_until = now() + make_interval(secs => %(lease_seconds)s),
    payload = CASE WHEN id = %(carrier)s
        THEN payload || jsonb_build_object('sending', %(sending)s::jsonb) ELSE payload END
WHERE id = ANY (%(ids)s) OR id = %(carrier)s;

-- name: take_over
UPDATE notices SET state = 'running', holder = %(holder)s,
    lease_until = now() + make_interval(secs => %(lease_seconds)s),
    payload = CASE WHEN id = %(carrier)s
        THEN payload || jsonb_build_object('sending', %(sending)s::jsonb) ELSE payload END
WHERE id = %(carrier)s OR rolled_into = %(carrier)s;

-- name: add_rollup
INSERT INTO notices AS n (key, channel, kind, deadline)
VALUES (%(key)s, %(channel)s, 'rollup', now() + make_interval(secs => %(patience)s))
RETURNING {columns};

-- name: add_edits
INSERT INTO notices (key, channel, incident_id, kind, deadline)
SELECT %(channel)s || ':' || id || ':updated:rollup:' || %(carrier)s::bigint, %(channel)s, id, 'updated',
       now() + make_interval(secs => %(patience)s)
FROM unnest(%(ids)s::bigint[]) AS told (id);

-- name: drop
UPDATE notices SET state = 'done', rolled_into = NULL, lease_until = NULL WHERE id = ANY (%(ids)s);

-- name: sent
UPDATE notices SET state = 'done', sent_at = now(), error = NULL, lease_until = NULL,
    external_ref = %(ref)s, payload = payload - 'sending', attempts = attempts + 1
WHERE (id = %(carrier)s OR rolled_into = %(carrier)s) AND state = 'running' AND holder = %(holder)s
RETURNING id, incident_id, kind;

-- name: again
-- With `keep` the message stays as it was written, since it may have arrived.
UPDATE notices SET state = 'waiting', attempts = attempts + 1, error = %(error)s, lease_until = NULL,
    due_at = now() + make_interval(secs => %(wait_seconds)s),
    rolled_into = CASE WHEN %(keep)s THEN rolled_into END,
    payload = CASE WHEN %(keep)s THEN payload ELSE payload - 'sending' END
WHERE (id = %(carrier)s OR rolled_into = %(carrier)s) AND state = 'running' AND holder = %(holder)s
RETURNING id, incident_id, kind;

-- name: failed
UPDATE notices SET state = 'failed', attempts = attempts + 1, error = %(error)s, lease_until = NULL,
    rolled_into = NULL, payload = payload - 'sending'
WHERE (id = %(carrier)s OR rolled_into = %(carrier)s) AND state IN ('running', 'waiting')
RETURNING id, incident_id, kind;

-- name: overdue
SELECT {columns} FROM notices n
WHERE n.channel = %(channel)s AND n.state = 'waiting' AND n.attempts > 0 AND n.rolled_into IS NULL
  AND n.deadline < now()
FOR UPDATE OF n SKIP LOCKED;

-- name: remove
DELETE FROM notices WHERE id = %(id)s AND kind = 'rollup';

-- name: told_lately
-- How many messages and how many mere updates a channel got in the last minute, or gets just now.
SELECT count(*) FILTER (WHERE kind <> 'updated'), count(*) FILTER (WHERE kind = 'updated') FROM (
    SELECT kind FROM notices
    WHERE channel = %(channel)s AND sent_at > now() - interval '1 minute' AND rolled_into IS NULL
    UNION ALL
    SELECT kind FROM notices WHERE channel = %(channel)s AND state = 'running' AND rolled_into IS NULL
) AS told;

-- name: threads
SELECT incident_id, ref, state ->> 'severity', coalesce((state ->> 'rolled')::boolean, false)
FROM notice_threads WHERE channel = %(channel)s AND incident_id = ANY (%(ids)s);

-- name: keep_thread
INSERT INTO notice_threads (channel, incident_id, ref, state, updated_at)
SELECT %(channel)s, r.incident_id, r.ref,
       jsonb_build_object('severity', r.severity, 'rolled', r.rolled), now()
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
    incident_id bigint, ref text, severity text, rolled boolean)
ON CONFLICT (channel, incident_id) DO UPDATE SET
    ref = EXCLUDED.ref, state = EXCLUDED.state, updated_at = now();

-- name: next_due
-- What another process is sending is looked at again when its lease is over.
SELECT extract(epoch FROM min(due_at) - now())::double precision FROM (
    SELECT due_at FROM notices
    WHERE channel = %(channel)s AND state = 'waiting' AND rolled_into IS NULL
    UNION ALL SELECT lease_until FROM notices WHERE channel = %(channel)s AND state = 'running'
) AS open;

-- name: rest
SELECT failures, coalesce(rest_until > now(), false) FROM notice_channels WHERE channel = %(channel)s;

-- name: succeeded
INSERT INTO notice_channels (channel, failures, error) VALUES (%(channel)s, 0, NULL)
ON CONFLICT (channel) DO UPDATE SET failures = 0, rest_until = NULL, error = NULL, updated_at = now()
WHERE notice_channels.failures > 0 OR notice_channels.error IS NOT NULL;

-- name: stumbled
INSERT INTO notice_channels (channel, failures, error, rest_until)
VALUES (%(channel)s, 1, %(error)s, now() + make_interval(secs => %(rest_seconds)s))
ON CONFLICT (channel) DO UPDATE SET failures = notice_channels.failures + 1, updated_at = now(),
    error = EXCLUDED.error, rest_until = EXCLUDED.rest_until;

-- name: health
SELECT n.channel, coalesce(c.failures, 0), coalesce(c.rest_until > now(), false),
       n.waiting, n.failed, coalesce(c.error, n.error)
FROM (
    SELECT channel, count(*) FILTER (WHERE state IN ('waiting', 'running')) AS waiting,
           count(*) FILTER (WHERE state = 'failed') AS failed,
           (array_agg(error ORDER BY id DESC) FILTER (WHERE state = 'failed'))[1] AS error
    FROM notices WHERE state = 'waiting' OR state = 'running' OR state = 'failed' GROUP BY channel
) AS n LEFT JOIN notice_channels c USING (channel)
UNION ALL
SELECT c.channel, c.failures, coalesce(c.rest_until > now(), false), 0, 0, c.error
FROM notice_channels c
WHERE c.failures > 0 AND NOT EXISTS (
    SELECT FROM notices n WHERE n.channel = c.channel
      AND (n.state = 'waiting' OR n.state = 'running' OR n.state = 'failed'))
ORDER BY 1;

-- name: listed
SELECT {columns} FROM notices n
WHERE (%(state)s::text IS NULL OR n.state = %(state)s)
  AND (%(channel)s::text IS NULL OR n.channel = %(channel)s)
ORDER BY n.id DESC LIMIT %(limit)s;

-- name: retry
UPDATE notices SET state = 'waiting', attempts = 0, due_at = now(), error = NULL,
    deadline = now() + make_interval(secs => %(patience)s)
WHERE state = 'failed' AND (%(id)s::bigint IS NULL OR id = %(id)s)
  AND (%(channel)s::text IS NULL OR channel = %(channel)s)
RETURNING id;
