#include "node/cli/desk.h"

#include "node/clock.h"
#include "node/keys.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* erase and receipts: taking a text back, and who has confirmed that it is gone. */

/* When a member that has not confirmed is overdue; in a network for show sooner. A receipt comes up
 * to a period, five minutes as a rule, after the text went. */
#define DUE_MS (INT64_C(7) * 24 * 3600 * 1000)
#define DUE_DEMO_MS (INT64_C(15) * 60 * 1000)

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

/* Who has asked for a text to be taken back, by erasures that are in the set. */
struct claims {
    struct digest *authorities;
    size_t count;
    bool by_owner; /* Of an anonymous record: with its own key. */
    int64_t since_ms;
};

static bool is_among(const struct claims *claims, const struct digest *authority)
{
    for (size_t i = 0; i < claims->count; i++)
        if (digest_equal(&claims->authorities[i], authority))
            return true;
    return false;
}

static void add_claim(struct claims *claims, const struct digest *authority)
{
    if (is_among(claims, authority))
        return;
    claims->authorities =
        memory_grow(claims->authorities, claims->count + 1, sizeof *claims->authorities);
    claims->authorities[claims->count++] = *authority;
}

static bool hear_erasure(void *context, const struct stored *stored, struct fault *fault)
{
    const struct header *header = record_header(stored->record);
    struct claims *claims = context;

    (void)fault;
    if (!bytes_equal(header->kind, bytes_of_text("erasure")))
        return true;
    if (claims->since_ms == 0 || header->time_ms < claims->since_ms)
        claims->since_ms = header->time_ms;
    if (header->author.form == AUTHOR_NAMED)
        add_claim(claims, &header->author.feed.authority);
    else
        claims->by_owner = true;
    return true;
}

/* The record's author, or who took its place. */
static bool is_its_own(const struct charter *charter, const struct record *record,
                       const struct digest *authority)
{
    const struct author *author = &record_header(record)->author;

    return author->form == AUTHOR_NAMED &&
           (digest_equal(authority, &author->feed.authority) ||
            charter_succeeds(charter, authority, &author->feed.authority));
}

/* Line 10 of f (docs/protocol.md, section 8), for who reads it. */
static bool is_taken_back(const struct charter *charter, const struct record *record,
                          const struct claims *claims)
{
    for (size_t i = 0; i < claims->count; i++)
        if (is_its_own(charter, record, &claims->authorities[i]))
            return true;
    return claims->by_owner || charter_stewards_agree(charter, claims->authorities, claims->count);
}

static void count_stewards(const struct charter *charter, const struct claims *claims,
                           unsigned *count, unsigned *threshold)
{
    *count = 0;
    *threshold = charter_heads(charter) == 0 ? 0 : charter_head(charter, 0)->threshold;
    for (size_t i = 0; i < claims->count; i++)
        *count += charter_has_steward(charter, &claims->authorities[i]);
}

/* What was put forward twice is still in the house once. */
struct twins {
    const struct call *call;
    struct document *document; /* Of the record. */
    const char *named;
};

static bool say_twin(void *context, uint64_t number, const struct draft *draft,
                     const struct digest *record, struct fault *fault)
{
    const struct twins *twins = context;

    (void)fault;
    if (record == NULL && draft != NULL &&
        document_form(draft_document(draft)) == document_form(twins->document) &&
        bytes_equal(draft_title(draft), document_title(twins->document)))
        call_say(twins->call,
                 "%s: draft %" PRIu64 " has the same title, and is in this house all the same: "
                 "candour draft submit %" PRIu64 " FILE puts another text in its place.",
                 twins->named, number, number);
    return true;
}

static bool say_twins(const struct call *call, struct store *store, const struct digest *id,
                      const char *named, struct fault *fault)
{
    struct withheld withheld;
    struct record *record = store_find(store, id, true, fault);

    if (record == NULL)
        return false;
    struct twins twins = {call, store_document(store, record, &withheld), named};
    bool done = twins.document == NULL || store_each_draft(store, say_twin, &twins, fault);
    document_free(twins.document);
    record_free(record);
    return done;
}

/* What a hub compiles repeats titles, and an erasure does not reach it. */
static bool say_summary(void *context, const struct stored *stored, struct fault *fault)
{
    char id[13];

    (void)fault;
    hex_of(id, record_id(stored->record)->bytes, 6);
    if (bytes_equal(record_header(stored->record)->kind, bytes_of_text("summary")))
        call_say(context,
                 "A summary cites it, and may repeat some of it: candour show %s. Its author alone "
                 "can take that back: ask them.",
                 id);
    return true;
}

/* An erasure without effect would only seem to be one. */
static bool may_erase(struct call *call, struct store *store, const struct charter *charter,
                      const struct digest *self, const char *named, struct fault *fault)
{
    struct claims claims = {0};
    struct record *record = NULL;
    unsigned count, threshold;
    struct digest id;

    bool may = store_resolve(store, named, &id, fault) &&
               (record = store_find(store, &id, false, fault)) != NULL &&
               store_each_about(store, &id, hear_erasure, &claims, fault);
    if (may && is_taken_back(charter, record, &claims))
        may = fault_set(fault, FAULT_ABSENT,
                        "%s: its text is taken back already: candour receipts %s says who has "
                        "confirmed that it is gone",
                        named, named);
    if (may && !is_its_own(charter, record, self)) {
        may = charter_has_steward(charter, self);
        add_claim(&claims, self);
        count_stewards(charter, &claims, &count, &threshold);
        if (!may)
            fault_set(fault, FAULT_ABSENT,
                      "%s: is not this authority's, so it cannot take it back: its author can, or "
                      "%u stewards together. Ask them.",
                      named, threshold);
        else if (!is_taken_back(charter, record, &claims))
            call_say(call,
                     "%s: this is %u of %u stewards that must take it back. Its text stands until "
                     "the others do the same.",
                     named, count, threshold);
    }
    free(claims.authorities);
    record_free(record);
    return may && say_twins(call, store, &id, named, fault) &&
           store_each_about(store, &id, say_summary, call, fault);
}

static bool may_erase_all(struct call *call, struct store *store, struct fault *fault)
{
    struct charter *charter = store_charter(store, fault);
    struct card *card = charter == NULL ? NULL : keys_last_card(&call->home, fault);
    bool may = card != NULL;

    for (size_t i = 0; may && i < call->argument_count; i++)
        may = may_erase(call, store, charter, &card->authority, call->arguments[i], fault);
    card_free(card);
    charter_free(charter);
    return may;
}

bool run_erase(struct call *call, struct fault *fault)
{
    struct desk desk;
    const char *by, *why;

    if (!require_option(call, "why", &why, fault) || !require_option(call, "by", &by, fault))
        return false;
    bool done = desk_open(call, &desk, STORE_WRITE, fault) &&
                may_erase_all(call, desk.store, fault) &&
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
    call_say(call,
             "%zu of %zu have confirmed. A receipt comes some five minutes after the text went.",
             json_array_size(confirmed),
             json_array_size(confirmed) + json_array_size(waiting) + json_array_size(overdue));
    call->status = json_array_size(overdue) > 0;
    call_json(call,
              json_pack("{s:b, s:o, s:O, s:O, s:O}", "erased", 1, "since", json_stamp(since_ms),
                        "confirmed", confirmed, "waiting", waiting, "overdue", overdue));
    json_decref(confirmed);
    json_decref(waiting);
    json_decref(overdue);
}

/* Too few stewards have asked: nobody is to confirm anything yet. */
static void say_short(struct call *call, const struct charter *charter, const struct claims *claims)
{
    unsigned count, threshold;

    count_stewards(charter, claims, &count, &threshold);
    call->status = 1;
    if (!call_json(call, json_pack("{s:b, s:o, s:i, s:i, s:[], s:[], s:[]}", "erased", 0, "since",
                                   json_stamp(claims->since_ms), "stewards", (int)count, "needed",
                                   (int)threshold, "confirmed", "waiting", "overdue")))
        call_say(call,
                 "Its text stands: %u of %u stewards have taken it back, and neither its author "
                 "nor who took its place.",
                 count, threshold);
}

bool run_receipts(struct call *call, struct fault *fault)
{
    struct store *store = open_store(call, STORE_READ, fault);
    struct charter *charter = store == NULL ? NULL : store_charter(store, fault);
    struct confirmations heard = {0};
    struct claims claims = {0};
    struct record *record = NULL;
    uint64_t behind = 0;
    struct digest id;

    bool done = charter != NULL && store_resolve(store, call->arguments[0], &id, fault) &&
                count_not_searchable(store, &behind, fault) &&
                (record = store_find(store, &id, false, fault)) != NULL &&
                store_each_about(store, &id, hear_erasure, &claims, fault) &&
                store_each_receipt(store, &id, hear_receipt, &heard, fault);
    if (done && claims.since_ms == 0 && behind > 0)
        done = fault_set(fault, FAULT_ABSENT,
                         "%s: nobody has taken its text back in what has been read here so far; "
                         "%" PRIu64 " of the records are still to be read: ask again later",
                         call->arguments[0], behind);
    else if (done && claims.since_ms == 0)
        done =
            fault_set(fault, FAULT_ABSENT, "%s: nobody has taken its text back: candour erase does",
                      call->arguments[0]);
    if (done && !is_taken_back(charter, record, &claims))
        say_short(call, charter, &claims);
    else if (done)
        say_members(call, charter, &heard, claims.since_ms);
    free(heard.authorities);
    free(heard.times_ms);
    free(claims.authorities);
    record_free(record);
    charter_free(charter);
    store_close(store);
    return done;
}
