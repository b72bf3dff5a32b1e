#include "tests/store/room.h"

#include <stdio.h>

/* Who has spoken of a service, and where words are said in issues and responses. */

TestSuite(reports, .init = room_open, .fini = room_close);

static struct record *issue(struct council *council, const char *title, const char *service)
{
    char file[400];

    snprintf(file, sizeof file,
             "Kind: issue\nTitle: %s\nService: %s\n\n## Abstract\nOur rounds begin late.\n", title,
             service);
    return council_publish(council, file);
}

static struct record *respond(struct council *council, const struct digest *about,
                              const char *lines)
{
    char hex[2 * DIGEST_SIZE + 1], file[600];

    hex_of(hex, about->bytes, DIGEST_SIZE);
    snprintf(file, sizeof file, "Kind: response\nAbout: %s\n%s\n", hex, lines);
    return council_publish(council, file);
}

static struct digest put(struct record *record)
{
    return keep(record).id;
}

static const char have[] = "Response: same_here\nSituation: have";

static bool tell_speaker(void *context, const struct digest *authority, const struct record *record,
                         struct fault *why)
{
    (void)why;
    buffer_printf(context, "%s ",
                  authority == NULL ? record_has_body(record) ? "body" : "unnamed"
                  : digest_equal(authority, &leeds.feed.authority) ? "leeds"
                  : digest_equal(authority, &york.feed.authority)  ? "york"
                                                                   : "hull");
    return true;
}

static const char *speakers(const char *service)
{
    static struct buffer words;

    derive();
    room_reopen(STORE_READ);
    buffer_clear(&words);
    cr_done(store_each_speaker(store, service, tell_speaker, &words, &fault));
    room_reopen(STORE_WRITE);
    return buffer_text(&words);
}

Test(reports, whoever_has_a_lesson_of_a_service_speaks_of_it)
{
    keep(council_lesson(&leeds, "One", "First."));
    struct entry second = keep(council_lesson(&york, "Two", "Second."));

    cr_expect_str_eq(speakers("home_care"), "leeds york ");
    cr_expect_str_eq(speakers("send"), "");
    cr_done(store_set_text(store, &second, TEXT_ERASED, &fault));
    cr_expect_str_eq(speakers("home_care"), "leeds ");
    keep_aside(council_lesson(&york, "Three", "Third."));
    cr_expect_str_eq(speakers("home_care"), "leeds ");
}

Test(reports, so_does_who_has_an_issue_or_says_how_it_is_there)
{
    struct digest rounds = put(issue(&leeds, "Late", "home_care"));
    struct digest lesson = put(council_lesson(&leeds, "One", "First."));

    put(issue(&york, "Bins", "waste_recycling"));
    put(respond(&york, &rounds, "Response: question\n\n## In our words\nSince when?"));
    cr_expect_str_eq(speakers("home_care"), "leeds leeds ");
    struct entry answer = keep(respond(&york, &lesson, have));
    put(respond(&hull, &rounds, "Response: same_here\nSituation: do_not_have"));
    cr_expect_str_eq(speakers("home_care"), "leeds york leeds hull ");
    cr_done(store_set_text(store, &answer, TEXT_ERASED, &fault));
    cr_expect_str_eq(speakers("home_care"), "leeds leeds hull ");
    cr_expect_str_eq(speakers("waste_recycling"), "york ");
}

/* By one who is not named: each of its records is told, for its tags say who it may be. */
static struct record *unnamed(struct record *of, unsigned n)
{
    struct header header = *record_header(of);
    struct salt salt = {{(uint8_t)n}};

    header.author = (struct author){.form = AUTHOR_OWNER, .n = n};
    struct record *record = record_sign(&header, &salt, record_content(of), leeds.key);
    record_free(of);
    return record;
}

Test(reports, those_who_are_not_named_are_told_record_by_record)
{
    put(unnamed(council_lesson(&leeds, "One", "First."), 1));
    put(unnamed(council_lesson(&leeds, "Two", "Second."), 2));
    struct digest rounds = put(unnamed(issue(&leeds, "Late", "home_care"), 3));
    put(unnamed(respond(&york, &rounds, have), 4));
    cr_expect_str_eq(speakers("home_care"), "unnamed unnamed unnamed unnamed ");
}

static bool tell_title(void *context, const struct record *record, const struct document *document,
                       struct fault *why)
{
    (void)why;
    cr_expect(!record_has_body(record));
    buffer_append(context, document_title(document));
    buffer_append_text(context, "; ");
    return true;
}

static void inspect(void)
{
    struct store *index = store_open(room_path(), STORE_DERIVE, &fault);
    bool more = true;

    cr_assert_not_null(index, "%s", fault.text);
    while (more)
        cr_done(store_inspect(index, 100, &more, &fault));
    store_close(index);
}

static const char *matching(const char *kind, const char *asked_words)
{
    static struct buffer titles;

    derive();
    room_reopen(STORE_READ);
    buffer_clear(&titles);
    cr_done(store_each_matching(store, kind, bytes_of_text(asked_words), NULL, tell_title, &titles,
                                &fault));
    room_reopen(STORE_WRITE);
    return buffer_text(&titles);
}

Test(reports, words_are_found_in_issues_as_in_lessons)
{
    struct entry quaggas = keep(issue(&leeds, "Quaggas in the yard", "home_care"));

    put(issue(&york, "Nothing of the kind", "home_care"));
    put(respond(&hull, &quaggas.id,
                "Response: tried\nUptake: rejected\n\n"
                "## In our words\nWe have late okapis, and no quagga."));
    derive();
    inspect();
    cr_expect_str_eq(matching("issue", "quagga late"), "Quaggas in the yard; ");
    cr_expect_str_eq(matching("issue", "late round"), "Quaggas in the yard; Nothing of the kind; ");
    cr_expect_str_eq(matching("issue", "late quagga snow"), "");
    cr_expect_str_eq(matching("issue", "late -quaggas"), "Nothing of the kind; ");
    cr_expect_str_eq(matching("issue", "\"rounds late\""), "");
    cr_expect_str_eq(matching("issue", "\"rounds begin\" quag*"), "Quaggas in the yard; ");
    cr_expect_str_eq(matching("response", "quagga okapi"), "tried; ");
    cr_expect_str_eq(matching("response", "late -okapi"), "");
    cr_expect_str_eq(matching("issue", "okapi"), "");
    cr_done(store_set_text(store, &quaggas, TEXT_ERASED, &fault));
    cr_expect_str_eq(matching("issue", "quagga"), "");
}

Test(reports, what_is_withheld_is_not_found_by_its_words)
{
    put(issue(&leeds, "Mail zillah at kelder dot gov", "home_care"));
    for (int inspected = 0; inspected < 2; inspected++) {
        cr_expect_str_eq(matching("issue", "zillah"), "", "%d", inspected);
        cr_expect_str_eq(matching("issue", "rounds mail"), "Mail [withheld: an e-mail address]; ",
                         "%d", inspected);
        inspect();
    }
}
