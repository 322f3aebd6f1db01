-- One row: where this hub is, and the newest snapshots it has told of.
CREATE TABLE place (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  region TEXT NOT NULL,
  revision INTEGER NOT NULL,
  public TEXT NOT NULL,
  server TEXT NOT NULL,
  -- When the project last said all it knows; 0 when it never has.
  asked_at INTEGER NOT NULL
) STRICT;

-- The newest kill of each flag, or that it was taken back; for a day.
CREATE TABLE kill (
  flag TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  delta TEXT NOT NULL,
  public INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was said about keys, for as long as an isolate of the edge may not have heard it.
CREATE TABLE access_key (
  key TEXT PRIMARY KEY,
  revoked INTEGER NOT NULL,
  expires_at INTEGER,
  origins TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
