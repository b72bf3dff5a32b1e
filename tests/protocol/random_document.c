#include "tests/protocol/random_document.h"

#include <inttypes.h>
#include <string.h>

/* SplitMix64 (Steele, Lea and Flood 2014). */
uint64_t chance(uint64_t *seed, uint64_t below)
{
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (z ^ z >> 31) % below;
}

static const char *const pieces[] = {
    "the ",         "team ",    "asked",  " first",   "|",
    "\\",           "\\|",      "##",     "## Steps", "# ",
    "- ",           "* ",       "<!--",   "-->",      ": ",
    "\xc5\xb5y ",   "\xc2\xa3", "'",      "\"",       "1. ",
    "Kind:",        "Title:",   "   ",    "?",        "\xf0\x9f\x98\x80",
    "\xe2\x80\x99", "\\##",     "\\<!--", "..."};
static const char *const breaks[] = {"\n",        "\n\n", "\n## ", "\n\\## Title",
                                     "\n  <!-- ", "\n- ", "\n###"};

static void random_text(struct buffer *text, uint64_t *seed, const struct field *field,
                        enum field_type type, size_t most)
{
    size_t size = 1 + chance(seed, most < 60 ? most : 60);

    while (text->size < size) {
        const char *piece = pieces[chance(seed, sizeof pieces / sizeof *pieces)];
        if (type == FIELD_PROSE && chance(seed, 6) == 0)
            piece = breaks[chance(seed, sizeof breaks / sizeof *breaks)];
        if (field->alphabet != NULL)
            buffer_append(text, bytes_of(field->alphabet->characters +
                                             chance(seed, strlen(field->alphabet->characters)),
                                         1));
        else if (text->size + strlen(piece) <= most)
            buffer_append_text(text, piece);
        else
            buffer_append_text(text, "x");
    }
}

static void random_number(struct buffer *text, uint64_t *seed, const struct field *field)
{
    static const uint64_t sizes[] = {2, 10, 1000, UINT64_C(1000000000000000000)};
    uint64_t number = chance(seed, sizes[chance(seed, 4)]);

    if (field->alphabet != NULL)
        buffer_printf(text, "%" PRIu64, number % 10);
    else if (number != 0 && chance(seed, 3) == 0)
        buffer_printf(text, "-%" PRIu64, number);
    else if (number < UINT64_C(1000000000) && chance(seed, 2) == 0)
        buffer_printf(text, "%" PRIu64 ".%09" PRIu64, number, number);
    else
        buffer_printf(text, "%" PRIu64, number);
}

static void random_word(struct buffer *text, uint64_t *seed, const struct vocabulary *vocabulary)
{
    buffer_append_text(text, vocabulary->words[chance(seed, vocabulary->count)].code);
}

static void random_date(struct buffer *text, uint64_t *seed)
{
    buffer_printf(text, "%04u-%02u", (unsigned)(1900 + chance(seed, 300)),
                  (unsigned)(1 + chance(seed, 12)));
    if (chance(seed, 2) == 0)
        buffer_printf(text, "-%02u", (unsigned)(1 + chance(seed, 28)));
}

static void random_value(struct buffer *text, uint64_t *seed, const struct field *field,
                         enum field_type type, uint32_t most, const struct vocabulary *vocabulary)
{
    if (type == FIELD_WORD || type == FIELD_WORDS)
        random_word(text, seed, vocabulary);
    else if (type == FIELD_NUMBER)
        random_number(text, seed, field);
    else if (type == FIELD_DATE)
        random_date(text, seed);
    else
        random_text(text, seed, field, type, most);
}

static bool is_there(const struct document *document, const char *key, struct bytes text)
{
    for (size_t i = 0; i < document_count(document, key); i++)
        if (bytes_equal(document_item(document, key, i), text))
            return true;
    return false;
}

static void add_item(struct document *document, uint64_t *seed, const struct field *field)
{
    struct buffer text = {0};

    random_value(&text, seed, field, field->type, field->most_bytes, field->vocabulary);
    if (field->type != FIELD_WORDS || !is_there(document, field->key, buffer_view(&text)))
        document_add(document, field->key, buffer_view(&text), (struct place){0});
    buffer_release(&text);
}

/* No two rows are of one thing. */
static void add_row(struct document *document, uint64_t *seed, const struct field *field,
                    size_t number)
{
    for (size_t i = 0; i < field->column_count; i++) {
        const struct column *column = &field->columns[i];
        struct buffer text = {0};
        if (column->required && column->type == FIELD_LINE)
            buffer_printf(&text, "x%zu", number);
        if (column->required || (chance(seed, 2) == 0 && strcmp(column->name, "base") != 0))
            random_value(&text, seed, field, column->type, column->most_bytes - 4,
                         column->vocabulary);
        bool minus = text.size > 0 && text.data[0] == '-';
        if (column->type == FIELD_NUMBER && text.size - minus == 1)
            buffer_append_text(&text, ".5"); /* Not a few people. */
        document_add(document, field->key, buffer_view(&text), (struct place){0});
        buffer_release(&text);
    }
}

/* Forms ask for these in some cases, so they are always there. */
static bool is_needed(const struct form *form, const struct field *field)
{
    static const char *const needed[] = {"what_did_not_work", "band_low", "band_high", "counted"};

    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (strcmp(field->key, needed[i]) == 0)
            return true;
    for (size_t i = 0; i < form->need_count; i++)
        if (strcmp(field->key, form->needs[i].needs) == 0)
            return true;
    return field->required;
}

/* Any figures, which only a profile without rules lets out. */
static void make_publishable(struct document *snapshot)
{
    static const char *const texts[][2] = {{"period", "2020-21"}, {"sdc_profile", "none"}};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        document_clear(snapshot, texts[i][0]);
        document_add(snapshot, texts[i][0], bytes_of_text(texts[i][1]), (struct place){0});
    }
}

struct document *random_document(const struct form *form, uint64_t *seed)
{
    struct document *document = document_new(form);

    for (size_t i = 0; i < form->count; i++) {
        const struct field *field = &form->fields[i];
        if (!is_needed(form, field) && chance(seed, 3) == 0)
            continue;
        bool several = field->most_items > 0;
        size_t count = several ? 1 + chance(seed, field->most_items) : 1;
        for (size_t k = 0; k < count; k++)
            if (field->type == FIELD_ROWS)
                add_row(document, seed, field, k);
            else
                add_item(document, seed, field);
        while (is_needed(form, field) && document_count(document, field->key) == 0)
            add_item(document, seed, field);
    }
    if (form == &snapshot_form)
        make_publishable(document);
    return document;
}

bool documents_agree(const struct document *a, const struct document *b, bool header)
{
    const struct form *form = document_form(a);

    if (form != document_form(b))
        return false;
    for (size_t i = 0; i < form->count; i++) {
        const char *key = form->fields[i].key;
        if (form->fields[i].header && !header)
            continue;
        if (document_count(a, key) != document_count(b, key))
            return false;
        for (size_t k = 0; k < document_count(a, key); k++)
            if (!bytes_equal(document_item(a, key, k), document_item(b, key, k)))
                return false;
    }
    return true;
}

struct buffer complaints(const struct problems *problems)
{
    struct buffer text = {0};

    for (size_t i = 0; i < problems->count; i++)
        buffer_printf(&text, "%u:%u %s: %s\n", problems->list[i].place.line,
                      problems->list[i].place.column, problems->list[i].code,
                      problems->list[i].text);
    buffer_text(&text);
    return text;
}
