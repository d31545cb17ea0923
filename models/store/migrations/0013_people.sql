-- People and their roles; of a token only the SHA-256 is kept.
CREATE TABLE people (
    id         text PRIMARY KEY,
    name       text NOT NULL,
    role       text NOT NULL CHECK (role IN ('viewer', 'operator', 'approver', 'admin')),
    token_hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text,
    revoked_at timestamptz
);
CREATE UNIQUE INDEX people_names ON people (name) WHERE revoked_at IS NULL;
