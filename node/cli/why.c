#include "node/cli/shared.h"
#include "node/clock.h"
#include "node/keys.h"
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
    long asked = strtol(answer.text, NULL, 10);
    if (asked == 0)
        return fault_set(fault, FAULT_ABSENT,
                         "no peer is connected, so nobody was asked: candour peers says why");
    if (!call_json(call, json_pack("{s:I}", "asked", (json_int_t)asked)))
        call_say(call, "%ld peer%s asked for what %s; candour status shows what comes of it.",
                 asked, asked == 1 ? " is" : "s are", asked == 1 ? "it has" : "they have");
    return true;
}

/* --- why a record --- */

/* An answer of {state, because, since, do}, of a peer with last_seen too. */
static bool say_why(struct call *call, json_t *why)
{
    const char *since = json_string_value(json_object_get(why, "since"));
    const char *seen = json_string_value(json_object_get(why, "last_seen"));
    const char *advice = json_string_value(json_object_get(why, "do"));

    call_say(call, "%s: %s", json_string_value(json_object_get(why, "state")),
             json_string_value(json_object_get(why, "because")));
    if (since != NULL)
        call_say(call, "Since %s.", since);
    if (seen != NULL)
        call_say(call, "Last heard of %s.", seen);
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
    {"not_admitted_yet",
     "It is reached, and no greeting comes about. Either the charter there does not have this "
     "node's card, or it runs with a key that the charter here does not list, or it hangs.",
     "If this node is new or has a new card, give that to the stewards. If the other one has new "
     "keys, candour join takes the charter that lists them. Else ask its administrator. It is "
     "tried again by itself."},
    {"barred", "The charter there says that this authority is no member any more.",
     "Ask a steward; candour join takes a newer charter."},
    {"not_connected", "No connection with it stands; this node does not connect to it by itself.",
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
        const char *name, *several, *one;
    } kinds[] = {{"not_sent", " It said that it has %lld records and has not sent them, since %s.",
                  " It said that it has %lld record and has not sent it, since %s."},
                 {"not_taken", " It was told of %lld records and lacks them still, since %s.",
                  " It was told of %lld record and lacks it still, since %s."},
                 {"no_text", " It passes on %lld records without their texts, since %s.",
                  " It passes on %lld record without its text, since %s."}};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const json_t *lapse = json_object_get(lapses, kinds[i].name);
        char sentence[160];
        if (lapse == NULL)
            continue;
        long long count = (long long)json_integer_value(json_object_get(lapse, "count"));
        snprintf(sentence, sizeof sentence, count == 1 ? kinds[i].one : kinds[i].several, count,
                 json_string_value(json_object_get(lapse, "since")));
        buffer_append_text(text, sentence);
    }
}

static void add_address(const json_t *peer, struct buffer *text)
{
    const char *endpoint = json_string_value(json_object_get(peer, "endpoint"));

    if (endpoint != NULL)
        buffer_printf(text, " Its address is %s.", endpoint);
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

/* `list`: "peers", or at a hub those who are "not_connected". */
static const json_t *find_peer(const json_t *status, const char *list,
                               const struct digest *authority)
{
    const json_t *peers = json_object_get(status, list), *peer;
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

/* A member that no connection is to be expected with, or that can only come by itself. `away`: what
 * status says of it at a hub where it is not. */
static const char *state_apart(const struct member *member, const struct digest *self,
                               const json_t *away, const char **because, const char **advice)
{
    if (digest_equal(&member->card->authority, self)) {
        *because = "It is this node's own authority.";
        *advice = "candour status says how it stands.";
        return "self";
    }
    if (member->status != MEMBER_ACTIVE) {
        *because = "It is no member any more, so nobody connects with it. Its records stay.";
        *advice = "";
        return "removed";
    }
    if (away != NULL) {
        *because = json_is_string(json_object_get(away, "last_seen"))
                       ? "It connects to this hub by itself, and does not now."
                       : "It has never connected to this hub; it may have chosen other peers.";
        *advice = "If it should be here, ask its administrator.";
        return "not_connected";
    }
    if (member->card->endpoint_count == 0) {
        *because = "No connection with it stands, and by its card it listens nowhere: it connects "
                   "to others. Its records come by way of those.";
        *advice = "Nothing to do here.";
        return "not_connected";
    }
    return NULL;
}

static void add_halt(const struct charter *charter, const struct card *card, struct buffer *text)
{
    struct feed feed = {card->authority, card->feeds[card->feed_count - 1].number};
    struct feed_rules rules = charter_feed(charter, &feed);

    if (rules.cut_count > 0)
        buffer_printf(text,
                      " Its feed %u ends with record %" PRIu64
                      ", and it has no next one yet, so it "
                      "publishes nothing.",
                      (unsigned)feed.number, rules.cuts[0].seq);
}

static const char *because_of(const json_t *peer, const json_t *away, const struct member *member,
                              const struct digest *self, const char **because, const char **advice)
{
    const char *state = peer == NULL ? state_apart(member, self, away, because, advice)
                                     : json_string_value(json_object_get(peer, "state"));

    if (peer != NULL || state == NULL) {
        size_t at = place_of(state == NULL ? "not_connected" : state);
        *because = links[at].because;
        *advice = links[at].advice;
        return state == NULL ? links[at].state : state;
    }
    return state;
}

static bool read_self(struct call *call, struct digest *self, struct fault *fault)
{
    struct card *card = keys_last_card(&call->home, fault);

    if (card == NULL)
        return false;
    *self = card->authority;
    card_free(card);
    return true;
}

/* What status says of it under this name; null where it says nothing of it. */
static json_t *said_of(const json_t *peer, const char *name)
{
    json_t *said = json_object_get(peer, name);

    return said == NULL ? json_null() : json_incref(said);
}

static bool why_of_peer(struct call *call, const struct charter *charter,
                        const struct member *member, struct fault *fault)
{
    struct digest self;
    json_t *status = read_self(call, &self, fault) ? read_status(call, fault) : NULL;
    const char *because, *advice;
    struct buffer text = {0};

    if (status == NULL)
        return false;
    if (!json_is_true(json_object_get(json_object_get(status, "node"), "running"))) {
        json_decref(status);
        return fault_set(fault, FAULT_ABSENT,
                         "no node runs on this home, so nobody is connected: candour run");
    }
    const json_t *peer = find_peer(status, "peers", &member->card->authority);
    const json_t *away = find_peer(status, "not_connected", &member->card->authority);
    const char *state = because_of(peer, away, member, &self, &because, &advice);
    buffer_append_text(&text, because);
    if (member->status == MEMBER_ACTIVE)
        add_halt(charter, member->card, &text);
    if (peer != NULL) {
        add_address(peer, &text);
        add_lapses(json_object_get(peer, "lapses"), &text);
        add_refused(json_object_get(peer, "refused"), &text);
    }
    say_why(call, json_pack("{s:s, s:s, s:o, s:o, s:s}", "state", state, "because",
                            buffer_text(&text), "since", said_of(peer, "since"), "last_seen",
                            said_of(peer == NULL ? away : peer, "last_seen"), "do", advice));
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
    struct charter *charter = store == NULL ? NULL : store_charter(store, fault);
    const struct member *member = NULL;
    struct fault ignored;
    struct digest id;
    bool done = false;

    if (charter != NULL &&
        (store_resolve(store, what, &id, &ignored) || hex_read(id.bytes, sizeof id.bytes, what)))
        done = why_of_record(call, &id, fault);
    else if (charter != NULL && (member = peers_member(charter, what, fault)) != NULL)
        done = why_of_peer(call, charter, member, fault);
    else if (charter != NULL)
        fault_prefix(fault, "%s: no record here has an id that begins so; and", what);
    charter_free(charter);
    store_close(store);
    return done;
}
