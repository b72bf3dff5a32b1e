#include "crypto/secret.h"
#include "protocol/bundle.h"
#include "tests/protocol/authors.h"

#include <criterion/criterion.h>

/* A bundle of a charter and three records, and where each of its items ends. */

#define RECORDS 3
#define ITEMS (1 + RECORDS)

static struct buffer whole;
static size_t ends[1 + ITEMS]; /* Of the line that names it, and of each item. */

static void make_whole(void)
{
    crypto_start();
    struct signing_key *key = key_numbered(1);
    struct feed feed = {digest_numbered(2), 1};
    struct record *record = NULL;

    ends[0] = sizeof "candour bundle 1\n" - 1;
    bundle_begin(bytes_of_text("a charter"), &whole);
    ends[1] = whole.size;
    for (unsigned i = 0; i < RECORDS; i++) {
        struct record *next = record_numbered(i, &feed, record, key, 1000 + i);
        record_write(next, true, &whole);
        ends[2 + i] = whole.size;
        record_free(record);
        record = next;
    }
    bundle_end(ITEMS, &whole);
    record_free(record);
    signing_key_free(key);
}

static void release_whole(void)
{
    buffer_release(&whole);
}

TestSuite(bundle, .init = make_whole, .fini = release_whole);

struct reading {
    struct bundle_reader reader;
    size_t charters;
    struct fault fault; /* Why it went no further. */
};

static struct reading read_all(struct bytes file)
{
    struct reading reading = {0};
    struct bytes item;
    bool is_charter;

    cr_assert(bundle_open(file, &reading.reader, &reading.fault));
    while (bundle_next(&reading.reader, &item, &is_charter, &reading.fault))
        reading.charters += is_charter;
    return reading;
}

/* The first `size` bytes of the whole one, then these. */
static struct reading read_with(size_t size, struct bytes then)
{
    struct buffer file = {0};

    buffer_append(&file, bytes_of(whole.data, size));
    buffer_append(&file, then);
    struct reading reading = read_all(buffer_view(&file));
    reading.reader.rest = bytes_of(NULL, 0);
    buffer_release(&file);
    return reading;
}

Test(bundle, is_whole_with_its_end)
{
    struct reading reading = read_all(buffer_view(&whole));

    cr_expect(reading.reader.whole);
    cr_expect_eq(reading.reader.items, ITEMS);
    cr_expect_eq(reading.charters, 1);
    cr_expect_eq(reading.fault.kind, FAULT_NONE);
}

Test(bundle, is_not_whole_wherever_it_is_cut)
{
    for (size_t size = ends[0]; size < whole.size; size++) {
        struct reading reading = read_all(bytes_of(whole.data, size));
        size_t items = 0;
        while (items < ITEMS && ends[items + 1] <= size)
            items++;
        bool between = size == ends[items];
        cr_expect(!reading.reader.whole, "cut at %zu", size);
        cr_expect_eq(reading.reader.items, items, "cut at %zu: %zu items", size, items);
        cr_expect_eq(reading.fault.kind, between ? FAULT_NONE : FAULT_PEER, "cut at %zu", size);
    }
}

Test(bundle, is_not_whole_with_an_item_less_or_more)
{
    struct buffer file = {0};

    for (size_t items = 1; items <= ITEMS; items++) {
        buffer_clear(&file);
        buffer_append(&file, bytes_of(whole.data, ends[items - 1]));
        buffer_append(&file, bytes_of(whole.data + ends[items], whole.size - ends[items]));
        struct reading reading = read_all(buffer_view(&file));
        cr_expect(!reading.reader.whole, "without item %zu", items);
        cr_expect_str_eq(reading.fault.text, "end: of 4 items, and 3 came");
    }
    size_t last = ends[ITEMS] - ends[ITEMS - 1];
    buffer_clear(&file);
    buffer_append(&file, bytes_of(whole.data, ends[ITEMS]));
    buffer_append(&file, bytes_of(whole.data + ends[ITEMS - 1], last));
    buffer_append(&file, bytes_of(whole.data + ends[ITEMS], whole.size - ends[ITEMS]));
    struct reading reading = read_all(buffer_view(&file));
    cr_expect(!reading.reader.whole);
    cr_expect_str_eq(reading.fault.text, "end: of 4 items, and 5 came");
    buffer_release(&file);
}

#define WIRE(literal)                                                                              \
    {                                                                                              \
        (const uint8_t *)(literal), sizeof literal - 1                                             \
    }

static const struct {
    const char *because;
    struct bytes end;
} refusals[] = {
    {"item: cut short", WIRE("\x92")},
    {"item: wrong type", WIRE("\x92\x04\x04")},
    {"item: neither a charter, a record nor the end", WIRE("\x92\xa3"
                                                           "eno\x04")},
    {"end: cut short", WIRE("\x92\xa3"
                            "end")},
    {"end: wrong type", WIRE("\x92\xa3"
                             "end\xa1x")},
    {"end: wrong type", WIRE("\x92\xa3"
                             "end\xff")},
    {"end: not in its shortest spelling", WIRE("\x92\xa3"
                                               "end\xcc\x04")},
    {"end: of 18446744073709551615 items, and 4 came",
     WIRE("\x92\xa3"
          "end\xcf\xff\xff\xff\xff\xff\xff\xff\xff")},
};

Test(bundle, refuses_what_is_no_end)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct reading reading = read_with(ends[ITEMS], refusals[i].end);
        cr_expect(!reading.reader.whole);
        cr_expect_eq(reading.fault.kind, FAULT_PEER);
        cr_expect_str_eq(reading.fault.text, refusals[i].because);
    }
}

/* Two bundles one after the other are none; nor does an end come twice. */
Test(bundle, has_nothing_after_its_end)
{
    const struct bytes after[] = {bytes_of("\0", 1), buffer_view(&whole),
                                  bytes_of(whole.data + ends[1], ends[2] - ends[1]),
                                  bytes_of(whole.data + ends[ITEMS], whole.size - ends[ITEMS])};

    for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
        struct reading reading = read_with(whole.size, after[i]);
        cr_expect_eq(reading.reader.items, ITEMS);
        cr_expect_eq(reading.fault.kind, FAULT_PEER);
        cr_expect_str_eq(reading.fault.text, "item: comes after the end");
    }
}

Test(bundle, is_known_by_its_first_line)
{
    struct bundle_reader reader;
    struct fault fault;

    cr_expect(!bundle_open(bytes_of_text("candour bundle 2\n"), &reader, &fault));
    cr_expect(!bundle_open(bytes_of(whole.data, ends[0] - 1), &reader, &fault));
    cr_expect_eq(fault.kind, FAULT_INPUT);
}
