#include "node/import_map.h"
#include "node/home.h"
#include "protocol/period.h"
#include "protocol/text.h"
#include "protocol/vocabulary.h"

#include <confuse.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define MAP_FILE_MAX (64 * 1024)

const char *const import_column_names[IMPORT_COLUMNS] = {
    [COLUMN_CODE] = "code",
    [COLUMN_DISAGGREGATION] = "disaggregation",
    [COLUMN_DISAGGREGATION_2] = "disaggregation_2",
    [COLUMN_DISAGGREGATION_3] = "disaggregation_3",
    [COLUMN_DISAGGREGATION_4] = "disaggregation_4",
    [COLUMN_VALUE] = "value",
    [COLUMN_NUMERATOR] = "numerator",
    [COLUMN_DENOMINATOR] = "denominator",
    [COLUMN_BASE] = "base",
    [COLUMN_MARGIN] = "margin",
    [COLUMN_FLAG] = "flag",
    [COLUMN_AREA] = "area",
    [COLUMN_PERIOD] = "period",
};

/* --- libconfuse --- */

/* libconfuse's callbacks have no context of ours. */
static struct {
    struct import_map *map;
    struct fault *fault;
} reading;

static void report(cfg_t *file, const char *format, va_list arguments)
{
    char text[256];

    if (reading.fault->kind != FAULT_NONE)
        return;
    vsnprintf(text, sizeof text, format, arguments);
    fault_set(reading.fault, FAULT_INPUT, "%s:%d: %s: mend the line, then try again",
              reading.map->name, file->line, text);
}

/* Options know no line, so it is noted when one is read. */
static int note_column(cfg_t *section, cfg_opt_t *option)
{
    for (size_t i = 0; i < IMPORT_COLUMNS; i++)
        if (strcmp(cfg_opt_name(option), import_column_names[i]) == 0) {
            free(reading.map->columns[i].name);
            reading.map->columns[i].name = text_copy(bytes_of_text(cfg_opt_getnstr(option, 0)));
            reading.map->columns[i].line = section->line;
        }
    return 0;
}

static int check_delimiter(cfg_t *file, cfg_opt_t *option)
{
    const char *value = cfg_opt_getnstr(option, 0);

    if (strlen(value) == 1 && strchr(",;|\t", value[0]) != NULL) {
        reading.map->delimiter = value[0];
        return 0;
    }
    cfg_error(file, "delimiter = \"%s\": must be \",\", \";\", \"|\" or \"\\t\"", value);
    return -1;
}

static int check_skip_lines(cfg_t *file, cfg_opt_t *option)
{
    long lines = cfg_opt_getnint(option, 0);

    if (lines >= 0 && lines <= 1000) {
        reading.map->skip_lines = (uint32_t)lines;
        return 0;
    }
    cfg_error(file, "skip_lines = %ld: must be 0 to 1000", lines);
    return -1;
}

static int check_profile(cfg_t *file, cfg_opt_t *option)
{
    struct fault fault = {0};

    reading.map->profile = disclosure_profile_of(cfg_opt_getnstr(option, 0), &fault);
    if (reading.map->profile != NULL)
        return 0;
    cfg_error(file, "%s", fault.text);
    return -1;
}

static int check_status(cfg_t *file, cfg_opt_t *option)
{
    const char *value = cfg_opt_getnstr(option, 0);

    if (vocabulary_find(&snapshot_statuses, bytes_of_text(value)) != NULL)
        return 0;
    cfg_error(file, "status = \"%s\": must be provisional, final or revised", value);
    return -1;
}

/* A section is checked when its closing brace is read, so the fault's line is that one. */
static int check_measure(cfg_t *file, cfg_opt_t *option)
{
    cfg_t *section = cfg_opt_getnsec(option, cfg_opt_size(option) - 1);
    struct fault fault = {0};
    struct measure measure;

    if (measure_of(cfg_getstr(section, "unit"), cfg_getstr(section, "statistic"), &measure, &fault))
        return 0;
    cfg_error(file, "measure \"%s\": %s", cfg_title(section), fault.text);
    return -1;
}

static int check_mark(cfg_t *file, cfg_opt_t *option)
{
    cfg_t *section = cfg_opt_getnsec(option, cfg_opt_size(option) - 1);
    const char *flag = cfg_getstr(section, "flag");

    if (vocabulary_find(&value_flags, bytes_of_text(flag)) != NULL)
        return 0;
    cfg_error(file, "mark \"%s\": flag \"%s\" is not c, x, z, low, k, u, e, p, r or b",
              cfg_title(section), flag);
    return -1;
}

/* The texts of a list; NULL where it is empty. */
static char **take_list(cfg_t *section, const char *list, size_t *count)
{
    unsigned size = cfg_size(section, list);
    char **texts = size == 0 ? NULL : memory_new(size, sizeof *texts);

    for (*count = 0; *count < size; (*count)++)
        texts[*count] = text_copy(bytes_of_text(cfg_getnstr(section, list, (unsigned)*count)));
    return texts;
}

static int note_condition(cfg_t *file, cfg_opt_t *option)
{
    struct import_map *map = reading.map;
    cfg_t *section = cfg_opt_getnsec(option, cfg_opt_size(option) - 1);
    size_t count;
    char **texts = take_list(section, "is", &count);

    if (texts == NULL) {
        cfg_error(file, "where \"%s\": is = {...} must list at least one text", cfg_title(section));
        return -1;
    }
    map->conditions =
        memory_grow(map->conditions, map->condition_count + 1, sizeof *map->conditions);
    map->conditions[map->condition_count++] = (struct condition){
        {text_copy(bytes_of_text(cfg_title(section))), file->line}, texts, count};
    return 0;
}

static int note_total(cfg_t *file, cfg_opt_t *option)
{
    struct import_map *map = reading.map;
    cfg_t *section = cfg_opt_getnsec(option, cfg_opt_size(option) - 1);
    size_t count;
    char **texts = take_list(section, "of", &count);

    if (texts == NULL) {
        cfg_error(file, "total: of = {...} must list what adds up to it");
        return -1;
    }
    map->totals = memory_grow(map->totals, map->total_count + 1, sizeof *map->totals);
    map->totals[map->total_count++] =
        (struct mapped_total){text_copy(bytes_of_text(cfg_getstr(section, "is"))), texts, count};
    return 0;
}

/* --- From libconfuse's tree to ours --- */

static void take_measures(struct import_map *map, cfg_t *file)
{
    unsigned count = cfg_size(file, "measure");
    struct fault fault = {0};

    map->measures = memory_new(count, sizeof *map->measures);
    for (unsigned i = 0; i < count; i++) {
        cfg_t *section = cfg_getnsec(file, "measure", i);
        struct mapped_measure *measure = &map->measures[map->measure_count++];
        measure->code = text_copy(bytes_of_text(cfg_title(section)));
        measure_of(cfg_getstr(section, "unit"), cfg_getstr(section, "statistic"), &measure->measure,
                   &fault);
    }
}

static void take_marks(struct import_map *map, cfg_t *file)
{
    unsigned count = cfg_size(file, "mark");

    map->marks = memory_new(count, sizeof *map->marks);
    for (unsigned i = 0; i < count; i++) {
        cfg_t *section = cfg_getnsec(file, "mark", i);
        const char *flag = cfg_getstr(section, "flag");
        map->marks[map->mark_count++] =
            (struct mark){text_copy(bytes_of_text(cfg_title(section))),
                          vocabulary_find(&value_flags, bytes_of_text(flag))->code};
    }
}

static bool take_measure(struct import_map *map, cfg_t *file, struct fault *fault)
{
    const char *unit = cfg_getstr(file, "unit"), *statistic = cfg_getstr(file, "statistic");

    map->has_measure = unit[0] != '\0';
    if (!map->has_measure && statistic[0] != '\0')
        return fault_set(fault, FAULT_INPUT, "a statistic needs its unit: add the line unit = ...");
    return !map->has_measure || measure_of(unit, statistic, &map->measure, fault);
}

static bool says_enough(const struct import_map *map, struct fault *fault)
{
    const struct {
        const char *option, *text;
    } needed[] = {
        {"framework = \"...\"", map->framework},
        {"period = \"...\"", map->period},
        {"columns { code = \"...\" }", map->columns[COLUMN_CODE].name},
        {"columns { value = \"...\" }", map->columns[COLUMN_VALUE].name},
    };

    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (needed[i].text == NULL || needed[i].text[0] == '\0')
            return fault_set(fault, FAULT_INPUT, "%s is missing: add it", needed[i].option);
    return true;
}

/* So that it is the same time wherever it stands. */
static bool spell_period(struct import_map *map, struct fault *fault)
{
    char spelled[PERIOD_SIZE];

    if (!period_spelled(bytes_of_text(map->period), spelled, fault))
        return false;
    free(map->period);
    map->period = text_copy(bytes_of_text(spelled));
    return true;
}

static size_t count_breakdowns(const struct import_map *map)
{
    size_t count = 0;

    for (unsigned i = COLUMN_DISAGGREGATION; i <= COLUMN_DISAGGREGATION_4; i++)
        count += map->columns[i].name != NULL && map->columns[i].name[0] != '\0';
    return count == 0 ? 1 : count;
}

static bool take(struct import_map *map, cfg_t *file, struct fault *fault)
{
    map->framework = text_copy(bytes_of_text(cfg_getstr(file, "framework")));
    map->framework_version = text_copy(bytes_of_text(cfg_getstr(file, "framework_version")));
    map->period = text_copy(bytes_of_text(cfg_getstr(file, "period")));
    map->status = text_copy(bytes_of_text(cfg_getstr(file, "status")));
    map->topic = text_copy(bytes_of_text(cfg_getstr(file, "topic")));
    map->terms = text_copy(bytes_of_text(cfg_getstr(file, "terms")));
    map->boundary_note = text_copy(bytes_of_text(cfg_getstr(file, "boundary_note")));
    map->counted = text_copy(bytes_of_text(cfg_getstr(file, "counted")));
    map->breakdowns = count_breakdowns(map);
    take_measures(map, file);
    take_marks(map, file);
    return (take_measure(map, file, fault) && says_enough(map, fault) &&
            spell_period(map, fault)) ||
           fault_prefix(fault, "%s", map->name);
}

static bool parse(struct import_map *map, const char *text, struct fault *fault)
{
    cfg_opt_t columns[IMPORT_COLUMNS + 1];
    cfg_opt_t where[] = {CFG_STR_LIST("is", "{}", CFGF_NONE), CFG_END()};
    cfg_opt_t total[] = {CFG_STR("is", "", CFGF_NONE), CFG_STR_LIST("of", "{}", CFGF_NONE),
                         CFG_END()};
    cfg_opt_t measure[] = {CFG_STR("unit", "", CFGF_NONE), CFG_STR("statistic", "", CFGF_NONE),
                           CFG_END()};
    cfg_opt_t mark[] = {CFG_STR("flag", "", CFGF_NONE), CFG_END()};
    for (size_t i = 0; i < IMPORT_COLUMNS; i++)
        columns[i] = (cfg_opt_t)CFG_STR(import_column_names[i], "", CFGF_NONE);
    columns[IMPORT_COLUMNS] = (cfg_opt_t)CFG_END();
    cfg_opt_t options[] = {
        CFG_STR("framework", "", CFGF_NONE),
        CFG_STR("framework_version", "", CFGF_NONE),
        CFG_STR("period", "", CFGF_NONE),
        CFG_STR("status", "final", CFGF_NONE),
        CFG_STR("topic", "", CFGF_NONE),
        CFG_STR("terms", "", CFGF_NONE),
        CFG_STR("boundary_note", "", CFGF_NONE),
        CFG_STR("counted", "", CFGF_NONE),
        CFG_STR("profile", "strict", CFGF_NONE),
        CFG_STR("delimiter", ",", CFGF_NONE),
        CFG_INT("skip_lines", 0, CFGF_NONE),
        CFG_STR("unit", "", CFGF_NONE),
        CFG_STR("statistic", "", CFGF_NONE),
        CFG_SEC("columns", columns, CFGF_NONE),
        CFG_SEC("where", where, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
        CFG_SEC("measure", measure, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
        CFG_SEC("mark", mark, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
        CFG_SEC("total", total, CFGF_MULTI),
        CFG_END()};
    static const struct {
        const char *option;
        cfg_validate_callback_t check;
    } checks[] = {
        {"delimiter", check_delimiter}, {"skip_lines", check_skip_lines},
        {"profile", check_profile},     {"status", check_status},
        {"measure", check_measure},     {"mark", check_mark},
        {"where", note_condition},      {"total", note_total},
    };
    cfg_t *file = cfg_init(options, CFGF_NONE);

    if (file == NULL)
        abort();
    reading.map = map;
    reading.fault = fault;
    cfg_set_error_function(file, report);
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        cfg_set_validate_func(file, checks[i].option, checks[i].check);
    for (size_t i = 0; i < IMPORT_COLUMNS; i++) {
        char option[40];
        snprintf(option, sizeof option, "columns|%s", import_column_names[i]);
        cfg_set_validate_func(file, option, note_column);
    }
    fault->kind = FAULT_NONE;
    bool parsed = cfg_parse_buf(file, text) == CFG_SUCCESS;
    if (!parsed && fault->kind == FAULT_NONE)
        fault_set(fault, FAULT_INPUT, "%s: cannot be read", map->name);
    parsed = parsed && take(map, file, fault);
    cfg_free(file);
    return parsed;
}

struct import_map *import_map_parse(const char *name, const char *text, struct fault *fault)
{
    struct import_map *map = memory_new(1, sizeof *map);

    map->name = text_copy(bytes_of_text(name));
    map->delimiter = ',';
    map->profile = disclosure_profile_of("strict", fault);
    if (parse(map, text, fault))
        return map;
    import_map_free(map);
    return NULL;
}

struct import_map *import_map_open(const char *path, struct fault *fault)
{
    const char *slash = strrchr(path, '/');
    struct buffer text = {0};
    struct import_map *map = NULL;

    if (!file_read(path, MAP_FILE_MAX, &text, fault))
        return NULL;
    if (text.size > 0 && memchr(text.data, '\0', text.size) != NULL)
        fault_set(fault, FAULT_INPUT, "%s: is no mapping file", path);
    else
        map = import_map_parse(slash == NULL ? path : slash + 1, buffer_text(&text), fault);
    buffer_release(&text);
    return map;
}

static void free_texts(char **texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
}

static void free_lists(struct import_map *map)
{
    for (size_t i = 0; i < map->condition_count; i++) {
        free_texts(map->conditions[i].texts, map->conditions[i].count);
        free(map->conditions[i].column.name);
    }
    free(map->conditions);
    for (size_t i = 0; i < map->total_count; i++) {
        free_texts(map->totals[i].parts, map->totals[i].count);
        free(map->totals[i].name);
    }
    free(map->totals);
}

void import_map_free(struct import_map *map)
{
    if (map == NULL)
        return;
    char *const texts[] = {map->name,   map->framework,     map->framework_version,
                           map->period, map->status,        map->topic,
                           map->terms,  map->boundary_note, map->counted};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    for (size_t i = 0; i < IMPORT_COLUMNS; i++)
        free(map->columns[i].name);
    free_lists(map);
    for (size_t i = 0; i < map->measure_count; i++)
        free(map->measures[i].code);
    free(map->measures);
    for (size_t i = 0; i < map->mark_count; i++)
        free(map->marks[i].text);
    free(map->marks);
    free(map);
}
