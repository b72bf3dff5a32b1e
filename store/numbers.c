#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

/* Feeds and signers by number. A catch-up asks for the same few thousand again and again. */

enum sql { FIND_NETWORK, FIND_FEED, ADD_FEED, FIND_SIGNER, ADD_SIGNER, QUERIES };

static const char *const sql[QUERIES] = {
    [FIND_NETWORK] = "SELECT number FROM network WHERE id = ?1",
    [FIND_FEED] = "SELECT number FROM feed WHERE network = ?1 AND authority = ?2 AND feed = ?3",
    [ADD_FEED] = "INSERT INTO feed (network, authority, feed) VALUES (?1, ?2, ?3)"
                 " RETURNING number",
    [FIND_SIGNER] = "SELECT number FROM signer WHERE key = ?1",
    [ADD_SIGNER] = "INSERT INTO signer (key) VALUES (?1) RETURNING number",
};
const struct wall numbers_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    return statement(store, WALL_NUMBERS, (int)query);
}

/* The number that the query's one row has; 0 where there is none. */
static bool look(struct store *store, sqlite3_stmt *query, int64_t *number, struct fault *fault)
{
    int answer = step(store, query, "looking up a number", fault);

    *number = answer == SQLITE_ROW ? sqlite3_column_int64(query, 0) : 0;
    finish(query);
    return answer == SQLITE_ROW || answer == SQLITE_DONE;
}

bool network_number(struct store *store, const struct digest *network, int64_t *number,
                    struct fault *fault)
{
    *number = store->network;
    if (store->network != 0 && digest_equal(network, &store->network_id))
        return true;
    sqlite3_stmt *query = start(store, FIND_NETWORK);
    bind_digest(query, 1, network);
    return look(store, query, number, fault);
}

/* --- Those used last --- */

#define KEY_SIZE sizeof(((struct numbers *)0)->slots[0].key)

/* Authorities and keys are as if drawn by lot: who draws them to collide costs us a lookup. */
static size_t slot_of(const uint8_t key[static KEY_SIZE])
{
    return ((size_t)key[0] << 8 | key[1]) % NUMBERS_SLOTS;
}

static int64_t recall(const struct numbers *numbers, const uint8_t key[static KEY_SIZE])
{
    size_t at = slot_of(key);

    return memcmp(numbers->slots[at].key, key, KEY_SIZE) == 0 ? numbers->slots[at].number : 0;
}

static void remember(struct numbers *numbers, const uint8_t key[static KEY_SIZE], int64_t number)
{
    size_t at = slot_of(key);

    memcpy(numbers->slots[at].key, key, KEY_SIZE);
    numbers->slots[at].number = number;
}

void numbers_forget(struct store *store)
{
    memset(store->feeds, 0, sizeof *store->feeds);
    memset(store->signers, 0, sizeof *store->signers);
}

/* --- Feeds --- */

static sqlite3_stmt *start_feed(struct store *store, enum sql what, int64_t network,
                                const struct feed *feed)
{
    sqlite3_stmt *query = start(store, what);

    bind_number(query, 1, network);
    bind_digest(query, 2, &feed->authority);
    bind_number(query, 3, feed->number);
    return query;
}

bool feed_number(struct store *store, int64_t network, const struct feed *feed,
                 enum numbering numbering, int64_t *number, struct fault *fault)
{
    uint8_t key[KEY_SIZE];

    memcpy(key, feed->authority.bytes, DIGEST_SIZE);
    memcpy(key + DIGEST_SIZE, &network, 8);
    memcpy(key + DIGEST_SIZE + 8, &feed->number, 4);
    *number = recall(store->feeds, key);
    if (*number != 0)
        return true;
    if (!look(store, start_feed(store, FIND_FEED, network, feed), number, fault))
        return false;
    if (*number == 0 && numbering == NUMBER_MAKE &&
        !look(store, start_feed(store, ADD_FEED, network, feed), number, fault))
        return false;
    remember(store->feeds, key, *number);
    return true;
}

/* --- Signers --- */

static sqlite3_stmt *start_signer(struct store *store, enum sql what, const struct public_key *key)
{
    sqlite3_stmt *query = start(store, what);

    bind_bytes(query, 1, bytes_of(key->bytes, sizeof key->bytes));
    return query;
}

bool signer_number(struct store *store, const struct public_key *signer, int64_t *number,
                   struct fault *fault)
{
    uint8_t key[KEY_SIZE] = {0};

    memcpy(key, signer->bytes, sizeof signer->bytes);
    *number = recall(store->signers, key);
    if (*number != 0)
        return true;
    if (!look(store, start_signer(store, FIND_SIGNER, signer), number, fault))
        return false;
    if (*number == 0 && !look(store, start_signer(store, ADD_SIGNER, signer), number, fault))
        return false;
    remember(store->signers, key, *number);
    return true;
}
