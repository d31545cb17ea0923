-- name: lock_results
-- Two runs at once would each delete what the other has just found.
LOCK TABLE check_results IN SHARE ROW EXCLUSIVE MODE;

-- name: upsert_results
-- `since` moves only when the verdict does; a row that says the same is not written at all.
INSERT INTO check_results AS old (
    check_id, asset_id, title, asset_name, kind, result, message, evidence, remedy, privilege, since
)
SELECT
    item ->> 'check',
    item ->> 'asset_id',
    item ->> 'title',
    item ->> 'asset_name',
    item ->> 'kind',
    item ->> 'result',
    item ->> 'message',
    item -> 'evidence',
    item ->> 'remedy',
    item ->> 'privilege',
    %(now)s
FROM jsonb_array_elements(%(results)s::jsonb) AS item
ON CONFLICT (check_id, asset_id) DO UPDATE SET
    title = EXCLUDED.title,
    asset_name = EXCLUDED.asset_name,
    kind = EXCLUDED.kind,
    result = EXCLUDED.result,
    message = EXCLUDED.message,
    evidence = EXCLUDED.evidence,
    remedy = EXCLUDED.remedy,
    privilege = EXCLUDED.privilege,
    since = CASE WHEN old.result = EXCLUDED.result THEN old.since ELSE EXCLUDED.since END
WHERE (
    old.title, old.asset_name, old.kind, old.result, old.message, old.evidence, old.remedy,
    old.privilege
) IS DISTINCT FROM (
    EXCLUDED.title, EXCLUDED.asset_name, EXCLUDED.kind, EXCLUDED.result, EXCLUDED.message,
    EXCLUDED.evidence, EXCLUDED.remedy, EXCLUDED.privilege
);

-- name: delete_settled
DELETE FROM check_results AS old
WHERE NOT EXISTS (
    SELECT 1
    FROM jsonb_array_elements(%(results)s::jsonb) AS item
    WHERE item ->> 'check' = old.check_id AND item ->> 'asset_id' = old.asset_id
);

-- name: upsert_counts
INSERT INTO check_counts AS old (check_id, ok)
SELECT key, value::integer
FROM jsonb_each_text(%(counts)s::jsonb)
ON CONFLICT (check_id) DO UPDATE SET ok = EXCLUDED.ok
WHERE old.ok <> EXCLUDED.ok;

-- name: delete_counts
DELETE FROM check_counts
WHERE NOT jsonb_exists(%(counts)s::jsonb, check_id);

-- name: current_results
SELECT
    check_id, title, asset_id, asset_name, kind, result, message, evidence, remedy, privilege,
    since
FROM check_results
ORDER BY
    array_position(ARRAY['crit', 'warn', 'unknown', 'info', 'suppressed'], result),
    check_id COLLATE "C",
    asset_name COLLATE "C",
    asset_id COLLATE "C";

-- name: result_times
SELECT check_id, asset_id, since FROM check_results;

-- name: check_counts
SELECT check_id, result, count(*)
FROM check_results
GROUP BY check_id, result
UNION ALL
SELECT check_id, 'ok', ok FROM check_counts
ORDER BY 1, 2;

-- name: suppress
INSERT INTO check_suppressions (check_id, selector, reason, owner, until)
VALUES (%(check)s, %(selector)s, %(reason)s, %(owner)s, %(until)s)
ON CONFLICT (check_id, selector) DO UPDATE SET
    reason = EXCLUDED.reason,
    owner = EXCLUDED.owner,
    until = EXCLUDED.until;

-- name: unsuppress
DELETE FROM check_suppressions
WHERE check_id = %(check)s AND selector = %(selector)s;

-- name: suppressions
SELECT check_id, selector, reason, owner, until, created_at
FROM check_suppressions
ORDER BY check_id COLLATE "C", selector COLLATE "C";
