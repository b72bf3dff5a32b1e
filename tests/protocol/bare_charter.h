#ifndef CANDOUR_TESTS_BARE_CHARTER_H
#define CANDOUR_TESTS_BARE_CHARTER_H

#include "protocol/charter_wire.h"
#include "tests/protocol/authors.h"

/* A bundle with a head 1 whose roster nobody has, signed by two of its three stewards, and the
 * rings that it lists, by epoch: enough for line 8 of f, and always the same bytes. */
static inline void bare_head(struct ring *const *rings, size_t count, int64_t release_ms,
                             const struct digest authorities[3], struct signing_key *const keys[3],
                             struct head *head)
{
    *head = (struct head){.name = "Bare",
                          .version = 1,
                          .steward_count = 3,
                          .threshold = 2,
                          .rules = RULES_VERSION,
                          .release_ms = release_ms,
                          .roster = digest_numbered(99),
                          .ring_count = count};
    for (size_t i = 0; i < 3; i++) {
        size_t at = 0;
        for (size_t k = 0; k < 3; k++)
            at += digest_compare(&authorities[k], &authorities[i]) < 0;
        head->stewards[at] = (struct steward){authorities[i], *signing_key_public(keys[i])};
    }
    for (size_t i = 0; i < count; i++) {
        head->rings[i].epoch = rings[i]->epoch;
        head->rings[i].digest = rings[i]->digest;
    }
}

static inline void bare_charter(struct ring *const *rings, size_t count, int64_t release_ms,
                                struct buffer *wire)
{
    struct digest authorities[3];
    struct signing_key *keys[3];
    struct buffer bytes = {0};
    struct bundle bundle = {0};
    struct head head;
    struct fault fault;

    for (unsigned i = 0; i < 3; i++) {
        authorities[i] = digest_numbered(100 + i);
        keys[i] = key_numbered(110 + i);
    }
    bare_head(rings, count, release_ms, authorities, keys, &head);
    head_write(&head, &bytes);
    struct head_text *text = head_read(buffer_view(&bytes), &fault);
    assert(text != NULL);
    struct bundle_head *signed_head = bundle_add_head(&bundle, text);
    for (size_t i = 0; i < 3; i++) {
        struct head_signature signature;
        head_sign(&signature, &text->head, keys[i]);
        if (i < 2)
            bundle_head_put(signed_head, &signature);
        signing_key_free(keys[i]);
    }
    bundle_add_rings(&bundle, rings, count);
    bundle_write(&bundle, wire);
    bundle_release(&bundle);
    head_free(text);
    buffer_release(&bytes);
}

#endif
