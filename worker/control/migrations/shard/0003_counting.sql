-- What is known of each subject, as JSON: what it met first of each flag, and the events that may
-- still change what it contributes to the cells. `hash` is the one that found the shard.
CREATE TABLE subject (
  subject BLOB PRIMARY KEY,
  unit_type TEXT NOT NULL,
  hash INTEGER NOT NULL,
  -- Epoch milliseconds of the latest that changed it.
  seen_at INTEGER NOT NULL,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO subject (subject, unit_type, hash, seen_at, state)
  SELECT subject, MAX(unit_type), MAX(hash), MAX(first_at), json_object('x', json_group_array(json_object(
    'f', flag, 'e', epoch, 't', first_at, 'v', variant, 's', stratum, 'r', revision,
    'm', json(CASE mixed WHEN 1 THEN 'true' ELSE 'false' END))))
  FROM (SELECT * FROM exposure ORDER BY subject, flag, epoch) GROUP BY subject;
DROP TABLE exposure;

-- Sums over subjects, exact: decimal integers with commas between them, in millionths. The sums of
-- one shard may be below 0 after a resharding; those of all shards together are right.
CREATE TABLE exact_cell (
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
  sums TEXT NOT NULL,
  PRIMARY KEY (flag, unit_type, epoch, stratum, variant, metric, dimension, level, day)
) STRICT, WITHOUT ROWID;
INSERT INTO exact_cell
  SELECT flag, unit_type, epoch, stratum, variant, metric, dimension, level, day, n, '' FROM cell;
DROP TABLE cell;
ALTER TABLE exact_cell RENAME TO cell;

-- Who moves when the shards are doubled; NULL for events of before this column.
ALTER TABLE event ADD COLUMN hash INTEGER;

-- Metrics, dimensions and unit types that deliveries came under, by hash.
CREATE TABLE definitions (
  hash TEXT PRIMARY KEY,
  body TEXT NOT NULL,
  archived INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Values of dimensions that have cells of their own.
CREATE TABLE level (
  flag TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  dimension TEXT NOT NULL,
  level TEXT NOT NULL,
  PRIMARY KEY (flag, epoch, dimension, level)
) STRICT, WITHOUT ROWID;

-- Subjects that are known under another id now. What comes for them is handed on.
CREATE TABLE tombstone (
  subject BLOB PRIMARY KEY,
  hash INTEGER NOT NULL,
  successor BLOB NOT NULL,
  successor_hash INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstone_successor ON tombstone (successor);

-- States that another subject takes over, until its shard has confirmed. They are counted nowhere
-- meanwhile.
CREATE TABLE handover (
  id TEXT PRIMARY KEY,
  unit_type TEXT NOT NULL,
  subject BLOB NOT NULL,
  hash INTEGER NOT NULL,
  state TEXT NOT NULL,
  -- Subjects that it came through, in hexadecimal digits with spaces between them.
  path TEXT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Handovers that were taken over here, so that each is only once.
CREATE TABLE handover_taken (
  id TEXT PRIMARY KEY,
  hash INTEGER NOT NULL,
  taken_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- While the shards are doubled: how many there will be, and where the copying of this shard's half
-- stands.
ALTER TABLE shard ADD COLUMN split_to INTEGER;
ALTER TABLE shard ADD COLUMN split_at TEXT NOT NULL DEFAULT '';
-- Copies of events that were counted for the first time.
ALTER TABLE shard ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0;
