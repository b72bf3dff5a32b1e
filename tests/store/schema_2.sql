-- The tables as they were in schema 2, all in one file, for the tests of bringing an old store up to
-- date. Schema 1 was the same without `peer`, whose rows were lines of the value `peers`.

-- Facts: written, kept, and never built from anything else.

-- The networks whose records are here. A successor network's records lie beside its predecessor's.
CREATE TABLE network (
  number  INTEGER PRIMARY KEY,                             -- How other tables name it.
  id      BLOB    NOT NULL UNIQUE CHECK (length(id) = 32), -- The hash of its first head.
  current INTEGER NOT NULL CHECK (current IN (0, 1))       -- 1: the one this store opens on.
) STRICT;
CREATE UNIQUE INDEX network_current ON network (current) WHERE current = 1;

-- Every record that was heard and taken, in the set or aside: its very bytes, without the body. The
-- columns after `signer` repeat what the header says, to be searched by.
CREATE TABLE record (
  number    INTEGER PRIMARY KEY,                    -- How other tables name it; never shown.
  network   INTEGER NOT NULL REFERENCES network (number),
  id        BLOB    NOT NULL CHECK (length(id) = 32),
  header    BLOB    NOT NULL,                       -- As received; the proof covers these bytes.
  proof     BLOB    NOT NULL,
  in_set    INTEGER NOT NULL CHECK (in_set IN (0, 1)),
  signer    BLOB    CHECK (length(signer) = 32),    -- The key its proof was found to hold under.
  kind      TEXT    NOT NULL,
  time_ms   INTEGER NOT NULL,                       -- Since 1970 UTC, as its author says.
  topic     TEXT    NOT NULL,
  form      INTEGER NOT NULL CHECK (form IN (0, 1, 2)), -- 0 named, 1 anonymous, 2 owner.
  author    BLOB    CHECK (length(author) = 32),    -- Named: the authority. Owner: the record.
  feed      INTEGER NOT NULL,                       -- Named: the feed's number; else 0.
  seq       INTEGER NOT NULL                        -- Named: its place in it. Owner: its n.
) STRICT;
CREATE UNIQUE INDEX record_id ON record (network, id);
CREATE INDEX record_feed ON record (network, author, feed, seq);
CREATE INDEX record_kind ON record (network, kind, in_set, time_ms);

-- Bodies, apart from their records, so that one can go and leave nothing.
CREATE TABLE body (
  record  INTEGER PRIMARY KEY REFERENCES record (number),
  salt    BLOB NOT NULL CHECK (length(salt) = 32), -- Key of the header's commitment; goes with it.
  content BLOB NOT NULL                            -- As received: [form, map].
) STRICT;

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
  title      TEXT    NOT NULL,
  content    BLOB    NOT NULL,                  -- The draft as protocol/draft.h writes it.
  updated_ms INTEGER NOT NULL,
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

-- Small things that the node remembers by name.
CREATE TABLE value (
  name  TEXT NOT NULL PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Derived: from here on everything is built from the facts above, for records in the set alone.
-- `candour reindex` drops and builds it again.

-- Who is on the charter that was kept last.
CREATE TABLE authority (
  network      INTEGER NOT NULL REFERENCES network (number),
  id           BLOB    NOT NULL CHECK (length(id) = 32),
  name         TEXT    NOT NULL,
  type         TEXT    NOT NULL,
  nation       TEXT    NOT NULL,
  region       TEXT    NOT NULL,
  role         TEXT    NOT NULL, -- authority, hub
  status       TEXT    NOT NULL, -- active, left, dissolved
  since_ms     INTEGER,          -- Of the status; NULL: not said.
  succeeded_by BLOB,
  feeds        INTEGER NOT NULL, -- How many it has had.
  PRIMARY KEY (network, id)
) STRICT, WITHOUT ROWID;

-- What records say of other records: their headers' references.
CREATE TABLE reference (
  record   INTEGER NOT NULL REFERENCES record (number),
  relation INTEGER NOT NULL, -- An enum relation: 0 about, 1 supersedes, ...
  target   BLOB    NOT NULL, -- A record's id, be it here or not.
  PRIMARY KEY (record, relation, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX reference_target ON reference (target, relation);

-- Every word chosen from a vocabulary where several may be chosen, such as a lesson's services.
CREATE TABLE record_word (
  record INTEGER NOT NULL REFERENCES record (number),
  field  TEXT    NOT NULL, -- A field's key: service_area, contributing_factor, ...
  word   TEXT    NOT NULL,
  PRIMARY KEY (record, field, word)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_word_word ON record_word (field, word);

-- Lessons: what they are filtered by. Their text stays in `body` and is read from there.
CREATE TABLE lesson (
  record      INTEGER PRIMARY KEY REFERENCES record (number),
  outcome     TEXT NOT NULL, -- As it was published.
  stage       TEXT NOT NULL,
  outcome_now TEXT,          -- As its author's latest update says; NULL: there is none.
  stage_now   TEXT
) STRICT;

-- What a search finds lessons by. The text is not stored again: FTS5 reads it from lesson_field
-- (external content) when it makes a snippet, and takes it from there to forget a lesson.
CREATE VIEW lesson_field AS
  SELECT l.record AS record,
         body_text('lesson', content, 'title') AS title,
         body_text('lesson', content, 'abstract') AS abstract,
         body_text('lesson', content, 'what_we_did') AS what_we_did,
         body_text('lesson', content, 'what_did_not_work') AS what_did_not_work,
         body_text('lesson', content, 'recommendation') AS recommendation
    FROM lesson l
    JOIN body b ON b.record = l.record;
CREATE VIRTUAL TABLE lesson_text USING fts5 (
  title, abstract, what_we_did, what_did_not_work, recommendation,
  content = 'lesson_field', content_rowid = 'record',
  tokenize = 'porter unicode61 remove_diacritics 2', prefix = '3'
);

-- Updates: how what they are about stands now.
CREATE TABLE update_of (
  record  INTEGER NOT NULL REFERENCES record (number),
  about   BLOB    NOT NULL, -- A record's id, be it here or not.
  outcome TEXT    NOT NULL,
  stage   TEXT    NOT NULL,
  PRIMARY KEY (record, about)
) STRICT, WITHOUT ROWID;
CREATE INDEX update_of_about ON update_of (about);

-- Indicators: the key under which values name them.
CREATE TABLE indicator (
  record            INTEGER PRIMARY KEY REFERENCES record (number),
  framework         TEXT NOT NULL,
  framework_version TEXT NOT NULL, -- May be empty.
  code              TEXT NOT NULL
) STRICT;
CREATE INDEX indicator_code ON indicator (framework, code);

-- Snapshots: whose values of what and when.
CREATE TABLE snapshot (
  record            INTEGER PRIMARY KEY REFERENCES record (number),
  framework         TEXT NOT NULL,
  framework_version TEXT NOT NULL, -- May be empty.
  area_gss          TEXT NOT NULL,
  period            TEXT NOT NULL,
  status            TEXT NOT NULL,
  sdc_profile       TEXT NOT NULL
) STRICT;
CREATE INDEX snapshot_key ON snapshot (framework, period, area_gss);

-- Their values. NULL: none was given.
CREATE TABLE snapshot_row (
  record         INTEGER NOT NULL REFERENCES record (number),
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

-- Profiles, and the figures in them that say what kind of place it is.
CREATE TABLE profile (
  record       INTEGER PRIMARY KEY REFERENCES record (number),
  contact_role TEXT NOT NULL
) STRICT;
CREATE TABLE profile_row (
  record INTEGER NOT NULL REFERENCES record (number),
  place  INTEGER NOT NULL,
  name   TEXT    NOT NULL,
  value  REAL,
  period TEXT    NOT NULL,
  source TEXT    NOT NULL,
  PRIMARY KEY (record, place)
) STRICT, WITHOUT ROWID;

-- Views: what `candour sql` shows, of the current network. They read tables, never other views:
-- store/sql.c lets a table be read within one of them only.

CREATE VIEW records AS
  SELECT lower(hex(r.id)) AS id,
         r.kind AS kind,
         strftime('%Y-%m-%dT%H:%M:%SZ', r.time_ms / 1000, 'unixepoch') AS published,
         CASE r.form WHEN 0 THEN 'named' WHEN 1 THEN 'anonymous' ELSE 'owner' END AS author,
         CASE r.form WHEN 0 THEN lower(hex(r.author)) END AS authority,
         a.name AS authority_name,
         CASE r.form WHEN 0 THEN r.feed END AS feed,
         CASE r.form WHEN 1 THEN NULL ELSE r.seq END AS seq,
         r.topic AS topic,
         b.record IS NOT NULL AS body_here,
         length(r.header) + length(r.proof) + coalesce(length(b.content), 0) AS bytes
    FROM network n
    JOIN record r ON r.network = n.number
    LEFT JOIN body b ON b.record = r.number
    LEFT JOIN authority a ON a.network = r.network AND a.id = r.author AND r.form = 0
   WHERE n.current AND r.in_set;

CREATE VIEW lessons AS
  SELECT lower(hex(r.id)) AS id,
         CASE r.form WHEN 0 THEN lower(hex(r.author)) END AS authority,
         a.name AS authority_name,
         r.form <> 0 AS anonymous,
         strftime('%Y-%m-%dT%H:%M:%SZ', r.time_ms / 1000, 'unixepoch') AS published,
         r.topic AS topic,
         body_text('lesson', b.content, 'title') AS title,
         body_text('lesson', b.content, 'abstract') AS abstract,
         body_text('lesson', b.content, 'service_area') AS service_area,
         l.outcome AS outcome,
         l.stage AS stage,
         coalesce(l.outcome_now, l.outcome) AS outcome_now,
         coalesce(l.stage_now, l.stage) AS stage_now,
         body_text('lesson', b.content, 'evidence_level') AS evidence_level,
         body_text('lesson', b.content, 'source_kind') AS source_kind,
         body_text('lesson', b.content, 'scale') AS scale,
         body_text('lesson', b.content, 'aim_in_users_words') AS aim_in_users_words,
         body_text('lesson', b.content, 'what_we_did') AS what_we_did,
         body_text('lesson', b.content, 'how_in_detail') AS how_in_detail,
         body_text('lesson', b.content, 'what_worked') AS what_worked,
         body_text('lesson', b.content, 'what_did_not_work') AS what_did_not_work,
         body_text('lesson', b.content, 'unexpected') AS unexpected,
         body_text('lesson', b.content, 'do_differently') AS do_differently,
         body_text('lesson', b.content, 'recommendation') AS recommendation,
         body_text('lesson', b.content, 'rationale') AS rationale,
         body_text('lesson', b.content, 'elapsed_weeks') AS elapsed_weeks,
         body_text('lesson', b.content, 'cost_band') AS cost_band,
         body_text('lesson', b.content, 'staff_days_band') AS staff_days_band,
         body_text('lesson', b.content, 'impact_performance') AS impact_performance,
         body_text('lesson', b.content, 'impact_local_priority') AS impact_local_priority,
         body_text('lesson', b.content, 'impact_user_satisfaction') AS impact_user_satisfaction,
         body_text('lesson', b.content, 'impact_cost') AS impact_cost,
         body_text('lesson', b.content, 'impact_staff_acceptance') AS impact_staff_acceptance,
         body_text('lesson', b.content, 'review_again') AS review_again
    FROM network n
    JOIN record r ON r.network = n.number AND r.kind = 'lesson' AND r.in_set
    JOIN lesson l ON l.record = r.number
    JOIN body b ON b.record = r.number
    LEFT JOIN authority a ON a.network = r.network AND a.id = r.author AND r.form = 0
   WHERE n.current;

CREATE VIEW updates AS
  SELECT lower(hex(r.id)) AS id,
         lower(hex(u.about)) AS about,
         CASE r.form WHEN 0 THEN lower(hex(r.author)) END AS authority,
         a.name AS authority_name,
         strftime('%Y-%m-%dT%H:%M:%SZ', r.time_ms / 1000, 'unixepoch') AS published,
         u.outcome AS outcome,
         u.stage AS stage,
         body_text('update', b.content, 'what_changed') AS what_changed,
         body_text('update', b.content, 'recommendation') AS recommendation
    FROM network n
    JOIN record r ON r.network = n.number AND r.kind = 'update' AND r.in_set
    JOIN update_of u ON u.record = r.number
    JOIN body b ON b.record = r.number
    LEFT JOIN authority a ON a.network = r.network AND a.id = r.author AND r.form = 0
   WHERE n.current;

CREATE VIEW indicators AS
  SELECT lower(hex(r.id)) AS id,
         CASE r.form WHEN 0 THEN lower(hex(r.author)) END AS authority,
         a.name AS authority_name,
         strftime('%Y-%m-%dT%H:%M:%SZ', r.time_ms / 1000, 'unixepoch') AS published,
         i.framework AS framework,
         i.framework_version AS framework_version,
         i.code AS code,
         body_text('indicator', b.content, 'name') AS name,
         body_text('indicator', b.content, 'plain_name') AS plain_name,
         body_text('indicator', b.content, 'unit') AS unit,
         body_text('indicator', b.content, 'stat_type') AS stat_type,
         body_text('indicator', b.content, 'polarity') AS polarity,
         body_text('indicator', b.content, 'period_kind') AS period_kind,
         CAST(body_text('indicator', b.content, 'decimals') AS INTEGER) AS decimals,
         body_text('indicator', b.content, 'service_area') AS service_area,
         body_text('indicator', b.content, 'source_collection') AS source_collection,
         body_text('indicator', b.content, 'numerator_def') AS numerator_def,
         body_text('indicator', b.content, 'denominator_def') AS denominator_def,
         body_text('indicator', b.content, 'valid_from') AS valid_from,
         body_text('indicator', b.content, 'valid_to') AS valid_to,
         body_text('indicator', b.content, 'caveats') AS caveats
    FROM network n
    JOIN record r ON r.network = n.number AND r.kind = 'indicator' AND r.in_set
    JOIN indicator i ON i.record = r.number
    JOIN body b ON b.record = r.number
    LEFT JOIN authority a ON a.network = r.network AND a.id = r.author AND r.form = 0
   WHERE n.current;

CREATE VIEW snapshots AS
  SELECT lower(hex(r.id)) AS id,
         CASE r.form WHEN 0 THEN lower(hex(r.author)) END AS authority,
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
         strftime('%Y-%m-%dT%H:%M:%SZ', r.time_ms / 1000, 'unixepoch') AS published,
         NOT EXISTS (
           SELECT 1
             FROM snapshot t
             JOIN record q ON q.number = t.record
            WHERE t.framework = s.framework AND t.framework_version = s.framework_version
              AND t.area_gss = s.area_gss AND t.period = s.period
              AND q.network = r.network AND q.author IS r.author
              AND (q.feed > r.feed OR q.feed = r.feed AND (q.seq > r.seq
                   OR q.seq = r.seq AND q.id < r.id))) AS latest
    FROM network n
    JOIN record r ON r.network = n.number AND r.kind = 'snapshot' AND r.in_set
    JOIN snapshot s ON s.record = r.number
    JOIN snapshot_row v ON v.record = r.number
    LEFT JOIN authority a ON a.network = r.network AND a.id = r.author AND r.form = 0
   WHERE n.current;

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
         r.kind AS kind,
         w.field AS field,
         w.word AS word
    FROM network n
    JOIN record r ON r.network = n.number AND r.in_set
    JOIN record_word w ON w.record = r.number
   WHERE n.current;

CREATE VIEW profiles AS
  SELECT lower(hex(r.id)) AS id,
         CASE r.form WHEN 0 THEN lower(hex(r.author)) END AS authority,
         a.name AS authority_name,
         strftime('%Y-%m-%dT%H:%M:%SZ', r.time_ms / 1000, 'unixepoch') AS published,
         p.contact_role AS contact_role,
         v.name AS name,
         v.value AS value,
         v.period AS period,
         v.source AS source,
         NOT EXISTS (
           SELECT 1
             FROM record q
            WHERE q.network = r.network AND q.author IS r.author AND q.kind = 'profile' AND q.in_set
              AND (q.feed > r.feed OR q.feed = r.feed AND (q.seq > r.seq
                   OR q.seq = r.seq AND q.id < r.id))) AS latest
    FROM network n
    JOIN record r ON r.network = n.number AND r.kind = 'profile' AND r.in_set
    JOIN profile p ON p.record = r.number
    LEFT JOIN profile_row v ON v.record = r.number
    LEFT JOIN authority a ON a.network = r.network AND a.id = r.author AND r.form = 0
   WHERE n.current;
