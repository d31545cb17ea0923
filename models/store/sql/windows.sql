-- name: add
INSERT INTO maintenance_windows (series_id, starts_at, ends_at, match, reason, owner)
VALUES (%(series_id)s, %(starts_at)s, %(ends_at)s, %(match)s, %(reason)s, %(owner)s)
ON CONFLICT (series_id, starts_at) DO NOTHING
RETURNING id;

-- name: add_series
INSERT INTO maintenance_series (rrule, starts_at, time_zone, duration_seconds, match, reason, owner)
VALUES (%(rrule)s, %(starts_at)s, %(time_zone)s, %(duration_seconds)s, %(match)s, %(reason)s, %(owner)s)
RETURNING id;

-- name: near
-- What holds alerts now, will soon, or ended lately: an alert may come late, or early.
SELECT id, series_id, starts_at, ends_at, match, reason, owner, created_at, ended_at
FROM maintenance_windows
WHERE ends_at > %(after)s AND starts_at < %(before)s ORDER BY ends_at DESC LIMIT %(limit)s;

-- name: over
SELECT id, series_id, starts_at, ends_at, match, reason, owner, created_at, ended_at
FROM maintenance_windows WHERE ended_at IS NULL AND ends_at <= %(at)s ORDER BY ends_at;

-- name: listed
SELECT id, series_id, starts_at, ends_at, match, reason, owner, created_at, ended_at
FROM maintenance_windows WHERE (%(all)s OR ended_at IS NULL) ORDER BY starts_at DESC, id DESC LIMIT %(limit)s;

-- name: by_ids
SELECT id, series_id, starts_at, ends_at, match, reason, owner, created_at, ended_at
FROM maintenance_windows WHERE id = ANY (%(ids)s::bigint[]) ORDER BY ends_at, id;

-- name: mark_ended
UPDATE maintenance_windows SET ended_at = %(at)s WHERE id = ANY (%(ids)s) AND ended_at IS NULL;

-- name: end_now
-- One that has not begun never will: it ends as soon as it begins.
UPDATE maintenance_windows SET ends_at = GREATEST(%(at)s, starts_at + interval '1 microsecond'),
    ended_at = CASE WHEN starts_at > %(at)s THEN %(at)s END
WHERE id = %(id)s AND ended_at IS NULL AND ends_at > %(at)s
RETURNING id, series_id, starts_at, ends_at, match, reason, owner, created_at, ended_at;

-- name: series
SELECT s.id, s.rrule, s.starts_at, s.time_zone, s.duration_seconds, s.match, s.reason, s.owner, s.ended_at,
       (SELECT max(w.starts_at) FROM maintenance_windows w WHERE w.series_id = s.id)
FROM maintenance_series s WHERE s.ended_at IS NULL ORDER BY s.id;

-- name: end_series
UPDATE maintenance_series SET ended_at = %(at)s WHERE id = %(id)s AND ended_at IS NULL RETURNING id;

-- name: held_counts
SELECT w.id, count(a.id) FROM unnest(%(ids)s::bigint[]) AS w (id)
LEFT JOIN alerts a ON a.action = 'suppress' AND a.current AND a.suppressed_by ? w.id::text
GROUP BY w.id;
