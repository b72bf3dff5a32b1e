#include "store/internal.h"

#include <math.h>
#include <stdlib.h>

/* How well a lesson answers: BM25 (Robertson and Zaragoza 2009) as FTS5's own bm25() has it, but
 * for one thing: how rare a phrase is counts over all pieces of the index, for in a piece with
 * three lessons nothing is rare. */

#define K1 1.2
#define B 0.75

/* A word in a title says most, in an abstract much; what did not work and the recommendation are
 * what people look for. What comes after these columns are filters. */
static const double weights[] = {8.0, 4.0, 1.0, 2.0, 2.0};
#define WEIGHTED ((int)(sizeof weights / sizeof *weights))

static double rarity(const struct ranking *ranking, size_t phrase)
{
    double with = ranking->with_phrase[phrase];
    double rare = log((ranking->lessons - with + 0.5) / (with + 0.5));

    return rare <= 0 ? 1e-6 : rare;
}

/* How often each phrase is in this row, by weight. */
static int count_phrases(const Fts5ExtensionApi *api, Fts5Context *row, double *often,
                         size_t phrases)
{
    int count = 0;
    int answer = api->xInstCount(row, &count);

    for (int i = 0; answer == SQLITE_OK && i < count; i++) {
        int phrase, column, offset;
        answer = api->xInst(row, i, &phrase, &column, &offset);
        if (answer == SQLITE_OK && column < WEIGHTED && (size_t)phrase < phrases)
            often[phrase] += weights[column];
    }
    return answer;
}

/* How many words this row has, and how many one has on average; filters are no words. */
static int lengths(const Fts5ExtensionApi *api, Fts5Context *row, double *length, double *average)
{
    sqlite3_int64 rows = 0, tokens = 0, filters = 0;
    int size = 0, filter = 0;
    int answer = api->xRowCount(row, &rows);

    if (answer == SQLITE_OK)
        answer = api->xColumnTotalSize(row, -1, &tokens);
    if (answer == SQLITE_OK)
        answer = api->xColumnTotalSize(row, WEIGHTED, &filters);
    if (answer == SQLITE_OK)
        answer = api->xColumnSize(row, -1, &size);
    if (answer == SQLITE_OK)
        answer = api->xColumnSize(row, WEIGHTED, &filter);
    *length = size - filter;
    *average = rows == 0 || tokens == filters ? 1 : (double)(tokens - filters) / (double)rows;
    return answer;
}

/* score(words_N): the higher the better. */
static void score(const Fts5ExtensionApi *api, Fts5Context *row, sqlite3_context *context,
                  int arguments, sqlite3_value **values)
{
    const struct ranking *const *ranking = api->xUserData(row);
    double often[RANKED_PHRASES] = {0}, length = 1, average = 1, sum = 0;
    int answer = lengths(api, row, &length, &average);

    (void)arguments;
    (void)values;
    if (answer == SQLITE_OK)
        answer = count_phrases(api, row, often, (*ranking)->phrases);
    if (answer != SQLITE_OK) {
        sqlite3_result_error_code(context, answer);
        return;
    }
    for (size_t i = 0; i < (*ranking)->phrases; i++)
        sum += rarity(*ranking, i) * often[i] * (K1 + 1) /
               (often[i] + K1 * (1 - B + B * length / average));
    sqlite3_result_double(context, sum);
}

bool rank_define(struct store *store, fts5_api *api, struct fault *fault)
{
    return api->xCreateFunction(api, "score", &store->ranking, score, NULL) == SQLITE_OK ||
           store_fault(store, "opening", fault);
}
