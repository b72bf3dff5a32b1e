#include "node/bus.h"
#include "node/clock.h"
#include "node/engine.h"
#include "node/log.h"
#include "node/loop.h"
#include "tests/node/room.h"
#include "tests/support/council.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A member that means harm: York, whom the node at Leeds dials. Leeds runs in a process of its own,
 * as always; York is a bus with York's keys, in this one, that sends what it likes. What Leeds made
 * of it is read from its status, as an administrator reads it. */

#define LIMIT_MS 60000
#define STEWARDS 3

static pid_t leeds_pid;
static struct bus *york;
static struct keys york_keys;
static struct texts york_listens;
static struct council york_signs; /* What York publishes: its feed, its key, this network. */
static peer_number leeds;         /* At York; 0: not connected. */
static struct digest network;
static unsigned hellos, byes, others; /* From Leeds. */

/* --- Before --- */

static enum admission admit_all(void *context, const struct exchange_public *transport,
                                struct digest *authority)
{
    (void)context;
    (void)transport;
    memset(authority->bytes, 'l', sizeof authority->bytes);
    return ADMITTED;
}

/* York's card says where it listens. */
static struct card *make_york(struct home *at)
{
    struct config config = config_named("York");
    struct card *card = NULL;

    texts_add(&config.listen, own_endpoint(HUB_PORT));
    texts_add(&york_listens, own_endpoint(HUB_PORT));
    cr_done(home_find(at, folder_file(&folder, "york"), &fault));
    cr_done(home_create(at, &fault));
    cr_done(keys_create(at, &config, NULL, false, clock_now_ms(), &card, &fault));
    cr_done(keys_open(at, &york_keys, &fault));
    config_release(&config);
    york = bus_open(&(struct bus_settings){.transport = york_keys.transport,
                                           .listen = &york_listens,
                                           .admit = admit_all,
                                           .wake = -1},
                    &fault);
    cr_done(york != NULL);
    return card;
}

static struct card *make_home(struct home *at, const char *name)
{
    struct config config = config_named(name);
    struct card *card = NULL;
    struct buffer file = {0};

    if (at != &home) {
        cr_done(home_find(at, folder_file(&folder, name), &fault));
        cr_done(home_create(at, &fault));
    }
    config_write(&config, &file);
    cr_done(file_write(home_file(at, "candour.conf", 0), buffer_view(&file), 0640, true, &fault));
    cr_done(keys_create(at, &config, NULL, false, clock_now_ms(), &card, &fault));
    buffer_release(&file);
    config_release(&config);
    return card;
}

static void found(struct home *homes[STEWARDS], struct card *cards[STEWARDS])
{
    struct buffer bundle = {0};
    struct head head;

    cr_done(charter_found("North", 2, true, (const struct card *const *)cards, STEWARDS,
                          clock_now_ms(), &bundle, &fault));
    for (size_t i = 0; i < 2; i++) {
        struct signing_key *steward = keys_steward(homes[i], NULL, &fault);
        cr_assert(steward != NULL, "%s", fault.text);
        cr_done(charter_sign(&bundle, steward, NULL, 0, &head, &fault));
        signing_key_free(steward);
    }
    store_close(store_open(home_file(&home, "store.sqlite", 0), STORE_CREATE, &fault));
    cr_done(engine_found(&home, buffer_view(&bundle), clock_now_ms(), &fault));
    struct store *store = store_open(home_file(&home, "store.sqlite", 0), STORE_READ, &fault);
    cr_assert(store_network(store, &network));
    store_close(store);
    buffer_release(&bundle);
}

static void start_leeds(void)
{
    struct texts nowhere = {0};

    fflush(NULL);
    leeds_pid = fork();
    cr_assert(leeds_pid >= 0);
    if (leeds_pid != 0)
        return;
    if (freopen(folder_file(&folder, "leeds.log"), "a", stderr) == NULL)
        _exit(9);
    log_start((struct log_settings){.least = LOG_DEBUG});
    bool ended = loop_run(&home, &nowhere, false, &fault);
    if (!ended)
        log_line(LOG_ERROR, "%s", fault.text);
    _exit(ended ? 0 : 1);
}

/* York hears what Leeds says for a moment. */
static void york_turns(void)
{
    struct bus_event event;

    bus_wait(york, 5);
    while (bus_next(york, clock_now_ms(), &event)) {
        if (event.kind == BUS_LEFT && event.peer == leeds)
            leeds = 0;
        if (event.kind != BUS_FRAME)
            continue;
        leeds = event.peer;
        struct message message;
        struct fault ignored;
        cr_assert(message_read(&message, event.bytes, &ignored), "Leeds speaks well always");
        hellos += message.kind == MESSAGE_HELLO;
        byes += message.kind == MESSAGE_BYE;
        others += message.kind != MESSAGE_HELLO && message.kind != MESSAGE_BYE;
        message_release(&message);
    }
}

static bool leeds_runs(void)
{
    return waitpid(leeds_pid, NULL, WNOHANG) == 0;
}

#define within_limit(condition)                                                                    \
    do {                                                                                           \
        int64_t until_ms = clock_now_ms() + LIMIT_MS;                                              \
        while (!(condition)) {                                                                     \
            cr_assert(leeds_runs(), "Leeds has ended: %s", leeds_log());                           \
            cr_assert(clock_now_ms() < until_ms, "not in time: %s\n%s", #condition, leeds_log());  \
            york_turns();                                                                          \
        }                                                                                          \
    } while (0)

static const char *leeds_log(void)
{
    static char *text;

    free(text);
    text = file_text(folder_file(&folder, "leeds.log"));
    return text == NULL ? "" : text;
}

static void begin(void)
{
    struct home york_home, hull_home, *homes[STEWARDS] = {&home, &york_home, &hull_home};
    struct card *cards[STEWARDS];

    room_open();
    cards[0] = make_home(&home, "Leeds");
    cards[1] = make_york(&york_home);
    cards[2] = make_home(&hull_home, "Hull");
    found(homes, cards);
    york_signs = council_new("york");
    signing_key_free(york_signs.key);
    york_signs.key = york_keys.feed;
    york_signs.network = network;
    york_signs.feed = (struct feed){cards[1]->authority, 1};
    for (size_t i = 0; i < STEWARDS; i++)
        card_free(cards[i]);
    leeds = hellos = byes = others = 0;
    start_leeds();
    within_limit(leeds != 0 && hellos > 0);
}

static void end(void)
{
    int status = 0;

    kill(leeds_pid, SIGTERM);
    if (waitpid(leeds_pid, &status, 0) == leeds_pid)
        cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "Leeds did not end cleanly: %s",
                  leeds_log());
    bus_close(york);
    keys_close(&york_keys);
    texts_release(&york_listens);
    room_close();
}

TestSuite(nonsense, .init = begin, .fini = end);

/* --- What Leeds made of it --- */

/* A number of Leeds's status, by its path; 0 where it is not there. */
static long long counted(const char *section, const char *name)
{
    struct store *store = store_open(home_file(&home, "store.sqlite", 0), STORE_READ, &fault);
    struct buffer text = {0};
    long long count = 0;

    cr_assert(store != NULL, "%s", fault.text);
    if (store_get_value(store, "status", &text, &fault)) {
        json_t *status = json_loadb((const char *)text.data, text.size, 0, NULL);
        count = json_integer_value(json_object_get(json_object_get(status, section), name));
        json_decref(status);
    }
    buffer_release(&text);
    store_close(store);
    return count;
}

static void say(struct bytes frame)
{
    within_limit(leeds != 0 && bus_send(york, leeds, frame));
}

static void say_hello_of(const struct digest *of)
{
    struct hello hello = {.least_version = PROTOCOL_VERSION,
                          .highest_version = PROTOCOL_VERSION,
                          .network = *of,
                          .clock_ms = clock_now_ms(),
                          .credit = 1000000};
    struct buffer frame = {0};

    hello_write(&hello, &frame);
    say(buffer_view(&frame));
    buffer_release(&frame);
}

static void say_records(struct buffer *records, size_t count)
{
    struct buffer frame = {0};

    records_write(0, count, &frame);
    buffer_append(&frame, buffer_view(records));
    say(buffer_view(&frame));
    buffer_release(&frame);
    buffer_clear(records);
}

/* Whatever came before: a greeting is answered, and a good record is taken in. */
static void expect_sense(void)
{
    unsigned before = hellos + others;
    long long in_set = counted("records", "in_set");
    struct record *record = council_lesson(&york_signs, "A lesson after all", "We went on.");
    struct buffer wire = {0};

    say_hello_of(&network);
    within_limit(hellos + others > before);
    record_write(record, true, &wire);
    say_records(&wire, 1);
    within_limit(counted("records", "in_set") == in_set + 1);
    buffer_release(&wire);
    record_free(record);
}

/* --- Frames --- */

Test(nonsense, is_counted_and_the_node_goes_on)
{
    static const struct bytes frames[] = {
        {(const uint8_t *)"", 0},
        {(const uint8_t *)"\0", 1},
        {(const uint8_t *)"nonsense", 8},
        {(const uint8_t *)"\xc1", 1},                                              /* Never used. */
        {(const uint8_t *)"\x91\xdf\xdf\xdf\xdf\xdf\xdf\xdf\xdf\xdf\xdf\xdf", 12}, /* 256 GiB. */
        {(const uint8_t *)"\xdd\xff\xff\xff\xff\x00", 6},
        {(const uint8_t *)"\xc6\xff\xff\xff\xff", 5},
        {(const uint8_t *)"\x91\x00", 2},         /* A hello without anything. */
        {(const uint8_t *)"\x92\x08\x00", 3},     /* A message there is not. */
        {(const uint8_t *)"\x92\xcc\x05\x01", 4}, /* Not in its shortest spelling. */
        {(const uint8_t *)"\x92\x05\xff", 3},     /* A credit of -1. */
        {(const uint8_t *)"\x92\x05\x01\x00", 4}, /* A byte too many. */
        {(const uint8_t *)"\x92\x01\xc4\x00", 4}, /* The charter of nobody. */
    };
    const size_t count = sizeof frames / sizeof *frames;

    for (size_t i = 0; i < count; i++)
        say(frames[i]);
    within_limit(counted("refused", "malformed") >= (long long)count - 1);
    expect_sense();
    for (size_t i = 0; i < count; i++)
        say(frames[i]);
    within_limit(counted("refused", "malformed") == 2 * (long long)count);
    expect_sense();
}

Test(nonsense, of_four_mebibytes_is_one_frame_of_nonsense)
{
    struct buffer large = {0};

    for (size_t i = 0; i < FRAME_MAX; i++)
        buffer_append(&large, bytes_of(&"\xdd\xff\xff\xff"[i % 4], 1));
    for (unsigned i = 0; i < 10; i++)
        say(buffer_view(&large));
    within_limit(counted("refused", "malformed") == 10);
    buffer_release(&large);
    expect_sense();
}

Test(nonsense, is_every_frame_that_is_cut_short)
{
    struct hello hello = {.least_version = 1, .highest_version = 1, .network = network};
    struct tip tip = {.feed = york_signs.feed, .seq = 1};
    struct want want = {.tip = network, .until = 1};
    struct digest id = network;
    struct buffer frames[6] = {{0}};
    long long cut = 0;

    hello_write(&hello, &frames[0]);
    charter_message_write(bytes_of_text("a charter"), &frames[1]);
    tips_write(&tip, 1, false, &frames[2]);
    want_write(&want, 1, &frames[3]);
    fetch_write(&id, 1, &frames[4]);
    bye_write(BYE_STOPPING, "a reason", &frames[5]);
    for (size_t i = 0; i < 6; i++) {
        for (size_t size = 0; size < frames[i].size; size++, cut++)
            say(bytes_of(frames[i].data, size));
        buffer_release(&frames[i]);
    }
    cr_assert(cut > 250);
    within_limit(counted("refused", "malformed") == cut);
    expect_sense();
}

Test(nonsense, is_not_what_is_said_before_a_hello)
{
    struct tip tip = {.feed = york_signs.feed, .seq = 1};
    struct buffer frame = {0};

    tips_write(&tip, 1, false, &frame);
    for (unsigned i = 0; i < 100; i++)
        say(buffer_view(&frame));
    buffer_release(&frame);
    expect_sense();
    cr_expect_eq(counted("refused", "malformed"), 0, "to know no beginning is no crime");
}

Test(nonsense, is_the_hello_of_another_network)
{
    struct digest other = council_network();

    say_hello_of(&other);
    within_limit(byes == 1 || leeds == 0);
    within_limit(counted("refused", "other_network") == 1);
    cr_expect(leeds_runs());
}

/* --- Records --- */

/* The same record with one bit of its wire form changed. */
static void add_changed(const struct record *record, struct bytes part, struct buffer *records)
{
    struct buffer wire = {0};

    record_write(record, true, &wire);
    for (size_t at = 0; at + part.size <= wire.size; at++)
        if (memcmp(wire.data + at, part.data, part.size) == 0) {
            wire.data[at + part.size / 2] ^= 1;
            break;
        }
    buffer_append(records, buffer_view(&wire));
    buffer_release(&wire);
}

static struct record *lesson(struct council *council, const char *title)
{
    return council_lesson(council, title, "We did what we did.");
}

static void add(const struct record *record, struct buffer *records)
{
    record_write(record, true, records);
}

Test(nonsense, in_records_is_counted_by_reason)
{
    struct council stranger = council_new("stranger"), elsewhere = york_signs;
    struct buffer records = {0};
    struct record *good, *record;

    say_hello_of(&network);
    good = lesson(&york_signs, "Good");
    for (unsigned i = 0; i < 3; i++) /* A replay is nothing new, and no crime. */
        add(good, &records);
    say_records(&records, 3);
    within_limit(counted("records", "in_set") == 1);

    elsewhere.network = council_network();
    record = lesson(&elsewhere, "Of another network");
    add(record, &records);
    say_records(&records, 1);
    record_free(record);
    within_limit(counted("refused", "other_network") == 1);

    record = lesson(&york_signs, "Signed wrong");
    add_changed(record, record_proof(record), &records);
    say_records(&records, 1);
    within_limit(counted("refused", "bad_signature") == 1);
    add(record, &records); /* The right one of the same header is not the worse for it. */
    say_records(&records, 1);
    record_free(record);
    within_limit(counted("records", "in_set") == 2);

    record = lesson(&york_signs, "Another body");
    add_changed(record, record_packed(record), &records);
    say_records(&records, 1);
    within_limit(counted("refused", "wrong_body") == 1);
    record_free(record);
    within_limit(counted("records", "in_set") == 3); /* Its header stands; its body is wanted. */
    cr_expect_eq(counted("records", "bodies_wanted"), 1);

    stranger.network = network;
    record = lesson(&stranger, "From nobody we know");
    add(record, &records);
    say_records(&records, 1);
    record_free(record);
    within_limit(counted("records", "aside") == 1);

    buffer_append_text(&records, "\x93\x01\x02\x03"); /* An array, but no record. */
    say_records(&records, 1);
    within_limit(counted("refused", "malformed") == 1);
    cr_expect_eq(counted("records", "in_set"), 3);
    cr_expect_eq(counted("refused", "too_much_undecided"), 0);
    cr_expect_eq(counted("refused", "too_much_junk"), 0);
    cr_expect_eq(counted("refused", "too_many_for_slots"), 0);
    record_free(good);
    buffer_release(&records);
    council_release(&stranger);
    expect_sense();
}

Test(nonsense, of_time_and_number_is_not_taken_for_more_than_it_is)
{
    struct council fork = york_signs;
    struct buffer records = {0};
    struct record *one, *other, *record;

    say_hello_of(&network);
    one = lesson(&york_signs, "One");
    other = lesson(&fork, "Another with the same number");
    add(one, &records);
    add(other, &records);
    say_records(&records, 2);
    within_limit(counted("records", "forks") >= 1);
    record_free(one);
    record_free(other);

    record = lesson(&york_signs, "A gap before this one");
    record_free(record); /* Never sent. */
    record = lesson(&york_signs, "After the gap");
    add(record, &records);
    say_records(&records, 1);
    record_free(record);
    within_limit(counted("records", "aside") >= 1);

    struct council hasty = york_signs;
    hasty.seq = 0; /* A feed of its own would be closer; what matters is the clock. */
    hasty.prev = (struct digest){{0}};
    hasty.time_ms = clock_now_ms() + INT64_C(10) * 365 * 86400000;
    record = lesson(&hasty, "Ten years ahead");
    add(record, &records);
    say_records(&records, 1);
    record_free(record);
    within_limit(counted("records", "waiting") == 1);
    cr_expect(leeds_runs());
    buffer_release(&records);
}

/* --- The live plane --- */

Test(nonsense, on_the_live_plane_is_counted_too)
{
    struct record *record = lesson(&york_signs, "Heard live");
    struct buffer wire = {0};
    long long heard = 0;

    say_hello_of(&network);
    within_limit(bus_subscribers(york) > 0);
    record_write(record, true, &wire);
    for (size_t size = 0; size < wire.size; size += 9) {
        bus_publish(york, bytes_of(wire.data, size));
        heard++;
    }
    within_limit(counted("refused", "malformed") == heard);
    bus_publish(york, buffer_view(&wire));
    within_limit(counted("records", "in_set") == 1);
    buffer_release(&wire);
    record_free(record);
}

/* --- Afterwards --- */

static bool nothing(void *context, const struct stored *stored, struct fault *why)
{
    (void)context;
    (void)stored;
    (void)why;
    return true;
}

Test(nonsense, leaves_a_store_that_is_whole)
{
    struct store_check *check = memory_new(1, sizeof *check);
    uint32_t lot = 7;

    expect_sense();
    for (unsigned i = 0; i < 2000; i++) {
        uint8_t frame[64];
        size_t size = 1 + i % sizeof frame;
        for (size_t k = 0; k < size; k++) {
            lot = lot * 1664525 + 1013904223;
            frame[k] = (uint8_t)(lot >> 24);
        }
        frame[0] = (uint8_t)(0x90 + i % 12);
        say(bytes_of(frame, size));
    }
    expect_sense();
    kill(leeds_pid, SIGKILL); /* However it ends. */
    waitpid(leeds_pid, NULL, 0);
    struct store *store = store_open(home_file(&home, "store.sqlite", 0), STORE_READ, &fault);
    cr_assert(store != NULL, "%s", fault.text);
    cr_done(store_verify(store, check, nothing, NULL, &fault));
    cr_expect_eq(check->checked, 2);
    cr_expect_eq(check->bad_count, 0);
    store_close(store);
    free(check);
    leeds = 0;
    start_leeds();
    within_limit(leeds != 0);
}
