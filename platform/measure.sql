-- How serving data stood when it was measured again. Moments are nanoseconds since 1970.
CREATE TABLE measure (
  n       INTEGER PRIMARY KEY AUTOINCREMENT,
  entry   TEXT NOT NULL,
  version INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  result  BLOB NOT NULL
) STRICT;
CREATE INDEX measure_entry ON measure (entry, n);
