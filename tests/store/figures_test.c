#include "tests/store/room.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

TestSuite(figures, .init = room_open, .fini = room_close);

#define DAY_MS (INT64_C(24) * 3600 * 1000)

static const struct figure_key whole = {"ASCOF-2014", "1E", ""};

/* A snapshot with one row for 1E. */
static struct record *snapshot(struct council *council, const char *area, const char *more,
                               const char *row)
{
    char file[600];

    snprintf(file, sizeof file,
             "Kind: snapshot\nFramework: ASCOF-2014\nArea: %s\nPeriod: 2020-21\n"
             "Status: final\nDisclosure profile: strict\n%s\n## Rows\n- 1E | %s\n",
             area, more, row);
    return council_publish(council, file);
}

/* Who, where, when, what. */
static bool tell(void *context, const struct known_figure *figure, const char *note,
                 struct fault *why)
{
    const char *who = figure->reference                                         ? "public"
                      : digest_equal(&figure->authority, &leeds.feed.authority) ? "leeds"
                                                                                : "york";

    (void)why;
    buffer_printf(context, "%s %s %s %g %g/%g base %g ±%g", who, figure->area, figure->period,
                  figure->value, figure->numerator, figure->denominator, figure->base,
                  figure->margin);
    if (figure->flag[0] != '\0')
        buffer_printf(context, " [%s]", figure->flag);
    if (figure->version[0] != '\0')
        buffer_printf(context, " version %s", figure->version);
    buffer_printf(context, "%s%s\n", note[0] != '\0' ? " " : "", note);
    return true;
}

static const char *told(const struct figure_key *key, bool reference)
{
    static char text[2000];
    struct buffer lines = {0};

    derive();
    room_reopen(STORE_READ);
    cr_done(reference
                ? store_each_reference(store, key, tell, &lines, &fault)
                : store_each_figure(store, key, leeds.time_ms + DAY_MS, tell, &lines, &fault));
    snprintf(text, sizeof text, "%s", buffer_text(&lines));
    buffer_release(&lines);
    room_reopen(STORE_WRITE);
    return text;
}

Test(figures, of_each_authority_are_told_as_it_said_them)
{
    keep(snapshot(&leeds, "E08000035", "", "Total | 5 | 50 | 1000 | | | "));
    keep(snapshot(&leeds, "E08000035", "Framework version: 2020\n", "Total | | | 1000 | | | c"));
    keep(snapshot(&york, "E06000014", "", "Total | 19.1 | | | 230 | 0.5 | e"));
    keep(snapshot(&york, "E06000014", "", "Female | 25 | | | | | "));
    const char *all = told(&whole, false);
    const char *first = strstr(all, "leeds E08000035 2020-21 5 50/1000 base nan ±nan\n");
    const char *second =
        strstr(all, "leeds E08000035 2020-21 nan nan/1000 base nan ±nan [c] version 2020\n");
    cr_assert(first != NULL && second != NULL, "%s", all);
    cr_expect(first < second);
    cr_expect_not_null(strstr(all, "york E06000014 2020-21 19.1 nan/nan base 230 ±0.5 [e]\n"));
    cr_expect_null(strstr(all, "york E06000014 2020-21 25 "));
    cr_expect_str_eq(told(&(struct figure_key){"ASCOF-2014", "1E", "Female"}, false),
                     "york E06000014 2020-21 25 nan/nan base nan ±nan\n");
    cr_expect_str_eq(told(&(struct figure_key){"ASCOF-2023", "1E", ""}, false), "");
}

/* Of a recent record; nobody holds a figure back for years. */
Test(figures, say_their_embargo)
{
    keep(snapshot(&leeds, "E08000035", "Embargo until: 2026-02-01\n", "Total | 25 | | | | | "));
    cr_expect_str_eq(told(&whole, false),
                     "leeds E08000035 2020-21 25 nan/nan base nan ±nan 2026-02-01\n");
}

Test(figures, whose_text_was_taken_back_are_none)
{
    struct record *record = snapshot(&leeds, "E08000035", "", "Total | 25 | | | | | ");
    struct entry entry = keep(record);

    cr_done(store_set_text(store, &entry, TEXT_ERASED, &fault));
    cr_expect_str_eq(told(&whole, false), "");
}

static void put(const char *group, double value, const char *source)
{
    struct known_figure figure = {.area = "E06000014",
                                  .period = "2020-21",
                                  .value = value,
                                  .numerator = NAN,
                                  .denominator = 100,
                                  .base = NAN,
                                  .margin = NAN};

    cr_done(store_put_reference(store, source, &(struct figure_key){"ASCOF-2014", "1E", group},
                                &figure, &fault));
}

Test(figures, that_are_public_are_kept_apart_and_the_last_import_counts)
{
    put("Total", 5, "first.csv");
    put("Total", 6, "second.csv");
    put("Female", 7, "second.csv");
    cr_expect_str_eq(told(&whole, true),
                     "public E06000014 2020-21 6 nan/100 base nan ±nan second.csv\n");
    cr_expect_str_eq(told(&whole, false), "");
    cr_expect_str_eq(asked("SELECT count(*) FROM snapshots"), "0\n");
    cr_expect_eq(count_records(), 0);
}

static bool tell_place(void *context, const struct reference_place *place, struct fault *why)
{
    (void)why;
    buffer_printf(context, "%s %s (%s, %s): %s %g %s\n", place->area, place->name, place->type,
                  place->source, place->traits[0].name, place->traits[0].value,
                  place->traits[0].period);
    return true;
}

Test(figures, places_have_a_profile_that_the_last_import_makes)
{
    static const struct reference_trait old[] = {{"density", 10, ""}, {"left_out", 3, ""}};
    static const struct reference_trait new[] = {{"population", 1000, "2020"}, {"density", 20, ""}};
    struct buffer lines = {0};

    cr_done(store_put_reference_place(
        store, &(struct reference_place){"E06000014", "Yorke", "unitary", "a.csv", old, 2},
        &fault));
    cr_done(store_put_reference_place(
        store, &(struct reference_place){"E06000014", "York", "unitary", "b.csv", new, 2}, &fault));
    cr_done(store_each_reference_place(store, tell_place, &lines, &fault));
    cr_expect_str_eq(buffer_text(&lines),
                     "E06000014 York (unitary, b.csv): density 20 \n"
                     "E06000014 York (unitary, b.csv): population 1000 2020\n");
    buffer_release(&lines);
}

static bool count_rows(void *context, const struct digest *authority,
                       const struct document *document, struct fault *why)
{
    (void)why;
    cr_expect(digest_equal(authority, &leeds.feed.authority));
    buffer_append(context, document_text(document, "contact_role"));
    buffer_append_text(context, "\n");
    return true;
}

Test(figures, documents_of_a_kind_are_told_in_order)
{
    struct buffer lines = {0};

    keep(council_publish(&leeds, "Kind: profile\nContact: Duty officer\n"));
    keep(council_publish(&leeds, indicator_file));
    keep(council_publish(&leeds, "Kind: profile\nContact: Improvement team\n"));
    derive();
    cr_done(store_each_document(store, "profile", count_rows, &lines, &fault));
    cr_expect_str_eq(buffer_text(&lines), "Duty officer\nImprovement team\n");
    buffer_release(&lines);
}

/* A store of schema 5 had none of these tables. */
Test(figures, an_older_store_is_given_room_for_public_ones)
{
    derive_close();
    store_close(store);
    damage("DROP TABLE reference_figure; DROP TABLE reference_place; DROP TABLE reference_trait;"
           " PRAGMA user_version = 5");
    store = store_open(room_path(), STORE_WRITE, &fault);
    cr_assert(store != NULL, "%s", fault.text);
    put("Total", 5, "first.csv");
    cr_expect_str_eq(told(&whole, true),
                     "public E06000014 2020-21 5 nan/100 base nan ±nan first.csv\n");
    cr_expect_str_eq(verified(), "");
}
