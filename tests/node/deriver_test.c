#include "node/deriver.h"
#include "tests/node/room.h"
#include "tests/support/council.h"

#include <time.h>

/* The thread that derives, over a store that holds one lesson. */

static struct store *writer, *reader;
static struct deriver *deriver;
static struct entry lesson;

static void open_all(void)
{
    room_open();
    const char *path = home_file(&home, "store.sqlite", 0);
    struct digest network = council_network();
    struct council leeds = council_new("leeds");
    struct record *record = council_lesson(&leeds, "Repairs", "We named a school.");

    writer = store_open(path, STORE_CREATE, &fault);
    cr_assert(writer != NULL, "%s", fault.text);
    cr_done(store_set_network(writer, &network, &fault));
    cr_done(store_keep(writer, record, true, NULL, &fault));
    lesson = record_entry(record);
    deriver = deriver_open(path, -1, &fault);
    cr_assert(deriver != NULL, "%s", fault.text);
    cr_done(deriver_wait(deriver, &fault));
    reader = store_open(path, STORE_READ, &fault);
    cr_assert(reader != NULL, "%s", fault.text);
    record_free(record);
    council_release(&leeds);
}

static void close_all(void)
{
    deriver_close(deriver);
    store_close(reader);
    store_close(writer);
    room_close();
}

TestSuite(deriver, .init = open_all, .fini = close_all);

static struct deriver_news heard(void)
{
    struct deriver_news news;

    deriver_hear(deriver, &news);
    return news;
}

static void read_on(void)
{
    struct store_counts counts;

    cr_done(store_count(reader, &counts, &fault)); /* The index is there. */
    cr_done(store_begin_reading(reader, &fault));
    cr_done(store_count(reader, &counts, &fault));
    cr_expect_eq(counts.lessons, 1);
}

/* However long that takes, within reason. */
static bool soon_purged(uint64_t more_than)
{
    const struct timespec pause = {.tv_nsec = 10000000};

    for (int i = 0; i < 3000 && heard().purged <= more_than; i++)
        nanosleep(&pause, NULL);
    return heard().purged > more_than;
}

Test(deriver, purges_when_nobody_reads_the_index_any_more)
{
    uint64_t before = heard().purged;

    read_on();
    cr_done(store_set_text(writer, &lesson, TEXT_ERASED, &fault));
    deriver_poke(deriver, 1, true);
    cr_done(deriver_wait(deriver, &fault));
    cr_expect_eq(heard().left, 0);
    cr_expect_eq(heard().purged, before);
    store_end_reading(reader);
    cr_expect(soon_purged(before)); /* Though nobody says that there is anything to do. */
}
