-- name: record_usage
INSERT INTO language_model_usage
    (endpoint, model, purpose, prompt_tokens, completion_tokens, seconds, outcome)
VALUES (%(endpoint)s, %(model)s, %(purpose)s, %(prompt_tokens)s, %(completion_tokens)s,
        %(seconds)s, %(outcome)s);

-- name: spent_since
SELECT coalesce(sum(prompt_tokens + completion_tokens), 0)
FROM language_model_usage
WHERE asked_at >= %(since)s;

-- name: prune_usage
DELETE FROM language_model_usage WHERE asked_at < now() - %(days)s * interval '1 day';
