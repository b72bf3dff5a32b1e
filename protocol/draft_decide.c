#include "protocol/document.h"
#include "protocol/draft_inside.h"
#include "protocol/gate_inside.h"
#include "protocol/purpose.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What the gate finds in a draft, and what people decide about it. */

void draft_findings(const struct draft *draft, const struct gate *gate, struct findings *findings)
{
    enum gate_mode mode = draft->attribution == ATTRIBUTION_ANONYMOUS ? GATE_ANONYMOUS : GATE_NAMED;

    gate_scan_document(gate, mode, draft->document, findings);
}

/* --- Numbers --- */

static struct digest digest_of_finding(const struct draft *draft, const struct finding *finding)
{
    struct bytes text = finding_text(draft->document, finding);

    return digest_of(PURPOSE_KEPT, text.data, text.size);
}

static struct noted *find_noted(const struct draft *draft, const struct finding *finding)
{
    struct digest digest = digest_of_finding(draft, finding);

    for (size_t i = 0; i < draft->noted_count; i++)
        if (draft->noted[i].class == finding->class && digest_equal(&draft->noted[i].text, &digest))
            return &draft->noted[i];
    return NULL;
}

static bool is_same_text(const struct draft *draft, const struct finding *a,
                         const struct finding *b)
{
    return a->class == b->class &&
           bytes_equal(finding_text(draft->document, a), finding_text(draft->document, b));
}

/* The number of an earlier finding of the same text, or the next one. */
static uint32_t number_of(const struct draft *draft, const struct findings *findings, size_t index,
                          const uint32_t *numbers, uint32_t *last)
{
    const struct noted *noted = find_noted(draft, &findings->list[index]);

    if (noted != NULL && noted->number != 0)
        return noted->number;
    for (size_t i = 0; i < index; i++)
        if (is_same_text(draft, &findings->list[i], &findings->list[index]))
            return numbers[i];
    return ++*last;
}

uint32_t *draft_numbers(const struct draft *draft, const struct findings *findings)
{
    uint32_t *numbers = memory_new(findings->count, sizeof *numbers);
    uint32_t last = draft->last_number;

    for (size_t i = 0; i < findings->count; i++)
        numbers[i] = number_of(draft, findings, i, numbers, &last);
    return numbers;
}

static void drop_unused(struct draft *draft)
{
    size_t used = 0;

    for (size_t i = 0; i < draft->noted_count; i++)
        if (draft->noted[i].uses > 0)
            draft->noted[used++] = draft->noted[i];
        else
            free(draft->noted[i].reason);
    draft->noted_count = used;
}

static struct noted *note(struct draft *draft, const struct finding *finding)
{
    struct noted *noted = find_noted(draft, finding);

    if (noted != NULL || draft->noted_count == DRAFT_KEPT_MAX)
        return noted;
    draft->noted = memory_grow(draft->noted, draft->noted_count + 1, sizeof *draft->noted);
    noted = &draft->noted[draft->noted_count++];
    *noted = (struct noted){.class = finding->class, .text = digest_of_finding(draft, finding)};
    return noted;
}

void draft_note_findings(struct draft *draft, const struct gate *gate)
{
    struct findings findings = {0};

    draft_findings(draft, gate, &findings);
    uint32_t *numbers = draft_numbers(draft, &findings);
    for (size_t i = 0; i < draft->noted_count; i++)
        draft->noted[i].uses = 0;
    for (size_t i = 0; i < findings.count; i++) {
        struct noted *noted = note(draft, &findings.list[i]);
        if (noted == NULL)
            continue;
        noted->number = numbers[i];
        noted->uses++;
        if (numbers[i] > draft->last_number)
            draft->last_number = numbers[i];
    }
    drop_unused(draft);
    free(numbers);
    findings_release(&findings);
}

/* --- What is decided --- */

bool draft_may_be_kept(const struct draft *draft, const struct finding *finding)
{
    return !finding->hard &&
           (draft->attribution == ATTRIBUTION_NAMED || finding->class != FINDING_AUTHORITY);
}

const char *draft_kept_because(const struct draft *draft, const struct finding *finding)
{
    const struct noted *noted =
        draft_may_be_kept(draft, finding) ? find_noted(draft, finding) : NULL;

    return noted == NULL ? NULL : noted->reason;
}

bool draft_is_open(const struct draft *draft, const struct finding *finding)
{
    return !finding_kinds[finding->class].suggestion && draft_kept_because(draft, finding) == NULL;
}

size_t draft_undecided(const struct draft *draft, const struct gate *gate)
{
    struct findings findings = {0};
    size_t undecided = 0;

    draft_findings(draft, gate, &findings);
    for (size_t i = 0; i < findings.count; i++) {
        bool first = draft_is_open(draft, &findings.list[i]);
        for (size_t k = 0; first && k < i; k++)
            first = !is_same_text(draft, &findings.list[k], &findings.list[i]);
        undecided += first;
    }
    findings_release(&findings);
    return undecided;
}

/* --- Reasons and replacements --- */

static size_t count_hard(const struct findings *findings)
{
    size_t hard = 0;

    for (size_t i = 0; i < findings->count; i++)
        hard += findings->list[i].hard;
    return hard;
}

bool draft_is_discreet(const struct gate *gate, const char *text, const char *what,
                       struct fault *fault)
{
    struct findings inside = {0};

    gate_scan(gate, GATE_NAMED, bytes_of_text(text), &inside);
    bool tells = count_hard(&inside) > 0;
    findings_release(&inside);
    return !tells ||
           fault_set(fault, FAULT_INPUT, "%s has an identifier in it: say it without", what);
}

/* Two words at the least: who has thought about it can say so much. */
static bool is_reason(const char *text, struct fault *fault)
{
    size_t words = 0, letters = 0, run = 0;

    for (; *text != '\0'; text++) {
        bool letter = ((unsigned char)*text | 32u) - 'a' < 26u || (unsigned char)*text >= 0x80;
        run = letter ? run + 1 : 0;
        words += run == 2;
        letters += letter;
    }
    return (words >= 2 && letters >= 6) ||
           fault_set(fault, FAULT_INPUT,
                     "the reason is too short: say in a few words why it may stay, for whoever "
                     "approves it");
}

static bool keep(struct draft *draft, const struct gate *gate, const struct finding *finding,
                 const struct choice *choice, struct fault *fault)
{
    if (!draft_may_be_kept(draft, finding))
        return fault_set(fault, FAULT_ABSENT, "%s cannot be kept%s, whatever the reason. %s",
                         finding_kinds[finding->class].means,
                         finding->hard ? "" : " where the authority is not named", finding->advice);
    if (choice->field != NULL)
        return fault_set(fault, FAULT_INPUT,
                         "what is kept is kept wherever it stands: leave the field out");
    if (!draft_sentence_serves(choice->text, DRAFT_REASON_MAX, "the reason", fault) ||
        !is_reason(choice->text, fault) ||
        !draft_is_discreet(gate, choice->text, "the reason", fault))
        return false;
    struct noted *noted = find_noted(draft, finding);
    if (noted == NULL)
        return fault_set(fault, FAULT_INPUT, "more than %d texts are found: replace some first",
                         DRAFT_KEPT_MAX);
    char *reason = draft_sentence(choice->text);
    if (noted->reason != NULL && strcmp(noted->reason, reason) == 0) {
        free(reason);
        return fault_set(fault, FAULT_ABSENT, "nothing is changed: it is kept for that reason");
    }
    free(noted->reason);
    noted->reason = reason;
    return true;
}

static struct bytes without_brackets(struct bytes role)
{
    bool bracketed = role.size > 2 && role.data[0] == '[' && role.data[role.size - 1] == ']';

    return bracketed ? bytes_of(role.data + 1, role.size - 2) : role;
}

/* However they are written. */
static bool has_digits(const char *text)
{
    struct plain plain;
    bool any = false;

    plain_read(&plain, bytes_of_text(text));
    for (size_t i = 0; i < plain.made.size; i++)
        any = any || (plain.made.data[i] >= '0' && plain.made.data[i] <= '9');
    plain_release(&plain);
    return any;
}

/* A number that was taken out must not come back in other clothes. */
static bool replacement_serves(const struct draft *draft, const struct gate *gate,
                               const struct finding *finding, const char *text, struct fault *fault)
{
    struct bytes found = finding_text(draft->document, finding);

    if (!draft_sentence_serves(text, DRAFT_REPLACEMENT_MAX, "what is to stand instead", fault) ||
        !draft_is_discreet(gate, text, "what is to stand instead", fault))
        return false;
    if (finding->hard && has_digits(text))
        return fault_set(fault, FAULT_INPUT, "what stands for %s has no digits: %s",
                         finding_kinds[finding->class].means, finding->advice);
    struct bytes instead = without_brackets(text_trimmed(bytes_of_text(text)));
    return instead.size != found.size ||
           strncasecmp((const char *)instead.data, (const char *)found.data, found.size) != 0 ||
           fault_set(fault, FAULT_INPUT,
                     "nothing is changed: what is to stand instead is what was found");
}

/* Does it stand between brackets already, as "[the carer Grace]"? */
static bool is_in_brackets(struct bytes item, const struct finding *finding)
{
    size_t before = finding->start, after = finding->end;

    while (before > 0 && strchr("[]\n", item.data[before - 1]) == NULL)
        before--;
    while (after < item.size && strchr("[]\n", item.data[after]) == NULL)
        after++;
    return before > 0 && item.data[before - 1] == '[' && after < item.size &&
           item.data[after] == ']';
}

/* "resident" becomes "[resident]": a reader sees that something was taken out. */
static void append_role(struct buffer *to, struct bytes role, bool in_brackets)
{
    buffer_append_text(to, in_brackets ? "" : "[");
    buffer_append(to, without_brackets(role));
    buffer_append_text(to, in_brackets ? "" : "]");
}

/* Put another text in place of one item; the others stay as they are. */
static void replace_item(struct document *document, const char *key, size_t item, struct bytes text)
{
    size_t count = document_count(document, key);
    struct document *copy = document_new(document_form(document));

    for (size_t i = 0; i < count; i++)
        document_add(copy, key, i == item ? text : document_item(document, key, i),
                     document_place(document, key, i));
    document_clear(document, key);
    for (size_t i = 0; i < document_count(copy, key); i++)
        document_add(document, key, document_item(copy, key, i), document_place(copy, key, i));
    document_free(copy);
}

/* What is written then is in `instead`. */
static void replace_one(struct document *document, const struct finding *finding,
                        const struct choice *choice, struct buffer *instead)
{
    struct bytes item = document_item(document, finding->key, finding->item);
    struct bytes text = text_trimmed(bytes_of_text(choice->text));
    struct buffer changed = {0};

    buffer_clear(instead);
    if (choice->decision == DECISION_REPLACE)
        append_role(instead, text, is_in_brackets(item, finding));
    else
        buffer_append(instead, text);
    buffer_append(&changed, bytes_of(item.data, finding->start));
    buffer_append(&changed, buffer_view(instead));
    buffer_append(&changed, bytes_of(item.data + finding->end, item.size - finding->end));
    replace_item(document, finding->key, finding->item, buffer_view(&changed));
    buffer_release(&changed);
}

/* --- Deciding --- */

/* The findings that a choice is about. */
struct chosen {
    const struct finding **list;
    size_t count;
};

/* Numbers are given in order and to one finding each: a lower one was. */
static bool lacks(const struct draft *draft, const struct findings *findings,
                  const struct choice *choice, struct fault *fault)
{
    if (choice->number == 0 || choice->number > draft->last_number)
        return fault_set(fault, FAULT_ABSENT, "there never was a finding %zu", choice->number);
    for (size_t i = 0; i < findings->count; i++) {
        const struct noted *noted = find_noted(draft, &findings->list[i]);
        if (noted != NULL && noted->number == choice->number)
            return fault_set(fault, FAULT_ABSENT, "finding %zu does not stand in %s",
                             choice->number, choice->field);
    }
    return fault_set(
        fault, FAULT_ABSENT,
        "finding %zu is decided, or the text was changed: it is there no more; what was "
        "written instead is changed in the text (candour draft show --out FILE)",
        choice->number);
}

static bool choose(const struct draft *draft, const struct findings *findings,
                   const struct choice *choice, struct chosen *chosen, struct fault *fault)
{
    uint32_t *numbers = draft_numbers(draft, findings);

    chosen->list = memory_new(findings->count, sizeof(const struct finding *));
    for (size_t i = 0; i < findings->count; i++)
        if (numbers[i] == choice->number &&
            (choice->field == NULL || strcmp(findings->list[i].key, choice->field) == 0))
            chosen->list[chosen->count++] = &findings->list[i];
    free(numbers);
    return chosen->count > 0 || lacks(draft, findings, choice, fault);
}

/* What a group is called is how the next release finds the last one: under another name nothing
 * would be compared. */
static bool is_editable(const struct draft *draft, struct fault *fault)
{
    return document_form(draft->document) != &snapshot_form ||
           fault_set(fault, FAULT_ABSENT,
                     "figures are changed in their table, and not here, or the next import would "
                     "not be compared with this one: mend the table and import it again, or keep "
                     "what may be kept, with a reason");
}

/* Wherever it stands, the last first: what stands before stays where it is. With what is around it
 * a replacement may be more than it is alone, and more than the field may be. */
static bool replace(struct draft *draft, const struct gate *gate, size_t hard,
                    const struct chosen *chosen, const struct choice *choice,
                    struct decided *decided, struct fault *fault)
{
    const struct finding *first = chosen->list[0];
    struct findings after = {0};

    if (!is_editable(draft, fault) || !replacement_serves(draft, gate, first, choice->text, fault))
        return false;
    struct document *before = draft->document;
    draft->document = document_copy(before);
    for (size_t i = chosen->count; i-- > 0;)
        replace_one(draft->document, chosen->list[i], choice, &decided->instead);
    draft_findings(draft, gate, &after);
    bool done = count_hard(&after) <= hard - (first->hard ? chosen->count : 0) ||
                fault_set(fault, FAULT_INPUT,
                          "with that in its place the text has an identifier in it: say it with "
                          "other words");
    findings_release(&after);
    if (done && !document_is_sound(draft->document, fault))
        done = fault_prefix(fault, "with that in its place");
    if (!done) {
        document_free(draft->document);
        draft->document = before;
        return false;
    }
    document_free(before);
    draft->taken_out[first->class][choice->decision] += (uint32_t)chosen->count;
    return true;
}

/* Deciding again is no edit: a submitted draft stays submitted, but an approval was for the text as
 * it was. */
static void after_decision(struct draft *draft, const struct gate *gate, int64_t now_ms)
{
    draft_note_findings(draft, gate);
    draft_forget_approvals(draft);
    if (draft->state == DRAFT_APPROVED)
        draft->state = DRAFT_SUBMITTED;
    draft->updated_ms = now_ms;
}

bool draft_decide(struct draft *draft, const struct gate *gate, const struct choice *choice,
                  int64_t now_ms, struct decided *decided, struct fault *fault)
{
    struct findings findings = {0};
    struct chosen chosen = {0};

    *decided = (struct decided){0};
    assert(choice->decision < DECISIONS);
    if (!draft_is_in(draft, STATE(DRAFT_WRITTEN) | STATE(DRAFT_SUBMITTED) | STATE(DRAFT_APPROVED),
                     "changed", fault))
        return false;
    draft_note_findings(draft, gate); /* By the numbers as they are seen now. */
    draft_findings(draft, gate, &findings);
    bool done = choose(draft, &findings, choice, &chosen, fault);
    if (done) {
        decided->places = chosen.count;
        buffer_append(&decided->found, finding_text(draft->document, chosen.list[0]));
        done = choice->decision == DECISION_KEEP
                   ? keep(draft, gate, chosen.list[0], choice, fault)
                   : replace(draft, gate, count_hard(&findings), &chosen, choice, decided, fault);
    }
    if (done) {
        const struct finding *first = chosen.list[0];
        decided->key = first->key;
        decided->item = first->item;
        decided->start = first->start;
        decided->end =
            choice->decision == DECISION_KEEP ? first->end : first->start + decided->instead.size;
        after_decision(draft, gate, now_ms);
    }
    free(chosen.list);
    findings_release(&findings);
    return done;
}

void decided_release(struct decided *decided)
{
    buffer_release(&decided->found);
    buffer_release(&decided->instead);
}
