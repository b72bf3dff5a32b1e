#include "tests/crypto/fixed_random.h"
#include "tests/protocol/charter_model.h"
#include "tests/protocol/vectors.h"

#include "crypto/secret.h"

/* Charters as bytes, and what follows from them: docs/charter.md, sections 2 and 3. */

static void begin_vectors(void)
{
    struct digest seed = digest_of("charter vectors", "", 0);

    crypto_start();
    fixed_random_begin(seed.bytes);
}

TestSuite(charter_vectors, .init = begin_vectors, .fini = towns_release);

static void put_digest(const char *name, const struct digest *digest)
{
    put_hex(name, digest->bytes, DIGEST_SIZE);
}

/* --- Cards --- */

static void put_card(const char *name, const struct card *card)
{
    char fingerprint[FINGERPRINT_SIZE];

    begin(name);
    put_digest("authority", &card->authority);
    fingerprint_of(fingerprint, &card->authority);
    put_text("fingerprint", bytes_of_text(fingerprint));
    put_text("card_name", bytes_of_text(card->name));
    put_number("feeds", (int64_t)card->feed_count);
    put_number("issued", card->issued_ms);
    put_hex("wire", card->wire.data, card->wire.size);
    end("}");
}

static void put_cards(void)
{
    static const struct {
        const char *name;
        enum town_card card;
    } rows[] = {{"the first", CARD_FIRST},
                {"in its second feed, which closes the first", CARD_SECOND_FEED},
                {"in its third feed", CARD_THIRD_FEED},
                {"without a steward key", CARD_NO_STEWARD_KEY}};

    buffer_append_text(&json, " \"cards\": [\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        put_card(rows[i].name, town_card('D', rows[i].card));
    end("\n ]");
}

static void put_refused_card(const char *why, const struct card *card, size_t from_end)
{
    struct buffer wire = {0};
    struct fault fault;

    buffer_append(&wire, buffer_view(&card->wire));
    wire.data[wire.size - from_end] ^= 1;
    cr_assert_null(card_read(buffer_view(&wire), &fault));
    buffer_printf(&json, "    {\"why\": \"%s\",\n", why);
    put_hex("wire", wire.data, wire.size);
    end("}");
    buffer_release(&wire);
}

static void put_refused_cards(void)
{
    buffer_append_text(&json, " \"cards_refused\": [\n");
    put_refused_card("the signature does not hold", town_card('D', CARD_FIRST), 1);
    put_refused_card("something in it was changed", town_card('D', CARD_FIRST), 80);
    end("\n ]");
}

/* --- Charters --- */

static const struct {
    const char *name, *made;
} charters[] = {
    {"head 1 with its threshold", "a ABC/2 by AB fit"},
    {"signatures in two bundles are united", "a ABC/2 by A | a by B"},
    {"a head that is short of its threshold", "a ABC/2 by AB; b ABC/2 on a by C"},
    {"a signature that does not hold", "a ABC/2 by ABc"},
    {"a second head that has all it needs", "a ABC/2 by AB; b ABC/2 on a by BC cut:D1@5x"},
    {"new stewards need the old ones", "a ABC/2 by AB; b DEF/2 on a by DEF"},
    {"old stewards need the new ones", "a ABC/2 by AB; b DEF/2 on a by ABC"},
    {"a signature that does not hold, where it would be needed",
     "a ABC/2 by AB; b ABC/2 on a by Ab"},
    {"a ring that only a head lists which is not valid",
     "a ABC/2 by AB fit; b ABC/2 on a by A ring:AB"},
    {"old and new stewards together", "a ABC/2 by AB; b DEF/2 on a by ABDE"},
    {"rivals, with all their cuts",
     "a ABC/2 by AB; b ABC/2 on a by AB cut:D1@5x; c ABC/2 on a by AC cut:D1@7y at:1"},
    {"a merge ends them",
     "a ABC/2 by AB; b ABC/2 on a by AB; c ABC/2 on a by AC at:1; d ABC/2 on bc by AB"},
    {"a head without its roster is not maximal",
     "a ABC/2 by AB; b ABC/2 on a by AB bare cut:A1@5x"},
    {"a roster that comes later", "a ABC/2 by AB; b ABC/2 on a by AB bare cut:A1@5x | roster b"},
    {"the card's own cut, and another one", "a ABC/2 by AB D=2 cut:D1@5x"},
    {"rivals that list two keys of a feed",
     "a ABC/2 by AB; b ABC/2 on a by AB D=4; c ABC/2 on a by AC D=5 at:1"},
    {"halts apply jointly", "a ABC/2 by AB; halt D1@5x; halt D1@3y | halt D1@5w"},
    {"a halt under a key that nobody committed to", "a ABC/2 by AB; halt D1@5x key2"},
    {"a halt whose signature does not hold", "a ABC/2 by AB; halt D1@5x bad"},
    {"a halt is void once its feed is cut",
     "a ABC/2 by AB; halt D1@3y | b ABC/2 on a by AB cut:D1@5x"},
    {"one left, one is dissolved and succeeded",
     "a ABC/2 by AB gone:D cut:D1@5x ended:E E>F cut:E1@0 fit"},
    {"a head of newer rules", "a ABC/2 by AB; b ABC/2 on a by AB rules9"},
};

static void put_bundles(const struct model *model)
{
    struct buffer wire = {0};

    buffer_append_text(&json, "     \"bundles\": [\n");
    for (unsigned i = 0; i < model->bundles; i++) {
        char *hex;
        buffer_clear(&wire);
        model_write_bundle(model, i, &wire);
        hex = memory_new(2 * wire.size + 1, 1);
        hex_of(hex, wire.data, wire.size);
        buffer_printf(&json, "      \"%s\",\n", hex);
        free(hex);
    }
    buffer_release(&wire);
    end("]");
}

static void put_in_force(const struct charter *charter)
{
    char hex[2 * DIGEST_SIZE + 1];

    buffer_append_text(&json, "     \"in_force\": [");
    for (size_t i = 0; i < charter_heads(charter); i++) {
        hex_of(hex, charter_head(charter, i)->hash.bytes, DIGEST_SIZE);
        buffer_printf(&json, "%s\"%s\"", i == 0 ? "" : ", ", hex);
    }
    buffer_append_text(&json, "],\n");
}

static void put_cuts(const struct feed_rules *rules)
{
    char hex[2 * DIGEST_SIZE + 1];

    buffer_append_text(&json, "\"cuts\": [");
    for (size_t i = 0; i < rules->cut_count; i++) {
        hex_of(hex, rules->cuts[i].id.bytes, DIGEST_SIZE);
        buffer_printf(&json, "%s[%" PRIu64 ", \"%s\"]", i == 0 ? "" : ", ", rules->cuts[i].seq,
                      rules->cuts[i].seq == 0 ? "" : hex);
    }
    buffer_append_text(&json, "]},\n");
}

static void put_feeds(const struct charter *charter, const struct card *card)
{
    char hex[2 * DIGEST_SIZE + 1];

    for (uint32_t number = 1; number <= card->feed_count; number++) {
        struct feed feed = {card->authority, number};
        struct feed_rules rules = charter_feed(charter, &feed);
        hex_of(hex, card->authority.bytes, DIGEST_SIZE);
        buffer_printf(&json, "      {\"authority\": \"%s\", \"feed\": %u, \"keys\": [", hex,
                      (unsigned)number);
        for (size_t i = 0; i < rules.key_count; i++) {
            hex_of(hex, rules.keys[i].bytes, sizeof rules.keys[i]);
            buffer_printf(&json, "%s\"%s\"", i == 0 ? "" : ", ", hex);
        }
        buffer_append_text(&json, "], ");
        put_cuts(&rules);
    }
}

static void put_charter(const char *name, const char *made)
{
    struct model *model = model_read(made);
    struct charter *charter = charter_made(made);
    struct digest digest = charter_digest(charter);

    begin(name);
    put_bundles(model);
    put_digest("network", charter_network(charter));
    put_in_force(charter);
    buffer_append_text(&json, "     \"feeds\": [\n");
    for (size_t i = 0; i < charter_members(charter); i++)
        put_feeds(charter, charter_member_at(charter, i)->card);
    end("]");
    put_digest("digest", &digest);
    end("}");
    charter_free(charter);
    model_free(model);
}

static void put_charters(void)
{
    buffer_append_text(&json, " \"charters\": [\n");
    for (size_t i = 0; i < sizeof charters / sizeof *charters; i++)
        put_charter(charters[i].name, charters[i].made);
    end("\n ]");
}

Test(charter_vectors, are_what_the_file_says)
{
    buffer_append_text(&json, "{\"about\": \"Cards, heads, rosters and halts of candour: see "
                              "docs/charter.md. Bytes are hexadecimal.\",\n");
    put_cards();
    put_refused_cards();
    put_charters();
    end("}\n");
    json.size -= 2;
    expect_golden(SOURCE_DIR "/tests/vectors/charter.json");
}
