-- name: new_joins
CREATE TEMP TABLE new_joins (from_id text, type text, to_id text, confidence real, reason text) ON COMMIT DROP;

-- name: copy_joins
COPY new_joins (from_id, type, to_id, confidence, reason) FROM STDIN;

-- name: analyze_joins
ANALYZE new_joins;

-- name: lock_relations
-- A collection that is stored meanwhile would state an edge that is being joined here.
LOCK TABLE relations IN SHARE ROW EXCLUSIVE MODE;

-- name: close_joins
UPDATE relations r SET valid_to = GREATEST(%(at)s, r.valid_from)
WHERE r.valid_to IS NULL AND r.confidence IS NOT NULL
  AND NOT EXISTS (SELECT FROM new_joins n
                  WHERE n.from_id = r.from_id AND n.type = r.type AND n.to_id = r.to_id
                    AND n.confidence = r.confidence AND n.reason = r.reason);

-- name: open_joins
-- What a source states needs no joining; an end that is gone by now has no edges.
INSERT INTO relations (from_id, type, to_id, valid_from, confidence, reason)
SELECT n.from_id, n.type, n.to_id, %(at)s, n.confidence, n.reason
FROM new_joins n
JOIN assets f ON f.id = n.from_id AND f.deleted_at IS NULL
JOIN assets t ON t.id = n.to_id AND t.deleted_at IS NULL
WHERE NOT EXISTS (SELECT FROM relations r
                  WHERE r.from_id = n.from_id AND r.type = n.type AND r.to_id = n.to_id AND r.valid_to IS NULL);

-- name: joins
SELECT from_id, type, to_id, confidence, reason FROM relations
WHERE valid_to IS NULL AND confidence IS NOT NULL
ORDER BY from_id, type, to_id;

-- name: join_count
SELECT count(*) FROM relations WHERE valid_to IS NULL AND confidence IS NOT NULL;

-- name: join_inputs
-- The few fields that joins read, one JSON object an asset; named one by one, which is three times
-- as fast as picking them from a list.
SELECT jsonb_build_object('id', a.id, 'source', a.source, 'name', a.name, {fields})::text
FROM assets a
JOIN asset_versions v ON v.asset_id = a.id AND v.valid_to IS NULL
WHERE a.kind = %(kind)s AND a.deleted_at IS NULL
ORDER BY a.id;

-- name: look_up
-- Before it takes a hub's first edges it would read the whole hub, or the whole table; an index has
-- them in order.
SET LOCAL enable_bitmapscan = off;
SET LOCAL enable_seqscan = off;

-- name: look_anyhow
SET LOCAL enable_bitmapscan TO DEFAULT;
SET LOCAL enable_seqscan TO DEFAULT;

-- name: walk
-- One row a depth: the edges found there, what they reached, all that was reached so far. Of a hub
-- so many edges of a type to assets of a kind, with which their ids begin, are followed (fan), fewer
-- where many assets are reached at once, and twice as many are read, so that one type with many does
-- not hide the others. Where the limit cuts a depth, it cuts the longest fans.
WITH RECURSIVE walk (depth, hops, reached, visited) AS (
    SELECT 0, NULL::jsonb, ARRAY[%(id)s::text], ARRAY[%(id)s::text]
    UNION ALL
    SELECT w.depth + 1, next.hops, next.reached, w.visited || next.reached
    FROM walk w
    CROSS JOIN LATERAL (SELECT LEAST(%(fan)s, GREATEST(%(fan)s * 10 / cardinality(w.reached), 5)) AS fan) s
    CROSS JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_array(e.type, e.direction, e.from_id, e.to_id, e.confidence, e.reason, e.left_out)
                         ORDER BY e.place) AS hops,
               array_agg(e.to_id ORDER BY e.place) AS reached
        FROM (
            SELECT best.*, row_number() OVER (ORDER BY best.nth, best.at, best.direction DESC, best.type, best.to_id) AS place
            FROM (
                SELECT DISTINCT ON (fan.to_id) fan.*
                FROM unnest(w.reached) WITH ORDINALITY AS f (id, at)
                CROSS JOIN LATERAL (
                    SELECT f.at, f.id AS from_id, edge.*,
                           row_number() OVER (PARTITION BY direction, type, edge.kind ORDER BY edge.to_id) AS nth,
                           GREATEST(count(*) OVER (PARTITION BY direction, type, edge.kind) - s.fan, 0) AS left_out
                    FROM ((SELECT 'out' AS direction, r.type, r.to_id, r.confidence, r.reason, left(r.to_id, -17) AS kind FROM relations r
                           WHERE %(out)s AND r.from_id = f.id AND r.valid_to IS NULL
                           ORDER BY r.type, r.to_id LIMIT 2 * s.fan)
                          UNION ALL
                          (SELECT 'in', r.type, r.from_id, r.confidence, r.reason, left(r.from_id, -17) FROM relations r
                           WHERE %(in)s AND r.to_id = f.id AND r.valid_to IS NULL
                           ORDER BY r.type, r.from_id LIMIT 2 * s.fan)) edge) fan
                WHERE fan.nth <= s.fan
                  AND NOT EXISTS (SELECT FROM unnest(w.visited) seen (id) WHERE seen.id = fan.to_id)
                ORDER BY fan.to_id, fan.confidence DESC NULLS FIRST, fan.at, fan.direction DESC, fan.type) best
            ORDER BY place LIMIT %(limit)s + 1 - cardinality(w.visited)) e) next
    WHERE w.depth < %(hops)s AND cardinality(w.visited) <= %(limit)s AND next.reached IS NOT NULL)
SELECT w.depth, h.hop ->> 0, h.hop ->> 1, h.hop ->> 2, h.hop ->> 3, a.kind, a.name,
       (h.hop ->> 4)::real, h.hop ->> 5, (h.hop ->> 6)::integer, a.deleted_at
FROM walk w
CROSS JOIN LATERAL jsonb_array_elements(w.hops) WITH ORDINALITY AS h (hop, place)
LEFT JOIN LATERAL (SELECT kind, name, deleted_at FROM assets WHERE id = h.hop ->> 3 LIMIT 1) a ON true
ORDER BY w.depth, h.place
LIMIT %(limit)s;

-- name: stood_on
-- What these assets stand on. A list or a place does not fail with its members, but a port does with
-- its device; the networks of a machine are many and say little.
SELECT r.from_id, r.type, r.to_id FROM relations r
WHERE r.from_id = ANY (%(ids)s) AND r.valid_to IS NULL
  AND (r.type IN ('runs_on', 'stored_on', 'mounts', 'connected_to', 'selects', 'owned_by')
       OR r.type = 'part_of' AND left(r.from_id, -17) = 'interface')
  AND left(r.from_id, -17) <> 'distributed_switch'
  AND (left(r.to_id, -17) NOT IN ('network', 'vlan', 'cluster', 'resource_pool') OR r.to_id = ANY (%(ids)s))
ORDER BY r.from_id, r.to_id, r.type
LIMIT %(limit)s;

-- name: standing_on
-- What stands directly on one asset; a device's ports are no news of it.
SELECT r.from_id, r.type, r.to_id FROM relations r
WHERE r.to_id = %(id)s AND r.valid_to IS NULL
  AND r.type IN ('runs_on', 'stored_on', 'mounts', 'connected_to')
  AND left(r.from_id, -17) NOT IN ('distributed_switch', 'interface')
ORDER BY r.from_id, r.type
LIMIT %(limit)s;

-- name: last_round
SELECT inputs_hash, edges FROM join_rounds WHERE due_at IS NULL OR due_at > %(at)s;

-- name: learned
SELECT learned FROM join_rounds;

-- name: note_round
INSERT INTO join_rounds (inputs_hash, edges, joined_at, learned, due_at)
VALUES (%(inputs_hash)s, %(edges)s, %(at)s, %(learned)s, %(due_at)s)
ON CONFLICT ((true)) DO UPDATE
SET inputs_hash = EXCLUDED.inputs_hash, edges = EXCLUDED.edges, joined_at = EXCLUDED.joined_at,
    learned = EXCLUDED.learned, due_at = EXCLUDED.due_at;
