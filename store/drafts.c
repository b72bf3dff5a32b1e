#include "store/internal.h"

#include <string.h>

/* Drafts: what has not left the house. */

enum sql { ADD, CHANGE, REMOVE, FIND, STANDS, CLAIM, UNCLAIM, PUBLISHED, EACH, APPROVED, QUERIES };

static const char *const sql[QUERIES] = {
    [ADD] = "INSERT INTO draft (state, title, content, updated_ms) VALUES (?2, ?3, ?4, ?5)"
            " RETURNING number",
    [CHANGE] = "UPDATE draft SET state = ?2, title = ?3, content = ?4, updated_ms = ?5,"
               " claimed = 0 WHERE number = ?1",
    [REMOVE] = "DELETE FROM draft WHERE number = ?1",
    [FIND] = "SELECT content, record FROM draft WHERE number = ?1",
    [STANDS] = "SELECT state, claimed, record FROM draft WHERE number = ?1",
    [CLAIM] = "UPDATE draft SET claimed = 1 WHERE number = ?1",
    [UNCLAIM] = "UPDATE draft SET claimed = 0 WHERE claimed = 1",
    [PUBLISHED] = "UPDATE draft SET state = 'published', title = NULL, content = NULL, claimed = 0,"
                  " record = ?2 WHERE number = ?1",
    [EACH] = "SELECT number, content, record FROM draft ORDER BY number",
    [APPROVED] = "SELECT number, content, record FROM draft WHERE state = 'approved'"
                 " ORDER BY number",
};
const struct wall drafts_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query, uint64_t number)
{
    sqlite3_stmt *started = statement(store, WALL_DRAFTS, (int)query);

    if (number != 0)
        bind_number(started, 1, (int64_t)number);
    return started;
}

static bool is_absent_draft(struct store *store, uint64_t number, struct fault *fault)
{
    return fault_set(fault, FAULT_ABSENT,
                     "store %s: there is no draft %llu: candour draft list shows them", store->path,
                     (unsigned long long)number);
}

static bool is_published(uint64_t number, const struct digest *record, struct fault *fault)
{
    char hex[2 * 6 + 1];

    hex_of(hex, record->bytes, 6);
    return fault_set(fault, FAULT_ABSENT,
                     "draft %llu is published as %s: candour show %s has its text",
                     (unsigned long long)number, hex, hex);
}

/* --- How one stands --- */

struct standing_draft {
    bool open; /* Neither published nor rejected. */
    bool claimed, published;
    struct digest record; /* Published. */
};

static bool is_open(const char *state)
{
    return strcmp(state, "published") != 0 && strcmp(state, "rejected") != 0;
}

static bool stands(struct store *store, uint64_t number, struct standing_draft *draft,
                   struct fault *fault)
{
    sqlite3_stmt *query = start(store, STANDS, number);
    int answer = step(store, query, "reading a draft", fault);

    if (answer == SQLITE_ROW) {
        const char *state = column_word(query, 0);
        draft->open = is_open(state);
        draft->claimed = sqlite3_column_int(query, 1) != 0;
        draft->published = column_digest(query, 2, &draft->record);
    } else if (answer == SQLITE_DONE)
        is_absent_draft(store, number, fault);
    finish(query);
    return answer == SQLITE_ROW;
}

static bool is_unpublished(struct store *store, uint64_t number, struct standing_draft *draft,
                           struct fault *fault)
{
    return stands(store, number, draft, fault) &&
           (!draft->published || is_published(number, &draft->record, fault));
}

/* May a person still change it? */
static bool may_change(struct store *store, uint64_t number, struct standing_draft *draft,
                       struct fault *fault)
{
    if (!is_unpublished(store, number, draft, fault))
        return false;
    return !draft->claimed ||
           fault_set(fault, FAULT_ABSENT,
                     "draft %llu is being published: candour draft list says as what",
                     (unsigned long long)number);
}

/* --- Writing --- */

static bool write(struct store *store, sqlite3_stmt *query, uint64_t *number,
                  const struct draft *draft, struct fault *fault)
{
    struct buffer content = {0};

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
    return answer == SQLITE_ROW || answer == SQLITE_DONE;
}

/* Where somebody does, it goes with the next emptying. */
static void empty_log_if_nobody_reads(struct store *store)
{
    struct fault later;

    store_empty_log(store, &later);
}

/* What drafts said before is in no page any more; the log has it until it is emptied. */
static bool forget_before(struct store *store, struct fault *fault)
{
    return lay_table_anew(store, "draft", fault);
}

/* `before`: as it stood; of a new one nothing. */
static bool put(struct store *store, uint64_t *number, const struct standing_draft *before,
                const struct draft *draft, struct fault *fault)
{
    store->tally.drafts += is_open(draft_state_name(draft)) - before->open;
    store->tally.generation++;
    return write(store, start(store, *number == 0 ? ADD : CHANGE, *number), number, draft, fault);
}

bool store_put_draft(struct store *store, uint64_t *number, const struct draft *draft,
                     struct fault *fault)
{
    struct standing_draft before = {.open = false};
    uint64_t given = *number;

    if (!act_begin(store, fault))
        return false;
    bool may = given == 0 || may_change(store, given, &before, fault);
    bool done = act_end(store,
                        may && put(store, number, &before, draft, fault) &&
                            (given == 0 || forget_before(store, fault)),
                        fault);
    if (!done)
        *number = given;
    else if (given != 0 && !store->begun)
        empty_log_if_nobody_reads(store);
    return done;
}

bool store_return_draft(struct store *store, uint64_t number, const struct draft *draft,
                        struct fault *fault)
{
    struct standing_draft before;

    if (!act_begin(store, fault))
        return false;
    bool may = is_unpublished(store, number, &before, fault);
    return act_end(store, may && put(store, &number, &before, draft, fault), fault);
}

static bool claim(struct store *store, uint64_t number, int64_t now_ms, struct fault *fault)
{
    struct standing_draft standing;
    struct draft *draft;

    if (!may_change(store, number, &standing, fault) ||
        (draft = store_get_draft(store, number, fault)) == NULL)
        return false;
    bool due = draft_outlook(draft, now_ms) == OUTLOOK_DUE;
    draft_free(draft);
    return due ? run(store, start(store, CLAIM, number), "claiming a draft", fault)
               : fault_set(fault, FAULT_ABSENT, "draft %llu is not to be signed now",
                           (unsigned long long)number);
}

bool store_claim_draft(struct store *store, uint64_t number, int64_t now_ms, struct fault *fault)
{
    if (!act_begin(store, fault))
        return false;
    return act_end(store, claim(store, number, now_ms, fault), fault);
}

bool store_unclaim_drafts(struct store *store, struct fault *fault)
{
    if (!act_begin(store, fault))
        return false;
    return act_end(store, run(store, start(store, UNCLAIM, 0), "unclaiming drafts", fault), fault);
}

static bool publish(struct store *store, uint64_t number, const struct digest *id,
                    struct fault *fault)
{
    struct standing_draft draft;

    if (!stands(store, number, &draft, fault))
        return false;
    sqlite3_stmt *query = start(store, PUBLISHED, number);
    bind_digest(query, 2, id);
    store->tally.drafts -= draft.open;
    return run(store, query, "keeping a draft", fault);
}

bool store_draft_published(struct store *store, uint64_t number, const struct digest *id,
                           struct fault *fault)
{
    if (!act_begin(store, fault))
        return false;
    return act_end(store, publish(store, number, id, fault), fault);
}

bool store_purge_drafts(struct store *store, struct fault *fault)
{
    return act_begin(store, fault) && act_end(store, forget_before(store, fault), fault) &&
           store_empty_log(store, fault);
}

/* --- Deleting --- */

/* One that cannot be read is approved by nobody. */
static bool is_approved(struct store *store, uint64_t number)
{
    struct fault damage;
    struct draft *draft = store_get_draft(store, number, &damage);
    bool approved = draft != NULL && draft_state(draft) == DRAFT_APPROVED;

    draft_free(draft);
    return approved;
}

static bool take_out(struct store *store, uint64_t number, struct fault *fault)
{
    struct standing_draft standing;

    if (!may_change(store, number, &standing, fault))
        return false;
    if (is_approved(store, number))
        return fault_set(fault, FAULT_ABSENT,
                         "draft %llu is approved: candour draft withdraw %llu --by NAME first",
                         (unsigned long long)number, (unsigned long long)number);
    store->tally.drafts -= standing.open;
    store->tally.generation++;
    return run(store, start(store, REMOVE, number), "deleting a draft", fault) &&
           forget_before(store, fault);
}

bool store_delete_draft(struct store *store, uint64_t number, struct fault *fault)
{
    if (!act_begin(store, fault) || !act_end(store, take_out(store, number, fault), fault))
        return false;
    empty_log_if_nobody_reads(store);
    return true;
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
    struct digest record;
    int answer = step(store, query, "reading a draft", fault);

    if (answer == SQLITE_DONE)
        is_absent_draft(store, number, fault);
    else if (answer == SQLITE_ROW && column_digest(query, 1, &record))
        is_published(number, &record, fault);
    else if (answer == SQLITE_ROW)
        draft = read(store, number, column_bytes(query, 0), fault);
    finish(query);
    return draft;
}

bool store_draft_record(struct store *store, uint64_t number, struct digest *id,
                        struct fault *fault)
{
    struct standing_draft draft;

    if (!stands(store, number, &draft, fault))
        return false;
    *id = draft.record;
    return draft.published || fault_set(fault, FAULT_ABSENT, "draft %llu is not published yet",
                                        (unsigned long long)number);
}

static bool visit_draft(struct store *store, sqlite3_stmt *query, store_visit_draft *visit,
                        void *context, struct fault *fault)
{
    uint64_t number = (uint64_t)sqlite3_column_int64(query, 0);
    struct digest record;

    if (column_digest(query, 2, &record))
        return visit(context, number, NULL, &record, fault);
    struct draft *draft = read(store, number, column_bytes(query, 1), fault);
    bool on = visit(context, number, draft, NULL, fault);
    draft_free(draft);
    return on;
}

static bool visit_all(struct store *store, enum sql which, store_visit_draft *visit, void *context,
                      struct fault *fault)
{
    sqlite3_stmt *query = start(store, which, 0);
    int answer;
    bool on = true;

    while (on && (answer = step(store, query, "reading drafts", fault)) == SQLITE_ROW)
        on = visit_draft(store, query, visit, context, fault);
    finish(query);
    return on && answer == SQLITE_DONE;
}

bool store_each_draft(struct store *store, store_visit_draft *visit, void *context,
                      struct fault *fault)
{
    return visit_all(store, EACH, visit, context, fault);
}

bool store_each_approved(struct store *store, store_visit_draft *visit, void *context,
                         struct fault *fault)
{
    return visit_all(store, APPROVED, visit, context, fault);
}
