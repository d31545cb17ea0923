-- name: version
-- What a look at the inventory and its graph rests on; it changes with every stored collection and join.
SELECT concat_ws('/', (SELECT max(id) FROM snapshots WHERE state = 'stored'),
                 (SELECT count(*) FROM snapshots WHERE state = 'stored'),
                 (SELECT joined_at FROM join_rounds));

-- name: things
-- Every present asset with the words that alerts may call it by, in one order, since of several of one
-- name the first may be meant. The namespace of an interface is its
-- device's name.
SELECT a.id, a.kind, a.name, COALESCE(v.attributes ->> 'namespace', d.name), c.name,
       array_remove(ARRAY[a.key, v.attributes ->> 'host_name', v.attributes ->> 'address', v.attributes ->> 'mac',
                          v.attributes ->> 'base_mac', v.attributes ->> 'serial_number', v.attributes ->> 'uuid',
                          v.attributes ->> 'bios_uuid', v.attributes ->> 'system_uuid'], NULL)
       || ARRAY(SELECT jsonb_array_elements_text(l.list)
                FROM (VALUES (v.attributes -> 'ip_addresses'), (v.attributes -> 'addresses')) AS l (list)
                WHERE jsonb_typeof(l.list) = 'array')
FROM assets a
JOIN asset_versions v ON v.asset_id = a.id AND v.valid_to IS NULL
LEFT JOIN assets c ON c.source = a.source AND c.kind = 'kubernetes_cluster' AND c.key = v.attributes ->> 'cluster'
LEFT JOIN assets d ON a.kind = 'interface' AND d.source = a.source AND d.kind = 'device'
                  AND d.key = v.attributes ->> 'device'
WHERE a.deleted_at IS NULL
ORDER BY a.id;

-- name: edges
SELECT from_id, type, to_id FROM relations WHERE valid_to IS NULL ORDER BY from_id, to_id, type;
