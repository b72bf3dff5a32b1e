#include "protocol/document.h"
#include "protocol/draft_inside.h"
#include "protocol/fields.h"
#include "protocol/limits.h"
#include "protocol/person.h"
#include "protocol/purpose.h"
#include "protocol/record.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const draft_state_names[DRAFT_STATES] = {
    [DRAFT_WRITTEN] = "written",   [DRAFT_SUBMITTED] = "submitted", [DRAFT_APPROVED] = "approved",
    [DRAFT_REJECTED] = "rejected", [DRAFT_PUBLISHED] = "published",
};
const char *const attribution_names[ATTRIBUTIONS] = {
    [ATTRIBUTION_NAMED] = "named",
    [ATTRIBUTION_ANONYMOUS] = "anonymous",
    [ATTRIBUTION_DELEGATED] = "delegated",
};
const char *const decision_names[DECISIONS] = {
    [DECISION_REPLACE] = "replaced",
    [DECISION_GENERALISE] = "generalised",
    [DECISION_KEEP] = "kept",
};

const char draft_question[] = "Could a local journalist, or a colleague at another council, "
                              "name us within ten minutes?";

struct draft *draft_new(struct document *document, enum attribution attribution, int64_t now_ms)
{
    struct draft *draft = memory_new(1, sizeof *draft);

    assert(attribution < ATTRIBUTIONS);
    draft->document = document;
    draft->attribution = attribution;
    draft->updated_ms = now_ms;
    return draft;
}

void draft_forget_approvals(struct draft *draft)
{
    for (size_t i = 0; i < draft->approval_count; i++) {
        free(draft->approvals[i].name);
        free(draft->approvals[i].answer);
        free(draft->approvals[i].rules);
    }
    draft->approval_count = 0;
    draft->release_ms = 0;
}

static void forget_return(struct draft *draft)
{
    free(draft->returned_by);
    free(draft->returned_why);
    draft->returned_by = NULL;
    draft->returned_why = NULL;
}

void draft_free(struct draft *draft)
{
    if (draft == NULL)
        return;
    document_free(draft->document);
    draft_forget_approvals(draft);
    forget_return(draft);
    free(draft->author);
    for (size_t i = 0; i < draft->noted_count; i++)
        free(draft->noted[i].reason);
    free(draft->noted);
    free(draft->hidden);
    free(draft);
}

enum draft_state draft_state(const struct draft *draft)
{
    return draft->state;
}

const char *draft_state_name(const struct draft *draft)
{
    return draft_state_names[draft->state];
}

const struct document *draft_document(const struct draft *draft)
{
    return draft->document;
}

struct bytes draft_title(const struct draft *draft)
{
    return document_title(draft->document);
}

enum attribution draft_attribution(const struct draft *draft)
{
    return draft->attribution;
}

static const char *text_or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

const char *draft_author(const struct draft *draft)
{
    return text_or_empty(draft->author);
}

int64_t draft_updated_ms(const struct draft *draft)
{
    return draft->updated_ms;
}

enum outlook draft_outlook(const struct draft *draft, int64_t now_ms)
{
    if (draft->state != DRAFT_APPROVED)
        return OUTLOOK_STAYS;
    if (draft->attribution != ATTRIBUTION_NAMED)
        return OUTLOOK_UNNAMED;
    return draft->release_ms > now_ms ? OUTLOOK_HELD : OUTLOOK_DUE;
}

int64_t draft_release_ms(const struct draft *draft)
{
    return draft->release_ms;
}

size_t draft_approvals(const struct draft *draft)
{
    return draft->approval_count;
}

const char *draft_approver(const struct draft *draft, size_t index)
{
    assert(index < draft->approval_count);
    return draft->approvals[index].name;
}

const char *draft_answer(const struct draft *draft, size_t index)
{
    assert(index < draft->approval_count);
    return text_or_empty(draft->approvals[index].answer);
}

const char *draft_approved_by_rules(const struct draft *draft, size_t index)
{
    assert(index < draft->approval_count);
    return text_or_empty(draft->approvals[index].rules);
}

int64_t draft_approved_ms(const struct draft *draft, size_t index)
{
    assert(index < draft->approval_count);
    return draft->approvals[index].at_ms;
}

const char *draft_returned_by(const struct draft *draft)
{
    return text_or_empty(draft->returned_by);
}

bool draft_was_turned_back(const struct draft *draft)
{
    return draft->state == DRAFT_SUBMITTED && draft->returned_by != NULL;
}

const char *draft_returned_why(const struct draft *draft)
{
    return text_or_empty(draft->returned_why);
}

/* --- Rows that are hidden --- */

void draft_note_hidden(struct draft *draft, size_t row, enum hidden_because because)
{
    draft->hidden = memory_grow(draft->hidden, draft->hidden_count + 1, sizeof *draft->hidden);
    draft->hidden[draft->hidden_count++] = (struct noted_row){(uint32_t)row, because};
}

size_t draft_hidden_rows(const struct draft *draft)
{
    return draft->hidden_count;
}

size_t draft_hidden_row(const struct draft *draft, size_t index, enum hidden_because *because)
{
    assert(index < draft->hidden_count);
    *because = draft->hidden[index].because;
    return draft->hidden[index].row;
}

/* --- The text's digest --- */

static void add_text(struct digest_state *state, struct bytes text)
{
    digest_add_be4(state, (uint32_t)text.size);
    digest_add(state, text.data, text.size);
}

/* Every text with its length before it, so that no text can pass for the end of another. */
struct digest draft_digest(const struct draft *draft)
{
    const struct form *form = document_form(draft->document);
    struct digest_state state;

    digest_begin(&state, PURPOSE_DRAFT);
    add_text(&state, bytes_of_text(form->kind));
    add_text(&state, bytes_of_text(attribution_names[draft->attribution]));
    for (size_t i = 0; i < form->count; i++) {
        const char *key = form->fields[i].key;
        size_t count = document_count(draft->document, key);
        add_text(&state, bytes_of_text(key));
        digest_add_be4(&state, (uint32_t)count);
        for (size_t item = 0; item < count; item++)
            add_text(&state, document_item(draft->document, key, item));
    }
    return digest_end(&state);
}

/* --- Its way --- */

bool draft_sentence_serves(const char *text, size_t most, const char *what, struct fault *fault)
{
    struct bytes bytes = text_trimmed(bytes_of_text(text));

    if (bytes.size == 0)
        return fault_set(fault, FAULT_INPUT, "%s is empty: say it in a few words", what);
    if (bytes.size > most || !bytes_are_text(bytes))
        return fault_set(fault, FAULT_INPUT, "%s must be UTF-8 of at most %zu bytes", what, most);
    return bytes_are_line(bytes) ||
           fault_set(fault, FAULT_INPUT, "%s must be one line of plain text", what);
}

char *draft_sentence(const char *text)
{
    return text_copy(text_trimmed(bytes_of_text(text)));
}

bool draft_set_author(struct draft *draft, const char *author, struct fault *fault)
{
    if (!draft_sentence_serves(author, DRAFT_NAME_MAX, "the author's name", fault))
        return false;
    free(draft->author);
    draft->author = draft_sentence(author);
    return true;
}

bool draft_is_in(const struct draft *draft, unsigned states, const char *act, struct fault *fault)
{
    if (states & 1u << draft->state)
        return true;
    return fault_set(fault, FAULT_ABSENT, "the draft is %s: it cannot be %s now",
                     draft_state_name(draft), act);
}

static void written_again(struct draft *draft, int64_t now_ms)
{
    draft_forget_approvals(draft);
    forget_return(draft);
    draft->state = DRAFT_WRITTEN;
    draft->updated_ms = now_ms;
}

bool draft_edit(struct draft *draft, struct document *document, int64_t now_ms, struct fault *fault)
{
    if (!draft_is_in(draft, ~STATE(DRAFT_PUBLISHED), "edited", fault))
        return false;
    if (document_form(document) != document_form(draft->document))
        return fault_set(fault, FAULT_INPUT, "the draft is of the kind \"%s\", the file \"%s\"",
                         document_form(draft->document)->kind, document_form(document)->kind);
    document_free(draft->document);
    draft->document = document;
    draft->hidden_count = 0;
    written_again(draft, now_ms);
    return true;
}

/* The one that has most, for who has to shorten it. */
static const struct field *longest_field(const struct document *document)
{
    const struct form *form = document_form(document);
    const struct field *longest = &form->fields[0];
    size_t most = 0;

    for (size_t i = 0; i < form->count; i++) {
        size_t size = 0;
        for (size_t item = 0; item < document_count(document, form->fields[i].key); item++)
            size += document_item(document, form->fields[i].key, item).size;
        if (size > most) {
            most = size;
            longest = &form->fields[i];
        }
    }
    return longest;
}

static void check_room(const struct document *whole, struct problems *problems)
{
    struct buffer map = {0}, body = {0};

    document_write(whole, &map);
    body_wrap(buffer_view(&map), &body);
    if (body.size > BODY_ANONYMOUS_MAX)
        problems_add(problems, whole->start, "too_long",
                     "all that would be signed is %zu bytes long, and has room for %d where the "
                     "author is not named: shorten it by %zu (\"%s\" is the longest), or let it go "
                     "out under the authority's name",
                     body.size, BODY_ANONYMOUS_MAX, body.size - BODY_ANONYMOUS_MAX,
                     longest_field(whole)->name);
    buffer_release(&map);
    buffer_release(&body);
}

/* A figure of a public return is one authority's. */
static void check_figures(const struct document *document, struct problems *problems)
{
    static const char key[] = "indicator_refs";
    size_t count = form_has(document_form(document), key) ? document_count(document, key) : 0;

    for (size_t i = 0; i < count; i++) {
        struct bytes text = document_item(document, key, i);
        if (indicator_ref_columns[i % INDICATOR_REF_COLUMNS].type == FIELD_NUMBER && text.size > 0)
            problems_add(problems, document_place(document, key, i), "telltale",
                         "\"Indicators\": %.*s can be looked up, and tells which authority this "
                         "is: leave values out where the author is not named, and say in a "
                         "sentence what moved, and which way",
                         QUOTED(text));
    }
}

void draft_check(const struct draft *draft, struct problems *problems)
{
    struct document *whole = draft_to_sign(draft);
    size_t before = problems->count;

    document_check(whole, problems);
    if (problems->count == before && draft->attribution != ATTRIBUTION_NAMED) {
        check_figures(whole, problems);
        check_room(whole, problems);
    }
    document_free(whole);
}

static bool is_sound(const struct draft *draft, struct fault *fault)
{
    struct problems problems = {0};

    draft_check(draft, &problems);
    bool sound = problems_are_none(&problems, fault);
    problems_release(&problems);
    return sound;
}

bool draft_submit(struct draft *draft, int64_t now_ms, struct fault *fault)
{
    /* By itself, too: what is to be signed lies over fields that the text may have wrong. */
    if (!draft_is_in(draft, STATE(DRAFT_WRITTEN), "submitted", fault) ||
        !document_is_sound(draft->document, fault) || !is_sound(draft, fault))
        return false;
    forget_return(draft);
    draft->state = DRAFT_SUBMITTED;
    draft->updated_ms = now_ms;
    return true;
}

/* --- Approval --- */

static bool is_one_person(const char *a, const char *b)
{
    return names_one_person(bytes_of_text(a), bytes_of_text(b));
}

/* The name by which this person has approved it; NULL: not yet. */
static const char *approved_as(const struct draft *draft, const char *by)
{
    for (size_t i = 0; i < draft->approval_count; i++)
        if (is_one_person(draft->approvals[i].name, by))
            return draft->approvals[i].name;
    return NULL;
}

bool draft_takes_two(const struct draft *draft, enum approval_policy policy)
{
    return policy == APPROVAL_TWO || draft->attribution != ATTRIBUTION_NAMED;
}

/* It may have been under another spelling of the name. */
static bool has_a_part(const char *who, const char *did, const char *by, struct fault *fault)
{
    static const char other[] = "another person must read and approve it";

    if (strcmp(who, by) == 0)
        return fault_set(fault, FAULT_ABSENT, "%s %s: %s", who, did, other);
    return fault_set(fault, FAULT_ABSENT,
                     "%s %s: %s (\"%s\" counts as the same name; two people write theirs in full)",
                     who, did, other, by);
}

/* Where it takes two people, who approves has no part in it yet. */
static bool is_another(const struct draft *draft, const char *by, struct fault *fault)
{
    const char *before = approved_as(draft, by);

    if (draft->author != NULL && is_one_person(draft->author, by))
        return has_a_part(draft->author, "wrote it", by, fault);
    return before == NULL || has_a_part(before, "has approved it already", by, fault);
}

static size_t begins(struct bytes text, const char *word)
{
    size_t size = strlen(word);

    return text.size >= size && strncasecmp((const char *)text.data, word, size) == 0 ? size : 0;
}

/* What parts a no from its reason; a hyphen within a word ("no-brainer") does not. */
static size_t mark_size(struct bytes rest)
{
    static const char *const marks[] = {":", ".", ",", ";", " - ", "- ", " \u2013", " \u2014"};
    size_t size = 0;

    for (size_t i = 0; size == 0 && i < sizeof marks / sizeof *marks; i++)
        size = begins(rest, marks[i]);
    return size;
}

/* "No, but ..." is none, nor is "no idea", which has no mark. */
static bool is_reason_after_mark(struct bytes rest)
{
    static const char *const turns[] = {"but", "ond", "yes", "maybe"};
    size_t size = mark_size(rest);

    if (size == 0)
        return false;
    rest = text_trimmed(bytes_after(rest, size));
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
        size = begins(rest, turns[i]);
        if (size > 0 && (rest.size == size || strchr(" ,.:;!-", rest.data[size]) != NULL))
            return false;
    }
    return true;
}

/* A no alone, or with a mark and a reason: "No: many did this", "Na, mae llawer". Whatever is not
 * so is a yes or a doubt, and neither lets a draft go out. */
bool draft_answer_is_no(const char *answer)
{
    static const char *const noes[] = {"no", "na", "nac ydy", "nac ydyn"};
    struct bytes text = text_trimmed(bytes_of_text(answer));

    for (size_t i = 0; i < sizeof noes / sizeof *noes; i++) {
        size_t size = begins(text, noes[i]);
        if (size > 0 && (size == text.size || is_reason_after_mark(bytes_after(text, size))))
            return true;
    }
    return false;
}

/* The motivated intruder is thought of where the name is left out. */
static bool is_answered(const struct draft *draft, const struct gate *gate, const char *answer,
                        struct fault *fault)
{
    if (draft->attribution == ATTRIBUTION_NAMED)
        return answer == NULL ||
               fault_set(fault, FAULT_INPUT,
                         "the draft goes out under the authority's name: nobody needs to guess it");
    if (answer == NULL)
        return fault_set(fault, FAULT_INPUT, "one question is to be answered first: %s",
                         draft_question);
    if (!draft_sentence_serves(answer, DRAFT_REASON_MAX, "the answer", fault) ||
        !draft_is_discreet(gate, answer, "the answer", fault))
        return false;
    return draft_answer_is_no(answer) ||
           fault_set(
               fault, FAULT_ABSENT,
               "only a no lets it go out (\"No\", or \"No: \" and why). Else it is not ready: make "
               "what gives "
               "the authority away less precise (places, dates, sums, what is the only one of "
               "its kind), or reject it");
}

static bool may_be_approved(const struct draft *draft, const struct gate *gate,
                            const struct digest *read, struct fault *fault)
{
    struct digest now = draft_digest(draft);
    size_t undecided = draft_undecided(draft, gate);

    if (!digest_equal(&now, read))
        return fault_set(fault, FAULT_ABSENT,
                         "the text has changed since it was read: read it again, then approve");
    if (undecided > 0)
        return fault_set(
            fault, FAULT_ABSENT,
            "%zu finding%s not decided: replace, generalise or keep each, then approve", undecided,
            undecided == 1 ? " is" : "s are");
    return is_sound(draft, fault);
}

static void add_approval(struct draft *draft, const struct consent *consent, int64_t now_ms)
{
    assert(draft->approval_count < DRAFT_APPROVALS_MAX);
    struct approval *approval = &draft->approvals[draft->approval_count++];
    *approval = (struct approval){.name = draft_sentence(consent->by),
                                  .text = consent->read,
                                  .rules = text_copy(bytes_of_text(GATE_RULES)),
                                  .at_ms = now_ms};
    if (consent->answer != NULL)
        approval->answer = draft_sentence(consent->answer);
}

bool draft_approve(struct draft *draft, const struct gate *gate, const struct consent *consent,
                   int64_t now_ms, struct fault *fault)
{
    bool takes_two = draft_takes_two(draft, consent->policy);

    assert(consent->hold_ms >= 0);
    if (!draft_is_in(draft, STATE(DRAFT_SUBMITTED), "approved", fault))
        return false;
    draft_note_findings(draft, gate);
    if (!draft_sentence_serves(consent->by, DRAFT_NAME_MAX, "the name of who approves", fault) ||
        !may_be_approved(draft, gate, &consent->read, fault) ||
        (takes_two && !is_another(draft, consent->by, fault)) ||
        !is_answered(draft, gate, consent->answer, fault))
        return false;
    if (approved_as(draft, consent->by) == NULL)
        add_approval(draft, consent, now_ms);
    if (!takes_two || draft->author != NULL || draft->approval_count >= 2) {
        draft->state = DRAFT_APPROVED;
        draft->release_ms = now_ms + consent->hold_ms;
        forget_return(draft);
    }
    draft->updated_ms = now_ms;
    return true;
}

static bool may_return(const char *by, const char *why, const char *who, struct fault *fault)
{
    return draft_sentence_serves(by, DRAFT_NAME_MAX, who, fault) &&
           (why == NULL || draft_sentence_serves(why, DRAFT_REASON_MAX, "the reason", fault));
}

void draft_give_back(struct draft *draft, enum draft_state state, const char *by, const char *why,
                     int64_t now_ms)
{
    written_again(draft, now_ms);
    draft->state = state;
    draft->returned_by = draft_sentence(by);
    draft->returned_why = draft_sentence(text_or_empty(why));
}

bool draft_reject(struct draft *draft, const char *by, const char *why, int64_t now_ms,
                  struct fault *fault)
{
    assert(why != NULL);
    if (!draft_is_in(draft, ~(STATE(DRAFT_REJECTED) | STATE(DRAFT_PUBLISHED)), "rejected", fault) ||
        !may_return(by, why, "the name of who rejects", fault))
        return false;
    draft_give_back(draft, DRAFT_REJECTED, by, why, now_ms);
    return true;
}

bool draft_withdraw(struct draft *draft, const char *by, const char *why, int64_t now_ms,
                    struct fault *fault)
{
    if (!draft_is_in(draft, STATE(DRAFT_APPROVED), "withdrawn", fault) ||
        !may_return(by, why, "the name of who withdraws", fault))
        return false;
    draft_give_back(draft, DRAFT_WRITTEN, by, why, now_ms);
    return true;
}

bool draft_publish(struct draft *draft, int64_t now_ms, struct fault *fault)
{
    if (!draft_is_approved(draft, fault))
        return false;
    draft->state = DRAFT_PUBLISHED;
    draft->updated_ms = now_ms;
    return true;
}
