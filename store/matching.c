#include "store/asked.h"

#include <stdlib.h>

/* Records of a kind that have all of the words that are asked, found in the search index by what
 * the search makes of the words: other spellings, what was probably meant, and the trade's own. */

static const char doing[] = "looking for words";

/* ?2: the network. */
static const char each[] =
    "SELECT h.header, h.proof, NULL, NULL, b.content,"
    " r.body > (SELECT inspected FROM progress)"
    " OR EXISTS (SELECT 1 FROM withheld v WHERE v.record = e.number) FROM words_%lld m"
    " CROSS JOIN searched s ON s.body = m.rowid CROSS JOIN entry e ON e.number = s.record"
    " CROSS JOIN record r ON" ENTRY_ROW "AND r.in_set AND r.text = 0 AND r.body = s.body"
    " CROSS JOIN feed f ON f.number = r.feed AND f.network = ?2"
    " CROSS JOIN wire h ON h.number = r.number CROSS JOIN wire b ON b.number = r.body"
    " WHERE words_%lld MATCH ?1 ORDER BY e.number";

struct matching {
    struct store *store;
    const char *kind;
    struct asked asked;
    struct buffer match; /* In FTS5's language. */
    struct finder *wanted, *excluded;
    store_may_match *may;
    store_visit_matching *visit;
    void *context;
};

#define TEXTS 64

/* All of its free texts. */
static size_t texts_of(const struct document *document, struct bytes texts[static TEXTS])
{
    const struct form *form = document_form(document);
    size_t count = 0;

    for (size_t i = 0; i < form->count; i++) {
        const struct field *field = &form->fields[i];
        if (field->header || field->unscanned || field->coded || field->type == FIELD_ROWS)
            continue;
        for (size_t k = 0; k < document_count(document, field->key) && count < TEXTS; k++)
            texts[count++] = document_item(document, field->key, k);
    }
    return count;
}

static bool has_all(const struct matching *matching, const struct document *document)
{
    const struct asked *asked = &matching->asked;
    struct bytes texts[TEXTS];
    size_t count = texts_of(document, texts);
    uint64_t standing = finder_look(matching->wanted, texts, count);
    uint32_t concepts = 0, all = 0;

    for (size_t i = 0; i < asked->phrase_count; i++)
        concepts |= (standing >> i & 1) != 0 ? asked->phrases[i].concepts : 0;
    for (size_t i = 0; i < asked->concept_count; i++)
        all |= UINT32_C(1) << i;
    return concepts == all && finder_look(matching->excluded, texts, count) == 0;
}

/* What is withheld, or may be, is not found by its words either. */
static bool still_has_all(const struct matching *matching, sqlite3_stmt *row,
                          struct document *document)
{
    struct withheld withheld = {0};

    if (sqlite3_column_int(row, 5) == 0)
        return true;
    document_withhold(shown_gate(matching->store), document, &withheld);
    return has_all(matching, document);
}

static bool tell(const struct matching *matching, sqlite3_stmt *row, struct fault *fault)
{
    struct document *document =
        document_of_packed(bytes_of_text(matching->kind), column_bytes(row, 4));
    struct record *record = NULL;
    bool on = true;

    if (document != NULL && (matching->may == NULL || matching->may(document)) &&
        still_has_all(matching, row, document)) {
        record = record_of_row(row, 0, fault);
        on = record != NULL && matching->visit(matching->context, record, document, fault);
    }
    record_free(record);
    document_free(document);
    return on;
}

static bool tell_piece(struct matching *matching, int64_t piece, struct fault *fault)
{
    sqlite3_stmt *query =
        piece_ask(matching->store, piece, each, buffer_view(&matching->match), fault);
    int answer = query == NULL ? SQLITE_ERROR : SQLITE_ROW;

    if (query != NULL)
        bind_number(query, 2, matching->store->network);
    while (answer == SQLITE_ROW &&
           (answer = step(matching->store, query, doing, fault)) == SQLITE_ROW)
        if (!tell(matching, query, fault))
            answer = SQLITE_ERROR;
    sqlite3_finalize(query);
    return answer == SQLITE_DONE;
}

/* Of its kind, with a phrase for each of the concepts. */
static void write_match(struct matching *matching)
{
    const struct asked *asked = &matching->asked;
    struct buffer *match = &matching->match;

    buffer_append_text(match, "(\"" WORDS_LISTED);
    facet_write(match, FACET_KIND, bytes_of_text(matching->kind));
    buffer_append_text(match, "\"");
    for (size_t i = 0; i < asked->concept_count; i++) {
        buffer_append_text(match, " AND ");
        asked_write_any(match, asked, UINT32_C(1) << i);
    }
    buffer_append_text(match, ")");
    asked_write_excluded(match, asked);
}

static bool tell_all(struct matching *matching, const struct counted *counted, struct fault *fault)
{
    bool done = true;

    write_match(matching);
    for (size_t i = 0; done && i < counted->count; i++)
        done = tell_piece(matching, counted->pieces[i].number, fault);
    buffer_release(&matching->match);
    return done;
}

static void make_finders(struct matching *matching)
{
    struct asked *asked = &matching->asked;
    struct phrase phrases[ASKED_PHRASES];

    for (size_t i = 0; i < asked->phrase_count; i++)
        phrases[i] = asked_phrase(asked, i);
    matching->wanted = finder_new(matching->store, phrases, asked->phrase_count);
    matching->excluded = finder_new(matching->store, asked->excluded, asked->excluded_count);
}

bool store_each_matching(struct store *store, const char *kind, struct bytes words,
                         store_may_match *may, store_visit_matching *visit, void *context,
                         struct fault *fault)
{
    struct matching matching = {
        .store = store, .kind = kind, .may = may, .visit = visit, .context = context};
    struct counted counted = {.count = 0};

    bool done = index_use(store, fault) && asked_read(store, words, &matching.asked, fault) &&
                counted_read(store, &counted, fault) &&
                asked_widen(store, &matching.asked, &counted, fault);
    if (done) {
        make_finders(&matching);
        done = tell_all(&matching, &counted, fault);
        finder_free(matching.wanted);
        finder_free(matching.excluded);
    }
    asked_release(&matching.asked);
    free(counted.pieces);
    return done;
}
