ALTER TABLE :schema.events ADD PRIMARY KEY (conversation, sequence);

-- Where somebody who was away goes on in a conversation.
CREATE INDEX events_by_position ON :schema.events (conversation, position);

-- Message ids are UUIDv7 nearly always, so this one grows at its end: a random index would halve the speed of writing.
CREATE INDEX events_by_message ON :schema.events (message_id) WHERE message_id IS NOT NULL;

ALTER TABLE :schema.changes ADD PRIMARY KEY (conversation, target, sequence);

CREATE INDEX changes_of_pins ON :schema.changes (conversation) WHERE aspect = 'pin';
