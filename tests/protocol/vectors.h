#ifndef CANDOUR_TESTS_VECTORS_H
#define CANDOUR_TESTS_VECTORS_H

#include "protocol/record.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Golden files under tests/vectors/ are part of the specification: a second implementation is right
 * when it agrees with them. They are made here, from fixed seeds, and compared on every run;
 * CANDOUR_WRITE_VECTORS=1 writes them anew. */

static struct buffer json;

static inline void put_hex(const char *name, const void *data, size_t size)
{
    char *text = memory_new(2 * size + 1, 1);

    hex_of(text, data, size);
    buffer_printf(&json, "     \"%s\": \"%s\",\n", name, text);
    free(text);
}

static inline void put_number(const char *name, int64_t number)
{
    buffer_printf(&json, "     \"%s\": %" PRId64 ",\n", name, number);
}

static inline void put_text(const char *name, struct bytes text)
{
    buffer_printf(&json, "     \"%s\": \"%.*s\",\n", name, (int)text.size, (const char *)text.data);
}

static inline void begin(const char *name)
{
    buffer_printf(&json, "    {\"name\": \"%s\",\n", name);
}

/* Takes back the last comma. */
static inline void end(const char *closing)
{
    json.size -= 2;
    buffer_printf(&json, "%s,\n", closing);
}

static inline void put_references(const struct header *header)
{
    char hex[2 * DIGEST_SIZE + 1];

    buffer_append_text(&json, "     \"references\": [");
    for (size_t i = 0; i < header->reference_count; i++) {
        hex_of(hex, header->references[i].id.bytes, DIGEST_SIZE);
        buffer_printf(&json, "%s[%u, \"%s\"]", i == 0 ? "" : ", ", header->references[i].relation,
                      hex);
    }
    buffer_append_text(&json, "],\n");
}

static inline void put_named(const struct author *author)
{
    put_hex("authority", author->feed.authority.bytes, DIGEST_SIZE);
    put_number("feed", author->feed.number);
    put_number("seq", (int64_t)author->seq);
    if (author->seq == 1)
        buffer_append_text(&json, "     \"prev\": null,\n");
    else
        put_hex("prev", author->prev.bytes, DIGEST_SIZE);
}

static inline void put_anonymous(const struct author *author)
{
    char ids[2][2 * SCOPE_ID_MAX + 1], tags[2][2 * DIGEST_SIZE + 1];

    put_hex("ring", author->ring.bytes, DIGEST_SIZE);
    for (size_t i = 0; i < 2; i++) {
        hex_of(ids[i], author->scopes[i].id.data, author->scopes[i].id.size);
        hex_of(tags[i], author->tags[i].bytes, DIGEST_SIZE);
    }
    buffer_printf(&json, "     \"scopes\": [[%u, \"%s\"], [%u, \"%s\"]],\n", author->scopes[0].kind,
                  ids[0], author->scopes[1].kind, ids[1]);
    buffer_printf(&json, "     \"tags\": [\"%s\", \"%s\"],\n", tags[0], tags[1]);
    put_hex("owner", author->owner.bytes, sizeof author->owner.bytes);
}

static inline void put_owner(const struct author *author)
{
    put_hex("record", author->record.bytes, DIGEST_SIZE);
    put_number("n", author->n);
}

static inline void put_author(const struct author *author)
{
    static void (*const put[])(const struct author *) = {
        [AUTHOR_NAMED] = put_named,
        [AUTHOR_ANONYMOUS] = put_anonymous,
        [AUTHOR_OWNER] = put_owner,
    };

    put_number("author_form", author->form);
    put[author->form](author);
}

static inline void put_fields(const struct header *header)
{
    put_hex("network", header->network.bytes, DIGEST_SIZE);
    put_text("kind", header->kind);
    put_author(&header->author);
    put_number("time", header->time_ms);
    put_text("topic", header->topic);
    put_references(header);
    put_hex("commitment", header->commitment.bytes, DIGEST_SIZE);
    put_number("body_size", header->body_size);
    if (header->expiry_ms == 0)
        buffer_append_text(&json, "     \"expiry\": null,\n");
    else
        put_number("expiry", header->expiry_ms);
}

static inline void put_wire(const struct record *record)
{
    struct buffer wire = {0};

    record_write(record, true, &wire);
    put_hex("wire", wire.data, wire.size);
    buffer_release(&wire);
}

/* All that a record consists of, after its fields. */
static inline void put_parts(const struct record *record)
{
    if (record_has_body(record)) {
        put_hex("salt", record_salt(record)->bytes, sizeof(struct salt));
        put_hex("packed", record_packed(record).data, record_packed(record).size);
    }
    put_hex("header", record_header_bytes(record).data, record_header_bytes(record).size);
    put_hex("proof", record_proof(record).data, record_proof(record).size);
    put_hex("id", record_id(record)->bytes, DIGEST_SIZE);
    put_wire(record);
}

static inline void write_file(const char *path)
{
    FILE *file = fopen(path, "w");

    cr_assert_not_null(file);
    cr_assert_eq(fwrite(json.data, 1, json.size, file), json.size);
    cr_assert_eq(fclose(file), 0);
}

static inline struct buffer read_file(const char *path)
{
    struct buffer text = {0};
    FILE *file = fopen(path, "r");
    uint8_t piece[4096];

    cr_assert_not_null(file, "%s is missing: make it with CANDOUR_WRITE_VECTORS=1", path);
    for (size_t size; (size = fread(piece, 1, sizeof piece, file)) > 0;)
        buffer_append(&text, bytes_of(piece, size));
    fclose(file);
    return text;
}

/* What was made is what the file says. */
static inline void expect_golden(const char *path)
{
    size_t same = 0;

    if (getenv("CANDOUR_WRITE_VECTORS") != NULL)
        write_file(path);
    struct buffer golden = read_file(path);
    while (same < golden.size && same < json.size && golden.data[same] == json.data[same])
        same++;
    cr_expect(bytes_equal(buffer_view(&golden), buffer_view(&json)),
              "%s differs from byte %zu on: a format changed", path, same);
    buffer_release(&golden);
    buffer_release(&json);
}

#endif
