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

static struct document *document_with(const struct form *form, const char *key,
                                      const char *const *items, size_t count)
{
    struct document *document = document_new(form);

    for (size_t i = 0; i < count; i++)
        document_add(document, key, bytes_of_text(items[i]), (struct place){0});
    withheld = (struct withheld){0};
    document_withhold(gate, document, &withheld);
    return document;
}

static void expect_shown(const struct document *document, const char *key, size_t item,
                         const char *expected)
{
    struct bytes text = document_item(document, key, item);

    cr_expect(bytes_equal(text, bytes_of_text(expected)), "%s, %zu: %.*s", key, item,
              (int)text.size, (const char *)text.data);
}

Test(withhold, reads_the_texts_of_rows_and_leaves_their_figures)
{
    static const char *const cells[] = {
        "07700 900123", "Grace Okonkwo NHS 943 476 5919", "9434765919", "", "", "", "", "",
        "1C2A",         "Female / 65 and over",           "9434765919", "", "", "", "", "c",
    };
    struct document *document = document_with(&snapshot_form, "rows", cells, 16);

    expect_shown(document, "rows", 0, "[withheld: a telephone number]");
    expect_shown(document, "rows", 1, "Grace Okonkwo NHS [withheld: an NHS number]");
    for (size_t i = 2; i < 16; i++)
        expect_shown(document, "rows", i, cells[i]);
    document_free(document);
}

Test(withhold, reads_whatever_a_stranger_may_write_freely)
{
    static const char *const slip[] = {"07700 900123"};
    static const struct {
        const struct form *form;
        const char *key;
    } rows[] = {
        {&lesson_form, "deid_rules"},      {&lesson_form, "deid_findings"},
        {&profile_form, "endpoints"},      {&profile_form, "context"},
        {&profile_form, "area_codes"},     {&indicator_form, "successors"},
        {&indicator_form, "predecessors"}, {&snapshot_form, "period"},
        {&snapshot_form, "framework"},     {&snapshot_form, "area_gss"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct document *document = document_with(rows[i].form, rows[i].key, slip, 1);
        expect_shown(document, rows[i].key, 0, "[withheld: a telephone number]");
        document_free(document);
    }
}

/* A word that we do not know may be a later version's, and what is no whole id, no id at all. */
Test(withhold, reads_words_and_ids_of_strangers_that_are_none)
{
    static const char id[] = "0770090012300000077009001230000007700900123000000770090012300000";
    static const char *const ids[] = {"07700900123", id};
    static const char *const words[] = {"dementia", "ring_07700_900123", "later_word_2",
                                        "9434765919"};
    struct document *document = document_with(&review_form, "baseline", ids, 2);

    expect_shown(document, "baseline", 0, "[withheld: a telephone number]");
    expect_shown(document, "baseline", 1, id);
    document_free(document);
    document = document_with(&lesson_form, "client_group", words, 4);
    expect_shown(document, "client_group", 0, "dementia");
    expect_shown(document, "client_group", 1, "ring_[withheld: a telephone number]");
    expect_shown(document, "client_group", 2, "later_word_2");
    expect_shown(document, "client_group", 3, "[withheld: an NHS number]");
    document_free(document);
}

Test(withhold, finds_a_number_that_goes_on_in_the_next_item_or_cell)
{
    static const char *const steps[] = {"One", "The mobile begins with 07700", "900123 is the rest",
                                        "Four"};
    static const char *const cells[] = {"midway", "It was 943 476", "5919 that rang"};
    struct document *document = document_with(&lesson_form, "steps", steps, 4);

    cr_expect_eq(withheld.classes, 1U << FINDING_PHONE);
    expect_shown(document, "steps", 0, "One");
    expect_shown(document, "steps", 1, "The mobile begins with [withheld: a telephone number]");
    expect_shown(document, "steps", 2, "[withheld: a telephone number] is the rest");
    expect_shown(document, "steps", 3, "Four");
    document_free(document);
    document = document_with(&lesson_form, "setbacks", cells, 3);
    cr_expect_eq(withheld.classes, 1U << FINDING_NHS_NUMBER);
    expect_shown(document, "setbacks", 1, "It was [withheld: an NHS number]");
    expect_shown(document, "setbacks", 2, "[withheld: an NHS number] that rang");
    document_free(document);
}

/* Neither do rows run into one another, nor a cell into the figures beside it. */
Test(withhold, makes_no_number_of_figures_that_stand_side_by_side)
{
    static const char *const cells[] = {
        "943", "476", "5919", "", "",     "",    "", "", "0770", "18-64", "0900123", "",
        "",    "",    "",     "", "0900", "123", "", "", "",     "",      "",        "",
    };
    static const char *const steps[] = {"2019/20: 943", "2020/21: 476", "2021/22: 5919"};

    document_free(document_with(&snapshot_form, "rows", cells, 24));
    cr_expect_eq(withheld.count, 0);
    document_free(document_with(&lesson_form, "steps", steps, 3));
    cr_expect_eq(withheld.count, 0);
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
        {"lesson", "outcome", "phone", true}, /* A word that is not ours. */
        {"lesson", "elapsed_weeks", "phone", false},
        {"review", "baseline", "phone", true}, /* Ids. */
        {"lesson", "deid_rules", "phone", true},
        {"snapshot", "rows", "nhs_number", true},
        {"indicator", "successors", "phone", true},
        {"profile", "context", "phone", true},
        {"snapshot", "what_we_did", "phone", false},
        {"receipt", "title", "phone", false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(finding_may_stand(bytes_of_text(rows[i].kind), bytes_of_text(rows[i].field),
                                       bytes_of_text(rows[i].class)),
                     rows[i].may, "%s in %s of a %s", rows[i].class, rows[i].field, rows[i].kind);
}
