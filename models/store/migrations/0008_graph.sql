-- Edges that are joined from facts of two assets; one that the source itself states has no confidence.
ALTER TABLE relations
    ADD COLUMN confidence real CHECK (confidence > 0 AND confidence <= 1),
    ADD COLUMN reason text,
    ADD CHECK ((confidence IS NULL) = (reason IS NULL));
CREATE INDEX relations_joined ON relations (from_id) WHERE valid_to IS NULL AND confidence IS NOT NULL;
-- A walk takes a hub's first edges in the order of the index, whichever way it goes.
CREATE INDEX relations_into ON relations (to_id, type, from_id) WHERE valid_to IS NULL;
DROP INDEX relations_backwards;

-- What the last round of joining was made from, so that the next one can tell whether it has work.
CREATE TABLE join_rounds (
    inputs_hash text NOT NULL,
    edges       integer NOT NULL,
    joined_at   timestamptz NOT NULL
);
CREATE UNIQUE INDEX join_rounds_once ON join_rounds ((true));
