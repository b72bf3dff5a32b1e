#ifndef CANDOUR_NODE_CLI_BULLETIN_H
#define CANDOUR_NODE_CLI_BULLETIN_H

#include "crypto/digest.h"
#include "protocol/bytes.h"

#include <stdbool.h>

/* A page of a few new things, chosen from many, in four formats. Nobody is put before anybody:
 * within a part the newest comes first, whoever said it. */

enum bulletin_part {
    PART_TO_US,   /* Others said it to what we published. */
    PART_WAITING, /* Others asked us, before this time, and nobody has answered. */
    PART_FAILED,  /* Lessons of our services: it did not work, */
    PART_WORKED,  /* it did, or it is too early to say. */
    PART_SEARCH,  /* It is new to a search that is kept. */
    PART_OTHER,   /* Problems, news, offers, reviews, summaries of our services. */
    PART_OUTSIDE, /* Lessons from outside our services. */
    PARTS
};

struct bulletin_item {
    enum bulletin_part part;
    struct digest id, shown; /* What is new, and what to look at. */
    bool named;
    struct digest authority;
    int64_t time_ms;
    size_t said;      /* How many records it tells of: 1, and more by bulletin_join. */
    int64_t since_ms; /* Of the newest update told with it; 0: none. */
    const char *deed; /* What others did to `shown`; its title begins with it. NULL: nothing. */
    char *title, *text, *why, *facts; /* Texts of others may stand in the first two. */
    char *author;
};

struct bulletin {
    struct bulletin_item *items;
    size_t count;
};

/* The texts are taken over. */
void bulletin_add(struct bulletin *bulletin, struct bulletin_item item);
void bulletin_release(struct bulletin *bulletin);

/* One matter takes one place. What a part has said about the same record becomes one item, where
 * the newest stood, that says how often, by whom and the newest texts; but what waits for an answer
 * stays by itself, as each needs its own. Updates are told with what they are about, where that is
 * new too.
 */
void bulletin_join(struct bulletin *bulletin);

/* Keep `most` of them (1 or more): one from outside where there is any, and of the other parts one
 * each in turn, so that what failed has the turns that what worked has. No authority gets a third
 * place while others wait, and nothing stands there twice. What is left is in the order of parts.
 */
void bulletin_choose(struct bulletin *bulletin, size_t most);

/* What stands above it. */
struct bulletin_head {
    const char *of;     /* Whose page it is, */
    struct digest self; /* by its id as well. */
    const char *since;  /* A date. */
    const char *note;   /* Perhaps what is wrong with it; NULL: nothing. */
    int64_t now_ms;
    size_t candidates; /* From how many it was chosen. */
};
#define BULLETIN_WIDTH 76
void bulletin_text(const struct bulletin *bulletin, const struct bulletin_head *head,
                   struct buffer *page);
void bulletin_html(const struct bulletin *bulletin, const struct bulletin_head *head,
                   struct buffer *page);
void bulletin_atom(const struct bulletin *bulletin, const struct bulletin_head *head,
                   struct buffer *page); /* RFC 4287 */

extern const char *const bulletin_parts[PARTS]; /* What stands above each. */

#endif
