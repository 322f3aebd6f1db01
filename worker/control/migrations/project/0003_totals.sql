-- The newest totals of each shard, so that one that does not answer is missed less. The cells are cut
-- into parts, since a row has a limit; part 0 also holds what is not a cell.
CREATE TABLE shard_totals (
  environment TEXT NOT NULL,
  shard INTEGER NOT NULL,
  part INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (environment, shard, part)
) STRICT;

-- Which levels of a dimension stand by themselves in totals: NULL until that is fixed.
CREATE TABLE level_table (
  environment TEXT NOT NULL,
  flag TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  dimension TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  levels TEXT,
  PRIMARY KEY (environment, flag, epoch, dimension)
) STRICT, WITHOUT ROWID;

-- Doublings of shards that are under way. `phase` is `copying`, then `switching`, then `publishing`.
CREATE TABLE resharding (
  environment TEXT PRIMARY KEY,
  -- Name of this object.
  project TEXT NOT NULL,
  shards INTEGER NOT NULL,
  phase TEXT NOT NULL,
  due_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
