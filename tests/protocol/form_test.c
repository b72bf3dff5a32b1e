#include "protocol/vocabulary.h"
#include "protocol/writer.h"
#include "tests/protocol/random_document.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct place nowhere = {0};

static void add(struct document *document, const char *key, const char *text)
{
    document_add(document, key, bytes_of_text(text), nowhere);
}

static struct document *short_lesson(void)
{
    static const char *const texts[][2] = {
        {"title", "Ask the tenant first"},
        {"service_area", "carers"},
        {"outcome", "worked"},
        {"stage", "completed"},
        {"evidence_level", "opinion"},
        {"source_kind", "pilot"},
        {"abstract", "We asked."},
        {"what_we_did", "Asked."},
        {"recommendation", "Ask."},
    };
    struct document *document = document_new(&lesson_form);

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add(document, texts[i][0], texts[i][1]);
    return document;
}

static void expect_complaints(const struct document *document, const char *expected)
{
    struct problems problems = {0};

    document_check(document, &problems);
    struct buffer text = complaints(&problems);
    cr_expect_str_eq(buffer_text(&text), expected, "got:\n%sexpected:\n%s", buffer_text(&text),
                     expected);
    buffer_release(&text);
    problems_release(&problems);
}

Test(form, tidies_what_is_added)
{
    static const struct {
        const char *key, *added, *kept;
    } rows[] = {
        {"title", "  Ask\tfirst \n", "Ask first"},
        {"title", " \t\n", ""},
        {"outcome", " Partly worked ", "partly_worked"},
        {"outcome", "Did-not-WORK", "did_not_work"},
        {"what_we_did", "\r\nWe\r\n\r\nasked\r\n", "We\n\nasked"},
        {"what_we_did", "a\rb", "a\rb"}, /* Not a line break: the check will say so. */
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct document *document = document_new(&lesson_form);
        add(document, rows[i].key, rows[i].added);
        cr_expect(bytes_equal(document_text(document, rows[i].key), bytes_of_text(rows[i].kept)),
                  "row %zu", i);
        cr_expect_eq(document_count(document, rows[i].key), rows[i].kept[0] != '\0');
        document_free(document);
    }
}

Test(form, holds_lists_and_forgets_them)
{
    struct document *document = short_lesson();

    cr_expect_eq(document_form(document), &lesson_form);
    for (size_t i = 0; i < 20; i++)
        add(document, "steps", i % 2 == 0 ? "ask" : "listen");
    cr_expect_eq(document_count(document, "steps"), 20);
    cr_expect(bytes_equal(document_item(document, "steps", 19), bytes_of_text("listen")));
    cr_expect_eq(document_item(document, "steps", 20).size, 0);
    cr_expect_eq(document_place(document, "steps", 20).line, 0);
    document_clear(document, "steps");
    cr_expect_eq(document_count(document, "steps"), 0);
    cr_expect_eq(document_text(document, "steps").size, 0);
    expect_complaints(document, "");
    document_free(document);
    document_free(NULL);
}

/* What a page can bring in that a file cannot. */
Test(form, says_what_is_wrong_without_a_file)
{
    static const struct {
        const char *key, *text, *complaint;
    } rows[] = {
        {"scale", "teem",
         "0:0 unknown_word: scale \"teem\" is not known; did you mean \"team\"?\n"},
        {"scale", "team!\xff",
         "0:0 not_utf8: \"Scale\" is not valid UTF-8: save the text as UTF-8\n"},
        {"released_by_role", "two\nlines",
         "0:0 control_character: \"Released by\" has a line break: write it on one line\n"},
        {"released_by_role", "b\x1b[1mold",
         "0:0 control_character: \"Released by\" has a control character: delete it\n"},
        {"rationale", "a\rb",
         "0:0 control_character: \"Rationale\" has a control character: delete "
         "it\n"},
        {"rationale", "a\x7f",
         "0:0 control_character: \"Rationale\" has a control character: delete "
         "it\n"},
        {"rationale", "a\xc2\x85z",
         "0:0 control_character: \"Rationale\" has a control character: delete it\n"},
        {"rationale", "a\xe2\x80\xa8z",
         "0:0 control_character: \"Rationale\" has a control character: delete it\n"},
        {"rationale", "a\xe2\x81\xa6z",
         "0:0 control_character: \"Rationale\" has a control character: delete it\n"},
        {"rationale", "a\xe2\x80\xa6\xc2\xa0z", ""},
        {"stage", "idea", "0:0 too_many: \"Stage\" has 2 items, at most 1: delete 1\n"},
        {"setbacks", "planning", "0:0 missing_cell: \"Setbacks\": a row has 1 cells, not 3\n"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct document *document = short_lesson();
        add(document, rows[i].key, rows[i].text);
        expect_complaints(document, rows[i].complaint);
        document_free(document);
    }
}

Test(form, keeps_commas_out_of_lists_on_one_line)
{
    struct document *document = document_new(&profile_form);

    add(document, "endpoints", "tcp://a,b:1");
    expect_complaints(document, "");
    document_free(document);

    struct problems problems = {0};
    uint64_t seed = 9;
    document = random_document(&indicator_form, &seed);
    document_clear(document, "successors");
    add(document, "successors", "a:1,b:2");
    document_check(document, &problems);
    struct buffer text = complaints(&problems);
    cr_expect_str_eq(buffer_text(&text), "0:0 bad_character: \"Successors\": \"a:1,b:2\" has a "
                                         "comma; commas stand between items\n");
    buffer_release(&text);
    problems_release(&problems);
    document_free(document);
}

Test(form, is_no_longer_than_it_says)
{
    static const char *const long_ones[] = {"what_we_did", "how_in_detail", "what_worked",
                                            "what_did_not_work"};
    struct document *document = short_lesson();
    struct buffer text = {0}, content = {0};

    while (text.size < 4000)
        buffer_append_text(&text, "x");
    for (size_t i = 0; i < 4; i++) {
        document_clear(document, long_ones[i]);
        document_add(document, long_ones[i], buffer_view(&text), nowhere);
    }
    document_write(document, &content);
    cr_assert_lt(content.size, 16384);
    text.size = 16384 - content.size - strlen("\xa9rationale\xd9?");
    document_add(document, "rationale", buffer_view(&text), nowhere);
    expect_complaints(document, "");

    document_clear(document, "rationale");
    buffer_append_text(&text, "x");
    document_add(document, "rationale", buffer_view(&text), nowhere);
    expect_complaints(document, "0:0 too_long: all together is 16385 bytes long, at most 16384: "
                                "shorten it by 1\n");
    document_free(document);
    buffer_release(&text);
    buffer_release(&content);
}

/* Dates and numbers, one row each: what is right, and what is nearly right. */
Test(form, knows_dates_and_numbers)
{
    static const struct {
        const char *key, *text;
        bool right;
    } rows[] = {
        {"valid_from", "2024-02-29", true},
        {"valid_from", "2000-02-29", true},
        {"valid_from", "2023-02-29", false},
        {"valid_from", "2100-02-29", false},
        {"valid_from", "2023-04-31", false},
        {"valid_from", "2023-12-31", true},
        {"valid_from", "2023-12", true},
        {"valid_from", "2023-13", false},
        {"valid_from", "2023-00", false},
        {"valid_from", "2023-01-00", false},
        {"valid_from", "2023-01-32", false},
        {"valid_from", "2023", false},
        {"valid_from", "2023-1-1", false},
        {"valid_from", "31/12/2023", false},
        {"valid_from", "2023-12-3", false},
        {"valid_from", "2023/12", false},
        {"valid_from", "2023-12/31", false},
        {"valid_from", "1899-12-31", false},
        {"valid_from", "1900-01-01", true},
        {"valid_from", "2199-12-31", true},
        {"valid_from", "2200-01-01", false},
        {"multiplier", "0", true},
        {"multiplier", "-12.50", true},
        {"multiplier", "0.05", true},
        {"multiplier", "-0.05", true},
        {"multiplier", "0.00", true},
        {"multiplier", "-0", false},
        {"multiplier", "-0.00", false},
        {"multiplier", "+1", false},
        {"multiplier", "01", false},
        {"multiplier", ".5", false},
        {"multiplier", "5.", false},
        {"multiplier", "-", false},
        {"multiplier", "-.5", false},
        {"multiplier", "1.2.3", false},
        {"multiplier", "1,000", false},
        {"multiplier", "1e3", false},
        {"multiplier", "12%", false},
        {"multiplier", "0.123456789", true},
        {"multiplier", "0.1234567890", false},
        {"multiplier", "999999999999999999", true},
        {"multiplier", "-999999999.999999999", true},
        {"multiplier", "1000000000000000000", false},
        {"multiplier", "1--2", false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct problems problems = {0};
        uint64_t seed = 10;
        struct document *document = random_document(&indicator_form, &seed);
        document_clear(document, rows[i].key);
        add(document, rows[i].key, rows[i].text);
        document_check(document, &problems);
        cr_expect_eq(problems.count, !rows[i].right, "%s", rows[i].text);
        document_free(document);
        problems_release(&problems);
    }
}

/* "12.50" travels as [1250, 2] and comes back as it was. */
Test(form, sends_numbers_as_they_were_written)
{
    static const struct {
        const char *text, *wire;
        size_t size;
    } rows[] = {
        {"12.50", "\x92\xcd\x04\xe2\x02", 5}, {"-0.05", "\x92\xfb\x02", 3},
        {"0.00", "\x92\x00\x02", 3},          {"7", "\x92\x07\x00", 3},
        {"-33", "\x92\xd0\xdf\x00", 4},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct document *document = document_new(&indicator_form);
        struct buffer content = {0};
        add(document, "multiplier", rows[i].text);
        document_write(document, &content);
        cr_expect(bytes_equal(bytes_of(content.data + 12, content.size - 12),
                              bytes_of(rows[i].wire, rows[i].size)),
                  "%s", rows[i].text);
        document_free(document);
        buffer_release(&content);
    }
}

/* Strangers. */

/* A least update, with more pairs in between, and what we say to it. */
#define OUTCOME "\xa7outcome\xa6worked"
#define STAGE "\xa5stage\xa4idea"
#define CHANGED                                                                                    \
    "\xacwhat_changed\xa4"                                                                         \
    "Much"
#define WIRE(literal) literal, sizeof literal - 1

Test(form, refuses_what_strangers_may_not_send)
{
    static const struct {
        const char *because; /* NULL: read. */
        const char *wire;
        size_t size;
    } rows[] = {
        {NULL, WIRE("\x83" STAGE OUTCOME CHANGED)},
        {"update: cut short", WIRE("\x83")},
        {"update: wrong type", WIRE("\x93")},
        {"update: \"Stage\" is missing. How far it has come.", WIRE("\x82" OUTCOME CHANGED)},
        {"update: map keys out of order", WIRE("\x83" OUTCOME STAGE CHANGED)},
        {"update: map keys out of order", WIRE("\x84" STAGE STAGE OUTCOME CHANGED)},
        {"1 bytes after the end", WIRE("\x83" STAGE OUTCOME CHANGED "\xc0")},
        {"key: wrong type", WIRE("\x84\x01\x01" STAGE OUTCOME CHANGED)},
        {"key: got 0, expected 1 to 64", WIRE("\x84\xa0\x01" STAGE OUTCOME CHANGED)},

        /* A later version's fields and words. */
        {NULL, WIRE("\x84\xa3new\x93\x01\x81\xa1x\xc0\xc4\x01z" STAGE OUTCOME CHANGED)},
        {"unknown field: wrong type",
         WIRE("\x84\xa3new\xca\x00\x00\x00\x00" STAGE OUTCOME CHANGED)},
        {NULL, WIRE("\x83\xa5stage\xa5later" OUTCOME CHANGED)},
        {"update: stage \"so~late!\" is not a code",
         WIRE("\x83\xa5stage\xa8so~late!" OUTCOME CHANGED)},
        {"stage: not tidy", WIRE("\x83\xa5stage\xa5Later" OUTCOME CHANGED)},
        {"stage: got 0, expected 1 to 40", WIRE("\x83\xa5stage\xa0" OUTCOME CHANGED)},

        /* The header's facts are not taken from the body. */
        {NULL, WIRE("\x84\xa5"
                    "about\xa1x" STAGE OUTCOME CHANGED)},
        {NULL, WIRE("\x84" STAGE "\xa5topic\xa9NO TOPIC!" OUTCOME CHANGED)},

        /* Texts. */
        {"what_changed: not tidy", WIRE("\x83" STAGE OUTCOME "\xacwhat_changed\xa5Much\n")},
        {"what_changed: not tidy", WIRE("\x83" STAGE OUTCOME "\xacwhat_changed\xa4Mu\tc")},
        {"what_changed: not tidy", WIRE("\x83" STAGE OUTCOME "\xacwhat_changed\xa4M\r\nh")},
        {"what_changed: not valid UTF-8", WIRE("\x83" STAGE OUTCOME "\xacwhat_changed\xa1\xff")},
        {"update: \"What changed since\" has a control character: delete it",
         WIRE("\x83" STAGE OUTCOME "\xacwhat_changed\xa3M\x1bh")},
        {"what_changed: wrong type", WIRE("\x83" STAGE OUTCOME "\xacwhat_changed\xc4\x01x")},
        {"what_changed: got 4001, expected 1 to 4000",
         WIRE("\x83" STAGE OUTCOME "\xacwhat_changed\xda\x0f\xa1")},

        /* Rows: a longer row is a later version's, a shorter or empty one is nobody's. */
        {NULL, WIRE("\x84" STAGE OUTCOME CHANGED "\xaeindicator_refs\x91\x96\xa1"
                    "f\xa1"
                    "c\x92\x05\x01\xc0\xc0\xc0")},
        {NULL, WIRE("\x84" STAGE OUTCOME CHANGED "\xaeindicator_refs\x91\x97\xa1"
                    "f\xa1"
                    "c\xc0\xc0\xc0\xc0\x90")},
        {"indicator_refs: got 5, expected 6 to 32",
         WIRE("\x84" STAGE OUTCOME CHANGED "\xaeindicator_refs\x91\x95\xa1"
              "f\xa1"
              "c\xc0\xc0\xc0")},
        {"update: \"Indicators\" has an empty row: delete it",
         WIRE("\x84" STAGE OUTCOME CHANGED "\xaeindicator_refs\x91\x96\xc0\xc0\xc0\xc0\xc0\xc0")},
        {"update: \"Indicators\": this row lacks \"code\", its cell 2",
         WIRE("\x84" STAGE OUTCOME CHANGED "\xaeindicator_refs\x91\x96\xa1"
              "f\xc0\xc0\xc0\xc0\xc0")},
        {"indicator_refs: got 0, expected 1 to 12",
         WIRE("\x84" STAGE OUTCOME CHANGED "\xaeindicator_refs\x90")},
        {"indicator_refs: got 13, expected 1 to 12",
         WIRE("\x84" STAGE OUTCOME CHANGED "\xaeindicator_refs\x9d")},

        /* Numbers. */
        {"indicator_refs: got 10, expected 0 to 9",
         WIRE("\x84" STAGE OUTCOME CHANGED "\xaeindicator_refs\x91\x96\xa1"
              "f\xa1"
              "c\x92\x05\x0a\xc0\xc0\xc0")},
        {"indicator_refs: got 1000000000000000000, expected -999999999999999999 to "
         "999999999999999999",
         WIRE("\x84" STAGE OUTCOME CHANGED "\xaeindicator_refs\x91\x96\xa1"
              "f\xa1"
              "c\x92\xcf\x0d\xe0\xb6\xb3\xa7\x64\x00\x00\x00\xc0\xc0\xc0")},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = {0};
        struct document *document =
            document_read(&update_form, bytes_of(rows[i].wire, rows[i].size), &fault);
        cr_expect_eq(document != NULL, rows[i].because == NULL, "row %zu: %s", i, fault.text);
        cr_expect_str_eq(fault.text, rows[i].because == NULL ? "" : rows[i].because, "row %zu", i);
        cr_expect_eq(fault.kind, rows[i].because == NULL ? FAULT_NONE : FAULT_PEER);
        document_free(document);
    }
}

Test(form, reads_no_content_over_its_cap)
{
    struct buffer content = {0};
    struct fault fault = {0};

    while (content.size <= 16 * 1024)
        buffer_append_text(&content, "x");
    cr_expect_null(document_read(&lesson_form, buffer_view(&content), &fault));
    cr_expect_str_eq(fault.text, "lesson: 16385 bytes, at most 16384");
    buffer_release(&content);
}

/* A word we do not know yet stays what it is, over the wire and in a file. */
Test(form, keeps_words_of_later_versions)
{
    struct bytes wire = bytes_of(WIRE("\x83\xa5stage\xa5later" OUTCOME CHANGED));
    struct fault fault = {0};
    struct problems problems = {0};
    struct buffer file = {0}, again = {0};
    struct document *document = document_read(&update_form, wire, &fault);

    cr_assert_not_null(document, "%s", fault.text);
    document_write(document, &again);
    cr_expect(bytes_equal(buffer_view(&again), wire));
    document_print(document, &file);
    struct document *parsed = document_parse(&update_form, buffer_view(&file), &problems);
    cr_expect(documents_agree(document, parsed, true));
    document_free(parsed);
    document_free(document);
    problems_release(&problems);
    buffer_release(&file);
    buffer_release(&again);
}

Test(form, orders_problems_by_place)
{
    static const struct place places[] = {{2, 1}, {0, 0}, {1, 5}, {1, 1}, {2, 1}, {0, 0}, {1, 4}};
    struct problems problems = {0};

    for (unsigned i = 0; i < sizeof places / sizeof *places; i++)
        problems_add(&problems, places[i], "code", "%u", i);
    struct buffer text = complaints(&problems);
    cr_expect_str_eq(buffer_text(&text), "1:1 code: 3\n1:4 code: 6\n1:5 code: 2\n2:1 code: 0\n"
                                         "2:1 code: 4\n0:0 code: 1\n0:0 code: 5\n");
    buffer_release(&text);
    problems_release(&problems);
}

/* Spelling. */

Test(spelling, counts_slips)
{
    static const struct {
        const char *a, *b;
        unsigned distance;
    } rows[] = {
        {"", "", 0},
        {"", "abc", 3},
        {"worked", "worked", 0},
        {"workd", "worked", 1},
        {"ab", "ba", 1},
        {"ca", "abc", 3},
        {"kitten", "sitting", 3},
        {"abcd", "acbd", 1},
        {"a cat", "an act", 2},
        {"0123456789012345678901234567890123456789", "0123456789012345678901234567890123456789", 0},
        {"01234567890123456789012345678901234567890", "", 99},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bytes a = bytes_of_text(rows[i].a), b = bytes_of_text(rows[i].b);
        cr_expect_eq(spelling_distance(a, b), rows[i].distance, "row %zu", i);
        cr_expect_eq(spelling_distance(b, a), rows[i].distance, "row %zu", i);
    }
}

Test(spelling, guesses_what_was_meant)
{
    static const struct {
        const struct vocabulary *vocabulary;
        const char *wrong, *meant;
    } rows[] = {
        {&outcomes, "workd", "worked"},
        {&outcomes, "partially_worked", "partly_worked"},
        {&outcomes, "failed", NULL},
        {&outcomes, "", NULL},
        {&service_areas, "hosuing_homelessness", "housing_homelessness"},
        {&service_areas, "homelessness", "housing_homelessness"},
        {&service_areas, "fostering", "fostering_adoption"},
        {&service_areas, "adults", NULL}, /* Six of them. */
        {&service_areas, "carer", "carers"},
        {&languages, "xy", NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *meant = vocabulary_nearest(rows[i].vocabulary, bytes_of_text(rows[i].wrong));
        cr_expect_str_eq(meant == NULL ? "nothing" : meant,
                         rows[i].meant == NULL ? "nothing" : rows[i].meant, "%s", rows[i].wrong);
    }
}

Test(vocabulary, explains_every_code_and_repeats_none)
{
    for (size_t v = 0; vocabularies[v] != NULL; v++)
        for (size_t i = 0; i < vocabularies[v]->count; i++) {
            const struct word *word = &vocabularies[v]->words[i];
            size_t size = strlen(word->code);
            cr_expect(size > 0 && size <= 40, "%s", word->code);
            cr_expect_eq(strspn(word->code, "abcdefghijklmnopqrstuvwxyz0123456789_"), size);
            cr_expect(strlen(word->means) > 1 && word->means[strlen(word->means) - 1] != '.', "%s",
                      word->code);
            cr_expect_eq(vocabulary_find(vocabularies[v], bytes_of_text(word->code)), word);
        }
    cr_expect_null(vocabulary_find(&outcomes, bytes_of_text("Worked")));
}

Test(vocabulary, knows_each_word_by_what_it_means)
{
    for (size_t v = 0; vocabularies[v] != NULL; v++)
        for (size_t i = 0; i < vocabularies[v]->count; i++) {
            const struct word *word = &vocabularies[v]->words[i];
            const struct word *meant =
                vocabulary_meant(vocabularies[v], bytes_of_text(word->means));
            cr_expect_eq(vocabulary_meant(vocabularies[v], bytes_of_text(word->code)), word);
            cr_expect(meant != NULL && strcmp(meant->means, word->means) == 0, "%s", word->code);
        }
}

Test(vocabulary, knows_what_is_typed)
{
    static const struct {
        const struct vocabulary *vocabulary;
        const char *typed, *code;
    } rows[] = {
        {&outcomes, "Worked", "worked"},
        {&outcomes, "did-not work", "did_not_work"},
        {&outcomes, "part", "partly_worked"},
        {&outcomes, "no", NULL}, /* It may be a no to another question. */
        {&outcomes, "did", NULL},
        {&outcomes, "some of  it", "partly_worked"},
        {&outcomes, "it", NULL},
        {&outcomes, "workd", NULL},
        {&outcomes, "worked well", NULL},
        {&outcomes, "", NULL},
        {&service_areas, "carers", "carers"},
        {&service_areas, "care", NULL}, /* Leavers, carers, older people, homes. */
        {&service_areas, "care of", "adults_older"},
        {&service_areas, "HOUSING", "housing_homelessness"},
        {&service_areas, "adults\xe2\x80\x99 mental", "adults_mental_health"},
        {&service_areas, "adults", NULL},
        {&barriers, "law", "law"},
        {&barriers, "money", NULL}, /* Too short a time, and tied. */
        {&cost_bands, "10,000", "10k_to_100k"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct word *word =
            vocabulary_meant(rows[i].vocabulary, bytes_of_text(rows[i].typed));
        cr_expect_str_eq(word == NULL ? "nothing" : word->code,
                         rows[i].code == NULL ? "nothing" : rows[i].code, "%s", rows[i].typed);
    }
}
