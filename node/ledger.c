#include "node/ledger.h"
#include "protocol/form.h"
#include "protocol/text.h"
#include "protocol/vocabulary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool says(const struct document *document, const char *key, const char *text)
{
    return bytes_equal(document_text(document, key), bytes_of_text(text));
}

/* Are its figures published unrounded, so that they can be subtracted? */
static bool shows_as_it_is(const struct document *snapshot)
{
    struct fault ignored;
    char *name = text_copy(document_text(snapshot, "sdc_profile"));
    const struct disclosure_profile *profile = disclosure_profile_of(name, &ignored);

    free(name);
    return profile != NULL && profile->rounding_base == 0;
}

/* In the order of a snapshot's columns: see protocol/snapshot.c. */
enum { CODE, DISAGGREGATION, VALUE, NUMERATOR, DENOMINATOR, BASE, MARGIN, FLAG, COLUMNS };

static struct amount amount_at(const struct document *snapshot, size_t index)
{
    struct amount amount = {0};

    amount.here =
        number_read(document_item(snapshot, "rows", index), &amount.integer, &amount.decimals);
    return amount;
}

static void add_row(struct ledger *ledger, const struct document *snapshot, size_t row,
                    const char *where)
{
    const struct word *flag =
        vocabulary_find(&value_flags, document_item(snapshot, "rows", row + FLAG));

    if (ledger->count == ledger->room) {
        ledger->room = ledger->room == 0 ? 64 : 2 * ledger->room;
        ledger->list = memory_grow(ledger->list, ledger->room, sizeof *ledger->list);
    }
    ledger->list[ledger->count++] = (struct ledger_figure){
        .code = text_copy(document_item(snapshot, "rows", row + CODE)),
        .disaggregation = text_copy(document_item(snapshot, "rows", row + DISAGGREGATION)),
        .area = text_copy(document_text(snapshot, "area_gss")),
        .period = text_copy(document_text(snapshot, "period")),
        .where = text_copy(bytes_of_text(where)),
        .figure = {.value = amount_at(snapshot, row + VALUE),
                   .numerator = amount_at(snapshot, row + NUMERATOR),
                   .denominator = amount_at(snapshot, row + DENOMINATOR),
                   .base = amount_at(snapshot, row + BASE),
                   .flag = flag == NULL ? NULL : flag->code}};
}

void ledger_add(struct ledger *ledger, const struct document *snapshot, const char *framework,
                const char *where)
{
    if (!says(snapshot, "framework", framework) || !shows_as_it_is(snapshot))
        return;
    for (size_t row = 0; row + COLUMNS <= document_count(snapshot, "rows"); row += COLUMNS)
        add_row(ledger, snapshot, row, where);
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
    if (record != NULL || draft_state(draft) == DRAFT_REJECTED ||
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

    return store_each_of(store, authority, hear_record, &reading, fault) &&
           store_each_draft(store, hear_draft, &reading, fault);
}

void ledger_release(struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->count; i++) {
        free(ledger->list[i].code);
        free(ledger->list[i].disaggregation);
        free(ledger->list[i].area);
        free(ledger->list[i].period);
        free(ledger->list[i].where);
    }
    free(ledger->list);
    *ledger = (struct ledger){0};
}
