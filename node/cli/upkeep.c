#include "node/cli/progress.h"
#include "node/cli/shared.h"
#include "node/csv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* verify, reindex, sql: what a careful administrator does. */

/* --- verify --- */

struct verifying {
    const struct call *call;
    const struct charter *charter;
    struct store_check *check;
    uint64_t signatures, visited, total;
    struct progress progress;
};

/* Which takes about as long, and does not say how far it is. */
static void go_on_to_index(struct verifying *verifying)
{
    progress_end(&verifying->progress);
    verifying->progress = progress_begin(verifying->call, "comparing the search index");
    progress_show(&verifying->progress, 0, 0);
}

/* A record of the set whose proof was found to hold must still hold under that key. */
static bool verify_proof(void *context, const struct stored *stored, struct fault *fault)
{
    struct verifying *verifying = context;

    (void)fault;
    progress_show(&verifying->progress, ++verifying->visited, verifying->total);
    if (verifying->visited == verifying->total)
        go_on_to_index(verifying);
    if (!stored->has_signer)
        return true;
    verifying->signatures++;
    if (!record_proven_by(stored->record, &stored->signer))
        store_check_add(verifying->check, record_id(stored->record), "its signature does not hold");
    return true;
}

bool run_verify(struct call *call, struct fault *fault)
{
    struct store *store = open_store(call, STORE_READ, fault);
    struct store_check *check = memory_new(1, sizeof *check);
    struct verifying verifying = {.call = call, .check = check};
    struct store_counts counts;
    json_t *bad = json_array();

    bool done = store != NULL && store_count(store, &counts, fault);
    if (done) {
        verifying.total = counts.records + counts.aside;
        verifying.progress = progress_begin(call, "checking");
        done = store_verify(store, check, verify_proof, &verifying, fault);
        progress_end(&verifying.progress);
    }
    if (done) {
        call->status = check->bad_count > 0;
        for (size_t i = 0; i < check->bad_count && i < sizeof check->bad / sizeof *check->bad;
             i++) {
            char id[2 * DIGEST_SIZE + 1];
            hex_of(id, check->bad[i].id.bytes, DIGEST_SIZE);
            json_array_append_new(bad,
                                  json_pack("{s:s, s:s}", "id", id, "text", check->bad[i].text));
            call_say(call, "%.12s: %s", id, check->bad[i].text);
        }
        if (!call_json(call, json_pack("{s:I, s:I, s:O}", "checked", (json_int_t)check->checked,
                                       "signatures", (json_int_t)verifying.signatures, "bad", bad)))
            call_say(call,
                     "%" PRIu64 " record%s checked; %" PRIu64
                     " signature%s, each of a record and all before it in its feed; %s",
                     check->checked, check->checked == 1 ? "" : "s", verifying.signatures,
                     verifying.signatures == 1 ? "" : "s",
                     check->bad_count == 0 ? "all is well."
                                           : "what is bad is named above: see docs/store.md.");
    }
    json_decref(bad);
    free(check);
    store_close(store);
    return done;
}

/* --- reindex --- */

static void show_reindex(void *context, uint64_t done, uint64_t total)
{
    progress_show(context, done, total);
}

bool run_reindex(struct call *call, struct fault *fault)
{
    struct store_counts counts;
    struct store *store = NULL;
    struct progress progress = progress_begin(call, "indexing");

    bool done =
        home_lock(&call->home, fault) && (store = open_store(call, STORE_DERIVE, fault)) != NULL &&
        store_reindex(store, show_reindex, &progress, fault) && store_count(store, &counts, fault);
    progress_end(&progress);
    if (done && !call_json(call, json_pack("{s:I}", "records", (json_int_t)counts.records)))
        call_say(call, "Built anew from %" PRIu64 " record%s.", counts.records,
                 counts.records == 1 ? "" : "s");
    store_close(store);
    home_unlock(&call->home);
    return done;
}

/* --- sql --- */

#define SQL_LIMIT_MS 30000

struct answering {
    const struct call *call;
    struct listing *listing;
    bool headed;
    uint64_t rows;
};

static void csv_head(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        csv_text(stdout, i, names[i]);
    csv_row_end(stdout);
}

static void csv_row(const struct sql_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        csv_cell(stdout, i, bytes_of(values[i].text, values[i].size), values[i].number);
    csv_row_end(stdout);
}

/* Rows are written as they come: an answer may be large. */
static void json_row(struct answering *answering, const char *const *names,
                     const struct sql_value *values, size_t count)
{
    json_t *row = json_object();

    for (size_t i = 0; i < count; i++) {
        json_t *value = json_null();
        if (values[i].text != NULL && values[i].number)
            value = strpbrk(values[i].text, ".eE") == NULL
                        ? json_integer(strtoll(values[i].text, NULL, 10))
                        : json_real(strtod(values[i].text, NULL));
        else if (values[i].text != NULL)
            value = json_stringn(values[i].text, values[i].size);
        json_object_set_new(row, names[i], value);
    }
    printf("%s\n  ", answering->rows == 0 ? "[" : ",");
    json_dumpf(row, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_decref(row);
}

static void table_row(struct answering *answering, const char *const *names,
                      const struct sql_value *values, size_t count)
{
    const char *cells[128];
    const char *headings[129] = {0};
    bool right[128];

    if (count > 128)
        count = 128;
    for (size_t i = 0; i < count; i++) {
        cells[i] = values[i].text == NULL ? "" : values[i].text;
        headings[i] = names[i];
        right[i] = values[i].number;
    }
    if (!answering->headed)
        answering->listing = listing_new(headings, right);
    listing_row(answering->listing, cells);
}

static bool hear_row(void *context, const char *const *names, const struct sql_value *values,
                     size_t count, struct fault *fault)
{
    struct answering *answering = context;
    bool json = answering->call->json, csv = !json && call_has(answering->call, "csv");

    (void)fault;
    if (csv && !answering->headed)
        csv_head(names, count);
    if (values == NULL) {
        if (!csv)
            call_say(answering->call, "No row.");
        return true;
    }
    if (json)
        json_row(answering, names, values, count);
    else if (csv)
        csv_row(values, count);
    else
        table_row(answering, names, values, count);
    answering->headed = true;
    answering->rows++;
    return true;
}

bool run_sql(struct call *call, struct fault *fault)
{
    struct store *store = open_store(call, STORE_READ, fault);
    struct answering answering = {.call = call};

    bool done = store != NULL &&
                store_sql(store, call->arguments[0], SQL_LIMIT_MS, hear_row, &answering, fault);
    if (answering.listing != NULL)
        listing_print(answering.listing);
    listing_free(answering.listing);
    if (call->json && (done || answering.rows > 0))
        printf("%s]\n", answering.rows == 0 ? "[" : "\n");
    store_close(store);
    return done;
}
