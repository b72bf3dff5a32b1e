#include "tests/protocol/replica_story.h"

/* How an author comes to hear that its text should not have been published, and nobody else. */

TestSuite(replica_notices, .init = story_begins, .fini = story_ends);

static struct record *lesson;

/* Leeds has published, and it is everywhere. */
static void published(void)
{
    lesson = node_says(leeds, "Ring Jane.");
    county_settle(county);
    county_notes(county);
}

static bool noticed(const struct node *node, size_t count, const struct node *by)
{
    return node->noticed == count &&
           (count == 0 || digest_equal(&node->noticed_by, &by->feed.authority));
}

Test(replica_notices, tells_the_author_on_its_link)
{
    linked(york, leeds);
    published();
    node_notifies(york, lesson, "phone");
    county_settle(county);
    SAID("york tells leeds of phone in leeds#1\n"
         "leeds keeps a notice\n"
         "leeds has noted leeds#1 for york\n"
         "york keeps that it was heard\n");
    cr_expect(noticed(leeds, 1, york));
    cr_expect_eq(york->told, 1);
}

Test(replica_notices, tells_the_author_through_a_hub_in_a_box)
{
    linked(leeds, hub);
    linked(york, hub);
    linked(hull, hub);
    published();
    node_notifies(york, lesson, "phone");
    county_settle(county);
    SAID("york relays by hub\n"
         "hub relays by leeds\n"
         "leeds keeps a notice\n"
         "leeds relays by hub\n"
         "hub relays by york\n"
         "york keeps that it was heard\n");
    cr_expect(noticed(leeds, 1, york));
    cr_expect(noticed(hub, 0, NULL) && noticed(hull, 0, NULL));
}

Test(replica_notices, tells_nobody_where_the_author_cannot_be_reached)
{
    linked(leeds, york);
    published();
    linked(hull, york);
    county_cut_link(leeds, york);
    county_settle(county);
    county_notes(county);
    node_notifies(hull, lesson, "phone"); /* York is no hub. */
    node_notifies(york, lesson, "phone");
    county_settle(county);
    SAID("");
    linked(hull, hub);
    node_notifies(hull, lesson, "phone"); /* The hub has no link to Leeds. */
    county_settle(county);
    SAID("hull relays by hub\n");
}

Test(replica_notices, is_passed_on_once_and_by_who_was_asked)
{
    struct node *far = hull;
    struct buffer frame = {0};

    linked(leeds, hub);
    linked(york, hub);
    published();
    /* As if York passed on for Hull: the hub takes York's word for York only. */
    relay_write(&leeds->feed.authority, &far->feed.authority, bytes_of_text("x"), &frame);
    county_send(york, hub, buffer_view(&frame));
    county_settle(county);
    SAID("");
    buffer_release(&frame);
}

Test(replica_notices, opens_no_box_of_another_writer)
{
    struct buffer inner = {0}, box = {0}, frame = {0};
    const struct notice notice = {{{0}}, bytes_of_text("title"), bytes_of_text("phone")};

    linked(hub, leeds);
    published();
    struct notice of_lesson = notice;
    of_lesson.id = *record_id(lesson);
    notice_write(bytes_of_text("rules-1"), &of_lesson, 1, &inner);
    /* Closed by the hub, and said to be York's. */
    buffer_append(&box, bytes_of(&leeds->card->box, sizeof leeds->card->box));
    buffer_append(&box, bytes_of(&hub->card->box, sizeof hub->card->box));
    buffer_append(&box, buffer_view(&inner));
    relay_write(&leeds->feed.authority, &york->feed.authority, buffer_view(&box), &frame);
    county_send(hub, leeds, buffer_view(&frame));
    county_settle(county);
    cr_expect(noticed(leeds, 0, NULL));
    buffer_clear(&frame);
    relay_write(&leeds->feed.authority, &hub->feed.authority, buffer_view(&box), &frame);
    county_send(hub, leeds, buffer_view(&frame));
    county_settle(county);
    cr_expect(noticed(leeds, 1, hub));
    buffer_release(&inner);
    buffer_release(&box);
    buffer_release(&frame);
}

Test(replica_notices, keeps_none_of_what_is_not_its_own_or_is_erased)
{
    linked(york, leeds);
    published();
    struct buffer frame = {0};
    struct notice notice = {*record_id(lesson), bytes_of_text("title"), bytes_of_text("phone")};
    notice_write(bytes_of_text("rules-1"), &notice, 1, &frame);
    county_send(leeds, york, buffer_view(&frame));
    node_erases(leeds, lesson);
    county_settle(county);
    county_notes(county);
    node_notifies(york, lesson, "phone");
    county_settle(county);
    SAID("york tells leeds of phone in leeds#1\n");
    cr_expect(noticed(york, 0, NULL) && noticed(leeds, 0, NULL));
    buffer_release(&frame);
}

static void says(struct node *from, struct node *to, const char *field, const char *class)
{
    const struct notice notice = {*record_id(lesson), bytes_of_text(field), bytes_of_text(class)};
    struct buffer frame = {0};

    notice_write(bytes_of_text("rules-1"), &notice, 1, &frame);
    county_send(from, to, buffer_view(&frame));
    county_settle(county);
    buffer_release(&frame);
}

/* Nobody can put words of his own before another's people. */
Test(replica_notices, keeps_only_what_may_stand_there)
{
    linked(york, leeds);
    published();
    says(york, leeds, "your-boss", "phone");
    says(york, leeds, "abstract", "nonsense-by-leeds");
    says(york, leeds, "abstract", "person");
    says(york, leeds, "elapsed_weeks", "phone");
    SAID("");
    cr_expect(noticed(leeds, 0, NULL));
    says(york, leeds, "abstract", "phone");
    SAID("leeds keeps a notice\n"
         "leeds has noted leeds#1 for york\n"
         "york keeps that it was heard\n");
}

Test(replica_notices, notes_at_once_what_its_own_check_finds)
{
    published();
    node_notifies(leeds, lesson, "phone");
    SAID("leeds keeps a notice\n"
         "leeds keeps that it was heard\n");
    cr_expect(noticed(leeds, 1, leeds));
}

Test(replica_notices, hears_not_too_many)
{
    linked(york, leeds);
    published();
    leeds->disk_hangs = true;
    node_notifies(york, lesson, "phone");
    county_settle(county);
    cr_expect(noticed(leeds, 0, NULL));
    cr_expect_eq(york->told, 0); /* Nothing is said to be noted that is not on the disk. */
    node_commits(leeds);
    county_settle(county);
    cr_expect_eq(leeds->noticed, 1);
    cr_expect_eq(york->told, 1);
    for (int i = 0; i < 100; i++) {
        node_notifies(york, lesson, "phone");
        county_settle(county);
    }
    cr_expect_eq(leeds->noticed, 64);
    county_pass(county, 60 * 1000);
    node_notifies(york, lesson, "phone");
    county_settle(county);
    cr_expect_eq(leeds->noticed, 65);
    cr_expect_eq(york->told, 65);
}

/* As often as it is heard, and once more. */
static void york_says_too_much(void)
{
    for (int i = 0; i < 65; i++) {
        node_notifies(york, lesson, "phone");
        county_settle(county);
    }
    cr_expect(noticed(leeds, 64, york));
}

Test(replica_notices, hears_each_by_a_budget_of_its_own)
{
    linked(leeds, hub);
    linked(york, hub);
    linked(hull, hub);
    published();
    york_says_too_much();
    node_notifies(hull, lesson, "phone");
    county_settle(county);
    cr_expect(noticed(leeds, 65, hull), "those behind one hub do not share it");
    county_cut_link(york, hub);
    linked(york, leeds);
    node_notifies(york, lesson, "phone");
    county_settle(county);
    cr_expect_eq(leeds->noticed, 65, "a new link gives no new one");
}

Test(replica_notices, hears_again_after_a_while_by_whatever_clock)
{
    linked(york, leeds);
    published();
    york_says_too_much();
    leeds->clock_off_ms = -INT64_C(3600) * 1000;
    node_notifies(york, lesson, "phone");
    county_settle(county);
    cr_expect_eq(leeds->noticed, 64, "a clock that is set back gives no new budget");
    county_pass(county, 60 * 1000);
    node_notifies(york, lesson, "phone");
    county_settle(county);
    cr_expect_eq(leeds->noticed, 65, "and makes nobody wait for an hour");
}

/* Boxes that nobody can open. */
static void forges(struct node *by, const struct node *as, size_t count)
{
    struct buffer frame = {0};

    relay_write(&leeds->feed.authority, &as->feed.authority, bytes_of_text("x"), &frame);
    for (size_t i = 0; i < count; i++)
        county_send(by, leeds, buffer_view(&frame));
    county_settle(county);
    buffer_release(&frame);
}

/* A hub that forges takes from itself only. */
Test(replica_notices, opens_no_more_boxes_of_a_hub_than_it_may)
{
    linked(hub, leeds);
    published();
    forges(hub, york, 2000);
    cr_expect_eq(leeds->opened, 1024);
    linked(york, leeds);
    node_notifies(york, lesson, "phone");
    county_settle(county);
    cr_expect(noticed(leeds, 1, york), "what was forged is not York's");
}

Test(replica_notices, opens_no_box_of_who_has_said_too_much_or_by_who_is_no_hub)
{
    linked(hub, leeds);
    linked(york, leeds);
    linked(hull, leeds);
    published();
    forges(hull, york, 1);
    cr_expect_eq(leeds->opened, 0);
    forges(hub, york, 1);
    cr_expect_eq(leeds->opened, 1);
    york_says_too_much();
    forges(hub, york, 1);
    cr_expect_eq(leeds->opened, 1);
}

/* As a node of version 1 says it, which counts what it does not know as nonsense. */
Test(replica_notices, says_nothing_to_who_speaks_version_1_only)
{
    struct hello hello = {.least_version = 1,
                          .highest_version = 1,
                          .network = *county_network(county),
                          .answer = true,
                          .credit = 1000000};
    struct buffer frame = {0};

    linked(york, leeds);
    published();
    hello_write(&hello, &frame);
    county_send(leeds, york, buffer_view(&frame));
    county_settle(county);
    county_notes(county);
    node_notifies(york, lesson, "phone");
    county_settle(county);
    SAID("");
    buffer_release(&frame);
}

Test(replica_notices, are_passed_on_no_oftener_than_they_may)
{
    struct buffer frame = {0};
    uint64_t before;

    linked(leeds, hub);
    linked(york, hub);
    relay_write(&leeds->feed.authority, &york->feed.authority, bytes_of_text("x"), &frame);
    before = county_letters(county);
    for (int i = 0; i < 100; i++)
        county_send(york, hub, buffer_view(&frame));
    county_settle(county);
    cr_expect_eq(county_letters(county) - before, 100 + 64);
    buffer_release(&frame);
}

Test(replica_notices, tells_who_took_the_authors_place)
{
    struct record *of_hub = node_says(hub, "Ring Jane.");
    struct amendment dissolved = {.what = AMEND_DISSOLVE,
                                  .authority = hub->feed.authority,
                                  .succeeded_by = hull->feed.authority,
                                  .cut_count = 1,
                                  .cuts = {{1, {1, *record_id(of_hub)}}}};
    struct buffer bundle = {0};

    node_offers(york, of_hub);
    node_offers(hull, of_hub);
    county_amend(leeds, &dissolved, leeds, york, &bundle);
    node_takes_charter(york, buffer_view(&bundle));
    node_takes_charter(hull, buffer_view(&bundle));
    linked(york, hull);
    node_notifies(york, of_hub, "phone");
    county_settle(county);
    SAID("york tells hull of phone in hub#1\n"
         "hull keeps a notice\n"
         "hull has noted hub#1 for york\n"
         "york keeps that it was heard\n");
    cr_expect(noticed(hull, 1, york));
    cr_expect_eq(york->told, 1);
    buffer_release(&bundle);
}
