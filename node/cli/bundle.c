#include "node/cli/bundle.h"
#include "node/cli/progress.h"
#include "node/clock.h"
#include "protocol/bundle.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* export and import: what is here as one file, for a stick, an archive or a web server, and back.
 * Both read and write piece by piece, so that a million records take no more memory than ten. */

/* --- A bundle's file, item by item --- */

#define WINDOW_READ (256 * 1024)
#define ITEM_MAX (CHARTER_MAX + 64) /* No record is as large. */

struct bundle_file {
    const char *path;
    FILE *file;
    uint64_t size, done; /* Bytes: of the file, and of the items that were taken. */
    struct buffer window;
    size_t at; /* What of the window was taken. */
    bool ended;
};

static bool fill_window(struct bundle_file *bundle, struct fault *fault)
{
    static uint8_t chunk[WINDOW_READ];

    if (bundle->at > 0)
        memmove(bundle->window.data, bundle->window.data + bundle->at,
                bundle->window.size - bundle->at);
    bundle->window.size -= bundle->at;
    bundle->at = 0;
    size_t size = fread(chunk, 1, sizeof chunk, bundle->file);
    buffer_append(&bundle->window, bytes_of(chunk, size));
    bundle->ended = size < sizeof chunk;
    return !ferror(bundle->file) ||
           fault_set(fault, FAULT_SELF, "%s: cannot be read: %s", bundle->path, strerror(errno));
}

static struct bytes window_rest(const struct bundle_file *bundle)
{
    return bytes_of(bundle->window.data + bundle->at, bundle->window.size - bundle->at);
}

static void take(struct bundle_file *bundle, size_t size)
{
    bundle->at += size;
    bundle->done += size;
}

static void bundle_file_close(struct bundle_file *bundle)
{
    if (bundle->file != NULL)
        fclose(bundle->file);
    buffer_release(&bundle->window);
}

static bool bundle_file_open(struct bundle_file *bundle, const char *path, struct fault *fault)
{
    struct stat status;
    struct bytes rest;

    *bundle = (struct bundle_file){.path = path, .file = fopen(path, "rb")};
    if (bundle->file == NULL || fstat(fileno(bundle->file), &status) != 0 ||
        S_ISDIR(status.st_mode))
        return fault_set(fault, FAULT_INPUT, "%s: cannot be read: %s", path,
                         bundle->file == NULL ? strerror(errno) : "it is a folder");
    bundle->size = (uint64_t)status.st_size;
    if (!fill_window(bundle, fault))
        return false;
    if (!bundle_open(buffer_view(&bundle->window), &rest, fault))
        return fault_prefix(fault, "%s", path);
    take(bundle, bundle->window.size - rest.size);
    return true;
}

/* The next item, which stays where it is until the next call. False with FAULT_NONE at the end, and
 * with FAULT_PEER where what follows is no item. */
static bool bundle_file_next(struct bundle_file *bundle, struct bytes *item, bool *is_charter,
                             struct fault *fault)
{
    for (;;) {
        struct bytes rest = window_rest(bundle), before = rest;
        if (bundle_next(&rest, item, is_charter, fault)) {
            take(bundle, before.size - rest.size);
            return true;
        }
        if (bundle->ended || before.size >= ITEM_MAX)
            return false;
        /* It may only be cut off by the window's end. */
        if (!fill_window(bundle, fault))
            return false;
    }
}

/* --- export --- */

struct exporting {
    FILE *file;
    const char *path;
    uint64_t records, total;
    struct buffer wire;
    struct progress progress;
};

static bool cannot_write(const char *path, struct fault *fault)
{
    return fault_set(fault, FAULT_SELF, "%s: cannot be written: %s", path, strerror(errno));
}

static bool write_record(void *context, const struct stored *stored, struct fault *fault)
{
    struct exporting *exporting = context;

    if (!stored->in)
        return true;
    buffer_clear(&exporting->wire);
    record_write(stored->record, true, &exporting->wire);
    if (fwrite(exporting->wire.data, 1, exporting->wire.size, exporting->file) !=
        exporting->wire.size)
        return cannot_write(exporting->path, fault);
    exporting->records++;
    progress_show(&exporting->progress, exporting->records, exporting->total);
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
    return written || cannot_write(exporting->path, fault);
}

static bool finish_file(struct exporting *exporting, const char *part, struct fault *fault)
{
    bool flushed = fflush(exporting->file) == 0 && fsync(fileno(exporting->file)) == 0;

    if (fclose(exporting->file) == 0 && flushed && rename(part, exporting->path) == 0)
        return true;
    return cannot_write(exporting->path, fault);
}

/* Of an export that was cut off: how much of it is whole, and the last record in that. */
static bool measure_part(const char *part, struct exporting *exporting, uint64_t *whole,
                         struct entry *last, struct fault *fault)
{
    struct bundle_file bundle;
    struct bytes item;
    bool is_charter, wrong_body, good = bundle_file_open(&bundle, part, fault);

    while (good && bundle_file_next(&bundle, &item, &is_charter, fault)) {
        struct record *record = is_charter ? NULL : record_read(item, NULL, &wrong_body, fault);
        if (record != NULL) {
            *last = record_entry(record);
            exporting->records++;
        }
        if (record == NULL && !is_charter)
            break;
        record_free(record);
        *whole = bundle.done;
    }
    bundle_file_close(&bundle);
    return good;
}

/* Go on behind what is whole of it. Without one, or when it is not asked for, from the start. */
static bool open_part(struct call *call, struct exporting *exporting, const char *part,
                      struct store *store, struct selection *selection, struct entry *last,
                      struct fault *fault)
{
    uint64_t whole = 0;
    bool resumes = call_has(call, "resume") && access(part, F_OK) == 0;

    if (resumes && !measure_part(part, exporting, &whole, last, fault))
        return false;
    resumes = resumes && exporting->records > 0;
    exporting->file = fopen(part, resumes ? "r+b" : "wb");
    if (exporting->file == NULL)
        return cannot_write(exporting->path, fault);
    if (!resumes)
        return write_charter(exporting, store, fault);
    selection->after = last;
    call_say(call, "Going on after %" PRIu64 " records.", exporting->records);
    if (ftruncate(fileno(exporting->file), (off_t)whole) != 0 ||
        fseeko(exporting->file, (off_t)whole, SEEK_SET) != 0)
        return cannot_write(exporting->path, fault);
    return true;
}

static bool read_selection(struct call *call, struct selection *selection, struct fault *fault)
{
    const char *since = call_value(call, "since");

    selection->topic = call_value(call, "topic");
    if (since != NULL && (selection->since_ms = clock_since(since, clock_now_ms())) < 0)
        return fault_set(fault, FAULT_INPUT,
                         "--since %s: must be yyyy-mm-dd, or a span such as 30d", since);
    return true;
}

static void say_exported(struct call *call, const struct exporting *exporting)
{
    struct stat status = {0};

    if (stat(exporting->path, &status) == 0 &&
        !call_json(call, json_pack("{s:I, s:I}", "records", (json_int_t)exporting->records, "bytes",
                                   (json_int_t)status.st_size)))
        call_say(call, "%s: %" PRIu64 " records, %lld bytes.", exporting->path, exporting->records,
                 (long long)status.st_size);
}

bool run_export(struct call *call, struct fault *fault)
{
    struct exporting exporting = {.path = call->arguments[0]};
    struct selection selection = {.since_ms = 0};
    struct store_counts counts;
    struct store *store = NULL;
    struct entry last;
    char part[HOME_PATH_MAX];

    snprintf(part, sizeof part, "%s.part", exporting.path);
    bool done = read_selection(call, &selection, fault) &&
                (store = open_store(call, STORE_READ, fault)) != NULL &&
                store_count(store, &counts, fault) &&
                open_part(call, &exporting, part, store, &selection, &last, fault);
    if (done && selection.since_ms == 0 && selection.topic == NULL)
        exporting.total = counts.records;
    exporting.progress = progress_begin(call, "exporting");
    done = done && store_each(store, true, &selection, write_record, &exporting, fault);
    progress_end(&exporting.progress);
    if (done)
        done = finish_file(&exporting, part, fault);
    else if (exporting.file != NULL)
        fclose(exporting.file);
    if (done)
        say_exported(call, &exporting);
    buffer_release(&exporting.wire);
    store_close(store);
    return done;
}

/* --- import --- */

#define IMPORT_BATCH 1024
#define WITH_KEEPER_MAX 8192 /* Tasks: more wait until some are done. */

struct importing {
    struct call *call;
    struct bundle_file bundle;
    struct engine *engine; /* NULL: a node runs, and takes them from the queue. */
    struct buffer bytes;   /* Of the batch: records one after another, which end at `ends`. */
    size_t ends[IMPORT_BATCH], count;
    uint64_t items, taken; /* Item 0 is the charter; records count from 1. */
    json_t *refused;
    struct progress progress;
};

static void hear_answer(void *context, size_t index, enum fault_kind kind, const char *text)
{
    struct importing *importing = context;
    json_int_t number = (json_int_t)(importing->items + index);

    if (kind == FAULT_NONE)
        return;
    importing->taken--;
    json_array_append_new(importing->refused,
                          json_pack("{s:I, s:s}", "number", number, "why", text));
    call_say(importing->call, "item %lld: %s", (long long)number, text);
}

static void hear_refusal(void *context, size_t index, const struct fault *fault)
{
    hear_answer(context, index, fault->kind, fault->text);
}

static bool turn_engine(struct engine *engine, struct fault *fault)
{
    bool good = engine_turn(engine, clock_now_ms(), fault);

    while (good && engine->unfinished > WITH_KEEPER_MAX) {
        keeper_wait(engine->keeper);
        good = engine_turn(engine, clock_now_ms(), fault);
    }
    return good;
}

static bool offer_here(struct importing *importing, const struct bytes *records,
                       struct fault *fault)
{
    struct engine *engine = importing->engine;

    replica_offer(engine->replica, records, importing->count, clock_now_ms(), hear_refusal,
                  importing, &engine->effects);
    return turn_engine(engine, fault);
}

static bool offer_to_node(struct importing *importing, const struct bytes *records,
                          struct fault *fault)
{
    struct offering *offerings = memory_new(importing->count, sizeof *offerings);

    for (size_t i = 0; i < importing->count; i++)
        offerings[i] = (struct offering){QUEUE_RECORD, records[i]};
    bool done =
        offer_all(importing->call, offerings, importing->count, hear_answer, importing, fault);
    free(offerings);
    return done;
}

/* How far it is: records, of as many as there seem to be by their size so far. */
static void show_import(struct importing *importing)
{
    const struct bundle_file *bundle = &importing->bundle;
    double share = bundle->size == 0 ? 1 : (double)bundle->done / (double)bundle->size;

    progress_show(&importing->progress, importing->items,
                  (uint64_t)((double)importing->items / share));
}

static bool flush(struct importing *importing, struct fault *fault)
{
    struct bytes records[IMPORT_BATCH];
    size_t from = 0;

    if (importing->count == 0)
        return true;
    for (size_t i = 0; i < importing->count; from = importing->ends[i++])
        records[i] = bytes_of(importing->bytes.data + from, importing->ends[i] - from);
    importing->taken += importing->count;
    bool done = importing->engine != NULL ? offer_here(importing, records, fault)
                                          : offer_to_node(importing, records, fault);
    importing->items += importing->count;
    importing->count = 0;
    buffer_clear(&importing->bytes);
    show_import(importing);
    return done;
}

static bool import_charter(struct importing *importing, struct bytes bundle, struct fault *fault)
{
    struct engine *engine = importing->engine;
    struct offering offering = {QUEUE_CHARTER, bundle};
    struct fault refused;

    if (!flush(importing, fault))
        return false;
    importing->taken++;
    if (engine == NULL) {
        if (!offer_all(importing->call, &offering, 1, hear_answer, importing, fault))
            return false;
    } else {
        if (!replica_offer_charter(engine->replica, bundle, clock_now_ms(), &engine->effects,
                                   &refused))
            hear_refusal(importing, 0, &refused);
        if (!turn_engine(engine, fault))
            return false;
    }
    importing->items++;
    return true;
}

static bool import_record(struct importing *importing, struct bytes record, struct fault *fault)
{
    buffer_append(&importing->bytes, record);
    importing->ends[importing->count++] = importing->bytes.size;
    return importing->count < IMPORT_BATCH || flush(importing, fault);
}

/* Items before a damaged one are taken in. */
static bool import_items(struct importing *importing, struct fault *fault)
{
    struct fault damage;
    struct bytes item;
    bool is_charter, good = true;

    while (good && bundle_file_next(&importing->bundle, &item, &is_charter, &damage))
        good = is_charter ? import_charter(importing, item, fault)
                          : import_record(importing, item, fault);
    good = good && flush(importing, fault);
    if (good && damage.kind != FAULT_NONE)
        return fault_set(fault, damage.kind,
                         "%s: item %" PRIu64 " is damaged: %s; the items before it were taken",
                         importing->bundle.path, importing->items, damage.text);
    return good;
}

/* By the node that runs; else here, without the queue. */
static bool import_all(struct importing *importing, struct fault *fault)
{
    struct call *call = importing->call;
    struct engine engine;
    struct fault locked;

    if (!home_lock(&call->home, &locked)) {
        if (home_running(&call->home) != 0)
            return import_items(importing, fault);
        *fault = locked;
        return false;
    }
    bool done = open_engine(call, &engine, fault);
    if (done) {
        importing->engine = &engine;
        done = engine.replica != NULL
                   ? import_items(importing, fault) && engine_settle(&engine, clock_now_ms(), fault)
                   : fault_set(fault, FAULT_INPUT,
                               "this home has joined no network yet: candour join FILE");
        importing->engine = NULL;
        engine_close(&engine);
    }
    home_unlock(&call->home);
    return done;
}

static bool import_file(struct importing *importing, const char *path, struct fault *fault)
{
    importing->progress = progress_begin(importing->call, "importing");
    bool done = bundle_file_open(&importing->bundle, path, fault) && import_all(importing, fault);
    progress_end(&importing->progress);
    bundle_file_close(&importing->bundle);
    buffer_release(&importing->bytes);
    return done;
}

bool import_export(struct call *call, const char *path, struct fault *fault)
{
    struct importing importing = {.call = call, .refused = json_array()};
    bool done = import_file(&importing, path, fault);

    json_decref(importing.refused);
    return done;
}

bool read_export_charter(const char *path, struct buffer *charter, struct fault *fault)
{
    struct bundle_file bundle;
    struct bytes item;
    bool is_charter, good = bundle_file_open(&bundle, path, fault);

    if (good && bundle_file_next(&bundle, &item, &is_charter, fault) && is_charter)
        buffer_append(charter, item);
    else if (good)
        good = fault_set(fault, FAULT_INPUT, "%s: no charter is in it (candour export makes one)",
                         path);
    bundle_file_close(&bundle);
    return good;
}

static void say_imported(struct call *call, const struct importing *importing)
{
    uint64_t records = importing->items > 0 ? importing->items - 1 : 0;

    call->status = json_array_size(importing->refused) > 0;
    if (!call_json(call, json_pack("{s:I, s:I, s:O}", "records", (json_int_t)records, "taken",
                                   (json_int_t)importing->taken, "refused", importing->refused)))
        call_say(call, "%" PRIu64 " records read; %zu refused.", records,
                 json_array_size(importing->refused));
}

bool run_import(struct call *call, struct fault *fault)
{
    struct importing importing = {.call = call, .refused = json_array()};
    struct store *store = open_store(call, STORE_READ, fault); /* Is there a node at all? */

    bool done = store != NULL && import_file(&importing, call->arguments[0], fault);
    if (done)
        say_imported(call, &importing);
    json_decref(importing.refused);
    store_close(store);
    return done;
}
