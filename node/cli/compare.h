#ifndef CANDOUR_NODE_CLI_COMPARE_H
#define CANDOUR_NODE_CLI_COMPARE_H

#include "node/cli/like.h"

/* What the files of `compare` share: compare.c gathers and decides, compare_text.c says it in words
 * and compare_json.c in JSON. */

struct comparing {
    struct call *call;
    struct charter *charter;      /* NULL where no network was joined. */
    struct card *self;            /* NULL where there is none. */
    struct document *unpublished; /* A definition from a file; NULL: none. */
    struct indicator indicator;
    const char *own; /* The area; NULL: none. */

    bool like_us; /* Then the neighbours are the pool. */
    struct liking like;

    struct comparison result;
    size_t improved_with_lessons; /* Of those that got clearly better. */
    double target;                /* NAN: none. */
};

/* Questions that a figure raises; at most QUESTIONS_MAX, never none. */
#define QUESTIONS_MAX 4
size_t compare_questions(const struct comparing *comparing, const char *questions[QUESTIONS_MAX]);

/* "higher", "not clearly different", ...; NULL where it is not known. */
const char *standing_words(enum difference standing);

void compare_print(const struct comparing *comparing);
json_t *compare_json(const struct comparing *comparing);

#endif
