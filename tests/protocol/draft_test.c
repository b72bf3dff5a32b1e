#include "protocol/draft.h"
#include "protocol/limits.h"
#include "protocol/record.h"
#include "protocol/snapshot.h"
#include "protocol/text.h"
#include "protocol/writer.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct gate *gate;
static struct draft *draft;
static struct fault fault;

#define NOW 1000

static struct document *lesson(const char *what_we_did)
{
    static const struct {
        const char *key, *text;
    } fields[] = {
        {"title", "Review messages reached teams once they were short"},
        {"service_area", "adults_assessment"},
        {"outcome", "worked"},
        {"stage", "completed"},
        {"evidence_level", "before_after"},
        {"source_kind", "review"},
        {"topic", "reviews/messages"},
        {"abstract", "We cut the weekly message to ten lines because nobody read it."},
        {"recommendation", "Write ten lines, never more."},
    };
    struct document *document = document_new(&lesson_form);

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        document_add(document, fields[i].key, bytes_of_text(fields[i].text),
                     (struct place){(uint32_t)i + 1, 8});
    document_add(document, "what_we_did", bytes_of_text(what_we_did), (struct place){20, 1});
    return document;
}

static void start_as(enum attribution attribution, const char *what_we_did)
{
    draft_free(draft);
    draft = draft_new(lesson(what_we_did), attribution, NOW);
    fault = (struct fault){0};
    cr_assert(draft_submit(draft, NOW, &fault), "%s", fault.text);
}

static void start(const char *what_we_did)
{
    start_as(ATTRIBUTION_NAMED, what_we_did);
}

static void open_house(void)
{
    struct bytes name = bytes_of_text("Ashcombe");

    fault = (struct fault){0};
    gate = gate_new(&(struct gate_profile){.names = {&name, 1}}, &fault);
    start("We met in Ashcombe with a resident (943 476 5919) and rang 01632 960 123.\n\n"
          "Ashcombe's teams agreed.");
}

static void close_house(void)
{
    draft_free(draft);
    draft = NULL;
    gate_free(gate);
}

TestSuite(draft, .init = open_house, .fini = close_house);

/* The findings and what was decided, a line each. */
static const char *findings_told(void)
{
    static char words[4096];
    struct findings findings = {0};
    size_t size = 0;

    words[0] = '\0';
    draft_findings(draft, gate, &findings);
    uint32_t *numbers = draft_numbers(draft, &findings);
    for (size_t i = 0; i < findings.count; i++) {
        struct bytes text = finding_text(draft_document(draft), &findings.list[i]);
        const char *reason = draft_kept_because(draft, &findings.list[i]);
        size +=
            (size_t)snprintf(words + size, sizeof words - size, "%u %s \"%.*s\" %s\n", numbers[i],
                             finding_kinds[findings.list[i].class].code, (int)text.size,
                             (const char *)text.data, reason == NULL ? "undecided" : reason);
    }
    free(numbers);
    findings_release(&findings);
    return words;
}

static char written[80]; /* By the last decision. */

static bool decide_in(const char *field, size_t number, enum decision decision, const char *text)
{
    struct choice choice = {number, field, decision, text};
    struct decided decided;

    fault = (struct fault){0};
    bool done = draft_decide(draft, gate, &choice, NOW + 1, &decided, &fault);
    if (done) { /* Where it says that it is. */
        struct bytes item = document_item(draft_document(draft), decided.key, decided.item);
        struct buffer *now = decision == DECISION_KEEP ? &decided.found : &decided.instead;
        cr_assert(decided.start <= decided.end && decided.end <= item.size);
        cr_expect(bytes_equal(bytes_of(item.data + decided.start, decided.end - decided.start),
                              buffer_view(now)));
    }
    snprintf(written, sizeof written, "%s", buffer_text(&decided.instead));
    decided_release(&decided);
    return done;
}

static bool decide(size_t number, enum decision decision, const char *text)
{
    return decide_in(NULL, number, decision, text);
}

static bool consents(const struct consent *consent)
{
    fault = (struct fault){0};
    return draft_approve(draft, gate, consent, NOW + 2, &fault);
}

static bool approve(const char *by, enum approval_policy policy)
{
    return consents(&(struct consent){.by = by, .read = draft_digest(draft), .policy = policy});
}

static bool approve_unnamed(const char *by, const char *answer)
{
    return consents(&(struct consent){.by = by,
                                      .read = draft_digest(draft),
                                      .answer = answer,
                                      .policy = APPROVAL_ONE,
                                      .hold_ms = 100});
}

static struct house_rules house(void)
{
    return (struct house_rules){gate, APPROVAL_ONE, NOW + 1000};
}

static bool content(struct buffer *map)
{
    struct house_rules now = house();

    fault = (struct fault){0};
    return draft_content(draft, &now, map, &fault);
}

static void decide_all(void)
{
    cr_assert(decide(2, DECISION_REPLACE, "resident"), "%s", fault.text);
    cr_assert(decide(3, DECISION_GENERALISE, "the duty line"), "%s", fault.text);
    cr_assert(decide(1, DECISION_KEEP, "the lesson is signed with it"), "%s", fault.text);
}

static struct draft *kept_and_read(struct buffer *bytes)
{
    draft_write(draft, bytes);
    fault = (struct fault){0};
    struct draft *read = draft_read(buffer_view(bytes), &fault);
    cr_assert_not_null(read, "%s", fault.text);
    struct buffer again = {0};
    draft_write(read, &again);
    cr_expect(bytes_equal(buffer_view(bytes), buffer_view(&again)));
    buffer_release(&again);
    return read;
}

static void become(struct draft *other)
{
    draft_free(draft);
    draft = other;
}

Test(draft, has_every_finding_decided_by_a_person)
{
    cr_expect_str_eq(findings_told(), "1 authority \"Ashcombe\" undecided\n"
                                      "2 nhs_number \"943 476 5919\" undecided\n"
                                      "3 phone \"01632 960 123\" undecided\n"
                                      "1 authority \"Ashcombe\" undecided\n");
    cr_expect_eq(draft_undecided(draft, gate), 3);
    decide_all();
    /* One reason for the same class and text; a replacement is found no more. */
    cr_expect_str_eq(findings_told(), "1 authority \"Ashcombe\" the lesson is signed with it\n"
                                      "1 authority \"Ashcombe\" the lesson is signed with it\n");
    struct bytes text = document_text(draft_document(draft), "what_we_did");
    cr_expect(bytes_equal(text, bytes_of_text("We met in Ashcombe with a resident ([resident]) and "
                                              "rang the duty line.\n\nAshcombe's teams agreed.")));
    cr_expect_eq(document_place(draft_document(draft), "what_we_did", 0).line, 20);
    cr_expect_eq(draft_updated_ms(draft), NOW + 1);
}

Test(draft, refuses_what_is_no_decision)
{
#define TOO_SHORT                                                                                  \
    "the reason is too short: say in a few words why it may stay, for whoever approves it"
#define UNCHANGED "nothing is changed: what is to stand instead is what was found"
    static const struct {
        size_t number;
        enum decision decision;
        const char *text, *because;
        enum fault_kind kind;
    } rows[] = {
        {0, DECISION_KEEP, "why", "there never was a finding 0", FAULT_ABSENT},
        {4, DECISION_KEEP, "why", "there never was a finding 4", FAULT_ABSENT},
        {2, DECISION_KEEP, "it is an example",
         "an NHS number cannot be kept, whatever the reason. Take it out: \"[resident]\" says "
         "enough",
         FAULT_ABSENT},
        {3, DECISION_KEEP, "public line",
         "a telephone number cannot be kept, whatever the reason. Name the line or the role "
         "instead, such as \"[duty line]\"",
         FAULT_ABSENT},
        {1, DECISION_KEEP, "  ", "the reason is empty: say it in a few words", FAULT_INPUT},
        {1, DECISION_KEEP, ".", TOO_SHORT, FAULT_INPUT},
        {1, DECISION_KEEP, "needed", TOO_SHORT, FAULT_INPUT},
        {1, DECISION_KEEP, "it is", TOO_SHORT, FAULT_INPUT},
        {1, DECISION_KEEP, "a b c d e f g", TOO_SHORT, FAULT_INPUT},
        {1, DECISION_KEEP, "please see 943 476 5919",
         "the reason has an identifier in it: say it without", FAULT_INPUT},
        {1, DECISION_REPLACE, "", "what is to stand instead is empty: say it in a few words",
         FAULT_INPUT},
        {1, DECISION_GENERALISE, "two\nlines",
         "what is to stand instead must be one line of plain text", FAULT_INPUT},
        {1, DECISION_REPLACE, "[ashcombe]", UNCHANGED, FAULT_INPUT},
        {1, DECISION_GENERALISE, " Ashcombe ", UNCHANGED, FAULT_INPUT},
        {2, DECISION_GENERALISE, "NHS number 401 023 2137",
         "what is to stand instead has an identifier in it: say it without", FAULT_INPUT},
        {1, DECISION_REPLACE, "01632 960 124",
         "what is to stand instead has an identifier in it: say it without", FAULT_INPUT},
        {2, DECISION_REPLACE, "943 476",
         "what stands for an NHS number has no digits: Take it out: \"[resident]\" says enough",
         FAULT_INPUT},
        {2, DECISION_REPLACE, "\xe2\x91\xa8\xe2\x91\xa3\xe2\x91\xa2", /* In circles. */
         "what stands for an NHS number has no digits: Take it out: \"[resident]\" says enough",
         FAULT_INPUT},
        {2, DECISION_REPLACE, "what ends in five nine one nine",
         "what stands for an NHS number has no digits: Take it out: \"[resident]\" says enough",
         FAULT_INPUT},
        {3, DECISION_GENERALISE, "a line that ends in 23",
         "what stands for a telephone number has no digits: Name the line or the role instead, "
         "such "
         "as \"[duty line]\"",
         FAULT_INPUT},
    };
#undef TOO_SHORT
#undef UNCHANGED

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_not(decide(rows[i].number, rows[i].decision, rows[i].text));
        cr_expect_eq(fault.kind, rows[i].kind);
        cr_expect_str_eq(fault.text, rows[i].because);
    }
    cr_expect_eq(draft_undecided(draft, gate), 3);
}

Test(draft, looks_at_a_replacement_as_at_any_text)
{
    cr_assert(decide(1, DECISION_GENERALISE, "Mrs Okonkwo's town"));
    cr_expect_neq(strstr(findings_told(), "4 person \"Mrs Okonkwo\" undecided"), NULL, "%s",
                  findings_told());
}

/* What stands around it counts too: no number is put together from two halves. */
Test(draft, lets_no_replacement_become_an_identifier_where_it_stands)
{
    start("Write to Ashcombe 960 123.");
    cr_expect_not(decide(1, DECISION_GENERALISE, "01632"));
    cr_expect_str_eq(fault.text, "with that in its place the text has an identifier in it: say it "
                                 "with other words");
    cr_expect(bytes_equal(document_text(draft_document(draft), "what_we_did"),
                          bytes_of_text("Write to Ashcombe 960 123.")));
    cr_expect_eq(draft_undecided(draft, gate), 1);
    cr_expect(decide(1, DECISION_GENERALISE, "the office"), "%s", fault.text);
}

/* A list on paper stays true: a number is of one text, and of no other after it. */
/* Else it could not be approved, nor decided again. */
Test(draft, lets_no_replacement_make_a_field_what_it_may_not_be)
{
    struct document *document = lesson("We wrote less.");
    struct buffer title = {0};

    document_clear(document, "topic");
    document_add(document, "topic", bytes_of_text("ashcombe/rounds"), (struct place){7, 8});
    for (unsigned i = 0; i < 104; i++)
        buffer_append_text(&title, ".");
    buffer_append_text(&title, " in Ashcombe");
    document_clear(document, "title");
    document_add(document, "title", buffer_view(&title), (struct place){1, 8});
    draft_free(draft);
    draft = draft_new(document, ATTRIBUTION_ANONYMOUS, NOW);
    cr_assert(draft_submit(draft, NOW, &fault), "%s", fault.text);
    cr_expect_not(decide(2, DECISION_REPLACE, "the council"));
    cr_expect_eq(fault.kind, FAULT_INPUT);
    cr_expect_eq(strncmp(fault.text, "with that in its place: 7:8: ", 29), 0, "%s", fault.text);
    cr_expect_not(decide(1, DECISION_REPLACE, "one of our towns"));
    cr_expect_neq(strstr(fault.text, "shorten it by"), NULL, "%s", fault.text);
    cr_expect(decide(2, DECISION_GENERALISE, "home-care"), "%s", fault.text);
    cr_expect(decide(1, DECISION_REPLACE, "a town"), "%s", fault.text);
    cr_expect_eq(draft_undecided(draft, gate), 0);
    buffer_release(&title);
}

Test(draft, has_numbers_that_stay)
{
    struct buffer bytes = {0};

    start("Grace Okonkwo of Ashcombe met Idris Bevan at LS1 4AP. Idris Bevan agreed.");
    cr_assert_str_eq(findings_told(), "1 person \"Grace Okonkwo\" undecided\n"
                                      "2 authority \"Ashcombe\" undecided\n"
                                      "3 person \"Idris Bevan\" undecided\n"
                                      "4 postcode \"LS1 4AP\" undecided\n"
                                      "3 person \"Idris Bevan\" undecided\n");
    cr_assert(decide(1, DECISION_GENERALISE, "Mr Ahmed Shah"), "%s", fault.text);
    become(kept_and_read(&bytes));
    cr_assert_str_eq(findings_told(), "5 person \"Mr Ahmed Shah\" undecided\n"
                                      "2 authority \"Ashcombe\" undecided\n"
                                      "3 person \"Idris Bevan\" undecided\n"
                                      "4 postcode \"LS1 4AP\" undecided\n"
                                      "3 person \"Idris Bevan\" undecided\n");
    cr_expect_not(decide(1, DECISION_REPLACE, "carer"), "it is gone");
    cr_assert(draft_edit(draft, lesson("Idris Bevan met Mr Grey at LS1 4AP."), NOW, &fault));
    cr_expect_str_eq(findings_told(), "3 person \"Idris Bevan\" undecided\n"
                                      "6 person \"Mr Grey\" undecided\n"
                                      "4 postcode \"LS1 4AP\" undecided\n");
    buffer_release(&bytes);
}

/* One decision for one word, wherever it stands; never for several at once. */
Test(draft, has_a_word_decided_wherever_it_stands)
{
    struct bytes text;

    start("Idris Bevan met Idris Bevan's sister and Grace Okonkwo.");
    cr_assert(draft_undecided(draft, gate) >= 2);
    cr_expect_not(decide_in("abstract", 1, DECISION_REPLACE, "carer"));
    cr_expect_str_eq(fault.text, "finding 1 does not stand in abstract");
    cr_expect_not(decide_in("what_we_did", 1, DECISION_KEEP, "he is known to all"));
    cr_expect_neq(strstr(fault.text, "leave the field out"), NULL, "%s", fault.text);
    cr_assert(decide(1, DECISION_REPLACE, "carer"), "%s", fault.text);
    text = document_text(draft_document(draft), "what_we_did");
    cr_expect(bytes_equal(text, bytes_of_text("[carer] met [carer]'s sister and Grace Okonkwo.")),
              "%.*s", (int)text.size, (const char *)text.data);

    start("Idris Bevan met us.");
    struct document *both = lesson("Idris Bevan met us.");
    document_add(both, "rationale", bytes_of_text("Idris Bevan asked."), (struct place){0});
    cr_assert(draft_edit(draft, both, NOW, &fault));
    cr_assert(decide_in("rationale", 1, DECISION_REPLACE, "carer"), "%s", fault.text);
    cr_expect(bytes_equal(document_text(draft_document(draft), "rationale"),
                          bytes_of_text("[carer] asked.")));
    cr_expect_str_eq(findings_told(), "1 person \"Idris Bevan\" undecided\n");
}

Test(draft, puts_no_brackets_within_brackets)
{
    struct bytes text;

    start("We met [the carer Idris Bevan], and [us] Idris Bevan [them].");
    cr_assert(decide(1, DECISION_REPLACE, "[who came]"), "%s", fault.text);
    cr_expect_str_eq(written, "who came", "in the first place");
    text = document_text(draft_document(draft), "what_we_did");
    cr_expect(bytes_equal(text, bytes_of_text("We met [the carer who came], and [us] [who came] "
                                              "[them].")),
              "%.*s", (int)text.size, (const char *)text.data);
}

Test(draft, says_that_nothing_is_changed)
{
    decide_all();
    cr_assert(approve("Jo", APPROVAL_ONE));
    cr_expect_not(decide(1, DECISION_KEEP, "the lesson is signed with it"));
    cr_expect_str_eq(fault.text, "nothing is changed: it is kept for that reason");
    cr_expect_eq(draft_state(draft), DRAFT_APPROVED);
}

Test(draft, is_not_approved_while_anything_is_undecided)
{
    cr_expect_not(approve("Jo", APPROVAL_ONE));
    cr_expect_str_eq(fault.text,
                     "3 findings are not decided: replace, generalise or keep each, then approve");
    cr_expect_eq(fault.kind, FAULT_ABSENT, "the answer is no: status 1");
    decide_all();
    cr_assert(approve("Jo", APPROVAL_ONE), "%s", fault.text);
    cr_expect_eq(draft_state(draft), DRAFT_APPROVED);
    cr_expect_str_eq(draft_approver(draft, 0), "Jo");
}

/* Advice about the tone has a number too, so that somebody may follow it; nobody has to. */
Test(draft, asks_for_no_decision_about_a_suggestion)
{
    struct findings findings = {0};
    size_t open = 0;

    start("The manager was to blame. Ring 01632 960 123. It was the fault of the team.");
    draft_findings(draft, gate, &findings);
    for (size_t i = 0; i < findings.count; i++)
        open += !finding_kinds[findings.list[i].class].suggestion;
    cr_expect_eq(draft_undecided(draft, gate), open);
    uint32_t *numbers = draft_numbers(draft, &findings);
    for (size_t i = 0; i < findings.count; i++)
        if (!finding_kinds[findings.list[i].class].suggestion)
            cr_assert(decide(numbers[i], DECISION_REPLACE, "duty line"), "%s", fault.text);
    free(numbers);
    cr_expect(approve("Jo", APPROVAL_ONE), "%s", fault.text);
    findings_release(&findings);
}

Test(draft, needs_two_people_where_the_policy_says_two)
{
    decide_all();
    cr_assert(approve("Jo Bloggs", APPROVAL_TWO));
    cr_expect_eq(draft_state(draft), DRAFT_SUBMITTED);
    cr_expect_not(approve("Jo Bloggs", APPROVAL_TWO));
    cr_expect_str_eq(fault.text,
                     "Jo Bloggs has approved it already: another person must read and approve it");
    cr_expect_not(approve("Ms J. Blöggs", APPROVAL_TWO));
    cr_expect_str_eq(fault.text,
                     "Jo Bloggs has approved it already: another person must read and approve it "
                     "(\"Ms J. Blöggs\" counts as the same name; two people write theirs in full)");
    cr_assert(approve("Jo Blogg", APPROVAL_TWO), "%s", fault.text);
    cr_expect_eq(draft_state(draft), DRAFT_APPROVED);
    cr_expect_eq(draft_approvals(draft), 2);
    cr_expect_not(approve("Sam", APPROVAL_TWO));
    cr_expect_str_eq(fault.text, "the draft is approved: it cannot be approved now");
}

/* Where the author is said, who approves is the second person. */
Test(draft, needs_another_person_than_its_author_where_the_policy_says_two)
{
    decide_all();
    cr_expect_not(draft_set_author(draft, " ", &fault));
    cr_assert(draft_set_author(draft, "Jo Bloggs", &fault), "%s", fault.text);
    cr_expect_not(approve("jo bloggs", APPROVAL_TWO));
    cr_expect_str_eq(fault.text,
                     "Jo Bloggs wrote it: another person must read and approve it (\"jo bloggs\" "
                     "counts as the same name; two people write theirs in full)");
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    cr_assert(approve("Sam", APPROVAL_TWO), "%s", fault.text);
    cr_expect_eq(draft_state(draft), DRAFT_APPROVED);

    start("We wrote less.");
    cr_assert(draft_set_author(draft, "Jo", &fault));
    cr_assert(approve("Jo", APPROVAL_ONE), "where one is enough it may be the author");
    cr_expect_eq(draft_state(draft), DRAFT_APPROVED);
}

static void start_unnamed(const char *author)
{
    start_as(ATTRIBUTION_ANONYMOUS, "We wrote less.");
    if (author != NULL)
        cr_assert(draft_set_author(draft, author, &fault), "%s", fault.text);
}

Test(draft, without_the_name_needs_two_people_and_an_answer_to_the_question)
{
    static const struct {
        const char *by, *answer, *because;
        enum fault_kind kind;
    } rows[] = {
        {"Jo", "No: many did this", "Jo wrote it: another person must read and approve it",
         FAULT_ABSENT},
        {"Sam", NULL,
         "one question is to be answered first: Could a local journalist, or a colleague at "
         "another council, name us within ten minutes?",
         FAULT_INPUT},
        {"Sam", " ", "the answer is empty: say it in a few words", FAULT_INPUT},
        {"Sam", "No:\nmany", "the answer must be one line of plain text", FAULT_INPUT},
        {"Sam", "No: ask 943 476 5919", "the answer has an identifier in it: say it without",
         FAULT_INPUT},
        {"Sam", "Yes, by the bridge", "only a no lets it go out (\"No\", or", FAULT_ABSENT},
        {"Sam", " YES", "only a no lets it go out", FAULT_ABSENT},
        {"Sam", "Probably yes", "only a no lets it go out", FAULT_ABSENT},
        {"Sam", "Nobody knows", "only a no lets it go out", FAULT_ABSENT},
        {"Sam", "nac efallai", "only a no lets it go out", FAULT_ABSENT},
        {"Sam", "No idea", "only a no lets it go out", FAULT_ABSENT},
        {"Sam", "no doubt", "only a no lets it go out", FAULT_ABSENT},
        {"Sam", "No question: yes", "only a no lets it go out", FAULT_ABSENT},
        {"Sam", "No, but the school could", "only a no lets it go out", FAULT_ABSENT},
        {"Sam", "No-brainer", "only a no lets it go out", FAULT_ABSENT},
        {"Sam", "Na, ond gallai'r ysgol", "only a no lets it go out", FAULT_ABSENT},
    };

    start_unnamed("Jo");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_not(approve_unnamed(rows[i].by, rows[i].answer), "row %zu", i);
        cr_expect_eq(fault.kind, rows[i].kind, "row %zu", i);
        cr_expect_eq(strncmp(fault.text, rows[i].because, strlen(rows[i].because)), 0, "%s",
                     fault.text);
    }
    cr_assert(approve_unnamed("Sam", "NO, many did this"), "%s", fault.text);
    cr_expect_eq(draft_state(draft), DRAFT_APPROVED);
    cr_expect_str_eq(draft_answer(draft, 0), "NO, many did this");
    static const char *const noes[] = {
        "no",       "No: many did",   "Na. Mae llawer",   "Nac ydy",
        "no - ...", "No \u2013 many", "nac ydyn; llawer", "No: Butetown and others"};
    for (size_t i = 0; i < sizeof noes / sizeof *noes; i++) {
        start_unnamed("Jo");
        cr_expect(approve_unnamed("Sam", noes[i]), "%s: %s", noes[i], fault.text);
    }

    start_unnamed(NULL); /* Nobody said who wrote it. */
    cr_assert(approve_unnamed("Jo", "No: many did this"), "%s", fault.text);
    cr_expect_eq(draft_state(draft), DRAFT_SUBMITTED);
    cr_expect_not(approve_unnamed("JO", "No: many did this"));
    cr_assert(approve_unnamed("Sam", "No: many did this"), "%s", fault.text);
    cr_expect_eq(draft_state(draft), DRAFT_APPROVED);

    start("We wrote less.");
    cr_expect_not(approve_unnamed("Sam", "No: many did this"));
    cr_expect_neq(strstr(fault.text, "under the authority's name"), NULL, "%s", fault.text);
}

Test(draft, without_the_name_does_not_keep_the_name)
{
    start_as(ATTRIBUTION_ANONYMOUS, "We met in Ashcombe.");
    cr_expect_not(decide(1, DECISION_KEEP, "everybody knows it"));
    cr_expect_str_eq(fault.text, "a name of an authority cannot be kept where the authority is not "
                                 "named, whatever the reason. Say \"[the council]\": who reads it "
                                 "is not to know which");
    cr_expect_eq(draft_undecided(draft, gate), 1);
    cr_expect(decide(1, DECISION_REPLACE, "the town"), "%s", fault.text);
    cr_expect_eq(draft_undecided(draft, gate), 0);
}

Test(draft, says_what_becomes_of_it)
{
    start("We wrote less.");
    cr_expect_eq(draft_outlook(draft, NOW), OUTLOOK_STAYS);
    cr_assert(consents(&(struct consent){
        .by = "Jo", .read = draft_digest(draft), .policy = APPROVAL_ONE, .hold_ms = 100}));
    cr_expect_eq(draft_release_ms(draft), NOW + 102);
    cr_expect_eq(draft_outlook(draft, NOW + 101), OUTLOOK_HELD);
    cr_expect_eq(draft_outlook(draft, NOW + 102), OUTLOOK_DUE);

    start_unnamed("Jo");
    cr_assert(approve_unnamed("Sam", "No: many did this"));
    cr_expect_eq(draft_outlook(draft, INT64_MAX), OUTLOOK_UNNAMED);
}

Test(draft, is_withdrawn_while_it_is_approved)
{
    struct buffer map = {0};

    decide_all();
    cr_expect_not(draft_withdraw(draft, "Jo", NULL, NOW, &fault));
    cr_expect_str_eq(fault.text, "the draft is submitted: it cannot be withdrawn now");
    cr_assert(approve("Jo", APPROVAL_ONE));
    cr_expect_not(draft_withdraw(draft, " ", NULL, NOW, &fault));
    cr_expect_not(draft_withdraw(draft, "Sam", "", NOW, &fault));
    cr_assert(draft_withdraw(draft, "Sam", "A figure is wrong", NOW + 9, &fault), "%s", fault.text);
    cr_expect_eq(draft_state(draft), DRAFT_WRITTEN);
    cr_expect_eq(draft_approvals(draft), 0);
    cr_expect_eq(draft_outlook(draft, INT64_MAX), OUTLOOK_STAYS);
    cr_expect_str_eq(draft_returned_by(draft), "Sam");
    cr_expect_str_eq(draft_returned_why(draft), "A figure is wrong");
    cr_expect_not(content(&map));
    cr_expect_eq(draft_undecided(draft, gate), 0, "what was decided stays decided");

    cr_assert(draft_submit(draft, NOW, &fault), "%s", fault.text);
    cr_expect_str_eq(draft_returned_by(draft), "");
    cr_assert(approve("Jo", APPROVAL_ONE), "%s", fault.text);
    cr_assert(draft_publish(draft, NOW, &fault));
    cr_expect_not(draft_withdraw(draft, "Sam", NULL, NOW, &fault));
}

Test(draft, takes_an_approval_for_the_text_that_was_read)
{
    struct digest read = draft_digest(draft);

    decide_all();
    cr_expect_not(consents(&(struct consent){.by = "Jo", .read = read, .policy = APPROVAL_ONE}));
    cr_expect_str_eq(fault.text,
                     "the text has changed since it was read: read it again, then approve");
}

/* What is shown before it is approved is a file: read, it makes the very bytes that are signed. */
static void expect_signed_as_shown(const struct buffer *shown)
{
    struct problems problems = {0};
    struct document *read = document_parse(&lesson_form, buffer_view(shown), &problems);
    struct buffer map = {0}, again = {0};

    cr_expect_eq(problems.count, 0, "%s", problems.count == 0 ? "" : problems.list[0].text);
    document_write(read, &again);
    cr_assert(content(&map), "%s", fault.text);
    cr_expect(bytes_equal(buffer_view(&map), buffer_view(&again)));
    problems_release(&problems);
    document_free(read);
    buffer_release(&map);
    buffer_release(&again);
}

static void show(struct buffer *shown)
{
    draft_note_findings(draft, gate);
    struct document *whole = draft_to_sign(draft);
    document_print(whole, shown);
    document_free(whole);
}

Test(draft, is_signed_byte_for_byte_as_it_was_read)
{
    struct buffer shown = {0};

    decide_all();
    show(&shown);
    cr_expect_not_null(strstr(buffer_text(&shown), "- authority | kept | 2\n"));
    cr_assert(approve("Jo", APPROVAL_ONE), "%s", fault.text);
    expect_signed_as_shown(&shown);

    cr_assert(draft_edit(draft, lesson("In Ashcombe.\n\n\\## no heading"), NOW, &fault));
    cr_assert(draft_submit(draft, NOW, &fault), "%s", fault.text);
    buffer_clear(&shown);
    show(&shown); /* How often it is kept is told of this text, not of the one before. */
    cr_expect_not_null(strstr(buffer_text(&shown), "- authority | kept | 1\n"));
    cr_assert(approve("Jo", APPROVAL_ONE), "%s", fault.text);
    expect_signed_as_shown(&shown);
    buffer_release(&shown);
}

/* Of some types there are few. */
Test(draft, without_the_name_tells_no_type_of_authority)
{
    struct document *document = lesson("We wrote less.");
    struct buffer shown = {0};

    document_add(document, "authority_type", bytes_of_text("city_of_london"), (struct place){0});
    draft_free(draft);
    draft = draft_new(document, ATTRIBUTION_ANONYMOUS, NOW);
    cr_assert(draft_set_author(draft, "Jo", &fault));
    cr_assert(draft_submit(draft, NOW, &fault), "%s", fault.text);
    show(&shown);
    cr_expect_null(strstr(buffer_text(&shown), "city_of_london"), "%s", buffer_text(&shown));
    cr_assert(approve_unnamed("Sam", "No: many did this"), "%s", fault.text);
    expect_signed_as_shown(&shown);
    buffer_release(&shown);
}

Test(draft, loses_its_approval_with_any_change)
{
    decide_all();
    cr_assert(approve("Jo", APPROVAL_TWO));
    cr_assert(decide(1, DECISION_KEEP, "as before"));
    cr_expect_eq(draft_approvals(draft), 0);

    cr_assert(approve("Jo", APPROVAL_ONE), "%s", fault.text);
    cr_assert(decide(1, DECISION_REPLACE, "the council"));
    cr_expect_eq(draft_state(draft), DRAFT_SUBMITTED);

    cr_assert(approve("Jo", APPROVAL_ONE));
    cr_assert(draft_edit(draft, lesson("We wrote less."), NOW + 5, &fault));
    cr_expect_eq(draft_state(draft), DRAFT_WRITTEN);
    cr_expect_eq(draft_approvals(draft), 0);
    struct buffer map = {0};
    cr_expect_not(content(&map));
    cr_expect_eq(map.size, 0);
}

Test(draft, forgets_what_was_kept_once_it_is_not_there)
{
    decide_all();
    struct document *other = lesson("Elsewhere.");
    cr_assert(draft_edit(draft, other, NOW, &fault));
    cr_assert(draft_submit(draft, NOW, &fault));
    cr_assert(approve("Jo", APPROVAL_ONE));
    struct document *again = lesson("In Ashcombe.");
    cr_assert(draft_edit(draft, again, NOW, &fault));
    cr_expect_str_eq(findings_told(), "4 authority \"Ashcombe\" undecided\n");
}

Test(draft, remembers_what_was_kept_through_an_edit)
{
    decide_all();
    cr_assert(draft_edit(draft, lesson("We met in Ashcombe, at LS1 4AP."), NOW, &fault));
    cr_expect_str_eq(findings_told(), "1 authority \"Ashcombe\" the lesson is signed with it\n"
                                      "4 postcode \"LS1 4AP\" undecided\n");
}

Test(draft, can_be_rejected_and_written_again)
{
    cr_expect_not(draft_reject(draft, "Jo", " ", NOW, &fault));
    cr_assert(draft_reject(draft, "Jo", "Says too little", NOW + 3, &fault));
    cr_expect_str_eq(draft_state_name(draft), "rejected");
    cr_expect_str_eq(draft_returned_by(draft), "Jo");
    cr_expect_str_eq(draft_returned_why(draft), "Says too little");
    cr_expect_not(approve("Sam", APPROVAL_ONE));
    cr_expect_not(decide(1, DECISION_KEEP, "why"));
    cr_assert(draft_edit(draft, lesson("We wrote much more."), NOW, &fault));
    cr_expect_str_eq(draft_returned_by(draft), "");
    cr_assert(draft_submit(draft, NOW, &fault));
}

Test(draft, is_not_submitted_with_problems)
{
    struct document *empty = document_new(&lesson_form);
    struct document *update = document_new(&update_form);

    cr_expect_not(draft_edit(draft, update, NOW, &fault));
    cr_expect_str_eq(fault.text, "the draft is of the kind \"lesson\", the file \"update\"");
    document_free(update);
    cr_assert(draft_edit(draft, empty, NOW, &fault));
    cr_expect_not(draft_submit(draft, NOW, &fault));
    cr_expect_eq(fault.kind, FAULT_INPUT);
    cr_expect_not(approve("Jo", APPROVAL_ONE));
    cr_expect_str_eq(fault.text, "the draft is written: it cannot be approved now");
}

Test(draft, gives_content_to_sign_only_once_approved)
{
    struct buffer map = {0};

    cr_expect_not(content(&map));
    cr_expect_str_eq(fault.text, "the draft is submitted: it cannot be published now");
    cr_expect_not(draft_publish(draft, NOW, &fault));
    decide_all();
    cr_assert(approve("Jo", APPROVAL_ONE));
    cr_assert(content(&map), "%s", fault.text);

    struct document *read = document_read(&lesson_form, buffer_view(&map), &fault);
    cr_assert_not_null(read, "%s", fault.text);
    static const struct {
        const char *key, *text;
    } fields[] = {{"attribution", "named"},
                  {"deid_rules", "gate-6"},
                  {"deid_human_check", "yes"},
                  {"schema", "1"}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        cr_expect(bytes_equal(document_text(read, fields[i].key), bytes_of_text(fields[i].text)),
                  "%s", fields[i].key);
    static const char *const cells[] = {"nhs_number", "replaced",  "1",    "phone", "generalised",
                                        "1",          "authority", "kept", "2"};
    cr_assert_eq(document_count(read, "deid_findings"), 9);
    for (size_t i = 0; i < 9; i++)
        cr_expect(bytes_equal(document_item(read, "deid_findings", i), bytes_of_text(cells[i])),
                  "%s", cells[i]);
    document_free(read);
    buffer_release(&map);
    cr_assert(draft_publish(draft, NOW, &fault));
    cr_expect_str_eq(draft_state_name(draft), "published");
    cr_expect_not(draft_edit(draft, NULL, NOW, &fault));
    cr_expect_not(content(&map));
}

/* As if each class had been found and decided in each way, in a draft without any. */
static void decide_all_there_is(void)
{
    static const uint8_t end[] = {0x90, 0x00, 0x90, 0x90, 0xc0, 0x90}; /* Nothing taken out, ... */
    struct buffer bytes = {0};

    draft_write(draft, &bytes);
    cr_assert_eq(memcmp(bytes.data + bytes.size - sizeof end, end, sizeof end), 0);
    bytes.size -= sizeof end;
    write_array(&bytes, (size_t)FINDING_CLASSES * DECISIONS);
    for (size_t i = 0; i < (size_t)FINDING_CLASSES * DECISIONS; i++) {
        write_array(&bytes, 3);
        write_text(&bytes, bytes_of_text(finding_kinds[i / DECISIONS].code));
        write_number(&bytes, i % DECISIONS);
        write_number(&bytes, 1);
    }
    buffer_append(&bytes, bytes_of(end + 1, sizeof end - 1));
    become(draft_read(buffer_view(&bytes), &fault));
    cr_assert_not_null(draft, "%s", fault.text);
    buffer_release(&bytes);
}

Test(draft, tells_of_every_class_and_decision)
{
    struct buffer map = {0};

    start("We wrote less.");
    decide_all_there_is();
    cr_assert(approve("Jo", APPROVAL_ONE), "%s", fault.text);
    cr_expect(content(&map), "%s", fault.text);
    buffer_release(&map);
}

/* What the node adds has to fit too, or nobody could do anything about it any more. */
Test(draft, is_not_approved_when_it_would_not_fit_with_what_the_node_adds)
{
    struct document *large = lesson("We wrote less.");
    struct buffer text = {0};

    for (unsigned i = 0; i < 1600; i++)
        buffer_append_text(&text, "so ");
    const char *const keys[] = {"how_in_detail", "what_worked", "what_did_not_work"};
    for (size_t i = 0; i < 3; i++)
        document_add(large, keys[i], text_trimmed(bytes_of(text.data, 3990)), (struct place){0});
    document_add(large, "unexpected", text_trimmed(bytes_of(text.data, 1980)), (struct place){0});
    document_add(large, "rationale", text_trimmed(bytes_of(text.data, 1320)), (struct place){0});
    start("We wrote less.");
    cr_assert(draft_edit(draft, large, NOW, &fault));
    cr_assert(draft_submit(draft, NOW, &fault), "%s", fault.text);
    decide_all_there_is();
    cr_expect_not(approve("Jo", APPROVAL_ONE));
    cr_expect_eq(fault.kind, FAULT_INPUT);
    cr_expect_neq(strstr(fault.text, "shorten it by"), NULL, "%s", fault.text);
    buffer_release(&text);
}

/* A lesson of this many bytes of text beyond what it cannot do without. */
static struct document *lesson_with(size_t size)
{
    struct document *document = lesson("We wrote less.");
    struct buffer text = {0};

    for (size_t i = 0; i < size; i++)
        buffer_append_text(&text, ".");
    size_t most = 4000;
    document_add(document, "how_in_detail", bytes_of(text.data, size < most ? size : most),
                 (struct place){0});
    document_add(document, "what_worked", bytes_of(text.data, size < most ? 0 : size - most),
                 (struct place){0});
    buffer_release(&text);
    return document;
}

static size_t bytes_to_sign(void)
{
    struct document *whole = draft_to_sign(draft);
    struct buffer map = {0}, body = {0};

    document_write(whole, &map);
    body_wrap(buffer_view(&map), &body);
    size_t size = body.size;
    buffer_release(&map);
    buffer_release(&body);
    document_free(whole);
    return size;
}

/* A record of an unnamed author has no more room: nobody could do anything about it later. */
Test(draft, without_the_name_is_handed_in_only_where_it_fits)
{
    start_as(ATTRIBUTION_ANONYMOUS, "We wrote less.");
    cr_assert(draft_edit(draft, lesson_with(7000), NOW, &fault));
    size_t room = BODY_ANONYMOUS_MAX - bytes_to_sign();
    cr_assert(draft_edit(draft, lesson_with(7000 + room), NOW, &fault));
    cr_expect_eq(bytes_to_sign(), BODY_ANONYMOUS_MAX);
    cr_expect(draft_submit(draft, NOW, &fault), "%s", fault.text);
    cr_assert(draft_edit(draft, lesson_with(7000 + room + 3), NOW, &fault));
    cr_expect_not(draft_submit(draft, NOW, &fault));
    cr_expect_eq(fault.kind, FAULT_INPUT);
    cr_expect_str_eq(fault.text,
                     "all that would be signed is 8195 bytes long, and has room for 8192 where the "
                     "author is not named: shorten it by 3 (\"How in detail\" is the longest), or "
                     "let it go out under the authority's name");

    draft_free(draft);
    draft = draft_new(lesson_with(7000 + room + 3), ATTRIBUTION_NAMED, NOW);
    cr_expect(draft_submit(draft, NOW, &fault), "%s", fault.text);
}

/* A CHI number is Scotland's: that one was taken out would tell the nation. */
Test(draft, without_the_name_tells_of_no_number_that_is_of_one_nation)
{
    struct buffer shown = {0};

    start_as(ATTRIBUTION_ANONYMOUS, "We had 010203 0006 and NHS 943 476 5919.");
    cr_expect_str_eq(findings_told(), "1 chi_number \"010203 0006\" undecided\n"
                                      "2 nhs_number \"943 476 5919\" undecided\n");
    cr_assert(decide(1, DECISION_REPLACE, "resident"), "%s", fault.text);
    cr_assert(decide(2, DECISION_REPLACE, "resident"), "%s", fault.text);
    show(&shown);
    cr_expect_null(strstr(buffer_text(&shown), "chi_number"), "%s", buffer_text(&shown));
    cr_expect_not_null(strstr(buffer_text(&shown), "nhs_number | replaced | 2"), "%s",
                       buffer_text(&shown));
    buffer_release(&shown);
}

/* Whoever has the public figures would look it up. */
Test(draft, without_the_name_quotes_no_figure)
{
    static const char *const row[] = {"ASCOF-2014", "1A", "", "2020-21", "19.3"};

    for (size_t cells = 4; cells <= 5; cells++) {
        struct document *document = lesson("We wrote less.");
        for (size_t i = 0; i < 6; i++)
            document_add(document, "indicator_refs", bytes_of_text(i < cells ? row[i] : ""),
                         (struct place){9, (uint32_t)i});
        draft_free(draft);
        draft = draft_new(document, ATTRIBUTION_ANONYMOUS, NOW);
        cr_expect_eq(draft_submit(draft, NOW, &fault), cells == 4, "%s", fault.text);
    }
    cr_expect_str_eq(fault.text, "9:4: \"Indicators\": 19.3 can be looked up, and tells which "
                                 "authority this is: leave values out where the author is not "
                                 "named, and say in a sentence what moved, and which way");
}

Test(draft, without_the_name_is_not_approved_where_decisions_made_it_too_long)
{
    struct document *document;

    start_as(ATTRIBUTION_ANONYMOUS, "We wrote less.");
    cr_assert(draft_edit(draft, lesson_with(7000), NOW, &fault));
    document = lesson_with(7000 + BODY_ANONYMOUS_MAX - 40 - bytes_to_sign());
    document_add(document, "what_did_not_work", bytes_of_text("Ann Ek"), (struct place){0});
    cr_assert(draft_set_author(draft, "Jo", &fault));
    cr_assert(draft_edit(draft, document, NOW, &fault));
    cr_assert(draft_submit(draft, NOW, &fault), "%s", fault.text);
    cr_assert(decide(1, DECISION_REPLACE, "whoever was there on the day"), "%s", fault.text);
    cr_expect_not(approve_unnamed("Sam", "No: many did this"));
    cr_expect_eq(fault.kind, FAULT_INPUT);
    cr_expect_neq(strstr(fault.text, "shorten it by"), NULL, "%s", fault.text);
}

/* Rules and lists of names come after the approval: what they find is decided first. */
Test(draft, is_not_signed_with_what_the_gate_finds_by_then)
{
    struct bytes name = bytes_of_text("wrote less");
    struct gate *later = gate_new(&(struct gate_profile){.places = {&name, 1}}, &fault);
    struct buffer map = {0};
    struct house_rules now = house();

    start("We wrote less.");
    cr_assert(approve("Jo", APPROVAL_ONE), "%s", fault.text);
    cr_expect(content(&map), "%s", fault.text);
    buffer_clear(&map);
    now.gate = later;
    cr_expect_not(draft_content(draft, &now, &map, &fault));
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    cr_expect_str_eq(fault.text,
                     "with the names and settings of now the check finds 1 thing that is "
                     "not decided: decide, then approve it again");
    cr_expect_eq(map.size, 0);
    gate_free(later);
    buffer_release(&map);
}

/* By whichever rules it was approved: where nothing more is found it goes out. */
Test(draft, tells_by_which_rules_it_was_approved)
{
    static const char version_2[] =
        "9c02a7657261737572650200cd03eacd03eaa94a6f20426c6f6767739292a66572617365739193c40c3366"
        "31633061396432623765000092a3776879"
        "9193c4124974206e616d656420417368636f6d62652e0701909194a9617574686f72697479c420d6f01d8c27"
        "2926ea5767654a7287c035cd202b3ce38781d33ecfacabbdb1da1ebc746865206c6573736f6e206973207369"
        "676e65642077697468206974019193a753616d204c6565c4201fc5b49ae47589814a9edc2d9d4d2d66133973"
        "759a517dfcaa1e300d6c24a276c0c0";
    uint8_t bytes[sizeof version_2 / 2];
    struct bytes name = bytes_of_text("it named");
    struct gate *later = gate_new(&(struct gate_profile){.places = {&name, 1}}, &fault);
    struct buffer map = {0};
    struct house_rules now = house();

    decide_all();
    cr_assert(approve("Jo", APPROVAL_ONE));
    become(kept_and_read(&map));
    cr_expect_str_eq(draft_approved_by_rules(draft, 0), GATE_RULES);
    cr_expect_eq(draft_approved_ms(draft, 0), NOW + 2);

    buffer_clear(&map);
    cr_assert(hex_read(bytes, sizeof bytes, version_2));
    become(draft_read(bytes_of(bytes, sizeof bytes), &fault));
    cr_assert_not_null(draft, "%s", fault.text);
    cr_expect_str_eq(draft_author(draft), "Jo Bloggs");
    cr_expect_str_eq(draft_approver(draft, 0), "Sam Lee");
    cr_expect_str_eq(draft_approved_by_rules(draft, 0), "");
    cr_expect_eq(draft_approved_ms(draft, 0), 0);
    cr_expect(content(&map), "%s", fault.text);

    now.gate = later;
    cr_expect_not(draft_content(draft, &now, &map, &fault));
    cr_expect_neq(strstr(fault.text, "it was approved under earlier rules, and under " GATE_RULES
                                     " the check finds "),
                  NULL, "%s", fault.text);
    gate_free(later);
    buffer_release(&map);
}

Test(draft, is_signed_only_with_the_people_behind_it_that_it_takes_by_then)
{
    struct buffer map = {0};
    struct house_rules now = house();

    start("We wrote less.");
    cr_assert(draft_set_author(draft, "Jo Bloggs", &fault));
    cr_assert(approve("J. Bloggs", APPROVAL_ONE), "%s", fault.text);
    now.policy = APPROVAL_TWO;
    cr_expect_not(draft_content(draft, &now, &map, &fault));
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    cr_expect_neq(strstr(fault.text, "it takes two people now"), NULL, "%s", fault.text);
    now.policy = APPROVAL_ONE;
    cr_expect(draft_content(draft, &now, &map, &fault), "%s", fault.text);

    start("We wrote less.");
    cr_assert(approve("Jo", APPROVAL_TWO));
    cr_assert(approve("Sam", APPROVAL_TWO));
    now.policy = APPROVAL_TWO;
    cr_expect(draft_content(draft, &now, &map, &fault), "%s", fault.text);
    buffer_release(&map);
}

Test(draft, is_not_signed_before_it_is_due)
{
    struct buffer map = {0};
    struct house_rules now = house();

    start("We wrote less.");
    cr_assert(consents(&(struct consent){
        .by = "Jo", .read = draft_digest(draft), .policy = APPROVAL_ONE, .hold_ms = 100}));
    now.now_ms = NOW + 101;
    cr_expect_not(draft_content(draft, &now, &map, &fault));
    cr_expect_str_eq(fault.text, "the time for which it is held is not over");
    now.now_ms = NOW + 102;
    cr_expect(draft_content(draft, &now, &map, &fault), "%s", fault.text);
    buffer_release(&map);
}

Test(draft, falls_back_to_submitted_when_the_node_does_not_sign_it)
{
    struct buffer bytes = {0}, why = {0};

    cr_expect_not(draft_turn_back(draft, DRAFT_SUBMITTED, "no", NOW, &fault));
    decide_all();
    cr_assert(approve("Jo", APPROVAL_ONE));
    cr_expect_not(draft_was_turned_back(draft));
    cr_assert(draft_turn_back(draft, DRAFT_SUBMITTED, "the check\n finds more", NOW + 7, &fault));
    cr_expect_eq(draft_state(draft), DRAFT_SUBMITTED);
    cr_expect_eq(draft_approvals(draft), 0);
    become(kept_and_read(&bytes));
    cr_expect(draft_was_turned_back(draft));
    cr_expect_str_eq(draft_returned_by(draft), "the node");
    cr_expect_str_eq(draft_returned_why(draft), "the check finds more");
    cr_assert(approve("Sam", APPROVAL_TWO), "%s", fault.text);
    cr_expect(draft_was_turned_back(draft), "one of two has read it again");
    cr_assert(approve("Jo", APPROVAL_TWO), "%s", fault.text);
    cr_expect_not(draft_was_turned_back(draft));
    cr_expect_str_eq(draft_returned_why(draft), "");

    for (unsigned i = 0; i < 300; i++)
        buffer_append_text(&why, "é");
    cr_assert(draft_turn_back(draft, DRAFT_REJECTED, buffer_text(&why), NOW, &fault));
    cr_expect_eq(strlen(draft_returned_why(draft)), DRAFT_REASON_MAX);
    buffer_clear(&bytes);
    become(kept_and_read(&bytes));
    buffer_release(&bytes);
    buffer_release(&why);
}

Test(draft, is_the_same_after_the_store_kept_it)
{
    struct buffer bytes = {0};

    become(kept_and_read(&bytes));
    decide_all();
    buffer_clear(&bytes);
    become(kept_and_read(&bytes));
    cr_expect_eq(draft_undecided(draft, gate), 0);
    cr_assert(approve("Jo", APPROVAL_TWO));
    buffer_clear(&bytes);
    become(kept_and_read(&bytes));
    cr_assert(approve("Sam", APPROVAL_TWO));
    buffer_clear(&bytes);
    become(kept_and_read(&bytes));
    cr_expect_eq(draft_state(draft), DRAFT_APPROVED);
    cr_expect_str_eq(draft_approver(draft, 1), "Sam");
    cr_assert(draft_reject(draft, "Lee", "No", NOW, &fault));
    buffer_clear(&bytes);
    become(kept_and_read(&bytes));
    cr_expect_str_eq(draft_returned_why(draft), "No");
    buffer_release(&bytes);
}

Test(draft, is_the_same_after_the_store_kept_what_people_said_of_it)
{
    struct buffer bytes = {0};

    start_unnamed("Jo");
    cr_assert(approve_unnamed("Sam", "No: many did this"));
    become(kept_and_read(&bytes));
    cr_expect_eq(draft_attribution(draft), ATTRIBUTION_ANONYMOUS);
    cr_expect_str_eq(draft_author(draft), "Jo");
    cr_expect_str_eq(draft_answer(draft, 0), "No: many did this");
    cr_expect_eq(draft_release_ms(draft), NOW + 102);
    cr_assert(draft_withdraw(draft, "Lee", NULL, NOW, &fault));
    buffer_clear(&bytes);
    become(kept_and_read(&bytes));
    cr_expect_eq(draft_state(draft), DRAFT_WRITTEN);
    cr_expect_str_eq(draft_returned_by(draft), "Lee");
    cr_expect_str_eq(draft_returned_why(draft), "");
    buffer_release(&bytes);
}

/* Nobody is published but the authority. */
Test(draft, publishes_neither_names_nor_the_answer)
{
    struct buffer map = {0};

    start_unnamed("Josephine");
    cr_assert(approve_unnamed("Samantha", "No: many did this"));
    cr_assert(content(&map), "%s", fault.text);
    buffer_append(&map, bytes_of("", 1));
    for (size_t i = 0; i < map.size; i++)
        for (size_t k = 0; k < 3; k++) {
            static const char *const words[] = {"Josephine", "Samantha", "many did this"};
            cr_assert_neq(strncmp((const char *)map.data + i, words[k], strlen(words[k])), 0);
        }
    buffer_release(&map);
}

/* As version 3 wrote it: without a word of hidden rows. */
Test(draft, of_version_3_is_read)
{
    struct buffer bytes = {0};

    decide_all();
    draft_write(draft, &bytes);
    bytes.data[0] = 0x9d;
    bytes.data[1] = 3;
    bytes.size--;
    struct draft *read = draft_read(buffer_view(&bytes), &fault);
    cr_assert_not_null(read, "%s", fault.text);
    cr_expect_eq(draft_hidden_rows(read), 0);
    become(read);
    cr_expect(approve("Jo", APPROVAL_ONE), "%s", fault.text);
    buffer_release(&bytes);
}

static struct document *figures(void)
{
    static const struct {
        const char *key, *text;
    } fields[] = {{"framework", "LOCAL-2024"},
                  {"area_gss", "E08000999"},
                  {"period", "2023-24"},
                  {"status", "final"},
                  {"sdc_profile", "standard"}};
    static const char *const groups[] = {"Female", "Male", "Total"};
    struct document *document = document_new(&snapshot_form);

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        document_add(document, fields[i].key, bytes_of_text(fields[i].text), (struct place){0});
    for (size_t i = 0; i < 3; i++)
        snapshot_add_row(document,
                         &(struct snapshot_row){.code = bytes_of_text("W1"),
                                                .disaggregation = bytes_of_text(groups[i]),
                                                .figure.flag = "c"});
    return document;
}

/* Whoever approves figures sees why some are hidden, and nobody else does. */
Test(draft, keeps_why_rows_are_hidden_in_the_house)
{
    struct buffer bytes = {0}, told = {0}, untold = {0};
    enum hidden_because because;

    draft_free(draft);
    draft = draft_new(figures(), ATTRIBUTION_NAMED, NOW);
    cr_assert(draft_submit(draft, NOW, &fault), "%s", fault.text);
    struct digest before = draft_digest(draft);
    cr_assert(approve("Jo", APPROVAL_ONE), "%s", fault.text);
    cr_assert(content(&untold), "%s", fault.text);
    draft_note_hidden(draft, 0, HIDDEN_SMALL);
    draft_note_hidden(draft, 2, HIDDEN_COMPANY);
    struct digest after = draft_digest(draft);
    cr_expect(digest_equal(&before, &after));
    become(kept_and_read(&bytes));
    cr_assert_eq(draft_hidden_rows(draft), 2);
    cr_expect_eq(draft_hidden_row(draft, 1, &because), 2);
    cr_expect_eq(because, HIDDEN_COMPANY);
    cr_assert(content(&told), "%s", fault.text);
    cr_expect(bytes_equal(buffer_view(&told), buffer_view(&untold)));

    bytes.data[bytes.size - 2] = 3; /* There are three rows. */
    cr_expect_null(draft_read(buffer_view(&bytes), &fault));
    bytes.data[bytes.size - 2] = 1;
    bytes.data[bytes.size - 1] = HIDDEN_REASONS;
    cr_expect_null(draft_read(buffer_view(&bytes), &fault));
    cr_assert(draft_edit(draft, figures(), NOW, &fault));
    cr_expect_eq(draft_hidden_rows(draft), 0, "they are of the rows that were there");
    buffer_release(&bytes);
    buffer_release(&told);
    buffer_release(&untold);
}

/* As version 1 wrote it: an erasure with its reason kept, approved by Jo, and later rejected by
 * Lee.
 */
Test(draft, of_version_1_is_read)
{
    static const char approved[] = "9a01a7657261737572650200cd03ea9292a66572617365739193c40c3366316"
                                   "33061396432623765000092a3776879"
                                   "9193c4124974206e616d656420417368636f6d62652e0107909194a86f776e5"
                                   "f6e616d65c420d6f01d8c272926ea57"
                                   "67654a7287c035cd202b3ce38781d33ecfacabbdb1da1ea46f757273019192a"
                                   "24a6fc4201fc5b49ae47589814a9edc"
                                   "2d9d4d2d66133973759a517dfcaa1e300d6c24a276c0";
    static const char rejected[] =
        "9a01a7657261737572650300cd03e89292a66572617365739193c40c336631633061396432623765000092a377"
        "6879"
        "9193c4124974206e616d656420417368636f6d62652e0107909194a86f776e5f6e616d65c420d6f01d8c272926"
        "ea57"
        "67654a7287c035cd202b3ce38781d33ecfacabbdb1da1ea46f757273019092a34c6565a24e6f";
    uint8_t bytes[256];
    struct buffer map = {0};

    cr_assert(hex_read(bytes, sizeof approved / 2, approved));
    become(draft_read(bytes_of(bytes, sizeof approved / 2), &fault));
    cr_assert_not_null(draft, "%s", fault.text);
    cr_expect_eq(draft_outlook(draft, 0), OUTLOOK_DUE);
    cr_expect_str_eq(draft_approver(draft, 0), "Jo");
    cr_expect_str_eq(draft_author(draft), "");
    cr_expect(content(&map), "%s", fault.text);
    buffer_release(&map);
    become(kept_and_read(&map));
    buffer_release(&map);

    cr_assert(hex_read(bytes, sizeof rejected / 2, rejected));
    become(draft_read(bytes_of(bytes, sizeof rejected / 2), &fault));
    cr_assert_not_null(draft, "%s", fault.text);
    cr_expect_str_eq(draft_returned_by(draft), "Lee");
}

/* The rules of a later version may have other classes: what is in the house is still there. */
Test(draft, is_read_where_a_class_is_none_any_more)
{
    struct findings findings = {0};
    struct buffer bytes = {0};

    decide_all();
    draft_findings(draft, gate, &findings);
    const char *code = finding_kinds[findings.list[0].class].code;
    draft_write(draft, &bytes);
    for (size_t i = 0; i + strlen(code) <= bytes.size; i++)
        if (memcmp(bytes.data + i, code, strlen(code)) == 0)
            bytes.data[i] = 'z';
    findings_release(&findings);
    become(draft_read(buffer_view(&bytes), &fault));
    cr_assert_not_null(draft, "%s", fault.text);
    cr_expect_eq(draft_undecided(draft, gate), 1, "the names are to be decided again");
    buffer_release(&bytes);
}

Test(draft, keeps_nothing_of_what_was_taken_out)
{
    struct buffer bytes = {0};

    decide_all();
    draft_write(draft, &bytes);
    for (size_t i = 0; i + 8 <= bytes.size; i++) {
        cr_assert_neq(memcmp(bytes.data + i, "476 5919", 8), 0);
        cr_assert_neq(memcmp(bytes.data + i, "960 123", 7), 0);
    }
    buffer_release(&bytes);
}

/* A row altered in the store may be unreadable or another draft, but never an approved text that
 * nobody approved. */
Test(draft, is_not_approved_by_altering_its_bytes)
{
    struct buffer bytes = {0};
    unsigned readable = 0;

    decide_all();
    cr_assert(approve("Jo", APPROVAL_ONE));
    struct digest approved = draft_digest(draft);
    draft_write(draft, &bytes);
    for (size_t bit = 0; bit < 8 * bytes.size; bit++) {
        bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        struct draft *read = draft_read(buffer_view(&bytes), &fault);
        if (read != NULL && draft_state(read) == DRAFT_APPROVED) {
            struct digest digest = draft_digest(read);
            cr_assert(digest_equal(&digest, &approved), "bit %zu", bit);
            readable++;
        }
        draft_free(read);
        bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    cr_expect_gt(readable, 0); /* Places, times, names: not the text. */
    for (size_t size = 0; size < bytes.size; size++)
        cr_assert_null(draft_read(bytes_of(bytes.data, size), &fault));
    buffer_release(&bytes);
}

/* A release is compared with the next by what its groups are called. */
Test(draft, of_figures_keeps_the_names_of_its_groups)
{
    struct document *document = figures();

    snapshot_add_row(document, &(struct snapshot_row){.code = bytes_of_text("W1"),
                                                      .disaggregation = bytes_of_text("Ashcombe"),
                                                      .figure.flag = "c"});
    draft_free(draft);
    draft = draft_new(document, ATTRIBUTION_NAMED, NOW);
    cr_assert(draft_submit(draft, NOW, &fault), "%s", fault.text);
    cr_expect_not(decide(1, DECISION_REPLACE, "[a ward]"));
    cr_expect_not_null(strstr(fault.text, "import it again"), "%s", fault.text);
    cr_expect_not(decide(1, DECISION_GENERALISE, "a ward"));
    cr_expect_str_eq(findings_told(), "1 authority \"Ashcombe\" undecided\n");
    cr_expect(decide(1, DECISION_KEEP, "it is our own ward"), "%s", fault.text);
}

Test(draft, serves_kinds_that_tell_nothing_of_the_check)
{
    static const char *const cells[] = {"1A", "Total", "19.1", "", "2035", "230", "0.5", ""};
    struct document *snapshot = document_new(&snapshot_form);
    struct buffer map = {0};

    draft_free(draft);
    document_add(snapshot, "framework", bytes_of_text("ASCOF-2014"), (struct place){0});
    document_add(snapshot, "area_gss", bytes_of_text("E06000014"), (struct place){0});
    document_add(snapshot, "period", bytes_of_text("2020-21"), (struct place){0});
    document_add(snapshot, "status", bytes_of_text("final"), (struct place){0});
    document_add(snapshot, "sdc_profile", bytes_of_text("strict"), (struct place){0});
    document_add(snapshot, "topic", bytes_of_text("ascof"), (struct place){0});
    for (size_t i = 0; i < 8; i++)
        document_add(snapshot, "rows", bytes_of_text(cells[i]), (struct place){0});
    draft = draft_new(snapshot, ATTRIBUTION_NAMED, NOW);
    cr_expect(bytes_equal(draft_title(draft), bytes_of_text("ASCOF-2014")));
    cr_assert(draft_submit(draft, NOW, &fault), "%s", fault.text);
    cr_assert(approve("Jo", APPROVAL_ONE), "%s", fault.text);
    cr_assert(content(&map), "%s", fault.text);
    struct document *read = document_read(&snapshot_form, buffer_view(&map), &fault);
    cr_expect_not_null(read, "%s", fault.text);
    document_free(read);
    buffer_release(&map);
}
