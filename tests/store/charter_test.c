#include "tests/protocol/towns.h"
#include "tests/store/room.h"

#include "protocol/charter.h"

#include <stdio.h>
#include <string.h>

/* Who is on the charter, and what follows from it. */

static struct buffer bundle;
static struct digest network;

static void sign_by(const char *towns)
{
    struct head head;

    for (; *towns != 0; towns++)
        cr_done(charter_sign(&bundle, town_key(*towns, KEY_STEWARD), NULL, 0, &head, &fault));
}

static struct charter *charter_of_bundle(void)
{
    struct charter *charter = charter_new(NULL);
    bool changed;

    cr_done(charter_add(charter, buffer_view(&bundle), &changed, &fault));
    return charter;
}

static void found(void)
{
    const struct card *const cards[] = {town_card('A', CARD_FIRST), town_card('B', CARD_FIRST),
                                        town_card('C', CARD_FIRST), town_card('D', CARD_FIRST)};

    room_open();
    cr_done(charter_found("Learning together", 3, true, cards, 4, TOWN_MS, &bundle, &fault));
    sign_by("ABD");
    struct charter *charter = charter_of_bundle();
    network = *charter_network(charter);
    charter_free(charter);
    cr_done(store_set_network(store, &network, &fault));
    cr_done(store_keep_charter(store, buffer_view(&bundle), TOWN_MS, &fault));
}

static void dissolve(char town, char successor)
{
    struct charter *charter = charter_of_bundle();
    struct amendment amendment = {
        .what = AMEND_DISSOLVE, .authority = *town_id(town), .succeeded_by = *town_id(successor)};
    struct buffer next = {0};

    amendment.cut_count = 1;
    amendment.cuts[0].feed = 1;
    amendment.cuts[0].cut = (struct cut){9, town_record('x')};
    cr_done(charter_propose(charter, &amendment, 1, 2, TOWN_MS + DAY_MS, &next, &fault));
    buffer_release(&bundle);
    bundle = next;
    sign_by("ABD");
    charter_free(charter);
}

static void close_all(void)
{
    buffer_release(&bundle);
    towns_release();
    room_close();
}

TestSuite(charters, .init = found, .fini = close_all);

static const char who[] = "SELECT name, role, status, feeds FROM authorities ORDER BY name";

Test(charters, tell_who_is_on_them)
{
    cr_expect_str_eq(asked(who), "Aylesbury|authority|active|1\nBradford|authority|active|1\n"
                                 "Chester|authority|active|1\nDerby|authority|active|1\n");
    cr_expect_str_eq(verified(), "");
    room_reopen(STORE_READ);
    cr_expect_str_eq(asked("SELECT count(*) FROM authorities WHERE succeeded_by IS NULL"), "4\n");
}

static bool count(void *context, struct bytes bytes, struct fault *why)
{
    (void)why;
    *(size_t *)context += bytes.size;
    return true;
}

Test(charters, are_kept_one_after_the_other)
{
    size_t first = bundle.size, size = 0;

    cr_done(store_keep_charter(store, buffer_view(&bundle), TOWN_MS, &fault)); /* The same. */
    cr_done(store_each_charter(store, count, &size, &fault));
    cr_expect_eq(size, first);
    dissolve('C', 'A');
    cr_done(store_keep_charter(store, buffer_view(&bundle), TOWN_MS, &fault));
    size = 0;
    cr_done(store_each_charter(store, count, &size, &fault));
    cr_expect_eq(size, first + bundle.size);
    cr_expect_str_eq(asked(who), "Aylesbury|authority|active|1\nBradford|authority|active|1\n"
                                 "Chester|authority|dissolved|1\nDerby|authority|active|1\n");
    reindex();
    cr_expect_str_eq(asked("SELECT a.name, b.name FROM authorities a JOIN authorities b"
                           " ON a.succeeded_by = b.id"),
                     "Chester|Aylesbury\n");
    cr_expect_str_eq(verified(), "");
    damage_index("DELETE FROM authority WHERE name = 'Bradford'");
    cr_expect(strstr(verified(), "the authorities") != NULL);
}

/* Whoever may sign a halt, or a head once more, could fill the disk with charters that hardly
 * differ. */
Test(charters, are_kept_once_for_each_set_of_rosters)
{
    struct buffer first = {0};
    size_t size = 0;

    dissolve('C', 'A');
    buffer_append(&first, buffer_view(&bundle));
    cr_done(store_keep_charter(store, buffer_view(&first), TOWN_MS, &fault));
    sign_by("C"); /* One signature more. */
    cr_expect_gt(bundle.size, first.size);
    cr_done(store_each_charter(store, count, &size, &fault));
    size_t before = size - first.size;
    cr_done(store_keep_charter(store, buffer_view(&bundle), TOWN_MS, &fault));
    size = 0;
    cr_done(store_each_charter(store, count, &size, &fault));
    cr_expect_eq(size, before + bundle.size, "%zu", size);
    cr_expect_str_eq(verified(), "");
    buffer_release(&first);
}

/* A council of the helper's that writes in a town's name. */
static struct council writer(char town)
{
    struct council council = council_new(town_name(town));

    council.network = network;
    council.feed.authority = *town_id(town);
    return council;
}

Test(charters, let_a_successor_say_how_a_lesson_stands)
{
    struct council chester = writer('C'), aylesbury = writer('A'), bradford = writer('B');
    struct digest id = keep(council_lesson(&chester, "One", "First.")).id;
    char hex[2 * DIGEST_SIZE + 1], file[400];

    hex_of(hex, id.bytes, DIGEST_SIZE);
    snprintf(file, sizeof file,
             "Kind: update\nAbout: %s\nStage: stopped\nOutcome: abandoned\n\n"
             "## What changed since\nA new council came.\n",
             hex);
    keep(council_publish(&aylesbury, file));
    keep(council_publish(&bradford, file));
    keep(council_publish(&chester, update_file));
    const char *select = "SELECT authority_name, outcome_now FROM lessons";
    cr_expect_str_eq(asked(select), "Chester|worked\n");
    dissolve('C', 'A');
    cr_done(store_keep_charter(store, buffer_view(&bundle), TOWN_MS, &fault));
    cr_expect_str_eq(asked(select), "Chester|abandoned\n");
    cr_expect_str_eq(verified(), "");
    council_release(&chester);
    council_release(&aylesbury);
    council_release(&bradford);
}

static struct record *tried(struct council *council, const struct digest *about)
{
    char hex[2 * DIGEST_SIZE + 1], file[400];

    hex_of(hex, about->bytes, DIGEST_SIZE);
    snprintf(file, sizeof file,
             "Kind: response\nAbout: %s\nResponse: tried\nUptake: adopted\nOutcome: worked\n\n"
             "## In our words\nWe did.\n",
             hex);
    return council_publish(council, file);
}

/* An authority and its successor are one: neither a replication of each other, nor two of them. */
Test(charters, make_one_of_authorities_that_succeed_each_other)
{
    struct council chester = writer('C'), aylesbury = writer('A'), bradford = writer('B');
    const char *select = "SELECT authority_name, replications FROM lessons ORDER BY 1";
    struct digest of_bradford = keep(council_lesson(&bradford, "One", "First.")).id;
    struct digest of_chester = keep(council_lesson(&chester, "Two", "Second.")).id;

    keep(tried(&chester, &of_bradford));
    keep(tried(&aylesbury, &of_bradford));
    keep(tried(&bradford, &of_chester));
    keep(tried(&aylesbury, &of_chester));
    cr_expect_str_eq(asked(select), "Bradford|2\nChester|2\n");
    dissolve('C', 'A');
    cr_done(store_keep_charter(store, buffer_view(&bundle), TOWN_MS, &fault));
    cr_expect_str_eq(asked(select), "Bradford|1\nChester|1\n");
    cr_expect_str_eq(verified(), "");
    council_release(&chester);
    council_release(&aylesbury);
    council_release(&bradford);
}
