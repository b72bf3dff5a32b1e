#include "store/asked.h"

#include "protocol/vocabulary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How well a lesson answers: BM25 (Robertson and Zaragoza 2009) over concepts and not words. The
 * ways in which a concept is said add up before they saturate, so that saying a thing in three ways
 * is not three things. How rare it is counts over all pieces of the index, for in a piece with
 * three lessons nothing is rare.
 *
 * A lesson that has more of what was asked comes before one that has a part of it often; words that
 * stand together as they were typed say more than apart. docs/search.md tells the numbers, and how
 * they were come by. */

#define K1 3.0
#define B 0.75
#define SHORTEST 0.5     /* What is shorter, by the average, counts as so long. */
#define COORDINATION 0.3 /* The power of the share that is there. */
#define TOGETHER 0.15    /* At most so much more where words stand together. */
#define EVIDENCE 0.06    /* And where it was judged by outsiders, */
#define FRESH 0.04       /* or is of today. */
#define FRESH_DAYS 1825.0

/* A word in a title says most, in an abstract much; what did not work and the recommendation are
 * what people look for. What comes after these columns are filters. */
static const double weights[WORDS_TEXTS] = {6.0, 3.0, 1.0, 1.5, 1.5, 1.0};

double rarity(double lessons, double with)
{
    return log(1 + (lessons - with + 0.5) / (with + 0.5));
}

/* --- Together --- */

#define PLACES 48 /* Of a concept in a row that are looked at. */
struct places {
    int64_t list[PLACES];
    size_t count;
};

static void add_place(struct places *places, int column, int offset)
{
    if (places->count < PLACES)
        places->list[places->count++] = ((int64_t)column << 32) + offset;
}

/* 1 where the one stands right before the other somewhere, less where some words are between. */
static double nearness(const struct places *a, const struct places *b)
{
    double best = 0;

    for (size_t i = 0; i < a->count; i++)
        for (size_t k = 0; k < b->count; k++) {
            int64_t gap = b->list[k] - a->list[i];
            double near = gap == 1 ? 1 : (gap >= -3 && gap <= 4 && gap != 0 ? 0.5 : 0);
            best = near > best ? near : best;
        }
    return best;
}

/* --- One row --- */

struct scored {
    const Fts5ExtensionApi *api;
    Fts5Context *context;
    double often[ASKED_CONCEPTS]; /* By weight of column and phrase. */
    struct places *places;        /* Of each concept; NULL: they are not looked at. */
};

static void add_instance(struct scored *row, const struct asked_phrase *phrase, int column,
                         int offset)
{
    for (uint32_t left = phrase->concepts; left != 0; left &= left - 1) {
        int concept = __builtin_ctz(left);
        row->often[concept] += phrase->weight * weights[column];
        if (row->places != NULL && phrase->way != WAY_SYNONYM)
            add_place(&row->places[concept], column, offset);
    }
}

static int add_phrase(struct scored *row, int index, const struct asked_phrase *phrase)
{
    Fts5PhraseIter at;
    int column, offset;
    int answer = row->api->xPhraseFirst(row->context, index, &at, &column, &offset);

    for (; answer == SQLITE_OK && column >= 0;
         row->api->xPhraseNext(row->context, &at, &column, &offset))
        if (column < WORDS_TEXTS)
            add_instance(row, phrase, column, offset);
    return answer;
}

static int read_row(const struct ranking *ranking, struct scored *row)
{
    int answer = SQLITE_OK;

    for (size_t i = 0; answer == SQLITE_OK && i < ranking->asked->phrase_count; i++)
        answer = add_phrase(row, (int)(ranking->first + i), &ranking->asked->phrases[i]);
    return answer;
}

/* How many words this row has, by how many a lesson or issue has on average: what was said of them
 * is short, and there may be much of it. Filters are no words. */
static int relative_length(const struct counted_piece *piece, const struct scored *row,
                           double *length)
{
    const Fts5ExtensionApi *api = row->api;
    sqlite3_int64 rows = 0, tokens = 0, filters = 0;
    int size = 0, filter = 0;
    int answer = api->xRowCount(row->context, &rows);

    if (answer == SQLITE_OK)
        answer = api->xColumnTotalSize(row->context, -1, &tokens);
    if (answer == SQLITE_OK)
        answer = api->xColumnTotalSize(row->context, WORDS_TEXTS, &filters);
    if (answer == SQLITE_OK)
        answer = api->xColumnSize(row->context, -1, &size);
    if (answer == SQLITE_OK)
        answer = api->xColumnSize(row->context, WORDS_TEXTS, &filter);
    rows -= piece->said;
    tokens -= piece->said_words;
    *length = rows <= 0 || tokens <= filters
                  ? 1
                  : (double)(size - filter) * (double)rows / (double)(tokens - filters);
    return answer;
}

/* --- The score --- */

static void fill_parts(struct ranking *ranking, const struct scored *row, double length)
{
    const struct asked *asked = ranking->asked;

    length = length < SHORTEST ? SHORTEST : length;
    ranking->matched = 0;
    for (size_t i = 0; i < asked->concept_count; i++) {
        double often = row->often[i];
        ranking->parts[i] =
            asked->concepts[i].rarity * (K1 + 1) * often / (often + K1 * (1 - B + B * length));
        if (often > 0)
            ranking->matched |= UINT32_C(1) << i;
    }
}

double ranking_share(const struct asked *asked, uint32_t concepts)
{
    double all = 0, there = 0;

    for (size_t i = 0; i < asked->concept_count; i++) {
        all += asked->concepts[i].rarity;
        there += (concepts >> i & 1) != 0 ? asked->concepts[i].rarity : 0;
    }
    return all == 0 ? 1 : there / all;
}

double ranking_score(struct ranking *ranking, uint32_t concepts)
{
    double sum = 0;

    concepts &= ranking->matched;
    if (concepts != ranking->shared) {
        ranking->shared = concepts;
        ranking->share = pow(ranking_share(ranking->asked, concepts), COORDINATION);
    }
    for (size_t i = 0; i < ranking->asked->concept_count; i++)
        sum += (concepts >> i & 1) != 0 ? ranking->parts[i] : 0;
    return sum * ranking->share * (1 + ranking->together);
}

double ranking_most(const struct asked *asked, uint32_t concepts)
{
    double sum = 0;

    for (size_t i = 0; i < asked->concept_count; i++)
        sum += (concepts >> i & 1) != 0 ? asked->concepts[i].rarity * (K1 + 1) : 0;
    return sum * pow(ranking_share(asked, concepts), COORDINATION) * (1 + TOGETHER) *
           (1 + EVIDENCE + FRESH);
}

static int read_together(struct ranking *ranking, struct scored *row)
{
    const struct asked *asked = ranking->asked;
    struct places places[ASKED_CONCEPTS];
    double sum = 0, all = 0;

    for (size_t i = 0; i < asked->concept_count; i++)
        places[i].count = 0;
    row->places = places;
    int answer = read_row(ranking, row);
    for (size_t i = 0; i + 1 < asked->concept_count; i++) {
        double weight = asked->concepts[i].rarity + asked->concepts[i + 1].rarity;
        all += weight;
        sum += weight * nearness(&places[i], &places[i + 1]);
    }
    ranking->together = all == 0 ? 0 : TOGETHER * sum / all;
    row->places = NULL;
    return answer;
}

/* --- Why --- */

/* In which columns the phrase is, and how often. Returns whether it is in any. */
static bool explain_phrase(const struct scored *row, int index, const char *between,
                           const struct phrase *phrase, enum asked_way way, struct buffer *text)
{
    static const char *const ways[] = {"", " (another spelling)", " (probably meant)",
                                       " (thesaurus)"};
    unsigned counts[WORDS_TEXTS] = {0}, all = 0;
    Fts5PhraseIter at;
    int column, offset;
    int answer = row->api->xPhraseFirst(row->context, index, &at, &column, &offset);

    for (; answer == SQLITE_OK && column >= 0;
         row->api->xPhraseNext(row->context, &at, &column, &offset))
        if (column < WORDS_TEXTS)
            all += ++counts[column] > 0;
    if (all == 0)
        return false;
    buffer_append_text(text, between);
    buffer_append(text, phrase->text);
    buffer_printf(text, "%s%s in", phrase->begins ? "*" : "", ways[way]);
    for (int i = 0; i < WORDS_TEXTS; i++)
        if (counts[i] > 0)
            buffer_printf(text, " %s %u", words_columns[i], counts[i]);
    return true;
}

static void explain_concept(const struct ranking *ranking, const struct scored *row, size_t concept)
{
    const struct asked *asked = ranking->asked;
    struct buffer *text = ranking->explanation;
    const char *between = ": ";

    buffer_append(text, buffer_part(&asked->letters, asked->concepts[concept].typed));
    for (size_t i = 0; i < asked->phrase_count; i++) {
        struct phrase phrase = asked_phrase(asked, i);
        if ((asked->phrases[i].concepts >> concept & 1) != 0 &&
            explain_phrase(row, (int)(ranking->first + i), between, &phrase, asked->phrases[i].way,
                           text))
            between = "; ";
    }
    if (between[0] == ':')
        buffer_append_text(text, ": is not in it\n");
    else
        buffer_printf(text, "; rarity %.2f, gives %.2f\n", asked->concepts[concept].rarity,
                      ranking->parts[concept]);
}

static void explain(const struct ranking *ranking, const struct scored *row)
{
    for (size_t i = 0; i < ranking->asked->concept_count; i++)
        explain_concept(ranking, row, i);
    buffer_printf(ranking->explanation,
                  "the part of what was asked that it has: x %.2f; words that stand together: "
                  "x %.2f\n",
                  pow(ranking_share(ranking->asked, ranking->matched), COORDINATION),
                  1 + ranking->together);
}

/* Could it be above the threshold at all? */
static bool may_be_shown(struct ranking *ranking, const struct scored *row)
{
    fill_parts(ranking, row, SHORTEST);
    ranking->together = TOGETHER;
    return ranking_score(ranking, UINT32_MAX) * (1 + EVIDENCE + FRESH) > ranking->threshold;
}

bool ranking_fits(const struct ranking *ranking, int64_t row)
{
    return row < ranking->fitting_rows && (ranking->fitting[row >> 3] >> (row & 7) & 1) != 0;
}

/* score(words_N): the higher the better, 0 where it is not above the threshold. */
static void score(const Fts5ExtensionApi *api, Fts5Context *context, sqlite3_context *result,
                  int arguments, sqlite3_value **values)
{
    struct ranking *ranking = *(struct ranking *const *)api->xUserData(context);
    struct scored row = {.api = api, .context = context};
    double length = 1;

    (void)arguments;
    (void)values;
    if (ranking->fitting != NULL && !ranking_fits(ranking, api->xRowid(context))) {
        sqlite3_result_double(result, NOT_FITTING);
        return;
    }
    int answer = read_row(ranking, &row);
    if (answer == SQLITE_OK && !may_be_shown(ranking, &row)) {
        sqlite3_result_double(result, 0);
        return;
    }
    if (answer == SQLITE_OK)
        answer = relative_length(ranking->piece, &row, &length);
    fill_parts(ranking, &row, length);
    if (answer == SQLITE_OK)
        answer = read_together(ranking, &row);
    if (answer != SQLITE_OK) {
        sqlite3_result_error_code(result, answer);
        return;
    }
    if (ranking->explanation != NULL)
        explain(ranking, &row);
    double reached = ranking_score(ranking, UINT32_MAX);
    if (reached * (1 + EVIDENCE + FRESH) < ranking->threshold)
        reached = 0;
    sqlite3_result_double(result, reached);
}

/* --- What else counts --- */

double ranking_raise(const char *evidence, int64_t time_ms, int64_t newest_ms)
{
    double days = (double)(newest_ms - time_ms) / 86400000.0, level = 0;

    for (size_t i = 0; i < evidence_levels.count; i++)
        if (evidence != NULL && strcmp(evidence_levels.words[i].code, evidence) == 0)
            level = (double)i / (double)(evidence_levels.count - 1);
    return 1 + EVIDENCE * level + FRESH / (1 + (days < 0 ? 0 : days) / FRESH_DAYS);
}

bool rank_define(struct store *store, fts5_api *api, struct fault *fault)
{
    return api->xCreateFunction(api, "score", &store->ranking, score, NULL) == SQLITE_OK ||
           store_fault(store, "opening", fault);
}
