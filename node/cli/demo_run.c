#include "node/cli/demo.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The demo runs this program: a command to its end, a node beside it. */

#define ARGUMENTS_MAX 24
#define TOUR_LINES 40

/* --- Ending, whatever happens --- */

static volatile sig_atomic_t stopped;

static void on_stop(int number)
{
    (void)number;
    stopped = 1;
}

void demo_catch_stop(void)
{
    struct sigaction action = {.sa_handler = on_stop};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

bool demo_was_stopped(void)
{
    return stopped != 0;
}

bool demo_goes_on(struct fault *fault)
{
    return !stopped || fault_set(fault, FAULT_ABSENT, "the demo was stopped");
}

/* --- A command --- */

void demo_say(const struct demo *demo, const char *format, ...)
{
    va_list arguments;

    if (demo->call->json)
        return;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    fflush(stdout);
}

const char *demo_home(const struct demo *demo, size_t node)
{
    static char paths[NODES][HOME_PATH_MAX + 32];

    snprintf(paths[node], sizeof paths[node], "%s/%s", demo->folder, demo_plan[node].folder);
    return paths[node];
}

/* The child: never returns. It goes when this process goes, however that ends. */
static void become(struct demo *demo, const char *const *arguments, int output, bool own_group)
{
    char *list[ARGUMENTS_MAX + 1];
    size_t count = 0;

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (own_group)
        setpgid(0, 0); /* Ctrl-C is for the demo, which ends its nodes in order. */
    list[count++] = demo->program;
    for (; *arguments != NULL && count < ARGUMENTS_MAX; arguments++)
        list[count++] = (char *)(uintptr_t)*arguments;
    list[count] = NULL;
    if (output >= 0) {
        dup2(output, STDOUT_FILENO);
        if (own_group)
            dup2(output, STDERR_FILENO);
    }
    execv(demo->program, list);
    _exit(127);
}

static bool read_all(int file, struct buffer *output)
{
    uint8_t chunk[4096];
    ssize_t size;

    while ((size = read(file, chunk, sizeof chunk)) > 0 || (size < 0 && errno == EINTR))
        if (size > 0)
            buffer_append(output, bytes_of(chunk, (size_t)size));
    return size == 0;
}

int demo_run(struct demo *demo, const char *const *arguments, struct buffer *output)
{
    int ends[2], status = 0;

    if (pipe(ends) != 0)
        return -1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        become(demo, arguments, ends[1], false);
    }
    close(ends[1]);
    if (child > 0) {
        read_all(ends[0], output);
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            ;
    }
    close(ends[0]);
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool failed(const char *const *arguments, int status, struct buffer *output,
                   struct fault *fault)
{
    struct buffer line = {0};

    for (; *arguments != NULL; arguments++)
        buffer_printf(&line, " %s", *arguments);
    fault_set(fault, FAULT_SELF, "the demo's step candour%.200s ended with %d: %.200s",
              buffer_text(&line), status, buffer_text(output));
    buffer_release(&line);
    return false;
}

bool demo_must(struct demo *demo, struct fault *fault, struct buffer *output,
               const char *const *arguments)
{
    struct buffer own = {0};
    struct buffer *heard = output == NULL ? &own : output;
    int status = demo_run(demo, arguments, heard);
    bool good = demo_goes_on(fault) && (status == 0 || failed(arguments, status, heard, fault));

    buffer_release(&own);
    return good;
}

/* A tour shows where a long text begins, not all of it. */
static void print_beginning(struct buffer *output)
{
    const char *text = buffer_text(output), *end = text;
    size_t lines = 0, more = 0;

    for (; *end != '\0' && lines < TOUR_LINES; end++)
        lines += *end == '\n';
    fwrite(text, 1, (size_t)(end - text), stdout);
    for (; *end != '\0'; end++)
        more += *end == '\n';
    if (more > 0)
        printf("[... %zu lines more]\n", more);
}

bool demo_show(struct demo *demo, struct fault *fault, size_t node, const char *const *arguments)
{
    struct buffer line = {0}, output = {0};

    for (const char *const *word = arguments; *word != NULL; word++)
        buffer_printf(&line, strchr(*word, ' ') == NULL ? " %s" : " \"%s\"", *word);
    demo_say(demo, "\n%s$ candour%s\n", demo_plan[node].name, buffer_text(&line));
    const char *list[ARGUMENTS_MAX] = {"--home", demo_home(demo, node)};
    for (size_t i = 0; arguments[i] != NULL && i + 3 < ARGUMENTS_MAX; i++)
        list[i + 2] = arguments[i];
    bool good = demo_must(demo, fault, &output, list);
    if (good && !demo->call->json)
        print_beginning(&output);
    buffer_release(&line);
    buffer_release(&output);
    return good;
}

/* --- A node --- */

bool demo_start(struct demo *demo, size_t node, struct fault *fault)
{
    const char *arguments[] = {"--home", demo_home(demo, node), "run", NULL};
    char log[HOME_PATH_MAX + 64];

    snprintf(log, sizeof log, "%s/%s.log", demo->folder, demo_plan[node].folder);
    int file = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (file < 0)
        return fault_set(fault, FAULT_SELF, "%s: cannot be written: %s", log, strerror(errno));
    pid_t child = fork();
    if (child == 0)
        become(demo, arguments, file, true);
    close(file);
    if (child < 0)
        return fault_set(fault, FAULT_SELF, "cannot start a process: %s", strerror(errno));
    demo->running[node] = child;
    return true;
}

void demo_stop(struct demo *demo, size_t node)
{
    if (demo->running[node] <= 0)
        return;
    kill(demo->running[node], SIGTERM);
    while (waitpid(demo->running[node], NULL, 0) < 0 && errno == EINTR)
        ;
    demo->running[node] = 0;
}
