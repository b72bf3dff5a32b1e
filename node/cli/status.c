#include "node/status.h"
#include "node/cli/shared.h"
#include "node/clock.h"
#include "node/keys.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* status and peers: what the running node last wrote down of itself; when none runs, what can be
 * read from its home. */

/* Commands may have come since the node wrote it. */
static bool add_counts(json_t *status, struct store *store, struct fault *fault)
{
    json_t *records = json_object_get(status, "records");
    json_t *drafts = json_object_get(status, "drafts");
    struct store_counts counts;

    if (!store_count(store, &counts, fault))
        return false;
    json_object_set_new(drafts, "waiting", json_integer((json_int_t)counts.drafts));
    json_object_set_new(drafts, "queued", json_integer((json_int_t)counts.queued));
    json_object_set_new(records, "in_set", json_integer((json_int_t)counts.records));
    json_object_set_new(records, "not_searchable",
                        json_integer((json_int_t)store_not_searchable(&counts)));
    json_object_set_new(records, "lessons", json_integer((json_int_t)counts.lessons));
    json_object_set_new(records, "updates", json_integer((json_int_t)counts.updates));
    json_object_set_new(records, "indicators", json_integer((json_int_t)counts.indicators));
    json_object_set_new(records, "snapshots", json_integer((json_int_t)counts.snapshots));
    return true;
}

#define STUCK_MS 60000

/* Of the node that wrote the status; a command that has the home for itself does not beat. */
static void warn_of_stuck_node(const struct call *call, json_t *status, long pid)
{
    json_t *node = json_object_get(status, "node");
    int64_t age_ms = home_beat_age(&call->home, clock_now_ms());
    char span[CLOCK_SPAN_SIZE], text[300];

    if (json_integer_value(json_object_get(node, "pid")) != pid || age_ms < STUCK_MS)
        return;
    clock_span(span, age_ms);
    snprintf(text, sizeof text,
             "The node has done nothing for %s: it was suspended, or waits for its disk. What is "
             "said here is from before. If it goes on so, end process %ld (kill -9 %ld) and start "
             "it again: what it said was kept is kept.",
             span, pid, pid);
    json_array_insert_new(json_object_get(status, "warnings"), 0, json_string(text));
}

/* What this authority has published under its name, for its own eyes: nobody else is told. */
static void add_own(const struct call *call, json_t *status, struct store *store)
{
    struct digest self = self_of(call);
    uint64_t lessons, successes;
    struct fault ignored;

    if (store_success_only(store, &self, &lessons, &successes, &ignored) && lessons > 0)
        json_object_set_new(status, "own",
                            json_pack("{s:I, s:I}", "lessons", (json_int_t)lessons, "success_only",
                                      (json_int_t)successes));
}

/* Put what only the home can tell into the status that the node last wrote. */
static json_t *status_from_home(struct call *call, struct store *store, struct fault *fault)
{
    json_t *status = status_read(store, fault);
    long pid = home_running(&call->home);

    if (status == NULL)
        return NULL;
    json_t *node = json_object_get(status, "node");
    if (pid != 0)
        warn_of_stuck_node(call, status, pid);
    json_object_set_new(node, "running", json_boolean(pid != 0));
    json_object_set_new(node, "pid", json_integer(pid));
    add_own(call, status, store);
    if (json_object_get(status, "not_connected") == NULL) /* A node of an older version wrote it. */
        json_object_set_new(status, "not_connected", json_array());
    if (pid != 0)
        return status;
    json_object_set_new(status, "peers", json_array()); /* What it said of its peers is past. */
    json_object_set_new(status, "not_connected", json_array());
    if (add_counts(status, store, fault))
        return status;
    json_decref(status);
    return NULL;
}

/* Joined, but not yet run: then the charter is in the store already. */
static void add_charter(json_t *status, struct store *store)
{
    struct digest network;
    struct fault ignored;
    struct charter *charter =
        store_network(store, &network) ? store_charter(store, &ignored) : NULL;

    if (charter == NULL)
        return;
    json_object_set_new(status, "charter", status_of_charter(charter));
    json_array_remove(json_object_get(status, "warnings"), 0); /* That it has joined none. */
    charter_free(charter);
}

/* A node that has never run: only its name and its card. */
static json_t *status_before_first_run(struct call *call, struct store *store, struct fault *fault)
{
    struct engine engine = {.store = store};
    struct config config;
    struct card *card;
    json_t *status = NULL;

    if (!config_read(&call->home, &config, fault))
        return NULL;
    card = keys_last_card(&call->home, fault);
    if (card != NULL) {
        engine.self = card->authority;
        struct status_facts facts = {.config = &config,
                                     .unguarded_keys =
                                         !config.unsafe_next_key && keys_unguarded(&call->home),
                                     .feed_number = card->feeds[card->feed_count - 1].number};
        status = status_of(&engine, &facts, clock_now_ms(), fault);
    }
    if (status != NULL)
        add_charter(status, store);
    card_free(card);
    config_release(&config);
    return status;
}

/* Those that somebody must look at: what the node did not sign after all, and what is damaged. */
struct left {
    json_int_t returned, unreadable;
    struct fault damage; /* Of the first. */
};

static bool note_left(void *context, uint64_t number, const struct draft *draft,
                      const struct digest *record, struct fault *fault)
{
    struct left *left = context;

    (void)number;
    if (record == NULL && draft == NULL) {
        if (left->unreadable++ == 0)
            left->damage = *fault;
    } else if (draft != NULL && draft_was_turned_back(draft))
        left->returned++;
    return true;
}

static bool count_left(json_t *drafts, struct store *store, struct fault *fault)
{
    struct left left = {0};

    if (!store_each_draft(store, note_left, &left, fault))
        return false;
    json_object_set_new(drafts, "returned", json_integer(left.returned));
    json_object_set_new(drafts, "unreadable", json_integer(left.unreadable));
    json_object_set_new(drafts, "damage",
                        left.unreadable == 0 ? json_null() : json_string(left.damage.text));
    return true;
}

/* How the approved drafts stand now. */
static bool add_approved(json_t *status, struct store *store, struct fault *fault)
{
    json_t *drafts = json_object_get(status, "drafts");
    struct approved approved;

    if (!approved_count(store, clock_now_ms(), &approved, fault))
        return false;
    json_object_set_new(drafts, "held", json_integer((json_int_t)approved.held));
    json_object_set_new(drafts, "goes_out",
                        approved.held == 0 ? json_null() : json_stamp(approved.next_ms));
    json_object_set_new(drafts, "anonymous", json_integer((json_int_t)approved.unnamed));
    return count_left(drafts, store, fault);
}

/* What others made of own texts. */
static json_t *with_notices(const struct call *call, json_t *status, struct store *store,
                            struct fault *fault)
{
    struct digest self = self_of(call);
    json_t *notices = read_notices(store, fault);
    json_t *cited = notices == NULL ? NULL : read_cited(store, &self, fault);

    if (notices != NULL)
        json_object_set_new(status, "notices", notices);
    if (cited != NULL) {
        json_object_set_new(status, "cited", cited);
        return status;
    }
    json_decref(status);
    return NULL;
}

json_t *read_status(struct call *call, struct fault *fault)
{
    struct store *store = open_store(call, STORE_READ, fault);
    json_t *status = NULL;

    if (store == NULL)
        return NULL;
    status = status_from_home(call, store, fault);
    if (status == NULL && fault->kind == FAULT_ABSENT)
        status = status_before_first_run(call, store, fault);
    if (status != NULL && !add_approved(status, store, fault)) {
        json_decref(status);
        status = NULL;
    }
    if (status != NULL)
        status = with_notices(call, status, store, fault);
    store_close(store);
    return status;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static long long number_of(const json_t *object, const char *key)
{
    return (long long)json_integer_value(json_object_get(object, key));
}

static void say_refused(const json_t *refused, struct buffer *text)
{
    const char *reason;
    json_t *count;

    json_object_foreach((json_t *)(uintptr_t)refused, reason, count)
        buffer_printf(text, "%s%lld %s", text->size == 0 ? "" : ", ",
                      (long long)json_integer_value(count), reason);
}

static void add_peer(struct listing *listing, const json_t *peer)
{
    struct buffer refused = {0};
    char missing[24];

    snprintf(missing, sizeof missing, "%lld", number_of(peer, "missing"));
    say_refused(json_object_get(peer, "refused"), &refused);
    const char *cells[] = {text_of(peer, "name"),
                           text_of(peer, "state"),
                           text_of(peer, "since"),
                           text_of(peer, "last_seen"),
                           missing,
                           buffer_text(&refused)};
    listing_row(listing, cells);
    buffer_release(&refused);
}

static void add_not_connected(struct listing *listing, const json_t *member)
{
    const char *cells[] = {
        text_of(member, "name"), "not_connected", "", text_of(member, "last_seen"), "", ""};

    listing_row(listing, cells);
}

static bool was_heard(const json_t *member)
{
    return json_is_string(json_object_get(member, "last_seen"));
}

static size_t count_heard(const json_t *members)
{
    size_t heard = 0;

    for (size_t i = 0; i < json_array_size(members); i++)
        heard += was_heard(json_array_get(members, i));
    return heard;
}

/* Who is connected or dialled, and at a hub who else was here before. */
static void print_peers(const json_t *status)
{
    static const char *const names[] = {"PEER",    "STATE",   "SINCE", "LAST HEARD",
                                        "TO COME", "REFUSED", NULL};
    static const bool right[] = {false, false, false, false, true, false};
    struct listing *listing = listing_new(names, right);
    const json_t *peer;
    size_t index;

    json_array_foreach(json_object_get(status, "peers"), index, peer) add_peer(listing, peer);
    json_array_foreach(json_object_get(status, "not_connected"), index, peer)
    {
        if (was_heard(peer))
            add_not_connected(listing, peer);
    }
    listing_print(listing);
    listing_free(listing);
}

static bool is_lost(const char *state)
{
    return strcmp(state, "connecting") == 0 || strcmp(state, "not_admitted_yet") == 0 ||
           strcmp(state, "barred") == 0;
}

bool hears_peers(const json_t *status)
{
    const json_t *peers = json_object_get(status, "peers");

    for (size_t i = 0; i < json_array_size(peers); i++)
        if (!is_lost(text_of(json_array_get(peers, i), "state")))
            return true;
    return false;
}

/* What is on its way, of peer after peer, or was when the peer was lost. */
static void print_catching_up(const json_t *peers)
{
    static const char *const verbs[2][2] = {{"are", "is"}, {"were", "was"}};
    const json_t *peer;
    size_t index;

    json_array_foreach((json_t *)(uintptr_t)peers, index, peer)
    {
        long long missing = number_of(peer, "missing"), total = number_of(peer, "total");
        bool lost = is_lost(text_of(peer, "state")), one = missing == 1;
        if (missing == 0 || (!lost && strcmp(text_of(peer, "state"), "catching_up") != 0))
            continue;
        printf("From %s %lld record%s %s still to come", text_of(peer, "name"), missing,
               one ? "" : "s", verbs[lost][one]);
        if (total > missing)
            printf(" of %lld (%lld %%)", total, (total - missing) * 100 / total);
        printf("%s.\n", lost ? " when the connection was lost" : "");
    }
}

/* At a hub. Those who were never here may have chosen other peers. */
static void print_not_connected(const json_t *members)
{
    size_t count = json_array_size(members), heard = count_heard(members), never = count - heard;

    if (heard > 0)
        printf("%zu member%s that connected before %s not connected now.\n", heard,
               heard == 1 ? "" : "s", heard == 1 ? "is" : "are");
    if (never > 0)
        printf("%zu member%s never connected to this hub: candour --json peers names %s.\n", never,
               never == 1 ? " has" : "s have", never == 1 ? "it" : "them");
}

/* The first line is the verdict. */
static void print_verdict(const json_t *status)
{
    const json_t *node = json_object_get(status, "node"), *peers = json_object_get(status, "peers");
    size_t in_sync = 0, count = json_array_size(peers), index;
    char minute[CLOCK_MINUTE_SIZE];
    const json_t *peer;

    json_array_foreach((json_t *)(uintptr_t)peers, index, peer) in_sync +=
        strcmp(text_of(peer, "state"), "in_sync") == 0;
    if (!json_is_true(json_object_get(node, "running")))
        printf("%s is not running: candour run starts it.\n", text_of(node, "name"));
    else if (count == 0)
        printf("%s is running and has no peer connected.\n", text_of(node, "name"));
    else if (in_sync == count)
        printf("%s is running and holds all that its %zu peer%s hold%s.\n", text_of(node, "name"),
               count, count == 1 ? "" : "s", count == 1 ? "s" : "");
    else
        printf("%s is running; in sync with %zu of %zu peers.\n", text_of(node, "name"), in_sync,
               count);
    print_not_connected(json_object_get(status, "not_connected"));
    print_catching_up(peers);
    if (json_is_true(json_object_get(node, "running"))) {
        clock_minute(minute, clock_read_stamp(text_of(status, "at")));
        printf("As of %s UTC.\n", minute);
    }
}

/* Where the peers are that are in this state. */
static void list_endpoints(const json_t *peers, const char *state, struct buffer *text)
{
    for (size_t i = 0; i < json_array_size(peers); i++) {
        const json_t *peer = json_array_get(peers, i);
        if (strcmp(text_of(peer, "state"), state) == 0)
            buffer_printf(text, "%s%s", text->size == 0 ? "" : ", ", text_of(peer, "endpoint"));
    }
}

/* What to do about peers that are not reached, once for each state. (candour why says more.) */
static void print_advice(const json_t *status)
{
    const json_t *peers = json_object_get(status, "peers");
    static const struct {
        const char *state, *what, *advice;
    } states[] = {
        {"connecting", "no answer yet", "Is that node up, and are its two ports open?"},
        {"not_admitted_yet", "no greeting",
         "The charter there does not have this node's card, or that node has a key that the "
         "charter here does not list, or hangs. candour why PEER says what to do."},
        {"barred", "not let in",
         "The charter there says that this authority is no member any more. Ask a steward; "
         "candour join takes a newer charter."}};
    bool first = true;

    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        struct buffer where = {0};
        list_endpoints(peers, states[i].state, &where);
        if (where.size > 0)
            printf("%s%s: %s at %s. %s\n", first ? "\n" : "", states[i].state, states[i].what,
                   buffer_text(&where), states[i].advice);
        first = first && where.size == 0;
        buffer_release(&where);
    }
    if (count_heard(json_object_get(status, "not_connected")) > 0)
        printf("%snot_connected: it connects to this hub by itself, and does not now. If it should "
               "be here, ask its administrator.\n",
               first ? "\n" : "");
}

static bool has_peers(const json_t *status)
{
    return json_array_size(json_object_get(status, "peers")) +
               count_heard(json_object_get(status, "not_connected")) >
           0;
}

/* What is not as most records are; nothing where all are so. */
static void print_some(const json_t *records)
{
    static const struct {
        const char *key, *words;
    } kinds[] = {
        {"not_searchable", "not searchable yet"},
        {"bodies_wanted", "without their texts, which are asked for"},
        {"erased", "whose texts were taken back"},
        {"hidden", "hidden: an erasure is on its way"},
        {"aside", "set aside: what decides about them is not here"},
        {"beyond_cut", "after the end of a feed that was closed or halted: they do not count"},
        {"waiting", "whose time has not come"}};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (number_of(records, kinds[i].key) > 0)
            printf("          %lld %s\n", number_of(records, kinds[i].key), kinds[i].words);
    const json_t *delayed = json_object_get(records, "delayed"), *name;
    size_t index;
    json_array_foreach((json_t *)(uintptr_t)delayed, index, name) printf(
        "          more of %s tomorrow: it has used up its budget\n", json_string_value(name));
}

static void print_drafts(const json_t *drafts)
{
    char minute[CLOCK_MINUTE_SIZE];

    printf("Drafts    %lld in the house\n", number_of(drafts, "waiting"));
    if (number_of(drafts, "held") > 0) {
        clock_minute(minute, clock_read_stamp(text_of(drafts, "goes_out")));
        printf("          %lld approved and held: the first goes out at %s UTC\n",
               number_of(drafts, "held"), minute);
    }
    if (number_of(drafts, "anonymous") > 0)
        printf("          %lld approved to go out anonymously, which this version cannot do yet\n",
               number_of(drafts, "anonymous"));
    if (number_of(drafts, "returned") > 0)
        printf("          %lld came back from the node, which did not sign what was approved: "
               "candour draft list\n",
               number_of(drafts, "returned"));
    if (number_of(drafts, "unreadable") > 0)
        printf("          %lld cannot be read and %s never signed: %s\n",
               number_of(drafts, "unreadable"), number_of(drafts, "unreadable") == 1 ? "is" : "are",
               text_of(drafts, "damage"));
}

static void print_own(const json_t *own)
{
    long long lessons = number_of(own, "lessons");

    if (lessons > 0)
        printf("Yours     %lld lesson%s, of which %lld say%s only what worked\n", lessons,
               lessons == 1 ? "" : "s", number_of(own, "success_only"),
               number_of(own, "success_only") == 1 ? "s" : "");
}

#define TEXTS_TOLD 3

static void print_texts_to_look_at(const json_t *notices)
{
    if (json_array_size(notices) == 0)
        return;
    printf("\n");
    size_t texts = print_notices(notices, TEXTS_TOLD);
    if (texts > TEXTS_TOLD)
        printf("! So may %zu more: candour notices lists them.\n", texts - TEXTS_TOLD);
}

/* "1 lesson, 2 updates": how many there are of each kind. */
static void print_kinds(const json_t *records)
{
    static const char *const keys[] = {"lessons", "updates", "indicators", "snapshots"};
    long long others = number_of(records, "in_set");

    printf("Records   %lld (", others);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        long long count = number_of(records, keys[i]);
        printf("%s%lld %.*s", i == 0 ? "" : ", ", count, (int)strlen(keys[i]) - (count == 1),
               keys[i]);
        others -= count;
    }
    if (others > 0 && number_of(records, "not_searchable") == 0)
        printf("; %lld of other kinds", others);
    printf(")\n");
}

static void print_status(const json_t *status)
{
    const json_t *charter = json_object_get(status, "charter");
    const json_t *records = json_object_get(status, "records"), *warning;
    struct buffer refused = {0};
    size_t index;

    print_verdict(status);
    if (json_is_object(charter))
        printf("\nNetwork   %s, version %lld, %lld member%s\n", text_of(charter, "name"),
               number_of(charter, "version"), number_of(charter, "members"),
               number_of(charter, "members") == 1 ? "" : "s");
    print_kinds(records);
    print_some(records);
    print_drafts(json_object_get(status, "drafts"));
    print_own(json_object_get(status, "own"));
    say_refused(json_object_get(status, "refused"), &refused);
    if (refused.size > 0)
        printf("Refused   %s\n", buffer_text(&refused));
    buffer_release(&refused);
    if (has_peers(status)) {
        printf("\n");
        print_peers(status);
        print_advice(status);
    }
    print_texts_to_look_at(json_object_get(status, "notices"));
    print_cited(json_object_get(status, "cited"));
    json_array_foreach(json_object_get((json_t *)(uintptr_t)status, "warnings"), index, warning)
        printf("%s! %s\n", index == 0 ? "\n" : "", json_string_value(warning));
}

bool run_status(struct call *call, struct fault *fault)
{
    json_t *status = read_status(call, fault);

    if (status == NULL)
        return false;
    if (!call->json)
        print_status(status);
    call_json(call, status);
    return true;
}

bool run_peers(struct call *call, struct fault *fault)
{
    json_t *status = read_status(call, fault);

    if (status == NULL)
        return false;
    bool running = json_is_true(json_object_get(json_object_get(status, "node"), "running"));
    if (call->json)
        call_json(call, json_pack("{s:O, s:O}", "peers", json_object_get(status, "peers"),
                                  "not_connected", json_object_get(status, "not_connected")));
    else if (has_peers(status)) {
        print_peers(status);
        print_advice(status);
    } else
        call_say(call, running ? "No peer is connected."
                               : "No node runs on this home, so nobody is connected: candour run");
    json_decref(status);
    return true;
}
