#include "protocol/charter_wire.h"
#include "protocol/reader.h"
#include "protocol/writer.h"

#include <assert.h>
#include <string.h>

/* Halts: the holder of a feed's next key stops the feed at once, before the stewards have met.
 *
 * A halt is self-contained: its signature is by the next key that it shows, and whether that key is
 * the feed's is for the charter to say. */

#define HALT_VERSION 1
#define HALT_FIELDS 7

static void read_inner(struct halt *halt, struct bytes inner, struct fault *fault,
                       struct reader *reader)
{
    *reader = reader_of(inner, fault);
    read_array(reader, "halt", HALT_FIELDS, HALT_FIELDS);
    read_number(reader, "halt version", HALT_VERSION, HALT_VERSION);
    read_fixed(reader, "halt network", halt->network.bytes, DIGEST_SIZE);
    read_fixed(reader, "halt authority", halt->feed.authority.bytes, DIGEST_SIZE);
    halt->feed.number = (uint32_t)read_number(reader, "halt feed", 1, FEEDS_MAX);
    halt->last.seq = read_number(reader, "halt seq", 0, SEQ_MAX);
    if (halt->last.seq == 0 && !read_nil(reader))
        reader_refuse(reader, "halt id: at 0 there is none");
    else if (halt->last.seq != 0)
        read_fixed(reader, "halt id", halt->last.id.bytes, DIGEST_SIZE);
    read_fixed(reader, "halt key", halt->next.bytes, sizeof halt->next.bytes);
}

static struct bytes read_envelope(struct bytes wire, struct signature *signature,
                                  struct reader *reader, struct fault *fault)
{
    *reader = reader_of(wire, fault);
    read_array(reader, "signed halt", 2, 2);
    struct bytes inner = read_bytes(reader, "halt", 1, HALT_MAX);
    read_fixed(reader, "halt signature", signature->bytes, sizeof signature->bytes);
    return inner;
}

bool halt_read(struct halt *halt, struct bytes wire, struct fault *fault)
{
    struct signature signature;
    struct reader outer, reader;

    memset(halt, 0, sizeof *halt);
    if (wire.size > sizeof halt->wire)
        return fault_refuse(fault, REFUSED_MALFORMED, "halt: %zu bytes, at most %d", wire.size,
                            HALT_MAX);
    struct bytes inner = read_envelope(wire, &signature, &outer, fault);
    if (!reader_end(&outer))
        return false;
    read_inner(halt, inner, fault, &reader);
    if (!reader_end(&reader))
        return false;
    halt->hash = digest_of(PURPOSE_HALT, inner.data, inner.size);
    memcpy(halt->wire, wire.data, wire.size);
    halt->size = wire.size;
    return true;
}

bool halt_holds(const struct halt *halt)
{
    struct fault fault;
    struct signature signature;
    struct reader reader;
    struct bytes inner =
        read_envelope(bytes_of(halt->wire, halt->size), &signature, &reader, &fault);

    assert(!reader.failed);
    return signature_holds(&signature, PURPOSE_HALT, inner.data, inner.size, &halt->next);
}

int cut_compare(const struct cut *a, const struct cut *b)
{
    int order = (a->seq > b->seq) - (a->seq < b->seq);

    return order != 0 ? order : digest_compare(&a->id, &b->id);
}

int halt_compare(const struct halt *a, const struct halt *b)
{
    int order = feed_compare(&a->feed, &b->feed);

    if (order == 0)
        order = cut_compare(&a->last, &b->last);
    return order != 0 ? order : memcmp(&a->next, &b->next, sizeof a->next);
}

static void write_inner(const struct digest *network, const struct feed *feed,
                        const struct cut *last, const struct public_key *next, struct buffer *inner)
{
    write_array(inner, HALT_FIELDS);
    write_number(inner, HALT_VERSION);
    write_bytes(inner, network->bytes, DIGEST_SIZE);
    write_bytes(inner, feed->authority.bytes, DIGEST_SIZE);
    write_number(inner, feed->number);
    write_number(inner, last->seq);
    if (last->seq == 0)
        write_nil(inner);
    else
        write_bytes(inner, last->id.bytes, DIGEST_SIZE);
    write_bytes(inner, next->bytes, sizeof next->bytes);
}

void halt_sign(const struct digest *network, const struct feed *feed, const struct cut *last,
               const struct signing_key *next, struct buffer *halt)
{
    struct buffer inner = {0};
    struct signature signature;

    write_inner(network, feed, last, signing_key_public(next), &inner);
    signature_make(&signature, PURPOSE_HALT, inner.data, inner.size, next);
    write_array(halt, 2);
    write_bytes(halt, inner.data, inner.size);
    write_bytes(halt, signature.bytes, sizeof signature.bytes);
    buffer_release(&inner);
}

void halt_bundle(struct bytes halt, struct buffer *bundle)
{
    write_array(bundle, 5);
    write_number(bundle, 1);
    for (int i = 0; i < 3; i++)
        write_array(bundle, 0);
    write_array(bundle, 1);
    write_bytes(bundle, halt.data, halt.size);
}
