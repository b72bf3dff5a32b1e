#include "crypto/secret.h"
#include "node/keys.h"
#include "tests/node/room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW INT64_C(1795305600000)     /* 2026-11-22 */
#define HALF_YEAR INT64_C(15811200000) /* 183 days */

static struct config config;
static struct card *card;

static void open_keys(void)
{
    room_open();
    config = config_named("Leeds");
    card = NULL;
}

static void close_keys(void)
{
    card_free(card);
    config_release(&config);
    room_close();
}

TestSuite(keys, .init = open_keys, .fini = close_keys);

static const char *sheet(const char *name)
{
    return folder_file(&folder, name);
}

static void create(const char *recovery)
{
    cr_done(keys_create(&home, &config, recovery, false, NOW, &card, &fault));
}

static bool is_there(const char *name)
{
    return access(home_file(&home, name, 0), F_OK) == 0;
}

/* The card in the home is whole, and the keys beside it are those it tells of. */
static void expect_whole(void)
{
    struct card *last = keys_last_card(&home, &fault);
    struct keys keys;

    cr_assert(last != NULL, "%s", fault.text);
    cr_done(keys_open(&home, &keys, &fault));
    const struct card_feed *feed = &last->feeds[last->feed_count - 1];
    cr_expect_eq(keys.feed_number, feed->number);
    cr_expect(memcmp(signing_key_public(keys.feed), &feed->key, 32) == 0);
    cr_expect(memcmp(exchange_key_public(keys.transport), &last->transport, 32) == 0);
    cr_expect(memcmp(exchange_key_public(keys.box), &last->box, 32) == 0);
    keys_close(&keys);
    card_free(last);
}

Test(keys, are_made_with_a_first_card)
{
    static const char *const files[] = {"keys/feed-1", "keys/next", "keys/steward",
                                        "keys/transport", "keys/box"};
    struct stat status;

    create(NULL);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        cr_assert(stat(home_file(&home, files[i], 0), &status) == 0, "%s", files[i]);
        cr_expect_eq(status.st_mode & 07777, 0600, "%s", files[i]);
    }
    cr_expect_eq(count_files(home_file(&home, "keys", 0)), 7, "and the keys of two rings");
    cr_expect_str_eq(card->name, "Leeds");
    cr_expect(card->has_steward_key);
    cr_expect_eq(card->ring_count, 2);
    cr_expect_eq(card->rings[0].epoch, ring_epoch_of(NOW));
    cr_expect(keys_unguarded(&home));
    expect_whole();
}

Test(keys, of_a_hub_sign_no_charters)
{
    config.authority.role = ROLE_HUB;
    create(NULL);
    cr_expect(!card->has_steward_key && !is_there("keys/steward"));
    cr_refused(keys_steward(&home, NULL, &fault) != NULL, FAULT_INPUT, "no steward key");
    expect_whole();
}

Test(keys, that_stop_short_are_said_so)
{
    struct keys keys;

    cr_refused(keys_open(&home, &keys, &fault), FAULT_INPUT, "/card: cannot read");
    create(NULL);
    cr_assert(chmod(home_file(&home, "keys/feed-1", 0), 0644) == 0);
    cr_refused(keys_open(&home, &keys, &fault), FAULT_SELF, "others may read this key");
    cr_assert(chmod(home_file(&home, "keys/feed-1", 0), 0600) == 0);
    cr_assert(unlink(home_file(&home, "keys/box", 0)) == 0);
    cr_refused(keys_open(&home, &keys, &fault), FAULT_SELF, "keys/box: cannot read this key");
    put_file(home_file(&home, "card", 0), "not a card");
    cr_refused(keys_open(&home, &keys, &fault), FAULT_SELF, "/card: ");
}

Test(keys, may_be_sealed_in_the_home)
{
    struct keys keys;

    setenv("CANDOUR_PASSPHRASE", "correct horse", 1);
    cr_done(keys_create(&home, &config, NULL, true, NOW, &card, &fault));
    expect_whole();
    setenv("CANDOUR_PASSPHRASE", "wrong", 1);
    cr_refused(keys_open(&home, &keys, &fault), FAULT_INPUT, "does not open it");

    /* What is made later is sealed with the same one, or not made at all. */
    cr_refused(keys_card(&home, &config, false, NOW + HALF_YEAR, &fault) != NULL, FAULT_INPUT,
               "does not open it");
    setenv("CANDOUR_PASSPHRASE", "correct horse", 1);
    struct card *later = keys_card(&home, &config, false, NOW + HALF_YEAR, &fault);
    cr_assert(later != NULL, "%s", fault.text);
    cr_expect_eq(later->ring_count, 3);
    card_free(later);
}

/* --- The card --- */

static struct card *card_now(int64_t now_ms)
{
    struct card *made = keys_card(&home, &config, false, now_ms, &fault);

    cr_assert(made != NULL, "%s", fault.text);
    return made;
}

Test(keys, make_the_same_card_as_long_as_nothing_changed)
{
    create(NULL);
    struct card *again = card_now(NOW + 86400000);
    cr_expect(bytes_equal(buffer_view(&again->wire), buffer_view(&card->wire)));
    card_free(again);
}

Test(keys, make_a_new_card_when_the_configuration_changed)
{
    create(NULL);
    free(config.authority.region);
    config.authority.region = strdup("Yorkshire");
    texts_add(&config.listen, "tcp://leeds.example:7400");

    /* Also when the clock went back: the newer card is the one issued later. */
    struct card *changed = card_now(NOW - 5000);
    cr_expect_str_eq(changed->region, "Yorkshire");
    cr_expect_str_eq(changed->endpoints[0], "tcp://leeds.example:7400");
    cr_expect_eq(changed->issued_ms, NOW + 1);
    cr_expect(digest_equal(&changed->authority, &card->authority));

    struct card *last = keys_last_card(&home, &fault);
    cr_assert(last != NULL, "%s", fault.text);
    cr_expect(bytes_equal(buffer_view(&last->wire), buffer_view(&changed->wire)));
    card_free(last);
    card_free(changed);
}

Test(keys, tell_what_others_are_told_to_connect_to)
{
    texts_add(&config.listen, "tcp://0.0.0.0:7400");
    texts_add(&config.endpoints, "tcp://hub.example:17400");
    create(NULL);
    cr_expect_eq(card->endpoint_count, 1);
    cr_expect_str_eq(card->endpoints[0], "tcp://hub.example:17400");
}

Test(keys, for_the_next_ring_are_made_in_time)
{
    create(NULL);
    struct card *later = card_now(NOW + HALF_YEAR);
    cr_expect_eq(later->ring_count, 3);
    cr_expect_eq(later->rings[2].epoch, ring_epoch_of(NOW) + 2);
    card_free(later);
}

Test(keys, for_a_ring_outlive_a_card_that_was_never_written)
{
    create(NULL);
    struct card *later = card_now(NOW + HALF_YEAR);
    cr_done(file_write(home_file(&home, "card", 0), buffer_view(&card->wire), 0640, false, &fault));

    struct card *again = card_now(NOW + HALF_YEAR);
    cr_expect(memcmp(&again->rings[2].key, &later->rings[2].key, 32) == 0);
    card_free(again);
    card_free(later);
}

Test(keys, of_too_long_a_name_are_not_made)
{
    char name[NAME_MAX_BYTES + 20];

    memset(name, 'x', sizeof name - 1);
    name[3] = '\n';
    name[sizeof name - 1] = '\0';
    free(config.authority.name);
    config.authority.name = strdup(name);
    setenv("CANDOUR_PASSPHRASE", "correct horse", 1);
    cr_refused(keys_create(&home, &config, sheet("s"), false, NOW, &card, &fault), FAULT_INPUT,
               "name");
    cr_expect(!is_there("card"));
    cr_expect(access(sheet("s"), F_OK) != 0, "no sheet of keys that are not");
}

/* --- The recovery sheet --- */

Test(keys, for_the_safe_are_on_the_sheet_only)
{
    setenv("CANDOUR_PASSPHRASE", "correct horse", 1);
    create(sheet("leeds.sheet"));
    cr_expect(!keys_unguarded(&home));

    struct signing_key *steward = keys_steward(&home, sheet("leeds.sheet"), &fault);
    cr_assert(steward != NULL, "%s", fault.text);
    cr_expect(memcmp(signing_key_public(steward), &card->steward_key, 32) == 0);
    signing_key_free(steward);
    struct signing_key *next = keys_next(&home, sheet("leeds.sheet"), &fault);
    cr_assert(next != NULL, "%s", fault.text);
    struct digest hash = next_key_hash(signing_key_public(next));
    cr_expect(digest_equal(&hash, &card->feeds[0].next));
    signing_key_free(next);
    cr_refused(keys_next(&home, NULL, &fault) != NULL, FAULT_SELF, "keys/next");

    setenv("CANDOUR_PASSPHRASE", "wrong", 1);
    cr_refused(keys_steward(&home, sheet("leeds.sheet"), &fault) != NULL, FAULT_INPUT,
               "does not open it");
}

Test(keys, need_a_passphrase_for_the_sheet)
{
    setenv("CANDOUR_PASSPHRASE", "", 1);
    cr_refused(keys_create(&home, &config, sheet("s"), false, NOW, &card, &fault), FAULT_INPUT,
               "is empty");
    cr_expect(!is_there("card") && access(sheet("s"), F_OK) != 0);
}

Test(keys, are_moved_onto_a_sheet_later)
{
    setenv("CANDOUR_PASSPHRASE", "correct horse", 1);
    create(NULL);
    put_file(sheet("taken"), "something else");
    cr_refused(keys_to_sheet(&home, sheet("taken"), &fault), FAULT_INPUT, "is there already");
    cr_expect(keys_unguarded(&home), "nothing is lost where the sheet cannot be written");

    cr_done(keys_to_sheet(&home, sheet("leeds.sheet"), &fault));
    cr_expect(!keys_unguarded(&home) && !is_there("keys/next") && !is_there("keys/steward"));
    struct signing_key *steward = keys_steward(&home, sheet("leeds.sheet"), &fault);
    cr_assert(steward != NULL, "%s", fault.text);
    cr_expect(memcmp(signing_key_public(steward), &card->steward_key, 32) == 0);
    signing_key_free(steward);
    cr_refused(keys_to_sheet(&home, sheet("again"), &fault), FAULT_INPUT,
               "neither the next key nor a steward key is there");
    expect_whole();
}

/* --- Rotation --- */

static const struct digest last_id = {{7, 7, 7}};

static bool rotate_with(const struct key_change *change)
{
    struct card *rotated = NULL;
    bool done = keys_rotate(&home, &config, change, 5, &last_id, NOW + 1000, &rotated, &fault);

    if (done) {
        card_free(card);
        card = rotated;
    }
    return done;
}

static bool rotate(const char *from, const char *to)
{
    struct key_change change = {.sheet = from, .recovery = to};

    return rotate_with(&change);
}

/* The keys directory, as one text, to see whether anything changed. */
static uint64_t fingerprint_of_keys(void)
{
    static const char *const names[] = {"keys/feed-1",    "keys/feed-2",   "keys/feed-3",
                                        "keys/next",      "keys/next-new", "keys/steward",
                                        "keys/transport", "card"};
    uint64_t sum = 1469598103934665603u;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct buffer content = {0};
        struct fault ignored;
        file_read(home_file(&home, names[i], 0), 65536, &content, &ignored);
        buffer_append_text(&content, names[i]);
        for (size_t k = 0; k < content.size; k++)
            sum = (sum ^ content.data[k]) * 1099511628211u;
        buffer_release(&content);
    }
    return sum;
}

Test(keys, rotate_to_the_one_that_the_card_commits_to)
{
    create(NULL);
    struct card *first = card;
    card = NULL;
    cr_done(rotate(NULL, NULL));

    cr_assert_eq(card->feed_count, 2);
    cr_expect(card->feeds[0].cut && card->feeds[0].cut_seq == 5);
    cr_expect(digest_equal(&card->feeds[0].cut_id, &last_id));
    struct digest hash = next_key_hash(&card->feeds[1].key);
    cr_expect(digest_equal(&hash, &first->feeds[0].next));
    cr_expect(digest_equal(&card->authority, &first->authority), "it is the same authority");
    cr_expect(card->issued_ms > first->issued_ms);
    expect_whole();
    card_free(first);

    cr_done(rotate(NULL, NULL)); /* And on: the new next key is the one that is committed to. */
    cr_expect_eq(card->feed_count, 3);
    expect_whole();
}

Test(keys, rotate_from_one_sheet_to_the_next)
{
    setenv("CANDOUR_PASSPHRASE", "correct horse", 1);
    create(sheet("one"));
    cr_done(rotate(sheet("one"), sheet("two")));
    expect_whole();
    cr_expect(!keys_unguarded(&home));

    struct signing_key *steward = keys_steward(&home, sheet("two"), &fault);
    cr_assert(steward != NULL, "the steward key moves along: %s", fault.text);
    cr_expect(memcmp(signing_key_public(steward), &card->steward_key, 32) == 0);
    signing_key_free(steward);

    cr_refused(rotate(sheet("one"), sheet("three")), FAULT_INPUT,
               "use the recovery sheet made last");
    cr_expect(access(sheet("three"), F_OK) != 0);
    cr_done(rotate(sheet("two"), sheet("three")));
    expect_whole();
}

Test(keys, rotate_from_the_home_onto_a_sheet)
{
    setenv("CANDOUR_PASSPHRASE", "correct horse", 1);
    create(NULL);
    cr_done(rotate(NULL, sheet("one")));
    cr_expect(!keys_unguarded(&home), "what is on the sheet leaves the machine");
    cr_done(rotate(sheet("one"), NULL));
    cr_expect(is_there("keys/next") && !is_there("keys/steward"));

    /* The steward key stays on the first sheet; the next key can be moved on its own. */
    cr_done(keys_to_sheet(&home, sheet("two"), &fault));
    cr_expect(!keys_unguarded(&home));
    cr_refused(keys_steward(&home, sheet("two"), &fault) != NULL, FAULT_INPUT,
               "holds no steward key");
    cr_done(rotate(sheet("two"), NULL));
    expect_whole();
}

Test(keys, refuse_the_sheet_of_another)
{
    struct config york = config_named("York");
    struct home other;
    struct card *other_card;

    setenv("CANDOUR_PASSPHRASE", "correct horse", 1);
    create(sheet("leeds"));
    cr_done(home_find(&other, folder_file(&folder, "york-home"), &fault));
    cr_done(home_create(&other, &fault));
    cr_done(keys_create(&other, &york, sheet("york"), false, NOW, &other_card, &fault));

    uint64_t before = fingerprint_of_keys();
    cr_refused(rotate(sheet("york"), NULL), FAULT_INPUT, "is not the one that this home's card");
    cr_refused(keys_next(&home, sheet("york"), &fault) != NULL, FAULT_INPUT, "is not the one");
    cr_refused(rotate(sheet("nothing"), NULL), FAULT_INPUT, "cannot read");
    cr_expect_eq(fingerprint_of_keys(), before, "nothing was half done");
    card_free(other_card);
    config_release(&york);
}

/* Whatever fails on the way: all is as before, and the same call works once it is mended. */
Test(keys, that_could_not_be_rotated_are_as_before)
{
    setenv("CANDOUR_PASSPHRASE", "correct horse", 1);
    create(NULL);
    uint64_t before = fingerprint_of_keys();

    put_file(sheet("taken"), "something else");
    cr_refused(rotate(NULL, sheet("taken")), FAULT_INPUT, "is there already");
    cr_expect_eq(fingerprint_of_keys(), before);
    cr_refused(rotate(NULL, folder_file(&folder, "no/folder")), FAULT_SELF, "cannot write");
    cr_expect_eq(fingerprint_of_keys(), before);
    setenv("CANDOUR_PASSPHRASE", "", 1);
    cr_refused(rotate(NULL, sheet("new")), FAULT_INPUT, "is empty");
    cr_expect_eq(fingerprint_of_keys(), before);

    /* The card cannot be written: a folder stands in the place of the file beside it. */
    char blocked[HOME_PATH_MAX + 300];
    setenv("CANDOUR_PASSPHRASE", "correct horse", 1);
    snprintf(blocked, sizeof blocked, "%s.%ld.new", home_file(&home, "card", 0), (long)getpid());
    cr_assert(mkdir(blocked, 0700) == 0);
    cr_refused(rotate(NULL, NULL), FAULT_SELF, "card: cannot write");
    cr_expect_eq(fingerprint_of_keys(), before);
    cr_refused(rotate(NULL, sheet("new")), FAULT_SELF, "card: cannot write");
    cr_expect_eq(fingerprint_of_keys(), before);
    cr_expect(access(sheet("new"), F_OK) != 0, "no sheet of a key that is not");
    cr_assert(rmdir(blocked) == 0);
    cr_done(rotate(NULL, NULL));
    expect_whole();
}

Test(keys, go_on_after_a_crash_on_the_way)
{
    struct buffer old_card = {0}, old_next = {0};

    /* Before the card: feed-2 and next-new lie there. */
    create(NULL);
    cr_done(file_read(home_file(&home, "card", 0), 65536, &old_card, &fault));
    cr_done(file_read(home_file(&home, "keys/next", 0), 65536, &old_next, &fault));
    cr_done(rotate(NULL, NULL));
    cr_assert(rename(home_file(&home, "keys/next", 0), home_file(&home, "keys/next-new", 1)) == 0);
    cr_done(
        file_write(home_file(&home, "keys/next", 0), buffer_view(&old_next), 0600, true, &fault));
    cr_done(file_write(home_file(&home, "card", 0), buffer_view(&old_card), 0640, false, &fault));
    expect_whole();
    cr_done(rotate(NULL, NULL));
    expect_whole();

    /* After the card: the new next key has not got its name yet. */
    struct buffer before = {0};
    cr_done(file_read(home_file(&home, "keys/feed-2", 0), 65536, &before, &fault));
    cr_assert(rename(home_file(&home, "keys/next", 0), home_file(&home, "keys/next-new", 1)) == 0);
    cr_done(file_write(home_file(&home, "keys/next", 0), buffer_view(&before), 0600, true, &fault));
    expect_whole();
    struct signing_key *next = keys_next(&home, NULL, &fault);
    cr_assert(next != NULL, "%s", fault.text);
    signing_key_free(next);
    cr_expect(!is_there("keys/next-new"));
    cr_done(rotate(NULL, NULL));
    expect_whole();
    buffer_release(&before);
    buffer_release(&old_card);
    buffer_release(&old_next);
}

Test(keys, rotate_as_often_as_a_card_has_feeds)
{
    create(NULL);
    for (unsigned i = 1; i < FEEDS_MAX; i++)
        cr_done(rotate(NULL, NULL));
    uint64_t before = fingerprint_of_keys();
    cr_refused(rotate(NULL, NULL), FAULT_INPUT, "has used its 16 feeds");
    cr_expect_eq(fingerprint_of_keys(), before);
    expect_whole();
}

/* --- Other keys than before --- */

static void expect_renewed(const struct card *before)
{
    cr_expect(memcmp(&card->transport, &before->transport, 32) != 0);
    cr_expect(memcmp(&card->box, &before->box, 32) != 0);
    cr_assert_eq(card->ring_count, before->ring_count);
    for (size_t i = 0; i < card->ring_count; i++) {
        cr_expect_eq(card->rings[i].epoch, before->rings[i].epoch);
        cr_expect(memcmp(&card->rings[i].key, &before->rings[i].key, 32) != 0);
    }
    expect_whole();
}

Test(keys, are_renewed_under_the_same_feed)
{
    create(NULL);
    struct card *before = card;

    card = keys_card(&home, &config, true, NOW + 1000, &fault);
    cr_assert(card != NULL, "%s", fault.text);
    expect_renewed(before);
    cr_expect_eq(card->feed_count, 1);
    cr_expect(memcmp(&card->steward_key, &before->steward_key, 32) == 0);
    card_free(before);
}

Test(keys, are_all_renewed_with_a_rotation)
{
    struct key_change change = {sheet("one"), sheet("two"), true};

    setenv("CANDOUR_PASSPHRASE", "correct horse", 1);
    create(sheet("one"));
    struct card *before = card;
    card = NULL;
    cr_done(rotate_with(&change));
    expect_renewed(before);
    cr_expect_eq(card->feed_count, 2);
    struct signing_key *steward = keys_steward(&home, sheet("two"), &fault);
    cr_assert(steward != NULL, "%s", fault.text);
    cr_expect(memcmp(signing_key_public(steward), &card->steward_key, 32) == 0);
    cr_expect(memcmp(&card->steward_key, &before->steward_key, 32) != 0);
    signing_key_free(steward);
    card_free(before);
}

/* The card is there, and the keys have not got their names yet. */
Test(keys, that_were_renewed_go_on_after_a_crash_on_the_way)
{
    static const char *const names[] = {"transport", "box", "steward", "next"};
    struct key_change change = {.renew = true};
    struct buffer old[4] = {0};
    char name[32], new_name[32];

    create(NULL);
    for (size_t i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "keys/%s", names[i]);
        cr_done(file_read(home_file(&home, name, 0), 65536, &old[i], &fault));
    }
    cr_done(rotate_with(&change));
    for (size_t i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "keys/%s", names[i]);
        snprintf(new_name, sizeof new_name, "keys/%s-new", names[i]);
        cr_assert(rename(home_file(&home, name, 0), home_file(&home, new_name, 1)) == 0);
        cr_done(file_write(home_file(&home, name, 0), buffer_view(&old[i]), 0600, true, &fault));
        buffer_release(&old[i]);
    }
    expect_whole();
    struct signing_key *steward = keys_steward(&home, NULL, &fault);
    cr_assert(steward != NULL, "%s", fault.text);
    cr_expect(memcmp(signing_key_public(steward), &card->steward_key, 32) == 0);
    signing_key_free(steward);
    cr_done(rotate(NULL, NULL));
    cr_expect(!is_there("keys/transport-new") && !is_there("keys/box-new") &&
              !is_there("keys/steward-new") && !is_there("keys/next-new"));
    expect_whole();
}

/* A home from a backup: ring keys are kept in one place only. */
Test(keys, for_rings_are_made_anew_where_they_are_gone)
{
    char name[32];

    create(NULL);
    struct card *before = card;
    snprintf(name, sizeof name, "keys/ring-%u", (unsigned)ring_epoch_of(NOW));
    cr_assert(unlink(home_file(&home, name, 0)) == 0);
    card = keys_card(&home, &config, false, NOW + 1000, &fault);
    cr_assert(card != NULL, "%s", fault.text);
    cr_assert_eq(card->ring_count, 2);
    cr_expect_eq(card->rings[0].epoch, ring_epoch_of(NOW));
    cr_expect(memcmp(&card->rings[0].key, &before->rings[0].key, 32) != 0);
    cr_expect(memcmp(&card->rings[1].key, &before->rings[1].key, 32) == 0);
    expect_whole();
    card_free(before);
}

/* What is left of a lost server is its card, which everybody has, and the sheet. */
Test(keys, take_over_in_a_home_whose_server_is_lost)
{
    struct digest owner;

    setenv("CANDOUR_PASSPHRASE", "correct horse", 1);
    create(sheet("one"));
    struct card *before = card;
    card = NULL;
    cr_done(keys_sheet_owner(sheet("one"), &owner, &fault));
    cr_expect(digest_equal(&owner, &before->authority));
    cr_done(home_find(&home, folder_file(&folder, "found again"), &fault));
    cr_done(home_create(&home, &fault));
    cr_done(keys_recover(&home, before, false, &fault));
    cr_done(rotate(sheet("one"), sheet("two")));
    expect_renewed(before);
    cr_assert_eq(card->feed_count, 2);
    cr_expect(digest_equal(&card->authority, &before->authority));
    cr_expect(memcmp(&card->steward_key, &before->steward_key, 32) == 0);
    card_free(before);
}
