-- Ids of events of the last 8 days, many in a row, so that a batch costs one row and not one for each
-- event. `place` is made of what is the same whenever an event comes again, and tells nobody's name:
-- the hash mod 1024, the unit type, and the first 4 bytes of the id, which are its time in steps of
-- 65 seconds. `ids` are the other 12 bytes of each. Ids of before this table stay in `event`, where
-- they are found until they are too old: there may be any number of them, and a row has an end.
CREATE TABLE seen (
  place TEXT PRIMARY KEY,
  hash INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  ids BLOB NOT NULL
) STRICT, WITHOUT ROWID;
