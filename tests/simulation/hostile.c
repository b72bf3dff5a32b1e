#include "tests/simulation/world.h"

#include <stdlib.h>
#include <string.h>

/* A hostile actor is a true node whose frames are altered, held back or joined by others on their
 * way. So it knows all that a node knows, and lies from there. */

#define FLOOD_RECORDS 12
#define FLOOD_AT_MOST 400

struct frame {
    struct world *world;
    struct actor *from, *to;
    bool live;
    struct bytes bytes;
    struct message message;
};

static bool does(const struct frame *frame, enum hostility what, unsigned chance)
{
    return (frame->from->hostility & what) != 0 && percent(frame->world, chance);
}

static void happened(const struct frame *frame, enum event event)
{
    frame->world->events[event]++;
}

/* Past what looks at a hostile actor's frames. */
static void say_as_is(const struct frame *frame, bool live, struct bytes bytes)
{
    county_send_as_is(frame->from->node, frame->to->node, live, bytes);
}

static void say(const struct frame *frame, const struct buffer *bytes)
{
    say_as_is(frame, false, buffer_view(bytes));
}

/* --- Junk --- */

/* Each once: a draw may fall on the same junk again. */
static struct record *keep_junk(struct world *world, struct record *record)
{
    struct records *junk = &world->junk;

    for (size_t i = 0; i < junk->count; i++)
        if (digest_equal(record_id(junk->list[i]), record_id(record))) {
            record_free(record);
            return junk->list[i];
        }
    if (junk->count == junk->capacity) {
        junk->capacity = 2 * junk->capacity + 16;
        junk->list = memory_grow(junk->list, junk->capacity, sizeof(*junk->list));
    }
    return junk->list[junk->count++] = record;
}

static struct digest some_digest(struct world *world)
{
    uint64_t lot = county_draw(world->county);

    return digest_of("simulation: lot", &lot, sizeof lot);
}

/* In somebody's name or nobody's, by the wrong key. */
struct record *junk_record(struct world *world, const struct actor *maker)
{
    struct header header = {.network = *county_network(world->county),
                            .kind = bytes_of_text(percent(world, 20) ? "erasure" : "lesson"),
                            .time_ms = county_now(world->county)};
    struct salt salt = {{0}};
    const struct record *target = any_record(world);

    header.author.form = percent(world, 20) ? AUTHOR_OWNER : AUTHOR_NAMED;
    header.author.record = some_digest(world);
    header.author.feed = any_author(world)->node->feed;
    if (percent(world, 20) || feed_equal(&header.author.feed, &maker->node->feed))
        header.author.feed.authority = some_digest(world);
    header.author.seq = 2 + below(world, 50);
    header.author.prev = some_digest(world);
    if (target != NULL) {
        header.references[0] = (struct reference){RELATION_ERASES, *record_id(target)};
        header.reference_count = 1;
        if (record_header(target)->author.form == AUTHOR_ANONYMOUS)
            header.author.record = *record_id(target);
    }
    return keep_junk(world, record_sign(&header, &salt, bytes_of_text("Junk."), maker->node->key));
}

/* A proof of the right length for its ring that does not hold. */
static struct record *junk_in_a_ring(struct world *world, const struct record *record)
{
    struct bytes proof = record_proof(record);
    struct buffer wrong = {0};
    struct fault fault;

    buffer_append(&wrong, proof);
    wrong.data[below(world, proof.size)] ^= 1;
    struct record *junk = record_join(record_header_bytes(record), buffer_view(&wrong), NULL,
                                      bytes_of(NULL, 0), &fault);
    buffer_release(&wrong);
    return junk == NULL ? NULL : keep_junk(world, junk);
}

static struct record *some_junk(const struct frame *frame)
{
    struct record *like = any_record(frame->world), *junk = NULL;

    if (like != NULL && record_header(like)->author.form == AUTHOR_ANONYMOUS)
        junk = junk_in_a_ring(frame->world, like);
    return junk == NULL ? junk_record(frame->world, frame->from) : junk;
}

static void flood(const struct frame *frame)
{
    struct buffer wire = {0}, records = {0};

    if (frame->world->junk.count >= FLOOD_AT_MOST)
        return;
    records_write(below(frame->world, 1000), FLOOD_RECORDS, &records);
    for (unsigned i = 0; i < FLOOD_RECORDS; i++) {
        const struct record *junk = some_junk(frame);
        record_write(junk, true, &records);
        buffer_clear(&wire);
        record_write(junk, true, &wire);
        say_as_is(frame, true, buffer_view(&wire));
    }
    say(frame, &records);
    buffer_release(&wire);
    buffer_release(&records);
    happened(frame, FLOODED);
}

/* --- Records held back --- */

static bool is_named_by_a_cut(const struct frame *frame, const struct record *record)
{
    const struct author *author = &record_header(record)->author;

    if (author->form != AUTHOR_NAMED)
        return false;
    struct feed_rules rules =
        charter_feed(replica_charter(frame->from->node->replica), &author->feed);
    for (size_t i = 0; i < rules.cut_count; i++)
        if (digest_equal(&rules.cuts[i].id, record_id(record)))
            return true;
    return false;
}

static bool is_withheld(const struct frame *frame, const struct record *record)
{
    if (does(frame, WITHHOLDS_RECORDS, 40)) {
        happened(frame, FRAMES_WITHHELD);
        return true;
    }
    if ((frame->from->hostility & WITHHOLDS_CUTS) == 0 || !is_named_by_a_cut(frame, record))
        return false;
    happened(frame, CUTS_WITHHELD);
    return true;
}

static bool is_bared(const struct frame *frame, const struct record *record)
{
    if (!record_has_body(record) || !does(frame, WITHHOLDS_BODIES, 60))
        return false;
    happened(frame, BODIES_WITHHELD);
    return true;
}

/* What is left of one record; false where nothing is. */
static bool alter_record(const struct frame *frame, struct bytes wire, struct buffer *left)
{
    bool wrong_body;
    struct fault fault;
    struct record *record =
        record_read(wire, county_network(frame->world->county), &wrong_body, &fault);

    if (record == NULL)
        return false;
    bool stays = !is_withheld(frame, record);
    if (stays)
        record_write(record, !is_bared(frame, record), left);
    record_free(record);
    return stays;
}

static void alter_records(const struct frame *frame)
{
    struct buffer left = {0}, altered = {0};
    size_t count = 0;

    for (size_t i = 0; i < frame->message.count; i++)
        count += alter_record(frame, frame->message.records[i], &left);
    records_write(frame->message.left, count, &altered);
    buffer_append(&altered, buffer_view(&left));
    say(frame, &altered);
    buffer_release(&left);
    buffer_release(&altered);
}

static void alter_live(const struct frame *frame)
{
    struct buffer left = {0};

    if (alter_record(frame, frame->bytes, &left))
        say_as_is(frame, true, buffer_view(&left));
    buffer_release(&left);
}

static void promise(const struct frame *frame)
{
    struct buffer nothing = {0};

    records_write(1 + below(frame->world, 1000), 0, &nothing);
    say(frame, &nothing);
    buffer_release(&nothing);
    happened(frame, PROMISED);
}

/* --- Lies --- */

/* As if it had all that the other has; or something else each time. */
static void lie_in_hello(const struct frame *frame)
{
    struct hello hello = frame->message.hello;
    struct buffer lie = {0};
    struct node *to = frame->to->node;

    hello.state = some_digest(frame->world);
    if (is_up(frame->to) && percent(frame->world, 70)) {
        struct digest charter = charter_digest(replica_charter(to->replica));
        hello.state = set_state_digest(replica_set(to->replica), &charter);
    }
    hello_write(&hello, &lie);
    say(frame, &lie);
    buffer_release(&lie);
    happened(frame, LIES);
}

static void lie_in_buckets(const struct frame *frame)
{
    uint64_t shorts[SET_BUCKETS + 1];
    struct buffer lie = {0};
    struct digest charter =
        percent(frame->world, 50) ? some_digest(frame->world) : frame->message.charter;

    set_bucket_shorts(replica_set(frame->from->node->replica), &frame->message.salt, shorts);
    if (is_up(frame->to) && percent(frame->world, 60))
        set_bucket_shorts(replica_set(frame->to->node->replica), &frame->message.salt, shorts);
    else
        shorts[below(frame->world, SET_BUCKETS + 1)] ^= 1;
    buckets_write(&charter, &frame->message.salt, shorts, &lie);
    say(frame, &lie);
    buffer_release(&lie);
    happened(frame, LIES);
}

/* Tips that there are not, of feeds that there are. */
static void invent_tips(const struct frame *frame)
{
    struct tip tip = {any_author(frame->world)->node->feed, 1 + below(frame->world, 5000),
                      some_digest(frame->world)};
    struct digest id = some_digest(frame->world);
    struct buffer lie = {0}, ids = {0};

    tips_write(&tip, 1, true, &lie);
    ids_write(&id, 1, true, &ids);
    say(frame, &ids);
    say(frame, &lie);
    buffer_release(&lie);
    buffer_release(&ids);
    happened(frame, INVENTED);
}

/* So often in a world. With little credit every record is answered by a frame, with which it may
 * ask again, for more than one: it would be served without end. */
#define ASKED_MOST 200

/* Everything that it knows of, from the start, and once more. */
static void ask_too_much(const struct frame *frame)
{
    struct want wants[WANTS_MAX];
    struct digest ids[FETCH_MAX];
    struct buffer ask = {0}, fetch = {0};
    size_t count = 1 + below(frame->world, WANTS_MAX);

    for (size_t i = 0; i < count; i++) {
        const struct record *record = any_record(frame->world);
        struct digest id = record == NULL ? some_digest(frame->world) : *record_id(record);
        wants[i] = (struct want){id, 0, 1 + below(frame->world, 1000)};
        ids[i] = id;
    }
    want_write(wants, count, &ask);
    fetch_write(ids, count, &fetch);
    say(frame, &ask);
    say(frame, &fetch);
    buffer_release(&ask);
    buffer_release(&fetch);
    frame->from->asked++;
    happened(frame, ASKED);
}

/* --- Frames --- */

static void spoil(const struct frame *frame)
{
    struct buffer spoilt = {0};

    buffer_append(&spoilt, frame->bytes);
    spoilt.data[below(frame->world, spoilt.size)] ^= (uint8_t)(1 << below(frame->world, 8));
    if (percent(frame->world, 20))
        spoilt.size = 1 + below(frame->world, spoilt.size);
    say_as_is(frame, frame->live, buffer_view(&spoilt));
    buffer_release(&spoilt);
    happened(frame, SPOILT);
}

/* Beside the frame, and whatever becomes of it. */
static void add_frames(const struct frame *frame)
{
    if (does(frame, FLOODS, 5))
        flood(frame);
    if (does(frame, INVENTS_TIPS, 10))
        invent_tips(frame);
    if (frame->from->asked < ASKED_MOST && does(frame, ASKS_TOO_MUCH, 4))
        ask_too_much(frame);
    if (does(frame, SPOILS, 10))
        spoil(frame);
    if (!does(frame, REPEATS, 20))
        return;
    say_as_is(frame, frame->live, frame->bytes);
    happened(frame, REPEATED);
}

/* True where something went in its place, or nothing. */
static bool replace(const struct frame *frame)
{
    const unsigned alters = WITHHOLDS_RECORDS | WITHHOLDS_BODIES | WITHHOLDS_CUTS;

    switch (frame->message.kind) {
    case MESSAGE_HELLO:
        if (!does(frame, LIES_ABOUT_STATE, 50))
            return false;
        lie_in_hello(frame);
        return true;
    case MESSAGE_BUCKETS:
        if (!does(frame, LIES_ABOUT_STATE, 50))
            return false;
        lie_in_buckets(frame);
        return true;
    case MESSAGE_RECORDS:
        if (does(frame, PROMISES, 50)) {
            promise(frame);
            return true;
        }
        if ((frame->from->hostility & alters) == 0)
            return false;
        alter_records(frame);
        return true;
    default:
        return false;
    }
}

bool hostile_sends(struct world *world, struct actor *from, struct actor *to, bool live,
                   struct bytes bytes)
{
    struct frame frame = {world, from, to, live, bytes, {0}};
    struct fault fault;

    if (world->at_peace)
        return false;
    if (live) {
        alter_live(&frame);
        return false;
    }
    bool replaced = message_read(&frame.message, bytes, &fault) && replace(&frame);
    message_release(&frame.message);
    add_frames(&frame);
    return !replaced;
}
