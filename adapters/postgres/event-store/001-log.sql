CREATE SCHEMA log;

-- Its lock, held to the commit, makes the writers of all processes follow one another. It is locked, never updated:
-- a row updated a thousand times a second would grow under every long transaction.
CREATE TABLE log.head (
  one boolean PRIMARY KEY DEFAULT true CHECK (one)
);
INSERT INTO log.head DEFAULT VALUES;

CREATE TABLE log.streams (
  stream bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE
);

CREATE TABLE log.events (
  position bigint PRIMARY KEY,
  stream bigint NOT NULL,
  revision bigint NOT NULL,
  id uuid NOT NULL,
  version integer NOT NULL,
  type text NOT NULL,
  data bytea NOT NULL,
  metadata bytea NOT NULL,
  sealed bytea
);

-- Encrypted bytes do not compress.
ALTER TABLE log.events ALTER COLUMN sealed SET STORAGE EXTERNAL;

CREATE UNIQUE INDEX events_by_revision ON log.events (stream, revision);

-- What was appended without an expected revision is found again by its id, for ever; all else by its revision.
CREATE TABLE log.unfenced (
  stream bigint,
  id uuid,
  revision bigint NOT NULL,
  position bigint NOT NULL,
  PRIMARY KEY (stream, id)
);

-- The functions below fix their plans: one made while a table was small must not outlive that. LIMIT 1 in a lateral
-- query keeps its order: one look-up in the unique index for each id, never a scan of the stream.

-- Appends a group. Per append: its stream's name, the expected revision (-1 none yet, -2 any), its number of events. Per
-- event: which append it belongs to (from 1), its place in it (from 0), where its bytes start in `body` (from 1; data,
-- metadata, sealed one after another) and how many of each there are (sealed_bytes -1: none).
-- Answers per append, in order: first and last revision and last position; a refused one has no first, and as last the
-- actual revision (-1: no stream). `fresh` says that it was written now and not earlier.
-- Of one stream the caller puts into a group fenced appends that all expect the same revision (the first may be accepted),
-- or unfenced ones of distinct ids.
CREATE FUNCTION log.append(
  names text[], expected bigint[], sizes integer[],
  owners integer[], places integer[], ids uuid[], types text[], versions integer[],
  starts integer[], data_bytes integer[], metadata_bytes integer[], sealed_bytes integer[], body bytea
) RETURNS TABLE (first bigint, last bigint, at bigint, fresh boolean)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_bitmapscan = off
AS $append$
DECLARE
  base bigint;
  stream_of bigint[];
  first_of bigint[];
  filled integer[];
  ends integer[];
BEGIN
  -- Read committed: every statement from here on sees all that was committed under this lock before.
  PERFORM FROM log.head h WHERE h.one FOR NO KEY UPDATE;
  IF current_setting('synchronous_commit') = 'off' THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;

  INSERT INTO log.streams (name)
  SELECT DISTINCT a.name FROM unnest(names, expected) AS a (name, expected)
  WHERE a.expected < 0 AND NOT EXISTS (SELECT FROM log.streams s WHERE s.name = a.name);

  WITH appends AS MATERIALIZED (
    SELECT a.nth, a.expected, a.size, s.stream, sum(a.size) OVER (ORDER BY a.nth)::integer AS ends,
      coalesce((SELECT e.revision FROM log.events e WHERE e.stream = s.stream ORDER BY e.revision DESC LIMIT 1), -1) AS head
    FROM unnest(names, expected, sizes) WITH ORDINALITY AS a (name, expected, size, nth)
    LEFT JOIN log.streams s ON s.name = a.name
  ), decided AS MATERIALIZED (
    SELECT a.*, a.size * (CASE
      WHEN a.expected <> -2 THEN (a.expected = a.head AND a.nth = min(a.nth) OVER (PARTITION BY a.stream))::integer
      WHEN a.head = -1 THEN 1
      WHEN EXISTS (
        SELECT FROM unnest(ids[a.ends - a.size + 1 : a.ends]) AS i (id)
        CROSS JOIN LATERAL (SELECT FROM log.unfenced u WHERE u.stream = a.stream AND u.id = i.id LIMIT 1) known
      ) THEN 0
      ELSE 1
    END) AS accepted
    FROM appends a
  ), placed AS (
    SELECT d.nth, d.stream, d.ends, sum(d.accepted) OVER (ORDER BY d.nth)::integer AS filled,
      CASE WHEN d.accepted > 0
        THEN d.head + 1 + sum(d.accepted) OVER (PARTITION BY d.stream ORDER BY d.nth) - d.size
        ELSE -1
      END AS first
    FROM decided d
  )
  SELECT array_agg(coalesce(p.stream, -1) ORDER BY p.nth), array_agg(p.ends ORDER BY p.nth),
    array_agg(p.filled ORDER BY p.nth), array_agg(p.first::bigint ORDER BY p.nth)
  INTO stream_of, ends, filled, first_of
  FROM placed p;

  base := coalesce((SELECT e.position FROM log.events e ORDER BY e.position DESC LIMIT 1), 0);

  INSERT INTO log.events (position, stream, revision, id, version, type, data, metadata, sealed)
  SELECT base + filled[e.owner] - sizes[e.owner] + e.place + 1, stream_of[e.owner], first_of[e.owner] + e.place,
    e.id, e.version, e.type,
    substring(body FROM e.start FOR e.data_bytes),
    substring(body FROM e.start + e.data_bytes FOR e.metadata_bytes),
    CASE WHEN e.sealed_bytes >= 0 THEN substring(body FROM e.start + e.data_bytes + e.metadata_bytes FOR e.sealed_bytes) END
  FROM unnest(owners, places, ids, types, versions, starts, data_bytes, metadata_bytes, sealed_bytes)
    AS e (owner, place, id, type, version, start, data_bytes, metadata_bytes, sealed_bytes)
  WHERE first_of[e.owner] >= 0;

  IF -2 = ANY (expected) THEN
    INSERT INTO log.unfenced (stream, id, revision, position)
    SELECT stream_of[e.owner], e.id, first_of[e.owner] + e.place, base + filled[e.owner] - sizes[e.owner] + e.place + 1
    FROM unnest(owners, places, ids) AS e (owner, place, id)
    WHERE expected[e.owner] = -2 AND first_of[e.owner] >= 0
    ON CONFLICT DO NOTHING;
  END IF;

  IF filled[cardinality(filled)] > 0 THEN
    PERFORM pg_notify('tidings_log', (base + filled[cardinality(filled)])::text);
  END IF;

  RETURN QUERY
  SELECT
    CASE WHEN a.first >= 0 THEN a.first ELSE earlier.first END,
    CASE WHEN a.first >= 0 THEN a.first + a.size - 1 ELSE coalesce(earlier.last, now.head) END,
    CASE WHEN a.first >= 0 THEN base + a.filled ELSE earlier.at END,
    a.first >= 0
  FROM unnest(expected, sizes, stream_of, ends, filled, first_of) WITH ORDINALITY
    AS a (expected, size, stream, ends, filled, first, nth)
  LEFT JOIN LATERAL (
    SELECT coalesce((SELECT h.revision FROM log.events h WHERE h.stream = a.stream ORDER BY h.revision DESC LIMIT 1), -1) AS head
    WHERE a.first < 0
  ) now ON true
  LEFT JOIN LATERAL (
    SELECT min(e.revision) AS first, max(e.revision) AS last, max(e.position) AS at
    FROM unnest(ids[a.ends - a.size + 1 : a.ends]) WITH ORDINALITY AS i (id, nth)
    CROSS JOIN LATERAL (
      SELECT f.revision, f.position FROM log.events f
      WHERE a.expected <> -2 AND f.stream = a.stream AND f.revision = a.expected + i.nth AND f.id = i.id
      UNION ALL
      SELECT u.revision, u.position FROM log.unfenced u
      WHERE a.expected = -2 AND u.stream = a.stream AND u.id = i.id
      LIMIT 1
    ) e
    WHERE a.first < 0
    HAVING count(*) = a.size
  ) earlier ON true
  ORDER BY a.nth;
END
$append$;

CREATE TYPE log.recorded AS (
  "position" bigint, name text, revision bigint, id uuid, type text, version integer, data bytea, metadata bytea, sealed bytea
);

-- The log after a position.
CREATE FUNCTION log.page(after bigint, at_most integer) RETURNS SETOF log.recorded
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
AS $page$
BEGIN
  RETURN QUERY
  SELECT e.position, (SELECT s.name FROM log.streams s WHERE s.stream = e.stream), e.revision, e.id, e.type, e.version, e.data, e.metadata, e.sealed
  FROM log.events e WHERE e.position > after ORDER BY e.position LIMIT at_most;
END
$page$;

-- One stream from a revision on.
CREATE FUNCTION log.forwards(stream_name text, start bigint, at_most integer) RETURNS SETOF log.recorded
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
AS $forwards$
BEGIN
  RETURN QUERY
  SELECT e.position, stream_name, e.revision, e.id, e.type, e.version, e.data, e.metadata, e.sealed
  FROM log.events e WHERE e.stream = (SELECT s.stream FROM log.streams s WHERE s.name = stream_name) AND e.revision >= start
  ORDER BY e.revision LIMIT at_most;
END
$forwards$;

-- One stream from a revision back.
CREATE FUNCTION log.backwards(stream_name text, start bigint, at_most integer) RETURNS SETOF log.recorded
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
AS $backwards$
BEGIN
  RETURN QUERY
  SELECT e.position, stream_name, e.revision, e.id, e.type, e.version, e.data, e.metadata, e.sealed
  FROM log.events e WHERE e.stream = (SELECT s.stream FROM log.streams s WHERE s.name = stream_name) AND e.revision <= start
  ORDER BY e.revision DESC LIMIT at_most;
END
$backwards$;
