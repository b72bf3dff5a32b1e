#include "protocol/charter_wire.h"
#include "protocol/reader.h"
#include "protocol/writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_VERSION 1
#define HEAD_FIELDS 12

int head_compare(const struct head *a, const struct head *b)
{
    int order = (a->version > b->version) - (a->version < b->version);

    return order != 0 ? order : digest_compare(&a->hash, &b->hash);
}

/* --- Reading --- */

static void read_name(struct reader *reader, struct head *head)
{
    struct bytes name = read_text(reader, "head name", 1, NAME_MAX_BYTES);

    if (!reader->failed && !bytes_are_line(name))
        reader_refuse(reader, "head name: holds a control character");
    if (!reader->failed)
        memcpy(head->name, name.data, name.size);
}

/* Head 1 has no predecessor and cannot name its network, which is its own hash. */
static void read_place(struct reader *reader, struct head *head)
{
    bool nameless = read_nil(reader);
    bool first;

    if (!nameless)
        read_fixed(reader, "head network", head->network.bytes, DIGEST_SIZE);
    head->version = read_number(reader, "head version", 1, INT64_MAX);
    first = head->version == 1;
    if (nameless != first)
        reader_refuse(reader, "head network: nil in head 1, and there only");
    head->predecessor_count =
        read_array(reader, "predecessors", first ? 0 : 1, first ? 0 : PREDECESSORS_MAX);
    for (size_t i = 0; i < head->predecessor_count; i++) {
        read_fixed(reader, "predecessor", head->predecessors[i].bytes, DIGEST_SIZE);
        if (i > 0 && digest_compare(&head->predecessors[i - 1], &head->predecessors[i]) >= 0)
            reader_refuse(reader, "predecessors: not in ascending order");
    }
}

static bool key_comes_twice(const struct head *head)
{
    for (size_t i = 0; i < head->steward_count; i++)
        for (size_t k = 0; k < i; k++)
            if (memcmp(&head->stewards[i].key, &head->stewards[k].key,
                       sizeof head->stewards[i].key) == 0)
                return true;
    return false;
}

/* One steward, one key, one voice: each authority once, each key once. */
static void read_stewards(struct reader *reader, struct head *head)
{
    head->steward_count = read_array(reader, "stewards", STEWARDS_MIN, STEWARDS_MAX);
    for (size_t i = 0; i < head->steward_count; i++) {
        struct steward *steward = &head->stewards[i];
        read_array(reader, "steward", 2, 2);
        read_fixed(reader, "steward authority", steward->authority.bytes, DIGEST_SIZE);
        read_fixed(reader, "steward key", steward->key.bytes, sizeof steward->key.bytes);
        if (i > 0 && digest_compare(&steward[-1].authority, &steward->authority) >= 0)
            reader_refuse(reader, "stewards: not in ascending order");
    }
    if (!reader->failed && key_comes_twice(head))
        reader_refuse(reader, "stewards: two of them have the same key");
    head->threshold = (uint32_t)read_number(reader, "threshold", head->steward_count / 2 + 1,
                                            head->steward_count - 1);
}

static void read_parameters(struct reader *reader, struct head *head)
{
    head->rules = (uint32_t)read_number(reader, "rules version", 1, UINT32_MAX);
    read_array(reader, "parameters", 3, 3);
    head->release_ms = (int64_t)read_number(reader, "release", 1, TIME_MAX);
    head->cells = read_flag(reader, "cells");
    head->demo = read_flag(reader, "demo");
    read_fixed(reader, "roster hash", head->roster.bytes, DIGEST_SIZE);
}

static void read_rings(struct reader *reader, struct head *head)
{
    head->ring_count = read_array(reader, "head rings", 0, HEAD_RINGS_MAX);
    for (size_t i = 0; i < head->ring_count; i++) {
        uint64_t least = i == 0 ? 0 : (uint64_t)head->rings[i - 1].epoch + 1;
        read_array(reader, "head ring", 2, 2);
        head->rings[i].epoch = (uint32_t)read_number(reader, "ring epoch", least, UINT32_MAX);
        read_fixed(reader, "ring digest", head->rings[i].digest.bytes, DIGEST_SIZE);
    }
}

struct head_text *head_read(struct bytes wire, struct fault *fault)
{
    struct head_text *text = memory_new(1, sizeof *text);
    struct reader reader = reader_of(wire, fault);
    struct head *head = &text->head;

    atomic_init(&text->holds, 1);
    read_array(&reader, "head", HEAD_FIELDS, HEAD_FIELDS);
    read_number(&reader, "head form", HEAD_VERSION, HEAD_VERSION);
    read_name(&reader, head);
    read_place(&reader, head);
    read_stewards(&reader, head);
    read_parameters(&reader, head);
    read_rings(&reader, head);
    head->time_ms = (int64_t)read_number(&reader, "head time", 0, TIME_MAX);
    if (!reader_end(&reader)) {
        head_free(text);
        return NULL;
    }
    head->hash = digest_of(PURPOSE_HEAD, wire.data, wire.size);
    if (head->version == 1)
        head->network = head->hash;
    buffer_append(&text->wire, wire);
    return text;
}

struct head_text *head_hold(struct head_text *text)
{
    atomic_fetch_add(&text->holds, 1);
    return text;
}

void head_free(struct head_text *text)
{
    if (text == NULL || atomic_fetch_sub(&text->holds, 1) != 1)
        return;
    buffer_release(&text->wire);
    free(text);
}

/* --- Writing --- */

static void write_digest(struct buffer *to, const struct digest *digest)
{
    write_bytes(to, digest->bytes, DIGEST_SIZE);
}

static void write_stewards(const struct head *head, struct buffer *wire)
{
    write_array(wire, head->steward_count);
    for (size_t i = 0; i < head->steward_count; i++) {
        write_array(wire, 2);
        write_digest(wire, &head->stewards[i].authority);
        write_bytes(wire, head->stewards[i].key.bytes, sizeof head->stewards[i].key.bytes);
    }
    write_number(wire, head->threshold);
}

void head_write(const struct head *head, struct buffer *wire)
{
    write_array(wire, HEAD_FIELDS);
    write_number(wire, HEAD_VERSION);
    write_text(wire, bytes_of_text(head->name));
    if (head->version == 1)
        write_nil(wire);
    else
        write_digest(wire, &head->network);
    write_number(wire, head->version);
    write_array(wire, head->predecessor_count);
    for (size_t i = 0; i < head->predecessor_count; i++)
        write_digest(wire, &head->predecessors[i]);
    write_stewards(head, wire);
    write_number(wire, head->rules);
    write_array(wire, 3);
    write_number(wire, (uint64_t)head->release_ms);
    write_flag(wire, head->cells);
    write_flag(wire, head->demo);
    write_digest(wire, &head->roster);
    write_array(wire, head->ring_count);
    for (size_t i = 0; i < head->ring_count; i++) {
        write_array(wire, 2);
        write_number(wire, head->rings[i].epoch);
        write_digest(wire, &head->rings[i].digest);
    }
    write_number(wire, (uint64_t)head->time_ms);
}

/* --- Signatures: over the hash, so that the statement is short however long the head --- */

void head_sign(struct head_signature *signature, const struct head *head,
               const struct signing_key *key)
{
    signature->key = *signing_key_public(key);
    signature_make(&signature->signature, PURPOSE_HEAD_SIGNATURE, head->hash.bytes, DIGEST_SIZE,
                   key);
    signature->holds = true;
}

bool head_signed(const struct head_signature *signature, const struct head *head)
{
    return signature_holds(&signature->signature, PURPOSE_HEAD_SIGNATURE, head->hash.bytes,
                           DIGEST_SIZE, &signature->key);
}
