#include "protocol/gate_inside.h"

#include <stdlib.h>
#include <string.h>

/* A text, word by word. */

/* --- Letters --- */

uint32_t character_at(struct bytes text, size_t at, size_t *size)
{
    const uint8_t *byte = text.data + at;

    *size = byte[0] < 0x80 ? 1 : byte[0] < 0xe0 ? 2 : byte[0] < 0xf0 ? 3 : 4;
    switch (*size) {
    case 1:
        return byte[0];
    case 2:
        return (byte[0] & 0x1fu) << 6 | (byte[1] & 0x3fu);
    case 3:
        return (byte[0] & 0x0fu) << 12 | (byte[1] & 0x3fu) << 6 | (byte[2] & 0x3fu);
    default:
        return (byte[0] & 0x07u) << 18 | (byte[1] & 0x3fu) << 12 | (byte[2] & 0x3fu) << 6 |
               (byte[3] & 0x3fu);
    }
}

static bool is_in(uint32_t character, uint32_t first, uint32_t last)
{
    return character >= first && character <= last;
}

static bool is_letter(uint32_t c)
{
    return is_in(c | 0x20, 'a', 'z') || is_in(c, 0xc0, 0xd6) || is_in(c, 0xd8, 0xf6) ||
           is_in(c, 0xf8, 0x24f) || is_in(c, 0x300, 0x1fff) || is_in(c, 0x2c00, 0x2dff) ||
           is_in(c, 0x3040, 0xd7ff);
}

/* As Unicode maps them (UnicodeData.txt), in the scripts and up to the letters said. */
static uint32_t small_of(uint32_t c)
{
    if (is_in(c, 'A', 'Z') || is_in(c, 0xc0, 0xd6) || is_in(c, 0xd8, 0xde) ||
        is_in(c, 0x391, 0x3a9) || is_in(c, 0x410, 0x42f))
        return c + 32;
    if (is_in(c, 0x100, 0x137) || is_in(c, 0x14a, 0x177) || is_in(c, 0x200, 0x233))
        return c | 1;
    if (is_in(c, 0x139, 0x148) || is_in(c, 0x179, 0x17e))
        return c + (c & 1);
    if (c == 0x178)
        return 0xff;
    return is_in(c, 0x400, 0x40f) ? c + 80 : c;
}

static void append_character(struct buffer *to, uint32_t c)
{
    if (c < 0x80)
        buffer_append(to, bytes_of(&(uint8_t){(uint8_t)c}, 1));
    else
        buffer_append(
            to, bytes_of((uint8_t[]){(uint8_t)(0xc0 | c >> 6), (uint8_t)(0x80 | (c & 0x3f))}, 2));
}

/* As many letters of ASCII as are made small in one go. */
#define SMALL_AT_ONCE 32

static size_t append_small_ascii(struct buffer *to, struct bytes letters)
{
    uint8_t small[SMALL_AT_ONCE];
    size_t size = 0;

    for (; size < letters.size && size < sizeof small && letters.data[size] < 0x80; size++)
        small[size] = (uint8_t)small_of(letters.data[size]);
    buffer_append(to, bytes_of(small, size));
    return size;
}

void append_small(struct buffer *to, struct bytes letters)
{
    size_t size;

    for (size_t at = 0; at < letters.size; at += size) {
        size = append_small_ascii(to, bytes_after(letters, at));
        if (size > 0)
            continue;
        uint32_t c = character_at(letters, at, &size);
        if (c == 0x2019)
            buffer_append_text(to, "'");
        else if (c < 0x800)
            append_character(to, small_of(c));
        else
            buffer_append(to, bytes_of(letters.data + at, size));
    }
}

static bool is_apostrophe(uint32_t c)
{
    return c == '\'' || c == 0x2019;
}

/* --- One word --- */

/* Letters and digits, with apostrophes and hyphens between them. */
static size_t end_of_word(struct bytes text, size_t at)
{
    size_t size, next;

    while (at < text.size) {
        uint32_t c = character_at(text, at, &size);
        if (!is_letter(c) && !is_in(c, '0', '9')) {
            if (!is_apostrophe(c) && c != '-')
                break;
            if (at + size >= text.size || !is_letter(character_at(text, at + size, &next)))
                break;
        }
        at += size;
    }
    return at;
}

static enum shape shape_of(struct bytes word)
{
    size_t size, letters = 0, capitals = 0;

    for (size_t at = 0; at < word.size; at += size) {
        uint32_t c = character_at(word, at, &size);
        if (is_in(c, '0', '9'))
            return SHAPE_DIGITS;
        letters += is_letter(c);
        capitals += is_letter(c) && small_of(c) != c;
    }
    if (capitals == 0)
        return SHAPE_SMALL;
    if (letters == 1)
        return SHAPE_INITIAL;
    return capitals == letters ? SHAPE_CAPITALS : SHAPE_CAPITAL;
}

/* The word without 's, or the apostrophe of a plural: "Jones's", "the twins'". */
static size_t end_without_s(struct bytes text, size_t start, size_t end)
{
    if (end - start > 2 && (text.data[end - 1] | 0x20) == 's') {
        if (text.data[end - 2] == '\'')
            return end - 2;
        if (end - start > 4 && memcmp(text.data + end - 4, "\xe2\x80\x99", 3) == 0)
            return end - 4;
    }
    return end;
}

/* Welsh joins short words to the one before: "Safonau'r", "newidiwyd'n". */
static struct bytes without_joined(struct bytes small)
{
    if (small.size > 3 && small.data[small.size - 2] == '\'' &&
        strchr("rniuw", small.data[small.size - 1]) != NULL)
        small.size -= 2;
    return small;
}

/* --- Words that are made of others --- */

#define MADE_LEAST 8
#define MADE_MOST 64 /* A longer one is none, and each of its letters costs all before it. */

static bool is_word(const struct lexicon *lexicon, struct bytes word)
{
    uint32_t kinds = lexicon_look_up(lexicon, word);

    return word.size > 2 && (kinds & WORD_ENGLISH) != 0 && !(kinds & WORD_DOES);
}

static bool ends_with(struct bytes word, const char *end)
{
    size_t size = strlen(end);

    return word.size > size && memcmp(word.data + word.size - size, end, size) == 0;
}

static bool ends_with_one_of(struct bytes word, const char *const *ends)
{
    for (; *ends != NULL; ends++)
        if (ends_with(word, *ends))
            return true;
    return false;
}

/* The second of two parts of a word: long enough, and not what names of places and people end
 * with. */
static bool is_part(const struct lexicon *lexicon, struct bytes word)
{
    static const char *const of_places[] = {"mere",  "haven", "water", "stead",   "port",  "land",
                                            "lands", "side",  "wick",  "well",    "wells", "worth",
                                            "head",  "foot",  "pool",  "minster", "mouth", "bottom",
                                            "more",  "wall",  "keep",  "weather", NULL};
    uint32_t kinds = lexicon_look_up(lexicon, word);

    return word.size > 3 && (kinds & WORD_COMMON) != 0 &&
           !(kinds & (WORD_CAPITAL | WORD_STREET | WORD_DOES | WORD_TO)) &&
           !ends_with_one_of(word, of_places);
}

static const char *const prefixes[] = {
    "re",   "de",   "un",  "pre",   "post", "mis",   "over",  "under", "out",   "off",
    "on",   "up",   "co",  "non",   "sub",  "tele",  "micro", "inter", "multi", "anti",
    "semi", "self", "mid", "cyber", "bio",  "trans", "super", "hyper", "down",  NULL};

static bool is_prefix(struct bytes word)
{
    for (size_t i = 0; prefixes[i] != NULL; i++)
        if (bytes_equal(word, bytes_of_text(prefixes[i])))
            return true;
    return false;
}

/* What nouns of things end with. */
static const char *const noun_ends[] = {"ing",   "ings",  "tion", "tions", "sion", "sions", "ment",
                                        "ments", "ness",  "ity",  "ship",  "ance", "ence",  "ancy",
                                        "ency",  "ology", "able", "ised",  "ally", NULL};

/* "rebanding", "enablement": a word with one of the ends of words. */
static bool is_bent(const struct lexicon *lexicon, struct bytes small)
{
    static const char *const ends[] = {"ing",  "ings", "ed",   "ment", "ments", "ness",
                                       "able", "less", "ship", "ise",  "ised",  NULL};
    struct bytes stem = small;

    for (size_t i = 0; ends[i] != NULL; i++) {
        stem.size = small.size - strlen(ends[i]);
        if (ends_with(small, ends[i]) && stem.size > 3 &&
            (lexicon_look_up(lexicon, stem) & WORD_COMMON))
            return true;
    }
    stem.size = small.size - 1; /* Plurals of rare words. */
    return ends_with(small, "s") && (lexicon_look_up(lexicon, stem) & WORD_ENGLISH) != 0;
}

/* "Onboarding", "Underspends", "Lockdown", "Streetlighting", "Reprofiling": a word that no list has
 * is made of two that are on one, or of one and a prefix or an end. */
static bool is_made(const struct lexicon *lexicon, struct bytes small)
{
    static const char *const ends[] = {"down",  "downs", "off",   "offs", "out", "outs", "over",
                                       "overs", "back",  "backs", "up",   "ups", NULL};

    if (small.size < MADE_LEAST || small.size > MADE_MOST)
        return false;
    for (size_t i = 0; prefixes[i] != NULL; i++) {
        struct bytes rest = bytes_begin(small, prefixes[i])
                                ? bytes_after(small, strlen(prefixes[i]))
                                : bytes_of(small.data, 0);
        uint32_t kinds = rest.size > 3 ? lexicon_look_up(lexicon, rest) : 0;
        if (((kinds & WORD_ENGLISH) && !(kinds & (WORD_CAPITAL | WORD_STREET))) ||
            (rest.size > 5 && is_bent(lexicon, rest)))
            return true;
    }
    for (size_t i = 0; ends[i] != NULL; i++)
        if (ends_with(small, ends[i]) && small.size > strlen(ends[i]) + 2 &&
            is_word(lexicon, bytes_of(small.data, small.size - strlen(ends[i]))))
            return true;
    for (size_t at = 3; at + 4 <= small.size; at++)
        if (is_word(lexicon, bytes_of(small.data, at)) && is_part(lexicon, bytes_after(small, at)))
            return true;
    return is_bent(lexicon, small);
}

/* It may be a name that happens to be made so: what stands beside it tells; but none ends as nouns
 * do. */
static uint32_t kinds_of_made(const struct lexicon *lexicon, struct bytes small)
{
    if (!is_made(lexicon, small))
        return 0;
    return ends_with_one_of(small, noun_ends) || ends_with(small, "s")
               ? WORD_ENGLISH
               : WORD_ENGLISH | WORD_CAPITAL;
}

/* Where every part between hyphens is safe, the whole is. */
static uint32_t kinds_of_parts(const struct lexicon *lexicon, struct bytes small)
{
    uint32_t all = WORD_ENGLISH | WORD_SAFE | WORD_FUNCTION | WORD_EPONYM, safe = 0;
    size_t from = 0;

    for (size_t at = 0; at <= small.size; at++) {
        if (at < small.size && small.data[at] != '-')
            continue;
        struct bytes part = bytes_of(small.data + from, at - from);
        uint32_t kinds = lexicon_look_up(lexicon, part);
        bool prefix = from == 0 && is_prefix(part); /* "Co-production" */
        if (!(kinds & all) && at - from > 1 && !prefix && !is_made(lexicon, part))
            return 0;
        safe |= kinds & WORD_SAFE;
        from = at + 1;
    }
    return safe | WORD_ENGLISH;
}

/* A forename or surname, and no word. */
static bool is_only_name(const struct lexicon *lexicon, struct bytes word)
{
    uint32_t kinds = lexicon_look_up(lexicon, word);

    return (kinds & WORD_CAPITAL) &&
           ((kinds & WORD_FORENAME) || !(kinds & ~(uint32_t)WORD_CAPITAL));
}

/* "michellesays", "andalasdair", "catrionas": a name, and a word that it ran into. */
static bool is_name_run_on(const struct lexicon *lexicon, struct bytes small)
{
    static const char *const after[] = {"s",    "is",   "has",   "was",  "had",  "and", "not",
                                        "on",   "in",   "at",    "to",   "for",  "yn",  "wedi",
                                        "says", "said", "asked", "came", "from", "who", "where",
                                        "will", "can",  "born",  "pls",  NULL};
    static const char *const before[] = {"and", "from", "with", "son", "for", "told", NULL};

    for (size_t i = 0; after[i] != NULL; i++) {
        size_t size = strlen(after[i]);
        if (small.size >= size + 4 && ends_with(small, after[i]) &&
            is_only_name(lexicon, bytes_of(small.data, small.size - size)))
            return true;
    }
    for (size_t i = 0; before[i] != NULL; i++)
        if (small.size >= strlen(before[i]) + 4 && bytes_begin(small, before[i]) &&
            is_only_name(lexicon, bytes_after(small, strlen(before[i]))))
            return true;
    return false;
}

/* "ODWYER" */
static bool is_irish(const struct lexicon *lexicon, struct bytes small)
{
    return small.size > 5 && small.data[0] == 'o' &&
           lexicon_look_up(lexicon, bytes_after(small, 1)) == WORD_CAPITAL;
}

static uint32_t kinds_of(const struct lexicon *lexicon, struct bytes small)
{
    uint32_t kinds = lexicon_look_up(lexicon, small);

    if (kinds == 0)
        kinds = lexicon_look_up(lexicon, without_joined(small));
    if (kinds == 0 && memchr(small.data, '-', small.size) != NULL)
        kinds = kinds_of_parts(lexicon, small);
    if (kinds == 0)
        kinds = kinds_of_made(lexicon, small);
    return kinds == 0 && (is_name_run_on(lexicon, small) || is_irish(lexicon, small)) ? WORD_CAPITAL
                                                                                      : kinds;
}

static void add_word(struct text *text, size_t start, size_t end)
{
    struct bytes whole = bytes_of(text->bytes.data + start, end - start);

    if ((text->count & (text->count - 1)) == 0) /* Twice as long whenever it is full. */
        text->words =
            memory_grow(text->words, text->count == 0 ? 1 : 2 * text->count, sizeof *text->words);
    struct token *word = &text->words[text->count++];
    *word = (struct token){.start = start, .shape = shape_of(whole)};
    word->end = end_without_s(text->bytes, start, end);
    word->owns = word->end != end;
}

/* Where one word goes on into another: "toMaria", "MrsSmith", "11Gallows", if the whole is no word
 * and the first is one that stands before names; `end` where it is one alone. */
static size_t end_of_first(const struct lexicon *lexicon, struct bytes text, size_t start,
                           size_t end)
{
    const uint32_t before =
        WORD_FUNCTION | WORD_HONORIFIC | WORD_TO | WORD_DOES | WORD_ROLE | WORD_WHERE;
    struct buffer small = {0};
    size_t inside = start + 1;
    bool digits = is_in(text.data[start], '0', '9');

    while (inside < end &&
           (digits ? is_in(text.data[inside], '0', '9') : is_in(text.data[inside], 'a', 'z')))
        inside++;
    if (inside + 3 > end || !is_in(text.data[inside], 'A', 'Z') ||
        !is_in(text.data[inside + 1], 'a', 'z') || !is_in(text.data[inside + 2], 'a', 'z'))
        return end;
    append_small(&small, bytes_of(text.data + start, end - start));
    struct bytes whole = buffer_view(&small);
    uint32_t needed = is_in(text.data[start], 'A', 'Z') ? WORD_HONORIFIC : before; /* YouTube */
    bool parted =
        lexicon_look_up(lexicon, whole) == 0 &&
        (digits || (inside > start + 1 &&
                    (lexicon_look_up(lexicon, bytes_of(whole.data, inside - start)) & needed)));
    buffer_release(&small);
    return parted ? inside : end;
}

static void split_words(struct text *text, const struct lexicon *lexicon)
{
    size_t size;

    for (size_t at = 0; at < text->bytes.size; at += size) {
        uint32_t c = character_at(text->bytes, at, &size);
        if (!is_letter(c) && !is_in(c, '0', '9'))
            continue;
        size_t end = end_of_first(lexicon, text->bytes, at, end_of_word(text->bytes, at));
        add_word(text, at, end);
        size = end - at;
    }
}

static void look_up_words(struct text *text, const struct lexicon *lexicon)
{
    struct span *spans = memory_new(text->count, sizeof *spans);

    for (size_t i = 0; i < text->count; i++) {
        const struct token *word = &text->words[i];
        size_t at = text->small.size;
        append_small(&text->small,
                     bytes_of(text->bytes.data + word->start, word->end - word->start));
        spans[i] = (struct span){at, text->small.size - at};
    }
    for (size_t i = 0; i < text->count; i++) {
        text->words[i].small = buffer_part(&text->small, spans[i]);
        if (text->words[i].shape != SHAPE_DIGITS)
            text->words[i].kinds = kinds_of(lexicon, text->words[i].small);
    }
    free(spans);
}

/* --- Between the words --- */

static bool ends_sentence(uint32_t c)
{
    return c == '.' || c == '!' || c == '?' || c == ':' || c == ';' || c == '\n' || c == '"' ||
           c == 0x201c || c == 0x2018 || c == 0x2022 || c == '*' || c == '|' || c == 0x2013 ||
           c == 0x2014 || c == '/';
}

/* "So do I. Costed at", "Annex C. Mark it": no initial of a name. */
static bool ends_as_letter(const struct token *letter)
{
    static const char *const lettered[] = {
        "annex", "appendix", "plan",   "option",  "part",      "section", "schedule",
        "band",  "grade",    "type",   "table",   "block",     "unit",    "room",
        "tier",  "category", "item",   "vitamin", "hepatitis", "column",  "exhibit",
        "phase", "zone",     "figure", "form",    NULL};

    if (!letter->joined || letter->shape != SHAPE_INITIAL)
        return false;
    return token_reads(letter, "i") ? letter[-1].shape == SHAPE_SMALL
                                    : token_reads_one_of(letter - 1, lettered);
}

static void read_gap(struct text *text, size_t i)
{
    struct token *word = &text->words[i];
    const struct token *before = i == 0 ? NULL : word - 1;
    size_t at = before == NULL ? 0 : before->end, size, marks = 0, lines = 0, spaces = 0;
    bool dot = false, column = false;

    word->opens = word->own_line = before == NULL;
    if (before != NULL && before->owns)
        at = end_of_word(text->bytes, before->start);
    for (; at < word->start; at += size) {
        uint32_t c = character_at(text->bytes, at, &size);
        word->opens = word->opens || ends_sentence(c);
        word->bracketed = word->bracketed || c == '(' || c == '[';
        dot = dot || c == '.';
        lines += c == '\n';
        spaces = c == ' ' ? spaces + 1 : 0;
        column = column || c == '\t' || spaces > 2;
        if (c != ' ' && c != 0xa0 && c != '\t') {
            marks++;
            if (c < 0x80 && c != '\n' && word->after_mark == 0)
                word->after_mark = (char)c;
        }
    }
    word->own_line = word->own_line || lines > 0;
    word->opens = word->opens || column;
    if (before == NULL)
        return;
    /* "J. Smith", "St. Mary", "Dr. Bose": no sentence ends there. */
    bool shortened = dot && marks == 1 &&
                     ((before->shape == SHAPE_INITIAL && !ends_as_letter(before)) ||
                      (before->kinds & (WORD_HONORIFIC | WORD_PARTICLE)));
    if (shortened)
        word->opens = false;
    word->joined = (marks == 0 && lines == 0 && !column) || shortened;
}

/* --- The lines --- */

static void note_writing(struct text *text, size_t first, size_t after)
{
    size_t capitals = 0, letters = 0;

    for (size_t i = first; i < after; i++) {
        size_t size = text->words[i].end - text->words[i].start;
        bool counts = size > 1 && text->words[i].shape != SHAPE_DIGITS;
        letters += counts ? size : 0;
        capitals += counts && text->words[i].shape == SHAPE_CAPITALS ? size : 0;
    }
    bool in_capitals = letters >= 12 && capitals * 10 >= letters * 7;
    for (size_t i = first; in_capitals && i < after; i++)
        text->words[i].writing = WRITING_CAPITALS;
}

/* Where no sentence begins with a capital, its writer uses none, but perhaps for a vehicle's
 * number, a postcode, NHS, or I: those stand out all the same. */
static bool is_written_small(const struct text *text)
{
    size_t small = 0, begun = 0;

    for (size_t i = 0; i < text->count; i++) {
        const struct token *word = &text->words[i];
        bool letter = word->shape == SHAPE_INITIAL && !bytes_equal(word->small, bytes_of_text("i"));
        if (word->shape == SHAPE_CAPITAL || (letter && word->opens))
            return false;
        small += word->opens && word->shape == SHAPE_SMALL;
        begun += word->opens && word->shape == SHAPE_CAPITALS;
    }
    return small > 2 * begun;
}

static void note_lines(struct text *text)
{
    size_t first = 0;
    bool small = is_written_small(text);

    for (size_t i = 0; small && i < text->count; i++)
        if (text->words[i].shape != SHAPE_CAPITALS && text->words[i].shape != SHAPE_INITIAL)
            text->words[i].writing = WRITING_SMALL;
    for (size_t i = 1; i <= text->count; i++)
        if (i == text->count || text->words[i].own_line) {
            note_writing(text, first, i);
            first = i;
        }
}

static void note_welsh(struct text *text)
{
    size_t welsh = 0;

    for (size_t i = 0; i < text->count; i++)
        welsh += (text->words[i].kinds & WORD_WELSH) && !(text->words[i].kinds & WORD_ENGLISH) &&
                 text->words[i].end - text->words[i].start > 1;
    text->welsh = welsh >= 2 && welsh * 10 >= text->count;
}

/* Only where it is asked: a capital in a sentence is seldom a slip. */
static bool may_be_slip(const struct token *word)
{
    return word->kinds == 0 && word->shape != SHAPE_DIGITS && word->small.size >= LONG_SLIP &&
           (word->writing != WRITING_MIXED || word->opens || word->shape == SHAPE_SMALL ||
            word->small.size >= LONG_WORD);
}

/* Words are met again and again, and the search for what they nearly are is long: `seen` has the
 * words there were, by their hash, with `slots` a power of two. */
static bool is_slip(const struct text *text, const struct lexicon *lexicon, size_t *seen,
                    size_t slots, size_t at)
{
    struct bytes small = text->words[at].small;
    size_t slot = (size_t)bytes_hash(small) & (slots - 1);

    for (; seen[slot] != 0; slot = (slot + 1) & (slots - 1))
        if (bytes_equal(text->words[seen[slot] - 1].small, small))
            return text->words[seen[slot] - 1].mistyped;
    seen[slot] = at + 1;
    return lexicon_nearly(lexicon, small);
}

/* Too many names are nearly a short word: "Alos", "Nxet" and such are slips where there are others.
 */
#define SLIPS_LEAST 2

static bool may_be_short_slip(const struct token *word)
{
    return word->kinds == 0 && word->shape != SHAPE_DIGITS && word->small.size < LONG_SLIP &&
           word->writing == WRITING_MIXED && (word->opens || word->shape == SHAPE_SMALL);
}

static void note_errors(struct text *text, const struct lexicon *lexicon)
{
    size_t slots = 16, slips = 0;

    while (slots < 2 * text->count)
        slots *= 2;
    size_t *seen = memory_new(slots, sizeof *seen);
    for (size_t i = 0; i < text->count; i++)
        if (may_be_slip(&text->words[i])) {
            text->words[i].mistyped = is_slip(text, lexicon, seen, slots, i);
            slips += text->words[i].mistyped;
        }
    for (size_t i = 0; slips >= SLIPS_LEAST && i < text->count; i++)
        if (may_be_short_slip(&text->words[i]))
            text->words[i].mistyped = is_slip(text, lexicon, seen, slots, i);
    free(seen);
}

void text_take_apart(struct text *text, const struct lexicon *lexicon, struct bytes bytes)
{
    *text = (struct text){.bytes = bytes};
    split_words(text, lexicon);
    look_up_words(text, lexicon);
    for (size_t i = 0; i < text->count; i++)
        read_gap(text, i);
    note_lines(text);
    note_welsh(text);
    note_errors(text, lexicon);
}

size_t text_end_of_name(struct text *text, size_t last)
{
    const struct token *word = &text->words[last], *next = text_joined_at(text, last + 1);
    bool owns = next != NULL && !token_is(next, WORD_FUNCTION | WORD_BE | WORD_WHERE);

    return word->owns && !owns ? end_of_word(text->bytes, word->start) : word->end;
}

void text_release(struct text *text)
{
    free(text->words);
    buffer_release(&text->small);
    *text = (struct text){0};
}
