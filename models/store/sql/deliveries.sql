-- name: add_batch
-- One statement, so one round trip and one transaction: rows, counts and the wake-up. Those with $1
-- are run by `models.store.link`.
WITH given AS (
    SELECT * FROM unnest($1::text[], $2::bytea[], $3::timestamptz[], $4::text[], $5::bigint[],
                         $6::text[], $7::bytea[])
        AS one (vendor, fingerprint, received_at, kind, copies, dead, body)
), stored AS (
    INSERT INTO deliveries
        (vendor, fingerprint, outcome, state, error, received_at, kind, copies, last_copy_at, body)
    SELECT vendor, fingerprint,
           CASE WHEN dead IS NULL THEN 'accepted' ELSE 'dead_letter' END,
           CASE WHEN dead IS NULL THEN 'waiting' ELSE 'failed' END,
           dead, received_at, kind, copies, CASE WHEN copies > 0 THEN received_at END, body
    FROM given
    ON CONFLICT (vendor, fingerprint) DO UPDATE
        SET copies = deliveries.copies + EXCLUDED.copies + 1, last_copy_at = EXCLUDED.received_at,
            -- Unchanged for nearly all, so that counting a copy stays HOT.
            state = CASE WHEN deliveries.untimed AND deliveries.state = 'done' THEN 'waiting'
                         ELSE deliveries.state END
    -- A row that this statement made has no deleting transaction; one that it updated has.
    RETURNING vendor, fingerprint, id, xmax = 0 AS fresh, outcome, state = 'waiting' AS waits
), ended AS (
    SELECT vendor, CASE WHEN fresh THEN outcome ELSE 'duplicate' END AS outcome,
           CASE WHEN fresh AND outcome = 'dead_letter' THEN 'unknown shape' ELSE '' END AS reason,
           1 AS count
    FROM stored
    UNION ALL
    -- Not of `given`: read twice, the bodies in it would be copied aside first.
    SELECT vendor, 'duplicate', '', copies
    FROM unnest($1::text[], $5::bigint[]) AS one (vendor, copies) WHERE copies > 0
    UNION ALL
    SELECT vendor, 'rejected', reason, count
    FROM unnest($8::text[], $9::text[], $10::bigint[])
        AS one (vendor, reason, count)
), counted AS (
    INSERT INTO delivery_counts (day, vendor, outcome, reason, count)
    SELECT current_date, vendor, outcome, reason, sum(count) FROM ended
    GROUP BY vendor, outcome, reason ORDER BY vendor, outcome, reason
    ON CONFLICT (day, vendor, outcome, reason)
        DO UPDATE SET count = delivery_counts.count + EXCLUDED.count
)
-- One row for all, in the order of the key; triage is woken once, if anything waits for it.
SELECT array_agg(id ORDER BY vendor COLLATE "C", fingerprint),
       array_agg(fresh ORDER BY vendor COLLATE "C", fingerprint),
       CASE WHEN bool_or(waits) THEN pg_notify('nightshift_inbox', '') END
FROM stored;

-- name: add_rejections
INSERT INTO delivery_counts (day, vendor, outcome, reason, count)
SELECT current_date, vendor, 'rejected', reason, count
FROM unnest($1::text[], $2::text[], $3::bigint[])
    AS one (vendor, reason, count)
ON CONFLICT (day, vendor, outcome, reason)
    DO UPDATE SET count = delivery_counts.count + EXCLUDED.count;

-- name: find_batch
-- A row that bears the time of this batch was made, or counted once more, by this batch.
SELECT d.vendor, d.fingerprint, d.id, d.received_at = one.received_at AS fresh
FROM unnest($1::text[], $2::bytea[], $3::timestamptz[])
    AS one (vendor, fingerprint, received_at)
JOIN deliveries d USING (vendor, fingerprint)
WHERE d.received_at = one.received_at OR d.last_copy_at = one.received_at;

-- name: give_up
-- Signed counts: what leaves `accepted` is a row of its own, which no gateway ever locks.
WITH ended AS (
    UPDATE deliveries SET state = 'failed', outcome = 'dead_letter', lease_until = NULL, holder = NULL,
        error = 'given up after ' || attempts || ' attempts'
    WHERE id IN (SELECT id FROM deliveries
                 WHERE state = 'running' AND lease_until < now() AND attempts >= %(most)s
                 FOR UPDATE SKIP LOCKED)
    RETURNING vendor, (received_at AT TIME ZONE 'UTC')::date AS day
)
INSERT INTO delivery_counts (day, vendor, outcome, reason, count)
SELECT day, vendor, outcome, reason, sum(sign) FROM ended
CROSS JOIN (VALUES ('accepted', 'moved to dead letters', -1), ('dead_letter', 'given up', 1))
    AS move (outcome, reason, sign)
GROUP BY day, vendor, outcome, reason ORDER BY day, vendor, outcome, reason
ON CONFLICT (day, vendor, outcome, reason) DO UPDATE SET count = delivery_counts.count + EXCLUDED.count;

-- name: claim
WITH left_over AS (
    SELECT id FROM deliveries WHERE state = 'running' AND lease_until < now()
    ORDER BY lease_until LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), fresh AS (
    SELECT id FROM deliveries WHERE state = 'waiting'
    ORDER BY id LIMIT greatest(0, %(limit)s - (SELECT count(*) FROM left_over)) FOR UPDATE SKIP LOCKED
)
UPDATE deliveries SET state = 'running', holder = %(holder)s, attempts = attempts + 1,
    lease_until = now() + make_interval(secs => %(lease_seconds)s)
WHERE id IN (SELECT id FROM left_over UNION ALL SELECT id FROM fresh)
RETURNING id, vendor, body, received_at, kind, attempts, copies, last_copy_at, untimed;

-- name: finish
UPDATE deliveries SET state = 'done', error = NULL, holder = NULL, lease_until = NULL
WHERE id = ANY(%(ids)s) AND state = 'running' AND holder = %(holder)s;

-- name: bury
WITH ended AS (
    UPDATE deliveries SET state = 'failed', outcome = 'dead_letter', error = given.reason,
        holder = NULL, lease_until = NULL
    FROM unnest(%(ids)s::bigint[], %(reasons)s::text[]) AS given (id, reason)
    WHERE deliveries.id = given.id AND state = 'running' AND holder = %(holder)s
    RETURNING vendor, (received_at AT TIME ZONE 'UTC')::date AS day
), counted AS (
    INSERT INTO delivery_counts (day, vendor, outcome, reason, count)
    SELECT day, vendor, outcome, reason, sum(sign) FROM ended
    CROSS JOIN (VALUES ('accepted', 'moved to dead letters', -1), ('dead_letter', 'not readable', 1))
        AS move (outcome, reason, sign)
    GROUP BY day, vendor, outcome, reason ORDER BY day, vendor, outcome, reason
    ON CONFLICT (day, vendor, outcome, reason)
        DO UPDATE SET count = delivery_counts.count + EXCLUDED.count
)
SELECT count(*) FROM ended;

-- name: release
UPDATE deliveries SET state = 'waiting', holder = NULL, lease_until = NULL
WHERE id = ANY(%(ids)s) AND state = 'running' AND holder = %(holder)s;

-- name: waiting
SELECT count(*) FROM (
    (SELECT FROM deliveries WHERE state = 'waiting' LIMIT %(limit)s)
    UNION ALL
    (SELECT FROM deliveries WHERE state = 'running' LIMIT %(limit)s)
) AS open;

-- name: counts
SELECT outcome, sum(count)::bigint FROM delivery_counts GROUP BY outcome;

-- name: dead_letters
SELECT id, vendor, coalesce(error, '') AS reason, received_at, kind, length(body) AS size_bytes,
       encode(sha256(body), 'hex') AS sha256, copies, attempts
FROM deliveries WHERE outcome = 'dead_letter' ORDER BY id DESC LIMIT %(limit)s;

-- name: redeliver
WITH again AS (
    UPDATE deliveries SET state = 'waiting', outcome = 'accepted', error = NULL, attempts = 0
    WHERE id = %(id)s AND outcome = 'dead_letter'
    RETURNING vendor, (received_at AT TIME ZONE 'UTC')::date AS day
), counted AS (
    INSERT INTO delivery_counts (day, vendor, outcome, reason, count)
    SELECT day, vendor, outcome, 'redelivered', sign FROM again
    CROSS JOIN (VALUES ('accepted', 1), ('dead_letter', -1)) AS move (outcome, sign)
    ON CONFLICT (day, vendor, outcome, reason)
        DO UPDATE SET count = delivery_counts.count + EXCLUDED.count
)
SELECT pg_notify('nightshift_inbox', '') FROM again;

-- name: delete_old
DELETE FROM deliveries WHERE id IN (
    SELECT id FROM deliveries
    WHERE received_at < now() - make_interval(days => %(days)s) AND state IN ('done', 'failed')
    ORDER BY received_at LIMIT %(limit)s);
