-- Where each message lies that an index outside of the database holds, and the change of it that stands: an edit or a removal
-- does not say when and by whom the message was sent.
CREATE TABLE :schema.messages (
  conversation uuid NOT NULL,
  sequence integer NOT NULL,
  version integer NOT NULL,
  -- NULL once removed.
  sent_at bigint,
  message_id uuid,
  sender uuid,
  PRIMARY KEY (conversation, sequence)
);
