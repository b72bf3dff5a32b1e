#include "node/cli/demo.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* The demo's homes, and the charter that makes them a network. */

#define COMPARE_SECONDS 2

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

bool demo_choose_port(struct demo *demo, struct fault *fault)
{
    for (uint16_t port = 7400; port < 7600; port += 2)
        if (port_is_free(port) && port_is_free(port + 1)) {
            demo->port = port;
            return true;
        }
    return fault_set(fault, FAULT_SELF, "no two free ports between 7400 and 7600 on this machine");
}

bool demo_make_folder(struct demo *demo, struct fault *fault)
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
    if (access(demo_home(demo, 0), F_OK) == 0)
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

bool demo_make_home(struct demo *demo, size_t node, struct fault *fault)
{
    char listen[64], card[HOME_PATH_MAX + 64];
    const char *home = demo_home(demo, node);
    const char *hub[] = {"--home", home,  "init",     "--name", demo_plan[node].name,
                         "--role", "hub", "--listen", listen,   NULL};
    const char *council[] = {"--home",
                             home,
                             "init",
                             "--name",
                             demo_plan[node].name,
                             "--type",
                             "unitary",
                             "--gss",
                             demo_plan[node].gss,
                             NULL};

    snprintf(listen, sizeof listen, "tcp://127.0.0.1:%u", (unsigned)demo->port);
    snprintf(card, sizeof card, "%s/%s.card", demo->folder, demo_plan[node].folder);
    const char *give[] = {"--home", home, "card", "--out", card, NULL};
    return demo_must(demo, fault, NULL, demo_plan[node].hub ? hub : council) &&
           hasten(home, fault) && demo_must(demo, fault, NULL, give);
}

bool demo_found_charter(struct demo *demo, struct fault *fault)
{
    char charter[HOME_PATH_MAX + 64], cards[NODES][HOME_PATH_MAX + 64];

    snprintf(charter, sizeof charter, "%s/demo.charter", demo->folder);
    for (size_t i = 0; i < NODES; i++)
        snprintf(cards[i], sizeof cards[i], "%s/%s.card", demo->folder, demo_plan[i].folder);
    const char *found[] = {"--home", demo_home(demo, 1), "charter", "found",  "--network",
                           "Demo",   "--threshold",      "2",       "--demo", "--out",
                           charter,  cards[0],           cards[1],  cards[2], cards[3],
                           NULL};
    bool good = demo_must(demo, fault, NULL, found);
    for (size_t i = 1; good && i <= 2; i++) {
        const char *sign[] = {"--home", demo_home(demo, i), "charter", "sign", charter, NULL};
        good = demo_must(demo, fault, NULL, sign);
    }
    for (size_t i = 0; good && i < NODES; i++) {
        const char *join[] = {"--home", demo_home(demo, i), "join", charter, NULL};
        good = demo_must(demo, fault, NULL, join);
    }
    return good;
}
