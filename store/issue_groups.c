#include "store/internal.h"

#include <stdlib.h>

/* Issues, or lessons, that are the same are one matter: whatever can be reached from one of them
 * over what somebody says of two. An issue says so of itself, in its header; a label says so of two
 * others, and counts where whoever asks honours its author. Both only while their text stands: to
 * take it back is to erase it. */

enum sql { KIND, SAID, QUERIES };

#define STANDS                                                                                     \
    " CROSS JOIN record r ON" ENTRY_ROW "AND r.in_set AND r.text = 0"                              \
    " CROSS JOIN feed f ON f.number = r.feed AND f.network = ?1 "
#define SAME "3" /* RELATION_SAME_AS; 0 is RELATION_ABOUT. */

/* Whose word it is that this issue is the same as that one: nobody's need be honoured where it
 * joins itself to one other, the first by id of those that it names. With more it would join what
 * others wrote, as a label does. An author without a name is nobody that is honoured. */
#define WHO_JOINS                                                                                  \
    "CASE WHEN t.target <> (SELECT min(v.target) FROM reference v WHERE v.record = t.record"       \
    " AND v.relation = " SAME                                                                      \
    ") THEN CASE e.form WHEN 0 THEN f.authority ELSE zeroblob(32) END END"

/* Does it name others? Then it is younger than they are, whatever its author's clock says. */
#define NAMES_OTHERS                                                                               \
    " EXISTS (SELECT 1 FROM reference v WHERE v.record = e.number AND v.relation = " SAME ")"      \
    " AND e.kind = 'issue'"

static const char *const sql[QUERIES] = {
    [KIND] = "SELECT e.kind, e.time_ms," NAMES_OTHERS " FROM entry e" STANDS
             "WHERE e.prefix = id_prefix(?2) AND r.id = ?2 AND e.kind IN ('issue', 'lesson')",
    /* Of a label that says so, it is about the one and the same as the other. */
    [SAID] = "WITH said (id, author) AS ("
             "SELECT t.target, " WHO_JOINS " FROM entry e" STANDS
             "CROSS JOIN reference t ON t.record = e.number AND t.relation = " SAME
             " WHERE e.prefix = id_prefix(?2) AND r.id = ?2 AND e.kind = 'issue'"
             " UNION ALL SELECT r.id, " WHO_JOINS " FROM reference t"
             " CROSS JOIN entry e ON e.number = t.record AND e.kind = 'issue'" STANDS
             "WHERE t.target = ?2 AND t.relation = " SAME
             " UNION ALL SELECT o.target, f.authority FROM reference t"
             " CROSS JOIN entry e ON e.number = t.record AND e.kind = 'label' AND e.form = 0" STANDS
             "CROSS JOIN wire b ON b.number = r.body"
             " CROSS JOIN reference o ON o.record = e.number AND o.relation = " SAME " - t.relation"
             " WHERE t.target = ?2 AND t.relation IN (0, " SAME ")"
             " AND body_text('label', b.content, 'label') = 'same_as')"
             " SELECT r.id, e.time_ms," NAMES_OTHERS ", s.author FROM said s"
             " CROSS JOIN entry e ON e.prefix = id_prefix(s.id) AND e.kind = ?3" STANDS
             "WHERE r.id = s.id",
};
const struct wall issue_groups_wall = {sql, QUERIES};

static const char doing[] = "finding what is the same";

static sqlite3_stmt *start(struct store *store, enum sql query, const struct digest *id)
{
    sqlite3_stmt *started = statement(store, WALL_ISSUE_GROUPS, (int)query);

    bind_number(started, 1, store->network);
    bind_digest(started, 2, id);
    return started;
}

struct grouped {
    struct digest id;
    int64_t time_ms;
    bool younger; /* Than one of the others. */
};

struct gathering {
    struct store *store;
    const char *kind;
    const struct digest *honoured;
    size_t honoured_count;
    struct grouped members[ISSUE_GROUP_MOST]; /* In the order in which they were come to. */
    size_t count;
    bool more;
};

static bool is_honoured(const struct gathering *gathering, const struct digest *author)
{
    for (size_t i = 0; i < gathering->honoured_count; i++)
        if (digest_equal(&gathering->honoured[i], author))
            return true;
    return false;
}

static void add(struct gathering *gathering, const struct grouped *member)
{
    for (size_t i = 0; i < gathering->count; i++)
        if (digest_equal(&gathering->members[i].id, &member->id))
            return;
    if (gathering->count == ISSUE_GROUP_MOST)
        gathering->more = true;
    else
        gathering->members[gathering->count++] = *member;
}

/* Whatever is said to be the same as this one. */
static bool add_same(struct gathering *gathering, const struct digest *id, struct fault *fault)
{
    sqlite3_stmt *query = start(gathering->store, SAID, id);
    int answer = SQLITE_DONE;

    bind_word(query, 3, gathering->kind);
    while (!gathering->more &&
           (answer = step(gathering->store, query, doing, fault)) == SQLITE_ROW) {
        struct grouped member = {.time_ms = sqlite3_column_int64(query, 1),
                                 .younger = sqlite3_column_int(query, 2) != 0};
        struct digest author;
        column_digest(query, 0, &member.id);
        if (!column_digest(query, 3, &author) || is_honoured(gathering, &author))
            add(gathering, &member);
    }
    finish(query);
    return gathering->more || answer == SQLITE_DONE;
}

/* The kind of the one that is asked for; NULL: nothing that can be the same as another stands. */
static bool begin(struct gathering *gathering, const struct digest *id, struct fault *fault)
{
    sqlite3_stmt *query = start(gathering->store, KIND, id);
    int answer = step(gathering->store, query, doing, fault);

    gathering->members[gathering->count++] = (struct grouped){.id = *id};
    if (answer == SQLITE_ROW) {
        gathering->kind = column_word(query, 0)[0] == 'i' ? "issue" : "lesson";
        gathering->members[0].time_ms = sqlite3_column_int64(query, 1);
        gathering->members[0].younger = sqlite3_column_int(query, 2) != 0;
    }
    finish(query);
    return answer == SQLITE_ROW || answer == SQLITE_DONE;
}

static int compare_grouped(const void *a, const void *b)
{
    const struct grouped *one = a, *other = b;

    if (one->younger != other->younger)
        return one->younger ? 1 : -1;
    if (one->time_ms != other->time_ms)
        return one->time_ms < other->time_ms ? -1 : 1;
    return digest_compare(&one->id, &other->id);
}

bool store_issue_group(struct store *store, const struct digest *id, const struct digest *honoured,
                       size_t honoured_count, struct issue_group *group, struct fault *fault)
{
    struct gathering gathering = {
        .store = store, .honoured = honoured, .honoured_count = honoured_count};

    bool done = index_use(store, fault) && begin(&gathering, id, fault);
    for (size_t i = 0; done && gathering.kind != NULL && !gathering.more && i < gathering.count;
         i++) {
        struct digest next = gathering.members[i].id;
        done = add_same(&gathering, &next, fault);
    }
    qsort(gathering.members, gathering.count, sizeof *gathering.members, compare_grouped);
    *group = (struct issue_group){.count = gathering.count, .more = gathering.more};
    for (size_t i = 0; i < gathering.count; i++)
        group->ids[i] = gathering.members[i].id;
    return done;
}
