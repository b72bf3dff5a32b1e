/* Who else has been through this, and how did it go? A line for each lesson that is found, its
 * cells apart by tabs.
 *
 *     cc -std=c11 who_else.c $(pkg-config --static --cflags --libs candour) -o who_else
 *     ./who_else ~/.local/share/candour/store.sqlite "late visits"
 */

#include "protocol/vocabulary.h"
#include "store/search.h"

#include <inttypes.h>
#include <stdio.h>

/* What hits point to is theirs, and gone after the call. */
static bool show(void *context, const struct hit *hit, struct fault *fault)
{
    const struct word *outcome = vocabulary_find(&outcomes, bytes_of_text(hit->outcome));
    char id[2 * DIGEST_SIZE + 1];

    (void)context;
    (void)fault;
    hex_of(id, hit->id.bytes, DIGEST_SIZE);
    printf("%s\t%s\t%s\t%s\n", id, hit->anonymous ? "not named" : hit->authority_name,
           outcome == NULL ? hit->outcome : outcome->means, hit->title);
    return true;
}

int main(int count, char **arguments)
{
    struct fault fault;
    struct answer answer = {0};

    if (count != 3) {
        fprintf(stderr, "usage: who_else STORE WORDS\n");
        return 2;
    }
    struct store *store = store_open(arguments[1], STORE_READ, &fault);
    struct query query = {.words = bytes_of_text(arguments[2]), .limit = 20};
    bool done = store != NULL && store_search(store, &query, &answer, show, NULL, &fault);
    if (done)
        fprintf(stderr, "%" PRIu64 " in all\n", answer.total);
    else
        fprintf(stderr, "who_else: %s\n", fault.text);
    store_close(store);
    return done ? 0 : 1;
}
