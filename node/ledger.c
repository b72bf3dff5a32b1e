#include "node/ledger.h"
#include "protocol/difference.h"
#include "protocol/period.h"
#include "protocol/snapshot.h"
#include "protocol/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Are its figures published unrounded, so that they can be subtracted? */
static bool shows_as_it_is(const struct document *snapshot)
{
    const struct disclosure_profile *profile = snapshot_profile(snapshot);

    return profile != NULL && profile->rounding_base == 0;
}

/* Periods were once published as they were typed: here they have their one spelling. */
static char *period_of(const struct document *snapshot)
{
    struct bytes period = document_text(snapshot, "period");
    char spelled[PERIOD_SIZE];
    struct fault ignored;

    return text_copy(period_spelled(period, spelled, &ignored) ? bytes_of_text(spelled) : period);
}

static struct ledger_key key_of(const struct document *snapshot, const struct snapshot_row *row)
{
    return (struct ledger_key){.code = text_copy(row->code),
                               .disaggregation = text_copy(row->disaggregation),
                               .area = text_copy(document_text(snapshot, "area_gss")),
                               .period = period_of(snapshot)};
}

static void release_key(const struct ledger_key *key)
{
    free((char *)key->code);
    free((char *)key->disaggregation);
    free((char *)key->area);
    free((char *)key->period);
}

static void add_row(struct ledger *ledger, const struct document *snapshot, size_t index,
                    const char *where)
{
    struct snapshot_row row = snapshot_row(snapshot, index);

    if (ledger->count == ledger->room) {
        ledger->room = ledger->room == 0 ? 64 : 2 * ledger->room;
        ledger->list = memory_grow(ledger->list, ledger->room, sizeof *ledger->list);
    }
    ledger->list[ledger->count++] = (struct ledger_figure){.key = key_of(snapshot, &row),
                                                           .where = text_copy(bytes_of_text(where)),
                                                           .figure = row.figure};
}

void ledger_add(struct ledger *ledger, const struct document *snapshot, const char *framework,
                const char *where)
{
    if (!text_same(document_text(snapshot, "framework"), bytes_of_text(framework)) ||
        !shows_as_it_is(snapshot))
        return;
    for (size_t i = 0; i < snapshot_rows(snapshot); i++)
        add_row(ledger, snapshot, i, where);
}

/* --- From the store --- */

struct reading {
    struct ledger *ledger;
    const char *framework;
};

static struct document *snapshot_of(const struct record *record)
{
    struct fault ignored;
    struct bytes map;

    return record_has_body(record) && body_open(record_content(record), &map, &ignored)
               ? document_read(&snapshot_form, map, &ignored)
               : NULL;
}

static bool hear_record(void *context, const struct stored *stored, struct fault *fault)
{
    const struct reading *reading = context;
    char where[32] = "record ";

    (void)fault;
    if (!bytes_equal(record_header(stored->record)->kind, bytes_of_text("snapshot")))
        return true;
    struct document *snapshot = snapshot_of(stored->record);
    hex_of(where + strlen(where), record_id(stored->record)->bytes, 6);
    if (snapshot == NULL)
        reading->ledger->erased++;
    else
        ledger_add(reading->ledger, snapshot, reading->framework, where);
    document_free(snapshot);
    return true;
}

static bool hear_draft(void *context, uint64_t number, const struct draft *draft,
                       const struct digest *record, struct fault *fault)
{
    const struct reading *reading = context;
    char where[32];

    (void)fault;
    if (record != NULL || draft == NULL || draft_state(draft) == DRAFT_REJECTED ||
        document_form(draft_document(draft)) != &snapshot_form)
        return true;
    snprintf(where, sizeof where, "draft %llu", (unsigned long long)number);
    ledger_add(reading->ledger, draft_document(draft), reading->framework, where);
    return true;
}

bool ledger_read(struct ledger *ledger, struct store *store, const struct digest *authority,
                 const char *framework, struct fault *fault)
{
    struct reading reading = {ledger, framework};

    ledger->framework = text_copy(bytes_of_text(framework));
    return store_each_of(store, authority, hear_record, &reading, fault) &&
           store_each_draft(store, hear_draft, &reading, fault);
}

void ledger_release(struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->count; i++) {
        release_key(&ledger->list[i].key);
        free(ledger->list[i].where);
    }
    free(ledger->list);
    free(ledger->order);
    free(ledger->framework);
    *ledger = (struct ledger){0};
}

/* --- Earlier figures of the same thing --- */

static int compare_keys(const struct ledger_key *a, const struct ledger_key *b)
{
    int order = strcasecmp(a->code, b->code);

    if (order == 0)
        order = strcasecmp(a->disaggregation, b->disaggregation);
    return order != 0 ? order : strcasecmp(a->area, b->area);
}

static int by_key(const void *a, const void *b)
{
    const struct ledger_figure *first = *(struct ledger_figure *const *)a;
    const struct ledger_figure *second = *(struct ledger_figure *const *)b;
    int order = compare_keys(&first->key, &second->key);

    return order != 0 ? order : (first > second) - (first < second);
}

struct ledger_figure **ledger_order(struct ledger *ledger)
{
    if (ledger->ordered == ledger->count)
        return ledger->order;
    ledger->order = memory_grow(ledger->order, ledger->count, sizeof *ledger->order);
    for (size_t i = 0; i < ledger->count; i++)
        ledger->order[i] = &ledger->list[i];
    qsort(ledger->order, ledger->count, sizeof *ledger->order, by_key);
    ledger->ordered = ledger->count;
    return ledger->order;
}

struct ledger_figure **ledger_find(struct ledger *ledger, const struct ledger_key *key,
                                   size_t *count)
{
    struct ledger_figure **order = ledger_order(ledger);
    size_t low = 0, high = ledger->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_keys(key, &order[middle]->key) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    *count = 0;
    while (low + *count < ledger->count && compare_keys(key, &order[low + *count]->key) == 0)
        (*count)++;
    return *count == 0 ? NULL : order + low;
}

/* --- Beside what was published before --- */

static bool tell_difference(const struct disclosure_profile *profile, const struct ledger_key *key,
                            const struct ledger_figure *before, const struct difference *difference,
                            struct fault *fault)
{
    bool draft = strncmp(before->where, "draft", 5) == 0;

    fault_set(fault, FAULT_INPUT,
              "rule of differences: the %s of %.40s %.60s is %lld, and in %.20s it is %lld "
              "(%s%s%s): the difference tells of fewer than %lld people: import with profile = "
              "\"strict\", or give the row the flag c, or leave it as it was until more has "
              "changed",
              difference->of, key->code, key->disaggregation, (long long)difference->now,
              before->key.period, (long long)difference->then, draft ? "" : "published as ",
              before->where, draft ? ", not published yet" : "", (long long)profile->threshold);
    if (draft) {
        size_t size = strlen(fault->text);
        snprintf(fault->text + size, sizeof fault->text - size,
                 "; if it is not to go out, reject %s", before->where);
    }
    return false;
}

bool ledger_admits(struct ledger *ledger, const struct disclosure_profile *profile,
                   const struct ledger_key *key, const struct figure *figure, struct fault *fault)
{
    struct difference difference;
    size_t count;
    struct ledger_figure **before = ledger_find(ledger, key, &count);

    for (size_t i = 0; i < count; i++)
        if (periods_overlap(before[i]->key.period, key->period) &&
            difference_tells(profile, figure, &before[i]->figure, &difference))
            return tell_difference(profile, key, before[i], &difference, fault);
    return true;
}

/* An import leaves hidden what an earlier release of the period hid; something may have come in
 * since. */
static bool stays_hidden(struct ledger *ledger, const struct ledger_key *key,
                         const struct figure *figure, struct fault *fault)
{
    const struct measure measure = measure_shown(figure);
    size_t count;
    struct ledger_figure **before = ledger_find(ledger, key, &count);

    for (size_t i = 0; i < count; i++)
        for (enum count what = 0; what < COUNTS; what++)
            if (strcasecmp(before[i]->key.period, key->period) == 0 &&
                count_is_shown(&measure, figure, what) &&
                count_was_hidden(&measure, &before[i]->figure, what))
                return fault_set(fault, FAULT_INPUT,
                                 "the %s of %.40s %.60s was hidden in %s, and what was hidden "
                                 "stays hidden: reject this draft, and import the file again",
                                 count_names[what], key->code, key->disaggregation,
                                 before[i]->where);
    return true;
}

static bool rows_admitted(struct ledger *ledger, const struct document *snapshot,
                          struct fault *fault)
{
    const struct disclosure_profile *profile = snapshot_profile(snapshot);
    bool admitted = true;

    for (size_t i = 0; admitted && i < snapshot_rows(snapshot); i++) {
        struct snapshot_row row = snapshot_row(snapshot, i);
        struct ledger_key key = key_of(snapshot, &row);
        admitted = stays_hidden(ledger, &key, &row.figure, fault) &&
                   ledger_admits(ledger, profile, &key, &row.figure, fault);
        release_key(&key);
    }
    return admitted;
}

/* As it is for this snapshot. */
static bool read_for(struct ledger *ledger, struct store *store, const struct digest *authority,
                     const struct document *snapshot, struct fault *fault)
{
    char *framework = text_copy(document_text(snapshot, "framework"));
    bool read = ledger->framework != NULL && strcasecmp(ledger->framework, framework) == 0;

    if (!read) {
        ledger_release(ledger);
        read = ledger_read(ledger, store, authority, framework, fault);
    }
    free(framework);
    return read;
}

static bool is_without_problems(const struct document *document, struct fault *fault)
{
    struct problems problems = {0};

    document_check(document, &problems);
    bool without = problems.count == 0;
    if (!without)
        fault_set(fault, FAULT_INPUT, "%s", problems.list[0].text);
    problems_release(&problems);
    return without;
}

bool figures_may_go_out(struct ledger *ledger, struct store *store, const struct digest *authority,
                        const struct document *document, struct fault *fault)
{
    if (document_form(document) != &snapshot_form)
        return true;
    if (!is_without_problems(document, fault))
        return false;
    return !profile_is_exact(snapshot_profile(document)) ||
           (read_for(ledger, store, authority, document, fault) &&
            rows_admitted(ledger, document, fault));
}
