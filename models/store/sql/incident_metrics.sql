-- name: durations
-- In seconds. An incident of a maintenance window, and one that ended by itself before anybody
-- acknowledged it, stand apart: they say nothing of how fast people were. Merged ones are counted
-- in the one they live on in.
WITH measured AS (
    SELECT coalesce(severity, 'unknown') AS severity, coalesce(owner_team, 'no team') AS team,
           CASE WHEN maintenance_id IS NOT NULL OR labels ->> 'started' = 'during maintenance' THEN 'maintenance'
                WHEN resolved_at IS NOT NULL AND acknowledged_at IS NULL
                     AND NOT EXISTS (SELECT FROM incident_actions e WHERE e.incident_id = i.id
                                     AND e.kind = 'status' AND e.actor <> 'nightshift'
                                     AND e.data ->> 'to' = 'resolved') THEN 'by itself'
                ELSE 'people' END AS ended,
           EXTRACT(epoch FROM detected_at - started_at) AS detect,
           EXTRACT(epoch FROM acknowledged_at - detected_at) AS acknowledge,
           EXTRACT(epoch FROM mitigated_at - detected_at) AS mitigate,
           EXTRACT(epoch FROM resolved_at - detected_at) AS resolve
    FROM incidents i
    WHERE status <> 'merged' AND (%(since)s::timestamptz IS NULL OR detected_at >= %(since)s)
), tall AS (
    SELECT m.severity, m.team, m.ended, v.measure, v.seconds
    FROM measured m
    CROSS JOIN LATERAL (VALUES ('detect', m.detect), ('acknowledge', m.acknowledge),
                               ('mitigate', m.mitigate), ('resolve', m.resolve)) AS v (measure, seconds)
    WHERE v.seconds IS NOT NULL
), grouped AS (
    SELECT 'all' AS by, 'all' AS value, measure, seconds FROM tall WHERE ended = 'people'
    UNION ALL SELECT 'severity', severity, measure, seconds FROM tall WHERE ended = 'people'
    UNION ALL SELECT 'team', team, measure, seconds FROM tall WHERE ended = 'people'
    UNION ALL SELECT 'apart', ended, measure, seconds FROM tall WHERE ended <> 'people'
)
SELECT measure, by, value, count(*),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds), percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds),
       avg(seconds)::double precision
FROM grouped GROUP BY measure, by, value ORDER BY measure, by, value;

-- name: totals
SELECT count(*) FILTER (WHERE status <> 'merged') AS incidents,
       coalesce(sum(alert_count) FILTER (WHERE status <> 'merged'), 0) AS alerts,
       count(*) FILTER (WHERE flapping AND status <> 'merged') AS flapping,
       count(*) FILTER (WHERE EXISTS (
           SELECT FROM incident_actions r JOIN incident_actions o ON o.incident_id = i.id AND o.id > r.id
           WHERE r.incident_id = i.id AND r.kind = 'status' AND r.data ->> 'to' = 'resolved'
             AND o.kind = 'status' AND o.data ->> 'to' = 'open')) AS reopened,
       count(*) FILTER (WHERE EXISTS (
           SELECT FROM incident_actions r
           WHERE r.incident_id = i.id AND r.kind = 'status' AND r.data ->> 'to' = 'resolved')) AS resolved
FROM incidents i WHERE %(since)s::timestamptz IS NULL OR detected_at >= %(since)s;

-- name: suppressed
SELECT count(*) FILTER (WHERE action = 'suppress'), count(*)
FROM alerts WHERE %(since)s::timestamptz IS NULL OR created_at >= %(since)s;
