#include "store/asked.h"

#include "protocol/vocabulary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Words in, lessons out.
 *
 * A lesson is a hit where it has any of what was asked (asked.c); one that has more of it comes
 * first (rank.c). Each piece of the index is asked in turn; of all hits those that are shown are
 * kept, best first, and what cannot be among them any more is not looked at. */

enum sql {
    BEGIN,
    END,
    PIECES,
    NETWORKS,
    NEWEST,
    FITS,
    FITTING_ALL,
    RAISE,
    STANDS,
    COUNT_ALL,
    PAGE_ALL,
    LESSON,
    QUERIES
};

/* As its latest update says. */
#define NOW(word)                                                                                  \
    "CASE WHEN l.latest IS NULL THEN l." word " ELSE (SELECT u." word                              \
    " FROM update_of u WHERE u.record = l.latest LIMIT 1) END"
/* ?1 network, ?2 outcome, ?3 stage, ?4 authority, ?5 since, ?8 after. */
#define FITTING                                                                                    \
    " f.network = ?1 AND (?2 IS NULL OR " NOW(                                                     \
        "outcome") " = ?2)"                                                                        \
                   " AND (?3 IS NULL OR " NOW("stage") " = ?3)"                                    \
                                                       " AND (?4 IS NULL OR f.authority = ?4) "    \
                                                       "AND l.time_ms >= ?5 AND l.body > ?8 "

static const char *const sql[QUERIES] = {
    [BEGIN] = "BEGIN",
    [END] = "COMMIT",
    [PIECES] = "SELECT number, lessons, stale FROM piece ORDER BY number",
    [NETWORKS] = "SELECT count(*) FROM network",
    [NEWEST] = "SELECT coalesce(max(time_ms), 0) FROM lesson",
    [FITTING_ALL] = "SELECT l.body FROM lesson l CROSS JOIN feed f ON f.number = l.feed"
                    " WHERE" FITTING "ORDER BY l.body",
    [FITS] = "SELECT 1 FROM lesson l CROSS JOIN feed f ON f.number = l.feed"
             " WHERE l.body = ?6 AND" FITTING,
    [RAISE] = "SELECT time_ms, evidence FROM lesson WHERE body = ?1",
    [STANDS] = "SELECT r.id,"
               " EXISTS (SELECT 1 FROM withheld w WHERE w.record = l.record), b.content"
               " FROM lesson l CROSS JOIN entry e ON e.number = l.record"
               " CROSS JOIN record r ON" ENTRY_ROW
               " CROSS JOIN wire b ON b.number = l.body WHERE l.body = ?1",
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

struct candidate {
    double score;
    int64_t time_ms, body;
    struct digest id;
    uint32_t concepts; /* That it has. */
};

struct search {
    struct store *store;
    const struct query *query;
    struct answer *answer;
    struct asked asked;
    struct counted counted;
    struct ranking ranking;
    struct buffer match; /* In FTS5's language. */
    bool filtered;       /* Every hit must be looked up. */
    bool by_time;        /* Nothing is looked for: the newest come first. */
    int64_t newest_ms;
    int64_t *fitting;       /* Bodies that fit, where they were listed; in order. */
    struct candidate *best; /* In order. */
    size_t best_count, best_most;
};

/* --- In FTS5's language --- */

static void write_facet(struct buffer *match, char field, struct bytes code)
{
    struct buffer facet = {0};

    /* A code that has a quotation mark in it is nobody's. */
    if (memchr(code.data, '"', code.size) != NULL)
        code.size = 0;
    facet_write(&facet, field, code);
    buffer_append_text(match, "\"" WORDS_LISTED);
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

static void write_and(struct buffer *match)
{
    buffer_append_text(match, match->size == 0 ? "" : " AND ");
}

/* At least so strong. */
static void write_evidence(struct buffer *match, const char *least)
{
    bool enough = false;

    write_and(match);
    buffer_append_text(match, "(");
    for (size_t i = 0; i < evidence_levels.count; i++) {
        bool first = !enough && strcmp(evidence_levels.words[i].code, least) == 0;
        enough = enough || first;
        if (enough) {
            buffer_append_text(match, first ? "" : " OR ");
            write_facet(match, FACET_EVIDENCE, bytes_of_text(evidence_levels.words[i].code));
        }
    }
    if (!enough)
        write_facet(match, FACET_EVIDENCE, bytes_of_text(least));
    buffer_append_text(match, ")");
}

static void write_filters(struct buffer *match, const struct query *query)
{
    const struct {
        char field;
        const char *code;
    } facets[] = {{FACET_SERVICE, query->service}, {FACET_BARRIER, query->barrier},
                  {FACET_VOICE, query->voice},     {FACET_DRIVER, query->driver},
                  {FACET_FACTOR, query->factor},   {FACET_PARTNER, query->partner}};

    for (size_t i = 0; i < sizeof facets / sizeof *facets; i++)
        if (facets[i].code != NULL) {
            write_and(match);
            write_facet(match, facets[i].field, bytes_of_text(facets[i].code));
        }
    if (query->evidence != NULL)
        write_evidence(match, query->evidence);
    if (query->topic != NULL) {
        write_and(match);
        write_facet(match, FACET_TOPIC, without_slash(query->topic));
    }
}

/* Any of those phrases that stand for one of these concepts. Returns how many they are. */
static size_t write_any(struct buffer *match, const struct asked *asked, uint32_t concepts)
{
    size_t count = 0;

    buffer_append_text(match, "(");
    for (size_t i = 0; i < asked->phrase_count; i++) {
        struct phrase phrase = asked_phrase(asked, i);
        if ((asked->phrases[i].concepts & concepts) == 0)
            continue;
        buffer_append_text(match, count++ == 0 ? "" : " OR ");
        phrase_write(match, &phrase);
    }
    buffer_append_text(match, ")");
    return count;
}

static void write_excluded(struct buffer *match, const struct asked *asked)
{
    if (asked->excluded_count == 0)
        return;
    buffer_append_text(match, " NOT (");
    for (size_t i = 0; i < asked->excluded_count; i++) {
        buffer_append_text(match, i == 0 ? "" : " OR ");
        phrase_write(match, &asked->excluded[i]);
    }
    buffer_append_text(match, ")");
}

static void write_quoted(struct buffer *match, const struct asked *asked)
{
    for (size_t i = 0; i < asked->concept_count; i++)
        if (asked->concepts[i].quoted) {
            buffer_append_text(match, " AND ");
            write_any(match, asked, UINT32_C(1) << i);
        }
}

/* Lessons that have some of the needed concepts, and of all concepts what they have. The phrases
 * of the latter are those that score() is told of. */
static void write_match(struct search *search, uint32_t needed)
{
    const struct asked *asked = &search->asked;
    struct buffer *match = &search->match;
    uint32_t all = UINT32_MAX;

    buffer_clear(match);
    search->ranking.first = 0;
    if (asked->concept_count > 0) {
        buffer_append_text(match, "((");
        if (needed != all) {
            search->ranking.first = write_any(match, asked, needed);
            buffer_append_text(match, " AND ");
        }
        write_any(match, asked, all);
        write_quoted(match, asked);
        buffer_append_text(match, ")");
        write_excluded(match, asked);
        buffer_append_text(match, ")");
    }
    write_filters(match, search->query);
}

/* --- The pieces --- */

bool counted_read(struct store *store, struct counted *counted, struct fault *fault)
{
    sqlite3_stmt *query = start(store, PIECES);
    int answer;

    while ((answer = step(store, query, doing, fault)) == SQLITE_ROW) {
        int64_t lessons = sqlite3_column_int64(query, 1), stale = sqlite3_column_int64(query, 2);
        counted->pieces = memory_grow(counted->pieces, counted->count + 1, sizeof *counted->pieces);
        counted->pieces[counted->count++] =
            (struct counted_piece){sqlite3_column_int64(query, 0), lessons - stale, stale > 0};
        counted->lessons += (double)(lessons - stale);
    }
    finish(query);
    return answer == SQLITE_DONE;
}

/* --- Filters that facts and updates decide --- */

static sqlite3_stmt *start_filtered(const struct search *search, enum sql what)
{
    const struct query *query = search->query;
    sqlite3_stmt *started = start(search->store, what);

    bind_number(started, 1, search->store->network);
    bind_word(started, 2, query->outcome);
    bind_word(started, 3, query->stage);
    bind_digest(started, 4, query->authority);
    bind_number(started, 5, query->since_ms);
    bind_number(started, 8, query->after);
    return started;
}

/* Where many hits are to be looked up, all lessons that fit are listed first: that is quicker than
 * to look up each. */
static bool list_fitting(struct search *search, struct fault *fault)
{
    size_t most = (size_t)search->counted.lessons;
    sqlite3_stmt *query = start_filtered(search, FITTING_ALL);
    int answer;

    search->ranking.fitting = search->fitting = memory_new(most + 1, sizeof *search->fitting);
    while ((answer = step(search->store, query, doing, fault)) == SQLITE_ROW &&
           search->ranking.fitting_count < most)
        search->fitting[search->ranking.fitting_count++] = sqlite3_column_int64(query, 0);
    finish(query);
    return answer == SQLITE_DONE || answer == SQLITE_ROW;
}

static bool fits(struct search *search, int64_t body, bool *fit, struct fault *fault)
{
    if (search->fitting != NULL) {
        *fit = ranking_fits(&search->ranking, body);
        return true;
    }
    sqlite3_stmt *query = start_filtered(search, FITS);

    bind_number(query, 6, body);
    int answer = step(search->store, query, doing, fault);
    finish(query);
    *fit = answer == SQLITE_ROW;
    return answer == SQLITE_ROW || answer == SQLITE_DONE;
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
    if (search->best_count == search->best_most)
        search->ranking.threshold = search->best[search->best_most - 1].score;
}

static uint32_t concepts_standing(struct search *search, const struct document *lesson,
                                  struct buffer *snippet);

/* What is withheld from a lesson does not raise it either: of its words those count that are
 * shown. */
static bool without_withheld(struct search *search, sqlite3_stmt *row, struct candidate *at)
{
    struct document *lesson = document_of_packed(bytes_of_text("lesson"), column_bytes(row, 2));
    struct withheld withheld = {0};
    struct buffer snippet = {0};

    if (lesson == NULL)
        return false;
    document_withhold(shown_gate(search->store), lesson, &withheld);
    at->concepts &= concepts_standing(search, lesson, &snippet);
    at->score = ranking_score(&search->ranking, at->concepts);
    buffer_release(&snippet);
    document_free(lesson);
    return at->concepts != 0;
}

static bool take_candidate(struct search *search, struct candidate *at, double raise,
                           struct fault *fault)
{
    sqlite3_stmt *query = start(search->store, STANDS);
    bool counts = true;

    bind_number(query, 1, at->body);
    int answer = step(search->store, query, doing, fault);
    if (answer == SQLITE_ROW) {
        column_digest(query, 0, &at->id);
        if (search->asked.concept_count > 0 && sqlite3_column_int(query, 1) != 0)
            counts = without_withheld(search, query, at);
        at->score *= raise;
        if (counts)
            put_in_order(search, at);
        else
            search->answer->total--;
    }
    finish(query);
    return answer == SQLITE_ROW || answer == SQLITE_DONE;
}

/* What else counts is looked up only for those that may be shown, and little by little. */
static bool weigh(struct search *search, struct candidate *at, struct fault *fault)
{
    sqlite3_stmt *query = start(search->store, RAISE);
    double raise = 1;

    bind_number(query, 1, at->body);
    int answer = step(search->store, query, doing, fault);
    if (answer == SQLITE_ROW) {
        at->time_ms = sqlite3_column_int64(query, 0);
        raise = ranking_raise(column_word(query, 1), at->time_ms, search->newest_ms);
    }
    finish(query);
    if (answer != SQLITE_ROW || at->score * raise < search->ranking.threshold)
        return answer == SQLITE_ROW || answer == SQLITE_DONE;
    return take_candidate(search, at, raise, fault);
}

/* So many are counted for certain. */
#define COUNTED_MOST 1000

static bool take_hit(struct search *search, bool check, int64_t body, double score,
                     struct fault *fault)
{
    struct candidate at = {.score = score, .body = body, .concepts = search->ranking.matched};
    bool shown = search->best_most > 0 && (score > 0 || search->asked.concept_count == 0);
    bool fit = true;

    if (score == NOT_FITTING)
        return true;
    if (search->query->share > 0 &&
        ranking_share(&search->asked, at.concepts) < search->query->share)
        return true;
    if (check && !shown && search->fitting == NULL && search->answer->total >= COUNTED_MOST) {
        search->answer->at_least = true;
        return true;
    }
    if (check && !fits(search, body, &fit, fault))
        return false;
    if (!fit)
        return true;
    search->answer->total++;
    return !shown || weigh(search, &at, fault);
}

static bool ask_for_hits(struct search *search, const struct counted_piece *piece,
                         struct fault *fault)
{
    const char *what =
        search->asked.concept_count > 0
            ? "SELECT rowid, score(words_%lld) FROM words_%lld WHERE words_%lld MATCH ?1"
              " AND rowid BETWEEN ?2 AND ?3"
            : "SELECT rowid, 0.0 FROM words_%lld WHERE words_%lld MATCH ?1"
              " AND rowid BETWEEN ?2 AND ?3";
    bool check = search->filtered || piece->stale;
    sqlite3_stmt *query =
        piece_ask(search->store, piece->number, what, buffer_view(&search->match), fault);
    const struct ranking *ranking = &search->ranking;
    size_t fitting = ranking->fitting_count;
    int answer = query == NULL ? SQLITE_ERROR : SQLITE_ROW;

    if (query != NULL) { /* Between the first and the last that fits. */
        bind_number(query, 2, fitting > 0 ? ranking->fitting[0] : search->query->after + 1);
        bind_number(query, 3, fitting > 0 ? ranking->fitting[fitting - 1] : INT64_MAX);
    }
    while (answer == SQLITE_ROW &&
           (answer = step(search->store, query, doing, fault)) == SQLITE_ROW)
        if (!take_hit(search, check, sqlite3_column_int64(query, 0),
                      sqlite3_column_double(query, 1), fault))
            answer = SQLITE_ERROR;
    sqlite3_finalize(query);
    return answer == SQLITE_DONE;
}

/* Which concepts a hit must have one of: the commonest are left out, as long as all of them
 * together give no more than what the last one shown has. (MaxScore: Turtle and Flood 1995.) */
static uint32_t needed_concepts(const struct search *search)
{
    const struct asked *asked = &search->asked;
    uint32_t spared = 0;

    for (;;) {
        size_t commonest = asked->concept_count;
        for (size_t i = 0; i < asked->concept_count; i++)
            if ((spared >> i & 1) == 0 &&
                (commonest == asked->concept_count ||
                 asked->concepts[i].rarity < asked->concepts[commonest].rarity))
                commonest = i;
        if (commonest == asked->concept_count)
            return UINT32_MAX;
        uint32_t more = spared | UINT32_C(1) << commonest;
        if (ranking_most(asked, more) > search->ranking.threshold)
            return spared == 0 ? UINT32_MAX : ~spared;
        spared = more;
    }
}

/* How many lessons have some of it, at most. */
static double lessons_expected(const struct search *search)
{
    double lessons = 0;

    for (size_t i = 0; i < search->asked.phrase_count; i++)
        lessons += search->asked.phrases[i].lessons;
    return lessons;
}

#define LISTING_SHARE 8

static bool find_by_words(struct search *search, struct fault *fault)
{
    const struct counted *counted = &search->counted;

    if (!asked_widen(search->store, &search->asked, counted, fault))
        return false;
    asked_drop_absent(&search->asked);
    if (search->asked.concept_count > 0 && search->asked.phrase_count == 0)
        return true; /* No lesson has any of it. */
    if (search->filtered && lessons_expected(search) > counted->lessons / LISTING_SHARE &&
        !list_fitting(search, fault))
        return false;
    for (size_t i = 0; i < counted->count; i++) {
        uint32_t needed = search->asked.concept_count == 0 ? UINT32_MAX : needed_concepts(search);
        search->answer->at_least = search->answer->at_least || needed != UINT32_MAX;
        write_match(search, needed);
        if (!ask_for_hits(search, &counted->pieces[i], fault))
            return false;
    }
    return true;
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
    int64_t total = (int64_t)search->counted.lessons;
    if (search->filtered &&
        !run_number(search->store, start_filtered(search, COUNT_ALL), &total, doing, fault))
        return false;
    search->answer->total = (uint64_t)total;
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

/* Of the texts as they are shown; the concepts that stand in them. */
static uint32_t concepts_standing(struct search *search, const struct document *lesson,
                                  struct buffer *snippet)
{
    struct phrase phrases[ASKED_PHRASES];
    struct bytes texts[WORDS_TEXTS];
    struct buffer room = {0};
    uint32_t concepts = 0;

    /* The title last: it is shown beside the snippet. */
    for (size_t i = 0; i < WORDS_TEXTS; i++)
        texts[i] = words_text(lesson, (i + 1) % WORDS_TEXTS, &room);
    for (size_t i = 0; i < search->asked.phrase_count; i++)
        phrases[i] = asked_phrase(&search->asked, i);
    uint64_t standing = snippet_write(search->store, texts, WORDS_TEXTS, phrases,
                                      search->asked.phrase_count, snippet);
    for (size_t i = 0; i < search->asked.phrase_count; i++)
        concepts |= (standing >> i & 1) != 0 ? search->asked.phrases[i].concepts : 0;
    buffer_release(&room);
    return concepts;
}

/* What was asked and is not there, as it was typed. */
static void write_missing(const struct search *search, uint32_t concepts, struct buffer *missing)
{
    const struct asked *asked = &search->asked;

    for (size_t i = 0; i < asked->concept_count; i++)
        if ((concepts >> i & 1) == 0) {
            buffer_append_text(missing, missing->size == 0 ? "" : " ");
            buffer_append(missing, buffer_part(&asked->letters, asked->concepts[i].typed));
        }
}

/* A hit, and what its texts point into. */
struct telling {
    struct record *record;
    struct document *lesson, *update;
    struct withheld withheld;
    struct buffer topic, services, snippet, missing, explanation;
};

static void telling_release(struct telling *telling)
{
    buffer_release(&telling->topic);
    buffer_release(&telling->services);
    buffer_release(&telling->snippet);
    buffer_release(&telling->missing);
    buffer_release(&telling->explanation);
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

/* --- Why a hit is one --- */

/* score() tells what it found in this row, for whoever asks what a hit is one for. */
static bool explain_hit(struct search *search, const struct candidate *at, struct telling *telling,
                        struct fault *fault)
{
    static const char what[] =
        "SELECT score(words_%lld) FROM words_%lld WHERE words_%lld MATCH ?1 AND rowid = ?2";
    const struct counted *counted = &search->counted;
    double raise =
        ranking_raise(text_of(telling->lesson, "evidence_level"), at->time_ms, search->newest_ms);
    bool done = true;

    if (search->asked.concept_count == 0)
        return true;
    write_match(search, UINT32_MAX);
    search->ranking.threshold = 0;
    search->ranking.fitting = NULL;
    search->ranking.explanation = &telling->explanation;
    for (size_t i = 0; done && i < counted->count; i++) {
        sqlite3_stmt *query = piece_ask(search->store, counted->pieces[i].number, what,
                                        buffer_view(&search->match), fault);
        done = query != NULL;
        if (done) {
            bind_number(query, 2, at->body);
            int answer = step(search->store, query, doing, fault);
            done = answer == SQLITE_ROW || answer == SQLITE_DONE;
        }
        sqlite3_finalize(query);
    }
    search->ranking.explanation = NULL;
    buffer_printf(&telling->explanation, "evidence %s, and its age: x %.2f\n",
                  text_of(telling->lesson, "evidence_level"), raise);
    return done;
}

/* The index has it, but it is as if it were not here. */
static bool pass_over(struct search *search)
{
    search->answer->total--;
    return true;
}

static bool tell_lesson(struct search *search, const struct candidate *at, const char *name,
                        struct telling *telling, search_visit *visit, void *context,
                        struct fault *fault)
{
    const struct header *header = record_header(telling->record);
    const struct document *now = telling->update == NULL ? telling->lesson : telling->update;

    uint32_t standing = concepts_standing(search, telling->lesson, &telling->snippet);
    uint32_t concepts = telling->withheld.count > 0 ? at->concepts & standing : at->concepts;
    if (telling->withheld.count > 0 && concepts == 0 && search->asked.concept_count > 0)
        return pass_over(search); /* What is withheld is not found by it either. */
    write_missing(search, concepts, &telling->missing);
    if (search->query->explain && !explain_hit(search, at, telling, fault))
        return false;
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
        .missing = buffer_text(&telling->missing),
        .explanation = buffer_text(&telling->explanation),
        .withheld = telling->withheld,
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

static bool has_facets(const struct query *query)
{
    return query->service != NULL || query->topic != NULL || query->barrier != NULL ||
           query->evidence != NULL || query->voice != NULL || query->driver != NULL ||
           query->factor != NULL || query->partner != NULL;
}

/* Is there more to a hit than its words? */
static bool filters_read(struct search *search, struct fault *fault)
{
    const struct query *query = search->query;
    int64_t networks = 0;

    if (!run_number(search->store, start(search->store, NETWORKS), &networks, doing, fault) ||
        !run_number(search->store, start(search->store, NEWEST), &search->newest_ms, doing, fault))
        return false;
    search->filtered = networks > 1 || query->outcome != NULL || query->stage != NULL ||
                       query->authority != NULL || query->since_ms > 0 || query->after > 0;
    return true;
}

/* Of a list by time only the page is read, else all up to the page's end are kept in order. */
static void make_room(struct search *search)
{
    const struct query *query = search->query;
    size_t lessons = (size_t)search->counted.lessons;

    search->best_most = query->limit < lessons ? query->limit : lessons;
    if (!search->by_time)
        search->best_most = query->offset < lessons - search->best_most
                                ? query->offset + search->best_most
                                : lessons;
    search->best = memory_new(search->best_most, sizeof *search->best);
    search->ranking.asked = &search->asked;
    search->ranking.threshold = search->best_most == 0 ? INFINITY : 0;
}

static bool find_within(struct search *search, struct fault *fault)
{
    struct progress progress;

    if (!progress_read(search->store, &progress, fault))
        return false;
    search->answer->place = progress.number;
    search->store->ranking = &search->ranking;
    if (!filters_read(search, fault) || !counted_read(search->store, &search->counted, fault))
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

/* What was looked for in the place of what was typed. */
static void tell_corrections(struct search *search)
{
    const struct asked *asked = &search->asked;

    for (size_t i = 0; i < asked->concept_count; i++) {
        const struct asked_concept *concept = &asked->concepts[i];
        struct buffer text = {0};
        if (concept->corrected.size == 0 || search->answer->correction_count == ANSWER_CORRECTIONS)
            continue;
        struct correction *correction =
            &search->answer->corrections[search->answer->correction_count++];
        buffer_append(&text, buffer_part(&asked->letters, concept->typed));
        snprintf(correction->typed, sizeof correction->typed, "%s", buffer_text(&text));
        buffer_clear(&text);
        buffer_append(&text, buffer_part(&asked->letters, concept->corrected));
        snprintf(correction->meant, sizeof correction->meant, "%s", buffer_text(&text));
        buffer_release(&text);
    }
}

bool store_search(struct store *store, const struct query *query, struct answer *answer,
                  search_visit *visit, void *context, struct fault *fault)
{
    struct search search = {.store = store, .query = query, .answer = answer};

    *answer = (struct answer){.total = 0};
    bool done = index_use(store, fault) && asked_read(store, query->words, &search.asked, fault);
    search.by_time = search.asked.concept_count == 0 && !has_facets(query);
    done = done && find(&search, fault);
    if (done)
        tell_corrections(&search);
    done = done && tell_page(&search, visit, context, fault);
    store->ranking = NULL;
    free(search.counted.pieces);
    free(search.best);
    free(search.fitting);
    buffer_release(&search.match);
    asked_release(&search.asked);
    return done;
}
