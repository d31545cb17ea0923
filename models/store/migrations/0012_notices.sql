-- What people and other systems are to be told. `state`, `attempts`, `holder`, `lease_until`, `error`
-- are the columns of `work`: the outbox is the same mechanism.
CREATE TABLE notices (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- What makes it one notice: channel, incident and what it tells. The same is never told twice.
    key          text NOT NULL UNIQUE,
    channel      text NOT NULL,
    incident_id  bigint REFERENCES incidents (id),
    kind         text NOT NULL,
    payload      jsonb NOT NULL DEFAULT '{}',
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    attempts     integer NOT NULL DEFAULT 0,
    holder       text,
    lease_until  timestamptz,
    error        text,
    due_at       timestamptz NOT NULL DEFAULT now(),
    deadline     timestamptz,
    rolled_into  bigint REFERENCES notices (id) ON DELETE SET NULL,
    external_ref text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    sent_at      timestamptz
) WITH (fillfactor = 80);
CREATE INDEX notices_waiting ON notices (channel, id) WHERE state = 'waiting';
CREATE INDEX notices_running ON notices (channel, id) WHERE state = 'running';
CREATE INDEX notices_of_incident ON notices (incident_id, channel);
CREATE INDEX notices_failed ON notices (channel, id) WHERE state = 'failed';
CREATE INDEX notices_rolled ON notices (rolled_into) WHERE rolled_into IS NOT NULL;
CREATE INDEX notices_sent ON notices (channel, sent_at DESC) WHERE sent_at IS NOT NULL;

-- The one message of an incident in a channel, edited in place.
CREATE TABLE notice_threads (
    channel     text NOT NULL,
    incident_id bigint NOT NULL REFERENCES incidents (id),
    ref         text NOT NULL,
    state       jsonb NOT NULL DEFAULT '{}',
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (channel, incident_id)
);

-- How a channel does. After several failures in a row it rests; then one message tries.
CREATE TABLE notice_channels (
    channel    text PRIMARY KEY,
    failures   integer NOT NULL DEFAULT 0,
    rest_until timestamptz,
    error      text,
    updated_at timestamptz NOT NULL DEFAULT now()
);
