-- What an incident was about, so that the like is found among those that were resolved. Its words
-- find it without a model; the vector is of the packaged embedding model's length.
CREATE TABLE incident_search (
    incident_id bigint PRIMARY KEY REFERENCES incidents (id) ON DELETE CASCADE,
    tokens      text[] NOT NULL,
    text_sha256 bytea NOT NULL,
    model_id    text,
    embedding   halfvec(384)
);
CREATE INDEX incident_search_tokens ON incident_search USING gin (tokens);
CREATE INDEX incident_search_vectors ON incident_search USING hnsw (embedding halfvec_ip_ops);
