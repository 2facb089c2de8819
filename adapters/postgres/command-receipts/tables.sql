CREATE TABLE :schema.receipts (
  conversation uuid NOT NULL,
  device uuid NOT NULL,
  counter bigint NOT NULL,
  first integer NOT NULL,
  last integer NOT NULL,
  PRIMARY KEY (conversation, device, counter)
);

-- Up to which revision the receipts of a conversation hold.
CREATE TABLE :schema.heads (
  conversation uuid PRIMARY KEY,
  revision integer NOT NULL
) WITH (fillfactor = 50);
