#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

/* Words in, lessons out.
 *
 * What a person types is never FTS5's query language: each word and each phrase is put between
 * quotation marks, and only an asterisk at the end of a word keeps its meaning. Each piece of the
 * index is asked in turn; of all hits those that are shown are kept, best first. */

enum sql { BEGIN, END, PIECES, NETWORKS, FITS, STANDS, COUNT_ALL, PAGE_ALL, LESSON, QUERIES };

/* As its latest update says. */
#define NOW(word)                                                                                  \
    "CASE WHEN l.latest IS NULL THEN l." word " ELSE (SELECT u." word                              \
    " FROM update_of u WHERE u.record = l.latest LIMIT 1) END"
/* ?1 network, ?2 outcome, ?3 stage, ?4 authority, ?5 since. */
#define FITTING                                                                                    \
    " f.network = ?1 AND (?2 IS NULL OR " NOW(                                                     \
        "outcome") " = ?2)"                                                                        \
                   " AND (?3 IS NULL OR " NOW(                                                     \
                       "stage") " = ?3)"                                                           \
                                " AND (?4 IS NULL OR f.authority = ?4) AND l.time_ms >= ?5 "

static const char *const sql[QUERIES] = {
    [BEGIN] = "BEGIN",
    [END] = "COMMIT",
    [PIECES] = "SELECT number, lessons, stale FROM piece ORDER BY number",
    [NETWORKS] = "SELECT count(*) FROM network",
    [FITS] = "SELECT 1 FROM lesson l CROSS JOIN feed f ON f.number = l.feed"
             " WHERE l.body = ?6 AND" FITTING,
    [STANDS] = "SELECT l.time_ms, r.id FROM lesson l CROSS JOIN entry e ON e.number = l.record"
               " CROSS JOIN record r ON" ENTRY_ROW "WHERE l.body = ?1",
    [COUNT_ALL] =
        "SELECT count(*) FROM lesson l CROSS JOIN feed f ON f.number = l.feed WHERE" FITTING,
    [PAGE_ALL] = "SELECT l.body FROM lesson l CROSS JOIN feed f ON f.number = l.feed"
                 " CROSS JOIN entry e ON e.number = l.record CROSS JOIN record r ON" ENTRY_ROW
                 "WHERE" FITTING "ORDER BY l.time_ms DESC, r.id LIMIT ?6 OFFSET ?7",
    /* What facts say by now counts: an index that is behind shows nothing that is hidden. */
    [LESSON] = "SELECT h.header, h.proof, NULL, NULL, b.content, v.content, a.name"
               " FROM lesson l CROSS JOIN entry e ON e.number = l.record"
               " CROSS JOIN record r ON" ENTRY_ROW "AND r.in_set AND r.text = 0 AND r.body = l.body"
               " CROSS JOIN feed f ON f.number = r.feed CROSS JOIN wire h ON h.number = r.number"
               " CROSS JOIN wire b ON b.number = l.body"
               " LEFT JOIN entry u ON u.number = l.latest"
               " LEFT JOIN record x ON x.feed = u.feed AND x.seq = u.seq AND x.number = u.number"
               " AND x.text = 0 LEFT JOIN wire v ON v.number = x.body"
               " LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority"
               " WHERE l.body = ?1",
};
const struct wall search_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    return statement(store, WALL_SEARCH, (int)query);
}

static const char doing[] = "searching";

/* --- What is asked --- */

#define WORDS_BYTES_MAX 1000

struct search {
    struct store *store;
    const struct query *query;
    struct phrase phrases[RANKED_PHRASES];
    size_t phrase_count;
    struct buffer match; /* In FTS5's language. */
    bool loose;          /* Any of the phrases will do. */
    bool passed_over;    /* A hit that is not to be shown. */
    struct ranking ranking;
    struct page_piece {
        int64_t number;
        bool stale; /* It has words of lessons that are not to be found any more. */
    } * pieces;
    size_t piece_count;
    bool filtered; /* Every hit must be looked up. */
    bool by_time;  /* Nothing is looked for: the newest come first. */
    uint64_t total;
    struct candidate {
        double score;
        int64_t time_ms, body;
        struct digest id;
    } * best; /* In order. */
    size_t best_count, best_most;
};

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

static void count_word(void *context, struct bytes word, size_t start_at, size_t end)
{
    (void)word;
    (void)start_at;
    (void)end;
    ++*(size_t *)context;
}

static size_t count_words(struct store *store, struct bytes text, bool begins)
{
    size_t count = 0;

    words_each(store, text, begins, count_word, &count);
    return count;
}

/* The words and phrases that can be looked for. False where there are too many. */
static bool read_phrases(struct search *search)
{
    struct bytes words = search->query->words;
    struct phrase phrase;

    while (next_token(&words, &phrase.text, &phrase.begins)) {
        if (count_words(search->store, phrase.text, phrase.begins) == 0)
            continue;
        if (search->phrase_count == RANKED_PHRASES)
            return false;
        search->phrases[search->phrase_count++] = phrase;
    }
    return true;
}

static bool has_facet_mark(struct bytes words)
{
    return memchr(words.data, WORDS_LISTED[0], words.size) != NULL;
}

static bool nothing_to_look_for(struct search *search, struct fault *fault)
{
    struct bytes words = search->query->words;
    int size = words.size > 100 ? 0 : (int)words.size;

    if (count_words(search->store, words, true) > 0)
        return fault_set(fault, FAULT_INPUT,
                         "search: nearly every lesson has \"%.*s\": add a word that says more",
                         size, (const char *)words.data);
    return fault_set(fault, FAULT_INPUT,
                     "search: there is no word in \"%.*s\" to look for: give letters or digits "
                     "(long numbers and e-mail addresses are not looked for)",
                     size, (const char *)words.data);
}

static bool read_words(struct search *search, struct fault *fault)
{
    struct bytes words = search->query->words;

    if (words.size == 0)
        return true;
    if (words.size > WORDS_BYTES_MAX)
        return fault_set(fault, FAULT_INPUT, "search: %zu bytes of words; at most %d", words.size,
                         WORDS_BYTES_MAX);
    if (!bytes_are_text(words) || has_facet_mark(words))
        return fault_set(fault, FAULT_INPUT, "search: the words are not valid UTF-8 text");
    if (!read_phrases(search))
        return fault_set(fault, FAULT_INPUT, "search: more than %d words", RANKED_PHRASES);
    return search->phrase_count > 0 || nothing_to_look_for(search, fault);
}

/* --- In FTS5's language --- */

/* A phrase is free of quotation marks: they are what ends one. */
static void write_phrase(struct buffer *match, const struct phrase *phrase)
{
    buffer_append_text(match, "\"");
    buffer_append(match, phrase->text);
    buffer_append_text(match, phrase->begins ? "\" *" : "\"");
}

static void write_facet(struct buffer *match, char field, struct bytes code)
{
    struct buffer facet = {0};

    /* A code that has a quotation mark in it is nobody's. */
    if (memchr(code.data, '"', code.size) != NULL)
        code.size = 0;
    facet_write(&facet, field, code);
    buffer_append_text(match, match->size == 0 ? "\"" WORDS_LISTED : " AND \"" WORDS_LISTED);
    buffer_append(match, buffer_view(&facet));
    buffer_append_text(match, "\"");
    buffer_release(&facet);
}

static struct bytes without_slash(const char *topic)
{
    struct bytes text = bytes_of_text(topic);

    while (text.size > 0 && text.data[text.size - 1] == '/')
        text.size--;
    return text;
}

/* Phrases come first: score() knows them by their places. */
static void write_match(struct search *search, const char *between)
{
    struct buffer *match = &search->match;

    buffer_clear(match);
    for (size_t i = 0; i < search->phrase_count; i++) {
        buffer_append_text(match, i == 0 ? "(" : between);
        write_phrase(match, &search->phrases[i]);
    }
    if (search->phrase_count > 0)
        buffer_append_text(match, ")");
    if (search->query->service != NULL)
        write_facet(match, FACET_SERVICE, bytes_of_text(search->query->service));
    if (search->query->topic != NULL)
        write_facet(match, FACET_TOPIC, without_slash(search->query->topic));
}

/* --- The pieces --- */

static bool pieces_read(struct search *search, struct fault *fault)
{
    sqlite3_stmt *query = start(search->store, PIECES);
    int answer;

    while ((answer = step(search->store, query, doing, fault)) == SQLITE_ROW) {
        int64_t lessons = sqlite3_column_int64(query, 1), stale = sqlite3_column_int64(query, 2);
        search->pieces =
            memory_grow(search->pieces, search->piece_count + 1, sizeof *search->pieces);
        search->pieces[search->piece_count++] =
            (struct page_piece){sqlite3_column_int64(query, 0), stale > 0};
        search->ranking.lessons += (double)(lessons - stale);
    }
    finish(query);
    return answer == SQLITE_DONE;
}

/* A question to one piece, for the caller to finalize. */
static sqlite3_stmt *ask_piece(const struct search *search, size_t index, const char *what,
                               struct bytes match, struct fault *fault)
{
    long long number = (long long)search->pieces[index].number;
    sqlite3_stmt *query = prepare_format(search->store, doing, fault, what, number, number, number);

    if (query != NULL)
        bind_text(query, 1, match);
    return query;
}

/* In how many lessons is the phrase? */
static bool count_phrase(struct search *search, size_t index, struct fault *fault)
{
    static const char count[] = "SELECT count(*) FROM words_%lld WHERE words_%lld MATCH ?1";
    struct buffer match = {0};
    bool done = true;

    write_phrase(&match, &search->phrases[index]);
    for (size_t i = 0; done && i < search->piece_count; i++) {
        int64_t found = 0;
        sqlite3_stmt *query = ask_piece(search, i, count, buffer_view(&match), fault);
        done = query != NULL && run_number(search->store, query, &found, doing, fault);
        sqlite3_finalize(query);
        search->ranking.with_phrase[index] += (double)found;
    }
    buffer_release(&match);
    return done;
}

static bool count_phrases(struct search *search, struct fault *fault)
{
    search->ranking.phrases = search->phrase_count;
    for (size_t i = 0; i < search->phrase_count; i++)
        if (!count_phrase(search, i, fault))
            return false;
    return true;
}

/* --- The best hits --- */

static bool comes_before(const struct candidate *a, const struct candidate *b)
{
    if (a->score != b->score)
        return a->score > b->score;
    if (a->time_ms != b->time_ms)
        return a->time_ms > b->time_ms;
    return digest_compare(&a->id, &b->id) < 0;
}

static void put_in_order(struct search *search, const struct candidate *at)
{
    size_t low = 0, high = search->best_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (comes_before(at, &search->best[middle]))
            high = middle;
        else
            low = middle + 1;
    }
    if (low == search->best_most)
        return;
    if (search->best_count < search->best_most)
        search->best_count++;
    memmove(&search->best[low + 1], &search->best[low],
            (search->best_count - low - 1) * sizeof *search->best);
    search->best[low] = *at;
}

static sqlite3_stmt *start_filtered(const struct search *search, enum sql what)
{
    const struct query *query = search->query;
    sqlite3_stmt *started = start(search->store, what);

    bind_number(started, 1, search->store->network);
    bind_word(started, 2, query->outcome);
    bind_word(started, 3, query->stage);
    bind_digest(started, 4, query->authority);
    bind_number(started, 5, query->since_ms);
    return started;
}

static bool fits(struct search *search, int64_t body, bool *fit, struct fault *fault)
{
    sqlite3_stmt *query = start_filtered(search, FITS);

    bind_number(query, 6, body);
    int answer = step(search->store, query, doing, fault);
    finish(query);
    *fit = answer == SQLITE_ROW;
    return answer == SQLITE_ROW || answer == SQLITE_DONE;
}

/* What decides between equals is looked up only for those that may be shown. */
static bool take_candidate(struct search *search, struct candidate *at, struct fault *fault)
{
    sqlite3_stmt *query = start(search->store, STANDS);

    bind_number(query, 1, at->body);
    int answer = step(search->store, query, doing, fault);
    if (answer == SQLITE_ROW) {
        at->time_ms = sqlite3_column_int64(query, 0);
        column_digest(query, 1, &at->id);
        put_in_order(search, at);
    }
    finish(query);
    return answer == SQLITE_ROW || answer == SQLITE_DONE;
}

static bool take_hit(struct search *search, bool check, int64_t body, double score,
                     struct fault *fault)
{
    struct candidate at = {.score = score, .body = body};
    bool fit = true;

    if (check && !fits(search, body, &fit, fault))
        return false;
    if (!fit)
        return true;
    search->total++;
    if (search->best_most == 0 || (search->best_count == search->best_most &&
                                   score < search->best[search->best_count - 1].score))
        return true;
    return take_candidate(search, &at, fault);
}

static bool ask_for_hits(struct search *search, size_t index, struct fault *fault)
{
    const char *what =
        search->phrase_count > 0
            ? "SELECT rowid, score(words_%lld) FROM words_%lld WHERE words_%lld MATCH ?1"
            : "SELECT rowid, 0.0 FROM words_%lld WHERE words_%lld MATCH ?1";
    bool check = search->filtered || search->pieces[index].stale;
    sqlite3_stmt *query = ask_piece(search, index, what, buffer_view(&search->match), fault);
    int answer = query == NULL ? SQLITE_ERROR : SQLITE_ROW;

    while (answer == SQLITE_ROW &&
           (answer = step(search->store, query, doing, fault)) == SQLITE_ROW)
        if (!take_hit(search, check, sqlite3_column_int64(query, 0),
                      sqlite3_column_double(query, 1), fault))
            answer = SQLITE_ERROR;
    sqlite3_finalize(query);
    return answer == SQLITE_DONE;
}

static bool ask_pieces(struct search *search, const char *between, struct fault *fault)
{
    write_match(search, between);
    for (size_t i = 0; i < search->piece_count; i++)
        if (!ask_for_hits(search, i, fault))
            return false;
    return true;
}

/* All words must be there; where nothing has all of them, any will do. */
static bool find_by_words(struct search *search, struct fault *fault)
{
    if (!search->loose && (!count_phrases(search, fault) || !ask_pieces(search, " AND ", fault)))
        return false;
    search->loose = search->loose || (search->total == 0 && search->phrase_count > 1);
    return !search->loose || ask_pieces(search, " OR ", fault);
}

/* --- Without words: the newest first --- */

static bool find_by_time(struct search *search, struct fault *fault)
{
    const struct query *query = search->query;
    sqlite3_stmt *page = start_filtered(search, PAGE_ALL);
    int answer;

    bind_number(page, 6, (int64_t)query->limit);
    bind_number(page, 7, (int64_t)query->offset);
    while ((answer = step(search->store, page, doing, fault)) == SQLITE_ROW)
        search->best[search->best_count++] =
            (struct candidate){.body = sqlite3_column_int64(page, 0)};
    finish(page);
    if (answer != SQLITE_DONE)
        return false;
    int64_t total = (int64_t)search->ranking.lessons;
    if (search->filtered &&
        !run_number(search->store, start_filtered(search, COUNT_ALL), &total, doing, fault))
        return false;
    search->total = (uint64_t)total;
    return true;
}

/* --- Telling --- */

static const char *text_of(const struct document *document, const char *key)
{
    struct bytes text = document_text(document, key);

    return text.size == 0 ? "" : (const char *)text.data; /* A zero byte follows. */
}

static int compare_texts(const void *a, const void *b)
{
    return bytes_compare(*(const struct bytes *)a, *(const struct bytes *)b);
}

static void write_services(const struct document *lesson, struct buffer *services)
{
    size_t count = document_count(lesson, "service_area");
    struct bytes *words = memory_new(count, sizeof *words);

    for (size_t i = 0; i < count; i++)
        words[i] = document_item(lesson, "service_area", i);
    qsort(words, count, sizeof *words, compare_texts);
    for (size_t i = 0; i < count; i++) {
        buffer_append_text(services, i == 0 ? "" : " ");
        buffer_append(services, words[i]);
    }
    free(words);
}

/* Of the texts as they are shown. Returns how many of the phrases stand in them. */
static size_t write_snippet(struct search *search, const struct document *lesson,
                            struct buffer *snippet)
{
    struct bytes texts[5];

    /* The title last: it is shown beside the snippet. */
    for (size_t i = 0; i < 5; i++)
        texts[i] = document_text(lesson, words_keys[(i + 1) % 5]);
    return snippet_write(search->store, texts, 5, search->phrases, search->phrase_count, snippet);
}

/* A hit, and what its texts point into. */
struct telling {
    struct record *record;
    struct document *lesson, *update;
    struct withheld withheld;
    struct buffer topic, services, snippet;
};

static void telling_release(struct telling *telling)
{
    buffer_release(&telling->topic);
    buffer_release(&telling->services);
    buffer_release(&telling->snippet);
    document_free(telling->lesson);
    document_free(telling->update);
    record_free(telling->record);
}

static bool telling_read(struct search *search, sqlite3_stmt *row, struct telling *telling,
                         struct fault *fault)
{
    telling->record = record_of_row(row, 0, fault);
    if (telling->record == NULL)
        return false;
    telling->lesson = document_of_packed(bytes_of_text("lesson"), column_bytes(row, 4));
    telling->update = document_of_packed(bytes_of_text("update"), column_bytes(row, 5));
    if (telling->lesson != NULL)
        document_withhold(shown_gate(search->store), telling->lesson, &telling->withheld);
    return true;
}

/* The index has it, but it is as if it were not here. */
static bool pass_over(struct search *search)
{
    search->passed_over = true;
    search->total--;
    return true;
}

static bool tell_lesson(struct search *search, const struct candidate *at, const char *name,
                        struct telling *telling, search_visit *visit, void *context,
                        struct fault *fault)
{
    const struct header *header = record_header(telling->record);
    const struct document *now = telling->update == NULL ? telling->lesson : telling->update;

    size_t stand = write_snippet(search, telling->lesson, &telling->snippet);
    if (telling->withheld.count > 0 && stand < (search->loose ? 1 : search->phrase_count))
        return pass_over(search); /* What is withheld is not found by it either. */
    buffer_append(&telling->topic, header->topic);
    write_services(telling->lesson, &telling->services);
    struct hit hit = {
        .id = *record_id(telling->record),
        .kind = "lesson",
        .title = text_of(telling->lesson, "title"),
        .abstract = text_of(telling->lesson, "abstract"),
        .outcome = text_of(now, "outcome"),
        .stage = text_of(now, "stage"),
        .services = buffer_text(&telling->services),
        .topic = buffer_text(&telling->topic),
        .anonymous = header->author.form != AUTHOR_NAMED,
        .authority_name = name,
        .published_ms = header->time_ms,
        .score = at->score,
        .snippet = buffer_text(&telling->snippet),
        .withheld = telling->withheld,
        .loose = search->loose,
    };
    if (!hit.anonymous)
        hit.authority = header->author.feed.authority;
    return visit(context, &hit, fault);
}

/* One that facts do not show any more is passed over. */
static bool tell(struct search *search, const struct candidate *at, search_visit *visit,
                 void *context, struct fault *fault)
{
    struct telling telling = {.record = NULL};
    sqlite3_stmt *row = start(search->store, LESSON);

    bind_number(row, 1, at->body);
    int answer = step(search->store, row, "reading a hit", fault);
    bool on = answer == SQLITE_DONE && pass_over(search);
    if (answer == SQLITE_ROW)
        on = telling_read(search, row, &telling, fault) &&
             (telling.lesson == NULL
                  ? pass_over(search)
                  : tell_lesson(search, at, column_word(row, 6), &telling, visit, context, fault));
    finish(row);
    telling_release(&telling);
    return on;
}

/* --- All of it --- */

/* Is there more to a hit than its words? */
static bool filters_read(struct search *search, struct fault *fault)
{
    const struct query *query = search->query;
    int64_t networks = 0;

    if (!run_number(search->store, start(search->store, NETWORKS), &networks, doing, fault))
        return false;
    search->filtered = networks > 1 || query->outcome != NULL || query->stage != NULL ||
                       query->authority != NULL || query->since_ms > 0;
    return true;
}

/* Of a list by time only the page is read, else all up to the page's end are kept in order. */
static void make_room(struct search *search)
{
    const struct query *query = search->query;
    size_t lessons = (size_t)search->ranking.lessons;

    search->best_most = query->limit < lessons ? query->limit : lessons;
    if (!search->by_time)
        search->best_most = query->offset < lessons - search->best_most
                                ? query->offset + search->best_most
                                : lessons;
    search->best = memory_new(search->best_most, sizeof *search->best);
}

static bool find_within(struct search *search, struct fault *fault)
{
    search->store->ranking = &search->ranking;
    if (!filters_read(search, fault) || !pieces_read(search, fault))
        return false;
    make_room(search);
    return (search->by_time ? find_by_time : find_by_words)(search, fault);
}

/* All pieces are asked as of one moment. */
static bool find(struct search *search, struct fault *fault)
{
    struct store *store = search->store;
    struct fault ignored;

    if (!sqlite3_get_autocommit(store->db)) /* Within the caller's transaction. */
        return find_within(search, fault);
    if (!run(store, start(store, BEGIN), doing, fault))
        return false;
    bool done = find_within(search, fault);
    run(store, start(store, END), doing, &ignored);
    return done;
}

static bool tell_page(struct search *search, search_visit *visit, void *context,
                      struct fault *fault)
{
    size_t from = search->by_time ? 0 : search->query->offset;
    bool on = true;

    for (size_t i = from; on && i < search->best_count; i++)
        on = tell(search, &search->best[i], visit, context, fault);
    return on;
}

/* `loose`: for any of the words at once. */
static bool search_once(struct store *store, const struct query *query, bool loose,
                        struct search *search, search_visit *visit, void *context,
                        struct fault *fault)
{
    *search = (struct search){.store = store, .query = query, .loose = loose};
    bool done = read_words(search, fault);

    search->by_time = search->phrase_count == 0 && query->service == NULL && query->topic == NULL;
    done = done && find(search, fault) && tell_page(search, visit, context, fault);
    free(search->pieces);
    free(search->best);
    buffer_release(&search->match);
    return done;
}

bool store_search(struct store *store, const struct query *query, uint64_t *total,
                  search_visit *visit, void *context, struct fault *fault)
{
    struct search search = {.total = 0};
    bool done =
        index_use(store, fault) && search_once(store, query, false, &search, visit, context, fault);

    /* What has all the words is not to be shown: any of the words will do. */
    if (done && search.total == 0 && search.passed_over)
        done = search_once(store, query, true, &search, visit, context, fault);
    *total = search.total;
    return done;
}
