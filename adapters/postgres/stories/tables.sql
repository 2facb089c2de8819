-- Stories that were not ended yet, by their authors or by the sweep: whether they can still be seen is decided by the clock.
CREATE TABLE :schema.stories (
  story_id uuid PRIMARY KEY,
  author uuid NOT NULL,
  tier text NOT NULL,
  -- Milliseconds since 1970.
  posted_at bigint NOT NULL,
  -- The event that posted it, as it was recorded.
  revision integer NOT NULL,
  position text COLLATE "C" NOT NULL,
  event_id uuid NOT NULL,
  version integer NOT NULL,
  data bytea NOT NULL,
  metadata bytea NOT NULL,
  sealed bytea NOT NULL
);
-- Encrypted bytes do not compress.
ALTER TABLE :schema.stories ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- What is due.
CREATE INDEX stories_posted_at ON :schema.stories (posted_at, story_id);
CREATE INDEX stories_of_author ON :schema.stories (author, posted_at);

-- All that is left of an ended story: nothing that is told of it again brings it back.
CREATE TABLE :schema.ended (story_id uuid PRIMARY KEY);

-- Those of them whose views, reactions and inspections are still to be dropped: nobody reads these.
CREATE TABLE :schema.leaving (story_id uuid PRIMARY KEY);

CREATE TABLE :schema.views (
  story_id uuid NOT NULL,
  viewer uuid NOT NULL,
  at bigint NOT NULL,
  position text COLLATE "C" NOT NULL,
  PRIMARY KEY (story_id, viewer)
);
CREATE INDEX views_newest ON :schema.views (story_id, position DESC, viewer DESC);

-- One that was taken back keeps its row without the event, so that an older one does not bring it back.
CREATE TABLE :schema.reactions (
  story_id uuid NOT NULL,
  viewer uuid NOT NULL,
  revision integer NOT NULL,
  position text COLLATE "C",
  event_id uuid,
  version integer,
  data bytea,
  metadata bytea,
  sealed bytea,
  PRIMARY KEY (story_id, viewer)
);

CREATE TABLE :schema.inspections (
  story_id uuid NOT NULL,
  id uuid NOT NULL,
  at bigint NOT NULL,
  -- UTF-8, whatever characters it has.
  reason bytea NOT NULL,
  PRIMARY KEY (story_id, id)
);
