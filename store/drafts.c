#include "store/internal.h"

/* Drafts: what has not left the house. */

enum sql { ADD, CHANGE, FIND, PUBLISHED, RECORD, EACH, QUERIES };

static const char *const sql[QUERIES] = {
    [ADD] = "INSERT INTO draft (state, title, content, updated_ms) VALUES (?2, ?3, ?4, ?5)"
            " RETURNING number",
    [CHANGE] = "UPDATE draft SET state = ?2, title = ?3, content = ?4, updated_ms = ?5"
               " WHERE number = ?1 RETURNING number",
    [FIND] = "SELECT content FROM draft WHERE number = ?1",
    [PUBLISHED] = "UPDATE draft SET record = ?2 WHERE number = ?1 RETURNING number",
    [RECORD] = "SELECT record FROM draft WHERE number = ?1",
    [EACH] = "SELECT number, content FROM draft ORDER BY number",
};
const struct wall drafts_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query, uint64_t number)
{
    sqlite3_stmt *started = statement(store, WALL_DRAFTS, (int)query);

    if (query != ADD && query != EACH)
        bind_number(started, 1, (int64_t)number);
    return started;
}

static bool absent(struct store *store, uint64_t number, struct fault *fault)
{
    return fault_set(fault, FAULT_ABSENT,
                     "store %s: there is no draft %llu: candour draft list shows them", store->path,
                     (unsigned long long)number);
}

/* --- Writing --- */

static bool put(struct store *store, uint64_t *number, const struct draft *draft,
                struct fault *fault)
{
    struct buffer content = {0};
    sqlite3_stmt *query = start(store, *number == 0 ? ADD : CHANGE, *number);

    draft_write(draft, &content);
    bind_word(query, 2, draft_state_name(draft));
    bind_text(query, 3, draft_title(draft));
    bind_bytes(query, 4, buffer_view(&content));
    bind_number(query, 5, draft_updated_ms(draft));
    int answer = step(store, query, "keeping a draft", fault);
    if (answer == SQLITE_ROW)
        *number = (uint64_t)sqlite3_column_int64(query, 0);
    finish(query);
    buffer_release(&content);
    return answer == SQLITE_ROW || (answer == SQLITE_DONE && absent(store, *number, fault));
}

bool store_put_draft(struct store *store, uint64_t *number, const struct draft *draft,
                     struct fault *fault)
{
    uint64_t given = *number;

    if (!act_begin(store, fault))
        return false;
    bool done = act_end(store, put(store, number, draft, fault), fault);
    if (!done)
        *number = given;
    return done;
}

static bool publish(struct store *store, uint64_t number, const struct digest *id,
                    struct fault *fault)
{
    sqlite3_stmt *query = start(store, PUBLISHED, number);

    bind_digest(query, 2, id);
    int answer = step(store, query, "keeping a draft", fault);
    finish(query);
    return answer == SQLITE_ROW || (answer == SQLITE_DONE && absent(store, number, fault));
}

bool store_draft_published(struct store *store, uint64_t number, const struct digest *id,
                           struct fault *fault)
{
    if (!act_begin(store, fault))
        return false;
    return act_end(store, publish(store, number, id, fault), fault);
}

/* --- Reading --- */

static struct draft *read(struct store *store, uint64_t number, struct bytes content,
                          struct fault *fault)
{
    struct draft *draft = draft_read(content, fault);

    if (draft == NULL) {
        fault->kind = FAULT_SELF; /* We wrote it, so the damage is ours. */
        fault_prefix(fault, "store %s: draft %llu is damaged", store->path,
                     (unsigned long long)number);
    }
    return draft;
}

struct draft *store_get_draft(struct store *store, uint64_t number, struct fault *fault)
{
    sqlite3_stmt *query = start(store, FIND, number);
    struct draft *draft = NULL;
    int answer = step(store, query, "reading a draft", fault);

    if (answer == SQLITE_ROW)
        draft = read(store, number, column_bytes(query, 0), fault);
    else if (answer == SQLITE_DONE)
        absent(store, number, fault);
    finish(query);
    return draft;
}

bool store_draft_record(struct store *store, uint64_t number, struct digest *id,
                        struct fault *fault)
{
    sqlite3_stmt *query = start(store, RECORD, number);
    int answer = step(store, query, "reading a draft", fault);
    bool published = answer == SQLITE_ROW && column_digest(query, 0, id);

    if (answer == SQLITE_DONE)
        absent(store, number, fault);
    else if (answer == SQLITE_ROW && !published)
        fault_set(fault, FAULT_ABSENT, "draft %llu is not published yet",
                  (unsigned long long)number);
    finish(query);
    return published;
}

static bool visit_row(struct store *store, sqlite3_stmt *query, store_visit_draft *visit,
                      void *context, struct fault *fault)
{
    uint64_t number = (uint64_t)sqlite3_column_int64(query, 0);
    struct draft *draft = read(store, number, column_bytes(query, 1), fault);

    if (draft == NULL)
        return false;
    bool on = visit(context, number, draft, fault);
    draft_free(draft);
    return on;
}

bool store_each_draft(struct store *store, store_visit_draft *visit, void *context,
                      struct fault *fault)
{
    sqlite3_stmt *query = start(store, EACH, 0);
    int answer;
    bool on = true;

    while (on && (answer = step(store, query, "reading drafts", fault)) == SQLITE_ROW)
        on = visit_row(store, query, visit, context, fault);
    finish(query);
    return on && answer == SQLITE_DONE;
}
