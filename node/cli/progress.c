#include "node/cli/progress.h"

#include "node/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define SHOW_MS 200

struct progress progress_begin(const struct call *call, const char *what)
{
    bool looked_at = !call->json && !call->quiet && isatty(STDERR_FILENO);

    return (struct progress){looked_at ? what : NULL, clock_now_ms(), 0};
}

void progress_show(struct progress *progress, uint64_t done, uint64_t total)
{
    int64_t now_ms = clock_now_ms(), took_ms = now_ms - progress->began_ms;
    char left[CLOCK_SPAN_SIZE] = "";

    if (progress->what == NULL || now_ms - progress->shown_ms < SHOW_MS)
        return;
    progress->shown_ms = now_ms;
    fprintf(stderr, "\r\033[K%s: %" PRIu64, progress->what, done);
    if (total > 0 && done > 0 && done <= total) {
        clock_span(left, (int64_t)((uint64_t)took_ms * (total - done) / done));
        fprintf(stderr, " of %" PRIu64 ", %s left", total, left);
    }
    if (took_ms > 1000)
        fprintf(stderr, ", %" PRIu64 " a second", done * 1000 / (uint64_t)took_ms);
}

void progress_end(struct progress *progress)
{
    if (progress->what != NULL && progress->shown_ms != 0)
        fprintf(stderr, "\r\033[K");
}
