#include "store/internal.h"

#include <assert.h>
#include <string.h>

/* The tables, and which schema a store is of. */

extern const char store_schema[]; /* store/schema.sql */

/* --- Its parts --- */

static const char *part_of(const char *line)
{
    const char *part = strstr(store_schema, line);

    assert(part != NULL);
    return part;
}

static struct bytes between(const char *from, const char *to)
{
    return bytes_of(from, (size_t)(to - from));
}

static const char derived_line[] = "\n-- Derived:", views_line[] = "\n-- Views:";

struct bytes schema_facts(void)
{
    return between(store_schema, part_of(derived_line));
}

struct bytes schema_derived(void)
{
    return between(part_of(derived_line), part_of(views_line));
}

struct bytes schema_views(void)
{
    return bytes_of_text(part_of(views_line));
}

bool execute_part(struct store *store, struct bytes part, const char *doing, struct fault *fault)
{
    struct buffer text = {0};

    buffer_append(&text, part);
    bool done = execute(store, buffer_text(&text), doing, fault);
    buffer_release(&text);
    return done;
}

/* --- Making and checking --- */

bool schema_mark(struct store *store, struct fault *fault)
{
    return execute_format(store, "making the tables", fault,
                          "PRAGMA main.application_id = %d; PRAGMA main.user_version = %d",
                          STORE_APPLICATION, STORE_SCHEMA);
}

bool schema_fill(struct store *store, struct fault *fault)
{
    static const char first[] = "INSERT INTO file VALUES (1, randomblob(16), 0, 0, 0)";

    return execute_part(store, schema_facts(), "making the tables", fault) &&
           execute(store, first, "making the tables", fault) && schema_mark(store, fault);
}

bool schema_make(struct store *store, struct fault *fault)
{
    return execute(store, "BEGIN IMMEDIATE", "making the tables", fault) &&
           schema_fill(store, fault) && execute(store, "COMMIT", "making the tables", fault);
}

static bool is_older(struct store *store, int64_t schema, struct fault *fault)
{
    if (store->mode == STORE_WRITE)
        return migrate(store, fault);
    return fault_set(fault, FAULT_SELF,
                     "store %s is of schema %lld, older than this candour's %d: candour reindex "
                     "brings it up to date",
                     store->path, (long long)schema, STORE_SCHEMA);
}

bool schema_check(struct store *store, struct fault *fault)
{
    int64_t application = 0, schema = 0;

    if (!pragma_number(store, "main", "application_id", &application, fault) ||
        !pragma_number(store, "main", "user_version", &schema, fault))
        return false;
    if (application != STORE_APPLICATION)
        return fault_set(fault, FAULT_SELF,
                         "store %s: this is not a candour store: give another path", store->path);
    if (schema > STORE_SCHEMA)
        return fault_set(fault, FAULT_SELF,
                         "store %s is of schema %lld, this candour knows %d: install a newer "
                         "candour",
                         store->path, (long long)schema, STORE_SCHEMA);
    return schema == STORE_SCHEMA || is_older(store, schema, fault);
}
