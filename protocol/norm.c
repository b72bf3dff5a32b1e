#include "protocol/norm.h"

#include "protocol/statistics.h"

#include <stdlib.h>
#include <string.h>

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* --- Who speaks --- */

static const struct digest names; /* Their scope. */

struct norm_voice norm_named(const struct digest *authority)
{
    return (struct norm_voice){.named = true, .marks = {{names, *authority}}, .mark_count = 1};
}

static void add_mark(struct norm_voice *voice, const struct digest *scope,
                     const struct digest *mark)
{
    voice->marks[voice->mark_count++] = (struct norm_mark){*scope, *mark};
}

/* One ring is of one epoch. */
static struct digest scope_of(const struct author *author, size_t which)
{
    struct digest_state state;

    digest_begin(&state, PURPOSE_SLOT);
    digest_add(&state, author->ring.bytes, DIGEST_SIZE);
    digest_add(&state, &author->scopes[which].kind, 1);
    digest_add(&state, author->scopes[which].id.data, author->scopes[which].id.size);
    return digest_end(&state);
}

struct norm_voice norm_unnamed(const struct digest *id, const struct author *author)
{
    const struct digest *record = author->form == AUTHOR_OWNER ? &author->record : id;
    struct norm_voice voice = {.named = false};

    add_mark(&voice, record, record);
    for (size_t i = 0; author->form == AUTHOR_ANONYMOUS && i < 2; i++) {
        struct digest scope = scope_of(author, i);
        add_mark(&voice, &scope, &author->tags[i]);
    }
    return voice;
}

/* --- Which are one --- */

struct marked {
    struct digest mark;
    size_t voice;
};

static int compare_marked(const void *a, const void *b)
{
    return digest_compare(&((const struct marked *)a)->mark, &((const struct marked *)b)->mark);
}

static size_t root_of(size_t *parents, size_t voice)
{
    while (parents[voice] != voice)
        voice = parents[voice] = parents[parents[voice]];
    return voice;
}

/* Each voice has the number of another that is the same author's, or its own. */
static size_t *join_voices(const struct norm_saying *sayings, size_t count)
{
    struct marked *list = memory_new(NORM_MARKS * count, sizeof *list);
    size_t *parents = memory_new(count, sizeof *parents), marks = 0;

    for (size_t i = 0; i < count; i++) {
        const struct norm_voice *voice = &sayings[i].voice;
        parents[i] = i;
        for (size_t k = 0; k < voice->mark_count; k++)
            list[marks++] = (struct marked){voice->marks[k].mark, i};
    }
    qsort(list, marks, sizeof *list, compare_marked);
    for (size_t i = 1; i < marks; i++)
        if (digest_equal(&list[i].mark, &list[i - 1].mark))
            parents[root_of(parents, list[i].voice)] = root_of(parents, list[i - 1].voice);
    free(list);
    return parents;
}

/* --- What each says --- */

struct person {
    const struct norm_voice *voice; /* One of theirs. */
    bool spoke, report, lack, solved, uptakes[NORM_UPTAKES];
    int64_t first, began;              /* Days. */
    const struct norm_saying *solving; /* The first that says so. */
};

/* A saying, with who says it. */
struct said {
    const struct norm_saying *saying;
    size_t person, index;
};

struct telling {
    const struct norm_saying *sayings;
    size_t count;
    size_t *author; /* Of each saying: a number below `persons`. */
    struct person *list;
    size_t persons;
    size_t succeeded;
    enum norm_counted *counted; /* As the caller asks; may be NULL. */
};

/* In how many ways a thing can be said of another. */
static int way_of(enum norm_act act)
{
    static const int ways[] = {[NORM_SPEAKS] = 0, [NORM_TELLS] = 1, [NORM_GOES_ON] = 1,
                               [NORM_HAS] = 2,    [NORM_LACKS] = 2, [NORM_TRIES] = 3};

    return ways[act];
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

/* The latest first. */
static int compare_turns(const struct norm_saying *a, const struct norm_saying *b)
{
    int order = compare_numbers(b->turn.own, a->turn.own);

    order = order != 0 ? order : compare_numbers(b->turn.feed, a->turn.feed);
    order = order != 0 ? order : compare_numbers(b->turn.seq, a->turn.seq);
    return order != 0 ? order : digest_compare(&a->id, &b->id);
}

static int compare_groups(const struct said *a, const struct said *b)
{
    int order = compare_numbers(a->person, b->person);

    order = order != 0 ? order : way_of(a->saying->act) - way_of(b->saying->act);
    return order != 0 ? order : digest_compare(&a->saying->about, &b->saying->about);
}

static int compare_said(const void *a, const void *b)
{
    int order = compare_groups(a, b);

    return order != 0
               ? order
               : compare_turns(((const struct said *)a)->saying, ((const struct said *)b)->saying);
}

static void mark(struct telling *telling, const struct said *said, enum norm_counted counted)
{
    if (telling->counted != NULL)
        telling->counted[said->index] = counted;
}

static void take_report(struct telling *telling, const struct said *said)
{
    struct person *person = &telling->list[said->person];
    const struct norm_saying *saying = said->saying;

    person->report = true;
    if (person->first == NORM_NO_DAY || saying->day < person->first)
        person->first = saying->day;
    if (saying->began != NORM_NO_DAY &&
        (person->began == NORM_NO_DAY || saying->began < person->began))
        person->began = saying->began;
    mark(telling, said, NORM_REPORTS);
}

static void take_solution(struct telling *telling, const struct said *said)
{
    struct person *person = &telling->list[said->person];

    if (!said->saying->solved)
        return;
    mark(telling, said, NORM_SOLVES);
    person->solved = true;
    if (person->solving == NULL || said->saying->day < person->solving->day)
        person->solving = said->saying;
}

/* What they told themselves, and how it went on. An update of what is not theirs, or not here, says
 * nothing. */
static void take_told(struct telling *telling, const struct said *group, size_t count)
{
    bool told = false;

    for (size_t i = 0; i < count; i++)
        told = told || group[i].saying->act == NORM_TELLS;
    if (!told)
        return;
    telling->list[group->person].spoke = true;
    for (size_t i = 0; i < count; i++)
        if (group[i].saying->act == NORM_TELLS)
            take_report(telling, &group[i]);
    if (group->saying->act == NORM_GOES_ON)
        mark(telling, group, NORM_LATEST);
    take_solution(telling, group);
}

/* The latest of what they said of one thing in one way. */
static void take_latest(struct telling *telling, const struct said *said)
{
    struct person *person = &telling->list[said->person];
    const struct norm_saying *saying = said->saying;
    bool tries = saying->act == NORM_TRIES;

    person->spoke = true;
    person->lack = person->lack || saying->act == NORM_LACKS;
    if (tries)
        person->uptakes[saying->uptake] = true;
    if (saying->act == NORM_HAS || (tries && saying->uptake != NORM_REJECTED)) {
        take_report(telling, said);
        take_solution(telling, said);
    }
}

static void take_all(struct telling *telling)
{
    struct said *list = memory_new(telling->count, sizeof *list);
    size_t until;

    for (size_t i = 0; i < telling->count; i++)
        list[i] = (struct said){&telling->sayings[i], telling->author[i], i};
    qsort(list, telling->count, sizeof *list, compare_said);
    for (size_t from = 0; from < telling->count; from = until) {
        for (until = from + 1; until < telling->count; until++)
            if (compare_groups(&list[from], &list[until]) != 0)
                break;
        if (way_of(list[from].saying->act) == way_of(NORM_TELLS))
            take_told(telling, &list[from], until - from);
        else
            take_latest(telling, &list[from]);
    }
    free(list);
}

/* --- How many they are --- */

typedef bool is_counted(const struct person *person, size_t which);

struct scoped {
    struct digest scope;
    size_t person;
};

static int compare_scoped(const void *a, const void *b)
{
    const struct scoped *one = a, *other = b;
    int order = digest_compare(&one->scope, &other->scope);

    return order != 0 ? order : compare_numbers(one->person, other->person);
}

/* The most authors that are told apart in one scope. */
static size_t most_apart(const struct scoped *list, size_t count)
{
    size_t most = 0, here = 0;

    for (size_t i = 0; i < count; i++) {
        if (i > 0 && compare_scoped(&list[i], &list[i - 1]) == 0)
            continue;
        here = i > 0 && digest_equal(&list[i].scope, &list[i - 1].scope) ? here + 1 : 1;
        most = larger(most, here);
    }
    return most;
}

static struct norm_count count_persons(const struct telling *telling, is_counted *counted,
                                       size_t which)
{
    struct scoped *list = memory_new(NORM_MARKS * telling->count, sizeof *list);
    struct norm_count count = {0};
    size_t marks = 0;

    for (size_t i = 0; i < telling->persons; i++)
        if (counted(&telling->list[i], which)) {
            count.named += telling->list[i].voice->named;
            count.unnamed += !telling->list[i].voice->named;
        }
    for (size_t i = 0; count.unnamed > 0 && i < telling->count; i++) {
        const struct norm_voice *voice = &telling->sayings[i].voice;
        if (voice->named || !counted(&telling->list[telling->author[i]], which))
            continue;
        for (size_t k = 0; k < voice->mark_count; k++)
            list[marks++] = (struct scoped){voice->marks[k].scope, telling->author[i]};
    }
    qsort(list, marks, sizeof *list, compare_scoped);
    size_t apart = most_apart(list, marks);
    if (count.unnamed > 0)
        count.apart = apart > telling->succeeded + 1 ? apart - telling->succeeded : 1;
    free(list);
    return count;
}

static bool has_spoken(const struct person *person, size_t which)
{
    (void)which;
    return person->spoke;
}

static bool reports(const struct person *person, size_t which)
{
    (void)which;
    return person->report;
}

static bool lacks(const struct person *person, size_t which)
{
    (void)which;
    return person->lack && !person->report;
}

static bool has_solved(const struct person *person, size_t which)
{
    (void)which;
    return person->solved;
}

static bool has_taken_up(const struct person *person, size_t which)
{
    return person->uptakes[which];
}

/* --- How long it took --- */

static double weeks_of(const struct person *person)
{
    const struct norm_saying *solving = person->solving;
    int64_t since = person->began != NORM_NO_DAY ? person->began : person->first;

    if (solving == NULL)
        return -1;
    if (solving->weeks >= 0)
        return (double)solving->weeks;
    return since < solving->day ? (double)(solving->day - since) / 7 : -1;
}

static bool has_weeks(const struct person *person, size_t which)
{
    (void)which;
    return weeks_of(person) >= 0;
}

static struct norm_time time_of(const struct telling *telling)
{
    struct norm_time time = {.count = count_persons(telling, has_weeks, 0)};
    double *weeks = memory_new(telling->persons, sizeof *weeks);
    size_t count = 0;

    for (size_t i = 0; i < telling->persons; i++)
        if (has_weeks(&telling->list[i], 0))
            weeks[count++] = weeks_of(&telling->list[i]);
    if (count > 0) {
        numbers_sort(weeks, count);
        time.least = weeks[0];
        time.median = quantile(weeks, count, 0.5);
        time.most = weeks[count - 1];
    }
    free(weeks);
    return time;
}

/* --- All of it --- */

static bool is_asked(const struct norm_members *among, const struct norm_voice *voice)
{
    if (among == NULL || !voice->named)
        return true;
    for (size_t i = 0; i < among->count; i++)
        if (digest_equal(&among->list[i], &voice->marks[0].mark))
            return true;
    return false;
}

static void number_authors(struct telling *telling)
{
    size_t *parents = join_voices(telling->sayings, telling->count);

    telling->author = memory_new(telling->count, sizeof *telling->author);
    telling->list = memory_new(telling->count, sizeof *telling->list);
    for (size_t i = 0; i < telling->count; i++)
        if (root_of(parents, i) == i) {
            telling->author[i] = telling->persons;
            telling->list[telling->persons++] = (struct person){
                .voice = &telling->sayings[i].voice, .first = NORM_NO_DAY, .began = NORM_NO_DAY};
        }
    for (size_t i = 0; i < telling->count; i++)
        telling->author[i] = telling->author[root_of(parents, i)];
    free(parents);
}

/* Whom it is not asked of says nothing. */
static void leave_out_others(struct telling *telling, const struct norm_members *among)
{
    for (size_t i = 0; i < telling->persons; i++)
        if (!is_asked(among, telling->list[i].voice))
            telling->list[i] =
                (struct person){.voice = telling->list[i].voice, .first = NORM_NO_DAY};
}

struct norm_told norm_tell(const struct norm_saying *sayings, size_t count,
                           const struct norm_members *among, size_t succeeded,
                           enum norm_counted *counted)
{
    struct telling telling = {
        .sayings = sayings, .count = count, .succeeded = succeeded, .counted = counted};

    for (size_t i = 0; counted != NULL && i < count; i++)
        counted[i] = NORM_NOT;
    number_authors(&telling);
    take_all(&telling);
    leave_out_others(&telling, among);
    struct norm_told told = {
        .report = count_persons(&telling, reports, 0),
        .spoke = count_persons(&telling, has_spoken, 0),
        .lack = count_persons(&telling, lacks, 0),
        .solved = count_persons(&telling, has_solved, 0),
        .time = time_of(&telling),
    };
    for (size_t i = 0; i < NORM_UPTAKES; i++)
        told.uptakes[i] = count_persons(&telling, has_taken_up, i);
    free(telling.author);
    free(telling.list);
    return told;
}

/* --- Bounds and verdict --- */

struct norm_bounds norm_bounds(const struct norm_count *count, size_t outside, size_t could)
{
    size_t apart = count->apart > outside ? count->apart - outside : 0;
    struct norm_bounds bounds = {.least = larger(count->named, apart)};

    bounds.most = larger(bounds.least, smaller(count->named + count->unnamed, could));
    return bounds;
}

static enum norm_verdict verdict_of(const struct norm *norm)
{
    if (norm->report.most < NORM_LEAST || norm->could < NORM_LEAST)
        return NORM_TOO_FEW;
    if (2 * norm->report.least >= norm->could)
        return NORM_OF_ALL;
    if (2 * norm->report.least >= norm->spoke.most)
        return NORM_OF_SPEAKERS;
    return 4 * norm->report.most <= norm->spoke.least ? NORM_EXCEPTION : NORM_NEITHER;
}

struct norm norm_of(const struct norm_asked *asked)
{
    struct norm norm = {.could = asked->could};

    norm.could = larger(norm.could, norm_bounds(&asked->spoke, asked->outside, 0).least);
    norm.could = larger(norm.could, norm_bounds(&asked->report, asked->outside, 0).least);
    norm.report = norm_bounds(&asked->report, asked->outside, norm.could);
    norm.spoke = norm_bounds(&asked->spoke, asked->outside, norm.could);
    norm.spoke.least = larger(norm.spoke.least, norm.report.least);
    norm.spoke.most = larger(norm.spoke.most, norm.report.most);
    if (asked->more)
        norm.report.most = norm.spoke.most;
    norm.verdict = verdict_of(&norm);
    return norm;
}
