#include "node/cli/progress.h"

#include "node/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define SHOW_MS 200
#define SURE_MS 1000 /* Before that its pace tells nothing. */

struct progress progress_begin(const struct call *call, const char *what)
{
    bool looked_at = !call->json && !call->quiet && isatty(STDERR_FILENO);
    int64_t now_ms = clock_now_ms();

    return (struct progress){
        .what = looked_at ? what : NULL, .began_ms = now_ms, .changed_ms = now_ms};
}

/* By its pace until it last went on: some things go on in large steps. */
static void show_pace(const struct progress *progress, uint64_t total, int64_t now_ms)
{
    uint64_t took_ms = (uint64_t)(progress->changed_ms - progress->began_ms), done = progress->done;
    int64_t since_ms = now_ms - progress->changed_ms;
    char left[CLOCK_SPAN_SIZE];

    if (done == 0 || took_ms <= SURE_MS)
        return;
    if (done <= total) {
        int64_t left_ms = (int64_t)(took_ms * (total - done) / done);
        clock_span(left, left_ms > since_ms ? left_ms - since_ms : 0);
        fprintf(stderr, ", %s left", left);
    }
    fprintf(stderr, ", %" PRIu64 " a second", done * 1000 / took_ms);
}

void progress_show(struct progress *progress, uint64_t done, uint64_t total)
{
    int64_t now_ms;

    if (progress->what == NULL)
        return;
    now_ms = clock_now_ms();
    if (done != progress->done)
        progress->changed_ms = now_ms;
    progress->done = done;
    if (now_ms - progress->shown_ms < SHOW_MS)
        return;
    progress->shown_ms = now_ms;
    fprintf(stderr, "\r\033[K%s", progress->what);
    if (done > 0 || total > 0)
        fprintf(stderr, ": %" PRIu64, done);
    if (total > 0 && done <= total)
        fprintf(stderr, " of %" PRIu64, total);
    show_pace(progress, total, now_ms);
}

void progress_end(struct progress *progress)
{
    if (progress->what != NULL && progress->shown_ms != 0)
        fprintf(stderr, "\r\033[K");
}
