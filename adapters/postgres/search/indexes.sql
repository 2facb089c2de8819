-- A rebuild fills the messages alone; their words follow here, once.
INSERT INTO :schema.words (word)
  SELECT DISTINCT word COLLATE "C" FROM :schema.messages, unnest(tsvector_to_array(lexemes)) AS word ON CONFLICT DO NOTHING;

CREATE INDEX words_alike ON :schema.words (initial, characters);
CREATE INDEX messages_by_lexeme ON :schema.messages USING gin (lexemes);
CREATE INDEX messages_by_token ON :schema.messages USING gin (tokens);
-- Written at once: a list of pending entries would be read by each search.
CREATE INDEX messages_by_key ON :schema.messages USING gin (:schema.keys_of(conversation, tsvector_to_array(lexemes))) WITH (fastupdate = off);
