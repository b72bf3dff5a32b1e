#include "protocol/period.h"
#include "protocol/snapshot.h"
#include "protocol/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A snapshot before it goes out, whoever wrote it. What it measures and what adds up stands in the
 * mapping of its import and not here, so the import is the judge; this is what the snapshot itself
 * shows, and stands between a mistake of ours, or a draft from elsewhere, and a signature. */

#define CURE "candour indicator import makes figures safe: import them, and reject what was not"
#define CURE_OF_SUMS                                                                               \
    "Say in the mapping of its import what adds up (total), or import with profile = \"strict\""

/* The breakdowns of a row, as an import writes them: "Female / 18-64". */
struct levels {
    struct bytes list[BREAKDOWNS_MAX];
    size_t count;
};

struct checked_row {
    struct snapshot_row row;
    struct levels levels;
};

struct checking {
    const struct disclosure_profile *profile;
    struct checked_row *rows;
    size_t count;
    struct problems *problems;
};

static void tell_row(const struct checking *checking, const struct checked_row *checked,
                     const char *why, const char *cure)
{
    const struct snapshot_row *row = &checked->row;
    bool all = row->disaggregation.size == 0;

    problems_add(checking->problems, row->place, "disclosure", "\"%.*s%s%.*s\": %s. %s",
                 QUOTED(row->code), all ? "" : " ", QUOTED(row->disaggregation), why, cure);
}

/* --- Each row by itself --- */

static void check_rows(const struct checking *checking)
{
    for (size_t i = 0; i < checking->count; i++) {
        struct fault fault;
        if (!disclosure_holds(checking->profile, &checking->rows[i].row.figure, &fault))
            tell_row(checking, &checking->rows[i], fault.text, CURE);
    }
}

static bool is_same_code(const struct checked_row *a, const struct checked_row *b)
{
    return text_same(a->row.code, b->row.code);
}

static void check_repeats(const struct checking *checking)
{
    for (size_t i = 1; i < checking->count; i++)
        for (size_t k = 0; k < i; k++)
            if (is_same_code(&checking->rows[i], &checking->rows[k]) &&
                text_same(checking->rows[i].row.disaggregation,
                          checking->rows[k].row.disaggregation)) {
                tell_row(checking, &checking->rows[i],
                         "it came before, and two values of one thing tell more than one", CURE);
                break;
            }
}

/* --- Totals and their parts, where counts are shown as they are --- */

static size_t find_separator(struct bytes text)
{
    size_t at = 0;

    while (at < text.size && !bytes_begin(bytes_after(text, at), LEVEL_SEPARATOR))
        at++;
    return at;
}

static struct levels levels_of(struct bytes disaggregation)
{
    struct levels levels = {.count = 0};

    for (;;) {
        size_t end = find_separator(disaggregation);
        levels.list[levels.count++] = bytes_of(disaggregation.data, end);
        if (end == disaggregation.size || levels.count == BREAKDOWNS_MAX)
            return levels;
        disaggregation = bytes_after(disaggregation, end + strlen(LEVEL_SEPARATOR));
    }
}

/* Alike but in this direction. */
static bool is_part(const struct checked_row *row, const struct checked_row *total,
                    size_t direction)
{
    if (row == total || !is_same_code(row, total) || row->levels.count != total->levels.count)
        return false;
    for (size_t i = 0; i < row->levels.count; i++)
        if (i != direction && !text_same(row->levels.list[i], total->levels.list[i]))
            return false;
    return true;
}

static bool is_few(const struct checking *checking, int64_t people)
{
    return people > 0 && people < checking->profile->threshold;
}

/* How few people are told of by a total less one of its parts, or less all that are shown; 0 where
 * none are. */
static int64_t few_of(const struct checking *checking, const struct checked_row *total,
                      size_t direction, enum count kind)
{
    const struct measure measure = measure_shown(&total->row.figure);
    struct amount whole = count_of(&measure, &total->row.figure, kind);
    int64_t rest = whole.integer;
    size_t parts = 0;

    if (!whole.here || (kind == COUNT_ITSELF && measure_is_mean(&measure)))
        return 0;
    for (size_t i = 0; i < checking->count; i++) {
        if (!is_part(&checking->rows[i], total, direction))
            continue;
        struct amount part = count_of(&measure, &checking->rows[i].row.figure, kind);
        if (part.here && is_few(checking, whole.integer - part.integer))
            return whole.integer - part.integer;
        rest -= part.integer;
        parts++;
    }
    return parts > 0 && is_few(checking, rest) ? rest : 0;
}

static void check_total(const struct checking *checking, const struct checked_row *total,
                        size_t direction)
{
    for (enum count kind = 0; kind < COUNTS; kind++) {
        int64_t few = few_of(checking, total, direction, kind);
        char why[120];
        if (few == 0)
            continue;
        snprintf(why, sizeof why, "its %s less what its parts show leaves %lld, which tells of few",
                 count_names[kind], (long long)few);
        tell_row(checking, total, why, CURE_OF_SUMS);
        return;
    }
}

static void check_totals(const struct checking *checking)
{
    for (size_t i = 0; i < checking->count; i++)
        checking->rows[i].levels = levels_of(checking->rows[i].row.disaggregation);
    for (size_t i = 0; i < checking->count; i++)
        for (size_t k = 0; k < checking->rows[i].levels.count; k++)
            if (names_total(checking->rows[i].levels.list[k]))
                check_total(checking, &checking->rows[i], k);
}

/* --- What stands above them --- */

static void check_period(const struct document *snapshot, struct problems *problems)
{
    struct bytes period = document_text(snapshot, "period");
    struct place place = document_place(snapshot, "period", 0);
    char spelled[PERIOD_SIZE];
    struct fault fault;

    if (!period_spelled(period, spelled, &fault))
        problems_add(problems, place, "bad_period", "%s", fault.text);
    else if (!bytes_equal(period, bytes_of_text(spelled)))
        problems_add(problems, place, "bad_period",
                     "the period \"%.*s\" is spelled %s: write it so, or it is taken for another",
                     QUOTED(period), spelled);
}

/* What is counted is people, unless they come behind what they have to do with ("visits by"). */
static bool counts_people(struct bytes counted)
{
    static const char *const people[] = {"people",   "persons", "person",   "clients", "residents",
                                         "children", "adults",  "users",    "carers",  "pupils",
                                         "patients", "deaths",  "women",    "men",     "students",
                                         "tenants",  "parents", "families", "boys",    "girls"};
    static const char *const turns[] = {"for", "by", "to", "per", "from", "with", "in"};

    while (counted.size > 0) {
        size_t size = 0;
        while (size < counted.size && counted.data[size] != ' ')
            size++;
        struct bytes word = bytes_of(counted.data, size);
        for (size_t i = 0; i < sizeof turns / sizeof *turns; i++)
            if (text_same(word, bytes_of_text(turns[i])))
                return false;
        for (size_t i = 0; i < sizeof people / sizeof *people; i++)
            if (text_same(word, bytes_of_text(people[i])))
                return true;
        counted = bytes_after(counted, size + (size < counted.size));
    }
    return false;
}

static void check_none(const struct document *snapshot, struct problems *problems)
{
    if (document_count(snapshot, "counted") == 0)
        problems_add(problems, document_place(snapshot, "sdc_profile", 0), "missing",
                     "\"What is counted\" is missing: the profile none is for figures that count "
                     "no people, so say what they count, such as tonnes of waste (in the mapping: "
                     "counted = \"...\"), or use strict");
    else if (counts_people(document_text(snapshot, "counted")))
        problems_add(problems, document_place(snapshot, "counted", 0), "disclosure",
                     "\"%.*s\" counts people, and the profile none hides no small numbers: use "
                     "strict",
                     QUOTED(document_text(snapshot, "counted")));
}

static void check_figures(const struct document *snapshot, struct problems *problems)
{
    struct checking checking = {.profile = snapshot_profile(snapshot),
                                .count = snapshot_rows(snapshot),
                                .problems = problems};

    checking.rows = memory_new(checking.count, sizeof *checking.rows);
    for (size_t i = 0; i < checking.count; i++)
        checking.rows[i].row = snapshot_row(snapshot, i);
    check_rows(&checking);
    check_repeats(&checking);
    if (profile_is_exact(checking.profile))
        check_totals(&checking);
    free(checking.rows);
}

/* Once all of it can be read. */
void snapshot_check(const struct document *snapshot, struct problems *problems)
{
    if (problems->count > 0)
        return;
    check_period(snapshot, problems);
    if (snapshot_profile(snapshot)->threshold == 0)
        check_none(snapshot, problems);
    check_figures(snapshot, problems);
}
