#include "node/cli/desk.h"
#include "node/clock.h"
#include "node/keys.h"
#include "node/loop.h"
#include "node/own_names.h"
#include "node/peers.h"
#include "protocol/text.h"
#include "protocol/vocabulary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* init, card, join, run, config: from an empty folder to a running node. */

/* --- init --- */

static char *copy(const char *text)
{
    return text_copy(bytes_of_text(text == NULL ? "" : text));
}

static bool config_from_options(const struct call *call, struct config *config, struct fault *fault)
{
    const char *name, *type, *role = call_value(call, "role");
    char address[ENDPOINT_MAX];
    uint16_t port;

    memset(config, 0, sizeof *config);
    if (!require_option(call, "name", &name, fault))
        return false;
    if (role != NULL && strcmp(role, "authority") != 0 && strcmp(role, "hub") != 0)
        return fault_set(fault, FAULT_INPUT, "--role %s: must be authority or hub", role);
    if (!call_word(call, "type", &authority_types, &type, fault))
        return false;
    config->authority.name = copy(name);
    config->authority.type = copy(type);
    config->authority.nation = copy(call_value(call, "nation"));
    config->authority.region = copy(call_value(call, "region"));
    config->authority.operator_name = copy("");
    config->authority.role = role != NULL && strcmp(role, "hub") == 0 ? ROLE_HUB : ROLE_AUTHORITY;
    call_values(call, "gss", &config->authority.areas);
    call_values(call, "function", &config->authority.functions);
    call_values(call, "listen", &config->listen);
    config->language = copy("en");
    config->period_ms = REPLICA_PERIOD_MS;
    config->hold_anonymous_ms = HOLD_ANONYMOUS_MS;
    for (size_t i = 0; i < config->listen.count; i++)
        if (!endpoint_parse(config->listen.list[i], address, sizeof address, &port) ||
            port == 65535)
            return fault_set(fault, FAULT_INPUT, "--listen %s: must be tcp://ADDRESS:PORT",
                             config->listen.list[i]);
    return true;
}

static bool make_home(const struct call *call, const struct config *config, struct card **card,
                      struct fault *fault)
{
    int64_t now_ms = clock_now_ms();
    struct store *store = NULL;

    if (!home_create(&call->home, fault))
        return false;
    if (write_config(&call->home, config, fault) &&
        keys_create(&call->home, config, call_value(call, "recovery"), call_has(call, "passphrase"),
                    now_ms, card, fault))
        store = store_open(home_file(&call->home, "store.sqlite", 0), STORE_CREATE, fault);
    store_close(store);
    if (store != NULL)
        return true;
    if (*card != NULL && call_value(call, "recovery") != NULL)
        unlink(call_value(call, "recovery")); /* Of keys that go with the home. */
    home_remove(&call->home);
    return false;
}

bool run_init(struct call *call, struct fault *fault)
{
    struct config config;
    struct card *card = NULL;
    char key[65], fingerprint[FINGERPRINT_SIZE];

    bool made = config_from_options(call, &config, fault) && make_home(call, &config, &card, fault);
    if (made) {
        hex_of(key, card->feeds[0].key.bytes, 32);
        fingerprint_of(fingerprint, &card->authority);
        if (!call_json(call, json_pack("{s:o, s:s, s:s, s:s, s:s}", "authority",
                                       json_id(&card->authority), "name", card->name, "key", key,
                                       "fingerprint", fingerprint, "home", call->home.path))) {
            call_say(call, "%s has a home: %s", card->name, call->home.path);
            call_say(call, "Its fingerprint, to read to the stewards over the telephone:\n  %s",
                     fingerprint);
            if (call_value(call, "recovery") == NULL)
                call_say(call,
                         "The next key%s in keys/. Move %s onto a sheet for the safe before "
                         "this is more than a trial:\n  candour card --recovery SHEET",
                         config.authority.role == ROLE_HUB ? " lies" : " and the steward key lie",
                         config.authority.role == ROLE_HUB ? "it" : "them");
            call_say(call, "Next: candour card --out FILE, and give that file to the stewards.");
        }
    }
    card_free(card);
    config_release(&config);
    return made;
}

/* --- card --- */

static json_t *card_object(const struct card *card)
{
    char fingerprint[FINGERPRINT_SIZE], *hex = memory_new(2 * card->wire.size + 1, 1);
    json_t *endpoints = json_array();

    fingerprint_of(fingerprint, &card->authority);
    hex_of(hex, card->wire.data, card->wire.size);
    for (size_t i = 0; i < card->endpoint_count; i++)
        json_array_append_new(endpoints, json_string(card->endpoints[i]));
    json_t *object = json_pack(
        "{s:o, s:s, s:s, s:s, s:s, s:s, s:o, s:i, s:o, s:s}", "authority",
        json_id(&card->authority), "name", card->name, "type", card->type, "region", card->region,
        "role", card->role == ROLE_HUB ? "hub" : "authority", "fingerprint", fingerprint,
        "endpoints", endpoints, "feed", (int)card->feeds[card->feed_count - 1].number, "issued",
        json_stamp(card->issued_ms), "card", hex);
    free(hex);
    return object;
}

/* Where the feed ends, for a rotation: its last record in the set here. */
static bool last_record(const struct call *call, const struct card *card, uint64_t *seq,
                        struct digest *id, struct fault *fault)
{
    struct store *store = open_store(call, STORE_READ, fault);
    struct feed feed = {card->authority, card->feeds[card->feed_count - 1].number};

    if (store == NULL)
        return false;
    bool read = store_feed_head(store, &feed, seq, id, fault);
    store_close(store);
    return read;
}

static bool rotate(struct call *call, const struct config *config, struct card **card,
                   struct fault *fault)
{
    struct key_change change = {.sheet = call_value(call, "key"),
                                .recovery = call_value(call, "recovery"),
                                .renew = call_has(call, "renew")};
    struct card *old = keys_last_card(&call->home, fault);
    struct digest id = {{0}};
    uint64_t seq = 0;

    bool done = old != NULL && home_lock(&call->home, fault) &&
                last_record(call, old, &seq, &id, fault) &&
                keys_rotate(&call->home, config, &change, seq, &id, clock_now_ms(), card, fault);
    home_unlock(&call->home);
    card_free(old);
    return done;
}

/* With new keys the card must come onto the charter. */
static const char *what_comes_next(const struct call *call)
{
    if (call_has(call, "rotate"))
        return "\nNothing is signed until the charter lists it. Next: give it to the stewards "
               "(candour charter propose --rotate CARD).";
    if (call_has(call, "renew"))
        return "\nNext: give it to the stewards (candour charter propose --rotate CARD). Restart "
               "the node only when the others have the charter that lists it.";
    return "";
}

bool run_card(struct call *call, struct fault *fault)
{
    const char *out = call_value(call, "out");
    struct config config;
    struct card *card = NULL;

    bool done = config_read(&call->home, &config, fault);
    if (done && call_has(call, "rotate"))
        done = rotate(call, &config, &card, fault);
    else if (done && call_value(call, "recovery") != NULL)
        done = keys_to_sheet(&call->home, call_value(call, "recovery"), fault);
    if (done && card == NULL)
        done = (card = keys_card(&call->home, &config, call_has(call, "renew"), clock_now_ms(),
                                 fault)) != NULL;
    if (done && out != NULL)
        done = file_write(out, buffer_view(&card->wire), 0644, false, fault);
    if (done && !call_json(call, card_object(card))) {
        char fingerprint[FINGERPRINT_SIZE];
        fingerprint_of(fingerprint, &card->authority);
        if (out != NULL)
            call_say(call, "%s: the card of %s, fingerprint\n  %s%s", out, card->name, fingerprint,
                     what_comes_next(call));
        else if (isatty(STDOUT_FILENO))
            call_say(call, "The card of %s, fingerprint\n  %s\nSay --out FILE to write it down.",
                     card->name, fingerprint);
        else
            fwrite(card->wire.data, 1, card->wire.size, stdout);
    }
    card_free(card);
    config_release(&config);
    return done;
}

/* --- join --- */

static bool install_first(struct call *call, struct bytes bundle, struct fault *fault)
{
    bool done =
        home_lock(&call->home, fault) && engine_found(&call->home, bundle, clock_now_ms(), fault);

    home_unlock(&call->home);
    return done;
}

/* Read a charter's file far enough to say whether it may be installed, and to resolve --peer. */
static struct charter *read_charter(struct call *call, const char *path, struct buffer *bundle,
                                    struct charter **before, struct fault *fault)
{
    struct charter *charter;

    *before = NULL;
    if (!file_read(path, CHARTER_MAX, bundle, fault))
        return NULL;
    if ((charter = charter_of_file(call, buffer_view(bundle), before, fault)) == NULL) {
        fault_prefix(fault, "%s", path);
        return NULL;
    }
    if (charter_in_force(charter))
        return charter;
    fault_refuse(
        fault, REFUSED_THRESHOLD,
        "%s: is short of its threshold: more stewards must sign it (candour charter show %s)", path,
        path);
    charter_free(charter);
    return NULL;
}

static bool keep_peers(struct call *call, const struct chosen_peer *chosen, size_t count,
                       struct fault *fault)
{
    struct store *store = open_store(call, STORE_WRITE, fault);
    bool kept = store != NULL && store_put_peers(store, chosen, count, fault);

    store_close(store);
    return kept;
}

static bool has_network(const struct call *call, struct digest *network, bool *has,
                        struct fault *fault)
{
    struct store *store = open_store(call, STORE_READ, fault);

    if (store == NULL)
        return false;
    *has = store_network(store, network);
    store_close(store);
    return true;
}

static size_t active_members(const struct charter *charter)
{
    size_t count = 0;

    for (size_t i = 0; i < charter_members(charter); i++)
        count += charter_member_at(charter, i)->status == MEMBER_ACTIVE;
    return count;
}

static void say_joined(struct call *call, const struct charter *charter,
                       const struct charter *before, struct fault *fault)
{
    struct card *card = keys_last_card(&call->home, fault);
    size_t heads = charter_heads(charter);
    bool member = card != NULL && charter_member(charter, &card->authority) != NULL;

    if (call_json(call, json_pack("{s:o, s:I, s:I, s:b}", "network",
                                  json_id(charter_network(charter)), "version",
                                  (json_int_t)charter_head(charter, heads - 1)->version, "members",
                                  (json_int_t)active_members(charter), "member", (int)member))) {
        card_free(card);
        return;
    }
    if (before != NULL)
        say_halts(call, before, charter);
    else
        call_say(call, "Joined %s, version %" PRIu64 ": %zu member%s.", charter_name(charter),
                 charter_head(charter, heads - 1)->version, active_members(charter),
                 active_members(charter) == 1 ? "" : "s");
    if (!member)
        call_say(call, "This authority is not on the charter yet: others will not let it in "
                       "until the stewards admit its card.");
    call_say(call,
             home_running(&call->home) == 0 ? "Next: candour run" : "The running node has it.");
    card_free(card);
}

bool run_join(struct call *call, struct fault *fault)
{
    const char *path = call->arguments[0];
    struct buffer bundle = {0};
    struct chosen_peer chosen[PEERS_DIALLED_MAX];
    struct texts peers = {0};
    struct digest network;
    bool joined_before = false;
    struct charter *before;
    struct charter *charter = read_charter(call, path, &bundle, &before, fault);
    bool done = charter != NULL && has_network(call, &network, &joined_before, fault);

    if (done && joined_before && !digest_equal(&network, charter_network(charter)))
        done = fault_set(fault, FAULT_INPUT,
                         "%s: is of another network than this home's: a home has one network; make "
                         "another home for it",
                         path);
    call_values(call, "peer", &peers);
    if (done && peers.count > PEERS_DIALLED_MAX)
        done = fault_set(fault, FAULT_INPUT, "%zu peers: at most %d are dialled", peers.count,
                         PEERS_DIALLED_MAX);
    for (size_t i = 0; done && i < peers.count; i++)
        done = peers_choose(charter, peers.list[i], &chosen[i], fault);
    if (done)
        done = joined_before ? offer_charter(call, buffer_view(&bundle), fault)
                             : install_first(call, buffer_view(&bundle), fault);
    if (done && peers.count > 0)
        done = keep_peers(call, chosen, peers.count, fault);
    if (done)
        say_joined(call, charter, before, fault);
    texts_release(&peers);
    buffer_release(&bundle);
    charter_free(before);
    charter_free(charter);
    return done;
}

/* --- run --- */

bool run_run(struct call *call, struct fault *fault)
{
    struct texts listen = {0};

    call_values(call, "listen", &listen);
    bool done = loop_run(&call->home, &listen, call_has(call, "force-offline"), fault);
    texts_release(&listen);
    return done;
}

/* --- config --- */

static json_t *json_texts(const struct texts *texts)
{
    json_t *list = json_array();

    for (size_t i = 0; i < texts->count; i++)
        json_array_append_new(list, json_sentence(texts->list[i]));
    return list;
}

bool run_config_check(struct call *call, struct fault *fault)
{
    struct config config;
    struct own_names names = {0};
    struct texts unread = {0};

    bool done =
        config_read(&call->home, &config, fault) && own_names_read(&call->home, &names, fault);
    if (done) {
        size_t count = own_names_count(&names);
        own_names_unread(&call->home, &unread);
        if (!call_json(call,
                       json_pack("{s:b, s:s, s:I, s:o}", "ok", 1, "path", config.path, "names",
                                 (json_int_t)count, "unread", json_texts(&unread)))) {
            call_say(call, "%s: good. %zu name%s in the lists under names/.", config.path, count,
                     count == 1 ? "" : "s");
            desk_say_strangers(call);
        }
    }
    texts_release(&unread);
    own_names_release(&names);
    config_release(&config);
    return done;
}

bool run_config_show(struct call *call, struct fault *fault)
{
    struct config config;
    struct buffer text = {0};
    char hold[CLOCK_SETTING_SIZE], hold_anonymous[CLOCK_SETTING_SIZE];

    if (!config_read(&call->home, &config, fault))
        return false;
    clock_setting(hold, config.hold_ms);
    clock_setting(hold_anonymous, config.hold_anonymous_ms);
    if (!call_json(
            call,
            json_pack("{s:s, s:{s:s, s:s, s:s, s:s, s:s, s:o, s:o}, s:o, s:o, s:o, s:o, s:o, "
                      "s:s, s:s, s:s, s:s, s:I}",
                      "path", config.path, "authority", "name", config.authority.name, "type",
                      config.authority.type, "nation", config.authority.nation, "region",
                      config.authority.region, "role",
                      config.authority.role == ROLE_HUB ? "hub" : "authority", "areas",
                      json_texts(&config.authority.areas), "functions",
                      json_texts(&config.authority.functions), "listen", json_texts(&config.listen),
                      "endpoints", json_texts(&config.endpoints), "own_names",
                      json_texts(&config.own_names), "follow", json_texts(&config.follow),
                      "labels_from", json_texts(&config.labels_from), "approval",
                      config.approval_two ? "two" : "one", "hold", hold, "hold_anonymous",
                      hold_anonymous, "language", config.language, "compare_every",
                      (json_int_t)(config.period_ms / 1000)))) {
        config_write(&config, &text);
        printf("# read from %s\n", config.path);
        fwrite(text.data, 1, text.size, stdout);
    }
    buffer_release(&text);
    config_release(&config);
    return true;
}
