-- name: lock
-- Grouping is serial, whoever does it: what one decides the next one has to see.
SELECT pg_advisory_xact_lock(%(key)s);

-- name: candidates
-- Of each word the newest; one index descent a word, whatever is open.
SELECT DISTINCT c.incident_id
FROM unnest(%(tokens)s::text[]) AS t (token)
CROSS JOIN LATERAL (SELECT k.incident_id FROM incident_tokens k
                    WHERE k.token = t.token AND k.seen_at > %(since)s
                    ORDER BY k.seen_at DESC LIMIT %(cap)s) c;

-- name: remembered
-- What may still take alerts; of those that were asked for by id also the others, since grouping has to
-- know that they are closed, resolved long ago, or live on in another.
SELECT i.id, i.reference, i.title, i.status, i.severity, i.owner_team, i.started_at, i.detected_at,
       i.last_event_at, i.resolved_at, i.merged_into, i.labels, i.memory, i.version
FROM unnest(%(ids)s::bigint[], %(asked)s::boolean[]) AS w (id, asked)
CROSS JOIN LATERAL (SELECT * FROM incidents i WHERE i.id = w.id LIMIT 1) i
WHERE w.asked OR i.status IN ('open', 'acknowledged', 'investigating')
   OR i.status = 'resolved' AND i.resolved_at > %(since)s;

-- name: add
WITH given AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('incidents', 'id')) AS id, r.*
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
        n integer, ref text, title text, status text, severity text, started_at timestamptz,
        detected_at timestamptz, last_event_at timestamptz, memory jsonb, affected_services jsonb,
        affected_entities jsonb, environment text, region text, owner_team text, alert_count integer,
        event_count integer, firing_count integer, flapping boolean, "grouping" jsonb, change_refs jsonb,
        resolved_at timestamptz, maintenance_id text, flow_run_id text, labels jsonb, enrich_after timestamptz)
    ORDER BY r.n
), added AS (
    INSERT INTO incidents (
        id, reference, title, status, severity, started_at, detected_at, last_event_at, memory,
        affected_services, affected_entities, environment, region, owner_team, alert_count, event_count,
        firing_count, flapping, "grouping", change_refs, resolved_at, maintenance_id, flow_run_id, labels,
        enrich_after, updated_at)
    OVERRIDING SYSTEM VALUE
    SELECT g.id, 'INC-' || to_char(g.detected_at AT TIME ZONE 'UTC', 'YYYY') || '-'
           || lpad(g.id::text, GREATEST(6, length(g.id::text)), '0'),
           g.title, g.status, g.severity, g.started_at, g.detected_at, g.last_event_at,
           g.memory || jsonb_build_object('ref', g.id::text),
           g.affected_services, g.affected_entities, g.environment, g.region, g.owner_team, g.alert_count,
           g.event_count, g.firing_count, g.flapping, g."grouping", g.change_refs, g.resolved_at,
           g.maintenance_id, g.flow_run_id, g.labels, g.enrich_after, %(at)s
    FROM given g
)
SELECT ref, id FROM given;

-- name: change
UPDATE incidents i SET
    title = r.title, status = r.status, severity = r.severity, started_at = r.started_at,
    last_event_at = r.last_event_at, memory = r.memory, affected_services = r.affected_services,
    affected_entities = r.affected_entities, environment = COALESCE(r.environment, i.environment),
    region = COALESCE(r.region, i.region), owner_team = COALESCE(i.owner_team, r.owner_team),
    alert_count = r.alert_count, event_count = r.event_count, firing_count = r.firing_count,
    flapping = r.flapping, resolved_at = r.resolved_at,
    change_refs = CASE WHEN r.change_refs = '[]' THEN i.change_refs ELSE r.change_refs END,
    merged_into = r.merged_into, maintenance_id = COALESCE(r.maintenance_id, i.maintenance_id),
    labels = i.labels || r.labels,
    -- A summary that was written is written anew when the incident ends or comes up again.
    enrich_after = COALESCE(r.enrich_after, CASE WHEN r.status <> i.status AND i.summary <> '' THEN %(at)s END,
                            i.enrich_after),
    version = i.version + 1, updated_at = %(at)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
    id bigint, title text, status text, severity text, started_at timestamptz, last_event_at timestamptz,
    memory jsonb, affected_services jsonb, affected_entities jsonb, environment text, region text,
    owner_team text, alert_count integer, event_count integer, firing_count integer, flapping boolean,
    change_refs jsonb, resolved_at timestamptz, merged_into bigint, maintenance_id text, labels jsonb,
    enrich_after timestamptz, version integer)
-- The list of ids says that an index is the way, however small or large the table is.
WHERE i.id = r.id AND i.id = ANY (%(ids)s::bigint[]) AND i.version = r.version;

-- name: set_roots
UPDATE incidents i SET root_alert_id = r.alert_id
FROM unnest(%(ids)s::bigint[], %(alerts)s::bigint[]) AS r (id, alert_id)
WHERE i.id = r.id AND i.id = ANY (%(ids)s::bigint[]) AND i.root_alert_id IS DISTINCT FROM r.alert_id;

-- name: move_alerts
-- All alerts of incidents that were merged, also those that are not loaded.
UPDATE alerts a SET incident_id = r.into_id, memory = a.memory || jsonb_build_object('incident', r.into_id::text)
FROM unnest(%(ids)s::bigint[], %(into)s::bigint[]) AS r (id, into_id)
WHERE a.incident_id = r.id;

-- name: save_tokens
-- Seen again within half a minute is not worth a write.
INSERT INTO incident_tokens AS k (token, incident_id, seen_at)
SELECT r.token, r.incident_id, r.seen_at
FROM unnest(%(tokens)s::text[], %(ids)s::bigint[], %(seen)s::timestamptz[]) AS r (token, incident_id, seen_at)
ON CONFLICT (token, incident_id) DO UPDATE SET seen_at = EXCLUDED.seen_at
WHERE k.seen_at < EXCLUDED.seen_at - interval '30 seconds';

-- name: drop_tokens
DELETE FROM incident_tokens WHERE incident_id = ANY (%(ids)s);

-- name: expire_tokens
-- Words of incidents that take no alerts any more.
DELETE FROM incident_tokens k USING (
    SELECT i.id FROM incidents i WHERE i.resolved_at < %(before)s AND i.resolved_at > %(after)s) old
WHERE k.incident_id = old.id;

-- name: stale
-- What somebody looks at or works on is theirs to resolve.
SELECT id FROM incidents
WHERE status = 'open' AND last_event_at < %(before)s
ORDER BY last_event_at LIMIT %(limit)s;

-- name: begin_enriching
-- Due again at the end of the lease, should whoever took it die.
UPDATE incidents SET enrich_after = %(until)s
WHERE id IN (SELECT id FROM incidents WHERE enrich_after <= %(at)s ORDER BY enrich_after LIMIT %(limit)s
             FOR UPDATE SKIP LOCKED)
RETURNING id;

-- name: enriched
-- Unless more came to it meanwhile, from which it is due anew.
UPDATE incidents SET enrich_after = NULL WHERE id = %(id)s AND enrich_after = %(until)s;

-- name: look_again
-- Those that began since the collection of the same source before this one: what it saw may have been
-- just before them. What has no summary yet is due anyway.
UPDATE incidents i SET enrich_after = LEAST(i.enrich_after, now())
FROM snapshots s
WHERE s.id = %(snapshot_id)s AND s.state = 'stored'
  AND i.detected_at > s.taken_at - make_interval(days => 1) AND i.started_at <= s.taken_at
  AND i.started_at >= (SELECT max(p.taken_at) FROM snapshots p
                       WHERE p.source = s.source AND p.state = 'stored' AND p.taken_at < s.taken_at)
  AND i.summary <> '' AND i.status NOT IN ('merged', 'closed');

-- name: to_close
SELECT id FROM incidents WHERE status = 'resolved' AND resolved_at < %(before)s AND resolved_at > %(after)s
ORDER BY resolved_at LIMIT %(limit)s;

-- name: link_run
UPDATE incidents SET flow_run_id = %(flow_run_id)s WHERE id = ANY (%(ids)s) AND flow_run_id IS NULL;
