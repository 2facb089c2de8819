CREATE SCHEMA keys;

CREATE TABLE keys.shards (
  shard text PRIMARY KEY,
  reserved integer NOT NULL,
  closed boolean NOT NULL DEFAULT false
);

CREATE TABLE keys.units (
  unit text COLLATE "C" PRIMARY KEY,
  owner text NOT NULL,
  shard text NOT NULL,
  wrapped bytea NOT NULL
);
CREATE INDEX units_of_shard ON keys.units (shard, unit);

-- Apart from the keys: rows of an old backup that are put back stay dead.
CREATE TABLE keys.tombstones (
  unit text COLLATE "C" PRIMARY KEY,
  buried_at timestamptz NOT NULL DEFAULT now()
);

-- Which keyring these keys belong to.
CREATE TABLE keys.keyring (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  fingerprint bytea NOT NULL
);

-- Room for units in a shard; false when it has none or is closed.
CREATE FUNCTION keys.reserve(of_shard text, room integer, at_most integer) RETURNS boolean
LANGUAGE plpgsql AS $reserve$
BEGIN
  INSERT INTO keys.shards AS s (shard, reserved) VALUES (of_shard, room)
  ON CONFLICT (shard) DO UPDATE SET reserved = s.reserved + room WHERE NOT s.closed AND s.reserved + room <= at_most;
  RETURN FOUND;
END
$reserve$;

-- What is known of units, in the order asked; of distinct ones.
CREATE FUNCTION keys.find(asked text[]) RETURNS TABLE (owner text, shard text, wrapped bytea, buried boolean)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_bitmapscan = off
AS $find$
BEGIN
  RETURN QUERY
  SELECT u.owner, u.shard, u.wrapped, t.unit IS NOT NULL
  FROM unnest(asked) WITH ORDINALITY AS a (unit, nth)
  LEFT JOIN keys.units u ON u.unit = a.unit
  LEFT JOIN keys.tombstones t ON t.unit = a.unit
  ORDER BY a.nth;
END
$find$;

-- Inserts units that are neither there nor buried, under one shard; no rows when it is closed. `wraps` holds their wrapped
-- keys one after another, `each` bytes each. The lock on the shard makes its closing wait for this to commit.
CREATE FUNCTION keys.obtain(under text, asked text[], owners text[], wraps bytea, each integer, durable boolean)
RETURNS TABLE (owner text, shard text, wrapped bytea, buried boolean, created boolean)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_bitmapscan = off
AS $obtain$
DECLARE
  made text[];
BEGIN
  PERFORM set_config('synchronous_commit', CASE WHEN durable THEN 'on' ELSE 'off' END, true);
  PERFORM FROM keys.shards s WHERE s.shard = under AND NOT s.closed FOR SHARE;
  IF NOT FOUND THEN
    RETURN;
  END IF;

  WITH inserted AS (
    INSERT INTO keys.units AS u (unit, owner, shard, wrapped)
    SELECT a.unit, a.owner, under, substring(wraps FROM (a.nth::integer - 1) * each + 1 FOR each)
    FROM unnest(asked, owners) WITH ORDINALITY AS a (unit, owner, nth)
    WHERE NOT EXISTS (SELECT FROM keys.tombstones t WHERE t.unit = a.unit)
    ORDER BY a.unit COLLATE "C"
    ON CONFLICT DO NOTHING
    RETURNING u.unit
  )
  SELECT array_agg(i.unit) INTO made FROM inserted i;

  IF cardinality(made) = cardinality(asked) THEN
    RETURN QUERY
    SELECT a.owner, under, NULL::bytea, false, true FROM unnest(owners) WITH ORDINALITY AS a (owner, nth) ORDER BY a.nth;
  ELSE
    RETURN QUERY
    SELECT u.owner, u.shard, u.wrapped, t.unit IS NOT NULL, u.unit = ANY (made)
    FROM unnest(asked) WITH ORDINALITY AS a (unit, nth)
    LEFT JOIN keys.units u ON u.unit = a.unit
    LEFT JOIN keys.tombstones t ON t.unit = a.unit
    ORDER BY a.nth;
  END IF;
END
$obtain$;

CREATE FUNCTION keys.bury(asked text[]) RETURNS void
LANGUAGE plpgsql AS $bury$
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  INSERT INTO keys.tombstones (unit) SELECT DISTINCT a.unit FROM unnest(asked) AS a (unit) ORDER BY 1 ON CONFLICT DO NOTHING;
  DELETE FROM keys.units u WHERE u.unit = ANY (asked);
END
$bury$;

-- Nothing gets into these shards any more, for ever. Waits for what is on its way into them.
CREATE FUNCTION keys.close_shards(which text[]) RETURNS bigint
LANGUAGE plpgsql AS $close$
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  INSERT INTO keys.shards (shard, reserved, closed) SELECT DISTINCT w.shard, 0, true FROM unnest(which) AS w (shard) ORDER BY 1
  ON CONFLICT (shard) DO UPDATE SET closed = true;
  DELETE FROM keys.units u USING keys.tombstones t WHERE t.unit = u.unit AND u.shard = ANY (which);
  RETURN (SELECT count(*) FROM keys.units u WHERE u.shard = ANY (which));
END
$close$;

-- Re-wrapped units into a shard; NULL when it is closed. Only those that still are where they come from.
CREATE FUNCTION keys.replace(from_shard text, under text, asked text[], wraps bytea, each integer) RETURNS bigint
LANGUAGE plpgsql AS $replace$
DECLARE
  replaced bigint;
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  PERFORM FROM keys.shards s WHERE s.shard = under AND NOT s.closed FOR SHARE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  UPDATE keys.units u SET shard = under, wrapped = substring(wraps FROM (a.nth::integer - 1) * each + 1 FOR each)
  FROM unnest(asked) WITH ORDINALITY AS a (unit, nth)
  WHERE u.unit = a.unit AND u.shard = from_shard;
  GET DIAGNOSTICS replaced = ROW_COUNT;
  RETURN replaced;
END
$replace$;
