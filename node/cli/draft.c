#include "node/cli/desk.h"
#include "node/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* lesson, draft, publish, indicator define: the way out of the house. */

#define PUBLISH_WAIT_MS 30000
#define PUBLISH_SAY_MS 2000 /* A node says why nothing is signed a moment after it starts. */

/* --- The gate as this home configures it --- */

static struct gate *open_gate(const struct call *call, struct fault *fault)
{
    struct config config = {0};
    struct texts names = {0};
    struct fault no_home;
    struct gate *gate = NULL;

    /* `lesson check` works without a home too: then only the general rules apply. */
    if (config_read(&call->home, &config, &no_home)) {
        texts_add(&names, config.authority.name);
        for (size_t i = 0; i < config.own_names.count; i++)
            texts_add(&names, config.own_names.list[i]);
    } else if (no_home.kind == FAULT_INPUT) {
        *fault = no_home;
        return NULL;
    }
    call_values(call, "name", &names);
    struct bytes *list = memory_new(names.count, sizeof *list);
    for (size_t i = 0; i < names.count; i++)
        list[i] = bytes_of_text(names.list[i]);
    gate = gate_new(&(struct gate_profile){.names = list, .count = names.count}, fault);
    free(list);
    texts_release(&names);
    config_release(&config);
    return gate;
}

/* --- Reading a file --- */

static struct document *read_file(const char *path, struct problems *problems, struct fault *fault)
{
    struct buffer file = {0};
    struct document *document = NULL;

    if (file_read(path, FORM_FILE_MAX, &file, fault)) {
        const char *kind = file_kind(buffer_view(&file));
        const struct form *form = kind == NULL ? NULL : form_of(kind);
        if (form == NULL)
            fault_set(fault, FAULT_INPUT,
                      "%s: its Kind is not known: lesson, update, indicator, snapshot or profile",
                      path);
        else
            document = document_parse(form, buffer_view(&file), problems);
    }
    buffer_release(&file);
    return document;
}

/* The first problem as the fault: for commands that need a good file. */
static struct document *read_good_file(const char *path, struct fault *fault)
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

    if (form == NULL)
        return fault_set(fault, FAULT_INPUT,
                         "--kind %s: must be lesson, update, indicator or profile", kind);
    form_template(form, &text);
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

static void check_findings(const struct call *call, const char *path, const struct gate *gate,
                           const struct document *document, json_t *list)
{
    struct findings findings = {0};

    gate_scan_document(gate, document, &findings);
    for (size_t i = 0; i < findings.count; i++) {
        const struct finding *finding = &findings.list[i];
        const struct finding_kind *kind = &finding_kinds[finding->class];
        struct bytes text = finding_text(document, finding);
        char shown[200];
        snprintf(shown, sizeof shown, "%.*s", (int)(text.size < 160 ? text.size : 160),
                 (const char *)text.data);
        json_array_append_new(list, problem_object(finding->place, kind->code, shown,
                                                   finding->advice, finding->hard));
        call_say(call, "%s:%u:%u: \"%s\" looks like %s: %s", path, (unsigned)finding->place.line,
                 (unsigned)finding->place.column, shown, kind->means, finding->advice);
    }
    findings_release(&findings);
}

bool run_lesson_check(struct call *call, struct fault *fault)
{
    const char *path = call->arguments[0];
    struct problems problems = {0};
    struct gate *gate = open_gate(call, fault);
    struct document *document = gate == NULL ? NULL : read_file(path, &problems, fault);
    json_t *list = json_array();

    if (document != NULL) {
        for (size_t i = 0; i < problems.count; i++) {
            const struct problem *problem = &problems.list[i];
            json_array_append_new(
                list, problem_object(problem->place, problem->code, problem->text, "", true));
            call_say(call, "%s:%u:%u: %s", path, (unsigned)problem->place.line,
                     (unsigned)problem->place.column, problem->text);
        }
        check_findings(call, path, gate, document, list);
        bool good = json_array_size(list) == 0;
        call->status = !good;
        if (!call_json(call, json_pack("{s:b, s:O}", "ok", (int)good, "problems", list)) && good)
            call_say(call, "%s: nothing is wrong with it. Next: candour lesson submit %s", path,
                     path);
    }
    json_decref(list);
    problems_release(&problems);
    bool done = document != NULL;
    document_free(document);
    gate_free(gate);
    return done;
}

/* --- Drafts --- */

static json_t *finding_object(const struct draft *draft, const struct finding *finding,
                              size_t number)
{
    const char *because = draft_kept_because(draft, finding);
    struct bytes text = finding_text(draft_document(draft), finding);

    return json_pack("{s:I, s:s, s:I, s:I, s:s, s:o, s:s, s:b, s:b, s:s?}", "number",
                     (json_int_t)number, "field", finding->key, "line",
                     (json_int_t)finding->place.line, "column", (json_int_t)finding->place.column,
                     "class", finding_kinds[finding->class].code, "text", json_bytes(text),
                     "advice", finding->advice, "hard", (int)finding->hard, "decided",
                     (int)(because != NULL), "reason", because);
}

static void say_finding(const struct call *call, const struct draft *draft,
                        const struct finding *finding, size_t number)
{
    const char *because = draft_kept_because(draft, finding);
    struct bytes text = finding_text(draft_document(draft), finding);

    call_say(call, "  %zu. %s: \"%.*s\" looks like %s. %s%s", number, finding->key, (int)text.size,
             (const char *)text.data, finding_kinds[finding->class].means,
             because == NULL ? finding->advice : "Kept: ", because == NULL ? "" : because);
}

static size_t first_open(const struct draft *draft, const struct findings *findings)
{
    size_t i = 0;

    while (i < findings->count && draft_kept_because(draft, &findings->list[i]) != NULL)
        i++;
    return i + 1;
}

/* What a command about a draft answers with: its state and its findings. */
static void say_draft(struct call *call, uint64_t number, const struct draft *draft,
                      const struct gate *gate)
{
    struct findings findings = {0};
    json_t *list = json_array();
    size_t open = draft_undecided(draft, gate);

    draft_findings(draft, gate, &findings);
    for (size_t i = 0; i < findings.count; i++)
        json_array_append_new(list, finding_object(draft, &findings.list[i], i + 1));
    json_t *object = json_pack("{s:I, s:s, s:I, s:O}", "draft", (json_int_t)number, "state",
                               draft_state_name(draft), "open", (json_int_t)open, "findings", list);
    if (draft_state(draft) == DRAFT_REJECTED) {
        json_object_set_new(object, "rejected_by", json_string(draft_rejected_by(draft)));
        json_object_set_new(object, "rejected_why", json_string(draft_rejected_why(draft)));
    }
    if (!call_json(call, object)) {
        struct bytes title = draft_title(draft);
        call_say(call, "Draft %" PRIu64 ", %s: %.*s", number, draft_state_name(draft),
                 (int)title.size, (const char *)title.data);
        if (draft_state(draft) == DRAFT_REJECTED)
            call_say(call, "Rejected by %s: %s", draft_rejected_by(draft),
                     draft_rejected_why(draft));
        for (size_t i = 0; i < findings.count; i++)
            say_finding(call, draft, &findings.list[i], i + 1);
        if (draft_state(draft) == DRAFT_SUBMITTED && open > 0)
            call_say(call,
                     "%zu to decide: candour draft decide %" PRIu64
                     " %zu --replace \"[resident]\", or --generalise, or --keep --reason.",
                     open, number, first_open(draft, &findings));
    }
    json_decref(list);
    findings_release(&findings);
}

static bool draft_number(const char *text, uint64_t *number, struct fault *fault)
{
    char *end;

    *number = strtoull(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && *number > 0 && *number < INT64_MAX)
        return true;
    return fault_set(fault, FAULT_INPUT, "%s: is not the number of a draft: candour draft list",
                     text);
}

/* What a document speaks of may be named by the beginning of an id: the whole id is what is kept.
 */
static bool resolve_id(struct store *store, struct bytes named, char whole[2 * DIGEST_SIZE + 1],
                       struct fault *fault)
{
    char prefix[2 * DIGEST_SIZE + 1] = "";
    struct digest id;

    if (named.size < sizeof prefix)
        memcpy(prefix, named.data, named.size);
    if (!store_resolve(store, prefix, &id, fault)) {
        fault->kind = FAULT_INPUT;
        return fault_prefix(fault, "%.*s", (int)named.size, (const char *)named.data);
    }
    hex_of(whole, id.bytes, DIGEST_SIZE);
    return true;
}

static bool resolve_ids(struct store *store, struct document *document, const char *key,
                        struct fault *fault)
{
    char whole[REFERENCES_MAX][2 * DIGEST_SIZE + 1];
    size_t count = form_has(document_form(document), key) ? document_count(document, key) : 0;
    struct place place = count == 0 ? (struct place){0} : document_place(document, key, 0);

    for (size_t i = 0; i < count && i < REFERENCES_MAX; i++)
        if (!resolve_id(store, document_item(document, key, i), whole[i], fault))
            return false;
    if (count == 0)
        return true;
    document_clear(document, key);
    for (size_t i = 0; i < count && i < REFERENCES_MAX; i++)
        document_add(document, key, bytes_of_text(whole[i]), place);
    return true;
}

/* Language and authority type, where the file does not say them. */
static void fill_in(struct document *document, const struct config *config)
{
    const struct form *form = document_form(document);
    struct place nowhere = {0};

    if (form_has(form, "lang") && document_count(document, "lang") == 0)
        document_add(document, "lang", bytes_of_text(config->language), nowhere);
    if (form_has(form, "authority_type") && document_count(document, "authority_type") == 0 &&
        config->authority.type[0] != '\0')
        document_add(document, "authority_type", bytes_of_text(config->authority.type), nowhere);
}

struct draft *desk_submit(struct desk *desk, struct document *document, struct fault *fault)
{
    if (!resolve_ids(desk->store, document, "about", fault) ||
        !resolve_ids(desk->store, document, "erases", fault)) {
        document_free(document);
        return NULL;
    }
    fill_in(document, &desk->config);
    struct draft *draft = draft_new(document, ATTRIBUTION_NAMED, clock_now_ms());
    if (draft_submit(draft, clock_now_ms(), fault))
        return draft;
    draft_free(draft);
    return NULL;
}

bool desk_approve(const struct desk *desk, struct draft *draft, const char *by, struct fault *fault)
{
    struct digest read = draft_digest(draft);

    return draft_approve(draft, desk->gate, by,
                         desk->config.approval_two ? APPROVAL_TWO : APPROVAL_ONE, &read,
                         clock_now_ms(), fault);
}

bool desk_open(const struct call *call, struct desk *desk, enum store_mode mode,
               struct fault *fault)
{
    memset(desk, 0, sizeof *desk);
    return (desk->store = open_store(call, mode, fault)) != NULL &&
           config_read(&call->home, &desk->config, fault) &&
           (desk->gate = open_gate(call, fault)) != NULL;
}

void desk_close(struct desk *desk)
{
    gate_free(desk->gate);
    store_close(desk->store);
    config_release(&desk->config);
}

static bool submit_file(struct call *call, struct fault *fault)
{
    struct desk desk;
    struct document *document;
    struct draft *draft = NULL;
    uint64_t number = 0;

    bool done = desk_open(call, &desk, STORE_WRITE, fault) &&
                (document = read_good_file(call->arguments[0], fault)) != NULL &&
                (draft = desk_submit(&desk, document, fault)) != NULL &&
                store_put_draft(desk.store, &number, draft, fault);
    if (done)
        say_draft(call, number, draft, desk.gate);
    if (done && !call->json && draft_undecided(draft, desk.gate) == 0)
        call_say(call, "Next: candour draft approve %" PRIu64 " --by NAME", number);
    draft_free(draft);
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

/* Why the running node signs nothing, as its status has it; empty where it does. */
static void add_silence(struct store *store, struct buffer *text)
{
    struct buffer value = {0};
    struct fault ignored;
    json_t *status = NULL;

    if (store_get_value(store, "status", &value, &ignored))
        status = json_loadb((const char *)value.data, value.size, 0, NULL);
    buffer_release(&value);
    const char *why =
        json_string_value(json_object_get(json_object_get(status, "drafts"), "unsigned_because"));
    if (why != NULL)
        buffer_printf(text, " Nothing is signed: %s.", why);
    json_decref(status);
}

static bool gave_up(const struct desk *desk, uint64_t number, struct fault *fault)
{
    struct buffer text = {0};

    add_silence(desk->store, &text);
    fault_set(fault, FAULT_ABSENT,
              "draft %" PRIu64 " is approved but not signed yet; it stays queued.%s", number,
              text.size > 0 ? buffer_text(&text) : " Is the node running (candour status)?");
    buffer_release(&text);
    return false;
}

/* True once there was something to say. */
static bool say_silence(const struct call *call, const struct desk *desk)
{
    struct buffer text = {0};

    add_silence(desk->store, &text);
    bool said = text.size > 0;
    if (said) {
        call_say(call, "Waiting.%s", buffer_text(&text));
        fflush(stdout);
    }
    buffer_release(&text);
    return said;
}

bool desk_await(const struct call *call, const struct desk *desk, uint64_t number,
                struct digest *id, struct fault *fault)
{
    const struct timespec pause = {.tv_nsec = 20000000};
    int64_t began_ms = clock_now_ms();
    int64_t say_ms = began_ms + PUBLISH_SAY_MS, until_ms = began_ms + PUBLISH_WAIT_MS;

    while (!store_draft_record(desk->store, number, id, fault)) {
        if (fault->kind != FAULT_ABSENT)
            return false;
        if (clock_now_ms() > until_ms)
            return gave_up(desk, number, fault);
        if (clock_now_ms() > say_ms)
            say_ms = say_silence(call, desk) ? INT64_MAX : clock_now_ms() + PUBLISH_SAY_MS;
        nanosleep(&pause, NULL);
    }
    return true;
}

/* What it was is the record's text now. */
static bool say_published(struct call *call, uint64_t number, const struct digest *id)
{
    char hex[2 * DIGEST_SIZE + 1];

    hex_of(hex, id->bytes, DIGEST_SIZE);
    if (!call_json(call, json_pack("{s:I, s:s, s:o}", "draft", (json_int_t)number, "state",
                                   "published", "id", json_id(id))))
        call_say(call, "Draft %" PRIu64 " is published as %s", number, hex);
    return true;
}

/* After an approval: has it gone out, is it queued? */
static bool say_approved(struct call *call, struct desk *desk, uint64_t number, bool needs_another,
                         struct fault *fault)
{
    struct digest id;
    struct fault ignored;
    struct draft *draft;

    /* Whose second approval is missing is not waited for. */
    if (call_has(call, "wait") && !needs_another && !desk_await(call, desk, number, &id, fault))
        return false;
    if (store_draft_record(desk->store, number, &id, &ignored))
        return say_published(call, number, &id);
    draft = store_get_draft(desk->store, number, fault);
    if (draft == NULL)
        return false;
    say_draft(call, number, draft, desk->gate);
    if (draft_state(draft) == DRAFT_APPROVED)
        call_say(call,
                 home_running(&call->home) != 0
                     ? "Queued: the running node signs and publishes it."
                     : "Queued: no node runs on this home. Next: candour run, which signs and "
                       "publishes it.");
    else if (draft_state(draft) == DRAFT_SUBMITTED)
        call_say(call,
                 "A second person must approve it: candour draft approve %" PRIu64 " --by ANOTHER",
                 number);
    draft_free(draft);
    return true;
}

bool desk_publish(struct call *call, struct desk *desk, struct document *document, const char *by,
                  struct fault *fault)
{
    struct draft *draft = desk_submit(desk, document, fault);
    uint64_t number = 0;
    bool done = draft != NULL;

    if (done && draft_undecided(draft, desk->gate) > 0) {
        /* It is kept, so that nothing has to be written again; what to do is said. */
        done = store_put_draft(desk->store, &number, draft, fault);
        if (done) {
            say_draft(call, number, draft, desk->gate);
            call->status = 1;
        }
    } else if (done) {
        done = desk_approve(desk, draft, by, fault) &&
               store_put_draft(desk->store, &number, draft, fault) &&
               say_approved(call, desk, number, draft_state(draft) == DRAFT_SUBMITTED, fault);
    }
    draft_free(draft);
    return done;
}

bool run_publish(struct call *call, struct fault *fault)
{
    struct desk desk;
    struct document *document;
    const char *by;

    if (!require_option(call, "by", &by, fault))
        return false;
    bool done = desk_open(call, &desk, STORE_WRITE, fault) &&
                (document = read_good_file(call->arguments[0], fault)) != NULL &&
                desk_publish(call, &desk, document, by, fault);
    desk_close(&desk);
    return done;
}

/* Open the desk and a draft on it, have `change` done to it, keep it and say it. */
typedef bool draft_change(struct call *call, struct desk *desk, struct draft *draft,
                          struct fault *fault);

static bool change_draft(struct call *call, draft_change *change, bool keep, struct fault *fault)
{
    struct desk desk;
    struct draft *draft = NULL;
    uint64_t number;

    if (!draft_number(call->arguments[0], &number, fault))
        return false;
    bool done = desk_open(call, &desk, keep ? STORE_WRITE : STORE_READ, fault) &&
                (draft = store_get_draft(desk.store, number, fault)) != NULL &&
                (change == NULL || change(call, &desk, draft, fault)) &&
                (!keep || store_put_draft(desk.store, &number, draft, fault));
    if (done)
        say_draft(call, number, draft, desk.gate);
    if (done && !keep && !call->json) {
        struct buffer text = {0};
        document_print(draft_document(draft), &text);
        printf("\n");
        fwrite(text.data, 1, text.size, stdout);
        buffer_release(&text);
    }
    draft_free(draft);
    desk_close(&desk);
    return done;
}

bool run_draft_show(struct call *call, struct fault *fault)
{
    struct store *store = NULL;
    struct digest id;
    struct fault ignored;
    uint64_t number;

    bool published = draft_number(call->arguments[0], &number, fault) &&
                     (store = open_store(call, STORE_READ, fault)) != NULL &&
                     store_draft_record(store, number, &id, &ignored);
    store_close(store);
    return published ? say_published(call, number, &id) : change_draft(call, NULL, false, fault);
}

/* A finding by its number or by its words: numbers move up when one is replaced, words do not. */
static bool find_finding(const struct draft *draft, const struct gate *gate, const char *typed,
                         uint64_t *number, struct fault *fault)
{
    struct findings findings = {0};
    struct fault no_number;
    bool found = false;

    draft_findings(draft, gate, &findings);
    for (size_t i = 0; !found && i < findings.count; i++) {
        found = bytes_equal(finding_text(draft_document(draft), &findings.list[i]),
                            bytes_of_text(typed));
        *number = i + 1;
    }
    findings_release(&findings);
    return found || draft_number(typed, number, &no_number) ||
           fault_set(fault, FAULT_INPUT,
                     "\"%s\": is neither the number of a finding nor its words: candour draft show",
                     typed);
}

/* Said before the draft, whose numbers may have moved by then. */
static void say_decided(const struct call *call, const struct draft *draft, const struct gate *gate,
                        uint64_t number, const char *now)
{
    struct findings findings = {0};

    draft_findings(draft, gate, &findings);
    if (!call->json && number <= findings.count) {
        struct bytes text = finding_text(draft_document(draft), &findings.list[number - 1]);
        if (now == NULL)
            call_say(call, "\"%.*s\" stays.", (int)text.size, (const char *)text.data);
        else
            call_say(call, "\"%.*s\" becomes \"%s\".", (int)text.size, (const char *)text.data,
                     now);
    }
    findings_release(&findings);
}

static struct draft *read_draft(const struct call *call, struct desk *desk, struct fault *fault)
{
    uint64_t number;

    return draft_number(call->arguments[0], &number, fault)
               ? store_get_draft(desk->store, number, fault)
               : NULL;
}

static bool decide(struct call *call, struct desk *desk, struct draft *draft, struct fault *fault)
{
    const char *replace = call_value(call, "replace"), *reason = call_value(call, "reason");
    const char *generalise = call_value(call, "generalise");
    bool keep = call_has(call, "keep");
    uint64_t number;

    if ((replace != NULL) + (generalise != NULL) + keep != 1)
        return fault_set(fault, FAULT_INPUT,
                         "say one of --replace ROLE, --generalise TEXT, --keep --reason WHY");
    if (keep && reason == NULL)
        return fault_set(fault, FAULT_INPUT, "--keep needs --reason WHY");
    if (!find_finding(draft, desk->gate, call->arguments[1], &number, fault))
        return false;
    struct draft *before = read_draft(call, desk, fault);
    if (before == NULL)
        return false;
    bool done = draft_decide(draft, desk->gate, (size_t)number,
                             replace != NULL      ? DECISION_REPLACE
                             : generalise != NULL ? DECISION_GENERALISE
                                                  : DECISION_KEEP,
                             replace != NULL      ? replace
                             : generalise != NULL ? generalise
                                                  : reason,
                             clock_now_ms(), fault);
    if (done)
        say_decided(call, before, desk->gate, number,
                    keep              ? NULL
                    : replace != NULL ? replace
                                      : generalise);
    draft_free(before);
    return done;
}

bool run_draft_decide(struct call *call, struct fault *fault)
{
    return change_draft(call, decide, true, fault);
}

bool run_draft_approve(struct call *call, struct fault *fault)
{
    struct desk desk;
    struct draft *draft = NULL;
    const char *by;
    uint64_t number;

    if (!require_option(call, "by", &by, fault) ||
        !draft_number(call->arguments[0], &number, fault))
        return false;
    bool done = desk_open(call, &desk, STORE_WRITE, fault) &&
                (draft = store_get_draft(desk.store, number, fault)) != NULL &&
                desk_approve(&desk, draft, by, fault) &&
                store_put_draft(desk.store, &number, draft, fault) &&
                say_approved(call, &desk, number, draft_state(draft) == DRAFT_SUBMITTED, fault);
    draft_free(draft);
    desk_close(&desk);
    return done;
}

static bool reject(struct call *call, struct desk *desk, struct draft *draft, struct fault *fault)
{
    (void)desk;
    return draft_reject(draft, call_value(call, "by"), call_value(call, "why"), clock_now_ms(),
                        fault);
}

bool run_draft_reject(struct call *call, struct fault *fault)
{
    const char *by, *why;

    return require_option(call, "by", &by, fault) && require_option(call, "why", &why, fault) &&
           change_draft(call, reject, true, fault);
}

/* --- draft list --- */

struct drafts_listing {
    struct store *store;
    const struct gate *gate;
    struct listing *listing;
    json_t *list;
};

static void list_one(struct drafts_listing *drafts, uint64_t number, const char *state,
                     const char *kind, struct bytes title, const char *open, int64_t updated_ms)
{
    char number_text[24], title_text[200], date[CLOCK_MINUTE_SIZE] = "";

    snprintf(number_text, sizeof number_text, "%" PRIu64, number);
    snprintf(title_text, sizeof title_text, "%.*s", (int)(title.size < 160 ? title.size : 160),
             (const char *)title.data);
    if (updated_ms != 0)
        clock_minute(date, updated_ms);
    const char *cells[] = {number_text, state, kind, open, date, title_text};
    listing_row(drafts->listing, cells);
    json_array_append_new(drafts->list,
                          json_pack("{s:I, s:s, s:s, s:s, s:I, s:o}", "draft", (json_int_t)number,
                                    "state", state, "kind", kind, "title", title_text, "open",
                                    (json_int_t)strtoull(open, NULL, 10), "updated",
                                    json_stamp(updated_ms)));
}

/* Of a published one there is the record, and what its text says as long as it is there. */
static void list_published(struct drafts_listing *drafts, uint64_t number, const struct digest *id)
{
    struct fault ignored;
    struct record *record = store_find(drafts->store, id, true, &ignored);
    struct document *document = record == NULL ? NULL : record_document(record, &ignored);

    list_one(drafts, number, "published", document == NULL ? "" : document_form(document)->kind,
             document == NULL ? bytes_of_text("") : document_title(document), "",
             record == NULL ? 0 : record_header(record)->time_ms);
    document_free(document);
    record_free(record);
}

static bool hear_draft(void *context, uint64_t number, const struct draft *draft,
                       const struct digest *record, struct fault *fault)
{
    struct drafts_listing *drafts = context;
    char open[24];

    (void)fault;
    if (record != NULL) {
        list_published(drafts, number, record);
        return true;
    }
    snprintf(open, sizeof open, "%zu", draft_undecided(draft, drafts->gate));
    list_one(drafts, number, draft_state_name(draft), document_form(draft_document(draft))->kind,
             draft_title(draft), open, draft_updated_ms(draft));
    return true;
}

bool run_draft_list(struct call *call, struct fault *fault)
{
    static const char *const names[] = {"DRAFT",   "STATE", "KIND", "TO DECIDE",
                                        "CHANGED", "TITLE", NULL};
    static const bool right[] = {true, false, false, true, false, false};
    struct desk desk;
    struct drafts_listing drafts = {.list = json_array()};

    bool done = desk_open(call, &desk, STORE_READ, fault);
    if (done) {
        drafts.gate = desk.gate;
        drafts.store = desk.store;
        drafts.listing = listing_new(names, right);
        done = store_each_draft(desk.store, hear_draft, &drafts, fault);
        if (done && call->json)
            call_json(call, json_pack("{s:O}", "drafts", drafts.list));
        else if (done && json_array_size(drafts.list) == 0)
            call_say(call, "Nothing waits in the house.");
        else if (done)
            listing_print(drafts.listing);
    }
    listing_free(drafts.listing);
    json_decref(drafts.list);
    desk_close(&desk);
    return done;
}
