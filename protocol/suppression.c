#include "protocol/suppression_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct suppression *suppression_new(int64_t threshold, int64_t rounding_base)
{
    struct suppression *suppression = memory_new(1, sizeof *suppression);

    assert(threshold > 1);
    suppression->threshold = threshold;
    suppression->rounding_base = rounding_base;
    suppression->line_starts = memory_new(1, sizeof *suppression->line_starts);
    suppression->line_room = 1;
    return suppression;
}

void suppression_free(struct suppression *suppression)
{
    if (suppression == NULL)
        return;
    free(suppression->cells);
    free(suppression->links);
    free(suppression->line_starts);
    free(suppression->shares);
    free(suppression->share_of);
    free(suppression->is_share);
    free(suppression->uses);
    free(suppression->use_starts);
    free(suppression->ranges);
    free(suppression);
}

void *with_room(void *list, size_t needed, size_t *room, size_t size)
{
    if (needed <= *room)
        return list;
    while (*room < needed)
        *room = *room == 0 ? 64 : 2 * *room;
    return memory_grow(list, *room, size);
}

bool suppression_add_cell(struct suppression *suppression, const struct cell *cell, size_t *number,
                          struct fault *fault)
{
    if (suppression->cell_count == SUPPRESSION_CELLS_MAX)
        return fault_set(fault, FAULT_INPUT, "more than %d figures in one table",
                         SUPPRESSION_CELLS_MAX);
    assert(0 <= cell->least && cell->most <= COUNT_MAX && cell->count <= COUNT_MAX);
    assert(!cell->counted || (cell->least <= cell->count && cell->count <= cell->most));
    *number = suppression->cell_count;
    suppression->cells = with_room(suppression->cells, ++suppression->cell_count,
                                   &suppression->cell_room, sizeof *suppression->cells);
    suppression->cells[*number] = *cell;
    return true;
}

static void add_link(struct suppression *suppression, size_t cell, int32_t sign)
{
    assert(cell < suppression->cell_count);
    suppression->links[suppression->link_count++] =
        (struct link){(uint32_t)cell, (uint32_t)suppression->line_count, sign};
}

bool suppression_add_line(struct suppression *suppression, const size_t *parts, size_t count,
                          size_t total, struct fault *fault)
{
    if (count >= SUPPRESSION_LINKS_MAX - suppression->link_count)
        return fault_set(fault, FAULT_INPUT, "more than %d figures in the sums of one table",
                         SUPPRESSION_LINKS_MAX);
    suppression->links = with_room(suppression->links, suppression->link_count + count + 1,
                                   &suppression->link_room, sizeof *suppression->links);
    for (size_t i = 0; i < count; i++)
        add_link(suppression, parts[i], 1);
    add_link(suppression, total, -1);
    suppression->line_starts = with_room(suppression->line_starts, suppression->line_count + 2,
                                         &suppression->line_room, sizeof *suppression->line_starts);
    suppression->line_starts[++suppression->line_count] = suppression->link_count;
    return true;
}

const struct cell *suppression_cell(const struct suppression *suppression, size_t number)
{
    assert(number < suppression->cell_count);
    return &suppression->cells[number];
}

/* --- What a reader knows of a cell --- */

bool cell_is_open(const struct suppression *suppression, const struct cell *cell)
{
    return cell->hidden || (suppression->rounding_base > 0 && cell->count > 0);
}

static int64_t least_of(const struct suppression *suppression, const struct cell *cell)
{
    int64_t base = suppression->rounding_base;

    if (cell->hidden)
        return cell->least;
    int64_t least = count_rounded(cell->count, base) - base / 2;
    if (least < suppression->threshold)
        least = suppression->threshold;
    return cell->least > least ? cell->least : least;
}

static int64_t most_of(const struct suppression *suppression, const struct cell *cell)
{
    int64_t base = suppression->rounding_base;

    if (cell->hidden)
        return cell->most;
    int64_t most = count_rounded(cell->count, base) + (base - 1) / 2;
    return cell->most < most ? cell->most : most;
}

/* None, of what is shown as it is or counted by nobody. */
static void set_ranges(struct suppression *suppression)
{
    for (size_t i = 0; i < suppression->cell_count; i++) {
        const struct cell *cell = &suppression->cells[i];
        suppression->ranges[i] =
            cell->counted && cell_is_open(suppression, cell)
                ? (struct range){least_of(suppression, cell), most_of(suppression, cell)}
                : (struct range){1, 0};
    }
}

int64_t cell_needed(const struct cell *cell)
{
    int64_t room = cell->most - cell->least + 1;

    return room < NUMBERS_LEFT ? room : NUMBERS_LEFT;
}

/* --- The links by cell --- */

void suppression_sort(struct suppression *suppression)
{
    size_t *starts;

    if (suppression->uses != NULL)
        return;
    starts = memory_new(suppression->cell_count + 2, sizeof *starts);
    suppression->uses = memory_new(suppression->link_count, sizeof *suppression->uses);
    for (size_t i = 0; i < suppression->link_count; i++)
        starts[suppression->links[i].cell + 2]++;
    for (size_t i = 2; i < suppression->cell_count + 2; i++)
        starts[i] += starts[i - 1];
    for (size_t i = 0; i < suppression->link_count; i++)
        suppression->uses[starts[suppression->links[i].cell + 1]++] = suppression->links[i];
    suppression->use_starts = starts;
    suppression->ranges = memory_new(suppression->cell_count, sizeof *suppression->ranges);
    shares_sort(suppression);
}

/* --- Company for a hidden cell --- */

/* The total comes after positive parts and before parts that are zero. */
static int rank_of(const struct cell *cell, const struct link *link)
{
    return link->sign < 0 ? 1 : cell->count > 0 ? 0 : 2;
}

/* The next cell of a line to hide, or NONE. */
static uint32_t company_in(const struct suppression *suppression, size_t line)
{
    const struct link *best = NULL;

    for (size_t i = suppression->line_starts[line]; i < suppression->line_starts[line + 1]; i++) {
        const struct link *link = &suppression->links[i];
        const struct cell *cell = &suppression->cells[link->cell];
        if (cell->hidden || cell->published)
            continue;
        if (best != NULL) {
            const struct cell *other = &suppression->cells[best->cell];
            int before = rank_of(cell, link) - rank_of(other, best);
            if (before > 0 || (before == 0 && cell->count >= other->count))
                continue;
        }
        best = link;
    }
    return best == NULL ? NONE : best->cell;
}

static bool hide_in_line(struct suppression *suppression, size_t line)
{
    uint32_t cell = line_is_share(suppression, line) ? NONE : company_in(suppression, line);

    if (cell == NONE)
        return false;
    cell_hide(suppression, cell);
    return true;
}

static bool hide_in_lines(struct suppression *suppression, size_t cell)
{
    for (size_t i = suppression->use_starts[cell]; i < suppression->use_starts[cell + 1]; i++)
        if (hide_in_line(suppression, suppression->uses[i].line))
            return true;
    return false;
}

/* Those of its share, where it is in one: what is left has no sums of its own. */
static void fellows_of(const struct suppression *suppression, uint32_t cell, uint32_t fellows[3])
{
    const struct share *share = cell_share(suppression, cell);

    fellows[0] = cell;
    fellows[1] = share == NULL ? cell : share->part;
    fellows[2] = share == NULL ? cell : share->whole;
}

/* In a line of its own, or of its share's part and whole; where these have nothing left to hide, in
 * one that hidden cells join to them. */
static bool hide_beside(struct suppression *suppression, const struct pieces *pieces, uint32_t cell)
{
    size_t first = suppression->use_starts[cell], end = suppression->use_starts[cell + 1];
    uint32_t fellows[3];

    fellows_of(suppression, cell, fellows);
    for (size_t i = 0; i < 3; i++)
        if (hide_in_lines(suppression, fellows[i]))
            return true;
    for (size_t line = 0; first < end && line < suppression->line_count; line++)
        if (pieces->of_line[line] == pieces->of_line[suppression->uses[first].line] &&
            hide_in_line(suppression, line))
            return true;
    return false;
}

/* --- Rules (a) and (b): one line by itself --- */

static bool line_tells(const struct suppression *suppression, size_t line)
{
    size_t hidden = 0;
    int64_t parts_hidden = 0;
    bool total_shown = false;

    for (size_t i = suppression->line_starts[line]; i < suppression->line_starts[line + 1]; i++) {
        const struct link *link = &suppression->links[i];
        const struct cell *cell = &suppression->cells[link->cell];
        hidden += cell->hidden;
        if (cell->hidden)
            continue;
        parts_hidden -= link->sign * cell->count;
        total_shown = total_shown || link->sign < 0;
    }
    return hidden == 1 || (hidden > 0 && total_shown && parts_hidden < suppression->threshold);
}

static void settle_lines(struct suppression *suppression)
{
    bool again = suppression->rounding_base == 0;

    while (again) {
        again = false;
        for (size_t line = 0; line < suppression->line_count; line++)
            while (line_tells(suppression, line) && hide_in_line(suppression, line))
                again = true;
    }
}

/* --- Rules (c) and (d): the lines together --- */

/* Was something hidden for one beside this? */
static bool is_helped(const struct suppression *suppression, const bool *helped,
                      const uint32_t fellows[3])
{
    for (size_t k = 0; k < 3; k++)
        for (size_t i = suppression->use_starts[fellows[k]];
             i < suppression->use_starts[fellows[k] + 1]; i++)
            if (helped[suppression->uses[i].line])
                return true;
    return false;
}

static void note_helped(const struct suppression *suppression, bool *helped,
                        const uint32_t fellows[3])
{
    for (size_t k = 0; k < 3; k++)
        for (size_t i = suppression->use_starts[fellows[k]];
             i < suppression->use_starts[fellows[k] + 1]; i++)
            helped[suppression->uses[i].line] = true;
}

/* One for each cell that needs it, but no two in the same net unless they must: what was hidden for
 * one may have helped the next, which is looked at again. */
static bool hide_beside_all(struct suppression *suppression, const struct pieces *pieces,
                            const bool *which)
{
    bool *helped = memory_new(suppression->line_count, sizeof *helped);
    bool any = false;

    for (uint32_t cell = 0; cell < suppression->cell_count; cell++) {
        uint32_t fellows[3];
        fellows_of(suppression, cell, fellows);
        if (!which[cell] || is_helped(suppression, helped, fellows) ||
            !hide_beside(suppression, pieces, cell))
            continue;
        any = true;
        note_helped(suppression, helped, fellows);
    }
    free(helped);
    return any;
}

/* What is known of hidden cells as they are now. */
struct audit {
    struct pieces pieces;
    bool *determined, *narrow;
    bool *wide;         /* Can have numbers enough, and more when more is hidden. */
    int64_t looks_left; /* Of moves_audit(). */
};

/* Of a piece of which nothing is published nothing is told. */
static void find_shown(const struct suppression *suppression, const struct pieces *pieces,
                       bool *shown)
{
    for (size_t i = 0; i < suppression->link_count; i++)
        if (!suppression->cells[suppression->links[i].cell].hidden)
            shown[pieces->of_line[suppression->links[i].line]] = true;
}

/* Small cells, which are narrow until enough tables are found; in two-way pieces, or in others. */
static void ask_of(const struct suppression *suppression, struct audit *audit, bool two_way,
                   bool *asked)
{
    const struct pieces *pieces = &audit->pieces;
    bool *shown = memory_new(pieces->count, sizeof *shown);

    find_shown(suppression, pieces, shown);
    for (size_t i = 0; i < suppression->cell_count; i++) {
        const struct cell *cell = &suppression->cells[i];
        size_t first = suppression->use_starts[i];
        asked[i] = false;
        if (!cell->hidden || !cell->small || !cell->counted || audit->wide[i] ||
            suppression->use_starts[i + 1] == first)
            continue;
        uint32_t piece = pieces->of_line[suppression->uses[first].line];
        asked[i] = pieces->two_way[piece] == two_way && shown[piece];
    }
    free(shown);
}

/* In two-way pieces by paths; where counts are rounded, in others by other moves. Where there are
 * shares, what is soon found is looked for first. */
static void search(const struct suppression *suppression, struct audit *audit, bool two_way)
{
    size_t cells = suppression->cell_count;
    bool *asked = memory_new(cells, sizeof *asked), *narrow = memory_new(cells, sizeof *narrow);

    ask_of(suppression, audit, two_way, asked);
    memcpy(narrow, asked, cells * sizeof *narrow);
    if (suppression->share_count > 0) {
        struct pieces apart;
        suppression_pieces(suppression, true, &apart);
        paths_audit(suppression, &apart, narrow);
        suppression_pieces_release(&apart);
    }
    if (two_way)
        paths_audit(suppression, &audit->pieces, narrow);
    else
        moves_audit(suppression, &audit->looks_left, narrow);
    for (size_t i = 0; i < cells; i++) {
        audit->narrow[i] = audit->narrow[i] || narrow[i];
        audit->wide[i] = audit->wide[i] || (asked[i] && !narrow[i]);
    }
    free(asked);
    free(narrow);
}

static bool look(struct suppression *suppression, struct audit *audit, struct fault *fault)
{
    size_t size = suppression->cell_count * sizeof *audit->narrow;

    set_ranges(suppression);
    memset(audit->determined, 0, size);
    memset(audit->narrow, 0, size);
    suppression_pieces_release(&audit->pieces);
    suppression_pieces(suppression, false, &audit->pieces);
    search(suppression, audit, true);
    if (suppression->rounding_base > 0) {
        search(suppression, audit, false);
        return true;
    }
    bridges_find(suppression, &audit->pieces, audit->determined);
    return linked_audit(suppression, &audit->pieces, audit->determined, audit->narrow, fault);
}

/* Nothing is left to hide: is a small cell told all the same? Those of earlier publications are not
 * ours to save. */
static bool none_is_told(const struct suppression *suppression, const struct audit *audit,
                         size_t *told, struct fault *fault)
{
    for (size_t i = 0; i < suppression->cell_count; i++) {
        const struct cell *cell = &suppression->cells[i];
        if (cell->published || !cell->small || (!audit->determined[i] && !audit->narrow[i]))
            continue;
        const struct share *share = cell_share(suppression, i);
        *told = share != NULL && share->rest == i ? share->part : i;
        return fault_set(fault, FAULT_ABSENT, "what was published before gives it away");
    }
    return true;
}

static bool settle(struct suppression *suppression, struct audit *audit, size_t *told,
                   struct fault *fault)
{
    for (;;) {
        settle_lines(suppression);
        if (!look(suppression, audit, fault))
            return false;
        if (!hide_beside_all(suppression, &audit->pieces, audit->determined) &&
            !hide_beside_all(suppression, &audit->pieces, audit->narrow))
            return none_is_told(suppression, audit, told, fault);
    }
}

/* Beside rounded counts a reader is taken to know which hidden parts are small, for little else is
 * hidden. Of a hidden total he cannot say whether it is small or would tell of its parts. One that
 * came hidden may be more than nothing, and that is all that anybody knows. */
static void narrow_to_rules(struct suppression *suppression)
{
    for (size_t i = 0; i < suppression->cell_count; i++) {
        const struct share *share = cell_share(suppression, i);
        struct cell *cell = &suppression->cells[i];
        if (cell->published || (share != NULL && share->rest == i))
            continue;
        if (!cell->counted) {
            cell->counted = cell->hidden;
            continue;
        }
        if (cell->least == 0 && cell->count > 0)
            cell->least = 1;
        if (cell->count > 0 && cell->count < suppression->threshold &&
            cell->most >= suppression->threshold && !cell_is_total(suppression, i))
            cell->most = suppression->threshold - 1;
    }
    shares_narrow(suppression);
}

bool suppression_run(struct suppression *suppression, size_t *told, struct fault *fault)
{
    struct audit audit = {.determined =
                              memory_new(suppression->cell_count, sizeof *audit.determined),
                          .narrow = memory_new(suppression->cell_count, sizeof *audit.narrow),
                          .wide = memory_new(suppression->cell_count, sizeof *audit.wide),
                          .looks_left = LOOKS_ALL};

    suppression_sort(suppression);
    if (suppression->rounding_base > 0)
        narrow_to_rules(suppression);
    bool done = settle(suppression, &audit, told, fault);
    suppression_pieces_release(&audit.pieces);
    free(audit.determined);
    free(audit.narrow);
    free(audit.wide);
    return done;
}
