-- The accounts of a node. mark is a keyed digest over a row's other columns that decide what somebody may do: without the
-- key a row can be removed, not made or altered. Moments are nanoseconds since 1970; 0 = never.

CREATE TABLE key_check (
  mark BLOB NOT NULL -- shows that the key is the one this file was made with
) STRICT;

CREATE TABLE account (
  id        TEXT PRIMARY KEY,
  login     TEXT NOT NULL UNIQUE, -- lower case
  login_key BLOB NOT NULL,        -- keyed digest of the login, under which wrong attempts are counted
  org       TEXT NOT NULL,
  roles     TEXT NOT NULL,        -- joined by spaces
  status    TEXT NOT NULL,
  name      BLOB NOT NULL,        -- sealed
  password  TEXT NOT NULL,        -- Argon2id with its parameters; '' = none
  factor    BLOB NOT NULL,        -- sealed secret of the second factor; empty = none
  trial     BLOB NOT NULL,        -- sealed secret of one being set up
  made      INTEGER NOT NULL,
  mark      BLOB NOT NULL,        -- over all above
  step      INTEGER NOT NULL DEFAULT 0, -- last step of time whose code was used
  lang      TEXT NOT NULL DEFAULT '',
  elder     INTEGER NOT NULL DEFAULT 0,
  seen      INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX account_org ON account (org, login);

CREATE TABLE recovery ( -- one-time codes for who lost the second factor
  person TEXT NOT NULL REFERENCES account,
  digest BLOB NOT NULL,
  PRIMARY KEY (person, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE strike ( -- wrong attempts at a login, whether there is such an account or not
  login_key BLOB PRIMARY KEY,
  count     INTEGER NOT NULL,
  since     INTEGER NOT NULL,
  until     INTEGER NOT NULL -- locked until; 0 = not locked
) STRICT, WITHOUT ROWID;

CREATE TABLE link ( -- one-time links: first, invite, reset
  digest BLOB PRIMARY KEY, -- keyed digest of the token
  kind   TEXT NOT NULL,
  person TEXT NOT NULL, -- '' for first
  until  INTEGER NOT NULL, -- 0 = no end
  mark   BLOB NOT NULL,
  used   INTEGER NOT NULL DEFAULT 0 -- or replaced by a newer one
) STRICT, WITHOUT ROWID;
CREATE INDEX link_person ON link (person);

CREATE TABLE session (
  digest BLOB PRIMARY KEY, -- keyed digest of the cookie
  id     TEXT NOT NULL UNIQUE,
  person TEXT NOT NULL REFERENCES account,
  made   INTEGER NOT NULL,
  mark   BLOB NOT NULL,
  seen   INTEGER NOT NULL,
  fresh  INTEGER NOT NULL, -- when the password was given last
  origin TEXT NOT NULL, -- masked address
  agent  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_person ON session (person);

CREATE TABLE identity ( -- who somebody is at an identity provider
  provider TEXT NOT NULL,
  subject  BLOB NOT NULL, -- keyed digest
  person   TEXT NOT NULL REFERENCES account,
  mark     BLOB NOT NULL,
  PRIMARY KEY (provider, subject)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX identity_person ON identity (person, provider);

CREATE TABLE event ( -- the audit log
  n      INTEGER PRIMARY KEY, -- from 1 without gaps
  time   INTEGER NOT NULL,
  person TEXT NOT NULL,
  org    TEXT NOT NULL,
  kind   TEXT NOT NULL,
  target TEXT NOT NULL,
  ok     INTEGER NOT NULL,
  more   BLOB NOT NULL, -- detail and address, sealed
  mac    BLOB NOT NULL  -- over the mac of the row before and this row
) STRICT;
CREATE INDEX event_time ON event (time);
CREATE INDEX event_person ON event (person, n);
CREATE INDEX event_org ON event (org, n);
CREATE INDEX event_kind ON event (kind, n);
CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
CREATE TRIGGER event_remains BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;

CREATE TABLE event_head ( -- how far the audit log goes, so that its last rows cannot be cut off
  n    INTEGER NOT NULL,
  mark BLOB NOT NULL
) STRICT;
