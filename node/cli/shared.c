#include "node/cli/shared.h"
#include "node/clock.h"

#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define QUEUE_WAIT_MS 60000

bool require_option(const struct call *call, const char *option, const char **value,
                    struct fault *fault)
{
    *value = call_value(call, option);
    if (*value != NULL && (*value)[0] != '\0')
        return true;
    return fault_set(fault, FAULT_INPUT, "%s: --%s is missing: candour help %s",
                     call->command->name, option, call->command->name);
}

#define WORDS_LISTED 12

static void list_words(const struct vocabulary *vocabulary, struct buffer *list)
{
    if (vocabulary->count > WORDS_LISTED)
        buffer_append_text(list, "candour lesson new lists them");
    for (size_t i = 0; i < vocabulary->count && vocabulary->count <= WORDS_LISTED; i++)
        buffer_printf(list, "%s%s", i == 0 ? "" : ", ", vocabulary->words[i].code);
}

bool call_word(const struct call *call, const char *option, const struct vocabulary *vocabulary,
               const char **code, struct fault *fault)
{
    const char *value = call_value(call, option), *nearest;
    struct buffer list = {0};

    *code = value;
    if (value == NULL || vocabulary_find(vocabulary, bytes_of_text(value)) != NULL)
        return true;
    nearest = vocabulary_nearest(vocabulary, bytes_of_text(value));
    if (nearest != NULL)
        return fault_set(fault, FAULT_INPUT, "--%s %s: there is no such %s; did you mean \"%s\"?",
                         option, value, vocabulary->name, nearest);
    list_words(vocabulary, &list);
    fault_set(fault, FAULT_INPUT, "--%s %s: there is no such %s: %s", option, value,
              vocabulary->name, buffer_text(&list));
    buffer_release(&list);
    return false;
}

struct store *open_store(const struct call *call, enum store_mode mode, struct fault *fault)
{
    const char *path = home_file(&call->home, "store.sqlite", 0);

    if (access(path, F_OK) != 0) {
        fault_set(fault, FAULT_ABSENT,
                  "%s: there is no node here: make one with candour init, or say --home",
                  call->home.path);
        return NULL;
    }
    return store_open(path, mode, fault);
}

static bool add_charter(void *context, struct bytes bundle, struct fault *fault)
{
    bool changed;

    return charter_add(context, bundle, &changed, fault);
}

struct charter *load_charter(struct store *store, struct fault *fault)
{
    struct digest network;

    if (!store_network(store, &network)) {
        fault_set(fault, FAULT_ABSENT, "this home has joined no network yet: candour join FILE");
        return NULL;
    }
    struct charter *charter = charter_new(&network);
    if (store_each_charter(store, add_charter, charter, fault))
        return charter;
    charter_free(charter);
    return NULL;
}

/* --- Offering --- */

static bool queue_all(struct store *store, const struct offering *offerings, size_t count,
                      uint64_t *tickets, struct fault *fault)
{
    for (size_t i = 0; i < count; i++)
        if (!store_queue(store, offerings[i].kind, offerings[i].bytes, &tickets[i], fault))
            return false;
    return true;
}

/* No node runs: do its work. */
static bool serve_here(struct call *call, struct fault *fault)
{
    struct engine engine;
    struct config config;
    struct card *card = NULL;
    bool done = false;

    if (!config_read(&call->home, &config, fault))
        return false;
    card = keys_last_card(&call->home, fault);
    if (card != NULL && engine_open(&engine, &call->home, &card->authority, config.period_ms,
                                    clock_now_ms(), fault)) {
        done = engine_serve_queue(&engine, clock_now_ms(), fault);
        engine_close(&engine);
    }
    card_free(card);
    config_release(&config);
    return done;
}

static bool await_answer(struct store *store, uint64_t ticket, struct fault *answer,
                         struct fault *fault)
{
    const struct timespec pause = {.tv_nsec = 20000000};
    int64_t until_ms = clock_now_ms() + QUEUE_WAIT_MS;

    while (!store_queue_outcome(store, ticket, &answer->kind, answer->text, sizeof answer->text,
                                fault)) {
        if (fault->kind != FAULT_ABSENT)
            return false;
        if (clock_now_ms() > until_ms)
            return fault_set(fault, FAULT_SELF,
                             "the running node has not answered within a minute: "
                             "look at its log; what was queued stays queued");
        nanosleep(&pause, NULL);
    }
    return true;
}

bool offer_all(struct call *call, const struct offering *offerings, size_t count,
               offering_answer *answer, void *context, struct fault *fault)
{
    struct store *store = open_store(call, STORE_WRITE, fault);
    uint64_t *tickets = memory_new(count, sizeof *tickets);
    struct fault said, lock_fault;
    bool done = store != NULL;

    if (done && home_lock(&call->home, &lock_fault)) {
        done = queue_all(store, offerings, count, tickets, fault) && serve_here(call, fault);
        home_unlock(&call->home);
    } else if (done && home_running(&call->home) != 0) {
        done = queue_all(store, offerings, count, tickets, fault);
    } else if (done) {
        *fault = lock_fault;
        done = false;
    }
    for (size_t i = 0; done && i < count; i++) {
        done = await_answer(store, tickets[i], &said, fault);
        if (done)
            answer(context, i, said.kind == FAULT_NONE ? NULL : &said);
    }
    free(tickets);
    store_close(store);
    return done;
}

static void hear_answer(void *context, size_t index, const struct fault *refused)
{
    (void)index;
    *(struct fault *)context = refused == NULL ? (struct fault){0} : *refused;
}

bool offer_charter(struct call *call, struct bytes bundle, struct fault *fault)
{
    struct offering offering = {QUEUE_CHARTER, bundle};
    struct fault answer = {0};

    if (!offer_all(call, &offering, 1, hear_answer, &answer, fault))
        return false;
    if (answer.kind != FAULT_NONE)
        *fault = answer;
    return answer.kind == FAULT_NONE;
}

/* --- JSON --- */

/* A decimal as JSON writes it: the same digits, so nothing is rounded on the way. */
static json_t *json_decimal(struct bytes text)
{
    char digits[48];

    if (text.size == 0 || text.size >= sizeof digits)
        return json_null();
    memcpy(digits, text.data, text.size);
    digits[text.size] = '\0';
    if (strchr(digits, '.') == NULL)
        return json_integer(strtoll(digits, NULL, 10));
    return json_real(strtod(digits, NULL));
}

static json_t *json_cell(enum field_type type, struct bytes text)
{
    if (type == FIELD_NUMBER)
        return json_decimal(text);
    return text.size == 0 ? json_null() : json_bytes(text);
}

static json_t *json_rows(const struct document *document, const struct field *field)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < document_count(document, field->key); i += field->column_count) {
        json_t *row = json_object();
        for (size_t k = 0; k < field->column_count; k++)
            json_object_set_new(
                row, field->columns[k].name,
                json_cell(field->columns[k].type, document_item(document, field->key, i + k)));
        json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *json_field(const struct document *document, const struct field *field)
{
    if (field->type == FIELD_ROWS)
        return json_rows(document, field);
    if (field->type != FIELD_WORDS && field->type != FIELD_LINES)
        return json_cell(field->type, document_text(document, field->key));
    json_t *list = json_array();
    for (size_t i = 0; i < document_count(document, field->key); i++)
        json_array_append_new(list, json_bytes(document_item(document, field->key, i)));
    return list;
}

json_t *json_document(const struct document *document)
{
    const struct form *form = document_form(document);
    json_t *object = json_object();

    for (size_t i = 0; i < form->count; i++)
        if (document_count(document, form->fields[i].key) > 0)
            json_object_set_new(object, form->fields[i].key,
                                json_field(document, &form->fields[i]));
    return object;
}

const char *authority_name(const struct charter *charter, const struct digest *authority)
{
    static char id[9];
    const struct member *member = charter == NULL ? NULL : charter_member(charter, authority);

    if (member != NULL)
        return member->card->name;
    hex_of(id, authority->bytes, 4);
    return id;
}

/* --- Tables --- */

struct listing {
    struct libscols_table *table;
    size_t columns;
};

struct listing *listing_new(const char *const *names, const bool *right)
{
    struct listing *listing = memory_new(1, sizeof *listing);

    listing->table = scols_new_table();
    if (listing->table == NULL)
        abort();
    scols_table_enable_maxout(listing->table, 0);
    /* A narrow terminal wraps a line and cuts nothing off: half a fingerprint cannot be compared.
     */
    scols_table_set_termforce(listing->table, SCOLS_TERMFORCE_NEVER);
    for (; names[listing->columns] != NULL; listing->columns++)
        scols_table_new_column(listing->table, names[listing->columns], 0,
                               right != NULL && right[listing->columns] ? SCOLS_FL_RIGHT
                                                                        : SCOLS_FL_TRUNC);
    return listing;
}

void listing_row(struct listing *listing, const char *const *cells)
{
    struct libscols_line *line = scols_table_new_line(listing->table, NULL);

    if (line == NULL)
        abort();
    for (size_t i = 0; i < listing->columns; i++)
        scols_line_set_data(line, i, cells[i]);
}

void listing_print(struct listing *listing)
{
    scols_print_table(listing->table);
    scols_unref_table(listing->table);
    free(listing);
}
