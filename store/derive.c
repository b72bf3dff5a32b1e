#include "store/internal.h"

#include <assert.h>
#include <stdlib.h>

/* Deriving goes by change, behind the facts: first through what changed about records that are
 * derived already, so that nothing hidden or erased waits for a long catch-up, then through new
 * rows of `wire` in the order in which they came. How far it came is written in the same
 * transaction as what it made, so that a crash loses nothing. */

enum sql {
    BEGIN,
    LOCK,
    COMMIT,
    ROLLBACK,
    CHANGES,
    ROWS,
    ROW,
    LATE_BODIES,
    STANDS,
    FIND_ENTRY,
    ADD_FORK,
    REMOVE_FORK,
    ANY_FOLLOWED,
    HAS_FOLLOWED,
    REFRESH,
    REFRESH_ALL,
    SNAPSHOTS,
    TALLY,
    PROGRESS,
    PURGED,
    QUERIES
};

#define HOW_IT_STANDS                                                                              \
    "(latest, outcome_now, stage_now) = (SELECT * FROM " LATEST_UPDATE(                            \
        "u.record, u.outcome, u.stage") " UNION ALL"                                               \
                                        " SELECT NULL, lesson.outcome, lesson.stage ORDER BY 1 "   \
                                        "DESC LIMIT 1), replications = " REPLICATIONS

static const char *const sql[QUERIES] = {
    /* Facts are only read here, so that only what is derived is locked. */
    [BEGIN] = "BEGIN",
    [LOCK] = "UPDATE progress SET one = 1",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [CHANGES] = "SELECT place, record FROM changed WHERE place > ?1 ORDER BY place LIMIT ?2",
    [ROWS] = "SELECT " WIRE_COLUMNS " FROM wire w WHERE w.number > ?1 ORDER BY w.number LIMIT ?2",
    [ROW] = "SELECT " WIRE_COLUMNS " FROM wire w WHERE w.number = ?1",
    [LATE_BODIES] = "SELECT number FROM wire WHERE of = ?1",
    [STANDS] = "SELECT number, in_set, text, body, (SELECT count(*) FROM record"
               " WHERE feed = ?1 AND seq = ?2 AND in_set) > 1 FROM record"
               " WHERE feed = ?1 AND seq = ?2 AND id = ?3",
    [FIND_ENTRY] = "SELECT coalesce(l.body, s.body, 0) FROM entry e"
                   " LEFT JOIN lesson l ON l.body = e.body"
                   " LEFT JOIN searched s ON s.body = e.body WHERE e.number = ?1",
    [ADD_FORK] = "INSERT OR IGNORE INTO fork (feed, seq) VALUES (?1, ?2)",
    [REMOVE_FORK] = "DELETE FROM fork WHERE feed = ?1 AND seq = ?2",
    [HAS_FOLLOWED] = "SELECT EXISTS (SELECT 1 FROM update_of WHERE about = ?1)"
                     " OR EXISTS (SELECT 1 FROM response_of WHERE about = ?1)",
    [ANY_FOLLOWED] = "SELECT EXISTS (SELECT 1 FROM update_of)"
                     " OR EXISTS (SELECT 1 FROM response_of)",
    [REFRESH] = "UPDATE lesson SET " HOW_IT_STANDS " WHERE body IN"
                " (SELECT e.body FROM entry e JOIN record r ON r.feed = e.feed AND r.seq = e.seq"
                " AND r.number = e.number WHERE e.prefix = id_prefix(?1) AND r.id = ?1)",
    [REFRESH_ALL] = "UPDATE lesson SET " HOW_IT_STANDS
                    " WHERE latest IS NOT NULL OR replications > 0 OR record IN"
                    " (SELECT e.number FROM (SELECT about FROM update_of UNION"
                    " SELECT about FROM response_of WHERE response = 'tried') u"
                    " JOIN entry e ON e.prefix = id_prefix(u.about))",
    [SNAPSHOTS] = "SELECT number FROM entry WHERE kind <> 'lesson' AND kind = 'snapshot'"
                  " AND body <> 0 ORDER BY number",
    [TALLY] = "INSERT INTO tally (network, kind, records) VALUES (?1, ?2, ?3)"
              " ON CONFLICT DO UPDATE SET records = records + excluded.records",
    [PROGRESS] = "UPDATE progress SET number = ?1, last = ?2, place = ?3, purged = ?4",
    [PURGED] = "UPDATE progress SET purged = place",
};
const struct wall derive_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    return statement(store, WALL_DERIVE, (int)query);
}

static const char doing[] = "deriving";

/* Kinds that are counted. */
static const char *const counted[] = {"lesson", "update", "indicator", "snapshot"};
#define COUNTED (sizeof counted / sizeof *counted)

/* One call of store_derive(). */
struct derivation {
    struct store *store;
    struct progress from, to; /* Where it began, and how far it has come. */
    bool fresh;               /* At a new row, not at a change of an old one. */
    bool charter;             /* Another one was kept. */
    bool snapshots;           /* The texts of a snapshot must go. */
    bool cleaned;             /* Something was made anew so that a text goes. */
    struct digest *touched;   /* Lessons that may stand otherwise now. */
    size_t touched_count;
    bool followed;   /* There is an update of anything, or a response. */
    int64_t network; /* Whose records these are more or fewer: */
    int64_t tallies[COUNTED];
    struct fault *fault;
};

/* --- How lessons stand now --- */

static bool refresh(struct derivation *derivation, const struct digest *lesson)
{
    sqlite3_stmt *query = start(derivation->store, REFRESH);

    bind_digest(query, 1, lesson);
    return run(derivation->store, query, doing, derivation->fault);
}

static int compare_ids(const void *a, const void *b)
{
    return digest_compare(a, b);
}

/* Once for each, however much was said of it: how it stands is read from all of that. */
static bool refresh_touched(struct derivation *derivation)
{
    struct digest *touched = derivation->touched;
    bool done = true;

    if (derivation->touched_count > 0)
        qsort(touched, derivation->touched_count, sizeof *touched, compare_ids);
    for (size_t i = 0; done && i < derivation->touched_count; i++)
        if (i == 0 || !digest_equal(&touched[i], &touched[i - 1]))
            done = refresh(derivation, &touched[i]);
    derivation->touched_count = 0;
    return done;
}

#define TOUCHED_MOST 4096

static bool touch(struct derivation *derivation, const struct digest *lesson)
{
    if (derivation->touched == NULL)
        derivation->touched = memory_new(TOUCHED_MOST, sizeof *derivation->touched);
    derivation->touched[derivation->touched_count++] = *lesson;
    return derivation->touched_count < TOUCHED_MOST || refresh_touched(derivation);
}

static bool touch_lesson(struct derivation *derivation, const struct digest *lesson)
{
    int64_t has = 0;

    if (!derivation->followed)
        return true;
    sqlite3_stmt *query = start(derivation->store, HAS_FOLLOWED);
    bind_digest(query, 1, lesson);
    return run_number(derivation->store, query, &has, doing, derivation->fault) &&
           (has == 0 || touch(derivation, lesson));
}

/* A record that came or went may be a lesson, or may have said how one stands. */
static bool touch_lessons(struct derivation *derivation, const struct record *record)
{
    const struct header *header = record_header(record);

    if (bytes_equal(header->kind, bytes_of_text("lesson")))
        return touch_lesson(derivation, record_id(record));
    if (!bytes_equal(header->kind, bytes_of_text("update")) &&
        !bytes_equal(header->kind, bytes_of_text("response")))
        return true;
    derivation->followed = true;
    for (size_t i = 0; i < header->reference_count; i++)
        if (header->references[i].relation == RELATION_ABOUT &&
            !touch(derivation, &header->references[i].id))
            return false;
    return true;
}

static bool charter_derive(struct derivation *derivation)
{
    struct store *store = derivation->store;

    return authorities_derive(store, derivation->fault) &&
           run(store, start(store, REFRESH_ALL), doing, derivation->fault);
}

/* --- One record --- */

/* A record as it is here now. */
struct subject {
    int64_t number, network;
    struct record *record; /* Header and proof. */
    struct row row;
    bool forked; /* There is another one in its place. */
};

static bool subject_find(struct derivation *derivation, struct subject *subject)
{
    struct store *store = derivation->store;
    struct entry entry = record_entry(subject->record);
    struct row *row = &subject->row;

    *row = (struct row){.seq = (int64_t)entry.seq, .id = entry.id};
    if (!network_number(store, &record_header(subject->record)->network, &subject->network,
                        derivation->fault) ||
        !feed_number(store, subject->network, &entry.feed, NUMBER_FIND, &row->feed,
                     derivation->fault))
        return false;
    sqlite3_stmt *query = start(store, STANDS);
    bind_number(query, 1, row->feed);
    bind_number(query, 2, row->seq);
    bind_digest(query, 3, &row->id);
    int answer = step(store, query, doing, derivation->fault);
    row->number = sqlite3_column_int64(query, 0);
    row->in = sqlite3_column_int(query, 1) != 0;
    row->text = (enum text_standing)sqlite3_column_int(query, 2);
    row->body = sqlite3_column_int64(query, 3);
    subject->forked = sqlite3_column_int(query, 4) != 0;
    finish(query);
    if (answer == SQLITE_DONE)
        fault_set(derivation->fault, FAULT_SELF,
                  "store %s: a record has no row: candour verify tells which", store->path);
    return answer == SQLITE_ROW;
}

static bool is_damaged(struct derivation *derivation)
{
    return fault_set(derivation->fault, FAULT_SELF,
                     "store %s: a record is damaged: candour verify tells which",
                     derivation->store->path);
}

static bool tallies_keep(struct derivation *derivation)
{
    for (size_t i = 0; i < COUNTED; i++) {
        if (derivation->tallies[i] == 0)
            continue;
        sqlite3_stmt *query = start(derivation->store, TALLY);
        bind_number(query, 1, derivation->network);
        bind_word(query, 2, counted[i]);
        bind_number(query, 3, derivation->tallies[i]);
        derivation->tallies[i] = 0;
        if (!run(derivation->store, query, doing, derivation->fault))
            return false;
    }
    return true;
}

static bool tally(struct derivation *derivation, const struct subject *subject, int change)
{
    struct bytes kind = record_header(subject->record)->kind;

    if (subject->network != derivation->network && !tallies_keep(derivation))
        return false;
    derivation->network = subject->network;
    for (size_t i = 0; i < COUNTED; i++)
        if (bytes_equal(kind, bytes_of_text(counted[i])))
            derivation->tallies[i] += change;
    return true;
}

/* A new record can only begin a fork, another one may have ended it. */
static bool fork_note(struct derivation *derivation, const struct subject *subject)
{
    struct store *store = derivation->store;

    if (record_header(subject->record)->author.form != AUTHOR_NAMED ||
        (!subject->forked && derivation->fresh))
        return true;
    sqlite3_stmt *query = start(store, subject->forked ? ADD_FORK : REMOVE_FORK);
    bind_number(query, 1, subject->row.feed);
    bind_number(query, 2, subject->row.seq);
    return run(store, query, doing, derivation->fault);
}

/* Add its rows, its body's where that may be shown and has been come to. */
static bool add(struct derivation *derivation, const struct subject *subject, int64_t body,
                const struct parts *parts)
{
    struct store *store = derivation->store;
    const struct derivable from = {.number = subject->number,
                                   .feed = subject->row.feed,
                                   .seq = subject->row.seq,
                                   .body = body,
                                   .record = subject->record,
                                   .document = parts->document,
                                   .content = buffer_view(&parts->receipt)};
    bool again = !derivation->fresh || body != derivation->to.number;

    return rows_add(store, &from, derivation->fault) && tally(derivation, subject, 1) &&
           (!parts_have_words(parts) ||
            pieces_add(store, body, &parts->words, again, derivation->fault));
}

static bool add_with_body_of(struct derivation *derivation, const struct subject *subject,
                             int64_t body)
{
    struct store *store = derivation->store;
    struct parts parts = {0};
    sqlite3_stmt *query = start(store, ROW);
    bool found;

    bind_number(query, 1, body);
    bool done = step(store, query, doing, derivation->fault) == SQLITE_ROW;
    if (done)
        take_apart(&store->kit, subject->record, column_bytes(query, 4), &parts);
    /* Who looks through texts has passed it. */
    if (done && body <= derivation->from.inspected)
        done = inspect_body(store, subject->number, record_header(subject->record)->kind,
                            column_bytes(query, 4), &found, derivation->fault);
    finish(query);
    done = done && add(derivation, subject, body, &parts);
    parts_release(&parts);
    return done;
}

/* The body's content is in the very row that is being derived from, or in another one. */
static bool add_with_body(struct derivation *derivation, const struct subject *subject,
                          const struct upcoming *row)
{
    static const struct parts none;
    int64_t body = subject->row.body;

    if (subject->row.text != TEXT_STANDS || body <= 0 || body > derivation->to.number)
        return add(derivation, subject, BODY_NONE, &none);
    if (row != NULL && row->has_body && body == row->number)
        return add(derivation, subject, body, &row->body);
    return add_with_body_of(derivation, subject, body);
}

static bool derive_new(struct derivation *derivation, const struct upcoming *row)
{
    struct subject subject = {.number = row->number, .record = row->record};

    if (row->record == NULL)
        return is_damaged(derivation);
    derivation->to.last = *record_id(row->record);
    return subject_find(derivation, &subject) &&
           (!subject.row.in ||
            (add_with_body(derivation, &subject, row) && fork_note(derivation, &subject) &&
             touch_lessons(derivation, row->record)));
}

/* --- A record that changed --- */

static bool remove_rows(struct derivation *derivation, const struct subject *subject)
{
    struct store *store = derivation->store;
    sqlite3_stmt *query = start(store, FIND_ENTRY);

    bind_number(query, 1, subject->number);
    int answer = step(store, query, doing, derivation->fault);
    int64_t text = sqlite3_column_int64(query, 0);
    finish(query);
    if (answer != SQLITE_ROW)
        return answer == SQLITE_DONE;
    return rows_remove(store, subject->number, derivation->fault) &&
           tally(derivation, subject, -1) &&
           (text == 0 || pieces_drop(store, text, derivation->fault));
}

/* Whatever the index may have of its text must go: also what stayed behind when it was hidden. */
static bool purge(struct derivation *derivation, const struct subject *subject)
{
    struct store *store = derivation->store;
    sqlite3_stmt *query = start(store, LATE_BODIES);
    int answer;
    bool done = pieces_purge(store, subject->number, derivation->fault);

    bind_number(query, 1, subject->number);
    while (done && (answer = step(store, query, doing, derivation->fault)) == SQLITE_ROW)
        done = pieces_purge(store, sqlite3_column_int64(query, 0), derivation->fault);
    finish(query);
    if (bytes_equal(record_header(subject->record)->kind, bytes_of_text("snapshot")))
        derivation->snapshots = true;
    return done && answer == SQLITE_DONE;
}

static bool derive_again(struct derivation *derivation, const struct subject *subject)
{
    const struct row *row = &subject->row;
    bool gone = !row->in || row->text == TEXT_ERASED || row->body == BODY_EXPIRED_ROW;

    return remove_rows(derivation, subject) && (!gone || purge(derivation, subject)) &&
           (!row->in || add_with_body(derivation, subject, NULL)) &&
           fork_note(derivation, subject) && touch_lessons(derivation, subject->record);
}

static bool subject_load(struct derivation *derivation, int64_t number, struct subject *subject)
{
    struct store *store = derivation->store;
    sqlite3_stmt *query = start(store, ROW);
    struct fault ignored;

    *subject = (struct subject){.number = number};
    bind_number(query, 1, number);
    bool done = step(store, query, doing, derivation->fault) == SQLITE_ROW;
    if (done)
        subject->record = record_join(column_bytes(query, 2), column_bytes(query, 3), NULL,
                                      (struct bytes){0}, &ignored);
    finish(query);
    return done && (subject->record != NULL || is_damaged(derivation)) &&
           subject_find(derivation, subject);
}

static bool derive_changed(struct derivation *derivation, int64_t number)
{
    struct subject subject;
    bool done = subject_load(derivation, number, &subject) && derive_again(derivation, &subject);

    record_free(subject.record);
    return done;
}

static bool derive_change(struct derivation *derivation, int64_t record)
{
    if (record == 0) {
        derivation->charter = true;
        return true;
    }
    /* What is not derived yet will be as it is by then. */
    return record > derivation->from.number || derive_changed(derivation, record);
}

static bool derive_changes(struct derivation *derivation, size_t *most)
{
    struct store *store = derivation->store;
    sqlite3_stmt *query = start(store, CHANGES);
    int answer = SQLITE_ROW;

    bind_number(query, 1, derivation->from.place);
    bind_number(query, 2, (int64_t)*most);
    while (answer == SQLITE_ROW &&
           (answer = step(store, query, doing, derivation->fault)) == SQLITE_ROW) {
        derivation->to.place = sqlite3_column_int64(query, 0);
        --*most;
        if (!derive_change(derivation, sqlite3_column_int64(query, 1)))
            answer = SQLITE_ERROR;
    }
    finish(query);
    return answer == SQLITE_DONE && (!derivation->charter || charter_derive(derivation));
}

/* --- What must go --- */

static bool add_snapshot(struct derivation *derivation, int64_t number)
{
    struct store *store = derivation->store;
    struct subject subject;
    bool done = subject_load(derivation, number, &subject);
    struct parts body = {0};
    sqlite3_stmt *query = start(store, ROW);

    bind_number(query, 1, subject.row.body);
    if (done && step(store, query, doing, derivation->fault) == SQLITE_ROW) {
        take_apart(&store->kit, subject.record, column_bytes(query, 4), &body);
        const struct derivable from = {.number = number, .document = body.document};
        done = rows_add_snapshot(store, &from, derivation->fault);
    }
    finish(query);
    parts_release(&body);
    record_free(subject.record);
    return done;
}

static bool snapshots_rebuild(struct derivation *derivation)
{
    struct store *store = derivation->store;
    sqlite3_stmt *query = start(store, SNAPSHOTS);
    int answer = SQLITE_ROW;

    if (!derivation->snapshots)
        return true;
    derivation->cleaned = true;
    if (!rows_forget_snapshots(store, derivation->fault))
        return false;
    while (answer == SQLITE_ROW &&
           (answer = step(store, query, doing, derivation->fault)) == SQLITE_ROW)
        if (!add_snapshot(derivation, sqlite3_column_int64(query, 0)))
            answer = SQLITE_ERROR;
    finish(query);
    return answer == SQLITE_DONE;
}

/* --- New rows --- */

static bool derive_row(struct derivation *derivation, const struct upcoming *row)
{
    bool late = row->of != 0;

    derivation->fresh = true;
    derivation->to.number = row->number;
    derivation->to.has_last = !late;
    return late ? derive_changed(derivation, row->of) : derive_new(derivation, row);
}

static bool derive_rows(struct derivation *derivation, size_t most, bool bulk)
{
    struct store *store = derivation->store;
    sqlite3_stmt *query = start(store, ROWS);
    struct ahead *ahead = ahead_open(store, query, bulk);
    struct upcoming *row;
    bool done = true, filled = false;

    bind_number(query, 1, derivation->from.number);
    bind_number(query, 2, (int64_t)most);
    while (done && !filled && (done = ahead_next(ahead, &row, derivation->fault)) && row != NULL)
        done = derive_row(derivation, row) && pieces_settle(store, &filled, derivation->fault);
    ahead_close(ahead);
    finish(query);
    return done;
}

/* --- All of it --- */

static bool progress_keep(struct derivation *derivation)
{
    struct progress *to = &derivation->to;
    sqlite3_stmt *query = start(derivation->store, PROGRESS);

    /* What was there to be purged waits for the log to be emptied. */
    if (!derivation->cleaned && derivation->from.purged == derivation->from.place)
        to->purged = to->place;
    bind_number(query, 1, to->number);
    bind_bytes(query, 2, bytes_of(to->last.bytes, to->has_last ? DIGEST_SIZE : 0));
    bind_number(query, 3, to->place);
    bind_number(query, 4, to->purged);
    return run(derivation->store, query, doing, derivation->fault);
}

/* As a rule there are some; while there are none, lessons need not be asked after. */
static bool followed_look(struct derivation *derivation)
{
    struct store *store = derivation->store;
    int64_t any = 0;
    bool done = run_number(store, start(store, ANY_FOLLOWED), &any, doing, derivation->fault);

    derivation->followed = any != 0;
    return done;
}

static bool derive_within(struct derivation *derivation, size_t most, bool bulk)
{
    struct store *store = derivation->store;
    struct fault *fault = derivation->fault;

    if (!run(store, start(store, LOCK), doing, fault) ||
        !progress_read(store, &derivation->from, fault))
        return false;
    derivation->to = derivation->from;
    return followed_look(derivation) && pieces_load(store, fault) &&
           pieces_expect(store, bulk, fault) && derive_changes(derivation, &most) &&
           pieces_rebuild(store, &derivation->cleaned, fault) && snapshots_rebuild(derivation) &&
           derive_rows(derivation, most, bulk) && refresh_touched(derivation) &&
           tallies_keep(derivation) && pieces_keep(store, fault) && progress_keep(derivation);
}

static void undo(struct store *store)
{
    struct fault ignored;

    numbers_forget(store);
    if (!sqlite3_get_autocommit(store->db))
        run(store, start(store, ROLLBACK), doing, &ignored);
}

/* Once while this store is open: then it is not the index that is damaged. */
static bool mend(struct store *store, struct fault *fault)
{
    if (!file_is_damaged(store) || store->index_renewed)
        return false;
    store->index_renewed = true;
    return index_renew(store, fault);
}

static bool derive(struct derivation *derivation, size_t most, bool bulk)
{
    struct store *store = derivation->store;
    struct fault *fault = derivation->fault;

    store->failure = SQLITE_OK;
    if (run(store, start(store, BEGIN), doing, fault) && derive_within(derivation, most, bulk) &&
        run(store, start(store, COMMIT), doing, fault))
        return true;
    undo(store);
    return mend(store, fault);
}

/* What was made anew is in the file, and the pages of before are in its log until that is empty. A
 * reader may be in the way: then the next call tries again. */
static bool purge_log(struct store *store, struct fault *fault)
{
    struct fault busy;

    if (!log_empty(store, "derived", &busy)) {
        if (busy.kind == FAULT_SELF)
            *fault = busy;
        return busy.kind != FAULT_SELF;
    }
    return run(store, start(store, PURGED), doing, fault);
}

static bool is_behind(struct store *store, struct progress *progress, uint64_t *left,
                      struct fault *fault)
{
    return progress_read(store, progress, fault) && index_behind(store, progress, left, fault);
}

bool store_derive(struct store *store, size_t most, bool bulk, uint64_t *left, struct fault *fault)
{
    struct derivation derivation = {.store = store, .fault = fault};
    struct progress progress;

    assert(store->mode == STORE_DERIVE);
    /* What is moved into the file holds up the facts, which wait for the disk too: little at a
     * time. */
    sqlite3_wal_autocheckpoint(store->db,
                               (bulk ? STORE_LOG_BYTES : LIVE_LOG_BYTES) / store->index_page_size);
    if (!is_behind(store, &progress, left, fault))
        return false;
    bool done =
        *left == 0 || (derive(&derivation, most, bulk) && is_behind(store, &progress, left, fault));
    free(derivation.touched);
    if (!done)
        return false;
    return progress.purged == progress.place || purge_log(store, fault);
}

bool store_reindex(struct store *store, store_progress *progress, void *context,
                   struct fault *fault)
{
    uint64_t left, total;
    struct progress none = {.number = 0};

    assert(store->mode == STORE_DERIVE);
    if (!index_renew(store, fault) || !index_behind(store, &none, &total, fault))
        return false;
    do {
        if (!store_derive(store, PIECE_LESSONS, true, &left, fault))
            return false;
        if (progress != NULL)
            progress(context, left < total ? total - left : 0, total);
    } while (left > 0);
    return true;
}
