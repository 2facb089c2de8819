-- The event that holds an account's sealed profile. No digest: the profile was forgotten.
CREATE TABLE :schema.profiles (
  user_id uuid PRIMARY KEY,
  revision integer NOT NULL,
  handle_digest text,
  position text COLLATE "C" NOT NULL,
  id uuid NOT NULL,
  type text NOT NULL,
  version integer NOT NULL,
  data bytea NOT NULL,
  metadata bytea NOT NULL,
  sealed bytea
);

CREATE INDEX profiles_by_handle ON :schema.profiles (handle_digest) WHERE handle_digest IS NOT NULL;

CREATE TABLE :schema.devices (
  user_id uuid NOT NULL,
  device_id uuid NOT NULL,
  registered_at bigint NOT NULL,
  revoked boolean NOT NULL,
  revision integer NOT NULL,
  PRIMARY KEY (user_id, device_id)
);
