#include "store/internal.h"
#include "tests/store/room.h"

#include <stdio.h>
#include <string.h>

/* What the gate finds in texts that were published is noted, and who is to be told of it. */

TestSuite(notices, .init = room_open, .fini = room_close);

#define NOW INT64_C(1767225600000)
#define SLIP "Ring 07700 900123, or write to jane@kelder.example.uk."

static void inspect(void)
{
    bool more = true;

    derive();
    derive_close();
    struct store *deriving = store_open(room_path(), STORE_DERIVE, &fault);
    cr_assert(deriving != NULL, "%s", fault.text);
    while (more)
        cr_done(store_inspect(deriving, 2, &more, &fault));
    store_close(deriving);
}

static struct buffer told;

static const char *name_of(const struct digest *authority)
{
    return digest_equal(authority, &leeds.feed.authority)  ? "leeds"
           : digest_equal(authority, &york.feed.authority) ? "york"
                                                           : "hull";
}

static bool tell_untold(void *context, const struct digest *author, const struct notice *notice,
                        struct fault *why)
{
    (void)why;
    *(struct digest *)context = notice->id;
    buffer_printf(&told, "%s: %.*s in %.*s\n", name_of(author), (int)notice->class.size,
                  (const char *)notice->class.data, (int)notice->field.size,
                  (const char *)notice->field.data);
    return true;
}

static struct digest last;

static const char *untold(void)
{
    buffer_clear(&told);
    cr_done(store_each_untold(store, tell_untold, &last, &fault));
    return buffer_text(&told);
}

static bool tell_notice(void *context, const struct stored_notice *notice, struct fault *why)
{
    (void)context;
    (void)why;
    buffer_printf(&told, "%s says %s in %s by %s\n", name_of(&notice->authority), notice->class,
                  notice->field, notice->rules);
    return true;
}

static const char *noticed(void)
{
    derive();
    buffer_clear(&told);
    cr_done(store_each_notice(store, tell_notice, NULL, &fault));
    return buffer_text(&told);
}

#define FOUND "leeds: email in what_we_did\nleeds: phone in what_we_did\n"

Test(notices, finds_what_identifies_somebody_where_it_stands)
{
    keep(council_lesson(&york, "One", "Born in LS1 4AP; room \xd9\xa1\xd9\xa2."));
    keep(council_lesson(&leeds, "Two", SLIP));
    keep(council_lesson(&york, "Three", "Nobody was called."));
    derive();
    cr_expect_str_eq(untold(), ""); /* Not looked through yet. */
    inspect();
    cr_expect_str_eq(untold(), FOUND);
    const char *file = room_file_with("900123"); /* In the text, and nowhere else. */
    cr_expect(file == NULL || strstr(file, "index") == NULL, "%s", file);
    cr_expect_str_eq(verified(), "");
}

Test(notices, looks_again_when_the_rules_are_others)
{
    keep(council_lesson(&leeds, "One", SLIP));
    inspect();
    damage_index("UPDATE progress SET rules = 'older'; UPDATE withheld SET field = 'title'");
    inspect();
    cr_expect_str_eq(untold(), FOUND);
}

/* A snapshot's rows are kept as they are shown: here as older rules let them. */
Test(notices, withholds_rows_by_the_rules_of_now)
{
    keep(council_publish(
        &leeds, "Kind: snapshot\nFramework: ASCOF-2014\nArea: E08000035\nPeriod: 2020-21\n"
                "Status: final\nDisclosure profile: strict\n\n## Rows\n"
                "- A | 07700 900123 | 5.5 | 220 | 4000\n- A | Female | 5.5 | 220 | 4000\n"));
    inspect();
    damage_index("UPDATE progress SET rules = 'older'; UPDATE snapshot_row SET disaggregation ="
                 " '07700 900123' WHERE place = 0");
    inspect();
    cr_expect_str_eq(asked("SELECT disaggregation, value FROM snapshots ORDER BY 1 DESC"),
                     "[withheld: a telephone number]|5.5\nFemale|5.5\n");
    cr_expect_str_eq(verified(), "");
}

Test(notices, finds_it_in_what_comes_into_the_set_later)
{
    struct entry aside = keep_aside(council_lesson(&leeds, "One", SLIP));

    keep(council_lesson(&york, "Two", "Nobody was called."));
    inspect();
    cr_expect_str_eq(untold(), "");
    cr_done(store_move(store, &aside, true, &fault));
    derive(); /* At once: who looks through texts has passed it. */
    cr_expect_str_eq(untold(), FOUND);
    cr_done(store_move(store, &aside, false, &fault));
    derive();
    cr_expect_str_eq(untold(), "");
}

Test(notices, tells_nobody_of_what_is_erased_or_of_whom_it_was_told)
{
    struct entry one = keep(council_lesson(&leeds, "One", SLIP));

    inspect();
    untold();
    cr_done(store_told(store, bytes_of_text(GATE_RULES), &last, 1, &fault));
    cr_expect_str_eq(untold(), "");
    cr_done(store_told(store, bytes_of_text("older"), &last, 1, &fault));
    cr_expect_str_eq(untold(), FOUND);
    cr_done(store_told(store, bytes_of_text(GATE_RULES), &last, 1, &fault));
    cr_expect_str_eq(untold(), "");
    damage("DELETE FROM told");
    cr_done(store_set_text(store, &one, TEXT_HIDDEN, &fault));
    cr_expect_str_eq(untold(), "");
}

static bool count_untold(void *context, const struct digest *author, const struct notice *notice,
                         struct fault *why)
{
    size_t *counts = context;

    (void)notice;
    (void)why;
    counts[digest_equal(author, &leeds.feed.authority) ? 0 : 1]++;
    return true;
}

/* Whichever of them comes first by its id. */
static void flood_and_one(struct council *many, struct council *one, const size_t expected[2])
{
    char name[24];
    size_t counts[2] = {0, 0};

    for (unsigned i = 0; i < NOTICES_MAX; i++) {
        snprintf(name, sizeof name, "Number %u", i);
        keep(council_lesson(many, name, SLIP));
    }
    keep(council_lesson(one, "One", SLIP));
    inspect();
    cr_done(store_each_untold(store, count_untold, counts, &fault));
    cr_expect_eq(counts[0], expected[0]);
    cr_expect_eq(counts[1], expected[1]);
}

Test(notices, tells_each_author_whatever_there_is_to_tell_another)
{
    flood_and_one(&leeds, &york, (const size_t[]){NOTICES_MAX, 2});
}

Test(notices, tells_another_whatever_there_is_to_tell_each_author)
{
    flood_and_one(&york, &leeds, (const size_t[]){2, NOTICES_MAX});
}

/* Whether something that was said of it is kept. */
static bool keep_said(const struct entry *entry, const struct council *by, const char *field)
{
    static int64_t now_ms = NOW;
    const struct notice notice = {entry->id, bytes_of_text(field), bytes_of_text("phone")};
    struct digest known[NOTICES_MAX];
    size_t count;

    cr_done(store_keep_notices(store,
                               &(struct notices_said){.authority = &by->feed.authority,
                                                      .rules = bytes_of_text("gate-0"),
                                                      .notices = &notice,
                                                      .count = 1,
                                                      .now_ms = now_ms++},
                               known, &count, &fault));
    cr_assert(count == 0 || (count == 1 && digest_equal(&known[0], &entry->id)));
    return count == 1;
}

static void keep_notice(const struct entry *entry, const struct council *by)
{
    cr_expect(keep_said(entry, by, "title"));
}

Test(notices, keeps_what_is_said_of_own_texts_until_that_is_settled)
{
    struct entry one = keep(council_lesson(&leeds, "One", "First."));
    struct entry two = keep(council_lesson(&leeds, "Two", "Second."));

    keep_notice(&one, &york);
    keep_notice(&one, &hull); /* Who said it first is remembered. */
    cr_expect_str_eq(noticed(), "york says phone in title by gate-0\n");
    keep_notice(&two, &hull);
    cr_expect_str_eq(noticed(), "york says phone in title by gate-0\n"
                                "hull says phone in title by gate-0\n");
    cr_expect(keep_said(&one, &hull, "abstract"));
    cr_expect_str_eq(noticed(), "hull says phone in abstract by gate-0\n" /* Text by text. */
                                "york says phone in title by gate-0\n"
                                "hull says phone in title by gate-0\n");
    damage("DELETE FROM notice WHERE field = 'abstract'");
    cr_done(store_dismiss_notices(store, &two.id, &fault));
    keep_notice(&two, &york); /* Once is enough. */
    cr_expect_str_eq(noticed(), "york says phone in title by gate-0\n");
    cr_done(store_set_text(store, &one, TEXT_ERASED, &fault));
    cr_expect_str_eq(noticed(), "");
    cr_expect_not(store_dismiss_notices(store, &york.feed.authority, &fault));
    cr_expect_eq(fault.kind, FAULT_ABSENT);
}

/* York says 16 things of each of 16 texts. */
static void york_fills_its_room(struct entry entries[16])
{
    char text[32], field[8];

    for (int i = 0; i < 16; i++) {
        snprintf(text, sizeof text, "Lesson %d", i);
        entries[i] = keep(council_lesson(&leeds, text, "Nobody was called."));
        for (int k = 0; k < 16; k++) {
            snprintf(field, sizeof field, "f%d", k);
            cr_expect(keep_said(&entries[i], &york, field), "%d of %d", k, i);
        }
    }
}

Test(notices, are_kept_of_each_sender_in_a_room_of_its_own)
{
    struct entry entries[16], other = keep(council_lesson(&leeds, "Other", "Nobody."));

    york_fills_its_room(entries);
    cr_expect_not(keep_said(&other, &york, "title"));
    cr_expect(keep_said(&entries[0], &york, "f0"), "what is known is noted again");
    cr_expect(keep_said(&other, &hull, "title"), "another has its own room");
    cr_expect(keep_said(&other, &york, "title"), "what another has said is known");
    cr_done(store_dismiss_notices(store, &entries[0].id, &fault));
    for (int k = 0; k < 16; k++)
        cr_expect(keep_said(&other, &york, (char[]){'g', (char)('a' + k), '\0'}));
    cr_expect_not(keep_said(&entries[0], &york, "title"));
    cr_done(store_set_text(store, &entries[1], TEXT_ERASED, &fault));
    cr_expect_not(keep_said(&other, &york, "abstract"), "enough was said of this text");
    cr_expect(keep_said(&entries[0], &york, "title"), "what was erased takes no room");
}

Test(notices, are_settled_by_a_corrected_record_of_the_same_author)
{
    struct entry one = keep(council_lesson(&leeds, "One", "First."));

    keep_notice(&one, &york);
    keep(council_corrects(&york, "Not York's", &one.id));
    cr_expect_str_eq(noticed(), "york says phone in title by gate-0\n");
    keep(council_corrects(&leeds, "One, corrected", &one.id));
    cr_expect_str_eq(noticed(), "");
}

Test(notices, begin_with_a_store_of_the_schema_before)
{
    struct entry one = keep(council_lesson(&leeds, "One", SLIP));

    derive_close();
    store_close(store);
    damage("DROP TABLE notice; DROP TABLE told; PRAGMA user_version = 4");
    store = store_open(room_path(), STORE_WRITE, &fault);
    cr_assert(store != NULL, "%s", fault.text);
    keep_notice(&one, &york);
    cr_expect_str_eq(noticed(), "york says phone in title by gate-0\n");
    inspect();
    cr_expect_str_eq(untold(), FOUND);
}
