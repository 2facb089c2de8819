CREATE TABLE :schema.conversations (
  conversation uuid PRIMARY KEY,
  kind text NOT NULL,
  encryption text NOT NULL,
  history text NOT NULL
);

-- Everybody who ever was a member. `visible`: the sequences that may be read, open at its end while the membership lasts.
-- `position` and `at`: when it began or ended. `revision`: the row's last event.
CREATE TABLE :schema.members (
  conversation uuid NOT NULL,
  user_id uuid NOT NULL,
  role text NOT NULL,
  since integer NOT NULL,
  visible int4multirange NOT NULL,
  position text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  revision integer NOT NULL,
  PRIMARY KEY (conversation, user_id)
);

CREATE INDEX members_by_user ON :schema.members (user_id);
