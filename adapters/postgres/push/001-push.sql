CREATE SCHEMA push;

-- Endpoint and keys let a message be sent to the browser, no more; they are not sealed.
CREATE TABLE push.subscriptions (
  account uuid NOT NULL,
  device uuid NOT NULL,
  endpoint text COLLATE "C" NOT NULL UNIQUE,
  p256dh text NOT NULL,
  auth text NOT NULL,
  subscribed_at bigint NOT NULL,
  PRIMARY KEY (account, device)
);

-- Ids only: what is told is read when it is sent.
CREATE TABLE push.waiting (
  account uuid NOT NULL,
  device uuid NOT NULL,
  notification uuid NOT NULL,
  position text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  due_at bigint NOT NULL,
  PRIMARY KEY (account, device, notification),
  FOREIGN KEY (account, device) REFERENCES push.subscriptions ON DELETE CASCADE
);
CREATE INDEX waiting_due ON push.waiting (due_at);

CREATE TABLE push.places (
  partitions integer NOT NULL,
  partition integer NOT NULL,
  position text COLLATE "C" NOT NULL,
  PRIMARY KEY (partitions, partition)
);
