-- What this hub has done since it is there: messages sent by type, sockets closed by reason.
CREATE TABLE count (
  what TEXT NOT NULL,
  label TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (what, label)
) STRICT, WITHOUT ROWID;
