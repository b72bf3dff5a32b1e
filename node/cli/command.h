#ifndef CANDOUR_NODE_CLI_COMMAND_H
#define CANDOUR_NODE_CLI_COMMAND_H

#include "node/config.h"
#include "node/home.h"
#include "store/store.h"

#include <jansson.h>

/* One table of commands (commands.c) is the dispatcher, the help, the man page and the completion.
 */

struct command_option {
    const char *name;     /* Without the dashes. */
    const char *argument; /* "FILE"; NULL: a flag. */
    bool repeated;
    const char *help;
};

struct call;

/* Does the work. False with a fault: its kind makes the exit status. True: call->status, 0 unless
 * the command set it (1: the answer is no). */
typedef bool command_run(struct call *call, struct fault *fault);

struct command {
    const char *name;      /* "charter found" */
    const char *arguments; /* "CARD..." as the help shows them */
    const char *help;      /* One line, a verb first. */
    const struct command_option *options;
    unsigned least, most; /* Arguments; most 0 with least 0: none. */
    command_run *run;
    const char *json; /* What --json gives, for the man page; NULL: nothing to read. */
    const char *example;
};
#define ANY_NUMBER 1000

extern const struct command commands[];
extern const size_t command_count;
const struct command *command_named(const char *name); /* NULL: there is none. */

/* One call of a command. */
struct call {
    const struct command *command;
    struct home home;
    bool json, quiet, verbose;
    char **arguments;
    size_t argument_count;
    struct {
        const struct command_option *option;
        const char *value;
    } given[256];
    size_t given_count;
    int status;
};

bool call_has(const struct call *call, const char *option);
const char *call_value(const struct call *call, const char *option); /* The last one; NULL: none. */
void call_values(const struct call *call, const char *option, struct texts *values);

/* A whole number from 0 to `most` that an option gives, or `otherwise`. */
bool call_number(const struct call *call, const char *option, uint64_t most, uint64_t otherwise,
                 uint64_t *number, struct fault *fault);

/* For people: a line on standard output, unless --json or --quiet. */
__attribute__((format(printf, 2, 3))) void call_say(const struct call *call, const char *format,
                                                    ...);

/* For programs: print and give back the object, when --json. True when it did. */
bool call_json(const struct call *call, json_t *object);

/* Is this a terminal that may be given colour? (Not with NO_COLOR, not in a pipe.) */
bool call_coloured(const struct call *call);

/* The main function of the program. */
int cli_main(int count, char **arguments);

/* help, version, man page, completion (help.c) */
void help_command(const struct command *command);
void help_all(void);
void help_man(void);
void help_bash(void);

/* The commands themselves. */
command_run run_init, run_card, run_charter_found, run_charter_propose, run_charter_sign,
    run_charter_merge, run_charter_halt, run_charter_show, run_join, run_run, run_lesson_new,
    run_lesson_check, run_lesson_submit, run_draft_list, run_draft_show, run_draft_decide,
    run_draft_submit, run_draft_approve, run_draft_reject, run_draft_delete, run_draft_withdraw,
    run_publish, run_respond, run_indicator_define, run_indicator_import, run_compare, run_norm,
    run_compile, run_search, run_show, run_digest, run_brief, run_review_list, run_review_due,
    run_give_and_take, run_erase, run_receipts, run_notices, run_status, run_peers, run_sync,
    run_why, run_verify, run_sql, run_reindex, run_export, run_import, run_backup, run_restore,
    run_config_check, run_config_show, run_demo, run_help, run_version;

#endif
