#include "store/internal.h"

#include <ctype.h>
#include <string.h>

/* Words in, lessons out.
 *
 * What a person types is never FTS5's query language: each word and each phrase is put between
 * quotation marks, and only an asterisk at the end of a word keeps its meaning. */

enum sql { COUNT, PAGE, COUNT_ALL, PAGE_ALL, LESSON, SNIPPET, QUERIES };

/* ?1 network, ?2 service, ?3 outcome, ?4 stage, ?5 topic, ?6 authority, ?7 since; ?8 words. */
#define FILTERED                                                                                   \
    " CROSS JOIN record r ON r.number = l.record"                                                  \
    " WHERE r.network = ?1"                                                                        \
    " AND (?2 IS NULL OR EXISTS (SELECT 1 FROM record_word w WHERE w.record = r.number"            \
    " AND w.field = 'service_area' AND w.word = ?2))"                                              \
    " AND (?3 IS NULL OR coalesce(l.outcome_now, l.outcome) = ?3)"                                 \
    " AND (?4 IS NULL OR coalesce(l.stage_now, l.stage) = ?4)"                                     \
    " AND (?5 IS NULL OR r.topic = rtrim(?5, '/')"                                                 \
    " OR substr(r.topic, 1, length(rtrim(?5, '/')) + 1) = rtrim(?5, '/') || '/')"                  \
    " AND (?6 IS NULL OR (r.form = 0 AND r.author = ?6))"                                          \
    " AND r.time_ms >= ?7"
/* CROSS JOIN, for SQLite to begin with the words: it takes them for cheaper to look up by record.
 */
#define BY_WORDS                                                                                   \
    " FROM lesson_text CROSS JOIN lesson l ON l.record = lesson_text.rowid" FILTERED               \
    " AND lesson_text MATCH ?8"
#define BY_FILTER " FROM lesson l" FILTERED

/* A word in a title says most, in an abstract much; what did not work and the recommendation are
 * what people look for. */
#define WEIGHTS "8.0, 4.0, 1.0, 2.0, 2.0"

static const char *const sql[QUERIES] = {
    [COUNT] = "SELECT count(*)" BY_WORDS,
    [PAGE] = "SELECT l.record, bm25(lesson_text, " WEIGHTS ") AS score" BY_WORDS
             " ORDER BY score, r.time_ms DESC, r.id LIMIT ?9 OFFSET ?10",
    [COUNT_ALL] = "SELECT count(*)" BY_FILTER,
    [PAGE_ALL] =
        "SELECT l.record, 0.0" BY_FILTER " ORDER BY r.time_ms DESC, r.id LIMIT ?9 OFFSET ?10",
    [LESSON] = "SELECT r.id, f.title, f.abstract, coalesce(l.outcome_now, l.outcome),"
               " coalesce(l.stage_now, l.stage),"
               " (SELECT group_concat(word, ' ') FROM (SELECT word FROM record_word"
               " WHERE record = r.number AND field = 'service_area' ORDER BY word)),"
               " r.topic, r.form, r.author, a.name, r.time_ms"
               " FROM record r JOIN lesson l ON l.record = r.number"
               " JOIN lesson_field f ON f.record = r.number"
               " LEFT JOIN authority a ON a.network = r.network AND a.id = r.author AND r.form = 0"
               " WHERE r.number = ?1",
    [SNIPPET] = "SELECT snippet(lesson_text, -1, '[', ']', '...', 32) FROM lesson_text"
                " WHERE rowid = ?1 AND lesson_text MATCH ?8",
};
const struct wall search_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    return statement(store, WALL_SEARCH, (int)query);
}

/* --- Words --- */

#define WORDS_BYTES_MAX 1000
#define WORDS_MAX 32

/* Characters outside ASCII that are no part of any word: without them a query of dashes and quotes
 * would seem to look for something. */
static const struct {
    uint32_t first, last;
} silent[] = {
    {0x80, 0xa9},     {0xab, 0xb1},     {0xb4, 0xb4},       {0xb6, 0xb8},     {0xbb, 0xbb},
    {0xbf, 0xbf},     {0xd7, 0xd7},     {0xf7, 0xf7},       {0x2000, 0x206f}, {0x20a0, 0x20bf},
    {0x2190, 0x245f}, {0x2500, 0x2775}, {0x2794, 0x2bff},   {0x3000, 0x3004}, {0x3008, 0x3020},
    {0xfe00, 0xfe6f}, {0xfffd, 0xfffd}, {0x1f000, 0x1faff},
};

/* One character of valid UTF-8, and how long it is. */
static uint32_t character_at(const uint8_t *at, size_t *size)
{
    static const uint8_t masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    *size = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    uint32_t character = at[0] & masks[*size];

    for (size_t i = 1; i < *size; i++)
        character = character << 6 | (at[i] & 0x3f);
    return character;
}

static bool sounds(uint32_t character)
{
    if (character < 0x80)
        return isalnum((int)character) != 0;
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
        if (character >= silent[i].first && character <= silent[i].last)
            return false;
    return true;
}

static bool has_word(struct bytes text)
{
    for (size_t i = 0, size; i < text.size; i += size)
        if (sounds(character_at(text.data + i, &size)))
            return true;
    return false;
}

static bool is_space(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Take the next word or "phrase" off the text. An asterisk at the end of either asks for what
 * begins so. False at the end. */
static bool next_token(struct bytes *text, struct bytes *token, bool *begins)
{
    size_t at = 0, end;

    while (at < text->size && is_space(text->data[at]))
        at++;
    if (at == text->size)
        return false;
    bool phrase = text->data[at] == '"';
    end = at += phrase;
    while (end < text->size && text->data[end] != '"' && (phrase || !is_space(text->data[end])))
        end++;
    *token = bytes_of(text->data + at, end - at);
    end += phrase && end < text->size;
    *begins = phrase ? end < text->size && text->data[end] == '*'
                     : token->size > 0 && token->data[token->size - 1] == '*';
    end += phrase && *begins;
    token->size -= !phrase && *begins;
    *text = bytes_of(text->data + end, text->size - end);
    return true;
}

/* A token is free of quotation marks: they are what ends one. */
static void write_token(struct buffer *match, struct bytes token, bool begins)
{
    buffer_append_text(match, "\"");
    buffer_append(match, token);
    buffer_append_text(match, begins ? "\" *" : "\"");
}

/* Write FTS5's query; `between` is " AND " or " OR ". Returns how many words or phrases it has. */
static size_t write_match(struct bytes words, const char *between, struct buffer *match)
{
    struct bytes token;
    size_t count = 0;
    bool begins;

    while (next_token(&words, &token, &begins)) {
        if (!has_word(token))
            continue;
        if (count++ > 0)
            buffer_append_text(match, between);
        write_token(match, token, begins);
    }
    return count;
}

static bool words_fit(struct bytes words, struct fault *fault)
{
    struct buffer match = {0};

    if (words.size > WORDS_BYTES_MAX)
        return fault_set(fault, FAULT_INPUT, "search: %zu bytes of words; at most %d", words.size,
                         WORDS_BYTES_MAX);
    if (!bytes_are_text(words))
        return fault_set(fault, FAULT_INPUT, "search: the words are not valid UTF-8");
    size_t count = write_match(words, " ", &match);
    buffer_release(&match);
    if (count == 0)
        return fault_set(fault, FAULT_INPUT,
                         "search: there is no word in \"%.*s\" to look for: give letters or digits",
                         (int)(words.size > 100 ? 0 : words.size), (const char *)words.data);
    return count <= WORDS_MAX ||
           fault_set(fault, FAULT_INPUT, "search: %zu words; at most %d", count, WORDS_MAX);
}

/* --- Finding --- */

struct search {
    struct store *store;
    const struct query *query;
    struct buffer match; /* Empty: no words were given. */
    bool loose;          /* Any of the words will do. */
    search_visit *visit;
    void *context;
};

static sqlite3_stmt *start_filtered(const struct search *search, enum sql by_words,
                                    enum sql by_filter)
{
    const struct query *query = search->query;
    bool words = search->match.size > 0;
    sqlite3_stmt *started = start(search->store, words ? by_words : by_filter);

    bind_number(started, 1, search->store->network);
    bind_word(started, 2, query->service);
    bind_word(started, 3, query->outcome);
    bind_word(started, 4, query->stage);
    bind_word(started, 5, query->topic);
    bind_digest(started, 6, query->authority);
    bind_number(started, 7, query->since_ms);
    if (words)
        bind_text(started, 8, buffer_view(&search->match));
    return started;
}

static bool count_hits(struct search *search, uint64_t *total, struct fault *fault)
{
    int64_t count = 0;
    bool done = run_number(search->store, start_filtered(search, COUNT, COUNT_ALL), &count,
                           "searching", fault);

    *total = (uint64_t)count;
    return done;
}

/* All words must be there; where nothing has all of them, any will do. */
static bool count_strict_then_loose(struct search *search, uint64_t *total, struct fault *fault)
{
    struct bytes words = search->query->words;

    if (words.size > 0 && !words_fit(words, fault))
        return false;
    size_t count = write_match(words, " AND ", &search->match);
    if (!count_hits(search, total, fault))
        return false;
    if (*total > 0 || count < 2)
        return true;
    buffer_clear(&search->match);
    write_match(words, " OR ", &search->match);
    search->loose = true;
    return count_hits(search, total, fault);
}

/* --- Telling --- */

static sqlite3_stmt *start_snippet(const struct search *search, int64_t number)
{
    sqlite3_stmt *started = start(search->store, SNIPPET);

    bind_number(started, 1, number);
    bind_text(started, 8, buffer_view(&search->match));
    return started;
}

static bool tell_lesson(const struct search *search, sqlite3_stmt *lesson, double score,
                        const char *snippet, struct fault *fault)
{
    struct hit hit = {
        .kind = "lesson",
        .title = column_word(lesson, 1),
        .abstract = column_word(lesson, 2),
        .outcome = column_word(lesson, 3),
        .stage = column_word(lesson, 4),
        .services = column_word(lesson, 5),
        .topic = column_word(lesson, 6),
        .anonymous = sqlite3_column_int(lesson, 7) != 0,
        .authority_name = column_word(lesson, 9),
        .published_ms = sqlite3_column_int64(lesson, 10),
        .score = score,
        .snippet = snippet,
        .loose = search->loose,
    };

    column_digest(lesson, 0, &hit.id);
    if (!hit.anonymous)
        column_digest(lesson, 8, &hit.authority);
    return search->visit(search->context, &hit, fault);
}

static bool tell(const struct search *search, int64_t number, double score, struct fault *fault)
{
    struct store *store = search->store;
    sqlite3_stmt *lesson = start(store, LESSON), *snippet = NULL;
    const char *found = "";

    bind_number(lesson, 1, number);
    bool on = step(store, lesson, "reading a hit", fault) == SQLITE_ROW;
    if (on && search->match.size > 0) {
        snippet = start_snippet(search, number);
        on = step(store, snippet, "reading a hit", fault) == SQLITE_ROW;
        found = on ? column_word(snippet, 0) : "";
    }
    on = on && tell_lesson(search, lesson, score, found, fault);
    finish(lesson);
    if (snippet != NULL)
        finish(snippet);
    return on;
}

static bool tell_page(const struct search *search, struct fault *fault)
{
    sqlite3_stmt *page = start_filtered(search, PAGE, PAGE_ALL);
    int answer;
    bool on = true;

    bind_number(page, 9, (int64_t)search->query->limit);
    bind_number(page, 10, (int64_t)search->query->offset);
    while (on && (answer = step(search->store, page, "searching", fault)) == SQLITE_ROW)
        on = tell(search, sqlite3_column_int64(page, 0), 0.0 - sqlite3_column_double(page, 1),
                  fault);
    finish(page);
    return on && answer == SQLITE_DONE;
}

bool store_search(struct store *store, const struct query *query, uint64_t *total,
                  search_visit *visit, void *context, struct fault *fault)
{
    struct search search = {.store = store, .query = query, .visit = visit, .context = context};
    bool done = count_strict_then_loose(&search, total, fault) && tell_page(&search, fault);

    buffer_release(&search.match);
    return done;
}
