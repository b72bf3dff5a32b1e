#include "tests/node/room.h"
#include "crypto/secret.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder folder;
struct home home;
struct fault fault;

void room_open(void)
{
    static const char *const variables[] = {"CANDOUR_HOME", "CANDOUR_PASSPHRASE",
                                            "CREDENTIALS_DIRECTORY", "JOURNAL_STREAM",
                                            "NOTIFY_SOCKET"};

    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
    umask(022);
    crypto_start();
    secret_test_limits();
    fault = (struct fault){0};
    folder = folder_new();
    cr_done(home_find(&home, folder_file(&folder, "home"), &fault));
    cr_done(home_create(&home, &fault));
}

void room_close(void)
{
    home_unlock(&home);
    folder_remove(&folder);
}

struct sockaddr_in own_address(unsigned port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(0x7f400000 + (uint32_t)getpid())};
}

const char *own_endpoint(unsigned port)
{
    static char endpoint[64];
    struct sockaddr_in address = own_address(port);

    snprintf(endpoint, sizeof endpoint, "tcp://%s:%u", inet_ntoa(address.sin_addr), port);
    return endpoint;
}

void put_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");

    cr_assert(file != NULL, "%s", path);
    fputs(text, file);
    fclose(file);
}

size_t count_files(const char *path)
{
    DIR *open = opendir(path);
    size_t count = 0;

    cr_assert(open != NULL, "%s", path);
    while (readdir(open) != NULL)
        count++;
    closedir(open);
    return count - 2; /* "." and "..". */
}

char *said_by(void (*act)(void))
{
    const char *path = folder_file(&folder, "said");
    int before = dup(STDERR_FILENO);

    fflush(stderr);
    cr_assert(freopen(path, "w", stderr) != NULL);
    act();
    fflush(stderr);
    dup2(before, STDERR_FILENO);
    close(before);
    return file_text(path);
}

static char *copy(const char *text)
{
    char *made = strdup(text);

    cr_assert(made != NULL);
    return made;
}

struct config config_named(const char *name)
{
    struct config config = {
        .period_ms = 300000, .hold_anonymous_ms = HOLD_ANONYMOUS_MS, .language = copy("en")};

    config.authority.name = copy(name);
    config.authority.type = copy("unitary");
    config.authority.nation = copy("england");
    config.authority.region = copy("");
    config.authority.operator_name = copy("");
    return config;
}
