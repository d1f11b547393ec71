-- The read model. Another version on disk is dropped and rebuilt, never migrated: whoever changes a statement here
-- or what is written into a column raises the number below.
PRAGMA user_version = 10;

-- Marks the file as a read model: whatever else is under the path is never dropped.
PRAGMA application_id = 1836412021;

-- How far the records have been read: one row, written in the transaction of the batch it tells about.
-- first and last are SHA-256 of record 0 and of record next-1, so that another chain's file is noticed.
CREATE TABLE position (
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  chain  TEXT NOT NULL,
  next   INTEGER NOT NULL,
  height INTEGER NOT NULL,
  time   INTEGER NOT NULL,
  first  TEXT NOT NULL,
  last   TEXT NOT NULL,
  entries INTEGER NOT NULL, -- numbers given to entries
  texts   INTEGER NOT NULL  -- and to their texts
);

-- One row per record. time is the law's time in nanoseconds since 1970 UTC. act is the act's id, NULL where the chain
-- itself made the record; refused, art and args stand where the law said no.
CREATE TABLE record (
  n       INTEGER PRIMARY KEY,
  height  INTEGER NOT NULL,
  time    INTEGER NOT NULL,
  act     TEXT,
  kind    TEXT NOT NULL,
  org     TEXT NOT NULL,
  node    TEXT NOT NULL,
  person  TEXT NOT NULL,
  facts   INTEGER NOT NULL,
  refused TEXT,
  art     TEXT,
  args    TEXT
);
CREATE INDEX record_act ON record (act) WHERE act IS NOT NULL;
CREATE INDEX record_time ON record (time);
CREATE INDEX record_org ON record (org, n);
CREATE INDEX record_kind ON record (kind, n);
CREATE INDEX record_refused ON record (n) WHERE refused IS NOT NULL;

-- Which records rest on which article, by a fact or by the refusal; and how many do.
CREATE TABLE applied (
  article INTEGER NOT NULL,
  n       INTEGER NOT NULL,
  PRIMARY KEY (article, n)
) WITHOUT ROWID;
CREATE TABLE article (
  number  INTEGER PRIMARY KEY,
  records INTEGER NOT NULL, -- in which something happened
  refused INTEGER NOT NULL
);

-- One row per fact. place = record number * 1048576 + position in the record: one integer orders everything that happened.
CREATE TABLE fact (
  place  INTEGER PRIMARY KEY,
  kind   TEXT NOT NULL,
  noun   TEXT NOT NULL,
  id     TEXT NOT NULL,
  art    TEXT NOT NULL,
  status TEXT NOT NULL,
  state  TEXT NOT NULL
);
CREATE INDEX fact_noun ON fact (noun, id);

-- Every noun as it now stands.
CREATE TABLE noun (
  kind    TEXT NOT NULL,
  id      TEXT NOT NULL,
  status  TEXT NOT NULL,
  name    TEXT NOT NULL,
  org     TEXT NOT NULL,
  updated INTEGER NOT NULL,
  state   TEXT NOT NULL
);
CREATE UNIQUE INDEX noun_id ON noun (kind, id);
CREATE INDEX noun_status ON noun (kind, status, id);
CREATE INDEX noun_org ON noun (kind, org, status, id);

-- What belongs to what, for stories. A line stays when the noun moves on: it did belong.
CREATE TABLE belong (
  owner_kind TEXT NOT NULL,
  owner      TEXT NOT NULL,
  kind       TEXT NOT NULL,
  id         TEXT NOT NULL,
  PRIMARY KEY (owner_kind, owner, kind, id)
) WITHOUT ROWID;

-- How many nouns stand where.
CREATE TABLE tally (
  kind   TEXT NOT NULL,
  status TEXT NOT NULL,
  org    TEXT NOT NULL,
  count  INTEGER NOT NULL,
  PRIMARY KEY (kind, status, org)
) WITHOUT ROWID;

CREATE TABLE org (
  id     TEXT PRIMARY KEY,
  name   TEXT NOT NULL,
  short  TEXT NOT NULL,
  sort   TEXT NOT NULL,
  credit TEXT NOT NULL,
  bound  INTEGER NOT NULL,
  joined INTEGER NOT NULL,
  bureau INTEGER NOT NULL,
  status TEXT NOT NULL,
  has_key INTEGER NOT NULL,
  former TEXT NOT NULL, -- JSON of the former names, or ""
  why    TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX org_credit ON org (credit);

-- matters, databases, columns: JSON of a list, or "".
CREATE TABLE duty (
  id         TEXT PRIMARY KEY,
  org        TEXT NOT NULL,
  code       TEXT NOT NULL,
  name       TEXT NOT NULL,
  basis      TEXT NOT NULL,
  department TEXT NOT NULL,
  matters    TEXT NOT NULL,
  status     TEXT NOT NULL,
  why        TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX duty_org ON duty (org, status, id);

CREATE TABLE system (
  id        TEXT PRIMARY KEY,
  org       TEXT NOT NULL,
  name      TEXT NOT NULL,
  purpose   TEXT NOT NULL,
  project   TEXT NOT NULL,
  network   TEXT NOT NULL,
  level     INTEGER NOT NULL,
  databases TEXT NOT NULL,
  status    TEXT NOT NULL,
  why       TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX system_org ON system (org, id);

CREATE TABLE "table" (
  id       TEXT PRIMARY KEY,
  org      TEXT NOT NULL,
  system   TEXT NOT NULL,
  db       TEXT NOT NULL,
  "schema" TEXT NOT NULL,
  name     TEXT NOT NULL,
  comment  TEXT NOT NULL,
  rows     INTEGER NOT NULL,
  scanned  TEXT NOT NULL,
  columns  TEXT NOT NULL,
  status   TEXT NOT NULL,
  why      TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX table_system ON "table" (system, id);
CREATE INDEX table_org ON "table" (org, status);

-- By entry first, for the writer counts an entry's links whenever one changes.
CREATE TABLE link (
  entry    TEXT NOT NULL,
  id       TEXT NOT NULL,
  org      TEXT NOT NULL,
  system   TEXT NOT NULL,
  item     TEXT NOT NULL,
  "table"  TEXT NOT NULL,
  "column" TEXT NOT NULL,
  status   TEXT NOT NULL,
  why      TEXT NOT NULL,
  PRIMARY KEY (entry, id)
) WITHOUT ROWID;
CREATE INDEX link_system ON link (system, status);
CREATE INDEX link_table ON link ("table", status);

-- Entries by their current content: the published one, else the one handed in. n numbers them by first appearance.
CREATE TABLE entry (
  n        INTEGER PRIMARY KEY,
  code     TEXT NOT NULL,
  org      TEXT NOT NULL,
  name     TEXT NOT NULL,
  class    TEXT NOT NULL,
  sharing  TEXT NOT NULL,
  opening  TEXT NOT NULL,
  grade    INTEGER NOT NULL,
  personal INTEGER NOT NULL,
  base     TEXT NOT NULL,
  cycle    TEXT NOT NULL,
  duty     TEXT NOT NULL,
  status   TEXT NOT NULL,
  version  INTEGER NOT NULL,
  theme    TEXT NOT NULL,
  since    INTEGER NOT NULL, -- place of the fact that brought it into its status
  updated  INTEGER NOT NULL, -- place of the last fact about it
  text     INTEGER NOT NULL, -- number of its name, summary and items among all there ever were: one for each wording
  items    INTEGER NOT NULL, -- how many it has, how many systems it is linked with, how many items are bound to a column
  linked   INTEGER NOT NULL,
  bound    INTEGER NOT NULL,
  pinyin   TEXT NOT NULL,    -- sorts by name
  why      TEXT NOT NULL
);
CREATE UNIQUE INDEX entry_code ON entry (code);
CREATE INDEX entry_org ON entry (org, code);
CREATE INDEX entry_class ON entry (class, code);
CREATE INDEX entry_status ON entry (status, code);
CREATE INDEX entry_since ON entry (status, since);
CREATE INDEX entry_own ON entry (org, status, since);
CREATE INDEX entry_duty ON entry (duty, code);
CREATE INDEX entry_pinyin ON entry (pinyin, n);
CREATE INDEX entry_base ON entry (base, code) WHERE base <> '';

-- What is long about an entry, apart, so that lists need not step over it. items: a line for each, see items.go.
CREATE TABLE entry_text (
  n       INTEGER PRIMARY KEY,
  summary TEXT NOT NULL,
  items   TEXT NOT NULL
);

-- Entries by institution, see Coverage, and by duty. A line of zeros does not exist.
CREATE TABLE org_count (
  org           TEXT PRIMARY KEY,
  entries       INTEGER NOT NULL,
  published     INTEGER NOT NULL,
  waiting       INTEGER NOT NULL,
  returned      INTEGER NOT NULL,
  changing      INTEGER NOT NULL,
  suspended     INTEGER NOT NULL,
  retired       INTEGER NOT NULL,
  linked        INTEGER NOT NULL,
  bound         INTEGER NOT NULL,
  items         INTEGER NOT NULL,
  conditional   INTEGER NOT NULL,
  unconditional INTEGER NOT NULL,
  not_shared    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE duty_count (
  duty      TEXT PRIMARY KEY,
  entries   INTEGER NOT NULL,
  published INTEGER NOT NULL
) WITHOUT ROWID;

-- The index of Search over the texts of entries: no content of its own and not part of the digest. A page holds posting
-- lists (block.go), id = slot * 1048576 + page; first lists the first key of each page.
CREATE TABLE search_block (
  slot  INTEGER PRIMARY KEY,
  block INTEGER NOT NULL,
  texts INTEGER NOT NULL,
  first BLOB NOT NULL
);
CREATE TABLE search_page (
  id    INTEGER PRIMARY KEY,
  lists BLOB NOT NULL
);

CREATE TABLE item (
  entry     TEXT NOT NULL,
  field     TEXT NOT NULL,
  ordinal   INTEGER NOT NULL,
  name      TEXT NOT NULL,
  type      TEXT NOT NULL,
  grade     INTEGER NOT NULL,
  personal  INTEGER NOT NULL,
  sensitive INTEGER NOT NULL,
  sharing   TEXT NOT NULL, -- what binds the item: its exception or the entry's type
  length    INTEGER NOT NULL,
  standard  TEXT NOT NULL, -- the data element it names, "" none
  PRIMARY KEY (entry, field)
) WITHOUT ROWID;
CREATE INDEX item_name ON item (name, entry);
CREATE INDEX item_standard ON item (standard, entry, field) WHERE standard <> '';

-- Data elements and code sets as they now stand; their versions are facts.
CREATE TABLE element (
  id       TEXT PRIMARY KEY,
  name     TEXT NOT NULL,
  definition TEXT NOT NULL,
  type     TEXT NOT NULL,
  length   INTEGER NOT NULL,
  format   TEXT NOT NULL,
  code_set TEXT NOT NULL,
  source   TEXT NOT NULL,
  version  INTEGER NOT NULL,
  next     TEXT NOT NULL,
  status   TEXT NOT NULL,
  since    TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE code_set (
  id      TEXT PRIMARY KEY,
  name    TEXT NOT NULL,
  source  TEXT NOT NULL,
  size    INTEGER NOT NULL,
  version INTEGER NOT NULL,
  status  TEXT NOT NULL,
  since   TEXT NOT NULL
) WITHOUT ROWID;

-- due ends the term for an interface or a ground; of what is done or over it is when it came to stand so.
CREATE TABLE purchase (
  id          TEXT PRIMARY KEY,
  org         TEXT NOT NULL,
  name        TEXT NOT NULL,
  supplier    TEXT NOT NULL,
  cost        INTEGER NOT NULL,
  until       TEXT NOT NULL,
  filed       TEXT NOT NULL,
  entry       TEXT NOT NULL,
  status      TEXT NOT NULL,
  overdue     INTEGER NOT NULL,
  provisional INTEGER NOT NULL,
  due         TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX purchase_due ON purchase (status, due, id);
CREATE INDEX purchase_org ON purchase (org, status, due, id);

-- Moments are RFC 3339 as in the noun, "" where there is none. stage is the status, or that of the grant where there is
-- one, which also gives deliver_by, delivered and until.
CREATE TABLE application (
  id          TEXT PRIMARY KEY,
  consumer    TEXT NOT NULL,
  provider    TEXT NOT NULL,
  entry       TEXT NOT NULL,
  status      TEXT NOT NULL,
  stage       TEXT NOT NULL,
  method      TEXT NOT NULL,
  received    TEXT NOT NULL,
  answer_by   TEXT NOT NULL,
  deliver_by  TEXT NOT NULL,
  provisional INTEGER NOT NULL,
  permit      TEXT NOT NULL, -- id of the grant, or ""
  decision    TEXT NOT NULL,
  answerer    TEXT NOT NULL,
  answered    TEXT NOT NULL,
  delivered   TEXT NOT NULL,
  until       TEXT NOT NULL,
  split_of    TEXT NOT NULL,
  split_to    TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX application_received ON application (received, id);
CREATE INDEX application_consumer ON application (consumer, received, id);
CREATE INDEX application_provider ON application (provider, received, id);
CREATE INDEX application_stage ON application (stage, received, id);
CREATE INDEX application_entry ON application (entry, received, id);
CREATE INDEX application_answered ON application (decision, answered);

-- Terms that run or ran, one for each noun that has one: what an institution has to do by when. told is when it was kept
-- (done in time) or missed (its end); late stays once it was missed, over says that it is past and still undone.
CREATE TABLE deadline (
  noun        TEXT NOT NULL,
  id          TEXT NOT NULL,
  what        TEXT NOT NULL,
  org         TEXT NOT NULL,
  other       TEXT NOT NULL,
  entry       TEXT NOT NULL,
  about       TEXT NOT NULL,
  since       TEXT NOT NULL,
  due         TEXT NOT NULL,
  state       TEXT NOT NULL, -- open | done | lapsed
  late        INTEGER NOT NULL,
  over        INTEGER NOT NULL,
  ended       TEXT NOT NULL,
  told        TEXT NOT NULL,
  internal    INTEGER NOT NULL,
  provisional INTEGER NOT NULL,
  PRIMARY KEY (noun, id)
) WITHOUT ROWID;
CREATE INDEX deadline_due ON deadline (state, due, noun, id);
CREATE INDEX deadline_org ON deadline (org, state, due, noun, id);
CREATE INDEX deadline_told ON deadline (told);
CREATE INDEX deadline_org_told ON deadline (org, told);

CREATE TABLE dispute (
  id        TEXT PRIMARY KEY,
  about     TEXT NOT NULL,
  consumer  TEXT NOT NULL,
  provider  TEXT NOT NULL,
  entry     TEXT NOT NULL,
  opener    TEXT NOT NULL,
  cause     TEXT NOT NULL,
  status    TEXT NOT NULL,
  open      INTEGER NOT NULL,
  outcome   TEXT NOT NULL,
  opened    TEXT NOT NULL,
  concluded TEXT NOT NULL,
  executed  TEXT NOT NULL,
  due       TEXT NOT NULL,
  overdue   INTEGER NOT NULL,
  hearings  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX dispute_opened ON dispute (opened, id);
CREATE INDEX dispute_consumer ON dispute (consumer, opened, id);
CREATE INDEX dispute_provider ON dispute (provider, opened, id);
CREATE INDEX dispute_about ON dispute (about);

CREATE TABLE "grant" (
  id          TEXT PRIMARY KEY,
  application TEXT NOT NULL,
  consumer    TEXT NOT NULL,
  provider    TEXT NOT NULL,
  entry       TEXT NOT NULL,
  status      TEXT NOT NULL,
  method      TEXT NOT NULL,
  overdue     INTEGER NOT NULL,
  provisional INTEGER NOT NULL,
  since       TEXT NOT NULL,
  until       TEXT NOT NULL,
  deliver_by  TEXT NOT NULL,
  delivered   TEXT NOT NULL,
  noticed     TEXT NOT NULL,
  due         TEXT NOT NULL,
  made_by     TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX grant_consumer ON "grant" (consumer, status, due, id);
CREATE INDEX grant_provider ON "grant" (provider, status, due, id);
CREATE INDEX grant_due ON "grant" (status, due, id);
CREATE INDEX grant_entry ON "grant" (entry, id);

CREATE TABLE objection (
  id          TEXT PRIMARY KEY,
  permit      TEXT NOT NULL,
  consumer    TEXT NOT NULL,
  provider    TEXT NOT NULL,
  entry       TEXT NOT NULL,
  status      TEXT NOT NULL,
  overdue     INTEGER NOT NULL,
  provisional INTEGER NOT NULL,
  filed       TEXT NOT NULL,
  due         TEXT NOT NULL,
  ended       TEXT NOT NULL,
  wrong       TEXT NOT NULL,
  items       INTEGER NOT NULL, -- how many are said to be wrong
  ordered     TEXT NOT NULL     -- the case that ordered the correction, or ""
) WITHOUT ROWID;
CREATE INDEX objection_consumer ON objection (consumer, status, due, id);
CREATE INDEX objection_provider ON objection (provider, status, due, id);
CREATE INDEX objection_due ON objection (status, due, id);
CREATE INDEX objection_permit ON objection (permit, id);

CREATE TABLE use_report (
  id          TEXT PRIMARY KEY,
  permit      TEXT NOT NULL,
  consumer    TEXT NOT NULL,
  provider    TEXT NOT NULL,
  entry       TEXT NOT NULL,
  status      TEXT NOT NULL,
  overdue     INTEGER NOT NULL,
  provisional INTEGER NOT NULL,
  final       INTEGER NOT NULL,
  since       TEXT NOT NULL,
  until       TEXT NOT NULL,
  due         TEXT NOT NULL,
  filed       TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX use_report_consumer ON use_report (consumer, status, due, id);
CREATE INDEX use_report_provider ON use_report (provider, status, due, id);
CREATE INDEX use_report_due ON use_report (status, due, id);
CREATE INDEX use_report_permit ON use_report (permit, id);

CREATE TABLE use_flag (
  id       TEXT PRIMARY KEY,
  permit   TEXT NOT NULL,
  consumer TEXT NOT NULL,
  provider TEXT NOT NULL,
  entry    TEXT NOT NULL,
  status   TEXT NOT NULL,
  rule     TEXT NOT NULL,
  day      TEXT NOT NULL,
  counted  INTEGER NOT NULL,
  usual    INTEGER NOT NULL,
  flagged  TEXT NOT NULL,
  due      TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX use_flag_consumer ON use_flag (consumer, status, due, id);
CREATE INDEX use_flag_provider ON use_flag (provider, status, due, id);
CREATE INDEX use_flag_due ON use_flag (status, due, id);
CREATE INDEX use_flag_permit ON use_flag (permit, id);

CREATE TABLE review (
  id          TEXT PRIMARY KEY,
  entry       TEXT NOT NULL,
  org         TEXT NOT NULL,
  status      TEXT NOT NULL,
  sharing     TEXT NOT NULL,
  called_by   TEXT NOT NULL,
  overdue     INTEGER NOT NULL,
  provisional INTEGER NOT NULL,
  opened      TEXT NOT NULL,
  due         TEXT NOT NULL,
  finished    TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX review_org ON review (org, status, due, id);
CREATE INDEX review_due ON review (status, due, id);

-- Where the data of an entry is. next is what is asked first: due of what is on the platform, else the end of the term; "" nothing.
CREATE TABLE dataset (
  entry        TEXT PRIMARY KEY,
  org          TEXT NOT NULL,
  status       TEXT NOT NULL,
  version      INTEGER NOT NULL,
  follows      INTEGER NOT NULL, -- version of the entry
  rows         INTEGER NOT NULL,
  mode         TEXT NOT NULL,
  source       TEXT NOT NULL,
  checked      INTEGER NOT NULL,
  bad          INTEGER NOT NULL,
  conformity   INTEGER NOT NULL, -- thousandths, -1 not measured, as those that follow
  accuracy     INTEGER NOT NULL,
  completeness INTEGER NOT NULL,
  consistency  INTEGER NOT NULL,
  timeliness   INTEGER NOT NULL,
  score        INTEGER NOT NULL,
  loaded       TEXT NOT NULL,
  due          TEXT NOT NULL,
  term         TEXT NOT NULL,
  provisional  INTEGER NOT NULL,
  next         TEXT NOT NULL,
  late         TEXT NOT NULL,
  low          TEXT NOT NULL,
  why          TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX dataset_next ON dataset (next, entry) WHERE next <> '';
CREATE INDEX dataset_org ON dataset (org, next, entry);
CREATE INDEX dataset_status ON dataset (status, entry);
CREATE INDEX dataset_low ON dataset (entry) WHERE low <> '';

-- Each published version. asked is by when it was to come, missed the finding that it came too late for.
CREATE TABLE dataset_version (
  entry        TEXT NOT NULL,
  version      INTEGER NOT NULL,
  org          TEXT NOT NULL,
  follows      INTEGER NOT NULL,
  rows         INTEGER NOT NULL,
  mode         TEXT NOT NULL,
  digest       TEXT NOT NULL,
  checked      INTEGER NOT NULL,
  bad          INTEGER NOT NULL,
  conformity   INTEGER NOT NULL,
  accuracy     INTEGER NOT NULL,
  completeness INTEGER NOT NULL,
  consistency  INTEGER NOT NULL,
  timeliness   INTEGER NOT NULL,
  score        INTEGER NOT NULL,
  loaded       TEXT NOT NULL,
  asked        TEXT NOT NULL,
  missed       TEXT NOT NULL,
  PRIMARY KEY (entry, version)
) WITHOUT ROWID;
CREATE INDEX dataset_version_loaded ON dataset_version (loaded);

CREATE TABLE finding (
  id      TEXT PRIMARY KEY,
  point   INTEGER NOT NULL,
  org     TEXT NOT NULL,
  party   TEXT NOT NULL,
  rule    TEXT NOT NULL,
  said_by TEXT NOT NULL,
  status  TEXT NOT NULL,
  raised  TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX finding_org ON finding (org, id);
CREATE INDEX finding_party ON finding (party, id);
CREATE INDEX finding_point ON finding (point, status, id);
