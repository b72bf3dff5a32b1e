#include "store/internal.h"
#include "tests/store/room.h"
#include "tests/support/chance.h"

#include "store/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Anything in any order: what is kept, moved, hidden, erased, shown again, expired, drafted, queued
 * and derived by lot, in pieces of three lessons, with transactions that are rolled back and stores
 * that are opened again. Then verify has nothing to say, each lesson is found by the word that it
 * alone has exactly when it should be, and of what was erased no file has a byte. A failure prints
 * its seed; CANDOUR_SEED runs that one alone, CANDOUR_SEEDS so many. */

#define NOW INT64_C(1767225600000)
#define ITEMS_MAX 120

enum sort { LESSON, UPDATE, SNAPSHOT, OTHER, SORTS };

struct item {
    struct council council;
    struct record *record; /* With its body. */
    struct entry at;
    enum sort sort;
    char word[16];
    int about; /* UPDATE: of which item. */
    bool kept, in, body, expired;
    enum text_standing text;
    bool followed; /* Another one goes on from it: it stays where it is. */
};

static struct item items[ITEMS_MAX], before[ITEMS_MAX];
static size_t item_count, count_before;
static bool in_transaction;
static struct store *deriving;

/* --- Items --- */

static struct record *say(struct item *item)
{
    static const char *const sizes[] = {"Short.", "A little longer than that, by some words.",
                                        "Long: and on, and on, and on, and on, and on, and on."};
    struct buffer file = {0};

    switch (item->sort) {
    case LESSON:
        buffer_printf(&file,
                      "Title: %s\nService: home_care\nOutcome: partly_worked\nStage: midway\n"
                      "Evidence: opinion\nSource: project\n\n## Abstract\nWe tried.\n\n"
                      "## What we did\n%s\n\n## What did not work\nIt.\n\n"
                      "## Recommendation\n",
                      item->word, item->word);
        for (uint64_t i = chance(14); i > 0; i--)
            buffer_printf(&file, "%s ", sizes[chance(3)]);
        buffer_append_text(&file, "end\n");
        break;
    case UPDATE:
        buffer_printf(&file,
                      "Kind: update\nAbout: last\nStage: completed\nOutcome: %s\n\n"
                      "## What changed since\n%s\n",
                      chance(2) == 0 ? "worked" : "harmful", item->word);
        break;
    case SNAPSHOT:
        buffer_printf(
            &file,
            "Kind: snapshot\nFramework: %s\nArea: E08000035\nPeriod: 2020\nStatus: final\n"
            "Disclosure profile: strict\n\n## Rows\n- %s | x | 55 | | | | | \n",
            item->word, item->word);
        break;
    default:
        for (uint64_t i = chance(5000) + 1; i > 0; i--)
            buffer_append_text(&file, item->word);
    }
    struct record *record = item->sort == OTHER
                                ? council_say(&item->council, "other", buffer_view(&file), NULL)
                                : council_publish(&item->council, buffer_text(&file));
    buffer_release(&file);
    return record;
}

static int any_lesson(void)
{
    int found = -1;

    for (size_t i = 0; i < item_count; i++)
        if (items[i].sort == LESSON && items[i].in && !items[i].followed && chance(3) == 0)
            found = (int)i;
    return found;
}

static struct item *new_item(enum sort sort)
{
    static unsigned number;
    struct item *item = &items[item_count];
    char name[24];

    *item = (struct item){.sort = sort, .about = -1};
    snprintf(item->word, sizeof item->word, "zzqx%04dj", (int)(++number % 10000));
    if (sort == UPDATE && (item->about = any_lesson()) < 0)
        item->sort = sort = LESSON;
    snprintf(name, sizeof name, "council %u", number);
    if (sort == UPDATE) {
        item->council = items[item->about].council;
        item->council.key = NULL; /* Held by the lesson's. */
        struct council borrowed = items[item->about].council;
        item->council = borrowed;
        items[item->about].followed = true;
    } else
        item->council = council_new(name);
    item->record = say(item);
    item->at = entry_for(item->record);
    if (sort == UPDATE)
        item->council.key = NULL;
    item_count++;
    return item;
}

/* --- Acts --- */

static void keep_new(void)
{
    if (item_count == ITEMS_MAX)
        return;
    struct item *item = new_item((enum sort)chance(SORTS));
    struct record *bare = without_body(item->record);

    item->in = item->sort == UPDATE || chance(4) > 0;
    item->body = item->in && chance(4) > 0;
    item->kept = true;
    cr_done(store_keep(store, item->body ? item->record : bare, item->in, NULL, &fault));
    record_free(bare);
}

static struct item *any_item(void)
{
    return item_count == 0 ? NULL : &items[chance(item_count)];
}

static void keep_again(struct item *item)
{
    cr_done(store_keep(store, item->record, chance(2) == 0, NULL, &fault));
}

static void keep_body(struct item *item)
{
    bool refused = !item->body && (item->text == TEXT_ERASED || item->expired);

    cr_assert_eq(store_keep_body(store, item->record, &fault), !refused, "%s", fault.text);
    item->body = !refused;
}

static void move(struct item *item)
{
    if (item->followed || item->sort == UPDATE)
        return;
    item->in = !item->in;
    item->body = item->body && item->in;
    cr_done(store_move(store, &item->at, item->in, &fault));
}

static void change_text(struct item *item)
{
    item->text = (enum text_standing)chance(3);
    if (item->text == TEXT_ERASED)
        item->body = false;
    cr_done(store_set_text(store, &item->at, item->text, &fault));
}

static void drop_body(struct item *item)
{
    item->body = false;
    item->expired = true;
    cr_done(store_drop_body(store, &item->at, &fault));
}

static void act(void)
{
    struct item *item = any_item();
    uint64_t what = chance(20);

    if (what < 8 || item == NULL)
        keep_new();
    else if (what < 9)
        keep_again(item);
    else if (what < 12)
        keep_body(item);
    else if (what < 14)
        move(item);
    else if (what < 19)
        change_text(item);
    else
        drop_body(item);
}

/* --- Transactions, deriving, opening again --- */

static void end_transaction(void)
{
    if (!in_transaction)
        return;
    in_transaction = false;
    if (chance(4) > 0) {
        cr_done(store_commit(store, &fault));
        return;
    }
    store_rollback(store);
    for (size_t i = count_before; i < item_count; i++)
        record_free(items[i].record);
    memcpy(items, before, sizeof items);
    item_count = count_before;
}

static void begin_transaction(void)
{
    if (in_transaction)
        return;
    in_transaction = true;
    memcpy(before, items, sizeof items);
    count_before = item_count;
    cr_done(store_begin(store, &fault));
}

static void open_deriver(void)
{
    deriving = store_open(room_path(), STORE_DERIVE, &fault);
    cr_assert(deriving != NULL, "%s", fault.text);
    deriving->piece_lessons = 3;
}

static void derive_some(void)
{
    uint64_t left;

    cr_done(store_derive(deriving, 1 + chance(6), chance(2) == 0, &left, &fault));
}

static void open_again(void)
{
    end_transaction();
    if (chance(2) == 0)
        room_reopen(STORE_WRITE);
    store_close(deriving);
    open_deriver();
}

static void step_by_lot(void)
{
    switch (chance(10)) {
    case 0:
        begin_transaction();
        break;
    case 1:
        end_transaction();
        break;
    case 2:
        derive_some();
        break;
    case 3:
        if (chance(6) == 0)
            open_again();
        break;
    default:
        act();
    }
}

/* --- What must hold in the end --- */

static bool count_hit(void *context, const struct hit *hit, struct fault *why)
{
    (void)hit;
    (void)why;
    ++*(int *)context;
    return true;
}

static bool stands(const struct item *item)
{
    return item->in && item->body && item->text == TEXT_STANDS;
}

/* What an update says leads to its lesson. */
static void expect_found(const struct item *item, uint64_t seed)
{
    struct query query = {.words = bytes_of_text(item->word), .limit = 5};
    bool shown = stands(item) &&
                 (item->sort == LESSON || (item->sort == UPDATE && stands(&items[item->about])));
    int hits = 0;
    struct answer answer;

    cr_done(store_search(store, &query, &answer, count_hit, &hits, &fault));
    cr_expect_eq(answer.total, shown, "seed %llu: %s", (unsigned long long)seed, item->word);
    cr_expect_eq(hits, shown, "seed %llu: %s", (unsigned long long)seed, item->word);
}

static void expect_gone(const struct item *item, uint64_t seed)
{
    const char *file = room_file_with(item->word);

    if (item->text == TEXT_ERASED || item->expired)
        cr_expect(file == NULL, "seed %llu: %s is in %s", (unsigned long long)seed, item->word,
                  file);
}

static void derive_all(void)
{
    uint64_t left = 1;

    while (left > 0)
        cr_done(store_derive(deriving, 5, chance(2) == 0, &left, &fault));
}

static void expect_all(uint64_t seed)
{
    derive_all();
    cr_expect_str_eq(verified_as_it_is(), "", "seed %llu: %s", (unsigned long long)seed,
                     verified_as_it_is());
    cr_done(store_purged(store, store_index_purged(deriving, NULL), false, NOW, &fault));
    for (size_t i = 0; i < item_count; i++) {
        expect_found(&items[i], seed);
        expect_gone(&items[i], seed);
    }
}

static void run_seed(uint64_t seed)
{
    lots = seed * 7919 + 1;
    item_count = 0;
    in_transaction = false;
    room_open();
    open_deriver();
    for (int i = 0; i < 90; i++)
        step_by_lot();
    end_transaction();
    expect_all(seed);
    for (size_t i = 0; i < item_count; i++) {
        record_free(items[i].record);
        council_release(&items[i].council);
    }
    store_close(deriving);
    room_close();
}

Test(random, anything_in_any_order_ends_well)
{
    const char *one = getenv("CANDOUR_SEED"), *many = getenv("CANDOUR_SEEDS");
    uint64_t first = one == NULL ? 1 : strtoull(one, NULL, 10);
    uint64_t count = one != NULL ? 1 : many == NULL ? 20 : strtoull(many, NULL, 10);

    for (uint64_t seed = first; seed < first + count; seed++)
        run_seed(seed);
}
