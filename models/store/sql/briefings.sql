-- name: sources
SELECT incident_id, vendor, count(*) FROM alerts WHERE incident_id = ANY (%(ids)s)
GROUP BY incident_id, vendor ORDER BY incident_id, count(*) DESC, vendor;

-- name: root_alerts
-- Where none is held to be the root, the first one.
SELECT DISTINCT ON (i.id) i.id, a.title, coalesce(a.host, a.service_name), a.vendor, a.links
FROM incidents i JOIN alerts a ON a.incident_id = i.id
WHERE i.id = ANY (%(ids)s) AND (i.root_alert_id IS NULL OR a.id = i.root_alert_id)
ORDER BY i.id, a.id;

-- name: names
SELECT id, name FROM assets WHERE id = ANY (%(ids)s);

-- name: facts_as_of
SELECT max(taken_at) FROM snapshots WHERE state = 'stored';
