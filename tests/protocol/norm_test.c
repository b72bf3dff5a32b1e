#include "protocol/norm.h"
#include "protocol/purpose.h"
#include "tests/support/chance.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(norm, is_judged_by_bounds)
{
    static const struct {
        const char *when;
        struct norm_asked asked;
        size_t least, most;
        enum norm_verdict verdict;
    } rows[] = {
        {"half of all",
         {.report = {.named = 20}, .spoke = {.named = 30}, .could = 40},
         20,
         20,
         NORM_OF_ALL},
        {"one less",
         {.report = {.named = 19}, .spoke = {.named = 38}, .could = 40},
         19,
         19,
         NORM_OF_SPEAKERS},
        {"half of those that spoke",
         {.report = {6, 2, 1}, .spoke = {10, 2, 1}, .could = 40},
         6,
         8,
         NORM_OF_SPEAKERS},
        {"unnamed ones may be others",
         {.report = {6, 2, 1}, .spoke = {10, 3, 1}, .could = 40},
         6,
         8,
         NORM_NEITHER},
        {"unnamed ones that are told apart",
         {.report = {6, 9, 8}, .spoke = {10, 6, 6}, .could = 40},
         8,
         15,
         NORM_OF_SPEAKERS},
        {"a quarter",
         {.report = {.named = 5}, .spoke = {.named = 20}, .could = 40},
         5,
         5,
         NORM_EXCEPTION},
        {"perhaps more than a quarter",
         {.report = {5, 1, 1}, .spoke = {20, 1, 1}, .could = 40},
         5,
         6,
         NORM_NEITHER},
        {"four", {.report = {.named = 4}, .spoke = {.named = 20}, .could = 40}, 4, 4, NORM_TOO_FEW},
        {"four members",
         {.report = {4, 9, 1}, .spoke = {.named = 4}, .could = 4},
         4,
         4,
         NORM_TOO_FEW},
        {"only unnamed ones",
         {.report = {0, 9, 1}, .spoke = {0, 9, 1}, .could = 40},
         1,
         9,
         NORM_NEITHER},
        {"unnamed ones, who may be elsewhere",
         {.report = {0, 9, 3}, .spoke = {0, 9, 3}, .could = 40, .outside = 3},
         0,
         9,
         NORM_NEITHER},
        {"never more than there are",
         {.report = {10, 90, 1}, .spoke = {10, 90, 1}, .could = 20},
         10,
         20,
         NORM_OF_ALL},
        {"more than was looked at",
         {.report = {.named = 8}, .spoke = {.named = 30}, .could = 40, .more = true},
         8,
         30,
         NORM_NEITHER},
        {"none", {.spoke = {.named = 30}, .could = 40}, 0, 0, NORM_TOO_FEW},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct norm norm = norm_of(&rows[i].asked);
        cr_expect_eq(norm.report.least, rows[i].least, "%s: %zu", rows[i].when, norm.report.least);
        cr_expect_eq(norm.report.most, rows[i].most, "%s: %zu", rows[i].when, norm.report.most);
        cr_expect_eq(norm.verdict, rows[i].verdict, "%s: %d", rows[i].when, (int)norm.verdict);
    }
}

/* --- What is said --- */

static struct digest digest_for(const char *name)
{
    return digest_of(PURPOSE_SLOT, name, strlen(name));
}

static size_t said;
static struct norm_saying sayings[64];

/* By a council, of a matter, on a day. What it says later counts later. */
static struct norm_saying *say(const char *council, enum norm_act act, const char *matter,
                               int64_t day)
{
    struct digest authority = digest_for(council);
    char name[40];

    snprintf(name, sizeof name, "record %zu", said);
    sayings[said] = (struct norm_saying){.voice = norm_named(&authority),
                                         .act = act,
                                         .id = digest_for(name),
                                         .about = digest_for(matter),
                                         .turn = {.own = true, .feed = 1, .seq = said + 1},
                                         .day = day,
                                         .began = NORM_NO_DAY,
                                         .weeks = -1};
    return &sayings[said++];
}

static struct norm_told tell(void)
{
    return norm_tell(sayings, said, NULL, 0, NULL);
}

Test(norm, the_latest_that_somebody_says_of_a_thing_counts)
{
    say("Ash", NORM_HAS, "rounds", 1);
    say("Ash", NORM_LACKS, "rounds", 2);
    say("Beck", NORM_LACKS, "rounds", 1);
    say("Beck", NORM_HAS, "rounds", 2);
    say("Cole", NORM_TELLS, "rounds", 1);
    say("Cole", NORM_LACKS, "rounds", 2);
    say("Dale", NORM_TRIES, "rounds", 1)->uptake = NORM_REJECTED;
    say("Eden", NORM_GOES_ON, "rounds", 1); /* Of what it has not told. */
    struct norm_told told = tell();
    cr_expect_eq(told.report.named, 2);
    cr_expect_eq(told.lack.named, 1);
    cr_expect_eq(told.spoke.named, 4);
    cr_expect_eq(told.uptakes[NORM_REJECTED].named, 1);
}

Test(norm, how_long_it_took_is_by_what_authors_say)
{
    struct norm_told told;

    say("Ash", NORM_TELLS, "rounds", 100)->began = 30; /* 20 weeks. */
    say("Ash", NORM_GOES_ON, "rounds", 170)->solved = true;
    say("Beck", NORM_HAS, "rounds", 100); /* 10 weeks from its first report. */
    say("Beck", NORM_HAS, "rounds", 170)->solved = true;
    say("Cole", NORM_TRIES, "rounds", 100)->solved = true; /* As it says itself. */
    sayings[said - 1].weeks = 6;
    say("Dale", NORM_HAS, "rounds", 100)->solved = true; /* Nobody knows since when. */
    told = tell();
    cr_expect_eq(told.solved.named, 4);
    cr_expect_eq(told.time.count.named, 2);
    cr_expect_float_eq(told.time.least, 6, 1e-9);
    cr_expect_float_eq(told.time.median, 13, 1e-9);
    cr_expect_float_eq(told.time.most, 20, 1e-9);
}

Test(norm, what_was_solved_may_come_back)
{
    say("Ash", NORM_TELLS, "rounds", 1);
    say("Ash", NORM_GOES_ON, "rounds", 2)->solved = true;
    say("Ash", NORM_GOES_ON, "rounds", 3);
    cr_expect_eq(tell().solved.named, 0);
    cr_expect_eq(tell().report.named, 1);
}

/* --- Small worlds, and all that may be so in each --- */

#define RECORDS 9
#define MEMBERS 6
#define UNNAMED 5

struct world {
    size_t members;
    bool merged[MEMBERS]; /* The one before stands for it by now. */
    size_t records;
    struct {
        struct author author; /* Where it is not named. */
        char scopes[2][40];
        bool named;
        size_t by; /* Who it truly is. */
        size_t epoch;
    } list[RECORDS];
    struct norm_saying sayings[RECORDS];
    bool asked[MEMBERS]; /* Whom it is asked of. */
    size_t unnamed;
};

static size_t heir(const struct world *world, size_t member)
{
    while (world->merged[member])
        member--;
    return member;
}

static struct digest member_id(size_t member)
{
    char name[40];

    snprintf(name, sizeof name, "member %zu", member);
    return digest_for(name);
}

static struct digest tag_of(size_t member, size_t epoch, const char *scope)
{
    char name[100];

    snprintf(name, sizeof name, "tag %zu %zu %s", member, epoch, scope);
    return digest_for(name);
}

static bool slot_is_free(const struct world *world, size_t by, size_t epoch, const char *slot)
{
    for (size_t i = 0; i < world->records; i++)
        if (!world->list[i].named && world->list[i].author.form == AUTHOR_ANONYMOUS &&
            world->list[i].by == by && world->list[i].epoch == epoch &&
            strcmp(world->list[i].scopes[0], slot) == 0)
            return false;
    return true;
}

/* Not named; false where its slot is taken. */
static bool sign_unnamed(struct world *world, size_t at, size_t subject)
{
    struct author *author = &world->list[at].author;
    char ring[40];

    snprintf(world->list[at].scopes[0], 40, "slot:%zu", chance(2));
    if (!slot_is_free(world, world->list[at].by, world->list[at].epoch, world->list[at].scopes[0]))
        return false;
    if (chance(3) > 0)
        snprintf(world->list[at].scopes[1], 40, "of %zu", subject);
    else
        memcpy(world->list[at].scopes[1], world->list[at].scopes[0], 40);
    snprintf(ring, sizeof ring, "ring %zu", world->list[at].epoch);
    *author = (struct author){.form = AUTHOR_ANONYMOUS, .ring = digest_for(ring)};
    for (size_t i = 0; i < 2; i++) {
        author->scopes[i].id = bytes_of_text(world->list[at].scopes[i]);
        author->tags[i] =
            tag_of(world->list[at].by, world->list[at].epoch, world->list[at].scopes[i]);
    }
    return true;
}

/* By the owner of an earlier one; false where there is none. */
static bool sign_as_owner(struct world *world, size_t at)
{
    for (size_t i = 0; i < world->records; i++)
        if (!world->list[i].named && world->list[i].author.form == AUTHOR_ANONYMOUS &&
            chance(2) == 0) {
            world->list[at].by = world->list[i].by;
            world->list[at].epoch = world->list[i].epoch;
            world->list[at].author =
                (struct author){.form = AUTHOR_OWNER, .record = world->sayings[i].id, .n = 1};
            return true;
        }
    return false;
}

static void add_record(struct world *world, size_t matters)
{
    size_t at = world->records, subject = chance(2);
    struct norm_saying *saying = &world->sayings[at];
    char name[40];

    world->list[at].by = chance(world->members);
    world->list[at].epoch = chance(2);
    world->list[at].named = world->unnamed == UNNAMED || chance(3) == 0;
    snprintf(name, sizeof name, "record %zu", at);
    *saying = (struct norm_saying){.act = (enum norm_act)chance(6),
                                   .uptake = (enum norm_uptake)chance(NORM_UPTAKES),
                                   .solved = chance(2) == 0,
                                   .id = digest_for(name),
                                   .turn = {.own = true, .feed = 1, .seq = at + 1},
                                   .day = (int64_t)at,
                                   .began = NORM_NO_DAY,
                                   .weeks = -1};
    snprintf(name, sizeof name, "matter %zu", subject % matters);
    saying->about = digest_for(name);
    if (!world->list[at].named &&
        !(chance(5) == 0 ? sign_as_owner(world, at) : sign_unnamed(world, at, subject)))
        return;
    struct digest by = member_id(heir(world, world->list[at].by));
    saying->voice = world->list[at].named ? norm_named(&by)
                                          : norm_unnamed(&saying->id, &world->list[at].author);
    world->unnamed += !world->list[at].named;
    world->records++;
}

/* A text that was erased is not there: it is as if it had not been said. */
static void erase(struct world *world, size_t at)
{
    world->unnamed -= !world->list[at].named;
    world->records--;
    for (size_t i = at; i < world->records; i++) {
        world->list[i] = world->list[i + 1];
        world->sayings[i] = world->sayings[i + 1];
    }
    for (size_t i = 0; i < world->records; i++)
        for (size_t k = 0; k < 2; k++)
            if (!world->list[i].named && world->list[i].author.form == AUTHOR_ANONYMOUS)
                world->list[i].author.scopes[k].id = bytes_of_text(world->list[i].scopes[k]);
}

static void make_world(struct world *world)
{
    size_t matters = 1 + chance(2); /* Two that are one matter, or two. */
    size_t tries = 2 + chance(2 * RECORDS);

    *world = (struct world){.members = 2 + chance(MEMBERS - 1)};
    for (size_t i = 1; i < world->members; i++)
        world->merged[i] = chance(12) == 0;
    for (size_t i = 0; i < world->members; i++)
        world->asked[i] = chance(3) > 0;
    for (size_t i = 0; i < tries && world->records < RECORDS; i++)
        add_record(world, matters);
    if (world->records > 0 && chance(2) == 0)
        erase(world, chance(world->records));
}

/* --- Counted by trying all --- */

enum known { NOTHING, SAME, OTHER };

/* What two records' headers say of their authors, by the rule in docs/protocol.md 6.2 alone. */
static enum known compare(const struct world *world, size_t a, size_t b)
{
    const struct author *one = &world->list[a].author, *other = &world->list[b].author;

    if (world->list[a].named || world->list[b].named)
        return NOTHING; /* Those that are named are given. */
    if (one->form == AUTHOR_OWNER || other->form == AUTHOR_OWNER) {
        const struct digest *first =
            one->form == AUTHOR_OWNER ? &one->record : &world->sayings[a].id;
        const struct digest *second =
            other->form == AUTHOR_OWNER ? &other->record : &world->sayings[b].id;
        return digest_equal(first, second) ? SAME : NOTHING;
    }
    for (size_t i = 0; world->list[a].epoch == world->list[b].epoch && i < 2; i++)
        for (size_t k = 0; k < 2; k++)
            if (strcmp(world->list[a].scopes[i], world->list[b].scopes[k]) == 0)
                return digest_equal(&one->tags[i], &other->tags[k]) ? SAME : OTHER;
    return NOTHING;
}

struct naive {
    const struct world *world;
    enum known known[RECORDS][RECORDS];
    bool reports[RECORDS], speaks[RECORDS];
    size_t who[RECORDS];
    struct norm norm;
    size_t could;
    size_t report_least, report_most, spoke_least, spoke_most;
    size_t assigned;
};

/* Known to be of one author, over others as well. */
static void close_over(struct naive *naive)
{
    const struct world *world = naive->world;
    bool changed = true;

    for (size_t a = 0; a < world->records; a++)
        for (size_t b = 0; b < world->records; b++) {
            naive->known[a][b] = a == b ? SAME : compare(world, a, b);
            if (world->list[a].named && world->list[b].named)
                naive->known[a][b] =
                    heir(world, world->list[a].by) == heir(world, world->list[b].by) ? SAME : OTHER;
        }
    while (changed) {
        changed = false;
        for (size_t a = 0; a < world->records; a++)
            for (size_t b = 0; b < world->records; b++)
                for (size_t c = 0; c < world->records; c++)
                    if (naive->known[a][b] == SAME && naive->known[b][c] == SAME &&
                        naive->known[a][c] == NOTHING) {
                        naive->known[a][c] = SAME;
                        changed = true;
                    }
    }
}

static int way(enum norm_act act)
{
    return act == NORM_GOES_ON ? NORM_TELLS : act == NORM_LACKS ? NORM_HAS : (int)act;
}

/* Is a saying the latest of its author's, as far as one knows, of this thing in this way? */
static bool is_latest(const struct naive *naive, size_t at)
{
    const struct norm_saying *sayings_of = naive->world->sayings, *saying = &sayings_of[at];

    for (size_t i = 0; i < naive->world->records; i++)
        if (naive->known[at][i] == SAME && way(sayings_of[i].act) == way(saying->act) &&
            digest_equal(&sayings_of[i].about, &saying->about) &&
            sayings_of[i].turn.seq > saying->turn.seq)
            return false;
    return true;
}

static bool has_told(const struct naive *naive, size_t at)
{
    for (size_t i = 0; i < naive->world->records; i++)
        if (naive->known[at][i] == SAME && naive->world->sayings[i].act == NORM_TELLS &&
            digest_equal(&naive->world->sayings[i].about, &naive->world->sayings[at].about))
            return true;
    return false;
}

static void judge(struct naive *naive, size_t at)
{
    const struct norm_saying *saying = &naive->world->sayings[at];

    naive->speaks[at] = saying->act != NORM_GOES_ON || has_told(naive, at);
    naive->reports[at] =
        saying->act == NORM_TELLS ||
        (is_latest(naive, at) && (saying->act == NORM_HAS ||
                                  (saying->act == NORM_TRIES && saying->uptake != NORM_REJECTED)));
}

static void count_assigned(struct naive *naive)
{
    const struct world *world = naive->world;
    bool reports[MEMBERS] = {false}, speaks[MEMBERS] = {false};
    size_t report = 0, spoke = 0;

    for (size_t i = 0; i < world->records; i++) {
        size_t who = heir(world, naive->who[i]);
        reports[who] = reports[who] || naive->reports[i];
        speaks[who] = speaks[who] || naive->speaks[i];
    }
    for (size_t i = 0; i < world->members; i++) {
        report += reports[i] && world->asked[i];
        spoke += speaks[i] && world->asked[i];
    }
    naive->report_least = report < naive->report_least ? report : naive->report_least;
    naive->report_most = report > naive->report_most ? report : naive->report_most;
    naive->spoke_least = spoke < naive->spoke_least ? spoke : naive->spoke_least;
    naive->spoke_most = spoke > naive->spoke_most ? spoke : naive->spoke_most;
    naive->assigned++;
    cr_assert(naive->norm.verdict != NORM_OF_ALL || 2 * report >= naive->could);
    cr_assert(naive->norm.verdict != NORM_OF_SPEAKERS || 2 * report >= spoke);
    cr_assert(naive->norm.verdict != NORM_EXCEPTION || 4 * report <= spoke);
}

static bool may_be(const struct naive *naive, size_t at, size_t member)
{
    for (size_t i = 0; i < at; i++) {
        enum known known = naive->world->list[i].named ? NOTHING : naive->known[at][i];
        if ((known == SAME && naive->who[i] != member) ||
            (known == OTHER && naive->who[i] == member))
            return false;
    }
    return true;
}

static void assign(struct naive *naive, size_t at)
{
    if (at == naive->world->records) {
        count_assigned(naive);
        return;
    }
    if (naive->world->list[at].named) {
        naive->who[at] = naive->world->list[at].by;
        assign(naive, at + 1);
        return;
    }
    for (size_t member = 0; member < naive->world->members; member++)
        if (may_be(naive, at, member)) {
            naive->who[at] = member;
            assign(naive, at + 1);
        }
}

static bool is_simple(const struct naive *naive)
{
    const struct world *world = naive->world;

    for (size_t a = 0; a < world->records; a++)
        for (size_t b = 0; b < a; b++)
            if (!world->list[a].named && !world->list[b].named && naive->known[a][b] == SAME &&
                world->list[a].author.form != AUTHOR_OWNER &&
                world->list[b].author.form != AUTHOR_OWNER)
                return false;
    return true;
}

static size_t ask(const struct world *world, struct norm *norm)
{
    struct digest asked[MEMBERS];
    struct norm_members among = {.list = asked};
    size_t succeeded = 0, heirs = 0;

    for (size_t i = 0; i < world->members; i++) {
        succeeded += world->merged[i];
        heirs += !world->merged[i];
        if (!world->merged[i] && world->asked[i])
            asked[among.count++] = member_id(i);
    }
    struct norm_told told = norm_tell(world->sayings, world->records, &among, succeeded, NULL);
    struct norm_asked question = {.report = told.report,
                                  .spoke = told.spoke,
                                  .could = among.count,
                                  .outside = heirs - among.count};
    *norm = norm_of(&question);
    return among.count;
}

/* Whoever those are that are not named, as far as their tags allow it, the bounds hold, and no
 * verdict is wrong. They are reached where nobody was succeeded, no two tags show that two records
 * are of one author, and there are more members than such records; and nearly always elsewhere. */
Test(norm, holds_whoever_the_unnamed_ones_are)
{
    size_t exact = 0, met = 0, loose = 0;

    for (size_t round = 0; round < 20000; round++) {
        struct world world;
        make_world(&world);
        struct naive naive = {.world = &world, .report_least = SIZE_MAX, .spoke_least = SIZE_MAX};
        naive.could = ask(&world, &naive.norm);
        close_over(&naive);
        for (size_t i = 0; i < world.records; i++)
            judge(&naive, i);
        assign(&naive, 0);
        const struct norm *norm = &naive.norm;
        cr_assert(naive.assigned > 0, "the truth is one of them");
        cr_assert(norm->report.least <= naive.report_least &&
                      naive.report_most <= norm->report.most,
                  "round %zu: reports %zu to %zu, and it says %zu to %zu", round,
                  naive.report_least, naive.report_most, norm->report.least, norm->report.most);
        cr_assert(norm->spoke.least <= naive.spoke_least && naive.spoke_most <= norm->spoke.most);
        bool plain = is_simple(&naive) && world.members > world.unnamed,
             reached = norm->report.least == naive.report_least &&
                       norm->report.most == naive.report_most &&
                       norm->spoke.least == naive.spoke_least &&
                       norm->spoke.most == naive.spoke_most;
        for (size_t i = 0; i < world.members; i++)
            plain = plain && !world.merged[i];
        cr_assert(!plain || reached,
                  "round %zu: %zu to %zu of %zu to %zu, and it says %zu to %zu of %zu to %zu",
                  round, naive.report_least, naive.report_most, naive.spoke_least, naive.spoke_most,
                  norm->report.least, norm->report.most, norm->spoke.least, norm->spoke.most);
        exact += plain;
        met += !plain && reached;
        loose += !reached;
    }
    cr_expect(exact > 1000 && met > 100 && loose > 10);
    cr_expect(loose < 20000 / 100, "wider than need be in %zu", loose);
}

/* As large as networks are: whatever the truth is, no verdict is wrong. */
Test(norm, no_verdict_is_wrong_in_a_large_network)
{
    size_t seen[5] = {0};

    for (size_t round = 0; round < 20000; round++) {
        struct norm_asked asked = {.could = 5 + chance(36)};
        size_t rarity = 1 + chance(10), truly = 0, spoke = 0;
        for (size_t i = 0; i < asked.could; i++) {
            bool named_speaks = chance(2) == 0, named_reports = named_speaks && chance(rarity) == 0;
            size_t unnamed = chance(4) == 0 ? chance(3) : 0;
            size_t unnamed_reports = unnamed > 0 && chance(rarity) == 0 ? 1 : 0;
            asked.report.named += named_reports;
            asked.spoke.named += named_speaks;
            asked.report.unnamed += unnamed_reports;
            asked.spoke.unnamed += unnamed;
            truly += named_reports || unnamed_reports > 0;
            spoke += named_speaks || unnamed > 0;
        }
        asked.report.apart = asked.report.unnamed > 0;
        asked.spoke.apart = asked.spoke.unnamed > 0;
        struct norm norm = norm_of(&asked);
        cr_assert(norm.report.least <= truly && truly <= norm.report.most);
        cr_assert(norm.spoke.least <= spoke && spoke <= norm.spoke.most);
        cr_assert(norm.verdict != NORM_OF_ALL || 2 * truly >= asked.could);
        cr_assert(norm.verdict != NORM_OF_SPEAKERS || 2 * truly >= spoke);
        cr_assert(norm.verdict != NORM_EXCEPTION || 4 * truly <= spoke);
        seen[norm.verdict]++;
    }
    for (size_t i = 0; i < 5; i++)
        cr_expect(seen[i] > 20, "verdict %zu came %zu times", i, seen[i]);
}
