-- One or two keys of an environment; the active one signs, both are accepted.
CREATE TABLE signing_key (
  environment TEXT NOT NULL,
  public_key TEXT NOT NULL,
  seed TEXT NOT NULL,
  active INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (environment, public_key)
) STRICT, WITHOUT ROWID;
INSERT INTO signing_key (environment, public_key, seed, active, created_at)
  SELECT key, public_key, signing_seed, 1, created_at FROM environment;
ALTER TABLE environment DROP COLUMN public_key;
ALTER TABLE environment DROP COLUMN signing_seed;

-- JSON of what an environment may be told.
ALTER TABLE environment ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

-- The bucket has it already, and when the next attempt is due.
ALTER TABLE outbox ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN due_at INTEGER NOT NULL DEFAULT 0;

-- Every hub that ever had a connection, and the newest revision that it has told.
CREATE TABLE hub (
  environment TEXT NOT NULL,
  region TEXT NOT NULL,
  told INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (environment, region)
) STRICT, WITHOUT ROWID;

-- What hubs have not confirmed yet; a newer row of the same kind and name takes an older one's place.
CREATE TABLE hub_outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  environment TEXT NOT NULL,
  region TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  message TEXT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL DEFAULT 0,
  UNIQUE (environment, region, kind, name)
) STRICT;

-- The newest kill of each flag, or that it was taken back, for hubs that begin later; for a day.
CREATE TABLE kill (
  environment TEXT NOT NULL,
  flag TEXT NOT NULL,
  message TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (environment, flag)
) STRICT, WITHOUT ROWID;
