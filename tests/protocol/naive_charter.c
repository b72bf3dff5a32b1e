#include "tests/protocol/naive_charter.h"

#include <string.h>

static bool agreed(unsigned signers, const struct model_head *of)
{
    return (uint32_t)__builtin_popcount(signers & of->stewards) >= of->threshold;
}

/* Line 1. Predecessors stand before their successors in a model, so this ends. */
static bool valid(const struct model *model, const struct model_head *head)
{
    uint64_t highest = 0;

    if (head->predecessor_count == 0 && head != &model->heads[0])
        return false; /* Head 1 of another network. */
    for (size_t i = 0; i < head->predecessor_count; i++) {
        const struct model_head *old = model_find(model, head->predecessors[i]);
        if (!valid(model, old) || !agreed(head->signers, old))
            return false;
        if (old->text->head.version > highest)
            highest = old->text->head.version;
    }
    return head->text->head.version == highest + 1 && agreed(head->signers, head);
}

static bool descends(const struct model *model, const struct model_head *head,
                     const struct model_head *from)
{
    for (size_t i = 0; i < head->predecessor_count; i++) {
        const struct model_head *old = model_find(model, head->predecessors[i]);
        if (old == from || descends(model, old, from))
            return true;
    }
    return false;
}

/* Line 2. */
static bool at_hand(const struct model *model, const struct model_head *head)
{
    for (size_t i = 0; i < model->head_count; i++) /* A roster of the same bytes will do. */
        if (model->heads[i].has_roster &&
            digest_equal(&model->heads[i].roster->digest, &head->roster->digest))
            return valid(model, head);
    return false;
}

static bool maximal(const struct model *model, const struct model_head *head)
{
    for (size_t i = 0; i < model->head_count; i++)
        if (at_hand(model, &model->heads[i]) && descends(model, &model->heads[i], head))
            return false;
    return at_hand(model, head);
}

void naive_in_force(const struct model *model, char *text)
{
    size_t count = 0;

    for (char name = 'a'; name <= 'z'; name++)
        if (model_find(model, name) != NULL && maximal(model, model_find(model, name)))
            text[count++] = name;
    text[count] = '\0';
}

/* Line 3. */
static void add_cut(struct feed_rules *rules, uint64_t seq, char id)
{
    struct cut cut = {.seq = seq};

    if (seq != 0)
        cut.id = town_record(id);
    for (size_t i = 0; i < rules->cut_count; i++)
        if (memcmp(&rules->cuts[i], &cut, sizeof cut) == 0)
            return;
    rules->cuts[rules->cut_count++] = cut;
}

static void add_key(struct feed_rules *rules, const struct public_key *key)
{
    for (size_t i = 0; i < rules->key_count; i++)
        if (memcmp(&rules->keys[i], key, sizeof *key) == 0)
            return;
    rules->keys[rules->key_count++] = *key;
}

static const struct card *card_in_force(const struct model *model, size_t head, char town)
{
    const struct model_entry *entry = &model->heads[head].entries[town - 'A'];

    return entry->missing || !maximal(model, &model->heads[head]) ? NULL
                                                                  : town_card(town, entry->card);
}

static bool halt_counts(const struct model *model, const struct model_halt *halt)
{
    struct digest next = next_key_hash(signing_key_public(town_key(halt->town, halt->key)));

    for (size_t i = 0; i < model->head_count; i++) {
        const struct card *card = card_in_force(model, i, halt->town);
        if (card != NULL && halt->last.feed <= card->feed_count &&
            digest_equal(&card->feeds[halt->last.feed - 1].next, &next))
            return !halt->bad;
    }
    return false;
}

struct feed_rules naive_feed(const struct model *model, char town, uint32_t feed)
{
    struct feed_rules rules = {0};

    for (size_t i = 0; i < model->head_count; i++) {
        const struct card *card = card_in_force(model, i, town);
        const struct model_entry *entry = &model->heads[i].entries[town - 'A'];
        if (card == NULL || feed > card->feed_count)
            continue;
        rules.listed = true;
        add_key(&rules, &card->feeds[feed - 1].key);
        if (card->feeds[feed - 1].cut)
            add_cut(&rules, card->feeds[feed - 1].cut_seq, 's');
        for (size_t k = 0; k < entry->cut_count; k++)
            if (entry->cuts[k].feed == feed)
                add_cut(&rules, entry->cuts[k].seq, entry->cuts[k].id);
    }
    if (rules.cut_count > 0)
        return rules;
    for (size_t i = 0; i < model->halt_count; i++) {
        const struct model_halt *halt = &model->halts[i];
        if (halt->town == town && halt->last.feed == feed && halt_counts(model, halt))
            add_cut(&rules, halt->last.seq, halt->last.id);
    }
    return rules;
}
