#include "protocol/document.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Order of the text; what has no place comes last. */
static bool is_after(struct place a, struct place b)
{
    if (a.line == b.line)
        return a.column > b.column;
    return b.line != 0 && (a.line == 0 || a.line > b.line);
}

void problems_add(struct problems *problems, struct place place, const char *code,
                  const char *format, ...)
{
    struct buffer text = {0};
    char sentence[640];
    va_list arguments;
    size_t at = problems->count;

    if (problems->count == PROBLEMS_MAX)
        return;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    buffer_append_text(&text, sentence);
    buffer_text(&text);

    problems->list = memory_grow(problems->list, problems->count + 1, sizeof *problems->list);
    for (; at > 0 && is_after(problems->list[at - 1].place, place); at--)
        problems->list[at] = problems->list[at - 1];
    problems->list[at] = (struct problem){.place = place, .code = code, .text = (char *)text.data};
    problems->count++;
}

void problems_release(struct problems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        free(problems->list[i].text);
    free(problems->list);
    *problems = (struct problems){0};
}

/* What one text is held to: of a field, or of a column of a field. */
struct rule {
    char label[96]; /* "Title", or "Setbacks", what. */
    enum field_type type;
    uint32_t most_bytes;
    const struct vocabulary *vocabulary;
    const struct alphabet *alphabet;
    bool comma_parts; /* Items stand on one line in files, with commas between. */
    bool strangers;
};

static struct rule rule_of(const struct field *field, size_t column, bool strangers)
{
    struct rule rule = {.type = field->type,
                        .most_bytes = field->most_bytes,
                        .vocabulary = field->vocabulary,
                        .alphabet = field->alphabet,
                        .comma_parts = field->type == FIELD_LINES && !field->section,
                        .strangers = strangers};

    snprintf(rule.label, sizeof rule.label, "\"%s\"", field->name);
    if (field->type != FIELD_ROWS)
        return rule;
    const struct column *of = &field->columns[column];
    snprintf(rule.label, sizeof rule.label, "\"%s\", %s", field->name, of->name);
    rule.type = of->type;
    rule.most_bytes = of->most_bytes;
    rule.vocabulary = of->vocabulary;
    return rule;
}

struct checker {
    const struct rule *rule;
    struct place place;
    struct problems *problems;
};

static bool check_characters(const struct checker *checker, struct bytes text)
{
    const char *label = checker->rule->label;

    if (!bytes_are_text(text)) {
        problems_add(checker->problems, checker->place, "not_utf8",
                     "%s is not valid UTF-8: save the text as UTF-8", label);
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        i += bytes_plain(bytes_after(text, i));
        if (i == text.size || (text.data[i] == '\n' && checker->rule->type == FIELD_PROSE))
            continue;
        if (control_size(bytes_of(text.data + i, text.size - i)) == 0)
            continue;
        problems_add(checker->problems, checker->place, "control_character",
                     text.data[i] == '\n' ? "%s has a line break: write it on one line"
                                          : "%s has a control character: delete it",
                     label);
        return false;
    }
    return true;
}

static void unknown_word(const struct checker *checker, struct bytes word)
{
    const struct vocabulary *vocabulary = checker->rule->vocabulary;
    struct buffer advice = {0};

    vocabulary_advise(vocabulary, word, &advice);
    problems_add(checker->problems, checker->place, "unknown_word", "%s \"%.*s\" is not known; %s",
                 vocabulary->name, QUOTED(word), buffer_text(&advice));
    buffer_release(&advice);
}

static bool is_code(struct bytes word)
{
    for (size_t i = 0; i < word.size; i++) {
        uint8_t byte = word.data[i];
        if (byte != '_' && !(byte >= 'a' && byte <= 'z') && !(byte >= '0' && byte <= '9'))
            return false;
    }
    return word.size > 0;
}

static void check_word(const struct checker *checker, struct bytes word)
{
    if (vocabulary_find(checker->rule->vocabulary, word) != NULL)
        return;
    if (!checker->rule->strangers)
        unknown_word(checker, word);
    else if (!is_code(word))
        problems_add(checker->problems, checker->place, "unknown_word", "%s \"%.*s\" is not a code",
                     checker->rule->vocabulary->name, QUOTED(word));
}

/* Digits of the text from `at` on as a number; -1 where there are other characters. */
static int digits_at(struct bytes text, size_t at, size_t count)
{
    int number = 0;

    for (size_t i = at; i < at + count; i++) {
        if (i >= text.size || text.data[i] < '0' || text.data[i] > '9')
            return -1;
        number = 10 * number + text.data[i] - '0';
    }
    return number;
}

static bool is_date(struct bytes text)
{
    int year = digits_at(text, 0, 4), month = digits_at(text, 5, 2);
    int day = text.size == 7 ? 1 : digits_at(text, 8, 2);

    if ((text.size != 7 && text.size != 10) || year < 1900 || year > 2199)
        return false;
    if (text.data[4] != '-' || (text.size == 10 && text.data[7] != '-'))
        return false;
    return day_exists(year, month, day);
}

static void check_date(const struct checker *checker, struct bytes text)
{
    if (!is_date(text))
        problems_add(checker->problems, checker->place, "bad_date",
                     "%s: \"%.*s\" is not a date; write it as year-month-day, such as 2026-03-31, "
                     "or year-month",
                     checker->rule->label, QUOTED(text));
}

static bool check_alphabet(const struct checker *checker, struct bytes text)
{
    const struct alphabet *alphabet = checker->rule->alphabet;

    for (size_t i = 0; alphabet != NULL && i < text.size; i++) {
        if (strchr(alphabet->characters, text.data[i]) != NULL)
            continue;
        problems_add(checker->problems, checker->place, "bad_character",
                     "%s: \"%.*s\" may have only %s", checker->rule->label, QUOTED(text),
                     alphabet->means);
        return false;
    }
    return true;
}

static void check_number(const struct checker *checker, struct bytes text)
{
    int64_t integer;
    unsigned decimals;

    if (!check_alphabet(checker, text))
        return;
    if (!number_read(text, &integer, &decimals))
        problems_add(checker->problems, checker->place, "bad_number",
                     "%s: \"%.*s\" is not a number; write it like 12.50, with digits only, at most "
                     "%d of them, %d behind the point",
                     checker->rule->label, QUOTED(text), NUMBER_DIGITS_MAX, NUMBER_DECIMALS_MAX);
}

static void check_line(const struct checker *checker, struct bytes text)
{
    if (check_alphabet(checker, text) && checker->rule->comma_parts &&
        memchr(text.data, ',', text.size) != NULL)
        problems_add(checker->problems, checker->place, "bad_character",
                     "%s: \"%.*s\" has a comma; commas stand between items", checker->rule->label,
                     QUOTED(text));
}

static void check_text(const struct checker *checker, struct bytes text)
{
    static void (*const checks[])(const struct checker *, struct bytes) = {
        [FIELD_LINE] = check_line,     [FIELD_PROSE] = check_line, [FIELD_WORD] = check_word,
        [FIELD_WORDS] = check_word,    [FIELD_LINES] = check_line, [FIELD_DATE] = check_date,
        [FIELD_NUMBER] = check_number,
    };
    const struct rule *rule = checker->rule;

    if (!check_characters(checker, text))
        return;
    if (text.size > rule->most_bytes)
        problems_add(checker->problems, checker->place, "too_long",
                     "%s is %zu bytes long, at most %" PRIu32 ": shorten it by %zu", rule->label,
                     text.size, rule->most_bytes, text.size - rule->most_bytes);
    else
        checks[rule->type](checker, text);
}

static bool row_is_empty(const struct item *row, size_t columns)
{
    for (size_t i = 0; i < columns; i++)
        if (row[i].size > 0)
            return false;
    return true;
}

static void check_row(const struct field *field, const struct item *row, size_t left,
                      struct problems *problems)
{
    if (left < field->column_count) {
        problems_add(problems, row->place, "missing_cell", "\"%s\": a row has %zu cells, not %zu",
                     field->name, left, field->column_count);
        return;
    }
    if (row_is_empty(row, field->column_count)) {
        problems_add(problems, row->place, "missing_cell", "\"%s\" has an empty row: delete it",
                     field->name);
        return;
    }
    for (size_t i = 0; i < field->column_count; i++)
        if (field->columns[i].required && row[i].size == 0)
            problems_add(problems, row->place, "missing_cell",
                         "\"%s\": this row lacks \"%s\", its cell %zu", field->name,
                         field->columns[i].name, i + 1);
}

static void check_repeats(const struct field *field, const struct items *items,
                          struct problems *problems)
{
    for (size_t i = 1; i < items->count; i++)
        for (size_t k = 0; k < i; k++)
            if (bytes_equal(item_text(&items->list[i]), item_text(&items->list[k]))) {
                problems_add(problems, items->list[i].place, "repeated",
                             "\"%s\" names \"%.*s\" twice: delete one", field->name,
                             QUOTED(item_text(&items->list[i])));
                break;
            }
}

static uint32_t most_items(const struct field *field)
{
    bool several =
        field->type == FIELD_WORDS || field->type == FIELD_LINES || field->type == FIELD_ROWS;

    return several ? field->most_items : 1;
}

static bool check_count(const struct field *field, const struct items *items,
                        struct problems *problems)
{
    size_t columns = items_per_row(field), count = (items->count + columns - 1) / columns;
    uint32_t most = most_items(field);

    if (count <= most)
        return true;
    problems_add(problems, items->list[most * columns].place, "too_many",
                 "\"%s\" has %zu %s, at most %" PRIu32 ": delete %zu", field->name, count,
                 field->type == FIELD_ROWS ? "rows" : "items", most, count - most);
    return false;
}

static void check_field(const struct field *field, const struct items *items, bool strangers,
                        struct problems *problems)
{
    struct rule rules[FORM_COLUMNS_MAX];
    size_t columns = items_per_row(field);

    assert(columns > 0);
    if (items->count == 0 || !check_count(field, items, problems))
        return;
    for (size_t i = 0; i < columns; i++)
        rules[i] = rule_of(field, i, strangers);
    for (size_t i = 0; i < items->count; i++) {
        struct checker checker = {&rules[i % columns], items->list[i].place, problems};
        if (field->type == FIELD_ROWS && i % columns == 0)
            check_row(field, &items->list[i], items->count - i, problems);
        if (field->type != FIELD_ROWS || items->list[i].size > 0)
            check_text(&checker, item_text(&items->list[i]));
    }
    if (field->type == FIELD_WORDS)
        check_repeats(field, items, problems);
}

void document_check_fields(const struct document *document, bool strangers,
                           struct problems *problems)
{
    for (size_t i = 0; i < document->form->count; i++) {
        const struct field *field = &document->form->fields[i];
        const struct items *items = &document->items[i];
        if (field->required && items->count == 0 && !(strangers && field->header))
            problems_add(problems, document->start, "missing", "\"%s\" is missing. %s.",
                         field->name, field->advice);
        check_field(field, items, strangers, problems);
    }
}

static void check_needs(const struct document *document, struct problems *problems)
{
    for (size_t i = 0; i < document->form->need_count; i++) {
        const struct need *need = &document->form->needs[i];
        const struct field *field = form_field(document->form, bytes_of_text(need->needs));
        if (bytes_equal(document_text(document, need->field), bytes_of_text(need->word)) &&
            document_count(document, need->needs) == 0)
            problems_add(problems, document_place(document, need->field, 0), "missing",
                         "\"%s\" is missing, which \"%s\" needs. %s.", field->name, need->word,
                         field->advice);
    }
}

static void check_size(const struct document *document, struct problems *problems)
{
    struct buffer content = {0};

    document_write(document, &content);
    if (content.size > document->form->most_bytes)
        problems_add(problems, document->start, "too_long",
                     "all together is %zu bytes long, at most %" PRIu32 ": shorten it by %zu",
                     content.size, document->form->most_bytes,
                     content.size - document->form->most_bytes);
    buffer_release(&content);
}

void document_check(const struct document *document, struct problems *problems)
{
    struct problems found = {0};

    document_check_fields(document, false, &found);
    check_needs(document, &found);
    if (document->form->check != NULL)
        document->form->check(document, &found);
    if (found.count == 0)
        check_size(document, &found);
    for (size_t i = 0; i < found.count; i++)
        problems_add(problems, found.list[i].place, found.list[i].code, "%s", found.list[i].text);
    problems_release(&found);
}

bool problems_are_none(const struct problems *problems, struct fault *fault)
{
    const struct problem *first = &problems->list[0];

    if (problems->count == 0)
        return true;
    if (first->place.line > 0)
        return fault_set(fault, FAULT_INPUT, "%u:%u: %s", first->place.line, first->place.column,
                         first->text);
    return fault_set(fault, FAULT_INPUT, "%s", first->text);
}

bool document_is_sound(const struct document *document, struct fault *fault)
{
    struct problems problems = {0};

    document_check(document, &problems);
    bool sound = problems_are_none(&problems, fault);
    problems_release(&problems);
    return sound;
}
