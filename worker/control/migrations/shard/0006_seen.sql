-- Ids of events of the last 8 days, many in a row, so that a batch costs one row and not one for each
-- event. `place` is made of what is the same whenever an event comes again, and tells nobody's name:
-- the hash mod 1024, the unit type, and the first 4 bytes of the id, which are its time in steps of
-- 65 seconds. `ids` are the other 12 bytes of each.
CREATE TABLE seen (
  place TEXT PRIMARY KEY,
  hash INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  ids BLOB NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO seen
  SELECT printf('%04d/%s/%s', hash % 1024, unit_type, lower(hex(substr(id, 1, 4)))), MIN(hash % 1024),
    MAX(received_at), unhex(group_concat(substr(hex(id), 9), ''))
  FROM event WHERE hash IS NOT NULL AND unit_type <> 'dropped:' GROUP BY 1;
DELETE FROM event WHERE hash IS NOT NULL AND unit_type <> 'dropped:';
