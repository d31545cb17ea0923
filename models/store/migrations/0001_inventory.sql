-- Assets over time, the collections they came from, and the one mechanism of durable work.
CREATE EXTENSION IF NOT EXISTS vector;

CREATE TABLE snapshots (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source        text NOT NULL,
    collector     text NOT NULL,
    state         text NOT NULL DEFAULT 'collecting' CHECK (state IN
                  ('collecting', 'collected', 'validated', 'stored', 'held', 'failed', 'abandoned')),
    completeness  text CHECK (completeness IN ('complete', 'partial')),
    taken_at      timestamptz NOT NULL,
    finished_at   timestamptz,
    covered       text[] NOT NULL DEFAULT '{}',
    gaps          jsonb NOT NULL DEFAULT '[]',
    counts        jsonb NOT NULL DEFAULT '{}',
    report        jsonb,
    seconds       double precision NOT NULL DEFAULT 0,
    error         text,
    flow_run_id   text
);
CREATE INDEX snapshots_by_source ON snapshots (source, id DESC);
CREATE INDEX snapshots_open ON snapshots (state) WHERE state IN ('collecting', 'collected', 'validated', 'held');

-- What a collection saw, until it is stored.
CREATE TABLE observations (
    snapshot_id   bigint NOT NULL REFERENCES snapshots (id) ON DELETE CASCADE,
    asset_id      text NOT NULL,
    kind          text NOT NULL,
    key           text NOT NULL,
    name          text NOT NULL,
    content_hash  bytea NOT NULL,
    attributes    jsonb NOT NULL,
    volatile_hash bytea NOT NULL,
    volatile      jsonb NOT NULL,
    quarantined   boolean NOT NULL DEFAULT false
);
CREATE INDEX observations_by_asset ON observations (snapshot_id, asset_id);

CREATE TABLE assets (
    id            text PRIMARY KEY,
    source        text NOT NULL,
    kind          text NOT NULL,
    key           text NOT NULL,
    name          text NOT NULL,
    content_hash  bytea NOT NULL,
    volatile_hash bytea NOT NULL,
    volatile      jsonb NOT NULL,
    first_seen_at timestamptz NOT NULL,
    -- Null while the newest collection of the source saw it, so that seeing it again writes nothing.
    last_seen_at  timestamptz,
    deleted_at    timestamptz,
    UNIQUE (source, kind, key)
) WITH (fillfactor = 80);
CREATE INDEX assets_by_kind ON assets (kind, name) WHERE deleted_at IS NULL;
CREATE INDEX assets_deleted ON assets (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE asset_versions (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset_id      text NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
    snapshot_id   bigint NOT NULL,
    name          text NOT NULL,
    attributes    jsonb NOT NULL,
    valid_from    timestamptz NOT NULL,
    valid_to      timestamptz,
    recorded_at   timestamptz NOT NULL DEFAULT now(),
    CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE UNIQUE INDEX asset_versions_current ON asset_versions (asset_id) WHERE valid_to IS NULL;
CREATE INDEX asset_versions_history ON asset_versions (asset_id, valid_from);
CREATE INDEX asset_versions_by_time ON asset_versions (valid_from);
CREATE INDEX asset_versions_ended ON asset_versions (valid_to) WHERE valid_to IS NOT NULL;

CREATE TABLE relations (
    from_id    text NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
    type       text NOT NULL,
    to_id      text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to   timestamptz
);
CREATE UNIQUE INDEX relations_current ON relations (from_id, type, to_id) WHERE valid_to IS NULL;
CREATE INDEX relations_backwards ON relations (to_id) WHERE valid_to IS NULL;

CREATE TABLE quarantine (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    snapshot_id bigint NOT NULL REFERENCES snapshots (id) ON DELETE CASCADE,
    asset_id    text NOT NULL,
    kind        text NOT NULL,
    name        text NOT NULL,
    rule        text NOT NULL,
    reason      text NOT NULL,
    attributes  jsonb,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX quarantine_by_snapshot ON quarantine (snapshot_id);

CREATE TABLE validation_reports (
    snapshot_id bigint PRIMARY KEY REFERENCES snapshots (id) ON DELETE CASCADE,
    report      jsonb NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);

-- Every durable wait is a row here. A running row is held by a session advisory lock on its key,
-- so that the death of the holder frees it at once.
CREATE TABLE work (
    kind        text NOT NULL,
    key         text NOT NULL,
    state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    attempts    integer NOT NULL DEFAULT 0,
    payload     jsonb NOT NULL DEFAULT '{}',
    flow_run_id text,
    deadline    timestamptz,
    lease_until timestamptz,
    error       text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, key)
) WITH (fillfactor = 70);
CREATE INDEX work_open ON work (kind, state) WHERE state IN ('waiting', 'running');

CREATE TABLE audit_log (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    actor       text NOT NULL,
    action      text NOT NULL,
    subject     text NOT NULL,
    detail      jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_by_time ON audit_log (recorded_at);
