#include "tests/node/room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct config config;

static void tidy_up(void)
{
    config_release(&config);
    room_close();
}

TestSuite(config, .init = room_open, .fini = tidy_up);

static const char *config_path(void)
{
    return home_file(&home, "candour.conf", 1);
}

static bool read_back(const char *text)
{
    put_file(config_path(), text);
    config_release(&config);
    return config_read(&home, &config, &fault);
}

Test(config, needs_no_more_than_a_name)
{
    cr_done(read_back("authority { name = \"Leeds\" }\n"));
    cr_expect_str_eq(config.path, config_path());
    cr_expect_str_eq(config.authority.name, "Leeds");
    cr_expect_str_eq(config.authority.type, "");
    cr_expect_eq(config.authority.role, ROLE_AUTHORITY);
    cr_expect_eq(config.listen.count, 0);
    cr_expect_eq(config.period_ms, 300000);
    cr_expect_str_eq(config.language, "en");
    cr_expect(!config.approval_two && !config.unsafe_next_key);
    cr_expect_eq(config.hold_ms, 0);
    cr_expect_eq(config.hold_anonymous_ms, INT64_C(24) * 3600 * 1000);
}

/* Every mistake: one sentence, with the file and the line. */
Test(config, says_where_the_mistake_is)
{
    static const struct {
        const char *text, *line, *says;
    } cases[] = {
        {"authority { name = \"L\" }\napproval = \"three\"\n",
         ":2: ", "approval = \"three\": must be \"one\" or \"two\""},
        {"authority {\n name = \"L\"\n role = \"king\"\n}\n",
         ":3: ", "role = \"king\": must be \"authority\" or \"hub\""},
        {"authority { name = \"L\" }\nhold = \"a day\"\n",
         ":2: ", "hold = \"a day\": must be a time such as \"2h\", at least 0h and at most 90d"},
        {"hold = \"91d\"\n", ":1: ", "at most 90d"},
        {"hold_anonymous = \"23h\"\n",
         ":1: ", "hold_anonymous = \"23h\": must be a time such as \"48h\", at least 24h"},
        {"language = \"fr\"\nauthority { name = \"L\" }\n",
         ":1: ", "language = \"fr\": must be \"en\" or \"cy\""},
        {"authority { name = \"L\" }\n\ncompare_every = 0\n",
         ":3: ", "compare_every = 0: must be 1 to 86400 seconds"},
        {"# one\n// two\n/* three\n four */ # five\n\nlanguage = \"fr\" # six\n",
         ":6: ", "language = \"fr\""},
        {"own_names = {\"a # b\", 'c // \"', \"/* \\\" */\"} # x\nlanguage = \"fr\"\n",
         ":2: ", "language = \"fr\""},
        {"compare_every = 86401\n", ":1: ", "must be 1 to 86400"},
        {"compare_every = soon\n", ":1: ", "invalid integer value for option 'compare_every'"},
        {"next_key_may_stay = perhaps\n", ":1: ", "invalid boolean value"},
        {"authority { name = \"L\" }\nlisten = {\"tcp://*:7400\", \"7500\"}\n",
         ":2: ", "listen: \"7500\" is not of the form tcp://ADDRESS:PORT"},
        {"listen = {\"tcp://*:65535\"}\n", ":1: ", "not of the form"},
        {"endpoints = {\"udp://hub:7400\"}\n",
         ":1: ", "endpoints: \"udp://hub:7400\" is not of the form"},
        {"authority { name = \"L\" }\nlistne = {}\n", ":2: ", "listne"},
        {"authority { name = \"L\"\n nmae = \"M\" }\n", ":2: ", "nmae"},
        {"authority { name = \"L }\n", ":2: ", "premature end of file"},
        {"approval = \"one\"\nauthority { name = \"L\" }\napproval = \"two\"\n",
         ":3: ", "approval is there already further up"},
        {"authority {\nname = \"L\"\nname = \"M\"\n}\n",
         ":3: ", "name is there already further up"},
        {"authority { name = \"L\" }\nauthority { type = \"unitary\" }\n",
         ":2: ", "authority is there already further up"},
        {"listen = {\"tcp://*:1\"}\nlisten = {\"tcp://*:2\"}\n",
         ":2: ", "listen is there already further up"},
        {"next_key_may_stay = true\nnext_key_may_stay = false\n",
         ":2: ", "next_key_may_stay is there already further up"},
        {"authority {\nname = \"L\xff\"\n}\n", ":2: ", "name: is not one line of UTF-8 text"},
        {"authority {\nname = \"L\\x1b[31m\"\n}\n", ":2: ", "name: is not one line of UTF-8 text"},
        {"own_names = {\"good\", \"bad\\n\"}\n", ":1: ", "own_names: is not one line"},
        {"follow = {\"send\", \"Home care\"}\n",
         ":1: ", "follow = \"Home care\": is neither a service nor a topic"},
        {"follow = {\"\"}\n", ":1: ", "is neither a service nor a topic"},
        {"authority { name = \"L\" type = "
         "\"a_type_of_authority_that_is_longer_than_any\" }\n",
         ":1: ", "has 43 bytes, at most 32"},
        {"authority { name = \"L\" areas = {a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q} }\n",
         ":1: ", "areas: at most 16 of them"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char place[300];
        fault = (struct fault){0};
        cr_expect(!read_back(cases[i].text), "taken: %s", cases[i].text);
        snprintf(place, sizeof place, "%s%s", config_path(), cases[i].line);
        cr_expect_eq(fault.kind, FAULT_INPUT, "%s", fault.text);
        cr_expect(strncmp(fault.text, place, strlen(place)) == 0, "%s\nsays %s\nnot at %s",
                  cases[i].text, fault.text, cases[i].line);
        cr_expect(strstr(fault.text, cases[i].says) != NULL, "%s\nsays: %s\nnot: %s", cases[i].text,
                  fault.text, cases[i].says);
        cr_expect(strchr(fault.text, '\n') == NULL, "one line: %s", fault.text);
    }
}

Test(config, has_a_name_in_it)
{
    cr_refused(read_back(""), FAULT_INPUT, "authority has no name");
    cr_refused(read_back("authority { type = \"unitary\" }\n"), FAULT_INPUT,
               "authority has no name");
}

Test(config, that_is_not_there_is_said_so)
{
    cr_refused(config_read(&home, &config, &fault), FAULT_ABSENT, "candour init makes one");
    cr_assert(mkdir(config_path(), 0700) == 0);
    cr_refused(config_read(&home, &config, &fault), FAULT_INPUT, "is a folder");
}

/* Rubbish of every kind is an answer, never a crash. */
Test(config, bears_any_bytes)
{
    uint32_t lot = 1;

    for (unsigned i = 0; i < 3000; i++) {
        char text[64];
        static const char alphabet[] = "authority{name=\"L\"}listen,\\$#'\n \t\x80\xff()[]+=;/*";
        size_t size = 0;
        while (size < sizeof text - 1) {
            lot = lot * 1664525 + 1013904223;
            text[size++] = alphabet[(lot >> 16) % (sizeof alphabet - 1)];
        }
        text[size] = '\0';
        if (strstr(text, "${") == NULL)
            read_back(text);
    }
}

/* --- What was written is what is read --- */

static const char *const awkward[] = {"plain",
                                      "St. \"Quoted\" & Sons",
                                      "back\\slash\\",
                                      "$HOME and ${HOME} for 5$",
                                      "Bürgermeister Ynys Môn, Gŵyl",
                                      "# no comment // and /* none */ here",
                                      "it's {a, list} = of; signs + more",
                                      " spaces at both ends ",
                                      "\\n \\x41 \\101 \\e"};

static char *copy(const char *text)
{
    char *made = strdup(text);

    cr_assert(made != NULL);
    return made;
}

static void expect_same_texts(const struct texts *a, const struct texts *b)
{
    cr_assert_eq(a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        cr_expect_str_eq(a->list[i], b->list[i]);
}

static void expect_same(const struct config *a, const struct config *b)
{
    cr_expect_str_eq(a->authority.name, b->authority.name);
    cr_expect_str_eq(a->authority.type, b->authority.type);
    cr_expect_str_eq(a->authority.nation, b->authority.nation);
    cr_expect_str_eq(a->authority.region, b->authority.region);
    cr_expect_str_eq(a->authority.operator_name, b->authority.operator_name);
    cr_expect_str_eq(a->language, b->language);
    cr_expect_eq(a->authority.role, b->authority.role);
    cr_expect_eq(a->approval_two, b->approval_two);
    cr_expect_eq(a->unsafe_next_key, b->unsafe_next_key);
    cr_expect_eq(a->period_ms, b->period_ms);
    cr_expect_eq(a->hold_ms, b->hold_ms);
    cr_expect_eq(a->hold_anonymous_ms, b->hold_anonymous_ms);
    expect_same_texts(&a->authority.areas, &b->authority.areas);
    expect_same_texts(&a->authority.functions, &b->authority.functions);
    expect_same_texts(&a->listen, &b->listen);
    expect_same_texts(&a->endpoints, &b->endpoints);
    expect_same_texts(&a->own_names, &b->own_names);
    expect_same_texts(&a->follow, &b->follow);
    expect_same_texts(&a->labels_from, &b->labels_from);
}

Test(config, round_trips_every_setting)
{
    for (size_t i = 0; i < sizeof awkward / sizeof *awkward; i++) {
        struct config before = {.period_ms = 1000 * (int64_t)(i + 1),
                                .approval_two = i % 2 == 0,
                                .hold_ms = (int64_t)i * 90 * 1000,
                                .hold_anonymous_ms = HOLD_ANONYMOUS_MS + (int64_t)i * 3600000};
        struct buffer file = {0};
        before.authority.name = copy(awkward[i]);
        before.authority.type = copy("unitary");
        before.authority.nation = copy("wales");
        before.authority.region = copy(awkward[i]);
        before.authority.operator_name = copy(awkward[i]);
        before.authority.role = i % 2 == 0 ? ROLE_HUB : ROLE_AUTHORITY;
        before.language = copy(i % 2 == 0 ? "cy" : "en");
        before.unsafe_next_key = i % 3 == 0;
        for (size_t k = 0; k < i; k++)
            texts_add(&before.own_names, awkward[k]);
        texts_add(&before.labels_from, awkward[i]);
        texts_add(&before.authority.areas, "E08000035");
        texts_add(&before.authority.functions, "adults_assessment");
        texts_add(&before.authority.functions, "send");
        texts_add(&before.listen, "tcp://0.0.0.0:7400");
        texts_add(&before.listen, "tcp://[::1]:7400");
        texts_add(&before.endpoints, "tcp://hub.example:7400");

        config_write(&before, &file);
        cr_done(read_back(buffer_text(&file)));
        expect_same(&before, &config);
        buffer_release(&file);
        config_release(&before);
    }
}

/* --- Nothing is opened for writing --- */

static int read_as_nobody(void)
{
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        return 2;
    return access(home.path, W_OK) != 0 && config_read(&home, &config, &fault) ? 0 : 1;
}

Test(config, is_read_where_nothing_may_be_written)
{
    int status;

    put_file(config_path(), "authority { name = \"Leeds\" }\n");
    cr_assert(chmod(config_path(), 0444) == 0);
    cr_assert(chmod(folder.path, 0555) == 0 && chmod(home.path, 0555) == 0);
    pid_t child = fork();
    if (child == 0)
        _exit(read_as_nobody());
    cr_assert(waitpid(child, &status, 0) == child);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%x", (unsigned)status);
    cr_assert(chmod(folder.path, 0755) == 0 && chmod(home.path, 0755) == 0);
    cr_expect_eq(count_files(home.path), 2, "candour.conf and keys, and nothing new");
}

/* --- Endpoints --- */

Test(config, takes_endpoints_apart)
{
    static const struct {
        const char *endpoint, *address;
        unsigned port; /* 0: is none. */
    } cases[] = {{"tcp://127.0.0.1:7400", "127.0.0.1", 7400},
                 {"tcp://*:1", "*", 1},
                 {"tcp://[::1]:65535", "[::1]", 65535},
                 {"tcp://hub.example.org:80", "hub.example.org", 80},
                 {"tcp://h:0", NULL, 0},
                 {"tcp://h:65536", NULL, 0},
                 {"tcp://h:99999999999999999999", NULL, 0},
                 {"tcp://h:-1", NULL, 0},
                 {"tcp://h:+1", NULL, 0},
                 {"tcp://h: 1", NULL, 0},
                 {"tcp://h:1x", NULL, 0},
                 {"tcp://h:", NULL, 0},
                 {"tcp://h", NULL, 0},
                 {"tcp://:7400", NULL, 0},
                 {"tcp://", NULL, 0},
                 {"tcp:", NULL, 0},
                 {"", NULL, 0},
                 {"ipc:///tmp/x:1", NULL, 0},
                 {"tcp://a-name-of-more-than-31-characters.example:1", NULL, 0}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char address[32] = "";
        uint16_t port = 0;
        bool is_one = endpoint_parse(cases[i].endpoint, address, sizeof address, &port);
        cr_expect_eq(is_one, cases[i].port != 0, "%s", cases[i].endpoint);
        if (is_one && cases[i].address != NULL) {
            cr_expect_str_eq(address, cases[i].address);
            cr_expect_eq(port, cases[i].port);
        }
    }
}

Test(config, follows_services_and_topics_in_the_order_that_the_protocol_wants)
{
    cr_done(read_back(
        "authority { name = \"L\" }\n"
        "follow = {\"send\", \"home_care\", \"home-care\", \"direct-payments/start\"}\n"));
    cr_assert_eq(config.follow.count, 3);
    cr_expect_str_eq(config.follow.list[0], "direct-payments/start");
    cr_expect_str_eq(config.follow.list[1], "home-care");
    cr_expect_str_eq(config.follow.list[2], "send");
}
