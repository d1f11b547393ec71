-- What is written and not yet said. Moments are nanoseconds since 1970.
CREATE TABLE draft (
  id      TEXT PRIMARY KEY,
  org     TEXT NOT NULL,
  kind    TEXT NOT NULL,
  subject TEXT NOT NULL,
  title   TEXT NOT NULL,
  body    BLOB NOT NULL,
  rev     INTEGER NOT NULL,
  by      TEXT NOT NULL,
  made    INTEGER NOT NULL,
  saved   INTEGER NOT NULL
) STRICT;
CREATE INDEX draft_org ON draft (org, saved);
CREATE UNIQUE INDEX draft_subject ON draft (org, kind, subject) WHERE subject <> '';
