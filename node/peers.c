#include "node/peers.h"
#include "protocol/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool peers_same(const struct dial *a, const struct dial *b)
{
    return digest_equal(&a->authority, &b->authority) && strcmp(a->endpoint, b->endpoint) == 0 &&
           memcmp(&a->transport, &b->transport, sizeof a->transport) == 0;
}

static bool reachable(const struct member *member, const struct digest *self)
{
    return member->status == MEMBER_ACTIVE && member->card->endpoint_count > 0 &&
           !digest_equal(&member->card->authority, self);
}

static size_t add(struct dial *dials, size_t count, const struct card *card, const char *endpoint)
{
    if (count == PEERS_DIALLED_MAX)
        return count;
    struct dial *dial = &dials[count];
    memset(dial, 0, sizeof *dial);
    dial->authority = card->authority;
    dial->transport = card->transport;
    snprintf(dial->endpoint, sizeof dial->endpoint, "%s", endpoint);
    return count + 1;
}

static size_t add_members(const struct charter *charter, const struct digest *self, bool hubs_only,
                          struct dial *dials)
{
    size_t count = 0;

    for (size_t i = 0; i < charter_members(charter); i++) {
        const struct member *member = charter_member_at(charter, i);
        if (reachable(member, self) && (!hubs_only || member->card->role == ROLE_HUB))
            count = add(dials, count, member->card, member->card->endpoints[0]);
    }
    return count;
}

size_t peers_reachable(const struct charter *charter, const struct digest *self, struct dial *dials)
{
    return add_members(charter, self, false, dials);
}

static size_t add_chosen(const struct charter *charter, const struct digest *self,
                         const struct chosen_peer *chosen, size_t chosen_count, struct dial *dials)
{
    size_t count = 0;

    for (size_t i = 0; i < chosen_count; i++) {
        const struct member *member = charter_member(charter, &chosen[i].authority);
        if (member == NULL || member->status != MEMBER_ACTIVE ||
            digest_equal(&member->card->authority, self))
            continue;
        if (chosen[i].endpoint[0] != '\0')
            count = add(dials, count, member->card, chosen[i].endpoint);
        else if (member->card->endpoint_count > 0)
            count = add(dials, count, member->card, member->card->endpoints[0]);
    }
    return count;
}

size_t peers_to_dial(struct store *store, const struct charter *charter, const struct digest *self,
                     struct dial *dials)
{
    struct chosen_peer chosen[PEERS_DIALLED_MAX];
    struct fault fault;
    size_t count = 0;

    if (store_get_peers(store, chosen, PEERS_DIALLED_MAX, &count, &fault) && count > 0)
        return add_chosen(charter, self, chosen, count, dials);
    count = add_members(charter, self, true, dials);
    return count > 0 ? count : peers_reachable(charter, self, dials);
}

static bool id_begins(const struct digest *id, const char *prefix)
{
    char text[2 * DIGEST_SIZE + 1];

    hex_of(text, id->bytes, sizeof id->bytes);
    return strlen(prefix) >= 6 && strncasecmp(text, prefix, strlen(prefix)) == 0;
}

const struct member *peers_member(const struct charter *charter, const char *name,
                                  struct fault *fault)
{
    const struct member *former = NULL;
    const char *nearest = NULL;
    unsigned least = 4;

    for (size_t i = 0; i < charter_members(charter); i++) {
        const struct member *member = charter_member_at(charter, i);
        if (strcasecmp(member->card->name, name) == 0 ||
            id_begins(&member->card->authority, name)) {
            if (member->status == MEMBER_ACTIVE)
                return member;
            former = former == NULL ? member : former;
        }
        unsigned distance =
            spelling_distance(bytes_of_text(member->card->name), bytes_of_text(name));
        if (distance < least) {
            least = distance;
            nearest = member->card->name;
        }
    }
    if (former != NULL)
        return former;
    if (nearest != NULL)
        fault_set(fault, FAULT_ABSENT, "there is no member \"%s\"; did you mean \"%s\"?", name,
                  nearest);
    else
        fault_set(fault, FAULT_ABSENT, "there is no member \"%s\": candour charter show lists them",
                  name);
    return NULL;
}

static const struct member *member_at(const struct charter *charter, const char *endpoint)
{
    for (size_t i = 0; i < charter_members(charter); i++) {
        const struct member *member = charter_member_at(charter, i);
        for (size_t k = 0; k < member->card->endpoint_count; k++)
            if (strcmp(member->card->endpoints[k], endpoint) == 0)
                return member;
    }
    return NULL;
}

bool peers_choose(const struct charter *charter, const char *peer, struct chosen_peer *chosen,
                  struct fault *fault)
{
    char name[NAME_MAX_BYTES + 1] = "", address[ENDPOINT_MAX];
    const char *endpoint = strstr(peer, "tcp://");
    const struct member *member;
    uint16_t port;

    if (endpoint != NULL && !endpoint_parse(endpoint, address, sizeof address, &port))
        return fault_set(fault, FAULT_INPUT, "%s: is not of the form tcp://ADDRESS:PORT", endpoint);
    size_t name_size = endpoint == NULL ? strlen(peer) : (size_t)(endpoint - peer);
    if (name_size > 0 && peer[name_size - 1] == '@' && endpoint != NULL)
        name_size--;
    if (name_size >= sizeof name)
        return fault_set(fault, FAULT_INPUT, "%s: this name is too long", peer);
    memcpy(name, peer, name_size);
    name[name_size] = '\0';

    if (name_size == 0 && endpoint == NULL)
        return fault_set(fault, FAULT_INPUT, "--peer is empty: say a member's name");
    if (name_size > 0)
        member = peers_member(charter, name, fault);
    else if ((member = member_at(charter, endpoint)) == NULL)
        return fault_set(fault, FAULT_ABSENT,
                         "%s: is on no member's card, so its key is not known: say NAME@%s",
                         endpoint, endpoint);
    if (member == NULL)
        return false;
    if (endpoint == NULL && member->card->endpoint_count == 0)
        return fault_set(fault, FAULT_INPUT,
                         "%s says nowhere where it can be reached: say NAME@tcp://HOST:PORT", name);
    if (endpoint != NULL && strlen(endpoint) > ENDPOINT_MAX)
        return fault_set(fault, FAULT_INPUT, "%s: is longer than %d bytes", endpoint, ENDPOINT_MAX);
    chosen->authority = member->card->authority;
    snprintf(chosen->endpoint, sizeof chosen->endpoint, "%s", endpoint == NULL ? "" : endpoint);
    return true;
}
