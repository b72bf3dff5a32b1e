#include "node/cli/desk.h"

#include "node/clock.h"

#include <inttypes.h>
#include <string.h>

/* erase and receipts: taking a text back, and who has confirmed that it is gone. */

/* When a member that has not confirmed is overdue; in a network for show sooner. */
#define DUE_MS (INT64_C(7) * 24 * 3600 * 1000)
#define DUE_DEMO_MS (INT64_C(60) * 1000)

/* --- erase --- */

static struct document *erasure_of(const struct call *call, const char *why)
{
    struct document *document = document_new(&erasure_form);
    struct place nowhere = {0};

    for (size_t i = 0; i < call->argument_count; i++)
        document_add(document, "erases", bytes_of_text(call->arguments[i]), nowhere);
    document_add(document, "why", bytes_of_text(why), nowhere);
    return document;
}

bool run_erase(struct call *call, struct fault *fault)
{
    struct desk desk;
    const char *by, *why;

    if (!require_option(call, "why", &why, fault) || !require_option(call, "by", &by, fault))
        return false;
    bool done = desk_open(call, &desk, STORE_WRITE, fault) &&
                desk_publish(call, &desk, erasure_of(call, why), by, fault);
    desk_close(&desk);
    return done;
}

/* --- receipts --- */

struct confirmations {
    struct digest *authorities;
    int64_t *times_ms;
    size_t count;
};

static bool hear_receipt(void *context, const struct digest *authority, int64_t time_ms,
                         struct fault *fault)
{
    struct confirmations *heard = context;

    (void)fault;
    heard->authorities =
        memory_grow(heard->authorities, heard->count + 1, sizeof *heard->authorities);
    heard->times_ms = memory_grow(heard->times_ms, heard->count + 1, sizeof *heard->times_ms);
    heard->authorities[heard->count] = *authority;
    heard->times_ms[heard->count++] = time_ms;
    return true;
}

static size_t place_of(const struct confirmations *heard, const struct digest *authority)
{
    size_t at = 0;

    while (at < heard->count && !digest_equal(&heard->authorities[at], authority))
        at++;
    return at;
}

/* The first erasure of it that is here. */
static bool hear_erasure(void *context, const struct stored *stored, struct fault *fault)
{
    const struct header *header = record_header(stored->record);
    int64_t *since_ms = context;

    (void)fault;
    if (bytes_equal(header->kind, bytes_of_text("erasure")) &&
        (*since_ms == 0 || header->time_ms < *since_ms))
        *since_ms = header->time_ms;
    return true;
}

static bool is_demo(const struct charter *charter)
{
    return charter_heads(charter) > 0 && charter_head(charter, 0)->demo;
}

/* Who is a member now, one by one: has confirmed, may still, is overdue. */
static void say_members(struct call *call, const struct charter *charter,
                        const struct confirmations *heard, int64_t since_ms)
{
    bool due = clock_now_ms() - since_ms > (is_demo(charter) ? DUE_DEMO_MS : DUE_MS);
    json_t *confirmed = json_array(), *waiting = json_array(), *overdue = json_array();

    for (size_t i = 0; i < charter_members(charter); i++) {
        const struct member *member = charter_member_at(charter, i);
        size_t at = place_of(heard, &member->card->authority);
        char minute[CLOCK_MINUTE_SIZE] = "";
        if (at < heard->count) {
            clock_minute(minute, heard->times_ms[at]);
            json_array_append_new(confirmed, json_pack("{s:s, s:o}", "name", member->card->name,
                                                       "at", json_stamp(heard->times_ms[at])));
            call_say(call, "confirmed  %s  %s", minute, member->card->name);
        } else if (member->status == MEMBER_ACTIVE) {
            json_array_append_new(due ? overdue : waiting, json_string(member->card->name));
            call_say(call, "%s                    %s", due ? "OVERDUE  " : "waiting  ",
                     member->card->name);
        }
    }
    call->status = json_array_size(overdue) > 0;
    call_json(call, json_pack("{s:o, s:O, s:O, s:O}", "since", json_stamp(since_ms), "confirmed",
                              confirmed, "waiting", waiting, "overdue", overdue));
    json_decref(confirmed);
    json_decref(waiting);
    json_decref(overdue);
}

bool run_receipts(struct call *call, struct fault *fault)
{
    struct store *store = open_store(call, STORE_READ, fault);
    struct charter *charter = store == NULL ? NULL : load_charter(store, fault);
    struct confirmations heard = {0};
    struct digest id;
    int64_t since_ms = 0;

    bool done = charter != NULL && store_resolve(store, call->arguments[0], &id, fault) &&
                store_each_about(store, &id, hear_erasure, &since_ms, fault) &&
                store_each_receipt(store, &id, hear_receipt, &heard, fault);
    if (done && since_ms == 0)
        done =
            fault_set(fault, FAULT_ABSENT, "%s: nobody has taken its text back: candour erase does",
                      call->arguments[0]);
    if (done)
        say_members(call, charter, &heard, since_ms);
    free(heard.authorities);
    free(heard.times_ms);
    charter_free(charter);
    store_close(store);
    return done;
}
