-- name: editions
SELECT DISTINCT ON (e.name) e.name, e.title, e.collected, e.valid_from, e.recorded_at,
       (SELECT count(*) FROM document_sections s WHERE s.document = e.name
          AND s.valid_from <= COALESCE(%(as_of)s, 'infinity'::timestamptz)
          AND (s.valid_to IS NULL OR s.valid_to > COALESCE(%(as_of)s, 'infinity'::timestamptz)))
FROM document_editions e
WHERE (%(name)s::text IS NULL OR e.name = %(name)s)
  AND (%(as_of)s::timestamptz IS NULL OR e.valid_from <= %(as_of)s)
ORDER BY e.name, e.valid_from DESC;

-- name: first_edition
SELECT min(valid_from) FROM document_editions WHERE name = %(name)s;

-- name: save_edition
INSERT INTO document_editions AS old (name, title, collected, valid_from)
VALUES (%(name)s, %(title)s, %(collected)s, %(valid_from)s)
ON CONFLICT (name, valid_from) DO UPDATE SET title = EXCLUDED.title, collected = EXCLUDED.collected,
    recorded_at = now()
WHERE (old.title, old.collected) IS DISTINCT FROM (EXCLUDED.title, EXCLUDED.collected);

-- name: section_hashes
SELECT key, input_hash FROM document_sections WHERE document = %(document)s AND valid_to IS NULL;

-- name: sections
SELECT document, key, position, title, input_hash, body, fact_ids, valid_from FROM document_sections
WHERE document = %(document)s
  AND CASE WHEN %(as_of)s::timestamptz IS NULL THEN valid_to IS NULL
           ELSE valid_from <= %(as_of)s AND (valid_to IS NULL OR valid_to > %(as_of)s) END
ORDER BY position, key;

-- name: close_sections
UPDATE document_sections SET valid_to = GREATEST(%(at)s, valid_from)
WHERE document = %(document)s AND key = ANY(%(keys)s) AND valid_to IS NULL;

-- name: add_section
INSERT INTO document_sections (document, key, position, title, input_hash, body, fact_ids, valid_from)
VALUES (%(document)s, %(key)s, %(position)s, %(title)s, %(input_hash)s, %(body)s, %(fact_ids)s, %(at)s);

-- name: move_sections
UPDATE document_sections s SET position = m.position
FROM unnest(%(keys)s::text[], %(positions)s::integer[]) AS m (key, position)
WHERE s.document = %(document)s AND s.key = m.key AND s.valid_to IS NULL AND s.position <> m.position;

-- name: prose
SELECT document, section, writer, input_hash, facts, dropped, model, prompt_version, failure
FROM document_prose WHERE document = %(document)s
ORDER BY section, writer;

-- name: save_prose
INSERT INTO document_prose (document, section, writer, input_hash, facts, dropped, model, prompt_version, failure)
VALUES (%(document)s, %(section)s, %(writer)s, %(input_hash)s, %(facts)s, %(dropped)s, %(model)s,
        %(prompt_version)s, %(failure)s)
ON CONFLICT (document, section, writer) DO UPDATE SET input_hash = EXCLUDED.input_hash,
    facts = EXCLUDED.facts, dropped = EXCLUDED.dropped, model = EXCLUDED.model,
    prompt_version = EXCLUDED.prompt_version, failure = EXCLUDED.failure, recorded_at = now();

-- name: delete_prose
DELETE FROM document_prose WHERE document = %(document)s AND section = %(section)s AND writer = %(writer)s;

-- name: sentences
SELECT section, writer, text, fact_ids FROM document_sentences
WHERE document = %(document)s
  AND CASE WHEN %(as_of)s::timestamptz IS NULL THEN valid_to IS NULL
           ELSE valid_from <= %(as_of)s AND (valid_to IS NULL OR valid_to > %(as_of)s) END
ORDER BY section, writer, position, id;

-- name: close_sentences
UPDATE document_sentences SET valid_to = GREATEST(%(at)s, valid_from)
WHERE document = %(document)s AND section = %(section)s AND writer = %(writer)s AND valid_to IS NULL;

-- name: add_sentence
INSERT INTO document_sentences (document, section, writer, position, text, fact_ids, model,
                                prompt_version, input_hash, valid_from)
VALUES (%(document)s, %(section)s, %(writer)s, %(position)s, %(text)s, %(fact_ids)s, %(model)s,
        %(prompt_version)s, %(input_hash)s, %(at)s);

-- name: configured_since
SELECT a.id, coalesce(other.valid_to, first.valid_from)
FROM assets a
JOIN asset_versions now ON now.asset_id = a.id AND now.valid_to IS NULL
-- The newest version that had another configuration; the index ends the search at the first one.
LEFT JOIN LATERAL (SELECT p.valid_to FROM asset_versions p
                   WHERE p.asset_id = a.id AND p.valid_to IS NOT NULL
                     AND p.attributes->'running_config' IS DISTINCT FROM now.attributes->'running_config'
                   ORDER BY p.valid_from DESC LIMIT 1) other ON true
LEFT JOIN LATERAL (SELECT v.valid_from FROM asset_versions v
                   WHERE v.asset_id = a.id ORDER BY v.valid_from LIMIT 1) first ON true
WHERE a.kind = 'device' AND a.deleted_at IS NULL;

-- name: files
SELECT path, input_hash, content_hash FROM document_files;

-- name: save_file
INSERT INTO document_files (path, input_hash, content_hash)
VALUES (%(path)s, %(input_hash)s, %(content_hash)s)
ON CONFLICT (path) DO UPDATE SET input_hash = EXCLUDED.input_hash, content_hash = EXCLUDED.content_hash;

-- name: change_times
-- Collections that created, changed or ended assets, newest first, as storing them reported it.
-- `baseline` is a source's first collection.
SELECT s.taken_at, s.source, c.created, c.changed, c.deleted,
       s.taken_at <= (SELECT min(a.first_seen_at) FROM assets a WHERE a.source = s.source) AS baseline
FROM snapshots s
CROSS JOIN LATERAL (SELECT COALESCE((s.report ->> 'created')::int, 0) AS created,
                           COALESCE((s.report ->> 'changed')::int, 0) AS changed,
                           COALESCE((s.report ->> 'deleted')::int, 0) AS deleted) c
WHERE s.state = 'stored' AND c.created + c.changed + c.deleted > 0
ORDER BY s.taken_at DESC, s.source
LIMIT %(limit)s;

-- name: prune_sections
DELETE FROM document_sections WHERE valid_to < %(before)s;

-- name: prune_sentences
DELETE FROM document_sentences WHERE valid_to < %(before)s;

-- name: prune_editions
-- The newest edition of a document stays, however old.
DELETE FROM document_editions e WHERE e.valid_from < %(before)s
  AND EXISTS (SELECT FROM document_editions n WHERE n.name = e.name AND n.valid_from > e.valid_from
              AND n.valid_from <= %(before)s);

-- name: counts
SELECT (SELECT count(DISTINCT name) FROM document_editions),
       (SELECT count(*) FROM document_sections WHERE valid_to IS NULL);

-- name: names
SELECT id, name FROM assets WHERE id = ANY(%(ids)s);

-- name: delete_files
DELETE FROM document_files WHERE path = ANY(%(paths)s);
