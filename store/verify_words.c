#include "store/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each term of the search index and where it stands, beside what the texts give once more.
 *
 * What a lesson has in the index is told as a sum, which does not depend on the order: FTS5 tells
 * its terms in theirs, and a text has them in its own. */

static const char doing[] = "verifying";

struct checked_lesson {
    int64_t body;
    uint64_t sum; /* Of what the index has. */
};
struct checked_piece {
    struct verifier *verifier;
    int64_t number, first, last;
    struct checked_lesson *lessons; /* By body. */
    size_t count, capacity;
    uint64_t stale;
};

static uint64_t term_sum(struct bytes term, unsigned column, uint64_t offset)
{
    uint64_t sum = UINT64_C(14695981039346656037) ^ column << 8 ^ offset << 16; /* FNV-1a */

    for (size_t i = 0; i < term.size; i++)
        sum = (sum ^ term.data[i]) * UINT64_C(1099511628211);
    return sum ^ sum >> 29;
}

/* --- What the index has --- */

static struct checked_lesson *find_lesson(const struct checked_piece *piece, int64_t body)
{
    size_t low = 0, high = piece->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (piece->lessons[middle].body < body)
            low = middle + 1;
        else
            high = middle;
    }
    return low < piece->count && piece->lessons[low].body == body ? &piece->lessons[low] : NULL;
}

/* A query of one piece, for the caller to finalize. */
static sqlite3_stmt *ask(const struct checked_piece *piece, const char *what)
{
    return prepare_format(piece->verifier->store, doing, piece->verifier->fault, what,
                          (long long)piece->number);
}

static bool read_lessons(struct checked_piece *piece)
{
    struct store *store = piece->verifier->store;
    sqlite3_stmt *query = ask(piece, "SELECT id FROM words_%lld_docsize ORDER BY id");
    int answer = query == NULL ? SQLITE_ERROR : SQLITE_ROW;

    while (answer == SQLITE_ROW &&
           (answer = step(store, query, doing, piece->verifier->fault)) == SQLITE_ROW) {
        if (piece->count == piece->capacity) {
            piece->capacity = 2 * piece->capacity + 1024;
            piece->lessons = memory_grow(piece->lessons, piece->capacity, sizeof *piece->lessons);
        }
        piece->lessons[piece->count++] =
            (struct checked_lesson){.body = sqlite3_column_int64(query, 0)};
    }
    sqlite3_finalize(query);
    return answer == SQLITE_DONE;
}

static unsigned column_of(const char *name)
{
    unsigned i = 0;

    while (i < WORDS_TEXTS && strcmp(words_columns[i], name) != 0)
        i++;
    return i;
}

/* A term that is there when all of them are read must be there for who looks for it. */
struct terms {
    sqlite3_stmt *find;
    struct buffer last;
    bool strange, lost;
};

static bool find_term(struct checked_piece *piece, struct terms *terms, sqlite3_stmt *row)
{
    struct bytes term = column_bytes(row, 0);

    if (bytes_equal(term, buffer_view(&terms->last)))
        return true;
    buffer_clear(&terms->last);
    buffer_append(&terms->last, term);
    bind_text(terms->find, 1, term);
    int answer = step(piece->verifier->store, terms->find, doing, piece->verifier->fault);
    terms->lost = terms->lost || answer != SQLITE_ROW ||
                  sqlite3_column_int64(terms->find, 0) != sqlite3_column_int64(row, 1);
    finish(terms->find);
    return answer == SQLITE_ROW || answer == SQLITE_DONE;
}

static bool add_term(struct checked_piece *piece, struct terms *terms, sqlite3_stmt *row)
{
    struct checked_lesson *lesson = find_lesson(piece, sqlite3_column_int64(row, 1));

    if (lesson == NULL)
        terms->strange = true;
    else
        lesson->sum += term_sum(column_bytes(row, 0), column_of(column_word(row, 2)),
                                (uint64_t)sqlite3_column_int64(row, 3));
    return find_term(piece, terms, row);
}

static bool each_term(struct checked_piece *piece, struct terms *terms)
{
    struct store *store = piece->verifier->store;
    sqlite3_stmt *query = ask(piece, "SELECT term, doc, col, \"offset\" FROM temp.vocabulary_%lld");
    int answer = query == NULL ? SQLITE_ERROR : SQLITE_ROW;

    while (answer == SQLITE_ROW &&
           (answer = step(store, query, doing, piece->verifier->fault)) == SQLITE_ROW)
        if (!add_term(piece, terms, query))
            answer = SQLITE_ERROR;
    sqlite3_finalize(query);
    return answer == SQLITE_DONE;
}

static bool sum_terms(struct checked_piece *piece)
{
    struct terms terms = {
        .find = ask(piece, "SELECT doc FROM temp.vocabulary_%lld WHERE term = ?1 LIMIT 1")};
    bool done = terms.find != NULL && each_term(piece, &terms);

    if (terms.strange)
        verify_add(piece->verifier, "the search index has words of no lesson: candour reindex");
    if (terms.lost)
        verify_add(piece->verifier, "the search index does not find its words: candour reindex");
    sqlite3_finalize(terms.find);
    buffer_release(&terms.last);
    return done;
}

/* --- What the texts give --- */

struct summing {
    uint64_t sum, offset;
    unsigned column;
};

static void sum_word(void *context, struct bytes word, size_t start, size_t end)
{
    struct summing *summing = context;

    (void)start;
    (void)end;
    summing->sum += term_sum(word, summing->column, summing->offset++);
}

static void write_size(struct buffer *sizes, uint64_t size)
{
    uint8_t bytes[] = {(uint8_t)(size >> 7 | 0x80), (uint8_t)(size & 0x7f)};

    buffer_append(sizes, size < 0x80 ? bytes_of(bytes + 1, 1) : bytes_of(bytes, 2));
}

static uint64_t sum_text(struct store *store, struct bytes text, unsigned column,
                         struct buffer *sizes)
{
    struct summing summing = {.column = column};

    words_each(store, text, false, sum_word, &summing);
    write_size(sizes, summing.offset);
    return summing.sum;
}

static uint64_t sum_facets(const struct record *record, const struct document *lesson,
                           struct buffer *sizes)
{
    struct summing summing = {.column = WORDS_TEXTS};
    struct buffer facets = {0};

    facets_write(&facets, record, lesson);
    words_listed_each(buffer_view(&facets), sum_word, &summing);
    buffer_release(&facets);
    write_size(sizes, summing.offset);
    return summing.sum;
}

/* Also how many words each column has, as FTS5 writes it. */
static uint64_t sum_lesson(struct store *store, const struct record *record,
                           const struct document *lesson, struct buffer *sizes)
{
    struct buffer room = {0};
    uint64_t sum = 0;

    for (unsigned i = 0; i < WORDS_TEXTS; i++)
        sum += sum_text(store, words_text(lesson, i, &room), i, sizes);
    buffer_release(&room);
    return sum + sum_facets(record, lesson, sizes);
}

static bool lesson_is_right(struct checked_piece *piece, sqlite3_stmt *row,
                            const struct record *record)
{
    struct store *store = piece->verifier->store;
    struct checked_lesson *found = find_lesson(piece, sqlite3_column_int64(row, 4));
    struct document *lesson = document_of_packed(record_header(record)->kind, column_bytes(row, 5));
    struct buffer sizes = {0};
    bool right = found != NULL && lesson != NULL &&
                 sum_lesson(store, record, lesson, &sizes) == found->sum &&
                 bytes_equal(buffer_view(&sizes), column_bytes(row, 6));

    buffer_release(&sizes);
    document_free(lesson);
    return right;
}

/* A body that went while the index is behind is compared when it is not any more. */
static void check_lesson(struct checked_piece *piece, sqlite3_stmt *row)
{
    struct fault ignored;
    struct record *record = record_of_row(row, 0, &ignored);
    bool waits = piece->verifier->check->underived > 0 && sqlite3_column_int(row, 7) == 0;

    piece->stale--;
    if (record != NULL && !waits && !lesson_is_right(piece, row, record))
        store_check_add(piece->verifier->check, record_id(record),
                        "the search index is not what the lesson says: candour reindex");
    record_free(record);
}

static bool check_lessons(struct checked_piece *piece)
{
    struct store *store = piece->verifier->store;
    sqlite3_stmt *query =
        ask(piece, "SELECT w.header, w.proof, NULL, NULL, l.body, b.content, s.sz, r.body = l.body"
                   " FROM (SELECT body, record FROM lesson UNION ALL"
                   " SELECT body, record FROM searched) l"
                   " CROSS JOIN wire w ON w.number = l.record"
                   " CROSS JOIN entry e ON e.number = l.record CROSS JOIN record r"
                   " ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number"
                   " CROSS JOIN wire b ON b.number = l.body"
                   " LEFT JOIN words_%lld_docsize s ON s.id = l.body"
                   " WHERE l.body BETWEEN ?1 AND ?2 ORDER BY l.body");
    int answer = query == NULL ? SQLITE_ERROR : SQLITE_ROW;

    piece->stale = piece->count;
    if (query != NULL) {
        bind_number(query, 1, piece->first);
        bind_number(query, 2, piece->last);
    }
    while (answer == SQLITE_ROW &&
           (answer = step(store, query, doing, piece->verifier->fault)) == SQLITE_ROW)
        check_lesson(piece, query);
    sqlite3_finalize(query);
    return answer == SQLITE_DONE;
}

/* --- The pieces --- */

static bool vocabulary_make(struct checked_piece *piece)
{
    long long number = (long long)piece->number;

    return execute_format(piece->verifier->store, doing, piece->verifier->fault,
                          "CREATE VIRTUAL TABLE temp.vocabulary_%lld USING"
                          " fts5vocab (derived, words_%lld, instance)",
                          number, number);
}

static bool vocabulary_drop(struct checked_piece *piece)
{
    return execute_format(piece->verifier->store, doing, piece->verifier->fault,
                          "DROP TABLE temp.vocabulary_%lld", (long long)piece->number);
}

static bool check_piece(struct checked_piece *piece, uint64_t lessons, uint64_t stale)
{
    if (!read_lessons(piece) || !vocabulary_make(piece))
        return false;
    bool done = sum_terms(piece);
    done = vocabulary_drop(piece) && done && check_lessons(piece);
    if (done && (piece->count != lessons || piece->stale != stale))
        verify_add(piece->verifier,
                   "the search index does not have the lessons it says: candour reindex");
    return done;
}

static bool check_row(struct verifier *verifier, sqlite3_stmt *row)
{
    struct checked_piece piece = {.verifier = verifier,
                                  .number = sqlite3_column_int64(row, 0),
                                  .first = sqlite3_column_int64(row, 1),
                                  .last = sqlite3_column_int64(row, 2)};
    bool done = check_piece(&piece, (uint64_t)sqlite3_column_int64(row, 3),
                            (uint64_t)sqlite3_column_int64(row, 4));

    free(piece.lessons);
    return done;
}

bool verify_words(struct verifier *verifier)
{
    static const char pieces[] =
        "SELECT number, first, coalesce(lead(first) OVER (ORDER BY number) - 1,"
        " 9223372036854775807), lessons, stale FROM piece ORDER BY number";
    sqlite3_stmt *query = prepare(verifier->store, pieces, doing, verifier->fault);
    int answer = query == NULL ? SQLITE_ERROR : SQLITE_ROW;

    while (answer == SQLITE_ROW &&
           (answer = step(verifier->store, query, doing, verifier->fault)) == SQLITE_ROW)
        if (!check_row(verifier, query))
            answer = SQLITE_ERROR;
    sqlite3_finalize(query);
    return answer == SQLITE_DONE;
}
