#include "store/internal.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Questions in SQL, by people and programs, about the documented views and nothing else.
 *
 * The question runs on a connection of its own, opened read-only, under SQLite's authorizer. A
 * table may be read only from within a view. SQLite names that view to the authorizer, but it names
 * a common table expression in the same way: WITH lessons AS (SELECT * FROM draft) would pass. So
 * the views are made for each question, as temporary ones under names that nobody can guess. */

static const char *const views[] = {
    "records",     "lessons",     "updates", "issues",    "responses", "endorsements", "labels",
    "discussions", "reviews",     "actions", "summaries", "offers",    "links",        "indicators",
    "snapshots",   "authorities", "words",   "profiles",  "forks",     "erasures",     "receipts"};
#define VIEWS (sizeof views / sizeof *views)

/* The tables behind them. */
static const char *const tables[] = {
    "network", "feed", "record", "wire",      "entry",    "authority",    "reference",
    "receipt", "fork", "lesson", "update_of", "snapshot", "snapshot_row", "response_of"};
#define TABLES (sizeof tables / sizeof *tables)

/* SQL's own functions that only reckon with what they are given. */
static const char functions[] =
    " abs acos acosh asin asinh atan atan2 atanh avg ceil ceiling changes char coalesce cos cosh"
    " count cume_dist current_date current_time current_timestamp date datetime degrees dense_rank"
    " exp first_value floor format glob group_concat hex ifnull iif instr json json_array"
    " json_array_length json_extract json_group_array json_group_object json_object json_quote"
    " json_type json_valid julianday lag last_value lead length like likelihood likely ln log log10"
    " log2 lower ltrim max min mod nth_value ntile nullif percent_rank pi pow power printf quote"
    " radians random rank replace round row_number rtrim sign sin sinh sqrt strftime substr"
    " substring sum tan tanh time total trim trunc typeof unicode unixepoch unlikely upper -> ->> ";

#define MEMORY_MAX (256 * 1024 * 1024)
#define SECRET_SIZE 16

struct question {
    struct store *store;              /* A connection of its own. */
    char prefix[2 * SECRET_SIZE + 8]; /* Of the names that nobody can guess. */
    bool guarded;
    struct buffer names; /* Of all tables there are, each on a line. */
    unsigned seen;       /* A bit for each of `tables` that a view has read in this question. */
    char refusal[500];
    int64_t end_ms, limit_ms;
    int64_t memory_end;
    bool out_of_memory;
};

/* --- What may be read --- */

static bool is_view(const char *name)
{
    for (size_t i = 0; i < VIEWS; i++)
        if (sqlite3_stricmp(views[i], name) == 0)
            return true;
    return false;
}

static bool is_function(const char *name)
{
    char word[40];

    if (strlen(name) + 3 > sizeof word)
        return false;
    snprintf(word, sizeof word, " %s ", name);
    for (char *at = word; *at != 0; at++)
        *at = (char)tolower((unsigned char)*at);
    return strstr(functions, word) != NULL;
}

static bool is_secret(const struct question *question, const char *name)
{
    return name != NULL && strncmp(name, question->prefix, strlen(question->prefix)) == 0;
}

static int refuse(struct question *question, const char *what, const char *name)
{
    if (question->refusal[0] == 0)
        snprintf(question->refusal, sizeof question->refusal, "%s%s%s", what,
                 name == NULL ? "" : " ", name == NULL ? "" : name);
    return SQLITE_DENY;
}

static int refuse_table(struct question *question, const char *table)
{
    struct buffer only = {0};

    buffer_append_text(&only, "only the views ");
    for (size_t i = 0; i < VIEWS; i++)
        buffer_printf(&only, "%s%s", i == 0 ? "" : i + 1 < VIEWS ? ", " : " and ", views[i]);
    buffer_append_text(&only, " can be read, not");
    int answer = refuse(question, buffer_text(&only), table);
    buffer_release(&only);
    return answer;
}

static unsigned table_bit(const char *name)
{
    for (size_t i = 0; i < TABLES; i++)
        if (sqlite3_stricmp(tables[i], name) == 0)
            return 1U << i;
    return 0;
}

/* A name that is neither is the question's own: WITH n AS (...). */
static bool is_table(struct question *question, const char *name)
{
    for (char *line = (char *)question->names.data, *end; *line != 0; line = end + 1) {
        end = strchr(line, '\n');
        if (sqlite3_strnicmp(line, name, (int)(end - line)) == 0 && name[end - line] == 0)
            return true;
    }
    return sqlite3_strnicmp(name, "sqlite_", 7) == 0;
}

/* Having put a view's tables into the question itself, SQLite asks once more about those of which
 * no column is needed, with an empty name for the column and without saying which view: what a view
 * of this question read may be read so. */
static bool may_count(struct question *question, const char *table, const char *column)
{
    return column[0] == 0 &&
           ((question->seen & table_bit(table)) != 0 || !is_table(question, table));
}

static int may_read(struct question *question, const char *table, const char *column,
                    const char *within)
{
    if (is_secret(question, within)) {
        question->seen |= table_bit(table);
        return SQLITE_OK;
    }
    if (is_view(table) || is_secret(question, table) || may_count(question, table, column))
        return SQLITE_OK;
    return refuse_table(question, table);
}

static int guard(void *context, int action, const char *first, const char *second,
                 const char *database, const char *within)
{
    struct question *question = context;

    (void)database;
    if (!question->guarded)
        return SQLITE_OK;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_READ:
        return may_read(question, first, second, within);
    case SQLITE_FUNCTION:
        if (is_function(second) || is_secret(question, within))
            return SQLITE_OK;
        return refuse(question, "this function cannot be used here:", second);
    default:
        return refuse(question, "only SELECT can be asked: nothing is changed or set here", NULL);
    }
}

/* --- How long, and how much --- */

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int enough(void *context)
{
    struct question *question = context;

    question->out_of_memory = sqlite3_memory_used() > question->memory_end;
    return question->out_of_memory || now_ms() >= question->end_ms;
}

static void limits_set(struct question *question)
{
    static const struct {
        int which, most;
    } limits[] = {
        {SQLITE_LIMIT_LENGTH, 4 * 1024 * 1024},
        {SQLITE_LIMIT_SQL_LENGTH, 64 * 1024},
        {SQLITE_LIMIT_COLUMN, 200},
        {SQLITE_LIMIT_EXPR_DEPTH, 200},
        {SQLITE_LIMIT_COMPOUND_SELECT, 50},
        {SQLITE_LIMIT_VDBE_OP, 250000},
        {SQLITE_LIMIT_FUNCTION_ARG, 64},
        {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
    };

    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        sqlite3_limit(question->store->db, limits[i].which, limits[i].most);
    question->end_ms = now_ms() + question->limit_ms;
    question->memory_end = sqlite3_memory_used() + MEMORY_MAX;
    sqlite3_progress_handler(question->store->db, 1000, enough, question);
}

/* --- The views under secret names --- */

static void prefix_make(struct question *question)
{
    uint8_t secret[SECRET_SIZE];

    sqlite3_randomness(sizeof secret, secret);
    memcpy(question->prefix, "view_", 5);
    hex_of(question->prefix + 5, secret, sizeof secret);
}

/* What stands in the schema between "CREATE VIEW name AS" and the semicolon. */
static struct bytes view_select(const char *name)
{
    char begin[40];
    const char *views_text = (const char *)schema_views().data;

    snprintf(begin, sizeof begin, "\nCREATE VIEW %s AS\n", name);
    const char *from = strstr(views_text, begin);
    assert(from != NULL);
    from += strlen(begin);
    return bytes_of(from, (size_t)(strstr(from, ";\n") - from));
}

static bool view_make(struct question *question, const char *name, struct fault *fault)
{
    struct buffer make = {0};

    buffer_printf(&make, "CREATE TEMP VIEW \"%s%s\" AS ", question->prefix, name);
    buffer_append(&make, view_select(name));
    buffer_printf(&make, "; CREATE TEMP VIEW \"%s\" AS SELECT * FROM \"%s%s\";", name,
                  question->prefix, name);
    bool done = execute(question->store, buffer_text(&make), "making the views", fault);
    buffer_release(&make);
    return done;
}

static bool views_make(struct question *question, struct fault *fault)
{
    prefix_make(question);
    for (size_t i = 0; i < VIEWS; i++)
        if (!view_make(question, views[i], fault))
            return false;
    return true;
}

static bool names_read(struct question *question, struct fault *fault)
{
    int answer;
    sqlite3_stmt *query = prepare(question->store,
                                  "SELECT name FROM main.sqlite_schema"
                                  " UNION SELECT name FROM derived.sqlite_schema",
                                  "reading the names of tables", fault);
    if (query == NULL)
        return false;
    while ((answer = step(question->store, query, "reading the names of tables", fault)) ==
           SQLITE_ROW)
        buffer_printf(&question->names, "%s\n", column_word(query, 0));
    sqlite3_finalize(query);
    buffer_text(&question->names);
    return answer == SQLITE_DONE;
}

static bool question_open(struct question *question, const char *path, struct fault *fault)
{
    question->store = store_open(path, STORE_READ, fault);
    if (question->store == NULL || !index_use(question->store, fault) ||
        !views_make(question, fault) || !names_read(question, fault))
        return false;
    sqlite3_set_authorizer(question->store->db, guard, question);
    question->guarded = true;
    return true;
}

/* --- Asking --- */

/* SQLite's own words where the question is to blame, ours where the store is. */
static bool question_fault(struct question *question, struct fault *fault)
{
    sqlite3 *db = question->store->db;

    switch (sqlite3_errcode(db) & 0xff) {
    case SQLITE_INTERRUPT:
        if (question->out_of_memory)
            return fault_set(fault, FAULT_INPUT,
                             "sql: stopped, for it needs more than %d MiB: ask for less at a time",
                             MEMORY_MAX / 1024 / 1024);
        return fault_set(fault, FAULT_INPUT,
                         "sql: stopped after %lld ms: ask for less, such as with WHERE or LIMIT",
                         (long long)question->limit_ms);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_BUSY:
    case SQLITE_FULL:
        return store_fault(question->store, "asking", fault);
    default:
        return fault_set(fault, FAULT_INPUT, "sql: %s",
                         question->refusal[0] != 0 ? question->refusal : sqlite3_errmsg(db));
    }
}

/* Is there anything but space, semicolons and comments after the question? */
static bool nothing_after(sqlite3 *db, const char *rest)
{
    while (*rest != 0) {
        sqlite3_stmt *query = NULL;
        const char *next = rest;
        int answer = sqlite3_prepare_v2(db, rest, -1, &query, &next);
        sqlite3_finalize(query);
        if (answer != SQLITE_OK || query != NULL || next == rest)
            return false;
        rest = next;
    }
    return true;
}

static sqlite3_stmt *question_prepare(struct question *question, const char *select,
                                      struct fault *fault)
{
    sqlite3_stmt *query = NULL;
    const char *rest = "";

    if (sqlite3_prepare_v2(question->store->db, select, -1, &query, &rest) != SQLITE_OK) {
        question_fault(question, fault);
        return NULL;
    }
    if (query == NULL)
        fault_set(fault, FAULT_INPUT, "sql: there is no question: try SELECT title FROM lessons");
    else if (!sqlite3_stmt_readonly(query) || sqlite3_column_count(query) == 0 ||
             sqlite3_stmt_isexplain(query) != 0)
        fault_set(fault, FAULT_INPUT, "sql: only SELECT can be asked");
    else if (!nothing_after(question->store->db, rest))
        fault_set(fault, FAULT_INPUT, "sql: one SELECT at a time, and nothing after it");
    else
        return query;
    sqlite3_finalize(query);
    return NULL;
}

static bool value_read(sqlite3_stmt *query, int at, struct sql_value *value, struct fault *fault)
{
    int type = sqlite3_column_type(query, at);

    *value = (struct sql_value){0};
    if (type == SQLITE_NULL)
        return true;
    value->text = (const char *)sqlite3_column_text(query, at);
    value->size = (size_t)sqlite3_column_bytes(query, at);
    if (value->text == NULL)
        return fault_set(fault, FAULT_SELF, "sql: no memory left");
    if (type == SQLITE_BLOB || !bytes_are_text(bytes_of(value->text, value->size)))
        return fault_set(fault, FAULT_INPUT,
                         "sql: column \"%s\" holds bytes that are no text: ask for hex() of it",
                         sqlite3_column_name(query, at));
    /* Infinity is a real, but no number that JSON knows. */
    value->number = type != SQLITE_TEXT && isdigit((unsigned char)value->text[value->size - 1]);
    return true;
}

static bool row_tell(sqlite3_stmt *query, const char *const *names, struct sql_value *values,
                     size_t count, store_visit_row *visit, void *context, struct fault *fault)
{
    for (size_t i = 0; i < count; i++)
        if (!value_read(query, (int)i, &values[i], fault))
            return false;
    return visit(context, names, values, count, fault);
}

static bool rows_tell(struct question *question, sqlite3_stmt *query, store_visit_row *visit,
                      void *context, struct fault *fault)
{
    size_t count = (size_t)sqlite3_column_count(query);
    const char *names[200];
    struct sql_value values[200];
    bool on = true;

    assert(count <= 200); /* SQLITE_LIMIT_COLUMN */
    for (size_t i = 0; i < count; i++)
        names[i] = sqlite3_column_name(query, (int)i);
    int answer = sqlite3_step(query);
    if (answer == SQLITE_DONE)
        return visit(context, names, NULL, count, fault);
    for (; on && answer == SQLITE_ROW; answer = on ? sqlite3_step(query) : answer)
        on = row_tell(query, names, values, count, visit, context, fault);
    return on && (answer == SQLITE_DONE || question_fault(question, fault));
}

static bool ask(struct question *question, const char *path, const char *select,
                store_visit_row *visit, void *context, struct fault *fault)
{
    if (!question_open(question, path, fault))
        return false;
    limits_set(question);
    sqlite3_stmt *query = question_prepare(question, select, fault);
    bool done = query != NULL && rows_tell(question, query, visit, context, fault);
    sqlite3_finalize(query);
    return done;
}

bool store_sql(struct store *store, const char *select, int64_t limit_ms, store_visit_row *visit,
               void *context, struct fault *fault)
{
    struct question question = {.limit_ms = limit_ms};
    bool done = ask(&question, store->path, select, visit, context, fault);

    store_close(question.store);
    buffer_release(&question.names);
    return done;
}
