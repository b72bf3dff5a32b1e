#include "protocol/record.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/reader.h"
#include "protocol/writer.h"

#define RECORD_VERSION 1

struct record {
    size_t holds;
    struct digest id;
    struct header header; /* Its bytes point into `memory`, as those below. */
    struct bytes header_bytes, proof, content;
    bool has_body;
    struct salt salt;
    uint8_t memory[]; /* header ‖ proof ‖ content */
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

static struct bytes read_topic(struct reader *reader)
{
    struct bytes topic = read_text(reader, "topic", 0, TOPIC_MAX);

    if (!reader->failed && !all_of(topic, "-/"))
        reader_refuse(reader, "topic: not only lower-case letters, digits, '-' and '/'");
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

static bool body_is_committed(const struct record *record, const struct salt *salt,
                              struct bytes content)
{
    if (content.size != record->header.body_size)
        return false;
    struct digest commitment = commitment_of(salt, content.data, content.size);
    return digest_equal(&commitment, &record->header.commitment);
}

static struct bytes copy(uint8_t *to, struct bytes from)
{
    if (from.size > 0)
        memcpy(to, from.data, from.size);
    return bytes_of(to, from.size);
}

/* A record of these parts, its header read; NULL when the header is not one. The body comes later.
 */
static struct record *record_of(struct bytes header, struct bytes proof, size_t content_size,
                                struct fault *fault)
{
    struct record *record = memory_new(1, sizeof *record + header.size + proof.size + content_size);

    record->holds = 1;
    record->header_bytes = copy(record->memory, header);
    record->proof = copy(record->memory + header.size, proof);
    record->content = bytes_of(record->memory + header.size + proof.size, 0);
    if (!read_header(record->header_bytes, &record->header, fault) || !check_proof(record, fault)) {
        record_free(record);
        return NULL;
    }
    record->id = id_of(header, proof);
    return record;
}

/* False where it is not the one committed to. */
static bool take_body(struct record *record, const struct salt *salt, struct bytes content)
{
    if (!body_is_committed(record, salt, content))
        return false;
    record->content =
        copy(record->memory + record->header_bytes.size + record->proof.size, content);
    record->salt = *salt;
    record->has_body = true;
    return true;
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

struct record *record_read(struct bytes wire, const struct digest *network, bool *wrong_body,
                           struct fault *fault)
{
    struct reader reader = reader_of(wire, fault);
    struct bytes content = {0};
    struct salt salt = {0};

    *wrong_body = false;
    read_array(&reader, "record", 3, 3);
    struct bytes header = read_bytes(&reader, "header", 1, HEADER_MAX);
    struct bytes proof = read_bytes(&reader, "proof", 1, PROOF_MAX);
    bool has_body = !read_nil(&reader);
    if (has_body) {
        read_array(&reader, "body", 2, 2);
        read_fixed(&reader, "salt", salt.bytes, sizeof salt.bytes);
        content = read_bytes(&reader, "content", 0, BODY_MAX);
    }
    if (!reader_end(&reader))
        return NULL;

    struct record *record = record_of(header, proof, content.size, fault);
    if (record == NULL)
        return NULL;
    if (!of_network(record, network, fault)) {
        record_free(record);
        return NULL;
    }
    *wrong_body = has_body && !take_body(record, &salt, content);
    return record;
}

struct record *record_join(struct bytes header, struct bytes proof, const struct salt *salt,
                           struct bytes content, struct fault *fault)
{
    if (header.size > HEADER_MAX || content.size > BODY_MAX) {
        fault_refuse(fault, REFUSED_MALFORMED, "record: header of %zu bytes, body of %zu",
                     header.size, content.size);
        return NULL;
    }
    struct record *record = record_of(header, proof, salt == NULL ? 0 : content.size, fault);
    if (record == NULL || salt == NULL || take_body(record, salt, content))
        return record;
    fault_refuse(fault, REFUSED_COMMITMENT, "body: not the one the header commits to");
    record_free(record);
    return NULL;
}

/* --- Writing --- */

static void write_digest(struct buffer *to, const struct digest *digest)
{
    write_bytes(to, digest->bytes, sizeof digest->bytes);
}

static void write_named(struct buffer *to, const struct author *author)
{
    write_array(to, forms[AUTHOR_NAMED].items);
    write_number(to, AUTHOR_NAMED);
    write_digest(to, &author->feed.authority);
    write_number(to, author->feed.number);
    write_number(to, author->seq);
    if (author->seq == 1)
        write_nil(to);
    else
        write_digest(to, &author->prev);
}

static void write_header(struct buffer *to, const struct header *header,
                         const struct digest *commitment, size_t body_size)
{
    write_array(to, 10);
    write_number(to, RECORD_VERSION);
    write_digest(to, &header->network);
    write_text(to, header->kind);
    write_named(to, &header->author);
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

struct record *record_sign(const struct header *header, const struct salt *salt,
                           struct bytes content, const struct signing_key *key)
{
    assert(header->author.form == AUTHOR_NAMED && header->reference_count <= REFERENCES_MAX);

    struct digest commitment = commitment_of(salt, content.data, content.size);
    struct buffer bytes = {0};
    struct signature proof;
    struct fault fault;

    write_header(&bytes, header, &commitment, content.size);
    signature_make(&proof, PURPOSE_RECORD, bytes.data, bytes.size, key);
    struct record *record = record_join(
        buffer_view(&bytes), bytes_of(proof.bytes, sizeof proof.bytes), salt, content, &fault);
    assert(record != NULL); /* What we sign, we can read: every field is within its limits. */
    buffer_release(&bytes);
    return record;
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
    write_bytes(wire, record->content.data, record->content.size);
}

/* --- Holding and asking --- */

struct record *record_hold(struct record *record)
{
    record->holds++;
    return record;
}

void record_free(struct record *record)
{
    if (record == NULL)
        return;
    assert(record->holds > 0);
    if (--record->holds == 0)
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

struct bytes record_content(const struct record *record)
{
    return record->content;
}

bool record_proven_by(const struct record *record, const struct public_key *key)
{
    struct signature proof;

    if (record->header.author.form != AUTHOR_NAMED)
        return false;
    memcpy(proof.bytes, record->proof.data, sizeof proof.bytes);
    return signature_holds(&proof, PURPOSE_RECORD, record->header_bytes.data,
                           record->header_bytes.size, key);
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
