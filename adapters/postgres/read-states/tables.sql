CREATE TABLE :schema.markers (
  conversation uuid NOT NULL,
  user_id uuid NOT NULL,
  through integer NOT NULL,
  PRIMARY KEY (conversation, user_id)
) WITH (fillfactor = 70);
