#include "node/places.h"
#include "node/table.h"
#include "protocol/text.h"
#include "protocol/vocabulary.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NO_COLUMN SIZE_MAX

struct reading {
    const char *file_name, *source;
    places_hear *hear;
    void *context;
    struct places_result *result;
    size_t area, name, type; /* Columns; NO_COLUMN. */
    size_t trait_columns[TRAITS_MAX];
    char trait_names[TRAITS_MAX][61], trait_years[TRAITS_MAX][5];
    size_t trait_count;
};

/* --- Names of columns --- */

static bool is_year(const char *text)
{
    for (size_t i = 0; i < 4; i++)
        if (!isdigit((unsigned char)text[i]))
            return false;
    return (memcmp(text, "19", 2) == 0 || memcmp(text, "20", 2) == 0) &&
           !isdigit((unsigned char)text[4]);
}

void trait_name(struct bytes column, char name[61], char year[5])
{
    size_t size = column.size < 60 ? column.size : 60;

    memcpy(name, column.data, size);
    name[size] = '\0';
    year[0] = '\0';
    for (size_t i = 0; i < size; i++) {
        name[i] = (char)tolower((unsigned char)name[i]);
        if (name[i] == ' ')
            name[i] = '_';
    }
    for (size_t i = 1; i + 4 <= size; i++)
        if (!isdigit((unsigned char)name[i - 1]) && is_year(name + i)) {
            size_t from = name[i - 1] == '_' ? i - 1 : i;
            memcpy(year, name + i, 4);
            year[4] = '\0';
            memmove(name + from, name + i + 4, size - i - 4 + 1);
            return;
        }
}

static bool is_one_of(const char *name, const char *const *names)
{
    while (*names != NULL && strcmp(name, *names) != 0)
        names++;
    return *names != NULL;
}

static bool take_header(void *context, const struct row *row, struct fault *fault)
{
    static const char *const areas[] = {"gss_code", "ons_code", "area_code", "area", NULL};
    struct reading *reading = context;

    reading->area = reading->name = reading->type = NO_COLUMN;
    for (size_t i = 0; i < row->count; i++) {
        char name[61], year[5];
        trait_name(row->cells[i], name, year);
        size_t *column = is_one_of(name, areas)      ? &reading->area
                         : strcmp(name, "name") == 0 ? &reading->name
                         : strcmp(name, "type") == 0 ? &reading->type
                                                     : NULL;
        if (column != NULL) {
            if (*column == NO_COLUMN)
                *column = i;
        } else if (reading->trait_count < TRAITS_MAX && name[0] != '\0') {
            size_t at = reading->trait_count++;
            reading->trait_columns[at] = i;
            memcpy(reading->trait_names[at], name, sizeof name);
            memcpy(reading->trait_years[at], year, sizeof year);
        }
    }
    return reading->area != NO_COLUMN ||
           fault_set(fault, FAULT_INPUT, "%s: no column has the areas' codes: call it gss_code",
                     reading->file_name);
}

/* --- Rows --- */

static void refuse(struct reading *reading, uint32_t line, const char *why)
{
    struct places_result *result = reading->result;

    if (result->refused++ > 0)
        return;
    result->refused_line = line;
    snprintf(result->refused_why, sizeof result->refused_why, "%s", why);
}

static void take_bad(void *context, uint32_t line, const char *why)
{
    refuse(context, line, why);
}

bool is_area_code(struct bytes text)
{
    if (text.size != AREA_CODE_SIZE)
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] == '\0' || strchr(area_alphabet.characters, text.data[i]) == NULL)
            return false;
    return true;
}

static bool read_number(struct bytes cell, double *number)
{
    char text[40], *end;

    if (cell.size == 0 || cell.size >= sizeof text)
        return false;
    memcpy(text, cell.data, cell.size);
    text[cell.size] = '\0';
    *number = strtod(text, &end);
    return *end == '\0' && strspn(text, "-.0123456789") == cell.size;
}

static size_t read_traits(const struct reading *reading, const struct row *row,
                          struct reference_trait *traits)
{
    size_t count = 0;

    for (size_t i = 0; i < reading->trait_count; i++) {
        double value;
        if (read_number(row->cells[reading->trait_columns[i]], &value))
            traits[count++] =
                (struct reference_trait){reading->trait_names[i], value, reading->trait_years[i]};
    }
    return count;
}

static char *text_at(const struct row *row, size_t column)
{
    return text_copy(column == NO_COLUMN ? bytes_of_text("") : row->cells[column]);
}

static bool take_row(void *context, const struct row *row, struct fault *fault)
{
    struct reading *reading = context;
    struct reference_trait traits[TRAITS_MAX];

    if (!is_area_code(row->cells[reading->area])) {
        refuse(reading, row->line, "its code is none of an area, such as E10000024");
        return true;
    }
    char *area = text_at(row, reading->area), *name = text_at(row, reading->name);
    char *type = text_at(row, reading->type);
    const struct word *word = vocabulary_find(&authority_types, bytes_of_text(type));
    struct reference_place place = {.area = area,
                                    .name = name,
                                    .type = word == NULL ? "" : word->code,
                                    .source = reading->source,
                                    .traits = traits,
                                    .trait_count = read_traits(reading, row, traits)};
    bool heard = reading->hear(reading->context, &place, fault);
    reading->result->places += heard;
    reading->result->traits += (uint32_t)place.trait_count;
    free(area);
    free(name);
    free(type);
    return heard;
}

bool places_read(const char *name, const char *source, FILE *file, places_hear *hear, void *context,
                 struct places_result *result, struct fault *fault)
{
    struct reading reading = {
        .file_name = name, .source = source, .hear = hear, .context = context, .result = result};
    struct table_reader reader = {.name = name,
                                  .delimiter = ',',
                                  .context = &reading,
                                  .header = take_header,
                                  .row = take_row,
                                  .bad = take_bad};

    *result = (struct places_result){0};
    if (!table_read(&reader, file, fault))
        return false;
    return result->traits > 0 ||
           fault_set(fault, FAULT_INPUT, "%s: no place with a figure is in it%s%s", name,
                     result->refused > 0 ? ": " : "", result->refused_why);
}
