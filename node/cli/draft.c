#include "node/cli/desk.h"
#include "node/clock.h"
#include "protocol/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

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

/* What a command does to a draft, and says of it then. */
struct handling {
    bool (*act)(struct call *call, struct desk *desk, struct draft *draft, struct fault *fault);
    void (*say)(struct call *call, const struct desk *desk, uint64_t number,
                const struct draft *draft);
    bool keep;   /* Else it is only shown. */
    bool anyway; /* Though a list of names cannot be read. */
};

/* Who approved it approved another text: that is said where nobody asked for it. */
static void say_approvals_gone(const struct call *call, const struct draft *draft, size_t before)
{
    if (call->json || draft_approvals(draft) >= before || draft_state(draft) != DRAFT_SUBMITTED)
        return;
    call_say(call,
             "It was approved as it was before: %s not count for this text, which is to be "
             "approved again.",
             before == 1 ? "that approval does" : "those approvals do");
}

static bool act_on(struct call *call, const struct handling *handling, struct desk *desk,
                   struct draft *draft, uint64_t number, struct fault *fault)
{
    size_t approvals = draft_approvals(draft);

    if (handling->act != NULL && !handling->act(call, desk, draft, fault))
        return false;
    if (handling->keep && !store_put_draft(desk->store, &number, draft, fault))
        return false;
    say_approvals_gone(call, draft, approvals);
    handling->say(call, desk, number, draft);
    return true;
}

static bool change_draft(struct call *call, const struct handling *handling, struct fault *fault)
{
    struct desk desk;
    struct draft *draft = NULL;
    uint64_t number;

    if (!draft_number(call->arguments[0], &number, fault))
        return false;
    enum store_mode mode = handling->keep ? STORE_WRITE : STORE_READ;
    bool done = (handling->anyway ? desk_open_anyway(call, &desk, mode, fault)
                                  : desk_open(call, &desk, mode, fault)) &&
                (draft = store_get_draft(desk.store, number, fault)) != NULL &&
                act_on(call, handling, &desk, draft, number, fault);
    draft_free(draft);
    desk_close(&desk);
    return done;
}

/* The record that it became; false where it is a draft still, or none. */
static bool became(const struct call *call, uint64_t *number, struct digest *id)
{
    struct fault ignored;
    struct store *store = NULL;

    bool published = draft_number(call->arguments[0], number, &ignored) &&
                     (store = open_store(call, STORE_READ, &ignored)) != NULL &&
                     store_draft_record(store, *number, id, &ignored);
    store_close(store);
    return published;
}

/* --- draft show --- */

/* How often what was found was decided, as it is signed, is known once that is noted. */
static bool note_findings(struct call *call, struct desk *desk, struct draft *draft,
                          struct fault *fault)
{
    (void)call;
    (void)fault;
    draft_note_findings(draft, desk->gate);
    return true;
}

/* All that is signed, and nothing else. */
static void print_text(const struct draft *draft)
{
    struct document *whole = draft_to_sign(draft);
    struct buffer text = {0};

    document_print(whole, &text);
    printf("\n%s\n\n", draft_attribution(draft) == ATTRIBUTION_NAMED
                           ? "What is signed:"
                           : "What others will see, and of its author only that it is a member:");
    fwrite(text.data, 1, text.size, stdout);
    printf("\n");
    buffer_release(&text);
    document_free(whole);
}

/* What comes next stands last, where a long text leaves the eye. */
static void show(struct call *call, const struct desk *desk, uint64_t number,
                 const struct draft *draft)
{
    desk_say_about(call, desk, number, draft);
    if (call->json)
        return;
    print_text(draft);
    desk_say_next(call, desk, number, draft, true);
}

static bool write_out(struct call *call, struct desk *desk, struct draft *draft,
                      struct fault *fault)
{
    struct buffer text = {0};

    (void)desk;
    document_print(draft_document(draft), &text);
    bool written = file_write(call_value(call, "out"), buffer_view(&text), 0600, true, fault);
    buffer_release(&text);
    return written;
}

static void say_written(struct call *call, const struct desk *desk, uint64_t number,
                        const struct draft *draft)
{
    const char *path = call_value(call, "out");

    if (call->json)
        desk_say(call, desk, number, draft);
    else
        call_say(call, "%s has its text. Next: change it, then candour draft submit %" PRIu64 " %s",
                 path, number, path);
}

bool run_draft_show(struct call *call, struct fault *fault)
{
    static const struct handling showing = {.act = note_findings, .say = show, .anyway = true};
    static const struct handling writing = {.act = write_out, .say = say_written, .anyway = true};
    bool to_file = call_value(call, "out") != NULL;
    struct digest id;
    uint64_t number;

    if (!became(call, &number, &id))
        return change_draft(call, to_file ? &writing : &showing, fault);
    return to_file
               ? fault_set(fault, FAULT_ABSENT,
                           "draft %" PRIu64 " is published: candour show prints its record", number)
               : desk_say_published(call, number, &id);
}

/* --- draft decide --- */

/* The number of the findings with these words, as they are written or (`small`) in whatever case;
 * 0: none has them, or more than one. */
static size_t number_by_words(const struct draft *draft, const struct findings *findings,
                              const char *field, struct bytes words, bool small)
{
    uint32_t *numbers = draft_numbers(draft, findings);
    size_t number = 0;
    bool alone = true;

    for (size_t i = 0; i < findings->count; i++) {
        struct bytes text = finding_text(draft_document(draft), &findings->list[i]);
        bool same = small ? text.size == words.size &&
                                strncasecmp((const char *)text.data, (const char *)words.data,
                                            words.size) == 0
                          : bytes_equal(text, words);
        if (!same || (field != NULL && strcmp(findings->list[i].key, field) != 0))
            continue;
        alone = alone && (number == 0 || number == numbers[i]);
        number = numbers[i];
    }
    free(numbers);
    return alone ? number : 0;
}

/* By its words first, for they may be digits; then by its number. */
static bool find_finding(const struct draft *draft, const struct gate *gate, const char *typed,
                         struct choice *choice, struct fault *fault)
{
    struct findings findings = {0};
    struct bytes words = text_trimmed(bytes_of_text(typed));
    struct fault ignored;
    uint64_t number;

    draft_findings(draft, gate, &findings);
    choice->number = number_by_words(draft, &findings, choice->field, words, false);
    if (choice->number == 0)
        choice->number = number_by_words(draft, &findings, choice->field, words, true);
    findings_release(&findings);
    if (choice->number == 0 && draft_number(typed, &number, &ignored))
        choice->number = (size_t)number;
    return choice->number != 0 || fault_set(fault, FAULT_INPUT,
                                            "\"%s\": is neither the number of a finding nor all of "
                                            "its words: candour draft show "
                                            "lists them",
                                            typed);
}

/* And how it reads now: a role may not fit its sentence. */
static void say_decided(const struct call *call, const struct draft *draft,
                        const struct choice *choice, struct decided *decided)
{
    char often[40] = "";

    if (decided->places > 1)
        snprintf(often, sizeof often, ", in %zu places", decided->places);
    if (choice->decision == DECISION_KEEP) {
        call_say(call, "\"%s\" stays%s.", buffer_text(&decided->found), often);
        return;
    }
    call_say(call, "\"%s\" becomes \"%s\"%s.", buffer_text(&decided->found),
             buffer_text(&decided->instead), often);
    desk_say_context(call, document_item(draft_document(draft), decided->key, decided->item),
                     decided->start, decided->end);
}

static bool read_choice(const struct call *call, struct choice *choice, struct fault *fault)
{
    const char *replace = call_value(call, "replace"), *reason = call_value(call, "reason");
    const char *generalise = call_value(call, "generalise");
    bool keep = call_has(call, "keep");

    if ((replace != NULL) + (generalise != NULL) + keep != 1)
        return fault_set(fault, FAULT_INPUT,
                         "say one of --replace ROLE, --generalise TEXT, --keep --reason WHY");
    if (keep && reason == NULL)
        return fault_set(fault, FAULT_INPUT, "--keep needs --reason WHY");
    choice->field = call_value(call, "field");
    choice->decision = keep              ? DECISION_KEEP
                       : replace != NULL ? DECISION_REPLACE
                                         : DECISION_GENERALISE;
    choice->text = keep ? reason : replace != NULL ? replace : generalise;
    return true;
}

static bool decide(struct call *call, struct desk *desk, struct draft *draft, struct fault *fault)
{
    struct choice choice = {0};
    struct decided decided = {0};

    bool done = read_choice(call, &choice, fault) &&
                find_finding(draft, desk->gate, call->arguments[1], &choice, fault) &&
                draft_decide(draft, desk->gate, &choice, clock_now_ms(), &decided, fault);
    if (done)
        say_decided(call, draft, &choice, &decided);
    decided_release(&decided);
    return done;
}

bool run_draft_decide(struct call *call, struct fault *fault)
{
    return change_draft(call, &(struct handling){decide, desk_say_left, .keep = true}, fault);
}

/* --- draft submit --- */

static bool edit(const struct desk *desk, struct draft *draft, const char *path,
                 struct fault *fault)
{
    struct document *document = desk_read_file(path, fault);

    if (document == NULL)
        return false;
    if (desk_prepare(desk, document, draft_attribution(draft), fault) &&
        draft_edit(draft, document, clock_now_ms(), fault))
        return true;
    document_free(document);
    return false;
}

static bool submit_again(struct call *call, struct desk *desk, struct draft *draft,
                         struct fault *fault)
{
    const char *path = call->argument_count < 2 ? NULL : call->arguments[1];
    const char *author = call_value(call, "author");

    if (desk_is_of_figures(draft) && (path != NULL || draft_state(draft) == DRAFT_REJECTED))
        return fault_set(fault, FAULT_ABSENT,
                         "draft %s is of figures, which come from a table: change that and import "
                         "it again (candour indicator import FILE.csv), then candour draft delete "
                         "%s",
                         call->arguments[0], call->arguments[0]);
    if (path == NULL && draft_state(draft) == DRAFT_REJECTED)
        return fault_set(fault, FAULT_ABSENT,
                         "draft %s is rejected: change the file, then candour draft submit %s FILE",
                         call->arguments[0], call->arguments[0]);
    return (path == NULL || edit(desk, draft, path, fault)) &&
           (author == NULL || draft_set_author(draft, author, fault)) &&
           draft_submit(draft, clock_now_ms(), fault) &&
           desk_figures_hold(desk, draft_document(draft), fault);
}

bool run_draft_submit(struct call *call, struct fault *fault)
{
    return change_draft(call, &(struct handling){submit_again, desk_say, .keep = true}, fault);
}

/* --- draft approve, draft reject, draft withdraw --- */

/* Who approves says with which name he thinks that it goes out: it must be so. */
static bool is_as_meant(const struct call *call, const struct draft *draft, struct fault *fault)
{
    bool named = draft_attribution(draft) == ATTRIBUTION_NAMED;

    if (desk_attribution(call) == draft_attribution(draft) &&
        named == (call_value(call, "intruder") == NULL))
        return true;
    if (named)
        return fault_set(fault, FAULT_INPUT,
                         "draft %s goes out under the authority's name. Approve it "
                         "without --anonymous and --intruder; or reject it, and submit the file "
                         "with --anonymous",
                         call->arguments[0]);
    return fault_set(fault, FAULT_INPUT,
                     "draft %s goes out without the authority's name: confirm it with --anonymous, "
                     "and answer with --intruder: %s",
                     call->arguments[0], draft_question);
}

static bool is_handed_in(const struct call *call, const struct draft *draft, struct fault *fault)
{
    return draft_state(draft) != DRAFT_WRITTEN ||
           fault_set(fault, FAULT_ABSENT,
                     "draft %s was taken back, and is not approved before it is handed in again: "
                     "candour draft submit %s first",
                     call->arguments[0], call->arguments[0]);
}

/* --- Which text was read --- */

/* Somebody else may have changed it since it was shown. */
static bool is_as_read(const struct call *call, const struct draft *draft, const char *read,
                       struct fault *fault)
{
    struct digest now = draft_digest(draft);
    char hex[2 * DIGEST_SIZE + 1];

    hex_of(hex, now.bytes, DIGEST_SIZE);
    if (strlen(read) >= DESK_TEXT_DIGITS && strncmp(hex, read, strlen(read)) == 0)
        return true;
    return fault_set(fault, FAULT_ABSENT,
                     "draft %s has another text than %s now: candour draft show %s, then approve "
                     "what it says",
                     call->arguments[0], read, call->arguments[0]);
}

static bool hears_yes(void)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size = getline(&line, &capacity, stdin);

    bool yes =
        size > 0 && bytes_equal(text_trimmed(bytes_of(line, (size_t)size)), bytes_of_text("yes"));
    free(line);
    return yes;
}

static bool approve(const struct call *call, const struct desk *desk, struct draft *draft,
                    struct fault *fault)
{
    return desk_approve(desk, draft, call_value(call, "by"), call_value(call, "intruder"), fault);
}

/* As it is in the store now. */
static bool read_again(const struct desk *desk, uint64_t number, struct draft **draft,
                       struct fault *fault)
{
    draft_free(*draft);
    *draft = store_get_draft(desk->store, number, fault);
    return *draft != NULL;
}

/* At a terminal it is shown, and that very text is asked about: in the meantime the draft in the
 * store may become another. What could not be approved is refused before anybody reads it. */
static bool is_read_here(struct call *call, const struct desk *desk, uint64_t number,
                         struct draft **draft, struct fault *fault)
{
    struct digest shown = draft_digest(*draft);

    if (!approve(call, desk, *draft, fault) || !read_again(desk, number, draft, fault))
        return false;
    draft_note_findings(*draft, desk->gate);
    desk_say_about(call, desk, number, *draft);
    print_text(*draft);
    printf("Is it to go out as it stands here? Type yes, or anything else to leave it: ");
    fflush(stdout);
    if (!hears_yes())
        return fault_set(fault, FAULT_ABSENT, "draft %" PRIu64 " is left as it is", number);
    if (!read_again(desk, number, draft, fault))
        return false;
    struct digest now = draft_digest(*draft);
    return digest_equal(&now, &shown) ||
           fault_set(fault, FAULT_ABSENT,
                     "draft %" PRIu64 " was changed while you read it: candour draft show %" PRIu64,
                     number, number);
}

/* An approval is of one text, and who approves says which. */
static bool is_read(struct call *call, const struct desk *desk, uint64_t number,
                    struct draft **draft, struct fault *fault)
{
    const char *read = call_value(call, "text");

    if (read != NULL)
        return is_as_read(call, *draft, read, fault);
    if (!call->json && !call->quiet && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
        return is_read_here(call, desk, number, draft, fault);
    return fault_set(fault, FAULT_INPUT,
                     "--text is missing, which says what was read: candour draft show %" PRIu64
                     " shows the text, and the digits to type; at a terminal it is shown and asked "
                     "about",
                     number);
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
                is_handed_in(call, draft, fault) && is_as_meant(call, draft, fault) &&
                is_read(call, &desk, number, &draft, fault) && approve(call, &desk, draft, fault) &&
                store_put_draft(desk.store, &number, draft, fault) &&
                desk_say_approved(call, &desk, number, draft, fault);
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
           change_draft(call, &(struct handling){reject, desk_say, true, true}, fault);
}

static bool withdraw(struct call *call, struct desk *desk, struct draft *draft, struct fault *fault)
{
    (void)desk;
    return draft_withdraw(draft, call_value(call, "by"), call_value(call, "why"), clock_now_ms(),
                          fault);
}

bool run_draft_withdraw(struct call *call, struct fault *fault)
{
    struct digest id;
    uint64_t number;
    const char *by;
    char hex[2 * 6 + 1];

    if (!require_option(call, "by", &by, fault))
        return false;
    if (!became(call, &number, &id))
        return change_draft(call, &(struct handling){withdraw, desk_say, true, true}, fault);
    hex_of(hex, id.bytes, sizeof hex / 2);
    return fault_set(fault, FAULT_ABSENT,
                     "draft %" PRIu64 " is published already, as %s: candour erase %s takes its "
                     "text back, everywhere",
                     number, hex, hex);
}

/* --- draft delete --- */

bool run_draft_delete(struct call *call, struct fault *fault)
{
    struct store *store = NULL;
    uint64_t number;

    bool done = draft_number(call->arguments[0], &number, fault) &&
                (store = open_store(call, STORE_WRITE, fault)) != NULL &&
                store_delete_draft(store, number, fault);
    store_close(store);
    if (done &&
        !call_json(call, json_pack("{s:I, s:s}", "draft", (json_int_t)number, "state", "deleted")))
        call_say(call,
                 "Draft %" PRIu64
                 " is deleted, and its text is no longer in this home. Backups have "
                 "it still.",
                 number);
    return done;
}

/* --- draft list --- */

struct drafts_listing {
    struct store *store;
    const struct gate *gate;
    struct listing *listing;
    json_t *list;
    bool all;     /* What is published too. */
    bool running; /* A node, which signs what is due. */
};

struct listed {
    uint64_t number;
    const char *state, *attribution, *kind;
    struct buffer title; /* Released once it is listed. */
    char open[24];       /* Findings to decide. */
    int64_t updated_ms;
    enum outlook outlook;
    int64_t release_ms;
    const char *returned; /* Why the node did not sign it; NULL: it was not asked to, or did. */
};

static void say_when(const struct listed *listed, bool running, char when[CLOCK_MINUTE_SIZE])
{
    const char *const words[] = {[OUTLOOK_STAYS] = "",
                                 [OUTLOOK_DUE] = running ? "now" : "no node runs",
                                 [OUTLOOK_UNNAMED] = "cannot yet"};

    if (listed->outlook == OUTLOOK_HELD)
        clock_minute(when, listed->release_ms);
    else
        snprintf(when, CLOCK_MINUTE_SIZE, "%s", words[listed->outlook]);
}

static void list_one(struct drafts_listing *drafts, struct listed *listed)
{
    char number[24], date[CLOCK_MINUTE_SIZE] = "", when[CLOCK_MINUTE_SIZE];
    bool held = listed->outlook == OUTLOOK_HELD;

    snprintf(number, sizeof number, "%" PRIu64, listed->number);
    if (listed->updated_ms != 0)
        clock_minute(date, listed->updated_ms);
    say_when(listed, drafts->running, when);
    const char *cells[] = {number,
                           listed->returned == NULL ? listed->state : "returned",
                           listed->attribution,
                           listed->kind,
                           listed->open,
                           date,
                           when,
                           buffer_text(&listed->title)};
    listing_row(drafts->listing, cells);
    json_array_append_new(drafts->list,
                          json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:s?}", "draft",
                                    (json_int_t)listed->number, "state", listed->state,
                                    "attribution", listed->attribution, "kind", listed->kind,
                                    "title", buffer_text(&listed->title), "open",
                                    (json_int_t)strtoull(listed->open, NULL, 10), "updated",
                                    json_stamp(listed->updated_ms), "goes_out",
                                    held ? json_stamp(listed->release_ms) : json_null(),
                                    "returned_why", listed->returned));
    buffer_release(&listed->title);
}

/* What came back from the node, and why. */
static void say_returned(const struct call *call, const json_t *drafts)
{
    const json_t *draft;
    size_t index;

    json_array_foreach((json_t *)(uintptr_t)drafts, index, draft)
    {
        const char *why = json_string_value(json_object_get(draft, "returned_why"));
        if (why != NULL)
            call_say(call, "Draft %" JSON_INTEGER_FORMAT " was approved and not signed: %s",
                     json_integer_value(json_object_get(draft, "draft")), why);
    }
}

/* Of a published one there is the record, and what its text says as long as it is there. */
static void list_published(struct drafts_listing *drafts, uint64_t number, const struct digest *id)
{
    struct fault ignored;
    struct record *record = store_find(drafts->store, id, true, &ignored);
    struct withheld withheld;
    struct document *document =
        record == NULL ? NULL : store_document(drafts->store, record, &withheld);

    struct listed listed = {.number = number,
                            .state = draft_state_names[DRAFT_PUBLISHED],
                            .attribution = attribution_names[ATTRIBUTION_NAMED],
                            .kind = document == NULL ? "" : document_form(document)->kind,
                            .updated_ms = record == NULL ? 0 : record_header(record)->time_ms};
    if (document != NULL)
        desk_title(document, &listed.title);
    list_one(drafts, &listed);
    document_free(document);
    record_free(record);
}

static void list_unreadable(struct drafts_listing *drafts, uint64_t number)
{
    struct listed listed = {.number = number, .state = "unreadable", .attribution = "", .kind = ""};

    buffer_append_text(&listed.title, "damaged: candour draft delete");
    list_one(drafts, &listed);
}

static bool hear_draft(void *context, uint64_t number, const struct draft *draft,
                       const struct digest *record, struct fault *fault)
{
    struct drafts_listing *drafts = context;

    (void)fault;
    if (record != NULL) {
        if (drafts->all)
            list_published(drafts, number, record);
        return true;
    }
    if (draft == NULL) {
        list_unreadable(drafts, number);
        return true;
    }
    struct listed listed = {.number = number,
                            .state = draft_state_name(draft),
                            .returned =
                                draft_was_turned_back(draft) ? draft_returned_why(draft) : NULL,
                            .attribution = attribution_names[draft_attribution(draft)],
                            .kind = document_form(draft_document(draft))->kind,
                            .updated_ms = draft_updated_ms(draft),
                            .outlook = draft_outlook(draft, clock_now_ms()),
                            .release_ms = draft_release_ms(draft)};
    snprintf(listed.open, sizeof listed.open, "%zu", draft_undecided(draft, drafts->gate));
    desk_title(draft_document(draft), &listed.title);
    list_one(drafts, &listed);
    return true;
}

bool run_draft_list(struct call *call, struct fault *fault)
{
    static const char *const names[] = {"DRAFT",   "STATE",    "GOES OUT AS", "KIND", "TO DECIDE",
                                        "CHANGED", "GOES OUT", "TITLE",       NULL};
    static const bool right[] = {true, false, false, false, true, false, false, false};
    struct desk desk;
    struct drafts_listing drafts = {.list = json_array(),
                                    .all = call_has(call, "all"),
                                    .running = home_running(&call->home) != 0};

    bool done = desk_open_anyway(call, &desk, STORE_READ, fault);
    if (done) {
        drafts.gate = desk.gate;
        drafts.store = desk.store;
        drafts.listing = listing_new(names, right);
        done = store_each_draft(desk.store, hear_draft, &drafts, fault);
        if (done && call->json)
            call_json(call, json_pack("{s:O}", "drafts", drafts.list));
        else if (done && json_array_size(drafts.list) == 0)
            call_say(call, "Nothing waits in the house.%s",
                     drafts.all ? "" : " What went out: candour draft list --all");
        else if (done) {
            listing_print(drafts.listing);
            say_returned(call, drafts.list);
            desk_say_unread(call, &desk);
        }
    }
    listing_free(drafts.listing);
    json_decref(drafts.list);
    desk_close(&desk);
    return done;
}
