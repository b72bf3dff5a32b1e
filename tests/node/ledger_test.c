#include "node/ledger.h"
#include "tests/node/room.h"
#include "tests/support/council.h"

#include <stdio.h>
#include <string.h>

/* What an authority has published, and is about to publish. */

static struct store *store;
static struct council leeds, york;
static struct ledger ledger;

static void begin(void)
{
    struct digest network = council_network();

    room_open();
    leeds = council_new("leeds");
    york = council_new("york");
    store = store_open(home_file(&home, "store.sqlite", 0), STORE_CREATE, &fault);
    cr_assert(store != NULL, "%s", fault.text);
    cr_done(store_set_network(store, &network, &fault));
}

static void end(void)
{
    ledger_release(&ledger);
    store_close(store);
    council_release(&leeds);
    council_release(&york);
    room_close();
}

TestSuite(ledger, .init = begin, .fini = end);

static const char *file_in(const char *period, const char *framework, const char *profile,
                           const char *row)
{
    static char file[400];

    snprintf(file, sizeof file,
             "Kind: snapshot\nFramework: %s\nArea: E08000035\nPeriod: %s\nStatus: final\n"
             "Disclosure profile: %s\nWhat is counted: hours of care\n\n## Rows\n- %s\n",
             framework, period, profile, row);
    return file;
}

static const char *file_of(const char *framework, const char *profile, const char *row)
{
    return file_in("2020-21", framework, profile, row);
}

static void publish(struct council *by, const char *file, bool erased)
{
    struct record *record = council_publish(by, file);
    struct entry at = {.feed = record_header(record)->author.feed,
                       .seq = record_header(record)->author.seq,
                       .id = *record_id(record)};

    cr_done(store_keep(store, record, true, NULL, &fault));
    if (erased)
        cr_done(store_set_text(store, &at, TEXT_ERASED, &fault));
    record_free(record);
}

static void put_draft(const char *file, bool rejected)
{
    struct problems problems = {0};
    struct document *document = document_parse(&snapshot_form, bytes_of_text(file), &problems);
    struct draft *draft = draft_new(document, ATTRIBUTION_NAMED, 1);
    uint64_t number = 0;

    cr_assert_eq(problems.count, 0);
    cr_done(draft_submit(draft, 2, &fault));
    if (rejected)
        cr_done(draft_reject(draft, "Rees", "A slip.", 3, &fault));
    cr_done(store_put_draft(store, &number, draft, &fault));
    draft_free(draft);
}

static const char *told(void)
{
    static struct buffer text;

    buffer_clear(&text);
    cr_done(ledger_read(&ledger, store, &leeds.feed.authority, "F", &fault));
    for (size_t i = 0; i < ledger.count; i++)
        buffer_printf(&text, "%s %s %lld%s %s; ", ledger.list[i].key.code,
                      ledger.list[i].key.disaggregation,
                      (long long)ledger.list[i].figure.value.integer,
                      ledger.list[i].figure.flag == NULL ? "" : ledger.list[i].figure.flag,
                      ledger.list[i].where.draft == 0 ? "record" : ledger.list[i].where.text);
    buffer_printf(&text, "erased %u", ledger.erased);
    return buffer_text(&text);
}

Test(ledger, has_every_count_that_is_public_or_soon_will_be)
{
    publish(&leeds, file_of("F", "exact_totals", "A | Male | 30\n- A | Female | | | | | | c"),
            false);
    publish(&leeds, file_of("F", "none", "B | | 7"), false);
    publish(&leeds, file_of("F", "strict", "C | | 30"), false);
    publish(&leeds, file_of("G", "exact_totals", "D | | 30"), false);
    publish(&york, file_of("F", "exact_totals", "E | | 30"), false);
    publish(&leeds, file_of("F", "exact_totals", "F | | 30"), true);
    put_draft(file_of("F", "exact_totals", "G | | 40"), false);
    put_draft(file_of("F", "exact_totals", "H | | 50"), true);
    cr_expect_str_eq(told(),
                     "A Male 30 record; A Female 0c record; B  7 record; G  40 draft 1; erased 1");
}

/* Why it may not go out; empty where it may. */
static const char *objection(const char *file)
{
    static char text[300];
    struct problems problems = {0};
    struct document *document = document_parse(&snapshot_form, bytes_of_text(file), &problems);

    ledger_release(&ledger);
    bool may = figures_may_go_out(&ledger, store, &leeds.feed.authority, document, &fault);
    snprintf(text, sizeof text, "%.*s", may ? 0 : (int)strcspn(fault.text, "("), fault.text);
    document_free(document);
    problems_release(&problems);
    return text;
}

Test(ledger, lets_out_what_tells_nothing_beside_earlier_figures)
{
    static const char little[] =
        "rule of differences: the count of A Male is 32, and in 2020-21 it is 30 ";
    static const char other[] = "rule of profiles: record ";

    publish(&leeds, file_of("F", "exact_totals", "A | Male | 30\n- A | Female | | | | | | c"),
            false);
    cr_expect_str_eq(objection(file_of("F", "exact_totals", "A | Male | 30")), "");
    cr_expect_str_eq(objection(file_of("F", "exact_totals", "A | Male | 32")), little);
    cr_expect_str_eq(objection(file_of("F", "exact_totals", "A | Male | 35")), "");
    cr_expect_str_eq(objection(file_in("2020-21 Q1", "F", "exact_totals", "A | Male | 32")),
                     little);
    cr_expect_str_eq(objection(file_in("2021-22", "F", "exact_totals", "A | Male | 32")), "");
    cr_expect_str_eq(objection(file_of("G", "exact_totals", "A | Male | 32")), "");
    /* Nor by another profile. */
    cr_expect_not_null(strstr(objection(file_of("F", "strict", "A | Male | 30")), other));
    cr_expect_str_eq(objection(file_of("F", "strict", "Z | Male | 30")), "");
    cr_expect_not_null(strstr(objection(file_in("2019-20", "F", "none", "A | Male | 30")), other));
    /* Nor by another way of writing. */
    cr_expect_str_eq(objection(file_of("f", "exact_totals", "A | Male | 32")), little);
    cr_expect_str_eq(objection(file_of("F", "exact_totals", "a | MALE | 32")),
                     "rule of differences: the count of a MALE is 32, and in 2020-21 it is 30 ");
    /* What was hidden stays so. */
    cr_expect_not_null(strstr(objection(file_of("F", "exact_totals", "A | Female | 20")),
                              "the count of A Female was hidden in record "));
    cr_expect_str_eq(objection(file_in("2021-22", "F", "exact_totals", "A | Female | 20")), "");
    cr_expect_str_eq(
        objection(file_of("F", "exact_totals", "A | Other | 2")),
        "\"A Other\": the value is 2, and exact_totals hides counts of 1 to 4. candour "
        "indicator import makes figures safe: import them, and reject what was not");
}
