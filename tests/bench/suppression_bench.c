#include "protocol/suppression.h"
#include "tests/support/chance.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* How many figures of a rounded table with totals are hidden for others, and what it takes to find
 * them: processor time, without reading a file.
 *
 *     suppression_bench [START]
 *
 * Tables are made up, each from that start, and judged as an import does it. A quarter of the
 * counts are small; of shares an eighth of the numerators, and of what these leave. */

#define WAYS 4
#define FIGURES_MAX 14641 /* 121 by 121; 11 in each of four directions. */

static struct table {
    size_t sides[WAYS]; /* Parts in each direction; where there is one, it has no total. */
    size_t steps[WAYS]; /* From one part to the next. */
    size_t figures;
    bool shares;
    size_t small_eighths; /* So many of eight counts are small. */
    const struct disclosure_profile *profile;
    struct cell cells[2 * FIGURES_MAX]; /* Denominators, if any; then numerators, or counts. */
} table;

static struct fault fault;

static void expect(bool done)
{
    if (!done) {
        fprintf(stderr, "suppression_bench: %s\n", fault.text);
        exit(1);
    }
}

/* --- A table --- */

static size_t count_cells(void)
{
    return table.figures * (table.shares ? 2 : 1);
}

static void lay_out(const size_t *sides)
{
    table.figures = 1;
    for (size_t way = WAYS; way-- > 0;) {
        table.sides[way] = sides[way];
        table.steps[way] = table.figures;
        table.figures *= sides[way] + (sides[way] > 1);
    }
    assert(table.figures <= FIGURES_MAX);
}

static bool is_total(size_t at, size_t way)
{
    size_t parts = table.sides[way];

    return parts > 1 && at / table.steps[way] % (parts + 1) == parts;
}

static int64_t some_count(void)
{
    size_t threshold = (size_t)table.profile->threshold;

    if (chance(8) < table.small_eighths)
        return 1 + (int64_t)chance(threshold - 1);
    return chance(16) == 0 ? 0 : (int64_t)(threshold + chance(100));
}

/* `cells` are as many as there are figures. */
static void add_up(struct cell *cells, size_t way)
{
    for (size_t at = 0; at < table.figures; at++) {
        if (!is_total(at, way))
            continue;
        cells[at].count = 0;
        for (size_t i = 1; i <= table.sides[way]; i++)
            cells[at].count += cells[at - i * table.steps[way]].count;
    }
}

/* By the rules for one figure. */
static void hide(struct cell *part, struct cell *whole)
{
    const struct measure measure = {table.shares ? STATISTIC_PROPORTION : STATISTIC_COUNT, 1};
    const struct amount count = {true, part->count, 0}, of = {true, whole->count, 0};
    const struct figure figure = table.shares
                                     ? (struct figure){.numerator = count, .denominator = of}
                                     : (struct figure){.value = count};
    struct figure safe;

    expect(disclosure_apply(table.profile, &measure, &figure, &safe, &fault));
    whole->hidden = whole->small = !count_of(&measure, &safe, COUNT_OF_DENOMINATOR).here;
    part->hidden = part->small = !count_of(&measure, &safe, COUNT_ITSELF).here;
}

/* What is drawn where a total stands is forgotten. Counts are of themselves. */
static void draw(void)
{
    struct cell *wholes = table.cells, *parts = wholes + count_cells() - table.figures;

    for (size_t at = 0; at < table.figures; at++) {
        parts[at] = (struct cell){.count = some_count(), .most = COUNT_MAX, .counted = true};
        wholes[at] = parts[at];
        wholes[at].count += table.shares ? some_count() : 0;
    }
    for (size_t way = 0; way < WAYS; way++)
        for (size_t first = 0; first < count_cells(); first += table.figures)
            add_up(table.cells + first, way);
    for (size_t at = 0; at < table.figures; at++)
        hide(&parts[at], &wholes[at]);
}

/* --- Judged --- */

/* Those cells from `first` on that are totals. */
static void add_lines(struct suppression *net, size_t first, size_t way)
{
    size_t parts[FIGURES_MAX], count = table.sides[way];

    for (size_t at = 0; at < table.figures; at++) {
        for (size_t i = 0; is_total(at, way) && i < count; i++)
            parts[i] = first + at - (count - i) * table.steps[way];
        expect(!is_total(at, way) || suppression_add_line(net, parts, count, first + at, &fault));
    }
}

/* The number of a cell is where it stands. */
static struct suppression *judge(void)
{
    struct suppression *net =
        suppression_new(table.profile->threshold, table.profile->rounding_base);
    size_t number, told;

    for (size_t i = 0; i < count_cells(); i++)
        expect(suppression_add_cell(net, &table.cells[i], &number, &fault));
    for (size_t way = 0; way < WAYS; way++)
        for (size_t first = 0; first < count_cells(); first += table.figures)
            add_lines(net, first, way);
    for (size_t at = 0; table.shares && at < table.figures; at++)
        expect(suppression_add_share(net, table.figures + at, at, &fault));
    expect(suppression_run(net, &told, &fault));
    return net;
}

static double cpu_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Where a denominator is hidden, so is its numerator. */
static void measure(const char *what, uint64_t start)
{
    size_t small = 0, others = 0;

    lots = start;
    draw();
    double began_s = cpu_s();
    struct suppression *net = judge();
    double took_s = cpu_s() - began_s;
    for (size_t i = count_cells() - table.figures; i < count_cells(); i++) {
        small += table.cells[i].small;
        others += !table.cells[i].small && suppression_cell(net, i)->hidden;
    }
    printf("| %s | %s, `%s` | %zu | %zu | %zu | %.1f |\n", what, table.shares ? "shares" : "counts",
           table.profile->name, table.figures, small, others, took_s);
    suppression_free(net);
}

int main(int count, char **arguments)
{
    uint64_t start = count > 1 ? strtoull(arguments[1], NULL, 10) : 1;
    static const struct {
        const char *what;
        size_t sides[WAYS];
        bool all_small;
    } sizes[] = {
        {"50 by 40", {50, 40, 1, 1}, false},
        {"20 by 10 by 3", {20, 10, 3, 1}, false},
        {"50 by 13 by 3", {50, 13, 3, 1}, false},
        {"120 by 120", {120, 120, 1, 1}, false},
        {"120 by 120, all small", {120, 120, 1, 1}, true},
        {"10 by 10 by 10 by 10", {10, 10, 10, 10}, false},
    };
    static const struct {
        const char *profile;
        bool shares;
    } uses[] = {{"strict", false}, {"strict", true}, {"standard", true}};

    printf("| table | of | figures | hidden by themselves | for others | seconds |\n"
           "|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t k = 0; k < sizeof uses / sizeof *uses; k++) {
            lay_out(sizes[i].sides);
            table.shares = uses[k].shares;
            table.small_eighths = sizes[i].all_small ? 8 : table.shares ? 1 : 2;
            table.profile = disclosure_profile_of(uses[k].profile, &fault);
            measure(sizes[i].what, start);
        }
    return 0;
}
