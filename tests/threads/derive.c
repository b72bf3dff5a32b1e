#include "crypto/secret.h"
#include "node/deriver.h"
#include "store/search.h"
#include "tests/support/council.h"
#include "tests/support/folder.h"

#include <stdio.h>
#include <stdlib.h>

/* Far behind, what is derived is taken apart ahead on another thread, while somebody keeps more and
 * erases some of it: for the thread sanitizer. */

#define BEFORE 4600 /* More than makes the deriver far behind. */
#define LESSONS 5000
#define ERASED 50

static struct fault fault;
static struct folder folder;
static struct entry entries[LESSONS];

static void must(bool done, const char *what)
{
    if (done)
        return;
    fprintf(stderr, "derive: %s: %s\n", what, fault.text);
    exit(1);
}

#define MUST(call) must(call, #call)

/* Some bodies come later: the thread that writes takes these apart itself. */
static void keep_one(struct store *store, const struct record *record, bool late)
{
    struct record *bare = without_body(record);

    MUST(store_keep(store, late ? bare : record, true, NULL, &fault));
    if (late)
        MUST(store_keep_body(store, record, &fault));
    record_free(bare);
}

static void keep(struct store *store, struct council *council, size_t from, size_t to)
{
    MUST(store_begin(store, &fault));
    for (size_t i = from; i < to; i++) {
        struct record *record = council_lesson(council, "Lesson", "We asked people first.");
        entries[i] =
            (struct entry){.feed = council->feed, .seq = council->seq, .id = *record_id(record)};
        keep_one(store, record, i % 10 == 0);
        record_free(record);
    }
    MUST(store_commit(store, &fault));
}

static void erase_some(struct store *store)
{
    for (size_t i = 0; i < ERASED; i++)
        MUST(store_set_text(store, &entries[i * 90], TEXT_ERASED, &fault));
}

static uint64_t count_found(struct store *store)
{
    struct query query = {.words = bytes_of_text("asked people")};
    struct answer answer;

    MUST(store_search(store, &query, &answer, NULL, NULL, &fault));
    return answer.total;
}

static void derive_meanwhile(struct store *store, struct council *council)
{
    struct deriver *deriver = deriver_open(folder_file(&folder, "store.sqlite"), -1, &fault);

    MUST(deriver != NULL);
    for (size_t at = BEFORE; at < LESSONS; at += 50) {
        keep(store, council, at, at + 50);
        deriver_poke(deriver, 50, false);
    }
    erase_some(store);
    MUST(deriver_wait(deriver, &fault));
    deriver_close(deriver);
}

int main(void)
{
    struct digest network = council_network();
    struct council council = council_new("leeds");

    crypto_start();
    folder = folder_new();
    struct store *store = store_open(folder_file(&folder, "store.sqlite"), STORE_CREATE, &fault);
    MUST(store != NULL && store_set_network(store, &network, &fault));
    keep(store, &council, 0, BEFORE);
    derive_meanwhile(store, &council);
    must(count_found(store) == LESSONS - ERASED, "not the right lessons are found");
    store_close(store);
    council_release(&council);
    folder_remove(&folder);
    return 0;
}
