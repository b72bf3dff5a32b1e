#include "tests/store/room.h"

#include <stdio.h>

/* What speaks of other records beside updates and responses: in views, and in what is told of those
 * records. */

TestSuite(kinds, .init = room_open, .fini = room_close);

static struct digest lesson_id;

static struct record *of_file(struct council *council, const char *format)
{
    char hex[2 * DIGEST_SIZE + 1], file[1200];

    hex_of(hex, lesson_id.bytes, DIGEST_SIZE);
    snprintf(file, sizeof file, format, hex);
    return council_publish(council, file);
}

static const char endorsement[] = "Kind: endorsement\nAbout: %s\nGrounds: visited, figures\n"
                                  "Role: head of service\n\n## In our words\nIt is as they say.\n";
static const char discussion[] = "Kind: discussion\nAbout: %s\nDecision: adapt\nScale: team\n\n"
                                 "## Assumption challenged\nThat people pick up.\n\n"
                                 "## What we decided\nWe write first.\n";
static const char review[] =
    "Kind: review\nTitle: Home care\nReview: best_value\nService: home_care\nStage: midway\n"
    "Look again: 2027-03\n\n## Abstract\nWe asked why.\n\n## Findings\n- %s\n\n"
    "## Actions\n- Ring first | 2026-09 | under_way\n- Write\n";
static const char summary[] =
    "Kind: summary\nTitle: Nobody picks up\nService: home_care\n"
    "Barrier addressed to: regulator\n\n## Abstract\nSeveral see it.\n\n"
    "## What we see\nThree of five.\n\n## Cites\n- %s\n\n## What is asked\nA longer list.\n";

static void fill(void)
{
    struct record *lesson = council_lesson(&leeds, "One", "First.");

    lesson_id = *record_id(lesson);
    keep(of_file(&york, summary)); /* Heard before what it cites. */
    keep(lesson);
    keep(of_file(&york, endorsement));
    keep(of_file(&york, discussion));
    keep(of_file(&hull, review));
}

Test(kinds, are_views)
{
    static const struct {
        const char *select, *answer;
    } rows[] = {
        {"SELECT e.grounds, e.role, e.text, l.title FROM endorsements e"
         " JOIN lessons l ON l.id = e.about",
         "visited figures|head of service|It is as they say.|One\n"},
        {"SELECT d.decision, d.scale, d.assumption_challenged, d.what_decided, l.title"
         " FROM discussions d JOIN lessons l ON l.id = d.about",
         "adapt|team|That people pick up.|We write first.|One\n"},
        {"SELECT title, review_kind, service_area, stage, review_again, abstract FROM reviews",
         "Home care|best_value|home_care|midway|2027-03|We asked why.\n"},
        {"SELECT what, by_when, progress FROM actions",
         "Ring first|2026-09|under_way\nWrite|NULL|NULL\n"},
        {"SELECT title, what_we_see, barrier_addressed_to, ask FROM summaries",
         "Nobody picks up|Three of five.|regulator|A longer list.\n"},
        {"SELECT k.kind, k.relation, k.target_kind, l.title FROM links k"
         " JOIN lessons l ON l.id = k.target ORDER BY 1",
         "discussion|about|lesson|One\nendorsement|about|lesson|One\nreview|cites|lesson|One\n"
         "summary|cites|lesson|One\n"},
    };

    fill();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(asked(rows[i].select), rows[i].answer, "%s", rows[i].select);
    cr_expect_str_eq(verified(), "");
}

static bool write_kind(void *context, const struct stored *stored, struct fault *why)
{
    struct bytes kind = record_header(stored->record)->kind;

    (void)why;
    buffer_printf(context, "%.*s ", (int)kind.size, (const char *)kind.data);
    return true;
}

/* The kinds of what is told of the lesson. */
static const char *told(void)
{
    static struct buffer text;

    buffer_clear(&text);
    derive();
    cr_done(store_each_about(store, &lesson_id, write_kind, &text, &fault));
    return buffer_text(&text);
}

Test(kinds, are_told_with_what_they_speak_of)
{
    fill();
    cr_expect_str_eq(told(), "review summary endorsement discussion ");
}

Test(kinds, cite_nothing_any_more_when_their_text_is_taken_back)
{
    struct entry at;

    fill();
    at = keep(of_file(&hull, summary));
    cr_expect_str_eq(told(), "review summary summary endorsement discussion ");
    cr_done(store_set_text(store, &at, TEXT_ERASED, &fault));
    cr_expect_str_eq(told(), "review summary endorsement discussion ");
    cr_expect_str_eq(verified(), "");
}

/* A stranger's digits that are no whole id name nothing; the rest of what he says stands. */
Test(kinds, cite_by_whole_ids)
{
    keep(council_publish(&york, "Kind: summary\nTitle: Nobody\nService: home_care\n\n"
                                "## Abstract\nOne.\n\n## What we see\nTwo.\n\n"
                                "## Cites\n- 0123456789\n- abcdef\n"));
    cr_expect_str_eq(asked("SELECT title FROM summaries"), "Nobody\n");
    cr_expect_str_eq(asked("SELECT count(*) FROM links"), "0\n");
    cr_expect_str_eq(verified(), "");
}

Test(kinds, have_views_of_what_expires)
{
    struct record *lesson = council_lesson(&leeds, "One", "First.");

    lesson_id = *record_id(lesson);
    keep(lesson);
    keep(of_file(&york, "Kind: label\nAbout: %s\nLabel: out_of_date\nExpires: 2026-02\n\n"
                        "## Why\nThe law changed.\n"));
    struct entry offer =
        keep(of_file(&hull, "Kind: offer\nTitle: Come and see\nOffer: visit\nDirection: given\n"
                            "Service: home_care\nExpires: 2028-02-29\nAbout: %s\nPlaces: 4\n\n"
                            "## In our words\nTwo rounds.\n"));
    cr_expect_str_eq(asked("SELECT b.label, b.expires, b.why, b.same_as, l.title"
                           " FROM labels b JOIN lessons l ON l.id = b.about"),
                     "out_of_date|2026-02-28|The law changed.|NULL|One\n");
    cr_expect_str_eq(asked("SELECT o.offer, o.direction, o.places, o.expires, l.title FROM offers o"
                           " JOIN lessons l ON l.id = o.about"),
                     "visit|given|4|2028-02-29|One\n");
    cr_done(store_drop_body(store, &offer, &fault));
    cr_expect_str_eq(asked("SELECT count(*) FROM offers"), "0\n");
    cr_expect_str_eq(verified(), "");
}

static bool write_label(void *context, const struct label *label, struct fault *why)
{
    (void)why;
    buffer_printf(context, "%s%s%s until %lld: %s\n",
                  digest_equal(&label->authority, &york.feed.authority) ? "york" : "hull",
                  label->has_same_as ? " same " : " ", label->label,
                  (long long)(label->expiry_ms / 86400000), label->why);
    return true;
}

static const char *labels_told(void)
{
    static struct buffer text;

    buffer_clear(&text);
    derive();
    cr_done(store_each_label(store, &lesson_id, write_label, &text, &fault));
    return buffer_text(&text);
}

Test(kinds, labels_stand_until_they_are_said_anew_or_taken_back)
{
    struct record *lesson = council_lesson(&leeds, "One", "First.");

    lesson_id = *record_id(lesson);
    keep(of_file(&york, "Kind: label\nAbout: %s\nLabel: unclear\nExpires: 2026-03-10\n"));
    keep(lesson);
    cr_expect_str_eq(labels_told(), "york unclear until 20523: \n");
    keep(of_file(&york, "Kind: label\nAbout: %s\nLabel: unclear\nExpires: 2026-03-20\n\n"
                        "## Why\nRing 07700 900123.\n"));
    struct entry at =
        keep(of_file(&hull, "Kind: label\nAbout: %s\nLabel: well_told\nExpires: 2026-03-30\n"));
    cr_expect_str_eq(labels_told(),
                     "york unclear until 20533: Ring [withheld: a telephone number].\n"
                     "hull well_told until 20543: \n");
    cr_done(store_set_text(store, &at, TEXT_ERASED, &fault));
    cr_expect_str_eq(labels_told(),
                     "york unclear until 20533: Ring [withheld: a telephone number].\n");
}
