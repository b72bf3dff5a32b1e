#include "node/keys.h"
#include "node/peers.h"
#include "node/presence.h"
#include "tests/node/room.h"

#include <stdio.h>
#include <string.h>

/* Whom a node dials, how a person names a peer, and who was heard when. */

#define NOW INT64_C(1795305600000)
#define MEMBERS 5

static struct charter *charter;
static struct store *store;
static struct digest ids[MEMBERS];
static const struct {
    const char *name;
    enum member_role role;
    const char *listen;
} members[MEMBERS] = {{"Leeds", ROLE_AUTHORITY, NULL},
                      {"York", ROLE_AUTHORITY, "tcp://york.example:7400"},
                      {"Hull", ROLE_AUTHORITY, NULL},
                      {"North Hub", ROLE_HUB, "tcp://hub.example:7400"},
                      {"South Hub", ROLE_HUB, NULL}};

static struct card *make_card(struct home *at, size_t i)
{
    struct config config = config_named(members[i].name);
    struct card *card = NULL;

    config.authority.role = members[i].role;
    if (members[i].listen != NULL)
        texts_add(&config.listen, members[i].listen);
    cr_done(home_find(at, folder_file(&folder, members[i].name), &fault));
    cr_done(home_create(at, &fault));
    cr_done(keys_create(at, &config, NULL, false, NOW, &card, &fault));
    config_release(&config);
    return card;
}

/* A charter of the first `count` members, signed by two of its stewards. */
static void begin_with(size_t count)
{
    struct card *cards[MEMBERS];
    struct home homes[MEMBERS];
    struct buffer bundle = {0};
    struct head head;
    bool changed;

    for (size_t i = 0; i < count; i++) {
        cards[i] = make_card(&homes[i], i);
        ids[i] = cards[i]->authority;
    }
    cr_done(charter_found("North", 2, true, (const struct card *const *)cards, count, NOW, &bundle,
                          &fault));
    for (size_t i = 0; i < 2; i++) {
        struct signing_key *steward = keys_steward(&homes[i], NULL, &fault);
        cr_assert(steward != NULL, "%s", fault.text);
        cr_done(charter_sign(&bundle, steward, NULL, 0, &head, &fault));
        signing_key_free(steward);
    }
    charter = charter_new(NULL);
    cr_done(charter_add(charter, buffer_view(&bundle), &changed, &fault));
    cr_done(store_set_network(store, charter_network(charter), &fault));
    for (size_t i = 0; i < count; i++)
        card_free(cards[i]);
    buffer_release(&bundle);
}

static void begin(void)
{
    room_open();
    charter = NULL;
    store = store_open(home_file(&home, "store.sqlite", 0), STORE_CREATE, &fault);
    cr_assert(store != NULL, "%s", fault.text);
}

static void end(void)
{
    charter_free(charter);
    store_close(store);
    room_close();
}

TestSuite(peers, .init = begin, .fini = end);

/* Whom Leeds dials, as text. */
static const char *dialled(void)
{
    static struct buffer text;
    struct dial dials[PEERS_DIALLED_MAX];
    size_t count = peers_to_dial(store, charter, &ids[0], dials);

    buffer_clear(&text);
    for (size_t i = 0; i < count; i++)
        buffer_printf(&text, "%s %s\n", charter_member(charter, &dials[i].authority)->card->name,
                      dials[i].endpoint);
    static char said[512];
    snprintf(said, sizeof said, "%s", buffer_text(&text));
    buffer_release(&text);
    return said;
}

static void choose(const char *peer)
{
    struct chosen_peer chosen;

    cr_done(peers_choose(charter, peer, &chosen, &fault));
    cr_done(store_put_peers(store, &chosen, 1, &fault));
}

static bool chosen_in_vain(const char *peer)
{
    struct chosen_peer chosen;

    return peers_choose(charter, peer, &chosen, &fault);
}

Test(peers, are_the_hubs_that_say_where_they_are)
{
    begin_with(MEMBERS);
    cr_expect_str_eq(dialled(), "North Hub tcp://hub.example:7400\n");
}

Test(peers, are_all_who_say_where_they_are_where_there_is_no_hub)
{
    begin_with(3);
    cr_expect_str_eq(dialled(), "York tcp://york.example:7400\n");
}

Test(peers, are_those_that_were_chosen)
{
    begin_with(MEMBERS);
    choose("york");
    cr_expect_str_eq(dialled(), "York tcp://york.example:7400\n");
    choose("Hull@tcp://10.0.0.9:7400");
    cr_expect_str_eq(dialled(), "Hull tcp://10.0.0.9:7400\n", "the last choice stands alone");
    choose("tcp://hub.example:7400");
    cr_expect_str_eq(dialled(), "North Hub tcp://hub.example:7400\n");

    char id[2 * DIGEST_SIZE + 1];
    hex_of(id, ids[1].bytes, DIGEST_SIZE);
    id[6] = '\0';
    choose(id);
    cr_expect_str_eq(dialled(), "York tcp://york.example:7400\n");
}

Test(peers, that_cannot_be_told_are_said_so)
{
    char lengthy[300];

    begin_with(MEMBERS);
    memset(lengthy, 'x', sizeof lengthy - 1);
    lengthy[sizeof lengthy - 1] = '\0';
    cr_refused(chosen_in_vain("Yorck"), FAULT_ABSENT, "did you mean \"York\"?");
    cr_refused(chosen_in_vain("Bremen an der Weser"), FAULT_ABSENT, "candour charter show");
    cr_refused(chosen_in_vain(""), FAULT_INPUT, "is empty");
    cr_refused(chosen_in_vain("Hull"), FAULT_INPUT, "NAME@tcp://HOST:PORT");
    cr_refused(chosen_in_vain("York@tcp://x"), FAULT_INPUT, "tcp://ADDRESS:PORT");
    cr_refused(chosen_in_vain("tcp://10.0.0.9:7400"), FAULT_ABSENT, "is on no member's card");
    cr_refused(chosen_in_vain(lengthy), FAULT_INPUT, "too long");
    cr_refused(chosen_in_vain("York@tcp://a.host.whose.name.is.far.longer.than.any.name.that.dns."
                              "would.ever.hold.so.that.it.cannot.be.kept.in.the.card.of.anybody."
                              "at.all.example:7400"),
               FAULT_INPUT, "");
}

Test(peers, that_are_no_members_any_more_are_passed_over)
{
    struct chosen_peer kept[3] = {{.endpoint = "tcp://a:1"}, {.authority = {{9}}}};

    begin_with(MEMBERS);
    kept[2].authority = ids[3];
    cr_done(store_put_peers(store, kept, 3, &fault));
    cr_expect_str_eq(dialled(), "North Hub tcp://hub.example:7400\n");
}

Test(peers, are_at_most_so_many)
{
    struct chosen_peer kept[PEERS_DIALLED_MAX + 10];
    struct dial dials[PEERS_DIALLED_MAX];

    begin_with(MEMBERS);
    for (size_t i = 0; i < PEERS_DIALLED_MAX + 10; i++) {
        kept[i].authority = ids[1];
        snprintf(kept[i].endpoint, sizeof kept[i].endpoint, "tcp://10.0.0.1:%zu", 1000 + i);
    }
    cr_done(store_put_peers(store, kept, PEERS_DIALLED_MAX + 10, &fault));
    cr_expect_eq(peers_to_dial(store, charter, &ids[0], dials), PEERS_DIALLED_MAX);
    cr_expect_str_eq(dials[1].endpoint, "tcp://10.0.0.1:1001", "in the order they were put");
}

Test(peers, are_the_same_at_the_same_place_with_the_same_key)
{
    struct dial one, other;

    memset(&one, 0, sizeof one);
    strcpy(one.endpoint, "tcp://a:1");
    other = one;
    other.peer = 9;
    other.state = DIAL_UP;
    cr_expect(peers_same(&one, &other));
    other.transport.bytes[0] = 1;
    cr_expect(!peers_same(&one, &other));
    other = one;
    other.endpoint[6] = 'b';
    cr_expect(!peers_same(&one, &other));
    other = one;
    other.authority.bytes[0] = 1;
    cr_expect(!peers_same(&one, &other));
}

/* --- Who was heard when --- */

#define HEARD INT64_C(1795269909000) /* 2026-11-21T14:05:09Z */

Test(peers, keep_when_they_were_last_heard)
{
    struct presence presence;
    struct digest stranger = {{200}};

    presence_init(&presence);
    for (unsigned i = 0; i < 100; i++) {
        struct digest authority = {{(uint8_t)i}};
        presence_note(&presence, &authority, 1000 + i);
    }
    struct digest seventh = {{7}};
    presence_note(&presence, &seventh, 5000);
    cr_expect_eq(presence_of(&presence, &seventh), 5000);
    presence_note(&presence, &seventh, 4000); /* The clock was set back. */
    cr_expect_eq(presence_of(&presence, &seventh), 4000);
    cr_expect_eq(presence_of(&presence, &stranger), 0);
    presence_release(&presence);
}

static json_t *said(const char *authority, const char *last_seen)
{
    return json_pack("{s:s, s:s?}", "authority", authority, "last_seen", last_seen);
}

/* The status of another version, or in a home that was copied, may say anything. */
Test(peers, when_members_were_heard_outlives_a_restart)
{
    static const char stamp[] = "2026-11-21T14:05:09Z", later[] = "2026-11-23T00:00:00Z";
    struct presence presence;
    char hex[MEMBERS][2 * DIGEST_SIZE + 1], stranger[2 * DIGEST_SIZE + 1];

    begin_with(MEMBERS);
    for (size_t i = 0; i < MEMBERS; i++)
        hex_of(hex[i], ids[i].bytes, DIGEST_SIZE);
    hex_of(stranger, (const uint8_t[DIGEST_SIZE]){9}, DIGEST_SIZE);
    json_t *status =
        json_pack("{s:[o, o, o, i, o], s:[o, o]}", "peers", said(hex[0], stamp),
                  said(hex[0], "2026-11-20T00:00:00Z"), said(stranger, stamp), 7,
                  said(hex[1], later), "not_connected", said(hex[2], stamp), said(hex[3], NULL));
    cr_assert(status != NULL);
    presence_init(&presence);
    presence_restore(&presence, charter, status, NOW);
    presence_restore(&presence, charter, NULL, NOW);
    cr_expect_eq(presence_of(&presence, &ids[0]), HEARD, "the later one of two links");
    cr_expect_eq(presence_of(&presence, &ids[1]), 0, "after now");
    cr_expect_eq(presence_of(&presence, &ids[2]), HEARD);
    cr_expect_eq(presence_of(&presence, &ids[3]), 0);
    cr_expect_eq(presence.count, 2, "and no stranger");
    json_decref(status);
    presence_release(&presence);
}
