/* The county's own checks are part of what is asserted: nothing is sent or published that is not
 * stored, nothing stored twice. */
#include "tests/protocol/county.c"
#include "tests/protocol/county_charter.c"
#include "tests/protocol/county_notes.c"
#include "tests/protocol/county_post.c"
#include "tests/protocol/county_records.c"
#include "tests/protocol/county_store.c"

/* Leeds has a peer that sends whatever it likes: the input is frames, each after two bytes of
 * length and one that says what is done with it (on the truth link, live, boxed, or put together
 * here from what is true). Leeds does not crash; whatever it stores as being in the set is signed
 * by a member or on the way to such a record; and its own lessons stay. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct county *county;
static struct node *leeds, *york, *hull;
static struct record *lessons[4];

static void make_once(void)
{
    if (county != NULL)
        return;
    county = county_new(1);
    county_be_quiet(county);
    leeds = county_node(county, "leeds", true);
    york = county_node(county, "york", false); /* A hub: it may bring what others have boxed. */
    hull = county_node(county, "hull", true);
    struct node *selby = county_node(county, "selby", true);
    county_found(county, (struct node *[]){leeds, hull, selby, york}, 4);
    lessons[0] = node_writes(leeds, "One.");
    lessons[1] = node_writes(leeds, "Two.");
    lessons[2] = node_writes(york, "Three.");
    lessons[3] = node_writes(york, "Four.");
}

/* Leeds as it was at first, and York linked to it anew. */
static void begin(void)
{
    make_once();
    county->now_ms = COUNTY_MS;
    county->lots = 1;
    node_forgets(leeds);
    node_offers(leeds, lessons[0]);
    node_offers(leeds, lessons[1]);
    node_forgets(york);
    county_settle(county); /* All that is under way is lost. */
    county->link_count = 0;
    county_dial(york, leeds);
    county_settle(county);
}

/* A true record with a byte of it turned. */
static void say_spoilt(const uint8_t *data, size_t size, bool live)
{
    struct buffer wire = {0}, frame = {0};
    size_t at = size < 2 ? 0 : data[1];

    record_write(lessons[2 + (size > 0 && data[0] & 1)], true, &wire);
    if (size > 2)
        wire.data[at % wire.size] ^= data[2];
    records_write(0, 1, &frame);
    buffer_append(&frame, buffer_view(&wire));
    if (live)
        county_send_live(york, leeds, buffer_view(&wire));
    else
        county_send(york, leeds, buffer_view(&frame));
    buffer_release(&wire);
    buffer_release(&frame);
}

/* A want with a true tip, tips with a true feed. */
static void ask(const uint8_t *data, size_t size)
{
    struct want want = {.tip = *record_id(lessons[size > 0 ? data[0] & 3 : 0]),
                        .after = size > 1 ? data[1] & 3 : 0,
                        .until = 4};
    struct tip tip = {york->feed, 1 + size, {{0}}};
    struct buffer wants = {0}, tips = {0};

    memcpy(tip.id.bytes, data, size < DIGEST_SIZE ? size : DIGEST_SIZE);
    want_write(&want, 1, &wants);
    tips_write(&tip, 1, size > 2 && data[2] & 1, &tips);
    county_send(york, leeds, buffer_view(&wants));
    county_send(york, leeds, buffer_view(&tips));
    buffer_release(&wants);
    buffer_release(&tips);
}

/* In one of true records something of a true class in a true field, or almost; or that it is known.
 */
static void tell(const uint8_t *data, size_t size, struct buffer *frame)
{
    static const char *const words[] = {"title", "what_we_did", "phone",
                                        "email", "person",      "topic"};
    const struct digest ids[] = {*record_id(lessons[size > 0 ? data[0] & 3 : 0]),
                                 *record_id(lessons[size > 1 ? data[1] & 3 : 0])};
    struct notice notices[2];

    for (size_t i = 0; i < 2; i++) {
        notices[i] = (struct notice){.id = ids[i]};
        notices[i].field = bytes_of_text(words[size > 2 + i ? data[2 + i] % 6 : 0]);
        notices[i].class = bytes_of_text(words[size > 4 + i ? data[4 + i] % 6 : 0]);
    }
    if (size > 6 && data[6] & 1)
        noted_write(bytes_of_text("rules-1"), ids, 2, frame);
    else
        notice_write(bytes_of_text("rules-1"), notices, 2, frame);
}

/* York brings what Hull has boxed for Leeds. */
static void bring(struct bytes inner)
{
    struct buffer box = {0}, frame = {0};

    node_closes_box(hull, &leeds->card->box, inner, &box);
    if (box.size <= NOTICE_BOX_MAX) {
        relay_write(&leeds->feed.authority, &hull->feed.authority, buffer_view(&box), &frame);
        county_send(york, leeds, buffer_view(&frame));
    }
    buffer_release(&box);
    buffer_release(&frame);
}

static void say_notices(const uint8_t *data, size_t size)
{
    struct buffer frame = {0};

    tell(data, size, &frame);
    if (size > 7 && data[7] & 1)
        bring(buffer_view(&frame));
    else
        county_send(york, leeds, buffer_view(&frame));
    buffer_release(&frame);
}

static void take(uint8_t what, const uint8_t *data, size_t size)
{
    switch (what % 8) {
    case 0:
        county_send(york, leeds, bytes_of(data, size));
        break;
    case 1:
        county_send_live(york, leeds, bytes_of(data, size));
        break;
    case 2:
    case 3:
        say_spoilt(data, size, what % 8 == 3);
        break;
    case 4:
        ask(data, size);
        break;
    case 5:
        say_notices(data, size);
        break;
    case 6:
        bring(bytes_of(data, size));
        break;
    default:
        county_pass(county, (int64_t)size * 1000);
    }
}

static bool is_lesson(const struct record *record)
{
    for (unsigned i = 0; i < 4; i++)
        if (digest_equal(record_id(lessons[i]), record_id(record)))
            return true;
    return false;
}

static void check(void)
{
    for (size_t i = 0; i < leeds->kept_count; i++) {
        const struct kept *kept = &leeds->kept[i];
        assert(!kept->in || is_lesson(kept->record));
        assert(kept->in == (node_standing(leeds, kept->record) == STANDING_IN));
    }
    assert(node_standing(leeds, lessons[0]) == STANDING_IN);
    assert(node_standing(leeds, lessons[1]) == STANDING_IN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    begin();
    while (size >= 3) {
        size_t frame = (size_t)data[1] << 8 | data[2];
        if (frame > size - 3)
            frame = size - 3;
        if (county->links[0].up)
            take(data[0], data + 3, frame);
        data += 3 + frame;
        size -= 3 + frame;
    }
    county_pass(county, 1000);
    check();
    return 0;
}
