-- Each list: `other` stands on the list of `user_id`. One that left keeps its row, so that an older event does not bring it back.
CREATE TABLE :schema.follows (
  user_id uuid NOT NULL,
  other uuid NOT NULL,
  stands boolean NOT NULL,
  revision integer NOT NULL,
  position text COLLATE "C" NOT NULL,
  PRIMARY KEY (user_id, other)
);
CREATE TABLE :schema.close_friends (LIKE :schema.follows INCLUDING ALL);
CREATE TABLE :schema.blocks (LIKE :schema.follows INCLUDING ALL);
CREATE TABLE :schema.hidden (LIKE :schema.follows INCLUDING ALL);
CREATE TABLE :schema.muted (LIKE :schema.follows INCLUDING ALL);

CREATE INDEX follows_newest ON :schema.follows (user_id, position DESC, other DESC) WHERE stands;
CREATE INDEX followers_newest ON :schema.follows (other, position DESC, user_id DESC) WHERE stands;
CREATE INDEX close_friends_newest ON :schema.close_friends (user_id, position DESC, other DESC) WHERE stands;
CREATE INDEX close_friends_of ON :schema.close_friends (other, position DESC, user_id DESC) WHERE stands;
CREATE INDEX blocks_newest ON :schema.blocks (user_id, position DESC, other DESC) WHERE stands;
CREATE INDEX hidden_newest ON :schema.hidden (user_id, position DESC, other DESC) WHERE stands;
CREATE INDEX muted_newest ON :schema.muted (user_id, position DESC, other DESC) WHERE stands;

CREATE TABLE :schema.notifications (
  user_id uuid NOT NULL,
  kind text NOT NULL,
  enabled boolean NOT NULL,
  revision integer NOT NULL,
  PRIMARY KEY (user_id, kind)
);

CREATE TABLE :schema.last_seen (
  user_id uuid PRIMARY KEY,
  visible_to text NOT NULL,
  revision integer NOT NULL
);
