-- name: add
INSERT INTO heartbeats (name, every_seconds, grace_seconds, severity, match)
VALUES (%(name)s, %(every_seconds)s, %(grace_seconds)s, %(severity)s, %(match)s)
ON CONFLICT (name) DO UPDATE SET every_seconds = EXCLUDED.every_seconds,
    grace_seconds = EXCLUDED.grace_seconds, severity = EXCLUDED.severity, match = EXCLUDED.match;

-- name: remove
DELETE FROM heartbeats WHERE name = %(name)s
RETURNING name, every_seconds, grace_seconds, severity, match, last_seen_at, silent_since, created_at;

-- name: listed
SELECT name, every_seconds, grace_seconds, severity, match, last_seen_at, silent_since, created_at
FROM heartbeats ORDER BY name;

-- name: beat
-- By our clock: a sender's does not decide whether we heard of it.
UPDATE heartbeats b SET last_seen_at = GREATEST(b.last_seen_at, heard.at)
FROM unnest(%(names)s::text[], %(times)s::timestamptz[]) AS heard (name, at) WHERE b.name = heard.name
RETURNING b.name;

-- name: fallen_silent
-- One that was never heard of counts from when it was asked for.
UPDATE heartbeats SET silent_since = COALESCE(last_seen_at, created_at)
WHERE silent_since IS NULL
  AND COALESCE(last_seen_at, created_at) + make_interval(secs => every_seconds + grace_seconds) < %(at)s
RETURNING name, every_seconds, grace_seconds, severity, match, last_seen_at, silent_since, created_at;

-- name: back
UPDATE heartbeats h SET silent_since = NULL
FROM (SELECT name, silent_since FROM heartbeats WHERE silent_since IS NOT NULL AND last_seen_at > silent_since
        AND last_seen_at + make_interval(secs => every_seconds + grace_seconds) >= %(at)s FOR UPDATE) was
WHERE h.name = was.name
RETURNING h.name, h.every_seconds, h.grace_seconds, h.severity, h.match, h.last_seen_at, was.silent_since,
          h.created_at;
