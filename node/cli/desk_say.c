#include "node/cli/desk.h"
#include "node/clock.h"
#include "protocol/snapshot.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is said of a draft: its people, its findings, what comes next. */

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

static size_t count_codes(const struct document *snapshot, size_t rows)
{
    size_t codes = 0;

    for (size_t i = 0; i < rows; i++) {
        struct bytes code = snapshot_row(snapshot, i).code;
        bool first = true;
        for (size_t k = 0; first && k < i; k++)
            first = !bytes_equal(snapshot_row(snapshot, k).code, code);
        codes += first;
    }
    return codes;
}

/* Figures of one framework are alike but for the period, the area and what they measure; what
 * speaks of another record, but for that. */
void desk_title(const struct document *document, struct buffer *title)
{
    static const char *const between[] = {", ", ", ", ": "};
    const struct form *form = document_form(document);
    size_t rows = form == &snapshot_form ? snapshot_rows(document) : 0;

    buffer_append(title, document_title(document));
    if (rows > 0) {
        struct bytes first = snapshot_row(document, 0).code;
        const struct bytes parts[] = {document_text(document, "period"),
                                      document_text(document, "area_gss"), first};
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            buffer_append_text(title, between[i]);
            buffer_append(title, parts[i]);
        }
        size_t codes = count_codes(document, rows);
        if (codes > 1)
            buffer_printf(title, " and %zu other code%s", codes - 1, codes == 2 ? "" : "s");
        buffer_printf(title, ", %zu row%s", rows, rows == 1 ? "" : "s");
    } else if (!form_has(form, "title") && form_has(form, "about") &&
               document_count(document, "about") > 0) { /* Of a record it is in the header. */
        struct bytes about = document_text(document, "about");
        buffer_append_text(title, ", about ");
        buffer_append(title, bytes_of(about.data, about.size < 12 ? about.size : 12));
    }
}

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

/* As many bytes of a text are shown before and behind a finding, to the next whole word. */
#define CONTEXT_MAX 60

static bool ends_context(uint8_t byte)
{
    return byte == '\n';
}

/* Where what is shown before a finding begins. */
static size_t context_start(struct bytes text, size_t start)
{
    size_t from = start > CONTEXT_MAX ? start - CONTEXT_MAX : 0, at = start;

    while (at > from && !ends_context(text.data[at - 1]))
        at--;
    if (at == 0 || ends_context(text.data[at - 1]) || text.data[at - 1] == ' ')
        return at;
    while (at < start && text.data[at] != ' ')
        at++;
    return at < start ? at + 1 : start;
}

static size_t context_end(struct bytes text, size_t end)
{
    size_t most = text.size - end > CONTEXT_MAX ? end + CONTEXT_MAX : text.size, at = end;

    while (at < most && !ends_context(text.data[at]))
        at++;
    if (at == text.size || ends_context(text.data[at]) || text.data[at] == ' ')
        return at;
    while (at > end && text.data[at - 1] != ' ')
        at--;
    return at > end ? at - 1 : end;
}

void desk_say_context(const struct call *call, struct bytes text, size_t start, size_t end)
{
    size_t from = context_start(text, start), to = context_end(text, end);
    const char *all = (const char *)text.data;

    if (from == start && to == end)
        return;
    call_say(call, "     %s%.*s\"%.*s\"%.*s%s", from > 0 ? "... " : "", (int)(start - from),
             all + from, (int)(end - start), all + start, (int)(to - end), all + end,
             to < text.size ? " ..." : "");
}

/* One line for all findings with one number, and one for the words around the first where it is to
 * be decided. */
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
    if (because == NULL)
        desk_say_context(
            call, document_item(draft_document(numbered->draft), finding->key, finding->item),
            finding->start, finding->end);
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

/* --- Hidden figures --- */

static json_t *hidden_array(const struct draft *draft)
{
    json_t *list = json_array();

    for (size_t i = 0; i < draft_hidden_rows(draft); i++) {
        enum hidden_because because;
        size_t index = draft_hidden_row(draft, i, &because);
        struct snapshot_row row = snapshot_row(draft_document(draft), index);
        json_array_append_new(list, json_pack("{s:I, s:o, s:o, s:s}", "row", (json_int_t)index + 1,
                                              "code", json_bytes(row.code), "disaggregation",
                                              json_bytes(row.disaggregation), "because",
                                              hidden_reasons[because].code));
    }
    return list;
}

/* For who approves them: is it plausible? Nobody outside is told. */
static void say_hidden(const struct call *call, const struct draft *draft)
{
    size_t count = draft_hidden_rows(draft);

    if (count > 0)
        call_say(call, "Why rows are hidden, which is not told with them:");
    for (size_t i = 0; i < count && i < DESK_HIDDEN_SAID_MAX; i++) {
        enum hidden_because because;
        size_t index = draft_hidden_row(draft, i, &because);
        struct snapshot_row row = snapshot_row(draft_document(draft), index);
        call_say(call, "  %.*s %.*s: %s.", (int)row.code.size, (const char *)row.code.data,
                 (int)row.disaggregation.size, (const char *)row.disaggregation.data,
                 hidden_reasons[because].means);
    }
    if (count > DESK_HIDDEN_SAID_MAX)
        call_say(call, "  ... and %zu more; with --json each is there.",
                 count - DESK_HIDDEN_SAID_MAX);
}

static bool is_unnamed(const struct draft *draft)
{
    return draft_attribution(draft) != ATTRIBUTION_NAMED;
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
    if (desk_is_of_figures(draft))
        json_object_set_new(object, "hidden", hidden_array(draft));
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

/* Of a submitted one in which all is decided. The digits that approve a text are shown below it,
 * and nowhere else. */
static void say_who_approves(const struct call *call, const struct desk *desk, uint64_t number,
                             const struct draft *draft, bool shown)
{
    bool two = draft_takes_two(draft, desk_policy(desk));
    bool begun = draft_author(draft)[0] != '\0' || draft_approvals(draft) > 0;
    const char *who = !two    ? "Next"
                      : begun ? "Next, a second person reads it"
                              : "Next, two people read it, and each approves it";
    struct digest text = draft_digest(draft);
    char digits[DESK_TEXT_DIGITS + 1];

    if (!shown) {
        call_say(call, "%s: candour draft show %" PRIu64 ", which says how it is approved.", who,
                 number);
        return;
    }
    if (is_unnamed(draft))
        call_say(call, "Whoever approves it answers: %s", draft_question);
    hex_of(digits, text.bytes, DESK_TEXT_DIGITS / 2);
    call_say(call, "%s: candour draft approve %" PRIu64 " --by %s --text %s%s", who, number,
             two && begun ? "ANOTHER" : "NAME", digits,
             is_unnamed(draft) ? " --anonymous --intruder ANSWER" : "");
}

static void say_queued(const struct call *call, const struct desk *desk, bool running)
{
    struct buffer silence = {0};

    if (running)
        desk_add_silence(desk, &silence);
    call_say(call, "Queued: %s%s",
             running
                 ? "the running node signs and publishes it."
                 : "no node runs on this home. Next: candour run, which signs and publishes it.",
             buffer_text(&silence));
    buffer_release(&silence);
}

static void say_outlook(const struct call *call, const struct desk *desk, uint64_t number,
                        const struct draft *draft)
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
        say_queued(call, desk, running);
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

/* The first finding that is to be decided; there is one. */
static size_t first_open(const struct numbered *numbered)
{
    size_t index = 0;

    while (!draft_is_open(numbered->draft, &numbered->findings.list[index]))
        index++;
    return index;
}

/* What its advice gives as an example: "[duty line]"; nothing where it gives none. */
static struct bytes example_of(const struct finding *finding)
{
    const char *start = strchr(finding->advice, '[');
    const char *end = start == NULL ? NULL : strchr(start, ']');

    return end == NULL ? bytes_of_text("") : bytes_of(start, (size_t)(end - start) + 1);
}

bool desk_is_of_figures(const struct draft *draft)
{
    return document_form(draft_document(draft)) == &snapshot_form;
}

static void say_how_to_decide(const struct call *call, const struct numbered *numbered,
                              uint64_t number, size_t open)
{
    size_t index = first_open(numbered);
    const struct finding *finding = &numbered->findings.list[index];
    bool may_be_kept = draft_may_be_kept(numbered->draft, finding);
    const char *keep = may_be_kept ? ", or --keep --reason" : "";
    struct bytes example = example_of(finding);

    if (desk_is_of_figures(numbered->draft) && may_be_kept)
        call_say(call,
                 "%zu to decide: candour draft decide %" PRIu64 " %" PRIu32
                 " --keep --reason \"...\"; or change it in the table, and import that again.",
                 open, number, numbered->numbers[index]);
    else if (desk_is_of_figures(numbered->draft))
        call_say(call,
                 "%zu to decide: %" PRIu32
                 " cannot be kept: change it in the table, and import that again.",
                 open, numbered->numbers[index]);
    else if (example.size > 0)
        call_say(call,
                 "%zu to decide: candour draft decide %" PRIu64 " %" PRIu32
                 " --replace \"%.*s\", or --generalise%s.",
                 open, number, numbered->numbers[index], (int)example.size,
                 (const char *)example.data, keep);
    else
        call_say(call,
                 "%zu to decide: candour draft decide %" PRIu64 " %" PRIu32
                 " --generalise \"...\", or --replace%s.",
                 open, number, numbered->numbers[index], keep);
}

/* To be handed in again, with another text or without. */
static void say_again(const struct call *call, uint64_t number, const struct draft *draft)
{
    bool written = draft_state(draft) == DRAFT_WRITTEN;

    if (desk_is_of_figures(draft)) {
        call_say(call,
                 "Next: mend the figures and import them again (candour indicator import "
                 "FILE.csv), then candour draft delete %" PRIu64 " removes this one.",
                 number);
        if (written)
            call_say(call, "Or hand it in again as it is: candour draft submit %" PRIu64, number);
    } else if (written)
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

static void say_next(const struct call *call, const struct desk *desk, uint64_t number,
                     const struct numbered *numbered, bool shown)
{
    const struct draft *draft = numbered->draft;
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
            say_how_to_decide(call, numbered, number, open);
        else
            say_who_approves(call, desk, number, draft, shown);
        break;
    default:
        say_outlook(call, desk, number, draft);
    }
}

void desk_say_next(const struct call *call, const struct desk *desk, uint64_t number,
                   const struct draft *draft, bool shown)
{
    struct numbered numbered = number_findings(desk, draft);

    say_next(call, desk, number, &numbered, shown);
    numbered_release(&numbered);
}

void desk_say_about(struct call *call, const struct desk *desk, uint64_t number,
                    const struct draft *draft)
{
    struct numbered numbered = number_findings(desk, draft);
    struct buffer title = {0};

    desk_title(draft_document(draft), &title);
    if (!call_json(call, draft_object(number, draft, desk, &numbered))) {
        call_say(call, "Draft %" PRIu64 ", %s: %s", number, draft_state_name(draft),
                 buffer_text(&title));
        say_people(call, desk, draft);
        say_findings(call, &numbered);
        say_hidden(call, draft);
        desk_say_unread(call, desk);
    }
    buffer_release(&title);
    numbered_release(&numbered);
}

void desk_say(struct call *call, const struct desk *desk, uint64_t number,
              const struct draft *draft)
{
    desk_say_about(call, desk, number, draft);
    desk_say_next(call, desk, number, draft, false);
}

void desk_say_left(struct call *call, const struct desk *desk, uint64_t number,
                   const struct draft *draft)
{
    struct numbered numbered = number_findings(desk, draft);

    if (!call_json(call, draft_object(number, draft, desk, &numbered))) {
        if (draft_undecided(draft, desk->gate) > 0)
            say_finding(call, &numbered, first_open(&numbered));
        say_next(call, desk, number, &numbered, false);
    }
    numbered_release(&numbered);
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
