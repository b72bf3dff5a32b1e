#include "protocol/card.h"

#include "protocol/purpose.h"
#include "protocol/reader.h"
#include "protocol/writer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CARD_VERSION 1
#define CARD_FIELDS 16

/* A date, yyyy-mm-dd, or nothing. */
static bool is_date(const char *text)
{
    static const char form[] = "0000-00-00";
    int month, day;

    if (text[0] == '\0')
        return true;
    if (strlen(text) != sizeof form - 1)
        return false;
    for (size_t i = 0; form[i] != '\0'; i++)
        if (form[i] == '-' ? text[i] != '-' : text[i] < '0' || text[i] > '9')
            return false;
    month = (text[5] - '0') * 10 + text[6] - '0';
    day = (text[8] - '0') * 10 + text[9] - '0';
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* --- Reading --- */

/* One line of text into an array of `room` characters, a zero at its end. */
static void read_line(struct reader *reader, const char *name, char *to, size_t least, size_t room)
{
    struct bytes text = read_text(reader, name, least, room - 1);

    if (!reader->failed && !bytes_are_line(text))
        reader_refuse(reader, "%s: holds a control character", name);
    if (reader->failed)
        return;
    memcpy(to, text.data, text.size);
    to[text.size] = '\0';
}

static void read_date(struct reader *reader, const char *name, char to[11])
{
    read_line(reader, name, to, 0, 11);
    if (!reader->failed && !is_date(to))
        reader_refuse(reader, "%s: \"%s\" is not a date such as 2026-04-01", name, to);
}

static void read_areas(struct reader *reader, struct card *card)
{
    card->area_count = read_array(reader, "areas", 0, AREAS_MAX);
    for (size_t i = 0; i < card->area_count; i++) {
        struct card_area *area = &card->areas[i];
        read_array(reader, "area", 3, 3);
        read_line(reader, "area code", area->code, 1, sizeof area->code);
        read_date(reader, "area from", area->from);
        read_date(reader, "area to", area->to);
    }
}

static void read_feed(struct reader *reader, struct card_feed *feed, uint32_t number)
{
    read_array(reader, "feed", 4, 4);
    feed->number = (uint32_t)read_number(reader, "feed number", number, number);
    read_fixed(reader, "feed key", feed->key.bytes, sizeof feed->key.bytes);
    read_fixed(reader, "feed next", feed->next.bytes, DIGEST_SIZE);
    feed->cut = !read_nil(reader);
    if (!feed->cut)
        return;
    read_array(reader, "feed cut", 2, 2);
    feed->cut_seq = read_number(reader, "feed cut seq", 0, SEQ_MAX);
    if (feed->cut_seq == 0 && !read_nil(reader))
        reader_refuse(reader, "feed cut: at 0 there is no id");
    else if (feed->cut_seq != 0)
        read_fixed(reader, "feed cut id", feed->cut_id.bytes, DIGEST_SIZE);
}

static void read_rings(struct reader *reader, struct card *card)
{
    card->ring_count = read_array(reader, "rings", 0, RING_KEYS_MAX);
    for (size_t i = 0; i < card->ring_count; i++) {
        struct card_ring *ring = &card->rings[i];
        uint64_t least = i == 0 ? 0 : (uint64_t)card->rings[i - 1].epoch + 1;
        read_array(reader, "ring", 3, 3);
        ring->epoch = (uint32_t)read_number(reader, "ring epoch", least, UINT32_MAX);
        read_fixed(reader, "ring key", ring->key.bytes, sizeof ring->key.bytes);
        read_fixed(reader, "ring proof", ring->proof.bytes, sizeof ring->proof.bytes);
    }
}

static void read_who(struct reader *reader, struct card *card)
{
    read_line(reader, "name", card->name, 1, sizeof card->name);
    read_line(reader, "type", card->type, 0, sizeof card->type);
    read_line(reader, "nation", card->nation, 0, sizeof card->nation);
    read_line(reader, "region", card->region, 0, sizeof card->region);
    read_areas(reader, card);
    card->function_count = read_array(reader, "functions", 0, FUNCTIONS_MAX);
    for (size_t i = 0; i < card->function_count; i++)
        read_line(reader, "function", card->functions[i], 1, sizeof card->functions[i]);
    read_line(reader, "operator", card->operator_name, 0, sizeof card->operator_name);
    card->role = (enum member_role)read_number(reader, "role", ROLE_AUTHORITY, ROLE_HUB);
}

static bool read_body(struct card *card, struct bytes body, struct fault *fault)
{
    struct reader reader = reader_of(body, fault);

    read_array(&reader, "card", CARD_FIELDS, CARD_FIELDS);
    read_number(&reader, "card version", CARD_VERSION, CARD_VERSION);
    read_who(&reader, card);
    card->has_steward_key = !read_nil(&reader);
    if (card->has_steward_key)
        read_fixed(&reader, "steward key", card->steward_key.bytes, sizeof card->steward_key.bytes);
    read_fixed(&reader, "transport key", card->transport.bytes, sizeof card->transport.bytes);
    read_fixed(&reader, "box key", card->box.bytes, sizeof card->box.bytes);
    card->endpoint_count = read_array(&reader, "endpoints", 0, ENDPOINTS_MAX);
    for (size_t i = 0; i < card->endpoint_count; i++)
        read_line(&reader, "endpoint", card->endpoints[i], 1, sizeof card->endpoints[i]);
    card->feed_count = read_array(&reader, "feeds", 1, FEEDS_MAX);
    for (size_t i = 0; i < card->feed_count; i++)
        read_feed(&reader, &card->feeds[i], (uint32_t)i + 1);
    read_rings(&reader, card);
    card->issued_ms = (int64_t)read_number(&reader, "issued", 0, TIME_MAX);
    return reader_end(&reader);
}

static void read_envelope(struct bytes wire, struct bytes *body, struct signature *signature,
                          struct reader *reader, struct fault *fault)
{
    *reader = reader_of(wire, fault);
    read_array(reader, "signed card", 2, 2);
    *body = read_bytes(reader, "card", 1, CARD_MAX);
    read_fixed(reader, "card signature", signature->bytes, sizeof signature->bytes);
}

/* --- The line of keys --- */

struct digest next_key_hash(const struct public_key *next)
{
    return digest_of(PURPOSE_NEXT_KEY, next->bytes, sizeof next->bytes);
}

struct digest authority_id(const struct public_key *first, const struct digest *next)
{
    struct digest_state state;

    digest_begin(&state, PURPOSE_AUTHORITY);
    digest_add(&state, first->bytes, sizeof first->bytes);
    digest_add(&state, next->bytes, DIGEST_SIZE);
    return digest_end(&state);
}

/* Each feed after the first must be under the key that the one before committed to. */
static bool line_holds(const struct card *card, struct fault *fault)
{
    for (size_t i = 1; i < card->feed_count; i++) {
        struct digest next = next_key_hash(&card->feeds[i].key);
        if (!digest_equal(&card->feeds[i - 1].next, &next))
            return fault_refuse(fault, REFUSED_SIGNATURE,
                                "card of %s: the key of feed %zu is not the one that feed %zu "
                                "committed to",
                                card->name, i + 1, i);
    }
    return true;
}

struct card *card_parse(struct bytes wire, struct fault *fault)
{
    struct card *card;
    struct bytes body;
    struct signature signature;
    struct reader reader;

    if (wire.size > CARD_MAX) {
        fault_refuse(fault, REFUSED_MALFORMED, "card: %zu bytes, at most %d", wire.size, CARD_MAX);
        return NULL;
    }
    read_envelope(wire, &body, &signature, &reader, fault);
    if (!reader_end(&reader))
        return NULL;
    card = memory_new(1, sizeof *card);
    if (!read_body(card, body, fault)) {
        card_free(card);
        return NULL;
    }
    card->authority = authority_id(&card->feeds[0].key, &card->feeds[0].next);
    buffer_append(&card->wire, wire);
    return card;
}

bool card_holds(const struct card *card, struct fault *fault)
{
    struct bytes body;
    struct signature signature;
    struct reader reader;

    read_envelope(buffer_view(&card->wire), &body, &signature, &reader, fault);
    assert(!reader.failed);
    if (!line_holds(card, fault))
        return false;
    if (!signature_holds(&signature, PURPOSE_CARD, body.data, body.size,
                         &card->feeds[card->feed_count - 1].key))
        return fault_refuse(fault, REFUSED_SIGNATURE,
                            "card of %s: its signature does not hold under the key of its last "
                            "feed, number %zu",
                            card->name, card->feed_count);
    for (size_t i = 0; i < card->ring_count; i++)
        if (!ring_proven(&card->rings[i].proof, &card->rings[i].key, &card->authority,
                         card->rings[i].epoch))
            return fault_refuse(fault, REFUSED_SIGNATURE,
                                "card of %s: no proof that it holds its ring key for epoch %u",
                                card->name, card->rings[i].epoch);
    return true;
}

struct card *card_read(struct bytes wire, struct fault *fault)
{
    struct card *card = card_parse(wire, fault);

    if (card != NULL && !card_holds(card, fault)) {
        card_free(card);
        return NULL;
    }
    return card;
}

void card_free(struct card *card)
{
    if (card == NULL)
        return;
    buffer_release(&card->wire);
    free(card);
}

/* --- Writing --- */

static void write_line(struct buffer *to, const char *text)
{
    write_text(to, bytes_of_text(text));
}

static void write_areas(struct buffer *to, const struct card *card)
{
    write_array(to, card->area_count);
    for (size_t i = 0; i < card->area_count; i++) {
        write_array(to, 3);
        write_line(to, card->areas[i].code);
        write_line(to, card->areas[i].from);
        write_line(to, card->areas[i].to);
    }
}

static void write_feed(struct buffer *to, const struct card_feed *feed)
{
    write_array(to, 4);
    write_number(to, feed->number);
    write_bytes(to, feed->key.bytes, sizeof feed->key.bytes);
    write_bytes(to, feed->next.bytes, DIGEST_SIZE);
    if (!feed->cut) {
        write_nil(to);
        return;
    }
    write_array(to, 2);
    write_number(to, feed->cut_seq);
    if (feed->cut_seq == 0)
        write_nil(to);
    else
        write_bytes(to, feed->cut_id.bytes, DIGEST_SIZE);
}

static void write_rings(struct buffer *to, const struct card *card)
{
    write_array(to, card->ring_count);
    for (size_t i = 0; i < card->ring_count; i++) {
        write_array(to, 3);
        write_number(to, card->rings[i].epoch);
        write_bytes(to, card->rings[i].key.bytes, sizeof card->rings[i].key.bytes);
        write_bytes(to, card->rings[i].proof.bytes, sizeof card->rings[i].proof.bytes);
    }
}

static void write_who(struct buffer *to, const struct card *card)
{
    write_line(to, card->name);
    write_line(to, card->type);
    write_line(to, card->nation);
    write_line(to, card->region);
    write_areas(to, card);
    write_array(to, card->function_count);
    for (size_t i = 0; i < card->function_count; i++)
        write_line(to, card->functions[i]);
    write_line(to, card->operator_name);
    write_number(to, card->role);
}

static void write_body(struct buffer *to, const struct card *card)
{
    write_array(to, CARD_FIELDS);
    write_number(to, CARD_VERSION);
    write_who(to, card);
    if (card->has_steward_key)
        write_bytes(to, card->steward_key.bytes, sizeof card->steward_key.bytes);
    else
        write_nil(to);
    write_bytes(to, card->transport.bytes, sizeof card->transport.bytes);
    write_bytes(to, card->box.bytes, sizeof card->box.bytes);
    write_array(to, card->endpoint_count);
    for (size_t i = 0; i < card->endpoint_count; i++)
        write_line(to, card->endpoints[i]);
    write_array(to, card->feed_count);
    for (size_t i = 0; i < card->feed_count; i++)
        write_feed(to, &card->feeds[i]);
    write_rings(to, card);
    write_number(to, card->issued_ms < 0 ? UINT64_MAX : (uint64_t)card->issued_ms);
}

/* Counts index our own arrays; they are looked at before anything is written. */
static bool counts_fit(const struct card *card, struct fault *fault)
{
    const struct {
        const char *name;
        size_t count, least, most;
    } lists[] = {
        {"areas", card->area_count, 0, AREAS_MAX},
        {"functions", card->function_count, 0, FUNCTIONS_MAX},
        {"endpoints", card->endpoint_count, 0, ENDPOINTS_MAX},
        {"feeds", card->feed_count, 1, FEEDS_MAX},
        {"ring keys", card->ring_count, 0, RING_KEYS_MAX},
    };

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (lists[i].count < lists[i].least || lists[i].count > lists[i].most)
            return fault_set(fault, FAULT_INPUT, "card of %s: %zu %s, expected %zu to %zu",
                             card->name, lists[i].count, lists[i].name, lists[i].least,
                             lists[i].most);
    return true;
}

/* What we are about to hand out is read as a stranger would read it, so a field beyond its limits
 * is found by the one place that knows them. */
static bool would_be_taken(struct bytes wire, struct fault *fault)
{
    struct card *card = card_read(wire, fault);

    if (card == NULL)
        fault->kind = FAULT_INPUT;
    card_free(card);
    return card != NULL;
}

bool card_sign(struct card *card, const struct signing_key *key, struct fault *fault)
{
    struct buffer body = {0};
    struct signature signature;

    if (!counts_fit(card, fault))
        return false;
    write_body(&body, card);
    assert(body.size <= STATEMENT_MAX); /* All lists and texts at their longest fit. */
    card->authority = authority_id(&card->feeds[0].key, &card->feeds[0].next);
    signature_make(&signature, PURPOSE_CARD, body.data, body.size, key);
    buffer_clear(&card->wire);
    write_array(&card->wire, 2);
    write_bytes(&card->wire, body.data, body.size);
    write_bytes(&card->wire, signature.bytes, sizeof signature.bytes);
    buffer_release(&body);
    return would_be_taken(buffer_view(&card->wire), fault);
}

void fingerprint_of(char text[FINGERPRINT_SIZE], const struct digest *authority)
{
    for (size_t i = 0; i < 8; i++) {
        hex_of(text + 5 * i, authority->bytes + 2 * i, 2);
        text[5 * i + 4] = i == 7 ? '\0' : ' ';
    }
}
