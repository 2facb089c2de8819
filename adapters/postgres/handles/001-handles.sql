CREATE SCHEMA handles;

-- Handles are here by their keyed digest only.
CREATE TABLE handles.claims (
  digest text COLLATE "C" PRIMARY KEY,
  account text NOT NULL
);
