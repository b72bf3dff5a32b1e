#include "tests/store/room.h"
#include "store/internal.h"

#include <stdio.h>
#include <string.h>
#include <zstd.h>

struct folder folder;
struct store *store;
struct fault fault;
struct council leeds, york, hull;

const char snapshot_file[] =
    "Kind: snapshot\nFramework: ASCOF-2014\nArea: E08000035\nPeriod: 2020-21\nStatus: final\n"
    "Disclosure profile: strict\nTopic: adults/ascof\n\n## Rows\n"
    "- 1E | Total | 5.5 | 220 | 4000 | | | \n- 2A1 | Total | | | | | | c\n"
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

uint64_t index_purged(void)
{
    return store_index_purged(deriver, NULL);
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
    if (values == NULL)
        return true;
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

static struct buffer file_bytes(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct buffer bytes = {0};
    uint8_t part[4096];
    size_t size;

    while (file != NULL && (size = fread(part, 1, sizeof part, file)) > 0)
        buffer_append(&bytes, bytes_of(part, size));
    if (file != NULL)
        fclose(file);
    return bytes;
}

static bool has(struct bytes bytes, struct bytes part)
{
    for (size_t at = 0; at + part.size <= bytes.size; at++)
        if (memcmp(bytes.data + at, part.data, part.size) == 0)
            return true;
    return false;
}

/* In what is packed from here on? A content that goes on in another page is not found so. */
static bool frame_has(struct bytes from, struct bytes part)
{
    size_t size = bytes_begin(from, "\x28\xb5\x2f\xfd")
                      ? ZSTD_findFrameCompressedSize(from.data, from.size)
                      : 0;

    static uint8_t content[BODY_MAX];

    if (size == 0 || ZSTD_isError(size))
        return false;
    size = ZSTD_decompress(content, sizeof content, from.data, size);
    return !ZSTD_isError(size) && has(bytes_of(content, size), part);
}

static bool has_also_packed(struct bytes bytes, struct bytes part)
{
    bool found = has(bytes, part);

    for (size_t at = 0; !found && at < bytes.size; at++)
        found = frame_has(bytes_after(bytes, at), part);
    return found;
}

typedef bool finder(struct bytes bytes, struct bytes part);

static bool file_has(const char *name, finder *look, struct bytes part)
{
    struct buffer bytes = file_bytes(folder_file(&folder, name));
    bool found = look(buffer_view(&bytes), part);

    buffer_release(&bytes);
    return found;
}

static const char *file_with(finder *look, struct bytes part)
{
    static const char *const names[] = {
        "store.sqlite", "store.sqlite-wal", "store.sqlite-shm", "store.sqlite-journal",
        "index.sqlite", "index.sqlite-wal", "index.sqlite-shm", "index.sqlite-journal"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (file_has(names[i], look, part))
            return names[i];
    return NULL;
}

const char *room_file_with(const char *word)
{
    return file_with(has_also_packed, bytes_of_text(word));
}

#define PART 16

static const char *file_with_any(struct bytes bytes)
{
    const char *file = NULL;

    for (size_t at = 0; file == NULL && at + PART <= bytes.size; at += PART)
        file = file_with(has, bytes_of(bytes.data + at, PART));
    return file;
}

const char *room_file_with_body(const struct record *record)
{
    struct buffer packed = {0};

    buffer_append(&packed, bytes_of(record_salt(record)->bytes, sizeof(struct salt)));
    buffer_append(&packed, record_packed(record));
    const char *file = file_with_any(buffer_view(&packed));
    buffer_release(&packed);
    return file;
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
