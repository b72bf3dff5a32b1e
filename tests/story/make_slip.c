#include "node/home.h"
#include "node/keys.h"
#include "protocol/bundle.h"
#include "store/store.h"
#include "tests/support/council.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* What an authority published before its rules found what is in it, or with the check left out:
 *
 *     make_slip HOME CHARTER FILE BUNDLE
 *
 * writes a bundle for `candour import` with the next record of that home's feed, which says what
 * the file says. */

static struct fault fault;

static void must(bool done)
{
    if (done)
        return;
    fprintf(stderr, "make_slip: %s\n", fault.text);
    exit(1);
}

/* The home's own feed, as its store has it. */
static struct council council_at(struct home *home, struct keys *keys)
{
    struct council council = {.time_ms = (int64_t)time(NULL) * 1000 - 60 * 1000};
    struct card *card = keys_last_card(home, &fault);
    struct store *store = store_open(home_file(home, "store.sqlite", 0), STORE_READ, &fault);

    must(card != NULL && store != NULL && keys_open(home, keys, &fault));
    must(store_network(store, &council.network));
    council.key = keys->feed;
    council.feed = (struct feed){card->authority, keys->feed_number};
    must(store_feed_head(store, &council.feed, &council.seq, &council.prev, &fault));
    card_free(card);
    store_close(store);
    return council;
}

int main(int count, char **arguments)
{
    struct buffer charter = {0}, file = {0}, wire = {0};
    struct home home;
    struct keys keys;

    if (count != 5) {
        fprintf(stderr, "make_slip HOME CHARTER FILE BUNDLE\n");
        return 2;
    }
    must(home_find(&home, arguments[1], &fault));
    must(file_read(arguments[2], CHARTER_MAX, &charter, &fault));
    must(file_read(arguments[3], FORM_FILE_MAX, &file, &fault));
    struct council council = council_at(&home, &keys);
    struct record *record = council_publish(&council, buffer_text(&file));
    bundle_begin(buffer_view(&charter), &wire);
    record_write(record, true, &wire);
    bundle_end(2, &wire);
    must(file_write(arguments[4], buffer_view(&wire), 0644, false, &fault));
    record_free(record);
    keys_close(&keys);
    buffer_release(&charter);
    buffer_release(&file);
    buffer_release(&wire);
    return 0;
}
