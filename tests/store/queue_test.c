#include "tests/store/room.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(queue, .init = room_open, .fini = room_close);

static uint64_t queue(const char *text)
{
    uint64_t ticket = 0;

    cr_done(store_queue(store, QUEUE_RECORD, bytes_of_text(text), &ticket, &fault));
    return ticket;
}

Test(queue, hands_frames_over_in_the_order_they_came)
{
    struct buffer frame = {0};
    uint64_t first = queue("one"), second = queue("two"), ticket = 0;
    enum queue_kind kind;

    cr_done(store_queue_next(store, &ticket, &kind, &frame, &fault));
    cr_expect_eq(ticket, first);
    cr_expect_eq(kind, QUEUE_RECORD);
    cr_expect_str_eq(buffer_text(&frame), "one");
    cr_done(store_queue_answer(store, ticket, FAULT_NONE, "taken", &fault));
    buffer_clear(&frame);
    cr_done(store_queue_next(store, &ticket, &kind, &frame, &fault));
    cr_expect_eq(ticket, second);
    cr_expect_str_eq(buffer_text(&frame), "two");
    cr_done(store_queue_answer(store, ticket, FAULT_PEER, "no", &fault));
    cr_expect(!store_queue_next(store, &ticket, &kind, &frame, &fault));
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    buffer_release(&frame);
}

Test(queue, answers_once)
{
    uint64_t ticket = queue("one");
    enum fault_kind kind;
    char text[40];

    cr_expect(!store_queue_outcome(store, ticket, &kind, text, sizeof text, &fault));
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    cr_expect(strstr(fault.text, "is the node running?") != NULL);
    cr_done(store_queue_answer(store, ticket, FAULT_PEER, "its proof does not hold", &fault));
    cr_expect(!store_queue_answer(store, ticket, FAULT_NONE, "again", &fault));
    cr_done(store_queue_outcome(store, ticket, &kind, text, sizeof text, &fault));
    cr_expect_eq(kind, FAULT_PEER);
    cr_expect_str_eq(text, "its proof does not hold");
    cr_expect(!store_queue_outcome(store, ticket, &kind, text, sizeof text, &fault));
    cr_expect(!store_queue_answer(store, 99, FAULT_NONE, "", &fault));
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    cr_expect_gt(queue("two"), ticket); /* A number is never used again. */
}

Test(queue, sweeps_answers_that_nobody_read)
{
    struct store_counts counts;
    uint64_t old = queue("old"), waits = queue("waits");
    enum fault_kind kind;
    char text[40];

    cr_done(store_queue_answer(store, old, FAULT_NONE, "taken", &fault));
    damage("UPDATE queue SET answered_ms = answered_ms - 86400001 WHERE answered_ms NOT NULL");
    uint64_t last = queue("new");
    cr_expect(!store_queue_outcome(store, old, &kind, text, sizeof text, &fault));
    cr_expect(strstr(fault.text, "nothing waits under") != NULL, "%s", fault.text);
    cr_done(store_count(store, &counts, &fault));
    cr_expect_eq(counts.queued, 2);
    cr_expect_lt(waits, last);
}

/* --- Several processes --- */

#define EACH 50

/* What a command does: open the store, leave a frame, go. */
static void queue_many(char name)
{
    for (int i = 0; i < EACH; i++) {
        char text[8];
        uint64_t ticket;
        struct store *own = store_open(room_path(), STORE_WRITE, &fault);
        snprintf(text, sizeof text, "%c%d", name, i);
        if (own == NULL || !store_queue(own, QUEUE_RECORD, bytes_of_text(text), &ticket, &fault)) {
            fprintf(stderr, "%s\n", fault.text);
            _exit(1);
        }
        store_close(own);
    }
    _exit(0);
}

Test(queue, takes_frames_of_two_processes_while_a_third_writes)
{
    pid_t children[2];
    int status;

    for (int i = 0; i < 2; i++)
        if ((children[i] = fork()) == 0)
            queue_many((char)('a' + i));
    for (int i = 0; i < 20; i++) {
        cr_done(store_begin(store, &fault));
        keep(council_lesson(&leeds, "Meanwhile", "We wrote."));
        cr_done(store_commit(store, &fault));
    }
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(waitpid(children[i], &status, 0), children[i]);
        cr_expect_eq(status, 0);
    }
    int next[2] = {0}, seen = 0;
    uint64_t ticket = 0;
    enum queue_kind kind;
    struct buffer frame = {0};
    while (store_queue_next(store, &ticket, &kind, &frame, &fault)) {
        int number = 0;
        cr_assert_eq(sscanf(buffer_text(&frame) + 1, "%d", &number), 1);
        cr_expect_eq(number, next[frame.data[0] - 'a']++); /* Each one's in its order. */
        cr_done(store_queue_answer(store, ticket, FAULT_NONE, "", &fault));
        buffer_clear(&frame);
        seen++;
    }
    buffer_release(&frame);
    cr_expect_eq(seen, 2 * EACH);
    cr_expect_eq(count_records(), 20);
}
