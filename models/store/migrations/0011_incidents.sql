-- Alerts become incidents. An alert is one episode of a dedup key; its events are append-only.
CREATE TABLE incidents (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference         text NOT NULL UNIQUE,
    title             text NOT NULL,
    status            text NOT NULL CHECK (status IN
                      ('open', 'acknowledged', 'investigating', 'resolved', 'closed', 'merged')),
    severity          text CHECK (severity IN ('critical', 'high', 'medium', 'low', 'info')),
    summary           text NOT NULL DEFAULT '',
    summary_source    text NOT NULL DEFAULT 'rule' CHECK (summary_source IN ('rule', 'model', 'human')),
    summary_citations jsonb NOT NULL DEFAULT '[]',
    affected_services jsonb NOT NULL DEFAULT '[]',
    affected_entities jsonb NOT NULL DEFAULT '[]',
    environment       text,
    region            text,
    owner_team        text,
    assignee          text,
    alert_count       integer NOT NULL DEFAULT 0,
    event_count       integer NOT NULL DEFAULT 0,
    firing_count      integer NOT NULL DEFAULT 0,
    flapping          boolean NOT NULL DEFAULT false,
    root_alert_id     bigint,
    probable_cause    jsonb NOT NULL DEFAULT '{}',
    grouping          jsonb NOT NULL DEFAULT '{}',
    change_refs       jsonb NOT NULL DEFAULT '[]',
    runbook_refs      jsonb NOT NULL DEFAULT '[]',
    similar_incidents jsonb NOT NULL DEFAULT '[]',
    started_at        timestamptz NOT NULL,
    detected_at       timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL DEFAULT now(),
    last_event_at     timestamptz NOT NULL,
    acknowledged_at   timestamptz,
    mitigated_at      timestamptz,
    resolved_at       timestamptz,
    closed_at         timestamptz,
    merged_into       bigint REFERENCES incidents (id),
    split_from        bigint REFERENCES incidents (id),
    maintenance_id    text,
    flow_run_id       text,
    labels            jsonb NOT NULL DEFAULT '{}',
    -- What grouping remembers of it; bounded, whatever the number of its alerts.
    memory            jsonb NOT NULL DEFAULT '{}',
    enrich_after      timestamptz,
    version           integer NOT NULL DEFAULT 1
) WITH (fillfactor = 80);
CREATE INDEX incidents_live ON incidents (last_event_at DESC)
    WHERE status IN ('open', 'acknowledged', 'investigating');
CREATE INDEX incidents_by_time ON incidents (detected_at DESC);
CREATE INDEX incidents_resolved ON incidents (resolved_at DESC) WHERE resolved_at IS NOT NULL;
CREATE INDEX incidents_merged ON incidents (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX incidents_to_enrich ON incidents (enrich_after) WHERE enrich_after IS NOT NULL;

-- Words under which a live or lately resolved incident is found: entities, services, rules.
CREATE TABLE incident_tokens (
    token       text NOT NULL,
    incident_id bigint NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    seen_at     timestamptz NOT NULL,
    PRIMARY KEY (token, incident_id)
);
CREATE INDEX incident_tokens_newest ON incident_tokens (token, seen_at DESC);
CREATE INDEX incident_tokens_of ON incident_tokens (incident_id);

CREATE TABLE alerts (
    id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dedup_key           text NOT NULL,
    external_id         text,
    vendor              text NOT NULL,
    delivery_id         bigint,
    rule                text,
    title               text NOT NULL,
    description         text NOT NULL DEFAULT '',
    status              text NOT NULL,
    severity            text CHECK (severity IN ('critical', 'high', 'medium', 'low', 'info')),
    severity_raw        text,
    predicted_severity  text CHECK (predicted_severity IN ('critical', 'high', 'medium', 'low', 'info')),
    predicted_team      text,
    confidence_score    real,
    classification      jsonb NOT NULL DEFAULT '{}',
    service_name        text,
    host                text,
    environment         text,
    region              text,
    error_code          text,
    entity_id           text,
    entity_confidence   real,
    entity_hint         text,
    labels              jsonb NOT NULL DEFAULT '{}',
    links               jsonb NOT NULL DEFAULT '{}',
    notes               jsonb NOT NULL DEFAULT '[]',
    -- When it happened by the sender's clock, and when it reached us.
    alert_timestamp     timestamptz NOT NULL,
    created_at          timestamptz NOT NULL,
    last_seen_at        timestamptz NOT NULL,
    ends_at             timestamptz,
    resolved_at         timestamptz,
    occurrences         integer NOT NULL DEFAULT 1,
    flapping            boolean NOT NULL DEFAULT false,
    action              text NOT NULL CHECK (action IN ('group', 'ignore', 'suppress', 'hand_back')),
    incident_id         bigint REFERENCES incidents (id),
    suppressed_by       jsonb NOT NULL DEFAULT '[]',
    current             boolean NOT NULL DEFAULT true,
    -- What grouping remembers of it.
    memory              jsonb NOT NULL DEFAULT '{}'
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX alerts_current ON alerts (dedup_key) WHERE current;
CREATE INDEX alerts_of_incident ON alerts (incident_id, id) WHERE incident_id IS NOT NULL;
CREATE INDEX alerts_by_time ON alerts (created_at DESC);
-- For retention. By a time that never changes, so that a repeat of an alert stays a HOT update.
CREATE INDEX alerts_alone ON alerts (created_at) WHERE incident_id IS NULL;
CREATE INDEX alerts_suppressed ON alerts (id) WHERE action = 'suppress' AND current;
CREATE INDEX alerts_held ON alerts (id)
    WHERE action = 'suppress' AND current AND resolved_at IS NULL AND suppressed_by <> '[]';

CREATE TABLE alert_events (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id    bigint NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    -- Which alert of which copy of which delivery: the same one is never counted twice, whoever died
    -- in between.
    delivery_id bigint NOT NULL,
    copy        integer NOT NULL DEFAULT 0,
    position    integer NOT NULL,
    status      text NOT NULL,
    severity    text,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    -- Whether the sender told when it happened; where it did not, the same bytes may mean another time.
    timed       boolean NOT NULL,
    triaged_at  timestamptz NOT NULL DEFAULT now(),
    action      text NOT NULL,
    incident_id bigint,
    explanation jsonb NOT NULL,
    UNIQUE (delivery_id, copy, position)
);
CREATE INDEX alert_events_of_alert ON alert_events (alert_id, id DESC);
CREATE INDEX alert_events_by_time ON alert_events (received_at);

-- Vectors of normalised alert texts, each made once. Not beside those of documents, whose index they
-- would fill.
CREATE TABLE alert_vectors (
    model_id    text NOT NULL,
    text_sha256 bytea NOT NULL,
    embedding   halfvec NOT NULL,
    embedded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (model_id, text_sha256)
);

-- The timeline; append-only, a correction is a new row.
CREATE TABLE incident_actions (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident_id  bigint NOT NULL REFERENCES incidents (id),
    at           timestamptz NOT NULL,
    clock        text NOT NULL DEFAULT 'ours' CHECK (clock IN ('ours', 'sender')),
    kind         text NOT NULL,
    actor        text NOT NULL,
    text         text NOT NULL,
    data         jsonb NOT NULL DEFAULT '{}',
    evidence_ids jsonb NOT NULL DEFAULT '[]',
    recorded_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX incident_actions_of ON incident_actions (incident_id, at, id);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the timeline is append-only'; END $$;
CREATE TRIGGER incident_actions_append_only BEFORE UPDATE OR DELETE ON incident_actions
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What people said of a grouping by merging or splitting; kept as labels for later policies.
CREATE TABLE grouping_labels (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('merge', 'split')),
    incident_id bigint NOT NULL,
    other_id    bigint NOT NULL,
    alert_ids   jsonb NOT NULL,
    actor       text NOT NULL,
    reason      text NOT NULL DEFAULT '',
    policy      text NOT NULL DEFAULT '',
    -- What undoing restores: the incidents as they were.
    before      jsonb NOT NULL DEFAULT '{}',
    undone_at   timestamptz,
    undone_by   text,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX grouping_labels_of ON grouping_labels (incident_id);
CREATE INDEX grouping_labels_with ON grouping_labels (other_id);

-- A maintenance that comes again: an RRULE of RFC 5545 whose occurrences become windows one by one.
CREATE TABLE maintenance_series (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rrule            text NOT NULL,
    starts_at        timestamptz NOT NULL,
    time_zone        text NOT NULL DEFAULT 'UTC',
    duration_seconds integer NOT NULL CHECK (duration_seconds > 0),
    match            jsonb NOT NULL,
    reason           text NOT NULL CHECK (reason <> ''),
    owner            text NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    -- Set when there are no more occurrences, or a person ended it.
    ended_at         timestamptz
);

CREATE TABLE maintenance_windows (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    series_id  bigint REFERENCES maintenance_series (id),
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL CHECK (ends_at > starts_at),
    match      jsonb NOT NULL,
    reason     text NOT NULL CHECK (reason <> ''),
    owner      text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- Set once what it held was given back.
    ended_at   timestamptz,
    UNIQUE (series_id, starts_at)
);
CREATE INDEX maintenance_windows_open ON maintenance_windows (ends_at) WHERE ended_at IS NULL;
CREATE INDEX maintenance_windows_by_time ON maintenance_windows (ends_at DESC);

-- Signs of life that are expected; a silence longer than agreed becomes an alert.
CREATE TABLE heartbeats (
    name             text PRIMARY KEY,
    every_seconds    integer NOT NULL CHECK (every_seconds > 0),
    grace_seconds    integer NOT NULL DEFAULT 0,
    severity         text NOT NULL DEFAULT 'high',
    match            jsonb NOT NULL DEFAULT '{}',
    last_seen_at     timestamptz,
    silent_since     timestamptz,
    created_at       timestamptz NOT NULL DEFAULT now()
);
