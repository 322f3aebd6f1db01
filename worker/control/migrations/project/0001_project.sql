CREATE TABLE environment (
  key TEXT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  shards INTEGER NOT NULL,
  pepper TEXT NOT NULL,
  signing_seed TEXT NOT NULL,
  public_key TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row for each published revision; `record` is the JSON of the pointer `env/<id>`.
CREATE TABLE snapshot (
  environment TEXT NOT NULL,
  revision INTEGER NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (environment, revision)
) STRICT, WITHOUT ROWID;

-- Bytes of the newest revisions, for an edge that finds them in no store.
CREATE TABLE content (
  target TEXT PRIMARY KEY,
  environment TEXT NOT NULL,
  revision INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX content_revision ON content (environment, revision);

CREATE TABLE flag (
  key TEXT PRIMARY KEY,
  document TEXT NOT NULL,
  archived INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE flag_environment (
  environment TEXT NOT NULL,
  flag TEXT NOT NULL,
  version INTEGER NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (environment, flag)
) STRICT, WITHOUT ROWID;

-- Whole merged documents, so that a version can be shown and restored by itself.
CREATE TABLE flag_version (
  environment TEXT NOT NULL,
  flag TEXT NOT NULL,
  version INTEGER NOT NULL,
  action TEXT NOT NULL,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  reason TEXT,
  document TEXT NOT NULL,
  PRIMARY KEY (environment, flag, version)
) STRICT;

-- Segments, lists, attributes, groups and metrics; the highest version is the current one.
CREATE TABLE definition (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (kind, key, version)
) STRICT;

CREATE TABLE access_key (
  id TEXT PRIMARY KEY,
  environment TEXT NOT NULL,
  kind TEXT NOT NULL,
  hash TEXT NOT NULL,
  -- The key itself for client keys, which are public; NULL for server keys.
  text TEXT,
  last4 TEXT NOT NULL,
  origins TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX access_key_environment ON access_key (environment, created_at);

-- Append-only; `hash` covers the row and the hash before it.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  at INTEGER NOT NULL,
  token TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  version INTEGER,
  content TEXT NOT NULL
) STRICT;

-- What the snapshot stores have not confirmed yet, delivered in order.
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  environment TEXT NOT NULL,
  target TEXT NOT NULL,
  body BLOB NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0
) STRICT;
