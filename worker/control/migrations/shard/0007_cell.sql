-- All metrics of one place in one row, so that an exposure costs one row for `total` and one for each
-- dimension, however many metrics there are: an object of metric to [n, sums].
CREATE TABLE place (
  flag TEXT NOT NULL,
  unit_type TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  stratum TEXT NOT NULL,
  variant TEXT NOT NULL,
  dimension TEXT NOT NULL,
  level TEXT NOT NULL,
  day INTEGER NOT NULL,
  numbers TEXT NOT NULL,
  PRIMARY KEY (flag, unit_type, epoch, stratum, variant, dimension, level, day)
) STRICT, WITHOUT ROWID;
INSERT INTO place
  SELECT flag, unit_type, epoch, stratum, variant, dimension, level, day,
    json_group_object(metric, json_array(n, sums))
  FROM cell WHERE n <> 0 OR sums <> ''
  GROUP BY flag, unit_type, epoch, stratum, variant, dimension, level, day;
DROP TABLE cell;
ALTER TABLE place RENAME TO cell;
