#include "node/cli/desk.h"
#include "node/cli/spans.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* lesson, publish, indicator define: from a file onto the desk. */

/* Kinds that a person writes a file of: an erasure and figures have a command of their own. */
static bool unknown_kind(const char *where, const char *what, struct fault *fault)
{
    struct buffer kinds = {0};

    for (size_t i = 0; forms[i] != NULL; i++)
        if (forms[i] != &erasure_form && forms[i] != &snapshot_form)
            buffer_printf(&kinds, "%s%s", kinds.size == 0 ? "" : ", ", forms[i]->kind);
    fault_set(fault, FAULT_INPUT, "%s: %s is not known; it is one of %s", where, what,
              buffer_text(&kinds));
    buffer_release(&kinds);
    return false;
}

static struct document *read_file(const char *path, struct problems *problems, struct fault *fault)
{
    struct buffer file = {0};
    struct document *document = NULL;

    if (file_read(path, FORM_FILE_MAX, &file, fault)) {
        const char *kind = file_kind(buffer_view(&file));
        const struct form *form = kind == NULL ? NULL : form_of(kind);
        if (form == NULL)
            unknown_kind(path, "its Kind", fault);
        else if (form == &snapshot_form)
            fault_set(fault, FAULT_INPUT,
                      "%s: a snapshot cannot be written by hand, as nobody could check that small "
                      "numbers are hidden in it: put the figures into a table, then candour "
                      "indicator import TABLE, which hides them",
                      path);
        else
            document = document_parse(form, buffer_view(&file), problems);
    }
    buffer_release(&file);
    return document;
}

struct document *desk_read_file(const char *path, struct fault *fault)
{
    struct problems problems = {0};
    struct document *document = read_file(path, &problems, fault);

    if (document != NULL && problems.count > 0) {
        const struct problem *first = &problems.list[0];
        fault_set(fault, FAULT_INPUT, "%s:%u: %s%s", path, (unsigned)first->place.line, first->text,
                  problems.count > 1 ? " (candour lesson check lists all problems)" : "");
        document_free(document);
        document = NULL;
    }
    problems_release(&problems);
    return document;
}

/* --- lesson new, lesson check --- */

bool run_lesson_new(struct call *call, struct fault *fault)
{
    const char *kind = call_value(call, "kind");
    const struct form *form = form_of(kind == NULL ? "lesson" : kind);
    struct buffer text = {0};

    if (form == NULL || form == &snapshot_form)
        return unknown_kind("--kind", kind, fault);
    form_template(form, call_has(call, "all"), &text);
    fwrite(text.data, 1, text.size, stdout);
    buffer_release(&text);
    return true;
}

static json_t *problem_object(struct place place, const char *class, const char *text,
                              const char *advice, bool hard)
{
    return json_pack("{s:I, s:I, s:s, s:s, s:s, s:b}", "line", (json_int_t)place.line, "column",
                     (json_int_t)place.column, "class", class, "text", text, "advice", advice,
                     "hard", (int)hard);
}

static int by_place(const void *a, const void *b)
{
    const struct place *one = &((const struct finding *)a)->place;
    const struct place *other = &((const struct finding *)b)->place;

    if (one->line != other->line)
        return one->line < other->line ? -1 : 1;
    return one->column < other->column ? -1 : one->column > other->column;
}

/* In the order of the file. Returns how many ask for a decision: a suggestion does not. */
static size_t check_findings(const struct call *call, const char *path, const struct gate *gate,
                             enum gate_mode mode, const struct document *document, json_t *list)
{
    struct findings findings = {0};
    size_t asking = 0;

    gate_scan_document(gate, mode, document, &findings);
    if (findings.count > 0)
        qsort(findings.list, findings.count, sizeof *findings.list, by_place);
    for (size_t i = 0; i < findings.count; i++) {
        const struct finding *finding = &findings.list[i];
        const struct finding_kind *kind = &finding_kinds[finding->class];
        struct bytes text = finding_text(document, finding);
        asking += !kind->suggestion;
        char shown[200];
        snprintf(shown, sizeof shown, "%.*s", (int)(text.size < 160 ? text.size : 160),
                 (const char *)text.data);
        json_array_append_new(list, problem_object(finding->place, kind->code, shown,
                                                   finding->advice, finding->hard));
        call_say(call, "%s:%u:%u: \"%s\" looks like %s: %s", path, (unsigned)finding->place.line,
                 (unsigned)finding->place.column, shown, kind->means, finding->advice);
    }
    findings_release(&findings);
    return asking;
}

/* Of an author that is not named, where nothing else is wrong. */
static void check_unnamed(const struct document *document, struct problems *problems)
{
    struct draft *draft = draft_new(document_copy(document), ATTRIBUTION_ANONYMOUS, 0);

    draft_check(draft, problems);
    draft_free(draft);
}

static bool check_one_file(struct call *call, enum gate_mode mode, struct fault *fault)
{
    const char *path = call->arguments[0];
    struct problems problems = {0};
    struct gate *gate = desk_gate(call, fault);
    struct document *document = gate == NULL ? NULL : read_file(path, &problems, fault);
    json_t *list = json_array();

    if (document != NULL && mode == GATE_ANONYMOUS &&
        !desk_may_be_unnamed(document_form(document), fault)) {
        document_free(document);
        document = NULL;
    }
    if (document != NULL) {
        if (mode == GATE_ANONYMOUS && problems.count == 0)
            check_unnamed(document, &problems);
        for (size_t i = 0; i < problems.count; i++) {
            const struct problem *problem = &problems.list[i];
            json_array_append_new(
                list, problem_object(problem->place, problem->code, problem->text, "", true));
            call_say(call, "%s:%u:%u: %s", path, (unsigned)problem->place.line,
                     (unsigned)problem->place.column, problem->text);
        }
        size_t asking = check_findings(call, path, gate, mode, document, list);
        bool good = problems.count == 0 && asking == 0;
        desk_say_strangers(call);
        call->status = !good;
        const char *unnamed = mode == GATE_ANONYMOUS ? " --anonymous" : "";
        bool told = call_json(call, json_pack("{s:b, s:O}", "ok", (int)good, "problems", list));
        if (!told && good)
            call_say(call, "%s: nothing is wrong with it. Next: candour lesson submit %s%s", path,
                     path, unnamed);
        else if (!told && problems.count == 0)
            call_say(call,
                     "Next: mend them in the file, or candour lesson submit %s%s, where each is "
                     "decided by itself.",
                     path, unnamed);
    }
    json_decref(list);
    problems_release(&problems);
    bool done = document != NULL;
    document_free(document);
    gate_free(gate);
    return done;
}

bool run_lesson_check(struct call *call, struct fault *fault)
{
    enum gate_mode mode = call_has(call, "anonymous") ? GATE_ANONYMOUS : GATE_NAMED;

    if (call_has(call, "spans") != (call->argument_count == 0))
        return fault_set(fault, FAULT_INPUT,
                         "say which file to check: candour lesson check FILE, or --spans FILE");
    return call_has(call, "spans") ? check_spans(call, mode, fault)
                                   : check_one_file(call, mode, fault);
}

/* --- Onto the desk --- */

static bool submit_file(struct call *call, struct fault *fault)
{
    struct desk desk;
    struct document *document;

    bool done = desk_open(call, &desk, STORE_WRITE, fault) &&
                (document = desk_read_file(call->arguments[0], fault)) != NULL &&
                desk_put_forward(call, &desk, document, fault);
    desk_close(&desk);
    return done;
}

bool run_lesson_submit(struct call *call, struct fault *fault)
{
    return submit_file(call, fault);
}

bool run_indicator_define(struct call *call, struct fault *fault)
{
    return submit_file(call, fault);
}

bool run_publish(struct call *call, struct fault *fault)
{
    struct desk desk;
    struct document *document;
    const char *by;

    if (!require_option(call, "by", &by, fault))
        return false;
    bool done = desk_open(call, &desk, STORE_WRITE, fault) &&
                (document = desk_read_file(call->arguments[0], fault)) != NULL &&
                desk_publish(call, &desk, document, by, fault);
    desk_close(&desk);
    return done;
}
