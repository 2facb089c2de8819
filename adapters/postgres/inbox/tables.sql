-- One row a conversation, whatever the number of its members. Every column only ever grows.
CREATE TABLE :schema.conversations (
  conversation uuid PRIMARY KEY,
  head integer NOT NULL,
  last_message integer,
  activity_position text COLLATE "C" NOT NULL,
  activity_at bigint NOT NULL
) WITH (fillfactor = 50);

-- The events that named it: a former member keeps the name of its time.
CREATE TABLE :schema.names (
  conversation uuid NOT NULL,
  sequence integer NOT NULL,
  PRIMARY KEY (conversation, sequence)
);
