#include "tests/bench/support/processes.h"

#include "node/home.h"
#include "protocol/bundle.h"
#include "tests/support/folder.h"

#include <arpa/inet.h>
#include <assert.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static struct folder folder;
static pid_t running[16];
static size_t running_count;

/* However this program ends, they end with it. */
static void end_running(void)
{
    for (size_t i = 0; i < running_count; i++)
        kill(running[i], SIGKILL);
}

static void on_signal(int number)
{
    end_running();
    signal(number, SIG_DFL);
    raise(number);
}

void processes_begin(void)
{
    folder = folder_new();
    atexit(end_running);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    setvbuf(stdout, NULL, _IOLBF, 0);
}

void processes_end(void)
{
    folder_remove(&folder);
}

const char *in_folder(const char *name)
{
    static struct {
        char name[24], path[128];
    } paths[32];
    size_t at = 0;

    while (paths[at].name[0] != '\0' && strcmp(paths[at].name, name) != 0)
        at++;
    assert(at + 1 < sizeof paths / sizeof *paths); /* An empty one ends them. */
    snprintf(paths[at].name, sizeof paths[at].name, "%s", name);
    snprintf(paths[at].path, sizeof paths[at].path, "%s/%s", folder.path, name);
    return paths[at].path;
}

double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* --- Processes --- */

/* Beside this one: tests/make_library, or one level up: candour. */
static const char *program(const char *name)
{
    static char path[4096];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - 32);

    path[size < 0 ? 0 : size] = '\0';
    if (strcmp(name, "candour") == 0)
        *strrchr(path, '/') = '\0';
    strcpy(strrchr(path, '/') + 1, name);
    return path;
}

/* What it says goes to `log` in the folder. */
pid_t process_start(const char *log, const char *const *arguments)
{
    posix_spawn_file_actions_t actions;
    pid_t pid = 0;

    posix_spawn_file_actions_init(&actions);
    for (int file = 1; file <= 2; file++)
        posix_spawn_file_actions_addopen(&actions, file, in_folder(log),
                                         O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (posix_spawn(&pid, program(arguments[0]), &actions, NULL, (char *const *)arguments,
                    environ) != 0) {
        fprintf(stderr, "bench: cannot start %s\n", arguments[0]);
        exit(1);
    }
    posix_spawn_file_actions_destroy(&actions);
    if (running_count < sizeof running / sizeof *running)
        running[running_count++] = pid;
    return pid;
}

/* It has ended: its number may be another's by now. */
static void forget(pid_t pid)
{
    for (size_t i = running_count; i-- > 0;)
        if (running[i] == pid)
            running[i] = running[--running_count];
}

long process_run(const char *const *arguments)
{
    const struct timespec pause = {.tv_nsec = 5000000};
    int status;
    long peak = 0;
    pid_t ended, pid = process_start("commands.log", arguments);

    while ((ended = waitpid(pid, &status, WNOHANG)) == 0) {
        long now = peak_kib(pid);
        peak = now > peak ? now : peak; /* Of one that has ended there is none. */
        nanosleep(&pause, NULL);
    }
    forget(pid);
    if (ended == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return peak;
    fprintf(stderr, "bench: %s %s failed: %s\n", arguments[0], arguments[1],
            file_text(in_folder("commands.log")));
    exit(1);
}

void process_stop(pid_t pid)
{
    int status;

    kill(pid, SIGTERM);
    waitpid(pid, &status, 0);
    forget(pid);
}

double cpu_s(pid_t pid)
{
    char path[64], text[1024] = "";
    unsigned long user = 0, system = 0;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (file != NULL && fgets(text, sizeof text, file) != NULL && strrchr(text, ')') != NULL)
        sscanf(strrchr(text, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
               &system);
    if (file != NULL)
        fclose(file);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

long peak_kib(pid_t pid)
{
    char path[64], line[256];
    long peak = 0;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        sscanf(line, "VmHWM: %ld", &peak);
    if (file != NULL)
        fclose(file);
    return peak;
}

static void need_free(const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)atoi(port))};
    int probe = socket(AF_INET, SOCK_STREAM, 0);

    if (connect(probe, (const struct sockaddr *)&address, sizeof address) == 0) {
        fprintf(stderr, "bench: port %s is in use\n", port);
        exit(1);
    }
    close(probe);
}

void make_home(const char *name, const char *port)
{
    char endpoint[64], card[32];

    if (port != NULL)
        need_free(port);
    snprintf(card, sizeof card, "%s.card", name);
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%s", port == NULL ? "" : port);
    if (port != NULL)
        process_run(CANDOUR(name, "init", "--name", name, "--role", "hub", "--listen", endpoint));
    else
        process_run(CANDOUR(name, "init", "--name", name, "--role", "hub"));
    process_run(CANDOUR(name, "card", "--out", in_folder(card)));
}

static void must(bool done, const struct fault *fault)
{
    if (done)
        return;
    fprintf(stderr, "bench: %s\n", fault->text);
    exit(1);
}

/* The next item where there is one, which is appended to `to`. */
static bool move_item(struct bundle_reader *from, struct buffer *to)
{
    const uint8_t *start = from->rest.data;
    struct bytes item;
    struct fault fault;
    bool is_charter, more = bundle_next(from, &item, &is_charter, &fault);

    must(more || fault.kind == FAULT_NONE, &fault);
    if (more)
        buffer_append(to, bytes_of(start, (size_t)(from->rest.data - start)));
    return more;
}

static void end_bundle(struct buffer *bundle, uint64_t items, const char *path)
{
    struct fault fault;

    bundle_end(items, bundle);
    must(file_write(path, buffer_view(bundle), 0644, false, &fault), &fault);
    buffer_release(bundle);
}

void split_bundle(const char *bundle, size_t records, const char *rest)
{
    struct buffer file = {0}, first = {0}, second = {0};
    struct bundle_reader from;
    struct fault fault;

    must(file_read(bundle, SIZE_MAX / 2, &file, &fault), &fault);
    must(bundle_open(buffer_view(&file), &from, &fault), &fault);
    buffer_append(&first, bytes_of(file.data, file.size - from.rest.size)); /* What names it. */
    move_item(&from, &first);
    buffer_append(&second, buffer_view(&first));
    for (size_t i = 0; i < records; i++)
        move_item(&from, &first);
    while (move_item(&from, &second))
        ;
    end_bundle(&first, 1 + records, bundle);
    end_bundle(&second, from.items - records, rest);
    buffer_release(&file);
}

double disk_bytes(const char *node)
{
    static const char *const names[] = {"store.sqlite", "store.sqlite-wal", "index.sqlite",
                                        "index.sqlite-wal"};
    char path[4200];
    struct stat status;
    double bytes = 0;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", in_folder(node), names[i]);
        bytes += stat(path, &status) == 0 ? (double)status.st_size : 0;
    }
    return bytes;
}
