-- Documents as versions of their sections; what did not change is not written again.
CREATE TABLE document_editions (
    name        text NOT NULL,
    title       text NOT NULL,
    collected   text NOT NULL,
    valid_from  timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (name, valid_from)
);

CREATE TABLE document_sections (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document    text NOT NULL,
    key         text NOT NULL,
    position    integer NOT NULL,
    title       text NOT NULL,
    input_hash  bytea NOT NULL,
    body        text NOT NULL,
    fact_ids    text[] NOT NULL DEFAULT '{}',
    valid_from  timestamptz NOT NULL,
    valid_to    timestamptz,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX document_sections_current ON document_sections (document, key) WHERE valid_to IS NULL;
CREATE INDEX document_sections_history ON document_sections (document, valid_from);
CREATE INDEX document_sections_ended ON document_sections (valid_to) WHERE valid_to IS NOT NULL;

-- What a writer was given for a section, what was dropped of its answer, and why it gave none.
CREATE TABLE document_prose (
    document       text NOT NULL,
    section        text NOT NULL,
    writer         text NOT NULL CHECK (writer IN ('template', 'model')),
    input_hash     bytea NOT NULL,
    facts          jsonb NOT NULL,
    dropped        jsonb NOT NULL DEFAULT '[]',
    model          text,
    prompt_version text,
    failure        text,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (document, section, writer)
);

CREATE TABLE document_sentences (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document       text NOT NULL,
    section        text NOT NULL,
    writer         text NOT NULL CHECK (writer IN ('template', 'model')),
    position       integer NOT NULL,
    text           text NOT NULL,
    fact_ids       text[] NOT NULL,
    model          text,
    prompt_version text,
    input_hash     bytea NOT NULL,
    valid_from     timestamptz NOT NULL,
    valid_to       timestamptz,
    recorded_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX document_sentences_current ON document_sentences (document, section) WHERE valid_to IS NULL;
CREATE INDEX document_sentences_ended ON document_sentences (valid_to) WHERE valid_to IS NOT NULL;

-- Files on disk that were made from facts, so that an unchanged one is not made again.
CREATE TABLE document_files (
    path         text PRIMARY KEY,
    input_hash   bytea NOT NULL,
    content_hash bytea NOT NULL
);
