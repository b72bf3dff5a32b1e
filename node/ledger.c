#include "node/ledger.h"
#include "protocol/difference.h"
#include "protocol/period.h"
#include "protocol/snapshot.h"
#include "protocol/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool is_same(const char *a, const char *b)
{
    return strcasecmp(a, b) == 0;
}

/* Up to the next separator, which is taken off with it. */
static struct bytes take_level(const char **group)
{
    const char *end = strstr(*group, LEVEL_SEPARATOR);
    struct bytes level = bytes_of(*group, end == NULL ? strlen(*group) : (size_t)(end - *group));

    *group = end == NULL ? NULL : end + strlen(LEVEL_SEPARATOR);
    return is_total_name(level) ? bytes_of_text("") : level;
}

static int compare_levels(struct bytes a, struct bytes b)
{
    int order =
        strncasecmp((const char *)a.data, (const char *)b.data, a.size < b.size ? a.size : b.size);

    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

int groups_compare(const char *a, const char *b)
{
    int order = 0;

    while (order == 0 && a != NULL && b != NULL)
        order = compare_levels(take_level(&a), take_level(&b));
    return order != 0 ? order : (a != NULL) - (b != NULL);
}

int ledger_compare(const struct ledger_key *a, const struct ledger_key *b)
{
    int order = strcasecmp(a->code, b->code);

    if (order == 0)
        order = groups_compare(a->disaggregation, b->disaggregation);
    return order != 0 ? order : strcasecmp(a->area, b->area);
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
                    const struct ledger_place *where)
{
    struct snapshot_row row = snapshot_row(snapshot, index);

    if (ledger->count == ledger->room) {
        ledger->room = ledger->room == 0 ? 64 : 2 * ledger->room;
        ledger->list = memory_grow(ledger->list, ledger->room, sizeof *ledger->list);
    }
    ledger->list[ledger->count++] = (struct ledger_figure){
        .key = key_of(snapshot, &row), .where = *where, .figure = row.figure};
}

/* Rows of one code stand together as a rule; where they do not, it is told twice. */
static void add_release(struct ledger *ledger, const struct document *snapshot, struct bytes code,
                        const struct ledger_place *where)
{
    if (ledger->release_count == ledger->release_room) {
        ledger->release_room = ledger->release_room == 0 ? 16 : 2 * ledger->release_room;
        ledger->releases =
            memory_grow(ledger->releases, ledger->release_room, sizeof *ledger->releases);
    }
    ledger->releases[ledger->release_count++] =
        (struct ledger_release){.code = text_copy(code),
                                .area = text_copy(document_text(snapshot, "area_gss")),
                                .period = period_of(snapshot),
                                .profile = snapshot_profile(snapshot),
                                .where = *where};
}

void ledger_add(struct ledger *ledger, const struct document *snapshot, const char *framework,
                const struct ledger_place *where)
{
    const struct disclosure_profile *profile = snapshot_profile(snapshot);
    struct bytes code = bytes_of_text("");

    if (!text_same(document_text(snapshot, "framework"), bytes_of_text(framework)) ||
        profile == NULL)
        return;
    for (size_t i = 0; i < snapshot_rows(snapshot); i++) {
        struct snapshot_row row = snapshot_row(snapshot, i);
        if (!text_same(row.code, code))
            add_release(ledger, snapshot, row.code, where);
        code = row.code;
        if (profile->rounding_base == 0)
            add_row(ledger, snapshot, i, where);
    }
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
    struct ledger_place where = {.text = "record "};

    (void)fault;
    if (!bytes_equal(record_header(stored->record)->kind, bytes_of_text("snapshot")))
        return true;
    struct document *snapshot = snapshot_of(stored->record);
    hex_of(where.text + strlen(where.text), record_id(stored->record)->bytes, 6);
    if (snapshot == NULL)
        reading->ledger->erased++;
    else
        ledger_add(reading->ledger, snapshot, reading->framework, &where);
    document_free(snapshot);
    return true;
}

static bool hear_draft(void *context, uint64_t number, const struct draft *draft,
                       const struct digest *record, struct fault *fault)
{
    const struct reading *reading = context;
    struct ledger_place where = {.draft = number};

    (void)fault;
    if (record != NULL || draft == NULL || draft_state(draft) == DRAFT_REJECTED ||
        document_form(draft_document(draft)) != &snapshot_form)
        return true;
    snprintf(where.text, sizeof where.text, "draft %llu", (unsigned long long)number);
    ledger_add(reading->ledger, draft_document(draft), reading->framework, &where);
    return true;
}

bool ledger_read(struct ledger *ledger, struct store *store, const struct digest *authority,
                 const char *framework, struct fault *fault)
{
    struct reading reading = {ledger, framework};

    if (!store_each_of(store, authority, hear_record, &reading, fault) ||
        !store_each_draft(store, hear_draft, &reading, fault))
        return false;
    ledger->framework = text_copy(bytes_of_text(framework));
    return true;
}

bool ledger_read_once(struct ledger *ledger, struct store *store, const struct digest *authority,
                      const char *framework, struct fault *fault)
{
    if (ledger->framework != NULL && is_same(ledger->framework, framework))
        return true;
    ledger_release(ledger);
    return ledger_read(ledger, store, authority, framework, fault);
}

void ledger_release(struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->count; i++)
        release_key(&ledger->list[i].key);
    for (size_t i = 0; i < ledger->release_count; i++) {
        free(ledger->releases[i].code);
        free(ledger->releases[i].area);
        free(ledger->releases[i].period);
    }
    free(ledger->releases);
    free(ledger->list);
    free(ledger->order);
    free(ledger->framework);
    *ledger = (struct ledger){0};
}

/* --- Earlier figures of the same thing --- */

static int by_key(const void *a, const void *b)
{
    const struct ledger_figure *first = *(struct ledger_figure *const *)a;
    const struct ledger_figure *second = *(struct ledger_figure *const *)b;
    int order = ledger_compare(&first->key, &second->key);

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
        if (ledger_compare(key, &order[middle]->key) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    *count = 0;
    while (low + *count < ledger->count && ledger_compare(key, &order[low + *count]->key) == 0)
        (*count)++;
    return *count == 0 ? NULL : order + low;
}

/* --- Beside what was published before --- */

/* Only what has not gone out can be taken back. */
static void add_rejecting(const struct ledger_place *where, struct fault *fault)
{
    size_t size = strlen(fault->text);

    if (where->draft > 0)
        snprintf(fault->text + size, sizeof fault->text - size,
                 "; if it is not to go out, reject %s", where->text);
}

static bool tell_profile(const struct ledger_release *before,
                         const struct disclosure_profile *profile, struct fault *fault)
{
    const char *name = before->profile->name;

    if (profile->threshold == 0)
        fault_set(
            fault, FAULT_INPUT,
            "rule of profiles: %s (%.20s) has %.40s with the profile %s, so it counts people, "
            "and none is for figures that count no people: import with profile = \"%s\"",
            before->where.text, before->period, before->code, name, name);
    else
        fault_set(fault, FAULT_INPUT,
                  "rule of profiles: %s (%.20s) has %.40s with the profile %s, and figures by %s "
                  "beside it tell what either hides: import with profile = \"%s\"",
                  before->where.text, before->period, before->code, name, profile->name, name);
    add_rejecting(&before->where, fault);
    return false;
}

bool ledger_admits_profile(const struct ledger *ledger, const struct disclosure_profile *profile,
                           const struct ledger_key *key, struct fault *fault)
{
    for (size_t i = 0; i < ledger->release_count; i++) {
        const struct ledger_release *before = &ledger->releases[i];
        bool hid = before->profile->threshold > 0;
        if (!hid || before->profile == profile || !is_same(before->code, key->code))
            continue;
        if (profile->threshold == 0 ||
            (is_same(before->area, key->area) && periods_overlap(before->period, key->period)))
            return tell_profile(before, profile, fault);
    }
    return true;
}

static bool tell_difference(const struct disclosure_profile *profile, const struct ledger_key *key,
                            const struct ledger_figure *before, const struct difference *difference,
                            struct fault *fault)
{
    bool draft = before->where.draft > 0;

    fault_set(fault, FAULT_INPUT,
              "rule of differences: the %s of %.40s %.60s is %lld, and in %.20s it is %lld "
              "(%s%s%s): the difference tells of fewer than %lld people: give the row the flag c, "
              "or leave it as it was until more has changed",
              difference->of, key->code, key->disaggregation, (long long)difference->now,
              before->key.period, (long long)difference->then, draft ? "" : "published as ",
              before->where.text, draft ? ", not published yet" : "",
              (long long)profile->threshold);
    add_rejecting(&before->where, fault);
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

const struct ledger_figure *ledger_hid(struct ledger *ledger, const struct ledger_key *key,
                                       const struct measure *measure, enum count count)
{
    size_t figures;
    struct ledger_figure **before = ledger_find(ledger, key, &figures);

    for (size_t i = 0; i < figures; i++)
        if (is_same(before[i]->key.period, key->period) &&
            count_was_hidden(measure, &before[i]->figure, count))
            return before[i];
    return NULL;
}

/* An import leaves hidden what an earlier release of the period hid; something may have come in
 * since. */
static bool stays_hidden(struct ledger *ledger, const struct ledger_key *key,
                         const struct figure *figure, struct fault *fault)
{
    const struct measure measure = measure_shown(figure);

    for (enum count what = 0; what < COUNTS; what++) {
        const struct ledger_figure *hid =
            count_is_shown(&measure, figure, what) ? ledger_hid(ledger, key, &measure, what) : NULL;
        if (hid != NULL)
            return fault_set(fault, FAULT_INPUT,
                             "the %s of %.40s %.60s was hidden in %s, and what was hidden stays "
                             "hidden: reject this draft, and import the file again",
                             count_names[what], key->code, key->disaggregation, hid->where.text);
    }
    return true;
}

static bool row_admitted(struct ledger *ledger, const struct disclosure_profile *profile,
                         const struct ledger_key *key, const struct figure *figure,
                         struct fault *fault)
{
    return ledger_admits_profile(ledger, profile, key, fault) &&
           (!profile_is_exact(profile) || (stays_hidden(ledger, key, figure, fault) &&
                                           ledger_admits(ledger, profile, key, figure, fault)));
}

static bool rows_admitted(struct ledger *ledger, const struct document *snapshot,
                          struct fault *fault)
{
    bool admitted = true;

    for (size_t i = 0; admitted && i < snapshot_rows(snapshot); i++) {
        struct snapshot_row row = snapshot_row(snapshot, i);
        struct ledger_key key = key_of(snapshot, &row);
        admitted = row_admitted(ledger, snapshot_profile(snapshot), &key, &row.figure, fault);
        release_key(&key);
    }
    return admitted;
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
    char *framework = text_copy(document_text(document, "framework"));
    bool may = ledger_read_once(ledger, store, authority, framework, fault) &&
               rows_admitted(ledger, document, fault);
    free(framework);
    return may;
}
