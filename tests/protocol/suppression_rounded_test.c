#include "protocol/suppression.h"
#include "tests/support/chance.h"

#include <criterion/criterion.h>

/* Counts that are published rounded, with their totals, against every table that looks the same.
 *
 * The tables are tried one by one, part by part: it knows nothing of graphs and paths, and has the
 * numbers that a reader reckons with from what is printed. */

#define WAYS 3
#define CELLS_MAX 64
#define PARTS_MAX 12
#define FAR 400 /* More than any count here. */

struct range {
    int64_t least, most;
};

struct printed {
    size_t sides[WAYS], cells; /* A side without a total is one long. */
    int64_t threshold, base;
    int64_t counts[CELLS_MAX];
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

static bool is_total(size_t cell)
{
    for (size_t way = 0; way < WAYS; way++)
        if (place(cell, way) == printed.sides[way])
            return true;
    return false;
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

static void draw(size_t a, size_t b, size_t c)
{
    static const struct {
        int64_t threshold, base;
    } rules[] = {{8, 5}, {5, 5}, {4, 3}, {10, 10}};
    size_t rule = chance(4);

    printed = (struct printed){
        .sides = {a, b, c}, .threshold = rules[rule].threshold, .base = rules[rule].base};
    printed.cells = length(0) * length(1) * length(2);
    for (size_t cell = 0; cell < printed.cells; cell++)
        if (!is_total(cell)) {
            printed.counts[cell] = some_count();
            printed.parts[printed.part_count++] = cell;
        }
    for (size_t cell = 0; cell < printed.cells; cell++) {
        for (size_t i = 0; i < printed.part_count; i++)
            if (is_of(printed.parts[i], cell)) {
                printed.of[cell] |= UINT32_C(1) << i;
                printed.counts[cell] += is_total(cell) ? printed.counts[printed.parts[i]] : 0;
            }
        printed.hidden[cell] = is_small(printed.counts[cell]);
    }
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
static void read_printed(void)
{
    for (size_t cell = 0; cell < printed.cells; cell++) {
        int64_t count = printed.counts[cell];
        bool small = is_small(count) && !is_total(cell);
        printed.ranges[cell] =
            !printed.hidden[cell]
                ? printed_as(count)
                : (struct range){count > 0, small            ? printed.threshold - 1
                                            : is_total(cell) ? FAR
                                                             : count + printed.threshold};
    }
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

/* With the parts from `next` on open. */
static bool can_be_filled(const int64_t *sums, size_t next)
{
    int64_t sums_with[CELLS_MAX];

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

    for (int64_t number = range.least; number <= range.most && numbers < NUMBERS_LEFT; number++) {
        const int64_t nothing[CELLS_MAX] = {0};
        printed.ranges[cell] = (struct range){number, number};
        set_rests();
        numbers += can_be_filled(nothing, 0);
    }
    printed.ranges[cell] = range;
    return numbers;
}

/* --- By the rules --- */

static void add_lines(struct suppression *net, size_t way)
{
    size_t parts[CELLS_MAX];

    for (size_t cell = 0; has_total(way) && cell < printed.cells; cell++) {
        if (place(cell, way) != 0)
            continue;
        for (size_t i = 0; i < printed.sides[way]; i++)
            parts[i] = cell + i * step(way);
        cr_assert(suppression_add_line(net, parts, printed.sides[way],
                                       cell + printed.sides[way] * step(way), &fault));
    }
}

/* How many more are hidden. */
static unsigned hide_more(void)
{
    struct suppression *net = suppression_new(printed.threshold, printed.base);
    size_t number, told;
    unsigned more = 0;

    for (size_t cell = 0; cell < printed.cells; cell++) {
        struct cell is = {.count = printed.counts[cell],
                          .most = COUNT_MAX,
                          .counted = true,
                          .small = printed.hidden[cell],
                          .hidden = printed.hidden[cell]};
        cr_assert(suppression_add_cell(net, &is, &number, &fault));
    }
    for (size_t way = 0; way < WAYS; way++)
        add_lines(net, way);
    cr_assert(suppression_run(net, &told, &fault), "%s", fault.text);
    for (size_t cell = 0; cell < printed.cells; cell++) {
        bool hidden = suppression_cell(net, cell)->hidden;
        more += hidden && !printed.hidden[cell];
        printed.hidden[cell] = hidden;
    }
    suppression_free(net);
    return more;
}

/* Small parts, and those of them that can have one number, and too few. */
struct found {
    unsigned small, shown, one, few, more;
};

static void look(struct found *found)
{
    read_printed();
    for (size_t cell = 0; cell < printed.cells; cell++) {
        struct range range = printed.ranges[cell];
        found->shown += !printed.hidden[cell] && printed.counts[cell] > 0;
        if (!is_small(printed.counts[cell]))
            continue;
        cr_assert(printed.hidden[cell]);
        int64_t numbers = numbers_of(cell), room = range.most - range.least + 1;
        found->small++;
        found->one += numbers == 1;
        found->few += numbers < (room < NUMBERS_LEFT ? room : NUMBERS_LEFT);
    }
}

static void expect_none_told(unsigned rounds, bool three_ways, struct found *before)
{
    struct found after = {0};

    *before = (struct found){0};
    for (unsigned round = 0; round < rounds; round++) {
        if (three_ways)
            draw(2, 2, 2);
        else
            draw(2 + chance(2), 2 + chance(3), 1);
        look(before);
        before->more += hide_more();
        look(&after);
        cr_assert_eq(after.few, 0, "round %u", round);
    }
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
