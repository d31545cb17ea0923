-- name: saved_report
SELECT report FROM validation_reports WHERE snapshot_id = %(id)s;

-- name: known_ids
SELECT id FROM assets WHERE source = %(source)s AND deleted_at IS NULL;
