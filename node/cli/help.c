#include "node/cli/command.h"

#include <stdio.h>
#include <string.h>

static void print_option(const struct command_option *option)
{
    char left[64];

    snprintf(left, sizeof left, "--%s%s%s", option->name, option->argument == NULL ? "" : " ",
             option->argument == NULL ? "" : option->argument);
    printf("  %-20s %s%s\n", left, option->help, option->repeated ? " (may be given again)" : "");
}

void help_command(const struct command *command)
{
    printf("candour %s%s%s%s\n\n  %c%s.\n", command->name,
           command->options[0].name == NULL ? "" : " [OPTION...]",
           command->arguments[0] == '\0' ? "" : " ", command->arguments,
           command->help[0] - 'a' + 'A', command->help + 1);
    if (command->options[0].name != NULL)
        printf("\n");
    for (const struct command_option *option = command->options; option->name != NULL; option++)
        print_option(option);
    printf("\nExample:\n  %s\n", command->example);
    if (command->json != NULL)
        printf("\nWith --json:\n  %s\n", command->json);
}

void help_all(void)
{
    printf("candour: councils learn from each other what worked and what did not\n\n"
           "  candour [--home DIR] [--json] [--quiet] [--verbose] COMMAND [ARGUMENT...]\n\n");
    for (size_t i = 0; i < command_count; i++)
        printf("  %-18s %s\n", commands[i].name, commands[i].help);
    printf(
        "\nTo look around first: candour demo. How a command is used: candour help COMMAND.\n"
        "Exit status: 0 done; 1 the answer is no; 2 the call is wrong; 3 this machine's fault.\n");
}

/* scdoc's own signs would be read as formatting. */
static void print_escaped(const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("_*\\#", *text) != NULL)
            putchar('\\');
        putchar(*text);
    }
}

static void man_command(const struct command *command)
{
    printf("*candour %s* ", command->name);
    print_escaped(command->arguments);
    printf("\n\t%c", command->help[0] - 'a' + 'A');
    print_escaped(command->help + 1);
    printf(".\n\n");
    for (const struct command_option *option = command->options; option->name != NULL; option++) {
        printf("\t*--%s* ", option->name);
        if (option->argument != NULL)
            print_escaped(option->argument);
        printf("\n\t\t");
        print_escaped(option->help);
        printf(".\n\n");
    }
    if (command->json != NULL) {
        printf("\tWith *--json*: ");
        print_escaped(command->json);
        printf("\n\n");
    }
    printf("\tExample: ");
    print_escaped(command->example);
    printf("\n\n");
}

void help_man(void)
{
    printf("candour(1)\n\n# NAME\n\n"
           "candour - councils learn from each other what worked and what did not\n\n"
           "# SYNOPSIS\n\n"
           "*candour* [--home _DIR_] [--json] [--quiet] [--verbose] _COMMAND_ [_ARGUMENT_...]\n\n"
           "# COMMANDS\n\n");
    for (size_t i = 0; i < command_count; i++)
        man_command(&commands[i]);
    printf(
        "# FILES\n\n"
        "The home is *--home*, else _$CANDOUR\\_HOME_, else /var/lib/candour for the user candour, "
        "else _$XDG\\_DATA\\_HOME_/candour or ~/.local/share/candour. It holds candour.conf, "
        "keys/, "
        "card and store.sqlite. Nothing is written anywhere else unless a path was given.\n\n"
        "# ENVIRONMENT\n\n"
        "*CANDOUR\\_HOME* the home; *CANDOUR\\_PASSPHRASE* the passphrase of sealed keys and "
        "sheets; "
        "*NO\\_COLOR* no colour.\n\n"
        "# EXIT STATUS\n\n"
        "0 done; 1 the answer is no (not found, refused, does not verify); 2 the call is wrong; 3 "
        "this machine's fault (disk, lock, key, port). Errors are one line on standard error; with "
        "*--json* an object {\"error\":{\"code\",\"text\"}}.\n");
}

/* The second words of a family such as "charter". */
static void bash_family(const char *first, size_t size)
{
    printf("    %.*s) words=\"", (int)size, first);
    for (size_t i = 0; i < command_count; i++)
        if (strncmp(commands[i].name, first, size) == 0 && commands[i].name[size] == ' ')
            printf("%s ", commands[i].name + size + 1);
    printf("\" ;;\n");
}

static bool first_of_family(size_t index, size_t size)
{
    for (size_t i = 0; i < index; i++)
        if (strncmp(commands[i].name, commands[index].name, size + 1) == 0)
            return false;
    return true;
}

void help_bash(void)
{
    printf("# bash completion for candour, made by candour help --bash\n"
           "_candour() {\n"
           "  local word=${COMP_WORDS[COMP_CWORD]} words=\n"
           "  if [[ $COMP_CWORD -eq 1 ]]; then\n    words=\"");
    for (size_t i = 0; i < command_count; i++) {
        size_t size = strcspn(commands[i].name, " ");
        if (commands[i].name[size] == '\0' || first_of_family(i, size))
            printf("%.*s ", (int)size, commands[i].name);
    }
    printf(
        "\"\n  elif [[ $COMP_CWORD -eq 2 && $word != -* ]]; then\n    case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; i < command_count; i++) {
        size_t size = strcspn(commands[i].name, " ");
        if (commands[i].name[size] == ' ' && first_of_family(i, size))
            bash_family(commands[i].name, size);
    }
    printf("    esac\n  fi\n  if [[ $word == -* ]]; then\n"
           "    case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n");
    for (size_t i = 0; i < command_count; i++) {
        bool two = strchr(commands[i].name, ' ') != NULL;
        printf("    \"%s%s\"*) words=\"--json --quiet --verbose --home --help ", commands[i].name,
               two ? "" : " ");
        for (const struct command_option *option = commands[i].options; option->name != NULL;
             option++)
            printf("--%s ", option->name);
        printf("\" ;;\n");
    }
    printf("    esac\n  fi\n"
           "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
           "  [[ -z $words ]] && COMPREPLY=($(compgen -f -- \"$word\"))\n}\n"
           "complete -F _candour candour\n");
}

bool run_help(struct call *call, struct fault *fault)
{
    char name[128];

    if (call_has(call, "man"))
        help_man();
    else if (call_has(call, "bash"))
        help_bash();
    else if (call->argument_count == 0)
        help_all();
    else {
        snprintf(name, sizeof name, "%s%s%s", call->arguments[0],
                 call->argument_count == 2 ? " " : "",
                 call->argument_count == 2 ? call->arguments[1] : "");
        bool found = false;
        for (size_t i = 0; i < command_count; i++) {
            size_t size = strlen(name);
            bool family =
                strncmp(commands[i].name, name, size) == 0 && commands[i].name[size] == ' ';
            if (strcmp(commands[i].name, name) != 0 && !family)
                continue;
            if (found)
                printf("\n");
            help_command(&commands[i]);
            found = true;
        }
        if (!found)
            return fault_set(fault, FAULT_INPUT,
                             "there is no command \"%s\": candour help lists them", name);
    }
    return true;
}

bool run_version(struct call *call, struct fault *fault)
{
    (void)fault;
    if (!call_json(call, json_pack("{s:s}", "version", CANDOUR_VERSION)))
        printf("candour %s\n", CANDOUR_VERSION);
    return true;
}
