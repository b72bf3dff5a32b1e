#include "node/cli/shared.h"
#include "node/clock.h"
#include "node/share.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* candour demo: four nodes as four processes on this machine. Everything is done by running this
 * same program with the commands that a council would type; only the interval between comparisons
 * differs. */

#define NODES 4
#define ARGUMENTS_MAX 24
#define COMPARE_SECONDS 2
#define CONVERGE_MS 60000
#define LESSONS_MAX 64
#define TOUR_LINES 40
#define HELD_BACK 3 /* Lessons that are published while one council is away. */

static const struct demo_node {
    const char *name, *folder, *gss;
    bool hub;
} plan[NODES] = {{"Northern Learning Hub", "hub", NULL, true},
                 {"Kelder", "kelder", "X06000001", false},
                 {"Eastvale", "eastvale", "X06000002", false},
                 {"Northmoor", "northmoor", "X06000003", false}};

struct sample {
    char name[128], path[HOME_PATH_MAX], id[2 * DIGEST_SIZE + 1];
    bool held_back; /* To be published while one council is away. */
};

struct demo {
    struct call *call;
    char program[HOME_PATH_MAX], folder[HOME_PATH_MAX], samples[HOME_PATH_MAX];
    pid_t running[NODES];
    uint16_t port;
    struct sample lessons[LESSONS_MAX];
    size_t lesson_count;
    uint64_t expected; /* Records that every node should hold by now. */
    int64_t converged_ms, caught_up_ms;
    bool made_folder;
};

/* --- Ending, whatever happens --- */

static volatile sig_atomic_t stopped;

static void on_stop(int number)
{
    (void)number;
    stopped = 1;
}

static void catch_stop(void)
{
    struct sigaction action = {.sa_handler = on_stop};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

static bool interrupted(struct fault *fault)
{
    return !stopped || fault_set(fault, FAULT_ABSENT, "the demo was stopped");
}

/* --- Running this program --- */

static void say(const struct demo *demo, const char *format, ...)
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

static const char *home_of(const struct demo *demo, size_t node)
{
    static char paths[NODES][HOME_PATH_MAX + 32];

    snprintf(paths[node], sizeof paths[node], "%s/%s", demo->folder, plan[node].folder);
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

/* Run a command to its end; its standard output is appended to `output`. Returns its exit status.
 */
static int run_command(struct demo *demo, const char *const *arguments, struct buffer *output)
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

/* Run a command that must succeed; `output` may be NULL. */
static bool must(struct demo *demo, struct fault *fault, struct buffer *output,
                 const char *const *arguments)
{
    struct buffer own = {0};
    struct buffer *heard = output == NULL ? &own : output;
    int status = run_command(demo, arguments, heard);
    bool good = interrupted(fault) && (status == 0 || failed(arguments, status, heard, fault));

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

/* Show a command as a person would type it, and what it prints. */
static bool show(struct demo *demo, struct fault *fault, size_t node, const char *const *arguments)
{
    struct buffer line = {0}, output = {0};

    for (const char *const *word = arguments; *word != NULL; word++)
        buffer_printf(&line, strchr(*word, ' ') == NULL ? " %s" : " \"%s\"", *word);
    say(demo, "\n%s$ candour%s\n", plan[node].name, buffer_text(&line));
    const char *list[ARGUMENTS_MAX] = {"--home", home_of(demo, node)};
    for (size_t i = 0; arguments[i] != NULL && i + 3 < ARGUMENTS_MAX; i++)
        list[i + 2] = arguments[i];
    bool good = must(demo, fault, &output, list);
    if (good && !demo->call->json)
        print_beginning(&output);
    buffer_release(&line);
    buffer_release(&output);
    return good;
}

/* --- Setting up --- */

static bool port_is_free(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)},
                                  .sin_port = htons(port)};
    int one = 1, file = socket(AF_INET, SOCK_STREAM, 0);

    if (file < 0)
        return false;
    setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    bool is_free = bind(file, (struct sockaddr *)&address, sizeof address) == 0;
    close(file);
    return is_free;
}

/* Two neighbouring ports for the hub. */
static bool choose_port(struct demo *demo, struct fault *fault)
{
    for (uint16_t port = 7400; port < 7600; port += 2)
        if (port_is_free(port) && port_is_free(port + 1)) {
            demo->port = port;
            return true;
        }
    return fault_set(fault, FAULT_SELF, "no two free ports between 7400 and 7600 on this machine");
}

static bool make_folder(struct demo *demo, struct fault *fault)
{
    const char *dir = call_value(demo->call, "dir");

    if (dir == NULL) {
        snprintf(demo->folder, sizeof demo->folder, "/tmp/candour-demo-XXXXXX");
        if (mkdtemp(demo->folder) == NULL)
            return fault_set(fault, FAULT_SELF, "/tmp: cannot make a folder: %s", strerror(errno));
        demo->made_folder = true;
        return true;
    }
    snprintf(demo->folder, sizeof demo->folder, "%s", dir);
    if (mkdir(demo->folder, 0770) != 0 && errno != EEXIST)
        return fault_set(fault, FAULT_SELF, "%s: cannot make this folder: %s", dir,
                         strerror(errno));
    if (access(home_of(demo, 0), F_OK) == 0)
        return fault_set(fault, FAULT_INPUT, "%s: a demo was here before: say another --dir", dir);
    return true;
}

/* The demo's intervals: what a council's node does every five minutes, every two seconds. */
static bool hasten(const char *path, struct fault *fault)
{
    struct home home = {.lock = -1};
    struct config config;
    struct buffer text = {0};

    snprintf(home.path, sizeof home.path, "%s", path);
    if (!config_read(&home, &config, fault))
        return false;
    config.period_ms = COMPARE_SECONDS * 1000;
    config.unsafe_next_key = true;
    config_write(&config, &text);
    bool written =
        file_write(home_file(&home, "candour.conf", 0), buffer_view(&text), 0640, false, fault);
    buffer_release(&text);
    config_release(&config);
    return written;
}

static bool make_home(struct demo *demo, size_t node, struct fault *fault)
{
    char listen[64], card[HOME_PATH_MAX + 64];
    const char *home = home_of(demo, node);
    const char *hub[] = {"--home", home,  "init",     "--name", plan[node].name,
                         "--role", "hub", "--listen", listen,   NULL};
    const char *council[] = {"--home", home,      "init",  "--name",       plan[node].name,
                             "--type", "unitary", "--gss", plan[node].gss, NULL};

    snprintf(listen, sizeof listen, "tcp://127.0.0.1:%u", (unsigned)demo->port);
    snprintf(card, sizeof card, "%s/%s.card", demo->folder, plan[node].folder);
    const char *give[] = {"--home", home, "card", "--out", card, NULL};
    return must(demo, fault, NULL, plan[node].hub ? hub : council) && hasten(home, fault) &&
           must(demo, fault, NULL, give);
}

/* A charter for the four, signed by two of the three councils, which are its stewards. */
static bool found_charter(struct demo *demo, struct fault *fault)
{
    char charter[HOME_PATH_MAX + 64], cards[NODES][HOME_PATH_MAX + 64];

    snprintf(charter, sizeof charter, "%s/demo.charter", demo->folder);
    for (size_t i = 0; i < NODES; i++)
        snprintf(cards[i], sizeof cards[i], "%s/%s.card", demo->folder, plan[i].folder);
    const char *found[] = {"--home",    home_of(demo, 1), "charter",     "found",
                           "--network", "Demo",           "--threshold", "2",
                           "--demo",    "--out",          charter,       cards[0],
                           cards[1],    cards[2],         cards[3],      NULL};
    bool good = must(demo, fault, NULL, found);
    for (size_t i = 1; good && i <= 2; i++) {
        const char *sign[] = {"--home", home_of(demo, i), "charter", "sign", charter, NULL};
        good = must(demo, fault, NULL, sign);
    }
    for (size_t i = 0; good && i < NODES; i++) {
        const char *join[] = {"--home", home_of(demo, i), "join", charter, NULL};
        good = must(demo, fault, NULL, join);
    }
    return good;
}

static bool start_node(struct demo *demo, size_t node, struct fault *fault)
{
    const char *arguments[] = {"--home", home_of(demo, node), "run", NULL};
    char log[HOME_PATH_MAX + 64];

    snprintf(log, sizeof log, "%s/%s.log", demo->folder, plan[node].folder);
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

static void stop_node(struct demo *demo, size_t node)
{
    if (demo->running[node] <= 0)
        return;
    kill(demo->running[node], SIGTERM);
    while (waitpid(demo->running[node], NULL, 0) < 0 && errno == EINTR)
        ;
    demo->running[node] = 0;
}

/* --- Samples --- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct sample *)a)->name, ((const struct sample *)b)->name);
}

/* The .md files of a folder of samples, by name. */
static size_t list_samples(struct demo *demo, const char *folder, struct sample *list)
{
    char path[HOME_PATH_MAX];
    struct dirent *entry;
    size_t count = 0;

    snprintf(path, sizeof path, "%.2900s/%s", demo->samples, folder);
    DIR *opened = opendir(path);
    while (opened != NULL && (entry = readdir(opened)) != NULL) {
        size_t size = strlen(entry->d_name);
        if (count == LESSONS_MAX || size < 4 || size >= sizeof list->name ||
            strcmp(entry->d_name + size - 3, ".md") != 0)
            continue;
        memcpy(list[count].name, entry->d_name, size + 1);
        snprintf(list[count].path, sizeof list->path, "%.2900s/%.127s", path, entry->d_name);
        list[count].id[0] = '\0';
        list[count++].held_back = false;
    }
    if (opened != NULL)
        closedir(opened);
    qsort(list, count, sizeof *list, by_name);
    return count;
}

static bool publish(struct demo *demo, size_t node, struct sample *sample, struct fault *fault)
{
    const char *arguments[] = {"--home", home_of(demo, node), "--json", "publish", sample->path,
                               "--by",   "The demo",          "--wait", NULL};
    struct buffer output = {0};
    json_error_t error;
    bool good = must(demo, fault, &output, arguments);
    json_t *answer = json_loadb((const char *)output.data, output.size, 0, &error);
    const char *id = json_string_value(json_object_get(answer, "id"));

    if (good && id == NULL)
        good = fault_set(fault, FAULT_SELF, "%s: was not published", sample->name);
    if (good) {
        snprintf(sample->id, sizeof sample->id, "%s", id);
        demo->expected++;
    }
    json_decref(answer);
    buffer_release(&output);
    return good;
}

/* Lessons go out at the councils in turn. */
static size_t publisher_of(size_t lesson)
{
    return 1 + lesson % (NODES - 1);
}

/* The lesson that an update's file names, or the number of lessons. */
static size_t lesson_of(const struct demo *demo, const char *update)
{
    const char *about = strstr(update, "About: ");
    size_t i = 0;

    while (about != NULL && i < demo->lesson_count &&
           strncmp(about + 7, demo->lessons[i].name, strlen(demo->lessons[i].name)) != 0)
        i++;
    return about == NULL ? demo->lesson_count : i;
}

/* The last few lessons that no update is about. */
static bool hold_back(struct demo *demo, struct fault *fault)
{
    struct sample *updates = memory_new(LESSONS_MAX, sizeof *updates);
    size_t count = list_samples(demo, "updates", updates), left = HELD_BACK;
    bool followed[LESSONS_MAX + 1] = {false}, good = true;

    for (size_t i = 0; good && i < count; i++) {
        struct buffer text = {0};
        good = file_read(updates[i].path, 65536, &text, fault);
        if (good)
            followed[lesson_of(demo, buffer_text(&text))] = true;
        buffer_release(&text);
    }
    for (size_t i = demo->lesson_count; i-- > 0 && left > 0;)
        if (!followed[i]) {
            demo->lessons[i].held_back = true;
            left--;
        }
    free(updates);
    return good;
}

static bool publish_lessons(struct demo *demo, struct fault *fault)
{
    demo->lesson_count = list_samples(demo, "lessons", demo->lessons);
    if (demo->lesson_count < 2 * HELD_BACK)
        return fault_set(fault, FAULT_SELF, "%s: holds too few sample lessons", demo->samples);
    bool good = hold_back(demo, fault);
    for (size_t i = 0; good && i < demo->lesson_count; i++)
        if (!demo->lessons[i].held_back)
            good = publish(demo, publisher_of(i), &demo->lessons[i], fault);
    return good;
}

/* An update's file names the lesson's file: the demo writes the id that the lesson has been given.
 */
static bool publish_update(struct demo *demo, const struct sample *update, struct fault *fault)
{
    struct buffer text = {0}, written = {0};
    struct sample resolved = *update;
    bool good = file_read(update->path, 65536, &text, fault);
    size_t lesson = good ? lesson_of(demo, buffer_text(&text)) : 0;

    if (good && lesson == demo->lesson_count)
        good = fault_set(fault, FAULT_SELF, "%s: is about no sample lesson", update->path);
    if (good) {
        const struct sample *about = &demo->lessons[lesson];
        const char *start = buffer_text(&text), *name = strstr(start, "About: ") + 7;
        buffer_append(&written, bytes_of(start, (size_t)(name - start)));
        buffer_append_text(&written, about->id);
        buffer_append_text(&written, name + strlen(about->name));
        snprintf(resolved.path, sizeof resolved.path, "%.2900s/%.127s", demo->folder, update->name);
        good = file_write(resolved.path, buffer_view(&written), 0640, false, fault) &&
               publish(demo, publisher_of(lesson), &resolved, fault);
        unlink(resolved.path);
    }
    buffer_release(&text);
    buffer_release(&written);
    return good;
}

static bool publish_updates(struct demo *demo, struct fault *fault)
{
    struct sample updates[LESSONS_MAX];
    size_t count = list_samples(demo, "updates", updates);
    bool good = true;

    for (size_t i = 0; good && i < count; i++)
        good = publish_update(demo, &updates[i], fault);
    return good;
}

static bool publish_indicators(struct demo *demo, struct fault *fault)
{
    struct sample definitions[LESSONS_MAX];
    char values[HOME_PATH_MAX];
    size_t count = list_samples(demo, "indicators", definitions);
    bool good = true;

    for (size_t i = 0; good && i < count; i++)
        good = publish(demo, 1, &definitions[i], fault);
    snprintf(values, sizeof values, "%.2900s/indicators/values.csv", demo->samples);
    for (size_t node = 1; good && node < NODES; node++) {
        const char *arguments[] = {"--home", home_of(demo, node), "--json", "indicator", "import",
                                   values,   "--publish",         "--by",   "The demo",  "--wait",
                                   NULL};
        struct buffer output = {0};
        json_error_t error;
        good = must(demo, fault, &output, arguments);
        json_t *answer = json_loadb((const char *)output.data, output.size, 0, &error);
        demo->expected += json_array_size(json_object_get(answer, "snapshots"));
        json_decref(answer);
        buffer_release(&output);
    }
    return good;
}

/* --- Waiting until they agree --- */

/* A node's count of records and the digest of its set; false while it does not answer. */
static bool read_state(struct demo *demo, size_t node, uint64_t *count, char *state, size_t size)
{
    const char *arguments[] = {"--home", home_of(demo, node), "--json", "status", NULL};
    struct buffer output = {0};
    json_error_t error;
    bool answered = run_command(demo, arguments, &output) == 0;
    json_t *status = json_loadb((const char *)output.data, output.size, 0, &error);
    const json_t *records = json_object_get(status, "records");
    const char *digest = json_string_value(json_object_get(records, "state"));

    answered = answered && digest != NULL &&
               json_is_true(json_object_get(json_object_get(status, "node"), "running"));
    if (answered) {
        *count = (uint64_t)json_integer_value(json_object_get(records, "in_set"));
        snprintf(state, size, "%s", digest);
    }
    json_decref(status);
    buffer_release(&output);
    return answered;
}

static bool all_agree(struct demo *demo)
{
    char states[NODES][2 * DIGEST_SIZE + 1];
    uint64_t count;

    for (size_t i = 0; i < NODES; i++)
        if (demo->running[i] > 0 && (!read_state(demo, i, &count, states[i], sizeof states[i]) ||
                                     count != demo->expected || strcmp(states[i], states[0]) != 0))
            return false;
    return true;
}

static bool await_agreement(struct demo *demo, int64_t *took_ms, struct fault *fault)
{
    const struct timespec pause = {.tv_nsec = 50000000};
    int64_t start_ms = clock_now_ms();

    while (!all_agree(demo)) {
        if (!interrupted(fault))
            return false;
        if (clock_now_ms() - start_ms > CONVERGE_MS)
            return fault_set(fault, FAULT_ABSENT,
                             "the nodes do not hold the same set after %d s: see "
                             "the logs in %s",
                             CONVERGE_MS / 1000, demo->folder);
        nanosleep(&pause, NULL);
    }
    *took_ms = clock_now_ms() - start_ms;
    return true;
}

/* --- The tour --- */

static bool tour(struct demo *demo, struct fault *fault)
{
    const char *search[] = {"search", "slow", "direct", "payments", "--limit", "3", NULL};
    const char *failures[] = {"search",       "case",    "system", "--outcome",
                              "did_not_work", "--limit", "2",      NULL};
    const char *figures[] = {"sql",
                             "SELECT authority_name, code, disaggregation, value, numerator, flag "
                             "FROM snapshots WHERE code = '1E' ORDER BY 1, 3",
                             NULL};
    const char *status[] = {"status", NULL};
    const struct sample *lesson = &demo->lessons[0];

    for (size_t i = 0; i < demo->lesson_count; i++)
        if (strncmp(demo->lessons[i].name, "slow-start", 10) == 0)
            lesson = &demo->lessons[i];
    char id[13];
    snprintf(id, sizeof id, "%.12s", lesson->id);
    const char *shown[] = {"show", id, NULL};

    /* A council that did not write the lesson asks. */
    size_t reader = publisher_of((size_t)(lesson - demo->lessons)) % (NODES - 1) + 1;
    say(demo, "\n== Who has tried this, and how did it go? Asked at %s, which did not write it.",
        plan[reader].name);
    return show(demo, fault, reader, search) && show(demo, fault, reader, failures) &&
           show(demo, fault, reader, shown) && show(demo, fault, reader, figures) &&
           show(demo, fault, reader, status);
}

static bool one_goes_away(struct demo *demo, struct fault *fault)
{
    const size_t away = 2;
    bool good = true;

    say(demo, "\n== %s is switched off; meanwhile the others publish %d lessons.", plan[away].name,
        HELD_BACK);
    stop_node(demo, away);
    for (size_t i = 0; good && i < demo->lesson_count; i++)
        if (demo->lessons[i].held_back)
            good = publish(demo, i % 2 == 0 ? 1 : 3, &demo->lessons[i], fault);
    good =
        good && start_node(demo, away, fault) && await_agreement(demo, &demo->caught_up_ms, fault);
    if (good)
        say(demo, "%s is back and holds everything, %" PRId64 " ms after it was started.",
            plan[away].name, demo->caught_up_ms);
    return good;
}

static bool verify_all(struct demo *demo, struct fault *fault)
{
    bool good = true;

    for (size_t i = 0; good && i < NODES; i++) {
        const char *arguments[] = {"--home", home_of(demo, i), "--quiet", "verify", NULL};
        good = must(demo, fault, NULL, arguments);
    }
    if (good)
        say(demo, "\n== candour verify is clean at all four: every signature, chain and table.");
    return good;
}

static bool whole_demo(struct demo *demo, struct fault *fault)
{
    const char *samples = call_value(demo->call, "samples");
    int64_t start_ms = clock_now_ms();

    if (!share_program(demo->program, sizeof demo->program, fault))
        return false;
    if (samples != NULL)
        snprintf(demo->samples, sizeof demo->samples, "%s", samples);
    else if (!share_find("samples", demo->samples, sizeof demo->samples, fault))
        return false;
    if (!make_folder(demo, fault) || !choose_port(demo, fault))
        return false;

    say(demo, "== A network of three councils and a hub, in %s.", demo->folder);
    bool good = true;
    for (size_t i = 0; good && i < NODES; i++)
        good = make_home(demo, i, fault);
    good = good && found_charter(demo, fault);
    if (good)
        say(demo, "Each has its keys; two of the three councils have signed the charter.");
    for (size_t i = 0; good && i < NODES; i++)
        good = start_node(demo, i, fault);
    good = good && publish_lessons(demo, fault) && publish_updates(demo, fault) &&
           publish_indicators(demo, fault) && await_agreement(demo, &demo->converged_ms, fault);
    if (!good)
        return false;
    say(demo,
        "%" PRIu64 " records published at three councils; all four nodes hold all of them, %" PRId64
        " ms after the last one (%" PRId64 " ms after the start).",
        demo->expected, demo->converged_ms, clock_now_ms() - start_ms);
    return tour(demo, fault) && one_goes_away(demo, fault) && verify_all(demo, fault);
}

static void stay(struct demo *demo)
{
    const struct timespec pause = {.tv_sec = 1};

    say(demo, "\n== The four nodes go on until you press Ctrl-C. In another terminal, try:\n");
    say(demo, "  export CANDOUR_HOME=%s", home_of(demo, 1));
    say(demo, "  %s search hospital discharge", demo->program);
    say(demo, "  %s lesson new > my-lesson.md     # fill it in, then:", demo->program);
    say(demo, "  %s publish my-lesson.md --by \"Your Name\" --wait", demo->program);
    say(demo, "  %s --home %s search ...          # it is there too", demo->program,
        home_of(demo, 3));
    say(demo, "  %s sql \"SELECT outcome, count(*) AS lessons FROM lessons GROUP BY outcome\"",
        demo->program);
    while (!stopped)
        nanosleep(&pause, NULL);
}

/* Remove what the demo made in its own folder under /tmp. */
static void remove_tree(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    char below[HOME_PATH_MAX];

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(below, sizeof below, "%.2800s/%.200s", path, entry->d_name);
        if (unlink(below) != 0)
            remove_tree(below);
    }
    if (folder != NULL)
        closedir(folder);
    rmdir(path);
}

static json_t *demo_object(struct demo *demo)
{
    json_t *nodes = json_array();

    for (size_t i = 0; i < NODES; i++)
        json_array_append_new(
            nodes, json_pack("{s:s, s:s}", "name", plan[i].name, "home", home_of(demo, i)));
    return json_pack("{s:o, s:I, s:I, s:I}", "nodes", nodes, "records", (json_int_t)demo->expected,
                     "converged_ms", (json_int_t)demo->converged_ms, "caught_up_ms",
                     (json_int_t)demo->caught_up_ms);
}

bool run_demo(struct call *call, struct fault *fault)
{
    struct demo *demo = memory_new(1, sizeof *demo);

    demo->call = call;
    catch_stop();
    bool good = whole_demo(demo, fault);
    if (good)
        call_json(call, demo_object(demo));
    if (good && !call_has(call, "exit"))
        stay(demo);
    for (size_t i = NODES; i-- > 0;)
        stop_node(demo, i);
    if (demo->made_folder && (good || stopped))
        remove_tree(demo->folder);
    free(demo);
    return good;
}
