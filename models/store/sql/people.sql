-- name: lock
-- Who is the first, and who the last admin, is decided by one at a time.
LOCK TABLE people IN SHARE ROW EXCLUSIVE MODE;

-- name: add
INSERT INTO people (id, name, role, token_hash, created_at, created_by)
VALUES (%(id)s, %(name)s, %(role)s, %(token_hash)s, clock_timestamp(), %(created_by)s)
RETURNING id, name, role, created_at, created_by, revoked_at;

-- name: by_token
SELECT id, name, role, created_at, created_by, revoked_at
FROM people WHERE token_hash = %(token_hash)s AND revoked_at IS NULL;

-- name: by_name
-- A name may have been given again since it was revoked; the one that holds stands first.
SELECT id, name, role, created_at, created_by, revoked_at
FROM people WHERE id = %(name)s OR name = %(name)s ORDER BY revoked_at DESC NULLS FIRST LIMIT 1;

-- name: all
SELECT id, name, role, created_at, created_by, revoked_at FROM people ORDER BY created_at, id;

-- name: any
SELECT EXISTS (SELECT FROM people);

-- name: admins
SELECT count(*) FROM people WHERE role = 'admin' AND revoked_at IS NULL;

-- name: revoke
UPDATE people SET revoked_at = now() WHERE id = %(id)s AND revoked_at IS NULL;
