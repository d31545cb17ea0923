-- name: known
SELECT text_sha256, model_id FROM incident_search WHERE incident_id = %(id)s;

-- name: save
INSERT INTO incident_search (incident_id, tokens, text_sha256, model_id, embedding)
VALUES (%(id)s, %(tokens)s, %(text_sha256)s, %(model_id)s, %(embedding)s::halfvec)
ON CONFLICT (incident_id) DO UPDATE SET tokens = EXCLUDED.tokens, text_sha256 = EXCLUDED.text_sha256,
    model_id = EXCLUDED.model_id, embedding = EXCLUDED.embedding;

-- name: vector_of
SELECT embedding::text FROM incident_search WHERE incident_id = %(id)s AND model_id = %(model_id)s;

-- name: nearest
-- By the index, then those that are resolved: of the nearest hardly any is not.
SELECT n.incident_id, i.reference, i.title, i.resolved_at, n.tokens, n.score
FROM (SELECT s.incident_id, s.tokens, s.model_id, -(s.embedding <#> %(vector)s::halfvec) AS score
      FROM incident_search s ORDER BY s.embedding <#> %(vector)s::halfvec LIMIT %(limit)s) n
JOIN incidents i ON i.id = n.incident_id
WHERE i.status IN ('resolved', 'closed') AND i.id <> %(id)s AND n.model_id = %(model_id)s;

-- name: sharing
SELECT n.incident_id, i.reference, i.title, i.resolved_at, n.tokens
FROM (SELECT s.incident_id, s.tokens FROM incident_search s
      WHERE s.tokens && %(tokens)s ORDER BY s.incident_id DESC LIMIT %(limit)s) n
JOIN incidents i ON i.id = n.incident_id
WHERE i.status IN ('resolved', 'closed') AND i.id <> %(id)s;
