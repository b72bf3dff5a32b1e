#include "node/cli/shared.h"
#include "node/clock.h"
#include "node/peers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* why and sync: what happened to a record or a link, in words; and to compare with every peer now.
 */

/* --- sync --- */

bool run_sync(struct call *call, struct fault *fault)
{
    struct offering offering = {QUEUE_SYNC, bytes_of_text("")};
    struct fault answer;

    if (home_running(&call->home) == 0)
        return fault_set(fault, FAULT_ABSENT,
                         "no node runs on this home, so nobody is connected: candour run");
    if (!offer_all(call, &offering, 1, hear_fault, &answer, fault))
        return false;
    if (!call_json(call, json_pack("{s:b}", "asked", 1)))
        call_say(call, "Every peer is asked what it has; candour status shows what comes of it.");
    return true;
}

/* --- why a record --- */

/* An answer of {state, because, since, do}. */
static bool say_why(struct call *call, json_t *why)
{
    const char *since = json_string_value(json_object_get(why, "since"));
    const char *advice = json_string_value(json_object_get(why, "do"));

    call_say(call, "%s: %s", json_string_value(json_object_get(why, "state")),
             json_string_value(json_object_get(why, "because")));
    if (since != NULL)
        call_say(call, "Since %s.", since);
    if (advice != NULL && advice[0] != '\0')
        call_say(call, "%s", advice);
    call_json(call, why);
    return true;
}

static void hear_why(void *context, size_t index, enum fault_kind kind, const char *text)
{
    json_t **why = context;

    (void)index;
    if (kind == FAULT_NONE)
        *why = json_loads(text, 0, NULL);
}

static bool why_of_record(struct call *call, const struct digest *id, struct fault *fault)
{
    struct offering offering = {QUEUE_WHY, bytes_of(id->bytes, sizeof id->bytes)};
    json_t *why = NULL;

    if (!offer_all(call, &offering, 1, hear_why, &why, fault))
        return false;
    if (why == NULL)
        return fault_set(fault, FAULT_ABSENT,
                         "this home has joined no network yet: candour join FILE");
    return say_why(call, why);
}

/* --- why a peer --- */

static const struct {
    const char *state, *because, *advice;
} links[] = {
    {"in_sync", "At the last comparison both held the same records.", ""},
    {"comparing", "Both do not hold the same, and the comparison goes on or is due.",
     "candour sync compares now."},
    {"catching_up", "Records that it has are being taken in.",
     "candour status shows how far it is."},
    {"greeting", "The connection stands, and its greeting has not come yet.",
     "If it stays so, that node hangs: tell its administrator."},
    {"connecting", "It does not answer at its address.",
     "Is that node up, and are its two ports open?"},
    {"not_admitted_yet", "The charter there does not have this node's card, so it lets us not in.",
     "Give the card to the stewards; it is tried again by itself."},
    {"barred", "The charter there says that this authority is no member any more.",
     "Ask a steward; candour join takes a newer charter."},
    {"not_connected", "This node does not connect to it, and it has not connected to this one.",
     "candour join CHARTER --peer NAME chooses whom to connect to."},
};

static size_t place_of(const char *state)
{
    size_t at = 0;

    while (at + 1 < sizeof links / sizeof *links && strcmp(links[at].state, state) != 0)
        at++;
    return at;
}

static void add_lapses(const json_t *lapses, struct buffer *text)
{
    static const struct {
        const char *name, *sentence;
    } kinds[] = {{"not_sent", " It said that it has %lld records and has not sent them, since %s."},
                 {"not_taken", " It was told of %lld records and lacks them still, since %s."},
                 {"no_text", " It passes on %lld records without their texts, since %s."}};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const json_t *lapse = json_object_get(lapses, kinds[i].name);
        char sentence[160];
        if (lapse == NULL)
            continue;
        snprintf(sentence, sizeof sentence, kinds[i].sentence,
                 (long long)json_integer_value(json_object_get(lapse, "count")),
                 json_string_value(json_object_get(lapse, "since")));
        buffer_append_text(text, sentence);
    }
}

static void add_refused(const json_t *refused, struct buffer *text)
{
    const char *reason;
    json_t *count;
    bool first = true;

    json_object_foreach((json_t *)(uintptr_t)refused, reason, count)
    {
        buffer_printf(text, "%s%lld %s", first ? " Refused of it: " : ", ",
                      (long long)json_integer_value(count), reason);
        first = false;
    }
    if (!first)
        buffer_append_text(text, ".");
}

static const json_t *find_peer(const json_t *status, const struct digest *authority)
{
    const json_t *peers = json_object_get(status, "peers"), *peer;
    char hex[2 * DIGEST_SIZE + 1];
    size_t index;

    hex_of(hex, authority->bytes, DIGEST_SIZE);
    json_array_foreach((json_t *)(uintptr_t)peers, index, peer)
    {
        const char *id = json_string_value(json_object_get(peer, "authority"));
        if (id != NULL && strcmp(id, hex) == 0)
            return peer;
    }
    return NULL;
}

static bool why_of_peer(struct call *call, const struct member *member, struct fault *fault)
{
    json_t *status = read_status(call, fault);
    struct buffer text = {0};

    if (status == NULL)
        return false;
    if (!json_is_true(json_object_get(json_object_get(status, "node"), "running"))) {
        json_decref(status);
        return fault_set(fault, FAULT_ABSENT,
                         "no node runs on this home, so nobody is connected: candour run");
    }
    const json_t *peer = find_peer(status, &member->card->authority);
    const char *state =
        peer == NULL ? "not_connected" : json_string_value(json_object_get(peer, "state"));
    size_t at = place_of(state);
    buffer_append_text(&text, links[at].because);
    if (peer != NULL) {
        add_lapses(json_object_get(peer, "lapses"), &text);
        add_refused(json_object_get(peer, "refused"), &text);
    }
    json_t *since = peer == NULL ? json_null() : json_incref(json_object_get(peer, "since"));
    say_why(call, json_pack("{s:s, s:s, s:o, s:s}", "state", state, "because", buffer_text(&text),
                            "since", since, "do", links[at].advice));
    buffer_release(&text);
    json_decref(status);
    return true;
}

/* --- why --- */

/* A record by the beginning of its id where it is here, by its whole id where it is not; or a
 * member. */
bool run_why(struct call *call, struct fault *fault)
{
    const char *what = call->arguments[0];
    struct store *store = open_store(call, STORE_READ, fault);
    struct charter *charter = store == NULL ? NULL : load_charter(store, fault);
    const struct member *member = NULL;
    struct fault ignored;
    struct digest id;
    bool done = false;

    if (charter != NULL &&
        (store_resolve(store, what, &id, &ignored) || hex_read(id.bytes, sizeof id.bytes, what)))
        done = why_of_record(call, &id, fault);
    else if (charter != NULL && (member = peers_member(charter, what, fault)) != NULL)
        done = why_of_peer(call, member, fault);
    else if (charter != NULL)
        fault_prefix(fault, "%s: no record here has an id that begins so; and", what);
    charter_free(charter);
    store_close(store);
    return done;
}
