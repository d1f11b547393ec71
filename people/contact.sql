-- Where somebody wants to be written to, and about what not. mark is over person and mail: without the key nobody's letters
-- are sent elsewhere.
CREATE TABLE contact (
  person TEXT PRIMARY KEY REFERENCES account,
  mail   BLOB NOT NULL,               -- sealed, confirmed by a code; empty = none
  mark   BLOB NOT NULL,
  off    TEXT NOT NULL DEFAULT '',    -- occasions that are not written about, joined by spaces
  trial  BLOB NOT NULL DEFAULT x'',   -- sealed, until its code has come back
  code   BLOB NOT NULL DEFAULT x'',   -- keyed digest of the code
  until  INTEGER NOT NULL DEFAULT 0,  -- how long the code holds
  wrong  INTEGER NOT NULL DEFAULT 0,  -- wrong codes given for it
  begun  INTEGER NOT NULL DEFAULT 0,  -- when the first of the codes of this hour was made
  codes  INTEGER NOT NULL DEFAULT 0   -- how many were made since
) STRICT, WITHOUT ROWID;
