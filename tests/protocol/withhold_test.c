#include "protocol/message.h"
#include "protocol/withhold.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct gate *gate;
static struct fault fault;

static void open_gate(void)
{
    gate = gate_new(&(struct gate_profile){0}, &fault);
    cr_assert_not_null(gate, "%s", fault.text);
}

static void close_gate(void)
{
    gate_free(gate);
}

TestSuite(withhold, .init = open_gate, .fini = close_gate);

static struct withheld withheld;

static const char *shown(const char *text)
{
    static struct buffer to;

    buffer_clear(&to);
    withheld = (struct withheld){0};
    text_withhold(gate, bytes_of_text(text), &to, &withheld);
    return buffer_text(&to);
}

static const char *in_words(void)
{
    static struct buffer to;

    buffer_clear(&to);
    withheld_write(&withheld, &to);
    return buffer_text(&to);
}

Test(withhold, leaves_out_what_identifies_somebody_and_nothing_else)
{
    static const struct {
        const char *text, *shown, *in_words;
    } rows[] = {
        {"", "", ""},
        {"Ring the duty line.", "Ring the duty line.", ""},
        {"Ring 01632 960 123 at once.", "Ring [withheld: a telephone number] at once.",
         "a telephone number"},
        {"943 476 5919", "[withheld: an NHS number]", "an NHS number"},
        {"jane@kelder.example.uk, 07700 900123",
         "[withheld: an e-mail address], [withheld: a telephone number]",
         "an e-mail address and a telephone number"},
        {"AB 12 34 56 C: jane@kelder.example.uk or 07700 900123.",
         "[withheld: a National Insurance number]: [withheld: an e-mail address] or "
         "[withheld: a telephone number].",
         "a National Insurance number, an e-mail address and a telephone number"},
        {"It began in 2019/20 and cost \xc2\xa3\x31,200,000.",
         "It began in 2019/20 and cost \xc2\xa3\x31,200,000.", ""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_str_eq(shown(rows[i].text), rows[i].shown);
        cr_expect_str_eq(in_words(), rows[i].in_words);
    }
}

Test(withhold, leaves_what_a_person_may_keep)
{
    cr_expect_str_eq(shown("She was born on 3 May 1941 in LS1 4AP."),
                     "She was born on 3 May 1941 in LS1 4AP.");
    cr_expect_eq(withheld.count, 0);
}

Test(withhold, takes_what_could_not_be_read_for_nobodys)
{
    /* Three digits of another script, then one that nobody sees. */
    cr_expect_str_eq(shown("Room \xd9\xa1\xd9\xa2\xd9\xa3, up\xe2\x80\x8bstairs"),
                     "Room [withheld: a text that could not be checked], "
                     "up[withheld: a text that could not be checked]stairs");
    cr_expect_eq(withheld.count, 2);
    cr_expect_not(withheld_identifies(&withheld));
    shown("07700 900123 and \xd9\xa1");
    cr_expect(withheld_identifies(&withheld));
}

Test(withhold, goes_through_every_text_of_a_document)
{
    static const char file[] =
        "Title: Ring 01632 960123\nService: home_care\nOutcome: worked\nStage: midway\n"
        "Evidence: opinion\nSource: project\nElapsed weeks: 12\n\n"
        "## Abstract\nWrite to jane@kelder.example.uk.\n\n## What we did\nNothing.\n\n"
        "## Steps\n- One\n- Two: 07700 900123\n\n"
        "## Setbacks\n- midway | It rang at 01632 960123 | No answer\n\n"
        "## Recommendation\nDo not.\n";
    struct problems problems = {0};
    struct document *document = document_parse(&lesson_form, bytes_of_text(file), &problems);
    struct buffer printed = {0};

    cr_assert_eq(problems.count, 0);
    withheld = (struct withheld){0};
    document_withhold_field(gate, document, "title", &withheld);
    cr_expect_eq(withheld.count, 1);
    document_withhold(gate, document, &withheld);
    cr_expect_eq(withheld.count, 4);
    document_print(document, &printed);
    cr_expect_null(strstr(buffer_text(&printed), "960123"));
    cr_expect_null(strstr(buffer_text(&printed), "900123"));
    cr_expect_null(strstr(buffer_text(&printed), "jane"));
    cr_expect_not_null(strstr(buffer_text(&printed),
                              "- midway | It rang at [withheld: a telephone number] | No answer"));
    cr_expect_not_null(strstr(buffer_text(&printed), "Elapsed weeks: 12\n"));
    buffer_release(&printed);
    document_free(document);
    problems_release(&problems);
}

/* Codes are all that a reader of notices takes. */
Test(withhold, can_tell_of_whatever_it_finds_wherever_that_is)
{
    struct buffer frame = {0};
    struct message message;

    for (size_t f = 0; forms[f] != NULL; f++)
        for (size_t i = 0; i < forms[f]->count; i++)
            for (size_t class = 0; class < FINDING_CLASSES; class ++) {
                const struct notice notice = {.field = bytes_of_text(forms[f]->fields[i].key),
                                              .class = bytes_of_text(finding_kinds[class].code)};
                buffer_clear(&frame);
                notice_write(bytes_of_text(GATE_RULES), &notice, 1, &frame);
                cr_expect(message_read(&message, buffer_view(&frame), &fault), "%s", fault.text);
                message_release(&message);
            }
    buffer_release(&frame);
}

Test(withhold, knows_what_may_stand_where)
{
    static const struct {
        const char *kind, *field, *class;
        bool may;
    } rows[] = {
        {"lesson", "title", "phone", true},
        {"lesson", "setbacks", "nhs_number", true},
        {"update", "what_changed", "email", true},
        {"lesson", "titles", "phone", false},
        {"lesson", "title", "telephone", false},
        {"lesson", "title", "person", false}, /* Is shown. */
        {"lesson", "title", "unread", false}, /* Shows nothing. */
        {"lesson", "topic", "phone", false},  /* Of the header. */
        {"lesson", "deid_rules", "phone", false},
        {"snapshot", "what_we_did", "phone", false},
        {"receipt", "title", "phone", false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(finding_may_stand(bytes_of_text(rows[i].kind), bytes_of_text(rows[i].field),
                                       bytes_of_text(rows[i].class)),
                     rows[i].may, "%s in %s of a %s", rows[i].class, rows[i].field, rows[i].kind);
}
