-- name: known_documents
SELECT name, root, sha256 FROM knowledge_documents WHERE collection = %(collection)s;

-- name: save_documents
-- A document whose text is the same is left alone, whoever read it meanwhile.
INSERT INTO knowledge_documents AS d
    (collection, name, root, title, sha256, chunk_count, word_count)
SELECT %(collection)s, name, %(root)s, title, decode(sha256, 'hex'), chunk_count, word_count
FROM jsonb_to_recordset(%(documents)s::jsonb)
    AS (name text, title text, sha256 text, chunk_count int, word_count int)
ORDER BY name
ON CONFLICT (collection, name) DO UPDATE
SET root = excluded.root, title = excluded.title, sha256 = excluded.sha256,
    chunk_count = excluded.chunk_count, word_count = excluded.word_count, indexed_at = now()
WHERE (d.sha256, d.root) IS DISTINCT FROM (excluded.sha256, excluded.root)
RETURNING name, id;

-- name: delete_stale_chunks
DELETE FROM knowledge_chunks c
USING (SELECT (e ->> 'document_id')::bigint AS document_id,
              ARRAY(SELECT jsonb_array_elements_text(e -> 'keys')) AS keys
       FROM jsonb_array_elements(%(documents)s::jsonb) e) d
WHERE c.document_id = d.document_id AND c.key <> ALL (d.keys);

-- name: save_chunks
-- A chunk that is still there keeps its id, so that a citation of it stays good.
INSERT INTO knowledge_chunks AS c
    (document_id, key, ordinal, heading, anchor, text, text_sha256, token_count, word_count, search)
SELECT document_id, key, ordinal, heading, anchor, text, decode(text_sha256, 'hex'), token_count,
       word_count,
       setweight(to_tsvector('nightshift', title_words), 'A')
       || setweight(to_tsvector('nightshift', heading_words), 'B')
       || to_tsvector('nightshift', body_words)
       || array_to_tsvector(names)
FROM jsonb_to_recordset(%(chunks)s::jsonb)
    AS (document_id bigint, key text, ordinal int, heading text[], anchor text, text text,
        text_sha256 text, token_count int, word_count int, title_words text, heading_words text,
        body_words text, names text[])
ON CONFLICT (document_id, key) DO UPDATE
SET ordinal = excluded.ordinal, anchor = excluded.anchor, text_sha256 = excluded.text_sha256,
    search = excluded.search
WHERE (c.ordinal, c.anchor, c.text_sha256, c.search)
    IS DISTINCT FROM (excluded.ordinal, excluded.anchor, excluded.text_sha256, excluded.search);

-- name: delete_documents
DELETE FROM knowledge_documents
WHERE collection = %(collection)s AND name = ANY (%(names)s);

-- name: move_documents
UPDATE knowledge_documents SET root = %(root)s
WHERE collection = %(collection)s AND name = ANY (%(names)s) AND root <> %(root)s;

-- name: names_under
SELECT name FROM knowledge_documents WHERE collection = %(collection)s AND root = %(root)s;

-- name: missing_texts
SELECT c.text_sha256, min(d.title) AS title, min(c.heading) AS heading, min(c.text) AS text
FROM knowledge_chunks c
JOIN knowledge_documents d ON d.id = c.document_id
WHERE NOT EXISTS (SELECT FROM knowledge_embeddings e
                  WHERE e.model_id = %(model_id)s AND e.text_sha256 = c.text_sha256)
GROUP BY c.text_sha256
ORDER BY c.text_sha256
LIMIT %(limit)s;

-- name: count_missing
SELECT count(DISTINCT c.text_sha256)
FROM knowledge_chunks c
WHERE NOT EXISTS (SELECT FROM knowledge_embeddings e
                  WHERE e.model_id = %(model_id)s AND e.text_sha256 = c.text_sha256);

-- name: save_embedding
INSERT INTO knowledge_embeddings (model_id, text_sha256, embedding)
VALUES (%(model_id)s, %(text_sha256)s, %(embedding)s::halfvec)
ON CONFLICT DO NOTHING;

-- name: prune_embeddings
DELETE FROM knowledge_embeddings e
WHERE embedded_at < now() - %(days)s * interval '1 day'
  AND NOT EXISTS (SELECT FROM knowledge_chunks c WHERE c.text_sha256 = e.text_sha256);

-- name: match_text
-- BM25 in Postgres: ts_rank of a single term rises with its count and levels off, and knows the
-- weights of title, heading and body; what it lacks, the rarity of a term and the length of the
-- chunk, is added here.
WITH size AS (
    SELECT coalesce(sum(chunk_count), 0)::float AS chunks,
           greatest(coalesce(sum(word_count), 0)::float / greatest(sum(chunk_count), 1), 1) AS words
    FROM knowledge_documents
    WHERE %(collection)s::text IS NULL OR collection = %(collection)s
), common AS (
    SELECT elem, frequency
    FROM pg_stats s,
         unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) AS m (elem, frequency)
    WHERE s.schemaname = current_schema() AND s.tablename = 'knowledge_chunks'
      AND s.attname = 'search' AND elem IS NOT NULL
), asked AS (
    -- The rarest terms first, as far as the chunks that hold them are few enough to be ranked; a
    -- word of half the chunks says little and would cost the most.
    SELECT lexeme, row_number() OVER rarest AS place,
           sum(coalesce(frequency, 0) * size.chunks) OVER rarest AS hits
    FROM size, (SELECT lexeme FROM unnest(to_tsvector('nightshift', %(words)s))
                UNION SELECT unnest(%(names)s::text[])) found
    LEFT JOIN common ON elem = lexeme
    WINDOW rarest AS (ORDER BY coalesce(frequency, 0), lexeme)
), terms AS MATERIALIZED (
    SELECT lexeme, quote_literal(lexeme)::tsquery AS query
    FROM asked
    WHERE place <= 2 OR hits <= %(most_hits)s
), hits AS (
    SELECT t.lexeme, c.id, c.document_id, c.anchor,
           c.rank / (1 - %(b)s + %(b)s * c.word_count / size.words) AS frequency
    FROM size, terms t
    CROSS JOIN LATERAL (
        SELECT id, document_id, anchor, word_count,
               ts_rank(%(weights)s::real[], search, t.query) AS rank
        FROM knowledge_chunks
        WHERE search @@ t.query
          AND (%(collection)s::text IS NULL OR document_id IN
               (SELECT id FROM knowledge_documents WHERE collection = %(collection)s))
        OFFSET 0
    ) c
), rarity AS (
    SELECT lexeme, ln(1 + (max(size.chunks) - count(*) + 0.5) / (count(*) + 0.5)) AS idf
    FROM hits, size
    GROUP BY lexeme
)
SELECT id, document_id, sum(idf * frequency) AS score, anchor
FROM hits JOIN rarity USING (lexeme)
GROUP BY id, document_id, anchor
ORDER BY score DESC, id
LIMIT %(limit)s;

-- name: known_names
SELECT name
FROM unnest(%(names)s::text[]) AS name
WHERE EXISTS (SELECT FROM knowledge_chunks
              WHERE search @@ quote_literal(name)::tsquery
                AND (%(collection)s::text IS NULL OR document_id IN
                     (SELECT id FROM knowledge_documents WHERE collection = %(collection)s)));

-- name: match_vectors
-- Exact: the inner product of unit vectors over every chunk of the collection.
SELECT c.id, c.document_id, -(e.embedding <#> %(vector)s::halfvec) AS score, c.anchor
FROM knowledge_embeddings e
JOIN knowledge_chunks c USING (text_sha256)
WHERE e.model_id = %(model_id)s
  AND (%(collection)s::text IS NULL
       OR c.document_id IN (SELECT id FROM knowledge_documents WHERE collection = %(collection)s))
ORDER BY score DESC, c.id
LIMIT %(limit)s;

-- name: passages
SELECT c.id, d.collection, d.name, c.heading, c.anchor, c.text
FROM knowledge_chunks c
JOIN knowledge_documents d ON d.id = c.document_id
WHERE c.id = ANY (%(ids)s);

-- name: sections
-- The chunks beside each of these under the same heading: a list may be cut off from its lead-in.
SELECT f.id, c.id, d.collection, d.name, c.heading, c.anchor, c.text
FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS f (id, place)
JOIN knowledge_chunks m ON m.id = f.id
JOIN knowledge_chunks c ON c.document_id = m.document_id AND c.anchor = m.anchor
    AND c.heading = m.heading
    AND c.ordinal BETWEEN m.ordinal - %(beside)s AND m.ordinal + %(beside)s
JOIN knowledge_documents d ON d.id = c.document_id
ORDER BY f.place, c.ordinal;

-- name: counts
SELECT d.collection, count(*) AS documents, sum(d.chunk_count) AS chunks
FROM knowledge_documents d
GROUP BY d.collection
ORDER BY d.collection;

-- name: chunk_count
SELECT coalesce(sum(chunk_count), 0) FROM knowledge_documents
WHERE %(collection)s::text IS NULL OR collection = %(collection)s;

-- name: index_names
SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 'knowledge_embeddings'::regclass
  AND indisvalid;

-- name: chunks_of
SELECT coalesce(sum(chunk_count), 0) FROM knowledge_documents
WHERE collection = %(collection)s AND name = ANY (%(names)s);

-- name: create_vector_index
CREATE INDEX IF NOT EXISTS {name} ON knowledge_embeddings
    USING hnsw ((embedding::halfvec({size})) halfvec_ip_ops) WHERE model_id = {model};

-- name: widen_index_scan
-- A text may stand in no chunk any more, or in another collection: the index has to offer more than
-- are wanted, and from pgvector 0.8 on it goes on until there are enough.
-- The planner thinks little of that and would rather sort everything.
SELECT set_config('hnsw.ef_search', '200', true), set_config('enable_sort', 'off', true),
       CASE WHEN string_to_array(extversion, '.')::int[] >= '{0,8}'
            THEN set_config('hnsw.iterative_scan', 'relaxed_order', true) END
FROM pg_extension
WHERE extname = 'vector';

-- name: allow_sorting
SELECT set_config('enable_sort', 'on', true);

-- name: match_vectors_indexed
SELECT c.id, c.document_id,
       -(e.embedding::halfvec({size}) <#> %(vector)s::halfvec({size})) AS score, c.anchor
FROM knowledge_embeddings e
JOIN knowledge_chunks c USING (text_sha256)
WHERE e.model_id = {model}
  AND (%(collection)s::text IS NULL
       OR c.document_id IN (SELECT id FROM knowledge_documents WHERE collection = %(collection)s))
ORDER BY e.embedding::halfvec({size}) <#> %(vector)s::halfvec({size})
LIMIT %(limit)s;

-- name: analyze
ANALYZE knowledge_documents, knowledge_chunks, knowledge_embeddings;
