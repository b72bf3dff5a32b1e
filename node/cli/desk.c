#include "node/cli/desk.h"
#include "node/clock.h"
#include "node/status.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The way out of the house, as every command goes it: onto the desk, approved, signed. */

#define PUBLISH_WAIT_MS 30000
#define PUBLISH_SAY_MS 2000 /* A node says why nothing is signed a moment after it starts. */

struct gate *desk_gate(const struct call *call, struct fault *fault)
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
    gate = gate_new(&(struct gate_profile){.names = {list, names.count}}, fault);
    free(list);
    texts_release(&names);
    config_release(&config);
    return gate;
}

bool desk_open(const struct call *call, struct desk *desk, enum store_mode mode,
               struct fault *fault)
{
    memset(desk, 0, sizeof *desk);
    return (desk->store = open_store(call, mode, fault)) != NULL &&
           config_read(&call->home, &desk->config, fault) &&
           (desk->gate = desk_gate(call, fault)) != NULL;
}

void desk_close(struct desk *desk)
{
    gate_free(desk->gate);
    store_close(desk->store);
    config_release(&desk->config);
}

/* --- What is said of a draft --- */

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

void desk_say(struct call *call, uint64_t number, const struct draft *draft,
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

/* --- Putting it forward --- */

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

/* --- Until it is out --- */

/* Why the running node signs nothing, as its status has it; empty where it does. */
static void add_silence(struct store *store, struct buffer *text)
{
    struct fault ignored;
    json_t *status = status_read(store, &ignored);
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

bool desk_say_published(struct call *call, uint64_t number, const struct digest *id)
{
    char hex[2 * DIGEST_SIZE + 1];

    hex_of(hex, id->bytes, DIGEST_SIZE);
    if (!call_json(call, json_pack("{s:I, s:s, s:o}", "draft", (json_int_t)number, "state",
                                   "published", "id", json_id(id))))
        call_say(call, "Draft %" PRIu64 " is published as %s", number, hex);
    return true;
}

bool desk_say_approved(struct call *call, struct desk *desk, uint64_t number, bool needs_another,
                       struct fault *fault)
{
    struct digest id;
    struct fault ignored;
    struct draft *draft;

    /* Whose second approval is missing is not waited for. */
    if (call_has(call, "wait") && !needs_another && !desk_await(call, desk, number, &id, fault))
        return false;
    if (store_draft_record(desk->store, number, &id, &ignored))
        return desk_say_published(call, number, &id);
    draft = store_get_draft(desk->store, number, fault);
    if (draft == NULL)
        return false;
    desk_say(call, number, draft, desk->gate);
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
            desk_say(call, number, draft, desk->gate);
            call->status = 1;
        }
    } else if (done) {
        done = desk_approve(desk, draft, by, fault) &&
               store_put_draft(desk->store, &number, draft, fault) &&
               desk_say_approved(call, desk, number, draft_state(draft) == DRAFT_SUBMITTED, fault);
    }
    draft_free(draft);
    return done;
}
