#include "node/cli/bundle.h"
#include "node/cli/progress.h"
#include "node/cli/research.h"
#include "node/clock.h"
#include "protocol/bundle.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
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
    struct bundle_reader reader;
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

/* What is no more among the rest was taken. */
static void take(struct bundle_file *bundle)
{
    size_t size = bundle->window.size - bundle->at - bundle->reader.rest.size;

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

    *bundle = (struct bundle_file){.path = path, .file = fopen(path, "rb")};
    if (bundle->file == NULL || fstat(fileno(bundle->file), &status) != 0 ||
        S_ISDIR(status.st_mode))
        return fault_set(fault, FAULT_INPUT, "%s: cannot be read: %s", path,
                         bundle->file == NULL ? strerror(errno) : "it is a folder");
    bundle->size = (uint64_t)status.st_size;
    if (!fill_window(bundle, fault))
        return false;
    if (!bundle_open(buffer_view(&bundle->window), &bundle->reader, fault))
        return fault_prefix(fault, "%s", path);
    take(bundle);
    return true;
}

/* The next item, which stays where it is until the next call. False as bundle_next() is. */
static bool bundle_file_next(struct bundle_file *bundle, struct bytes *item, bool *is_charter,
                             struct fault *fault)
{
    for (;;) {
        bundle->reader.rest = window_rest(bundle);
        bool found = bundle_next(&bundle->reader, item, is_charter, fault);
        take(bundle);
        if (found)
            return true;
        if (bundle->ended || bundle->reader.rest.size >= ITEM_MAX)
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
    struct bytes topic; /* Whose texts go along; empty: all. */
    uint64_t records, texts, total;
    uint64_t chosen; /* Records of that topic. */
    struct buffer wire;
    struct progress progress;
};

static bool cannot_write(const char *path, struct fault *fault)
{
    return fault_set(fault, FAULT_SELF, "%s: cannot be written: %s", path, strerror(errno));
}

/* The headers of others go along, for the chains: nothing waits for what is not in the file. So do
 * texts without a topic: erasures are among them. */
static bool text_goes_along(struct exporting *exporting, const struct header *header)
{
    bool chosen = exporting->topic.size > 0 && topic_has(header->topic, exporting->topic);

    exporting->chosen += chosen;
    return exporting->topic.size == 0 || chosen || header->topic.size == 0;
}

static bool write_wire(struct exporting *exporting, struct fault *fault)
{
    struct buffer *wire = &exporting->wire;
    bool written = fwrite(wire->data, 1, wire->size, exporting->file) == wire->size;

    buffer_clear(wire);
    return written || cannot_write(exporting->path, fault);
}

static bool write_record(void *context, const struct stored *stored, struct fault *fault)
{
    struct exporting *exporting = context;

    if (!stored->in)
        return true;
    bool text = text_goes_along(exporting, record_header(stored->record));
    record_write(stored->record, text, &exporting->wire);
    exporting->texts += text && record_has_body(stored->record);
    exporting->records++;
    progress_show(&exporting->progress, exporting->records, exporting->total);
    return write_wire(exporting, fault);
}

static bool write_charter(struct exporting *exporting, struct store *store, struct fault *fault)
{
    struct charter *charter = store_charter(store, fault);
    struct buffer bundle = {0};

    if (charter == NULL)
        return false;
    charter_write(charter, &bundle);
    bundle_begin(buffer_view(&bundle), &exporting->wire);
    buffer_release(&bundle);
    charter_free(charter);
    return write_wire(exporting, fault);
}

static bool write_end(struct exporting *exporting, struct fault *fault)
{
    bundle_end(1 + exporting->records, &exporting->wire);
    return write_wire(exporting, fault);
}

static bool finish_file(struct exporting *exporting, const char *part, struct fault *fault)
{
    bool flushed = fflush(exporting->file) == 0 && fsync(fileno(exporting->file)) == 0;

    if (fclose(exporting->file) == 0 && flushed && rename(part, exporting->path) == 0)
        return true;
    return cannot_write(exporting->path, fault);
}

static bool read_selection(struct call *call, struct selection *selection, struct buffer *topic,
                           struct fault *fault)
{
    const char *wanted = call_value(call, "topic");

    /* In a topic's word a service stands with hyphens. */
    for (const char *c = wanted; c != NULL && *c != '\0'; c++)
        buffer_append(topic, bytes_of(*c == '_' ? "-" : c, 1));
    while (topic->size > 0 && topic->data[topic->size - 1] == '/')
        topic->size--;
    return call_since(call, clock_now_ms(), &selection->since_ms, fault);
}

static bool found_some(const struct call *call, const struct exporting *exporting,
                       struct fault *fault)
{
    if (exporting->topic.size > 0 && exporting->chosen == 0)
        return fault_set(fault, FAULT_ABSENT,
                         "--topic %s: no record here has this topic, so nothing was written; "
                         "candour search --topic TOPIC shows what there is",
                         call_value(call, "topic"));
    return true;
}

static void say_exported(struct call *call, const struct exporting *exporting)
{
    struct stat status = {0};

    if (stat(exporting->path, &status) == 0 &&
        !call_json(call,
                   json_pack("{s:I, s:I, s:I}", "records", (json_int_t)exporting->records, "texts",
                             (json_int_t)exporting->texts, "bytes", (json_int_t)status.st_size)))
        call_say(call, "%s: %" PRIu64 " record%s, %" PRIu64 " with text, %lld bytes.",
                 exporting->path, exporting->records, exporting->records == 1 ? "" : "s",
                 exporting->texts, (long long)status.st_size);
}

static bool write_all(struct call *call, struct exporting *exporting, struct store *store,
                      const struct selection *selection, struct fault *fault)
{
    exporting->progress = progress_begin(call, "exporting");
    bool done = write_charter(exporting, store, fault) &&
                store_each(store, true, selection, write_record, exporting, fault) &&
                found_some(call, exporting, fault) && write_end(exporting, fault);
    progress_end(&exporting->progress);
    return done;
}

static bool export_bundle(struct call *call, struct fault *fault)
{
    struct exporting exporting = {.path = call->arguments[0]};
    struct selection selection = {.since_ms = 0};
    struct store_counts counts;
    struct store *store = NULL;
    struct buffer topic = {0};
    char part[HOME_PATH_MAX];

    snprintf(part, sizeof part, "%s.part", exporting.path);
    bool done = read_selection(call, &selection, &topic, fault) &&
                (store = open_store(call, STORE_READ, fault)) != NULL &&
                store_count(store, &counts, fault);
    exporting.topic = buffer_view(&topic);
    if (done && selection.since_ms == 0)
        exporting.total = counts.records;
    if (done && (exporting.file = fopen(part, "wb")) == NULL)
        done = cannot_write(exporting.path, fault);
    done = done && write_all(call, &exporting, store, &selection, fault);
    if (done)
        done = finish_file(&exporting, part, fault);
    else if (exporting.file != NULL)
        fclose(exporting.file);
    if (done)
        say_exported(call, &exporting);
    else if (exporting.file != NULL)
        unlink(part);
    buffer_release(&topic);
    buffer_release(&exporting.wire);
    store_close(store);
    return done;
}

bool run_export(struct call *call, struct fault *fault)
{
    if (!call_has(call, "research"))
        return export_bundle(call, fault);
    if (call_has(call, "since") || call_has(call, "topic"))
        return fault_set(fault, FAULT_INPUT,
                         "--research: is of all there is: leave out --since "
                         "and --topic");
    return export_research(call, call->arguments[0], fault);
}

/* --- import --- */

#define IMPORT_BATCH 1024
#define REFUSED_LISTED 100
#define REFUSED_IN_A_ROW_MAX 1000 /* Then the rest is not looked at. */
#define WITH_KEEPER_MAX 8192      /* Tasks: more wait until some are done. */

struct importing {
    struct call *call;
    struct bundle_file bundle;
    struct charter *ours;
    struct engine *engine; /* NULL: a node runs, and takes them from the queue. */
    struct buffer bytes;   /* Of the batch: records one after another, which end at `ends`. */
    size_t ends[IMPORT_BATCH], count;
    uint64_t items, taken; /* Item 0 is the charter; records count from 1. */
    uint64_t refused_count, last_refused, in_a_row;
    char last_why[200];
    json_t *refused; /* The first ones. */
    uint64_t aside;  /* Records that are set aside for what this file lacks. */
    uint64_t fresh;  /* Records that were not here. */
    struct progress progress;
};

static void hear_answer(void *context, size_t index, enum fault_kind kind, const char *text)
{
    struct importing *importing = context;
    uint64_t number = importing->items + index;

    if (kind == FAULT_NONE)
        return;
    importing->taken--;
    importing->in_a_row = number == importing->last_refused + 1 ? importing->in_a_row + 1 : 1;
    importing->last_refused = number;
    snprintf(importing->last_why, sizeof importing->last_why, "%s", text);
    if (importing->refused_count++ >= REFUSED_LISTED)
        return;
    json_array_append_new(importing->refused,
                          json_pack("{s:I, s:s}", "number", (json_int_t)number, "why", text));
    call_say(importing->call, "item %" PRIu64 ": %s", number, text);
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
    if (done && importing->in_a_row >= REFUSED_IN_A_ROW_MAX)
        return fault_set(fault, FAULT_PEER,
                         "%s: %d items in a row were refused, so the rest was not read; the last "
                         "because: %s",
                         importing->bundle.path, REFUSED_IN_A_ROW_MAX, importing->last_why);
    return done;
}

/* Of another network nothing can be taken in: that is said once. */
static bool is_ours(const struct importing *importing, struct bytes bundle, struct fault *fault)
{
    struct charter *theirs = charter_new(NULL);
    const struct charter *ours = importing->ours;
    struct fault ignored;
    bool changed, known = charter_add(theirs, bundle, &changed, &ignored);

    if (known && !digest_equal(charter_network(theirs), charter_network(ours)))
        fault_set(fault, FAULT_PEER,
                  "%s: is of the network %s, this home of the network %s: nothing was taken in",
                  importing->bundle.path, charter_name(theirs), charter_name(ours));
    else
        known = false;
    charter_free(theirs);
    return !known;
}

static bool import_charter(struct importing *importing, struct bytes bundle, struct fault *fault)
{
    struct engine *engine = importing->engine;
    struct offering offering = {QUEUE_CHARTER, bundle};
    struct fault refused;

    if (!is_ours(importing, bundle, fault) || !flush(importing, fault))
        return false;
    uint64_t records = importing->taken;
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
    importing->taken = records; /* A charter is none. */
    importing->items++;
    return true;
}

static bool import_record(struct importing *importing, struct bytes record, struct fault *fault)
{
    buffer_append(&importing->bytes, record);
    importing->ends[importing->count++] = importing->bytes.size;
    return importing->count < IMPORT_BATCH || flush(importing, fault);
}

static bool whole_file(const struct importing *importing, struct fault *fault)
{
    return importing->bundle.reader.whole ||
           fault_set(fault, FAULT_PEER,
                     "%s: this bundle ends before its end: %" PRIu64 " record%s taken in; get "
                     "the file again",
                     importing->bundle.path, importing->taken,
                     importing->taken == 1 ? " was" : "s were");
}

/* Items before a damaged one, or before the end of what there is, are taken in. */
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
                         "%s: item %" PRIu64 " is damaged: %s; the items before it were read, and "
                         "%" PRIu64 " record%s of them taken: copy the file again",
                         importing->bundle.path, importing->items, damage.text, importing->taken,
                         importing->taken == 1 ? "" : "s");
    return good && whole_file(importing, fault);
}

/* What was taken in is kept, and searchable, when this returns. */
static bool settle(struct importing *importing, struct fault *fault)
{
    const struct timespec pause = {.tv_nsec = 100000000};
    struct engine *engine = importing->engine;
    struct deriver_news news = {0};
    uint64_t left = 0, most = 0;
    bool good = turn_engine(engine, fault);

    progress_end(&importing->progress);
    importing->progress = progress_begin(importing->call, "making it searchable");
    /* Where nobody looks there is nothing to count, or to wait for between counts. */
    while (good && importing->progress.what != NULL && news.trouble[0] == '\0' &&
           count_not_searchable(engine->store, &left, fault) && left > 0) {
        most = left > most ? left : most;
        progress_show(&importing->progress, most - left, most);
        nanosleep(&pause, NULL);
        good = engine_turn(engine, clock_now_ms(), fault);
        deriver_hear(engine->deriver, &news);
    }
    return good && engine_settle(engine, clock_now_ms(), fault);
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
                   ? import_items(importing, fault) && settle(importing, fault)
                   : fault_set(fault, FAULT_INPUT,
                               "this home has joined no network yet: candour join FILE");
        importing->engine = NULL;
        engine_close(&engine);
    }
    home_unlock(&call->home);
    return done;
}

/* What the store has more than before. Where a node runs, its peers may have sent some of that. */
static bool count_more(struct importing *importing, struct store *store,
                       const struct store_counts *before, struct fault *fault)
{
    struct store_counts after;

    if (!store_count(store, &after, fault))
        return false;
    uint64_t held = before->records + before->aside, holds = after.records + after.aside;
    importing->aside = after.aside > before->aside ? after.aside - before->aside : 0;
    importing->fresh = holds > held ? holds - held : 0;
    if (importing->fresh > importing->taken)
        importing->fresh = importing->taken;
    return true;
}

static bool import_file(struct importing *importing, const char *path, struct fault *fault)
{
    struct store *store = open_store(importing->call, STORE_READ, fault); /* Is a node here? */
    struct store_counts before;
    struct fault ignored;

    importing->refused = json_array();
    importing->progress = progress_begin(importing->call, "importing");
    bool begun = store != NULL && (importing->ours = store_charter(store, fault)) != NULL &&
                 store_count(store, &before, fault) &&
                 bundle_file_open(&importing->bundle, path, fault);
    bool done = begun && import_all(importing, fault);
    if (begun)
        done = count_more(importing, store, &before, done ? fault : &ignored) && done;
    progress_end(&importing->progress);
    bundle_file_close(&importing->bundle);
    buffer_release(&importing->bytes);
    charter_free(importing->ours);
    store_close(store);
    return done;
}

bool import_whole(struct call *call, const char *path, struct fault *fault)
{
    struct importing importing = {.call = call};
    bool done = import_file(&importing, path, fault);

    if (done && importing.refused_count > 0)
        done =
            fault_set(fault, FAULT_PEER,
                      "%s: %" PRIu64 " of its records %s refused, so it is damaged: copy it "
                      "again, or take the export of another member",
                      path, importing.refused_count, importing.refused_count == 1 ? "was" : "were");
    else if (done && importing.aside > 0)
        done = fault_set(fault, FAULT_PEER,
                         "%s: %" PRIu64 " of its records go%s on from what is not in it: take a "
                         "whole export (without --since) of a member that is in sync",
                         path, importing.aside, importing.aside == 1 ? "es" : "");
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

static bool say_imported(struct call *call, const struct importing *importing,
                         const struct fault *damage)
{
    uint64_t records = importing->items > 0 ? importing->items - 1 : 0;

    call->status = importing->refused_count > 0 || damage != NULL;
    if (call_json(call,
                  json_pack("{s:I, s:I, s:I, s:I, s:I, s:O, s:o}", "records", (json_int_t)records,
                            "taken", (json_int_t)importing->taken, "new",
                            (json_int_t)importing->fresh, "aside", (json_int_t)importing->aside,
                            "refused_count", (json_int_t)importing->refused_count, "refused",
                            importing->refused, "damaged",
                            damage == NULL ? json_null() : json_string(damage->text))))
        return true;
    if (importing->refused_count > REFUSED_LISTED)
        call_say(call, "and %" PRIu64 " more", importing->refused_count - REFUSED_LISTED);
    call_say(call, "%" PRIu64 " record%s read, %" PRIu64 " of them new here; %" PRIu64 " refused.",
             records, records == 1 ? "" : "s", importing->fresh, importing->refused_count);
    if (importing->aside > 0)
        call_say(call,
                 "%" PRIu64 " of them wait%s for what was not in the file: peers are asked for it, "
                 "or import a larger export.",
                 importing->aside, importing->aside == 1 ? "s" : "");
    return damage == NULL;
}

bool run_import(struct call *call, struct fault *fault)
{
    struct importing importing = {.call = call};
    bool done = import_file(&importing, call->arguments[0], fault);
    bool partly = !done && fault->kind == FAULT_PEER && importing.items > 0;

    if (done || partly)
        done = say_imported(call, &importing, partly ? fault : NULL);
    json_decref(importing.refused);
    return done;
}
