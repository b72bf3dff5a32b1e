#include "store/internal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reading everything again, as of one moment. Facts are compared with what their own bytes say;
 * what is derived with what the code that derives makes of them, once more. */

static const char doing[] = "verifying";

void store_check_add(struct store_check *check, const struct digest *id, const char *text)
{
    size_t room = sizeof check->bad / sizeof *check->bad;

    if (check->bad_count < room) {
        check->bad[check->bad_count].id = *id;
        snprintf(check->bad[check->bad_count].text, sizeof check->bad[0].text, "%s", text);
    }
    check->bad_count++;
}

void verify_add(struct verifier *verifier, const char *text)
{
    static const struct digest none;

    store_check_add(verifier->check, &none, text);
}

bool verify_number(struct verifier *verifier, const char *sql, int64_t *number)
{
    sqlite3_stmt *query = prepare(verifier->store, sql, doing, verifier->fault);
    bool done = query != NULL && run_number(verifier->store, query, number, doing, verifier->fault);

    sqlite3_finalize(query);
    return done;
}

bool verify_none(struct verifier *verifier, const char *sql, const char *text)
{
    int64_t count = 0;

    if (!verify_number(verifier, sql, &count))
        return false;
    if (count != 0)
        verify_add(verifier, text);
    return true;
}

/* --- The files --- */

static const char index_damaged[] = "the index's file is damaged: candour reindex makes it anew";

/* Tells what SQLite finds; *right is false where that is anything. Of a file that it cannot read to
 * its end it tells that. */
static bool check_integrity(struct verifier *verifier, const char *pragma, bool *right)
{
    sqlite3_stmt *query = prepare(verifier->store, pragma, doing, verifier->fault);
    int answer = query == NULL ? SQLITE_ERROR : SQLITE_ROW;

    *right = true;
    while (answer == SQLITE_ROW &&
           (answer = step(verifier->store, query, doing, verifier->fault)) == SQLITE_ROW)
        if (strcmp(column_word(query, 0), "ok") != 0) {
            verify_add(verifier, column_word(query, 0));
            *right = false;
        }
    if (answer != SQLITE_DONE && file_is_damaged(verifier->store)) {
        verify_add(verifier, verifier->fault->text);
        *right = false;
        answer = SQLITE_DONE;
    }
    sqlite3_finalize(query);
    return answer == SQLITE_DONE;
}

/* What is derived is not compared where its file cannot be trusted. */
static bool check_files(struct verifier *verifier)
{
    bool facts_right, index_right = true;

    if ((verifier->store->index == INDEX_FILE &&
         !check_integrity(verifier, "PRAGMA derived.integrity_check (32)", &index_right)) ||
        !check_integrity(verifier, "PRAGMA main.integrity_check (32)", &facts_right))
        return false;
    verifier->facts_only = !index_right;
    if (!index_right)
        verify_add(verifier, index_damaged);
    return verify_none(verifier, "SELECT count(*) FROM pragma_foreign_key_check",
                       "a charter or a peer belongs to no network");
}

/* --- What is not derived yet --- */

static int compare_numbers(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static bool pending_read(struct verifier *verifier)
{
    static const char find[] =
        "SELECT record FROM changed WHERE place > ?1"
        " UNION ALL SELECT of FROM wire WHERE of IS NOT NULL AND number > ?2";
    sqlite3_stmt *query = prepare(verifier->store, find, doing, verifier->fault);
    size_t capacity = 0;
    int answer = query == NULL ? SQLITE_ERROR : SQLITE_ROW;

    if (query != NULL) {
        bind_number(query, 1, verifier->progress.place);
        bind_number(query, 2, verifier->progress.number);
    }
    while (answer == SQLITE_ROW &&
           (answer = step(verifier->store, query, doing, verifier->fault)) == SQLITE_ROW) {
        if (verifier->pending_count == capacity) {
            capacity = 2 * capacity + 64;
            verifier->pending = memory_grow(verifier->pending, capacity, sizeof *verifier->pending);
        }
        verifier->pending[verifier->pending_count++] = sqlite3_column_int64(query, 0);
    }
    sqlite3_finalize(query);
    if (verifier->pending_count > 0)
        qsort(verifier->pending, verifier->pending_count, sizeof *verifier->pending,
              compare_numbers);
    return answer == SQLITE_DONE;
}

static bool progress_check(struct verifier *verifier)
{
    if (verifier->facts_only)
        return true;
    return progress_read(verifier->store, &verifier->progress, verifier->fault) &&
           index_behind(verifier->store, &verifier->progress, &verifier->check->underived,
                        verifier->fault) &&
           pending_read(verifier);
}

/* --- All of it --- */

static bool check_derived(struct verifier *verifier)
{
    if (verify_rows_all(verifier) && verify_words(verifier))
        return true;
    if (!file_is_damaged(verifier->store))
        return false;
    verify_add(verifier, index_damaged); /* Facts were read to their end. */
    return true;
}

static bool check_all(struct verifier *verifier)
{
    return check_files(verifier) && progress_check(verifier) && verify_facts(verifier) &&
           (verifier->facts_only || check_derived(verifier));
}

/* What is derived is read first: so facts are as of the same moment or a later one. */
static bool check_at_once(struct verifier *verifier)
{
    struct fault ignored;

    if (!execute(verifier->store, "BEGIN", doing, verifier->fault))
        return false;
    bool done = check_all(verifier);
    execute(verifier->store, "COMMIT", doing, &ignored);
    return done;
}

bool store_verify(struct store *store, struct store_check *check, store_visit *visit, void *context,
                  struct fault *fault)
{
    struct verifier verifier = {
        .store = store, .check = check, .visit = visit, .context = context, .fault = fault};

    assert(!store->begun);
    *check = (struct store_check){0};
    if (!index_use(store, fault) || (verifier.scratch = store_open_scratch(fault)) == NULL)
        return false;
    bool done = check_at_once(&verifier);
    store_close(verifier.scratch);
    free(verifier.pending);
    if (done || check->bad_count == 0)
        return done;
    verify_add(&verifier, fault->text); /* A damaged file may not be readable to its end. */
    return true;
}
