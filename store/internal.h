#ifndef CANDOUR_STORE_INTERNAL_H
#define CANDOUR_STORE_INTERNAL_H

#include <sqlite3.h>

#include "protocol/packing.h"
#include "protocol/withhold.h"
#include "store/search.h"
#include "store/store.h"

/* What the files of this room share. */

#define STORE_APPLICATION 0x63616e64 /* "cand", in the facts' header, */
#define INDEX_APPLICATION 0x63616e69 /* and "cani" in that of what is derived. */
#define STORE_SCHEMA 6               /* Raised with every change of a fact's table, */
#define INDEX_SCHEMA 6               /* and of anything that is derived or how. */
#define STORE_PAGE_SIZE 16384        /* docs/performance.md says why. */
#define INDEX_PAGE_SIZE 16384
/* How large the index's log grows, while few lessons come, before it goes into its file. */
#define LIVE_LOG_BYTES (4 * 1024 * 1024)
#define STORE_BUSY_MS 5000  /* How long a writer waits for another one, looking every ms. */
#define PIECE_LESSONS 20000 /* In a piece of the search index, at most. */

/* All SQL of a file hangs on one wall and is prepared once: what reads facts alone when the store
 * is opened, the rest when what is derived is attached. */
struct wall {
    const char *const *sql;
    size_t count;
};
/* The row of the facts that an entry of the index is of, in SQL. */
#define ENTRY_ROW " r.feed = e.feed AND r.seq = e.seq AND r.number = e.number "
/* Is a row's group of people the one that is asked for? The whole has several names, as in
 * docs/indicators.md. */
#define SAME_GROUP(column, asked)                                                                  \
    "(" column " = " asked " OR " asked " = '' AND lower(" column ") IN ('total', 'all',"          \
    " 'persons'))"

enum {
    WALL_STORE,
    WALL_NUMBERS,
    WALL_PENDING,
    WALL_RECORDS,
    WALL_READING,
    WALL_ERASED,
    WALL_CHARTERS,
    WALL_DRAFTS,
    WALL_QUEUE,
    WALL_PEERS,
    WALL_NOTICES,
    WALL_REFERENCES,
    FACT_WALLS,
    WALL_ROWS = FACT_WALLS, /* These two need no facts beside them. */
    WALL_COMPARE,
    ROW_WALLS,
    WALL_INDEX = ROW_WALLS,
    WALL_AUTHORITIES,
    WALL_DERIVE,
    WALL_PIECES,
    WALL_LOOKUP,
    WALL_FIGURES,
    WALL_ISSUE_GROUPS,
    WALL_COMPILE,
    WALL_SILENT,
    WALL_INSPECT,
    WALL_SEARCH,
    WALL_VERIFY,
    WALLS
};
extern const struct wall store_wall, numbers_wall, pending_wall, records_wall, reading_wall,
    erased_wall, charters_wall, drafts_wall, queue_wall, peers_wall, notices_wall, rows_wall,
    compare_wall, index_wall, authorities_wall, derive_wall, pieces_wall, lookup_wall, inspect_wall,
    search_wall, verify_wall, references_wall, figures_wall, issue_groups_wall, compile_wall,
    silent_wall;

struct document;

/* Numbers that rows of `feed` and `signer` have, of those used last. A row that is rolled back
 * takes them along. */
#define NUMBERS_SLOTS 1024
struct numbers {
    struct {
        uint8_t key[DIGEST_SIZE + 12];
        int64_t number; /* 0: empty. */
    } slots[NUMBERS_SLOTS];
};

/* What a transaction adds to what is counted; written before its commit. */
struct tally {
    int64_t records, aside, bodies, erased; /* Of the network, */
    int64_t drafts, waiting, generation;    /* and of the file. */
};

enum index_state {
    INDEX_NONE,  /* Not attached yet. */
    INDEX_EMPTY, /* There is none that could be read: an empty one stands in for it. */
    INDEX_FILE,
};

/* What a thread reads bodies with: no two use one at a time. */
struct kit {
    const struct tokenizer *tokenizer;
    struct Fts5Tokenizer *stemmer;
};

struct store {
    sqlite3 *db; /* Facts are `main`, and what is derived is attached as `derived`. */
    char *path, *index_path;
    enum store_mode mode;
    int index_page_size;
    int64_t piece_lessons; /* PIECE_LESSONS but in tests. */
    int patience_ms;       /* How long this connection waits for others. */
    bool begun;            /* Between store_begin() and store_commit() or store_rollback(). */
    bool spoiled;          /* An act of this transaction failed half-way: nothing of it may stay. */
    int failure;           /* What SQLite said when something failed last. */
    int64_t network;       /* Its number; 0: none yet. */
    struct digest network_id;
    int64_t next; /* The next number of `wire` in this transaction; 0: not looked up yet. */
    struct tally tally;
    uint64_t log_pages; /* After the last commit, once store_leave_log() was called. */
    struct numbers *feeds, *signers;
    struct pending *pending;
    struct kit kit;
    sqlite3_stmt **statements[WALLS];
    enum index_state index;
    bool index_renewed; /* It was damaged, and made anew since this store was opened. */
    struct pieces *pieces;
    struct tokenizer *tokenizer;
    struct buffer house_words;   /* What the house added to the thesaurus. */
    struct thesaurus *thesaurus; /* NULL until something is looked for. */
    struct ranking *ranking;     /* Of the search under way, for score(). */
    struct gate *gate;           /* NULL until a text is shown: shown_gate(). */
    struct { /* The body that body_text() read last: a row asks for many of its fields. */
        struct document *document;
        struct buffer packed;
    } last;
};

/* With other page sizes, for the benchmark. */
struct store *store_open_paged(const char *path, enum store_mode mode, int page_size,
                               int index_page_size, struct fault *fault);
/* Without facts, to derive rows into memory. */
struct store *store_open_scratch(struct fault *fault);

/* --- One statement from start to end: statement(), bind_...(), step() or run(), finish(). --- */
sqlite3_stmt *statement(struct store *store, int wall, int query);
void bind_number(sqlite3_stmt *query, int at, int64_t number);
void bind_digest(sqlite3_stmt *query, int at, const struct digest *digest); /* NULL: NULL. */
void bind_bytes(sqlite3_stmt *query, int at, struct bytes bytes);
void bind_text(sqlite3_stmt *query, int at, struct bytes text);
void bind_word(sqlite3_stmt *query, int at, const char *word); /* NULL: NULL. */
struct bytes column_bytes(sqlite3_stmt *query, int at);
bool column_digest(sqlite3_stmt *query, int at, struct digest *digest); /* False: NULL. */
const char *column_word(sqlite3_stmt *query, int at);                   /* "" for NULL. */
void finish(sqlite3_stmt *query);

/* SQLITE_ROW, SQLITE_DONE, or anything else with the fault set. */
int step(struct store *store, sqlite3_stmt *query, const char *doing, struct fault *fault);
/* Step to the end and finish. */
bool run(struct store *store, sqlite3_stmt *query, const char *doing, struct fault *fault);
/* One number: the first column of the one row. Finishes. */
bool run_number(struct store *store, sqlite3_stmt *query, int64_t *number, const char *doing,
                struct fault *fault);

/* What SQLite says, with the path and what to do. Returns false. */
bool store_fault(struct store *store, const char *doing, struct fault *fault);

/* Statements without results, such as those that make the tables; and a statement that is used
 * once, for the caller to finalize: NULL with the fault set where it cannot be. */
bool execute(struct store *store, const char *sql, const char *doing, struct fault *fault);
__attribute__((format(printf, 4, 5))) bool execute_format(struct store *store, const char *doing,
                                                          struct fault *fault, const char *format,
                                                          ...);
sqlite3_stmt *prepare(struct store *store, const char *sql, const char *doing, struct fault *fault);
__attribute__((format(printf, 4, 5))) sqlite3_stmt *prepare_format(struct store *store,
                                                                   const char *doing,
                                                                   struct fault *fault,
                                                                   const char *format, ...);
bool prepare_walls(struct store *store, int from, int to, struct fault *fault);
void wall_release(struct store *store, int wall);

/* The number that PRAGMA schema.name gives. */
bool pragma_number(struct store *store, const char *schema, const char *name, int64_t *number,
                   struct fault *fault);

/* What happens wholly or not at all: a transaction of its own, or a part of the caller's, which
 * cannot be committed any more once an act within it failed with FAULT_SELF. An act that gives
 * another fault has written nothing. act_end() returns `done`, or false where it could not be kept.
 */
bool act_begin(struct store *store, struct fault *fault);
bool act_end(struct store *store, bool done, struct fault *fault);
/* The same, of an act that does nothing but keep a new record. */
bool act_begin_keeping(struct store *store, struct fault *fault);

/* In a transaction: what was in this small table, "draft", is nowhere in its pages any more, and
 * what is in it is as before. (erased.c) */
bool lay_table_anew(struct store *store, const char *name, struct fault *fault);

/* FAULT_INPUT where no network is set. */
bool need_network(struct store *store, struct fault *fault);

/* --- log.c --- */
/* Move a file's log into the file, and make it empty: FAULT_ABSENT while a reader needs it. */
bool log_empty(struct store *store, const char *schema, struct fault *fault);

/* --- files.c --- */
bool file_create(const char *path, struct fault *fault);
bool file_there(const char *path, struct fault *fault);
void files_remove(const char *path); /* The file and its -wal and -shm. */
uint64_t files_size(const char *path);
char *path_beside(const char *path, const char *name); /* The caller frees it. */

/* --- numbers.c --- */
enum numbering { NUMBER_FIND, NUMBER_MAKE };
/* *number is 0 where there is none (NUMBER_FIND). */
bool network_number(struct store *store, const struct digest *network, int64_t *number,
                    struct fault *fault);
bool feed_number(struct store *store, int64_t network, const struct feed *feed,
                 enum numbering numbering, int64_t *number, struct fault *fault);
bool signer_number(struct store *store, const struct public_key *key, int64_t *number,
                   struct fault *fault);
void numbers_forget(struct store *store);

/* --- schema.c --- */
/* The parts of schema.sql. */
struct bytes schema_facts(void);
struct bytes schema_derived(void);
struct bytes schema_views(void);
bool execute_part(struct store *store, struct bytes part, const char *doing, struct fault *fault);
/* Make the facts' tables of a new store, or see what those of one that is there are of. */
bool schema_make(struct store *store, struct fault *fault);
bool schema_fill(struct store *store, struct fault *fault); /* Within a transaction. */
bool schema_mark(struct store *store, struct fault *fault); /* As one of this program's. */
bool schema_check(struct store *store, struct fault *fault);

/* --- migrate.c --- */
/* Bring the facts of an older schema up to date, all in one transaction. */
bool migrate(struct store *store, struct fault *fault);

/* --- records.c --- */
/* A row of `record`. */
struct row {
    int64_t feed, seq;
    struct digest id;
    int64_t number;
    bool in;
    enum text_standing text;
    int64_t body; /* BODY_NONE, BODY_EXPIRED_ROW or a row of `wire`. */
};
#define BODY_NONE 0
#define BODY_EXPIRED_ROW (-1)
/* Is a whole header given to the replica, whatever else? */
bool record_is_whole(const struct record *record);
/* Note that something about this row of `wire` changed; 0: the charter. */
bool change_note(struct store *store, int64_t record, int64_t *place, struct fault *fault);
/* *found is false where no record stands there. */
bool row_find(struct store *store, const struct entry *entry, struct row *row, bool *found,
              struct fault *fault);

/* --- pending.c --- */
bool pending_add(struct store *store, const struct record *record, const struct row *row,
                 int64_t signer, struct fault *fault);
/* Before anything else is asked of the tables. */
bool pending_put(struct store *store, struct fault *fault);
void pending_forget(struct store *store);
void pending_release(struct store *store);

/* --- reading.c --- */
/* Join what a row holds: header, proof, salt, packed body in columns `at` and on. */
struct record *record_of_row(sqlite3_stmt *query, int at, struct fault *fault);
/* What record_of_row() reads, and then what a visitor is told; `w` and `b` are rows of wire with
 * header and body, `r` one of record, `k` one of signer. */
#define RECORD_COLUMNS "w.header, w.proof, b.salt, b.content"
#define STORED_COLUMNS RECORD_COLUMNS ", r.in_set, r.text, k.key, r.id"
/* The body of a text that stands. */
#define JOIN_BODY " LEFT JOIN wire b ON b.number = r.body AND r.text = 0 "
#define JOIN_SIGNER " LEFT JOIN signer k ON k.number = r.signer "
bool visit_rows(struct store *store, sqlite3_stmt *query, store_visit *visit, void *context,
                struct fault *fault);
bool is_absent(struct store *store, const struct digest *id, struct fault *fault);

/* --- authorities.c --- */
bool authorities_derive(struct store *store, struct fault *fault);
bool authorities_match(struct store *store, bool *same, struct fault *fault);

/* --- peers.c --- */
/* Those that a store of schema 1 kept as lines in a value. */
bool peers_migrate(struct store *store, struct fault *fault);

/* --- notices.c --- */
bool notices_migrate(struct store *store, struct fault *fault);

/* --- references.c --- */
bool references_migrate(struct store *store, struct fault *fault);
double column_real(sqlite3_stmt *query, int at); /* NAN for NULL. */

/* --- inspect.c --- */
/* Note what the gate finds in this body of a record's; `*found` says whether it found any. */
bool inspect_body(struct store *store, int64_t record, struct bytes kind, struct bytes packed,
                  bool *found, struct fault *fault);

/* --- index.c: the file of what is derived --- */
/* Attach it as it is now, to read from it. */
bool index_use(struct store *store, struct fault *fault);
/* Attach it to derive into it; one that cannot be used is made anew. */
bool index_take(struct store *store, struct fault *fault);
bool index_renew(struct store *store, struct fault *fault);
/* Does what SQLite said last, when something failed, mean that a file is damaged? */
bool file_is_damaged(struct store *store);
/* Attach an empty one, in memory. */
bool index_stand_in(struct store *store, struct fault *fault);
struct progress {
    int64_t number, place, purged;
    int64_t inspected;  /* By whichever rules. */
    struct digest last; /* The id of the record at `number`, */
    bool has_last;      /* where that is the row of a record, and not of a body that came later. */
};
bool progress_read(struct store *store, struct progress *progress, struct fault *fault);
/* Changes of the facts that are not derived yet. */
bool index_behind(struct store *store, const struct progress *progress, uint64_t *behind,
                  struct fault *fault);

/* --- rows.c: what is derived from one record --- */
struct derivable {
    int64_t number, feed, seq;
    int64_t body; /* BODY_NONE: from its header alone. */
    const struct record *record;
    const struct document *document; /* What rows_document() makes of the content, */
    struct bytes content;            /* which is unpacked. */
};
bool rows_add(struct store *store, const struct derivable *from, struct fault *fault);
/* NULL where it is not readable, or of a kind of which nothing is derived from it as a document. */
struct document *rows_document(struct bytes kind, struct bytes content);
/* Take them away. */
bool rows_remove(struct store *store, int64_t number, struct fault *fault);
/* Snapshots' rows have texts: take all of them away, so that nothing is left of any, and add those
 * of one. */
bool rows_forget_snapshots(struct store *store, struct fault *fault);
bool rows_add_snapshot(struct store *store, const struct derivable *from, struct fault *fault);
/* Those of one again, by the rules of this program. */
bool rows_withhold_snapshot(struct store *store, int64_t number, struct bytes kind,
                            struct bytes packed, struct fault *fault);
/* The body as a filled-in form; NULL where it is of an unknown kind, or not readable. */
struct document *document_of(struct bytes kind, struct bytes content);
struct document *document_of_packed(struct bytes kind, struct bytes packed);
/* What texts that are shown go through. */
const struct gate *shown_gate(struct store *store);

/* --- derive.c --- */
/* These columns of the latest update of a row of `lesson`, in SQL: one by the lesson's own author
 * or by an authority that succeeded it (an heir's counts more), the highest feed number, then seq,
 * then lowest id. SQLite takes CROSS JOIN in the order that is written: few records have updates.
 */
#define LATEST_UPDATE(columns)                                                                     \
    "(SELECT " columns " FROM entry e CROSS JOIN feed f ON f.number = e.feed"                      \
    " CROSS JOIN record r ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number"            \
    " CROSS JOIN update_of u ON u.about = r.id CROSS JOIN entry w ON w.number = u.record"          \
    " CROSS JOIN feed g ON g.number = w.feed"                                                      \
    " CROSS JOIN record x ON x.feed = w.feed AND x.seq = w.seq AND x.number = w.number"            \
    " WHERE e.number = lesson.record AND g.network = f.network"                                    \
    " AND CASE e.form WHEN 0 THEN w.form = 0 AND g.authority IN (WITH RECURSIVE heir (id) AS"      \
    " (SELECT f.authority UNION SELECT a.succeeded_by FROM heir h JOIN authority a"                \
    " ON a.network = f.network AND a.id = h.id WHERE a.succeeded_by IS NOT NULL)"                  \
    " SELECT id FROM heir) ELSE u.own END"                                                         \
    " ORDER BY g.authority = f.authority, g.feed DESC, u.turn DESC, x.id LIMIT 1)"

/* Of what one authority, and those that it succeeded, responded to one record with one word the
 * latest has 1, in SQL: of rows of response_of (t), entry (e), feed (f), record (x), and the author
 * in `authority` (a). Whoever is not named counts for each response. */
#define RESPONSE_PLACE                                                                             \
    "row_number() OVER (PARTITION BY t.about, t.response, CASE e.form WHEN 0 THEN"                 \
    " coalesce(a.heir, f.authority) ELSE x.id END"                                                 \
    " ORDER BY f.authority = coalesce(a.heir, f.authority) DESC, f.authority, f.feed DESC,"        \
    " e.seq DESC, x.id)"
/* What is said to the record ?2 in the network ?1. Of what one authority, and those that it
 * succeeded, said with each word the latest has place 1. */
#define SAID_OF                                                                                    \
    "SELECT t.response, t.situation, t.outcome, t.uptake, x.id AS id, e.form AS form,"             \
    " coalesce(a.heir, f.authority) AS author, e.time_ms AS time_ms,"                              \
    " " RESPONSE_PLACE " AS place FROM response_of t"                                              \
    " CROSS JOIN entry e ON e.number = t.record"                                                   \
    " CROSS JOIN feed f ON f.number = e.feed AND f.network = ?1"                                   \
    " CROSS JOIN record x ON x.feed = e.feed AND x.seq = e.seq AND x.number = e.number"            \
    " AND x.in_set AND x.text = 0"                                                                 \
    " LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority"                       \
    " WHERE t.about = ?2"
/* Is that question or challenge answered? An answer that is hidden or was taken back is none; one
 * whose text is only not here is one. */
#define RESPONSE_ANSWERED(id)                                                                      \
    "EXISTS (SELECT 1 FROM reference q CROSS JOIN entry w ON w.number = q.record"                  \
    " AND w.kind = 'response' CROSS JOIN record z ON z.feed = w.feed AND z.seq = w.seq"            \
    " AND z.number = w.number AND z.in_set AND z.text = 0"                                         \
    " WHERE q.target = " id " AND q.relation = 4)"

/* How many independent authorities that tried what a row of `lesson` tells found the same
 * (protocol/evidence.h), in SQL. Of what one authority, and those that it succeeded, said of it the
 * latest counts: its own before theirs, then as above. */
#define REPLICATIONS                                                                               \
    "(SELECT count(*) FROM (SELECT t.uptake AS uptake, t.outcome AS outcome,"                      \
    " row_number() OVER (PARTITION BY coalesce(b.heir, g.authority)"                               \
    " ORDER BY g.authority = coalesce(b.heir, g.authority) DESC, g.authority, g.feed DESC,"        \
    " w.seq DESC, x.id) AS place FROM entry e CROSS JOIN feed f ON f.number = e.feed"              \
    " CROSS JOIN record r ON" ENTRY_ROW                                                            \
    "CROSS JOIN response_of t ON t.about = r.id AND t.response = 'tried'"                          \
    " CROSS JOIN entry w ON w.number = t.record AND w.form = 0"                                    \
    " CROSS JOIN feed g ON g.number = w.feed AND g.network = f.network"                            \
    " CROSS JOIN record x ON x.feed = w.feed AND x.seq = w.seq AND x.number = w.number"            \
    " LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority"                       \
    " LEFT JOIN authority b ON b.network = g.network AND b.id = g.authority"                       \
    " WHERE e.number = lesson.record AND (e.form <> 0 OR"                                          \
    " coalesce(a.heir, f.authority) <> coalesce(b.heir, g.authority)))"                            \
    " WHERE place = 1 AND uptake <> 'rejected' AND outcomes_agree(lesson.outcome, outcome))"

/* --- ahead.c: rows of `wire`, taken apart before they are come to --- */
#define LISTS 7 /* As many as the search index has columns. */
struct lists {
    struct buffer text; /* One list of words after another. */
    size_t ends[LISTS];
    bool said;     /* Of another record, which it leads to. */
    int64_t words; /* In all of them but the filters. */
};
struct bytes lists_one(const struct lists *lists, size_t which);
/* What can be made of a record's body by itself; {0}: nothing. */
struct parts {
    struct document *document; /* As rows_document() has it, */
    struct buffer receipt;     /* or where it is one, its content; */
    struct lists words;        /* and where it is a lesson, what the search finds it by. */
};
void take_apart(const struct kit *kit, const struct record *record, struct bytes packed,
                struct parts *parts);
bool parts_have_words(const struct parts *parts);
void parts_release(struct parts *parts);

struct upcoming {
    int64_t number, of;                /* 0: it is a record. */
    bool has_body;                     /* In this very row. */
    struct span header, proof, packed; /* In what ahead.c keeps of some rows. */
    struct record *record;             /* Of header and proof; NULL: they are damaged. */
    struct parts body;
};
/* The rows of a query for WIRE_COLUMNS, in its order. `threaded`: by a thread that goes ahead of
 * the caller. It is given nothing but bytes: the caller alone reads, within its own transaction,
 * and what is ahead ends with it. So a text that was erased before is not here. */
#define WIRE_COLUMNS "w.number, w.of, w.header, w.proof, w.content"
struct ahead;
struct ahead *ahead_open(struct store *store, sqlite3_stmt *query, bool threaded);
/* *row is NULL at the end; it is there until the next one. */
bool ahead_next(struct ahead *ahead, struct upcoming **row, struct fault *fault);
void ahead_close(struct ahead *ahead);

/* --- pieces.c: the search index, by whoever derives --- */
bool pieces_load(struct store *store, struct fault *fault); /* Before the others, */
bool pieces_keep(struct store *store, struct fault *fault); /* and after. */
void pieces_release(struct store *store);
/* Put a lesson's words into its piece. `again`: it may have had its words there before. Where many
 * come, they come in ascending order of their bodies. */
bool pieces_add(struct store *store, int64_t body, const struct lists *words, bool again,
                struct fault *fault);
/* A lesson is not to be found any more. Its words stay until its piece is made anew, */
bool pieces_drop(struct store *store, int64_t body, struct fault *fault);
/* which must be now where the words of this body are in it, for they must go. */
bool pieces_purge(struct store *store, int64_t body, struct fault *fault);
bool pieces_rebuild(struct store *store, bool *any, struct fault *fault);
/* All filters of a lesson, as one list of words. */
void facets_write(struct buffer *facets, const struct record *record,
                  const struct document *lesson);
/* From now on many lessons at a time are coming, or few. */
bool pieces_expect(struct store *store, bool bulk, struct fault *fault);
/* Is the piece that new lessons go into full? Then it is put in order, and no more go in. */
bool pieces_settle(struct store *store, bool *filled, struct fault *fault);

/* --- words.c: what a word is --- */
bool words_define(struct store *store, struct fault *fault);
void words_release(struct store *store);
/* Called for each word that is searched by: where in the text it stands. Long numbers and e-mail
 * addresses have none. */
typedef void words_visit(void *context, struct bytes word, size_t start, size_t end);
void words_each(struct store *store, struct bytes text, bool begins, words_visit *visit,
                void *context);
/* Append a list of the words of a text, as the index takes it; and go through one. */
void words_list(const struct kit *kit, struct bytes text, struct buffer *list);
void words_listed_each(struct bytes list, words_visit *visit, void *context);
#define WORDS_LISTED "\x01" /* How a list begins; no text does. */
/* Another kit like the store's own, for another thread. False: no memory left. */
bool kit_make(const struct store *store, struct kit *kit);
void kit_release(struct kit *kit);
/* A term that no text has, for a filter: the field's letter and a code. */
void facet_write(struct buffer *to, char field, struct bytes code);
#define FACET_SERVICE 's'
#define FACET_TOPIC 't'
#define FACET_BARRIER 'b'
#define FACET_EVIDENCE 'e'
#define FACET_VOICE 'v' /* Who was asked. */
#define FACET_DRIVER 'd'
#define FACET_FACTOR 'f'
#define FACET_PARTNER 'p'
#define FACET_AUTHORITY 'a' /* In hexadecimal. */
#define FACET_KIND 'k'
/* The columns of texts: five fields by their keys, and all the others together. */
#define WORDS_COLUMNS "title, abstract, what_we_did, what_did_not_work, recommendation, rest"
#define WORDS_TEXTS 6
extern const char *const words_columns[WORDS_TEXTS];
/* What a lesson has in a column; what is put together of several fields is kept in `room`. */
struct bytes words_text(const struct document *lesson, size_t column, struct buffer *room);
#define WORDS_TOKENIZE "candour"

/* --- thesaurus.c --- */
void thesaurus_free(struct thesaurus *thesaurus);

/* --- rank.c: SQL's score(words_N), the better the higher --- */
bool rank_define(struct store *store, fts5_api *api, struct fault *fault);
fts5_api *words_api(struct store *store, struct fault *fault);

/* --- snippet.c --- */
struct phrase {
    struct bytes text; /* As it is asked for, */
    bool begins;       /* and is its last word only how a word begins? */
};
/* The part of the texts where most of the phrases are, with those in [brackets]. Returns a bit for
 * each of the phrases, of which there are 64 at most, that stands in the texts. */
uint64_t snippet_write(struct store *store, const struct bytes *texts, size_t text_count,
                       const struct phrase *phrases, size_t phrase_count, struct buffer *snippet);
/* The same bits of many texts, one after the other. The phrases stay the caller's. */
struct finder;
struct finder *finder_new(struct store *store, const struct phrase *phrases, size_t count);
uint64_t finder_look(const struct finder *finder, const struct bytes *texts, size_t text_count);
void finder_free(struct finder *finder);

/* --- text.c --- */
/* SQL's functions over bodies and headers. */
bool text_define(struct store *store, struct fault *fault);
/* The first 8 bytes of an id as a number in the same order. */
int64_t id_prefix(const uint8_t id[static 8]);

/* --- verify.c, verify_facts.c, verify_rows.c, verify_words.c --- */
#define VERIFIED_TABLES 9
struct verifier {
    struct store *store, *scratch;
    struct store_check *check;
    store_visit *visit;
    void *context;
    bool facts_only;          /* The file of what is derived is damaged. */
    struct progress progress; /* Of what is derived. */
    int64_t *pending;         /* Records that changed since, in ascending order. */
    size_t pending_count;
    uint64_t rows[VERIFIED_TABLES]; /* Derived rows of the records that were come to. */
    struct fault *fault;
};
/* A row of `record`, and what `wire` has for it. */
struct verified {
    struct record *record; /* With its body where that is here and right. */
    struct row row;
};
/* What is wrong with no record in particular. */
void verify_add(struct verifier *verifier, const char *text);
/* One number, by a query that is asked once. */
bool verify_number(struct verifier *verifier, const char *sql, int64_t *number);
/* The same, of what there should be none; else `text` tells. */
bool verify_none(struct verifier *verifier, const char *sql, const char *text);
bool verify_facts(struct verifier *verifier);
bool verify_rows(struct verifier *verifier, const struct verified *verified);
bool verify_rows_all(struct verifier *verifier);
bool verify_words(struct verifier *verifier);

#endif
