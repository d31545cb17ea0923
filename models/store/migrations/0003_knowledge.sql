-- Documents cut into chunks, full text over them, and vectors kept by the hash of their text.

-- English stems without stop words: "down", "not" and "off" mean something in operations, and
-- inverse document frequency already makes common words count little.
CREATE TEXT SEARCH DICTIONARY nightshift_stem (TEMPLATE = snowball, Language = 'english');
CREATE TEXT SEARCH CONFIGURATION nightshift (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION nightshift
    ALTER MAPPING REPLACE english_stem WITH nightshift_stem;

CREATE TABLE knowledge_documents (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection    text NOT NULL,
    name          text NOT NULL,
    root          text NOT NULL,
    title         text NOT NULL,
    sha256        bytea NOT NULL,
    chunk_count   integer NOT NULL,
    word_count    integer NOT NULL,
    indexed_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (collection, name)
);

CREATE TABLE knowledge_chunks (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id   bigint NOT NULL REFERENCES knowledge_documents (id) ON DELETE CASCADE,
    key           text NOT NULL,
    ordinal       integer NOT NULL,
    heading       text[] NOT NULL,
    anchor        text NOT NULL,
    text          text NOT NULL,
    text_sha256   bytea NOT NULL,
    token_count   integer NOT NULL,
    word_count    integer NOT NULL,
    search        tsvector NOT NULL,
    UNIQUE (document_id, key)
);
CREATE INDEX knowledge_chunks_search ON knowledge_chunks USING gin (search);
CREATE INDEX knowledge_chunks_by_text ON knowledge_chunks (text_sha256);

-- halfvec without a length, so that models of other dimensions have room; the HNSW index, built
-- only above 20,000 chunks, is on the cast to the model's own length.
CREATE TABLE knowledge_embeddings (
    model_id      text NOT NULL,
    text_sha256   bytea NOT NULL,
    embedding     halfvec NOT NULL,
    embedded_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (model_id, text_sha256)
);
