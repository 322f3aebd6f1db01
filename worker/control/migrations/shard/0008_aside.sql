-- How often a state was refused since it was posted: one that can never be handed over is tried more
-- and more seldom, and holds up no other.
ALTER TABLE handover ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0;

-- Names of files, as JSON, that an erasure could not read and went past; and whose turn it is: each
-- page of files is a turn, so that no erasure waits for one that does not come to an end.
ALTER TABLE erasure ADD COLUMN unreadable TEXT NOT NULL DEFAULT '[]';
ALTER TABLE erasure ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
