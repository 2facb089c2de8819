CREATE SCHEMA issuer;

-- Nothing here names a person: handles, names and addresses lie sealed in the log.
CREATE TABLE issuer.credentials (
  account uuid PRIMARY KEY,
  password_hash text NOT NULL
);

-- One row for what was signed in once; its token is replaced at each refresh. Hashes only.
CREATE TABLE issuer.refresh_families (
  family uuid PRIMARY KEY,
  account uuid NOT NULL,
  current bytea NOT NULL,
  replaced bytea,
  rotated_at bigint NOT NULL DEFAULT 0,
  expires_at bigint NOT NULL
);
CREATE INDEX refresh_families_expiry ON issuer.refresh_families (expires_at);

CREATE TABLE issuer.denied (
  token_id text COLLATE "C" PRIMARY KEY,
  until bigint NOT NULL
);
CREATE INDEX denied_until ON issuer.denied (until);

-- The decision of one refresh, under the row's lock.
CREATE FUNCTION issuer.rotate(asked uuid, used bytea, next bytea, next_expires bigint, now_ms bigint, grace_ms bigint)
RETURNS TABLE (outcome text, owner uuid)
LANGUAGE plpgsql AS $rotate$
DECLARE
  f issuer.refresh_families;
BEGIN
  SELECT * INTO f FROM issuer.refresh_families r WHERE r.family = asked FOR UPDATE;
  IF NOT FOUND OR f.expires_at <= now_ms THEN
    RETURN QUERY SELECT 'Unknown', NULL::uuid;
  ELSIF f.current = used THEN
    UPDATE issuer.refresh_families r SET current = next, replaced = used, rotated_at = now_ms, expires_at = next_expires WHERE r.family = asked;
    RETURN QUERY SELECT 'Rotated', f.account;
  ELSIF f.replaced = used AND f.current = next AND now_ms <= f.rotated_at + grace_ms THEN
    RETURN QUERY SELECT 'Rotated', f.account;
  ELSE
    DELETE FROM issuer.refresh_families r WHERE r.family = asked;
    RETURN QUERY SELECT 'Reused', f.account;
  END IF;
END
$rotate$;
