#include "node/mover.h"
#include "tests/node/room.h"

#include <string.h>

/* Who commits, and the thread that moves what it commits into the file. */

#define PIECE ((size_t)4 * 1024 * 1024)

static struct store *writer;
static struct mover *mover;
static uint64_t most; /* How large the log has been at most. */

static void open_both(void)
{
    room_open();
    const char *path = home_file(&home, "store.sqlite", 0);

    store_close(store_open(path, STORE_CREATE, &fault));
    writer = store_open(path, STORE_WRITE, &fault);
    cr_assert(writer != NULL, "%s", fault.text);
    mover = mover_open(path, writer, &fault);
    cr_assert(mover != NULL, "%s", fault.text);
    most = 0;
}

static void close_both(void)
{
    mover_close(mover);
    store_close(writer);
    room_close();
}

TestSuite(mover, .init = open_both, .fini = close_both);

/* One after another, and that thread at rest after each. */
static void commit(size_t bytes)
{
    static uint8_t piece[PIECE], count;

    for (size_t done = 0; done < bytes; done += PIECE) {
        memset(piece, ++count, sizeof piece); /* SQLite does not write what is there already. */
        cr_done(store_put_value(writer, "piece", bytes_of(piece, sizeof piece), &fault));
        mover_committed(mover);
        mover_wait(mover);
        uint64_t log = store_log_bytes(writer);
        most = log > most ? log : most;
    }
}

Test(mover, lets_the_log_begin_anew_while_one_commit_follows_another)
{
    commit((size_t)4 * STORE_LOG_BYTES);
    cr_expect_geq(most, STORE_LOG_BYTES);
    cr_expect_lt(most, STORE_LOG_BYTES + 4 * PIECE);
}

Test(mover, goes_on_when_nobody_reads_any_more)
{
    struct store *reader = store_open(home_file(&home, "store.sqlite", 0), STORE_READ, &fault);

    commit(PIECE);
    cr_done(store_begin_reading(reader, &fault));
    cr_expect_eq(store_generation(reader), store_generation(writer)); /* Now it reads. */
    commit((size_t)5 * STORE_LOG_BYTES);
    cr_expect_geq(most, (uint64_t)5 * STORE_LOG_BYTES);
    store_end_reading(reader);
    commit(4 * PIECE);
    cr_expect_lt(store_log_bytes(writer), STORE_LOG_BYTES);
    store_close(reader);
}
