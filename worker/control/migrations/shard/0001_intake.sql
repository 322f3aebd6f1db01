-- Which part of which environment this is, and how often its totals have changed. One row, written
-- by the first delivery.
CREATE TABLE shard (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  environment TEXT NOT NULL,
  number INTEGER NOT NULL,
  shards INTEGER NOT NULL,
  pepper BLOB NOT NULL,
  revision INTEGER NOT NULL,
  -- Events that clients say they had to give up.
  dropped INTEGER NOT NULL
) STRICT;

-- Batches of the last 8 days; `digest` is of the copies they brought here.
CREATE TABLE batch (
  id BLOB PRIMARY KEY,
  digest BLOB NOT NULL,
  received_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Events of the last 8 days, each for every unit type that brought it here.
CREATE TABLE event (
  id BLOB NOT NULL,
  unit_type TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  PRIMARY KEY (id, unit_type)
) STRICT, WITHOUT ROWID;

-- What each subject met first. `mixed` is 1 once it has met a second variant in the epoch; `hash`
-- is the one that found the shard, and says who moves when the shards are doubled.
CREATE TABLE exposure (
  subject BLOB NOT NULL,
  flag TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  unit_type TEXT NOT NULL,
  hash INTEGER NOT NULL,
  variant TEXT NOT NULL,
  stratum TEXT NOT NULL,
  revision INTEGER,
  first_at INTEGER NOT NULL,
  mixed INTEGER NOT NULL,
  PRIMARY KEY (subject, flag, epoch)
) STRICT, WITHOUT ROWID;

-- Sums over subjects. `y` is the metric, `d` the denominator of a ratio, `x` the value before
-- exposure that variance reduction uses; `day` is the day of the first exposure since 1970.
CREATE TABLE cell (
  flag TEXT NOT NULL,
  unit_type TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  stratum TEXT NOT NULL,
  variant TEXT NOT NULL,
  metric TEXT NOT NULL,
  dimension TEXT NOT NULL,
  level TEXT NOT NULL,
  day INTEGER NOT NULL,
  n INTEGER NOT NULL,
  y REAL NOT NULL DEFAULT 0,
  yy REAL NOT NULL DEFAULT 0,
  d REAL NOT NULL DEFAULT 0,
  dd REAL NOT NULL DEFAULT 0,
  yd REAL NOT NULL DEFAULT 0,
  x REAL NOT NULL DEFAULT 0,
  xx REAL NOT NULL DEFAULT 0,
  xy REAL NOT NULL DEFAULT 0,
  xd REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (flag, unit_type, epoch, stratum, variant, metric, dimension, level, day)
) STRICT, WITHOUT ROWID;

-- The raw log: one row for each delivery that brought something new, one line of JSON for each
-- event. `sequence` is the shard's revision. Nothing here is deleted before an archive holds it.
CREATE TABLE log (
  sequence INTEGER PRIMARY KEY,
  received_at INTEGER NOT NULL,
  events INTEGER NOT NULL,
  lines TEXT NOT NULL
) STRICT;
