-- The entries of ARP and MAC tables that joined edges rest on: they age out while nothing has changed.
-- From due_at on, one that has been missing for long is forgotten, though no fact is new.
ALTER TABLE join_rounds
    ADD COLUMN learned jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN due_at  timestamptz;
