#include "protocol/reader.h"
#include "protocol/writer.h"
#include "tests/protocol/charter_model.h"

#include <criterion/criterion.h>
#include <string.h>

/* Bytes that are no charter, and what we say to them. */

Test(charter, refuses_every_piece_of_a_bundle)
{
    struct model *model = model_read("a ABC/2 by AB ring:ABC; b ABC/2 on a by BC ring:ABCD "
                                     "-E -F -G -H; halt D1@3y; halt A1@3y");
    struct buffer wire = {0};
    struct charter *charter = charter_new(NULL);
    struct digest before = charter_digest(charter);
    struct fault fault;
    bool changed;

    model_write_bundle(model, 0, &wire);
    for (size_t size = 0; size < wire.size; size++) {
        cr_expect_not(charter_add(charter, bytes_of(wire.data, size), &changed, &fault), "%zu",
                      size);
        cr_expect_eq(fault.refusal, REFUSED_MALFORMED, "%zu: %s", size, fault.text);
        cr_expect_not(changed);
    }
    struct digest after = charter_digest(charter);
    cr_expect(digest_equal(&before, &after));
    cr_expect_null(charter_network(charter));
    buffer_append(&wire, bytes_of("\xc0", 1));
    cr_expect_not(charter_add(charter, buffer_view(&wire), &changed, &fault));
    cr_expect_str_eq(fault.text, "1 bytes after the end");
    buffer_release(&wire);
    charter_free(charter);
    model_free(model);
    towns_release();
}

/* Whichever bit is flipped, what is in force afterwards was signed: no flip makes a charter that
 * the whole bundle does not make. */
Test(charter, takes_nothing_from_a_flipped_bit)
{
    struct model *model = model_read("a ABC/2 by AB -D -E -F -G -H; b ABC/2 on a by BC -D -E -F -G "
                                     "-H cut:A1@5x; halt B1@3y");
    struct buffer wire = {0};
    struct feed feed = {*town_id('A'), 1}, halted = {*town_id('B'), 1};

    model_write_bundle(model, 0, &wire);
    for (size_t bit = 0; bit < 8 * wire.size; bit += 3) {
        struct charter *charter = charter_new(&model->heads[0].text->head.hash);
        struct fault fault;
        char in_force[MODEL_HEADS + 1];
        bool changed;
        wire.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        bool added = charter_add(charter, buffer_view(&wire), &changed, &fault);
        wire.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        model_heads_in_force(model, charter, in_force);
        cr_expect(strcmp(in_force, "") == 0 || strcmp(in_force, "a") == 0 ||
                      strcmp(in_force, "b") == 0,
                  "bit %zu: %s", bit, in_force);
        cr_expect(added || strcmp(in_force, "b") != 0 || fault.refusal != REFUSED_NOT);
        struct feed_rules rules_a = charter_feed(charter, &feed);
        struct feed_rules rules_b = charter_feed(charter, &halted);
        cr_expect_eq(rules_a.cut_count, in_force[0] == 'b', "bit %zu", bit);
        cr_expect(rules_b.cut_count == 0 || rules_b.cuts[0].seq == 3, "bit %zu", bit);
        charter_free(charter);
    }
    buffer_release(&wire);
    model_free(model);
    towns_release();
}

/* A head in pieces, each of which a row puts something else in the place of. */
static void head_pieces(const struct head *good, size_t replaced, struct bytes by,
                        struct buffer *wire)
{
    struct buffer whole = {0};
    struct fault fault;

    head_write(good, &whole);
    struct reader reader = reader_of(buffer_view(&whole), &fault);
    read_array(&reader, "head", 12, 12);
    write_array(wire, 12);
    for (size_t i = 0; i < 12; i++) {
        struct bytes piece = read_any(&reader, "piece");
        buffer_append(wire, i == replaced ? by : piece);
    }
    buffer_release(&whole);
}

#define RAW(literal)                                                                               \
    {                                                                                              \
        (const uint8_t *)literal, sizeof literal - 1                                               \
    }
#define ZEROS "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define B32(last) "\xc4\x20" ZEROS last
#define STEWARD(last) "\x92" B32(last) B32(last)

Test(charter, refuses_what_is_no_head)
{
    static const struct {
        size_t piece;
        struct bytes by;
        const char *because;
    } rows[] = {
        {0, RAW("\x02"), "head form: got 2, expected 1 to 1"},
        {1, RAW("\xa0"), "head name: got 0, expected 1 to 120"},
        {1, RAW("\xa2\x1b["), "head name: holds a control character"},
        {2, RAW(B32("1")), "head network: nil in head 1, and there only"},
        {3, RAW("\x02"), "head network: nil in head 1, and there only"},
        {3, RAW("\x00"), "head version: got 0, expected 1 to 9223372036854775807"},
        {4, RAW("\x91" B32("1")), "predecessors: got 1, expected 0 to 0"},
        {5, RAW("\x92" STEWARD("1") STEWARD("2")), "stewards: got 2, expected 3 to 64"},
        {5, RAW("\x93" STEWARD("1") STEWARD("3") STEWARD("2")), "stewards: not in ascending order"},
        {5, RAW("\x93" STEWARD("1") STEWARD("2") STEWARD("2")), "stewards: not in ascending order"},
        {5, RAW("\x93" STEWARD("1") STEWARD("2") "\x92" B32("3") B32("1")),
         "stewards: two of them have the same key"},
        {6, RAW("\x01"), "threshold: got 1, expected 2 to 2"},
        {6, RAW("\x03"), "threshold: got 3, expected 2 to 2"},
        {7, RAW("\x00"), "rules version: got 0, expected 1 to 4294967295"},
        {8, RAW("\x93\x00\xc2\xc2"), "release: got 0, expected 1 to 253402300799999"},
        {8, RAW("\x93\x01\x00\xc2"), "cells: wrong type"},
        {8, RAW("\x92\x01\xc2"), "parameters: got 2, expected 3 to 3"},
        {9, RAW("\xc0"), "roster hash: wrong type"},
        {10, RAW("\x95\xc0\xc0\xc0\xc0\xc0"), "head rings: got 5, expected 0 to 4"},
        {10, RAW("\x92\x92\x05" B32("1") "\x92\x05" B32("2")),
         "ring epoch: got 5, expected 6 to 4294967295"},
        {11, RAW("\xff"), "head time: wrong type"},
    };
    struct model *model = model_read("a ABC/2 by AB");

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buffer wire = {0};
        struct fault fault = {0};
        head_pieces(&model->heads[0].text->head, rows[i].piece, rows[i].by, &wire);
        cr_expect_null(head_read(buffer_view(&wire), &fault), "%s", rows[i].because);
        cr_expect_str_eq(fault.text, rows[i].because, "%s", fault.text);
        buffer_release(&wire);
    }
    model_free(model);
    towns_release();
}

Test(charter, refuses_what_is_no_later_head)
{
    static const struct {
        size_t piece;
        struct bytes by;
        const char *because;
    } rows[] = {
        {2, RAW("\xc0"), "head network: nil in head 1, and there only"},
        {3, RAW("\x01"), "head network: nil in head 1, and there only"},
        {4, RAW("\x90"), "predecessors: got 0, expected 1 to 16"},
        {4, RAW("\x92" B32("1") B32("1")), "predecessors: not in ascending order"},
        {4, RAW("\x92" B32("2") B32("1")), "predecessors: not in ascending order"},
    };
    struct model *model = model_read("a ABC/2 by AB; b ABC/2 on a by AB");

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buffer wire = {0};
        struct fault fault = {0};
        head_pieces(&model->heads[1].text->head, rows[i].piece, rows[i].by, &wire);
        cr_expect_null(head_read(buffer_view(&wire), &fault), "%s", rows[i].because);
        cr_expect_str_eq(fault.text, rows[i].because, "%s", fault.text);
        buffer_release(&wire);
    }
    model_free(model);
    towns_release();
}

#define BUNDLE(heads, rosters, rings, halts) RAW("\x95\x01" heads rosters rings halts)
#define SHORT_KEY                                                                                  \
    "\xc4\x20"                                                                                     \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

Test(charter, refuses_what_is_no_bundle)
{
    static const struct {
        struct bytes wire;
        const char *because;
    } rows[] = {
        {RAW(""), "charter: cut short"},
        {RAW("\x94\x01\x90\x90\x90"), "charter: got 4, expected 5 to 5"},
        {RAW("\x95\x02\x90\x90\x90\x90"), "charter version: got 2, expected 1 to 1"},
        {BUNDLE("\xdc\x10\x01", "\x90", "\x90", "\x90"), "heads: got 4097, expected 0 to 4096"},
        {BUNDLE("\xdd\x00\x00\x00\x01", "\x90", "\x90", "\x90"),
         "heads: not in its shortest spelling"},
        {BUNDLE("\x91\x92\xc4\x00\x90", "\x90", "\x90", "\x90"), "head: got 0, expected 1 to 8192"},
        {BUNDLE("\x90", "\x92\xc4\x01\x01\xc4\x01\x01", "\x90", "\x90"),
         "rosters: not in ascending order of their hashes"},
        {BUNDLE("\x90", "\x91\xa1\x01", "\x90", "\x90"), "roster: wrong type"},
        {BUNDLE("\x90", "\x90", "\x91\x93\x01\x91" SHORT_KEY "1\x91\xc4\x01\x80", "\x90"),
         "ring keys: got 1, expected 2 to 4096"},
        {BUNDLE("\x90", "\x90", "\x91\x93\x01\x92" SHORT_KEY "2" SHORT_KEY "1\x91\xc4\x01\xc0",
                "\x90"),
         "ring keys: not in ascending order"},
        {BUNDLE("\x90", "\x90", "\x91\x93\x01\x92" SHORT_KEY "1" SHORT_KEY "2\x90", "\x90"),
         "rings: got 0, expected 1 to 8192"},
        {BUNDLE("\x90", "\x90", "\x91\x93\x01\x92" SHORT_KEY "1" SHORT_KEY "2\x91\xc4\x01\x80",
                "\x90"),
         "ring: not one bit for each key, 2 of them set"},
        {BUNDLE("\x90", "\x90", "\x91\x93\x01\x92" SHORT_KEY "1" SHORT_KEY "2\x91\xc4\x01\xe0",
                "\x90"),
         "ring: not one bit for each key, 2 of them set"},
        {BUNDLE("\x90", "\x90", "\x91\x93\x01\x92" SHORT_KEY "1" SHORT_KEY "2\x91\xc4\x02\xc0\x00",
                "\x90"),
         "ring: got 2, expected 1 to 1"},
        {BUNDLE("\x90", "\x90",
                "\x91\x93\x01\x92" SHORT_KEY "1" SHORT_KEY "2\x92\xc4\x01\xc0\xc4\x01\xc0", "\x90"),
         "rings: not in ascending order"},
        {BUNDLE("\x90", "\x90",
                "\x91\x93\x01\x93" SHORT_KEY "1" SHORT_KEY "2" SHORT_KEY "3\x91\xc4\x01\xc0",
                "\x90"),
         "ring keys: one is in no ring"},
        {BUNDLE("\x90", "\x90",
                "\x92\x93\x01\x92" SHORT_KEY "1" SHORT_KEY "2\x91\xc4\x01\xc0"
                "\x93\x01\x92" SHORT_KEY "1" SHORT_KEY "2\x91\xc4\x01\xc0",
                "\x90"),
         "ring epoch: got 1, expected 2 to 4294967295"},
        {BUNDLE("\x90", "\x90", "\x90", "\x91\xc4\x01\x90"), "signed halt: got 0, expected 2 to 2"},
    };
    struct charter *charter = charter_new(NULL);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = {0};
        bool changed = true;
        cr_expect_not(charter_add(charter, rows[i].wire, &changed, &fault));
        cr_expect_str_eq(fault.text, rows[i].because, "%s", fault.text);
        cr_expect_not(changed);
    }
    charter_free(charter);
}

/* A roster of these towns in this order, each entry with this after its card. */
static struct roster_text *roster_of(const char *towns, struct bytes rest)
{
    struct buffer wire = {0};

    write_array(&wire, 2);
    write_number(&wire, 1);
    write_array(&wire, strlen(towns));
    for (; *towns != '\0'; towns++) {
        struct bytes card = buffer_view(&town_card(*towns, CARD_FIRST)->wire);
        write_array(&wire, 5);
        write_bytes(&wire, card.data, card.size);
        buffer_append(&wire, rest);
    }
    struct roster_text *text = roster_text_new(buffer_view(&wire));
    buffer_release(&wire);
    return text;
}

Test(charter, refuses_what_is_no_roster)
{
    bool ascending = digest_compare(town_id('A'), town_id('B')) < 0;
    const char *right = ascending ? "AB" : "BA", *wrong = ascending ? "BA" : "AB";
    const struct {
        const char *towns;
        struct bytes rest;
        const char *because; /* NULL: it is one. */
    } rows[] = {
        {right, RAW("\x00\xc0\xc0\x90"), NULL},
        {right, RAW("\x02\x01" B32("1") "\x92\x93\x01\x00\xc0\x93\x01\x01" B32("1")), NULL},
        {wrong, RAW("\x00\xc0\xc0\x90"), "entries: not in ascending order of authority ids"},
        {"AA", RAW("\x00\xc0\xc0\x90"), "entries: not in ascending order of authority ids"},
        {"", RAW(""), "entries: got 0, expected 1 to 4096"},
        {"A", RAW("\x03\xc0\xc0\x90"), "status: got 3, expected 0 to 2"},
        {"A", RAW("\x00\x00\xc0\x90"), "since: got 0, expected 1 to 253402300799999"},
        {"A", RAW("\x00\xc0\xc4\x01x\x90"), "succeeded by: got 1, expected 32 to 32"},
        {"A", RAW("\x00\xc0\xc0\x91\x93\x02\x00\xc0"), "cut feed: got 2, expected 1 to 1"},
        {"A", RAW("\x00\xc0\xc0\x91\x93\x00\x00\xc0"), "cut feed: got 0, expected 1 to 1"},
        {"A", RAW("\x00\xc0\xc0\x91\x93\x01\x01\xc0"), "cut id: wrong type"},
        {"A", RAW("\x00\xc0\xc0\x91\x93\x01\x00" B32("1")), "cut id: at 0 there is none"},
        {"A", RAW("\x00\xc0\xc0\x92\x93\x01\x00\xc0\x93\x01\x00\xc0"),
         "cuts: not in ascending order"},
        {"A", RAW("\x00\xc0\xc0\x92\x93\x01\x02" B32("1") "\x93\x01\x01" B32("1")),
         "cuts: not in ascending order"},
        {"A", RAW("\x00\xc0\xc0\x92\x93\x01\x01" B32("2") "\x93\x01\x01" B32("1")),
         "cuts: not in ascending order"},
        {"A", RAW("\x00\xc0\xc0\x90\xc0"), "1 bytes after the end"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct roster_text *text = roster_of(rows[i].towns, rows[i].rest);
        struct fault fault = {0};
        struct roster *roster = roster_open(text, (struct known_cards){0}, &fault);
        cr_expect_eq(roster != NULL, rows[i].because == NULL, "row %zu: %s", i, fault.text);
        if (rows[i].because != NULL)
            cr_expect_str_eq(fault.text, rows[i].because, "row %zu: %s", i, fault.text);
        roster_free(roster);
        roster_text_free(text);
    }
    towns_release();
}

static void swap(void *list, size_t size)
{
    unsigned char first[1024], *items = list;

    memcpy(first, items, size);
    memcpy(items, items + size, size);
    memcpy(items + size, first, size);
}

/* Each list of a bundle the other way round. */
Test(charter, has_an_order_for_everything)
{
    static const char *const because[] = {
        "heads: not in ascending order",
        "signatures: not in ascending order of their keys",
        "rosters: not in ascending order of their hashes",
        "halts: not in ascending order",
        NULL,
    };
    struct model *model =
        model_read("a ABC/2 by AB -H; b ABC/2 on a by BC; halt D1@3y; halt A1@3y");
    struct buffer whole = {0};

    model_write_bundle(model, 0, &whole);
    for (size_t i = 0; i < sizeof because / sizeof *because; i++) {
        struct charter *charter = charter_new(NULL);
        struct bundle bundle;
        struct buffer wire = {0};
        struct fault fault = {0};
        bool changed;
        cr_assert(bundle_read(&bundle, buffer_view(&whole), &fault));
        if (i == 0)
            swap(bundle.heads, sizeof *bundle.heads);
        else if (i == 1)
            swap(bundle.heads[0].signatures, sizeof *bundle.heads[0].signatures);
        else if (i == 2)
            swap(bundle.rosters, sizeof(struct roster_text *));
        else if (i == 3)
            swap(bundle.halts, sizeof *bundle.halts);
        bundle_write(&bundle, &wire);
        cr_expect_eq(charter_add(charter, buffer_view(&wire), &changed, &fault),
                     because[i] == NULL);
        if (because[i] != NULL)
            cr_expect_str_eq(fault.text, because[i], "%s", fault.text);
        bundle_release(&bundle);
        buffer_release(&wire);
        charter_free(charter);
    }
    buffer_release(&whole);
    model_free(model);
    towns_release();
}

/* A roster that is none is left out; the head that names it stands without. */
Test(charter, leaves_out_a_roster_that_is_none)
{
    struct model *model = model_read("a ABC/2 by AB");
    struct model_head *head = &model->heads[0];
    struct buffer wire = {0};
    struct charter *charter = charter_new(NULL);
    struct fault fault = {0};
    bool changed;

    struct head broken = head->text->head;
    struct roster_text *none = roster_text_new(bytes_of("\x92\x01\x91\x95", 4));
    broken.roster = none->digest;
    head_write(&broken, &wire);
    head_free(head->text);
    roster_text_free(head->roster);
    head->text = head_read(buffer_view(&wire), &fault);
    head->roster = none;
    buffer_clear(&wire);
    model_write_bundle(model, 0, &wire);
    cr_expect_not(charter_add(charter, buffer_view(&wire), &changed, &fault));
    cr_expect_eq(fault.refusal, REFUSED_MALFORMED);
    cr_expect_str_eq(fault.text, "entry: cut short", "%s", fault.text);
    cr_expect(changed);
    cr_expect_not(charter_in_force(charter));
    buffer_release(&wire);
    charter_free(charter);
    model_free(model);
    towns_release();
}
