#include "node/cli/shared.h"
#include "node/clock.h"
#include "protocol/vocabulary.h"

#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define QUEUE_WAIT_MS 60000
#define ANSWER_MAX 4096

bool require_option(const struct call *call, const char *option, const char **value,
                    struct fault *fault)
{
    *value = call_value(call, option);
    if (*value != NULL && (*value)[0] != '\0')
        return true;
    return fault_set(fault, FAULT_INPUT, "%s: --%s is missing: candour help %s",
                     call->command->name, option, call->command->name);
}

bool call_word(const struct call *call, const char *option, const struct vocabulary *vocabulary,
               const char **code, struct fault *fault)
{
    const char *value = call_value(call, option);
    struct buffer advice = {0};

    *code = value;
    if (value == NULL)
        return true;
    const struct word *word = vocabulary_meant(vocabulary, bytes_of_text(value));
    if (word != NULL) {
        *code = word->code;
        return true;
    }
    vocabulary_advise(vocabulary, bytes_of_text(value), &advice);
    fault_set(fault, FAULT_INPUT, "--%s %s: there is no such %s; %s", option, value,
              vocabulary->name, buffer_text(&advice));
    buffer_release(&advice);
    return false;
}

bool call_since(const struct call *call, int64_t now_ms, int64_t *since_ms, struct fault *fault)
{
    const char *since = call_value(call, "since");

    if (since != NULL)
        *since_ms = clock_since(since, now_ms);
    return since == NULL || *since_ms >= 0 ||
           fault_set(fault, FAULT_INPUT,
                     "--since %s: must be yyyy-mm-dd, or a span such as 30d, 12h or 2w", since);
}

bool write_config(const struct home *home, const struct config *config, struct fault *fault)
{
    struct buffer text = {0};

    config_write(config, &text);
    bool written =
        file_write(home_file(home, "candour.conf", 0), buffer_view(&text), 0640, true, fault);
    buffer_release(&text);
    return written;
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
    struct store *store = store_open(path, mode, fault);
    if (store != NULL && mode == STORE_WRITE && home_running(&call->home) != 0)
        store_leave_log(store); /* The running node moves it. */
    return store;
}

/* In the words of whoever chose the file, before those of who read it. */
static void say_other_kind(struct bytes bundle, struct fault *fault)
{
    struct fault ignored;
    struct card *card = card_read(bundle, &ignored);

    if (card != NULL)
        fault_refuse(
            fault, REFUSED_MALFORMED,
            "this is the card of %s, not a charter: the stewards send you the charter's file",
            card->name);
    else
        fault_prefix(fault, "not a charter's file, or one that is damaged (the stewards send it)");
    card_free(card);
}

struct charter *charter_of_file(struct call *call, struct bytes bundle, struct charter **before,
                                struct fault *fault)
{
    struct charter *charter = charter_new(NULL);
    bool changed, read = charter_add(charter, bundle, &changed, fault);
    struct fault ignored;

    *before = NULL;
    if (read || fault->refusal != REFUSED_NETWORK)
        goto end;
    struct store *store = open_store(call, STORE_READ, &ignored);
    if (store != NULL && (*before = store_charter(store, &ignored)) != NULL) {
        charter_free(charter);
        charter = charter_copy(*before);
        read = charter_add(charter, bundle, &changed, fault);
    }
    store_close(store);
end:
    if (!read) {
        if (fault->refusal == REFUSED_MALFORMED)
            say_other_kind(bundle, fault);
        charter_free(*before);
        charter_free(charter);
        *before = NULL;
    }
    return read ? charter : NULL;
}

static bool same_cuts(const struct feed_rules *a, const struct feed_rules *b)
{
    bool same = a->cut_count == b->cut_count;

    for (size_t i = 0; same && i < a->cut_count; i++)
        same = a->cuts[i].seq == b->cuts[i].seq && digest_equal(&a->cuts[i].id, &b->cuts[i].id);
    return same;
}

void say_halts(const struct call *call, const struct charter *before, const struct charter *after)
{
    bool any = false;

    for (size_t i = 0; i < charter_members(after); i++) {
        const struct card *card = charter_member_at(after, i)->card;
        for (size_t k = 0; k < card->feed_count; k++) {
            struct feed feed = {card->authority, card->feeds[k].number};
            struct feed_rules was = charter_feed(before, &feed), is = charter_feed(after, &feed);
            if (same_cuts(&was, &is))
                continue;
            for (size_t j = 0; j < is.cut_count; j++)
                call_say(call, "Feed %u of %s ends with its record %llu.", (unsigned)feed.number,
                         card->name, (unsigned long long)is.cuts[j].seq);
            any = true;
        }
    }
    if (!any)
        call_say(call, "Nothing in it changes the charter that is here: it is known already, or "
                       "was not signed by the next key of the feed that it names.");
}

/* --- What is not searchable yet --- */

bool count_not_searchable(struct store *store, uint64_t *count, struct fault *fault)
{
    struct store_counts counts;

    if (!store_count(store, &counts, fault))
        return false;
    *count = store_not_searchable(&counts);
    return true;
}

void say_not_searchable(const struct call *call, uint64_t count)
{
    if (count > 0)
        call_say(call,
                 "%" PRIu64 " of the records here cannot be found yet: a running node makes them "
                 "searchable, and candour status says how far it is.",
                 count);
}

/* --- Offering --- */

/* In one transaction: all of them or none. */
static bool queue_all(struct store *store, const struct offering *offerings, size_t count,
                      uint64_t *tickets, struct fault *fault)
{
    bool done = store_begin(store, fault);

    if (!done)
        return false;
    for (size_t i = 0; done && i < count; i++)
        done = store_queue(store, offerings[i].kind, offerings[i].bytes, &tickets[i], fault);
    if (!done)
        store_rollback(store);
    return done && store_commit(store, fault);
}

bool open_engine(struct call *call, struct engine *engine, struct fault *fault)
{
    struct config config = {0};
    struct card *card = keys_last_card(&call->home, fault);
    bool done = card != NULL && config_read(&call->home, &config, fault);

    if (done) {
        struct engine_settings settings = {.self = &card->authority,
                                           .period_ms = config.period_ms,
                                           .interest = config_interest(&config),
                                           .interest_count = config.follow.count,
                                           .wake = -1};
        done = engine_open(engine, &call->home, &settings, clock_now_ms(), fault);
    }
    config_release(&config);
    card_free(card);
    return done;
}

/* No node runs: do its work. */
static bool serve_here(struct call *call, struct fault *fault)
{
    struct engine engine;

    if (!open_engine(call, &engine, fault))
        return false;
    bool done = engine_serve_queue(&engine, clock_now_ms(), fault) &&
                engine_settle(&engine, clock_now_ms(), fault);
    engine_close(&engine);
    return done;
}

/* What the node has answered by now, from `*done` on, in one transaction. */
static bool take_answers(struct store *store, const uint64_t *tickets, size_t count, size_t *done,
                         offering_answer *answer, void *context, struct fault *fault)
{
    enum fault_kind kind;
    char text[ANSWER_MAX];

    if (!store_begin(store, fault))
        return false;
    while (*done < count &&
           store_queue_outcome(store, tickets[*done], &kind, text, sizeof text, fault))
        answer(context, (*done)++, kind, text);
    if (*done < count && fault->kind != FAULT_ABSENT) {
        store_rollback(store);
        return false;
    }
    return store_commit(store, fault);
}

static bool await_answers(struct store *store, const uint64_t *tickets, size_t count,
                          offering_answer *answer, void *context, struct fault *fault)
{
    const struct timespec pause = {.tv_nsec = 10000000};
    int64_t until_ms = clock_now_ms() + QUEUE_WAIT_MS;

    for (size_t done = 0, before = 0;; before = done) {
        if (!take_answers(store, tickets, count, &done, answer, context, fault))
            return false;
        if (done == count)
            return true;
        if (done > before)
            until_ms = clock_now_ms() + QUEUE_WAIT_MS;
        else if (clock_now_ms() > until_ms)
            return fault_set(fault, FAULT_SELF,
                             "the running node has not answered within a minute: "
                             "look at its log; what was queued stays queued");
        nanosleep(&pause, NULL);
    }
}

bool offer_all(struct call *call, const struct offering *offerings, size_t count,
               offering_answer *answer, void *context, struct fault *fault)
{
    struct store *store = open_store(call, STORE_WRITE, fault);
    uint64_t *tickets = memory_new(count, sizeof *tickets);
    struct fault lock_fault;
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
    done = done && await_answers(store, tickets, count, answer, context, fault);
    free(tickets);
    store_close(store);
    return done;
}

void hear_fault(void *context, size_t index, enum fault_kind kind, const char *text)
{
    struct fault *fault = context;

    (void)index;
    fault->kind = kind;
    snprintf(fault->text, sizeof fault->text, "%s", text);
}

bool offer_charter(struct call *call, struct bytes bundle, struct fault *fault)
{
    struct offering offering = {QUEUE_CHARTER, bundle};
    struct fault answer = {0};

    if (!offer_all(call, &offering, 1, hear_fault, &answer, fault))
        return false;
    if (answer.kind != FAULT_NONE)
        *fault = answer;
    return answer.kind == FAULT_NONE;
}

/* --- Records --- */

const char *bounds_in_words(char text[BOUNDS_TEXT], size_t least, size_t most)
{
    if (least == most)
        snprintf(text, BOUNDS_TEXT, "%zu", most);
    else
        snprintf(text, BOUNDS_TEXT, "%zu to %zu", least, most);
    return text;
}

void say_disclosure_profile(const struct call *call, struct bytes profile)
{
    call_say(call, "Disclosure profile %.*s: %s.", (int)profile.size, (const char *)profile.data,
             vocabulary_means(&disclosure_profiles, profile, "not known to this candour"));
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

struct digest self_of(const struct call *call)
{
    struct fault ignored;
    struct card *card = keys_last_card(&call->home, &ignored);
    struct digest self = card == NULL ? (struct digest){0} : card->authority;

    card_free(card);
    return self;
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

bool charter_has_steward(const struct charter *charter, const struct digest *authority)
{
    for (size_t i = 0; i < charter_heads(charter); i++) {
        const struct head *head = charter_head(charter, i);
        for (size_t k = 0; k < head->steward_count; k++)
            if (digest_equal(&head->stewards[k].authority, authority))
                return true;
    }
    return false;
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
}

void listing_free(struct listing *listing)
{
    if (listing == NULL)
        return;
    scols_unref_table(listing->table);
    free(listing);
}
