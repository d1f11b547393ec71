-- What people are reminded of, and what of it still has to be sent. Moments are nanoseconds since 1970; 0 = never.
-- No address and no name of a person stands here: who is written to is an id, whose address people holds.

CREATE TABLE cursor (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  chain TEXT NOT NULL,
  next  INTEGER NOT NULL, -- number of the first record whose facts were not looked at
  mark  BLOB NOT NULL     -- shows that the key is the one this file was made with
) STRICT;

CREATE TABLE notice (
  n        INTEGER PRIMARY KEY AUTOINCREMENT,
  id       TEXT NOT NULL UNIQUE, -- the same for the same occasion, wherever and whenever it is made
  occasion TEXT NOT NULL,
  noun     TEXT NOT NULL,
  number   TEXT NOT NULL,        -- of the noun
  mark     TEXT NOT NULL,        -- which time it is: the record, or the end of the term
  org      TEXT NOT NULL,        -- whose turn it is, or who is told
  turn     INTEGER NOT NULL,     -- roles, as bits
  party    TEXT NOT NULL,        -- short name of the other institution; '' = none
  entry    TEXT NOT NULL,        -- code
  name     TEXT NOT NULL,        -- of the entry
  task     TEXT NOT NULL,        -- what a term is for; '' = no term's occasion
  due      TEXT NOT NULL,        -- last day, YYYY-MM-DD; '' = none
  days     INTEGER NOT NULL,     -- working days left when it was made
  at       INTEGER NOT NULL,     -- the law's time
  made     INTEGER NOT NULL,     -- this machine's time
  UNIQUE (occasion, noun, number, mark, org)
) STRICT;
CREATE INDEX notice_org ON notice (org, n);
CREATE INDEX notice_made ON notice (made);

CREATE TABLE seen (
  person TEXT PRIMARY KEY,
  n      INTEGER NOT NULL -- the last notice that somebody has been shown
) STRICT, WITHOUT ROWID;

CREATE TABLE parcel (
  notice    INTEGER NOT NULL REFERENCES notice ON DELETE CASCADE,
  way       TEXT NOT NULL,    -- mail | hook
  recipient TEXT NOT NULL,    -- id of a person or of a hook
  state     TEXT NOT NULL,    -- waiting | sent | failed | void
  tries     INTEGER NOT NULL,
  next      INTEGER NOT NULL, -- not before
  why       TEXT NOT NULL,    -- code of the last failure
  done      INTEGER NOT NULL,
  PRIMARY KEY (notice, way, recipient)
) STRICT, WITHOUT ROWID;
CREATE INDEX parcel_waiting ON parcel (way, next) WHERE state = 'waiting';
CREATE INDEX parcel_failed ON parcel (done) WHERE state = 'failed';

CREATE TABLE tally ( -- what became of parcels, since the file was made
  way   TEXT NOT NULL,
  state TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (way, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE hook (
  id     TEXT PRIMARY KEY,
  org    TEXT NOT NULL,
  person TEXT NOT NULL,    -- who made it
  url    BLOB NOT NULL,    -- sealed: an address may hold a key
  secret BLOB NOT NULL,    -- sealed
  made   INTEGER NOT NULL,
  ended  INTEGER NOT NULL,
  why    TEXT NOT NULL     -- revoked | gone
) STRICT, WITHOUT ROWID;
CREATE INDEX hook_org ON hook (org, made);
