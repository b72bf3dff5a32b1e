#include "protocol/anonymous.h"

#include <string.h>

/* --- Scopes --- */

/* What the second scope of a kind may be: the slot again, or of one of two kinds, with the id of a
 * record. The first is the slot, "KIND:J" with J below `slots`. */
static const struct rule {
    const char *kind;
    unsigned slots;
    bool slot_again;
    uint8_t subjects[2]; /* 0: none. */
} rules[] = {
    {"lesson", 12, true, {SCOPE_LESSON_ABOUT}},
    {"issue", 12, true, {0}},
    {"response", 48, false, {SCOPE_RESPONSE_TO_ISSUE, SCOPE_RESPONSE_TO_RECORD}},
};

static const struct rule *rule_of(struct bytes kind)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (bytes_equal(kind, bytes_of_text(rules[i].kind)))
            return &rules[i];
    return NULL;
}

/* A decimal number below `end`, without leading zeros. */
static bool is_number_below(struct bytes text, unsigned end)
{
    unsigned number = 0;

    for (size_t i = 0; i < text.size && number < end; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        number = 10 * number + (text.data[i] - '0');
    }
    return text.size > 0 && number < end && (text.data[0] != '0' || text.size == 1);
}

static bool is_slot(const struct author *author, const struct rule *rule)
{
    struct bytes id = author->scopes[0].id;
    size_t name = strlen(rule->kind);

    return author->scopes[0].kind == SCOPE_SLOT && bytes_begin(id, rule->kind) &&
           bytes_begin(bytes_after(id, name), ":") &&
           is_number_below(bytes_after(id, name + 1), rule->slots);
}

static bool is_subject(const struct author *author, const struct rule *rule)
{
    uint8_t kind = author->scopes[1].kind;
    struct bytes id = author->scopes[1].id;

    if (kind == SCOPE_SLOT)
        return rule->slot_again && bytes_equal(id, author->scopes[0].id);
    return kind != 0 && (kind == rule->subjects[0] || kind == rule->subjects[1]) &&
           id.size == DIGEST_SIZE;
}

static bool scopes_fit(const struct header *header)
{
    const struct rule *rule = rule_of(header->kind);

    return rule != NULL && is_slot(&header->author, rule) && is_subject(&header->author, rule);
}

/* --- Line 8 --- */

static bool is_release(const struct charter *charter, int64_t time_ms)
{
    const struct head *first = charter_first_head(charter);

    return first != NULL && time_ms % first->release_ms == 0;
}

bool anonymous_holds(const struct charter *charter, const struct record *record)
{
    const struct header *header = record_header(record);
    struct ring_members ring = {.epoch = ring_epoch_of(header->time_ms)};

    return header->author.form == AUTHOR_ANONYMOUS && scopes_fit(header) &&
           is_release(charter, header->time_ms) &&
           charter_ring(charter, &header->author.ring, ring.epoch, &ring.keys, &ring.count) &&
           record_proven_in(record, &ring);
}
