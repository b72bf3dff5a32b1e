#include "node/cli/desk.h"
#include "protocol/evidence.h"
#include "protocol/vocabulary.h"

#include <inttypes.h>
#include <string.h>

/* What others say to what somebody published: counted, and said in one command. */

#define TEXT_FILE_MAX 65536

/* --- Counted --- */

json_t *json_responses(const struct responses *responses)
{
    return json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "same_here",
        (json_int_t)responses->same_here, "same_here_least", (json_int_t)responses->same_here_least,
        "tried_least", (json_int_t)responses->tried_least, "fixed", (json_int_t)responses->fixed,
        "not_here", (json_int_t)responses->not_here, "tried", (json_int_t)responses->tried,
        "worked", (json_int_t)responses->worked, "did_not_work",
        (json_int_t)responses->did_not_work, "open", (json_int_t)responses->open, "replications",
        (json_int_t)responses->replications);
}

static const char *authorities(uint64_t count)
{
    return count == 1 ? "authority" : "authorities";
}

/* "it worked, at least in part, at 2, it did not at 1" */
static void write_findings(struct buffer *text, const struct responses *responses)
{
    uint64_t early = responses->tried - responses->worked - responses->did_not_work;
    const struct {
        uint64_t count;
        const char *what;
    } parts[] = {{responses->worked, "it worked, at least in part, at"},
                 {responses->did_not_work, "it did not at"},
                 {early, "it is too early to say at"}};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].count > 0)
            buffer_printf(text, "%s%s %" PRIu64, text->size == 0 ? "" : ", ", parts[i].what,
                          parts[i].count);
}

static void say_tried(const struct call *call, const struct responses *responses)
{
    struct buffer findings = {0};
    char text[BOUNDS_TEXT];

    write_findings(&findings, responses);
    call_say(call, "%s other %s tried it: %s.",
             bounds_in_words(text, responses->tried_least, responses->tried),
             authorities(responses->tried), buffer_text(&findings));
    buffer_release(&findings);
}

void write_responses(struct buffer *text, const struct responses *responses)
{
    char number[BOUNDS_TEXT];

    if (responses->same_here > 0)
        buffer_printf(text, "the same at %s other %s; ",
                      bounds_in_words(number, responses->same_here_least, responses->same_here),
                      authorities(responses->same_here));
    if (responses->fixed > 0)
        buffer_printf(text, "%" PRIu64 " put it right; ", responses->fixed);
    if (responses->tried > 0) {
        struct buffer findings = {0};
        write_findings(&findings, responses);
        buffer_printf(text, "%s tried it, %s; ",
                      bounds_in_words(number, responses->tried_least, responses->tried),
                      buffer_text(&findings));
        buffer_release(&findings);
    }
    if (responses->open > 0)
        buffer_printf(text, "%" PRIu64 " asked without an answer; ", responses->open);
    text->size -= text->size > 0 ? 2 : 0; /* The last "; ". */
}

void say_responses(const struct call *call, const struct responses *responses)
{
    char text[BOUNDS_TEXT];

    if (responses->same_here > 0)
        call_say(call, "The same at %s other %s.",
                 bounds_in_words(text, responses->same_here_least, responses->same_here),
                 authorities(responses->same_here));
    if (responses->fixed > 0)
        call_say(call, "%" PRIu64 " of them put it right.", responses->fixed);
    if (responses->not_here > 0)
        call_say(call, "%" PRIu64 " %s not have it.", responses->not_here,
                 responses->not_here == 1 ? "other authority does" : "other authorities do");
    if (responses->tried > 0)
        say_tried(call, responses);
    if (responses->replications >= EVIDENCE_REPLICATIONS)
        call_say(call,
                 "%" PRIu64 " independent authorities found the same, so its evidence is at least "
                 "\"replicated\".",
                 responses->replications);
    if (responses->open > 0)
        call_say(call, "%" PRIu64 " %s", responses->open,
                 responses->open == 1 ? "question or challenge has no answer yet."
                                      : "questions and challenges have no answer yet.");
    if (responses->same_here + responses->not_here + responses->tried + responses->open > 0)
        call_say(call, "%s", "");
}

/* --- respond --- */

static void add(struct document *document, const char *key, const char *text)
{
    if (text != NULL)
        document_add(document, key, bytes_of_text(text), (struct place){0});
}

/* What stands in a file is the text itself. */
static bool add_text(const struct call *call, struct document *document, struct fault *fault)
{
    struct buffer file = {0};
    bool good = true;

    if (call->argument_count == 2 && call_has(call, "text"))
        good = fault_set(fault, FAULT_INPUT, "give the text in a file or with --text, not both");
    else if (call->argument_count == 2)
        good = file_read(call->arguments[1], TEXT_FILE_MAX, &file, fault);
    else
        add(document, "text", call_value(call, "text"));
    if (good && file.size > 0)
        document_add(document, "text", buffer_view(&file), (struct place){0});
    buffer_release(&file);
    return good;
}

/* What a question is about, or a summary, which asks for itself; NULL: it is neither. */
static const struct digest *matter_of(const struct record *record)
{
    const struct header *header = record_header(record);

    if (bytes_equal(header->kind, bytes_of_text("summary")))
        return record_id(record);
    if (!bytes_equal(header->kind, bytes_of_text("response")))
        return NULL;
    for (size_t i = 0; i < header->reference_count; i++)
        if (header->references[i].relation == RELATION_ABOUT)
            return &header->references[i].id;
    return NULL;
}

/* Whoever answers names the question; what that is about is known. */
static bool add_question(const struct desk *desk, struct document *document, const char *named,
                         struct fault *fault)
{
    struct digest id;
    struct record *record = NULL;
    char hex[2 * DIGEST_SIZE + 1];

    if (!store_resolve(desk->store, named, &id, fault) ||
        (record = store_find(desk->store, &id, false, fault)) == NULL)
        return false;
    const struct digest *about = matter_of(record);
    bool asked = about != NULL;
    if (asked) {
        hex_of(hex, about->bytes, DIGEST_SIZE);
        add(document, "about", hex);
        add(document, "answers", named);
    } else {
        fault_set(fault, FAULT_INPUT,
                  "%s is no question or challenge: --kind answer names the one that it answers",
                  named);
    }
    record_free(record);
    return asked;
}

static bool add_words(const struct call *call, struct document *document, const char *kind,
                      struct fault *fault)
{
    static const struct {
        const char *option, *key;
        const struct vocabulary *vocabulary;
    } words[] = {
        {"situation", "situation", &situations},
        {"uptake", "uptake", &uptakes},
        {"outcome", "outcome", &outcomes},
        {"evidence", "evidence_level", &evidence_levels},
        {"replied-by", "replied_by", &barrier_addressees},
    };

    add(document, "response", kind);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *code;
        if (!call_word(call, words[i].option, words[i].vocabulary, &code, fault))
            return false;
        add(document, words[i].key, code);
    }
    if (strcmp(kind, "same_here") == 0 && !call_has(call, "situation"))
        add(document, "situation", "have");
    add(document, "context", call_value(call, "context"));
    return true;
}

/* Which option gives what a response lacks. */
static bool is_complete(const struct document *document, struct fault *fault)
{
    struct problems problems = {0};

    document_check(document, &problems);
    bool complete = problems.count == 0;
    if (!complete)
        fault_set(fault, FAULT_INPUT, "%s (candour help respond)", problems.list[0].text);
    problems_release(&problems);
    return complete;
}

static struct document *response_of_call(const struct call *call, const struct desk *desk,
                                         struct fault *fault)
{
    struct document *document = document_new(&response_form);
    const char *kind;

    bool good = call_word(call, "kind", &response_kinds, &kind, fault) &&
                add_words(call, document, kind, fault) && add_text(call, document, fault);
    if (good && strcmp(kind, "answer") == 0)
        good = add_question(desk, document, call->arguments[0], fault);
    else
        add(document, "about", call->arguments[0]);
    if (good && is_complete(document, fault))
        return document;
    document_free(document);
    return NULL;
}

bool run_respond(struct call *call, struct fault *fault)
{
    const char *by = call_value(call, "by"), *kind;
    struct document *document;
    struct desk desk;

    if (!require_option(call, "kind", &kind, fault))
        return false;
    bool done = desk_open(call, &desk, STORE_WRITE, fault) &&
                (document = response_of_call(call, &desk, fault)) != NULL &&
                (by != NULL ? desk_publish(call, &desk, document, by, fault)
                            : desk_put_forward(call, &desk, document, fault));
    desk_close(&desk);
    return done;
}
