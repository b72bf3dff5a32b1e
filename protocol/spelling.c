#include "protocol/document.h"

#include <string.h>

#define WORD_MAX 40
#define TOO_FAR 99

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned spelling_distance(struct bytes a, struct bytes b)
{
    unsigned rows[3][WORD_MAX + 1]; /* This row, the one above it, and the one above that. */
    unsigned *row = rows[0], *above = rows[1], *above_that = rows[2];

    if (a.size > WORD_MAX || b.size > WORD_MAX)
        return TOO_FAR;
    for (unsigned k = 0; k <= b.size; k++)
        row[k] = k;
    for (unsigned i = 1; i <= a.size; i++) {
        unsigned *oldest = above_that;
        above_that = above;
        above = row;
        row = oldest;
        row[0] = i;
        for (unsigned k = 1; k <= b.size; k++) {
            unsigned other = a.data[i - 1] != b.data[k - 1];
            row[k] = least(above[k - 1] + other, least(above[k], row[k - 1]) + 1);
            if (i > 1 && k > 1 && a.data[i - 1] == b.data[k - 2] && a.data[i - 2] == b.data[k - 1])
                row[k] = least(row[k], above_that[k - 2] + 1);
        }
    }
    return row[b.size];
}

struct guess guess_of(struct bytes wrong)
{
    return (struct guess){.wrong = wrong, .distance = TOO_FAR};
}

/* One slip in three letters is a slip; more is another word. */
static bool is_near(struct bytes wrong, size_t size, unsigned distance)
{
    return 3 * distance <= (wrong.size > size ? wrong.size : size);
}

static bool holds(const char *candidate, struct bytes part)
{
    char text[WORD_MAX + 1];

    if (part.size < 4 || part.size > WORD_MAX)
        return false;
    memcpy(text, part.data, part.size);
    text[part.size] = '\0';
    return strlen(text) == part.size && strstr(candidate, text) != NULL;
}

/* A slip of the pen comes first; else the only candidate that holds what was written ("homeless",
 * housing_homelessness). */
void guess_offer(struct guess *guess, const char *candidate)
{
    unsigned distance = spelling_distance(guess->wrong, bytes_of_text(candidate));

    if (is_near(guess->wrong, strlen(candidate), distance)) {
        if (distance >= guess->distance)
            return;
        guess->distance = distance;
        guess->best = candidate;
        guess->ambiguous = false;
    } else if (guess->distance == TOO_FAR && holds(candidate, guess->wrong)) {
        guess->ambiguous = guess->ambiguous || guess->best != NULL;
        guess->best = guess->ambiguous ? NULL : candidate;
    }
}

const struct word *vocabulary_find(const struct vocabulary *vocabulary, struct bytes code)
{
    for (size_t i = 0; i < vocabulary->count; i++)
        if (bytes_equal(code, bytes_of_text(vocabulary->words[i].code)))
            return &vocabulary->words[i];
    return NULL;
}

const char *vocabulary_nearest(const struct vocabulary *vocabulary, struct bytes code)
{
    struct guess guess = guess_of(code);

    for (size_t i = 0; i < vocabulary->count; i++)
        guess_offer(&guess, vocabulary->words[i].code);
    return guess.best;
}
