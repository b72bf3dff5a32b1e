#ifndef CANDOUR_TESTS_SET_STORY_H
#define CANDOUR_TESTS_SET_STORY_H

#include "protocol/set_inside.h"
#include "tests/protocol/set_records.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "crypto/secret.h"

/* Leeds writes in one feed; what the set tells is noted as " +a" (a entered), " -a" (a left) and
 * " a:erased" (how a's text stands now). */

#define NOW INT64_C(1000000)

static struct feed leeds, york;
static struct signing_key *leeds_key, *york_key, *new_key;
static struct feed_rules leeds_rules, york_rules;
static struct signing_key *owner_key; /* Of all that is anonymous. */
static struct digest ring;
static enum ring_answer ring_answers; /* Of each record with the ring; others are unknown. */
static struct digest heir_of_leeds, stewards[3];
static size_t threshold;
static struct set *set;
static struct buffer notes;
static unsigned proofs_tried, fetched;

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

static inline enum ring_answer ring_holds(void *context, const struct record *record)
{
    (void)context;
    return digest_equal(&record_header(record)->author.ring, &ring) ? ring_answers : RING_UNKNOWN;
}

static inline bool succeeds(void *context, const struct digest *heir,
                            const struct digest *authority)
{
    (void)context;
    return digest_equal(heir, &heir_of_leeds) && digest_equal(authority, &leeds.authority);
}

static inline bool stewards_agree(void *context, const struct digest *authorities, size_t count)
{
    size_t among = 0;

    (void)context;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < sizeof stewards / sizeof *stewards; k++)
            among += digest_equal(&authorities[i], &stewards[k]);
    return among >= threshold;
}

static inline bool proven_by(void *context, const struct record *record,
                             const struct public_key *key)
{
    struct bytes header = record_header_bytes(record);
    struct signature proof;

    (void)context;
    proofs_tried++;
    memcpy(proof.bytes, record_proof(record).data, sizeof proof.bytes);
    return signature_holds(&proof, PURPOSE_RECORD, header.data, header.size, key);
}

static inline struct record *fetch(void *context, const struct digest *id)
{
    unsigned i = 0;

    (void)context;
    while (!digest_equal(record_id(said[i].record), id))
        i++;
    fetched++;
    return record_hold(said[i].record);
}

static inline struct set *set_begin(void)
{
    return set_new(
        (struct set_rules){NULL, rules_of, ring_holds, succeeds, stewards_agree, proven_by, fetch});
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
    owner_key = key_numbered(14);
    ring = digest_numbered(15);
    ring_answers = RING_HOLDS;
    threshold = 2;
    set = set_begin();
}

static inline void story_ends(void)
{
    set_free(set);
    for (unsigned i = 0; i < said_count; i++)
        record_free(said[i].record);
    signing_key_free(leeds_key);
    signing_key_free(york_key);
    signing_key_free(new_key);
    signing_key_free(owner_key);
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

static inline struct record *erases(const char *name, const struct record *prev,
                                    const struct record *target)
{
    struct header header = header_named(&leeds, prev, NOW);

    header_erases(&header, record_id(target));
    return named(name, record_proven(&header, said_count, leeds_key));
}

static inline struct record *york_erases(const char *name, const struct record *prev,
                                         const struct record *target)
{
    struct header header = header_named(&york, prev, NOW);

    header_erases(&header, record_id(target));
    return named(name, record_proven(&header, said_count, york_key));
}

/* In the slot of this number. */
static inline struct record *whispers(const char *name, unsigned slot)
{
    struct digest tag = digest_numbered(slot);
    struct header header = header_anonymous(&tag, &ring, signing_key_public(owner_key), NOW);

    return named(name, record_unproven(&header, said_count));
}

static inline struct record *owner_says(const char *name, const struct record *subject, unsigned n,
                                        const char *kind)
{
    struct header header = header_owner(record_id(subject), n, kind, NOW);

    return named(name, record_proven(&header, said_count, owner_key));
}

/* Which of two has the lower id. */
static inline bool is_lower(const struct record *a, const struct record *b)
{
    return digest_compare(record_id(a), record_id(b)) < 0;
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
    static const char *const texts[] = {
        [TEXT_STANDS] = "stands", [TEXT_HIDDEN] = "hidden", [TEXT_ERASED] = "erased"};

    for (size_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->list[i];
        if (change->kind == CHANGE_TEXT)
            buffer_printf(&notes, " %s:%s", name_of(&change->id), texts[change->text]);
        else
            buffer_printf(&notes, " %c%s", change->kind == CHANGE_IN ? '+' : '-',
                          name_of(&change->id));
    }
    changes_release(changes);
}

static inline void decides(void)
{
    struct changes changes = {0};

    set_decide(set, &changes);
    note(&changes);
}

/* A single one, decided at once. */
static inline enum offer offer(struct record *record)
{
    enum offer answer = set_offer(set, record, NOW);

    decides();
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

/* The records of the chain that would be sent. */
static inline uint64_t served(const struct record *tip)
{
    uint64_t total;

    set_chain(set, record_id(tip), 0, SEQ_MAX, NULL, 0, &total);
    return total;
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
