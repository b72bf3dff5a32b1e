#include "node/cli/desk.h"
#include "node/cli/reference.h"
#include "node/import_map.h"
#include "node/keys.h"
#include "node/share.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* indicator import: a council's figures become snapshots, small numbers suppressed first. */

#define SQL_LIMIT_MS 5000

/* --- At each step on their way out --- */

bool desk_figures_hold(const struct desk *desk, const struct document *document,
                       struct fault *fault)
{
    struct card *card;

    if (document_form(document) != &snapshot_form)
        return true;
    card = keys_last_card(desk->home, fault);
    bool hold = card != NULL &&
                figures_may_go_out(desk->ledger, desk->store, &card->authority, document, fault);
    card_free(card);
    return hold;
}

/* --- What a code measures, from the definitions that this node holds --- */

struct measuring {
    struct store *store;
    struct measure *measure;
    bool found;
};

static void append_quoted(struct buffer *sql, struct bytes text)
{
    buffer_append_text(sql, "'");
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '\'')
            buffer_append_text(sql, "'");
        buffer_append(sql, bytes_of(text.data + i, 1));
    }
    buffer_append_text(sql, "'");
}

static bool hear_definition(void *context, const char *const *names, const struct sql_value *values,
                            size_t count, struct fault *fault)
{
    struct measuring *measuring = context;
    struct fault ignored;

    (void)names;
    (void)fault;
    if (count == 2 && values != NULL && values[0].text != NULL && values[1].text != NULL)
        measuring->found = measure_of(values[0].text, values[1].text, measuring->measure, &ignored);
    return true;
}

static bool find_measure(void *context, struct bytes framework, struct bytes code,
                         struct measure *measure)
{
    struct measuring measuring = {.store = context, .measure = measure};
    struct buffer sql = {0};
    struct fault fault;

    buffer_append_text(&sql, "SELECT unit, stat_type FROM indicators WHERE framework = ");
    append_quoted(&sql, framework);
    buffer_append_text(&sql, " AND code = ");
    append_quoted(&sql, code);
    buffer_append_text(&sql, " LIMIT 1");
    bool asked = store_sql(measuring.store, buffer_text(&sql), SQL_LIMIT_MS, hear_definition,
                           &measuring, &fault);
    buffer_release(&sql);
    return asked && measuring.found;
}

/* --- Drafts of the snapshots --- */

struct made {
    uint64_t *numbers;
    struct draft **drafts;
    struct waited {
        bool already, again; /* With the same content; handed in again, as it was withdrawn. */
    } * waited;
    size_t count;
};

static void release_made(struct made *made)
{
    for (size_t i = 0; i < made->count; i++)
        draft_free(made->drafts[i]);
    free(made->drafts);
    free(made->numbers);
    free(made->waited);
}

/* Who publishes what waits already approves it, where one person may. */
static bool keep_draft(struct desk *desk, const char *by, struct made *made, size_t index,
                       struct fault *fault)
{
    struct draft **draft = &made->drafts[index];
    struct waited *waited = &made->waited[index];
    uint64_t *number = &made->numbers[index];

    if (!desk_take_waiting(desk, NULL, draft, number, &waited->again, fault))
        return false;
    waited->already = *number != 0;
    bool approved = by != NULL && draft_state(*draft) == DRAFT_SUBMITTED &&
                    !draft_takes_two(*draft, desk_policy(desk));
    if (approved && !desk_approve(desk, *draft, by, NULL, fault))
        return false;
    return (waited->already && !waited->again && !approved) ||
           store_put_draft(desk->store, number, *draft, fault);
}

/* Why its rows are hidden, of the snapshot with this index. */
static void note_hidden(struct draft *draft, const struct import_result *result, size_t snapshot)
{
    for (size_t i = 0; i < result->suppressed; i++)
        if (result->hidden[i].snapshot == snapshot)
            draft_note_hidden(draft, result->hidden[i].row, result->hidden[i].because);
}

/* All drafts or none: they are one release. */
static bool keep_drafts(struct desk *desk, struct import_result *result, const char *by,
                        struct made *made, struct fault *fault)
{
    bool good = store_begin(desk->store, fault);

    made->drafts = memory_new(result->snapshot_count, sizeof *made->drafts);
    made->numbers = memory_new(result->snapshot_count, sizeof *made->numbers);
    made->waited = memory_new(result->snapshot_count, sizeof *made->waited);
    for (size_t i = 0; good && i < result->snapshot_count; i++) {
        struct draft *draft = desk_submit(desk, result->snapshots[i], by, ATTRIBUTION_NAMED, fault);
        result->snapshots[i] = NULL; /* It belongs to the draft. */
        good = draft != NULL;
        if (!good)
            break;
        note_hidden(draft, result, i);
        made->drafts[made->count++] = draft;
        good = keep_draft(desk, by, made, i, fault);
    }
    if (good)
        return store_commit(desk->store, fault);
    store_rollback(desk->store);
    return false;
}

/* --- The command --- */

static bool is_area_code(const char *area, struct fault *fault)
{
    bool letter = area[0] >= 'A' && area[0] <= 'Z';

    if (letter && strspn(area + 1, "0123456789") == 8 && area[9] == '\0')
        return true;
    return fault_set(fault, FAULT_INPUT,
                     "area \"%.40s\": must be a GSS code, which is a capital letter and eight "
                     "digits, such as E10000024",
                     area);
}

/* Where the house says which areas are its own, no others are its to publish. */
static bool is_own_area(const struct texts *areas, const char *area, struct fault *fault)
{
    for (size_t i = 0; i < areas->count; i++)
        if (strcmp(areas->list[i], area) == 0)
            return true;
    return areas->count == 0 ||
           fault_set(fault, FAULT_INPUT,
                     "area %s is not one of yours: say --area %s, or whichever of areas in "
                     "candour.conf it is; if it is yours too, add it there",
                     area, areas->list[0]);
}

static bool choose_area(const struct call *call, const struct desk *desk, const char **area,
                        struct fault *fault)
{
    *area = call_value(call, "area");
    if (*area == NULL && desk->config.authority.areas.count > 0)
        *area = desk->config.authority.areas.list[0];
    if (*area != NULL)
        return is_area_code(*area, fault) &&
               is_own_area(&desk->config.authority.areas, *area, fault);
    return fault_set(fault, FAULT_INPUT,
                     "whose rows? Say --area CODE, or put the GSS code into candour.conf (areas)");
}

static bool read_ledger(const struct desk *desk, const struct import_map *map, struct fault *fault)
{
    struct card *card = keys_last_card(desk->home, fault);

    bool read = card != NULL && ledger_read_once(desk->ledger, desk->store, &card->authority,
                                                 map->framework, fault);
    card_free(card);
    return read;
}

static bool read_table(const struct call *call, struct desk *desk, struct import_result *result,
                       struct fault *fault)
{
    const char *path = call->arguments[0], *map_path = call_value(call, "map");
    struct import_request request = {.file_name = path,
                                     .find_measure = find_measure,
                                     .context = desk->store,
                                     .ledger = desk->ledger};
    char shipped[HOME_PATH_MAX];
    struct import_map *map = NULL;
    FILE *file = NULL;
    bool read = false;

    if (map_path == NULL && !share_find("samples/ascof.map.conf", shipped, sizeof shipped, fault))
        return false;
    if (map_path == NULL)
        request.shipped = shipped;
    if (!choose_area(call, desk, &request.area, fault) ||
        (map = import_map_open(map_path == NULL ? shipped : map_path, fault)) == NULL)
        return false;
    request.map = map;
    file = fopen(path, "rb");
    if (file == NULL)
        fault_set(fault, FAULT_INPUT, "%s: cannot be read: %s", path, strerror(errno));
    else
        read = read_ledger(desk, map, fault) && import_table(&request, file, result, fault);
    if (file != NULL)
        fclose(file);
    import_map_free(map);
    return read;
}

static json_t *hidden_array(const struct import_result *result)
{
    json_t *list = json_array();

    for (size_t i = 0; i < result->suppressed; i++)
        json_array_append_new(list,
                              json_pack("{s:I, s:s}", "line", (json_int_t)result->hidden[i].line,
                                        "why", result->hidden[i].why));
    return list;
}

static json_t *lines_array(const struct import_refusal *lines, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(
            list, json_pack("{s:I, s:s}", "line", (json_int_t)lines[i].line, "why", lines[i].why));
    return list;
}

/* Each snapshot's draft, and the record it became where that was waited for. */
static bool say_snapshots(struct call *call, struct desk *desk, const struct made *made,
                          json_t *snapshots, struct fault *fault)
{
    for (size_t i = 0; i < made->count; i++) {
        struct digest id;
        bool wait = call_has(call, "publish") && desk_waits(call, made->drafts[i]);
        if (wait && !desk_await(call, desk, made->numbers[i], &id, fault))
            return false;
        json_array_append_new(snapshots,
                              json_pack("{s:I, s:o, s:b}", "draft", (json_int_t)made->numbers[i],
                                        "id", wait ? json_id(&id) : json_null(), "waited",
                                        (int)made->waited[i].already));
    }
    return true;
}

static void say_hidden(const struct call *call, const struct import_result *result)
{
    for (size_t i = 0; i < result->suppressed && i < DESK_HIDDEN_SAID_MAX; i++)
        call_say(call, "Line %" PRIu32 ": %s.", result->hidden[i].line, result->hidden[i].why);
    if (result->suppressed > DESK_HIDDEN_SAID_MAX)
        call_say(call, "... and %" PRIu32 " more; with --json each is there.",
                 result->suppressed - DESK_HIDDEN_SAID_MAX);
}

/* What adds up to what is a guess where the mapping does not say it. */
static void say_totals(const struct call *call, const struct import_result *result)
{
    if (result->total_count == 0)
        call_say(call, "No total was found, so each figure was judged by itself. If one of these "
                       "rows is the sum of others, say so in the mapping, total { is = \"...\" "
                       "of = {\"...\"} }, and import again: it may give a hidden one away.");
    for (size_t i = 0; i < result->total_count; i++) {
        const struct import_total *total = &result->totals[i];
        bool mapped = strcmp(total->because, "mapping") == 0;
        call_say(call, "Taken for a total: \"%s\" (%s%s).", total->name,
                 mapped ? "as the mapping says" : "by its ", mapped ? "" : total->because);
    }
}

static json_t *totals_array(const struct import_result *result)
{
    json_t *list = json_array();

    for (size_t i = 0; i < result->total_count; i++)
        json_array_append_new(list, json_pack("{s:s, s:s}", "total", result->totals[i].name,
                                              "because", result->totals[i].because));
    return list;
}

/* By which rules, and what became of the figures. */
static void say_disclosure(const struct call *call, const struct import_result *result,
                           const struct ledger *ledger)
{
    say_disclosure_profile(call, bytes_of_text(result->profile->name));
    say_hidden(call, result);
    if (!profile_is_exact(result->profile) && result->company == 0)
        return;
    call_say(call,
             "%" PRIu32 " hidden as they are small, %" PRIu32 " as they would tell one that is "
             "hidden, %" PRIu32 " as an earlier release or draft of the period hid them.",
             result->suppressed - result->company - result->stay_hidden, result->company,
             result->stay_hidden);
    say_totals(call, result);
    if (ledger->erased > 0)
        call_say(call,
                 "%" PRIu32 " of your snapshots are erased: these figures were not compared with "
                 "what they said, which others may remember.",
                 ledger->erased);
}

static void say_made(const struct call *call, const struct made *made, size_t index)
{
    const struct waited *waited = &made->waited[index];
    struct buffer title = {0};

    desk_title(draft_document(made->drafts[index]), &title);
    call_say(call, "Draft %" PRIu64 ", %s: %s%s", made->numbers[index],
             draft_state_name(made->drafts[index]), buffer_text(&title),
             waited->again     ? ". It was withdrawn, and is handed in again: none was made"
             : waited->already ? ". It waits already with the same figures: none was made"
                               : "");
    buffer_release(&title);
}

static void say_import(const struct call *call, const struct desk *desk,
                       const struct import_result *result, const struct made *made,
                       const json_t *snapshots)
{
    call_say(call, "%" PRIu32 " values read, %" PRIu32 " of them suppressed.", result->imported,
             result->suppressed);
    if (result->others > 0)
        call_say(call,
                 "Rows left out: %" PRIu32 ", of another area or period, or not chosen by where.",
                 result->others);
    say_disclosure(call, result, desk->ledger);
    for (size_t i = 0; i < result->refusal_count; i++)
        call_say(call, "%s:%" PRIu32 ": %s", call->arguments[0], result->refusals[i].line,
                 result->refusals[i].why);
    if (result->refused > result->refusal_count)
        call_say(call, "... and %zu more rows that could not be used.",
                 (size_t)result->refused - result->refusal_count);
    for (size_t i = 0; i < made->count; i++)
        say_made(call, made, i);
    if (!call_has(call, "publish") && made->count > 0)
        desk_say_next(call, desk, made->numbers[0], made->drafts[0], false);
    for (size_t i = 0; i < made->count && call_has(call, "publish"); i++) {
        const char *id = json_string_value(json_object_get(json_array_get(snapshots, i), "id"));
        if (id != NULL)
            call_say(call, "Draft %" PRIu64 " is published as %s", made->numbers[i], id);
        else
            desk_say_next(call, desk, made->numbers[i], made->drafts[i], false);
    }
}

static bool import_own(struct call *call, struct fault *fault)
{
    struct import_result result = {0};
    struct made made = {0};
    struct desk desk = {0};
    const char *by = NULL;
    json_t *snapshots = json_array();

    bool done = (!call_has(call, "publish") || require_option(call, "by", &by, fault)) &&
                desk_open(call, &desk, STORE_WRITE, fault) &&
                read_table(call, &desk, &result, fault) &&
                keep_drafts(&desk, &result, by, &made, fault) &&
                say_snapshots(call, &desk, &made, snapshots, fault);
    if (done) {
        call->status = result.refused > 0;
        if (!call_json(
                call,
                json_pack(
                    "{s:I, s:I, s:I, s:I, s:I, s:s, s:o, s:o, s:I, s:I, s:o, s:O}", "imported",
                    (json_int_t)result.imported, "suppressed", (json_int_t)result.suppressed,
                    "company", (json_int_t)result.company, "stay_hidden",
                    (json_int_t)result.stay_hidden, "erased", (json_int_t)desk.ledger->erased,
                    "profile", result.profile->name, "totals", totals_array(&result), "hidden",
                    hidden_array(&result), "others", (json_int_t)result.others, "refused_rows",
                    (json_int_t)result.refused, "refused",
                    lines_array(result.refusals, result.refusal_count), "snapshots", snapshots)))
            say_import(call, &desk, &result, &made, snapshots);
    }
    json_decref(snapshots);
    release_made(&made);
    import_result_release(&result);
    desk_close(&desk);
    return done;
}

bool run_indicator_import(struct call *call, struct fault *fault)
{
    return call_has(call, "reference") || call_has(call, "profiles") ? import_reference(call, fault)
                                                                     : import_own(call, fault);
}
