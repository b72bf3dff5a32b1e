#include "node/cli/desk.h"
#include "node/clock.h"
#include "node/own_names.h"
#include "node/status.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The way out of the house, as every command goes it: onto the desk, approved, signed. */

#define PUBLISH_WAIT_MS 30000
#define PUBLISH_SAY_MS 2000 /* A node says why nothing is signed a moment after it starts. */

struct gate *desk_gate(const struct call *call, struct fault *fault)
{
    struct config config = {0};
    struct texts said = {0};
    struct fault no_home;
    struct gate *gate = NULL;

    /* `lesson check` works without a home too: then only the general rules apply. */
    bool there = config_read(&call->home, &config, &no_home);
    call_values(call, "name", &said);
    if (!there && no_home.kind == FAULT_INPUT)
        *fault = no_home;
    else
        gate = own_names_gate(&call->home, there ? &config : NULL, &said, fault);
    texts_release(&said);
    config_release(&config);
    return gate;
}

void desk_say_strangers(const struct call *call)
{
    struct texts files = {0};

    own_names_unread(&call->home, &files);
    for (size_t i = 0; i < files.count; i++)
        call_say(call,
                 "names/%s is not read: the lists are called authority.txt, places.txt, "
                 "organisations.txt and people.txt, one name a line.",
                 files.list[i]);
    texts_release(&files);
}

static bool open_without_gate(const struct call *call, struct desk *desk, enum store_mode mode,
                              struct fault *fault)
{
    memset(desk, 0, sizeof *desk);
    desk->home = &call->home;
    desk->ledger = memory_new(1, sizeof *desk->ledger);
    return (desk->store = open_store(call, mode, fault)) != NULL &&
           config_read(&call->home, &desk->config, fault);
}

bool desk_open(const struct call *call, struct desk *desk, enum store_mode mode,
               struct fault *fault)
{
    return open_without_gate(call, desk, mode, fault) &&
           (desk->gate = desk_gate(call, fault)) != NULL;
}

bool desk_open_anyway(const struct call *call, struct desk *desk, enum store_mode mode,
                      struct fault *fault)
{
    if (!open_without_gate(call, desk, mode, fault))
        return false;
    desk->gate = desk_gate(call, &desk->unread);
    if (desk->gate == NULL)
        desk->gate = own_names_gate(&call->home, NULL, NULL, fault);
    return desk->gate != NULL;
}

enum approval_policy desk_policy(const struct desk *desk)
{
    return desk->config.approval_two ? APPROVAL_TWO : APPROVAL_ONE;
}

void desk_close(struct desk *desk)
{
    gate_free(desk->gate);
    if (desk->ledger != NULL)
        ledger_release(desk->ledger);
    free(desk->ledger);
    store_close(desk->store);
    config_release(&desk->config);
}

/* --- Putting it forward --- */

/* What a document speaks of may be named by the beginning of an id: the whole id is what is kept.
 */
static bool resolve_id(struct store *store, struct bytes named, struct digest *id,
                       struct fault *fault)
{
    char prefix[2 * DIGEST_SIZE + 1] = "";

    if (named.size < sizeof prefix)
        memcpy(prefix, named.data, named.size);
    if (store_resolve(store, prefix, id, fault))
        return true;
    fault->kind = FAULT_INPUT;
    return fault_prefix(fault, "%.*s", (int)named.size, (const char *)named.data);
}

/* A response to a receipt would say nothing to anybody. */
static bool is_of_its_kinds(struct store *store, const struct digest *id, const struct form *form,
                            const struct field *field, struct fault *fault)
{
    struct record *record = store_find(store, id, false, fault);
    struct buffer kinds = {0};

    if (record == NULL)
        return false;
    struct bytes kind = record_header(record)->kind;
    bool fits = target_fits(field->target, kind);
    for (size_t i = 0; !fits && field->target->kinds[i] != NULL; i++)
        buffer_printf(&kinds, "%s%s", i == 0 ? "" : ", ", field->target->kinds[i]);
    if (!fits)
        fault_set(fault, FAULT_INPUT,
                  "\"%s\" names a record of kind %.*s; in a file of kind %s it names one of: %s",
                  field->name, (int)kind.size, (const char *)kind.data, form->kind,
                  buffer_text(&kinds));
    buffer_release(&kinds);
    record_free(record);
    return fits;
}

static bool resolve_field(struct store *store, struct document *document, const struct field *field,
                          struct fault *fault)
{
    size_t count = document_count(document, field->key);
    struct place place = document_place(document, field->key, 0);
    struct digest *ids = memory_new(count, sizeof *ids);
    bool done = true;

    for (size_t i = 0; done && i < count; i++)
        done = resolve_id(store, document_item(document, field->key, i), &ids[i], fault) &&
               is_of_its_kinds(store, &ids[i], document_form(document), field, fault);
    if (done)
        document_clear(document, field->key);
    for (size_t i = 0; done && i < count; i++) {
        char hex[2 * DIGEST_SIZE + 1];
        hex_of(hex, ids[i].bytes, DIGEST_SIZE);
        document_add(document, field->key, bytes_of_text(hex), place);
    }
    free(ids);
    return done;
}

static bool resolve_ids(struct store *store, struct document *document, struct fault *fault)
{
    const struct form *form = document_form(document);

    for (size_t i = 0; i < form->count; i++)
        if (form->fields[i].target != NULL &&
            !resolve_field(store, document, &form->fields[i], fault))
            return false;
    return true;
}

/* Language and authority type, where the file does not say them. Of an author that is not named
 * neither: that drafts are in Welsh as a rule tells the nation, whatever this one is in. */
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

enum attribution desk_attribution(const struct call *call)
{
    return call_has(call, "anonymous") ? ATTRIBUTION_ANONYMOUS : ATTRIBUTION_NAMED;
}

bool desk_prepare(const struct desk *desk, struct document *document, enum attribution attribution,
                  struct fault *fault)
{
    int64_t expiry_ms;

    if (!resolve_ids(desk->store, document, fault) ||
        !document_expiry(document, clock_now_ms(), &expiry_ms, fault))
        return false;
    if (attribution == ATTRIBUTION_NAMED)
        fill_in(document, &desk->config);
    return true;
}

/* Nobody said who wrote it: whoever is logged in. That is good for the record, but where two people
 * are needed only a name that somebody gave counts as one of them. */
static const char *author_or_user(const struct desk *desk, const struct draft *draft,
                                  const char *author)
{
    if (author != NULL || draft_takes_two(draft, desk_policy(desk)))
        return author;
    const struct passwd *user = getpwuid(getuid());
    return user == NULL ? NULL : user->pw_name;
}

/* The kinds for which a ring has slots (docs/protocol.md, 6.2). */
bool desk_may_be_unnamed(const struct form *form, struct fault *fault)
{
    return form == &lesson_form || form == &issue_form || form == &response_form ||
           fault_set(fault, FAULT_INPUT,
                     "--anonymous: only a lesson, an issue or a response can go out anonymously, "
                     "not %s",
                     form->kind);
}

struct draft *desk_submit(const struct desk *desk, struct document *document, const char *author,
                          enum attribution attribution, struct fault *fault)
{
    struct draft *draft = draft_new(document, attribution, clock_now_ms());

    author = author_or_user(desk, draft, author);
    if ((attribution == ATTRIBUTION_NAMED || desk_may_be_unnamed(document_form(document), fault)) &&
        (author == NULL || draft_set_author(draft, author, fault)) &&
        desk_prepare(desk, document, attribution, fault) &&
        draft_submit(draft, clock_now_ms(), fault) && desk_figures_hold(desk, document, fault))
        return draft;
    draft_free(draft);
    return NULL;
}

struct twin {
    struct digest text;
    const char *author; /* NULL: whoever. */
    uint64_t number;
};

static bool note_same(void *context, uint64_t number, const struct draft *draft,
                      const struct digest *record, struct fault *fault)
{
    struct twin *twin = context;

    (void)fault;
    if (record != NULL || draft == NULL || draft_state(draft) == DRAFT_REJECTED)
        return true;
    struct digest text = draft_digest(draft);
    if (twin->number == 0 && digest_equal(&text, &twin->text) &&
        (twin->author == NULL || strcmp(twin->author, draft_author(draft)) == 0))
        twin->number = number;
    return true;
}

bool desk_take_waiting(const struct desk *desk, const char *author, struct draft **draft,
                       uint64_t *number, bool *again, struct fault *fault)
{
    struct twin twin = {.text = draft_digest(*draft), .author = author};

    *again = false;
    bool done = store_each_draft(desk->store, note_same, &twin, fault);
    *number = twin.number;
    if (!done || twin.number == 0)
        return done;
    draft_free(*draft);
    *draft = store_get_draft(desk->store, twin.number, fault);
    if (*draft == NULL)
        return false;
    *again = draft_state(*draft) == DRAFT_WRITTEN;
    return !*again || draft_submit(*draft, clock_now_ms(), fault);
}

/* A text that is to be taken back does not wait. */
static int64_t hold_of(const struct desk *desk, const struct draft *draft)
{
    if (document_form(draft_document(draft)) == &erasure_form)
        return 0;
    return draft_attribution(draft) != ATTRIBUTION_NAMED ? desk->config.hold_anonymous_ms
                                                         : desk->config.hold_ms;
}

bool desk_approve(const struct desk *desk, struct draft *draft, const char *by, const char *answer,
                  struct fault *fault)
{
    struct consent consent = {.by = by,
                              .read = draft_digest(draft),
                              .answer = answer,
                              .policy = desk_policy(desk),
                              .hold_ms = hold_of(desk, draft)};

    return desk_figures_hold(desk, draft_document(draft), fault) &&
           draft_approve(draft, desk->gate, &consent, clock_now_ms(), fault);
}

bool desk_approve_own(const struct desk *desk, struct draft *draft, struct fault *fault)
{
    return draft_takes_two(draft, desk_policy(desk)) ||
           desk_approve(desk, draft, draft_author(draft), NULL, fault);
}

/* --- Until it is out --- */

void desk_add_silence(const struct desk *desk, struct buffer *text)
{
    struct fault ignored;
    json_t *status = status_read(desk->store, &ignored);
    const char *why =
        json_string_value(json_object_get(json_object_get(status, "drafts"), "unsigned_because"));
    if (why != NULL)
        buffer_printf(text, " Nothing is signed: %s.", why);
    json_decref(status);
}

static bool gave_up(const struct desk *desk, uint64_t number, struct fault *fault)
{
    struct buffer text = {0};

    desk_add_silence(desk, &text);
    fault_set(fault, FAULT_ABSENT,
              "draft %" PRIu64 " is approved but not signed yet; it stays queued.%s", number,
              text.size > 0 ? buffer_text(&text) : " Is the node running (candour status)?");
    buffer_release(&text);
    return false;
}

/* At first that it is waited for, and then once why nothing is signed. True once that was said. */
static bool say_waiting(const struct call *call, const struct desk *desk, bool first)
{
    struct buffer text = {0};

    desk_add_silence(desk, &text);
    bool known = text.size > 0;
    if (!known && first)
        buffer_append_text(&text, home_running(&call->home) != 0
                                      ? " The node is to sign it."
                                      : " No node runs on this home: candour run starts it.");
    if (text.size > 0)
        call_say(call, "Waiting.%s", buffer_text(&text));
    fflush(stdout);
    buffer_release(&text);
    return known;
}

bool desk_await(const struct call *call, const struct desk *desk, uint64_t number,
                struct digest *id, struct fault *fault)
{
    const struct timespec pause = {.tv_nsec = 20000000};
    int64_t began_ms = clock_now_ms();
    int64_t say_ms = began_ms + PUBLISH_SAY_MS, until_ms = began_ms + PUBLISH_WAIT_MS;
    bool first = true;

    while (!store_draft_record(desk->store, number, id, fault)) {
        if (fault->kind != FAULT_ABSENT)
            return false;
        if (clock_now_ms() > until_ms)
            return gave_up(desk, number, fault);
        if (clock_now_ms() > say_ms) {
            say_ms = say_waiting(call, desk, first) ? INT64_MAX : clock_now_ms() + PUBLISH_SAY_MS;
            first = false;
        }
        nanosleep(&pause, NULL);
    }
    return true;
}

bool desk_waits(const struct call *call, const struct draft *draft)
{
    return call_has(call, "wait") && draft_outlook(draft, clock_now_ms()) == OUTLOOK_DUE;
}

bool desk_say_approved(struct call *call, struct desk *desk, uint64_t number,
                       const struct draft *draft, struct fault *fault)
{
    struct digest id;
    struct fault ignored;

    if (desk_waits(call, draft) && !desk_await(call, desk, number, &id, fault))
        return false;
    if (store_draft_record(desk->store, number, &id, &ignored))
        return desk_say_published(call, number, &id);
    desk_say(call, desk, number, draft);
    return true;
}

/* What its author has put forward already takes its place. */
static bool take_own(const struct call *call, const struct desk *desk, struct draft **draft,
                     uint64_t *number, struct fault *fault)
{
    bool again;

    bool done = desk_take_waiting(desk, draft_author(*draft), draft, number, &again, fault);
    if (done && *number != 0)
        call_say(call, "Draft %" PRIu64 " has this text already, and is %s: no other is made.",
                 *number, again ? "handed in again" : draft_state_name(*draft));
    return done;
}

bool desk_put_forward(struct call *call, struct desk *desk, struct document *document,
                      struct fault *fault)
{
    struct draft *draft =
        desk_submit(desk, document, call_value(call, "author"), desk_attribution(call), fault);
    uint64_t number = 0;

    bool done = draft != NULL && take_own(call, desk, &draft, &number, fault) &&
                store_put_draft(desk->store, &number, draft, fault);
    if (done)
        desk_say(call, desk, number, draft);
    draft_free(draft);
    return done;
}

bool desk_publish(struct call *call, struct desk *desk, struct document *document, const char *by,
                  struct fault *fault)
{
    struct draft *draft = desk_submit(desk, document, by, desk_attribution(call), fault);
    uint64_t number = 0;

    /* It is kept in any case, so that nothing has to be written again; what to do is said. */
    bool done = draft != NULL && take_own(call, desk, &draft, &number, fault);
    bool open = done && draft_undecided(draft, desk->gate) > 0;
    bool approved = done && draft_state(draft) == DRAFT_APPROVED;
    done = done && (open || approved || desk_approve_own(desk, draft, fault)) &&
           store_put_draft(desk->store, &number, draft, fault) &&
           desk_say_approved(call, desk, number, draft, fault);
    if (open)
        call->status = 1;
    draft_free(draft);
    return done;
}
