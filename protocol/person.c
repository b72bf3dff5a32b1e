#include "protocol/person.h"
#include "protocol/gate_inside.h"

#include <string.h>

#define WORDS_MAX 12

/* A name, word by word, in small letters of the plain alphabet. */
struct name {
    struct buffer letters;
    struct span words[WORDS_MAX];
    size_t first, count; /* Of the words, those that are neither title nor honour. */
};

/* --- Letters --- */

/* What a small letter with a mark is without it. */
static const struct {
    uint32_t first, last;
    const char *plain;
} plain_letters[] = {
    {0xdf, 0xdf, "ss"},
    {0xe0, 0xe5, "a"},
    {0xe6, 0xe6, "ae"},
    {0xe7, 0xe7, "c"},
    {0xe8, 0xeb, "e"},
    {0xec, 0xef, "i"},
    {0xf0, 0xf0, "d"},
    {0xf1, 0xf1, "n"},
    {0xf2, 0xf6, "o"},
    {0xf8, 0xf8, "o"},
    {0xf9, 0xfc, "u"},
    {0xfd, 0xfd, "y"},
    {0xfe, 0xfe, "th"},
    {0xff, 0xff, "y"},
    {0x100, 0x105, "a"},
    {0x106, 0x10d, "c"},
    {0x10e, 0x111, "d"},
    {0x112, 0x11b, "e"},
    {0x11c, 0x123, "g"},
    {0x124, 0x127, "h"},
    {0x128, 0x131, "i"},
    {0x132, 0x133, "ij"},
    {0x134, 0x135, "j"},
    {0x136, 0x138, "k"},
    {0x139, 0x142, "l"},
    {0x143, 0x14b, "n"},
    {0x14c, 0x151, "o"},
    {0x152, 0x153, "oe"},
    {0x154, 0x159, "r"},
    {0x15a, 0x161, "s"},
    {0x162, 0x167, "t"},
    {0x168, 0x173, "u"},
    {0x174, 0x175, "w"},
    {0x176, 0x178, "y"},
    {0x179, 0x17e, "z"},
    {0x17f, 0x17f, "s"},
    {0x251, 0x251, "a"},
    {0x261, 0x261, "g"},
    {0x2bc, 0x2bc, ""},
    {0x300, 0x36f, ""}, /* Marks that stand after their letter. */
    /* Of Greek and Cyrillic, what looks like ours, small or as a capital (Unicode's
     * confusables.txt).
     */
    {0x3b1, 0x3b1, "a"},
    {0x3b2, 0x3b2, "b"},
    {0x3b5, 0x3b5, "e"},
    {0x3b6, 0x3b6, "z"},
    {0x3b7, 0x3b7, "h"},
    {0x3b9, 0x3b9, "i"},
    {0x3ba, 0x3ba, "k"},
    {0x3bc, 0x3bc, "m"},
    {0x3bd, 0x3bd, "n"},
    {0x3bf, 0x3bf, "o"},
    {0x3c1, 0x3c1, "p"},
    {0x3c4, 0x3c4, "t"},
    {0x3c5, 0x3c5, "y"},
    {0x3c7, 0x3c7, "x"},
    {0x430, 0x430, "a"},
    {0x432, 0x432, "b"},
    {0x435, 0x435, "e"},
    {0x43a, 0x43a, "k"},
    {0x43c, 0x43c, "m"},
    {0x43d, 0x43d, "h"},
    {0x43e, 0x43e, "o"},
    {0x440, 0x440, "p"},
    {0x441, 0x441, "c"},
    {0x442, 0x442, "t"},
    {0x443, 0x443, "y"},
    {0x445, 0x445, "x"},
    {0x455, 0x455, "s"},
    {0x456, 0x456, "i"},
    {0x458, 0x458, "j"},
    {0x4bb, 0x4bb, "h"},
    {0x501, 0x501, "d"},
    {0x51b, 0x51b, "q"},
    {0x51d, 0x51d, "w"},
    {0xfb00, 0xfb00, "ff"}, /* Two in one. */
    {0xfb01, 0xfb01, "fi"},
    {0xfb02, 0xfb02, "fl"},
    {0xfb03, 0xfb03, "ffi"},
    {0xfb04, 0xfb04, "ffl"},
    {0xfb05, 0xfb06, "st"},
};

/* NULL where the character is as plain as it gets. */
static const char *plain_of(uint32_t c)
{
    for (size_t i = 0; i < sizeof plain_letters / sizeof *plain_letters; i++)
        if (c >= plain_letters[i].first && c <= plain_letters[i].last)
            return plain_letters[i].plain;
    return NULL;
}

static bool is_plain_letter(uint8_t byte)
{
    return byte >= 'a' && byte <= 'z';
}

/* Digits are no part of a name: "Ann Lee 2". */
static bool parts_words(uint8_t byte)
{
    return byte < 0x80 && !is_plain_letter(byte);
}

/* Within a word: O'Brien and OBrien, Smith-Jones and Smithjones. */
static bool is_left_out(uint8_t byte)
{
    return byte == '\'' || byte == '-';
}

/* --- Words --- */

static struct bytes word_at(const struct name *name, size_t index)
{
    return buffer_part(&name->letters, name->words[name->first + index]);
}

/* A letter that is not known, in a word of ours, is taken for any: it was chosen by its looks. */
#define ANY_LETTER '?'

static void end_word(struct name *name, size_t from)
{
    uint8_t *letters = name->letters.data;
    size_t end = from, size;
    bool ours = false;

    for (size_t at = from; at < name->letters.size; at++)
        ours = ours || is_plain_letter(letters[at]);
    for (size_t at = from; at < name->letters.size; at += size) {
        character_at(buffer_view(&name->letters), at, &size);
        if (ours && size > 1)
            letters[end++] = ANY_LETTER;
        else
            for (size_t i = 0; i < size; i++)
                letters[end++] = letters[at + i];
    }
    name->letters.size = end;
    if (end > from && name->count < WORDS_MAX)
        name->words[name->count++] = (struct span){from, end - from};
}

static bool words_equal(struct bytes a, struct bytes b)
{
    for (size_t i = 0; a.size == b.size && i < a.size; i++)
        if (a.data[i] != b.data[i] && a.data[i] != ANY_LETTER && b.data[i] != ANY_LETTER)
            return false;
    return a.size == b.size;
}

static void add_words(struct name *name, struct bytes text)
{
    size_t from = name->letters.size, size;

    for (size_t at = 0; at < text.size; at += size) {
        const char *plain = plain_of(character_at(text, at, &size));
        if (parts_words(text.data[at]) && !is_left_out(text.data[at])) {
            end_word(name, from);
            from = name->letters.size;
        } else if (plain != NULL)
            buffer_append_text(&name->letters, plain);
        else if (!is_left_out(text.data[at]))
            buffer_append(&name->letters, bytes_of(text.data + at, size));
    }
    end_word(name, from);
}

static bool is_one_of(struct bytes word, const char *const *list)
{
    for (; *list != NULL; list++)
        if (bytes_equal(word, bytes_of_text(*list)))
            return true;
    return false;
}

static void drop_titles(struct name *name)
{
    static const char *const titles[] = {
        "mr",   "mrs",  "ms",   "miss", "mx",   "dr",         "prof", "professor",  "sir", "dame",
        "lord", "lady", "revd", "rev",  "cllr", "councillor", "cyng", "cynghorydd", NULL};
    static const char *const honours[] = {"mbe", "obe", "cbe", "phd", "jr",
                                          "jnr", "snr", "ii",  "iii", NULL};

    while (name->count > 1 && is_one_of(word_at(name, 0), titles)) {
        name->first++;
        name->count--;
    }
    while (name->count > 1 && is_one_of(word_at(name, name->count - 1), honours))
        name->count--;
}

/* --- Readings --- */

static size_t size_before(struct bytes text, const char *marks)
{
    size_t size = 0;

    while (size < text.size && (text.data[size] >= 0x80 || text.data[size] == '\0' ||
                                strchr(marks, text.data[size]) == NULL))
        size++;
    return size;
}

/* What is before a comma is the surname ("Rees, J."); or all of it ("Jo Rees, team manager"),
 * unless it is a single word. */
static void read_name(struct name *name, struct bytes text, bool surname_first)
{
    struct buffer small = {0};
    struct plain plain; /* Without what nobody sees; spaces and letters of other shapes as ours. */

    plain_read(&plain, text);
    struct bytes read = buffer_view(&plain.made);
    append_small(&small, bytes_of(read.data, size_before(read, "(@")));
    plain_release(&plain);
    struct bytes whole = buffer_view(&small);
    size_t comma = size_before(whole, ",");
    if (surname_first)
        add_words(name, bytes_after(whole, comma));
    add_words(name, bytes_of(whole.data, comma));
    drop_titles(name);
    bool alone = name->count == 1 && comma < whole.size && !surname_first;
    buffer_release(&small);
    if (!alone)
        return;
    buffer_release(&name->letters);
    *name = (struct name){0};
    read_name(name, text, true);
}

/* Where one is an initial, by that: a letter, whatever its alphabet. */
static bool words_agree(struct bytes a, struct bytes b)
{
    size_t first, other;
    bool same = character_at(a, 0, &first) == character_at(b, 0, &other) ||
                a.data[0] == ANY_LETTER || b.data[0] == ANY_LETTER;

    return a.size == first || b.size == other ? same : words_equal(a, b);
}

static bool one_word_agrees(struct bytes word, const struct name *name)
{
    return words_equal(word, word_at(name, 0)) || words_equal(word, word_at(name, name->count - 1));
}

static bool names_agree(const struct name *a, const struct name *b)
{
    if (a->count == 0 || b->count == 0)
        return a->count == b->count;
    if (a->count == 1)
        return one_word_agrees(word_at(a, 0), b);
    if (b->count == 1)
        return one_word_agrees(word_at(b, 0), a);
    if (!words_equal(word_at(a, a->count - 1), word_at(b, b->count - 1)))
        return false;
    for (size_t i = 0; i + 1 < a->count && i + 1 < b->count; i++)
        if (!words_agree(word_at(a, i), word_at(b, i)))
            return false;
    return true;
}

static bool has_word(const struct name *name, struct bytes word)
{
    for (size_t i = 0; i < name->count; i++)
        if (words_equal(word, word_at(name, i)))
            return true;
    return false;
}

/* Two words and more, all of which the other has, in whatever order and beside whatever others:
 * "Officer Ann", "Team manager Ann Officer", "Ann Officer BSc". */
static bool is_within(const struct name *name, const struct name *other)
{
    for (size_t i = 0; i < name->count; i++)
        if (!has_word(other, word_at(name, i)))
            return false;
    return name->count > 1;
}

/* "AnnOfficer" */
static bool letters_agree(const struct name *a, const struct name *b)
{
    struct buffer left = {0}, right = {0};

    for (size_t i = 0; i < a->count; i++)
        buffer_append(&left, word_at(a, i));
    for (size_t i = 0; i < b->count; i++)
        buffer_append(&right, word_at(b, i));
    bool agree = left.size > 0 && words_equal(buffer_view(&left), buffer_view(&right));
    buffer_release(&left);
    buffer_release(&right);
    return agree;
}

bool names_one_person(struct bytes a, struct bytes b)
{
    bool one = false;

    for (unsigned i = 0; i < 4; i++) {
        struct name left = {0}, right = {0};
        read_name(&left, a, i & 1);
        read_name(&right, b, i & 2);
        one = one || names_agree(&left, &right) || is_within(&left, &right) ||
              is_within(&right, &left) || letters_agree(&left, &right);
        buffer_release(&left.letters);
        buffer_release(&right.letters);
    }
    return one;
}
