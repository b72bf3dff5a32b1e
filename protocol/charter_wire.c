#include "protocol/charter_wire.h"

#include "protocol/reader.h"
#include "protocol/writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BUNDLE_VERSION 1
#define BUNDLE_FIELDS 5

/* --- Rosters, unread --- */

struct roster_text *roster_text_new(struct bytes wire)
{
    struct roster_text *text = memory_new(1, sizeof *text);

    atomic_init(&text->holds, 1);
    text->digest = digest_of(PURPOSE_ROSTER, wire.data, wire.size);
    buffer_append(&text->wire, wire);
    return text;
}

struct roster_text *roster_text_hold(struct roster_text *text)
{
    atomic_fetch_add(&text->holds, 1);
    return text;
}

void roster_text_free(struct roster_text *text)
{
    if (text == NULL || atomic_fetch_sub(&text->holds, 1) != 1)
        return;
    buffer_release(&text->wire);
    free(text);
}

/* --- Rings --- */

static int ring_key_compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct ring_public));
}

struct ring *ring_new(uint32_t epoch, const struct ring_public *keys, size_t count)
{
    struct ring *ring = memory_new(1, sizeof *ring + count * sizeof *keys);

    atomic_init(&ring->holds, 1);
    ring->epoch = epoch;
    ring->digest = ring_digest(epoch, keys, count);
    ring->count = count;
    memcpy(ring->keys, keys, count * sizeof *keys);
    return ring;
}

struct ring *ring_hold(struct ring *ring)
{
    atomic_fetch_add(&ring->holds, 1);
    return ring;
}

void ring_free(struct ring *ring)
{
    if (ring != NULL && atomic_fetch_sub(&ring->holds, 1) == 1)
        free(ring);
}

static size_t table_width(const struct ring_table *table)
{
    return (table->key_count + 7) / 8;
}

static bool bit_of(const uint8_t *row, size_t key)
{
    return (row[key / 8] & 0x80u >> key % 8) != 0;
}

struct ring *ring_table_row(const struct ring_table *table, size_t row)
{
    const uint8_t *bits = table->bits + row * table_width(table);
    struct ring_public *keys = memory_new(table->key_count, sizeof *keys);
    size_t count = 0;

    for (size_t i = 0; i < table->key_count; i++)
        if (bit_of(bits, i))
            keys[count++] = table->keys[i];
    struct ring *ring = ring_new(table->epoch, keys, count);
    free(keys);
    return ring;
}

/* --- Reading --- */

/* Room for one more item: a power of two, doubled when it is full. */
static void *grow_by_one(void *list, size_t count, size_t size)
{
    if ((count & (count - 1)) != 0)
        return list;
    return memory_grow(list, count == 0 ? 1 : 2 * count, size);
}

static void read_signatures(struct reader *reader, struct bundle_head *head)
{
    size_t count = read_array(reader, "signatures", 0, SIGNATURES_MAX);

    head->signatures = memory_new(count, sizeof *head->signatures);
    for (; head->signature_count < count && !reader->failed; head->signature_count++) {
        struct head_signature *signature = &head->signatures[head->signature_count];
        read_array(reader, "signature", 2, 2);
        read_fixed(reader, "signature key", signature->key.bytes, sizeof signature->key.bytes);
        read_fixed(reader, "signature", signature->signature.bytes,
                   sizeof signature->signature.bytes);
        if (head->signature_count > 0 &&
            memcmp(&signature[-1].key, &signature->key, sizeof signature->key) >= 0)
            reader_refuse(reader, "signatures: not in ascending order of their keys");
    }
}

static void read_heads(struct reader *reader, struct bundle *bundle)
{
    size_t count = read_array(reader, "heads", 0, HEADS_MAX);

    bundle->heads = memory_new(count, sizeof *bundle->heads);
    while (bundle->head_count < count && !reader->failed) {
        read_array(reader, "signed head", 2, 2);
        struct bytes wire = read_bytes(reader, "head", 1, HEAD_MAX);
        if (reader->failed)
            return;
        struct bundle_head *head = &bundle->heads[bundle->head_count];
        head->text = head_read(wire, reader->fault);
        if (head->text == NULL) {
            reader->failed = true;
            return;
        }
        bundle->head_count++;
        if (bundle->head_count > 1 && head_compare(&head[-1].text->head, &head->text->head) >= 0)
            reader_refuse(reader, "heads: not in ascending order");
        read_signatures(reader, head);
    }
}

static void read_rosters(struct reader *reader, struct bundle *bundle)
{
    size_t count = read_array(reader, "rosters", 0, HEADS_MAX);

    bundle->rosters = memory_new(count, sizeof(struct roster_text *));
    while (bundle->roster_count < count) {
        struct bytes wire = read_bytes(reader, "roster", 1, ROSTER_MAX);
        if (reader->failed)
            return;
        struct roster_text **text = &bundle->rosters[bundle->roster_count++];
        *text = roster_text_new(wire);
        if (bundle->roster_count > 1 && digest_compare(&text[-1]->digest, &text[0]->digest) >= 0)
            reader_refuse(reader, "rosters: not in ascending order of their hashes");
    }
}

static void read_ring_keys(struct reader *reader, struct ring_table *table)
{
    size_t count = read_array(reader, "ring keys", RING_MIN, RING_MAX);

    table->keys = memory_new(count, sizeof *table->keys);
    table->key_count = count;
    for (size_t i = 0; i < count && !reader->failed; i++) {
        read_fixed(reader, "ring key", table->keys[i].bytes, sizeof table->keys[i].bytes);
        if (i > 0 && ring_key_compare(&table->keys[i - 1], &table->keys[i]) >= 0)
            reader_refuse(reader, "ring keys: not in ascending order");
    }
}

/* A ring has at least RING_MIN keys, and the bits after the last key are zero. */
static bool row_is_ring(const struct ring_table *table, const uint8_t *row)
{
    size_t members = 0;

    for (size_t i = 0; i < table->key_count; i++)
        members += bit_of(row, i);
    for (size_t i = table->key_count; i < 8 * table_width(table); i++)
        if (bit_of(row, i))
            return false;
    return members >= RING_MIN;
}

static void read_ring_rows(struct reader *reader, struct ring_table *table, size_t most)
{
    size_t width = table_width(table);
    size_t count = read_array(reader, "rings", 1, most);
    uint8_t *seen = memory_new(width, 1);

    table->bits = memory_new(count, width == 0 ? 1 : width);
    for (; table->ring_count < count && !reader->failed; table->ring_count++) {
        uint8_t *row = table->bits + table->ring_count * width;
        read_fixed(reader, "ring", row, width);
        if (!reader->failed && !row_is_ring(table, row))
            reader_refuse(reader, "ring: not one bit for each key, %d of them set", RING_MIN);
        if (table->ring_count > 0 && !reader->failed && memcmp(row - width, row, width) >= 0)
            reader_refuse(reader, "rings: not in ascending order");
        for (size_t i = 0; i < width; i++)
            seen[i] |= row[i];
    }
    for (size_t i = 0; i < table->key_count && !reader->failed; i++)
        if (!bit_of(seen, i))
            reader_refuse(reader, "ring keys: one is in no ring");
    free(seen);
}

static void read_tables(struct reader *reader, struct bundle *bundle)
{
    size_t count = read_array(reader, "ring epochs", 0, RING_EPOCHS_MAX);
    size_t most = RINGS_MAX;

    bundle->tables = memory_new(count, sizeof *bundle->tables);
    while (bundle->table_count < count && !reader->failed) {
        struct ring_table *table = &bundle->tables[bundle->table_count];
        uint64_t least = bundle->table_count == 0 ? 0 : (uint64_t)table[-1].epoch + 1;
        bundle->table_count++;
        read_array(reader, "ring epoch", 3, 3);
        table->epoch = (uint32_t)read_number(reader, "ring epoch", least, UINT32_MAX);
        read_ring_keys(reader, table);
        read_ring_rows(reader, table, most);
        most -= table->ring_count;
    }
}

static void read_halts(struct reader *reader, struct bundle *bundle)
{
    size_t count = read_array(reader, "halts", 0, HALTS_MAX);
    struct bytes before = {0};

    bundle->halts = memory_new(count, sizeof *bundle->halts);
    for (; bundle->halt_count < count && !reader->failed; bundle->halt_count++) {
        struct bytes wire = read_bytes(reader, "halt", 1, HALT_MAX);
        if (reader->failed)
            return;
        if (!halt_read(&bundle->halts[bundle->halt_count], wire, reader->fault))
            reader->failed = true;
        else if (bundle->halt_count > 0 && bytes_compare(before, wire) >= 0)
            reader_refuse(reader, "halts: not in ascending order");
        before = wire;
    }
}

bool bundle_read(struct bundle *bundle, struct bytes wire, struct fault *fault)
{
    struct reader reader = reader_of(wire, fault);

    *bundle = (struct bundle){0};
    if (wire.size > CHARTER_MAX)
        return fault_refuse(fault, REFUSED_MALFORMED, "charter: %zu bytes, at most %d", wire.size,
                            CHARTER_MAX);
    read_array(&reader, "charter", BUNDLE_FIELDS, BUNDLE_FIELDS);
    read_number(&reader, "charter version", BUNDLE_VERSION, BUNDLE_VERSION);
    read_heads(&reader, bundle);
    read_rosters(&reader, bundle);
    read_tables(&reader, bundle);
    read_halts(&reader, bundle);
    if (reader_end(&reader))
        return true;
    bundle_release(bundle);
    return false;
}

void bundle_release(struct bundle *bundle)
{
    for (size_t i = 0; i < bundle->head_count; i++) {
        head_free(bundle->heads[i].text);
        free(bundle->heads[i].signatures);
    }
    for (size_t i = 0; i < bundle->roster_count; i++)
        roster_text_free(bundle->rosters[i]);
    for (size_t i = 0; i < bundle->table_count; i++) {
        free(bundle->tables[i].keys);
        free(bundle->tables[i].bits);
    }
    free(bundle->heads);
    free(bundle->rosters);
    free(bundle->tables);
    free(bundle->halts);
    *bundle = (struct bundle){0};
}

/* --- Writing --- */

static void write_heads(const struct bundle *bundle, struct buffer *wire)
{
    write_array(wire, bundle->head_count);
    for (size_t i = 0; i < bundle->head_count; i++) {
        const struct bundle_head *head = &bundle->heads[i];
        write_array(wire, 2);
        write_bytes(wire, head->text->wire.data, head->text->wire.size);
        write_array(wire, head->signature_count);
        for (size_t k = 0; k < head->signature_count; k++) {
            const struct head_signature *signature = &head->signatures[k];
            write_array(wire, 2);
            write_bytes(wire, signature->key.bytes, sizeof signature->key.bytes);
            write_bytes(wire, signature->signature.bytes, sizeof signature->signature.bytes);
        }
    }
}

static void write_tables(const struct bundle *bundle, struct buffer *wire)
{
    write_array(wire, bundle->table_count);
    for (size_t i = 0; i < bundle->table_count; i++) {
        const struct ring_table *table = &bundle->tables[i];
        size_t width = table_width(table);
        write_array(wire, 3);
        write_number(wire, table->epoch);
        write_array(wire, table->key_count);
        for (size_t k = 0; k < table->key_count; k++)
            write_bytes(wire, table->keys[k].bytes, sizeof table->keys[k].bytes);
        write_array(wire, table->ring_count);
        for (size_t k = 0; k < table->ring_count; k++)
            write_bytes(wire, table->bits + k * width, width);
    }
}

void bundle_write(const struct bundle *bundle, struct buffer *wire)
{
    write_array(wire, BUNDLE_FIELDS);
    write_number(wire, BUNDLE_VERSION);
    write_heads(bundle, wire);
    write_array(wire, bundle->roster_count);
    for (size_t i = 0; i < bundle->roster_count; i++)
        write_bytes(wire, bundle->rosters[i]->wire.data, bundle->rosters[i]->wire.size);
    write_tables(bundle, wire);
    write_array(wire, bundle->halt_count);
    for (size_t i = 0; i < bundle->halt_count; i++)
        write_bytes(wire, bundle->halts[i].wire, bundle->halts[i].size);
}

/* --- Making a bundle --- */

struct bundle_head *bundle_add_head(struct bundle *bundle, struct head_text *text)
{
    size_t at = bundle->head_count;

    while (at > 0 && head_compare(&bundle->heads[at - 1].text->head, &text->head) > 0)
        at--;
    if (at > 0 && head_compare(&bundle->heads[at - 1].text->head, &text->head) == 0)
        return &bundle->heads[at - 1];
    bundle->heads = memory_grow(bundle->heads, bundle->head_count + 1, sizeof *bundle->heads);
    memmove(&bundle->heads[at + 1], &bundle->heads[at],
            (bundle->head_count - at) * sizeof *bundle->heads);
    bundle->head_count++;
    bundle->heads[at] = (struct bundle_head){.text = head_hold(text)};
    return &bundle->heads[at];
}

void bundle_head_put(struct bundle_head *head, const struct head_signature *signature)
{
    size_t at = head->signature_count;

    while (at > 0 &&
           memcmp(&head->signatures[at - 1].key, &signature->key, sizeof signature->key) > 0)
        at--;
    if (at > 0 &&
        memcmp(&head->signatures[at - 1].key, &signature->key, sizeof signature->key) == 0) {
        head->signatures[at - 1] = *signature;
        return;
    }
    head->signatures =
        memory_grow(head->signatures, head->signature_count + 1, sizeof *head->signatures);
    memmove(&head->signatures[at + 1], &head->signatures[at],
            (head->signature_count - at) * sizeof *head->signatures);
    head->signature_count++;
    head->signatures[at] = *signature;
}

void bundle_add_roster(struct bundle *bundle, struct roster_text *text)
{
    size_t at = bundle->roster_count;

    while (at > 0 && digest_compare(&bundle->rosters[at - 1]->digest, &text->digest) > 0)
        at--;
    if (at > 0 && digest_equal(&bundle->rosters[at - 1]->digest, &text->digest))
        return;
    bundle->rosters =
        memory_grow(bundle->rosters, bundle->roster_count + 1, sizeof(struct roster_text *));
    memmove(&bundle->rosters[at + 1], &bundle->rosters[at],
            (bundle->roster_count - at) * sizeof(struct roster_text *));
    bundle->roster_count++;
    bundle->rosters[at] = roster_text_hold(text);
}

static int halt_wire_compare(const struct halt *a, const struct halt *b)
{
    return bytes_compare(bytes_of(a->wire, a->size), bytes_of(b->wire, b->size));
}

void bundle_add_halt(struct bundle *bundle, const struct halt *halt)
{
    size_t at = bundle->halt_count;

    while (at > 0 && halt_wire_compare(&bundle->halts[at - 1], halt) > 0)
        at--;
    if (at > 0 && halt_wire_compare(&bundle->halts[at - 1], halt) == 0)
        return;
    bundle->halts = memory_grow(bundle->halts, bundle->halt_count + 1, sizeof *bundle->halts);
    memmove(&bundle->halts[at + 1], &bundle->halts[at],
            (bundle->halt_count - at) * sizeof *bundle->halts);
    bundle->halt_count++;
    bundle->halts[at] = *halt;
}

static int ring_epoch_compare(const void *a, const void *b)
{
    const struct ring *left = *(struct ring *const *)a, *right = *(struct ring *const *)b;
    int order = (left->epoch > right->epoch) - (left->epoch < right->epoch);

    return order != 0 ? order : digest_compare(&left->digest, &right->digest);
}

/* Every key of these rings, once, ascending. */
static void collect_keys(struct ring_table *table, struct ring *const *rings, size_t count)
{
    size_t all = 0;

    for (size_t i = 0; i < count; i++)
        all += rings[i]->count;
    table->keys = memory_new(all, sizeof *table->keys);
    for (size_t i = 0, at = 0; i < count; at += rings[i++]->count)
        memcpy(&table->keys[at], rings[i]->keys, rings[i]->count * sizeof *table->keys);
    qsort(table->keys, all, sizeof *table->keys, ring_key_compare);
    for (size_t i = 0; i < all; i++)
        if (i == 0 || ring_key_compare(&table->keys[table->key_count - 1], &table->keys[i]) != 0)
            table->keys[table->key_count++] = table->keys[i];
}

/* Put a row in its place among those before it; rows stay in ascending order. */
static void insert_row(struct ring_table *table, const uint8_t *row)
{
    size_t width = table_width(table), at = table->ring_count;

    while (at > 0 && memcmp(table->bits + (at - 1) * width, row, width) > 0)
        at--;
    if (at > 0 && memcmp(table->bits + (at - 1) * width, row, width) == 0)
        return;
    memmove(table->bits + (at + 1) * width, table->bits + at * width,
            (table->ring_count - at) * width);
    memcpy(table->bits + at * width, row, width);
    table->ring_count++;
}

static void fill_table(struct ring_table *table, struct ring *const *rings, size_t count)
{
    table->epoch = rings[0]->epoch;
    collect_keys(table, rings, count);
    size_t width = table_width(table);
    uint8_t *row = memory_new(width, 1);
    table->bits = memory_new(count, width);
    for (size_t i = 0; i < count; i++) {
        memset(row, 0, width);
        for (size_t k = 0, at = 0; k < rings[i]->count; k++) {
            while (ring_key_compare(&table->keys[at], &rings[i]->keys[k]) != 0)
                at++;
            row[at / 8] |= (uint8_t)(0x80u >> at % 8);
        }
        insert_row(table, row);
    }
    free(row);
}

void bundle_add_rings(struct bundle *bundle, struct ring *const *rings, size_t count)
{
    struct ring **sorted = memory_new(count, sizeof(struct ring *));

    assert(bundle->table_count == 0);
    memcpy(sorted, rings, count * sizeof(struct ring *));
    qsort(sorted, count, sizeof(struct ring *), ring_epoch_compare);
    for (size_t first = 0, last; first < count; first = last) {
        for (last = first; last < count && sorted[last]->epoch == sorted[first]->epoch;)
            last++;
        bundle->tables = grow_by_one(bundle->tables, bundle->table_count, sizeof *bundle->tables);
        struct ring_table *table = &bundle->tables[bundle->table_count++];
        *table = (struct ring_table){0};
        fill_table(table, sorted + first, last - first);
    }
    free(sorted);
}
