#ifndef CANDOUR_TESTS_SET_STORY_H
#define CANDOUR_TESTS_SET_STORY_H

#include "protocol/set_inside.h"
#include "tests/protocol/authors.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "crypto/secret.h"

/* Leeds writes in one feed; what the set tells is noted as " +a" (a entered) and " -a" (a left). */

#define NOW INT64_C(1000000)

static struct feed leeds, york;
static struct signing_key *leeds_key, *york_key, *new_key;
static struct feed_rules leeds_rules, york_rules;
static struct set *set;
static struct buffer notes;

static struct {
    const char *name;
    struct record *record;
} said[4096];
static unsigned said_count;

static inline struct feed_rules rules_of(void *context, const struct feed *feed)
{
    (void)context;
    if (feed_equal(feed, &leeds))
        return leeds_rules;
    return feed_equal(feed, &york) ? york_rules : (struct feed_rules){0};
}

static inline struct feed_rules rules_with(const struct signing_key *key)
{
    struct feed_rules rules = {.listed = true, .key_count = 1};

    rules.keys[0] = *signing_key_public(key);
    return rules;
}

static inline void story_begins(void)
{
    crypto_start();
    leeds = (struct feed){digest_numbered(1), 1};
    york = (struct feed){digest_numbered(2), 1};
    leeds_key = key_numbered(11);
    york_key = key_numbered(12);
    new_key = key_numbered(13);
    leeds_rules = rules_with(leeds_key);
    york_rules = rules_with(york_key);
    set = set_new((struct set_rules){NULL, rules_of});
}

static inline void story_ends(void)
{
    set_free(set);
    for (unsigned i = 0; i < said_count; i++)
        record_free(said[i].record);
    signing_key_free(leeds_key);
    signing_key_free(york_key);
    signing_key_free(new_key);
    buffer_release(&notes);
}

/* --- Words for the stories --- */

static inline struct record *named(const char *name, struct record *record)
{
    said[said_count].name = name;
    said[said_count++].record = record;
    return record;
}

static inline struct record *says(const char *name, const struct record *prev)
{
    return named(name, record_numbered(said_count, &leeds, prev, leeds_key, NOW));
}

static inline struct record *says_under(const char *name, const struct record *prev,
                                        const struct signing_key *key)
{
    return named(name, record_numbered(said_count, &leeds, prev, key, NOW));
}

static inline struct record *says_at(const char *name, const struct record *prev, int64_t time_ms)
{
    return named(name, record_numbered(said_count, &leeds, prev, leeds_key, time_ms));
}

static inline struct record *york_says(const char *name, const struct record *prev)
{
    return named(name, record_numbered(said_count, &york, prev, york_key, NOW));
}

/* A copy whose proof holds under no key. */
static inline struct record *junk(const char *name, const struct record *record)
{
    return named(name, record_with_junk(record, said_count));
}

static inline const char *name_of(const struct digest *id)
{
    for (unsigned i = 0; i < said_count; i++)
        if (digest_equal(record_id(said[i].record), id))
            return said[i].name;
    return "?";
}

static inline void note(struct changes *changes)
{
    for (size_t i = 0; i < changes->count; i++)
        buffer_printf(&notes, " %c%s", changes->list[i].in ? '+' : '-',
                      name_of(&changes->list[i].id));
    changes_release(changes);
}

static inline enum offer offer(struct record *record)
{
    struct changes changes = {0};
    enum offer answer = set_offer(set, record, NOW, &changes);

    note(&changes);
    return answer;
}

static inline void charter_changes(void)
{
    struct changes changes = {0};

    set_charter_changed(set, &changes);
    note(&changes);
}

static inline void cut_at(uint64_t seq, const struct record *record)
{
    struct cut *cut = &leeds_rules.cuts[leeds_rules.cut_count++];

    *cut = (struct cut){seq, *record_id(record)};
}

static inline struct digest state(void)
{
    struct digest charter = digest_numbered(9);

    return set_state_digest(set, &charter);
}

#define TOLD(expected)                                                                             \
    do {                                                                                           \
        cr_expect_str_eq(buffer_text(&notes), expected);                                           \
        buffer_clear(&notes);                                                                      \
    } while (0)

#define STANDS(record, standing) cr_expect_eq(set_standing(set, record_id(record)), standing)

#endif
