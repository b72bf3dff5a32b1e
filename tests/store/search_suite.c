#include "tests/store/search_suite.h"

#include "tests/support/council.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct fault fault;

/* --- A small library of lessons --- */

static const char *const lessons[] = {
    "Title: Direct payments start too slowly\nService: direct_payments_personalisation, carers\n"
    "Outcome: did_not_work\nStage: completed\nEvidence: before_after\nSource: review\n"
    "Topic: direct-payments/start\n\n"
    "## Abstract\nPeople waited for months because the bank account came last.\n\n"
    "## What we did\nWe printed leaflets and trained each team in the new procedure.\n\n"
    "## What did not work\nThe leaflets. Nobody reads leaflets while waiting for money.\n\n"
    "## Recommendation\nOpen the account first.\n",

    "Title: Reviews never reached the teams\nService: adults_assessment\n"
    "Outcome: partly_worked\nStage: midway\nEvidence: opinion\nSource: workshop_or_focus_group\n"
    "Topic: learning\n\n"
    "## Abstract\nMessages from reviews stopped at the managers' door.\n\n"
    "## What we did\nA single page for teams, with direct payments as the first example.\n\n"
    "## What did not work\nPages without a talk.\n\n"
    "## Recommendation\nTalk, then write. Cafés help: a naïve idea that lasted.\n",

    "Title: Co-located teams\nService: reablement_hospital_discharge, "
    "direct_payments_personalisation\n"
    "Outcome: worked\nStage: sustained_1y\nEvidence: comparison_group\nSource: project\n"
    "Topic: direct-payments\n\n"
    "## Abstract\nHospital and council staff shared one room.\n\n"
    "## What we did\nDesks were moved before the rules were. Discharges became quicker.\n\n"
    "## Recommendation\nMove the desks; then agree who signs what. Slow is smooth.\n",
};
#define LESSONS (sizeof lessons / sizeof *lessons)

struct library {
    struct council councils[LESSONS];
    struct entry entries[LESSONS];
};

static void keep(struct store *store, struct record *record)
{
    cr_assert(store_keep(store, record, true, NULL, &fault), "%s", fault.text);
    record_free(record);
}

static struct library fill(struct store *store)
{
    static const char *const names[LESSONS] = {"leeds", "york", "hull"};
    struct library library;

    for (size_t i = 0; i < LESSONS; i++) {
        library.councils[i] = council_new(names[i]);
        library.councils[i].time_ms += (int64_t)i * 24 * 3600 * 1000; /* A day apart. */
        struct record *record = council_publish(&library.councils[i], lessons[i]);
        library.entries[i] = (struct entry){.feed = library.councils[i].feed,
                                            .seq = library.councils[i].seq,
                                            .id = *record_id(record)};
        keep(store, record);
    }
    return library;
}

static void release(struct library *library)
{
    for (size_t i = 0; i < LESSONS; i++)
        council_release(&library->councils[i]);
}

/* --- Asking --- */

static struct buffer told;
static struct answer answer;

static bool tell_title(void *context, const struct hit *hit, struct fault *why)
{
    (void)why;
    *(struct hit *)context = *hit;
    buffer_printf(&told, "%s%s\n", hit->title, hit->missing[0] != 0 ? " (some)" : "");
    return true;
}

/* Titles of the hits, best first; the last hit's fields in `last`, its texts no longer there. */
static struct hit last;

static const char *found(struct store *store, struct query query)
{
    search_suite_settle();
    buffer_clear(&told);
    last = (struct hit){0};
    if (query.limit == 0)
        query.limit = 10;
    cr_assert(store_search(store, &query, &answer, tell_title, &last, &fault), "%s", fault.text);
    return buffer_text(&told);
}

static const char *found_words(struct store *store, const char *words)
{
    return found(store, (struct query){.words = bytes_of_text(words)});
}

#define SLOW "Direct payments start too slowly\n"
#define REVIEWS "Reviews never reached the teams\n"
#define TEAMS "Co-located teams\n"

/* --- The tests --- */

static void finds_a_word_in_each_field(struct store *store)
{
    struct library library = fill(store);

    cr_expect_str_eq(found_words(store, "slowly"), SLOW);
    cr_expect_str_eq(found_words(store, "months"), SLOW);
    cr_expect_str_eq(found_words(store, "trained"), SLOW);
    cr_expect_str_eq(found_words(store, "nobody"), SLOW);
    cr_expect_str_eq(found_words(store, "account"), SLOW);
    cr_expect_str_eq(found_words(store, "zebra"), "");
    cr_expect_eq(answer.total, 0);
    release(&library);
}

static void puts_a_title_before_a_text(struct store *store)
{
    struct library library = fill(store);

    cr_expect_str_eq(found_words(store, "direct payments"), SLOW REVIEWS);
    cr_expect_str_eq(found_words(store, "teams"), TEAMS REVIEWS SLOW);
    cr_expect_eq(answer.total, 3);
    release(&library);
}

static void knows_stems_accents_and_cases(struct store *store)
{
    struct library library = fill(store);

    cr_expect_str_eq(found_words(store, "DISCHARGING"), TEAMS);
    cr_expect_str_eq(found_words(store, "discharge"), TEAMS);
    cr_expect_str_eq(found_words(store, "cafe naive"), REVIEWS);
    cr_expect_str_eq(found_words(store, "CAFÉ"), REVIEWS);
    release(&library);
}

static void takes_a_phrase_as_it_stands(struct store *store)
{
    struct library library = fill(store);

    cr_expect_str_eq(found_words(store, "\"shared one room\""), TEAMS);
    cr_expect_str_eq(found_words(store, "\"one shared room\""), "");
    cr_expect_str_eq(found_words(store, "\"shared one"), TEAMS); /* Never closed. */
    cr_expect_str_eq(found_words(store, "hospital\"shared one\"staff"), TEAMS);
    release(&library);
}

static void takes_the_beginning_of_a_word(struct store *store)
{
    struct library library = fill(store);

    cr_expect_str_eq(found_words(store, "leafl*"), SLOW);
    cr_expect_str_eq(found_words(store, "leafl"), "");
    cr_expect_str_eq(found_words(store, "\"shared one ro\"*"), TEAMS);
    cr_expect_str_eq(found_words(store, "p*"), SLOW REVIEWS);
    release(&library);
}

static void puts_more_of_the_words_first(struct store *store)
{
    struct library library = fill(store);

    cr_expect_str_eq(found_words(store, "hospital desks"), TEAMS);
    cr_expect_str_eq(found_words(store, "hospital leaflets"),
                     "Direct payments start too slowly (some)\nCo-located teams (some)\n");
    cr_expect_eq(answer.total, 2);
    cr_expect_str_eq(found_words(store, "zebra giraffe"), "");
    release(&library);
}

static void leaves_out_what_must_not_be_there(struct store *store)
{
    struct library library = fill(store);
    struct query nothing = {.words = bytes_of_text("-teams"), .limit = 10};

    cr_expect_str_eq(found_words(store, "teams"), TEAMS REVIEWS SLOW);
    cr_expect_str_eq(found_words(store, "teams -reviews"), TEAMS SLOW);
    cr_expect_str_eq(found_words(store, "teams -\"shared one room\""), REVIEWS SLOW);
    cr_expect_str_eq(found_words(store, "teams -leafl*"), TEAMS REVIEWS);
    cr_expect_str_eq(found_words(store, "co-located - teams"),
                     TEAMS "Reviews never reached the teams (some)\n"
                           "Direct payments start too slowly (some)\n");
    cr_expect(!store_search(store, &nothing, &answer, tell_title, &last, &fault));
    cr_expect_not_null(strstr(fault.text, "add a word that must"));
    release(&library);
}

static void knows_the_words_of_the_trade(struct store *store)
{
    struct library library = fill(store);
    const char *const own = "# Our own\n\nzingo, leaflet\nquux > desk, no such thing\n";

    cr_expect_str_eq(found_words(store, "DP"), SLOW REVIEWS);
    cr_expect_str_eq(found_words(store, "direct payment"), SLOW REVIEWS);
    cr_expect_str_eq(found_words(store, "colocation"), TEAMS);
    cr_expect_str_eq(found_words(store, "zingo"), "");
    cr_assert(store_set_thesaurus(store, bytes_of_text(own), &fault), "%s", fault.text);
    cr_expect_str_eq(found_words(store, "zingo"), SLOW);
    cr_expect_str_eq(found_words(store, "Quux"), TEAMS);
    cr_expect_str_eq(found_words(store, "desks"), TEAMS);
    cr_expect_str_eq(found_words(store, "dp"), SLOW REVIEWS);
    cr_expect(!store_set_thesaurus(store, bytes_of_text("a, b\n\nalone\n"), &fault));
    cr_expect_not_null(strstr(fault.text, "line 3"), "%s", fault.text);
    release(&library);
}

static void knows_other_spellings(struct store *store)
{
    static const char *const pairs[][2] = {{"organise", "organized"}, {"colour", "colors"},
                                           {"centre", "centers"},     {"labelling", "labeled"},
                                           {"ageing", "aging"},       {"programme", "programs"}};
    struct council leeds = council_new("leeds");

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        keep(store, council_lesson(&leeds, pairs[i][0], pairs[i][1]));
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const char *both = found_words(store, pairs[i][1]);
        cr_expect(strncmp(both, pairs[i][0], strlen(pairs[i][0])) == 0, "%s finds %s", pairs[i][1],
                  both);
    }
    council_release(&leeds);
}

static void corrects_a_slip(struct store *store)
{
    struct library library = fill(store);

    cr_expect_str_eq(found_words(store, "hopsital"), TEAMS);
    cr_expect_eq(answer.correction_count, 1);
    cr_expect_str_eq(answer.corrections[0].typed, "hopsital");
    cr_expect_str_eq(answer.corrections[0].meant, "hospital");
    cr_expect_str_eq(found_words(store, "leeflats"), SLOW); /* Two slips in a long word. */
    cr_expect_str_eq(found_words(store, "hospitals"), TEAMS);
    cr_expect_eq(answer.correction_count, 0);
    cr_expect_str_eq(found_words(store, "horse"), ""); /* A word, though nobody has it. */
    cr_expect_eq(answer.correction_count, 0);
    cr_expect_str_eq(found_words(store, "\"hopsital\""), ""); /* As it stands. */
    cr_expect_str_eq(found_words(store, "xqzvw"), "");
    release(&library);
}

/* A word that only some text that is withheld has is no correction. */
static void corrects_to_no_name(struct store *store)
{
    struct council leeds = council_new("leeds");

    keep(store, council_lesson(&leeds, "Zebras", "Mail jane at kelderby dot gov."));
    cr_expect_str_eq(found_words(store, "kelderbi"), "");
    cr_expect_eq(answer.correction_count, 0);
    council_release(&leeds);
}

static const char *in_words(const char *title, const char *outcome, const char *evidence)
{
    static struct buffer file;

    buffer_clear(&file);
    buffer_printf(&file,
                  "Title: %s\nService: home_care\nOutcome: %s\nStage: completed\nEvidence: %s\n"
                  "Source: project\nBarriers: data_sharing\nDriver: budget\n"
                  "Factors: morale\nPartners: police\n\n## Abstract\nWe tried giraffes.\n\n"
                  "## What we did\nIt.\n\n## What did not work\nThat.\n\n## Unexpected\n"
                  "An okapi came.\n\n## Recommendation\nOne.\n\n## Views\n"
                  "- carers | 1_to_5 | By telephone | A quagga\n",
                  title, outcome, evidence);
    return buffer_text(&file);
}

static void shows_what_failed_as_readily(struct store *store)
{
    static const char *const all[] = {"worked",       "partly_worked", "no_effect",
                                      "did_not_work", "abandoned",     "harmful"};
    struct council leeds = council_new("leeds");
    struct buffer newest_first = {0};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char title[] = "Number 0";
        title[7] = (char)('0' + i);
        keep(store, council_publish(&leeds, in_words(title, all[i], "opinion")));
    }
    for (size_t i = sizeof all / sizeof *all; i-- > 0;)
        buffer_printf(&newest_first, "Number %zu\n", i);
    cr_expect_str_eq(found_words(store, "giraffes"), buffer_text(&newest_first));
    buffer_release(&newest_first);
    council_release(&leeds);
}

static void puts_stronger_evidence_first_among_equals(struct store *store)
{
    struct council leeds = council_new("leeds");

    keep(store, council_publish(&leeds, in_words("Strong", "worked", "replicated")));
    keep(store, council_publish(&leeds, in_words("Weak", "worked", "opinion")));
    cr_expect_str_eq(found_words(store, "giraffes"), "Strong\nWeak\n");
    council_release(&leeds);
}

static void finds_by_what_was_chosen(struct store *store)
{
    struct council leeds = council_new("leeds");
    const struct query rows[] = {
        {.barrier = "data_sharing"}, {.driver = "budget"},
        {.factor = "morale"},        {.partner = "police"},
        {.voice = "carers"},         {.evidence = "before_after"},
        {.evidence = "opinion"},     {.words = bytes_of_text("okapi"), .barrier = "data_sharing"},
    };
    const struct query none[] = {
        {.barrier = "law"},
        {.driver = "law_or_guidance"},
        {.factor = "budget"},
        {.partner = "schools"},
        {.voice = "users"},
        {.evidence = "comparison_group"},
        {.words = bytes_of_text("okapi"), .barrier = "law"},
    };

    keep(store, council_publish(&leeds, in_words("Chosen", "worked", "before_after")));
    keep(store, council_lesson(&leeds, "Other", "Nothing of that."));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect(strstr(found(store, rows[i]), "Chosen\n") != NULL, "filter %zu", i);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        cr_expect_str_eq(found(store, none[i]), "", "filter %zu", i);
    cr_expect_str_eq(found_words(store, "okapi quagga"), "Chosen\n");
    council_release(&leeds);
}

static bool keep_explanation(void *context, const struct hit *hit, struct fault *why)
{
    (void)why;
    buffer_append_text(context, hit->explanation);
    return true;
}

static void says_why(struct store *store)
{
    struct library library = fill(store);
    struct query query = {.words = bytes_of_text("dp slowly zebra"), .limit = 1, .explain = true};
    struct buffer text = {0};

    search_suite_settle();
    cr_assert(store_search(store, &query, &answer, keep_explanation, &text, &fault));
    const char *why = buffer_text(&text);
    cr_expect_not_null(strstr(why, "dp: direct payment (thesaurus) in title 1"), "%s", why);
    cr_expect_not_null(strstr(why, "slowly: slowly in title 1; rarity"), "%s", why);
    cr_expect_not_null(strstr(why, "zebra: is not in it\n"), "%s", why);
    cr_expect_not_null(strstr(why, "evidence"), "%s", why);
    buffer_release(&text);
    release(&library);
}

static void takes_no_word_for_a_command(struct store *store)
{
    static const char *const words[] = {
        "hospital AND desks",  "NOT hospital desks",
        "hospital NEAR desks", "hospital, desks",
        "(hospital desks",     "hospital + desks",
        "^hospital",           "- hospital desks",
        "hospital' desks",     "\"\" hospital",
        "{hospital} desks",    "hospital; DROP desks",
        "* hospital",          "hospital \xe2\x80\x94 desks",
    };
    struct library library = fill(store);

    cr_expect_str_eq(found_words(store, "title:hospital"), "");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct query query = {.words = bytes_of_text(words[i]), .limit = 10};
        search_suite_settle();
        buffer_clear(&told);
        cr_expect(store_search(store, &query, &answer, tell_title, &last, &fault), "%s: %s",
                  words[i], fault.text);
        cr_expect(strstr(buffer_text(&told), "Co-located") != NULL, "%s", words[i]);
    }
    release(&library);
}

static void says_when_there_is_no_word_to_look_for(struct store *store)
{
    static char many[200], much[2000];
    memset(many, ' ', sizeof many - 1);
    for (size_t i = 0; i < 66; i += 2)
        many[i] = 'a';
    memset(much, 'a', sizeof much - 1);
    const char *const words[] = {"*", "\"\"", "- ; !", "\xe2\x80\x94 \xe2\x82\xac",
                                 " ", "\xff", many,    much};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct query query = {.words = bytes_of_text(words[i]), .limit = 10};
        cr_expect(!store_search(store, &query, &answer, tell_title, &last, &fault), "%s", words[i]);
        cr_expect_eq(fault.kind, FAULT_INPUT);
        cr_expect_eq(strncmp(fault.text, "search: ", 8), 0);
    }
}

static void filters(struct store *store)
{
    struct library library = fill(store);
    const struct digest others[] = {digest_of("candour tests: nobody", "", 0),
                                    library.councils[1].feed.authority};
    const struct query rows[] = {
        {.service = "carers"},
        {.service = "direct_payments_personalisation"},
        {.outcome = "did_not_work"},
        {.stage = "sustained_1y"},
        {.topic = "direct-payments"},
        {.topic = "direct-payments/"},
        {.topic = "direct-payments/start"},
        {.topic = "direct"},
        {.authority = &library.councils[1].feed.authority},
        {.since_ms = library.councils[1].time_ms},
        {.service = "carers", .outcome = "worked"},
        {.words = bytes_of_text("desks"), .service = "carers"},
        {.words = bytes_of_text("teams"), .topic = "direct-payments"},
        {.service = "no such"},
        {.among = others, .among_count = 1},
        {.among = others, .among_count = 2},
        {.words = bytes_of_text("teams"),
         .among = &library.councils[0].feed.authority,
         .among_count = 1},
        {.words = bytes_of_text("teams"), .among = others},
    };
    static const char *const answers[] = {
        SLOW,          TEAMS SLOW, SLOW, TEAMS,      TEAMS SLOW, TEAMS SLOW, SLOW,    "",   REVIEWS,
        TEAMS REVIEWS, "",         "",   TEAMS SLOW, "",         "",         REVIEWS, SLOW, "",
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(found(store, rows[i]), answers[i], "filter %zu: %s", i,
                         buffer_text(&told));
    release(&library);
}

static void shows_the_newest_first_where_nothing_is_asked(struct store *store)
{
    struct library library = fill(store);

    cr_expect_str_eq(found_words(store, ""), TEAMS REVIEWS SLOW);
    cr_expect_str_eq(found(store, (struct query){.limit = 1, .offset = 1}), REVIEWS);
    cr_expect_eq(answer.total, 3);
    cr_expect_str_eq(found(store, (struct query){.words = bytes_of_text("teams"), .limit = 1}),
                     TEAMS);
    cr_expect_eq(answer.total, 3);
    cr_expect_str_eq(found(store, (struct query){.offset = 3}), "");
    cr_expect_eq(answer.total, 3);
    release(&library);
}

static bool check_hit(void *context, const struct hit *hit, struct fault *why)
{
    const struct library *library = context;

    (void)why;
    cr_expect(digest_equal(&hit->id, &library->entries[0].id));
    cr_expect_str_eq(hit->kind, "lesson");
    cr_expect_str_eq(hit->abstract, "People waited for months because the bank account came last.");
    cr_expect_str_eq(hit->outcome, "did_not_work");
    cr_expect_str_eq(hit->stage, "completed");
    cr_expect_str_eq(hit->services, "carers direct_payments_personalisation");
    cr_expect_str_eq(hit->topic, "direct-payments/start");
    cr_expect(!hit->anonymous);
    cr_expect(digest_equal(&hit->authority, &library->councils[0].feed.authority));
    cr_expect_str_eq(hit->authority_name, "");
    cr_expect_eq(hit->published_ms, library->councils[0].time_ms);
    cr_expect_str_eq(hit->snippet,
                     "The [leaflets]. Nobody reads [leaflets] while waiting for money.");
    cr_expect_gt(hit->score, 0);
    return true;
}

static void tells_all_of_a_hit(struct store *store)
{
    struct library library = fill(store);
    struct query query = {.words = bytes_of_text("leaflet"), .limit = 1};

    search_suite_settle();
    cr_assert(store_search(store, &query, &answer, check_hit, &library, &fault), "%s", fault.text);
    cr_expect_eq(answer.total, 1);
    release(&library);
}

static void shows_how_a_lesson_stands_now(struct store *store)
{
    struct library library = fill(store);

    keep(store, council_publish(&library.councils[0],
                                "Kind: update\nAbout: last\nStage: sustained_1y\n"
                                "Outcome: worked\n\n## What changed since\nZebra.\n"));
    cr_expect_str_eq(found(store, (struct query){.outcome = "did_not_work"}), "");
    cr_expect_str_eq(found(store, (struct query){.outcome = "worked",
                                                 .topic = "direct-payments",
                                                 .stage = "sustained_1y"}),
                     TEAMS SLOW);
    release(&library);
}

static void forgets_what_leaves_the_set(struct store *store)
{
    struct library library = fill(store);
    struct record *record = store_read(store, &library.entries[0], true, &fault);

    cr_assert(store_move(store, &library.entries[0], false, &fault), "%s", fault.text);
    cr_expect_str_eq(found_words(store, "leaflets"), "");
    cr_expect_str_eq(found_words(store, ""), TEAMS REVIEWS);
    cr_assert(store_move(store, &library.entries[0], true, &fault), "%s", fault.text);
    cr_assert(store_keep_body(store, record, &fault), "%s", fault.text);
    record_free(record);
    cr_expect_str_eq(found_words(store, "leaflets"), SLOW);
    release(&library);
}

static bool stop(void *context, const struct hit *hit, struct fault *why)
{
    (void)hit;
    (*(int *)context)++;
    return fault_set(why, FAULT_PEER, "enough");
}

static void stops_where_the_visitor_says_so(struct store *store)
{
    struct library library = fill(store);
    struct query query = {.words = bytes_of_text("teams"), .limit = 10};
    int visits = 0;

    search_suite_settle();
    cr_expect(!store_search(store, &query, &answer, stop, &visits, &fault));
    cr_expect_eq(visits, 1);
    cr_expect_str_eq(fault.text, "enough");
    cr_expect_str_eq(found_words(store, "desks"), TEAMS); /* And it can be asked again. */
    release(&library);
}

static void does_not_say_what_is_withheld(struct store *store)
{
    static const char *const asked[] = {
        "07700 900123", "07700*", "077*",          "900*", "jane",           "\"jane kelder\"",
        "kelder*",      "zillah", "zillah kelder", "oh",   "\"oh one six\"", "4021",
    };
    struct council leeds = council_new("leeds");

    keep(store,
         council_lesson(&leeds, "Zebras at 07700 900123",
                        "Mail jane@kelder.example.uk, or zillah at kelder dot gov, or oh one "
                        "six three two nine six oh, or extension 4021; since 2019/20."));
    keep(store, council_lesson(&leeds, "Yaks", "Nobody was called, in 2019/20."));
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        cr_expect_str_eq(found_words(store, asked[i]), "", "%s", asked[i]);
        cr_expect_eq(answer.total, 0, "%s", asked[i]);
    }
    static const char *const nothing[] = {"07700900123", "\"07700 900123\"", "900123",
                                          "jane@kelder.example.uk"};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        struct query query = {.words = bytes_of_text(nothing[i]), .limit = 10};
        cr_expect(!store_search(store, &query, &answer, tell_title, &last, &fault));
        cr_expect_not_null(strstr(fault.text, "long numbers and e-mail addresses are not looked"));
    }
    cr_expect_str_eq(found_words(store, "zebras"), "Zebras at [withheld: a telephone number]\n");
    cr_expect_eq(answer.total, 1);
    cr_expect_eq(last.withheld.count, 5);
    cr_expect_str_eq(found_words(store, "zebras 4021"),
                     "Zebras at [withheld: a telephone number] (some)\n");
    cr_expect_str_eq(found_words(store, "called"), "Yaks\n");
    cr_expect_eq(last.withheld.count, 0);
    found_words(store, "2019");
    cr_expect_eq(answer.total, 2);
    council_release(&leeds);
}

const struct search_case search_suite[] = {
    {"finds a word in each field", finds_a_word_in_each_field},
    {"puts a title before a text", puts_a_title_before_a_text},
    {"knows stems, accents and cases", knows_stems_accents_and_cases},
    {"takes a phrase as it stands", takes_a_phrase_as_it_stands},
    {"takes the beginning of a word", takes_the_beginning_of_a_word},
    {"puts more of the words first", puts_more_of_the_words_first},
    {"leaves out what must not be there", leaves_out_what_must_not_be_there},
    {"knows the words of the trade", knows_the_words_of_the_trade},
    {"knows other spellings", knows_other_spellings},
    {"corrects a slip", corrects_a_slip},
    {"corrects to no name", corrects_to_no_name},
    {"shows what failed as readily as what worked", shows_what_failed_as_readily},
    {"puts stronger evidence first among equals", puts_stronger_evidence_first_among_equals},
    {"finds by what was chosen", finds_by_what_was_chosen},
    {"says why", says_why},
    {"takes no word for a command", takes_no_word_for_a_command},
    {"says when there is no word to look for", says_when_there_is_no_word_to_look_for},
    {"filters", filters},
    {"shows the newest first where nothing is asked",
     shows_the_newest_first_where_nothing_is_asked},
    {"tells all of a hit", tells_all_of_a_hit},
    {"shows how a lesson stands now", shows_how_a_lesson_stands_now},
    {"forgets what leaves the set", forgets_what_leaves_the_set},
    {"stops where the visitor says so", stops_where_the_visitor_says_so},
    {"does not say what is withheld", does_not_say_what_is_withheld},
};
const size_t search_suite_count = sizeof search_suite / sizeof *search_suite;
