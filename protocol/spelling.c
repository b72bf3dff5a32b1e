#include "protocol/document.h"

#include <string.h>

#define WORD_MAX 40
#define TOO_FAR 99
#define WORD_BEGINNING 4 /* Letters: "no" is not the beginning of "no_effect". */
#define WORDS_TO_LIST 12 /* More are a list that nobody reads. */

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

const char *vocabulary_means(const struct vocabulary *vocabulary, struct bytes code,
                             const char *otherwise)
{
    const struct word *word = vocabulary_find(vocabulary, code);

    return word == NULL ? otherwise : word->means;
}

void name_tidy(char tidy[NAME_SIZE], struct bytes name)
{
    size_t size = 0;

    for (name = text_trimmed(name); name.size > 0 && size < NAME_SIZE - 1;
         name = bytes_after(name, 1)) {
        bool curly = bytes_begin(name, "\xe2\x80\x99");
        char byte = curly ? '\'' : (char)name.data[0];
        if (curly)
            name = bytes_after(name, 2);
        if (byte >= 'A' && byte <= 'Z')
            byte = (char)(byte - 'A' + 'a');
        if (byte == '_' || byte == '-')
            byte = ' ';
        if (byte != ' ' || (size > 0 && tidy[size - 1] != ' '))
            tidy[size++] = byte;
    }
    tidy[size] = '\0';
}

enum likeness { UNLIKE, BEGINS, SAME };

static enum likeness likeness_of(const char *name, const char *typed)
{
    char tidy[NAME_SIZE];
    size_t size = strlen(typed);

    name_tidy(tidy, bytes_of_text(name));
    if (strcmp(tidy, typed) == 0)
        return SAME;
    return size >= WORD_BEGINNING && strncmp(tidy, typed, size) == 0 ? BEGINS : UNLIKE;
}

static enum likeness word_likeness(const struct word *word, const char *typed)
{
    enum likeness code = likeness_of(word->code, typed);
    enum likeness means = likeness_of(word->means, typed);

    return code > means ? code : means;
}

const struct word *vocabulary_meant(const struct vocabulary *vocabulary, struct bytes typed)
{
    const struct word *meant = NULL;
    char tidy[NAME_SIZE];
    size_t several = 0;

    name_tidy(tidy, typed);
    for (size_t i = 0; i < vocabulary->count; i++) {
        enum likeness likeness = word_likeness(&vocabulary->words[i], tidy);
        if (likeness == SAME)
            return &vocabulary->words[i];
        if (likeness == BEGINS && several++ == 0)
            meant = &vocabulary->words[i];
    }
    return several == 1 ? meant : NULL;
}

/* By what they mean, where no code is near. */
static const char *nearest_meaning(const struct vocabulary *vocabulary, struct bytes typed)
{
    char wrong[NAME_SIZE], tidy[NAME_SIZE];
    const char *code = NULL;

    name_tidy(wrong, typed);
    struct guess guess = guess_of(bytes_of_text(wrong));
    for (size_t i = 0; i < vocabulary->count; i++) {
        unsigned before = guess.distance;
        name_tidy(tidy, bytes_of_text(vocabulary->words[i].means));
        guess_offer(&guess, tidy);
        if (guess.distance < before)
            code = vocabulary->words[i].code;
    }
    return code;
}

static void list_codes(const struct vocabulary *vocabulary, const char *beginning,
                       struct buffer *list)
{
    bool any = false;

    for (size_t i = 0; i < vocabulary->count; i++) {
        if (word_likeness(&vocabulary->words[i], beginning) == UNLIKE)
            continue;
        buffer_printf(list, "%s%s", any ? ", " : "", vocabulary->words[i].code);
        any = true;
    }
}

void vocabulary_advise(const struct vocabulary *vocabulary, struct bytes typed,
                       struct buffer *advice)
{
    struct buffer alike = {0};
    char tidy[NAME_SIZE];

    name_tidy(tidy, typed);
    list_codes(vocabulary, tidy, &alike);
    const char *near = alike.size > 0 ? NULL : vocabulary_nearest(vocabulary, typed);
    if (near == NULL && alike.size == 0)
        near = nearest_meaning(vocabulary, typed);
    if (alike.size > 0)
        buffer_printf(advice, "it may be one of %s: write more of it", buffer_text(&alike));
    else if (near != NULL)
        buffer_printf(advice, "did you mean \"%s\"?", near);
    else if (vocabulary->count > WORDS_TO_LIST)
        buffer_printf(advice, "candour lesson new --all lists all %zu", vocabulary->count);
    else
        buffer_append_text(advice, "it is one of ");
    for (size_t i = 0; i < vocabulary->count && alike.size == 0 && near == NULL &&
                       vocabulary->count <= WORDS_TO_LIST;
         i++)
        buffer_printf(advice, "%s%s", i == 0 ? "" : ", ", vocabulary->words[i].code);
    buffer_release(&alike);
}

const char *vocabulary_nearest(const struct vocabulary *vocabulary, struct bytes code)
{
    struct guess guess = guess_of(code);

    for (size_t i = 0; i < vocabulary->count; i++)
        guess_offer(&guess, vocabulary->words[i].code);
    return guess.best;
}
