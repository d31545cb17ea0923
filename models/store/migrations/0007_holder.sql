-- Who began the work: only that holder may end it.
ALTER TABLE work ADD COLUMN holder text;
-- A validation that is repeated does not set the same row aside twice.
CREATE UNIQUE INDEX quarantine_once ON quarantine (snapshot_id, asset_id, rule);
