#include "node/cli/demo.h"
#include "node/clock.h"
#include "node/share.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* candour demo: four nodes as four processes on this machine. Everything is done by running this
 * same program with the commands that a council would type; only the interval between comparisons
 * differs. */

#define CONVERGE_MS 60000

const struct demo_node demo_plan[NODES] = {{"Northern Learning Hub", "hub", NULL, true},
                                           {"Kelder", "kelder", "X06000001", false},
                                           {"Eastvale", "eastvale", "X06000002", false},
                                           {"Northmoor", "northmoor", "X06000003", false}};

/* --- Waiting until they agree --- */

/* A node's count of records and the digest of its set; false while it does not answer. */
static bool read_state(struct demo *demo, size_t node, uint64_t *count, char *state, size_t size)
{
    const char *arguments[] = {"--home", demo_home(demo, node), "--json", "status", NULL};
    struct buffer output = {0};
    json_error_t error;
    bool answered = demo_run(demo, arguments, &output) == 0;
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
        if (!demo_goes_on(fault))
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
                             "SELECT authority_name, code, disaggregation, value, numerator, flag, "
                             "sdc_profile FROM snapshots WHERE code = '1E' ORDER BY 1, 3",
                             NULL};
    const char *status[] = {"status", NULL};
    const struct sample *lesson = &demo->lessons[demo_toured_lesson(demo)];
    int64_t took_ms;

    char id[13];
    snprintf(id, sizeof id, "%.12s", lesson->id);
    const char *shown[] = {"show", id, NULL};

    /* A council that did not write the lesson asks. */
    size_t reader = demo_publisher((size_t)(lesson - demo->lessons)) % (NODES - 1) + 1;
    demo_say(demo,
             "\n== Who has tried this, and how did it go? Asked at %s, which did not write it.",
             demo_plan[reader].name);
    return demo_publish_responses(demo, fault) && await_agreement(demo, &took_ms, fault) &&
           demo_show(demo, fault, reader, search) && demo_show(demo, fault, reader, failures) &&
           demo_show(demo, fault, reader, shown) && demo_show(demo, fault, reader, figures) &&
           demo_show(demo, fault, reader, status);
}

static bool one_goes_away(struct demo *demo, struct fault *fault)
{
    const size_t away = 2;
    bool good = true;

    demo_say(demo, "\n== %s is switched off; meanwhile the others publish %d lessons.",
             demo_plan[away].name, HELD_BACK);
    demo_stop(demo, away);
    for (size_t i = 0; good && i < demo->lesson_count; i++)
        if (demo->lessons[i].held_back)
            good = demo_publish(demo, i % 2 == 0 ? 1 : 3, &demo->lessons[i], fault);
    good =
        good && demo_start(demo, away, fault) && await_agreement(demo, &demo->caught_up_ms, fault);
    if (good)
        demo_say(demo, "%s is back and holds everything, %" PRId64 " ms after it was started.",
                 demo_plan[away].name, demo->caught_up_ms);
    return good;
}

static bool verify_all(struct demo *demo, struct fault *fault)
{
    bool good = true;

    for (size_t i = 0; good && i < NODES; i++) {
        const char *arguments[] = {"--home", demo_home(demo, i), "--quiet", "verify", NULL};
        good = demo_must(demo, fault, NULL, arguments);
    }
    if (good)
        demo_say(demo,
                 "\n== candour verify is clean at all four: every signature, chain and table.");
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
    if (!demo_make_folder(demo, fault) || !demo_choose_port(demo, fault))
        return false;

    demo_say(demo, "== A network of three councils and a hub, in %s.", demo->folder);
    bool good = true;
    for (size_t i = 0; good && i < NODES; i++)
        good = demo_make_home(demo, i, fault);
    good = good && demo_found_charter(demo, fault);
    if (good)
        demo_say(demo, "Each has its keys; two of the three councils have signed the charter.");
    for (size_t i = 0; good && i < NODES; i++)
        good = demo_start(demo, i, fault);
    good = good && demo_publish_lessons(demo, fault) && demo_publish_updates(demo, fault) &&
           demo_publish_indicators(demo, fault) &&
           await_agreement(demo, &demo->converged_ms, fault);
    if (!good)
        return false;
    demo_say(demo,
             "%" PRIu64
             " records published at three councils; all four nodes hold all of them, %" PRId64
             " ms after the last one (%" PRId64 " ms after the start).",
             demo->expected, demo->converged_ms, clock_now_ms() - start_ms);
    return tour(demo, fault) && one_goes_away(demo, fault) && verify_all(demo, fault);
}

/* --- Until it is ended --- */

static void stay(struct demo *demo)
{
    const struct timespec pause = {.tv_sec = 1};

    demo_say(demo, "\n== The four nodes go on until you press Ctrl-C. In another terminal, try:\n");
    demo_say(demo, "  export CANDOUR_HOME=%s", demo_home(demo, 1));
    demo_say(demo, "  %s search hospital discharge", demo->program);
    demo_say(demo, "  %s lesson new > my-lesson.md     # fill it in, then:", demo->program);
    demo_say(demo, "  %s publish my-lesson.md --by \"Your Name\" --wait", demo->program);
    demo_say(demo, "  %s --home %s search ...          # it is there too", demo->program,
             demo_home(demo, 3));
    demo_say(demo, "  %s sql \"SELECT outcome, count(*) AS lessons FROM lessons GROUP BY outcome\"",
             demo->program);
    while (!demo_was_stopped())
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
            nodes, json_pack("{s:s, s:s}", "name", demo_plan[i].name, "home", demo_home(demo, i)));
    return json_pack("{s:o, s:I, s:I, s:I}", "nodes", nodes, "records", (json_int_t)demo->expected,
                     "converged_ms", (json_int_t)demo->converged_ms, "caught_up_ms",
                     (json_int_t)demo->caught_up_ms);
}

bool run_demo(struct call *call, struct fault *fault)
{
    struct demo *demo = memory_new(1, sizeof *demo);

    demo->call = call;
    demo_catch_stop();
    bool good = whole_demo(demo, fault);
    if (good)
        call_json(call, demo_object(demo));
    if (good && !call_has(call, "exit"))
        stay(demo);
    for (size_t i = NODES; i-- > 0;)
        demo_stop(demo, i);
    if (demo->made_folder && (good || demo_was_stopped()))
        remove_tree(demo->folder);
    free(demo);
    return good;
}
