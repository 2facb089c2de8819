-- Every event of every conversation as it was recorded. Positions compare as bytes.
CREATE TABLE :schema.events (
  conversation uuid NOT NULL,
  sequence integer NOT NULL,
  position text COLLATE "C" NOT NULL,
  id uuid NOT NULL,
  type text NOT NULL,
  version integer NOT NULL,
  -- Of sent messages only.
  message_id uuid,
  sender uuid,
  data bytea NOT NULL,
  metadata bytea NOT NULL,
  sealed bytea
);

-- Encrypted bytes do not compress.
ALTER TABLE :schema.events ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- Which events change a message; what stands is the latest of one aspect, for reactions of one user and reaction.
CREATE TABLE :schema.changes (
  conversation uuid NOT NULL,
  target integer NOT NULL,
  sequence integer NOT NULL,
  aspect text NOT NULL,
  user_id uuid,
  reaction text,
  stands boolean NOT NULL
);
