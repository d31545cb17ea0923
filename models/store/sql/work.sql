-- name: try_lock
SELECT pg_try_advisory_lock(hashtextextended(%(kind)s || '/' || %(key)s, 20261120));

-- name: start
-- A row that is still running here lost its holder: that counts as one more attempt.
INSERT INTO work (kind, key, state, attempts, payload, flow_run_id, holder, lease_until, updated_at)
VALUES (%(kind)s, %(key)s, 'running', 1, %(payload)s, %(flow_run_id)s, %(holder)s,
        now() + make_interval(secs => %(lease_seconds)s), now())
ON CONFLICT (kind, key) DO UPDATE SET
    state = 'running', payload = EXCLUDED.payload, flow_run_id = EXCLUDED.flow_run_id,
    holder = EXCLUDED.holder, error = NULL,
    lease_until = EXCLUDED.lease_until, updated_at = now(),
    attempts = CASE WHEN work.state IN ('running', 'waiting') THEN work.attempts + 1 ELSE 1 END
RETURNING kind, key, state, attempts, payload, flow_run_id, updated_at, error, holder;

-- name: finish
UPDATE work SET state = %(state)s, error = %(error)s, lease_until = NULL, updated_at = now()
WHERE kind = %(kind)s AND key = %(key)s AND (%(holder)s::text IS NULL OR holder = %(holder)s);

-- name: running
SELECT kind, key, state, attempts, payload, flow_run_id, updated_at, error, holder FROM work WHERE state = 'running'
ORDER BY updated_at;

-- name: is_free
-- Taking the shared form and giving it back tells whether somebody holds the exclusive one.
SELECT pg_try_advisory_xact_lock_shared(hashtextextended(%(kind)s || '/' || %(key)s, 20261120));

-- name: row
SELECT kind, key, state, attempts, payload, flow_run_id, updated_at, error, holder FROM work
WHERE kind = %(kind)s AND key = %(key)s;
