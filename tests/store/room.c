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

static struct store *deriver;

const char *room_path(void)
{
    return folder_file(&folder, "store.sqlite");
}

const char *room_index_path(void)
{
    return folder_file(&folder, "index.sqlite");
}

void derive(void)
{
    uint64_t left;

    if (deriver == NULL)
        deriver = store_open(room_path(), STORE_DERIVE, &fault);
    cr_assert(deriver != NULL, "%s", fault.text);
    do
        cr_done(store_derive(deriver, 1000, false, &left, &fault));
    while (left > 0);
}

uint64_t derived(void)
{
    return store_derived(deriver);
}

void reindex(void)
{
    derive();
    cr_done(store_reindex(deriver, NULL, NULL, &fault));
}

void derive_close(void)
{
    store_close(deriver);
    deriver = NULL;
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
    derive_close();
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

struct entry entry_for(const struct record *record)
{
    const struct header *header = record_header(record);
    struct entry entry = {.seq = (uint64_t)header->time_ms, .id = *record_id(record)};

    if (header->author.form == AUTHOR_NAMED) {
        entry.feed = header->author.feed;
        entry.seq = header->author.seq;
    }
    return entry;
}

static struct entry keep_as(struct record *record, bool in)
{
    struct entry entry = entry_for(record);
    const struct public_key *signer = signing_key_public(leeds.key);

    cr_done(store_keep(store, record, in, in ? signer : NULL, &fault));
    record_free(record);
    return entry;
}

struct entry keep(struct record *record)
{
    return keep_as(record, true);
}

struct entry keep_aside(struct record *record)
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
    derive();
    return asked_as_it_is(select);
}

const char *asked_as_it_is(const char *select)
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

/* --- Looking through the files --- */

static bool file_has(const char *path, const char *word)
{
    FILE *file = fopen(path, "rb");
    size_t size = strlen(word), count = 0;
    int byte;
    bool has = false;
    char last[64] = "";

    if (file == NULL)
        return false;
    while (!has && (byte = getc(file)) != EOF) {
        memmove(last, last + 1, size - 1);
        last[size - 1] = (char)byte;
        has = ++count >= size && memcmp(last, word, size) == 0;
    }
    fclose(file);
    return has;
}

const char *room_file_with(const char *word)
{
    static const char *const names[] = {
        "store.sqlite", "store.sqlite-wal", "store.sqlite-shm", "store.sqlite-journal",
        "index.sqlite", "index.sqlite-wal", "index.sqlite-shm", "index.sqlite-journal"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (file_has(folder_file(&folder, names[i]), word))
            return names[i];
    return NULL;
}

/* --- Damage --- */

static void damage_file(const char *path, const char *sql)
{
    sqlite3 *db;
    char *said = NULL;

    cr_assert(sqlite3_open(path, &db) == SQLITE_OK);
    cr_assert(sqlite3_exec(db, sql, NULL, NULL, &said) == SQLITE_OK, "%s: %s", sql, said);
    sqlite3_close(db);
}

void damage(const char *sql)
{
    damage_file(room_path(), sql);
}

void damage_index(const char *sql)
{
    damage_file(room_index_path(), sql);
}

const char *verified_as_it_is(void)
{
    static struct store_check check;

    buffer_release(&answer);
    cr_done(store_verify(store, &check, NULL, NULL, &fault));
    for (size_t i = 0; i < check.bad_count && i < 64; i++)
        buffer_printf(&answer, "%s\n", check.bad[i].text);
    return buffer_text(&answer);
}

const char *verified(void)
{
    derive();
    return verified_as_it_is();
}

static void release_answer(void) __attribute__((destructor));
static void release_answer(void)
{
    buffer_release(&answer);
}
