#include "protocol/disclosure.h"
#include "protocol/suppression.h"
#include "tests/support/chance.h"

#include <criterion/criterion.h>
#include <string.h>

/* Counts that are published rounded, with their totals, against every table that looks the same.
 * Shares are a table of one direction more: numerators and what these leave make denominators, and
 * what is left is never shown.
 *
 * The tables are tried one by one, part by part: it knows nothing of graphs and paths, and has the
 * numbers that a reader reckons with from what is printed. */

#define WAYS 4
#define OF_SHARE 3 /* The last way: */
enum { PART, REST, WHOLE };
#define CELLS_MAX 64
#define PARTS_MAX 24
#define FAR 400 /* More than any count here. */

struct range {
    int64_t least, most;
};

struct printed {
    size_t sides[WAYS], cells; /* A side without a total is one long. */
    int64_t threshold, base;
    int64_t counts[CELLS_MAX];
    bool small[CELLS_MAX]; /* Hidden for what it is itself. */
    bool hidden[CELLS_MAX];
    struct range ranges[CELLS_MAX];
    size_t parts[PARTS_MAX], part_count; /* Which cells are no totals; */
    uint32_t of[CELLS_MAX];              /* which of them a cell is the sum of, a bit for each. */
};

static struct printed printed;
static struct fault fault;

static bool has_total(size_t way)
{
    return printed.sides[way] > 1;
}

static size_t length(size_t way)
{
    return printed.sides[way] + has_total(way);
}

static size_t step(size_t way)
{
    size_t step = 1;

    while (++way < WAYS)
        step *= length(way);
    return step;
}

static size_t place(size_t cell, size_t way)
{
    return cell / step(way) % length(way);
}

static bool are_shares(void)
{
    return has_total(OF_SHARE);
}

static bool is_sum(size_t cell, size_t ways)
{
    for (size_t way = 0; way < ways; way++)
        if (place(cell, way) == printed.sides[way])
            return true;
    return false;
}

/* A denominator is one of denominators alone. */
static bool is_total(size_t cell)
{
    return is_sum(cell, OF_SHARE);
}

static bool is_of(size_t part, size_t cell)
{
    for (size_t way = 0; way < WAYS; way++)
        if (place(cell, way) != printed.sides[way] && place(cell, way) != place(part, way))
            return false;
    return true;
}

static bool is_small(int64_t count)
{
    return count > 0 && count < printed.threshold;
}

static int64_t some_count(void)
{
    size_t kind = chance(5);

    return kind == 0 ? 0 : (int64_t)chance(kind == 1 ? 6 : kind < 4 ? 12 : 40);
}

static void draw_counts(void)
{
    printed.cells = length(0) * length(1) * length(2) * length(OF_SHARE);
    for (size_t cell = 0; cell < printed.cells; cell++)
        if (!is_sum(cell, WAYS)) {
            printed.counts[cell] = some_count();
            printed.parts[printed.part_count++] = cell;
        }
    for (size_t cell = 0; cell < printed.cells; cell++)
        for (size_t i = 0; i < printed.part_count; i++)
            if (is_of(printed.parts[i], cell)) {
                printed.of[cell] |= UINT32_C(1) << i;
                printed.counts[cell] += is_sum(cell, WAYS) ? printed.counts[printed.parts[i]] : 0;
            }
}

/* By the rules for one figure. */
static void hide_share(size_t part)
{
    const struct disclosure_profile profile = {"", printed.threshold, printed.base};
    const struct measure measure = {STATISTIC_PROPORTION, 100};
    const struct figure figure = {.numerator = {true, printed.counts[part], 0},
                                  .denominator = {true, printed.counts[part + WHOLE], 0}};
    struct figure safe;

    cr_assert(disclosure_apply(&profile, &measure, &figure, &safe, &fault));
    printed.small[part] = !safe.numerator.here;
    printed.small[part + REST] = !safe.numerator.here && is_small(printed.counts[part + REST]);
    printed.small[part + WHOLE] = !safe.denominator.here;
}

static void draw(size_t a, size_t b, size_t c, bool shares)
{
    static const struct {
        int64_t threshold, base;
    } rules[] = {{8, 5}, {5, 5}, {4, 3}, {10, 10}};
    size_t rule = chance(4);

    printed = (struct printed){.sides = {a, b, c, shares ? 2 : 1},
                               .threshold = rules[rule].threshold,
                               .base = rules[rule].base};
    draw_counts();
    for (size_t cell = 0; cell < printed.cells; cell++) {
        if (!shares)
            printed.small[cell] = is_small(printed.counts[cell]);
        else if (place(cell, OF_SHARE) == PART)
            hide_share(cell);
    }
    memcpy(printed.hidden, printed.small, sizeof printed.hidden);
}

/* --- What a reader reckons with --- */

static int64_t shown(int64_t count)
{
    int64_t below = count - count % printed.base, up = 2 * (count % printed.base) >= printed.base;

    return below + (up ? printed.base : 0);
}

/* What a shown number may have been: any that is printed like it, and would not be hidden. */
static struct range printed_as(int64_t count)
{
    struct range range = {FAR, 0};

    for (int64_t number = 0; number < FAR; number++) {
        if (is_small(number) || shown(number) != shown(count) || (number == 0) != (count == 0))
            continue;
        if (number < range.least)
            range.least = number;
        range.most = number;
    }
    return range;
}

/* A part that was hidden beside a small one may be anything; further than this it need not go. */
static struct range hidden_as(size_t cell)
{
    int64_t count = printed.counts[cell];

    if (is_total(cell))
        return (struct range){count > 0, FAR};
    return (struct range){count > 0,
                          is_small(count) ? printed.threshold - 1 : count + printed.threshold};
}

/* What a share leaves, by why it is shown or hidden: for its whole, its part or what it leaves. And
 * of all or none there are ten. */
static void read_rest(size_t part)
{
    const int64_t *counts = &printed.counts[part];
    struct range *ranges = &printed.ranges[part];
    const struct range few = {1, printed.threshold - 1}, less = {0, printed.threshold - 1};

    if (!printed.hidden[part]) {
        ranges[REST] =
            counts[REST] == 0 ? (struct range){0, 0} : (struct range){printed.threshold, FAR};
        if (counts[WHOLE] > 0 && (counts[PART] == 0 || counts[REST] == 0) &&
            ranges[WHOLE].least < 10)
            ranges[WHOLE].least = 10;
    } else if (is_total(part) || !printed.small[part]) {
        ranges[REST] = (struct range){0, FAR};
    } else if (is_small(counts[WHOLE])) {
        ranges[PART] = ranges[REST] = less;
    } else {
        ranges[REST] =
            is_small(counts[REST]) && !is_small(counts[PART]) ? few : (struct range){0, FAR};
    }
    int64_t most = ranges[WHOLE].most - ranges[PART].least;
    if (most < ranges[REST].most)
        ranges[REST].most = most;
}

static void read_printed(void)
{
    for (size_t cell = 0; cell < printed.cells; cell++)
        printed.ranges[cell] =
            printed.hidden[cell] ? hidden_as(cell) : printed_as(printed.counts[cell]);
    for (size_t cell = 0; are_shares() && cell < printed.cells; cell += WHOLE + 1)
        read_rest(cell);
}

/* --- Every table that looks the same --- */

/* What the parts from each on can add to each sum. */
static struct range rests[PARTS_MAX + 1][CELLS_MAX];

static void set_rests(void)
{
    for (size_t cell = 0; cell < printed.cells; cell++) {
        rests[printed.part_count][cell] = (struct range){0, 0};
        for (size_t i = printed.part_count; i-- > 0;) {
            const struct range *part = &printed.ranges[printed.parts[i]];
            bool in = printed.of[cell] >> i & 1;
            rests[i][cell].least = rests[i + 1][cell].least + (in ? part->least : 0);
            rests[i][cell].most = rests[i + 1][cell].most + (in ? part->most : 0);
        }
    }
}

/* Some shares have so many tables that look like them, or nearly, that they are given up. */
#define TRIED_MAX 100000
static unsigned tried;
static bool given_up;

/* With the parts from `next` on open. */
static bool can_be_filled(const int64_t *sums, size_t next)
{
    int64_t sums_with[CELLS_MAX];

    if (++tried > TRIED_MAX && are_shares())
        return false;
    for (size_t cell = 0; cell < printed.cells; cell++)
        if (sums[cell] + rests[next][cell].least > printed.ranges[cell].most ||
            sums[cell] + rests[next][cell].most < printed.ranges[cell].least)
            return false;
    if (next == printed.part_count)
        return true;
    struct range range = printed.ranges[printed.parts[next]];
    for (int64_t number = range.least; number <= range.most; number++) {
        for (size_t cell = 0; cell < printed.cells; cell++)
            sums_with[cell] = sums[cell] + (printed.of[cell] >> next & 1 ? number : 0);
        if (can_be_filled(sums_with, next + 1))
            return true;
    }
    return false;
}

/* How many numbers a cell can have, counted to NUMBERS_LEFT at most. */
static int64_t numbers_of(size_t cell)
{
    struct range range = printed.ranges[cell];
    int64_t numbers = 0;

    for (int64_t number = range.least; number <= range.most && numbers < NUMBERS_LEFT && !given_up;
         number++) {
        const int64_t nothing[CELLS_MAX] = {0};
        printed.ranges[cell] = (struct range){number, number};
        tried = 0;
        set_rests();
        numbers += can_be_filled(nothing, 0);
        given_up = given_up || (tried > TRIED_MAX && are_shares());
    }
    printed.ranges[cell] = range;
    return numbers;
}

/* --- By the rules --- */

static bool is_rest(size_t cell)
{
    return are_shares() && place(cell, OF_SHARE) == REST;
}

static void add_lines(struct suppression *net, const size_t *numbers, size_t way)
{
    size_t parts[CELLS_MAX];

    for (size_t cell = 0; has_total(way) && cell < printed.cells; cell++) {
        if (place(cell, way) != 0 || is_rest(cell))
            continue;
        for (size_t i = 0; i < printed.sides[way]; i++)
            parts[i] = numbers[cell + i * step(way)];
        cr_assert(suppression_add_line(net, parts, printed.sides[way],
                                       numbers[cell + printed.sides[way] * step(way)], &fault));
    }
}

/* Denominators come first, as they do in an import. */
static void add_cells(struct suppression *net, size_t *numbers)
{
    for (size_t kind = 0; kind < 2; kind++)
        for (size_t cell = 0; cell < printed.cells; cell++) {
            bool whole = are_shares() && place(cell, OF_SHARE) == WHOLE;
            struct cell is = {.count = printed.counts[cell],
                              .most = COUNT_MAX,
                              .counted = true,
                              .small = printed.small[cell],
                              .hidden = printed.hidden[cell]};
            if (!is_rest(cell) && whole == (kind == 0))
                cr_assert(suppression_add_cell(net, &is, &numbers[cell], &fault));
        }
}

/* What is left is not shown where its part is not, nor a part whose whole is not. */
static bool is_hidden(const struct suppression *net, const size_t *numbers, size_t cell)
{
    size_t part = are_shares() ? cell - place(cell, OF_SHARE) : cell;

    return suppression_cell(net, numbers[is_rest(cell) ? part : cell])->hidden ||
           (are_shares() && suppression_cell(net, numbers[part + WHOLE])->hidden);
}

/* Of shares, numerators and denominators are looked at together, or each by themselves. */
static void hide_more(bool together)
{
    struct suppression *net = suppression_new(printed.threshold, printed.base);
    size_t numbers[CELLS_MAX], told;

    add_cells(net, numbers);
    for (size_t way = 0; way < OF_SHARE; way++)
        add_lines(net, numbers, way);
    for (size_t cell = 0; together && cell < printed.cells; cell += WHOLE + 1)
        cr_assert(suppression_add_share(net, numbers[cell], numbers[cell + WHOLE], &fault));
    cr_assert(suppression_run(net, &told, &fault), "%s", fault.text);
    for (size_t cell = 0; cell < printed.cells; cell++)
        printed.hidden[cell] = is_hidden(net, numbers, cell);
    suppression_free(net);
}

/* Small counts, and those of them that can have one number, and too few; and what is shown. */
struct found {
    unsigned small, one, few, shown;
};

static unsigned count_shown(void)
{
    unsigned shown = 0;

    for (size_t cell = 0; cell < printed.cells; cell++)
        shown += !printed.hidden[cell] && !is_rest(cell) && printed.counts[cell] > 0;
    return shown;
}

static void look(struct found *found)
{
    read_printed();
    found->shown += count_shown();
    for (size_t cell = 0; cell < printed.cells; cell++) {
        struct range range = printed.ranges[cell];
        if (!printed.small[cell] || given_up)
            continue;
        cr_assert(printed.hidden[cell]);
        int64_t numbers = numbers_of(cell), room = range.most - range.least + 1;
        found->small++;
        found->one += numbers == 1;
        found->few += numbers < (room < NUMBERS_LEFT ? room : NUMBERS_LEFT);
    }
}

static void add(struct found *sum, const struct found *found)
{
    sum->small += found->small;
    sum->one += found->one;
    sum->few += found->few;
    sum->shown += found->shown;
}

static void tell(const char *of, const char *when, const struct found *found)
{
    cr_log_info("%s, %s: %u small, %u told, %u left too few; %u shown", of, when, found->small,
                found->one, found->few, found->shown);
}

static void expect_none_told(unsigned rounds, bool three_ways, struct found *before)
{
    struct found after = {0};

    *before = (struct found){0};
    for (unsigned round = 0; round < rounds; round++) {
        if (three_ways)
            draw(2, 2, 2, false);
        else
            draw(2 + chance(2), 2 + chance(3), 1, false);
        look(before);
        hide_more(false);
        look(&after);
        cr_assert_eq(after.few, 0, "round %u", round);
    }
    tell("counts", "before", before);
    tell("counts", "after", &after);
}

Test(suppression_rounded, leaves_a_two_way_table_in_which_no_small_count_is_told)
{
    struct found before;

    expect_none_told(3000, false, &before);
    cr_expect_gt(before.one, 200); /* There was something to do. */
    cr_expect_gt(before.few, 1000);
}

Test(suppression_rounded, leaves_linked_tables_in_which_no_small_count_is_told)
{
    struct found before;

    expect_none_told(200, true, &before);
    cr_expect_gt(before.one, 50);
    cr_expect_gt(before.few, 200);
}

/* `apart`: what numerators and denominators, each with their totals, leave to who has both. */
static void expect_no_share_told(unsigned rounds, bool two_ways, struct found *apart)
{
    struct found before = {0}, after = {0};
    unsigned judged = 0;

    *apart = (struct found){0};
    for (unsigned round = 0; round < rounds; round++) {
        if (two_ways)
            draw(2, 2, 1, true);
        else
            draw(2 + chance(3), 1, 1, true);
        struct printed drawn = printed;
        struct found of[3] = {{0}};
        given_up = false;
        look(&of[0]);
        hide_more(false);
        look(&of[1]);
        printed = drawn;
        hide_more(true);
        look(&of[2]);
        if (given_up)
            continue;
        judged++;
        add(&before, &of[0]);
        add(apart, &of[1]);
        add(&after, &of[2]);
        cr_assert_eq(after.few, 0, "round %u", round);
    }
    cr_log_info("%u of %u tables", judged, rounds);
    cr_expect_gt(judged, rounds * 4 / 5);
    tell("shares", "before", &before);
    tell("shares", "apart", apart);
    tell("shares", "together", &after);
}

Test(suppression_rounded, leaves_shares_of_which_no_small_count_is_told)
{
    struct found apart;

    expect_no_share_told(3000, false, &apart);
    cr_expect_gt(apart.one, 10);
    cr_expect_gt(apart.few, 200);
}

Test(suppression_rounded, leaves_shares_of_two_breakdowns_of_which_no_small_count_is_told)
{
    struct found apart;

    expect_no_share_told(100, true, &apart);
    cr_expect_gt(apart.few, 20);
}

/* The share of what is shown that is hidden for others: 3 by 4 with margins, many of them small. */
Test(suppression_rounded, hides_not_many_more_of_shares_for_looking_at_them_together)
{
    unsigned shown = 0, apart = 0, together = 0;

    for (unsigned round = 0; round < 1000; round++) {
        draw(3, 4, 1, true);
        struct printed drawn = printed;
        unsigned before = count_shown();
        hide_more(false);
        shown += before;
        apart += before - count_shown();
        printed = drawn;
        hide_more(true);
        together += before - count_shown();
    }
    cr_log_info("of %u shown: %u hidden apart, %u together", shown, apart, together);
    cr_expect_lt(together - apart, shown / 20);
}
