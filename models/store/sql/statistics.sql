-- name: totals
SELECT (SELECT count(*) FROM relations r JOIN assets a ON a.id = r.to_id WHERE r.valid_to IS NULL) AS relations,
       (SELECT count(*) FROM asset_versions) AS versions,
       (SELECT count(DISTINCT document) FROM document_sections WHERE valid_to IS NULL) AS documents,
       (SELECT count(*) FROM document_sections WHERE valid_to IS NULL) AS sections,
       (SELECT count(*) FROM knowledge_chunks) AS chunks,
       (SELECT count(*) FROM quarantine) AS quarantined,
       (SELECT count(*) FROM alerts) AS alerts,
       (SELECT count(*) FROM incidents) AS incidents,
       (SELECT count(*) FROM incidents WHERE status IN ('open', 'acknowledged', 'investigating')) AS live_incidents;
