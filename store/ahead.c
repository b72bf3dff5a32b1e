#include "store/internal.h"

#include <pthread.h>
#include <stdlib.h>

/* Rows of `wire` for who derives them, taken apart: what can be made of a row's bytes alone, be it
 * by unpacking, hashing, checking or stemming, is made before the row is come to. That is half of
 * the work. Far behind, another thread does it for some rows while the caller derives those before
 * them; who reads, writes and decides is the caller alone. */

/* --- One --- */

static void list_words(const struct kit *kit, const struct record *record,
                       const struct document *lesson, struct lists *words)
{
    struct buffer room = {0};
    const struct form *form = document_form(lesson);

    for (size_t i = 0; i < WORDS_TEXTS; i++) {
        words_list(kit, words_text(lesson, i, &room), &words->text);
        words->ends[i] = words->text.size;
    }
    buffer_release(&room);
    words->said = form == &update_form || form == &response_form;
    for (size_t i = 0; words->said && i < words->text.size; i++)
        words->words += words->text.data[i] == ' ';
    facets_write(&words->text, record, lesson);
    words->ends[LISTS - 1] = words->text.size;
}

struct bytes lists_one(const struct lists *lists, size_t which)
{
    size_t from = which == 0 ? 0 : lists->ends[which - 1];

    return bytes_of(lists->text.data + from, lists->ends[which] - from);
}

bool parts_have_words(const struct parts *parts)
{
    const struct form *form = parts->document == NULL ? NULL : document_form(parts->document);

    return form != NULL && (form == &lesson_form || form == &issue_form || form == &update_form ||
                            form == &response_form);
}

void take_apart(const struct kit *kit, const struct record *record, struct bytes packed,
                struct parts *parts)
{
    struct bytes content = content_unpack(packed);
    struct bytes kind = record_header(record)->kind;

    if (bytes_equal(kind, bytes_of_text("receipt")))
        buffer_append(&parts->receipt, content);
    parts->document = rows_document(kind, content);
    if (parts_have_words(parts))
        list_words(kit, record, parts->document, &parts->words);
}

void parts_release(struct parts *parts)
{
    document_free(parts->document);
    buffer_release(&parts->receipt);
    buffer_release(&parts->words.text);
    *parts = (struct parts){0};
}

/* --- Some of them --- */

/* So many that two threads seldom wait for each other, and so few that little memory is taken. */
#define BATCH_ROWS 128
#define BATCH_BYTES (256 * 1024) /* Of them, unpacked; the last one goes beyond. */

struct batch {
    struct upcoming rows[BATCH_ROWS];
    size_t count;
    struct buffer bytes; /* Of all rows, as they were read. */
};

struct ahead {
    struct store *store;
    sqlite3_stmt *query;
    bool ended; /* All of its rows are read. */
    struct batch batches[2], *current, *next;
    size_t at; /* In the current one. */
    bool threaded;
    struct kit kit; /* The thread's. */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;

    /* Under the lock. */
    struct batch *given; /* To the thread, whose it is until this is NULL. */
    bool closing;
};

static size_t read_row(struct batch *batch, sqlite3_stmt *query)
{
    struct upcoming *row = &batch->rows[batch->count++];
    struct bytes packed = column_bytes(query, 4);

    row->number = sqlite3_column_int64(query, 0);
    row->of = sqlite3_column_int64(query, 1);
    row->has_body = packed.data != NULL;
    row->header = buffer_add(&batch->bytes, column_bytes(query, 2));
    row->proof = buffer_add(&batch->bytes, column_bytes(query, 3));
    row->packed = buffer_add(&batch->bytes, packed);
    return row->header.size + row->proof.size + content_size(packed);
}

/* What was made of the rows before stays for now: it is given back where it was made. */
static bool read_batch(struct ahead *ahead, struct batch *batch, struct fault *fault)
{
    int answer = SQLITE_ROW;

    batch->count = 0;
    buffer_clear(&batch->bytes);
    for (size_t bytes = 0; !ahead->ended && batch->count < BATCH_ROWS && bytes < BATCH_BYTES;) {
        answer = step(ahead->store, ahead->query, "reading what is to be derived", fault);
        ahead->ended = answer != SQLITE_ROW;
        if (answer == SQLITE_ROW)
            bytes += read_row(batch, ahead->query);
    }
    return answer == SQLITE_ROW || answer == SQLITE_DONE;
}

static void row_release(struct upcoming *row)
{
    record_free(row->record);
    row->record = NULL;
    parts_release(&row->body);
}

/* A body that came later belongs to a record that is derived already. */
static void prepare_row(const struct kit *kit, const struct batch *batch, struct upcoming *row)
{
    struct fault ignored;

    row_release(row);
    if (row->of != 0)
        return;
    row->record =
        record_join(buffer_part(&batch->bytes, row->header), buffer_part(&batch->bytes, row->proof),
                    NULL, (struct bytes){0}, &ignored);
    if (row->record != NULL && row->has_body)
        take_apart(kit, row->record, buffer_part(&batch->bytes, row->packed), &row->body);
}

static void prepare_batch(const struct kit *kit, struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        prepare_row(kit, batch, &batch->rows[i]);
}

/* --- The thread --- */

static void *prepare_given(void *context)
{
    struct ahead *ahead = context;

    pthread_mutex_lock(&ahead->lock);
    while (!ahead->closing) {
        if (ahead->given == NULL) {
            pthread_cond_wait(&ahead->changed, &ahead->lock);
            continue;
        }
        pthread_mutex_unlock(&ahead->lock);
        prepare_batch(&ahead->kit, ahead->given);
        pthread_mutex_lock(&ahead->lock);
        ahead->given = NULL;
        pthread_cond_signal(&ahead->changed);
    }
    pthread_mutex_unlock(&ahead->lock);
    return NULL;
}

static void give(struct ahead *ahead, struct batch *batch)
{
    if (!ahead->threaded) {
        prepare_batch(&ahead->store->kit, batch);
        return;
    }
    pthread_mutex_lock(&ahead->lock);
    ahead->given = batch;
    pthread_cond_signal(&ahead->changed);
    pthread_mutex_unlock(&ahead->lock);
}

static void await(struct ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    while (ahead->given != NULL)
        pthread_cond_wait(&ahead->changed, &ahead->lock);
    pthread_mutex_unlock(&ahead->lock);
}

/* The next batch becomes the current one, and what was that takes the rows after it. */
static bool turn(struct ahead *ahead, struct fault *fault)
{
    struct batch *spare = ahead->current;

    if (!read_batch(ahead, spare, fault))
        return false;
    await(ahead);
    ahead->current = ahead->next;
    ahead->next = spare;
    ahead->at = 0;
    give(ahead, spare);
    return true;
}

/* --- From outside --- */

struct ahead *ahead_open(struct store *store, sqlite3_stmt *query, bool threaded)
{
    struct ahead *ahead = memory_new(1, sizeof *ahead);

    ahead->store = store;
    ahead->query = query;
    ahead->current = &ahead->batches[0];
    ahead->next = &ahead->batches[1];
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->changed, NULL);
    /* Without a thread it takes longer, and is the same. */
    ahead->threaded = threaded && kit_make(store, &ahead->kit) &&
                      pthread_create(&ahead->thread, NULL, prepare_given, ahead) == 0;
    return ahead;
}

bool ahead_next(struct ahead *ahead, struct upcoming **row, struct fault *fault)
{
    *row = NULL;
    while (ahead->at == ahead->current->count && !(ahead->ended && ahead->next->count == 0))
        if (!turn(ahead, fault))
            return false;
    if (ahead->at < ahead->current->count)
        *row = &ahead->current->rows[ahead->at++];
    return true;
}

static void batch_release(struct batch *batch)
{
    for (size_t i = 0; i < BATCH_ROWS; i++)
        row_release(&batch->rows[i]);
    buffer_release(&batch->bytes);
}

void ahead_close(struct ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    ahead->closing = true;
    pthread_cond_signal(&ahead->changed);
    pthread_mutex_unlock(&ahead->lock);
    if (ahead->threaded)
        pthread_join(ahead->thread, NULL);
    kit_release(&ahead->kit);
    batch_release(&ahead->batches[0]);
    batch_release(&ahead->batches[1]);
    pthread_cond_destroy(&ahead->changed);
    pthread_mutex_destroy(&ahead->lock);
    free(ahead);
}
