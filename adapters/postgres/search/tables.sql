-- What can be found of each message. A removed one keeps its version only, so that an older change does not bring it back.
CREATE TABLE :schema.messages (
  conversation uuid NOT NULL,
  sequence integer NOT NULL,
  version integer NOT NULL,
  message_id uuid,
  sender uuid,
  sent_at bigint,
  -- The normalised words in order, a space before and after each: phrases are compared here.
  words text,
  lexemes tsvector,
  tokens text[],
  PRIMARY KEY (conversation, sequence)
);

-- Every word that some message has; misspelt words of a question are compared with these.
CREATE TABLE :schema.words (
  word text COLLATE "C" PRIMARY KEY,
  initial text COLLATE "C" GENERATED ALWAYS AS (left(word, 1)) STORED,
  characters smallint GENERATED ALWAYS AS (char_length(word)) STORED
);

-- A number for each word in its conversation, by which a word is found in some conversations without looking at those of others;
-- those of one conversation lie side by side. Two words may share a number.
CREATE FUNCTION :schema.keys_of(conversation uuid, words text[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN ARRAY(SELECT (uuid_hash(conversation)::bigint << 32) | (hashtext(word COLLATE "C")::bigint & 4294967295) FROM unnest(words) AS word);
