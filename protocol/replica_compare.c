#include "protocol/replica_inside.h"

#include <stdlib.h>

/* docs/protocol.md, section 12.2, "Comparing": who greeted asks, who answered tells. */

/* --- Buckets --- */

void tell_buckets(struct replica *replica, struct peer *peer, struct effects *effects)
{
    uint64_t shorts[SET_BUCKETS + 1];
    struct short_salt salt = draw_salt(replica);
    struct digest charter = charter_digest(replica->charter);

    set_bucket_shorts(replica->set, &salt, shorts);
    buckets_write(&charter, &salt, shorts, effect_send(effects, peer));
    peer->told_buckets = true;
}

/* Which of our buckets are not the peer's; and whether the one with our own feeds is among them. */
static bool find_different(struct replica *replica, const struct message *message,
                           struct buckets *different, bool *own)
{
    uint64_t shorts[SET_BUCKETS + 1];
    unsigned own_bucket = replica->settings.self.bytes[0] >> 2;
    bool any = false;

    *different = (struct buckets){{0}};
    set_bucket_shorts(replica->set, &message->salt, shorts);
    for (unsigned i = 0; i <= SET_BUCKETS; i++)
        if (shorts[i] != message_short(message, i)) {
            different->bits[i / 8] |= (uint8_t)(1 << i % 8);
            any = true;
        }
    *own = different->bits[own_bucket / 8] >> own_bucket % 8 & 1;
    return any;
}

static void tell_sketch(struct replica *replica, struct peer *peer, const struct buckets *different,
                        struct effects *effects)
{
    struct digest charter = charter_digest(replica->charter);
    struct short_salt salt = draw_salt(replica);

    peer->sketch.count = 0;
    set_lines(replica->set, different, &salt, &peer->sketch);
    if (peer->sketch.count > LINES_MAX)
        peer->sketch.count = LINES_MAX;
    sketch_write(&charter, &salt, different, peer->sketch.list, peer->sketch.count,
                 effect_send(effects, peer));
    peer->told_sketch = true;
    peer->asked_tips++;
    peer->owes_lines = false;
    peer->lacking_count = 0;
}

/* A sketch also tells which charter we have, so that the peer sends us its own if that is another.
 */
void receive_buckets(struct replica *replica, struct peer *peer, const struct message *message,
                     int64_t now_ms, struct effects *effects)
{
    struct digest charter = charter_digest(replica->charter);
    bool other_charter = !digest_equal(&charter, &message->charter), own;
    struct buckets different;

    if (other_charter)
        tell_charter(replica, peer, now_ms, effects);
    peer->compared_ms = now_ms;
    if (find_different(replica, message, &different, &own) || other_charter)
        tell_sketch(replica, peer, &different, effects);
    if (!own && peer->asked_buckets)
        replica->own_compared = true;
    if (peer->asked_buckets) /* Perhaps we are equal, and only the peer saw a difference. */
        look_again_later(replica, peer, now_ms);
    peer->asked_buckets = false;
}

/* --- Pages --- */

/* What is told of lines, page by page. */
struct pages {
    struct peer *peer;
    struct effects *effects;
    struct tip tips[TIPS_MAX];
    size_t tip_count;
    struct digest ids[IDS_MAX];
    size_t id_count;
};

/* The ids of a page ascend: those of another week go onto another page. */
static void tell_ids(struct pages *pages)
{
    if (pages->id_count > 0)
        ids_write(pages->ids, pages->id_count, true, effect_send(pages->effects, pages->peer));
    pages->id_count = 0;
}

static void tell_tips(struct pages *pages, bool more)
{
    if (pages->tip_count > 0 || !more)
        tips_write(pages->tips, pages->tip_count, more, effect_send(pages->effects, pages->peer));
    pages->tip_count = 0;
}

static void add_feed(const struct replica *replica, struct pages *pages, const struct feed *feed)
{
    struct tip last;
    size_t room, count;
    bool more = false;

    do {
        room = TIPS_MAX - pages->tip_count;
        count = set_feed_tips(replica->set, feed, more ? &last : NULL,
                              &pages->tips[pages->tip_count], room);
        pages->tip_count += count;
        more = count == room;
        if (!more)
            break;
        last = pages->tips[TIPS_MAX - 1];
        tell_tips(pages, true);
    } while (more);
}

static void add_week(const struct replica *replica, struct pages *pages, uint64_t week)
{
    struct digest last;
    bool more = false;

    do {
        pages->id_count =
            set_week_ids(replica->set, week, more ? &last : NULL, pages->ids, IDS_MAX);
        more = pages->id_count == IDS_MAX;
        last = pages->ids[IDS_MAX - 1];
        tell_ids(pages);
    } while (more);
}

static bool is_week(const struct line *line)
{
    return line->feed.number == 0;
}

/* Ids first, tips last: the last page of tips ends what is told. */
static void tell_lines(const struct replica *replica, struct peer *peer, const struct line *lines,
                       size_t count, struct effects *effects)
{
    struct pages *pages = memory_new(1, sizeof *pages);

    pages->peer = peer;
    pages->effects = effects;
    for (size_t i = 0; i < count; i++)
        if (is_week(&lines[i]))
            add_week(replica, pages, lines[i].week);
    for (size_t i = 0; i < count; i++)
        if (!is_week(&lines[i]))
            add_feed(replica, pages, &lines[i].feed);
    tell_tips(pages, false);
    free(pages);
}

/* --- Sketches --- */

static int order_of_shorts(const void *a, const void *b)
{
    const uint64_t *first = a, *second = b;

    return (*first > *second) - (*first < *second);
}

static uint64_t *sorted_shorts(const struct message *message)
{
    uint64_t *shorts = memory_new(message->count, sizeof *shorts);

    for (size_t i = 0; i < message->count; i++)
        shorts[i] = message_short(message, i);
    qsort(shorts, message->count, sizeof *shorts, order_of_shorts);
    return shorts;
}

static bool is_among(uint64_t short_digest, const uint64_t *shorts, size_t count)
{
    return count > 0 &&
           bsearch(&short_digest, shorts, count, sizeof short_digest, order_of_shorts) != NULL;
}

/* Which of the sketch's lines are none of ours. */
static void tell_which(struct peer *peer, const struct message *message, const struct lines *own,
                       struct effects *effects)
{
    size_t size = (message->count + 7) / 8;
    uint64_t *shorts = memory_new(own->count, sizeof *shorts);
    uint8_t *bits = memory_new(size, 1);
    bool any = false;

    for (size_t i = 0; i < own->count; i++)
        shorts[i] = own->list[i].short_digest;
    qsort(shorts, own->count, sizeof *shorts, order_of_shorts);
    for (size_t i = 0; i < message->count; i++)
        if (!is_among(message_short(message, i), shorts, own->count)) {
            bits[i / 8] |= (uint8_t)(1 << i % 8);
            any = true;
        }
    if (any) {
        which_write(bytes_of(bits, size), effect_send(effects, peer));
        peer->asked_tips++;
    }
    free(bits);
    free(shorts);
}

/* Leaves those that the peer's sketch does not have. */
static void keep_unknown(struct lines *lines, const struct message *message)
{
    uint64_t *shorts = sorted_shorts(message);
    size_t kept = 0;

    for (size_t i = 0; i < lines->count; i++)
        if (!is_among(lines->list[i].short_digest, shorts, message->count))
            lines->list[kept++] = lines->list[i];
    lines->count = kept;
    free(shorts);
}

void receive_sketch(struct replica *replica, struct peer *peer, const struct message *message,
                    int64_t now_ms, struct effects *effects)
{
    struct digest charter = charter_digest(replica->charter);
    struct lines lines = {0};

    if (!peer->told_buckets)
        return; /* Nothing asked for it. */
    peer->told_buckets = false;
    if (!digest_equal(&charter, &message->charter))
        tell_charter(replica, peer, now_ms, effects);
    set_lines(replica->set, &message->buckets, &message->salt, &lines);
    tell_which(peer, message, &lines, effects);
    keep_unknown(&lines, message);
    tell_lines(replica, peer, lines.list, lines.count, effects);
    lines_release(&lines);
}

void receive_which(const struct replica *replica, struct peer *peer, const struct message *message)
{
    struct lines *sketch = &peer->sketch;
    size_t kept = 0;

    if (!peer->told_sketch)
        return; /* Nothing asked for it. */
    peer->told_sketch = false;
    peer->owes_lines = true;
    for (size_t i = 0; i < sketch->count && i < 8 * message->bits.size; i++)
        if (message->bits.data[i / 8] >> i % 8 & 1)
            sketch->list[kept++] = sketch->list[i];
    sketch->count = kept;
    for (size_t i = 0; i < kept; i++)
        if (!is_week(&sketch->list[i]))
            suspect_tips(replica, peer, &sketch->list[i].feed);
}

/* Those of a feed that the peer is ahead in may all be among what it will send: if not, the
 * comparison that follows shows it. */
static void tell_owed_lines(const struct replica *replica, struct peer *peer,
                            struct effects *effects)
{
    struct lines *lines = &peer->sketch;
    size_t kept = 0;

    for (size_t i = 0; i < lines->count; i++)
        if (is_week(&lines->list[i]) || !wants_of(replica, peer, &lines->list[i].feed))
            lines->list[kept++] = lines->list[i];
    tell_lines(replica, peer, lines->list, kept, effects);
    lines_release(lines);
    peer->owes_lines = false;
}

/* --- What a peer has --- */

void receive_tips(struct replica *replica, struct peer *peer, const struct message *message,
                  int64_t now_ms, struct effects *effects)
{
    for (size_t i = 0; i < message->count; i++) {
        clear_tip(replica, peer, &message->tips[i]);
        want_tip(replica, peer, &message->tips[i], now_ms);
    }
    if (!message->more && peer->owes_lines)
        tell_owed_lines(replica, peer, effects);
    if (!message->more) {
        want_cuts(replica, peer, now_ms);
        note_lacking(peer, now_ms);
        replica->own_compared = replica->own_compared || peer->asked_tips > 0;
        peer->asked_tips -= peer->asked_tips > 0;
    }
    say_wants(replica, peer, effects);
    if (!message->more)
        ask_bodies(replica, peer, now_ms, effects);
}

void receive_ids(const struct replica *replica, struct peer *peer, const struct message *message,
                 struct effects *effects)
{
    struct digest ids[FETCH_MAX];
    size_t count = 0;

    for (size_t i = 0; i < message->count; i++) {
        if (set_standing(replica->set, &message->ids[i]) != STANDING_UNKNOWN)
            continue;
        ids[count++] = message->ids[i];
        if (count == FETCH_MAX) {
            ask_singles(peer, ids, count, effects);
            count = 0;
        }
    }
    ask_singles(peer, ids, count, effects);
}
