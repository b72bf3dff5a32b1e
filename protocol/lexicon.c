#include "protocol/lexicon.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

extern const char lexicon_own[], lexicon_list[]; /* lexicon.S */

/* --- Our own lists --- */

/* As they stand in the headings of lexicon.txt. */
static const struct {
    const char *name;
    uint32_t kind;
} kind_names[] = {
    {"capital", WORD_CAPITAL},
    {"safe", WORD_SAFE},
    {"function", WORD_FUNCTION},
    {"article", WORD_ARTICLE},
    {"honorific", WORD_HONORIFIC},
    {"title", WORD_TITLE},
    {"role", WORD_ROLE},
    {"does", WORD_DOES},
    {"be", WORD_BE},
    {"done", WORD_DONE},
    {"to", WORD_TO},
    {"greeting", WORD_GREETING},
    {"closing", WORD_CLOSING},
    {"particle", WORD_PARTICLE},
    {"street", WORD_STREET},
    {"site", WORD_SITE},
    {"group", WORD_GROUP},
    {"generic", WORD_GENERIC},
    {"where", WORD_WHERE},
    {"welsh", WORD_WELSH},
    {"welsh-place", WORD_WELSH_PLACE},
    {"welsh-site", WORD_WELSH_SITE},
    {"persona", WORD_PERSONA},
    {"council", WORD_COUNCIL},
    {"kin", WORD_KIN},
    {"name-too", WORD_NAME_TOO},
    {"in-welsh", WORD_IN_WELSH},
    {"eponym", WORD_EPONYM},
    {"forename", WORD_FORENAME},
};

static uint32_t kind_of_name(struct bytes name)
{
    for (size_t i = 0; i < sizeof kind_names / sizeof *kind_names; i++)
        if (bytes_equal(name, bytes_of_text(kind_names[i].name)))
            return kind_names[i].kind;
    assert(false); /* A heading of lexicon.txt names a kind that is none. */
    return 0;
}

/* --- A table of them --- */

struct entry {
    struct bytes word;
    uint32_t kinds;
};
#define SLOTS 32768u           /* Three times what the lists hold. */
#define LINE_SLOTS (1u << 18)  /* Half as many again as Debian's lists have.  */
#define LINES_MOST (1u << 22)  /* Their bytes: where a line begins has so many bits, */
#define MARK_SHIFT 22          /* and above them are some of its word's hash. */
#define COMMON_BITS (1u << 20) /* Ten times what is kept of common words. */
#define COMMON_END 4           /* So many letters at either end of them are kept, too. */
struct lexicon {
    struct entry slots[SLOTS];
    size_t count;
    uint32_t lines[LINE_SLOTS]; /* Where each begins, from 1 on, and a mark; 0 where none is. */
    uint8_t common[COMMON_BITS / 8]; /* The bits of each common word and of its ends are set, and
                                        few others. */
};

static const struct entry *find_hashed(const struct lexicon *lexicon, struct bytes word,
                                       uint64_t hash)
{
    size_t slot = (size_t)hash % SLOTS;

    while (lexicon->slots[slot].word.data != NULL && !bytes_equal(lexicon->slots[slot].word, word))
        slot = (slot + 1) % SLOTS;
    return &lexicon->slots[slot];
}

static const struct entry *find_entry(const struct lexicon *lexicon, struct bytes word)
{
    return find_hashed(lexicon, word, bytes_hash(word));
}

static void add_word(struct lexicon *lexicon, struct bytes word, uint32_t kinds)
{
    struct entry *entry = (struct entry *)find_entry(lexicon, word);

    lexicon->count += entry->word.data == NULL;
    assert(lexicon->count < SLOTS / 2);
    entry->word = word;
    entry->kinds |= kinds;
}

/* The kinds of a heading "[kind kind]"; `*at` is left behind it. */
static uint32_t read_heading(const char **at)
{
    uint32_t kinds = 0;

    for ((*at)++; **at != ']'; *at += strspn(*at, " ")) {
        size_t size = strcspn(*at, " ]");
        kinds |= kind_of_name(bytes_of(*at, size));
        *at += size;
    }
    (*at)++;
    return kinds;
}

/* Reads lexicon.txt: a heading tells of what kinds the words below it are. */
static void read_own(struct lexicon *lexicon)
{
    uint32_t kinds = 0;

    for (const char *at = lexicon_own; *(at += strspn(at, " \n")) != '\0';) {
        size_t size = strcspn(at, " \n");
        if (*at == '[') {
            kinds = read_heading(&at);
        } else if (*at == '#') {
            at += strcspn(at, "\n");
        } else {
            add_word(lexicon, bytes_of(at, size), kinds);
            at += size;
        }
    }
}

/* --- Debian's lists: lines in order, "grace cnw" --- */

/* Of a rare word that no other list has; beside the kinds, and never given out. */
#define RARE (1u << 31)

static uint32_t kinds_of_line(const char *line)
{
    const char *letters = strchr(line, ' ');
    uint32_t kinds = 0;

    for (; *letters != '\n' && *letters != '\0'; letters++)
        kinds |= *letters == 'w'   ? WORD_ENGLISH
                 : *letters == 'c' ? WORD_COMMON
                 : *letters == 'n' ? WORD_CAPITAL
                 : *letters == 'r' ? RARE
                                   : 0;
    return kinds;
}

/* What is kept of a common word: itself, how it begins, how it ends. */
enum part { WHOLE, FIRST_LETTERS, LAST_LETTERS };

static size_t common_bit(uint64_t hash, enum part part)
{
    return (size_t)(hash + part * UINT64_C(0x9e3779b97f4a7c15)) % COMMON_BITS;
}

static struct bytes part_of(struct bytes word, enum part part)
{
    if (part == WHOLE || word.size <= COMMON_END)
        return word;
    return bytes_of(part == FIRST_LETTERS ? word.data : word.data + word.size - COMMON_END,
                    COMMON_END);
}

static bool may_be_common(const struct lexicon *lexicon, uint64_t hash, enum part part)
{
    size_t bit = common_bit(hash, part);

    return (lexicon->common[bit / 8] >> bit % 8 & 1) != 0;
}

static void note_common(struct lexicon *lexicon, struct bytes word)
{
    for (enum part part = WHOLE; part <= LAST_LETTERS; part++) {
        size_t bit = common_bit(bytes_hash(part_of(word, part)), part);
        lexicon->common[bit / 8] |= (uint8_t)(1u << bit % 8);
    }
}

static uint32_t mark_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32) << MARK_SHIFT;
}

static void note_line(struct lexicon *lexicon, struct bytes word, size_t at)
{
    uint64_t hash = bytes_hash(word);
    size_t slot = (size_t)hash % LINE_SLOTS;

    while (lexicon->lines[slot] != 0)
        slot = (slot + 1) % LINE_SLOTS;
    lexicon->lines[slot] = (uint32_t)(at + 1) | mark_of(hash);
}

static void read_lines(struct lexicon *lexicon)
{
    size_t size, count = 0;

    for (size_t at = 0; lexicon_list[at] != '\0'; at += size + 1) {
        size = strcspn(lexicon_list + at, "\n");
        struct bytes word = bytes_of(lexicon_list + at, strcspn(lexicon_list + at, " "));
        count++;
        assert(at + 1 < LINES_MOST && count < LINE_SLOTS / 4 * 3);
        note_line(lexicon, word, at);
        if (kinds_of_line(lexicon_list + at) & WORD_COMMON)
            note_common(lexicon, word);
    }
}

static uint32_t look_up_list(const struct lexicon *lexicon, struct bytes word, uint64_t hash)
{
    size_t slot = (size_t)hash % LINE_SLOTS;

    for (uint32_t line; (line = lexicon->lines[slot]) != 0; slot = (slot + 1) % LINE_SLOTS) {
        const char *at = lexicon_list + line % LINES_MOST - 1;
        if (line - line % LINES_MOST == mark_of(hash) &&
            strncmp(at, (const char *)word.data, word.size) == 0 && at[word.size] == ' ')
            return kinds_of_line(at);
    }
    return 0;
}

struct lexicon *lexicon_new(void)
{
    struct lexicon *lexicon = memory_new(1, sizeof *lexicon);

    read_own(lexicon);
    read_lines(lexicon);
    return lexicon;
}

void lexicon_free(struct lexicon *lexicon)
{
    free(lexicon);
}

/* --- Welsh changes first letters --- */

#define CHANGED_MOST 32

/* The kinds of a word of Welsh whose first letter it may be that has changed; 0 where there is none
 * (Thorne, A Comprehensive Welsh Grammar, 1993). */
static uint32_t look_up_unchanged(const struct lexicon *lexicon, struct bytes small)
{
    static const struct {
        const char *changed, *first;
    } changes[] = {{"ngh", "c"}, {"mh", "p"}, {"nh", "t"}, {"ch", "c"}, {"ph", "p"}, {"th", "t"},
                   {"dd", "d"},  {"ng", "g"}, {"g", "c"},  {"b", "p"},  {"d", "t"},  {"f", "b"},
                   {"f", "m"},   {"m", "b"},  {"n", "d"},  {"l", "ll"}, {"r", "rh"}, {"", "g"}};
    char word[CHANGED_MOST];

    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        if (changes[i].changed[0] != '\0' && changes[i].changed[0] != (char)small.data[0])
            continue;
        size_t cut = strlen(changes[i].changed), size = strlen(changes[i].first);
        if (small.size - cut + size > sizeof word || small.size < cut + 3 ||
            !bytes_begin(small, changes[i].changed))
            continue;
        memcpy(word, changes[i].first, size);
        memcpy(word + size, small.data + cut, small.size - cut);
        uint32_t kinds = find_entry(lexicon, bytes_of(word, small.size - cut + size))->kinds;
        if ((kinds & WORD_WELSH) && (kinds & WORD_SAFE) && !(kinds & WORD_NAME_TOO))
            return kinds;
    }
    return 0;
}

uint32_t lexicon_look_up(const struct lexicon *lexicon, struct bytes small)
{
    if (small.size == 0)
        return 0;
    uint64_t hash = bytes_hash(small);
    uint32_t kinds = find_hashed(lexicon, small, hash)->kinds | look_up_list(lexicon, small, hash);
    if (kinds == RARE) /* It may be a name that nobody has heard of. */
        kinds = WORD_ENGLISH | WORD_CAPITAL;
    kinds &= ~(uint32_t)RARE;
    return kinds != 0 ? kinds : look_up_unchanged(lexicon, small);
}

void lexicon_each(char first, lexicon_visit *visit, void *context)
{
    size_t size;

    for (const char *line = lexicon_list; *line != '\0' && *line <= first; line += size + 1) {
        size = strcspn(line, "\n");
        if (*line == first && (kinds_of_line(line) & WORD_ENGLISH) != 0)
            visit(context, bytes_of(line, strcspn(line, " ")));
    }
}

/* --- Typing errors --- */

#define NEARLY_LEAST 4
#define NEARLY_MOST 24

static bool is_common(const struct lexicon *lexicon, const char *word, size_t size)
{
    uint64_t hash = bytes_hash(bytes_of(word, size));

    return may_be_common(lexicon, hash, WHOLE) &&
           (look_up_list(lexicon, bytes_of(word, size), hash) & WORD_COMMON) != 0;
}

static bool nearly_at(const struct lexicon *lexicon, struct bytes small, size_t at, char *copy)
{
    const char *text = (const char *)small.data;
    size_t rest = small.size - at;
    bool brief = small.size < LONG_SLIP;

    /* One too many; two that changed places. */
    memcpy(copy, text, at);
    memcpy(copy + at, text + at + 1, rest - 1);
    if (!brief && is_common(lexicon, copy, small.size - 1))
        return true;
    memcpy(copy, text, small.size);
    if (rest > 1) {
        copy[at] = text[at + 1];
        copy[at + 1] = text[at];
        if (is_common(lexicon, copy, small.size))
            return true;
    }
    for (int letter = 'a'; letter <= 'z'; letter++) {
        memcpy(copy, text, small.size);
        copy[at] = (char)letter;
        if (!brief && is_common(lexicon, copy, small.size))
            return true;
        memcpy(copy + at + 1, text + at, rest); /* One left out. */
        if (is_common(lexicon, copy, small.size + 1))
            return true;
    }
    return false;
}

bool lexicon_nearly(const struct lexicon *lexicon, struct bytes small)
{
    char copy[NEARLY_MOST + 2];

    if (small.size < NEARLY_LEAST || small.size > NEARLY_MOST)
        return false;
    /* The first letter is seldom wrong. Where no common word begins as this one does, it must be
     * wrong there; where none ends so, at its end. */
    bool begins = may_be_common(lexicon, bytes_hash(part_of(small, FIRST_LETTERS)), FIRST_LETTERS);
    bool ends = may_be_common(lexicon, bytes_hash(part_of(small, LAST_LETTERS)), LAST_LETTERS);
    bool brief = small.size < LONG_SLIP;
    size_t from = ends || brief ? 1 : small.size - COMMON_END - 1;
    size_t to = begins || brief ? small.size : COMMON_END;

    for (size_t at = from; at < to; at++)
        if (nearly_at(lexicon, small, at, copy))
            return true;
    return false;
}
