-- name: open_snapshot
-- Strictly after every earlier collection of the source, also when the clock stepped back.
INSERT INTO snapshots (source, collector, flow_run_id, taken_at)
SELECT %(source)s, %(collector)s, %(flow_run_id)s,
       GREATEST(date_trunc('milliseconds', clock_timestamp()),
                (SELECT max(taken_at) FROM snapshots WHERE source = %(source)s) + interval '1 millisecond')
RETURNING *;

-- name: abandon_unfinished
UPDATE snapshots SET state = 'abandoned', finished_at = now(), error = 'its run ended before it was complete'
WHERE source = %(source)s
  AND (state = 'collecting' OR state IN ('collected', 'validated') AND finished_at < now() - interval '1 hour')
RETURNING id;

-- name: supersede_held
-- A newer look at the source takes the place of one that still waits for a person.
UPDATE snapshots SET state = 'abandoned', error = concat_ws('; ', error, 'a newer collection took its place')
WHERE source = %(source)s AND state = 'held' AND id <> %(id)s
RETURNING id;

-- name: resumable
SELECT * FROM snapshots
WHERE source = %(source)s AND state IN ('collected', 'validated')
  AND finished_at > now() - make_interval(secs => %(age_seconds)s)
  AND id = (SELECT max(id) FROM snapshots WHERE source = %(source)s)
ORDER BY id DESC LIMIT 1;

-- name: snapshot
SELECT * FROM snapshots WHERE id = %(id)s;

-- name: lock_snapshot
SELECT * FROM snapshots WHERE id = %(id)s FOR UPDATE;

-- name: latest_stored
SELECT DISTINCT ON (source) * FROM snapshots
WHERE state = 'stored' AND (%(source)s::text IS NULL OR source = %(source)s)
ORDER BY source, id DESC;

-- name: latest_snapshots
SELECT DISTINCT ON (source) * FROM snapshots ORDER BY source, id DESC;

-- name: stage
COPY observations (snapshot_id, asset_id, kind, key, name, content_hash, attributes, volatile_hash, volatile)
FROM STDIN;

-- name: clear_observations
DELETE FROM observations WHERE snapshot_id = ANY(%(ids)s);

-- name: collected
UPDATE snapshots SET state = 'collected', finished_at = clock_timestamp(), completeness = %(completeness)s,
       covered = %(covered)s, gaps = %(gaps)s, counts = %(counts)s, seconds = %(seconds)s
WHERE id = %(id)s AND state = 'collecting'
RETURNING id;

-- name: set_state
UPDATE snapshots SET state = %(state)s, error = %(error)s, finished_at = COALESCE(finished_at, now())
WHERE id = %(id)s AND state NOT IN ('stored', 'abandoned')
RETURNING id;

-- name: staged
SELECT asset_id, kind, key, name, attributes, volatile FROM observations
WHERE snapshot_id = %(id)s AND (%(kind)s::text IS NULL OR kind = %(kind)s);

-- name: quarantine_row
INSERT INTO quarantine (snapshot_id, asset_id, kind, name, rule, reason, attributes)
SELECT %(snapshot_id)s, %(asset_id)s, %(kind)s, %(name)s, %(rule)s, %(reason)s,
       (SELECT attributes FROM observations WHERE snapshot_id = %(snapshot_id)s AND asset_id = %(asset_id)s LIMIT 1)
ON CONFLICT (snapshot_id, asset_id, rule) DO NOTHING;

-- name: mark_quarantined
UPDATE observations SET quarantined = true
WHERE snapshot_id = %(snapshot_id)s AND asset_id = ANY(%(asset_ids)s);

-- name: save_validation
INSERT INTO validation_reports (snapshot_id, report) VALUES (%(snapshot_id)s, %(report)s)
ON CONFLICT (snapshot_id) DO UPDATE SET report = EXCLUDED.report, recorded_at = now();

-- name: quarantined_count
SELECT count(DISTINCT asset_id) FROM quarantine WHERE snapshot_id = %(id)s;

-- name: snapshot_covered
SELECT covered FROM snapshots WHERE id = %(id)s;

-- name: snapshot_report
SELECT report FROM snapshots WHERE id = %(id)s;

-- name: kinds_of_source
SELECT array_agg(DISTINCT kind) FROM assets WHERE source = %(source)s AND deleted_at IS NULL;

-- name: is_outdated
SELECT EXISTS (SELECT FROM snapshots newer JOIN snapshots mine USING (source)
               WHERE mine.id = %(id)s AND newer.state = 'stored' AND newer.taken_at >= mine.taken_at);

-- name: previous_stored_at
SELECT max(p.taken_at) FROM snapshots p JOIN snapshots s USING (source)
WHERE s.id = %(id)s AND p.state = 'stored';

-- name: remember
-- What the source has forgotten stays known while the field that it hangs on has not changed.
WITH remembered AS (
    SELECT o.asset_id, a.volatile_hash, a.volatile AS known,
           o.volatile || jsonb_object_agg(f.field, a.volatile -> f.field) AS merged
    FROM observations o
    JOIN unnest(%(kinds)s::text[], %(fields)s::text[], %(whiles)s::text[]) AS f (kind, field, anchor)
      ON f.kind = o.kind
    JOIN assets a ON a.id = o.asset_id
    JOIN asset_versions v ON v.asset_id = a.id AND v.valid_to IS NULL
    WHERE o.snapshot_id = %(id)s
      AND o.volatile ->> f.field IS NULL AND a.volatile ->> f.field IS NOT NULL
      AND o.attributes -> f.anchor = v.attributes -> f.anchor
    GROUP BY o.asset_id, o.volatile, a.volatile_hash, a.volatile)
UPDATE observations o
SET volatile = r.merged,
    volatile_hash = CASE WHEN r.merged = r.known THEN r.volatile_hash ELSE decode(md5(r.merged::text), 'hex') END
FROM remembered r
WHERE o.snapshot_id = %(id)s AND o.asset_id = r.asset_id;

-- name: touched
-- The assets that this snapshot creates or changes; everything below works on these alone.
CREATE TEMP TABLE touched ON COMMIT DROP AS
SELECT o.asset_id, a.id IS NULL AS created
FROM observations o LEFT JOIN assets a ON a.id = o.asset_id
WHERE o.snapshot_id = %(id)s AND NOT o.quarantined
  AND (a.id IS NULL OR a.content_hash <> o.content_hash OR a.deleted_at IS NOT NULL);

-- name: index_touched
CREATE UNIQUE INDEX ON touched (asset_id);

-- name: analyze_touched
ANALYZE touched;

-- name: create_assets
INSERT INTO assets (id, source, kind, key, name, content_hash, volatile_hash, volatile, first_seen_at)
SELECT o.asset_id, %(source)s, o.kind, o.key, o.name, o.content_hash, o.volatile_hash, o.volatile, %(taken_at)s
FROM observations o JOIN touched t ON t.asset_id = o.asset_id AND t.created
WHERE o.snapshot_id = %(id)s;

-- name: close_changed_versions
UPDATE asset_versions v SET valid_to = %(taken_at)s
FROM touched t WHERE v.asset_id = t.asset_id AND NOT t.created AND v.valid_to IS NULL;

-- name: add_versions
INSERT INTO asset_versions (asset_id, snapshot_id, name, attributes, valid_from)
SELECT o.asset_id, o.snapshot_id, o.name, o.attributes, %(taken_at)s
FROM observations o JOIN touched t USING (asset_id)
WHERE o.snapshot_id = %(id)s;

-- name: update_changed_assets
UPDATE assets a SET name = o.name, content_hash = o.content_hash, deleted_at = NULL, last_seen_at = NULL
FROM observations o JOIN touched t ON t.asset_id = o.asset_id AND NOT t.created
WHERE o.snapshot_id = %(id)s AND a.id = o.asset_id;

-- name: update_volatile
UPDATE assets a SET volatile = o.volatile, volatile_hash = o.volatile_hash
FROM observations o
WHERE o.snapshot_id = %(id)s AND NOT o.quarantined AND a.id = o.asset_id AND a.volatile_hash <> o.volatile_hash;

-- name: seen_again
UPDATE assets a SET last_seen_at = NULL
FROM observations o
WHERE o.snapshot_id = %(id)s AND a.id = o.asset_id AND a.last_seen_at IS NOT NULL AND a.deleted_at IS NULL;

-- name: delete_unseen
-- Only kinds that the collection covered whole; a quarantined row was seen. Where a system leaves out
-- what the account may not see (filtered), an asset whose parent was not seen either is not gone
-- before a second collection has missed it. Where lists are whole or refused, a parent that is missing
-- in one is gone, and hides nothing. A parent of a kind that was not covered tells nothing, as long as
-- another one was seen; one that was gone before counts as seen.
WITH unseen AS (
    SELECT a.id, a.last_seen_at FROM assets a
    WHERE a.source = %(source)s AND a.deleted_at IS NULL AND a.kind = ANY(%(covered)s)
      AND NOT EXISTS (SELECT FROM observations o WHERE o.snapshot_id = %(id)s AND o.asset_id = a.id)),
parents AS (
    SELECT u.id AS child_id, parent.kind = ANY(%(covered)s) AS covered, parent.kind = ANY(%(filtered)s) AS filtered,
           parent.deleted_at IS NOT NULL
           OR EXISTS (SELECT FROM observations o WHERE o.snapshot_id = %(id)s AND o.asset_id = r.to_id) AS seen
    FROM unseen u
    JOIN relations r ON r.from_id = u.id AND r.valid_to IS NULL AND r.confidence IS NULL AND r.type = ANY(%(parents)s)
    JOIN assets parent ON parent.id = r.to_id),
hidden AS (
    SELECT child_id FROM parents GROUP BY child_id
    HAVING bool_or(covered AND filtered AND NOT seen) OR bool_or(NOT covered) AND NOT bool_or(seen))
UPDATE assets a SET deleted_at = %(taken_at)s, last_seen_at = COALESCE(a.last_seen_at, %(previous_at)s)
FROM unseen u
WHERE a.id = u.id
  AND (u.last_seen_at IS NOT NULL AND %(parents_covered)s
       OR NOT EXISTS (SELECT FROM hidden h WHERE h.child_id = u.id))
RETURNING a.id;

-- name: close_deleted_versions
UPDATE asset_versions SET valid_to = %(taken_at)s WHERE asset_id = ANY(%(ids)s) AND valid_to IS NULL;

-- name: note_unseen
UPDATE assets a SET last_seen_at = %(previous_at)s
WHERE a.source = %(source)s AND a.deleted_at IS NULL AND a.last_seen_at IS NULL
  AND NOT EXISTS (SELECT FROM observations o WHERE o.snapshot_id = %(id)s AND o.asset_id = a.id);

-- name: close_relations
-- Joined edges are kept by whoever joins.
UPDATE relations r SET valid_to = %(taken_at)s
WHERE r.valid_to IS NULL AND r.confidence IS NULL
  AND (r.from_id = ANY(%(deleted)s)
       OR (r.from_id IN (SELECT asset_id FROM touched WHERE NOT created)
           AND NOT EXISTS (
               SELECT FROM observations o
               JOIN unnest(%(kinds)s::text[], %(fields)s::text[], %(types)s::text[]) AS f (kind, field, type)
                 ON f.kind = o.kind
               WHERE o.snapshot_id = %(id)s AND o.asset_id = r.from_id AND f.type = r.type
                 AND o.attributes -> f.field @> to_jsonb(r.to_id))));

-- name: close_joins_of_deleted
UPDATE relations SET valid_to = GREATEST(%(taken_at)s, valid_from)
WHERE valid_to IS NULL AND confidence IS NOT NULL AND (from_id = ANY(%(deleted)s) OR to_id = ANY(%(deleted)s));

-- name: stated
-- The edges that the source states of what it touched.
CREATE TEMP TABLE stated ON COMMIT DROP AS
SELECT DISTINCT o.asset_id AS from_id, f.type, target.id AS to_id
FROM observations o
JOIN touched t USING (asset_id)
JOIN unnest(%(kinds)s::text[], %(fields)s::text[], %(types)s::text[]) AS f (kind, field, type) ON f.kind = o.kind
CROSS JOIN LATERAL jsonb_array_elements_text(
    CASE jsonb_typeof(o.attributes -> f.field)
        WHEN 'array' THEN o.attributes -> f.field
        WHEN 'string' THEN jsonb_build_array(o.attributes -> f.field)
        ELSE '[]'::jsonb END) AS target (id)
WHERE o.snapshot_id = %(id)s;

-- name: close_joins_that_are_stated
UPDATE relations r SET valid_to = GREATEST(%(taken_at)s, r.valid_from)
FROM stated s
WHERE r.from_id = s.from_id AND r.type = s.type AND r.to_id = s.to_id
  AND r.valid_to IS NULL AND r.confidence IS NOT NULL;

-- name: open_relations
INSERT INTO relations (from_id, type, to_id, valid_from)
SELECT from_id, type, to_id, %(taken_at)s FROM stated
ON CONFLICT (from_id, type, to_id) WHERE valid_to IS NULL DO NOTHING;

-- name: stored
UPDATE snapshots SET state = 'stored', report = %(report)s, error = NULL WHERE id = %(id)s;

-- name: last_good_counts
-- Of each kind the newest stored collection that covered it, whatever else that one missed.
SELECT DISTINCT ON (kind) kind, COALESCE((counts ->> kind)::bigint, 0)
FROM snapshots CROSS JOIN LATERAL unnest(covered) AS kind
WHERE source = %(source)s AND state = 'stored'
ORDER BY kind, id DESC;

-- name: current_assets
SELECT a.id, a.kind, v.name, a.source, v.attributes, a.volatile, a.first_seen_at,
       COALESCE(a.last_seen_at, s.taken_at, a.first_seen_at) AS last_seen_at, a.deleted_at
FROM assets a
JOIN asset_versions v ON v.asset_id = a.id AND v.valid_to IS NULL
LEFT JOIN (SELECT source, max(taken_at) AS taken_at FROM snapshots WHERE state = 'stored' GROUP BY source) s
  ON s.source = a.source
WHERE a.deleted_at IS NULL
  AND (%(kinds)s::text[] IS NULL OR a.kind = ANY(%(kinds)s))
  AND (%(source)s::text IS NULL OR a.source = %(source)s)
ORDER BY a.kind, v.name, a.id;

-- name: assets_as_of
SELECT a.id, a.kind, v.name, a.source, v.attributes, NULL::jsonb, a.first_seen_at,
       LEAST(%(as_of)s::timestamptz, COALESCE(a.last_seen_at, %(as_of)s)) AS last_seen_at,
       CASE WHEN a.deleted_at <= %(as_of)s THEN a.deleted_at END
FROM assets a
JOIN asset_versions v ON v.asset_id = a.id AND v.valid_from <= %(as_of)s
  AND (v.valid_to IS NULL OR v.valid_to > %(as_of)s)
WHERE (%(kinds)s::text[] IS NULL OR a.kind = ANY(%(kinds)s))
  AND (%(source)s::text IS NULL OR a.source = %(source)s)
ORDER BY a.kind, v.name, a.id;

-- name: asset
SELECT a.id, a.kind, v.name, a.source, v.attributes, a.volatile, a.first_seen_at,
       COALESCE(a.last_seen_at, (SELECT max(taken_at) FROM snapshots s WHERE s.source = a.source AND s.state = 'stored'),
                a.first_seen_at),
       a.deleted_at
FROM assets a
JOIN LATERAL (SELECT * FROM asset_versions v WHERE v.asset_id = a.id ORDER BY v.valid_from DESC LIMIT 1) v ON true
WHERE a.id = %(id)s;

-- name: namesakes
-- By kind, since the index has names so.
SELECT a.id, a.kind, a.source, COALESCE(v.attributes ->> 'namespace', device.name), count(*) OVER ()
FROM assets a
JOIN asset_versions v ON v.asset_id = a.id AND v.valid_to IS NULL
LEFT JOIN assets device ON device.id = v.attributes ->> 'device'
WHERE a.kind = ANY(%(kinds)s) AND a.name = %(name)s AND a.deleted_at IS NULL
ORDER BY a.kind, a.source, 4, a.id LIMIT %(limit)s;

-- name: relations
SELECT r.type, 'out' AS direction, r.to_id AS asset_id, a.name, a.kind, r.confidence, r.reason, a.deleted_at
FROM relations r JOIN assets a ON a.id = r.to_id
WHERE r.from_id = %(id)s AND r.valid_to IS NULL
UNION ALL
SELECT r.type, 'in', r.from_id, a.name, a.kind, r.confidence, r.reason, a.deleted_at
FROM relations r JOIN assets a ON a.id = r.from_id
WHERE r.to_id = %(id)s AND r.valid_to IS NULL
ORDER BY 2 DESC, 1, 4, 3;

-- name: history
SELECT valid_from, valid_to, recorded_at, attributes FROM asset_versions
WHERE asset_id = %(id)s ORDER BY valid_from;

-- name: versions_since
SELECT a.id, a.kind, v.name, v.valid_from, v.attributes, p.attributes AS before, p.valid_to = v.valid_from AS adjacent
FROM asset_versions v
JOIN assets a ON a.id = v.asset_id
LEFT JOIN LATERAL (SELECT attributes, valid_to FROM asset_versions p
                   WHERE p.asset_id = v.asset_id AND p.valid_from < v.valid_from
                   ORDER BY p.valid_from DESC LIMIT 1) p ON true
WHERE v.valid_from > %(since)s AND (%(until)s::timestamptz IS NULL OR v.valid_from <= %(until)s)
ORDER BY v.valid_from, a.kind, v.name, a.id;

-- name: versions_of
-- The same for a few assets, so many versions of each. At a source's first collection everything is new,
-- which tells nothing. The last column is the collection before that looked at this kind of thing.
SELECT a.id, a.kind, v.name, v.valid_from, v.attributes, p.attributes AS before, p.valid_to = v.valid_from AS adjacent,
       (SELECT s.taken_at FROM snapshots s
        WHERE s.source = a.source AND s.state = 'stored' AND a.kind = ANY (s.covered) AND s.taken_at < v.valid_from
        ORDER BY s.id DESC LIMIT 1) AS unseen_at
FROM unnest(%(ids)s::text[]) AS w (id)
CROSS JOIN LATERAL (SELECT * FROM asset_versions v WHERE v.asset_id = w.id AND v.valid_from > %(since)s
                      AND (%(until)s::timestamptz IS NULL OR v.valid_from <= %(until)s)
                    ORDER BY v.valid_from DESC LIMIT %(each)s) v
JOIN assets a ON a.id = w.id
LEFT JOIN LATERAL (SELECT attributes, valid_to FROM asset_versions p
                   WHERE p.asset_id = v.asset_id AND p.valid_from < v.valid_from
                   ORDER BY p.valid_from DESC LIMIT 1) p ON true
WHERE p.attributes IS NOT NULL
   OR EXISTS (SELECT FROM snapshots s WHERE s.source = a.source AND s.state = 'stored' AND s.taken_at < v.valid_from)
ORDER BY v.valid_from, a.id;

-- name: parts_changed
SELECT DISTINCT r.from_id, r.to_id FROM relations r
JOIN asset_versions v ON v.asset_id = r.from_id
WHERE r.to_id = ANY(%(ids)s) AND r.type = 'part_of' AND r.valid_to IS NULL AND starts_with(r.from_id, %(kind)s || '-')
  AND v.valid_from > %(since)s AND v.valid_from <= %(until)s
ORDER BY r.to_id, r.from_id LIMIT %(most)s;

-- name: ended_since
-- Versions whose end was not the start of the next one: the asset was gone from then on.
SELECT a.id, a.kind, v.name, v.valid_to
FROM asset_versions v JOIN assets a ON a.id = v.asset_id
WHERE v.valid_to > %(since)s AND (%(until)s::timestamptz IS NULL OR v.valid_to <= %(until)s)
  AND NOT EXISTS (SELECT FROM asset_versions n WHERE n.asset_id = v.asset_id AND n.valid_from = v.valid_to)
ORDER BY v.valid_to, a.kind, v.name, a.id;

-- name: counts_by_kind
SELECT kind, count(*) FROM assets WHERE deleted_at IS NULL GROUP BY kind ORDER BY kind;

-- name: relation_count
SELECT count(*) FROM relations r JOIN assets a ON a.id = r.to_id WHERE r.valid_to IS NULL;

-- name: add_audit
INSERT INTO audit_log (actor, action, subject, detail) VALUES (%(actor)s, %(action)s, %(subject)s, %(detail)s);
