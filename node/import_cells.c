#include "node/import_cells.h"
#include "protocol/snapshot.h"
#include "protocol/text.h"
#include "protocol/vocabulary.h"

#include <string.h>

bool cell_is(struct bytes cell, const char *name)
{
    return text_same(cell, bytes_of_text(name));
}

bool flag_is(const char *flag, const char *code)
{
    return flag != NULL && strcmp(flag, code) == 0;
}

/* --- Numbers as people write them --- */

/* "<5": whoever made the table hid it. */
static bool says_fewer_than(struct bytes mark)
{
    if (mark.size < 2 || mark.data[0] != '<')
        return false;
    for (size_t i = 1; i < mark.size; i++)
        if (strchr("0123456789 ", mark.data[i]) == NULL)
            return false;
    return true;
}

const char *cell_flag(const struct import_map *map, struct bytes mark)
{
    static const struct {
        const char *mark, *flag;
    } usual[] = {{"*", "c"}, {"..", "x"}, {":", "x"}};

    for (size_t i = 0; i < map->mark_count; i++)
        if (cell_is(mark, map->marks[i].text))
            return map->marks[i].flag;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (cell_is(mark, usual[i].mark))
            return usual[i].flag;
    if (says_fewer_than(mark))
        return "c";
    if (mark.size > 2 && mark.data[0] == '[' && mark.data[mark.size - 1] == ']')
        mark = bytes_of(mark.data + 1, mark.size - 2);
    for (size_t i = 0; i < value_flags.count; i++)
        if (cell_is(mark, value_flags.words[i].code))
            return value_flags.words[i].code;
    return NULL;
}

/* "12.3 [p]" is a number and a flag. Takes the flag off the end. */
static const char *take_flag(const struct import_map *map, struct bytes *cell)
{
    const char *flag = cell_flag(map, *cell);
    size_t start = cell->size;

    if (flag != NULL) {
        cell->size = 0;
        return flag;
    }
    if (cell->size == 0 || cell->data[cell->size - 1] != ']')
        return NULL;
    while (start > 0 && cell->data[start - 1] != '[')
        start--;
    if (start == 0)
        return NULL;
    flag = cell_flag(map, bytes_of(cell->data + start - 1, cell->size - start + 1));
    if (flag != NULL)
        *cell = text_trimmed(bytes_of(cell->data, start - 1));
    return flag;
}

/* Commas stand before every three digits in front of the point, or nowhere. */
static bool commas_stand_right(struct bytes number)
{
    size_t whole = 0, since = 0;
    bool any = false;

    while (whole < number.size && number.data[whole] != '.')
        whole++;
    if (memchr(number.data + whole, ',', number.size - whole) != NULL)
        return false;
    for (size_t i = 0; i < whole; i++) {
        if (number.data[i] != ',') {
            since++;
            continue;
        }
        if (since == 0 || since > 3 || (any && since != 3))
            return false;
        any = true;
        since = 0;
    }
    return !any || since == 3;
}

static bool is_zero(struct bytes number)
{
    for (size_t i = 0; i < number.size; i++)
        if (strchr("0.,", number.data[i]) == NULL)
            return false;
    return true;
}

/* "£1,034.50", "12 %", "−3", ".5" become 1034.50, 12, -3, 0.5. */
static bool plain_number(struct bytes text, struct buffer *plain)
{
    bool negative = bytes_begin(text, "-") || bytes_begin(text, "\xe2\x88\x92");

    if (negative) {
        size_t sign = text.data[0] == '-' ? 1 : 3;
        text = text_trimmed(bytes_of(text.data + sign, text.size - sign));
    }
    if (bytes_begin(text, "\xc2\xa3"))
        text = text_trimmed(bytes_of(text.data + 2, text.size - 2));
    if (text.size > 0 && text.data[text.size - 1] == '%')
        text = text_trimmed(bytes_of(text.data, text.size - 1));
    if (text.size == 0 || !commas_stand_right(text))
        return false;
    while (text.size > 1 && text.data[0] == '0' && text.data[1] != '.') {
        text.data++;
        text.size--;
    }
    if (negative && !is_zero(text))
        buffer_append_text(plain, "-");
    if (text.data[0] == '.')
        buffer_append_text(plain, "0");
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] != ',')
            buffer_append(plain, bytes_of(&text.data[i], 1));
    return true;
}

bool cell_has_sign(struct bytes cell, const char *sign)
{
    for (size_t i = 0; i < cell.size; i++)
        if (bytes_begin(bytes_after(cell, i), sign))
            return true;
    return false;
}

bool cell_amount(const struct import_map *map, enum import_column column, struct bytes cell,
                 struct amount *amount, const char **flag, struct fault *fault)
{
    struct bytes number = cell;
    struct buffer plain = {0};

    *amount = (struct amount){0};
    *flag = take_flag(map, &number);
    if (number.size == 0)
        return true;
    amount->here = plain_number(number, &plain) &&
                   number_read(buffer_view(&plain), &amount->integer, &amount->decimals);
    buffer_release(&plain);
    return amount->here || fault_set(fault, FAULT_INPUT,
                                     "%s \"%.*s\" is not a number: if it says that there is none, "
                                     "add a mark to %s",
                                     import_column_names[column], QUOTED(cell), map->name);
}

/* --- Names --- */

bool name_is_plain(const char *name, struct bytes text, size_t most, struct fault *fault)
{
    if (text.size > most)
        return fault_set(fault, FAULT_INPUT, "the %s is longer than %zu bytes", name, most);
    return bytes_are_line(text) ||
           fault_set(fault, FAULT_INPUT, "the %s has a line break or control character", name);
}

/* What is between breakdowns must not be in one. */
static bool divides(struct buffer *disaggregation, size_t breakdowns, struct fault *fault)
{
    size_t found = 1;

    for (const char *at = buffer_text(disaggregation); (at = strstr(at, LEVEL_SEPARATOR)) != NULL;
         at += strlen(LEVEL_SEPARATOR))
        found++;
    return found == breakdowns ||
           fault_set(fault, FAULT_INPUT,
                     "\"%s\" stands between breakdowns and must not be in one: write it without "
                     "the spaces",
                     LEVEL_SEPARATOR);
}

/* Spaces but the usual one, U+00AD, U+200B to 200F, U+202A to 202F, U+2060 to 206F, U+FEFF. */
static bool is_unseen(struct bytes text)
{
    uint8_t last = text.size > 2 ? text.data[2] : 0;

    if (bytes_begin(text, "\xe2\x80"))
        return (last >= 0x80 && last <= 0x8f) || (last >= 0xaa && last <= 0xaf);
    return bytes_begin(text, "\xc2\xa0") || bytes_begin(text, "\xc2\xad") ||
           bytes_begin(text, "\xef\xbb\xbf") ||
           (bytes_begin(text, "\xe2\x81") && last >= 0xa0 && last <= 0xaf);
}

static bool is_any_of(struct bytes text, const char *const *characters, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bytes_begin(text, characters[i]))
            return true;
    return false;
}

/* White space of any kind and length is one space, so that two spellings are one name. */
static void append_folded(struct buffer *folded, struct bytes text)
{
    static const char *const spaces[] = {
        " ", "\t", "\xc2\xa0", "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x89", "\xe2\x80\xaf"};
    size_t start = folded->size;

    for (size_t i = 0; i < text.size; i++) {
        struct bytes rest = bytes_after(text, i);
        if (!is_any_of(rest, spaces, sizeof spaces / sizeof *spaces)) {
            buffer_append(folded, bytes_of(rest.data, 1));
            continue;
        }
        if (folded->size > start && folded->data[folded->size - 1] != ' ')
            buffer_append_text(folded, " ");
        i += rest.data[0] == 0xc2 ? 1 : rest.data[0] == 0xe2 ? 2 : 0;
    }
    if (folded->size > start && folded->data[folded->size - 1] == ' ')
        folded->size--;
}

bool name_is_as_read(const char *name, struct bytes text, struct fault *fault)
{
    for (size_t i = 0; i < text.size; i++) {
        struct bytes rest = bytes_after(text, i);
        bool other_letter = rest.data[0] >= 0xce && rest.data[0] <= 0xd3;
        if (other_letter)
            return fault_set(fault, FAULT_INPUT,
                             "the %s \"%.*s\" has a Greek or Cyrillic letter, which may look like "
                             "another: type it again",
                             name, QUOTED(text));
        if (is_unseen(rest))
            return fault_set(fault, FAULT_INPUT,
                             "the %s \"%.*s\" has a character that nobody sees: type it again",
                             name, QUOTED(text));
    }
    return true;
}

bool breakdowns_join(const struct bytes *cells, size_t count, struct buffer *disaggregation,
                     struct fault *fault)
{
    bool several = count > 1;

    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_append_text(disaggregation, LEVEL_SEPARATOR);
        append_folded(disaggregation,
                      several && cells[i].size == 0 ? bytes_of_text("all") : cells[i]);
    }
    return name_is_plain("disaggregation", buffer_view(disaggregation), 80, fault) &&
           name_is_as_read("disaggregation", buffer_view(disaggregation), fault) &&
           (!several || divides(disaggregation, count, fault));
}
