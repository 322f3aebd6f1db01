-- How often the state of a subject could not be read or written, so that what came for it is counted
-- nowhere. It is in the raw log.
ALTER TABLE shard ADD COLUMN aside INTEGER NOT NULL DEFAULT 0;

-- Epochs and stages that have cells of their own: a dimension without a name.
INSERT OR IGNORE INTO level (flag, epoch, dimension, level)
  SELECT DISTINCT flag, 0, '', epoch || '/' || stratum FROM cell WHERE epoch <> 0 OR stratum <> '';
