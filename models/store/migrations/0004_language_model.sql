-- What was spent on language models, one row a request; prompts and answers are not kept.
CREATE TABLE language_model_usage (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asked_at           timestamptz NOT NULL DEFAULT now(),
    endpoint           text NOT NULL,
    model              text NOT NULL,
    purpose            text NOT NULL,
    prompt_tokens      bigint NOT NULL,
    completion_tokens  bigint NOT NULL,
    seconds            double precision NOT NULL,
    outcome            text NOT NULL CHECK (outcome IN ('ok', 'truncated', 'rejected', 'failed'))
);
CREATE INDEX language_model_usage_by_time ON language_model_usage (asked_at)
    INCLUDE (prompt_tokens, completion_tokens);
