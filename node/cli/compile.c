#include "node/cli/compile.h"
#include "node/clock.h"

#include <stdio.h>
#include <stdlib.h>

/* compile: what several members report, as a summary to go on with. */

static size_t count_statements(const struct compiled *compiled)
{
    return compiled->themes.count + compiled->addressed.count + compiled->matters.count +
           compiled->silent.count + (compiled->challenge_count > 0);
}

static void write_file(const struct compiled_brief *brief, const struct document *document,
                       size_t left_out, struct buffer *file)
{
    buffer_printf(
        file,
        "<!-- Compiled of what %zu members publish, by codes: so read what it cites, and\n"
        "     say it in your own words. Whoever asks somebody adds a line\n"
        "     \"Barrier addressed to: central_department\" and a section\n"
        "     \"## What is asked\". Then: candour publish FILE --by NAME.\n",
        brief->compiling->input.member_count);
    if (left_out > 0)
        buffer_printf(file, "     For %zu more there was no room: candour --json compile.\n",
                      left_out);
    buffer_append_text(file, "     Comments are left out when this is read. -->\n");
    document_print(document, file);
}

static bool give(struct call *call, const struct compiled_brief *brief,
                 const struct document *document, struct buffer *file, struct fault *fault)
{
    const char *path = call_value(call, "out");

    if (path != NULL && !file_write(path, buffer_view(file), 0600, true, fault))
        return false;
    if (call_json(call, compile_object(brief, buffer_text(file))))
        return true;
    if (path == NULL)
        fwrite(file->data, 1, file->size, stdout);
    else if (document_count(document, "cites") == 0)
        call_say(call,
                 "%s tells of silence alone. It cites nothing, so as it stands it cannot be "
                 "published: it is for you to ask round.",
                 path);
    else
        call_say(call,
                 "%s is a draft of a summary. Next: read what it cites, change it, then "
                 "candour publish %s --by NAME",
                 path, path);
    return true;
}

static bool write_out(struct call *call, struct store *store, const struct compiled_brief *brief,
                      struct fault *fault)
{
    struct buffer file = {0};
    size_t left_out;

    call->status = count_statements(brief->compiling->compiled) == 0;
    if (call->status != 0) {
        if (!call_json(call, compile_object(brief, NULL)))
            call_say(call, "Too few to say: nothing is reported by %d members or more.",
                     COMPILE_LEAST);
        return true;
    }
    struct document *document = compile_draft(store, brief, &left_out, fault);
    if (document != NULL)
        write_file(brief, document, left_out, &file);
    bool done = document != NULL && give(call, brief, document, &file, fault);
    document_free(document);
    buffer_release(&file);
    return done;
}

bool run_compile(struct call *call, struct fault *fault)
{
    struct compiled_brief brief = {.request = {.region = call_value(call, "region")},
                                   .until_ms = clock_now_ms()};
    struct store *store = open_store(call, STORE_READ, fault);
    struct charter *charter = store == NULL ? NULL : store_charter(store, fault);
    struct compiling compiling = {.room = 0};
    struct digest *honoured = honoured_authorities(call, charter, &brief.request.honoured_count);
    uint64_t behind = 0;

    brief.request.honoured = honoured;
    brief.compiling = &compiling;
    bool done = charter != NULL &&
                call_since(call, brief.until_ms, &brief.request.since_ms, fault) &&
                count_not_searchable(store, &behind, fault) &&
                compiling_gather(store, charter, &brief.request, &compiling, fault) &&
                write_out(call, store, &brief, fault);
    if (done && call_value(call, "out") != NULL)
        say_not_searchable(call, behind);
    compiling_release(&compiling);
    free(honoured);
    charter_free(charter);
    store_close(store);
    return done;
}
