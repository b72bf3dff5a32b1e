#include "protocol/gate_initials.h"

#include <string.h>

/* People in short: "J. T. Smith", "Kayden B.", "(NQ)", "PN to chase", "T E N C H". */

bool is_small_initial(const struct text *text, size_t at)
{
    const struct token *word = &text->words[at], *next = word + 1;

    if (word->writing == WRITING_CAPITALS || word->small.size != 1 || at + 1 >= text->count ||
        word->shape != SHAPE_SMALL || text->bytes.data[word->end] != '.' ||
        next->start - word->end > 2 || next->own_line)
        return false;
    if (word->writing == WRITING_MIXED) /* "done by p. mensah" */
        return token_is_person(next) && next->shape == SHAPE_SMALL &&
               (word->own_line || text->bytes.data[word->start - 1] == ' ');
    bool alone =
        word->own_line && at > 0 && (at + 2 == text->count || text->words[at + 2].own_line);
    bool titled =
        at > 0 && word->joined && token_is(word - 1, WORD_HONORIFIC | WORD_TITLE | WORD_ROLE);

    return next->is_name || (next->small.size == 1 && next->shape == SHAPE_SMALL) ||
           ((alone || titled) && next->small.size > 1 && next->shape == SHAPE_SMALL &&
            !token_is(next, WORD_FUNCTION));
}

static bool is_initials(const struct token *word)
{
    return word->shape == SHAPE_CAPITALS && word->writing == WRITING_MIXED &&
           word->end - word->start <= 3 &&
           !token_is(word, WORD_SAFE | WORD_FUNCTION | WORD_HONORIFIC) &&
           !(token_is(word, WORD_ENGLISH) && word->end - word->start == 3);
}

static bool says(const struct token *next)
{
    static const char *const words[] = {"to",  "will", "would", "and",  "or",   "has", "is",
                                        "was", "had",  "still", "also", "then", NULL};

    return token_reads_one_of(next, words) || token_is(next, WORD_DOES) ||
           (token_is(next, WORD_TO) && token_ends(next, "ed"));
}

size_t letters_of_abbreviation(struct text *text, size_t at)
{
    static const char *const shorts[] = {"dob", "eg", "ie", "uk", "eu",  "ni",  "nb",
                                         "am",  "pm", "gp", "ot", "aka", "tbc", "asap"};
    char letters[8] = "";
    size_t count = 0;

    for (size_t i = at; i < text->count && text->words[i].small.size == 1 &&
                        text->words[i].shape != SHAPE_DIGITS && count < 6 &&
                        (i == at || text->words[i].start - text->words[i - 1].end <= 1);
         i++)
        letters[count++] = (char)text->words[i].small.data[0];
    const struct token *next = text_joined_at(text, at + count);
    if (next != NULL && token_reads(next, "to") && text->words[at].shape == SHAPE_INITIAL)
        return 0; /* "E.G. to apologise" */
    for (size_t i = 0; i < sizeof shorts / sizeof *shorts; i++)
        if (strcmp(shorts[i], letters) == 0)
            return count;
    return 0;
}

static bool is_initial(const struct token *word)
{
    return word->small.size == 1 && (word->shape == SHAPE_INITIAL || word->shape == SHAPE_CAPITAL);
}

/* "J said", "K's mum", "spoke to M.", "when they came, M had gone" */
static bool initial_acts(struct text *text, size_t at)
{
    const struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);

    if (word->writing != WRITING_MIXED || token_reads(word, "i") || token_reads(word, "a"))
        return false;
    if (word->joined && token_is(word - 1, WORD_TO) && word->shape == SHAPE_INITIAL)
        return true;
    if (next == NULL)
        return word->joined && person_is_turned_to(text, at - 1);
    if (word->joined && (token_stands_out(word - 1) || token_is(word - 1, WORD_GENERIC)))
        return false;
    if (word->owns)
        return token_is(next, WORD_KIN | WORD_ROLE);
    return next->shape == SHAPE_SMALL &&
           (token_is(next, WORD_DOES) ||
            (token_is(next, WORD_BE) && !word->joined && !word->own_line));
}

/* "SW: T BROOK", "L Price attended" */
static bool before_surname_alone(struct text *text, size_t at)
{
    const struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);

    return word->shape == SHAPE_INITIAL && next != NULL && !token_reads(word, "i") &&
           !token_reads(word, "a") && token_has_capital(next) &&
           token_likeness(next) == LIKE_EITHER &&
           (!word->joined || token_is(word - 1, WORD_ROLE | WORD_KIN));
}

/* "nq asked", "HK HAS": two letters that are no word. */
static bool is_small_initials(const struct token *word)
{
    return word->writing != WRITING_MIXED && word->kinds == 0 && word->small.size == 2 &&
           word->shape != SHAPE_DIGITS;
}

/* The last line, or what comes after the last full stop: "I wrote it tonight. NB" */
static bool signs_in_short(const struct text *text, size_t at)
{
    const struct token *word = &text->words[at];
    size_t size = word->end - word->start;
    bool two = word->shape == SHAPE_CAPITALS && size == 2 && !token_reads(word, "ok");

    return at + 1 == text->count && at > 0 && word->writing == WRITING_MIXED &&
           ((two && (word->own_line || person_signs(text, at))) ||
            (word->own_line && word->shape == SHAPE_INITIAL)) &&
           text->bytes.size - word->end <= 1;
}

/* "spoke to TB", "agreed with RS" */
static bool is_dealt_with(const struct text *text, size_t at)
{
    static const char *const to[] = {"to", "with", "from", NULL};

    return at > 1 && text->words[at].joined && text->words[at - 1].joined &&
           (person_is_turned_to(text, at - 1) || (token_reads_one_of(&text->words[at - 1], to) &&
                                                  token_ends(&text->words[at - 2], "ed")));
}

/* "told JB", "agreed with TB": they are spoken to, whatever else the letters may be short for. */
static bool initials_are_addressed(const struct text *text, size_t at)
{
    static const char *const things[] = {"tb", "tv", "nb", "bp", "cd", "am", "pm", "mp", NULL};
    const struct token *word = &text->words[at];

    return at > 0 && word->joined && word->end - word->start == 2 &&
           (token_is(word - 1, WORD_TO) || is_dealt_with(text, at)) &&
           (is_initials(word) || is_small_initials(word) ||
            (word->shape == SHAPE_CAPITALS && token_reads_one_of(word, things)));
}

/* "JB rang", "JB's", "by JB", "SW: JB", "JB and KM" */
static bool initials_act(struct text *text, size_t at)
{
    const struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);
    const struct token *before = at > 0 && word->joined ? word - 1 : NULL;
    static const char *const of_meetings[] = {"chaired",    "chairing", "minuted",
                                              "apologised", "thanked",  NULL}; /* "RLJ chaired" */

    if (word->end - word->start == 3)
        return next != NULL && token_reads_one_of(next, of_meetings);
    if (word->end - word->start != 2)
        return false;
    if ((next != NULL && says(next)) || word->after_mark == ':' || word->after_mark == '/' ||
        word->owns)
        return true;
    if (before == NULL)
        return false;
    static const char *const signs[] = {"approved", "authorised", "checked", "completed", "by",
                                        "logged",   "reviewed",   "signed",  NULL};
    return token_reads_one_of(before, signs) || token_is(before, WORD_ROLE) ||
           (at > 1 && before->joined && token_links(before) && word[-2].is_name &&
            word[-2].shape == SHAPE_CAPITALS);
}

static bool initials_name(struct text *text, size_t at)
{
    const struct token *word = &text->words[at];
    const struct token *next = text_at(text, at + 1);
    bool ends_line = next == NULL || next->own_line;
    bool alone = at > 0 && word->own_line && ends_line;
    bool labelled = at > 0 && word->after_mark == ':' && token_reads(word - 1, "initials") &&
                    word->shape == SHAPE_CAPITALS; /* "Officer initials: KJD" */

    if (signs_in_short(text, at) || initials_are_addressed(text, at) || labelled)
        return true;
    bool listed = at > 0 && word->after_mark == ',' && token_is_person(word - 1) &&
                  word->end - word->start == 2 &&
                  (ends_line || next->bracketed || next->after_mark == ',');
    return (is_initials(word) || is_small_initials(word)) &&
           (alone || listed || (word->bracketed && at > 0 && word[-1].is_name) ||
            initials_act(text, at) || person_speaks_again(text, at));
}

/* "Plan C. We" */
static bool ends_term(const struct text *text, size_t at)
{
    const struct token *word = &text->words[at];

    return at > 0 && word->joined && token_has_capital(word - 1) &&
           token_likeness(word - 1) < LIKE_EITHER;
}

/* "Jayden b. 1 Oct" */
static bool text_is_followed_by_digits(const struct text *text, size_t at)
{
    return at + 1 < text->count && !text->words[at + 1].own_line &&
           text->words[at + 1].shape == SHAPE_DIGITS;
}

/* "Ieuan m.", "gareth p says" */
static bool is_letter_of_name(const struct text *text, size_t at)
{
    const struct token *word = &text->words[at];

    return at > 0 && word->joined && word->small.size == 1 && word->shape == SHAPE_SMALL &&
           word->small.data[0] >= 'b' && strchr("eioyvx", word->small.data[0]) == NULL &&
           token_is_person(word - 1) && !word[-1].owns &&
           !(word->small.data[0] == 'b' && text_is_followed_by_digits(text, at)) &&
           (word->end == text->bytes.size || strchr(" .,\n)", text->bytes.data[word->end]) != NULL);
}

/* "J said", "M (16)", "Kayden B" */
static bool letter_names(struct text *text, size_t at)
{
    const struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);
    bool small = word->writing == WRITING_SMALL && word->shape == SHAPE_SMALL &&
                 word->small.size == 1 && strchr("aeioy", word->small.data[0]) == NULL;
    bool letter = word->shape == SHAPE_INITIAL || small || is_letter_of_name(text, at);
    bool beside = (next != NULL && next->is_name) || (at > 0 && word->joined && word[-1].is_name);
    bool article = token_reads(word, "a") && word->opens && at + 1 < text->count && !word[1].begins;
    bool spaced = word->end < text->bytes.size && text->bytes.data[word->end] == ' ';

    if (letter && beside && !article && !token_reads(word, "i"))
        return true;
    return is_initial(word) &&
           (initial_acts(text, at) ||
            (letter && spaced && !ends_term(text, at) && person_is_aged(text, at)));
}

static void find_initials_by_signs(struct text *text)
{
    static const char *const doubles[] = {"ll", "rh", "ch", "th", "dd", "ff", NULL}; /* Of Welsh. */

    for (size_t i = 0; i < text->count; i++) {
        i += letters_of_abbreviation(text, i);
        if (i >= text->count)
            return;
        const struct token *word = &text->words[i], *next = text_joined_at(text, i + 1);
        bool dot =
            word->shape == SHAPE_INITIAL && next != NULL && text->bytes.data[word->end] == '.';
        bool dotted = dot && next->shape == SHAPE_INITIAL && next->start - word->end <= 2;
        bool signs =
            dot && !ends_term(text, i) && token_has_capital(next) && !token_is(next, WORD_FUNCTION);
        bool doubled = i + 1 < text->count && token_reads_one_of(word, doubles) &&
                       text->bytes.data[word->end] == '.' && word->shape == SHAPE_CAPITAL &&
                       token_is_person(word + 1) && word[1].start - word->end <= 2;
        if (doubled || dotted || signs || before_surname_alone(text, i) ||
            is_small_initial(text, i))
            text_mark(text, i, i + 1, FINDING_PERSON, "initials");
        else if (letter_names(text, i) || initials_name(text, i))
            text_mark(text, i, i, FINDING_PERSON, "initials");
    }
}

/* "T E N C H" */
#define SPELT_LEAST 4

static void find_spelt(struct text *text)
{
    for (size_t i = 0, last; i < text->count; i = last + 1) {
        for (last = i; text->words[i].shape == SHAPE_INITIAL &&
                       text_joined_at(text, last + 1) != NULL &&
                       text->words[last + 1].shape == SHAPE_INITIAL;)
            last++;
        if (last + 1 >= i + SPELT_LEAST)
            text_mark(text, i, last, FINDING_PERSON, "spelt");
    }
}

/* "TV had not had them", where "Ms T. Vu" was there: the initials of one who was named. */
static bool are_initials_of(const struct text *text, struct bytes small)
{
    for (size_t i = 0; i + 1 < text->count; i++) {
        const struct token *first = &text->words[i], *last = first + 1;
        bool name = token_is_person(first) && token_is_person(last) && last->joined &&
                    !last->begins && (token_has_capital(first) || first->shape == SHAPE_INITIAL) &&
                    token_has_capital(last) && last->small.size > 1 &&
                    !token_is(first, WORD_HONORIFIC | WORD_TITLE);
        if (name && first->small.data[0] == small.data[0] && last->small.data[0] == small.data[1])
            return true;
    }
    return false;
}

static void find_initials_of_named(struct text *text)
{
    static const char *const other[] = {"sw", "no", "na", "ok", "ot", "gp", "uk", "ni", NULL};

    for (size_t i = 0; text->count <= REPEATS_MOST && i < text->count; i++) {
        const struct token *word = &text->words[i];
        if (!word->is_name && word->shape == SHAPE_CAPITALS && word->writing == WRITING_MIXED &&
            word->end - word->start == 2 && word->small.size == 2 &&
            !token_reads_one_of(word, other) && !text_before_digits(text, i) &&
            !text_after_article(text, i) && are_initials_of(text, word->small))
            text_mark(text, i, i, FINDING_PERSON, "initials");
    }
}

void find_initials(struct text *text)
{
    find_initials_by_signs(text);
    find_initials_of_named(text);
    find_spelt(text);
}
