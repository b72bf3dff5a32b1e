#include "protocol/gate_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The names of a profile: its own, its places, bodies and people, found as whole words in any case,
 * the longest first. Between their words stand spaces, hyphens, dots or nothing that is read. */

#define RUN_LEAST 8 /* Letters of a name that is found without its spaces, too. */

struct entry {
    struct span phrase; /* Its words in small letters, a space between. */
    enum finding_class class;
    bool first;    /* The first word of a phrase, so that others are not looked for. */
    bool inside;   /* A word of a phrase, wherever in it. */
    bool mutated;  /* As Welsh changes its first letter: only in Welsh. */
    bool ordinary; /* A word of English or Welsh: only where it stands out. */
};

struct name_lists {
    struct buffer phrases;
    struct entry *slots;
    size_t slot_count, used;
    size_t most_words;
};

static struct entry *find_slot(const struct name_lists *lists, struct bytes phrase)
{
    size_t slot = (size_t)bytes_hash(phrase) & (lists->slot_count - 1);

    while (lists->slots[slot].phrase.size > 0 &&
           !bytes_equal(buffer_part(&lists->phrases, lists->slots[slot].phrase), phrase))
        slot = (slot + 1) & (lists->slot_count - 1);
    return &lists->slots[slot];
}

static struct entry *add_phrase(struct name_lists *lists, struct bytes phrase)
{
    struct entry *entry = find_slot(lists, phrase);

    if (entry->phrase.size == 0) {
        lists->used++;
        assert(lists->used < lists->slot_count);
        entry->phrase = buffer_add(&lists->phrases, phrase);
        entry->class = FINDING_CLASSES;
        entry->mutated = true;
    }
    return entry;
}

/* --- Words of a phrase --- */

/* Appends the word without its apostrophes: "St Mary's" is found as "st marys" too. Hyphens end
 * words. */
static void append_word(struct buffer *to, struct bytes small)
{
    for (size_t i = 0; i < small.size; i++)
        if (small.data[i] == '-')
            buffer_append_text(to, " ");
        else if (small.data[i] != '\'')
            buffer_append(to, bytes_of(small.data + i, 1));
}

static struct bytes read_as(const struct token *word)
{
    return word->meant.size > 0 ? word->meant : word->small;
}

static void append_words(struct buffer *to, const struct text *text, size_t first, size_t last)
{
    for (size_t i = first; i <= last; i++) {
        if (i > first)
            buffer_append_text(to, " ");
        append_word(to, read_as(&text->words[i]));
        if (text->words[i].owns && i < last)
            buffer_append_text(to, "s");
    }
}

static size_t count_words(struct bytes phrase)
{
    size_t count = 1;

    for (size_t i = 0; i < phrase.size; i++)
        count += phrase.data[i] == ' ';
    return count;
}

static void add_name(struct name_lists *lists, struct bytes phrase, enum finding_class class,
                     bool mutated, bool ordinary)
{
    const uint8_t *space = memchr(phrase.data, ' ', phrase.size);
    size_t words = count_words(phrase);
    struct entry *entry = add_phrase(lists, phrase);

    entry->mutated = mutated && entry->mutated;
    if (entry->class == FINDING_CLASSES)
        entry->class = class;
    entry->ordinary = ordinary || entry->ordinary; /* The stricter of two that are written alike. */
    if (words > lists->most_words)
        lists->most_words = words;
    add_phrase(lists, space == NULL ? phrase : bytes_of(phrase.data, (size_t)(space - phrase.data)))
        ->first = true;
    for (size_t at = 0, size; !mutated && at < phrase.size; at += size + 1) {
        const uint8_t *end = memchr(phrase.data + at, ' ', phrase.size - at);
        size = end == NULL ? phrase.size - at : (size_t)(end - phrase.data) - at;
        add_phrase(lists, bytes_of(phrase.data + at, size))->inside = true;
    }
}

static bool is_ordinary(const struct lexicon *lexicon, struct bytes phrase)
{
    return (lexicon_look_up(lexicon, phrase) & (WORD_ENGLISH | WORD_FUNCTION | WORD_WELSH)) != 0;
}

/* How Welsh changes the first letter of a name: soft, nasal, aspirate (Thorne, A Comprehensive
 * Welsh Grammar, 1993). */
static void add_mutated(struct name_lists *lists, struct bytes phrase, enum finding_class class,
                        const struct lexicon *lexicon)
{
    static const struct {
        const char *first, *instead[3];
    } changes[] = {
        {"ll", {"l"}},
        {"rh", {"r"}},
        {"c", {"g", "ngh", "ch"}},
        {"p", {"b", "mh", "ph"}},
        {"t", {"d", "nh", "th"}},
        {"g", {"", "ng"}},
        {"b", {"f", "m"}},
        {"d", {"dd", "n"}},
        {"m", {"f"}},
    };

    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        if (!bytes_begin(phrase, changes[i].first))
            continue;
        for (size_t k = 0; k < 3 && changes[i].instead[k] != NULL; k++) {
            struct buffer changed = {0};
            buffer_append_text(&changed, changes[i].instead[k]);
            buffer_append(&changed, bytes_after(phrase, strlen(changes[i].first)));
            if (changed.size > 2)
                add_name(lists, buffer_view(&changed), class, true,
                         is_ordinary(lexicon, buffer_view(&changed)));
            buffer_release(&changed);
        }
        return;
    }
}

static bool is_kind_of_council(const struct token *word)
{
    static const char *const words[] = {"council", "cyngor", "sir", "of", NULL};

    return token_is(word, WORD_COUNCIL | WORD_ARTICLE) || token_reads_one_of(word, words);
}

static void add_authority(struct name_lists *lists, struct bytes phrase,
                          const struct lexicon *lexicon)
{
    add_name(lists, phrase, FINDING_AUTHORITY, false, is_ordinary(lexicon, phrase));
    add_mutated(lists, phrase, FINDING_AUTHORITY, lexicon);
}

/* "Marlcombe" for Marlcombe Metropolitan Borough Council, and "Cyngor Cwmhelyg" for Cyngor
 * Bwrdeistref Sirol Cwmhelyg: what people say. */
static void add_short(struct name_lists *lists, const struct text *text,
                      const struct lexicon *lexicon)
{
    size_t first = 0, last = text->count;
    struct buffer phrase = {0};

    while (first < last && is_kind_of_council(&text->words[first]))
        first++;
    while (last > first && is_kind_of_council(&text->words[last - 1]))
        last--;
    if (first < last && last - first < text->count) {
        append_words(&phrase, text, first, last - 1);
        add_authority(lists, buffer_view(&phrase), lexicon);
        if (token_reads(&text->words[0], "cyngor")) {
            buffer_clear(&phrase);
            buffer_append_text(&phrase, "cyngor ");
            append_words(&phrase, text, first, last - 1);
            add_authority(lists, buffer_view(&phrase), lexicon);
        }
    }
    buffer_release(&phrase);
}

/* "hawklane": its spaces left out, where it is long. */
static void add_run_together(struct name_lists *lists, struct bytes phrase,
                             enum finding_class class)
{
    struct buffer whole = {0};

    for (size_t i = 0; i < phrase.size; i++)
        if (phrase.data[i] != ' ')
            buffer_append(&whole, bytes_of(phrase.data + i, 1));
    if (whole.size < phrase.size && whole.size >= RUN_LEAST)
        add_name(lists, buffer_view(&whole), class, false, false);
    buffer_release(&whole);
}

static void add_list(struct name_lists *lists, const struct gate_names *names,
                     enum finding_class class, const struct lexicon *lexicon)
{
    for (size_t i = 0; i < names->count; i++) {
        struct text text;
        struct buffer phrase = {0};
        text_take_apart(&text, lexicon, names->list[i]);
        if (text.count > 0) {
            append_words(&phrase, &text, 0, text.count - 1);
            if (text.words[text.count - 1].owns) /* "Sainsbury's" */
                buffer_append_text(&phrase, "s");
            add_name(lists, buffer_view(&phrase), class, false,
                     is_ordinary(lexicon, buffer_view(&phrase)));
            add_mutated(lists, buffer_view(&phrase), class, lexicon);
            add_run_together(lists, buffer_view(&phrase), class);
            if (class == FINDING_AUTHORITY)
                add_short(lists, &text, lexicon);
        }
        buffer_release(&phrase);
        text_release(&text);
    }
}

/* How many words the names may have, and more where they have other marks. */
static size_t count_parts(const struct gate_names *names)
{
    size_t count = 0;

    for (size_t i = 0; i < names->count; i++)
        for (size_t k = 0; k < names->list[i].size; k++)
            count += names->list[i].data[k] < '0';
    return count + names->count;
}

struct name_lists *name_lists_new(const struct gate_profile *profile, const struct lexicon *lexicon)
{
    struct name_lists *lists = memory_new(1, sizeof *lists);
    size_t count = 3 * profile->names.count + profile->places.count + profile->organisations.count +
                   profile->people.count;

    /* Each with at most three more in Welsh and all of their first words, an authority's own with
     * two short forms; half of the slots stay free. */
    size_t parts = count_parts(&profile->names) + count_parts(&profile->places) +
                   count_parts(&profile->organisations) + count_parts(&profile->people);
    for (lists->slot_count = 64; lists->slot_count < count * 18 + parts * 2; lists->slot_count *= 2)
        ;
    lists->slots = memory_new(lists->slot_count, sizeof *lists->slots);
    add_list(lists, &profile->names, FINDING_AUTHORITY, lexicon);
    add_list(lists, &profile->places, FINDING_PLACE, lexicon);
    add_list(lists, &profile->organisations, FINDING_ORG, lexicon);
    add_list(lists, &profile->people, FINDING_PERSON, lexicon);
    return lists;
}

void name_lists_free(struct name_lists *lists)
{
    if (lists == NULL)
        return;
    buffer_release(&lists->phrases);
    free(lists->slots);
    free(lists);
}

/* --- Typing errors in them --- */

#define MEND_LEAST 4  /* Letters of a word beside another of the lists, */
#define ALONE_LEAST 6 /* and of one that stands alone. */
#define MEND_MOST 24

static const struct entry *find_inside(const struct name_lists *lists, const char *word,
                                       size_t size)
{
    const struct entry *entry = find_slot(lists, bytes_of(word, size));

    return entry->phrase.size > 0 && entry->inside ? entry : NULL;
}

/* The word of the lists that this one is, but for the letters from `at` on that differ. */
static const struct entry *find_mended(const struct name_lists *lists, struct bytes small,
                                       size_t at)
{
    const char *text = (const char *)small.data;
    size_t rest = small.size - at;
    char copy[MEND_MOST + 2];
    const struct entry *entry;

    memcpy(copy, text, small.size);
    if (rest > 1) {
        copy[at] = text[at + 1];
        copy[at + 1] = text[at];
        if ((entry = find_inside(lists, copy, small.size)) != NULL)
            return entry;
    }
    memcpy(copy + at, text + at + 1, rest - 1);
    if ((entry = find_inside(lists, copy, small.size - 1)) != NULL)
        return entry;
    for (int letter = 'a'; letter <= 'z'; letter++) {
        memcpy(copy, text, small.size);
        copy[at] = (char)letter;
        if ((entry = find_inside(lists, copy, small.size)) != NULL)
            return entry;
        memcpy(copy + at + 1, text + at, rest);
        if ((entry = find_inside(lists, copy, small.size + 1)) != NULL)
            return entry;
    }
    memcpy(copy, text, small.size);
    for (int letter = 'a'; rest == 1 && letter <= 'z'; letter++) { /* Its last is left out. */
        copy[small.size] = (char)letter;
        if ((entry = find_inside(lists, copy, small.size + 1)) != NULL)
            return entry;
    }
    return NULL;
}

static bool is_inside(const struct name_lists *lists, const struct text *text, size_t at)
{
    return at < text->count && find_inside(lists, (const char *)text->words[at].small.data,
                                           text->words[at].small.size) != NULL;
}

/* The first letter is seldom wrong. */
static void mend(const struct name_lists *lists, const struct text *text, struct token *word)
{
    size_t at = (size_t)(word - text->words);
    bool beside = is_inside(lists, text, at + 1) || (at > 0 && is_inside(lists, text, at - 1));

    if (word->small.size < (beside ? MEND_LEAST : ALONE_LEAST) || word->small.size > MEND_MOST ||
        (!beside && word->mistyped) || word->owns || find_slot(lists, word->small)->phrase.size > 0)
        return;
    for (size_t i = 1; i < word->small.size; i++) {
        const struct entry *entry = find_mended(lists, word->small, i);
        if (entry != NULL) {
            word->meant = buffer_part(&lists->phrases, entry->phrase);
            return;
        }
    }
}

void name_lists_mend(const struct name_lists *lists, struct text *text)
{
    for (size_t i = 0; lists->used > 0 && i < text->count; i++) {
        struct token *word = &text->words[i];
        if (word->shape != SHAPE_DIGITS && word->shape != SHAPE_INITIAL &&
            !token_is(word, ~(uint32_t)(WORD_CAPITAL | WORD_FORENAME)))
            mend(lists, text, word);
    }
}

/* --- Finding them --- */

/* May one name go on from the word before to this one? */
static bool is_together(const struct text *text, size_t at)
{
    const struct token *word = &text->words[at];
    size_t gap = word->start - text->words[at - 1].end;

    if (word->after_mark == 0 || word->joined)
        return gap <= 8;
    bool ends =
        strchr(".,;:!?", word->after_mark) != NULL && text->bytes.data[word->start - 1] == ' ';
    return gap <= 3 && !ends;
}

static bool serves(const struct entry *entry, const struct text *text, size_t at)
{
    const struct token *word = &text->words[at];

    if (entry->phrase.size == 0 || entry->class == FINDING_CLASSES ||
        (entry->mutated && !text->welsh))
        return false;
    if (word->meant.size > 0 && word->meant.size < ALONE_LEAST &&
        entry->phrase.size == word->meant.size)
        return false;
    return !entry->ordinary || (word->writing == WRITING_MIXED && word->shape != SHAPE_SMALL);
}

static size_t longest_at(const struct name_lists *lists, const struct text *text, size_t at,
                         enum finding_class *class)
{
    struct buffer phrase = {0};
    size_t longest = 0;

    for (size_t last = at; last < text->count && last - at < lists->most_words; last++) {
        if (last > at && !is_together(text, last))
            break;
        buffer_clear(&phrase);
        append_words(&phrase, text, at, last);
        const struct entry *entry = find_slot(lists, buffer_view(&phrase));
        if (text->words[last].owns && !serves(entry, text, at)) { /* "Sainsbury's" */
            buffer_append_text(&phrase, "s");
            entry = find_slot(lists, buffer_view(&phrase));
        }
        if (serves(entry, text, at)) {
            longest = last - at + 1;
            *class = entry->class;
        }
    }
    buffer_release(&phrase);
    return longest;
}

size_t name_lists_match(const struct name_lists *lists, const struct text *text, size_t at,
                        enum finding_class *class)
{
    struct buffer word = {0};
    const uint8_t *space;

    append_word(&word, read_as(&text->words[at]));
    struct bytes first = buffer_view(&word);
    if (first.size > 0 && (space = memchr(first.data, ' ', first.size)) != NULL)
        first.size = (size_t)(space - first.data);
    bool may = find_slot(lists, first)->first;
    if (!may && text->words[at].owns) {
        buffer_append_text(&word, "s");
        may = find_slot(lists, buffer_view(&word))->first;
    }
    buffer_release(&word);
    return may ? longest_at(lists, text, at, class) : 0;
}
