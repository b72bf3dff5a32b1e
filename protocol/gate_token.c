#include "protocol/gate_inside.h"

#include <string.h>

/* What a word is like by itself, and the marks on those that are names. */

bool token_is(const struct token *word, uint32_t kinds)
{
    return (word->kinds & kinds) != 0;
}

bool token_reads(const struct token *word, const char *small)
{
    return word->small.size > 0 && word->small.data[0] == (uint8_t)small[0] &&
           strncmp((const char *)word->small.data, small, word->small.size) == 0 &&
           small[word->small.size] == '\0';
}

bool token_reads_one_of(const struct token *word, const char *const *smalls)
{
    for (; *smalls != NULL; smalls++)
        if (token_reads(word, *smalls))
            return true;
    return false;
}

bool token_has_capital(const struct token *word)
{
    return word->shape == SHAPE_CAPITAL || word->shape == SHAPE_CAPITALS;
}

bool token_stands_out(const struct token *word)
{
    return word->writing != WRITING_MIXED || token_has_capital(word);
}

static bool has_vowel(struct bytes small)
{
    for (size_t i = 0; i < small.size; i++)
        if (small.data[i] >= 0x80 || strchr("aeiouy", small.data[i]) != NULL)
            return true;
    return false;
}

static enum likeness likeness_of_capitals(const struct token *word)
{
    if (token_is(word, WORD_ENGLISH) || word->small.size < 4)
        return LIKE_NOTHING; /* ACRONYM, or a word for emphasis. */
    return token_is(word, WORD_CAPITAL) || (word->kinds == 0 && word->small.size > 6)
               ? LIKE_NAME
               : LIKE_NOTHING;
}

enum likeness token_likeness(const struct token *word)
{
    if (word->shape == SHAPE_DIGITS || word->small.size < 2 ||
        token_is(word, WORD_SAFE | WORD_FUNCTION | WORD_GREETING | WORD_CLOSING))
        return LIKE_NOTHING;
    if (word->shape == SHAPE_CAPITALS && word->writing == WRITING_MIXED)
        return likeness_of_capitals(word);
    if (token_is(word, WORD_ENGLISH) && token_is(word, WORD_CAPITAL))
        return LIKE_EITHER;
    if (token_is(word, WORD_ENGLISH) ||
        token_is(word, WORD_HONORIFIC | WORD_ROLE | WORD_DOES | WORD_DONE))
        return LIKE_WORD;
    if (token_is(word, WORD_CAPITAL))
        return LIKE_NAME;
    if (word->writing == WRITING_MIXED)
        return word->shape == SHAPE_CAPITAL ? LIKE_NAME : LIKE_NOTHING;
    if (word->small.size <= 2 || !has_vowel(word->small))
        return LIKE_WORD;
    return word->mistyped ? LIKE_EITHER : LIKE_NAME;
}

struct token *text_at(struct text *text, size_t at)
{
    return at < text->count ? &text->words[at] : NULL;
}

struct token *text_joined_at(struct text *text, size_t at)
{
    struct token *word = text_at(text, at);

    return word != NULL && word->joined ? word : NULL;
}

bool token_links(const struct token *word)
{
    static const char *const words[] = {"and", "of",  "the",  "y",  "yr", "upon", "on",
                                        "at",  "for", "with", "in", "a",  "na",   NULL};

    return token_reads_one_of(word, words);
}

bool token_is_person(const struct token *word)
{
    return word->is_name && word->class == FINDING_PERSON;
}

/* Words of one name that are found one after the other make one finding. */
static void join_names(struct text *text, size_t at)
{
    if (at > 0 && at < text->count && text->words[at].joined && token_is_person(&text->words[at]) &&
        token_is_person(&text->words[at - 1]))
        text->words[at].begins = false;
}

void text_mark(struct text *text, size_t first, size_t last, enum finding_class class,
               const char *rule)
{
    bool free = true;

    for (size_t i = first; i <= last; i++)
        free = free && !text->words[i].is_name;
    for (size_t i = first; i <= last; i++) {
        struct token *word = &text->words[i];
        if (!word->is_name) {
            word->class = class;
            word->rule = rule;
            word->begins = free && i == first;
        }
        word->is_name = true;
    }
    join_names(text, first);
    join_names(text, last + 1);
}
