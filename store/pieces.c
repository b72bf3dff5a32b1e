#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

/* The search index: FTS5 tables of at most 20,000 lessons each, without the texts (contentless).
 *
 * FTS5 cannot take a lesson out of such a table without its old text, which is gone by then, and
 * would leave what it took out in its file. So a lesson that is not to be found loses its row in
 * `lesson`, without which nobody finds it; and where its words must go, its piece is emptied and
 * filled again from the bodies that are left. A piece is as large as that takes a second or two. */

enum sql { EACH, KEEP, LESSONS, QUERIES };

static const char *const sql[QUERIES] = {
    [EACH] = "SELECT number, first, lessons, stale, bulk, full, said, said_words FROM piece"
             " ORDER BY number",
    [KEEP] = "INSERT OR REPLACE INTO piece (number, first, lessons, stale, bulk, full, said,"
             " said_words) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [LESSONS] = "SELECT w.header, w.proof, NULL, NULL, l.body, b.content"
                " FROM (SELECT body, record FROM lesson WHERE body BETWEEN ?1 AND ?2 UNION ALL"
                " SELECT body, record FROM searched WHERE body BETWEEN ?1 AND ?2 ORDER BY 1) l"
                " CROSS JOIN wire w ON w.number = l.record CROSS JOIN wire b ON b.number = l.body",
};
const struct wall pieces_wall = {sql, QUERIES};

static const char doing[] = "filling the search index";

struct piece {
    int64_t number, first, lessons, stale, said, said_words;
    bool bulk, full;
    bool changed, rebuild;
};

struct pieces {
    struct piece *list; /* In order; the first one begins at 0. */
    size_t count;
    bool bulk; /* Many lessons at a time are coming. */
    sqlite3_stmt *add;
    int64_t adding_to; /* The piece that `add` is for. */
};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    return statement(store, WALL_PIECES, (int)query);
}

/* --- The table of pieces --- */

static struct piece *append(struct pieces *pieces, struct piece piece)
{
    pieces->list = memory_grow(pieces->list, pieces->count + 1, sizeof *pieces->list);
    pieces->list[pieces->count] = piece;
    return &pieces->list[pieces->count++];
}

bool pieces_load(struct store *store, struct fault *fault)
{
    sqlite3_stmt *query = start(store, EACH);
    int answer;

    if (store->pieces == NULL)
        store->pieces = memory_new(1, sizeof *store->pieces);
    store->pieces->count = 0;
    while ((answer = step(store, query, doing, fault)) == SQLITE_ROW)
        append(store->pieces, (struct piece){.number = sqlite3_column_int64(query, 0),
                                             .first = sqlite3_column_int64(query, 1),
                                             .lessons = sqlite3_column_int64(query, 2),
                                             .stale = sqlite3_column_int64(query, 3),
                                             .bulk = sqlite3_column_int(query, 4) != 0,
                                             .full = sqlite3_column_int(query, 5) != 0,
                                             .said = sqlite3_column_int64(query, 6),
                                             .said_words = sqlite3_column_int64(query, 7)});
    finish(query);
    return answer == SQLITE_DONE;
}

static bool keep(struct store *store, const struct piece *piece, struct fault *fault)
{
    sqlite3_stmt *query = start(store, KEEP);

    bind_number(query, 1, piece->number);
    bind_number(query, 2, piece->first);
    bind_number(query, 3, piece->lessons);
    bind_number(query, 4, piece->stale);
    bind_number(query, 5, piece->bulk);
    bind_number(query, 6, piece->full);
    bind_number(query, 7, piece->said);
    bind_number(query, 8, piece->said_words);
    return run(store, query, doing, fault);
}

bool pieces_keep(struct store *store, struct fault *fault)
{
    for (size_t i = 0; i < store->pieces->count; i++) {
        struct piece *piece = &store->pieces->list[i];
        if (piece->changed && !keep(store, piece, fault))
            return false;
        piece->changed = false;
    }
    return true;
}

void pieces_release(struct store *store)
{
    if (store->pieces == NULL)
        return;
    sqlite3_finalize(store->pieces->add);
    free(store->pieces->list);
    free(store->pieces);
    store->pieces = NULL;
}

/* --- One piece --- */

static bool command(struct store *store, const struct piece *piece, const char *what, int value,
                    struct fault *fault)
{
    return execute_format(store, doing, fault,
                          "INSERT INTO derived.words_%lld (words_%lld, rank) VALUES ('%s', %d)",
                          (long long)piece->number, (long long)piece->number, what, value);
}

/* In bulk a transaction's lessons stay in memory until its end and become one segment; merging
 * waits until the piece is full. Otherwise as FTS5 does by itself. */
static bool set_up(struct store *store, struct piece *piece, bool bulk, struct fault *fault)
{
    if (piece->bulk == bulk)
        return true;
    piece->bulk = bulk;
    piece->changed = true;
    return command(store, piece, "hashsize", bulk ? 32 * 1024 * 1024 : 1024 * 1024, fault) &&
           command(store, piece, "automerge", bulk ? 0 : 4, fault);
}

static bool make(struct store *store, int64_t body, struct fault *fault)
{
    struct pieces *pieces = store->pieces;
    bool first = pieces->count == 0;
    int64_t number = first ? 1 : pieces->list[pieces->count - 1].number + 1;
    struct piece *piece = append(
        pieces, (struct piece){.number = number, .first = first ? 0 : body, .changed = true});

    return execute_format(store, doing, fault,
                          "CREATE VIRTUAL TABLE derived.words_%lld USING fts5 (" WORDS_COLUMNS
                          ", facets, content = '', tokenize = '" WORDS_TOKENIZE "')",
                          (long long)number) &&
           set_up(store, piece, pieces->bulk, fault);
}

static struct piece *piece_of(const struct pieces *pieces, int64_t body)
{
    size_t i = pieces->count;

    while (i > 0 && pieces->list[i - 1].first > body)
        i--;
    return i == 0 ? NULL : &pieces->list[i - 1];
}

/* Are the words of this body in the piece? */
static bool has_words(struct store *store, const struct piece *piece, int64_t body, bool *has,
                      struct fault *fault)
{
    int64_t found = 0;
    sqlite3_stmt *query = prepare_format(
        store, doing, fault, "SELECT EXISTS (SELECT 1 FROM words_%lld_docsize WHERE id = ?1)",
        (long long)piece->number);

    if (query != NULL)
        bind_number(query, 1, body);
    bool done = query != NULL && run_number(store, query, &found, doing, fault);
    sqlite3_finalize(query);
    *has = found != 0;
    return done;
}

/* --- Adding --- */

static bool prepare_add(struct store *store, const struct piece *piece, struct fault *fault)
{
    struct pieces *pieces = store->pieces;

    if (pieces->add != NULL && pieces->adding_to == piece->number)
        return true;
    sqlite3_finalize(pieces->add);
    pieces->add = prepare_format(store, doing, fault,
                                 "INSERT INTO derived.words_%lld (rowid, " WORDS_COLUMNS ", facets)"
                                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                                 (long long)piece->number);
    pieces->adding_to = piece->number;
    return pieces->add != NULL;
}

static bool add(struct store *store, struct piece *piece, int64_t body, const struct lists *words,
                struct fault *fault)
{
    if (!prepare_add(store, piece, fault))
        return false;
    sqlite3_stmt *query = store->pieces->add;
    bind_number(query, 1, body);
    for (int i = 0; i < LISTS; i++)
        bind_text(query, i + 2, lists_one(words, (size_t)i));
    piece->lessons++;
    piece->said += words->said;
    piece->said_words += words->said ? words->words : 0;
    piece->changed = true;
    return run(store, query, doing, fault);
}

bool pieces_add(struct store *store, int64_t body, const struct lists *words, bool again,
                struct fault *fault)
{
    struct pieces *pieces = store->pieces;
    struct piece *piece = piece_of(pieces, body);
    bool there = false;

    if (again && piece != NULL && !has_words(store, piece, body, &there, fault))
        return false;
    if (there) { /* It comes back. */
        piece->stale--;
        piece->changed = true;
        return true;
    }
    if (piece == NULL || (!again && piece->full)) {
        if (!make(store, body, fault))
            return false;
        piece = &pieces->list[pieces->count - 1];
    }
    return add(store, piece, body, words, fault);
}

/* No more lessons go in. */
static bool end(struct store *store, struct piece *piece, struct fault *fault)
{
    piece->full = piece->changed = true;
    return command(store, piece, "optimize", 0, fault) && set_up(store, piece, false, fault);
}

/* What came in bulk is one large part of its piece: lessons that come one by one would soon be
 * merged with all of it, while somebody waits to find them. From this share of a piece on they go
 * into another one. */
#define BULK_SHARE 4

bool pieces_expect(struct store *store, bool bulk, struct fault *fault)
{
    struct pieces *pieces = store->pieces;

    pieces->bulk = bulk;
    if (pieces->count == 0)
        return true;
    struct piece *last = &pieces->list[pieces->count - 1];
    if (last->full)
        return true;
    if (!bulk && last->bulk && last->lessons >= store->piece_lessons / BULK_SHARE)
        return end(store, last, fault);
    return set_up(store, last, bulk, fault);
}

/* Texts that lead to others are short: of them there may be several times as many. */
#define TEXTS_TO_LESSONS 4

static bool is_filled(const struct store *store, const struct piece *piece)
{
    return piece->lessons - piece->said >= store->piece_lessons ||
           piece->lessons >= TEXTS_TO_LESSONS * store->piece_lessons;
}

bool pieces_settle(struct store *store, bool *filled, struct fault *fault)
{
    struct pieces *pieces = store->pieces;
    struct piece *last = pieces->count == 0 ? NULL : &pieces->list[pieces->count - 1];

    *filled = last != NULL && !last->full && is_filled(store, last);
    return !*filled || end(store, last, fault);
}

/* --- Removing --- */

bool pieces_drop(struct store *store, int64_t body, struct fault *fault)
{
    struct piece *piece = piece_of(store->pieces, body);
    bool has = false;

    if (piece != NULL && !has_words(store, piece, body, &has, fault))
        return false;
    if (has) {
        piece->stale++;
        piece->changed = true;
    }
    return true;
}

bool pieces_purge(struct store *store, int64_t body, struct fault *fault)
{
    struct piece *piece = piece_of(store->pieces, body);
    bool has = false;

    if (piece == NULL || piece->rebuild)
        return true;
    if (!has_words(store, piece, body, &has, fault))
        return false;
    piece->rebuild = has;
    return true;
}

static bool add_again(struct store *store, struct piece *piece, sqlite3_stmt *row,
                      struct fault *fault)
{
    struct record *record = record_of_row(row, 0, fault);
    struct parts body = {0};
    bool done = record != NULL;

    if (done)
        take_apart(&store->kit, record, column_bytes(row, 5), &body);
    if (parts_have_words(&body))
        done = add(store, piece, sqlite3_column_int64(row, 4), &body.words, fault);
    parts_release(&body);
    record_free(record);
    return done;
}

static bool refill(struct store *store, struct piece *piece, int64_t last, struct fault *fault)
{
    sqlite3_stmt *query = start(store, LESSONS);
    int answer = SQLITE_ROW;

    bind_number(query, 1, piece->first);
    bind_number(query, 2, last);
    while (answer == SQLITE_ROW && (answer = step(store, query, doing, fault)) == SQLITE_ROW)
        if (!add_again(store, piece, query, fault))
            answer = SQLITE_ERROR;
    finish(query);
    return answer == SQLITE_DONE;
}

static bool rebuild(struct store *store, struct piece *piece, int64_t last, struct fault *fault)
{
    bool bulk = piece->bulk;

    piece->rebuild = false;
    piece->lessons = piece->stale = piece->said = piece->said_words = 0;
    piece->changed = true;
    return command(store, piece, "delete-all", 0, fault) && set_up(store, piece, true, fault) &&
           refill(store, piece, last, fault) && set_up(store, piece, bulk, fault);
}

bool pieces_rebuild(struct store *store, bool *any, struct fault *fault)
{
    struct pieces *pieces = store->pieces;

    for (size_t i = 0; i < pieces->count; i++) {
        if (!pieces->list[i].rebuild)
            continue;
        int64_t last = i + 1 < pieces->count ? pieces->list[i + 1].first - 1 : INT64_MAX;
        *any = true;
        if (!rebuild(store, &pieces->list[i], last, fault))
            return false;
    }
    return true;
}
