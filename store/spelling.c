#include "store/asked.h"

#include "protocol/lexicon.h"

#include <stdio.h>
#include <string.h>

/* Other spellings, and what was probably meant. */

#define WORD_BYTES 24 /* Longer ones are not looked at. */

/* --- British and American --- */

/* Endings and parts that are written either way; a word that has the one is tried with the other.
 */
static const struct {
    const char *one, *other;
    bool ends; /* At the end of a word only. */
} spellings[] = {
    {"isation", "ization", false}, {"ise", "ize", true},          {"ised", "ized", true},
    {"ises", "izes", true},        {"ising", "izing", true},      {"yse", "yze", true},
    {"ysed", "yzed", true},        {"ysing", "yzing", true},      {"our", "or", true},
    {"ours", "ors", true},         {"oured", "ored", true},       {"ouring", "oring", true},
    {"oural", "oral", true},       {"tre", "ter", true},          {"tres", "ters", true},
    {"ence", "ense", true},        {"ences", "enses", true},      {"ogue", "og", true},
    {"ogues", "ogs", true},        {"lled", "led", true},         {"lling", "ling", true},
    {"ller", "ler", true},         {"ilment", "illment", true},   {"amme", "am", true},
    {"ammes", "ams", true},        {"aemia", "emia", false},      {"paed", "ped", false},
    {"gement", "gment", true},     {"ageing", "aging", true},     {"iour", "ior", false},
    {"grey", "gray", false},       {"licence", "license", false}, {"practise", "practice", false},
    {"tyre", "tire", false},       {"kerb", "curb", false},       {"aluminium", "aluminum", false},
    {"mould", "mold", false},      {"cheque", "check", true},     {"enrol", "enroll", true},
};

static void try_spelling(struct bytes word, const char *from, const char *to, bool ends,
                         spelling_visit *visit, void *context)
{
    size_t size = strlen(from);
    char other[2 * WORD_BYTES + 8];

    for (size_t at = 0; at + size <= word.size; at++) {
        if (memcmp(word.data + at, from, size) != 0 || (ends && at + size != word.size))
            continue;
        int written =
            snprintf(other, sizeof other, "%.*s%s%.*s", (int)at, (const char *)word.data, to,
                     (int)(word.size - at - size), (const char *)word.data + at + size);
        visit(context, bytes_of(other, (size_t)written));
    }
}

void spelling_each(struct bytes word, spelling_visit *visit, void *context)
{
    if (word.size < 4 || word.size > WORD_BYTES)
        return;
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        try_spelling(word, spellings[i].one, spellings[i].other, spellings[i].ends, visit, context);
        try_spelling(word, spellings[i].other, spellings[i].one, spellings[i].ends, visit, context);
    }
}

/* --- What was meant --- */

/* Words are looked for in the lists of English and in the thesaurus, never among those that the
 * lessons have: a name that is withheld from them must not come back as what was probably meant. */

#define NEAR 1
#define FAR 2
#define FAR_BYTES 8 /* A word of so many may have two slips. */
#define GUESSES 64

struct guessing {
    struct bytes word;
    unsigned most; /* Slips. */
    bool is_word;  /* It is one itself. */
    struct {
        char word[WORD_BYTES + 4];
        unsigned distance;
    } guesses[GUESSES];
    size_t count;
};

static void guess_word(void *context, struct bytes candidate)
{
    struct guessing *guessing = context;
    size_t size = candidate.size, typed = guessing->word.size;

    if (size > WORD_BYTES || size + guessing->most < typed || size > typed + guessing->most ||
        candidate.data[0] != guessing->word.data[0] || memchr(candidate.data, ' ', size) != NULL ||
        memchr(candidate.data, '\'', size) != NULL)
        return;
    unsigned distance = spelling_distance(candidate, guessing->word);
    guessing->is_word = guessing->is_word || distance == 0;
    if (distance == 0 || distance > guessing->most || guessing->count == GUESSES)
        return;
    memcpy(guessing->guesses[guessing->count].word, candidate.data, size);
    guessing->guesses[guessing->count++].distance = distance;
}

static bool is_plain_word(struct bytes word)
{
    for (size_t i = 0; i < word.size; i++)
        if (word.data[i] < 'a' || word.data[i] > 'z')
            return false;
    return word.size >= 4 && word.size <= WORD_BYTES;
}

/* One slip before two, then what is in more lessons. */
static bool choose(struct store *store, const struct counted *counted,
                   const struct guessing *guessing, struct spelling *meant, struct fault *fault)
{
    unsigned best = FAR + 1;

    for (size_t i = 0; i < guessing->count; i++) {
        struct bytes word = bytes_of_text(guessing->guesses[i].word);
        struct phrase phrase = {.text = word};
        struct buffer key = {0};
        double lessons = 0;
        if (guessing->guesses[i].distance > best)
            continue;
        if (!phrase_count(store, counted, &phrase, &lessons, fault))
            return false;
        stems_write(store, word, false, &key);
        if (lessons == 0 && thesaurus_has(thesaurus_of(store), buffer_view(&key)))
            lessons = 0.5;
        buffer_release(&key);
        if (lessons == 0 || (guessing->guesses[i].distance == best && lessons <= meant->lessons))
            continue;
        best = guessing->guesses[i].distance;
        meant->lessons = lessons;
        buffer_clear(&meant->word);
        buffer_append(&meant->word, word);
    }
    return true;
}

bool spelling_correct(struct store *store, const struct counted *counted, struct bytes word,
                      struct spelling *meant, struct fault *fault)
{
    struct guessing guessing = {.word = word, .most = word.size < FAR_BYTES ? NEAR : FAR};

    meant->lessons = 0;
    buffer_clear(&meant->word);
    if (!is_plain_word(word))
        return true;
    lexicon_each((char)word.data[0], guess_word, &guessing);
    thesaurus_each_word(thesaurus_of(store), guess_word, &guessing);
    return guessing.is_word || choose(store, counted, &guessing, meant, fault);
}
