#include "node/cli/demo.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The sample lessons, updates and figures, published as councils would. */

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

bool demo_publish(struct demo *demo, size_t node, struct sample *sample, struct fault *fault)
{
    const char *arguments[] = {"--home",     demo_home(demo, node),
                               "--json",     "publish",
                               sample->path, "--by",
                               "The demo",   "--wait",
                               NULL};
    struct buffer output = {0};
    json_error_t error;
    bool good = demo_must(demo, fault, &output, arguments);
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

size_t demo_publisher(size_t lesson)
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

bool demo_publish_lessons(struct demo *demo, struct fault *fault)
{
    demo->lesson_count = list_samples(demo, "lessons", demo->lessons);
    if (demo->lesson_count < 2 * HELD_BACK)
        return fault_set(fault, FAULT_SELF, "%s: holds too few sample lessons", demo->samples);
    bool good = hold_back(demo, fault);
    for (size_t i = 0; good && i < demo->lesson_count; i++)
        if (!demo->lessons[i].held_back)
            good = demo_publish(demo, demo_publisher(i), &demo->lessons[i], fault);
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
               demo_publish(demo, demo_publisher(lesson), &resolved, fault);
        unlink(resolved.path);
    }
    buffer_release(&text);
    buffer_release(&written);
    return good;
}

bool demo_publish_updates(struct demo *demo, struct fault *fault)
{
    struct sample updates[LESSONS_MAX];
    size_t count = list_samples(demo, "updates", updates);
    bool good = true;

    for (size_t i = 0; good && i < count; i++)
        good = publish_update(demo, &updates[i], fault);
    return good;
}

size_t demo_toured_lesson(const struct demo *demo)
{
    size_t i = 0;

    while (i < demo->lesson_count && strncmp(demo->lessons[i].name, "slow-start", 10) != 0)
        i++;
    return i < demo->lesson_count ? i : 0;
}

static bool respond(struct demo *demo, size_t node, const char *id, const char *kind,
                    const char *const *more, struct fault *fault)
{
    const char *arguments[24] = {"--home",  demo_home(demo, node),
                                 "--quiet", "respond",
                                 id,        "--kind",
                                 kind,      "--wait",
                                 "--by",    "The demo"};
    size_t count = 10;

    for (; *more != NULL; more++)
        arguments[count++] = *more;
    demo->expected++;
    return demo_must(demo, fault, NULL, arguments);
}

bool demo_publish_responses(struct demo *demo, struct fault *fault)
{
    static const char *const have[] = {NULL};
    static const char *const tried[] = {
        "--uptake",
        "adapted",
        "--outcome",
        "partly_worked",
        "--evidence",
        "before_after",
        "--text",
        "We counted the wait in stages first, as they advise, and found half of ours in the "
        "prepaid "
        "card. Ordering it on the day of the assessment took three weeks off. The start-up worker "
        "made no difference here.",
        NULL};
    size_t lesson = demo_toured_lesson(demo), writer = demo_publisher(lesson);
    const char *id = demo->lessons[lesson].id;

    return respond(demo, writer % (NODES - 1) + 1, id, "same-here", have, fault) &&
           respond(demo, (writer + 1) % (NODES - 1) + 1, id, "tried", tried, fault);
}

bool demo_publish_indicators(struct demo *demo, struct fault *fault)
{
    struct sample definitions[LESSONS_MAX];
    char values[HOME_PATH_MAX];
    size_t count = list_samples(demo, "indicators", definitions);
    bool good = true;

    for (size_t i = 0; good && i < count; i++)
        good = demo_publish(demo, 1, &definitions[i], fault);
    snprintf(values, sizeof values, "%.2900s/indicators/values.csv", demo->samples);
    for (size_t node = 1; good && node < NODES; node++) {
        const char *arguments[] = {"--home", demo_home(demo, node), "--json", "indicator", "import",
                                   values,   "--publish",           "--by",   "The demo",  "--wait",
                                   NULL};
        struct buffer output = {0};
        json_error_t error;
        good = demo_must(demo, fault, &output, arguments);
        json_t *answer = json_loadb((const char *)output.data, output.size, 0, &error);
        demo->expected += json_array_size(json_object_get(answer, "snapshots"));
        json_decref(answer);
        buffer_release(&output);
    }
    return good;
}
