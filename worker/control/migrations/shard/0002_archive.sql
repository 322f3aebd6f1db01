-- Files of the raw log that are being written to the bucket. A file holds the rows of `log` from
-- `first` to `last` whose hour is `hour`, and is named after `first`: this is written down before the
-- first attempt and deleted, with those rows, once the bucket has confirmed, so every attempt writes
-- the same rows under the same name.
CREATE TABLE archive (
  first INTEGER PRIMARY KEY,
  last INTEGER NOT NULL,
  -- Hours since 1970 of `received_at`.
  hour INTEGER NOT NULL
) STRICT;

-- Erasures that were asked for. `subjects` are their hexadecimal digits with spaces between them,
-- empty once the raw files are done; `cursor` is the last file that was looked at.
CREATE TABLE erasure (
  id TEXT PRIMARY KEY,
  subjects TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  -- Subjects that were held here.
  found INTEGER NOT NULL,
  -- Lines of the raw log that were changed or removed.
  lines INTEGER NOT NULL,
  files INTEGER NOT NULL DEFAULT 0,
  cursor TEXT NOT NULL DEFAULT '',
  done_at INTEGER
) STRICT;

-- What erased subjects are still counted with. Nothing here leads back to them.
CREATE TABLE contribution (
  n INTEGER PRIMARY KEY,
  body TEXT NOT NULL,
  is_exported INTEGER NOT NULL DEFAULT 0
) STRICT;
