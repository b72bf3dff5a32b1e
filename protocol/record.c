#include "protocol/record.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/packing.h"
#include "protocol/reader.h"
#include "protocol/writer.h"

#define RECORD_VERSION 1

struct record {
    atomic_uint holds;
    struct digest id;
    struct header header; /* Its bytes point into `memory`, as those below. */
    struct bytes header_bytes, proof;
    bool has_body;
    struct salt salt;
    struct bytes packed;
    uint8_t memory[]; /* header ‖ proof ‖ body */
};

/* What each form of author has, and the proof that goes with it. */
static const struct {
    size_t items;
    size_t proof_least, proof_most;
    uint32_t body_most;
} forms[] = {
    [AUTHOR_NAMED] = {5, 64, 64, BODY_MAX},
    [AUTHOR_ANONYMOUS] = {5, 1, PROOF_MAX, BODY_ANONYMOUS_MAX},
    [AUTHOR_OWNER] = {3, 64, 64, BODY_MAX},
};

/* --- Reading --- */

static bool all_of(struct bytes text, const char *others)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!fits && (c == '\0' || strchr(others, c) == NULL))
            return false;
    }
    return true;
}

static struct bytes read_kind(struct reader *reader)
{
    struct bytes kind = read_text(reader, "kind", 1, KIND_MAX);

    if (!reader->failed && !(kind.data[0] >= 'a' && kind.data[0] <= 'z' && all_of(kind, "_")))
        reader_refuse(reader, "kind: not a lower-case letter, then such letters, digits and '_'");
    return kind;
}

/* Each space has a word before it and one after it. */
static bool are_spaced(struct bytes words)
{
    for (size_t i = 0; i < words.size; i++)
        if (words.data[i] == ' ' && (i == 0 || words.data[i - 1] == ' ' || i + 1 == words.size))
            return false;
    return true;
}

static struct bytes read_topic(struct reader *reader)
{
    struct bytes topic = read_text(reader, "topic", 0, TOPIC_MAX);

    if (!reader->failed && !(all_of(topic, "-/ ") && are_spaced(topic)))
        reader_refuse(reader, "topic: not words of a-z 0-9 - / with one space between two");
    return topic;
}

static void read_named(struct reader *reader, struct author *author)
{
    read_fixed(reader, "authority", author->feed.authority.bytes, DIGEST_SIZE);
    author->feed.number = (uint32_t)read_number(reader, "feed", 1, UINT32_MAX);
    author->seq = read_number(reader, "seq", 1, SEQ_MAX);
    bool first = read_nil(reader);
    if (!first)
        read_fixed(reader, "prev", author->prev.bytes, DIGEST_SIZE);
    if (first && author->seq != 1)
        reader_refuse(reader, "prev: missing, though seq is %" PRIu64, author->seq);
    if (!first && author->seq == 1)
        reader_refuse(reader, "prev: given, though seq is 1");
}

static void read_anonymous(struct reader *reader, struct author *author)
{
    read_fixed(reader, "ring", author->ring.bytes, DIGEST_SIZE);
    read_array(reader, "scopes", 2, 2);
    for (size_t i = 0; i < 2; i++) {
        read_array(reader, "scope", 2, 2);
        author->scopes[i].kind = (uint8_t)read_number(reader, "scope kind", 0, UINT8_MAX);
        author->scopes[i].id = read_bytes(reader, "scope id", 0, SCOPE_ID_MAX);
    }
    read_array(reader, "tags", 2, 2);
    for (size_t i = 0; i < 2; i++)
        read_fixed(reader, "tag", author->tags[i].bytes, DIGEST_SIZE);
    read_fixed(reader, "owner key", author->owner.bytes, sizeof author->owner.bytes);
}

static void read_owner(struct reader *reader, struct author *author)
{
    read_fixed(reader, "owned record", author->record.bytes, DIGEST_SIZE);
    author->n = (uint32_t)read_number(reader, "n", 0, OWNER_RECORDS_MAX - 1);
}

static void read_author(struct reader *reader, struct author *author)
{
    static void (*const read_form[])(struct reader *, struct author *) = {
        [AUTHOR_NAMED] = read_named,
        [AUTHOR_ANONYMOUS] = read_anonymous,
        [AUTHOR_OWNER] = read_owner,
    };
    size_t items = read_array(reader, "author", 1, 5);

    author->form = (enum author_form)read_number(reader, "author form", 0, AUTHOR_OWNER);
    if (!reader->failed && items != forms[author->form].items)
        reader_refuse(reader, "author: %zu items, expected %zu", items, forms[author->form].items);
    read_form[author->form](reader, author);
}

static void read_references(struct reader *reader, struct header *header)
{
    header->reference_count = read_array(reader, "references", 0, REFERENCES_MAX);
    for (size_t i = 0; i < header->reference_count; i++) {
        struct reference *reference = &header->references[i];
        read_array(reader, "reference", 2, 2);
        reference->relation = (uint8_t)read_number(reader, "relation", 0, UINT8_MAX);
        read_fixed(reader, "reference id", reference->id.bytes, DIGEST_SIZE);
    }
}

static bool read_header(struct bytes bytes, struct header *header, struct fault *fault)
{
    struct reader reader = reader_of(bytes, fault);

    read_array(&reader, "items", 10, 10);
    read_number(&reader, "version", RECORD_VERSION, RECORD_VERSION);
    read_fixed(&reader, "network", header->network.bytes, DIGEST_SIZE);
    header->kind = read_kind(&reader);
    read_author(&reader, &header->author);
    header->time_ms = (int64_t)read_number(&reader, "time", 0, TIME_MAX);
    header->topic = read_topic(&reader);
    read_references(&reader, header);
    read_fixed(&reader, "commitment", header->commitment.bytes, DIGEST_SIZE);
    uint32_t body_most = forms[header->author.form].body_most;
    header->body_size = (uint32_t)read_number(&reader, "body size", 0, body_most);
    if (!read_nil(&reader)) {
        uint64_t after_time = (uint64_t)header->time_ms + 1;
        header->expiry_ms = (int64_t)read_number(&reader, "expiry", after_time, TIME_MAX);
    }
    return reader_end(&reader) || fault_prefix(fault, "header");
}

static bool check_proof(const struct record *record, struct fault *fault)
{
    size_t least = forms[record->header.author.form].proof_least;
    size_t most = forms[record->header.author.form].proof_most;

    if (record->proof.size >= least && record->proof.size <= most)
        return true;
    return fault_refuse(fault, REFUSED_MALFORMED, "proof: got %zu, expected %zu to %zu",
                        record->proof.size, least, most);
}

static struct digest id_of(struct bytes header, struct bytes proof)
{
    struct digest_state state;

    digest_begin(&state, PURPOSE_RECORD_ID);
    digest_add_be4(&state, (uint32_t)header.size);
    digest_add(&state, header.data, header.size);
    digest_add(&state, proof.data, proof.size);
    return digest_end(&state);
}

/* As it came, or is about to go. */
struct body {
    struct salt salt;
    struct bytes packed;
};

static bool body_is_committed(const struct record *record, const struct body *body)
{
    struct digest commitment = commitment_of(&body->salt, body->packed.data, body->packed.size);

    return digest_equal(&commitment, &record->header.commitment);
}

static struct bytes copy(uint8_t *to, struct bytes from)
{
    if (from.size > 0)
        memcpy(to, from.data, from.size);
    return bytes_of(to, from.size);
}

/* A record of these parts, its header read; NULL when the header is not one. The body comes later.
 * `id`: the one it has, NULL where that is not known. */
static struct record *record_of(const struct digest *id, struct bytes header, struct bytes proof,
                                size_t body_size, struct fault *fault)
{
    struct record *record =
        memory_grow(NULL, 1, sizeof *record + header.size + proof.size + body_size);

    *record = (struct record){.holds = 1}; /* What comes after it need not be zeros. */
    record->header_bytes = copy(record->memory, header);
    record->proof = copy(record->memory + header.size, proof);
    record->packed = bytes_of(record->memory + header.size + proof.size, 0);
    if (!read_header(record->header_bytes, &record->header, fault) || !check_proof(record, fault)) {
        record_free(record);
        return NULL;
    }
    record->id = id == NULL ? id_of(header, proof) : *id;
    return record;
}

/* False where it says that it is of another size than the header has. */
static bool set_body(struct record *record, const struct body *body)
{
    if (!packed_claims(body->packed, record->header.body_size))
        return false;
    record->packed =
        copy(record->memory + record->header_bytes.size + record->proof.size, body->packed);
    record->salt = body->salt;
    record->has_body = true;
    return true;
}

/* The same; false too where it is not the one committed to. */
static bool take_body(struct record *record, const struct body *body)
{
    return body_is_committed(record, body) && set_body(record, body);
}

static bool of_network(const struct record *record, const struct digest *network,
                       struct fault *fault)
{
    char got[2 * 8 + 1], expected[2 * 8 + 1];

    if (network == NULL || digest_equal(&record->header.network, network))
        return true;
    hex_of(got, record->header.network.bytes, 8);
    hex_of(expected, network->bytes, 8);
    return fault_refuse(fault, REFUSED_NETWORK, "network: got %s..., expected %s...", got,
                        expected);
}

static void read_body(struct reader *reader, struct body *body)
{
    read_array(reader, "body", 2, 2);
    read_fixed(reader, "salt", body->salt.bytes, sizeof body->salt.bytes);
    body->packed = read_bytes(reader, "packed", 0, BODY_PACKED_MAX);
}

static bool always(void *context, const struct record *record)
{
    (void)context;
    (void)record;
    return true;
}

struct record *record_read(struct bytes wire, const struct digest *network, bool *wrong_body,
                           struct fault *fault)
{
    return record_read_wanted(wire, network, always, NULL, wrong_body, fault);
}

struct record *record_read_wanted(struct bytes wire, const struct digest *network,
                                  record_wants_body *wants, void *context, bool *wrong_body,
                                  struct fault *fault)
{
    struct reader reader = reader_of(wire, fault);
    struct body body = {.packed = {0}};

    *wrong_body = false;
    read_array(&reader, "record", 3, 3);
    struct bytes header = read_bytes(&reader, "header", 1, HEADER_MAX);
    struct bytes proof = read_bytes(&reader, "proof", 1, PROOF_MAX);
    bool has_body = !read_nil(&reader);
    if (has_body)
        read_body(&reader, &body);
    if (!reader_end(&reader))
        return NULL;

    struct record *record = record_of(NULL, header, proof, body.packed.size, fault);
    if (record == NULL)
        return NULL;
    if (!of_network(record, network, fault)) {
        record_free(record);
        return NULL;
    }
    *wrong_body = has_body && wants(context, record) && !take_body(record, &body);
    return record;
}

/* `kept` under this id, NULL: it comes from elsewhere. */
static struct record *join(const struct digest *kept, struct bytes header, struct bytes proof,
                           const struct salt *salt, struct bytes packed, struct fault *fault)
{
    if (header.size > HEADER_MAX || packed.size > BODY_PACKED_MAX) {
        fault_refuse(fault, REFUSED_MALFORMED, "record: header of %zu bytes, body of %zu",
                     header.size, packed.size);
        return NULL;
    }
    struct record *record = record_of(kept, header, proof, salt == NULL ? 0 : packed.size, fault);
    if (record == NULL || salt == NULL)
        return record;
    const struct body body = {*salt, packed};
    if ((kept != NULL ? set_body : take_body)(record, &body))
        return record;
    record_free(record);
    if (kept != NULL)
        fault_set(fault, FAULT_SELF, "body: it is damaged");
    else
        fault_refuse(fault, REFUSED_COMMITMENT,
                     "body: not the one the header commits to, or not of its size");
    return NULL;
}

struct record *record_join(struct bytes header, struct bytes proof, const struct salt *salt,
                           struct bytes packed, struct fault *fault)
{
    return join(NULL, header, proof, salt, packed, fault);
}

struct record *record_join_kept(const struct digest *id, struct bytes header, struct bytes proof,
                                const struct salt *salt, struct bytes packed, struct fault *fault)
{
    return join(id, header, proof, salt, packed, fault);
}

/* --- Writing --- */

static void write_digest(struct buffer *to, const struct digest *digest)
{
    write_bytes(to, digest->bytes, sizeof digest->bytes);
}

static void write_named(struct buffer *to, const struct author *author)
{
    write_digest(to, &author->feed.authority);
    write_number(to, author->feed.number);
    write_number(to, author->seq);
    if (author->seq == 1)
        write_nil(to);
    else
        write_digest(to, &author->prev);
}

static void write_anonymous(struct buffer *to, const struct author *author)
{
    write_digest(to, &author->ring);
    write_array(to, 2);
    for (size_t i = 0; i < 2; i++) {
        write_array(to, 2);
        write_number(to, author->scopes[i].kind);
        write_bytes(to, author->scopes[i].id.data, author->scopes[i].id.size);
    }
    write_array(to, 2);
    for (size_t i = 0; i < 2; i++)
        write_digest(to, &author->tags[i]);
    write_bytes(to, author->owner.bytes, sizeof author->owner.bytes);
}

static void write_owner(struct buffer *to, const struct author *author)
{
    write_digest(to, &author->record);
    write_number(to, author->n);
}

static void write_author(struct buffer *to, const struct author *author)
{
    static void (*const write_form[])(struct buffer *, const struct author *) = {
        [AUTHOR_NAMED] = write_named,
        [AUTHOR_ANONYMOUS] = write_anonymous,
        [AUTHOR_OWNER] = write_owner,
    };

    write_array(to, forms[author->form].items);
    write_number(to, author->form);
    write_form[author->form](to, author);
}

static void write_header(struct buffer *to, const struct header *header,
                         const struct digest *commitment, size_t body_size)
{
    write_array(to, 10);
    write_number(to, RECORD_VERSION);
    write_digest(to, &header->network);
    write_text(to, header->kind);
    write_author(to, &header->author);
    write_number(to, (uint64_t)header->time_ms);
    write_text(to, header->topic);
    write_array(to, header->reference_count);
    for (size_t i = 0; i < header->reference_count; i++) {
        write_array(to, 2);
        write_number(to, header->references[i].relation);
        write_digest(to, &header->references[i].id);
    }
    write_digest(to, commitment);
    write_number(to, body_size);
    if (header->expiry_ms == 0)
        write_nil(to);
    else
        write_number(to, (uint64_t)header->expiry_ms);
}

/* What we sign, we can read: every field is within its limits. Header and body are given up. */
static struct record *join_signed(struct buffer *header, struct bytes proof,
                                  const struct salt *salt, struct buffer *packed)
{
    struct fault fault;
    struct record *record =
        record_join(buffer_view(header), proof, salt, buffer_view(packed), &fault);

    assert(record != NULL);
    buffer_release(header);
    buffer_release(packed);
    return record;
}

struct record *record_sign(const struct header *header, const struct salt *salt,
                           struct bytes content, const struct signing_key *key)
{
    assert(header->author.form != AUTHOR_ANONYMOUS && header->reference_count <= REFERENCES_MAX);

    struct buffer bytes = {0}, packed = {0};
    struct signature proof;

    (header->author.form == AUTHOR_NAMED ? content_pack : content_wrap)(content, &packed);
    struct digest commitment = commitment_of(salt, packed.data, packed.size);
    write_header(&bytes, header, &commitment, content.size);
    signature_make(&proof, PURPOSE_RECORD, bytes.data, bytes.size, key);
    return join_signed(&bytes, bytes_of(proof.bytes, sizeof proof.bytes), salt, &packed);
}

static struct ring_scope scope_of(const struct author *author, size_t at)
{
    struct bytes id = author->scopes[at].id;

    return (struct ring_scope){author->scopes[at].kind, id.data, id.size};
}

/* What an anonymous author signs; `bytes` are the header's. */
static struct ring_statement statement_of(const struct header *header, struct bytes bytes,
                                          const struct ring_members *ring)
{
    return (struct ring_statement){
        .network = &header->network,
        .ring = *ring,
        .scopes = {scope_of(&header->author, 0), scope_of(&header->author, 1)},
        .tags = {header->author.tags[0], header->author.tags[1]},
        .message = bytes.data,
        .size = bytes.size,
    };
}

struct record *record_sign_anonymous(const struct header *header, const struct salt *salt,
                                     struct bytes content, const struct ring_members *ring,
                                     const struct ring_key *key)
{
    size_t size = ring_signature_size(ring->count);

    assert(header->author.form == AUTHOR_ANONYMOUS && header->reference_count <= REFERENCES_MAX);
    assert(size <= PROOF_MAX);

    struct header full = *header;
    struct buffer bytes = {0}, packed = {0};
    uint8_t proof[PROOF_MAX];

    content_wrap(content, &packed);
    struct digest commitment = commitment_of(salt, packed.data, packed.size);

    full.author.ring = ring_digest(ring->epoch, ring->keys, ring->count);
    for (size_t i = 0; i < 2; i++) {
        struct ring_scope scope = scope_of(&full.author, i);
        ring_tag(&full.author.tags[i], key, &full.network, ring->epoch, &scope);
    }
    write_header(&bytes, &full, &commitment, content.size);
    struct ring_statement statement = statement_of(&full, buffer_view(&bytes), ring);
    ring_sign(proof, &statement, key);
    return join_signed(&bytes, bytes_of(proof, size), salt, &packed);
}

void record_write(const struct record *record, bool body, struct buffer *wire)
{
    write_array(wire, 3);
    write_bytes(wire, record->header_bytes.data, record->header_bytes.size);
    write_bytes(wire, record->proof.data, record->proof.size);
    if (!body || !record->has_body) {
        write_nil(wire);
        return;
    }
    write_array(wire, 2);
    write_bytes(wire, record->salt.bytes, sizeof record->salt.bytes);
    write_bytes(wire, record->packed.data, record->packed.size);
}

struct record *record_bare(const struct record *record)
{
    struct fault fault;
    struct record *bare =
        record_join(record->header_bytes, record->proof, NULL, bytes_of("", 0), &fault);

    assert(bare != NULL);
    return bare;
}

/* --- Holding and asking --- */

bool topic_has(struct bytes topic, struct bytes word)
{
    assert(word.size > 0);
    for (size_t at = 0; at < topic.size;) {
        const uint8_t *space = memchr(topic.data + at, ' ', topic.size - at);
        size_t end = space == NULL ? topic.size : (size_t)(space - topic.data);
        if (end - at >= word.size && memcmp(topic.data + at, word.data, word.size) == 0 &&
            (end - at == word.size || topic.data[at + word.size] == '/'))
            return true;
        at = end + 1;
    }
    return false;
}

struct record *record_hold(struct record *record)
{
    atomic_fetch_add(&record->holds, 1);
    return record;
}

void record_free(struct record *record)
{
    if (record == NULL)
        return;
    unsigned before = atomic_fetch_sub(&record->holds, 1);
    assert(before > 0);
    if (before == 1)
        free(record);
}

const struct digest *record_id(const struct record *record)
{
    return &record->id;
}

const struct header *record_header(const struct record *record)
{
    return &record->header;
}

struct bytes record_header_bytes(const struct record *record)
{
    return record->header_bytes;
}

struct bytes record_proof(const struct record *record)
{
    return record->proof;
}

bool record_has_body(const struct record *record)
{
    return record->has_body;
}

const struct salt *record_salt(const struct record *record)
{
    return record->has_body ? &record->salt : NULL;
}

struct bytes record_packed(const struct record *record)
{
    return record->packed;
}

struct bytes record_content(const struct record *record)
{
    return content_unpack(record->packed);
}

bool record_proven_by(const struct record *record, const struct public_key *key)
{
    struct signature proof;

    if (record->header.author.form == AUTHOR_ANONYMOUS)
        return false;
    memcpy(proof.bytes, record->proof.data, sizeof proof.bytes);
    return signature_holds(&proof, PURPOSE_RECORD, record->header_bytes.data,
                           record->header_bytes.size, key);
}

bool record_proven_in(const struct record *record, const struct ring_members *ring)
{
    struct ring_statement statement = statement_of(&record->header, record->header_bytes, ring);

    return record->header.author.form == AUTHOR_ANONYMOUS &&
           ring_signature_holds(&statement, record->proof.data, record->proof.size);
}

/* --- Bodies --- */

enum body_form { BODY_PLAIN };

void body_wrap(struct bytes map, struct buffer *content)
{
    write_array(content, 2);
    write_number(content, BODY_PLAIN);
    buffer_append(content, map);
}

static bool is_map(struct bytes value)
{
    uint8_t first = value.data[0];

    return (first >= 0x80 && first <= 0x8f) || first == 0xde || first == 0xdf;
}

bool body_open(struct bytes content, struct bytes *map, struct fault *fault)
{
    struct reader reader = reader_of(content, fault);
    size_t items = read_array(&reader, "body", 1, 16);
    uint64_t form = read_number(&reader, "body form", 0, UINT32_MAX);

    if (!reader.failed && form != BODY_PLAIN)
        return fault_set(fault, FAULT_ABSENT,
                         "body: of form %" PRIu64 ", for other readers than this node", form);
    if (!reader.failed && items != 2)
        reader_refuse(&reader, "body: %zu items, expected 2", items);
    *map = read_any(&reader, "body");
    if (!reader.failed && !is_map(*map))
        reader_refuse(&reader, "body: not a map");
    return reader_end(&reader);
}
