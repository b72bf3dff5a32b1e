#include "node/cli/shared.h"
#include "node/clock.h"
#include "protocol/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* verify, reindex, sql, export, import: what a careful administrator does. */

/* --- verify --- */

struct verifying {
    const struct charter *charter;
    struct store_check *check;
    uint64_t signatures;
};

/* A record of the set whose proof was found to hold must still hold under that key. */
static bool verify_proof(void *context, const struct stored *stored, struct fault *fault)
{
    struct verifying *verifying = context;

    (void)fault;
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
    struct verifying verifying = {.check = check};
    json_t *bad = json_array();

    bool done = store != NULL && store_verify(store, check, verify_proof, &verifying, fault);
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
            call_say(call, "%" PRIu64 " records checked, %" PRIu64 " signatures; %s",
                     check->checked, verifying.signatures,
                     check->bad_count == 0 ? "all is well."
                                           : "what is bad is named above: see docs/store.md.");
    }
    json_decref(bad);
    free(check);
    store_close(store);
    return done;
}

/* --- reindex --- */

bool run_reindex(struct call *call, struct fault *fault)
{
    struct store_counts counts;
    struct store *store = NULL;

    bool done = home_lock(&call->home, fault) &&
                (store = open_store(call, STORE_WRITE, fault)) != NULL &&
                store_reindex(store, fault) && store_count(store, &counts, fault);
    if (done && !call_json(call, json_pack("{s:I}", "records", (json_int_t)counts.records)))
        call_say(call, "Built anew from %" PRIu64 " records.", counts.records);
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

static void print_csv(const char *text, size_t size)
{
    bool quote = text == NULL || memchr(text, ',', size) != NULL ||
                 memchr(text, '"', size) != NULL || memchr(text, '\n', size) != NULL ||
                 memchr(text, '\r', size) != NULL;

    if (text == NULL)
        return;
    if (quote)
        putchar('"');
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"')
            putchar('"');
        putchar(text[i]);
    }
    if (quote)
        putchar('"');
}

static void csv_row(struct answering *answering, const char *const *names,
                    const struct sql_value *values, size_t count)
{
    for (size_t i = 0; !answering->headed && i < count; i++) {
        printf("%s", i == 0 ? "" : ",");
        print_csv(names[i], strlen(names[i]));
        if (i == count - 1)
            printf("\r\n");
    }
    for (size_t i = 0; i < count; i++) {
        printf("%s", i == 0 ? "" : ",");
        print_csv(values[i].text, values[i].size);
    }
    printf("\r\n");
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

    (void)fault;
    if (answering->call->json)
        json_row(answering, names, values, count);
    else if (call_has(answering->call, "csv"))
        csv_row(answering, names, values, count);
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
    if (call->json && (done || answering.rows > 0))
        printf("%s]\n", answering.rows == 0 ? "[" : "\n");
    store_close(store);
    return done;
}

/* --- export and import (protocol/bundle.h) --- */

struct exporting {
    FILE *file;
    uint64_t records;
    struct buffer wire;
};

static bool write_record(void *context, const struct stored *stored, struct fault *fault)
{
    struct exporting *exporting = context;

    if (!stored->in)
        return true;
    buffer_clear(&exporting->wire);
    record_write(stored->record, true, &exporting->wire);
    if (fwrite(exporting->wire.data, 1, exporting->wire.size, exporting->file) !=
        exporting->wire.size)
        return fault_set(fault, FAULT_SELF, "cannot write: %s", strerror(errno));
    exporting->records++;
    return true;
}

static bool write_charter(struct exporting *exporting, struct store *store, struct fault *fault)
{
    struct charter *charter = load_charter(store, fault);
    struct buffer bundle = {0}, start = {0};

    if (charter == NULL)
        return false;
    charter_write(charter, &bundle);
    bundle_begin(buffer_view(&bundle), &start);
    bool written = fwrite(start.data, 1, start.size, exporting->file) == start.size;
    buffer_release(&bundle);
    buffer_release(&start);
    charter_free(charter);
    return written || fault_set(fault, FAULT_SELF, "cannot write: %s", strerror(errno));
}

static bool finish_file(FILE *file, const char *from, const char *to, struct fault *fault)
{
    bool flushed = fflush(file) == 0 && fsync(fileno(file)) == 0;

    if (fclose(file) == 0 && flushed && rename(from, to) == 0)
        return true;
    return fault_set(fault, FAULT_SELF, "%s: cannot be written: %s", to, strerror(errno));
}

bool run_export(struct call *call, struct fault *fault)
{
    const char *path = call->arguments[0], *since = call_value(call, "since");
    struct exporting exporting = {0};
    struct store *store = NULL;
    char beside[HOME_PATH_MAX];
    struct stat status = {0};
    int64_t since_ms = 0;

    if (since != NULL && (since_ms = clock_since(since, clock_now_ms())) < 0)
        return fault_set(fault, FAULT_INPUT,
                         "--since %s: must be yyyy-mm-dd, or a span such as 30d", since);
    if ((store = open_store(call, STORE_READ, fault)) == NULL)
        return false;
    snprintf(beside, sizeof beside, "%s.new", path);
    exporting.file = fopen(beside, "wb");
    if (exporting.file == NULL) {
        fault_set(fault, FAULT_SELF, "%s: cannot be written: %s", path, strerror(errno));
        store_close(store);
        return false;
    }
    bool done = write_charter(&exporting, store, fault) &&
                store_each(store, true, since_ms, write_record, &exporting, fault);
    if (done)
        done = finish_file(exporting.file, beside, path, fault);
    else
        fclose(exporting.file);
    if (done && stat(path, &status) == 0 &&
        !call_json(call, json_pack("{s:I, s:I}", "records", (json_int_t)exporting.records, "bytes",
                                   (json_int_t)status.st_size)))
        call_say(call, "%s: %" PRIu64 " records, %lld bytes.", path, exporting.records,
                 (long long)status.st_size);
    if (!done)
        unlink(beside);
    buffer_release(&exporting.wire);
    store_close(store);
    return done;
}

#define IMPORT_MAX (SIZE_MAX / 2)
#define IMPORT_BATCH 1024

struct importing {
    struct call *call;
    uint64_t records, taken, before; /* `before`: items answered in earlier batches. */
    json_t *refused;
};

static void hear_import(void *context, size_t index, const struct fault *refused)
{
    struct importing *importing = context;
    json_int_t number = (json_int_t)(importing->before + index);

    if (refused == NULL) {
        importing->taken++;
        return;
    }
    json_array_append_new(importing->refused,
                          json_pack("{s:I, s:s}", "number", number, "why", refused->text));
    call_say(importing->call, "item %lld: %s", (long long)number, refused->text);
}

/* Item 0 is the charter; records count from 1. Items before a damaged one are taken in. */
static bool import_items(struct importing *importing, struct bytes rest, struct fault *fault)
{
    struct offering *batch = memory_new(IMPORT_BATCH, sizeof *batch);
    bool more = true, offered = true;
    struct fault damage;

    while (more && offered) {
        size_t count = 0;
        struct bytes item;
        bool is_charter;
        while (count < IMPORT_BATCH && (more = bundle_next(&rest, &item, &is_charter, &damage)))
            batch[count++] = (struct offering){is_charter ? QUEUE_CHARTER : QUEUE_RECORD, item};
        if (count > 0)
            offered = offer_all(importing->call, batch, count, hear_import, importing, fault);
        importing->before += count;
    }
    free(batch);
    if (offered && damage.kind != FAULT_NONE)
        return fault_set(fault, FAULT_PEER,
                         "item %llu is damaged: %s; the items before it were taken",
                         (unsigned long long)importing->before, damage.text);
    return offered;
}

bool run_import(struct call *call, struct fault *fault)
{
    struct importing importing = {.call = call, .refused = json_array()};
    struct buffer file = {0};
    struct bytes rest;

    bool done = file_read(call->arguments[0], IMPORT_MAX, &file, fault);
    if (done)
        done = (bundle_open(buffer_view(&file), &rest, fault) &&
                import_items(&importing, rest, fault)) ||
               fault_prefix(fault, "%s", call->arguments[0]);
    uint64_t records = importing.before > 0 ? importing.before - 1 : 0;
    if (done) {
        call->status = json_array_size(importing.refused) > 0;
        if (!call_json(call, json_pack("{s:I, s:I, s:O}", "records", (json_int_t)records, "taken",
                                       (json_int_t)importing.taken, "refused", importing.refused)))
            call_say(call, "%" PRIu64 " records read; %zu refused.", records,
                     json_array_size(importing.refused));
    }
    json_decref(importing.refused);
    buffer_release(&file);
    return done;
}
