#include "node/cli/shared.h"
#include "node/clock.h"
#include "node/keys.h"
#include "node/peers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* charter found, propose, sign, merge, show: what stewards do. Proposals are files that go from
 * hand to hand; nothing here talks to the network. */

#define SIGNED_HEADS "signed_heads"

/* --- Reading cards and writing proposals --- */

static struct card *read_card(const char *path, struct fault *fault)
{
    struct buffer wire = {0};
    struct card *card = NULL;

    if (file_read(path, CARD_MAX, &wire, fault)) {
        card = card_read(buffer_view(&wire), fault);
        if (card == NULL)
            fault_prefix(fault, "%s", path);
    }
    buffer_release(&wire);
    return card;
}

/* What a steward compares with what each newcomer reads out over the telephone. */
static void say_newcomers(const struct call *call, const struct proposal *proposal)
{
    char fingerprint[FINGERPRINT_SIZE];

    if (proposal->newcomer_count > 0)
        call_say(call, proposal->needed > 0
                           ? "Before signing, have each newcomer read its fingerprint to you:"
                           : "The fingerprints that its newcomers have read to those who signed:");
    for (size_t i = 0; i < proposal->newcomer_count && i < PROPOSAL_NEWCOMERS_MAX; i++) {
        fingerprint_of(fingerprint, &proposal->newcomers[i].authority);
        call_say(call, "  %s  %s", fingerprint, proposal->newcomers[i].name);
    }
    if (proposal->newcomer_count > PROPOSAL_NEWCOMERS_MAX)
        call_say(call, "  and %zu more: candour charter show lists them once it is in force",
                 proposal->newcomer_count - PROPOSAL_NEWCOMERS_MAX);
}

static bool say_proposal(struct call *call, const char *path, struct bytes bundle,
                         const struct charter *in_force, struct fault *fault)
{
    struct proposal *proposal = memory_new(1, sizeof *proposal);
    json_t *changes;

    if (!charter_read_proposal(bundle, in_force, proposal, fault)) {
        free(proposal);
        return fault_prefix(fault, "%s", path);
    }
    changes = json_array();
    for (size_t i = 0; i < proposal->changes.count; i++)
        json_array_append_new(changes, json_string(proposal->changes.text[i]));
    if (!call_json(call, json_pack("{s:s, s:I, s:I, s:I, s:I, s:o}", "network", proposal->head.name,
                                   "version", (json_int_t)proposal->head.version, "members",
                                   (json_int_t)proposal->members, "signatures",
                                   (json_int_t)proposal->signed_by, "needed",
                                   (json_int_t)proposal->needed, "changes", changes))) {
        call_say(call, "%s: %s, version %llu, %zu member%s; signed by %zu of its %zu stewards.",
                 path, proposal->head.name, (unsigned long long)proposal->head.version,
                 proposal->members, proposal->members == 1 ? "" : "s", proposal->signed_by,
                 proposal->head.steward_count);
        for (size_t i = 0; i < proposal->changes.count; i++)
            call_say(call, "  %s", proposal->changes.text[i]);
        say_newcomers(call, proposal);
        if (proposal->needed > 0)
            call_say(call, "Still needed: %zu. Next: candour charter sign %s, at %s steward's.",
                     proposal->needed, path, proposal->signed_by == 0 ? "a" : "another");
        else
            call_say(call, "It has its signatures. Next: candour join %s, at every member's.",
                     path);
    }
    free(proposal);
    return true;
}

/* --- found --- */

bool run_charter_found(struct call *call, struct fault *fault)
{
    const char *name, *threshold, *out;
    uint64_t needed;
    struct card **cards = memory_new(call->argument_count, sizeof *cards);
    struct buffer bundle = {0};
    bool done = require_option(call, "network", &name, fault) &&
                require_option(call, "threshold", &threshold, fault) &&
                call_number(call, "threshold", STEWARDS_MAX, 0, &needed, fault) &&
                require_option(call, "out", &out, fault);

    for (size_t i = 0; done && i < call->argument_count; i++)
        done = (cards[i] = read_card(call->arguments[i], fault)) != NULL;
    done = done &&
           charter_found(name, (uint32_t)needed, call_has(call, "demo"),
                         (const struct card *const *)cards, call->argument_count, clock_now_ms(),
                         &bundle, fault) &&
           file_write(out, buffer_view(&bundle), 0644, true, fault) &&
           say_proposal(call, out, buffer_view(&bundle), NULL, fault);
    for (size_t i = 0; i < call->argument_count; i++)
        card_free(cards[i]);
    free(cards);
    buffer_release(&bundle);
    return done;
}

/* --- propose --- */

struct proposing {
    struct call *call;
    struct store *store;
    struct charter *charter;
    struct amendment amendments[64];
    struct card *cards[64];
    size_t count;
};

static struct amendment *next_amendment(struct proposing *proposing, struct fault *fault)
{
    if (proposing->count < sizeof proposing->amendments / sizeof *proposing->amendments)
        return &proposing->amendments[proposing->count++];
    fault_set(fault, FAULT_INPUT, "too many changes for one proposal: make two");
    return NULL;
}

static bool add_card(struct proposing *proposing, bool admit, const char *path, struct fault *fault)
{
    struct amendment *amendment = next_amendment(proposing, fault);
    struct card *card = amendment == NULL ? NULL : read_card(path, fault);

    if (card == NULL)
        return false;
    proposing->cards[proposing->count - 1] = card;
    amendment->what = admit ? AMEND_ADMIT : AMEND_ROTATE;
    amendment->card = card;
    amendment->authority = card->authority;
    return true;
}

/* A member that goes: each of its feeds ends with the last record that this node has of it. */
static bool cut_feeds(struct proposing *proposing, const struct member *member,
                      struct amendment *amendment, struct fault *fault)
{
    for (size_t i = 0; i < member->card->feed_count; i++) {
        struct feed feed = {member->card->authority, member->card->feeds[i].number};
        if (charter_feed(proposing->charter, &feed).cut_count > 0)
            continue;
        struct cut cut = {0};
        if (!store_feed_head(proposing->store, &feed, &cut.seq, &cut.id, fault))
            return false;
        amendment->cuts[amendment->cut_count].feed = feed.number;
        amendment->cuts[amendment->cut_count++].cut = cut;
    }
    return true;
}

/* A member, or whose card comes in with the same proposal. */
static bool find_authority(const struct proposing *proposing, const char *name,
                           struct digest *authority, struct fault *fault)
{
    const struct member *member;

    for (size_t i = 0; i < proposing->count; i++) {
        const struct amendment *amendment = &proposing->amendments[i];
        if (amendment->what == AMEND_ADMIT && strcasecmp(amendment->card->name, name) == 0) {
            *authority = amendment->authority;
            return true;
        }
    }
    if ((member = peers_member(proposing->charter, name, fault)) == NULL)
        return false;
    *authority = member->card->authority;
    return true;
}

static bool add_steward(struct proposing *proposing, const char *name, struct fault *fault)
{
    struct digest authority;
    struct amendment *amendment;

    if (!find_authority(proposing, name, &authority, fault) ||
        (amendment = next_amendment(proposing, fault)) == NULL)
        return false;
    amendment->what = AMEND_STEWARD;
    amendment->authority = authority;
    return true;
}

static bool add_member(struct proposing *proposing, enum amendment_kind what, const char *name,
                       struct fault *fault)
{
    struct amendment *amendment = next_amendment(proposing, fault);
    const char *successor = call_value(proposing->call, "successor");
    const struct member *member;

    if (amendment == NULL || (member = peers_member(proposing->charter, name, fault)) == NULL)
        return false;
    amendment->what = what;
    amendment->authority = member->card->authority;
    if (what == AMEND_DISSOLVE && successor != NULL &&
        !find_authority(proposing, successor, &amendment->succeeded_by, fault))
        return false;
    return (what != AMEND_REMOVE && what != AMEND_DISSOLVE) ||
           cut_feeds(proposing, member, amendment, fault);
}

static bool add_amendments(struct proposing *proposing, struct fault *fault)
{
    static const struct {
        const char *option;
        enum amendment_kind what;
    } kinds[] = {{"admit", AMEND_ADMIT},     {"rotate", AMEND_ROTATE},
                 {"remove", AMEND_REMOVE},   {"dissolve", AMEND_DISSOLVE},
                 {"steward", AMEND_STEWARD}, {"unsteward", AMEND_UNSTEWARD}};
    bool good = true;

    for (size_t i = 0; good && i < sizeof kinds / sizeof *kinds; i++) {
        struct texts values = {0};
        call_values(proposing->call, kinds[i].option, &values);
        for (size_t k = 0; good && k < values.count; k++)
            good = i < 2 ? add_card(proposing, i == 0, values.list[k], fault)
                   : kinds[i].what == AMEND_STEWARD
                       ? add_steward(proposing, values.list[k], fault)
                       : add_member(proposing, kinds[i].what, values.list[k], fault);
        texts_release(&values);
    }
    return good;
}

static bool is_listener(const struct card *card)
{
    return card->endpoint_count > 0;
}

static bool stays(const struct proposing *proposing, const struct member *member)
{
    bool stays = member->status == MEMBER_ACTIVE;

    for (size_t i = 0; i < proposing->count; i++) {
        const struct amendment *amendment = &proposing->amendments[i];
        if ((amendment->what == AMEND_REMOVE || amendment->what == AMEND_DISSOLVE) &&
            digest_equal(&amendment->authority, &member->card->authority))
            stays = false;
    }
    return stays;
}

/* Nodes drop who is removed at once, and so the way by which the rest hears of it. */
static void warn_of_last_listener(struct call *call, const struct proposing *proposing)
{
    bool leaves = false, remains = false;

    for (size_t i = 0; i < charter_members(proposing->charter); i++) {
        const struct member *member = charter_member_at(proposing->charter, i);
        bool listens = is_listener(member->card);
        remains = remains || (listens && stays(proposing, member));
        leaves = leaves || (listens && !stays(proposing, member));
    }
    for (size_t i = 0; i < proposing->count; i++)
        remains = remains || (proposing->amendments[i].card != NULL &&
                              is_listener(proposing->amendments[i].card));
    if (leaves && !remains)
        call_say(call,
                 "After this nobody is left whom others can connect to: members would not even "
                 "hear of it. Admit another hub first, or take the charter to each by hand "
                 "(candour join FILE).");
}

static void release_proposing(struct proposing *proposing)
{
    for (size_t i = 0; i < proposing->count; i++)
        card_free(proposing->cards[i]);
    charter_free(proposing->charter);
    store_close(proposing->store);
    free(proposing);
}

bool run_charter_propose(struct call *call, struct fault *fault)
{
    struct proposing *proposing = memory_new(1, sizeof *proposing);
    struct buffer bundle = {0};
    const char *out;
    uint64_t threshold;

    proposing->call = call;
    bool done = require_option(call, "out", &out, fault) &&
                call_number(call, "threshold", STEWARDS_MAX, 0, &threshold, fault) &&
                (proposing->store = open_store(call, STORE_READ, fault)) != NULL &&
                (proposing->charter = store_charter(proposing->store, fault)) != NULL &&
                add_amendments(proposing, fault) &&
                charter_propose(proposing->charter, proposing->amendments, proposing->count,
                                (uint32_t)threshold, clock_now_ms(), &bundle, fault) &&
                file_write(out, buffer_view(&bundle), 0644, true, fault) &&
                say_proposal(call, out, buffer_view(&bundle), proposing->charter, fault);
    if (done)
        warn_of_last_listener(call, proposing);
    buffer_release(&bundle);
    release_proposing(proposing);
    return done;
}

/* --- sign --- */

/* Which heads this home's steward has signed, with the predecessors they named: kept as the bytes
 * of struct signed_before, one after another, so that it signs no second head on the same one. */
static bool load_signed(struct store *store, struct buffer *list, struct fault *fault)
{
    if (store_get_value(store, SIGNED_HEADS, list, fault))
        return true;
    buffer_clear(list);
    return fault->kind == FAULT_ABSENT;
}

static bool keep_signed(struct store *store, struct buffer *list, const struct head *head,
                        struct fault *fault)
{
    for (size_t i = 0; i < head->predecessor_count; i++) {
        struct signed_before entry = {head->hash, head->predecessors[i]};
        buffer_append(list, bytes_of(&entry, sizeof entry));
    }
    return store_put_value(store, SIGNED_HEADS, buffer_view(list), fault);
}

static bool sign_bundle(struct store *store, const struct signing_key *key, struct buffer *bundle,
                        struct fault *fault)
{
    struct buffer list = {0};
    struct head *head = memory_new(1, sizeof *head);
    bool done = load_signed(store, &list, fault) &&
                charter_sign(bundle, key, (const struct signed_before *)(const void *)list.data,
                             list.size / sizeof(struct signed_before), head, fault) &&
                keep_signed(store, &list, head, fault);

    free(head);
    buffer_release(&list);
    return done;
}

static bool has_steward_key(const struct card *card, const struct signing_key *key)
{
    return card->has_steward_key &&
           memcmp(&card->steward_key, signing_key_public(key), sizeof card->steward_key) == 0;
}

/* Whose the key is by the charter; NULL: nobody's. */
static const struct card *card_of_steward(const struct charter *charter,
                                          const struct signing_key *key)
{
    for (size_t i = 0; charter != NULL && i < charter_members(charter); i++) {
        const struct card *card = charter_member_at(charter, i)->card;
        if (has_steward_key(card, key))
            return card;
    }
    return NULL;
}

/* A recovery sheet may be another authority's, and its signature is good all the same. */
static void say_whose(const struct call *call, const struct charter *charter,
                      const struct signing_key *key)
{
    const struct card *theirs = card_of_steward(charter, key);
    struct fault ignored;
    struct card *own = keys_last_card(&call->home, &ignored);

    if (own != NULL && !has_steward_key(own, key) &&
        (theirs == NULL || !digest_equal(&theirs->authority, &own->authority)))
        call_say(call,
                 "! This is a signature of %s, not of %s: the steward key on that sheet is not "
                 "this authority's. If that was not meant, do not pass this file on.",
                 theirs == NULL ? "another authority" : theirs->name, own->name);
    card_free(own);
}

bool run_charter_sign(struct call *call, struct fault *fault)
{
    const char *path = call->arguments[0];
    struct buffer bundle = {0};
    struct signing_key *key = NULL;
    struct charter *charter = NULL;
    struct fault ignored;
    struct store *store = open_store(call, STORE_WRITE, fault);

    bool done = store != NULL && file_read(path, CHARTER_MAX, &bundle, fault) &&
                (key = keys_steward(&call->home, call_value(call, "key"), fault)) != NULL &&
                (sign_bundle(store, key, &bundle, fault) || fault_prefix(fault, "%s", path));
    if (done)
        charter = store_charter(store, &ignored); /* None before the first one is joined. */
    done = done && file_write(path, buffer_view(&bundle), 0644, false, fault) &&
           say_proposal(call, path, buffer_view(&bundle), charter, fault);
    if (done)
        say_whose(call, charter, key);
    charter_free(charter);
    signing_key_free(key);
    buffer_release(&bundle);
    store_close(store);
    return done;
}

/* --- merge --- */

/* Two files with one proposal: their signatures in one. Two valid charters: the proposal that has
 * both as predecessors. */
bool run_charter_merge(struct call *call, struct fault *fault)
{
    struct buffer first = {0}, second = {0}, proposal = {0};
    struct charter *charter = charter_new(NULL);
    const char *out;
    bool changed;

    bool done = require_option(call, "out", &out, fault) &&
                file_read(call->arguments[0], CHARTER_MAX, &first, fault) &&
                file_read(call->arguments[1], CHARTER_MAX, &second, fault);
    if (done && charter_unite(&first, buffer_view(&second), fault)) {
        done = file_write(out, buffer_view(&first), 0644, true, fault) &&
               say_proposal(call, out, buffer_view(&first), NULL, fault);
    } else if (done) {
        done = charter_add(charter, buffer_view(&first), &changed, fault) &&
               charter_add(charter, buffer_view(&second), &changed, fault);
        if (done && charter_heads(charter) < 2)
            done =
                fault_set(fault, FAULT_INPUT,
                          "there is no rivalry between %s and %s: one follows the other, or they "
                          "are the same",
                          call->arguments[0], call->arguments[1]);
        done = done && charter_propose(charter, NULL, 0, 0, clock_now_ms(), &proposal, fault) &&
               file_write(out, buffer_view(&proposal), 0644, true, fault) &&
               say_proposal(call, out, buffer_view(&proposal), charter, fault);
    }
    charter_free(charter);
    buffer_release(&first);
    buffer_release(&second);
    buffer_release(&proposal);
    return done;
}

/* --- halt --- */

/* The record after which the feed is to end: the one that was named, or the last one known here. */
static bool last_of_feed(struct call *call, struct feed *feed, struct cut *last,
                         struct fault *fault)
{
    const char *after = call_value(call, "after");
    struct store *store = open_store(call, STORE_READ, fault);
    struct record *record = NULL;
    bool found = false;

    if (store != NULL && after == NULL) {
        found = store_feed_head(store, feed, &last->seq, &last->id, fault);
    } else if (store != NULL && store_resolve(store, after, &last->id, fault) &&
               (record = store_find(store, &last->id, false, fault)) != NULL) {
        const struct author *author = &record_header(record)->author;
        found = author->form == AUTHOR_NAMED && feed_equal(&author->feed, feed);
        last->seq = author->seq;
        if (!found)
            fault_set(fault, FAULT_INPUT, "--after %s: is not a record of this authority's feed %u",
                      after, (unsigned)feed->number);
    }
    record_free(record);
    store_close(store);
    return found;
}

static bool network_of(struct call *call, struct digest *network, struct fault *fault)
{
    struct store *store = open_store(call, STORE_READ, fault);
    bool has = store != NULL && store_network(store, network);

    if (store != NULL && !has)
        fault_set(fault, FAULT_ABSENT, "this home has joined no network yet: candour join FILE");
    store_close(store);
    return has;
}

bool run_charter_halt(struct call *call, struct fault *fault)
{
    const char *out;
    struct card *card = NULL;
    struct signing_key *next = NULL;
    struct buffer halt = {0}, bundle = {0};
    struct digest network;
    struct feed feed;
    struct cut last = {0};

    bool done = require_option(call, "out", &out, fault) && network_of(call, &network, fault) &&
                (card = keys_last_card(&call->home, fault)) != NULL;
    if (done) {
        feed = (struct feed){card->authority, card->feeds[card->feed_count - 1].number};
        done = last_of_feed(call, &feed, &last, fault) &&
               (next = keys_next(&call->home, call_value(call, "key"), fault)) != NULL;
    }
    if (done) {
        halt_sign(&network, &feed, &last, next, &halt);
        halt_bundle(buffer_view(&halt), &bundle);
        done = file_write(out, buffer_view(&bundle), 0644, true, fault) &&
               offer_charter(call, buffer_view(&bundle), fault);
    }
    if (done && !call_json(call, json_pack("{s:i, s:I, s:o}", "feed", (int)feed.number, "seq",
                                           (json_int_t)last.seq, "id", json_id(&last.id)))) {
        call_say(call,
                 "Feed %u ends with its record %llu. The halt spreads from here; %s carries it "
                 "elsewhere.",
                 (unsigned)feed.number, (unsigned long long)last.seq, out);
        call_say(call,
                 "Next: candour card --rotate --key SHEET, and give the new card to the stewards.");
    }
    buffer_release(&halt);
    buffer_release(&bundle);
    signing_key_free(next);
    card_free(card);
    return done;
}

/* --- show --- */

static const char *const status_names[] = {
    [MEMBER_ACTIVE] = "active", [MEMBER_LEFT] = "left", [MEMBER_DISSOLVED] = "dissolved"};

static json_t *members_array(const struct charter *charter)
{
    json_t *members = json_array();

    for (size_t i = 0; i < charter_members(charter); i++) {
        const struct member *member = charter_member_at(charter, i);
        const struct card *card = member->card;
        json_t *endpoints = json_array();
        for (size_t k = 0; k < card->endpoint_count; k++)
            json_array_append_new(endpoints, json_string(card->endpoints[k]));
        json_array_append_new(
            members,
            json_pack("{s:o, s:s, s:s, s:s, s:s, s:s, s:b, s:o, s:o, s:i}", "authority",
                      json_id(&card->authority), "name", card->name, "type", card->type, "region",
                      card->region, "role", card->role == ROLE_HUB ? "hub" : "authority", "status",
                      status_names[member->status], "steward",
                      (int)charter_has_steward(charter, &card->authority), "endpoints", endpoints,
                      "succeeded_by",
                      member->succeeded ? json_id(&member->succeeded_by) : json_null(), "feeds",
                      (int)card->feed_count));
    }
    return members;
}

static json_t *heads_array(const struct charter *charter)
{
    json_t *heads = json_array();

    for (size_t i = 0; i < charter_heads(charter); i++) {
        const struct head *head = charter_head(charter, i);
        json_array_append_new(
            heads, json_pack("{s:o, s:I, s:i, s:i, s:i, s:o}", "hash", json_id(&head->hash),
                             "version", (json_int_t)head->version, "stewards",
                             (int)head->steward_count, "threshold", (int)head->threshold, "rules",
                             (int)head->rules, "date", json_stamp(head->time_ms)));
    }
    return heads;
}

static void print_charter(const struct call *call, const struct charter *charter)
{
    static const char *const names[] = {"NAME", "ROLE", "STATUS", "TYPE", "FINGERPRINT", NULL};
    struct listing *listing = listing_new(names, NULL);

    for (size_t i = 0; i < charter_heads(charter); i++) {
        const struct head *head = charter_head(charter, i);
        char date[CLOCK_DATE_SIZE];
        clock_date(date, head->time_ms);
        call_say(call, "%s, version %llu of %s: %u of %zu stewards sign.", head->name,
                 (unsigned long long)head->version, date, (unsigned)head->threshold,
                 head->steward_count);
    }
    if (charter_heads(charter) > 1)
        call_say(call,
                 "These are rivals: both are in force together until the stewards merge them.");
    for (size_t i = 0; i < charter_members(charter); i++) {
        const struct member *member = charter_member_at(charter, i);
        char fingerprint[FINGERPRINT_SIZE];
        fingerprint_of(fingerprint, &member->card->authority);
        const char *cells[] = {member->card->name,
                               member->card->role == ROLE_HUB                           ? "hub"
                               : charter_has_steward(charter, &member->card->authority) ? "steward"
                                                                                        : "member",
                               status_names[member->status], member->card->type, fingerprint};
        listing_row(listing, cells);
    }
    listing_print(listing);
    listing_free(listing);
}

static bool show_charter(struct call *call, const struct charter *charter)
{
    if (!call_json(call, json_pack("{s:s, s:o, s:o, s:o}", "name", charter_name(charter), "network",
                                   json_id(charter_network(charter)), "heads", heads_array(charter),
                                   "members", members_array(charter))))
        print_charter(call, charter);
    return true;
}

static bool show_file(struct call *call, const char *path, struct fault *fault)
{
    struct buffer bundle = {0};
    struct charter *charter = NULL, *before = NULL;
    struct fault why;
    bool done = file_read(path, CHARTER_MAX, &bundle, fault);

    if (!done)
        return false;
    /* A file may hold a proposal that is short of its signatures: then that is what is shown. */
    if ((charter = charter_of_file(call, buffer_view(&bundle), &before, &why)) == NULL)
        done = why.refusal == REFUSED_THRESHOLD
                   ? say_proposal(call, path, buffer_view(&bundle), NULL, fault)
                   : fault_set(fault, FAULT_PEER, "%s: %s", path, why.text);
    else if (before != NULL && !call->json)
        say_halts(call, before, charter);
    else
        done = show_charter(call, charter);
    charter_free(before);
    charter_free(charter);
    buffer_release(&bundle);
    return done;
}

bool run_charter_show(struct call *call, struct fault *fault)
{
    if (call->argument_count == 1)
        return show_file(call, call->arguments[0], fault);

    struct store *store = open_store(call, STORE_READ, fault);
    struct charter *charter = store == NULL ? NULL : store_charter(store, fault);
    bool done = charter != NULL && show_charter(call, charter);
    charter_free(charter);
    store_close(store);
    return done;
}
