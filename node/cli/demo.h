#ifndef CANDOUR_NODE_CLI_DEMO_H
#define CANDOUR_NODE_CLI_DEMO_H

#include "node/cli/shared.h"

#include <sys/types.h>

/* What the files of the demo know of each other, and nobody else:
 *
 *     demo.c           what happens, in order
 *     demo_home.c      homes and their charter
 *     demo_samples.c   lessons, updates, figures
 *     demo_run.c       running this program */

#define NODES 4
#define LESSONS_MAX 64
#define HELD_BACK 3 /* Lessons that are published while one council is away. */

struct demo_node {
    const char *name, *folder, *gss;
    bool hub;
};
extern const struct demo_node demo_plan[NODES];

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

/* --- demo_run.c --- */

/* From now on a signal does not end this process at once: it is asked whether one came. */
void demo_catch_stop(void);
bool demo_was_stopped(void);
bool demo_goes_on(struct fault *fault); /* False with a fault when it was stopped. */

/* A line for people, unless --json. */
__attribute__((format(printf, 2, 3))) void demo_say(const struct demo *demo, const char *format,
                                                    ...);
const char *demo_home(const struct demo *demo, size_t node);

/* Run a command to its end; what it prints is appended to `output`. Returns its exit status. */
int demo_run(struct demo *demo, const char *const *arguments, struct buffer *output);
/* Run a command that must succeed; `output` may be NULL. */
bool demo_must(struct demo *demo, struct fault *fault, struct buffer *output,
               const char *const *arguments);
/* Show a command as a person would type it, and what it prints. */
bool demo_show(struct demo *demo, struct fault *fault, size_t node, const char *const *arguments);

bool demo_start(struct demo *demo, size_t node, struct fault *fault);
void demo_stop(struct demo *demo, size_t node);

/* --- demo_home.c --- */

bool demo_make_folder(struct demo *demo, struct fault *fault);
/* Two neighbouring ports for the hub. */
bool demo_choose_port(struct demo *demo, struct fault *fault);
bool demo_make_home(struct demo *demo, size_t node, struct fault *fault);
/* A charter for the four, signed by two of the three councils, which are its stewards. */
bool demo_found_charter(struct demo *demo, struct fault *fault);

/* --- demo_samples.c --- */

/* At this node; the sample gets the record's id. */
bool demo_publish(struct demo *demo, size_t node, struct sample *sample, struct fault *fault);
/* Lessons go out at the councils in turn. */
size_t demo_publisher(size_t lesson);
bool demo_publish_lessons(struct demo *demo, struct fault *fault);
/* The one that the tour shows. */
size_t demo_toured_lesson(const struct demo *demo);
/* What the two councils that did not write it say to it, once all nodes have it. */
bool demo_publish_responses(struct demo *demo, struct fault *fault);
bool demo_publish_updates(struct demo *demo, struct fault *fault);
bool demo_publish_indicators(struct demo *demo, struct fault *fault);

#endif
