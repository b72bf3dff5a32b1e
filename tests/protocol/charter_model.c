#include "tests/protocol/charter_model.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct model_head *model_find(const struct model *model, char name)
{
    for (size_t i = 0; i < model->head_count; i++)
        if (model->heads[i].name == name)
            return (struct model_head *)&model->heads[i];
    return NULL;
}

/* --- Reading --- */

static unsigned bits_of(const char *letters, bool small)
{
    unsigned bits = 0;

    for (; isalpha((unsigned char)*letters); letters++)
        if ((islower((unsigned char)*letters) != 0) == small)
            bits |= 1u << (toupper((unsigned char)*letters) - 'A');
    return bits;
}

/* "A1@5x" */
static char read_cut(const char *text, struct model_cut *cut)
{
    char town, id = 0;
    int count = sscanf(text, "%c%" SCNu32 "@%" SCNu64 "%c", &town, &cut->feed, &cut->seq, &id);

    assert(count >= 3);
    (void)count;
    cut->id = id;
    return town;
}

static void read_roster_word(struct model_head *head, const char *word)
{
    struct model_cut cut;

    if (strncmp(word, "cut:", 4) == 0) {
        struct model_entry *entry = &head->entries[read_cut(word + 4, &cut) - 'A'];
        entry->cuts[entry->cut_count++] = cut;
    } else if (strncmp(word, "gone:", 5) == 0) {
        head->entries[word[5] - 'A'].status = MEMBER_LEFT;
    } else if (strncmp(word, "ended:", 6) == 0) {
        head->entries[word[6] - 'A'].status = MEMBER_DISSOLVED;
    } else if (word[1] == '>') {
        head->entries[word[0] - 'A'].heir = word[2];
    } else if (word[1] == '=') {
        head->entries[word[0] - 'A'].card = (enum town_card)(word[2] - '0');
    } else {
        assert(word[0] == '-');
        head->entries[word[1] - 'A'].missing = true;
    }
}

static void add_part(struct model *model, struct model_part part)
{
    assert(model->part_count < MODEL_PARTS);
    part.bundle = model->bundles;
    model->parts[model->part_count++] = part;
}

static void read_head_word(struct model *model, struct model_head *head, struct model_part *part,
                           const char *word, const char *next)
{
    if (strcmp(word, "by") == 0) {
        part->signers = bits_of(next, false);
        part->liars = bits_of(next, true);
        head->signers |= part->signers;
    } else if (strcmp(word, "on") == 0) {
        for (; *next != '\0'; next++)
            head->predecessors[head->predecessor_count++] = *next;
    } else if (word[0] == 'v' && isdigit((unsigned char)word[1])) {
        head->version = strtoull(word + 1, NULL, 10);
    } else if (strncmp(word, "rules", 5) == 0) {
        head->rules = (uint32_t)strtoul(word + 5, NULL, 10);
    } else if (strncmp(word, "at:", 3) == 0) {
        head->time_ms = TOWN_MS + strtol(word + 3, NULL, 10) * DAY_MS;
    } else if (strncmp(word, "release:", 8) == 0) {
        head->release_ms = strtol(word + 8, NULL, 10);
    } else if (strncmp(word, "ring:", 5) == 0) {
        head->ring = bits_of(word + 5, false);
        add_part(model,
                 (struct model_part){.kind = PART_RING, .index = (size_t)(head - model->heads)});
    } else if (strcmp(word, "bare") == 0) {
        head->has_roster = false;
    } else if (strcmp(word, "fit") == 0) {
        head->fit = true;
    } else {
        read_roster_word(head, word);
    }
}

static void read_head(struct model *model, char words[][16], size_t count)
{
    struct model_head *head = model_find(model, words[0][0]);
    size_t at = 1;
    bool new = head == NULL;

    if (new) {
        head = &model->heads[model->head_count++];
        head->name = words[0][0];
        head->stewards = bits_of(words[1], false);
        head->threshold = (uint32_t)strtoul(strchr(words[1], '/') + 1, NULL, 10);
        head->rules = RULES_VERSION;
        head->time_ms = TOWN_MS;
        head->has_roster = true;
        at = 2;
    }
    struct model_part part = {.kind = PART_HEAD, .index = (size_t)(head - model->heads)};
    if (strcmp(words[count - 1], "unheard") == 0) {
        head->has_roster = false;
        return;
    }
    for (; at < count; at++) {
        read_head_word(model, head, &part, words[at], words[at + 1]);
        at += strcmp(words[at], "by") == 0 || strcmp(words[at], "on") == 0;
    }
    add_part(model, part);
    if (new && head->has_roster)
        add_part(model, (struct model_part){.kind = PART_ROSTER, .index = part.index});
}

static void read_halt(struct model *model, char words[][16], size_t count)
{
    struct model_halt *halt = &model->halts[model->halt_count];

    halt->town = read_cut(words[1], &halt->last);
    halt->key = (enum town_key)(KEY_1 + halt->last.feed);
    for (size_t i = 2; i < count; i++) {
        if (strcmp(words[i], "bad") == 0)
            halt->bad = true;
        else
            halt->key = (enum town_key)(words[i][3] - '0');
    }
    add_part(model, (struct model_part){.kind = PART_HALT, .index = model->halt_count++});
}

static void read_statement(struct model *model, const char *text, size_t size)
{
    char words[16][16] = {{0}};
    size_t count = 0;

    for (size_t at = 0; at < size;) {
        size_t length = strcspn(text + at, " ;|");
        if (length > size - at)
            length = size - at;
        if (length > 0) {
            assert(count < 15 && length < 16);
            memcpy(words[count++], text + at, length);
        }
        at += length + 1;
    }
    if (count == 0)
        return;
    if (strcmp(words[0], "halt") == 0) {
        read_halt(model, words, count);
    } else if (strcmp(words[0], "roster") == 0) {
        struct model_head *head = model_find(model, words[1][0]);
        head->has_roster = true;
        add_part(model,
                 (struct model_part){.kind = PART_ROSTER, .index = (size_t)(head - model->heads)});
    } else {
        read_head(model, words, count);
    }
}

struct model *model_read(const char *text)
{
    struct model *model = memory_new(1, sizeof *model);

    while (*text != '\0') {
        size_t size = strcspn(text, ";|");
        read_statement(model, text, size);
        if (text[size] == '|')
            model->bundles++;
        text += size + (text[size] != '\0');
    }
    model->bundles++;
    model_build(model);
    return model;
}

void model_free(struct model *model)
{
    for (size_t i = 0; i < model->head_count; i++) {
        head_free(model->heads[i].text);
        roster_text_free(model->heads[i].roster);
    }
    free(model);
}

/* --- Building --- */

static struct cut cut_of(const struct model_cut *cut)
{
    struct cut real = {.seq = cut->seq};

    if (cut->seq != 0)
        real.id = town_record(cut->id);
    return real;
}

static void list_ring(struct head *head, struct ring *ring)
{
    if (ring == NULL)
        return;
    head->rings[head->ring_count].epoch = ring->epoch;
    head->rings[head->ring_count++].digest = ring->digest;
    ring_free(ring);
}

static void build_roster(struct model_head *head, struct head *to)
{
    struct roster *roster = roster_new();
    struct fault fault;

    for (size_t i = 0; i < TOWNS; i++) {
        const struct model_entry *from = &head->entries[i];
        if (from->missing)
            continue;
        struct roster_card *card = town_roster_card((char)('A' + i), from->card);
        struct entry *entry = roster_add(roster, card, TOWN_MS);
        roster_card_free(card);
        entry->member.status = from->status;
        entry->member.succeeded = from->heir != 0;
        if (from->heir != 0)
            entry->member.succeeded_by = *town_id(from->heir);
        for (size_t k = 0; k < from->cut_count; k++)
            entry_add_cut(entry, &(struct roster_cut){.feed = from->cuts[k].feed,
                                                      .cut = cut_of(&from->cuts[k])});
    }
    roster_seal(roster, &fault);
    head->roster = roster_text_hold(roster->text);
    to->roster = head->roster->digest;
    for (uint32_t i = 0; i < 2 && head->fit; i++)
        list_ring(to, roster_ring(roster, ring_epoch_of(head->time_ms) + i));
    roster_free(roster);
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, DIGEST_SIZE);
}

struct ring *model_ring(unsigned towns)
{
    struct ring_public keys[TOWNS];
    size_t count = 0;

    for (size_t i = 0; i < TOWNS; i++)
        if (towns & 1u << i)
            keys[count++] = town_card((char)('A' + i), CARD_FIRST)->rings[0].key;
    qsort(keys, count, sizeof *keys, by_bytes);
    return ring_new(TOWN_EPOCH, keys, count);
}

static void build_stewards(const struct model_head *from, struct head *head)
{
    for (size_t i = 0; i < TOWNS; i++)
        if (from->stewards & 1u << i)
            head->stewards[head->steward_count++] = (struct steward){
                .authority = *town_id((char)('A' + i)),
                .key = *signing_key_public(
                    town_key((char)('A' + i), from->entries[i].card == CARD_OTHER_STEWARD_KEY
                                                  ? KEY_OTHER_STEWARD
                                                  : KEY_STEWARD))};
    qsort(head->stewards, head->steward_count, sizeof *head->stewards, by_bytes);
    head->threshold = from->threshold;
}

static void build_place(const struct model *model, const struct model_head *from, struct head *head)
{
    for (size_t i = 0; i < from->predecessor_count; i++) {
        const struct head *old = &model_find(model, from->predecessors[i])->text->head;
        head->predecessors[head->predecessor_count++] = old->hash;
        head->network = old->network;
        if (old->version > head->version)
            head->version = old->version;
    }
    if (head->predecessor_count > 0)
        qsort(head->predecessors, head->predecessor_count, DIGEST_SIZE, by_bytes);
    head->version++;
    if (from->version != 0)
        head->version = from->version;
}

static void build_head(const struct model *model, struct model_head *from)
{
    struct head head = {
        .rules = from->rules,
        .time_ms = from->time_ms,
        .release_ms = from->release_ms == 0 ? RELEASE_MS : from->release_ms,
    };
    struct buffer wire = {0};
    struct fault fault;

    snprintf(head.name, sizeof head.name, "Network of %c", from->name);
    build_place(model, from, &head);
    build_stewards(from, &head);
    build_roster(from, &head);
    if (from->ring != 0)
        list_ring(&head, model_ring(from->ring));
    head_write(&head, &wire);
    from->text = head_read(buffer_view(&wire), &fault);
    if (from->text == NULL)
        fprintf(stderr, "head %c: %s\n", from->name, fault.text);
    assert(from->text != NULL);
    buffer_release(&wire);
}

static void build_halt(const struct model *model, struct model_halt *from)
{
    struct feed feed = {*town_id(from->town), from->last.feed};
    struct cut last = cut_of(&from->last);
    struct buffer wire = {0};
    struct fault fault;

    halt_sign(&model->heads[0].text->head.network, &feed, &last, town_key(from->town, from->key),
              &wire);
    if (from->bad)
        wire.data[wire.size - 1] ^= 1;
    bool read = halt_read(&from->halt, buffer_view(&wire), &fault);
    assert(read);
    (void)read;
    buffer_release(&wire);
}

void model_build(struct model *model)
{
    for (size_t i = 0; i < model->head_count; i++)
        build_head(model, &model->heads[i]);
    for (size_t i = 0; i < model->halt_count; i++)
        build_halt(model, &model->halts[i]);
}

/* --- Writing --- */

static bool has_key(const struct bundle_head *head, const struct public_key *key)
{
    for (size_t i = 0; i < head->signature_count; i++)
        if (memcmp(&head->signatures[i].key, key, sizeof *key) == 0)
            return true;
    return false;
}

static void write_signatures(const struct model_part *part, const struct model_head *from,
                             struct bundle_head *head)
{
    for (size_t i = 0; i < TOWNS; i++) {
        unsigned bit = 1u << i;
        if (((part->signers | part->liars) & bit) == 0)
            continue;
        struct head_signature signature;
        head_sign(&signature, &from->text->head,
                  town_key((char)('A' + i), from->entries[i].card == CARD_OTHER_STEWARD_KEY
                                                ? KEY_OTHER_STEWARD
                                                : KEY_STEWARD));
        bool lie = (part->signers & bit) == 0;
        if (lie)
            signature.signature.bytes[0] ^= 1;
        if (!lie || !has_key(head, &signature.key)) /* A bundle has one of each key. */
            bundle_head_put(head, &signature);
    }
}

void model_write(const struct model *model, const size_t *parts, size_t count, struct buffer *wire)
{
    struct bundle bundle = {0};
    struct ring *rings[MODEL_PARTS] = {0};
    size_t ring_count = 0;

    for (size_t i = 0; i < count; i++) {
        const struct model_part *part = &model->parts[parts[i]];
        const struct model_head *head = &model->heads[part->index];
        if (part->kind == PART_HEAD)
            write_signatures(part, head, bundle_add_head(&bundle, head->text));
        else if (part->kind == PART_ROSTER)
            bundle_add_roster(&bundle, head->roster);
        else if (part->kind == PART_RING)
            rings[ring_count++] = model_ring(head->ring);
        else
            bundle_add_halt(&bundle, &model->halts[part->index].halt);
    }
    bundle_add_rings(&bundle, rings, ring_count);
    bundle_write(&bundle, wire);
    bundle_release(&bundle);
    for (size_t i = 0; i < ring_count; i++)
        ring_free(rings[i]);
}

void model_write_bundle(const struct model *model, unsigned bundle, struct buffer *wire)
{
    size_t parts[MODEL_PARTS], count = 0;

    for (size_t i = 0; i < model->part_count; i++)
        if (model->parts[i].bundle == bundle)
            parts[count++] = i;
    model_write(model, parts, count, wire);
}

struct charter *charter_made(const char *text)
{
    struct model *model = model_read(text);
    struct charter *charter = charter_new(NULL);
    struct fault fault;
    bool changed;

    for (unsigned bundle = 0; bundle < model->bundles; bundle++) {
        struct buffer wire = {0};
        model_write_bundle(model, bundle, &wire);
        charter_add(charter, buffer_view(&wire), &changed, &fault);
        buffer_release(&wire);
    }
    model_free(model);
    return charter;
}

/* --- Saying --- */

static int by_letter(const void *a, const void *b)
{
    return *(const char *)a - *(const char *)b;
}

void model_heads_in_force(const struct model *model, const struct charter *charter, char *text)
{
    size_t count = charter_heads(charter);

    for (size_t i = 0; i < count; i++) {
        text[i] = '?';
        for (size_t k = 0; k < model->head_count; k++)
            if (digest_equal(&model->heads[k].text->head.hash, &charter_head(charter, i)->hash))
                text[i] = model->heads[k].name;
    }
    text[count] = '\0';
    qsort(text, count, 1, by_letter);
}

static char letter_of(const struct digest *id)
{
    for (char letter = 'a'; letter <= 'z'; letter++) {
        struct digest record = town_record(letter);
        if (digest_equal(&record, id))
            return letter;
    }
    return '?';
}

/* Cuts of one seq are in the order of their ids, which is that of no letters: sort them again. */
static int by_seq_and_letter(const void *a, const void *b)
{
    const struct model_cut *left = a, *right = b;

    if (left->seq != right->seq)
        return left->seq < right->seq ? -1 : 1;
    return left->id - right->id;
}

void model_feed(const struct feed_rules *rules, const char *name, struct buffer *text)
{
    struct model_cut cuts[CUTS_MAX];

    for (size_t i = 0; i < rules->cut_count; i++)
        cuts[i] =
            (struct model_cut){.seq = rules->cuts[i].seq,
                               .id = rules->cuts[i].seq == 0 ? '-' : letter_of(&rules->cuts[i].id)};
    qsort(cuts, rules->cut_count, sizeof *cuts, by_seq_and_letter);
    buffer_printf(text, "%.2s:", name);
    if (!rules->listed)
        buffer_printf(text, "-");
    else if (rules->cut_count == 0)
        buffer_printf(text, "open");
    for (size_t i = 0; i < rules->cut_count; i++)
        buffer_printf(text, "%s%" PRIu64 "%.1s", i > 0 ? "," : "", cuts[i].seq,
                      cuts[i].seq == 0 ? "" : &cuts[i].id);
    if (rules->key_count > 1)
        buffer_printf(text, "#%zu", rules->key_count);
}
