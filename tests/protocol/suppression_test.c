#include "protocol/suppression_inside.h"
#include "tests/support/chance.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T 5
#define CELLS_MAX 64 /* Of a table that is compared with all that look the same. */

static struct fault fault;
static struct suppression *table;
static size_t told;

static void free_table(void)
{
    suppression_free(table);
    table = NULL;
}

TestSuite(suppression, .fini = free_table);

static void begin(void)
{
    free_table();
    table = suppression_new(T, 0);
}

static size_t add(int64_t count)
{
    bool small = count > 0 && count < T;
    struct cell cell = {
        .count = count, .most = COUNT_MAX, .counted = true, .small = small, .hidden = small};
    size_t number;

    cr_assert(suppression_add_cell(table, &cell, &number, &fault));
    return number;
}

static void add_line(const size_t *parts, size_t count, size_t total)
{
    cr_assert(suppression_add_line(table, parts, count, total, &fault));
}

/* Counts and their total, as "2 14 9 30|55"; and what is published of them, as "* 14 * 30|55". */
static const char *published_row(const int64_t *counts, size_t count, bool total_hidden)
{
    static char text[200];
    size_t parts[32], size = 0;
    int64_t sum = 0;

    begin();
    for (size_t i = 0; i < count; i++) {
        parts[i] = add(counts[i]);
        sum += counts[i];
    }
    size_t total = add(sum);
    table->cells[total].hidden = table->cells[total].hidden || total_hidden;
    add_line(parts, count, total);
    cr_assert(suppression_run(table, &told, &fault), "%s", fault.text);
    for (size_t i = 0; i <= count; i++) {
        const char *before = i == 0 ? "" : i == count ? "|" : " ";
        const struct cell *cell = suppression_cell(table, i);
        size += (size_t)(cell->hidden ? snprintf(text + size, sizeof text - size, "%s*", before)
                                      : snprintf(text + size, sizeof text - size, "%s%lld", before,
                                                 (long long)cell->count));
    }
    return text;
}
#define ROW(hidden, ...)                                                                           \
    published_row((const int64_t[]){__VA_ARGS__},                                                  \
                  sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t), hidden)

Test(suppression, hides_the_smallest_number_that_is_shown_beside_a_hidden_one)
{
    cr_expect_str_eq(ROW(false, 2, 14, 9, 30), "* 14 * 30|55");
    cr_expect_str_eq(ROW(false, 2, 9, 9, 30), "* * 9 30|50"); /* Of two alike the first. */
    cr_expect_str_eq(ROW(false, 14, 9, 30), "14 9 30|53");
    cr_expect_str_eq(ROW(false, 2, 0, 9, 30), "* 0 * 30|41");
}

Test(suppression, hides_one_more_where_the_hidden_ones_are_few)
{
    cr_expect_str_eq(ROW(false, 1, 1, 20, 30), "* * * 30|52");
    cr_expect_str_eq(ROW(false, 1, 3, 20, 30), "* * * 30|54");
    cr_expect_str_eq(ROW(false, 2, 3, 20, 30), "* * 20 30|55");
}

Test(suppression, hides_the_total_where_all_else_is_nothing)
{
    cr_expect_str_eq(ROW(false, 4, 0, 0, 0), "* 0 0 0|*");
    cr_expect_str_eq(ROW(false, 4, 1), "* *|5");
    /* And a part that is zero where the total alone is hidden. */
    cr_expect_str_eq(ROW(true, 7, 9), "* 9|*");
    cr_expect_str_eq(ROW(true, 0, 0), "* 0|*");
}

/* A table of rows and columns with their totals: cell (row, column) is row * (columns + 1) +
 * column, totals come last in each. */
static void two_way(size_t rows, size_t columns, const int64_t *counts)
{
    size_t parts[16], width = columns + 1;
    int64_t all = 0;

    begin();
    for (size_t row = 0; row < rows; row++) {
        int64_t sum = 0;
        for (size_t column = 0; column < columns; column++) {
            add(counts[row * columns + column]);
            sum += counts[row * columns + column];
        }
        add(sum);
    }
    for (size_t column = 0; column < columns; column++) {
        int64_t sum = 0;
        for (size_t row = 0; row < rows; row++)
            sum += counts[row * columns + column];
        add(sum);
        all += sum;
    }
    add(all);
    for (size_t row = 0; row <= rows; row++) {
        for (size_t column = 0; column < columns; column++)
            parts[column] = row * width + column;
        add_line(parts, columns, row * width + columns);
    }
    for (size_t column = 0; column <= columns; column++) {
        for (size_t row = 0; row < rows; row++)
            parts[row] = row * width + column;
        add_line(parts, rows, rows * width + column);
    }
}

static void hide(size_t cell)
{
    table->cells[cell].hidden = true;
}

static void determined_of(bool *determined, bool by_elimination)
{
    struct pieces pieces;
    bool narrow[CELLS_MAX] = {false};

    memset(determined, 0, table->cell_count * sizeof *determined);
    suppression_pieces(table, false, &pieces);
    for (size_t i = 0; by_elimination && i < pieces.count; i++)
        pieces.two_way[i] = false;
    bridges_find(table, &pieces, determined);
    cr_assert(linked_audit(table, &pieces, determined, narrow, &fault), "%s", fault.text);
    suppression_pieces_release(&pieces);
}

/* Two rectangles of hidden cells, rows 0 and 1 and rows 2 and 3, joined by one cell in row 1. */
Test(suppression, finds_the_cell_that_joins_two_rectangles)
{
    static const int64_t counts[] = {20, 20, 20, 20, 20, 20, 20, 20,
                                     20, 20, 20, 20, 20, 20, 20, 20};
    static const size_t rectangles[] = {0, 1, 5, 6, 12, 13, 17, 18};
    const size_t joining = 1 * 5 + 2;
    bool determined[25];

    for (int pass = 0; pass < 2; pass++) {
        two_way(4, 4, counts);
        for (size_t i = 0; i < sizeof rectangles / sizeof *rectangles; i++)
            hide(rectangles[i]);
        hide(joining);
        suppression_sort(table);
        determined_of(determined, pass == 1);
        for (size_t cell = 0; cell < 25; cell++)
            cr_expect_eq(determined[cell], cell == joining, "%zu", cell);
        cr_assert(suppression_run(table, &told, &fault));
        determined_of(determined, pass == 1);
        for (size_t cell = 0; cell < 25; cell++)
            cr_expect_not(determined[cell], "%zu", cell);
        cr_expect(table->cells[joining].hidden);
    }
}

/* --- Against all tables that look the same --- */

/* Any numbers for the hidden cells such that all lines add up, one of them given: looked for by
 * trying, line by line. It knows nothing of graphs. */
struct trial {
    int64_t numbers[CELLS_MAX];
    bool given[CELLS_MAX];
    int64_t most; /* That a hidden cell is tried with. */
};

/* What a line lacks with all of its open cells at nothing; how many there are. */
static int64_t gap_of(const struct trial *trial, size_t line, size_t *open, size_t *last)
{
    int64_t gap = 0;

    *open = 0;
    for (size_t i = table->line_starts[line]; i < table->line_starts[line + 1]; i++) {
        const struct link *link = &table->links[i];
        if (trial->given[link->cell]) {
            gap -= link->sign * trial->numbers[link->cell];
            continue;
        }
        (*open)++;
        *last = i;
    }
    return gap;
}

static bool fits(const struct trial *trial, size_t cell, int64_t number)
{
    const struct cell *is = &table->cells[cell];

    return number >= is->least && number <= is->most && number <= trial->most;
}

/* Fill in what the lines determine. */
static bool infer(struct trial *trial)
{
    bool again = true;

    while (again) {
        again = false;
        for (size_t line = 0; line < table->line_count; line++) {
            size_t open, last = 0;
            int64_t gap = gap_of(trial, line, &open, &last);
            bool total_open = false;
            for (size_t i = table->line_starts[line]; i < table->line_starts[line + 1]; i++)
                total_open =
                    total_open || (table->links[i].sign < 0 && !trial->given[table->links[i].cell]);
            if ((open == 0 && gap != 0) || (!total_open && gap < 0))
                return false;
            if (open != 1)
                continue;
            const struct link *link = &table->links[last];
            if (!fits(trial, link->cell, gap * link->sign))
                return false;
            trial->numbers[link->cell] = gap * link->sign;
            trial->given[link->cell] = again = true;
        }
    }
    return true;
}

/* What an open cell can be at most: what the lines leave in which it is a part of a given total. */
static int64_t most_of(const struct trial *trial, size_t cell)
{
    int64_t most = trial->most < table->cells[cell].most ? trial->most : table->cells[cell].most;

    for (size_t i = table->use_starts[cell]; i < table->use_starts[cell + 1]; i++) {
        size_t line = table->uses[i].line, open, last;
        const struct link *total = &table->links[table->line_starts[line + 1] - 1];
        int64_t gap = gap_of(trial, line, &open, &last);
        if (trial->given[total->cell] && gap < most)
            most = gap;
    }
    return most;
}

static bool can_be_filled(struct trial trial)
{
    size_t cell = table->cell_count;
    int64_t most = 0;

    if (!infer(&trial))
        return false;
    for (size_t i = 0; i < table->cell_count; i++) { /* The one with least room first. */
        if (trial.given[i] || (cell < table->cell_count && most_of(&trial, i) >= most))
            continue;
        cell = i;
        most = most_of(&trial, i);
    }
    if (cell == table->cell_count)
        return true;
    trial.given[cell] = true;
    for (int64_t number = 0; number <= most; number++) {
        trial.numbers[cell] = number;
        if (fits(&trial, cell, number) && can_be_filled(trial))
            return true;
    }
    return false;
}

/* How many numbers a cell can have, counted to T - 1 at most. */
static int numbers_of(size_t cell, int64_t most)
{
    struct trial trial = {.most = most};
    int numbers = 0;

    for (size_t i = 0; i < table->cell_count; i++) {
        trial.given[i] = !table->cells[i].hidden;
        trial.numbers[i] = table->cells[i].count;
    }
    trial.given[cell] = true;
    for (trial.numbers[cell] = 0; numbers < T - 1 && trial.numbers[cell] <= most;
         trial.numbers[cell]++)
        numbers += fits(&trial, cell, trial.numbers[cell]) && can_be_filled(trial);
    return numbers;
}

/* Small counts, and many that are nothing: where little room is. */
static int64_t some_count(void)
{
    size_t kind = chance(4);

    return kind == 0 ? 0 : (int64_t)chance(kind == 1 ? 5 : kind == 2 ? 9 : 25);
}

/* A table of which nothing is published tells nothing. */
static bool all_is_hidden(void)
{
    for (size_t i = 0; i < table->cell_count; i++)
        if (!table->cells[i].hidden)
            return false;
    return true;
}

static void expect_safe(unsigned round)
{
    int64_t most = 0;

    if (all_is_hidden())
        return;
    for (size_t i = 0; i < table->cell_count; i++)
        if (table->cells[i].count > most)
            most = table->cells[i].count;
    for (size_t cell = 0; cell < table->cell_count; cell++) {
        const struct cell *is = &table->cells[cell];
        int64_t room = is->most - is->least < T - 1 ? is->most - is->least + 1 : T - 1;
        cr_assert(!is->small || is->hidden);
        if (is->small)
            cr_assert_geq(numbers_of(cell, most + T), room, "round %u, cell %zu", round, cell);
    }
}

static void random_two_way(void)
{
    int64_t counts[16];

    for (size_t i = 0; i < 16; i++)
        counts[i] = some_count();
    two_way(2 + chance(3), 2 + chance(3), counts);
}

Test(suppression, leaves_a_two_way_table_in_which_no_small_count_is_told)
{
    for (unsigned round = 0; round < 10000; round++) {
        random_two_way();
        cr_assert(suppression_run(table, &told, &fault), "%s", fault.text);
        expect_safe(round);
    }
}

/* Three ways: sexes, ages and quarters, and the sums of each, so each cell is in three lines. */
static void three_way(size_t a, size_t b, size_t c)
{
    size_t size[3] = {a + 1, b + 1, c + 1}, step[3] = {(b + 1) * (c + 1), c + 1, 1}, parts[8];
    int64_t counts[CELLS_MAX] = {0};
    size_t cells = size[0] * size[1] * size[2];

    cr_assert_leq(cells, CELLS_MAX);
    for (size_t i = 0; i < cells; i++)
        counts[i] =
            i / step[0] < a && i / step[1] % size[1] < b && i % size[2] < c ? some_count() : 0;
    for (size_t way = 0; way < 3; way++)
        for (size_t i = 0; i < cells; i++)
            if (i / step[way] % size[way] < size[way] - 1)
                counts[i + (size[way] - 1 - i / step[way] % size[way]) * step[way]] += counts[i];
    begin();
    for (size_t i = 0; i < cells; i++)
        add(counts[i]);
    for (size_t way = 0; way < 3; way++)
        for (size_t i = 0; i < cells; i++) {
            if (i / step[way] % size[way] != 0)
                continue;
            for (size_t k = 0; k < size[way] - 1; k++)
                parts[k] = i + k * step[way];
            add_line(parts, size[way] - 1, i + (size[way] - 1) * step[way]);
        }
}

Test(suppression, leaves_linked_tables_in_which_no_small_count_is_told)
{
    for (unsigned round = 0; round < 5000; round++) {
        three_way(2, 2 + chance(2), 2 + chance(2));
        cr_assert(suppression_run(table, &told, &fault), "%s", fault.text);
        expect_safe(round);
    }
}

/* Of shares: a count is never more than what it is a share of, which is published, and what is left
 * of that must not be told either. */
Test(suppression, leaves_no_count_told_of_shares)
{
    int64_t rests[CELLS_MAX];

    for (unsigned round = 0; round < 2000; round++) {
        uint64_t shape = lots;
        for (int pass = 0; pass < 2; pass++) {
            size_t rows = 2 + shape % 2, columns = 2 + shape / 2 % 2;
            int64_t counts[16];
            for (size_t i = 0; i < 16; i++)
                counts[i] = some_count();
            if (round % 8 == 0)
                three_way(2, 2, columns);
            else
                two_way(rows, columns, counts);
            for (size_t i = 0; pass == 0 && i < table->cell_count; i++)
                rests[i] = table->cells[i].count;
        }
        for (size_t i = 0; i < table->cell_count; i++) {
            struct cell *cell = &table->cells[i];
            cell->most = cell->count + rests[i];
            cell->small = cell->small || (rests[i] > 0 && rests[i] < T);
            cell->hidden = cell->small;
        }
        cr_assert(suppression_run(table, &told, &fault), "round %u", round);
        expect_safe(round);
    }
}

/* --- The audit by itself, on patterns by lot --- */

static void hide_some(void)
{
    size_t of = 2 + chance(4);

    for (size_t i = 0; i < table->cell_count; i++)
        table->cells[i].hidden = chance(of) == 0;
    suppression_sort(table);
}

Test(suppression, finds_the_same_by_bridges_and_by_elimination)
{
    bool bridges[CELLS_MAX], eliminated[CELLS_MAX];

    for (unsigned round = 0; round < 3000; round++) {
        random_two_way();
        hide_some();
        determined_of(bridges, false);
        determined_of(eliminated, true);
        for (size_t i = 0; i < table->cell_count; i++)
            cr_assert_eq(bridges[i], eliminated[i], "round %u, cell %zu", round, i);
    }
}

/* Elimination once more, in the plainest way: Bareiss's, in whole numbers. A cell is determined
 * when to say that it is nothing adds nothing to the lines. */
static size_t rank_with(size_t cell)
{
    static __int128 rows[CELLS_MAX * 2][CELLS_MAX];
    __int128 before = 1;
    size_t count = table->line_count + (cell < table->cell_count), rank = 0;

    memset(rows, 0, sizeof rows);
    for (size_t i = 0; i < table->link_count; i++)
        if (table->cells[table->links[i].cell].hidden)
            rows[table->links[i].line][table->links[i].cell] = table->links[i].sign;
    if (cell < table->cell_count)
        rows[table->line_count][cell] = 1;
    for (size_t column = 0; column < table->cell_count; column++) {
        size_t pivot = rank;
        while (pivot < count && rows[pivot][column] == 0)
            pivot++;
        if (pivot == count)
            continue;
        for (size_t i = 0; i < table->cell_count; i++) {
            __int128 kept = rows[pivot][i];
            rows[pivot][i] = rows[rank][i];
            rows[rank][i] = kept;
        }
        for (size_t row = rank + 1; row < count; row++) {
            __int128 times = rows[row][column];
            for (size_t i = 0; i < table->cell_count; i++)
                rows[row][i] = (rows[row][i] * rows[rank][column] - rows[rank][i] * times) / before;
        }
        before = rows[rank++][column];
    }
    return rank;
}

Test(suppression, finds_what_lines_determine_and_nothing_else)
{
    bool determined[CELLS_MAX];
    unsigned found = 0;

    for (unsigned round = 0; round < 400; round++) {
        three_way(2, 2, 2 + chance(2));
        hide_some();
        determined_of(determined, false);
        size_t rank = rank_with(CELLS_MAX);
        for (size_t i = 0; i < table->cell_count; i++) {
            bool is = table->cells[i].hidden && rank_with(i) == rank;
            cr_assert_eq(determined[i], is, "round %u, cell %zu", round, i);
            found += is;
        }
    }
    cr_expect_gt(found, 100);
}

/* --- What was published before --- */

Test(suppression, hides_a_total_that_would_give_an_earlier_part_away)
{
    size_t quarters[4], year;

    begin();
    for (size_t i = 0; i < 4; i++) {
        quarters[i] = add(i == 1 ? 3 : 20);
        table->cells[quarters[i]].published = true;
    }
    table->cells[quarters[1]].counted = false; /* It is kept nowhere. */
    year = add(63);
    add_line(quarters, 4, year);
    cr_assert(suppression_run(table, &told, &fault));
    cr_expect(table->cells[year].hidden);
}

Test(suppression, says_which_count_cannot_be_saved)
{
    size_t parts[2], total;

    begin();
    parts[0] = add(3);
    parts[1] = add(20);
    total = add(23);
    table->cells[parts[1]].published = table->cells[total].published = true;
    add_line(parts, 2, total);
    cr_assert_not(suppression_run(table, &told, &fault));
    cr_expect_eq(told, parts[0]);
    cr_expect_eq(fault.kind, FAULT_ABSENT);
}

Test(suppression, refuses_what_is_too_large_before_it_makes_room)
{
    struct cell cell = {.most = COUNT_MAX, .counted = true};
    size_t number, *parts = memory_new(SUPPRESSION_CELLS_MAX, sizeof *parts);

    begin();
    for (size_t i = 0; i < SUPPRESSION_CELLS_MAX; i++) {
        cr_assert(suppression_add_cell(table, &cell, &number, &fault));
        parts[i] = number;
    }
    cr_expect_not(suppression_add_cell(table, &cell, &number, &fault));
    cr_expect_str_eq(fault.text, "more than 65536 figures in one table");
    for (int i = 0; i < 4; i++)
        cr_expect_eq(suppression_add_line(table, parts + 1, SUPPRESSION_CELLS_MAX - 1, 0, &fault),
                     true);
    cr_expect_not(suppression_add_line(table, parts + 1, 1, 0, &fault));
    cr_expect_str_eq(fault.text, "more than 262144 figures in the sums of one table");
    free(parts);
}
