-- 1 when the subject that was to take the state over is erased: whoever gets it counts it without a
-- name. The other shard may have the state already, so that is decided there and not here.
ALTER TABLE handover ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
-- A shard that does not answer is given time as a whole.
ALTER TABLE handover DROP COLUMN tries;

-- The shard's revision when it took the erasure: what was logged later is about somebody new. NULL
-- for erasures of before this column. From here on `subjects` are there until all shards are done,
-- and while they are, what comes late for one of them is counted without a name.
ALTER TABLE erasure ADD COLUMN revision INTEGER;
CREATE INDEX erasure_open ON erasure (id) WHERE subjects <> '';
