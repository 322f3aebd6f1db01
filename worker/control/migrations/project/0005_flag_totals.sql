-- The newest totals of each shard, so that one that does not answer is missed less: of all flags, where
-- `flag` is empty, or of one. Cells and levels are cut into parts, since a row has a limit; the part of
-- kind `head` is everything else.
CREATE TABLE told_totals (
  environment TEXT NOT NULL,
  shard INTEGER NOT NULL,
  flag TEXT NOT NULL,
  kind TEXT NOT NULL,
  part INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (environment, shard, flag, kind, part)
) STRICT;
DROP TABLE shard_totals;
