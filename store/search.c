#include "store/asked.h"

#include "protocol/vocabulary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Words in, lessons and issues out.
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
    LIST_OUTCOME,
    LIST_STAGE,
    LIST_TIME,
    LIST_ALL,
    LIST_ISSUES,
    LIST_SAID,
    LAST_ROW,
    RAISE,
    LEADS,
    LED_TO,
    STANDS,
    COUNT_ALL,
    PAGE_ALL,
    HIT,
    CORRECTED,
    QUERIES
};

/* ?1 network, ?2 outcome, ?3 stage, ?4 authority, ?5 since, ?8 after, ?9 whether authority and
 * network decide nothing. */
#define FEEDS                                                                                      \
    " AND (?9 OR l.feed IN (SELECT number FROM feed WHERE network = ?1"                            \
    " AND (?4 IS NULL OR authority = ?4))) "
#define FITTING                                                                                    \
    " (?2 IS NULL OR l.outcome_now = ?2) AND (?3 IS NULL OR l.stage_now = ?3)"                     \
    " AND l.time_ms >= ?5 AND +l.body > ?8" FEEDS
/* What is no lesson has neither outcome nor stage; and what leads to one is not asked whether that
 * fits. */
#define OTHERS_FITTING                                                                             \
    " ?2 IS NULL AND ?3 IS NULL AND l.time_ms >= ?5 AND +l.body > ?8"                              \
    " AND (l.about IS NULL OR ?4 IS NULL AND ?5 <= 0 AND ?8 <= 0)" FEEDS

static const char *const sql[QUERIES] = {
    [BEGIN] = "BEGIN",
    [END] = "COMMIT",
    [PIECES] = "SELECT number, lessons, stale, said, said_words FROM piece ORDER BY number",
    [NETWORKS] = "SELECT count(*) FROM network",
    [NEWEST] = "SELECT coalesce(max(time_ms), 0) FROM lesson",
    /* By the index that leaves least to be read. */
    [LIST_OUTCOME] = "SELECT l.body FROM lesson l INDEXED BY lesson_outcome"
                     " WHERE l.outcome_now = ?2 AND" FITTING,
    [LIST_STAGE] = "SELECT l.body FROM lesson l INDEXED BY lesson_stage"
                   " WHERE l.stage_now = ?3 AND" FITTING,
    [LIST_TIME] = "SELECT l.body FROM lesson l INDEXED BY lesson_time"
                  " WHERE l.time_ms >= ?5",
    [LIST_ALL] = "SELECT l.body FROM lesson l NOT INDEXED WHERE" FITTING "AND l.body > ?8",
    [LIST_ISSUES] = "SELECT l.body FROM searched l INDEXED BY searched_issue"
                    " WHERE l.about IS NULL AND" OTHERS_FITTING,
    [LIST_SAID] = "SELECT l.body FROM searched l WHERE l.about IS NOT NULL AND" OTHERS_FITTING,
    [LAST_ROW] = "SELECT max(coalesce((SELECT max(body) FROM lesson), 0),"
                 " coalesce((SELECT max(body) FROM searched), 0))",
    [FITS] = "SELECT 1 FROM lesson l WHERE l.body = ?6 AND" FITTING
             "UNION ALL SELECT 1 FROM searched l WHERE l.body = ?6 AND" OTHERS_FITTING,
    [RAISE] = "SELECT time_ms, evidence FROM lesson WHERE body = ?1",
    [LEADS] = "SELECT time_ms, about FROM searched WHERE body = ?1",
    [LED_TO] = "SELECT e.body FROM entry e CROSS JOIN record r ON" ENTRY_ROW
               "AND r.in_set AND r.text = 0 CROSS JOIN feed f ON f.number = r.feed"
               " WHERE e.prefix = id_prefix(?1) AND r.id = ?1 AND f.network = ?2",
    [STANDS] = "SELECT r.id,"
               " EXISTS (SELECT 1 FROM withheld w WHERE w.record = l.record), b.content, e.kind"
               " FROM (SELECT record, body FROM lesson WHERE body = ?1 UNION ALL"
               " SELECT record, body FROM searched WHERE body = ?1) l"
               " CROSS JOIN entry e ON e.number = l.record"
               " CROSS JOIN record r ON" ENTRY_ROW " CROSS JOIN wire b ON b.number = l.body",
    [COUNT_ALL] = "SELECT count(*) FROM lesson l WHERE" FITTING,
    [PAGE_ALL] = "SELECT l.body FROM lesson l"
                 " CROSS JOIN entry e ON e.number = l.record CROSS JOIN record r ON" ENTRY_ROW
                 "WHERE" FITTING "ORDER BY l.time_ms DESC, r.id LIMIT ?6 OFFSET ?7",
    /* What facts say by now counts: an index that is behind shows nothing that is hidden. */
    [HIT] = "SELECT h.header, h.proof, NULL, NULL, b.content, v.content, a.name"
            " FROM (SELECT body, record, latest FROM lesson WHERE body = ?1 UNION ALL"
            " SELECT body, record, NULL FROM searched WHERE body = ?1) l"
            " CROSS JOIN entry e ON e.number = l.record"
            " CROSS JOIN record r ON" ENTRY_ROW "AND r.in_set AND r.text = 0 AND r.body = l.body"
            " CROSS JOIN feed f ON f.number = r.feed CROSS JOIN wire h ON h.number = r.number"
            " CROSS JOIN wire b ON b.number = l.body"
            " LEFT JOIN entry u ON u.number = l.latest"
            " LEFT JOIN record x ON x.feed = u.feed AND x.seq = u.seq AND x.number = u.number"
            " AND x.text = 0 LEFT JOIN wire v ON v.number = x.body"
            " LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority",
    /* What its author, or whoever is there in its place, has said again: by 1 supersedes. */
    [CORRECTED] = "SELECT x.id FROM entry e CROSS JOIN record r ON" ENTRY_ROW
                  " CROSS JOIN feed f ON f.number = r.feed"
                  " CROSS JOIN reference t ON t.target = ?1 AND t.relation = 1"
                  " CROSS JOIN entry w ON w.number = t.record AND w.kind = e.kind AND w.form = 0"
                  " CROSS JOIN feed g ON g.number = w.feed AND g.network = f.network"
                  " CROSS JOIN record x ON x.feed = w.feed AND x.seq = w.seq"
                  " AND x.number = w.number AND x.in_set AND x.text = 0"
                  " LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority"
                  " LEFT JOIN authority c ON c.network = f.network AND c.id = g.authority"
                  " WHERE e.prefix = id_prefix(?1) AND r.id = ?1 AND e.form = 0 AND f.network = ?2"
                  " AND coalesce(a.heir, f.authority) = coalesce(c.heir, g.authority)"
                  " ORDER BY g.feed DESC, w.seq DESC, x.id LIMIT 1",
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
    int64_t found;        /* The text in which the words are: its own, or what was said of it. */
    struct digest id;     /* Of that text. */
    uint32_t concepts;    /* That it has. */
    const char *evidence; /* NULL: it says none. */
    uint64_t same;        /* Others that are folded into it. */
    bool has_corrected;
    struct digest corrected;
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
    uint8_t *fitting;       /* A bit for each body, where those that fit were listed. */
    int64_t first, last;    /* Bodies before the first and after the last do not fit. */
    struct candidate *best; /* In order. */
    size_t best_count, best_most;
    size_t spare; /* Kept beyond the page's end, in the place of those that are folded. */
    bool widened; /* The ways of what is asked are known. */
    bool one_network;
};

/* --- What FTS5 is asked --- */

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
            search->ranking.first = asked_write_any(match, asked, needed);
            buffer_append_text(match, " AND ");
        }
        asked_write_any(match, asked, all);
        asked_write_quoted(match, asked);
        buffer_append_text(match, ")");
        asked_write_excluded(match, asked);
        buffer_append_text(match, ")");
    }
    filters_write(match, search->query);
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
            (struct counted_piece){.number = sqlite3_column_int64(query, 0),
                                   .lessons = lessons - stale,
                                   .stale = stale > 0,
                                   .said = sqlite3_column_int64(query, 3),
                                   .said_words = sqlite3_column_int64(query, 4)};
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
    bind_number(started, 9, search->one_network && query->authority == NULL);
    return started;
}

static enum sql list_by(const struct search *search)
{
    const struct query *query = search->query;

    if (query->outcome != NULL)
        return LIST_OUTCOME;
    if (query->stage != NULL)
        return LIST_STAGE;
    return search->one_network && query->authority == NULL && query->after == 0 ? LIST_TIME
                                                                                : LIST_ALL;
}

static bool list(struct search *search, enum sql what, struct fault *fault)
{
    sqlite3_stmt *query = start_filtered(search, what);
    int answer;

    while ((answer = step(search->store, query, doing, fault)) == SQLITE_ROW) {
        int64_t row = sqlite3_column_int64(query, 0);
        if (row >= search->ranking.fitting_rows)
            continue;
        search->fitting[row >> 3] |= (uint8_t)(1 << (row & 7));
        search->first = row < search->first ? row : search->first;
        search->last = row > search->last ? row : search->last;
    }
    finish(query);
    return answer == SQLITE_DONE;
}

/* Where many hits are to be looked up, all that fit are listed first: that is quicker than to look
 * up each. */
static bool list_fitting(struct search *search, struct fault *fault)
{
    int64_t last = 0;

    if (!run_number(search->store, start(search->store, LAST_ROW), &last, doing, fault))
        return false;
    search->fitting = memory_new((size_t)(last / 8) + 1, 1);
    search->ranking.fitting = search->fitting;
    search->ranking.fitting_rows = last + 1;
    search->first = INT64_MAX;
    search->last = 0;
    /* What was said of a lesson fits where nothing is asked of it but its network. */
    return list(search, list_by(search), fault) && list(search, LIST_ISSUES, fault) &&
           (search->one_network || list(search, LIST_SAID, fault));
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

/* What is found by more than one text counts by the best of them. False: it is there already. */
static bool take_place_of_same(struct search *search, const struct candidate *at)
{
    for (size_t i = 0; i < search->best_count; i++) {
        if (search->best[i].body != at->body)
            continue;
        search->answer->total--;
        if (!comes_before(at, &search->best[i]))
            return false;
        search->best_count--;
        memmove(&search->best[i], &search->best[i + 1],
                (search->best_count - i) * sizeof *search->best);
        return true;
    }
    return true;
}

static void put_in_order(struct search *search, const struct candidate *at)
{
    if (!take_place_of_same(search, at))
        return;
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
    struct document *lesson = document_of_packed(column_bytes(row, 3), column_bytes(row, 2));
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

    bind_number(query, 1, at->found);
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

static const char *known_evidence(const char *code)
{
    const struct word *word = vocabulary_find(&evidence_levels, bytes_of_text(code));

    return word == NULL ? NULL : word->code;
}

/* The body that is at hand once more where it is an issue, or that of what it leads to; 0: of
 * neither. */
static bool lead(struct search *search, struct candidate *at, int64_t *body, struct fault *fault)
{
    sqlite3_stmt *query = start(search->store, LEADS);
    struct digest about;

    bind_number(query, 1, at->body);
    int answer = step(search->store, query, doing, fault);
    bool leads = answer == SQLITE_ROW && column_digest(query, 1, &about);
    *body = answer == SQLITE_ROW && !leads ? at->body : 0;
    at->time_ms = answer == SQLITE_ROW ? sqlite3_column_int64(query, 0) : 0;
    finish(query);
    if (!leads)
        return answer == SQLITE_ROW || answer == SQLITE_DONE;
    query = start(search->store, LED_TO);
    bind_digest(query, 1, &about);
    bind_number(query, 2, search->store->network);
    answer = step(search->store, query, doing, fault);
    *body = answer == SQLITE_ROW ? sqlite3_column_int64(query, 0) : 0;
    finish(query);
    return answer == SQLITE_ROW || answer == SQLITE_DONE;
}

/* A response may be to an update of a lesson, and no further away from what it is about. */
#define LEADS_MOST 3

/* Is a text a hit, or which one does it lead to? */
static bool resolve(struct search *search, struct candidate *at, bool *found, struct fault *fault)
{
    *found = false;
    for (int i = 0; i < LEADS_MOST; i++) {
        sqlite3_stmt *query = start(search->store, RAISE);
        int64_t body;
        bind_number(query, 1, at->body);
        int answer = step(search->store, query, doing, fault);
        if (answer == SQLITE_ROW) {
            at->time_ms = sqlite3_column_int64(query, 0);
            at->evidence = known_evidence(column_word(query, 1));
        }
        finish(query);
        *found = answer == SQLITE_ROW;
        if (*found || answer != SQLITE_DONE)
            return answer == SQLITE_ROW || answer == SQLITE_DONE;
        if (!lead(search, at, &body, fault))
            return false;
        *found = body == at->body;
        if (body == 0 || *found)
            return true;
        at->body = body;
    }
    return true;
}

/* What was said of a lesson says less of it than its own text. */
#define SAID 0.8

static double raise_of(const struct search *search, const struct candidate *at)
{
    return ranking_raise(at->evidence, at->time_ms, search->newest_ms) *
           (at->found == at->body ? 1 : SAID);
}

/* What else counts is looked up only for those that may be shown, and little by little. */
static bool weigh(struct search *search, struct candidate *at, struct fault *fault)
{
    bool found;

    if (!resolve(search, at, &found, fault))
        return false;
    double raise = raise_of(search, at);
    if (!found)
        search->answer->total--;
    return !found || at->score * raise < search->ranking.threshold ||
           take_candidate(search, at, raise, fault);
}

/* So many are counted for certain. */
#define COUNTED_MOST 1000

static bool take_hit(struct search *search, bool check, int64_t body, double score,
                     struct fault *fault)
{
    struct candidate at = {
        .score = score, .body = body, .found = body, .concepts = search->ranking.matched};
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
    search->ranking.piece = piece;
    sqlite3_stmt *query =
        piece_ask(search->store, piece->number, what, buffer_view(&search->match), fault);
    int answer = query == NULL ? SQLITE_ERROR : SQLITE_ROW;

    if (query != NULL) {
        bind_number(query, 2, search->first);
        bind_number(query, 3, search->last);
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

    if (!search->widened && !asked_widen(search->store, &search->asked, counted, fault))
        return false;
    asked_drop_absent(&search->asked);
    search->widened = true;
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
        search->best[search->best_count++] = (struct candidate){
            .body = sqlite3_column_int64(page, 0), .found = sqlite3_column_int64(page, 0)};
    finish(page);
    if (answer != SQLITE_DONE)
        return false;
    int64_t total = 0;
    if (!run_number(search->store, start_filtered(search, COUNT_ALL), &total, doing, fault))
        return false;
    search->answer->total = (uint64_t)total;
    return true;
}

/* --- Telling --- */

static const char *text_of(const struct document *document, const char *key)
{
    struct bytes text = {0};

    if (form_has(document_form(document), key))
        text = document_text(document, key);
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

/* A text, as facts have it by now. */
struct text {
    struct record *record; /* NULL: they show it no more. */
    struct document *document, *update;
    struct withheld withheld;
    struct buffer author; /* Its name, where that is known. */
};

static void text_release(struct text *text)
{
    buffer_release(&text->author);
    document_free(text->document);
    document_free(text->update);
    record_free(text->record);
}

static bool text_of_row(struct search *search, sqlite3_stmt *row, struct text *text,
                        struct fault *fault)
{
    text->record = record_of_row(row, 0, fault);
    if (text->record == NULL)
        return false;
    text->document = document_of_packed(record_header(text->record)->kind, column_bytes(row, 4));
    text->update = document_of_packed(bytes_of_text("update"), column_bytes(row, 5));
    buffer_append_text(&text->author, column_word(row, 6));
    if (text->document != NULL)
        document_withhold(shown_gate(search->store), text->document, &text->withheld);
    return true;
}

static bool text_read(struct search *search, int64_t body, struct text *text, struct fault *fault)
{
    sqlite3_stmt *row = start(search->store, HIT);

    bind_number(row, 1, body);
    int answer = step(search->store, row, "reading a hit", fault);
    bool done =
        answer == SQLITE_DONE || (answer == SQLITE_ROW && text_of_row(search, row, text, fault));
    finish(row);
    return done;
}

/* A hit, and what its texts point into. */
struct telling {
    struct text own, said; /* What was said of it, where it was found by that. */
    struct buffer topic, services, snippet, missing, explanation;
};

static void telling_release(struct telling *telling)
{
    buffer_release(&telling->topic);
    buffer_release(&telling->services);
    buffer_release(&telling->snippet);
    buffer_release(&telling->missing);
    buffer_release(&telling->explanation);
    text_release(&telling->own);
    text_release(&telling->said);
}

/* --- Why a hit is one --- */

/* score() tells what it found in this row, for whoever asks what a hit is one for. */
static bool explain_hit(struct search *search, const struct candidate *at, struct telling *telling,
                        struct fault *fault)
{
    static const char what[] =
        "SELECT score(words_%lld) FROM words_%lld WHERE words_%lld MATCH ?1 AND rowid = ?2";
    const struct counted *counted = &search->counted;
    const char *evidence = text_of(telling->own.document, "evidence_level");
    bool done = true;

    if (search->asked.concept_count == 0)
        return true;
    write_match(search, UINT32_MAX);
    search->ranking.threshold = 0;
    search->ranking.fitting = NULL;
    search->ranking.explanation = &telling->explanation;
    for (size_t i = 0; done && i < counted->count; i++) {
        search->ranking.piece = &counted->pieces[i];
        sqlite3_stmt *query = piece_ask(search->store, counted->pieces[i].number, what,
                                        buffer_view(&search->match), fault);
        done = query != NULL;
        if (done) {
            bind_number(query, 2, at->found);
            int answer = step(search->store, query, doing, fault);
            done = answer == SQLITE_ROW || answer == SQLITE_DONE;
        }
        sqlite3_finalize(query);
    }
    search->ranking.explanation = NULL;
    buffer_printf(
        &telling->explanation, "evidence %s, %s: x %.2f\n", evidence[0] == '\0' ? "none" : evidence,
        at->found == at->body ? "and its age" : "its age, and that others' words say less of it",
        raise_of(search, at));
    return done;
}

/* The index has it, but it is as if it were not here. */
static bool pass_over(struct search *search)
{
    search->answer->total--;
    return true;
}

static void fill_via(struct hit *hit, struct text *said)
{
    const struct author *author;

    if (said->record == NULL)
        return;
    author = &record_header(said->record)->author;
    hit->via.kind = document_form(said->document)->kind;
    hit->via.id = *record_id(said->record);
    hit->via.anonymous = author->form != AUTHOR_NAMED;
    hit->via.authority_name = buffer_text(&said->author);
}

static bool tell_hit(struct search *search, const struct candidate *at, struct telling *telling,
                     search_visit *visit, void *context, struct fault *fault)
{
    struct text *own = &telling->own;
    const struct text *found = telling->said.record != NULL ? &telling->said : own;
    const struct header *header = record_header(own->record);
    const struct document *now = own->update == NULL ? own->document : own->update;

    uint32_t standing = concepts_standing(search, found->document, &telling->snippet);
    uint32_t concepts = found->withheld.count > 0 ? at->concepts & standing : at->concepts;
    if (found->withheld.count > 0 && concepts == 0 && search->asked.concept_count > 0)
        return pass_over(search); /* What is withheld is not found by it either. */
    write_missing(search, concepts, &telling->missing);
    if (search->query->explain && !explain_hit(search, at, telling, fault))
        return false;
    buffer_append(&telling->topic, header->topic);
    write_services(own->document, &telling->services);
    struct hit hit = {
        .id = *record_id(own->record),
        .kind = document_form(own->document)->kind,
        .title = text_of(own->document, "title"),
        .abstract = text_of(own->document, "abstract"),
        .outcome = text_of(now, "outcome"),
        .stage = text_of(now, "stage"),
        .services = buffer_text(&telling->services),
        .topic = buffer_text(&telling->topic),
        .anonymous = header->author.form != AUTHOR_NAMED,
        .authority_name = buffer_text(&own->author),
        .published_ms = header->time_ms,
        .score = at->score,
        .snippet = buffer_text(&telling->snippet),
        .missing = buffer_text(&telling->missing),
        .explanation = buffer_text(&telling->explanation),
        .same = at->same,
        .has_corrected = at->has_corrected,
        .corrected = at->corrected,
        .withheld = own->withheld,
    };
    if (!hit.anonymous)
        hit.authority = header->author.feed.authority;
    fill_via(&hit, &telling->said);
    return store_responses(search->store, &hit.id, &hit.responses, fault) &&
           visit(context, &hit, fault);
}

/* Lessons and issues alone are shown: what a response is about may be a figure. */
static bool is_shown(const struct text *text)
{
    const struct form *form = text->document == NULL ? NULL : document_form(text->document);

    return form == &lesson_form || form == &issue_form;
}

/* One that facts do not show any more is passed over. */
static bool tell(struct search *search, const struct candidate *at, search_visit *visit,
                 void *context, struct fault *fault)
{
    struct telling telling = {.topic = {0}};
    bool led = at->found != at->body;

    bool on = text_read(search, at->body, &telling.own, fault) &&
              (!led || text_read(search, at->found, &telling.said, fault));
    if (on && is_shown(&telling.own) && (!led || telling.said.document != NULL))
        on = tell_hit(search, at, &telling, visit, context, fault);
    else if (on)
        on = pass_over(search);
    telling_release(&telling);
    return on;
}

/* --- What is the same is one hit --- */

/* The id of what is shown, be it found by its own text or not. */
static bool hit_id(struct search *search, const struct candidate *at, struct digest *id,
                   struct fault *fault)
{
    sqlite3_stmt *query = start(search->store, STANDS);

    bind_number(query, 1, at->body);
    int answer = step(search->store, query, doing, fault);
    *id = (struct digest){{0}};
    if (answer == SQLITE_ROW)
        column_digest(query, 0, id);
    finish(query);
    return answer == SQLITE_ROW || answer == SQLITE_DONE;
}

/* Its last correction; *id itself where there is none. */
#define CORRECTIONS_MOST 16
static bool last_said(struct search *search, struct digest *id, struct fault *fault)
{
    int answer = SQLITE_ROW;

    for (int i = 0; answer == SQLITE_ROW && i < CORRECTIONS_MOST; i++) {
        sqlite3_stmt *query = start(search->store, CORRECTED);
        struct digest from = *id;
        bind_digest(query, 1, &from);
        bind_number(query, 2, search->store->network);
        answer = step(search->store, query, doing, fault);
        if (answer == SQLITE_ROW)
            column_digest(query, 0, id);
        finish(query);
    }
    return answer == SQLITE_ROW || answer == SQLITE_DONE;
}

static bool is_in(const struct issue_group *group, const struct digest *id)
{
    for (size_t i = 0; i < group->count; i++)
        if (digest_equal(&group->ids[i], id))
            return true;
    return false;
}

/* Of those behind it that are the same none stays; where one of them is its correction, that takes
 * its place. */
static void fold_into(struct search *search, struct digest *ids, size_t at,
                      const struct issue_group *group)
{
    struct candidate *best = search->best;
    size_t kept = at + 1;

    for (size_t i = at + 1; i < search->best_count; i++) {
        bool corrects = best[at].has_corrected && digest_equal(&ids[i], &best[at].corrected);
        bool corrected = best[i].has_corrected && digest_equal(&best[i].corrected, &ids[at]);
        if (!corrects && !corrected && !is_in(group, &ids[i])) {
            ids[kept] = ids[i];
            best[kept++] = best[i];
            continue;
        }
        uint64_t same = best[at].same + 1;
        if (corrects) {
            best[at] = best[i];
            ids[at] = ids[i];
        }
        best[at].same = same;
        search->answer->total--;
    }
    search->best_count = kept;
}

static bool fold(struct search *search, struct fault *fault)
{
    struct digest *ids = memory_new(search->best_count + 1, sizeof *ids);
    struct issue_group *group = memory_new(1, sizeof *group);
    bool done = true;

    for (size_t i = 0; done && i < search->best_count; i++) {
        struct candidate *at = &search->best[i];
        done = hit_id(search, at, &ids[i], fault);
        at->corrected = ids[i];
        done = done && last_said(search, &at->corrected, fault);
        at->has_corrected = !digest_equal(&at->corrected, &ids[i]);
    }
    for (size_t i = 0; done && i < search->best_count; i++) {
        done = store_issue_group(search->store, &ids[i], search->query->honoured,
                                 search->query->honoured_count, group, fault);
        if (done)
            fold_into(search, ids, i, group);
    }
    free(group);
    free(ids);
    return done;
}

/* --- All of it --- */

static bool has_facets(const struct query *query)
{
    return query->service != NULL || query->topic != NULL || query->barrier != NULL ||
           query->evidence != NULL || query->voice != NULL || query->driver != NULL ||
           query->factor != NULL || query->partner != NULL || query->among != NULL ||
           query->lessons_only;
}

/* Is there more to a hit than its words? */
static bool filters_read(struct search *search, struct fault *fault)
{
    const struct query *query = search->query;
    int64_t networks = 0;

    if (!run_number(search->store, start(search->store, NETWORKS), &networks, doing, fault) ||
        !run_number(search->store, start(search->store, NEWEST), &search->newest_ms, doing, fault))
        return false;
    search->one_network = networks <= 1;
    search->first = query->after + 1;
    search->last = INT64_MAX;
    search->filtered = networks > 1 || query->outcome != NULL || query->stage != NULL ||
                       query->since_ms > 0 || query->after > 0 ||
                       (query->authority != NULL && search->by_time);
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
    if (!search->by_time && search->best_most > 0)
        search->best_most += search->spare;
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

static bool tell_page(struct search *search, search_visit *visit, void *context,
                      struct fault *fault)
{
    size_t from = search->by_time ? 0 : search->query->offset;
    size_t end = from + search->query->limit;
    bool on = true;

    for (size_t i = from; on && i < search->best_count && i < end; i++)
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

/* What a listener of hits is given. */
struct listener {
    search_visit *visit;
    void *context;
};

static void start_over(struct search *search)
{
    free(search->counted.pieces);
    free(search->best);
    free(search->fitting);
    search->counted = (struct counted){.count = 0};
    search->ranking = (struct ranking){.asked = &search->asked};
    search->best = NULL;
    search->fitting = NULL;
    search->best_count = 0;
    search->answer->total = 0;
    search->answer->at_least = false;
}

/* Where hits were folded others may have had their places: then it is all done again, with room for
 * them. That is seldom, and twice as long at most but for many that are the same. */
#define SPARE_MOST 512

static bool find_folded(struct search *search, struct fault *fault)
{
    for (;;) {
        if (!find_within(search, fault))
            return false;
        size_t found = search->best_count, wanted = search->best_most - search->spare;
        if (search->by_time || search->query->lessons_only) /* Who counts them tells them apart. */
            return true;
        if (!fold(search, fault))
            return false;
        if (found < search->best_most || search->best_count >= wanted ||
            search->spare >= SPARE_MOST)
            return true;
        search->spare = 4 * (search->spare + found - search->best_count);
        start_over(search);
    }
}

static bool answer_within(struct search *search, const struct listener *listener,
                          struct fault *fault)
{
    if (!find_folded(search, fault))
        return false;
    tell_corrections(search);
    return tell_page(search, listener->visit, listener->context, fault);
}

/* All pieces are asked, and hits told, as of one moment. */
static bool answer_all(struct search *search, const struct listener *listener, struct fault *fault)
{
    struct store *store = search->store;
    struct fault ignored;

    if (!sqlite3_get_autocommit(store->db)) /* Within the caller's transaction. */
        return answer_within(search, listener, fault);
    if (!run(store, start(store, BEGIN), doing, fault))
        return false;
    bool done = answer_within(search, listener, fault);
    run(store, start(store, END), doing, &ignored);
    return done;
}

bool store_search(struct store *store, const struct query *query, struct answer *answer,
                  search_visit *visit, void *context, struct fault *fault)
{
    struct search search = {.store = store, .query = query, .answer = answer};
    const struct listener listener = {visit, context};

    *answer = (struct answer){.total = 0};
    bool done = index_use(store, fault) && asked_read(store, query->words, &search.asked, fault);
    search.by_time = search.asked.concept_count == 0 && !has_facets(query);
    done = done && answer_all(&search, &listener, fault);
    store->ranking = NULL;
    free(search.counted.pieces);
    free(search.best);
    free(search.fitting);
    buffer_release(&search.match);
    asked_release(&search.asked);
    return done;
}
