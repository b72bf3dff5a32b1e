-- The tables of a store: facts first (store.sqlite), then what is derived from them
-- (index.sqlite, which is attached as `derived`), then the views for people. docs/store.md explains
-- them. A change of a fact's table needs a step in store/migrate.c and a higher STORE_SCHEMA; a
-- change of anything derived only needs a higher INDEX_SCHEMA.

-- Facts: written, kept, and never built from anything else.

-- This file. One row.
CREATE TABLE file (
  one        INTEGER PRIMARY KEY CHECK (one = 1),
  id         BLOB    NOT NULL CHECK (length(id) = 16), -- By lot; the index says of which.
  generation INTEGER NOT NULL, -- Raised whenever a command left something for the node.
  drafts     INTEGER NOT NULL, -- How many are neither published nor rejected.
  waiting    INTEGER NOT NULL  -- How many frames of the queue are not answered.
) STRICT;

-- The networks whose records are here. A successor network's records lie beside its predecessor's.
-- The counts are written with what they count, in one transaction.
CREATE TABLE network (
  number  INTEGER PRIMARY KEY,                             -- How other tables name it.
  id      BLOB    NOT NULL UNIQUE CHECK (length(id) = 32), -- The hash of its first head.
  current INTEGER NOT NULL CHECK (current IN (0, 1)),      -- 1: the one this store opens on.
  records INTEGER NOT NULL DEFAULT 0,                      -- In the set,
  aside   INTEGER NOT NULL DEFAULT 0,                      -- and not.
  bodies  INTEGER NOT NULL DEFAULT 0,                      -- That are here.
  erased  INTEGER NOT NULL DEFAULT 0                       -- Records whose text was taken back.
) STRICT;
CREATE UNIQUE INDEX network_current ON network (current) WHERE current = 1;

-- The feeds that records stand in. What is not named stands in feed 0 of an authority of zeros.
CREATE TABLE feed (
  number    INTEGER PRIMARY KEY, -- How other tables name it.
  network   INTEGER NOT NULL,
  authority BLOB    NOT NULL CHECK (length(authority) = 32),
  feed      INTEGER NOT NULL,
  UNIQUE (network, authority, feed)
) STRICT;

-- The keys that proofs were found to hold under.
CREATE TABLE signer (
  number INTEGER PRIMARY KEY,
  key    BLOB NOT NULL UNIQUE CHECK (length(key) = 32)
) STRICT;

-- Every record that was heard and taken, in the set or aside, where it stands. An id covers its
-- feed and seq, so the key says that no id comes twice; and it keeps a feed together in the file,
-- which an index over ids, that are as if drawn by lot, would not.
CREATE TABLE record (
  feed   INTEGER NOT NULL,                               -- A number of `feed`.
  seq    INTEGER NOT NULL,                               -- Named: its place in it; else its time.
  id     BLOB    NOT NULL CHECK (length(id) = 32),
  number INTEGER NOT NULL,                               -- Of the row in `wire`.
  in_set INTEGER NOT NULL CHECK (in_set IN (0, 1)),
  text   INTEGER NOT NULL CHECK (text IN (0, 1, 2)),     -- 0 stands, 1 hidden, 2 erased.
  body   INTEGER NOT NULL,   -- The row of `wire` that has it; 0: not here; -1: it has expired.
  size   INTEGER NOT NULL,   -- Of header, proof and body, be that here or not.
  whole  INTEGER NOT NULL CHECK (whole IN (0, 1)), -- 1: not named, an erasure, or it expires.
  signer INTEGER,            -- A number of `signer`; NULL: not looked at, or it does not hold.
  prev   BLOB CHECK (length(prev) = 32),           -- The record before it, where seq is above 1.
  PRIMARY KEY (feed, seq, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_aside ON record (id) WHERE in_set = 0;

-- The bytes of records as they travel, in the order in which they came. Rows are only ever added at
-- the end. A text that goes is written over with zeros where it is, and its room stays: so no text
-- is ever moved within the file, and none can be left behind where it was.
CREATE TABLE wire (
  number  INTEGER PRIMARY KEY,
  of      INTEGER, -- NULL: a record. Else the body of that row's record, which came after it.
  header  BLOB,    -- As received; the proof covers these bytes. NULL in a body that came later.
  proof   BLOB,    -- Likewise.
  salt    BLOB CHECK (length(salt) = 32), -- Key of the header's commitment; goes with the text.
  content BLOB                            -- The body, packed. NULL: it did not come along.
) STRICT;

CREATE INDEX wire_of ON wire (of) WHERE of IS NOT NULL;

-- What changed about records that are older than that: whoever derives goes through it in order.
CREATE TABLE changed (
  place  INTEGER PRIMARY KEY AUTOINCREMENT, -- Never used again, for the index remembers it.
  record INTEGER NOT NULL                   -- A row of `wire`; 0: the charter.
) STRICT;

-- Texts that were erased or have expired.
CREATE TABLE erased (
  place     INTEGER PRIMARY KEY, -- Of the change in `changed`; the oldest first.
  network   INTEGER NOT NULL,
  id        BLOB    NOT NULL CHECK (length(id) = 32),
  expired   INTEGER NOT NULL CHECK (expired IN (0, 1)), -- 1: nobody asked, no receipt is due.
  purged_ms INTEGER, -- Since when it is out of these files; NULL: it may not be yet.
  receipt   BLOB CHECK (length(receipt) = 32) -- The own record that says so; NULL: none yet.
) STRICT;
CREATE INDEX erased_id ON erased (id);
CREATE INDEX erased_waiting ON erased (place) WHERE receipt IS NULL;

-- The charter as it was installed, the last state of it for each set of rosters in force; the one
-- with the highest number stands.
CREATE TABLE charter (
  number  INTEGER PRIMARY KEY,
  network INTEGER NOT NULL REFERENCES network (number),
  bundle  BLOB    NOT NULL, -- As a file holds it: heads, rosters, rings, halts.
  kept_ms INTEGER NOT NULL  -- When it was installed here.
) STRICT;
CREATE INDEX charter_network ON charter (network, number);

-- What has not left the house. Drafts belong to the house, not to a network: what was not yet
-- published when a network ends goes on into its successor.
CREATE TABLE draft (
  number     INTEGER PRIMARY KEY AUTOINCREMENT, -- As people name it; never used again.
  state      TEXT    NOT NULL,
  title      TEXT,                              -- NULL once it is published, as
  content    BLOB,                              -- the draft as protocol/draft.h writes it.
  updated_ms INTEGER NOT NULL,
  claimed    INTEGER NOT NULL DEFAULT 0 CHECK (claimed IN (0, 1)), -- 1: it is being signed.
  record     BLOB    CHECK (length(record) = 32) -- The id of the record that it became.
) STRICT;

-- What commands leave for the running node, and what it answered. The frame goes when it is
-- answered, the row when the answer is read, or a day later where nobody reads it.
CREATE TABLE queue (
  ticket      INTEGER PRIMARY KEY AUTOINCREMENT,
  kind        INTEGER NOT NULL,
  frame       BLOB    NOT NULL,
  outcome     INTEGER, -- NULL: it waits. Else an enum fault_kind; 0 is success.
  text        TEXT,    -- What the node said.
  answered_ms INTEGER
) STRICT;
CREATE INDEX queue_waiting ON queue (ticket) WHERE outcome IS NULL;

-- Whom this node dials, as a person chose; none here: as the charter says.
CREATE TABLE peer (
  network   INTEGER NOT NULL REFERENCES network (number),
  place     INTEGER NOT NULL,                            -- In the order they were named, from 0.
  authority BLOB    NOT NULL CHECK (length(authority) = 32),
  endpoint  TEXT    NOT NULL,                            -- Empty: as the member's card says.
  PRIMARY KEY (network, place)
) STRICT, WITHOUT ROWID;

-- What was found in own texts, here or elsewhere, that identifies somebody. Nothing of the text.
CREATE TABLE notice (
  network   INTEGER NOT NULL REFERENCES network (number),
  id        BLOB    NOT NULL CHECK (length(id) = 32),        -- Of an own record.
  field     TEXT    NOT NULL,                                -- In which of its fields,
  class     TEXT    NOT NULL,                                -- what, such as phone,
  rules     TEXT    NOT NULL,                                -- and by which version of the rules.
  authority BLOB    NOT NULL CHECK (length(authority) = 32), -- Who said so first.
  came_ms   INTEGER NOT NULL,
  dismissed INTEGER NOT NULL DEFAULT 0 CHECK (dismissed IN (0, 1)), -- 1: a person says it is none.
  PRIMARY KEY (network, id, field, class)
) STRICT, WITHOUT ROWID;

-- Records of others whose authors have been told of what was found in them.
CREATE TABLE told (
  network INTEGER NOT NULL REFERENCES network (number),
  id      BLOB    NOT NULL CHECK (length(id) = 32),
  rules   TEXT    NOT NULL, -- By which version of the rules it was found.
  PRIMARY KEY (network, id)
) STRICT, WITHOUT ROWID;

-- Public figures that a person took from a file, to compare with. Nobody signed them, they belong
-- to no network, and they never leave the house.
CREATE TABLE reference_figure (
  framework      TEXT NOT NULL,
  code           TEXT NOT NULL,
  disaggregation TEXT NOT NULL, -- Empty: the whole.
  area           TEXT NOT NULL,
  period         TEXT NOT NULL,
  value          REAL,          -- NULL, here and below: none was given.
  numerator      REAL,
  denominator    REAL,
  base           REAL,
  margin         REAL,
  flag           TEXT,
  source         TEXT NOT NULL, -- The file, as the person names it.
  PRIMARY KEY (framework, code, disaggregation, area, period)
) STRICT, WITHOUT ROWID;

-- What kind of places there are, likewise.
CREATE TABLE reference_place (
  area   TEXT NOT NULL PRIMARY KEY,
  name   TEXT NOT NULL,
  type   TEXT NOT NULL, -- As on a card; may be empty.
  source TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE reference_trait (
  area   TEXT NOT NULL,
  name   TEXT NOT NULL, -- Such as pct_65_plus.
  value  REAL NOT NULL,
  period TEXT NOT NULL, -- May be empty.
  PRIMARY KEY (area, name)
) STRICT, WITHOUT ROWID;

-- Small things that the node remembers by name.
CREATE TABLE value (
  name  TEXT NOT NULL PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Derived: from here on everything is built from the facts above, for records in the set alone, in
-- a file of its own. Words of a text are in words_N and in snapshots' rows only: these are what is
-- written anew when a text is erased.

-- How far it is derived. One row.
CREATE TABLE derived.progress (
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  file   BLOB    NOT NULL, -- The id of the facts' file.
  number INTEGER NOT NULL, -- Up to this row of `wire`,
  last   BLOB    NOT NULL, -- of which this is the id, where it is a record's; else empty;
  place  INTEGER NOT NULL, -- and up to this place of `changed`.
  purged INTEGER NOT NULL, -- What was erased up to this place is out of this file.
  inspected INTEGER NOT NULL, -- Up to this row of `wire` the gate has looked through texts,
  rules  TEXT    NOT NULL  -- by this version of its rules.
) STRICT;

-- How many records of a kind there are in the set; only of kinds that are counted.
CREATE TABLE derived.tally (
  network INTEGER NOT NULL,
  kind    TEXT    NOT NULL,
  records INTEGER NOT NULL,
  PRIMARY KEY (network, kind)
) STRICT, WITHOUT ROWID;

-- Every record in the set: where to find it, and what it is searched by.
CREATE TABLE derived.entry (
  number  INTEGER PRIMARY KEY, -- Of its row in `wire`.
  body    INTEGER NOT NULL,    -- The row that has its body; 0: none.
  prefix  INTEGER NOT NULL,    -- The first 8 bytes of its id, the highest bit flipped.
  feed    INTEGER NOT NULL,    -- As in `record`,
  seq     INTEGER NOT NULL,    -- likewise.
  form    INTEGER NOT NULL,    -- 0 named, 1 anonymous, 2 owner.
  kind    TEXT    NOT NULL,
  time_ms INTEGER NOT NULL     -- Since 1970 UTC, as its author says.
) STRICT;
CREATE INDEX derived.entry_prefix ON entry (prefix);
CREATE INDEX derived.entry_kind ON entry (kind) WHERE kind <> 'lesson';

-- Who is on the charter that was kept last.
CREATE TABLE derived.authority (
  network      INTEGER NOT NULL,
  id           BLOB    NOT NULL,
  name         TEXT    NOT NULL,
  type         TEXT    NOT NULL,
  nation       TEXT    NOT NULL,
  region       TEXT    NOT NULL,
  role         TEXT    NOT NULL, -- authority, hub
  status       TEXT    NOT NULL, -- active, left, dissolved
  since_ms     INTEGER,          -- Of the status; NULL: not said.
  succeeded_by BLOB,
  heir         BLOB    NOT NULL, -- Who is there in its place by now; itself where nobody.
  feeds        INTEGER NOT NULL, -- How many it has had.
  PRIMARY KEY (network, id)
) STRICT, WITHOUT ROWID;

-- What records say of other records: their headers' references, and those that bodies cite.
CREATE TABLE derived.reference (
  record   INTEGER NOT NULL,
  relation INTEGER NOT NULL, -- An enum relation: 0 about, 1 supersedes, ...
  target   BLOB    NOT NULL, -- A record's id, be it here or not.
  PRIMARY KEY (record, relation, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX derived.reference_target ON reference (target, relation);

-- What receipts confirm: whose texts are gone.
CREATE TABLE derived.receipt (
  record INTEGER NOT NULL,
  erased BLOB    NOT NULL, -- A record's id, be it here or not.
  PRIMARY KEY (record, erased)
) STRICT, WITHOUT ROWID;
CREATE INDEX derived.receipt_erased ON receipt (erased);

-- Where an author told two histories: more than one record in the set with this seq.
CREATE TABLE derived.fork (
  feed INTEGER NOT NULL,
  seq  INTEGER NOT NULL,
  PRIMARY KEY (feed, seq)
) STRICT, WITHOUT ROWID;

-- Lessons whose text can be shown: what they are filtered by. A word that our vocabularies do not
-- have is NULL here, and stays in the body.
CREATE TABLE derived.lesson (
  body    INTEGER PRIMARY KEY, -- The row of `wire` with its text: its number in words_N as well.
  record  INTEGER NOT NULL,
  feed    INTEGER NOT NULL,
  time_ms INTEGER NOT NULL,
  outcome TEXT,                -- As it was published.
  stage   TEXT,
  evidence TEXT,
  latest  INTEGER,             -- The update that says how it stands now; NULL: there is none.
  outcome_now TEXT,            -- As it stands now.
  stage_now TEXT,
  replications INTEGER NOT NULL DEFAULT 0 -- How many independent authorities found the same.
) STRICT;
CREATE INDEX derived.lesson_time ON lesson (time_ms);
CREATE INDEX derived.lesson_outcome ON lesson (outcome_now, stage_now, time_ms, feed);
CREATE INDEX derived.lesson_stage ON lesson (stage_now, time_ms, feed);

-- What else has its words in words_N: issues, which are found themselves, and what leads to what it
-- is about, as a response does to a lesson.
CREATE TABLE derived.searched (
  body    INTEGER PRIMARY KEY, -- As in `lesson`.
  record  INTEGER NOT NULL,
  feed    INTEGER NOT NULL,
  time_ms INTEGER NOT NULL,
  about   BLOB                 -- A record's id, be it here or not; NULL: it is an issue.
) STRICT;
CREATE INDEX derived.searched_issue ON searched (time_ms) WHERE about IS NULL;

-- Updates: how what they are about stands now.
CREATE TABLE derived.update_of (
  record  INTEGER NOT NULL,
  about   BLOB    NOT NULL, -- A record's id, be it here or not.
  own     INTEGER NOT NULL, -- 1: signed by the owner of that very record.
  turn    INTEGER NOT NULL, -- Its seq; an owner's n.
  outcome TEXT,             -- NULL as above.
  stage   TEXT,
  PRIMARY KEY (record, about)
) STRICT, WITHOUT ROWID;
CREATE INDEX derived.update_of_about ON update_of (about);

-- Responses: what is said to what. Words as in `lesson`.
CREATE TABLE derived.response_of (
  record    INTEGER NOT NULL,
  about     BLOB    NOT NULL, -- A record's id, be it here or not.
  response  TEXT,
  situation TEXT,
  uptake    TEXT,
  outcome   TEXT,
  PRIMARY KEY (record, about)
) STRICT, WITHOUT ROWID;
CREATE INDEX derived.response_of_about ON response_of (about);

-- Snapshots: whose values of what and when.
CREATE TABLE derived.snapshot (
  record            INTEGER PRIMARY KEY,
  framework         TEXT NOT NULL,
  framework_version TEXT NOT NULL, -- May be empty.
  area_gss          TEXT NOT NULL,
  period            TEXT NOT NULL,
  status            TEXT NOT NULL,
  sdc_profile       TEXT NOT NULL
) STRICT;
CREATE INDEX derived.snapshot_key ON snapshot (framework, period, area_gss);

-- Their values. NULL: none was given.
CREATE TABLE derived.snapshot_row (
  record         INTEGER NOT NULL,
  place          INTEGER NOT NULL, -- From 0, as in the snapshot.
  code           TEXT    NOT NULL,
  disaggregation TEXT    NOT NULL, -- Empty: the whole.
  value          REAL,
  numerator      REAL,
  denominator    REAL,
  base           REAL,
  margin         REAL,
  flag           TEXT,
  PRIMARY KEY (record, place)
) STRICT, WITHOUT ROWID;

-- What the gate found in texts that identifies somebody; where, and nothing of the text.
CREATE TABLE derived.withheld (
  record INTEGER NOT NULL,
  field  TEXT    NOT NULL,
  class  TEXT    NOT NULL,
  PRIMARY KEY (record, field, class)
) STRICT, WITHOUT ROWID;

-- The search index, in pieces. Piece N is words_N, and has the texts whose numbers are from `first`
-- on, up to the next piece's: those of `lesson` and `searched`.
CREATE TABLE derived.piece (
  number  INTEGER PRIMARY KEY,
  first   INTEGER NOT NULL UNIQUE,
  lessons INTEGER NOT NULL, -- Texts that are in it, be they lessons or not,
  stale   INTEGER NOT NULL, -- and of these, the ones that are not in those tables any more.
  bulk    INTEGER NOT NULL CHECK (bulk IN (0, 1)), -- 1: it is set up to take many at a time.
  full    INTEGER NOT NULL CHECK (full IN (0, 1)), -- 1: it is put in order and takes no new ones.
  said    INTEGER NOT NULL, -- Texts in it that lead to others, which are short,
  said_words INTEGER NOT NULL -- and how many words they have.
) STRICT;

-- Views: what `candour sql` shows, of the current network. They read tables, never other views:
-- store/sql.c makes them anew for each question, and lets a table be read within one of them only.

CREATE VIEW records AS
  SELECT lower(hex(r.id)) AS id,
         e.kind AS kind,
         strftime('%Y-%m-%dT%H:%M:%SZ', e.time_ms / 1000, 'unixepoch') AS published,
         CASE e.form WHEN 0 THEN 'named' WHEN 1 THEN 'anonymous' ELSE 'owner' END AS author,
         CASE e.form WHEN 0 THEN lower(hex(f.authority)) END AS authority,
         a.name AS authority_name,
         CASE e.form WHEN 0 THEN f.feed END AS feed,
         CASE e.form WHEN 0 THEN r.seq WHEN 2 THEN header_n(w.header, w.proof) END AS seq,
         header_topic(w.header, w.proof) AS topic,
         r.body > 0 AS body_here,
         CASE WHEN r.body > 0 THEN r.size ELSE length(w.header) + length(w.proof) END AS bytes
    FROM entry e
   CROSS JOIN feed f ON f.number = e.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number AND r.in_set
   CROSS JOIN wire w ON w.number = r.number
    LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority;

CREATE VIEW lessons AS
  SELECT lower(hex(r.id)) AS id,
         CASE e.form WHEN 0 THEN lower(hex(f.authority)) END AS authority,
         a.name AS authority_name,
         e.form <> 0 AS anonymous,
         strftime('%Y-%m-%dT%H:%M:%SZ', e.time_ms / 1000, 'unixepoch') AS published,
         header_topic(h.header, h.proof) AS topic,
         body_text('lesson', w.content, 'title') AS title,
         body_text('lesson', w.content, 'abstract') AS abstract,
         body_text('lesson', w.content, 'service_area') AS service_area,
         body_text('lesson', w.content, 'outcome') AS outcome,
         body_text('lesson', w.content, 'stage') AS stage,
         coalesce(body_text('update', u.content, 'outcome'),
                  body_text('lesson', w.content, 'outcome')) AS outcome_now,
         coalesce(body_text('update', u.content, 'stage'),
                  body_text('lesson', w.content, 'stage')) AS stage_now,
         body_text('lesson', w.content, 'evidence_level') AS evidence_level,
         evidence_now(body_text('lesson', w.content, 'evidence_level'), l.replications)
           AS evidence_level_now,
         l.replications AS replications,
         body_text('lesson', w.content, 'source_kind') AS source_kind,
         body_text('lesson', w.content, 'scale') AS scale,
         body_text('lesson', w.content, 'aim_in_users_words') AS aim_in_users_words,
         body_text('lesson', w.content, 'what_we_did') AS what_we_did,
         body_text('lesson', w.content, 'how_in_detail') AS how_in_detail,
         body_text('lesson', w.content, 'what_worked') AS what_worked,
         body_text('lesson', w.content, 'what_did_not_work') AS what_did_not_work,
         body_text('lesson', w.content, 'unexpected') AS unexpected,
         body_text('lesson', w.content, 'do_differently') AS do_differently,
         body_text('lesson', w.content, 'recommendation') AS recommendation,
         body_text('lesson', w.content, 'rationale') AS rationale,
         body_text('lesson', w.content, 'elapsed_weeks') AS elapsed_weeks,
         body_text('lesson', w.content, 'cost_band') AS cost_band,
         body_text('lesson', w.content, 'staff_days_band') AS staff_days_band,
         body_text('lesson', w.content, 'impact_performance') AS impact_performance,
         body_text('lesson', w.content, 'impact_local_priority') AS impact_local_priority,
         body_text('lesson', w.content, 'impact_user_satisfaction') AS impact_user_satisfaction,
         body_text('lesson', w.content, 'impact_cost') AS impact_cost,
         body_text('lesson', w.content, 'impact_staff_acceptance') AS impact_staff_acceptance,
         body_text('lesson', w.content, 'review_again') AS review_again
    FROM lesson l
   CROSS JOIN entry e ON e.number = l.record
   CROSS JOIN feed f ON f.number = e.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number AND r.in_set
         AND r.text = 0
   CROSS JOIN wire w ON w.number = r.body
   CROSS JOIN wire h ON h.number = r.number
    LEFT JOIN entry ue ON ue.number = l.latest
    LEFT JOIN record ur ON ur.feed = ue.feed AND ur.seq = ue.seq AND ur.number = ue.number
         AND ur.text = 0
    LEFT JOIN wire u ON u.number = ur.body
    LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority;

CREATE VIEW updates AS
  SELECT lower(hex(r.id)) AS id,
         lower(hex(v.about)) AS about,
         CASE e.form WHEN 0 THEN lower(hex(f.authority)) END AS authority,
         a.name AS authority_name,
         strftime('%Y-%m-%dT%H:%M:%SZ', e.time_ms / 1000, 'unixepoch') AS published,
         body_text('update', w.content, 'outcome') AS outcome,
         body_text('update', w.content, 'stage') AS stage,
         body_text('update', w.content, 'what_changed') AS what_changed,
         body_text('update', w.content, 'recommendation') AS recommendation
    FROM update_of v
   CROSS JOIN entry e ON e.number = v.record
   CROSS JOIN feed f ON f.number = e.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number AND r.in_set
         AND r.text = 0
   CROSS JOIN wire w ON w.number = r.body
    LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority;

CREATE VIEW issues AS
  SELECT lower(hex(r.id)) AS id,
         CASE e.form WHEN 0 THEN lower(hex(f.authority)) END AS authority,
         a.name AS authority_name,
         e.form <> 0 AS anonymous,
         strftime('%Y-%m-%dT%H:%M:%SZ', e.time_ms / 1000, 'unixepoch') AS published,
         header_topic(h.header, h.proof) AS topic,
         body_text('issue', w.content, 'title') AS title,
         body_text('issue', w.content, 'abstract') AS abstract,
         body_text('issue', w.content, 'service_area') AS service_area,
         body_text('issue', w.content, 'began') AS began,
         body_text('issue', w.content, 'what_happens') AS what_happens,
         body_text('issue', w.content, 'tried_so_far') AS tried_so_far,
         body_text('issue', w.content, 'would_help') AS would_help,
         body_text('issue', w.content, 'barrier_text') AS barrier_text,
         body_text('issue', w.content, 'barrier_addressed_to') AS barrier_addressed_to
    FROM entry e
   CROSS JOIN feed f ON f.number = e.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number AND r.in_set
         AND r.text = 0
   CROSS JOIN wire w ON w.number = r.body
   CROSS JOIN wire h ON h.number = r.number
    LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority
   WHERE e.kind <> 'lesson' AND e.kind = 'issue'
     AND body_text('issue', w.content, 'title') IS NOT NULL;

CREATE VIEW responses AS
  SELECT lower(hex(r.id)) AS id,
         lower(hex(v.about)) AS about,
         (SELECT lower(hex(t.target)) FROM reference t
           WHERE t.record = v.record AND t.relation = 4) AS answers,
         CASE e.form WHEN 0 THEN lower(hex(f.authority)) END AS authority,
         a.name AS authority_name,
         e.form <> 0 AS anonymous,
         strftime('%Y-%m-%dT%H:%M:%SZ', e.time_ms / 1000, 'unixepoch') AS published,
         body_text('response', w.content, 'response') AS response,
         body_text('response', w.content, 'situation') AS situation,
         body_text('response', w.content, 'uptake') AS uptake,
         body_text('response', w.content, 'outcome') AS outcome,
         body_text('response', w.content, 'evidence_level') AS evidence_level,
         CAST(body_text('response', w.content, 'elapsed_weeks') AS INTEGER) AS elapsed_weeks,
         body_text('response', w.content, 'replied_by') AS replied_by,
         body_text('response', w.content, 'text') AS text,
         body_text('response', w.content, 'context') AS context,
         body_text('response', w.content, 'evidence_sources') AS evidence_sources,
         NOT EXISTS (
           SELECT 1
             FROM response_of t
            CROSS JOIN entry q ON q.number = t.record
            CROSS JOIN feed g ON g.number = q.feed
            CROSS JOIN record x ON x.feed = q.feed AND x.seq = q.seq AND x.number = q.number
            WHERE t.about = v.about AND t.response IS v.response AND e.form = 0 AND q.form = 0
              AND g.network = f.network AND g.authority = f.authority
              AND (g.feed > f.feed OR g.feed = f.feed AND (q.seq > e.seq
                   OR q.seq = e.seq AND x.id < r.id))) AS latest
    FROM response_of v
   CROSS JOIN entry e ON e.number = v.record
   CROSS JOIN feed f ON f.number = e.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number AND r.in_set
         AND r.text = 0
   CROSS JOIN wire w ON w.number = r.body
    LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority;

CREATE VIEW endorsements AS
  SELECT lower(hex(r.id)) AS id,
         (SELECT lower(hex(t.target)) FROM reference t
           WHERE t.record = e.number AND t.relation = 0) AS about,
         CASE e.form WHEN 0 THEN lower(hex(f.authority)) END AS authority,
         a.name AS authority_name,
         strftime('%Y-%m-%dT%H:%M:%SZ', e.time_ms / 1000, 'unixepoch') AS published,
         body_text('endorsement', w.content, 'grounds') AS grounds,
         body_text('endorsement', w.content, 'role') AS role,
         body_text('endorsement', w.content, 'text') AS text
    FROM entry e
   CROSS JOIN feed f ON f.number = e.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number AND r.in_set
         AND r.text = 0
   CROSS JOIN wire w ON w.number = r.body
    LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority
   WHERE e.kind <> 'lesson' AND e.kind = 'endorsement'
     AND body_text('endorsement', w.content, 'grounds') IS NOT NULL;

CREATE VIEW discussions AS
  SELECT lower(hex(r.id)) AS id,
         (SELECT lower(hex(t.target)) FROM reference t
           WHERE t.record = e.number AND t.relation = 0) AS about,
         CASE e.form WHEN 0 THEN lower(hex(f.authority)) END AS authority,
         a.name AS authority_name,
         strftime('%Y-%m-%dT%H:%M:%SZ', e.time_ms / 1000, 'unixepoch') AS published,
         body_text('discussion', w.content, 'decision') AS decision,
         body_text('discussion', w.content, 'scale') AS scale,
         body_text('discussion', w.content, 'people_band') AS people_band,
         body_text('discussion', w.content, 'service_area') AS service_area,
         body_text('discussion', w.content, 'review_again') AS review_again,
         body_text('discussion', w.content, 'assumption_challenged') AS assumption_challenged,
         body_text('discussion', w.content, 'what_decided') AS what_decided,
         body_text('discussion', w.content, 'questions_left') AS questions_left
    FROM entry e
   CROSS JOIN feed f ON f.number = e.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number AND r.in_set
         AND r.text = 0
   CROSS JOIN wire w ON w.number = r.body
    LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority
   WHERE e.kind <> 'lesson' AND e.kind = 'discussion'
     AND body_text('discussion', w.content, 'decision') IS NOT NULL;

CREATE VIEW reviews AS
  SELECT lower(hex(r.id)) AS id,
         CASE e.form WHEN 0 THEN lower(hex(f.authority)) END AS authority,
         a.name AS authority_name,
         strftime('%Y-%m-%dT%H:%M:%SZ', e.time_ms / 1000, 'unixepoch') AS published,
         header_topic(h.header, h.proof) AS topic,
         body_text('review', w.content, 'title') AS title,
         body_text('review', w.content, 'review_kind') AS review_kind,
         body_text('review', w.content, 'service_area') AS service_area,
         body_text('review', w.content, 'stage') AS stage,
         body_text('review', w.content, 'review_again') AS review_again,
         body_text('review', w.content, 'began') AS began,
         body_text('review', w.content, 'abstract') AS abstract,
         body_text('review', w.content, 'challenge') AS challenge,
         body_text('review', w.content, 'compare') AS compare,
         body_text('review', w.content, 'consult') AS consult,
         body_text('review', w.content, 'compete') AS compete
    FROM entry e
   CROSS JOIN feed f ON f.number = e.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number AND r.in_set
         AND r.text = 0
   CROSS JOIN wire w ON w.number = r.body
   CROSS JOIN wire h ON h.number = r.number
    LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority
   WHERE e.kind <> 'lesson' AND e.kind = 'review'
     AND body_text('review', w.content, 'title') IS NOT NULL;

CREATE VIEW summaries AS
  SELECT lower(hex(r.id)) AS id,
         CASE e.form WHEN 0 THEN lower(hex(f.authority)) END AS authority,
         a.name AS authority_name,
         strftime('%Y-%m-%dT%H:%M:%SZ', e.time_ms / 1000, 'unixepoch') AS published,
         header_topic(h.header, h.proof) AS topic,
         body_text('summary', w.content, 'title') AS title,
         body_text('summary', w.content, 'service_area') AS service_area,
         body_text('summary', w.content, 'since') AS since,
         body_text('summary', w.content, 'until') AS until,
         body_text('summary', w.content, 'abstract') AS abstract,
         body_text('summary', w.content, 'what_we_see') AS what_we_see,
         body_text('summary', w.content, 'barrier_addressed_to') AS barrier_addressed_to,
         body_text('summary', w.content, 'barrier_text') AS barrier_text,
         body_text('summary', w.content, 'ask') AS ask
    FROM entry e
   CROSS JOIN feed f ON f.number = e.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number AND r.in_set
         AND r.text = 0
   CROSS JOIN wire w ON w.number = r.body
   CROSS JOIN wire h ON h.number = r.number
    LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority
   WHERE e.kind <> 'lesson' AND e.kind = 'summary'
     AND body_text('summary', w.content, 'title') IS NOT NULL;

CREATE VIEW actions AS
  SELECT lower(hex(r.id)) AS id,
         CASE e.form WHEN 0 THEN lower(hex(f.authority)) END AS authority,
         a.name AS authority_name,
         json_extract(j.value, '$[0]') AS what,
         json_extract(j.value, '$[1]') AS by_when,
         json_extract(j.value, '$[2]') AS progress
    FROM entry e
   CROSS JOIN feed f ON f.number = e.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number AND r.in_set
         AND r.text = 0
   CROSS JOIN wire w ON w.number = r.body
   CROSS JOIN json_each(body_rows('review', w.content, 'actions')) j
    LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority
   WHERE e.kind <> 'lesson' AND e.kind = 'review';

CREATE VIEW links AS
  SELECT lower(hex(r.id)) AS id,
         e.kind AS kind,
         CASE t.relation WHEN 0 THEN 'about' WHEN 1 THEN 'supersedes' WHEN 2 THEN 'erases'
           WHEN 3 THEN 'same_as' WHEN 4 THEN 'answers' WHEN 5 THEN 'cites' ELSE t.relation END
           AS relation,
         lower(hex(t.target)) AS target,
         (SELECT q.kind
            FROM entry q
           CROSS JOIN record x ON x.feed = q.feed AND x.seq = q.seq AND x.number = q.number
           WHERE q.prefix = id_prefix(t.target) AND x.id = t.target) AS target_kind
    FROM reference t
   CROSS JOIN entry e ON e.number = t.record
   CROSS JOIN feed f ON f.number = e.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number AND r.in_set;

CREATE VIEW labels AS
  SELECT lower(hex(r.id)) AS id,
         lower(hex(t.target)) AS about,
         (SELECT lower(hex(s.target)) FROM reference s
           WHERE s.record = t.record AND s.relation = 3) AS same_as,
         CASE e.form WHEN 0 THEN lower(hex(f.authority)) END AS authority,
         a.name AS authority_name,
         strftime('%Y-%m-%dT%H:%M:%SZ', e.time_ms / 1000, 'unixepoch') AS published,
         strftime('%Y-%m-%d', header_expiry(h.header, h.proof) / 1000 - 1, 'unixepoch') AS expires,
         body_text('label', w.content, 'label') AS label,
         body_text('label', w.content, 'why') AS why
    FROM entry e
   CROSS JOIN feed f ON f.number = e.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number AND r.in_set
         AND r.text = 0
   CROSS JOIN wire w ON w.number = r.body
   CROSS JOIN wire h ON h.number = r.number
   CROSS JOIN reference t ON t.record = e.number AND t.relation = 0
    LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority
   WHERE e.kind <> 'lesson' AND e.kind = 'label'
     AND body_text('label', w.content, 'label') IS NOT NULL;

CREATE VIEW offers AS
  SELECT lower(hex(r.id)) AS id,
         (SELECT lower(hex(t.target)) FROM reference t
           WHERE t.record = e.number AND t.relation = 0) AS about,
         CASE e.form WHEN 0 THEN lower(hex(f.authority)) END AS authority,
         a.name AS authority_name,
         strftime('%Y-%m-%dT%H:%M:%SZ', e.time_ms / 1000, 'unixepoch') AS published,
         header_topic(h.header, h.proof) AS topic,
         strftime('%Y-%m-%d', header_expiry(h.header, h.proof) / 1000 - 1, 'unixepoch') AS expires,
         body_text('offer', w.content, 'title') AS title,
         body_text('offer', w.content, 'offer') AS offer,
         body_text('offer', w.content, 'direction') AS direction,
         body_text('offer', w.content, 'service_area') AS service_area,
         body_text('offer', w.content, 'starts') AS starts,
         body_text('offer', w.content, 'ends') AS ends,
         body_text('offer', w.content, 'venue') AS venue,
         body_text('offer', w.content, 'places') AS places,
         body_text('offer', w.content, 'text') AS text,
         body_text('offer', w.content, 'for_whom') AS for_whom
    FROM entry e
   CROSS JOIN feed f ON f.number = e.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number AND r.in_set
         AND r.text = 0
   CROSS JOIN wire w ON w.number = r.body
   CROSS JOIN wire h ON h.number = r.number
    LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority
   WHERE e.kind <> 'lesson' AND e.kind = 'offer'
     AND body_text('offer', w.content, 'title') IS NOT NULL;

CREATE VIEW indicators AS
  SELECT lower(hex(r.id)) AS id,
         CASE e.form WHEN 0 THEN lower(hex(f.authority)) END AS authority,
         a.name AS authority_name,
         strftime('%Y-%m-%dT%H:%M:%SZ', e.time_ms / 1000, 'unixepoch') AS published,
         body_text('indicator', w.content, 'framework') AS framework,
         coalesce(body_text('indicator', w.content, 'framework_version'), '') AS framework_version,
         body_text('indicator', w.content, 'code') AS code,
         body_text('indicator', w.content, 'name') AS name,
         body_text('indicator', w.content, 'plain_name') AS plain_name,
         body_text('indicator', w.content, 'unit') AS unit,
         body_text('indicator', w.content, 'stat_type') AS stat_type,
         body_text('indicator', w.content, 'polarity') AS polarity,
         body_text('indicator', w.content, 'period_kind') AS period_kind,
         CAST(body_text('indicator', w.content, 'decimals') AS INTEGER) AS decimals,
         body_text('indicator', w.content, 'service_area') AS service_area,
         body_text('indicator', w.content, 'source_collection') AS source_collection,
         body_text('indicator', w.content, 'numerator_def') AS numerator_def,
         body_text('indicator', w.content, 'denominator_def') AS denominator_def,
         body_text('indicator', w.content, 'valid_from') AS valid_from,
         body_text('indicator', w.content, 'valid_to') AS valid_to,
         body_text('indicator', w.content, 'caveats') AS caveats
    FROM entry e
   CROSS JOIN feed f ON f.number = e.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number AND r.in_set
         AND r.text = 0
   CROSS JOIN wire w ON w.number = r.body
    LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority
   WHERE e.kind <> 'lesson' AND e.kind = 'indicator'
     AND body_text('indicator', w.content, 'framework') IS NOT NULL;

CREATE VIEW snapshots AS
  SELECT lower(hex(r.id)) AS id,
         CASE e.form WHEN 0 THEN lower(hex(f.authority)) END AS authority,
         a.name AS authority_name,
         s.framework AS framework,
         s.framework_version AS framework_version,
         v.code AS code,
         v.disaggregation AS disaggregation,
         s.area_gss AS area,
         s.period AS period,
         v.value AS value,
         v.numerator AS numerator,
         v.denominator AS denominator,
         v.base AS base,
         v.margin AS margin,
         v.flag AS flag,
         s.status AS status,
         s.sdc_profile AS sdc_profile,
         strftime('%Y-%m-%dT%H:%M:%SZ', e.time_ms / 1000, 'unixepoch') AS published,
         NOT EXISTS (
           SELECT 1
             FROM snapshot t
            CROSS JOIN entry q ON q.number = t.record
            CROSS JOIN feed g ON g.number = q.feed
            CROSS JOIN record x ON x.feed = q.feed AND x.seq = q.seq AND x.number = q.number
            WHERE t.framework = s.framework AND t.framework_version = s.framework_version
              AND t.area_gss = s.area_gss AND t.period = s.period
              AND g.network = f.network AND g.authority = f.authority AND q.form = e.form
              AND (g.feed > f.feed OR g.feed = f.feed AND (q.seq > e.seq
                   OR q.seq = e.seq AND x.id < r.id))) AS latest
    FROM snapshot s
   CROSS JOIN entry e ON e.number = s.record
   CROSS JOIN feed f ON f.number = e.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number AND r.in_set
         AND r.text = 0
   CROSS JOIN snapshot_row v ON v.record = s.record
    LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority;

CREATE VIEW authorities AS
  SELECT lower(hex(a.id)) AS id,
         a.name AS name,
         a.type AS type,
         a.nation AS nation,
         a.region AS region,
         a.role AS role,
         a.status AS status,
         strftime('%Y-%m-%d', a.since_ms / 1000, 'unixepoch') AS since,
         CASE WHEN a.succeeded_by IS NOT NULL THEN lower(hex(a.succeeded_by)) END AS succeeded_by,
         a.feeds AS feeds
    FROM network n
    JOIN authority a ON a.network = n.number
   WHERE n.current;

CREATE VIEW words AS
  SELECT lower(hex(r.id)) AS id,
         e.kind AS kind,
         json_extract(j.value, '$[0]') AS field,
         json_extract(j.value, '$[1]') AS word
    FROM entry e
   CROSS JOIN feed f ON f.number = e.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number AND r.in_set
         AND r.text = 0
   CROSS JOIN wire w ON w.number = r.body
   CROSS JOIN json_each(body_words(e.kind, w.content)) j;

CREATE VIEW profiles AS
  SELECT lower(hex(r.id)) AS id,
         CASE e.form WHEN 0 THEN lower(hex(f.authority)) END AS authority,
         a.name AS authority_name,
         strftime('%Y-%m-%dT%H:%M:%SZ', e.time_ms / 1000, 'unixepoch') AS published,
         body_text('profile', w.content, 'contact_role') AS contact_role,
         json_extract(j.value, '$[0]') AS name,
         CAST(json_extract(j.value, '$[1]') AS REAL) AS value,
         json_extract(j.value, '$[2]') AS period,
         json_extract(j.value, '$[3]') AS source,
         NOT EXISTS (
           SELECT 1
             FROM entry q
            CROSS JOIN feed g ON g.number = q.feed
            CROSS JOIN record x ON x.feed = q.feed AND x.seq = q.seq AND x.number = q.number
            WHERE q.kind <> 'lesson' AND q.kind = 'profile'
              AND g.network = f.network AND g.authority = f.authority AND q.form = e.form
              AND (g.feed > f.feed OR g.feed = f.feed AND (q.seq > e.seq
                   OR q.seq = e.seq AND x.id < r.id))) AS latest
    FROM entry e
   CROSS JOIN feed f ON f.number = e.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number AND r.in_set
         AND r.text = 0
   CROSS JOIN wire w ON w.number = r.body
    LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority
    LEFT JOIN json_each(body_rows('profile', w.content, 'context')) j
   WHERE e.kind <> 'lesson' AND e.kind = 'profile'
     AND body_text('profile', w.content, 'contact_role') IS NOT NULL;

CREATE VIEW forks AS
  SELECT lower(hex(f.authority)) AS authority,
         a.name AS authority_name,
         f.feed AS feed,
         k.seq AS seq,
         lower(hex(r.id)) AS id,
         lower(hex(x.id)) AS other_id
    FROM fork k
   CROSS JOIN feed f ON f.number = k.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = k.feed AND r.seq = k.seq AND r.in_set
   CROSS JOIN record x ON x.feed = k.feed AND x.seq = k.seq AND x.in_set AND x.id > r.id
    LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority;

CREATE VIEW erasures AS
  SELECT lower(hex(r.id)) AS id,
         CASE e.form WHEN 0 THEN lower(hex(f.authority)) END AS authority,
         a.name AS authority_name,
         strftime('%Y-%m-%dT%H:%M:%SZ', e.time_ms / 1000, 'unixepoch') AS published,
         lower(hex(t.target)) AS about,
         CASE WHEN r.text = 0 THEN body_text('erasure', w.content, 'why') END AS why,
         EXISTS (
           SELECT 1
             FROM entry q
            CROSS JOIN record x ON x.feed = q.feed AND x.seq = q.seq AND x.number = q.number
            WHERE q.prefix = id_prefix(t.target) AND x.id = t.target AND x.text = 2) AS erased
    FROM reference t
   CROSS JOIN entry e ON e.number = t.record
   CROSS JOIN feed f ON f.number = e.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number AND r.in_set
    LEFT JOIN wire w ON w.number = r.body
    LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority
   WHERE t.relation = 2 AND e.kind = 'erasure';

CREATE VIEW receipts AS
  SELECT lower(hex(r.id)) AS id,
         CASE e.form WHEN 0 THEN lower(hex(f.authority)) END AS authority,
         a.name AS authority_name,
         strftime('%Y-%m-%dT%H:%M:%SZ', e.time_ms / 1000, 'unixepoch') AS published,
         lower(hex(t.erased)) AS about
    FROM receipt t
   CROSS JOIN entry e ON e.number = t.record
   CROSS JOIN feed f ON f.number = e.feed
   CROSS JOIN network n ON n.number = f.network AND n.current
   CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number AND r.in_set
    LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority;
