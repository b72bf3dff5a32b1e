#include "protocol/anonymous.h"
#include "tests/simulation/world.h"

#include <string.h>

/* Hundreds of nodes check the same signatures; here each is checked once a run. Records are asked
 * for by the replica's settings. Cards, heads and halts have no such door, so the program is linked
 * with --wrap for the two functions of crypto/ that they call. */

static struct places answers;

static bool remembered(const struct digest *question, bool *answer)
{
    size_t place = places_find(&answers, question);

    *answer = place == 1;
    return place != NO_PLACE;
}

static bool remember(const struct digest *question, bool answer)
{
    places_put(&answers, question, answer);
    return answer;
}

void memo_clear(void)
{
    places_release(&answers);
}

/* --- Records --- */

static struct digest question_of(const struct record *record, const struct public_key *key)
{
    uint8_t text[DIGEST_SIZE + sizeof *key];

    memcpy(text, record_id(record)->bytes, DIGEST_SIZE);
    memcpy(text + DIGEST_SIZE, key->bytes, sizeof *key);
    return digest_of("simulation: proof", text, sizeof text);
}

bool memo_proven_by(void *context, const struct record *record, const struct public_key *key)
{
    struct digest question = question_of(record, key);
    bool answer;

    (void)context;
    return remembered(&question, &answer) ? answer
                                          : remember(&question, record_proven_by(record, key));
}

void memo_holds(const struct record *record, const struct public_key *key)
{
    struct digest question = question_of(record, key);

    remember(&question, true);
}

/* Once its ring is here the answer is the same at all nodes. */
enum ring_answer memo_ring_holds(const struct charter *charter, const struct record *record)
{
    const struct header *header = record_header(record);
    struct digest question = digest_of("simulation: ring", record_id(record), DIGEST_SIZE);
    const struct ring_public *keys;
    size_t count;
    bool answer;

    if (!charter_ring(charter, &header->author.ring, ring_epoch_of(header->time_ms), &keys, &count))
        return RING_UNKNOWN;
    if (!remembered(&question, &answer))
        answer = remember(&question, anonymous_holds(charter, record));
    return answer ? RING_HOLDS : RING_FAILS;
}

static enum ring_answer ring_holds(void *context, const struct node *node,
                                   const struct record *record)
{
    (void)context;
    return memo_ring_holds(replica_charter(node->replica), record);
}

void memo_hooks(struct county_hooks *hooks)
{
    hooks->proven_by = memo_proven_by;
    hooks->ring_holds = ring_holds;
}

/* --- Cards, heads, halts --- */

bool __real_signature_holds(const struct signature *signature, const char *purpose,
                            const void *statement, size_t size, const struct public_key *author);
bool __wrap_signature_holds(const struct signature *signature, const char *purpose,
                            const void *statement, size_t size, const struct public_key *author);
bool __real_ring_proven(const struct ring_proof *proof, const struct ring_public *key,
                        const struct digest *authority, uint32_t epoch);
bool __wrap_ring_proven(const struct ring_proof *proof, const struct ring_public *key,
                        const struct digest *authority, uint32_t epoch);

bool __wrap_signature_holds(const struct signature *signature, const char *purpose,
                            const void *statement, size_t size, const struct public_key *author)
{
    uint8_t text[STATEMENT_MAX + sizeof *signature + sizeof *author];
    size_t end = size;
    bool answer;

    if (size > STATEMENT_MAX || strcmp(purpose, PURPOSE_RECORD) == 0)
        return __real_signature_holds(signature, purpose, statement, size, author);
    memcpy(text, statement, size);
    memcpy(text + end, signature, sizeof *signature);
    end += sizeof *signature;
    memcpy(text + end, author, sizeof *author);
    end += sizeof *author;
    struct digest question = digest_of(purpose, text, end);
    if (!remembered(&question, &answer))
        answer = remember(&question,
                          __real_signature_holds(signature, purpose, statement, size, author));
    return answer;
}

bool __wrap_ring_proven(const struct ring_proof *proof, const struct ring_public *key,
                        const struct digest *authority, uint32_t epoch)
{
    uint8_t text[sizeof *proof + sizeof *key + sizeof *authority + sizeof epoch];
    uint8_t *end = text;
    bool answer;

    memcpy(end, proof, sizeof *proof);
    end += sizeof *proof;
    memcpy(end, key, sizeof *key);
    end += sizeof *key;
    memcpy(end, authority, sizeof *authority);
    end += sizeof *authority;
    memcpy(end, &epoch, sizeof epoch);
    struct digest question = digest_of("simulation: ring key", text, sizeof text);
    if (!remembered(&question, &answer))
        answer = remember(&question, __real_ring_proven(proof, key, authority, epoch));
    return answer;
}
