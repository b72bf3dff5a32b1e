#include "tests/store/room.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

struct folder folder;
struct store *store;
struct fault fault;
struct council leeds, york, hull;

const char snapshot_file[] =
    "Kind: snapshot\nFramework: ASCOF-2014\nArea: E08000035\nPeriod: 2020-21\nStatus: final\n"
    "Disclosure profile: strict\nTopic: adults/ascof\n\n## Rows\n"
    "- 1E | Total | 5.5 | 110 | 2000 | | | \n- 2A1 | Total | | | | | | c\n"
    "- 3A | Female | -0.25 | | | 300 | 1.5 | e\n";
const char update_file[] = "Kind: update\nAbout: last\nStage: completed\nOutcome: worked\n\n"
                           "## What changed since\nThe second half came right.\n";
const char profile_file[] = "Kind: profile\nLanguages: en\nContact: improvement officer\n"
                            "Services: home_care, send\n\n## Context\n"
                            "- % 65 and over | 15.8 | 2021 | Census\n";
const char indicator_file[] =
    "Kind: indicator\nFramework: ASCOF-2014\nFramework version: 2014\nCode: 1E\nName: Employment\n"
    "Plain name: Adults who have a paid job\nUnit: percent\nStatistic: proportion\n"
    "Polarity: higher\nPeriod kind: financial_year\nDecimals: 1\n";

const char *room_path(void)
{
    return folder_file(&folder, "store.sqlite");
}

void room_open(void)
{
    struct digest network = council_network();

    folder = folder_new();
    leeds = council_new("leeds");
    york = council_new("york");
    hull = council_new("hull");
    store = store_open(room_path(), STORE_CREATE, &fault);
    cr_assert(store != NULL, "%s", fault.text);
    cr_done(store_set_network(store, &network, &fault));
}

void room_close(void)
{
    store_close(store);
    store = NULL;
    council_release(&leeds);
    council_release(&york);
    council_release(&hull);
    folder_remove(&folder);
}

void room_reopen(enum store_mode mode)
{
    store_close(store);
    store = store_open(room_path(), mode, &fault);
    cr_assert(store != NULL, "%s", fault.text);
}

static struct digest keep_as(struct record *record, bool in)
{
    struct digest id = *record_id(record);
    const struct public_key *signer = signing_key_public(leeds.key);

    cr_done(store_keep(store, record, in, in ? signer : NULL, &fault));
    record_free(record);
    return id;
}

struct digest keep(struct record *record)
{
    return keep_as(record, true);
}

struct digest keep_aside(struct record *record)
{
    return keep_as(record, false);
}

uint64_t count_records(void)
{
    struct store_counts counts;

    cr_done(store_count(store, &counts, &fault));
    return counts.records + counts.aside;
}

/* --- SQL --- */

static struct buffer answer;

static bool write_row(void *context, const char *const *names, const struct sql_value *values,
                      size_t count, struct fault *why)
{
    (void)context;
    (void)names;
    (void)why;
    for (size_t i = 0; i < count; i++) {
        buffer_append_text(&answer, i == 0 ? "" : "|");
        buffer_append_text(&answer, values[i].text == NULL ? "NULL" : values[i].text);
    }
    buffer_append_text(&answer, "\n");
    return true;
}

const char *asked(const char *select)
{
    buffer_release(&answer);
    cr_assert(store_sql(store, select, 5000, write_row, NULL, &fault), "%s: %s", select,
              fault.text);
    return buffer_text(&answer);
}

const char *asked_in_vain(const char *select)
{
    buffer_release(&answer);
    cr_assert(!store_sql(store, select, 200, write_row, NULL, &fault), "%s was answered", select);
    cr_expect_eq(fault.kind, FAULT_INPUT, "%s", fault.text);
    return fault.text;
}

/* --- Damage --- */

void damage(const char *sql)
{
    sqlite3 *db;
    char *said = NULL;

    cr_assert(sqlite3_open(room_path(), &db) == SQLITE_OK);
    cr_assert(sqlite3_exec(db, sql, NULL, NULL, &said) == SQLITE_OK, "%s: %s", sql, said);
    sqlite3_close(db);
}

const char *verified(void)
{
    static struct store_check check;

    buffer_release(&answer);
    cr_done(store_verify(store, &check, NULL, NULL, &fault));
    for (size_t i = 0; i < check.bad_count && i < 64; i++)
        buffer_printf(&answer, "%s\n", check.bad[i].text);
    return buffer_text(&answer);
}

static void release_answer(void) __attribute__((destructor));
static void release_answer(void)
{
    buffer_release(&answer);
}
