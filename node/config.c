#include "node/config.h"
#include "node/clock.h"
#include "protocol/text.h"

#include <assert.h>
#include <confuse.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void texts_add(struct texts *texts, const char *text)
{
    texts->list = memory_grow(texts->list, texts->count + 1, sizeof *texts->list);
    texts->list[texts->count++] = text_copy(bytes_of_text(text));
}

void texts_release(struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->list[i]);
    free(texts->list);
    *texts = (struct texts){0};
}

#define CONFIG_MAX (256 * 1024)

/* libconfuse calls back without a context of ours: the first report is kept here, and what was said
 * before. */
struct said {
    const char *name;
    unsigned size; /* Items of a list so far. */
    bool ended;
};
static struct {
    struct fault *fault;
    const char *path;
    struct said said[24];
    size_t said_count;
} reading;

static void report(cfg_t *file, const char *format, va_list arguments)
{
    char text[256];

    if (reading.fault->kind != FAULT_NONE)
        return;
    vsnprintf(text, sizeof text, format, arguments);
    fault_set(reading.fault, FAULT_INPUT, "%s:%d: %s: mend the line, then try again", reading.path,
              file->line, text);
}

static struct said *said_before(const char *name)
{
    for (size_t i = 0; i < reading.said_count; i++)
        if (strcmp(reading.said[i].name, name) == 0)
            return &reading.said[i];
    return NULL;
}

/* libconfuse would let the last one win in silence. It asks once for each value of a list, and once
 * more at the list's end. */
static bool is_said_once(cfg_t *file, cfg_opt_t *option)
{
    const char *name = cfg_opt_name(option);
    unsigned size = cfg_opt_size(option);
    struct said *said = said_before(name);

    if (said == NULL) {
        assert(reading.said_count < sizeof reading.said / sizeof *reading.said);
        reading.said[reading.said_count++] = (struct said){.name = name, .size = size};
        return true;
    }
    if ((option->flags & CFGF_LIST) != 0 && (size > said->size || !said->ended)) {
        said->ended = size == said->size;
        said->size = size;
        return true;
    }
    cfg_error(file, "%s is there already further up", name);
    return false;
}

static int check_section(cfg_t *file, cfg_opt_t *option)
{
    return is_said_once(file, option) ? 0 : -1;
}

/* What goes onto the card fits on it; nothing is cut short or left out in silence. */
static int check_text(cfg_t *file, cfg_opt_t *option)
{
    static const struct {
        const char *option;
        size_t size, count;
    } limits[] = {{"name", NAME_MAX_BYTES, 1},
                  {"type", 32, 1},
                  {"nation", 32, 1},
                  {"region", 64, 1},
                  {"operator", NAME_MAX_BYTES, 1},
                  {"areas", 16, AREAS_MAX},
                  {"functions", 40, FUNCTIONS_MAX},
                  {"listen", ENDPOINT_MAX, ENDPOINTS_MAX},
                  {"endpoints", ENDPOINT_MAX, ENDPOINTS_MAX},
                  {"own_names", 1024, 1024},
                  {"follow", INTEREST_WORD_MAX, INTEREST_MAX},
                  {"labels_from", NAME_MAX_BYTES, 1024},
                  {"role", 32, 1},
                  {"approval", 32, 1},
                  {"hold", 32, 1},
                  {"hold_anonymous", 32, 1},
                  {"language", 32, 1}};
    const char *name = cfg_opt_name(option);
    const char *value = cfg_opt_getnstr(option, cfg_opt_size(option) - 1);

    if (!is_said_once(file, option))
        return -1;
    if (!bytes_are_line(bytes_of_text(value))) {
        cfg_error(file, "%s: is not one line of UTF-8 text", name);
        return -1;
    }
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (strcmp(name, limits[i].option) != 0) {
            continue;
        } else if (strlen(value) > limits[i].size) {
            cfg_error(file, "%s = \"%.40s...\": has %zu bytes, at most %zu", name, value,
                      strlen(value), limits[i].size);
            return -1;
        } else if (cfg_opt_size(option) > limits[i].count) {
            cfg_error(file, "%s: at most %zu of them", name, limits[i].count);
            return -1;
        }
    return 0;
}

static int check_choice(cfg_t *file, cfg_opt_t *option)
{
    static const struct {
        const char *option, *one, *other;
    } choices[] = {
        {"role", "authority", "hub"}, {"approval", "one", "two"}, {"language", "en", "cy"}};
    const char *value = cfg_opt_getnstr(option, 0);

    if (check_text(file, option) != 0)
        return -1;
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        if (strcmp(cfg_opt_name(option), choices[i].option) == 0 &&
            strcmp(value, choices[i].one) != 0 && strcmp(value, choices[i].other) != 0) {
            cfg_error(file, "%s = \"%s\": must be \"%s\" or \"%s\"", choices[i].option, value,
                      choices[i].one, choices[i].other);
            return -1;
        }
    return 0;
}

/* A service or a topic. In a topic's word a service stands with hyphens. */
static int check_follow(cfg_t *file, cfg_opt_t *option)
{
    const char *value = cfg_opt_getnstr(option, cfg_opt_size(option) - 1);

    if (check_text(file, option) != 0)
        return -1;
    if (value[0] != '\0' && value[strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-_/")] == '\0')
        return 0;
    cfg_error(file,
              "follow = \"%s\": is neither a service nor a topic: lower-case letters, digits, "
              "- and /",
              value);
    return -1;
}

static int check_period(cfg_t *file, cfg_opt_t *option)
{
    long seconds = cfg_opt_getnint(option, 0);

    if (!is_said_once(file, option))
        return -1;
    if (seconds >= 1 && seconds <= 86400)
        return 0;
    cfg_error(file, "compare_every = %ld: must be 1 to 86400 seconds", seconds);
    return -1;
}

static int check_hold(cfg_t *file, cfg_opt_t *option)
{
    const char *name = cfg_opt_name(option), *value = cfg_opt_getnstr(option, 0);
    int64_t hold_ms = clock_read_span(value);
    bool anonymous = strcmp(name, "hold_anonymous") == 0;

    if (check_text(file, option) != 0)
        return -1;
    if (hold_ms >= (anonymous ? HOLD_ANONYMOUS_MS : 0) && hold_ms <= HOLD_MOST_MS)
        return 0;
    cfg_error(file, "%s = \"%s\": must be a time such as \"%s\", at least %s and at most 90d", name,
              value, anonymous ? "48h" : "2h", anonymous ? "24h" : "0h");
    return -1;
}

static int check_listen(cfg_t *file, cfg_opt_t *option)
{
    const char *value = cfg_opt_getnstr(option, cfg_opt_size(option) - 1);
    char address[ENDPOINT_MAX];
    uint16_t port;

    if (check_text(file, option) != 0)
        return -1;
    if (endpoint_parse(value, address, sizeof address, &port) && port < 65535)
        return 0;
    cfg_error(file, "%s: \"%s\" is not of the form tcp://ADDRESS:PORT", cfg_opt_name(option),
              value);
    return -1;
}

static char *take_text(cfg_t *section, const char *name)
{
    return text_copy(bytes_of_text(cfg_getstr(section, name)));
}

static void take_list(struct texts *texts, cfg_t *section, const char *name)
{
    for (unsigned i = 0; i < cfg_size(section, name); i++)
        texts_add(texts, cfg_getnstr(section, name, i));
}

static int order_of_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Ascending, none twice, as the protocol wants them. */
static void take_follow(struct texts *texts, cfg_t *file)
{
    size_t kept = 0;

    take_list(texts, file, "follow");
    for (size_t i = 0; i < texts->count; i++)
        for (char *c = texts->list[i]; *c != '\0'; c++)
            if (*c == '_')
                *c = '-';
    if (texts->count > 0)
        qsort(texts->list, texts->count, sizeof *texts->list, order_of_texts);
    for (size_t i = 0; i < texts->count; i++)
        if (kept > 0 && strcmp(texts->list[kept - 1], texts->list[i]) == 0)
            free(texts->list[i]);
        else
            texts->list[kept++] = texts->list[i];
    texts->count = kept;
}

static void take_authority(struct config *config, cfg_t *section)
{
    config->authority.name = take_text(section, "name");
    config->authority.type = take_text(section, "type");
    config->authority.nation = take_text(section, "nation");
    config->authority.region = take_text(section, "region");
    config->authority.operator_name = take_text(section, "operator");
    config->authority.role =
        strcmp(cfg_getstr(section, "role"), "hub") == 0 ? ROLE_HUB : ROLE_AUTHORITY;
    take_list(&config->authority.areas, section, "areas");
    take_list(&config->authority.functions, section, "functions");
}

static const char *config_path(const struct home *home)
{
    const char *path = home_file(home, "candour.conf", 3);

    if (strncmp(home->path, "/var/lib/", 9) == 0 && access(path, F_OK) != 0)
        return "/etc/candour/candour.conf";
    return path;
}

/* Where the text that starts here ends: a comment, or a quoted text with what is escaped in it. */
static char *end_of_part(char *at)
{
    char quote = *at;

    if (quote == '#' || (at[0] == '/' && at[1] == '/'))
        return at + strcspn(at, "\n");
    if (at[0] == '/' && at[1] == '*') {
        char *end = strstr(at + 2, "*/");
        return end == NULL ? at + strlen(at) : end + 2;
    }
    if (quote != '"' && quote != '\'')
        return at + 1;
    for (at++; *at != '\0' && *at != quote; at++)
        if (*at == '\\' && at[1] != '\0')
            at++;
    return *at == '\0' ? at : at + 1;
}

/* libconfuse 3.3 counts the line of a comment twice, and would name the wrong one in every mistake
 * after it: comments are blanked out first. */
static void blank_comments(char *text)
{
    while (*text != '\0') {
        char *end = end_of_part(text);
        bool comment = *text == '#' || (text[0] == '/' && (text[1] == '/' || text[1] == '*'));
        for (; text < end; text++)
            if (comment && *text != '\n')
                *text = ' ';
    }
}

static bool read_config(const char *path, struct buffer *text, struct fault *fault)
{
    if (access(path, F_OK) != 0)
        return fault_set(fault, errno == ENOENT ? FAULT_ABSENT : FAULT_SELF,
                         "%s: cannot read: %s (is there a node here? candour init makes one)", path,
                         strerror(errno));
    if (!file_read(path, CONFIG_MAX, text, fault))
        return false;
    return text->size == 0 || memchr(text->data, '\0', text->size) == NULL ||
           fault_set(fault, FAULT_INPUT, "%s: is not a text file: it has a zero byte in it", path);
}

bool config_read(const struct home *home, struct config *config, struct fault *fault)
{
    cfg_opt_t authority[] = {CFG_STR("name", "", CFGF_NONE),
                             CFG_STR("type", "", CFGF_NONE),
                             CFG_STR("nation", "", CFGF_NONE),
                             CFG_STR("region", "", CFGF_NONE),
                             CFG_STR("operator", "", CFGF_NONE),
                             CFG_STR("role", "authority", CFGF_NONE),
                             CFG_STR_LIST("areas", "{}", CFGF_NONE),
                             CFG_STR_LIST("functions", "{}", CFGF_NONE),
                             CFG_END()};
    cfg_opt_t options[] = {CFG_SEC("authority", authority, CFGF_NONE),
                           CFG_STR_LIST("listen", "{}", CFGF_NONE),
                           CFG_STR_LIST("endpoints", "{}", CFGF_NONE),
                           CFG_STR_LIST("own_names", "{}", CFGF_NONE),
                           CFG_STR_LIST("follow", "{}", CFGF_NONE),
                           CFG_STR_LIST("labels_from", "{}", CFGF_NONE),
                           CFG_STR("approval", "one", CFGF_NONE),
                           CFG_STR("hold", "0h", CFGF_NONE),
                           CFG_STR("hold_anonymous", "24h", CFGF_NONE),
                           CFG_STR("language", "en", CFGF_NONE),
                           CFG_INT("compare_every", 300, CFGF_NONE),
                           CFG_BOOL("next_key_may_stay", cfg_false, CFGF_NONE),
                           CFG_END()};
    static const struct {
        const char *option;
        cfg_validate_callback_t check;
    } checks[] = {{"authority", check_section},
                  {"authority|name", check_text},
                  {"authority|type", check_text},
                  {"authority|nation", check_text},
                  {"authority|region", check_text},
                  {"authority|operator", check_text},
                  {"authority|areas", check_text},
                  {"authority|functions", check_text},
                  {"authority|role", check_choice},
                  {"own_names", check_text},
                  {"labels_from", check_text},
                  {"approval", check_choice},
                  {"language", check_choice},
                  {"hold", check_hold},
                  {"hold_anonymous", check_hold},
                  {"compare_every", check_period},
                  {"listen", check_listen},
                  {"endpoints", check_listen},
                  {"next_key_may_stay", check_section},
                  {"follow", check_follow}};
    const char *path = config_path(home);
    struct buffer text = {0};
    int answer = CFG_PARSE_ERROR;

    memset(config, 0, sizeof *config);
    *fault = (struct fault){0};
    reading.fault = fault;
    reading.path = path;
    reading.said_count = 0;
    cfg_t *file = cfg_init(options, CFGF_NONE);
    if (file == NULL)
        abort();
    cfg_set_error_function(file, report);
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        cfg_set_validate_func(file, checks[i].option, checks[i].check);

    /* libconfuse would end the program where a file cannot be read to its end. */
    if (read_config(path, &text, fault)) {
        buffer_text(&text);
        blank_comments((char *)text.data);
        answer = cfg_parse_buf(file, (const char *)text.data);
    }
    if (answer != CFG_SUCCESS && fault->kind == FAULT_NONE)
        fault_set(fault, FAULT_INPUT, "%s: cannot be understood", path);
    buffer_release(&text);
    if (answer == CFG_SUCCESS) {
        config->path = text_copy(bytes_of_text(path));
        take_authority(config, cfg_getsec(file, "authority"));
        take_list(&config->listen, file, "listen");
        take_list(&config->endpoints, file, "endpoints");
        take_list(&config->own_names, file, "own_names");
        take_follow(&config->follow, file);
        take_list(&config->labels_from, file, "labels_from");
        config->approval_two = strcmp(cfg_getstr(file, "approval"), "two") == 0;
        config->hold_ms = clock_read_span(cfg_getstr(file, "hold"));
        config->hold_anonymous_ms = clock_read_span(cfg_getstr(file, "hold_anonymous"));
        config->language = take_text(file, "language");
        config->period_ms = (int64_t)cfg_getint(file, "compare_every") * 1000;
        config->unsafe_next_key = cfg_getbool(file, "next_key_may_stay") == cfg_true;
        if (config->authority.name[0] == '\0') {
            fault_set(fault, FAULT_INPUT, "%s: authority has no name: add name = \"...\"", path);
            answer = CFG_PARSE_ERROR;
        }
    }
    cfg_free(file);
    return answer == CFG_SUCCESS;
}

const char *const *config_interest(const struct config *config)
{
    return config->follow.count == 0 ? NULL : (const char *const *)config->follow.list;
}

void config_release(struct config *config)
{
    free(config->path);
    free(config->authority.name);
    free(config->authority.type);
    free(config->authority.nation);
    free(config->authority.region);
    free(config->authority.operator_name);
    free(config->language);
    texts_release(&config->authority.areas);
    texts_release(&config->authority.functions);
    texts_release(&config->listen);
    texts_release(&config->endpoints);
    texts_release(&config->own_names);
    texts_release(&config->follow);
    texts_release(&config->labels_from);
    memset(config, 0, sizeof *config);
}

static void write_quoted(struct buffer *file, const char *text)
{
    buffer_append_text(file, "\"");
    for (; text != NULL && *text != '\0'; text++) {
        if (*text == '"' || *text == '\\' || *text == '$')
            buffer_append_text(file, "\\");
        buffer_append(file, bytes_of(text, 1));
    }
    buffer_append_text(file, "\"");
}

static void write_text_line(struct buffer *file, const char *indent, const char *name,
                            const char *text)
{
    buffer_printf(file, "%s%s = ", indent, name);
    write_quoted(file, text);
    buffer_append_text(file, "\n");
}

static void write_list(struct buffer *file, const char *indent, const char *name,
                       const struct texts *texts)
{
    buffer_printf(file, "%s%s = {", indent, name);
    for (size_t i = 0; i < texts->count; i++) {
        buffer_append_text(file, i == 0 ? "" : ", ");
        write_quoted(file, texts->list[i]);
    }
    buffer_append_text(file, "}\n");
}

static void write_hold(struct buffer *file, const char *name, int64_t hold_ms)
{
    char text[CLOCK_SETTING_SIZE];

    clock_setting(text, hold_ms);
    write_text_line(file, "", name, text);
}

void config_write(const struct config *config, struct buffer *file)
{
    buffer_append_text(
        file,
        "# candour.conf: one node. `candour config check` says whether it can be read;\n"
        "# a running node reads it again on SIGHUP.\n\n"
        "# Who this node speaks for. It goes onto the card: after a change run `candour card`\n"
        "# and give the card to the stewards.\n"
        "authority {\n");
    write_text_line(file, "  ", "name", config->authority.name);
    write_text_line(file, "  ", "type", config->authority.type);
    write_text_line(file, "  ", "nation", config->authority.nation);
    write_text_line(file, "  ", "region", config->authority.region);
    buffer_append_text(file,
                       "  # Whoever runs the machine, where that is not the authority itself.\n");
    write_text_line(file, "  ", "operator", config->authority.operator_name);
    buffer_append_text(file, "  # GSS codes of the areas it answers for.\n");
    write_list(file, "  ", "areas", &config->authority.areas);
    buffer_append_text(file, "  # What it does: service areas, such as \"adults_assessment\".\n");
    write_list(file, "  ", "functions", &config->authority.functions);
    buffer_append_text(
        file,
        "  # \"authority\", or \"hub\": a node that takes in many feeds and passes them on.\n");
    write_text_line(file, "  ", "role", config->authority.role == ROLE_HUB ? "hub" : "authority");
    buffer_append_text(
        file,
        "}\n\n"
        "# Where other nodes may connect: tcp://ADDRESS:PORT. Live records go out on PORT + 1,\n"
        "# so open both. A council behind a firewall leaves this empty: connections outwards\n"
        "# are enough.\n");
    write_list(file, "", "listen", &config->listen);
    buffer_append_text(
        file, "# What others are told to connect to, where that differs (behind NAT, say).\n");
    write_list(file, "", "endpoints", &config->endpoints);
    buffer_append_text(
        file,
        "\n# Names that would give the authority away in a text, besides its own: former names,\n"
        "# buildings, partnerships. The check before publishing marks them.\n");
    write_list(file, "", "own_names", &config->own_names);
    buffer_append_text(file, "\n# Services and topics whose texts are kept here, such as "
                             "{\"home_care\", \"send\"}. Nothing:\n"
                             "# all of them. Of the others the node keeps what it needs to pass on "
                             "and to check, and no text.\n");
    write_list(file, "", "follow", &config->follow);
    buffer_append_text(file, "\n# Members whose labels on others' lessons are shown here, besides "
                             "this authority's own.\n");
    write_list(file, "", "labels_from", &config->labels_from);
    buffer_append_text(
        file,
        "\n# How many people must stand behind a named lesson: \"one\", who approves it and may "
        "be\n"
        "# its author, or \"two\": its author and another who approves it, or two who approve it.\n"
        "# Behind an anonymous one there are always two.\n");
    write_text_line(file, "", "approval", config->approval_two ? "two" : "one");
    buffer_append_text(
        file,
        "\n# How long an approved draft waits, so that it can still be taken back (candour draft\n"
        "# withdraw): \"0h\" not at all, \"30min\", \"24h\", \"3d\". An anonymous one waits 24 h "
        "or\n"
        "# longer. An erasure never waits.\n");
    write_hold(file, "hold", config->hold_ms);
    write_hold(file, "hold_anonymous", config->hold_anonymous_ms);
    buffer_append_text(file, "\n# The language of drafts that do not say: \"en\" or \"cy\".\n");
    write_text_line(file, "", "language", config->language);
    buffer_printf(
        file,
        "\n# Seconds between comparisons with a peer. Lessons arrive at once in any case;\n"
        "# this is how soon something lost on the way is noticed.\n"
        "compare_every = %lld\n",
        (long long)(config->period_ms / 1000));
    buffer_printf(
        file,
        "\n# The next key and the steward key belong on a recovery sheet. A demo may leave them\n"
        "# in keys/ without a warning.\n"
        "next_key_may_stay = %s\n",
        config->unsafe_next_key ? "true" : "false");
}

bool endpoint_parse(const char *endpoint, char *address, size_t address_size, uint16_t *port)
{
    const char *start = endpoint + 6, *colon;
    char *end;

    if (strncmp(endpoint, "tcp://", 6) != 0 || (colon = strrchr(start, ':')) == NULL ||
        colon == start || (size_t)(colon - start) >= address_size || colon[1] < '0' ||
        colon[1] > '9')
        return false;
    unsigned long number = strtoul(colon + 1, &end, 10);
    if (*end != '\0' || number == 0 || number > 65535)
        return false;
    memcpy(address, start, (size_t)(colon - start));
    address[colon - start] = '\0';
    *port = (uint16_t)number;
    return true;
}
