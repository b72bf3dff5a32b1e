#include "protocol/message.h"
#include "protocol/writer.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* --- What is refused --- */

#define WIRE(literal) literal, sizeof literal - 1
#define A8 "aaaaaaaa"
#define ID "\xc4\x20" A8 A8 A8 A8
#define LATER_ID "\xc4\x20" A8 A8 A8 "aaaaaaab"
#define TIP "\x94" ID "\x01\x01" ID
#define LATER_TIP "\x94" ID "\x01\x02" ID
#define SALT "\xc4\x10" A8 A8
#define BUCKETS_9                                                                                  \
    "\xc4\x09"                                                                                     \
    "\0\0\0\0\0\0\0\0\0"
#define HELLO_DIGESTS ID ID

static const struct {
    const char *because;
    const char *wire;
    size_t size;
} refusals[] = {
    {"message: cut short", WIRE("")},
    {"message: wrong type", WIRE("\x05")},
    {"message: got 0, expected 1 to 16", WIRE("\x90")},
    {"message: got 4294967295, expected 1 to 16", WIRE("\xdd\xff\xff\xff\xff")},
    {"kind: wrong type", WIRE("\x91\xa0")},
    {"kind: got 16, expected 0 to 15", WIRE("\x91\x10")},
    {"kind: not in its shortest spelling", WIRE("\x92\xcc\x05\x01")},

    {"notice: rules: got 0, expected 1 to 40", WIRE("\x93\x0d\xa0\x90")},
    {"notice: rules: not only lower-case letters, digits, '-' and '_'", WIRE("\x93\x0d\xa1\n\x90")},
    {"notice: notices: got 65, expected 0 to 64", WIRE("\x93\x0d\xa1r\xdc\x00\x41")},
    {"notice: notice: got 2, expected 3 to 3", WIRE("\x93\x0d\xa1r\x91\x92" ID "\xa5"
                                                    "field")},
    {"notice: class: not only lower-case letters, digits, '-' and '_'",
     WIRE("\x93\x0d\xa1r\x91\x93" ID "\xa1"
          "f\xa1.")},
    {"noted: rules: got 0, expected 1 to 40", WIRE("\x93\x0e\xa0\x90")},
    {"noted: noted: got 65, expected 0 to 64", WIRE("\x93\x0e\xa1r\xdc\x00\x41")},
    {"relay: box: got 0, expected 1 to 8192", WIRE("\x94\x0f" ID ID "\xc4\x00")},

    {"hello: 2 items, expected 8", WIRE("\x92\x00\x01")},
    {"hello: least version: got 0, expected 1 to 4294967295",
     WIRE("\x98\x00\x00\x01" HELLO_DIGESTS "\x00\xc2\x00")},
    {"hello: highest version: got 1, expected 2 to 4294967295",
     WIRE("\x98\x00\x02\x01" HELLO_DIGESTS "\x00\xc2\x00")},
    {"hello: network: wrong type", WIRE("\x98\x00\x01\x01\xc0" ID "\x00\xc2\x00")},
    {"hello: state digest: got 1, expected 32 to 32",
     WIRE("\x98\x00\x01\x01" ID "\xc4\x01x\x00\xc2\x00")},
    {"hello: clock: got 253402300800000, expected 0 to 253402300799999",
     WIRE("\x98\x00\x01\x01" HELLO_DIGESTS "\xcf\x00\x00\xe6\x77\xd2\x1f\xdc\x00\xc2\x00")},
    {"hello: clock: wrong type", WIRE("\x98\x00\x01\x01" HELLO_DIGESTS "\xff\xc2\x00")},
    {"hello: answer: wrong type", WIRE("\x98\x00\x01\x01" HELLO_DIGESTS "\x00\x01\x00")},
    {"hello: credit: got 4294967296, expected 0 to 4294967295",
     WIRE("\x98\x00\x01\x01" HELLO_DIGESTS "\x00\xc2\xcf\x00\x00\x00\x01\x00\x00\x00\x00")},
    {"hello: 1 bytes after the end", WIRE("\x98\x00\x01\x01" HELLO_DIGESTS "\x00\xc2\x00x")},

    {"charter: bundle: got 0, expected 1 to 4194304", WIRE("\x92\x01\xc4\x00")},
    {"charter: bundle: wrong type", WIRE("\x92\x01\xa1x")},
    {"charter: bundle: got 4294967295, expected 1 to 4194304",
     WIRE("\x92\x01\xc6\xff\xff\xff\xff")},

    {"buckets: charter digest: wrong type", WIRE("\x94\x02\xc0" SALT "\xc4\x00")},
    {"buckets: salt: got 1, expected 16 to 16", WIRE("\x94\x02" ID "\xc4\x01x\xc4\x00")},
    {"buckets: short digests: got 512, expected 520 to 520",
     WIRE("\x94\x02" ID SALT "\xc5\x02\x00")},

    {"sketch: salt: wrong type", WIRE("\x95\x03" ID "\xc0" BUCKETS_9 "\xc4\x00")},
    {"sketch: buckets: got 8, expected 9 to 9", WIRE("\x95\x03" ID SALT "\xc4\x08" A8 "\xc4\x00")},
    {"sketch: buckets: a bit beyond the last",
     WIRE("\x95\x03" ID SALT "\xc4\x09" A8 "\x02\xc4\x00")},
    {"sketch: short digests: 9 bytes, not a multiple of 8",
     WIRE("\x95\x03" ID SALT BUCKETS_9 "\xc4\x09" A8 "x")},
    {"sketch: short digests: got 1048584, expected 0 to 1048576",
     WIRE("\x95\x03" ID SALT BUCKETS_9 "\xc6\x00\x10\x00\x08")},
    {"which: lines: wrong type", WIRE("\x92\x04\xc0")},
    {"which: lines: got 16385, expected 0 to 16384", WIRE("\x92\x04\xc5\x40\x01")},

    {"tips: more: wrong type", WIRE("\x93\x05\xc0\x90")},
    {"tips: tips: got 1025, expected 0 to 1024", WIRE("\x93\x05\xc2\xdc\x04\x01")},
    {"tips: tips: cut short", WIRE("\x93\x05\xc2\x91" A8)},
    {"tips: tip: got 3, expected 4 to 4", WIRE("\x93\x05\xc2\x91\x93" ID "\x01\x01" ID)},
    {"tips: feed: got 0, expected 1 to 4294967295", WIRE("\x93\x05\xc2\x91\x94" ID "\x00\x01" ID)},
    {"tips: seq: got 0, expected 1 to 9223372036854775807",
     WIRE("\x93\x05\xc2\x91\x94" ID "\x01\x00" ID)},
    {"tips: seq: got 9223372036854775808, expected 1 to 9223372036854775807",
     WIRE("\x93\x05\xc2\x91\x94" ID "\x01\xcf\x80\x00\x00\x00\x00\x00\x00\x00" ID)},
    {"tips: tips: out of order", WIRE("\x93\x05\xc2\x92" LATER_TIP TIP)},
    {"tips: tips: out of order", WIRE("\x93\x05\xc2\x92" TIP TIP)},
    {"tips: tips: out of order", WIRE("\x93\x05\xc2\x92\x94" ID "\x01\x01" LATER_ID TIP)},
    {"tips: 1 bytes after the end", WIRE("\x93\x05\xc2\x91" TIP "x")},

    {"ids: more: wrong type", WIRE("\x93\x06\xc0\x90")},
    {"ids: ids: got 1025, expected 0 to 1024", WIRE("\x93\x06\xc2\xdc\x04\x01")},
    {"ids: ids: cut short", WIRE("\x93\x06\xc2\x92" ID)},
    {"ids: ids: out of order", WIRE("\x93\x06\xc2\x92" LATER_ID ID)},
    {"ids: ids: out of order", WIRE("\x93\x06\xc2\x92" ID ID)},

    {"want: wants: got 257, expected 0 to 256", WIRE("\x92\x07\xdc\x01\x01")},
    {"want: wants: cut short", WIRE("\x92\x07\xdc\x01\x00" A8)},
    {"want: want: got 2, expected 3 to 3", WIRE("\x92\x07\x91\x92" ID "\x00\x01")},
    {"want: until: got 0, expected 1 to 9223372036854775807",
     WIRE("\x92\x07\x91\x93" ID "\x00\x00")},
    {"want: until: got 7, expected 8 to 9223372036854775807",
     WIRE("\x92\x07\x91\x93" ID "\x07\x07")},
    {"want: after: got 9223372036854775807, expected 0 to 9223372036854775806",
     WIRE("\x92\x07\x91\x93" ID "\xcf\x7f\xff\xff\xff\xff\xff\xff\xff\x01")},

    {"records: left: wrong type", WIRE("\x93\x08\xc0\x90")},
    {"records: records: got 1025, expected 0 to 1024", WIRE("\x93\x08\x00\xdc\x04\x01")},
    {"records: records: cut short", WIRE("\x93\x08\x00\x93" A8 "x\x01\x01")},
    {"records: record: wrong type", WIRE("\x93\x08\x00\x91\xca" A8)},
    {"records: record: nested deeper than 8",
     WIRE("\x93\x08\x00\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\xc0")},

    {"credit: credit: got 0, expected 1 to 4294967295", WIRE("\x92\x09\x00")},
    {"credit: 11 bytes, at most 8", WIRE("\x92\x09\x01" A8)},
    {"fetch: fetch: got 257, expected 0 to 256", WIRE("\x92\x0a\xdc\x01\x01")},
    {"fetch: id: got 31, expected 32 to 32", WIRE("\x92\x0a\x91\xc4\x1f" A8 A8 A8 A8)},
    {"interest: words: wrong type", WIRE("\x92\x0b\xa1x")},
    {"interest: words: got 65, expected 0 to 64", WIRE("\x92\x0b\xdc\x00\x41")},
    {"interest: word: got 0, expected 1 to 64", WIRE("\x92\x0b\x91\xa0" A8)},
    {"interest: word: not only lower-case letters, digits, '-' and '/'", WIRE("\x92\x0b\x91\xa3"
                                                                              "a_b")},
    {"interest: words: out of order", WIRE("\x92\x0b\x92\xa1"
                                           "b"
                                           "\xa1"
                                           "a")},
    {"interest: words: out of order", WIRE("\x92\x0b\x92\xa2"
                                           "ab"
                                           "\xa1"
                                           "a")},
    {"interest: words: out of order", WIRE("\x92\x0b\x92\xa1"
                                           "a"
                                           "\xa1"
                                           "a")},
    {"bye: code: got 0, expected 1 to 4294967295", WIRE("\x93\x0c\x00\xa0")},
    {"bye: reason: wrong type", WIRE("\x93\x0c\x01\xc0")},
    {"bye: reason: not valid UTF-8", WIRE("\x93\x0c\x01\xa1\xff")},
    {"bye: reason: got 201, expected 0 to 200", WIRE("\x93\x0c\x01\xd9\xc9")},
};

Test(message, is_refused_for_a_reason)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct message message;
        struct fault fault = {0};
        bool read = message_read(&message, bytes_of(refusals[i].wire, refusals[i].size), &fault);

        cr_expect_not(read, "row %zu: %s", i, refusals[i].because);
        cr_expect_str_eq(fault.text, refusals[i].because);
        cr_expect_eq(fault.kind, FAULT_PEER);
        cr_expect_eq(fault.refusal, REFUSED_MALFORMED);
        message_release(&message);
    }
}

/* --- What is written is read --- */

static struct digest id_numbered(unsigned number)
{
    return digest_of("message tests", &number, sizeof number);
}

/* One of each kind, told from what they should be by reading them again. */
static void write_each(struct buffer frames[MESSAGES])
{
    struct hello hello = {1, 3, id_numbered(1), id_numbered(3), TIME_MAX, true, UINT32_MAX};
    struct tip tips[2] = {{{id_numbered(4), 1}, 7, id_numbered(5)},
                          {{id_numbered(4), UINT32_MAX}, SEQ_MAX, id_numbered(6)}};
    struct want wants[2] = {{id_numbered(7), 0, 1}, {id_numbered(8), SEQ_MAX - 1, SEQ_MAX}};
    struct digest ids[2] = {id_numbered(9), id_numbered(10)};
    struct digest charter = id_numbered(2);
    struct short_salt salt = {"0123456789abcde"};
    struct buckets buckets = {{1, 0, 0, 0, 0, 0, 0, 0x80, 1}};
    struct line lines[2] = {{.short_digest = 1}, {.short_digest = UINT64_MAX - 1}};
    uint64_t shorts[SET_BUCKETS + 1] = {[0] = UINT64_C(0x0102030405060708), [SET_WEEKS] = 9};
    const char *words[2] = {"home-care", "send/transport"};
    struct notice notices[2] = {
        {id_numbered(7), bytes_of_text("title"), bytes_of_text("phone")},
        {id_numbered(8), bytes_of_text("what_we_did"), bytes_of_text("nhs_number")}};

    if (digest_compare(&ids[0], &ids[1]) > 0) {
        ids[0] = id_numbered(10);
        ids[1] = id_numbered(9);
    }
    hello_write(&hello, &frames[MESSAGE_HELLO]);
    charter_message_write(bytes_of_text("a bundle"), &frames[MESSAGE_CHARTER]);
    buckets_write(&charter, &salt, shorts, &frames[MESSAGE_BUCKETS]);
    sketch_write(&charter, &salt, &buckets, lines, 2, &frames[MESSAGE_SKETCH]);
    which_write(bytes_of("\x05\x80", 2), &frames[MESSAGE_WHICH]);
    tips_write(tips, 2, true, &frames[MESSAGE_TIPS]);
    want_write(wants, 2, &frames[MESSAGE_WANT]);
    records_write(12, 2, &frames[MESSAGE_RECORDS]);
    write_text(&frames[MESSAGE_RECORDS], bytes_of_text("one"));
    write_text(&frames[MESSAGE_RECORDS], bytes_of_text("another"));
    credit_write(4711, &frames[MESSAGE_CREDIT]);
    ids_write(ids, 2, true, &frames[MESSAGE_IDS]);
    fetch_write(ids, 2, &frames[MESSAGE_FETCH]);
    interest_write(words, 2, &frames[MESSAGE_INTEREST]);
    bye_write(BYE_STOPPING, "good night", &frames[MESSAGE_BYE]);
    notice_write(bytes_of_text("gate-1"), notices, 2, &frames[MESSAGE_NOTICE]);
    noted_write(bytes_of_text("gate-1"), ids, 2, &frames[MESSAGE_NOTED]);
    relay_write(&ids[0], &ids[1], bytes_of_text("a box"), &frames[MESSAGE_RELAY]);
}

static void release_each(struct buffer frames[MESSAGES])
{
    for (size_t i = 0; i < MESSAGES; i++)
        buffer_release(&frames[i]);
}

static bool same_id(const struct digest *id, unsigned number)
{
    struct digest expected = id_numbered(number);

    return digest_equal(id, &expected);
}

static void expect_hello(const struct message *message)
{
    const struct hello *hello = &message->hello;

    cr_expect(hello->least_version == 1 && hello->highest_version == 3);
    cr_expect(same_id(&hello->network, 1) && same_id(&hello->state, 3));
    cr_expect(hello->clock_ms == TIME_MAX && hello->answer);
    cr_expect(hello->credit == UINT32_MAX);
}

static void expect_charter(const struct message *message)
{
    cr_expect(bytes_equal(message->bundle, bytes_of_text("a bundle")));
}

static void expect_buckets(const struct message *message)
{
    cr_expect(same_id(&message->charter, 2));
    cr_assert_eq(message->count, SET_BUCKETS + 1);
    cr_expect_eq(message->salt.bytes[1], '1');
    cr_expect_eq(message_short(message, 0), UINT64_C(0x0102030405060708));
    cr_expect_eq(message_short(message, SET_WEEKS), 9);
}

static void expect_sketch(const struct message *message)
{
    cr_assert_eq(message->count, 2);
    cr_expect(same_id(&message->charter, 2));
    cr_expect_eq(message->salt.bytes[1], '1');
    cr_expect(message->buckets.bits[0] == 1 && message->buckets.bits[7] == 0x80);
    cr_expect_eq(message->buckets.bits[8], 1);
    cr_expect_eq(message_short(message, 1), UINT64_MAX - 1);
}

static void expect_which(const struct message *message)
{
    cr_expect(bytes_equal(message->bits, bytes_of("\x05\x80", 2)));
}

static void expect_tips(const struct message *message)
{
    cr_assert(message->more && message->count == 2);
    cr_expect(same_id(&message->tips[0].feed.authority, 4) && same_id(&message->tips[0].id, 5));
    cr_expect(message->tips[0].feed.number == 1 && message->tips[0].seq == 7);
    cr_expect(message->tips[1].feed.number == UINT32_MAX && message->tips[1].seq == SEQ_MAX);
}

static void expect_want(const struct message *message)
{
    cr_assert_eq(message->count, 2);
    cr_expect(same_id(&message->wants[0].tip, 7) && message->wants[0].after == 0);
    cr_expect_eq(message->wants[0].until, 1);
    cr_expect(same_id(&message->wants[1].tip, 8) && message->wants[1].until == SEQ_MAX);
}

static void expect_records(const struct message *message)
{
    cr_assert(message->count == 2 && message->left == 12);
    cr_expect(bytes_equal(message->records[0], bytes_of_text("\xa3one")));
    cr_expect(bytes_equal(message->records[1], bytes_of_text("\xa7"
                                                             "another")));
}

static void expect_credit(const struct message *message)
{
    cr_expect_eq(message->credit, 4711);
}

static void expect_ids(const struct message *message)
{
    cr_assert_eq(message->count, 2);
    cr_expect((same_id(&message->ids[0], 9) && same_id(&message->ids[1], 10)) ||
              (same_id(&message->ids[0], 10) && same_id(&message->ids[1], 9)));
}

static void expect_interest(const struct message *message)
{
    cr_assert(message->count == 2 && !message->everything);
    cr_expect(bytes_equal(message->words[0], bytes_of_text("home-care")));
    cr_expect(bytes_equal(message->words[1], bytes_of_text("send/transport")));
}

static void expect_bye(const struct message *message)
{
    cr_expect_eq(message->code, BYE_STOPPING);
    cr_expect(bytes_equal(message->reason, bytes_of_text("good night")));
}

static void expect_noted(const struct message *message)
{
    cr_expect(bytes_equal(message->rules, bytes_of_text("gate-1")));
    expect_ids(message);
}

static void expect_notices(const struct message *message)
{
    cr_assert_eq(message->count, 2);
    cr_expect(bytes_equal(message->rules, bytes_of_text("gate-1")));
    cr_expect(same_id(&message->notices[0].id, 7) && same_id(&message->notices[1].id, 8));
    cr_expect(bytes_equal(message->notices[0].class, bytes_of_text("phone")));
    cr_expect(bytes_equal(message->notices[1].field, bytes_of_text("what_we_did")));
}

static void expect_relay(const struct message *message)
{
    cr_expect(same_id(&message->to, 9) || same_id(&message->to, 10));
    cr_expect_not(digest_equal(&message->to, &message->from));
    cr_expect(bytes_equal(message->box, bytes_of_text("a box")));
}

static void (*const expectations[MESSAGES])(const struct message *message) = {
    [MESSAGE_HELLO] = expect_hello,     [MESSAGE_CHARTER] = expect_charter,
    [MESSAGE_BUCKETS] = expect_buckets, [MESSAGE_SKETCH] = expect_sketch,
    [MESSAGE_WHICH] = expect_which,     [MESSAGE_TIPS] = expect_tips,
    [MESSAGE_IDS] = expect_ids,         [MESSAGE_WANT] = expect_want,
    [MESSAGE_RECORDS] = expect_records, [MESSAGE_CREDIT] = expect_credit,
    [MESSAGE_FETCH] = expect_ids,       [MESSAGE_INTEREST] = expect_interest,
    [MESSAGE_BYE] = expect_bye,         [MESSAGE_NOTICE] = expect_notices,
    [MESSAGE_NOTED] = expect_noted,     [MESSAGE_RELAY] = expect_relay,
};

Test(message, is_read_as_it_was_written)
{
    struct buffer frames[MESSAGES] = {{0}};

    write_each(frames);
    for (size_t i = 0; i < MESSAGES; i++) {
        struct message message;
        struct fault fault = {0};
        cr_assert(message_read(&message, buffer_view(&frames[i]), &fault), "%s: %s",
                  message_names[i], fault.text);
        cr_assert_eq(message.kind, i);
        expectations[i](&message);
        message_release(&message);
    }
    release_each(frames);
}

Test(message, is_refused_cut_short_anywhere_and_with_anything_after_it)
{
    struct buffer frames[MESSAGES] = {{0}};

    write_each(frames);
    for (size_t i = 0; i < MESSAGES; i++) {
        buffer_append_text(&frames[i], "x");
        for (size_t size = 0; size <= frames[i].size; size++) {
            struct message message;
            struct fault fault;
            bool read = message_read(&message, bytes_of(frames[i].data, size), &fault);
            cr_expect_eq(read, size == frames[i].size - 1, "%s of %zu", message_names[i], size);
            message_release(&message);
        }
    }
    release_each(frames);
}

/* --- At the limits --- */

static void expect_readable(struct buffer *frame, enum message_kind kind, size_t count)
{
    struct message message;
    struct fault fault = {0};

    cr_expect(message_read(&message, buffer_view(frame), &fault), "%s", fault.text);
    cr_expect_eq(message.kind, kind);
    cr_expect_eq(message.count, count);
    message_release(&message);
    buffer_release(frame);
}

Test(message, holds_as_much_as_its_limits_say)
{
    struct tip *tips = memory_new(TIPS_MAX, sizeof *tips);
    struct want *wants = memory_new(WANTS_MAX, sizeof *wants);
    struct digest ids[FETCH_MAX], charter = id_numbered(0);
    struct line *lines = memory_new(LINES_MAX, sizeof *lines);
    struct short_salt salt = {{0}};
    struct buckets buckets = {{0}};
    struct buffer frame = {0}, bundle = {0};
    char reason[REASON_MAX + 1] = {0};

    for (unsigned i = 0; i < TIPS_MAX; i++)
        tips[i] =
            (struct tip){{id_numbered(0), UINT32_MAX}, SEQ_MAX - TIPS_MAX + i, id_numbered(i)};
    tips_write(tips, TIPS_MAX, true, &frame);
    expect_readable(&frame, MESSAGE_TIPS, TIPS_MAX);
    for (unsigned i = 0; i < WANTS_MAX; i++)
        wants[i] = (struct want){id_numbered(i), SEQ_MAX - 1, SEQ_MAX};
    want_write(wants, WANTS_MAX, &frame);
    expect_readable(&frame, MESSAGE_WANT, WANTS_MAX);
    for (unsigned i = 0; i < FETCH_MAX; i++)
        ids[i] = id_numbered(i);
    fetch_write(ids, FETCH_MAX, &frame);
    expect_readable(&frame, MESSAGE_FETCH, FETCH_MAX);
    sketch_write(&charter, &salt, &buckets, lines, LINES_MAX, &frame);
    expect_readable(&frame, MESSAGE_SKETCH, LINES_MAX);
    interest_write(NULL, 0, &frame);
    expect_readable(&frame, MESSAGE_INTEREST, 0);
    while (bundle.size < CHARTER_MAX)
        buffer_append_text(&bundle, A8 A8);
    charter_message_write(buffer_view(&bundle), &frame);
    expect_readable(&frame, MESSAGE_CHARTER, 0);
    struct notice notices[NOTICES_MAX];
    struct bytes word = bytes_of_text(A8 A8 A8 A8 A8); /* NOTICE_WORD_MAX */
    for (unsigned i = 0; i < NOTICES_MAX; i++)
        notices[i] = (struct notice){id_numbered(i), word, word};
    notice_write(word, notices, NOTICES_MAX, &frame);
    cr_expect_leq(frame.size + 40, NOTICE_BOX_MAX); /* So it fits into a box. */
    expect_readable(&frame, MESSAGE_NOTICE, NOTICES_MAX);
    noted_write(word, ids, NOTICES_MAX, &frame);
    expect_readable(&frame, MESSAGE_NOTED, NOTICES_MAX);
    relay_write(&ids[0], &ids[1], bytes_of(lines, NOTICE_BOX_MAX), &frame);
    expect_readable(&frame, MESSAGE_RELAY, 0);
    memset(reason, 'x', REASON_MAX);
    bye_write(BYE_NONSENSE, reason, &frame);
    expect_readable(&frame, MESSAGE_BYE, 0);
    buffer_release(&bundle);
    free(lines);
    free(wants);
    free(tips);
}

Test(message, of_records_is_no_longer_than_twice_what_a_sender_sends)
{
    struct buffer frame = {0}, filler = {0};
    struct message message;
    struct fault fault;

    while (filler.size < RECORDS_FRAME_MAX)
        buffer_append_text(&filler, A8 A8);
    records_write(0, 2, &frame);
    write_bytes(&frame, filler.data, filler.size);
    write_bytes(&frame, filler.data, filler.size - 15);
    cr_assert_eq(frame.size, 2 * RECORDS_FRAME_MAX - 1);
    cr_expect(message_read(&message, buffer_view(&frame), &fault));
    message_release(&message);
    buffer_append_text(&frame, "xx");
    cr_expect_not(message_read(&message, buffer_view(&frame), &fault));
    cr_expect_str_eq(fault.text, "records: 524289 bytes, at most 524288");
    message_release(&message);
    buffer_release(&frame);
    buffer_release(&filler);
}
