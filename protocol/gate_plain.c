#include "protocol/gate_inside.h"

#include <stdlib.h>
#include <string.h>

/* A text in plain digits: whatever its numbers are written with, rules find them as one types them.
 */

static void add(struct plain *plain, struct bytes what, size_t from)
{
    for (size_t i = 0; i < what.size; i++)
        plain->from[plain->made.size + i] = from + i;
    buffer_append(&plain->made, what);
}

static void add_byte(struct plain *plain, char byte, size_t from)
{
    add(plain, bytes_of(&byte, 1), from);
}

/* As it was read so far. */
static void copy(struct plain *to, const struct plain *of, size_t at, size_t end)
{
    memcpy(to->from + to->made.size, of->from + at, (end - at) * sizeof *to->from);
    buffer_append(&to->made, bytes_of(of->made.data + at, end - at));
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_word(uint8_t byte)
{
    return is_digit(byte) || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') || byte >= 0x80;
}

static size_t end_of_word(struct bytes text, size_t at)
{
    while (at < text.size && is_word(text.data[at]))
        at++;
    return at;
}

/* --- One character --- */

/* Nobody sees them: joiners, marks of direction, what turns a digit into the key of a telephone. */
static bool is_unseen(uint32_t c)
{
    return c == 0xad || c == 0x34f || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) || c == 0xfeff ||
           c == 0x20e3 || (c >= 0xfe00 && c <= 0xfe0f);
}

/* Where ten digits of one kind begin (UnicodeData.txt): Arabic, Devanagari and others, in bold. */
static const uint32_t zeros[] = {0x660,   0x6f0,   0x7c0,   0x966,   0x9e6,   0xa66, 0xae6,
                                 0xb66,   0xbe6,   0xc66,   0xce6,   0xd66,   0xe50, 0xed0,
                                 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x2080};

/* Small raised digits; -1 for others. */
static int raised_digit(uint32_t c)
{
    if (c == 0xb9)
        return 1;
    if (c == 0xb2 || c == 0xb3)
        return (int)c - 0xb0;
    return c == 0x2070 || (c >= 0x2074 && c <= 0x2079) ? (int)c - 0x2070 : -1;
}

/* What one would type for a character beyond ASCII; 0 for those that say something else. */
static char typed(uint32_t c)
{
    if (c >= 0xff01 && c <= 0xff5e)
        return (char)(c - 0xfee0);
    if (c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f || c == 0x3000)
        return ' ';
    if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xfe58 || c == 0xfe63)
        return '-';
    if (c == 0x2044 || c == 0x2215)
        return '/';
    if (c == 0x2018 || c == 0x2019)
        return '\'';
    if (c == 0x201c || c == 0x201d)
        return '"';
    if (c == 0xb7 || c == 0x2022 || c == 0x2024 || c == 0x2027 || c == 0x2219 || c == 0x22c5)
        return '.';
    if (c == 0xfe6b)
        return '@';
    if (c == 0x24ea)
        return '0';
    if (c >= 0x2460 && c <= 0x2468)
        return (char)('1' + (c - 0x2460));
    for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++)
        if (c >= zeros[i] && c < zeros[i] + 10)
            return (char)('0' + (c - zeros[i]));
    return 0;
}

/* A raised digit after one that is not, and before none, is the mark of a footnote. */
static bool is_footnote(struct bytes text, size_t at, size_t size)
{
    return at > 0 && is_digit(text.data[at - 1]) &&
           (at + size == text.size || !is_digit(text.data[at + size]));
}

static void read_character(struct plain *plain, struct bytes text, size_t at, size_t size,
                           uint32_t c)
{
    int raised = raised_digit(c);
    char is = raised < 0 ? typed(c) : is_footnote(text, at, size) ? ' ' : (char)('0' + raised);

    if (is_unseen(c))
        return;
    if (is != 0)
        add_byte(plain, is, at);
    else
        add(plain, bytes_of(text.data + at, size), at);
}

static void read_characters(struct plain *plain, struct bytes text)
{
    size_t size;

    for (size_t at = 0; at < text.size; at += size) {
        size = bytes_plain(bytes_of(text.data + at, text.size - at));
        if (size > 0) {
            add(plain, bytes_of(text.data + at, size), at);
            continue;
        }
        uint32_t c = character_at(text, at, &size);
        read_character(plain, text, at, size, c);
    }
    plain->from[plain->made.size] = text.size;
}

/* --- Letters that look like digits --- */

static char look_alike(uint8_t byte)
{
    return byte == 'O' || byte == 'o' ? '0' : byte == 'l' || byte == 'I' ? '1' : 0;
}

static bool is_alike(struct bytes text, size_t at)
{
    return at < text.size && (is_digit(text.data[at]) || look_alike(text.data[at]) != 0);
}

/* "OO" in "O7 OO 9": between two numbers, one mark from each. */
static bool is_between_numbers(struct bytes text, size_t at, size_t end)
{
    for (size_t i = at; i < end; i++)
        if (text.data[i] != 'O')
            return false;
    return at > 1 && is_alike(text, at - 2) && is_alike(text, end + 1);
}

/* A word of digits and of letters that look like them. The number of a pupil may begin with an l.
 */
static bool means_digits(struct bytes text, size_t at, size_t end)
{
    size_t digits = 0, letters = 0;

    for (size_t i = at; i < end; i++) {
        if (!is_alike(text, i))
            return false;
        digits += is_digit(text.data[i]);
        letters += !is_digit(text.data[i]);
    }
    if (letters == 0 || (letters == 1 && look_alike(text.data[at]) == '1' && digits > 6))
        return false;
    return digits > 0 || is_between_numbers(text, at, end);
}

/* "O77OO 9OO l23" */
static void read_look_alikes(struct plain *plain)
{
    uint8_t *data = plain->made.data;
    struct bytes text = buffer_view(&plain->made);

    for (size_t at = 0, end; at < text.size; at = end + 1) {
        end = end_of_word(text, at);
        if (means_digits(text, at, end))
            for (size_t i = at; i < end; i++)
                data[i] = is_digit(data[i]) ? data[i] : (uint8_t)look_alike(data[i]);
    }
}

/* --- Digits in words --- */

#define SPOKEN_LONGEST 9
static const struct {
    char word[SPOKEN_LONGEST + 1], digits[3];
} spoken[] = {
    /* By their first letters. */
    {"chwech", "6"},    {"dim", "0"},      {"dau", "2"},       {"dwy", "2"},
    {"eight", "8"},     {"eleven", "11"},  {"eighteen", "18"}, {"eighty", "80"},
    {"four", "4"},      {"five", "5"},     {"fourteen", "14"}, {"fifteen", "15"},
    {"forty", "40"},    {"fifty", "50"},   {"hundred", "00"},  {"nought", "0"},
    {"naught", "0"},    {"nine", "9"},     {"nineteen", "19"}, {"ninety", "90"},
    {"naw", "9"},       {"oh", "0"},       {"o", "0"},         {"one", "1"},
    {"plus", "+"},      {"pedwar", "4"},   {"pedair", "4"},    {"pump", "5"},
    {"six", "6"},       {"seven", "7"},    {"sixteen", "16"},  {"seventeen", "17"},
    {"sixty", "60"},    {"seventy", "70"}, {"sero", "0"},      {"saith", "7"},
    {"two", "2"},       {"three", "3"},    {"ten", "10"},      {"twelve", "12"},
    {"thirteen", "13"}, {"twenty", "20"},  {"thirty", "30"},   {"tri", "3"},
    {"tair", "3"},      {"un", "1"},       {"wyth", "8"},      {"zero", "0"},
};

/* Digits that are said one after the other, in words or not: "07700 nine double oh". */
struct run {
    size_t end;           /* Of its last word. */
    size_t words, digits; /* How many of each. */
};

static bool reads(struct bytes word, const char *small)
{
    if (word.size == 0 || (word.data[0] | 0x20) != (uint8_t)small[0] || word.size != strlen(small))
        return false;
    for (size_t i = 0; i < word.size; i++)
        if ((word.data[i] | 0x20) != (uint8_t)small[i])
            return false;
    return true;
}

/* The digits that a word says; an empty text where it says none. */
static struct bytes digits_said(struct bytes word)
{
    uint8_t first = word.size == 0 || word.size > SPOKEN_LONGEST ? 0 : word.data[0] | 0x20;

    for (size_t i = 0; i < sizeof spoken / sizeof *spoken && first >= spoken[i].word[0]; i++)
        if (first == (uint8_t)spoken[i].word[0] && reads(word, spoken[i].word))
            return bytes_of_text(spoken[i].digits);
    for (size_t i = 0; i < word.size; i++)
        if (!is_digit(word.data[i]))
            return bytes_of(NULL, 0);
    return word;
}

static size_t times_said(struct bytes word)
{
    return reads(word, "double") ? 2 : reads(word, "treble") || reads(word, "triple") ? 3 : 0;
}

/* Where the next word begins, if no more than a few marks or spaces stand between. */
static size_t next_word(struct bytes text, size_t at)
{
    size_t gap = at;

    while (gap < text.size && gap < at + 5 && text.data[gap] != '\0' &&
           strchr(" ,-.\n_/;:*|()", text.data[gap]) != NULL)
        gap++;
    return gap > at && gap < text.size && is_word(text.data[gap]) ? gap : text.size;
}

/* "double oh", "seven", "900", and "forty one", which is a ten and what `said` says. */
struct number {
    size_t end; /* Where it began, where there is none. */
    char ten;
    struct bytes said;
    size_t times;
};

static bool is_ten(struct bytes word)
{
    return word.size > 3 && (word.data[word.size - 2] | 0x20) == 't' &&
           (word.data[word.size - 1] | 0x20) == 'y';
}

static struct number number_at(struct bytes text, size_t at)
{
    size_t end = end_of_word(text, at), next, beyond;
    struct bytes word = bytes_of(text.data + at, end - at), after;
    struct number number = {.end = end, .said = digits_said(word), .times = 1};
    size_t times = times_said(word);

    if (times == 0 && !is_ten(word)) {
        number.end = number.said.size > 0 ? end : at;
        return number;
    }
    next = next_word(text, end);
    beyond = end_of_word(text, next);
    after = digits_said(bytes_of(text.data + next, beyond - next));
    if (times > 0)
        return (struct number){after.size == 1 ? beyond : at, 0, after, times};
    if (number.said.size == 0)
        number.end = at;
    else if (next == end + 1 && after.size == 1 && after.data[0] > '0')
        number = (struct number){beyond, (char)number.said.data[0], after, 1};
    return number;
}

static struct run run_at(struct bytes text, size_t at)
{
    struct run run = {.end = at};

    while (at < text.size) {
        struct number number = number_at(text, at);
        if (number.end == at)
            break;
        run.words += is_digit(text.data[at]) ? 0 : number.ten != 0 ? 2 : 1;
        run.digits += number.said.size * number.times + (number.ten != 0);
        run.end = number.end;
        at = next_word(text, run.end);
    }
    return run;
}

/* Long enough for a telephone number, or said in so many words that it is no count of things; a
 * sort code may be three: "sixteen, eleven, thirty". */
static bool is_number(const struct run *run)
{
    return run->words > 0 &&
           (run->digits >= 7 || run->words >= 4 || (run->digits == 6 && run->words == 3));
}

/* Between words nothing is left, so that the digits are one number; next to digits a space. */
static void add_run(struct plain *to, const struct plain *of, size_t at, size_t end)
{
    struct bytes text = buffer_view(&of->made);
    bool in_digits = true;
    size_t last = at; /* The end of the one before. */

    for (size_t next; at < end; at = next) {
        struct number number = number_at(text, at);
        bool digits = is_digit(text.data[at]);
        if (to->made.size > 0 && digits != in_digits && is_digit(to->made.data[to->made.size - 1]))
            add_byte(to, ' ', of->from[last]);
        in_digits = digits;
        last = number.end;
        if (number.ten != 0)
            add_byte(to, number.ten, of->from[at]);
        for (; number.times > 0; number.times--)
            for (size_t i = 0; i < number.said.size; i++)
                add_byte(to, (char)number.said.data[i], of->from[digits ? at + i : at]);
        next = next_word(text, last);
        if (digits && next < end && is_digit(text.data[next]))
            copy(to, of, last, next);
    }
}

static void read_words(struct plain *plain)
{
    struct plain read = {0};
    struct bytes text = buffer_view(&plain->made);
    size_t kept = 0, next;

    for (size_t at = 0; at < text.size; at = next) {
        struct run run = run_at(text, at);
        next = run.end > at ? run.end : end_of_word(text, at);
        if (is_number(&run)) {
            if (read.from == NULL)
                read.from = memory_new(text.size + 1, sizeof *read.from);
            copy(&read, plain, kept, at);
            add_run(&read, plain, at, run.end);
            kept = run.end;
        }
        while (next < text.size && !is_word(text.data[next]))
            next++;
    }
    if (read.from == NULL)
        return;
    copy(&read, plain, kept, text.size);
    read.from[read.made.size] = plain->from[text.size];
    plain_release(plain);
    *plain = read;
}

void plain_read(struct plain *plain, struct bytes text)
{
    *plain = (struct plain){.from = memory_new(text.size + 1, sizeof *plain->from)};
    read_characters(plain, text);
    read_look_alikes(plain);
    read_words(plain);
}

void plain_release(struct plain *plain)
{
    buffer_release(&plain->made);
    free(plain->from);
    *plain = (struct plain){0};
}
