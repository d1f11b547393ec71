-- Files handed in for entries and what became of them. Moments are nanoseconds since 1970.
CREATE TABLE load (
  n       INTEGER PRIMARY KEY AUTOINCREMENT,
  id      TEXT NOT NULL UNIQUE,
  entry   TEXT NOT NULL,
  org     TEXT NOT NULL,
  person  TEXT NOT NULL,
  source  TEXT NOT NULL,
  name    TEXT NOT NULL,
  size    INTEGER NOT NULL,
  state   TEXT NOT NULL,
  mode    TEXT NOT NULL DEFAULT '',
  form    TEXT NOT NULL DEFAULT '{}',
  columns TEXT NOT NULL DEFAULT '{}',
  tag     TEXT NOT NULL DEFAULT '',
  rows    INTEGER NOT NULL DEFAULT 0,
  version INTEGER NOT NULL DEFAULT 0,
  digest  TEXT NOT NULL DEFAULT '',
  report  BLOB,
  fault   TEXT NOT NULL DEFAULT '',
  kept    INTEGER NOT NULL DEFAULT 1,
  made    INTEGER NOT NULL,
  begun   INTEGER NOT NULL DEFAULT 0,
  ended   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX load_entry ON load (entry, n);
CREATE INDEX load_org ON load (org, n);
CREATE INDEX load_state ON load (state);
CREATE INDEX load_tag ON load (entry, tag) WHERE tag <> '';
