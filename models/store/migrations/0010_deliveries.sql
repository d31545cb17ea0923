-- Webhook deliveries. `state`, `attempts`, `holder`, `lease_until`, `error` are the columns of `work`:
-- the inbox is the same mechanism, in a table of its own because it takes thousands of rows a second.
-- The raw body is the one text that is kept unredacted: never indexed, exported or prompted, 30 days.
CREATE TABLE deliveries (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    vendor       text NOT NULL,
    -- Of the sender's delivery id where it has one, else of the body.
    fingerprint  bytea NOT NULL,
    outcome      text NOT NULL CHECK (outcome IN ('accepted', 'dead_letter')),
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    attempts     smallint NOT NULL DEFAULT 0,
    holder       text,
    lease_until  timestamptz,
    error        text,
    flow_run_id  text,
    received_at  timestamptz NOT NULL,
    -- What a header said of the kind of message, such as Sentry-Hook-Resource.
    kind         text,
    copies       integer NOT NULL DEFAULT 0,
    last_copy_at timestamptz,
    -- Set by triage where the body tells no time of its own: then the same bytes, sent again, may tell
    -- of another time, and a copy waits for triage once more.
    untimed      boolean NOT NULL DEFAULT false,
    body         bytea NOT NULL,
    -- In this order, as the first column alone tells nearly all apart.
    UNIQUE (fingerprint, vendor)
) WITH (fillfactor = 85);
CREATE INDEX deliveries_waiting ON deliveries (id) WHERE state = 'waiting';
CREATE INDEX deliveries_running ON deliveries (lease_until) WHERE state = 'running';
CREATE INDEX deliveries_dead ON deliveries (id) WHERE outcome = 'dead_letter';
-- Rows lie in the order of their arrival: a summary a range of pages is enough to find the oldest,
-- and costs an insert nothing. `last_copy_at` has no index, so that counting a copy stays HOT.
CREATE INDEX deliveries_by_time ON deliveries USING brin (received_at) WITH (pages_per_range = 32);

-- Every delivery ends as exactly one of these; the sum of all is what was received. Counts are signed:
-- what triage or a redelivery moves is one less there and one more here, in rows of their own, so that
-- neither waits for a row that a gateway holds.
CREATE TABLE delivery_counts (
    day     date NOT NULL,
    vendor  text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('accepted', 'duplicate', 'rejected', 'dead_letter')),
    reason  text NOT NULL DEFAULT '',
    count   bigint NOT NULL,
    PRIMARY KEY (day, vendor, outcome, reason)
) WITH (fillfactor = 70);
