-- What is written and not yet said. Moments are nanoseconds since 1970.
CREATE TABLE IF NOT EXISTS draft (
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
CREATE INDEX IF NOT EXISTS draft_org ON draft (org, saved);
CREATE UNIQUE INDEX IF NOT EXISTS draft_subject ON draft (org, kind, subject) WHERE subject <> '';

-- Since version 2. What people mean to apply for, an institution's ready-made explanations, and who put what into the vault.
CREATE TABLE IF NOT EXISTS basket (
  person TEXT NOT NULL,
  entry  TEXT NOT NULL,
  added  INTEGER NOT NULL,
  PRIMARY KEY (person, entry)
) STRICT;
CREATE TABLE IF NOT EXISTS phrase (
  id    TEXT PRIMARY KEY,
  org   TEXT NOT NULL,
  use   TEXT NOT NULL,
  title TEXT NOT NULL,
  text  TEXT NOT NULL,
  by    TEXT NOT NULL,
  saved INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS phrase_org ON phrase (org, use, saved);
CREATE TABLE IF NOT EXISTS attachment (
  digest TEXT PRIMARY KEY,
  org    TEXT NOT NULL,
  added  INTEGER NOT NULL
) STRICT;
