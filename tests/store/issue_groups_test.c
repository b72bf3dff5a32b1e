#include "tests/store/room.h"

#include <stdio.h>

/* What is said to be the same is one group. */

TestSuite(issue_groups, .init = room_open, .fini = room_close);

static struct record *issue(struct council *council, const char *title, const char *same_as)
{
    char file[800];

    snprintf(file, sizeof file,
             "Kind: issue\nTitle: %s\nService: home_care\n%s%s\n\n## Abstract\nIt is late.\n",
             title, same_as == NULL ? "" : "Same as: ", same_as == NULL ? "" : same_as);
    return council_publish(council, file);
}

static const char *hex(const struct digest *id)
{
    static char texts[4][2 * DIGEST_SIZE + 1];
    static size_t turn;
    char *text = texts[turn++ % 4];

    hex_of(text, id->bytes, DIGEST_SIZE);
    return text;
}

static struct record *label(struct council *council, const char *word, const struct digest *about,
                            const struct digest *other)
{
    char file[400];

    snprintf(file, sizeof file,
             "Kind: label\nAbout: %s\nLabel: %s\nSame as: %s\nExpires: 2040-01-31\n\n"
             "## Why\nThey are.\n",
             hex(about), word, hex(other));
    return council_publish(council, file);
}

static struct digest put(struct record *record)
{
    struct digest id = *record_id(record);

    keep(record);
    return id;
}

static struct issue_group group;

/* Of whom labels are honoured: Hull. Returns how many are in it; the first one is `first`. */
static size_t grouped(const struct digest *id, const struct digest *first)
{
    derive();
    cr_done(store_issue_group(store, id, &hull.feed.authority, 1, &group, &fault));
    cr_expect(digest_equal(&group.ids[0], first), "%s is not the first one", hex(first));
    cr_expect(!group.more);
    return group.count;
}

/* Leeds' next record is older than those of the others. */
static void let_leeds_begin(void)
{
    keep(council_lesson(&york, "Before", "First."));
    keep(council_lesson(&hull, "Before", "First."));
}

Test(issue_groups, are_what_their_authors_say_is_the_same)
{
    let_leeds_begin();
    struct digest one = put(issue(&leeds, "One", NULL));
    struct digest two = put(issue(&york, "Two", hex(&one)));
    struct digest three = put(issue(&hull, "Three", hex(&two)));
    struct digest other = put(issue(&hull, "Another", NULL));

    cr_expect_eq(grouped(&one, &one), 3);
    cr_expect_eq(grouped(&two, &one), 3);
    cr_expect_eq(grouped(&three, &one), 3);
    cr_expect_eq(grouped(&other, &other), 1);
}

Test(issue_groups, are_not_joined_by_whoever_names_several)
{
    struct digest one = put(issue(&leeds, "One", NULL)), two = put(issue(&leeds, "Two", NULL));
    char both[140];

    snprintf(both, sizeof both, "%s, %s", hex(&one), hex(&two));
    struct digest joins = put(issue(&york, "Both", both)); /* Whom nobody honours. */
    bool first = digest_compare(&one, &two) < 0;
    cr_expect_eq(grouped(&one, &one), first ? 2 : 1);
    cr_expect_eq(grouped(&two, &two), first ? 1 : 2);
    cr_expect_eq(grouped(&joins, first ? &one : &two), 2);
    put(issue(&hull, "Both", both));
    cr_expect_eq(grouped(&one, &one), 4);
    cr_expect_eq(grouped(&two, &one), 4);
}

Test(issue_groups, begin_with_one_that_names_no_other)
{
    let_leeds_begin();
    put(council_lesson(&leeds, "Before", "First."));
    put(council_lesson(&leeds, "Before", "Second."));
    put(council_lesson(&leeds, "Before", "Third."));
    struct digest one = put(issue(&leeds, "One", NULL));
    struct digest two = put(issue(&york, "Two", hex(&one))); /* By a clock that is late. */

    cr_expect_eq(grouped(&one, &one), 2);
    cr_expect_eq(grouped(&two, &one), 2);
}

Test(issue_groups, are_what_labels_say_that_are_honoured)
{
    struct digest one = put(issue(&leeds, "One", NULL)), two = put(issue(&leeds, "Two", NULL));
    struct digest three = put(issue(&leeds, "Three", NULL));

    put(label(&york, "same_as", &one, &two)); /* Whom nobody honours. */
    put(label(&hull, "unclear", &one, &two)); /* Which says something else. */
    cr_expect_eq(grouped(&one, &one), 1);
    struct entry said = keep(label(&hull, "same_as", &two, &one));
    put(label(&hull, "same_as", &two, &three));
    cr_expect_eq(grouped(&one, &one), 3);
    cr_expect_eq(grouped(&three, &one), 3);

    /* One that is taken back parts them. */
    cr_done(store_begin(store, &fault) && store_set_text(store, &said, TEXT_ERASED, &fault) &&
            store_commit(store, &fault));
    cr_expect_eq(grouped(&one, &one), 1);
    cr_expect_eq(grouped(&two, &two), 2);
}

Test(issue_groups, are_of_one_kind)
{
    struct digest one = put(issue(&leeds, "One", NULL));
    struct digest lesson = put(council_lesson(&leeds, "One", "First."));
    struct digest again = put(council_lesson(&york, "One", "First."));

    put(label(&hull, "same_as", &lesson, &one));
    cr_expect_eq(grouped(&one, &one), 1);
    cr_expect_eq(grouped(&lesson, &lesson), 1);
    put(label(&hull, "same_as", &again, &lesson));
    cr_expect_eq(grouped(&lesson, &again), 2); /* Which was published first. */
}

Test(issue_groups, know_what_comes_later)
{
    let_leeds_begin();
    struct digest one = put(issue(&leeds, "One", NULL));
    struct record *between = issue(&york, "Two", hex(&one));
    struct digest three = put(issue(&hull, "Three", hex(record_id(between))));

    cr_expect_eq(grouped(&one, &one), 1);
    cr_expect_eq(grouped(&three, &three), 1);
    keep(between);
    cr_expect_eq(grouped(&one, &one), 3);
}
