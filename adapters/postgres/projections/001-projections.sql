CREATE SCHEMA projections;

-- How far a read model (`<name>_v<version>`) has come in a partition of the feed; null: nothing yet. All its partitions
-- have a row or none has. Updated at every commit, so each page keeps room for the next versions of its rows.
CREATE TABLE projections.checkpoints (
  read_model text,
  partition integer,
  partitions integer NOT NULL,
  projection text NOT NULL,
  position text COLLATE "C",
  PRIMARY KEY (read_model, partition)
) WITH (fillfactor = 30);

-- Streams that wait at an event that could not be applied. The row of a stream is updated while it waits, never replaced:
-- a commit that waits for its lock must find it again.
CREATE TABLE projections.dead_letters (
  read_model text,
  stream text,
  revision bigint NOT NULL,
  position text NOT NULL COLLATE "C",
  event_id text NOT NULL,
  type text NOT NULL,
  reason text NOT NULL,
  parked_at timestamptz NOT NULL DEFAULT now(),
  held_back_through bigint NOT NULL,
  PRIMARY KEY (read_model, stream)
);

-- Events that an operator had left out, in every version and rebuild of the projection.
CREATE TABLE projections.skipped (
  projection text,
  stream text,
  revision bigint,
  position text NOT NULL COLLATE "C",
  event_id text NOT NULL,
  type text NOT NULL,
  reason text NOT NULL,
  skipped_because text NOT NULL,
  skipped_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (projection, stream, revision)
);
