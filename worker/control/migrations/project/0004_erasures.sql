-- Erasures of people. `subjects` are the hexadecimal digits of the ids under which shards know them,
-- with spaces between them, and empty once `phase` is `done`; `shards` is what each shard said last, as
-- JSON by its number.
CREATE TABLE erasure (
  id TEXT PRIMARY KEY,
  environment TEXT NOT NULL,
  phase TEXT NOT NULL,
  subjects TEXT NOT NULL,
  shards TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  done_at INTEGER,
  tries INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX erasure_due ON erasure (due_at) WHERE done_at IS NULL;
