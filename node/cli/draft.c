#include "node/cli/desk.h"
#include "node/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* draft: what lies on the desk is looked at, decided, approved or rejected. */

static bool draft_number(const char *text, uint64_t *number, struct fault *fault)
{
    char *end;

    *number = strtoull(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && *number > 0 && *number < INT64_MAX)
        return true;
    return fault_set(fault, FAULT_INPUT, "%s: is not the number of a draft: candour draft list",
                     text);
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
        desk_say(call, number, draft, desk.gate);
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
    return published ? desk_say_published(call, number, &id)
                     : change_draft(call, NULL, false, fault);
}

/* --- draft decide --- */

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

/* --- draft approve, draft reject --- */

bool run_draft_approve(struct call *call, struct fault *fault)
{
    struct desk desk;
    struct draft *draft = NULL;
    const char *by;
    uint64_t number;

    if (!require_option(call, "by", &by, fault) ||
        !draft_number(call->arguments[0], &number, fault))
        return false;
    bool done =
        desk_open(call, &desk, STORE_WRITE, fault) &&
        (draft = store_get_draft(desk.store, number, fault)) != NULL &&
        desk_approve(&desk, draft, by, fault) &&
        store_put_draft(desk.store, &number, draft, fault) &&
        desk_say_approved(call, &desk, number, draft_state(draft) == DRAFT_SUBMITTED, fault);
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
    struct withheld withheld;
    struct document *document =
        record == NULL ? NULL : store_document(drafts->store, record, &withheld);

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
