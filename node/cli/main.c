#include "crypto/secret.h"
#include "node/cli/command.h"
#include "node/log.h"
#include "protocol/form.h"

#include <assert.h>
#include <getopt.h>
#include <inttypes.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPTIONS_MAX 32

/* Options that every command takes, before or after its name. */
static const struct command_option global_options[] = {
    {"home", "DIR", false, "this node's home, instead of $CANDOUR_HOME"},
    {"json", NULL, false, "answer in JSON"},
    {"quiet", NULL, false, "say nothing that was not asked for"},
    {"verbose", NULL, false, "say more"},
    {"help", NULL, false, "how the command is used"},
};
#define GLOBAL_OPTIONS (sizeof global_options / sizeof *global_options)

bool call_has(const struct call *call, const char *option)
{
    for (size_t i = 0; i < call->given_count; i++)
        if (strcmp(call->given[i].option->name, option) == 0)
            return true;
    return false;
}

const char *call_value(const struct call *call, const char *option)
{
    for (size_t i = call->given_count; i-- > 0;)
        if (strcmp(call->given[i].option->name, option) == 0)
            return call->given[i].value;
    return NULL;
}

void call_values(const struct call *call, const char *option, struct texts *values)
{
    for (size_t i = 0; i < call->given_count; i++)
        if (strcmp(call->given[i].option->name, option) == 0)
            texts_add(values, call->given[i].value);
}

bool call_number(const struct call *call, const char *option, uint64_t most, uint64_t otherwise,
                 uint64_t *number, struct fault *fault)
{
    const char *value = call_value(call, option);
    char *end;

    *number = otherwise;
    if (value == NULL)
        return true;
    unsigned long long read = strtoull(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || read > most)
        return fault_set(fault, FAULT_INPUT, "--%s %s: must be a whole number from 0 to %" PRIu64,
                         option, value, most);
    *number = read;
    return true;
}

void call_say(const struct call *call, const char *format, ...)
{
    va_list arguments;

    if (call->json || call->quiet)
        return;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
}

bool call_json(const struct call *call, json_t *object)
{
    if (call->json) {
        json_dumpf(object, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
        printf("\n");
    }
    json_decref(object);
    return call->json;
}

bool call_coloured(const struct call *call)
{
    const char *no_color = getenv("NO_COLOR");

    return !call->json && isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0');
}

/* --- Faults --- */

static int exit_status(const struct fault *fault)
{
    static const int statuses[] = {[FAULT_NONE] = 3,
                                   [FAULT_INPUT] = 2,
                                   [FAULT_PEER] = 1,
                                   [FAULT_ABSENT] = 1,
                                   [FAULT_SELF] = 3};

    return statuses[fault->kind];
}

static int report(bool as_json, const struct fault *fault)
{
    static const char *const codes[] = {[FAULT_NONE] = "failed",
                                        [FAULT_INPUT] = "usage",
                                        [FAULT_PEER] = "refused",
                                        [FAULT_ABSENT] = "no",
                                        [FAULT_SELF] = "failed"};

    fflush(stdout);
    if (as_json) {
        json_t *error =
            json_pack("{s:{s:s, s:s}}", "error", "code", codes[fault->kind], "text", fault->text);
        char *text = error == NULL ? NULL : json_dumps(error, JSON_COMPACT);
        fprintf(stderr, "%s\n", text == NULL ? "{\"error\":{\"code\":\"failed\"}}" : text);
        free(text);
        json_decref(error);
    } else {
        fprintf(stderr, "candour: %s\n", fault->text);
    }
    return exit_status(fault);
}

/* --- Finding the command --- */

static unsigned words_in(const char *name)
{
    return strchr(name, ' ') == NULL ? 1 : 2;
}

static bool is_named(const struct command *command, char **words, int count)
{
    const char *space = strchr(command->name, ' ');

    if (space == NULL)
        return count >= 1 && strcmp(words[0], command->name) == 0;
    size_t first = (size_t)(space - command->name);
    return count >= 2 && strlen(words[0]) == first &&
           strncmp(words[0], command->name, first) == 0 && strcmp(words[1], space + 1) == 0;
}

static const struct command *find_command(char **words, int count)
{
    for (size_t i = 0; i < command_count; i++)
        if (is_named(&commands[i], words, count))
            return &commands[i];
    return NULL;
}

static void note_nearest(const struct command *command, char **words, int count, unsigned *least,
                         const char **nearest)
{
    char typed[128];
    const char *space = strchr(command->name, ' ');

    if (count >= 2 && space != NULL)
        snprintf(typed, sizeof typed, "%s %s", words[0], words[1]);
    else
        snprintf(typed, sizeof typed, "%s", words[0]);
    unsigned distance = spelling_distance(bytes_of_text(typed), bytes_of_text(command->name));
    if (distance < *least) {
        *least = distance;
        *nearest = command->name;
    }
}

static bool no_such_command(char **words, int count, struct fault *fault)
{
    const char *nearest = NULL;
    unsigned least = 4;
    struct buffer family = {0};

    for (size_t i = 0; i < command_count; i++) {
        const char *space = strchr(commands[i].name, ' ');
        note_nearest(&commands[i], words, count, &least, &nearest);
        if (space != NULL && strlen(words[0]) == (size_t)(space - commands[i].name) &&
            strncmp(words[0], commands[i].name, strlen(words[0])) == 0)
            buffer_printf(&family, "%s%s", family.size == 0 ? "" : ", ", commands[i].name);
    }
    if (count < 2 && family.size > 0)
        fault_set(fault, FAULT_INPUT, "%s what? There are: %s", words[0], buffer_text(&family));
    else if (nearest != NULL)
        fault_set(fault, FAULT_INPUT, "there is no command \"%s%s%s\"; did you mean \"%s\"?",
                  words[0], family.size > 0 ? " " : "", family.size > 0 ? words[1] : "", nearest);
    else
        fault_set(fault, FAULT_INPUT, "there is no command \"%s\": candour help lists them",
                  words[0]);
    buffer_release(&family);
    return false;
}

/* --- Reading the arguments --- */

static const struct command_option *option_at(const struct command *command, int index)
{
    if (index < (int)GLOBAL_OPTIONS)
        return &global_options[index];
    assert(command != NULL); /* Only its own options come after the global ones. */
    return &command->options[index - (int)GLOBAL_OPTIONS];
}

/* getopt_long's table of the global options and those of the command; its entries keep our order.
 */
static void fill_table(struct option *table, const struct command *command)
{
    size_t count = 0;

    for (size_t i = 0; i < GLOBAL_OPTIONS; i++)
        table[count++] =
            (struct option){global_options[i].name, global_options[i].argument != NULL, NULL, 0};
    for (size_t i = 0; command != NULL && command->options[i].name != NULL; i++)
        table[count++] = (struct option){command->options[i].name,
                                         command->options[i].argument != NULL, NULL, 0};
    table[count] = (struct option){0};
}

static bool bad_option(const struct command *command, const char *typed, bool known,
                       struct fault *fault)
{
    const char *nearest = NULL, *where = command == NULL ? "" : command->name;
    unsigned least = 3;

    if (known)
        return fault_set(fault, FAULT_INPUT, "%s needs a value: candour help %s", typed, where);
    size_t size = strcspn(typed + 2, "=");
    for (int i = 0;
         i < (int)GLOBAL_OPTIONS || (command != NULL && option_at(command, i)->name != NULL); i++) {
        const char *name = option_at(command, i)->name;
        unsigned distance = spelling_distance(bytes_of(typed + 2, size), bytes_of_text(name));
        if (size > 0 && distance < least) {
            least = distance;
            nearest = name;
        }
    }
    if (nearest != NULL)
        return fault_set(fault, FAULT_INPUT, "there is no option %s; did you mean --%s?", typed,
                         nearest);
    return fault_set(fault, FAULT_INPUT, "there is no option %s: candour help%s%s", typed,
                     where[0] == '\0' ? "" : " ", where);
}

/* Read options until the arguments end. With `command` NULL, only the global ones before its name.
 */
static bool read_options(struct call *call, const struct command *command, int count,
                         char **arguments, struct fault *fault)
{
    struct option table[OPTIONS_MAX];
    int index, answer;

    fill_table(table, command);
    optind = 0;
    opterr = 0;
    while ((answer = getopt_long(count, arguments, command == NULL ? "+:" : ":", table, &index)) !=
           -1) {
        if (answer != 0) {
            /* A letter may stand within an argument that getopt has not done with. */
            char letter[] = {'-', (char)optopt, '\0'};
            return bad_option(command, optopt != 0 ? letter : arguments[optind - 1], answer == ':',
                              fault);
        }
        if (call->given_count == sizeof call->given / sizeof *call->given)
            return fault_set(fault, FAULT_INPUT, "too many options: at most %zu",
                             sizeof call->given / sizeof *call->given);
        call->given[call->given_count].option = option_at(command, index);
        call->given[call->given_count++].value = optarg;
    }
    return true;
}

static bool check_count(const struct call *call, struct fault *fault)
{
    const struct command *command = call->command;

    if (call->argument_count >= command->least && call->argument_count <= command->most)
        return true;
    return fault_set(fault, FAULT_INPUT, "%s: %s: it is used as candour %s %s", command->name,
                     call->argument_count < command->least ? "something is missing"
                                                           : "that is one word too many",
                     command->name, command->arguments);
}

static bool run(struct call *call, int count, char **arguments, struct fault *fault)
{
    if (!read_options(call, NULL, count, arguments, fault))
        return false;
    char **words = arguments + optind;
    int word_count = count - optind;
    if (word_count == 0) {
        help_all();
        call->status = call_has(call, "help") ? 0 : 2;
        return true;
    }
    call->command = find_command(words, word_count);
    if (call->command == NULL)
        return no_such_command(words, word_count, fault);

    /* The command's last word stands where getopt expects the program's name. */
    int skip = (int)words_in(call->command->name) - 1;
    if (!read_options(call, call->command, word_count - skip, words + skip, fault))
        return false;
    call->arguments = words + skip + optind;
    call->argument_count = (size_t)(word_count - skip - optind);
    call->json = call_has(call, "json");
    call->quiet = call_has(call, "quiet");
    call->verbose = call_has(call, "verbose");
    if (call_has(call, "help")) {
        help_command(call->command);
        return true;
    }
    log_start((struct log_settings){.json = call->json,
                                    .least = call->quiet     ? LOG_WARNING
                                             : call->verbose ? LOG_DEBUG
                                                             : LOG_INFO});
    return check_count(call, fault) && home_find(&call->home, call_value(call, "home"), fault) &&
           call->command->run(call, fault);
}

/* --json may stand anywhere, also where an error keeps us from reading that far. */
static bool wants_json(int count, char **arguments)
{
    for (int i = 1; i < count && strcmp(arguments[i], "--") != 0; i++)
        if (strcmp(arguments[i], "--json") == 0)
            return true;
    return false;
}

int cli_main(int count, char **arguments)
{
    struct call call = {.home.lock = -1};
    struct fault fault = {0};

    crypto_start();
    if (!run(&call, count, arguments, &fault))
        return report(wants_json(count, arguments), &fault);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fault_set(&fault, FAULT_SELF, "standard output: cannot be written");
        return report(wants_json(count, arguments), &fault);
    }
    return call.status;
}
