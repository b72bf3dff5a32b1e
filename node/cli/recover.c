#include "node/cli/recover.h"
#include "node/cli/bundle.h"
#include "node/clock.h"
#include "node/keys.h"
#include "protocol/text.h"

#include <stdio.h>
#include <stdlib.h>

/* A home whose server is lost, from what is left of it: the recovery sheet says who it is, and any
 * member's export has its card, the charter and its records. */

static char *copy(const char *text)
{
    return text_copy(bytes_of_text(text));
}

static void config_of_card(const struct card *card, struct config *config)
{
    *config = (struct config){.authority = {.name = copy(card->name),
                                            .type = copy(card->type),
                                            .nation = copy(card->nation),
                                            .region = copy(card->region),
                                            .operator_name = copy(card->operator_name),
                                            .role = card->role},
                              .language = copy("en"),
                              .period_ms = REPLICA_PERIOD_MS,
                              .hold_anonymous_ms = HOLD_ANONYMOUS_MS};
    for (size_t i = 0; i < card->area_count; i++)
        texts_add(&config->authority.areas, card->areas[i].code);
    for (size_t i = 0; i < card->function_count; i++)
        texts_add(&config->authority.functions, card->functions[i]);
    for (size_t i = 0; i < card->endpoint_count; i++)
        texts_add(&config->listen, card->endpoints[i]);
}

static const struct card *card_of_owner(const struct charter *charter, const char *path,
                                        const char *sheet, struct fault *fault)
{
    struct digest owner;
    const struct member *member;

    if (!keys_sheet_owner(sheet, &owner, fault))
        return NULL;
    if ((member = charter_member(charter, &owner)) != NULL)
        return member->card;
    fault_set(fault, FAULT_INPUT, "%s: its charter does not list the authority of %s", path, sheet);
    return NULL;
}

static bool make_home(struct call *call, const struct card *card, struct bytes charter,
                      struct fault *fault)
{
    struct config config;
    struct store *store = NULL;

    config_of_card(card, &config);
    if (write_config(&call->home, &config, fault) &&
        keys_recover(&call->home, card, call_has(call, "passphrase"), fault))
        store = store_open(home_file(&call->home, "store.sqlite", 0), STORE_CREATE, fault);
    store_close(store);
    config_release(&config);
    return store != NULL && engine_found(&call->home, charter, clock_now_ms(), fault);
}

/* A home that lacked records of its own feed would close that too early, for good. */
static bool fill_home(struct call *call, const struct card *card, const char *path,
                      struct fault *fault)
{
    struct feed feed = {card->authority, card->feeds[card->feed_count - 1].number};
    struct store *store;
    struct digest id;
    uint64_t seq;

    if (!import_whole(call, path, fault))
        return false;
    bool done = (store = open_store(call, STORE_READ, fault)) != NULL &&
                store_feed_head(store, &feed, &seq, &id, fault);
    store_close(store);
    if (done)
        call_say(call,
                 "%s has a home again, without the key of its feed. Feed %u goes to number %llu "
                 "here: if it went further, import the export of another member before the next "
                 "step.",
                 card->name, (unsigned)feed.number, (unsigned long long)seq);
    return done;
}

bool recover_home(struct call *call, const char *path, struct fault *fault)
{
    struct charter *charter = charter_new(NULL);
    struct buffer bundle = {0};
    const struct card *card = NULL;
    const char *sheet = call_value(call, "key");
    bool changed, created = false;

    if (sheet == NULL)
        fault_set(fault, FAULT_INPUT,
                  "%s: is no folder, so no backup; to recover a lost home from a member's export "
                  "say --key with the recovery sheet",
                  path);
    else if (read_export_charter(path, &bundle, fault) &&
             charter_add(charter, buffer_view(&bundle), &changed, fault))
        card = card_of_owner(charter, path, sheet, fault);
    created = card != NULL && home_create(&call->home, fault);
    bool done = created && make_home(call, card, buffer_view(&bundle), fault) &&
                fill_home(call, card, path, fault);
    if (created && !done)
        home_remove(&call->home);
    charter_free(charter);
    buffer_release(&bundle);
    return done;
}
