#include "node/cli/desk.h"
#include "node/clock.h"
#include "node/own_names.h"
#include "node/status.h"

#include <assert.h>
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

static bool is_without_lists(const struct desk *desk)
{
    return desk->unread.kind != FAULT_NONE;
}

void desk_say_unread(const struct call *call, const struct desk *desk)
{
    if (is_without_lists(desk))
        call_say(call,
                 "Looked through without your lists of names, and nothing is approved or signed "
                 "before they can be read: %s",
                 desk->unread.text);
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

/* --- What is said of a draft --- */

static bool is_suggestion(const struct finding *finding)
{
    return finding_kinds[finding->class].suggestion;
}

static json_t *finding_object(const struct draft *draft, const struct finding *finding,
                              size_t number)
{
    const char *because = draft_kept_because(draft, finding);
    struct bytes text = finding_text(draft_document(draft), finding);

    return json_pack(
        "{s:I, s:s, s:I, s:I, s:s, s:o, s:s, s:b, s:b, s:b, s:s?}", "number", (json_int_t)number,
        "field", finding->key, "line", (json_int_t)finding->place.line, "column",
        (json_int_t)finding->place.column, "class", finding_kinds[finding->class].code, "text",
        json_bytes(text), "advice", finding->advice, "hard", (int)finding->hard, "suggestion",
        (int)is_suggestion(finding), "decided", (int)(because != NULL), "reason", because);
}

/* The findings of a draft with the numbers that people name them by. */
struct numbered {
    const struct draft *draft;
    struct findings findings;
    uint32_t *numbers;
};

static struct numbered number_findings(const struct desk *desk, const struct draft *draft)
{
    struct numbered numbered = {.draft = draft};

    draft_findings(draft, desk->gate, &numbered.findings);
    numbered.numbers = draft_numbers(draft, &numbered.findings);
    return numbered;
}

static void numbered_release(struct numbered *numbered)
{
    findings_release(&numbered->findings);
    free(numbered->numbers);
}

static bool is_first(const struct numbered *numbered, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (numbered->numbers[i] == numbered->numbers[index])
            return false;
    return true;
}

/* The fields in which this finding's text stands, and how often in all. */
static size_t append_fields(const struct numbered *numbered, size_t index, struct buffer *fields)
{
    const char *last = NULL;
    size_t times = 0;

    for (size_t i = index; i < numbered->findings.count; i++) {
        if (numbered->numbers[i] != numbered->numbers[index])
            continue;
        const char *key = numbered->findings.list[i].key;
        if (last == NULL || strcmp(last, key) != 0)
            buffer_printf(fields, "%s%s", last == NULL ? "" : ", ", key);
        last = key;
        times++;
    }
    return times;
}

/* One line for all findings with one number. */
static void say_finding(const struct call *call, const struct numbered *numbered, size_t index)
{
    const struct finding *finding = &numbered->findings.list[index];
    const char *because = draft_kept_because(numbered->draft, finding);
    struct bytes text = finding_text(draft_document(numbered->draft), finding);
    struct buffer fields = {0};
    char often[40] = "";

    size_t times = append_fields(numbered, index, &fields);
    if (times > 1)
        snprintf(often, sizeof often, ", %zu times,", times);
    call_say(call, "  %" PRIu32 ". %s: \"%.*s\"%s looks like %s. %s%s", numbered->numbers[index],
             buffer_text(&fields), (int)text.size, (const char *)text.data, often,
             finding_kinds[finding->class].means,
             because == NULL ? finding->advice : "Kept: ", because == NULL ? "" : because);
    buffer_release(&fields);
}

static void say_open(const struct call *call, const struct numbered *numbered)
{
    for (size_t i = 0; i < numbered->findings.count; i++)
        if (is_first(numbered, i) && draft_is_open(numbered->draft, &numbered->findings.list[i]))
            say_finding(call, numbered, i);
}

/* What is (to be) decided, and then what is only suggested. */
static void say_findings(const struct call *call, const struct numbered *numbered)
{
    size_t suggestions = 0;

    for (size_t i = 0; i < numbered->findings.count; i++)
        if (is_first(numbered, i) && !is_suggestion(&numbered->findings.list[i]))
            say_finding(call, numbered, i);
    for (size_t i = 0; i < numbered->findings.count; i++)
        if (is_first(numbered, i) && is_suggestion(&numbered->findings.list[i])) {
            if (suggestions++ == 0)
                call_say(call, "Suggestions, about which nothing has to be decided:");
            say_finding(call, numbered, i);
        }
}

static bool is_unnamed(const struct draft *draft)
{
    return draft_attribution(draft) != ATTRIBUTION_NAMED;
}

static enum approval_policy policy_of(const struct desk *desk)
{
    return desk->config.approval_two ? APPROVAL_TWO : APPROVAL_ONE;
}

static json_t *json_goes_out(const struct draft *draft)
{
    return draft_outlook(draft, clock_now_ms()) == OUTLOOK_HELD
               ? json_stamp(draft_release_ms(draft))
               : json_null();
}

/* How it came back: as a sentence says it, and what the keys that tell of it begin with. Only in
 * these states has anybody returned it. */
struct coming_back {
    const char *said, *key;
};

static const struct coming_back *came_back(const struct draft *draft)
{
    static const struct coming_back ways[DRAFT_STATES] = {
        [DRAFT_REJECTED] = {"Rejected", "rejected"},
        [DRAFT_WRITTEN] = {"Withdrawn", "withdrawn"},
        [DRAFT_SUBMITTED] = {"Not signed", "returned"}};
    const struct coming_back *way = &ways[draft_state(draft)];

    assert(way->said != NULL);
    return way;
}

static json_t *draft_object(uint64_t number, const struct draft *draft, const struct desk *desk,
                            const struct numbered *numbered)
{
    json_t *list = json_array(), *approvals = json_array();
    struct digest text = draft_digest(draft);

    for (size_t i = 0; i < numbered->findings.count; i++)
        json_array_append_new(
            list, finding_object(draft, &numbered->findings.list[i], numbered->numbers[i]));
    for (size_t i = 0; i < draft_approvals(draft); i++)
        json_array_append_new(
            approvals,
            json_pack("{s:s, s:s, s:s, s:o}", "by", draft_approver(draft, i), "answer",
                      draft_answer(draft, i), "rules", draft_approved_by_rules(draft, i), "at",
                      draft_approved_ms(draft, i) == 0 ? json_null()
                                                       : json_stamp(draft_approved_ms(draft, i))));
    json_t *object =
        json_pack("{s:I, s:s, s:o, s:s, s:s, s:o, s:o, s:I, s:o}", "draft", (json_int_t)number,
                  "state", draft_state_name(draft), "text", json_id(&text), "attribution",
                  attribution_names[draft_attribution(draft)], "author", draft_author(draft),
                  "approvals", approvals, "goes_out", json_goes_out(draft), "open",
                  (json_int_t)draft_undecided(draft, desk->gate), "findings", list);
    if (draft_returned_by(draft)[0] != '\0') {
        char key[32];
        snprintf(key, sizeof key, "%s_by", came_back(draft)->key);
        json_object_set_new(object, key, json_string(draft_returned_by(draft)));
        snprintf(key, sizeof key, "%s_why", came_back(draft)->key);
        json_object_set_new(object, key, json_string(draft_returned_why(draft)));
    }
    return object;
}

static void say_return(const struct call *call, const struct draft *draft)
{
    const char *why = draft_returned_why(draft);

    if (draft_returned_by(draft)[0] != '\0')
        call_say(call, "%s by %s%s%s", came_back(draft)->said, draft_returned_by(draft),
                 why[0] == '\0' ? "." : ": ", why);
}

/* Who has had to do with it, and how it is to go out. */
static void say_people(const struct call *call, const struct desk *desk, const struct draft *draft)
{
    if (draft_author(draft)[0] != '\0')
        call_say(call, "Written by %s.", draft_author(draft));
    if (!is_unnamed(draft))
        call_say(call, "It goes out under the name of %s.", desk->config.authority.name);
    else if (draft_state(draft) == DRAFT_APPROVED)
        call_say(call, "It goes out without the authority's name.");
    else
        call_say(call, "It is to go out without the authority's name. This version of candour "
                       "cannot publish anonymously yet: once approved, it stays in the house until "
                       "one can.");
    for (size_t i = 0; i < draft_approvals(draft); i++)
        if (is_unnamed(draft))
            call_say(call, "Approved by %s. Could anybody name us? %s", draft_approver(draft, i),
                     draft_answer(draft, i));
        else
            call_say(call, "Approved by %s.", draft_approver(draft, i));
    say_return(call, draft);
}

/* Of a submitted one in which all is decided. */
static void say_who_approves(const struct call *call, const struct desk *desk, uint64_t number,
                             const struct draft *draft)
{
    bool two = draft_takes_two(draft, policy_of(desk));
    bool begun = draft_author(draft)[0] != '\0' || draft_approvals(draft) > 0;
    struct digest text = draft_digest(draft);
    char digits[DESK_TEXT_DIGITS + 1];

    if (is_unnamed(draft))
        call_say(call, "Whoever approves it answers: %s", draft_question);
    hex_of(digits, text.bytes, DESK_TEXT_DIGITS / 2);
    call_say(call, "%s: candour draft approve %" PRIu64 " --by %s --text %s%s",
             !two    ? "Next"
             : begun ? "Next, a second person reads it"
                     : "Next, two people read it, and each approves it",
             number, two && begun ? "ANOTHER" : "NAME", digits,
             is_unnamed(draft) ? " --anonymous --intruder \"No: ...\"" : "");
}

static void say_outlook(const struct call *call, uint64_t number, const struct draft *draft)
{
    bool running = home_running(&call->home) != 0;
    char minute[CLOCK_MINUTE_SIZE];

    clock_minute(minute, draft_release_ms(draft));
    switch (draft_outlook(draft, clock_now_ms())) {
    case OUTLOOK_STAYS:
        break;
    case OUTLOOK_HELD:
        call_say(call,
                 "It goes out at %s UTC%s. Until then candour draft withdraw %" PRIu64
                 " --by NAME takes it back.",
                 minute, running ? "" : ", if a node runs here then (candour run)", number);
        break;
    case OUTLOOK_DUE:
        call_say(call, running
                           ? "Queued: the running node signs and publishes it."
                           : "Queued: no node runs on this home. Next: candour run, which signs "
                             "and publishes it.");
        break;
    case OUTLOOK_UNNAMED:
        call_say(call,
                 "It waits to be published anonymously, not before %s UTC. This version of candour "
                 "cannot do that yet: until one can, it stays in the house, and is never signed "
                 "with the authority's key. candour draft withdraw %" PRIu64
                 " --by NAME takes it back.",
                 minute, number);
        break;
    }
}

/* The number of the first finding that is to be decided. */
static uint32_t first_open(const struct desk *desk, const struct draft *draft)
{
    struct numbered numbered = number_findings(desk, draft);
    uint32_t number = 0;

    for (size_t i = numbered.findings.count; i-- > 0;)
        if (draft_is_open(draft, &numbered.findings.list[i]))
            number = numbered.numbers[i];
    numbered_release(&numbered);
    return number;
}

bool desk_is_of_figures(const struct draft *draft)
{
    return document_form(draft_document(draft)) == &snapshot_form;
}

/* To be handed in again, with another text or without. */
static void say_again(const struct call *call, uint64_t number, const struct draft *draft)
{
    bool written = draft_state(draft) == DRAFT_WRITTEN;

    if (desk_is_of_figures(draft))
        call_say(call,
                 "Next: %smend the figures and import them again (candour indicator import "
                 "FILE.csv), then candour draft delete %" PRIu64 " removes this one.",
                 written ? "hand it in again as it is (candour draft submit); or " : "", number);
    else if (written)
        call_say(call,
                 "Next: candour draft submit %" PRIu64
                 ", with a FILE for another text; or candour draft delete %" PRIu64
                 " to give it up.",
                 number, number);
    else
        call_say(call,
                 "Next: change the file (candour draft show %" PRIu64
                 " --out FILE writes one, with all that was decided), then candour draft submit "
                 "%" PRIu64 " FILE; or candour draft delete %" PRIu64 " to give it up.",
                 number, number, number);
}

void desk_say_next(const struct call *call, const struct desk *desk, uint64_t number,
                   const struct draft *draft)
{
    size_t open = draft_undecided(draft, desk->gate);

    switch (draft_state(draft)) {
    case DRAFT_WRITTEN:
    case DRAFT_REJECTED:
        say_again(call, number, draft);
        break;
    case DRAFT_SUBMITTED:
        if (is_without_lists(desk))
            call_say(call, "Next: mend that list of names.");
        else if (open > 0)
            call_say(call,
                     "%zu to decide: candour draft decide %" PRIu64 " %" PRIu32
                     " --replace \"[resident]\", or --generalise, or --keep --reason.",
                     open, number, first_open(desk, draft));
        else
            say_who_approves(call, desk, number, draft);
        break;
    default:
        say_outlook(call, number, draft);
    }
}

void desk_say(struct call *call, const struct desk *desk, uint64_t number,
              const struct draft *draft)
{
    struct numbered numbered = number_findings(desk, draft);
    struct bytes title = draft_title(draft);

    if (!call_json(call, draft_object(number, draft, desk, &numbered))) {
        call_say(call, "Draft %" PRIu64 ", %s: %.*s", number, draft_state_name(draft),
                 (int)title.size, (const char *)title.data);
        say_people(call, desk, draft);
        say_findings(call, &numbered);
        desk_say_unread(call, desk);
        desk_say_next(call, desk, number, draft);
    }
    numbered_release(&numbered);
}

void desk_say_left(struct call *call, const struct desk *desk, uint64_t number,
                   const struct draft *draft)
{
    struct numbered numbered = number_findings(desk, draft);

    if (!call_json(call, draft_object(number, draft, desk, &numbered))) {
        say_open(call, &numbered);
        desk_say_next(call, desk, number, draft);
    }
    numbered_release(&numbered);
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

enum attribution desk_attribution(const struct call *call)
{
    return call_has(call, "anonymous") ? ATTRIBUTION_ANONYMOUS : ATTRIBUTION_NAMED;
}

bool desk_prepare(const struct desk *desk, struct document *document, struct fault *fault)
{
    int64_t expiry_ms;

    if (!resolve_ids(desk->store, document, fault) ||
        !document_expiry(document, clock_now_ms(), &expiry_ms, fault))
        return false;
    fill_in(document, &desk->config);
    return true;
}

/* Nobody said who wrote it: whoever is logged in. That is good for the record, but where two people
 * are needed only a name that somebody gave counts as one of them. */
static const char *author_or_user(const struct desk *desk, const struct draft *draft,
                                  const char *author)
{
    if (author != NULL || draft_takes_two(draft, policy_of(desk)))
        return author;
    const struct passwd *user = getpwuid(getuid());
    return user == NULL ? NULL : user->pw_name;
}

/* The kinds for which a ring has slots (docs/protocol.md, 6.2). */
static bool may_be_unnamed(const struct form *form)
{
    return form == &lesson_form || form == &issue_form || form == &response_form;
}

struct draft *desk_submit(const struct desk *desk, struct document *document, const char *author,
                          enum attribution attribution, struct fault *fault)
{
    struct draft *draft = draft_new(document, attribution, clock_now_ms());

    author = author_or_user(desk, draft, author);
    if (attribution != ATTRIBUTION_NAMED && !may_be_unnamed(document_form(document)))
        fault_set(
            fault, FAULT_INPUT,
            "--anonymous: only a lesson, an issue or a response can go out anonymously, not %s",
            document_form(document)->kind);
    else if ((author == NULL || draft_set_author(draft, author, fault)) &&
             desk_prepare(desk, document, fault) && draft_submit(draft, clock_now_ms(), fault) &&
             desk_figures_hold(desk, document, fault))
        return draft;
    draft_free(draft);
    return NULL;
}

struct twin {
    struct digest text;
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
    if (twin->number == 0 && digest_equal(&text, &twin->text))
        twin->number = number;
    return true;
}

bool desk_find_same(const struct desk *desk, const struct draft *draft, uint64_t *number,
                    struct fault *fault)
{
    struct twin twin = {.text = draft_digest(draft)};

    bool done = store_each_draft(desk->store, note_same, &twin, fault);
    *number = twin.number;
    return done;
}

/* A text that is to be taken back does not wait. */
static int64_t hold_of(const struct desk *desk, const struct draft *draft)
{
    if (document_form(draft_document(draft)) == &erasure_form)
        return 0;
    return is_unnamed(draft) ? desk->config.hold_anonymous_ms : desk->config.hold_ms;
}

bool desk_approve(const struct desk *desk, struct draft *draft, const char *by, const char *answer,
                  struct fault *fault)
{
    struct consent consent = {.by = by,
                              .read = draft_digest(draft),
                              .answer = answer,
                              .policy = policy_of(desk),
                              .hold_ms = hold_of(desk, draft)};

    return desk_figures_hold(desk, draft_document(draft), fault) &&
           draft_approve(draft, desk->gate, &consent, clock_now_ms(), fault);
}

bool desk_approve_own(const struct desk *desk, struct draft *draft, struct fault *fault)
{
    return draft_takes_two(draft, policy_of(desk)) ||
           desk_approve(desk, draft, draft_author(draft), NULL, fault);
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

/* At first that it is waited for, and then once why nothing is signed. True once that was said. */
static bool say_waiting(const struct call *call, const struct desk *desk, bool first)
{
    struct buffer text = {0};

    add_silence(desk->store, &text);
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

bool desk_say_published(struct call *call, uint64_t number, const struct digest *id)
{
    char hex[2 * DIGEST_SIZE + 1];

    hex_of(hex, id->bytes, DIGEST_SIZE);
    if (!call_json(call, json_pack("{s:I, s:s, s:o}", "draft", (json_int_t)number, "state",
                                   "published", "id", json_id(id))))
        call_say(call, "Draft %" PRIu64 " is published as %s", number, hex);
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

bool desk_put_forward(struct call *call, struct desk *desk, struct document *document,
                      struct fault *fault)
{
    struct draft *draft =
        desk_submit(desk, document, call_value(call, "author"), desk_attribution(call), fault);
    uint64_t number = 0;

    bool done = draft != NULL && store_put_draft(desk->store, &number, draft, fault);
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
    bool open = draft != NULL && draft_undecided(draft, desk->gate) > 0;
    bool done = draft != NULL && (open || desk_approve_own(desk, draft, fault)) &&
                store_put_draft(desk->store, &number, draft, fault) &&
                desk_say_approved(call, desk, number, draft, fault);
    if (open)
        call->status = 1;
    draft_free(draft);
    return done;
}
