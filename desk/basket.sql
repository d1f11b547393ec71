-- What people mean to apply for, an institution's ready-made explanations, and who put what into the vault.
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
