#include "node/home.h"
#include "protocol/bundle.h"
#include "tests/bench/support/network.h"
#include "tests/bench/support/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A network of many councils that have published for years, for tests and trials with whole nodes:
 *
 *     make_library RECORDS COUNCILS CHARTER BUNDLE CARD...
 *
 * writes a charter with those councils and the members of those cards, founded ten years ago, and a
 * bundle for `candour import` with so many lessons of some 2 kB. */

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define FOUNDED_DAYS 3650
#define TURN 10 /* Lessons of one council in a row. */

static struct fault fault;

static void must(bool done)
{
    if (done)
        return;
    fprintf(stderr, "make_library: %s\n", fault.text);
    exit(1);
}

static struct card *read_card(const char *path)
{
    struct buffer wire = {0};

    must(file_read(path, 1 << 16, &wire, &fault));
    struct card *card = card_read(buffer_view(&wire), &fault);
    must(card != NULL);
    buffer_release(&wire);
    return card;
}

static void write_all(FILE *file, struct buffer *bytes)
{
    if (fwrite(bytes->data, 1, bytes->size, file) != bytes->size) {
        perror("make_library");
        exit(1);
    }
    buffer_clear(bytes);
}

static void write_bundle(struct network *network, size_t records, const char *path)
{
    struct words *words = words_read(1);
    struct buffer content = {0}, wire = {0};
    FILE *file = fopen(path, "wb");

    must(file != NULL || fault_set(&fault, FAULT_INPUT, "%s: cannot be written", path));
    bundle_begin(buffer_view(&network->charter), &wire);
    for (size_t i = 0; i < records; i++) {
        struct council *council = &network->councils[i / TURN % network->count];
        buffer_clear(&content);
        words_lesson(words, &content);
        struct record *record = council_say(council, "lesson", buffer_view(&content), NULL);
        record_write(record, true, &wire);
        record_free(record);
        if (wire.size > 1 << 20)
            write_all(file, &wire);
    }
    bundle_end(1 + records, &wire);
    write_all(file, &wire);
    must(fclose(file) == 0 || fault_set(&fault, FAULT_SELF, "%s: cannot be written", path));
    buffer_release(&content);
    buffer_release(&wire);
    words_free(words);
}

int main(int count, char **arguments)
{
    struct network network;

    if (count < 6) {
        fprintf(stderr, "make_library RECORDS COUNCILS CHARTER BUNDLE CARD...\n");
        return 2;
    }
    size_t records = strtoul(arguments[1], NULL, 10), councils = strtoul(arguments[2], NULL, 10);
    size_t others = (size_t)count - 5;
    struct card **cards = memory_new(others, sizeof *cards);
    for (size_t i = 0; i < others; i++)
        cards[i] = read_card(arguments[5 + i]);
    network_found(&network, councils, (const struct card *const *)cards, others,
                  (int64_t)time(NULL) * 1000 - FOUNDED_DAYS * DAY_MS);
    must(file_write(arguments[3], buffer_view(&network.charter), 0644, false, &fault));
    write_bundle(&network, records, arguments[4]);
    for (size_t i = 0; i < others; i++)
        card_free(cards[i]);
    free(cards);
    network_release(&network);
    return 0;
}
