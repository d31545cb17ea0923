-- The findings of the last run; what is well stands only as a count in check_counts.
CREATE TABLE check_results (
    check_id text NOT NULL,
    asset_id text NOT NULL,
    title text NOT NULL,
    asset_name text NOT NULL,
    kind text NOT NULL,
    result text NOT NULL CHECK (result IN ('info', 'warn', 'crit', 'unknown', 'suppressed')),
    message text NOT NULL,
    evidence jsonb NOT NULL,
    remedy text NOT NULL,
    privilege text,
    since timestamptz NOT NULL,
    PRIMARY KEY (check_id, asset_id)
);

CREATE INDEX check_results_asset ON check_results (asset_id);

CREATE TABLE check_counts (
    check_id text PRIMARY KEY,
    ok integer NOT NULL CHECK (ok >= 0)
);

CREATE TABLE check_suppressions (
    check_id text NOT NULL,
    selector text NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    owner text,
    until timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (check_id, selector)
);
