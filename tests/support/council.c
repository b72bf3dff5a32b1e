#include "tests/support/council.h"

#include "crypto/secret.h"
#include "protocol/form.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_MS INT64_C(1767225600000) /* 1 January 2026 */

struct digest council_network(void)
{
    return digest_of("candour tests: network", "", 0);
}

struct council council_new(const char *name)
{
    crypto_start();
    struct digest seed = digest_of("candour tests: seed", name, strlen(name));
    struct council council = {
        .network = council_network(),
        .key = signing_key_from_seed(seed.bytes),
        .feed = {digest_of("candour tests: authority", name, strlen(name)), 1},
        .time_ms = FIRST_MS,
    };

    return council;
}

void council_release(struct council *council)
{
    signing_key_free(council->key);
    council->key = NULL;
}

static struct record *sign(struct council *council, struct header *header, struct bytes content)
{
    struct digest salt_of = digest_of("candour tests: salt", &council->seq, sizeof council->seq);
    struct salt salt;

    memcpy(salt.bytes, salt_of.bytes, sizeof salt.bytes);
    council->time_ms += 60 * 1000;
    header->network = council->network;
    header->time_ms = council->time_ms;
    header->author = (struct author){.form = AUTHOR_NAMED,
                                     .feed = council->feed,
                                     .seq = council->seq + 1,
                                     .prev = council->prev};
    struct record *record = record_sign(header, &salt, content, council->key);
    council->seq++;
    council->prev = *record_id(record);
    return record;
}

static void refer(struct header *header, enum relation relation, const struct digest *id)
{
    header->references[header->reference_count++] =
        (struct reference){.relation = (uint8_t)relation, .id = *id};
}

struct record *council_say(struct council *council, const char *kind, struct bytes content,
                           const struct digest *about)
{
    struct header header = {.kind = bytes_of_text(kind)};

    if (about != NULL)
        refer(&header, RELATION_ABOUT, about);
    return sign(council, &header, content);
}

static struct document *parse(const char *file)
{
    struct problems problems = {0};
    const char *kind = file_kind(bytes_of_text(file));
    struct document *document =
        document_parse(form_of(kind == NULL ? "lesson" : kind), bytes_of_text(file), &problems);

    for (size_t i = 0; i < problems.count; i++)
        fprintf(stderr, "%s\n", problems.list[i].text);
    assert(problems.count == 0);
    problems_release(&problems);
    return document;
}

static struct digest id_of_text(const struct council *council, struct bytes text)
{
    struct digest id = council->prev;
    char hex[2 * DIGEST_SIZE + 1] = "";

    if (text.size == 2 * DIGEST_SIZE) {
        memcpy(hex, text.data, text.size);
        bool read = hex_read(id.bytes, DIGEST_SIZE, hex);
        assert(read);
    }
    return id;
}

static void refer_as_said(const struct council *council, const struct document *document,
                          struct header *header)
{
    const struct form *form = document_form(document);

    for (size_t i = 0; i < form->count; i++) {
        const struct field *field = &form->fields[i];
        for (size_t k = 0;
             field->target != NULL && field->header && k < document_count(document, field->key);
             k++) {
            struct digest id = id_of_text(council, document_item(document, field->key, k));
            refer(header, (enum relation)field->target->relation, &id);
        }
    }
}

static struct record *publish(struct council *council, const char *file,
                              const struct digest *supersedes)
{
    struct document *document = parse(file);
    const struct form *form = document_form(document);
    struct header header = {.kind = bytes_of_text(form->kind)};
    struct buffer map = {0}, content = {0};
    struct fault fault;

    if (form_has(form, "topic"))
        header.topic = document_text(document, "topic");
    refer_as_said(council, document, &header);
    bool later = document_expiry(document, 0, &header.expiry_ms, &fault);
    assert(later);
    if (supersedes != NULL)
        refer(&header, RELATION_SUPERSEDES, supersedes);
    document_write(document, &map);
    body_wrap(buffer_view(&map), &content);
    struct record *record = sign(council, &header, buffer_view(&content));
    buffer_release(&map);
    buffer_release(&content);
    document_free(document);
    return record;
}

struct record *council_publish(struct council *council, const char *file)
{
    return publish(council, file, NULL);
}

static struct record *lesson(struct council *council, const char *title, const char *what_we_did,
                             const struct digest *supersedes)
{
    struct buffer file = {0};

    buffer_printf(&file,
                  "Title: %s\nService: home_care\nOutcome: partly_worked\nStage: midway\n"
                  "Evidence: reasoned_account\nSource: project\n\n## Abstract\nWe tried it.\n\n"
                  "## What we did\n%s\n\n## What did not work\nThe second half.\n\n"
                  "## Recommendation\nBegin small.\n",
                  title, what_we_did);
    struct record *record = publish(council, buffer_text(&file), supersedes);
    buffer_release(&file);
    return record;
}

struct record *council_lesson(struct council *council, const char *title, const char *what_we_did)
{
    return lesson(council, title, what_we_did, NULL);
}

struct record *council_corrects(struct council *council, const char *title,
                                const struct digest *supersedes)
{
    return lesson(council, title, "The same.", supersedes);
}

struct record *without_body(const struct record *record)
{
    struct fault fault;

    return record_join(record_header_bytes(record), record_proof(record), NULL, (struct bytes){0},
                       &fault);
}
