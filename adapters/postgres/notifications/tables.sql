-- `subject`: the message or story that it is about. `reaction`: the reaction that it tells of.
CREATE TABLE :schema.notices (
  account uuid NOT NULL,
  position text COLLATE "C" NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  actor text NOT NULL,
  at bigint NOT NULL,
  conversation uuid,
  sequence integer,
  message_id uuid,
  story_id uuid,
  subject uuid GENERATED ALWAYS AS (coalesce(message_id, story_id)) STORED,
  reaction uuid,
  PRIMARY KEY (account, position, id)
);

CREATE INDEX notices_by_id ON :schema.notices (id);
CREATE INDEX notices_by_subject ON :schema.notices (subject) WHERE subject IS NOT NULL;
-- Those of ended stories are dropped, so there are few.
CREATE INDEX notices_of_stories ON :schema.notices (account, story_id) WHERE story_id IS NOT NULL;
CREATE INDEX notices_by_reaction ON :schema.notices (reaction) WHERE reaction IS NOT NULL;

-- Notices about the subject from before `position` are gone, also those that are applied later.
CREATE TABLE :schema.withdrawn (
  subject uuid PRIMARY KEY,
  position text COLLATE "C" NOT NULL
);

-- Stories among them whose notices are still to be dropped: nobody reads these, since their stories are gone.
CREATE TABLE :schema.leaving (story_id uuid PRIMARY KEY);

-- Every change: from `position` on the account does, or does not, want to hear.
CREATE TABLE :schema.silences (
  account uuid NOT NULL,
  silence_of text NOT NULL,
  subject text NOT NULL,
  position text COLLATE "C" NOT NULL,
  silent boolean NOT NULL,
  PRIMARY KEY (account, silence_of, subject, position)
);

CREATE TABLE :schema.marks (
  account uuid PRIMARY KEY,
  read_through text COLLATE "C" NOT NULL,
  cleared_through text COLLATE "C" NOT NULL
);
