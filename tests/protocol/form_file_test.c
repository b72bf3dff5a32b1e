#include "tests/protocol/random_document.h"

#include <criterion/criterion.h>
#include <string.h>

/* What a person typed, and every sentence that is said about it. */

/* Lines 1 to 6. */
#define TOP                                                                                        \
    "Title: Ask the tenant first\n"                                                                \
    "Service: housing_homelessness\n"                                                              \
    "Outcome: worked\n"                                                                            \
    "Stage: completed\n"                                                                           \
    "Evidence: before_after\n"                                                                     \
    "Source: project\n"
#define SECTIONS                                                                                   \
    "\n## Abstract\nWe asked first.\n"                                                             \
    "\n## What we did\nWe asked.\n"                                                                \
    "\n## Recommendation\nAsk.\n"

#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN

static const struct {
    const char *file, *complaints;
} lessons[] = {
    {TOP SECTIONS, ""},

    /* What people type is taken as it is meant. */
    {"\xef\xbb\xbf" TOP SECTIONS, ""},
    {"title : Ask the tenant first\r\nSERVICE: Housing homelessness\r\noutcome:\tWorked\r\n"
     "Stage: completed\r\nEvidence: Before-after\r\nSource: project\r\n\r\n## abstract:\r\nWe "
     "asked.\r\n\r\n##What we did\r\nAsked.\r\n## Recommendation\r\nAsk.\r\n",
     ""},
    {TOP SECTIONS "## Aim in users\xe2\x80\x99 words\nI can ask.\n", ""},
    {TOP SECTIONS "## Steps\n- one\n* two\n  goes on\n3. three\n\n- four\n", ""},
    {TOP "<!-- not this -->\nScale:\n\n" SECTIONS "<!-- nor\nthis\n## or this -->\n", ""},
    {TOP "Kind: Lesson\n" SECTIONS, ""},
    {TOP SECTIONS "## Setbacks\n- | We lost a \\| b | \n", ""},

    /* Names. */
    {"Titel: Ask\n" TOP SECTIONS,
     "1:1 unknown_name: there is no \"Titel\"; did you mean "
     "\"Title\"?\n"
     "2:1 twice: \"Title\" is there twice, first in line 1: keep one\n"},
    {TOP "  Colour: red\n" SECTIONS,
     "7:3 unknown_name: there is no \"Colour\" in a file of kind \"lesson\"; the template has all "
     "names\n"},
    {TOP SECTIONS "## What did not\nIt cost more.\n",
     "16:4 unknown_name: there is no \"What did not\"; did you mean \"What did not work\"?\n"},
    {TOP "Outcome: no_effect\n" SECTIONS,
     "7:1 twice: \"Outcome\" is there twice, first in line 3: keep one\n"},
    {TOP SECTIONS "## Abstract\nAgain.\n",
     "16:4 twice: \"Abstract\" is there twice, first in line 8: keep one\n"},
    {TOP "Rationale: because\n" SECTIONS,
     "7:1 wrong_place: \"Rationale\" is a section: write \"## Rationale\" and the text below it\n"},
    {TOP SECTIONS "## Scale\nteam\n",
     "17:1 wrong_place: \"Scale\" belongs on top: write it there as \"Scale: ...\"\n"},
    {TOP "# Ask the tenant first\n" SECTIONS,
     "7:1 outside: this line belongs to nothing: begin it with a name, such as \"Title:\", or put "
     "it below a heading\n"},
    {TOP "Kind: upbate\n" SECTIONS,
     "7:7 wrong_kind: kind \"upbate\" is not known; did you mean \"update\"?\n"},
    {TOP "Kind: update\n" SECTIONS,
     "7:7 wrong_kind: this file is of kind \"update\", read as \"lesson\"\n"},

    /* Words. */
    {TOP "Scale: teem\n" SECTIONS, "7:8 unknown_word: scale \"teem\" is not known; did you mean "
                                   "\"team\"?\n"},
    {TOP "Scale: huge\n" SECTIONS,
     "7:8 unknown_word: scale \"huge\" is not known; it is one of team, service, council_wide, "
     "place_wide, regional\n"},
    {TOP "Clients: older, homelessness, craers\n" SECTIONS,
     "7:17 unknown_word: client group \"homelessness\" is not known; did you mean \"homeless\"?\n"
     "7:31 unknown_word: client group \"craers\" is not known; did you mean \"carers\"?\n"},
    {TOP "Clients: whoever\n" SECTIONS,
     "7:10 unknown_word: client group \"whoever\" is not known; candour lesson new --all lists all "
     "17\n"},
    {TOP "Clients: people with, people wiht dementia, pe\n" SECTIONS,
     "7:10 unknown_word: client group \"people_with\" is not known; it may be one of "
     "learning_disability, mental_health, physical, sensory, dementia, homeless: write more of it\n"
     "7:23 unknown_word: client group \"people_wiht_dementia\" is not known; did you mean "
     "\"dementia\"?\n"
     "7:45 unknown_word: client group \"pe\" is not known; candour lesson new --all lists all "
     "17\n"},
    {TOP "Clients: older,, older ,\n" SECTIONS,
     "7:18 repeated: \"Clients\" names \"older\" twice: delete one\n"},
    {"Title: Ask\nService: send, planning, carers, fire, housing_homelessness\n"
     "Outcome: worked\nStage: completed\nEvidence: opinion\nSource: pilot\n" SECTIONS,
     "2:34 too_many: \"Service\" has 5 items, at most 3: delete 2\n"},

    /* Dates and numbers. */
    {TOP "Review again: 2026-02-30\n" SECTIONS,
     "7:15 bad_date: \"Review again\": \"2026-02-30\" is not a date; write it as year-month-day, "
     "such as 2026-03-31, or year-month\n"},
    {TOP "Elapsed weeks: 3.5\n" SECTIONS,
     "7:16 bad_character: \"Elapsed weeks\": \"3.5\" may have only digits\n"},
    {TOP "Elapsed weeks: 007\n" SECTIONS, "7:16 bad_number: \"Elapsed weeks\": \"007\" is not a "
                                          "number; write it like 12.50, with digits "
                                          "only, at most 18 of them, 9 behind the point\n"},
    {TOP "Topic: Direct Payments\n" SECTIONS, "7:8 bad_character: \"Topic\": \"Direct Payments\" "
                                              "may have only lower-case letters, digits, - "
                                              "and /\n"},

    /* Lengths. */
    {"Title: " FIFTY FIFTY TEN TEN "x\nService: carers\nOutcome: worked\nStage: completed\n"
     "Evidence: opinion\nSource: pilot\n" SECTIONS,
     "1:8 too_long: \"Title\" is 121 bytes long, at most 120: shorten it by 1\n"},
    {TOP SECTIONS "## Questions for teams\n- a?\n- b?\n- c?\n- d?\n",
     "20:3 too_many: \"Questions for teams\" has 4 items, at most 3: delete 1\n"},

    /* What is missing. */
    {"Service: carers\nOutcome: worked\nStage: completed\nEvidence: opinion\nSource: "
     "pilot\n" SECTIONS,
     "1:1 missing: \"Title\" is missing. What was tried and how it went, in a line that a stranger "
     "understands.\n"},
    {TOP "\n## Abstract\nWe asked.\n\n## What we did\n\n## Recommendation\n<!-- ? -->\nAsk.\n",
     "1:1 missing: \"What we did\" is missing. Tell it as you would tell a colleague in another "
     "council.\n"},
    {"Title: Ask\nService: carers\nOutcome: harmful\nStage: completed\nEvidence: opinion\nSource: "
     "pilot\n" SECTIONS,
     "3:10 missing: \"What did not work\" is missing: only a lesson whose outcome is \"worked\" "
     "may "
     "leave it out\n"},

    /* Rows and lists. */
    {TOP SECTIONS "## Setbacks\n- planning | a | b | c\n",
     "17:3 too_many_cells: \"Setbacks\" has 3 columns (stage | what | response), this row has 4: "
     "write \\| for a bar in a text\n"},
    {TOP SECTIONS "## Setbacks\n- plannig | a\n-  |  | b\n- |\n",
     "17:3 unknown_word: stage \"plannig\" is not known; did you mean \"planning\"?\n"
     "18:4 missing_cell: \"Setbacks\": this row lacks \"what\", its cell 2\n"
     "19:3 missing_cell: \"Setbacks\" has an empty row: delete it\n"},
    {TOP SECTIONS "## Indicators\n- ASCOF-2014 | 1C | 7 | 2020 | 8 | 2021\n- F | 5 | 5.5 | 5 | 0\n",
     "17:21 small_count: \"Indicators\": 7 may be a number of people, and so few can be "
     "recognised: leave it out. If it counts nobody (a percentage, a score, days), say so in a "
     "sentence of another section\n"},
    {TOP SECTIONS "## Indicators\n- A | B | 8.0 | 2020 | 3.0 | 2021\n- A | C | -8 | 2020 | -3\n"
                  "- A | D | 0.0 | 2020 | 0.3 | 2021\n- A | E | 1.00\n",
     "17:24 small_count: \"Indicators\": 3.0 may be a number of people, and so few can be "
     "recognised: leave it out. If it counts nobody (a percentage, a score, days), say so in a "
     "sentence of another section\n"
     "18:23 small_count: \"Indicators\": -3 may be a number of people, and so few can be "
     "recognised: leave it out. If it counts nobody (a percentage, a score, days), say so in a "
     "sentence of another section\n"
     "20:11 small_count: \"Indicators\": 1.00 may be a number of people, and so few can be "
     "recognised: leave it out. If it counts nobody (a percentage, a score, days), say so in a "
     "sentence of another section\n"},
    {TOP SECTIONS "## Indicators\n- ASCOF-2014 | 1C | 12,5 | 2020 | -0\n",
     "17:21 bad_number: \"Indicators\", baseline_value: \"12,5\" is not a number; write it like "
     "12.50, with digits only, at most 18 of them, 9 behind the point\n"
     "17:35 bad_number: \"Indicators\", later_value: \"-0\" is not a number; write it like 12.50, "
     "with digits only, at most 18 of them, 9 behind the point\n"},
    {TOP SECTIONS "## Steps\nfirst\n- second\n",
     "17:1 no_bullet: \"Steps\" is a list: begin the line with \"- \"\n"},

    /* Comments and characters. */
    {TOP SECTIONS "<!-- for me\n\n## Steps\n- one\n",
     "16:1 unclosed_comment: this comment does not end: write --> behind it\n"},
    {TOP SECTIONS "## Steps\n<!-- a\n<!-- b -->\n- one\n",
     "17:1 unclosed_comment: this comment does not end: write --> behind it\n"},
    {TOP SECTIONS "<!-- for me --> for you\n",
     "16:17 text_after_comment: what stands behind a comment is left out: put it on a line of its "
     "own\n"},
    {TOP "Released by: caf\xe9 \xe9\n" SECTIONS,
     "7:17 not_utf8: this is not valid UTF-8: save the file as UTF-8\n"},
    {TOP SECTIONS "## Rationale\nBe\acause\nof \xe2\x80\xaethis.\n",
     "17:3 control_character: here is a character that cannot be seen: delete it\n"
     "18:4 control_character: here is a character that cannot be seen: delete it\n"},
    {TOP "Released by: a\rb\n" SECTIONS,
     "7:15 control_character: here is a character that cannot be seen: delete it\n"},

    /* Everything at once, in the order of the text. */
    {"Titel: Ask\nService: craers\nOutcome: workd\nStage: completed\nSource: pilot\n"
     "nothing\n\n## Abstract\nWe asked.\n## What we did\nAsked.\n",
     "1:1 unknown_name: there is no \"Titel\"; did you mean \"Title\"?\n"
     "1:1 missing: \"Evidence\" is missing. What your judgement rests on, from weakest to "
     "strongest.\n"
     "1:1 missing: \"Recommendation\" is missing. What you would tell a council that is about to "
     "try it.\n"
     "2:10 unknown_word: service area \"craers\" is not known; did you mean \"carers\"?\n"
     "3:10 unknown_word: outcome \"workd\" is not known; did you mean \"worked\"?\n"
     "3:10 missing: \"What did not work\" is missing: only a lesson whose outcome is \"worked\" "
     "may "
     "leave it out\n"
     "6:1 outside: this line belongs to nothing: begin it with a name, such as \"Title:\", or put "
     "it below a heading\n"},
};

static void expect_complaints(const struct form *form, struct bytes file, const char *expected)
{
    struct problems problems = {0};
    struct document *document = document_parse(form, file, &problems);
    struct buffer text = complaints(&problems);

    cr_expect_str_eq(buffer_text(&text), expected, "%.*s", (int)file.size, (const char *)file.data);
    document_free(document);
    problems_release(&problems);
    buffer_release(&text);
}

Test(form_file, says_all_that_is_wrong)
{
    for (size_t i = 0; i < sizeof lessons / sizeof *lessons; i++)
        expect_complaints(&lesson_form, bytes_of_text(lessons[i].file), lessons[i].complaints);
}

Test(form_file, knows_other_kinds)
{
    static const struct {
        const struct form *form;
        const char *file, *complaints;
    } rows[] = {
        {&update_form,
         "Kind: update\nAbout: lesson.md\nStage: midway\nOutcome: too_early\n\n## What changed "
         "since\nMuch.\n",
         ""},
        {&update_form,
         "Kind: update\nStage: midway\nOutcome: too_early\n\n## What changed since\nA\n",
         "1:1 missing: \"About\" is missing. The id of the record it goes on from, or how the id "
         "begins.\n"},
        {&update_form,
         "Kind: update\nAbout: x\nStage: midway\nOutcome: too_early\n\n## What changed since\nA\n\n"
         "## Indicators\n- F | 1C | 12 | 2020 | 1 | 2021\n",
         "10:24 small_count: \"Indicators\": 1 may be a number of people, and so few can be "
         "recognised: leave it out. If it counts nobody (a percentage, a score, days), say so "
         "in a sentence of another section\n"},
        {&indicator_form,
         "Kind: indicator\nFramework: PAF-2001\nCode: B12\nName: Cost of care\nUnit: gbp_per_week\n"
         "Statistic: cost\nPolarity: banded\nPeriod kind: financial_year\nBand low: 12.50\n"
         "Successors: a:1, b:2\n",
         "7:11 missing: \"Band high\" is missing: a banded indicator needs both edges of its "
         "band\n"},
        {&snapshot_form,
         "Kind: snapshot\nFramework: ASCOF-2014\nArea: e10000024\nPeriod: 2020-21\nStatus: final\n"
         "Disclosure profile: strict\n\n## Rows\n- 1A | | 19.1 | | | 405 | 0.4 |\n- 1B || | | | | "
         "| "
         "hidden\n",
         "3:7 bad_character: \"Area\": \"e10000024\" may have only capital letters and digits\n"
         "10:19 unknown_word: flag \"hidden\" is not known; it is one of c, x, z, low, k, u, e, p, "
         "r, b\n"},
        {&profile_form,
         "Kind: profile\nLanguages: en, cy\nArea codes: E10000024\n\n## Context\n- population\n",
         "6:3 missing_cell: \"Context\": this row lacks \"value\", its cell 2\n"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(file_kind(bytes_of_text(rows[i].file)), rows[i].form->kind);
        expect_complaints(rows[i].form, bytes_of_text(rows[i].file), rows[i].complaints);
    }
}

Test(form_file, finds_its_kind)
{
    static const struct {
        const char *file, *kind;
    } rows[] = {
        {"", "lesson"},
        {TOP SECTIONS, "lesson"},
        {"Title: x\r\nkind :  Update \r\n", "update"},
        {"\xef\xbb\xbfKind: snapshot\n", "snapshot"},
        {"<!-- Kind: update -->\n", "lesson"},
        {"\n## Abstract\nKind: update\n", "lesson"},
        {"Kind: minutes\n", NULL},
        {"Kind:\n", NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *kind = file_kind(bytes_of_text(rows[i].file));
        if (rows[i].kind == NULL)
            cr_expect_null(kind, "row %zu", i);
        else
            cr_expect_str_eq(kind, rows[i].kind, "row %zu", i);
    }
}

Test(form_file, reads_no_more_than_it_says)
{
    struct buffer file = {0};

    buffer_append_text(&file, TOP SECTIONS);
    while (file.size < FORM_FILE_MAX)
        buffer_append_text(&file, "\n");
    expect_complaints(&lesson_form, buffer_view(&file), "");
    buffer_append_text(&file, "\n");
    expect_complaints(&lesson_form, buffer_view(&file),
                      "1:1 too_large: the file is 262145 bytes long, at most 262144\n");
    buffer_release(&file);
}

Test(form_file, keeps_a_bounded_number_of_problems)
{
    struct buffer file = {0};
    struct problems problems = {0};

    while (file.size < FORM_FILE_MAX - 2)
        buffer_append_text(&file, "x\n");
    document_free(document_parse(&lesson_form, buffer_view(&file), &problems));
    cr_expect_eq(problems.count, PROBLEMS_MAX);
    problems_release(&problems);
    buffer_release(&file);
}

/* A whole lesson, so that the file stays what it was. */
static const char golden[] = "Title: Ask the tenant first\n"
                             "Service: housing_homelessness, carers\n"
                             "Outcome: partly_worked\n"
                             "Stage: completed\n"
                             "Evidence: before_after\n"
                             "Source: project\n"
                             "Topic: housing/repairs\n"
                             "Elapsed weeks: 12\n"
                             "Review again: 2026-11\n"
                             "\n"
                             "## Abstract\n"
                             "We asked first.\n"
                             "\n"
                             "\\## It did work.\n"
                             "\\<!-- and this stays -->\n"
                             "\n"
                             "## What we did\n"
                             "We asked.\n"
                             "\n"
                             "## Steps\n"
                             "- ask\n"
                             "- listen\n"
                             "\n"
                             "## What did not work\n"
                             "Evenings.\n"
                             "\n"
                             "## Setbacks\n"
                             "- planning | Either a \\| b | We chose\n"
                             "- started | \\\\server was down\n"
                             "-  | No stage\n"
                             "\n"
                             "## Recommendation\n"
                             "Ask.\n"
                             "\n"
                             "## Indicators\n"
                             "- ASCOF-2014 | 1A | 19.10 | 2019-20 | -0.05 | 2020-21\n";

Test(form_file, prints_what_it_read)
{
    struct problems problems = {0};
    struct document *document = document_parse(&lesson_form, bytes_of_text(golden), &problems);
    struct buffer file = {0};

    cr_expect_eq(problems.count, 0);
    cr_expect(bytes_equal(document_text(document, "abstract"),
                          bytes_of_text("We asked first.\n\n## It did work.\n<!-- and this stays "
                                        "-->")));
    cr_expect_eq(document_place(document, "setbacks", 1).line, 28);
    cr_expect_eq(document_place(document, "setbacks", 1).column, 14);
    cr_expect_eq(document_place(document, "service_area", 1).column, 32);
    cr_expect_eq(document_place(document, "abstract", 0).line, 12);
    document_print(document, &file);
    cr_expect_str_eq(buffer_text(&file), golden);
    document_free(document);
    buffer_release(&file);
}

/* Strangers' comments, kept out of what is published: nothing of them is in the document. */
/* As people would write them: what a word means, in any case, or how it begins. */
Test(form_file, takes_plain_names_of_words)
{
    static const char file[] =
        "Title: Ask\n"
        "Service: libraries, Culture and Leisure, housing, care at home\n"
        "Outcome: some of it worked, some did not\n"
        "Stage: Still in\n"
        "Evidence: Figures from before and after, or users\xe2\x80\x99 accounts\n"
        "Source: A note by a member of staff\n"
        "Barriers: Money for too short a time, sharing data, funding-ringfence,\n"
        "\n"
        "## Abstract\nWe asked.\n\n## What we did\nWe asked.\n\n## What did not work\nIt.\n\n"
        "## Setbacks\n- About half way | Nobody came\n\n## Recommendation\nAsk.\n";
    static const struct {
        const char *key, *code;
        size_t item;
        uint32_t column;
    } rows[] = {
        {"service_area", "libraries_culture_leisure", 0, 10},
        {"service_area", "housing_homelessness", 1, 42},
        {"service_area", "home_care", 2, 51},
        {"outcome", "partly_worked", 0, 10},
        {"stage", "sustained_1y", 0, 8},
        {"evidence_level", "before_after", 0, 11},
        {"source_kind", "staff_note", 0, 9},
        {"barrier", "funding_short_term", 0, 11},
        {"barrier", "data_sharing", 1, 39},
        {"barrier", "funding_ringfence", 2, 53},
        {"setbacks", "midway", 0, 3},
    };
    struct problems problems = {0};
    struct document *document = document_parse(&lesson_form, bytes_of_text(file), &problems);

    cr_expect_eq(problems.count, 0, "%s", problems.count == 0 ? "" : problems.list[0].text);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bytes item = document_item(document, rows[i].key, rows[i].item);
        cr_expect(bytes_equal(item, bytes_of_text(rows[i].code)), "%s: %.*s", rows[i].code,
                  (int)item.size, (const char *)item.data);
        cr_expect_eq(document_place(document, rows[i].key, rows[i].item).column, rows[i].column,
                     "%s", rows[i].code);
    }
    problems_release(&problems);
    document_free(document);
}

Test(form_file, leaves_comments_out)
{
    struct problems problems = {0};
    struct document *document = document_parse(
        &lesson_form,
        bytes_of_text(TOP
                      "\n## Abstract\n<!-- Mrs Example said -->\nWe\n  <!-- her\nname -->\nasked.\n"
                      "\n## What we did\nAsked.\n## Recommendation\nAsk.\n"),
        &problems);

    cr_expect_eq(problems.count, 0);
    cr_expect(bytes_equal(document_text(document, "abstract"), bytes_of_text("We\nasked.")));
    document_free(document);
}

/* What is needed, and the rest by name. */
Test(form_file, asks_for_little_at_first)
{
    struct buffer template = {0};

    form_template(&lesson_form, false, &template);
    const char *text = buffer_text(&template);
    cr_expect_not_null(strstr(text, "\nSource:\n"));
    cr_expect_not_null(strstr(text, "\n## What did not work\n"));
    cr_expect_null(strstr(text, "\nScale:\n"));
    cr_expect_null(strstr(text, "\n## Setbacks\n"));
    cr_expect_not_null(strstr(text, "Partners, Scale, Driver"));
    buffer_clear(&template);
    form_template(&response_form, false, &template);
    text = buffer_text(&template);
    cr_expect_not_null(strstr(text, "\nUptake:\n"), "what \"tried\" needs");
    cr_expect_null(strstr(text, "\nElapsed weeks:\n"));
    buffer_release(&template);
}

Test(form_file, teaches_by_its_template)
{
    struct buffer template = {0};

    form_template(&lesson_form, true, &template);
    const char *text = buffer_text(&template);
    const char *title = strstr(text, "\nTitle:\n"), *scale = strstr(text, "\nScale:\n");
    const char *rest = strstr(text, "\n## Unexpected\n");
    cr_assert(title != NULL && scale != NULL && rest != NULL);
    cr_expect_lt(title, scale);
    cr_expect_not_null(strstr(text, "<!-- How large it was. One of:\n"
                                    "       team          One team\n"
                                    "       service       One service\n"
                                    "       council_wide  The whole council\n"
                                    "       place_wide    The council and its partners\n"
                                    "       regional      Several councils -->\n"
                                    "Scale:\n"));
    cr_expect_not_null(strstr(text, "\n     Health:\n       public_health "));
    cr_expect_not_null(strstr(text, "\n<!-- What users came to think of it. One of those above. -->"
                                    "\nImpact on user satisfaction:\n"));
    cr_expect_not_null(strstr(text, "- stage | what"));
    cr_expect_null(strstr(text, "Attribution")); /* The node's business. */
    for (const char *line = text; line != NULL && *line != '\0';) {
        cr_expect_leq(strcspn(line, "\n"), 100, "%.100s", line);
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    buffer_release(&template);
}
