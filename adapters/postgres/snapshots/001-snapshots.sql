CREATE SCHEMA snapshots;

-- One row for each schema, so that two releases side by side do not throw each other's snapshots away.
CREATE TABLE snapshots.snapshots (
  stream text COLLATE "C",
  schema integer,
  revision bigint NOT NULL,
  hash text NOT NULL,
  state bytea NOT NULL,
  PRIMARY KEY (stream, schema)
);
