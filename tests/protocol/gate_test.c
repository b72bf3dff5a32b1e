#include "protocol/gate.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct gate *gate;
static struct fault fault;

static void open_gate(void)
{
    const struct bytes names[] = {
        bytes_of_text("Ashcombe"),
        bytes_of_text("Ashcombe Vale Borough Council"),
        bytes_of_text("ashcombe.gov.uk"),
        bytes_of_text("St Mary's-on-Sea"),
        bytes_of_text("AVBC"),
    };

    fault = (struct fault){0};
    gate = gate_new(&(struct gate_profile){.names = {names, 5}}, &fault);
    cr_assert_not_null(gate, "%s", fault.text);
}

static void close_gate(void)
{
    gate_free(gate);
}

TestSuite(gate, .init = open_gate, .fini = close_gate);

/* What was found, as text: "class[what was found] class[...]". */
static const char *told(const char *text)
{
    static char words[4096];
    struct findings findings = {0};
    size_t size = 0;

    words[0] = '\0';
    gate_scan(gate, GATE_NAMED, bytes_of_text(text), &findings);
    for (size_t i = 0; i < findings.count; i++) {
        const struct finding *finding = &findings.list[i];
        size += (size_t)snprintf(words + size, sizeof words - size, "%s%s[%.*s]", i == 0 ? "" : " ",
                                 finding_kinds[finding->class].code,
                                 (int)(finding->end - finding->start), text + finding->start);
        cr_expect_eq(finding->hard, finding_kinds[finding->class].hard);
    }
    findings_release(&findings);
    return words;
}

struct expectation {
    const char *text, *found;
};

static void expect(const struct expectation *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cr_expect_str_eq(told(rows[i].text), rows[i].found, "\"%s\" gave \"%s\", expected \"%s\"",
                         rows[i].text, told(rows[i].text), rows[i].found);
}
#define EXPECT(rows) expect(rows, sizeof rows / sizeof *rows)

Test(gate, knows_an_nhs_number_by_its_check_digit)
{
    static const struct expectation rows[] = {
        {"NHS no 943 476 5919.", "nhs_number[943 476 5919]"},
        {"9434765919", "nhs_number[9434765919]"},
        {"NHS9434765919", "nhs_number[9434765919]"},
        {"(943-476-5919)", "nhs_number[943-476-5919]"},
        {"943.476.5919", "nhs_number[943.476.5919]"},
        {"943\xc2\xa0"
         "476\xc2\xa0"
         "5919",
         "nhs_number[943\xc2\xa0"
         "476\xc2\xa0"
         "5919]"},
        {"943 476\n5919", "nhs_number[943 476\n5919]"},
        {"943\xe2\x80\x93"
         "476\xe2\x80\x93"
         "5919",
         "nhs_number[943\xe2\x80\x93"
         "476\xe2\x80\x93"
         "5919]"},
        {"943476 5919", "nhs_number[943476 5919]"},
        {"9 4 3 4 7 6 5 9 1 9", "nhs_number[9 4 3 4 7 6 5 9 1 9]"},
        {"CHI 010203 0006", "chi_number[010203 0006]"},
        {"943 476 5918", ""},
        {"19434765919", "case_ref[19434765919]"}, /* Whatever it is, it is long. */
        {"943476591912", "case_ref[943476591912]"},
        {"1.9434765919", "nhs_number[9434765919]"},
        {"We saw 943 people in 476 weeks", ""},
    };
    EXPECT(rows);
}

Test(gate, leaves_no_bracket_alone)
{
    static const struct expectation rows[] = {
        {"the others (01632 960 456). So", "phone[01632 960 456]"},
        {"the line ((01632) 960 456). So", "phone[(01632) 960 456]"},
        {"the line (01632) 960 456. So", "phone[(01632) 960 456]"},
        {"the line 01632 (960 456). So", "phone[01632 (960 456)]"},
        {"the line (01632) (960 456). So", "phone[(01632) (960 456)]"},
        {"(01632 960 456 or 01632 960 457)", "phone[01632 960 456] phone[01632 960 457]"},
        {"Ring (01632 960 456", "phone[01632 960 456]"},
    };
    EXPECT(rows);
}

/* Where the author is named, and where not: what is to stand instead must do. */
Test(gate, advises_nothing_that_it_would_find)
{
    for (unsigned class = 0; class < FINDING_CLASSES; class ++) {
        const struct finding_kind *kind = &finding_kinds[class];
        const char *advices[] = {kind->advice, unnamed_advice[class]};
        for (size_t i = 0; i < 2 && advices[i] != NULL; i++) {
            struct findings findings = {0};
            gate_scan(gate, GATE_ANONYMOUS, bytes_of_text(advices[i]), &findings);
            cr_expect_eq(findings.count, 0, "%s: %s", kind->code, advices[i]);
            findings_release(&findings);
        }
    }
}

Test(gate, accepts_exactly_one_check_digit_for_nine_digits_or_none)
{
    unsigned with_none = 0;

    for (unsigned first = 400000000; first < 400002000; first++) {
        unsigned found = 0;
        for (unsigned last = 0; last < 10; last++) {
            char text[16];
            snprintf(text, sizeof text, "%u%u", first, last);
            found += strstr(told(text), "nhs_number") != NULL;
        }
        cr_assert_leq(found, 1);
        with_none += found == 0;
    }
    cr_expect(with_none > 150 && with_none < 220, "%u of 2000", with_none); /* One in eleven. */
}

Test(gate, knows_other_identifiers_of_people)
{
    static const struct expectation rows[] = {
        {"His NI number (CE 40 11 92 A) was", "ni_number[CE 40 11 92 A]"},
        {"ce401192a", "ni_number[ce401192a]"},
        {"CE-40-11-92-A", "ni_number[CE-40-11-92-A]"},
        {"C E 40 11 92 A", "ni_number[C E 40 11 92 A]"},
        {"BG 40 11 92 A", ""},
        {"QE 40 11 92 A", ""},
        {"CE 40 11 92 E", ""},
        {"National Insurance CE401192", "ni_number[CE401192]"},
        {"Item CE401192", "case_ref[CE401192]"},
        {"write to jo.bloggs+duty@social.example.gov.uk.",
         "email[jo.bloggs+duty@social.example.gov.uk]"},
        {"jo at example dot gov dot uk", "email[jo at example dot gov dot uk]"},
        {"jo [at] example.org [dot] uk", "email[jo [at] example.org [dot] uk]"},
        {"we met at noon", ""},
        {"5 @ 3 pounds", ""},
        {"Ring 01632 960 123 today", "phone[01632 960 123]"},
        {"(020) 7946 0123", "phone[(020) 7946 0123]"},
        {"+44 (0)20 7946 0123", "phone[+44 (0)20 7946 0123]"},
        {"+447700900123", "phone[+447700900123]"},
        {"0044 7700 900123", "phone[0044 7700 900123]"},
        {"07700-900-123", "phone[07700-900-123]"},
        {"07700\n900123 and", "phone[07700\n900123]"},
        {"+353 1 496 0123", "phone[+353 1 496 0123]"},
        {"tel. 960123", "phone[960123]"},
        {"ext 4417", "phone[4417]"},
        {"oh one six three two nine six oh one two three",
         "phone[oh one six three two nine six oh one two three]"},
        {"01-04-2023 12 people", ""},
        {"01.04.2023 12 people", ""},
        {"ring 999, 111 or 101", ""},
        {"0.25 0.30 0.35 0.40", ""},
        {"one two three four", ""},
    };
    EXPECT(rows);
}

Test(gate, knows_what_tells_a_home_or_a_birth_by_what_stands_near)
{
    static const struct expectation rows[] = {
        {"at LS1 4AP, and", "postcode[LS1 4AP]"},
        {"ls14ap", "postcode[ls14ap]"},
        {"GIR 0AA", "postcode[GIR 0AA]"},
        {"in W1 1ST and", "postcode[W1 1ST]"},
        {"phase w1 1st, stage e1 2nd", ""},
        {"the postcode LS14 was", "postcode[LS14]"},
        {"section B12 was", ""},
        {"born on the 3rd of March 1951", "date_of_birth[3rd of March 1951]"},
        {"DoB 21/12/1966", "date_of_birth[21/12/1966]"},
        {"D.O.B.: 1966-12-21", "date_of_birth[1966-12-21]"},
        {"21.12.66 (date of birth)", "date_of_birth[21.12.66]"},
        {"ganwyd 3 Mawrth 1951", "date_of_birth[3 Mawrth 1951]"},
        {"her birthday, March 3", "date_of_birth[March 3]"},
        {"started on 3 March 2014", ""},
        {"UPRN 10033544614 was", "uprn[10033544614]"},
        {"property reference: 100023336956,", "uprn[100023336956]"},
        {"the property, 100023336956,", "uprn[100023336956]"},
        {"the properties paid \xc2\xa3"
         "100023336956",
         ""},
        {"a budget of 10033544614", ""},
    };
    EXPECT(rows);
}

Test(gate, knows_the_names_of_its_own_authority)
{
    static const struct expectation rows[] = {
        {"Ashcombe Vale Borough Council did", "authority[Ashcombe Vale Borough Council]"},
        {"ASHCOMBE  VALE\nborough-council did", "authority[ASHCOMBE  VALE\nborough-council]"},
        {"in Ashcombe's homes", "authority[Ashcombe]"},
        {"Ashcombers and avbcs", "person[Ashcombers]"},
        {"see ashcombe.gov.uk/send", "url[ashcombe.gov.uk/send]"},
        {"St Mary\xe2\x80\x99s on Sea", "authority[St Mary\xe2\x80\x99s on Sea]"},
        {"St Marys on Sea", "authority[St Marys on Sea]"},
        {"ashcombeXgov.uk", "url[ashcombeXgov.uk]"},
    };
    EXPECT(rows);
}

Test(gate, resolves_overlaps_leftmost_longest_and_never_hides_what_is_hard)
{
    static const struct expectation rows[] = {
        {"jo@ashcombe.gov.uk", "email[jo@ashcombe.gov.uk]"},
        {"ashcombe.gov.uk@example.org", "email[ashcombe.gov.uk@example.org]"},
        /* The own name begins first; the address it runs into is the finding. */
        {"St Mary's on Sea@example.org", "email[St Mary's on Sea@example.org]"},
        {"AVBC 943 476 5919 LS1 4AP", "authority[AVBC] nhs_number[943 476 5919] postcode[LS1 4AP]"},
        {"DoB 21/12/1966, DoB 22/12/1966", "date_of_birth[21/12/1966] date_of_birth[22/12/1966]"},
    };
    EXPECT(rows);
}

Test(gate, says_when_it_could_not_read_a_text)
{
    static const struct expectation rows[] = {{"caf\xe9", "unread[caf\xe9]"}, {"", ""}};
    EXPECT(rows);
}

Test(gate, reads_long_texts_quickly)
{
    static const char *const pieces[] = {
        "a-",
        "0",
        "1 ",
        "aaaaaaaa",
        "1.",
        "one ",
        "a.b",
        "@a.",
        "1-",
        "0/",
        "A1 ",
        "double oh ",
        "account no ",
        "a dot at ",
        "A-",
        "Ab ",
        "the lodge, Ab ",
        "c/o 3 ",
        "30114426 ",
        "4929 12",
        "Unit 2, Ab Ab, ",
    };

    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct buffer text = {0};
        struct findings findings = {0};
        while (text.size < 65536)
            buffer_append_text(&text, pieces[i]);
        gate_scan(gate, GATE_NAMED, buffer_view(&text), &findings);
        for (size_t k = 0; k < findings.count; k++)
            cr_expect_neq(findings.list[k].class, FINDING_UNREAD, "%s", pieces[i]);
        findings_release(&findings);
        buffer_release(&text);
    }
}

Test(gate, refuses_names_it_cannot_use)
{
    static const struct {
        const char *name, *because;
    } rows[] = {
        {"\xff", "own name \"\xff\": must be UTF-8 of at most 160 bytes: write it shorter"},
        {" a ", "own name \" a \": one letter would be found everywhere: leave it out"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bytes name = bytes_of_text(rows[i].name);
        fault = (struct fault){0};
        cr_expect_null(gate_new(&(struct gate_profile){.names = {&name, 1}}, &fault));
        cr_expect_eq(fault.kind, FAULT_INPUT);
        cr_expect_str_eq(fault.text, rows[i].because);
    }
}

Test(gate, takes_a_name_as_letters_not_as_a_pattern)
{
    struct bytes name = bytes_of_text("A.(b)|c*\\E[");
    struct gate *odd = gate_new(&(struct gate_profile){.names = {&name, 1}}, &fault);
    struct findings findings = {0};

    gate_scan(odd, GATE_NAMED, bytes_of_text("xx c "), &findings);
    cr_expect_eq(findings.count, 0);
    gate_scan(odd, GATE_NAMED, bytes_of_text("see a.(B)|C*\\e[ there"), &findings);
    cr_expect_eq(findings.count, 1);
    findings_release(&findings);
    gate_free(odd);
}

Test(gate, tells_where_in_the_file_a_finding_stands)
{
    struct document *document = document_new(&lesson_form);
    struct findings findings = {0};

    document_add(document, "title", bytes_of_text("Homes in Ashcombe"), (struct place){1, 8});
    document_add(document, "topic", bytes_of_text("ashcombe/homes"), (struct place){2, 8});
    document_add(document, "what_we_did", bytes_of_text("We asked.\n\nThen jo@example.org\nrang."),
                 (struct place){10, 1});
    document_add(document, "steps", bytes_of_text("One"), (struct place){20, 3});
    document_add(document, "steps", bytes_of_text("Ring 01632 960 123"), (struct place){21, 3});
    document_add(document, "setbacks", bytes_of_text("started"), (struct place){24, 3});
    document_add(document, "setbacks", bytes_of_text("DoB 1/2/1950"), (struct place){24, 13});
    document_add(document, "abstract", bytes_of_text("LS1 4AP"), (struct place){0, 0});
    gate_scan_document(gate, GATE_NAMED, document, &findings);

    static const struct {
        const char *key, *text;
        size_t item;
        struct place place;
    } rows[] = {
        {"title", "Ashcombe", 0, {1, 17}},
        {"abstract", "LS1 4AP", 0, {0, 0}},
        {"what_we_did", "jo@example.org", 0, {12, 6}},
        {"steps", "01632 960 123", 1, {21, 8}},
        {"setbacks", "1/2/1950", 1, {24, 17}},
    };
    cr_assert_eq(findings.count, sizeof rows / sizeof *rows);
    for (size_t i = 0; i < findings.count; i++) {
        const struct finding *finding = &findings.list[i];
        cr_expect_str_eq(finding->key, rows[i].key);
        cr_expect_eq(finding->item, rows[i].item);
        cr_expect_eq(finding->place.line, rows[i].place.line, "%s", rows[i].key);
        cr_expect_eq(finding->place.column, rows[i].place.column, "%s", rows[i].key);
        cr_expect(bytes_equal(finding_text(document, finding), bytes_of_text(rows[i].text)));
    }
    findings_release(&findings);
    document_free(document);
}

/* What a table of another program brings along is for a person to look at, as any text. */
Test(gate, reads_the_groups_of_a_snapshot_and_leaves_those_that_are_usual)
{
    static const char *const groups[] = {
        "",
        "Total",
        "18-64",
        "Female / 65 and over",
        "White British",
        "Black Caribbean",
        "Learning disability support",
        "Physical Support: Personal Care Support",
        "Not stated",
        "Looked After Children",
        "Key Stage 2",
        "Decile 1",
        "Direct Payment only",
        "Persons",
    };

    for (size_t i = 0; i <= sizeof groups / sizeof *groups; i++) {
        bool usual = i < sizeof groups / sizeof *groups;
        struct document *document = document_new(&snapshot_form);
        struct findings findings = {0};
        document_add(document, "rows", bytes_of_text(usual ? "1C(2A)" : "07700 900123"),
                     (struct place){3, 3});
        document_add(document, "rows",
                     bytes_of_text(usual ? groups[i] : "Grace Okonkwo NHS 943 476 5919"),
                     (struct place){3, 18});
        gate_scan_document(gate, GATE_NAMED, document, &findings);
        cr_expect_eq(findings.count, usual ? 0 : 3, "%s: %zu", usual ? groups[i] : "names",
                     findings.count);
        findings_release(&findings);
        document_free(document);
    }
}

/* Zero-width characters come along with text that is pasted, and with intent. */
Test(gate, lets_nothing_pass_that_hides_behind_what_nobody_sees)
{
    static const char *const texts[] = {
        "401\u200d023\u200d2137", "0113\u2060496\u20600123", "Lee\u00adds City Council",
        "jo@le\u200beds.gov.uk",  "401\ufeff023 2137",       "\uff14\uff10\uff11 023 2137",
    };
    struct gate_profile nobody = {0};
    struct fault why;
    struct gate *plain = gate_new(&nobody, &why);

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct findings found = {0};
        gate_scan(plain, GATE_NAMED, bytes_of_text(texts[i]), &found);
        cr_assert_neq(found.count, 0, "%s", texts[i]);
        cr_expect(found.list[0].hard, "%s", texts[i]);
        findings_release(&found);
    }
    gate_free(plain);
}
