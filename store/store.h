#ifndef CANDOUR_STORE_STORE_H
#define CANDOUR_STORE_STORE_H

#include "protocol/compile.h"
#include "protocol/draft.h"
#include "protocol/form.h"
#include "protocol/known_figure.h"
#include "protocol/message.h"
#include "protocol/record.h"
#include "protocol/set.h"
#include "protocol/withhold.h"

/* Everything this node remembers.
 *
 * Facts (records and their bodies, charters, drafts, what is queued, peers) are written and kept,
 * in store.sqlite. Everything else is derived from them (what is searched, and what the views read)
 * and lies beside it in index.sqlite: whoever derives does so behind the facts, in order, and goes
 * on where it was after a crash; the file may be deleted at any time and is built again. Facts are
 * keyed by network id and by where a record stands (its feed, seq and id); nothing of the database
 * behind shows here.
 *
 * One process writes records: the running node, or a command while no node runs (store/store.h does
 * not see to that; node/home.h's lock does). Exceptions are drafts, peers and the queue, which
 * commands write at any time in short transactions. Readers open it read-only and see the last
 * commit. A store is used by one thread at a time, and several threads open several: one
 * writes facts, one moves their log, one derives, others read. Faults are FAULT_SELF, with the path
 * and what to do. */
struct store;

enum store_mode {
    STORE_READ,     /* FAULT_ABSENT where there is none. */
    STORE_WRITE,    /* Facts. Must be there. */
    STORE_CREATE,   /* Facts. Must not be there. */
    STORE_MOVE_LOG, /* Moves its log into the file, and nothing else. */
    STORE_DERIVE,   /* Reads facts, writes what is derived; makes that file where there is none. */
};

/* `url` is "sqlite:PATH", or a path. A store of a newer program is refused with a sentence; one of
 * an older program is brought up to date (STORE_WRITE). What is derived by another program's rules
 * is dropped and derived again (STORE_DERIVE). */
struct store *store_open(const char *url, enum store_mode mode, struct fault *fault);
void store_close(struct store *store);

/* The network this store opens on: all facts below are of that network. */
bool store_set_network(struct store *store, const struct digest *network, struct fault *fault);
bool store_network(struct store *store, struct digest *network); /* False: none yet. */

/* Transactions of the writer. Without one, each call is its own. */
bool store_begin(struct store *store, struct fault *fault);
bool store_commit(struct store *store, struct fault *fault);
void store_rollback(struct store *store);

/* --- The log. What is committed lies in it, as durable as anywhere, until it is moved into the
 * file. A writer does that itself when it has grown to STORE_LOG_BYTES, and its commit takes as
 * long as the disk, unless somebody else sees to it. --- */

#define STORE_LOG_BYTES (64 * 1024 * 1024)
/* From now on this writer does not: somebody else calls store_move_log(). */
void store_leave_log(struct store *store);
/* The size of the log at this writer's last commit; 0 before the first one since then. */
uint64_t store_log_bytes(const struct store *store);
/* Moves what can be moved without waiting for anybody, while others read and write. *moved: how
 * much of the log is in the file by now; 0 where somebody else is moving it. */
bool store_move_log(struct store *store, uint64_t *moved, struct fault *fault);
/* Moves all of it and leaves an empty one: FAULT_ABSENT while a reader needs it. */
bool store_empty_log(struct store *store, struct fault *fault);

/* --- Records. An entry (protocol/set.h) says where one stands; its size is not looked at. --- */

/* Keep a record, new here. To keep it again changes nothing. */
bool store_keep(struct store *store, const struct record *record, bool in,
                const struct public_key *signer, struct fault *fault);
/* Keep the body of a record that is here without one. */
bool store_keep_body(struct store *store, const struct record *record, struct fault *fault);
/* A record enters the set, or leaves it; then its body goes as an erased one does. */
bool store_move(struct store *store, const struct entry *entry, bool in, struct fault *fault);
/* Its text is hidden, erased (then the body goes now, and what is derived from it when it is
 * derived next), or stands (again, but for a body that went). */
bool store_set_text(struct store *store, const struct entry *entry, enum text_standing text,
                    struct fault *fault);
/* The body has expired: it goes in the same way. */
bool store_drop_body(struct store *store, const struct entry *entry, struct fault *fault);

/* The record that stands there, without its body where `body` is false or there is none. NULL with
 * FAULT_ABSENT when it is not here. The caller frees it. */
struct record *store_read(struct store *store, const struct entry *entry, bool body,
                          struct fault *fault);
/* The same to be passed on: nothing is hashed, for whoever gets it does so; of its body only the
 * size is looked at. */
struct record *store_read_unchecked(struct store *store, const struct entry *entry, bool body,
                                    struct fault *fault);
/* The same as store_read() by its id alone, for people: slower while what is derived is behind. */
struct record *store_find(struct store *store, const struct digest *id, bool body,
                          struct fault *fault);
/* What its body says, to be shown: without what the gate would not let out (protocol/withhold.h).
 * NULL where it is not here, not readable, or of a kind that this candour does not know. */
struct document *store_document(struct store *store, const struct record *record,
                                struct withheld *withheld);
/* The one record whose id begins with these hex digits (at least 6). */
bool store_resolve(struct store *store, const char *prefix, struct digest *id, struct fault *fault);
/* Who reads many does so between these two: then files are locked once for all of them. */
bool store_begin_reading(struct store *store, struct fault *fault);
void store_end_reading(struct store *store);

/* What a replica needs at its start, of every record, in the order of feed, seq and id. The record
 * itself, header and proof, where the replica must be given it (protocol/replica.h). */
typedef bool store_visit_skeleton(void *context, const struct skeleton *skeleton,
                                  struct fault *fault);
bool store_each_skeleton(struct store *store, store_visit_skeleton *visit, void *context,
                         struct fault *fault);

struct stored {
    struct record *record; /* Header and proof; the body only where asked for, and never of a text
                              that is hidden. Freed after the call. */
    bool in;
    enum text_standing text;
    bool has_signer;
    struct public_key signer;
};
typedef bool store_visit(void *context, const struct stored *stored, struct fault *fault);
/* Which records: those since `since_ms`, after a place where an earlier call stopped (NULL: from
 * the start). */
struct selection {
    int64_t since_ms;
    const struct entry *after;
    bool bodiless; /* Only those without a body that was neither erased nor expired. */
};
/* Ancestors before descendants within a feed. Needs nothing of what is derived, and no more memory
 * for more records. */
bool store_each(struct store *store, bool bodies, const struct selection *selection,
                store_visit *visit, void *context, struct fault *fault);
/* All that an authority has signed, in this network and those before it, oldest first, with what is
 * here of the bodies. Needs nothing of what is derived. */
bool store_each_of(struct store *store, const struct digest *authority, store_visit *visit,
                   void *context, struct fault *fault);
/* Records in the set that refer to this one (updates, responses), oldest first. */
bool store_each_about(struct store *store, const struct digest *id, store_visit *visit,
                      void *context, struct fault *fault);
/* How many authorities responded what to it; each counts once, by the latest that it said. Whoever
 * is not named counts for each response, so these are at most so many: they may be one, and among
 * the named. */
struct responses {
    uint64_t same_here, fixed, not_here; /* Have it or had it, of which so many put it right. */
    uint64_t tried, worked, did_not_work;
    uint64_t same_here_least, tried_least; /* So many at least. */
    uint64_t open;                         /* Questions and challenges that nobody has answered. */
    uint64_t replications;                 /* Of a lesson: protocol/evidence.h. */
};
bool store_responses(struct store *store, const struct digest *id, struct responses *responses,
                     struct fault *fault);

/* The labels that stand on it, by label and authority, as they may be shown. Of one authority's
 * that say the same the latest stands. */
struct label {
    struct digest authority, record;
    const char *label, *why; /* "" where it says no why. */
    int64_t expiry_ms;
    bool has_same_as;
    struct digest same_as;
};
typedef bool store_visit_label(void *context, const struct label *label, struct fault *fault);
bool store_each_label(struct store *store, const struct digest *id, store_visit_label *visit,
                      void *context, struct fault *fault);

/* The issues that are one matter with this one (or lessons, with a lesson), itself among them; of
 * what is none of these, or does not stand, itself alone. The first is the one that was published
 * first, of those that name no other as the same. `honoured`: authorities whose labels count, and
 * whose issues join all of those that they name; another's joins itself to one. */
#define ISSUE_GROUP_MOST 512
struct issue_group {
    struct digest ids[ISSUE_GROUP_MOST];
    size_t count;
    bool more; /* There are others than these. */
};
bool store_issue_group(struct store *store, const struct digest *id, const struct digest *honoured,
                       size_t honoured_count, struct issue_group *group, struct fault *fault);

/* What nobody has said anything to, of what was published before a time: the oldest first, at most
 * `limit` of it. */
struct silence {
    enum {
        SILENT_QUESTIONS, /* Questions and challenges that nobody has answered, */
        SILENT_LESSONS,   /* lessons of which their authors never said how they went on, */
        SILENT_ISSUES     /* and issues that nobody has put right, those that are the same once. */
    } what;
    int64_t before_ms;
    size_t limit;
    const struct digest *honoured; /* As for store_issue_group(). */
    size_t honoured_count;
};
struct silent_record {
    struct digest id;
    const char *kind, *title; /* Of a question: what it asks. */
    bool anonymous;
    const char *authority_name; /* From the charter kept last; empty where it is not known. */
    int64_t time_ms;
};
typedef bool store_visit_silent(void *context, const struct silent_record *at, struct fault *fault);
bool store_each_silent(struct store *store, const struct silence *silence,
                       store_visit_silent *visit, void *context, struct fault *fault);

/* How many lessons an authority has published under its name, and how many of them tell of nothing
 * that did not work. For itself alone. */
bool store_success_only(struct store *store, const struct digest *authority, uint64_t *lessons,
                        uint64_t *successes, struct fault *fault);

/* The last record of a feed in the set: its seq, 0 where there is none, and its id. Of branches the
 * longest, as set_head() has it. */
bool store_feed_head(struct store *store, const struct feed *feed, uint64_t *seq, struct digest *id,
                     struct fault *fault);

/* Nothing here is counted row by row. */
struct store_counts {
    uint64_t records; /* In the set; those aside come beside them. */
    uint64_t aside, bodies, erased, lessons, updates, indicators, snapshots, queued;
    uint64_t drafts;    /* Neither published nor rejected. */
    uint64_t underived; /* Changes that what is derived does not have yet. */
    uint64_t bytes;     /* Of both files. */
};
bool store_count(struct store *store, struct store_counts *counts, struct fault *fault);
/* Records that a search does not find yet. A charter is a change too, and no record. */
uint64_t store_not_searchable(const struct store_counts *counts);

/* --- What is derived (STORE_DERIVE) --- */

/* Take in up to `most` changes of the facts, in one transaction; `*left` says how many there are
 * still, about. `bulk`: far behind, so the search index is filled in large pieces and put in order
 * when a piece is full. Where a text was erased, what the index had of it is gone from its file
 * when this returns. */
bool store_derive(struct store *store, size_t most, bool bulk, uint64_t *left, struct fault *fault);

/* Up to which change the index is purged: what was erased until then is out of its file. It may be
 * derived further than that, where somebody read it just then (*all is false; NULL: not asked):
 * store_derive() tries again. */
uint64_t store_index_purged(struct store *store, bool *all);

/* --- Texts that were erased, and receipts --- */

/* On the writer's side: texts erased up to this change are out of the index. Makes sure that they
 * are out of the facts' files as well, and notes them as purged. False with FAULT_ABSENT while a
 * reader holds the old pages, and where more was erased after that change: try again later.
 * `again`: an erased text may have come once more, and was refused (by the queue, say): it is
 * looked to even where nothing waits to be purged. */
bool store_purged(struct store *store, uint64_t derived, bool again, int64_t now_ms,
                  struct fault *fault);
/* Purged ones that no own receipt confirms yet, oldest first, and since when they wait. */
bool store_unreceipted(struct store *store, struct digest *ids, size_t most, size_t *count,
                       int64_t *since_ms, struct fault *fault);
/* This own record is the receipt for those. */
bool store_receipted(struct store *store, const struct digest *ids, size_t count,
                     const struct digest *receipt, struct fault *fault);
/* Who has confirmed that this record's text is gone, by records of kind receipt in the set: the
 * authorities, each once, and when. */
typedef bool store_visit_receipt(void *context, const struct digest *authority, int64_t time_ms,
                                 struct fault *fault);
bool store_each_receipt(struct store *store, const struct digest *erased,
                        store_visit_receipt *visit, void *context, struct fault *fault);

/* --- What should not have been published (protocol/withhold.h) --- */

/* Who derives, when nothing else is to be done (STORE_DERIVE): look through `most` more texts by
 * the gate's rules, and note what it finds that identifies somebody. *more: there are others. */
bool store_inspect(struct store *store, size_t most, bool *more, struct fault *fault);

/* What it found in texts that stand, by named authors who were not told of that: by author and
 * record, and of each author at most NOTICES_MAX. */
typedef bool store_visit_untold(void *context, const struct digest *author,
                                const struct notice *notice, struct fault *fault);
bool store_each_untold(struct store *store, store_visit_untold *visit, void *context,
                       struct fault *fault);
/* They were, of what these rules have found in these records. */
bool store_told(struct store *store, struct bytes rules, const struct digest *ids, size_t count,
                struct fault *fault);

/* What somebody says of own records: at most NOTICES_MAX. Of one sender are kept, beside those that
 * were dismissed and those of erased texts, so many of a record and so many in all: nobody can take
 * the room of another. */
#define NOTICES_OF_RECORD 16
#define NOTICES_OF_SENDER 256
struct notices_said {
    const struct digest *authority;
    struct bytes rules;
    const struct notice *notices;
    size_t count;
    int64_t now_ms;
};
/* `known`: the records of which something that was said is kept, now or from before. */
bool store_keep_notices(struct store *store, const struct notices_said *said,
                        struct digest known[NOTICES_MAX], size_t *known_count, struct fault *fault);
struct stored_notice {
    struct digest id, authority;
    const char *field, *class, *rules;
    int64_t came_ms;
};
/* Those of texts that are neither erased nor superseded, and that nobody dismissed: text by text,
 * those first of which something was said first. */
typedef bool store_visit_notice(void *context, const struct stored_notice *notice,
                                struct fault *fault);
bool store_each_notice(struct store *store, store_visit_notice *visit, void *context,
                       struct fault *fault);
/* A person has looked: nothing of that is so. FAULT_ABSENT where nobody said anything of it. */
bool store_dismiss_notices(struct store *store, const struct digest *id, struct fault *fault);

/* --- Charters: each state as it was installed; the last one stands. --- */
bool store_keep_charter(struct store *store, struct bytes bundle, int64_t now_ms,
                        struct fault *fault);
typedef bool store_visit_bytes(void *context, struct bytes bytes, struct fault *fault);
bool store_each_charter(struct store *store, store_visit_bytes *visit, void *context,
                        struct fault *fault);
/* All of them as one, as they are in force here. FAULT_ABSENT where no network was joined. The
 * caller frees it. */
struct charter *store_charter(struct store *store, struct fault *fault);

/* --- Drafts: what has not left the house. Numbers count from 1. --- */
/* Of what one that is changed said before, nothing stays in the file; what is in the log goes when
 * that is emptied, at once where nobody reads. */
bool store_put_draft(struct store *store, uint64_t *number /* 0: new */, const struct draft *draft,
                     struct fault *fault);
struct draft *store_get_draft(struct store *store, uint64_t number, struct fault *fault);
/* Nothing of it stays, as when one is changed. FAULT_ABSENT for one that is approved, claimed or
 * published. */
bool store_delete_draft(struct store *store, uint64_t number, struct fault *fault);
/* The node is about to sign it: from now on nobody changes it (FAULT_ABSENT for who tries). False
 * with FAULT_ABSENT where it is not due to be signed (any more), or was claimed before. Claims end
 * with the process that made them: store_unclaim_drafts() at its start. */
bool store_claim_draft(struct store *store, uint64_t number, int64_t now_ms, struct fault *fault);
bool store_unclaim_drafts(struct store *store, struct fault *fault);
/* The node does not sign what it claimed: as `draft` has it, it is people's again. */
bool store_return_draft(struct store *store, uint64_t number, const struct draft *draft,
                        struct fault *fault);
/* The record that a draft became. Its text is kept with the record alone from then on, so that it
 * goes when that is erased: of a published draft there is only the record's id. */
bool store_draft_published(struct store *store, uint64_t number, const struct digest *id,
                           struct fault *fault);
/* Nothing of what was published stays either: not in a transaction, and FAULT_ABSENT while a reader
 * needs the log. For when the writer has nothing else to do. */
bool store_purge_drafts(struct store *store, struct fault *fault);
bool store_draft_record(struct store *store, uint64_t number, struct digest *id,
                        struct fault *fault);
/* Either the draft, or the record that it became; or neither, where its row cannot be read and
 * `fault` says so: the others are there all the same. */
typedef bool store_visit_draft(void *context, uint64_t number, const struct draft *draft,
                               const struct digest *record, struct fault *fault);
bool store_each_draft(struct store *store, store_visit_draft *visit, void *context,
                      struct fault *fault);
bool store_each_approved(struct store *store, store_visit_draft *visit, void *context,
                         struct fault *fault);
/* Changes whenever a command left something (drafts, peers, the queue): the node looks only then.
 */
uint64_t store_generation(struct store *store);

/* --- The queue: what commands leave for the running node. --- */
enum queue_kind {
    QUEUE_RECORD,  /* A record from a file, */
    QUEUE_CHARTER, /* a charter. */
    QUEUE_SYNC,    /* Compare with every peer now; the answer's text is how many are asked. */
    QUEUE_WHY,     /* Tell of a record; the answer's text is JSON. */
    QUEUE_KINDS
};
bool store_queue(struct store *store, enum queue_kind kind, struct bytes bytes, uint64_t *ticket,
                 struct fault *fault);
/* The oldest unanswered one after `*ticket` (0: the first): answers may come later, and in any
 * order. FAULT_ABSENT: none. */
bool store_queue_next(struct store *store, uint64_t *ticket, enum queue_kind *kind,
                      struct buffer *bytes, struct fault *fault);
bool store_queue_answer(struct store *store, uint64_t ticket, enum fault_kind kind,
                        const char *text, struct fault *fault);
/* False with FAULT_ABSENT while it waits; then what the node said (and the row is removed). */
bool store_queue_outcome(struct store *store, uint64_t ticket, enum fault_kind *kind, char *text,
                         size_t text_size, struct fault *fault);

/* --- Peers: whom this node dials, as a person chose. None: as the charter says. --- */
struct chosen_peer {
    struct digest authority;
    char endpoint[ENDPOINT_MAX + 1]; /* Empty: as the member's card says. */
};
/* These take the place of those chosen before. */
bool store_put_peers(struct store *store, const struct chosen_peer *peers, size_t count,
                     struct fault *fault);
/* In the order they were put; `*count` is at most `most`. */
bool store_get_peers(struct store *store, struct chosen_peer *peers, size_t most, size_t *count,
                     struct fault *fault);

/* --- Small values of the node: its status for other processes, heads it signed, ... --- */
bool store_put_value(struct store *store, const char *name, struct bytes value,
                     struct fault *fault);
bool store_get_value(struct store *store, const char *name, struct buffer *value,
                     struct fault *fault);

/* --- Figures, to be compared (protocol/comparison.h) --- */

/* Those of an indicator, as named members published them, each authority's in the order in which it
 * said them. `note`: until when it is under an embargo, or "". */
typedef bool store_visit_figure(void *context, const struct known_figure *figure, const char *note,
                                struct fault *fault);
bool store_each_figure(struct store *store, const struct figure_key *key, int64_t now_ms,
                       store_visit_figure *visit, void *context, struct fault *fault);

/* What named members say in records of a kind, as it may be shown, in the same order. */
typedef bool store_visit_document(void *context, const struct digest *authority,
                                  const struct document *document, struct fault *fault);
bool store_each_document(struct store *store, const char *kind, store_visit_document *visit,
                         void *context, struct fault *fault);

/* Who has spoken of a service (a code of the vocabulary): in lessons, in issues, and in responses
 * to them that say how it is with oneself. A named author's authority, perhaps more than once; else
 * NULL, and the record without its body. */
typedef bool store_visit_speaker(void *context, const struct digest *authority,
                                 const struct record *record, struct fault *fault);
bool store_each_speaker(struct store *store, const char *service, store_visit_speaker *visit,
                        void *context, struct fault *fault);

/* Records of a kind other than lessons, in the order in which they came, whose texts have all of
 * the words, by the rules of a search (store/search.h); of those alone that `may` (NULL: all) says
 * yes to. The record is without its body, which is `document`; that may be looked into before. */
typedef bool store_may_match(const struct document *document);
typedef bool store_visit_matching(void *context, const struct record *record,
                                  const struct document *document, struct fault *fault);
bool store_each_matching(struct store *store, const char *kind, struct bytes words,
                         store_may_match *may, store_visit_matching *visit, void *context,
                         struct fault *fault);

/* --- What is compiled (protocol/compile.h) --- */

/* Lessons, issues, and what is responded to them, as codes, in any order. A fact's topic lives as
 * long as the call. `honoured`: whose labels count for what is the same, as of store_issue_group().
 */
typedef bool store_visit_fact(void *context, const struct compile_fact *fact, struct fault *fault);
bool store_each_fact(struct store *store, const struct digest *honoured, size_t honoured_count,
                     store_visit_fact *visit, void *context, struct fault *fault);

/* Summaries that cite what an authority, or one that it succeeded, or this house without a name,
 * has published: the latest first, and of each record by record. The title as it may be shown. */
struct citation {
    struct digest summary, cited;
    int64_t time_ms;
    const char *title;
    uint64_t answers;    /* To what the summary asks; */
    int64_t answered_ms; /* the latest of them, 0: none. */
};
typedef bool store_visit_citation(void *context, const struct citation *citation,
                                  struct fault *fault);
bool store_each_citation(struct store *store, const struct digest *authority,
                         store_visit_citation *visit, void *context, struct fault *fault);

/* --- Public figures and places, to compare with --- */

/* Public figures from a file, which nobody signed: they stay in the house. One takes the place of
 * an earlier one for the same key, area and period. `note`: the source. */
bool store_put_reference(struct store *store, const char *source, const struct figure_key *key,
                         const struct known_figure *figure, struct fault *fault);
bool store_each_reference(struct store *store, const struct figure_key *key,
                          store_visit_figure *visit, void *context, struct fault *fault);

/* What kind of places there are, likewise. */
struct reference_trait {
    const char *name; /* Such as pct_65_plus. */
    double value;
    const char *period; /* May be empty. */
};
struct reference_place {
    const char *area, *name;
    const char *type; /* As on a card; may be empty. */
    const char *source;
    const struct reference_trait *traits;
    size_t trait_count;
};
bool store_put_reference_place(struct store *store, const struct reference_place *place,
                               struct fault *fault);
/* Place by place, with one trait at a time. */
typedef bool store_visit_place(void *context, const struct reference_place *place,
                               struct fault *fault);
bool store_each_reference_place(struct store *store, store_visit_place *visit, void *context,
                                struct fault *fault);

/* --- Upkeep --- */

/* Drop what is derived and derive all of it again (STORE_DERIVE). `progress` may be NULL. */
typedef void store_progress(void *context, uint64_t done, uint64_t total);
bool store_reindex(struct store *store, store_progress *progress, void *context,
                   struct fault *fault);

/* A consistent copy of the facts into a new file, while others write. */
bool store_backup(struct store *store, const char *path, store_progress *progress, void *context,
                  struct fault *fault);

struct store_check {
    uint64_t checked;
    uint64_t underived; /* Changes that what is derived does not have yet: not compared. */
    struct {
        struct digest id;
        char text[160];
    } bad[64];
    uint64_t bad_count; /* May be more than the 64 told. */
};
/* Read every record, body and derived row again: ids, commitments, chains, rows, SQLite's own
 * check; of derived ones those that should be there by now. Signatures are the caller's to check,
 * in `visit` (it may add to bad through store_check_add()). */
bool store_verify(struct store *store, struct store_check *check, store_visit *visit, void *context,
                  struct fault *fault);
void store_check_add(struct store_check *check, const struct digest *id, const char *text);

/* Read-only SQL over the documented views (docs/store.md). A value's text is NULL for SQL's NULL.
 * FAULT_INPUT for what is not one SELECT over the views. Stops after `limit_ms`. An answer without
 * a row is one visit with the names of its columns and NULL for values. */
struct sql_value {
    const char *text;
    size_t size;
    bool number; /* An integer or a real: not quoted in JSON. */
};
typedef bool store_visit_row(void *context, const char *const *names,
                             const struct sql_value *values, size_t count, struct fault *fault);
bool store_sql(struct store *store, const char *select, int64_t limit_ms, store_visit_row *visit,
               void *context, struct fault *fault);

#endif
