#include "node/cli/command.h"
#include "protocol/charter.h"
#include "protocol/text.h"
#include "store/store.h"
#include "tests/node/room.h"
#include "tests/protocol/towns.h"
#include "tests/support/council.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a brief and an export say of authors who are not named: counts in bounds, and no id that
 * leads to them. Three towns are on the charter; A has published the lesson. */

#define TOWNS_HERE 3

static struct store *store;
static struct council towns[TOWNS_HERE];
static struct digest lesson_id;
static uint32_t unnamed;

static void keep_charter(void)
{
    struct card *cards[TOWNS_HERE];
    struct buffer bundle = {0};
    struct head head;

    for (size_t i = 0; i < TOWNS_HERE; i++) {
        cards[i] = memory_new(1, sizeof *cards[i]);
        town_fill(cards[i], (char)('A' + i), CARD_FIRST);
        cr_done(card_sign(cards[i], town_key((char)('A' + i), KEY_1), &fault));
    }
    cr_done(charter_found("North", 2, true, (const struct card *const *)cards, TOWNS_HERE, TOWN_MS,
                          &bundle, &fault));
    for (size_t i = 0; i < 2; i++)
        cr_done(
            charter_sign(&bundle, town_key((char)('A' + i), KEY_STEWARD), NULL, 0, &head, &fault));
    cr_done(store_set_network(store, &head.network, &fault));
    for (size_t i = 0; i < TOWNS_HERE; i++) {
        towns[i] = council_new(town_name((char)('A' + i)));
        towns[i].feed.authority = *town_id((char)('A' + i));
        towns[i].network = head.network;
        card_free(cards[i]);
    }
    cr_done(store_keep_charter(store, buffer_view(&bundle), TOWN_MS, &fault));
    buffer_release(&bundle);
}

static void begin(void)
{
    room_open();
    store = store_open(home_file(&home, "store.sqlite", 0), STORE_CREATE, &fault);
    cr_assert(store != NULL, "%s", fault.text);
    keep_charter();
}

static void end(void)
{
    store_close(store);
    for (size_t i = 0; i < TOWNS_HERE; i++)
        council_release(&towns[i]);
    towns_release();
    room_close();
}

TestSuite(unnamed, .init = begin, .fini = end);

static struct digest keep(struct record *record)
{
    struct digest id = *record_id(record);

    cr_done(store_keep(store, record, true, NULL, &fault));
    record_free(record);
    return id;
}

/* The same text by an author who is not named. */
static struct digest keep_unnamed_until(struct record *text, int64_t expiry_ms)
{
    struct header header = *record_header(text);
    struct salt salt = {{(uint8_t)++unnamed}};

    header.expiry_ms = expiry_ms;
    header.author = (struct author){.form = AUTHOR_OWNER, .n = 1 + unnamed % 60};
    struct digest id =
        keep(record_sign(&header, &salt, record_content(text), town_key('A', KEY_3)));
    record_free(text);
    return id;
}

static struct digest keep_unnamed(struct record *text)
{
    return keep_unnamed_until(text, 0);
}

static struct record *response(char town, const struct digest *about, const char *lines)
{
    char hex[2 * DIGEST_SIZE + 1], *file = memory_new(6000, 1);

    hex_of(hex, about->bytes, DIGEST_SIZE);
    snprintf(file, 6000, "Kind: response\nAbout: %s\n%s\n", hex, lines);
    struct record *record = council_publish(&towns[town - 'A'], file);
    free(file);
    return record;
}

#define WORKED "Response: tried\nUptake: adopted\nOutcome: worked\n\n## In our words\n"
#define FAILED "Response: tried\nUptake: adapted\nOutcome: no_effect\n\n## In our words\n"

static void derive(void)
{
    struct store *index = store_open(home_file(&home, "store.sqlite", 0), STORE_DERIVE, &fault);
    uint64_t left = 1;

    cr_assert(index != NULL, "%s", fault.text);
    while (left > 0)
        cr_done(store_derive(index, 100, false, &left, &fault));
    store_close(index);
}

/* --- Running a command, and reading what it printed --- */

static struct buffer printed;

static const char *run(const char *name, const char *argument, const char *option,
                       const char *value)
{
    char arguments[1][300], *list[1] = {arguments[0]};
    struct call call = {
        .command = command_named(name), .home = home, .arguments = list, .argument_count = 1};
    const char *path = folder_file(&folder, "printed");

    snprintf(arguments[0], sizeof arguments[0], "%s", argument);
    for (const struct command_option *o = call.command->options; option != NULL && o->name != NULL;
         o++)
        if (strcmp(o->name, option) == 0) {
            call.given[call.given_count].option = o;
            call.given[call.given_count++].value = value;
        }
    fflush(stdout);
    int before = dup(STDOUT_FILENO), file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    dup2(file, STDOUT_FILENO);
    bool done = call.command->run(&call, &fault);
    fflush(stdout);
    dup2(before, STDOUT_FILENO);
    close(before);
    close(file);
    cr_assert(done, "%s", fault.text);
    buffer_clear(&printed);
    cr_done(file_read(path, 1024 * 1024, &printed, &fault));
    return buffer_text(&printed);
}

static const char *brief(const char *format)
{
    char hex[2 * DIGEST_SIZE + 1];

    derive();
    hex_of(hex, lesson_id.bytes, DIGEST_SIZE);
    return run("brief", hex, "format", format);
}

#define cr_has(text, words) cr_expect(strstr(text, words) != NULL, "no \"%s\" in:\n%s", words, text)
#define cr_lacks(text, words) cr_expect(strstr(text, words) == NULL, "\"%s\" in:\n%s", words, text)

/* --- brief --- */

Test(unnamed, are_counted_in_bounds)
{
    char line[200];

    lesson_id = keep(council_lesson(&towns[0], "Ask first", "We rang."));
    keep(response('B', &lesson_id, WORKED "It came right."));
    keep_unnamed(response('C', &lesson_id, WORKED "Here too."));
    keep_unnamed(response('C', &lesson_id, WORKED "And here."));
    keep_unnamed(response('C', &lesson_id, FAILED "Not with us."));
    const char *page = brief("text");
    snprintf(line, sizeof line, "in part: 1 to 3 authorities (%s; 2", town_name('B'));
    cr_has(page, line);
    cr_has(page, "does not: 1 authority (1 without a name).");
    cr_has(page, "Somebody without a name tried it, and it does not work: \"Not with us.\"");
    cr_lacks(page, town_name('C'));
}

Test(unnamed, authors_of_lessons_stay_so)
{
    lesson_id = keep_unnamed(council_lesson(&towns[2], "Ask first", "We rang."));
    const char *page = brief("text");
    cr_has(page, "A lesson by an authority that is not named");
    cr_lacks(page, town_name('C'));
}

static size_t count(const char *text, const char *words)
{
    size_t found = 0;

    for (const char *at = text; (at = strstr(at, words)) != NULL; at++)
        found++;
    return found;
}

/* All that a brief can hold, and more. */
Test(unnamed, and_named_fill_two_pages_at_most)
{
    struct buffer file = {0}, text = {0};
    static const char *const headings[] = {"What we did", "What worked", "What did not work",
                                           "How in detail"};
    static const char *const lines[] = {
        WORKED,
        FAILED,
        "Response: tried\nUptake: adopted\nOutcome: too_early\n\n## In our words\n",
        "Response: tried\nUptake: rejected\n\n## In our words\n",
        "Response: same_here\nSituation: have\n\n## In our words\n",
        "Response: same_here\nSituation: had_and_fixed\n\n## In our words\n",
        "Response: same_here\nSituation: do_not_have\n\n## In our words\n",
        "Response: question\n\n## In our words\n",
        "Response: challenge\n\n## In our words\n",
    };

    for (int i = 0; i < 45; i++)
        buffer_append_text(&text, "Ask the carers first, and again when the rounds have changed. ");
    buffer_printf(&file,
                  "Title: %.*s\nService: home_care\nOutcome: partly_worked\nStage: completed\n"
                  "Evidence: reasoned_account\nSource: staff_note\n\n## Abstract\n%.*s\n",
                  110, (const char *)text.data, 590, (const char *)text.data);
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        buffer_printf(&file, "\n## %s\n%s\n", headings[i], buffer_text(&text));
    buffer_printf(&file, "\n## What we would do differently\n%.*s\n\n## Recommendation\n%.*s\n",
                  1900, (const char *)text.data, 790, (const char *)text.data);
    lesson_id = keep(council_publish(&towns[0], buffer_text(&file)));
    char hex[2 * DIGEST_SIZE + 1];
    hex_of(hex, lesson_id.bytes, DIGEST_SIZE);
    buffer_clear(&file);
    buffer_printf(&file,
                  "Kind: update\nAbout: %s\nStage: completed\nOutcome: no_effect\n\n"
                  "## What changed since\n%.*s\n",
                  hex, 1900, (const char *)text.data);
    keep(council_publish(&towns[0], buffer_text(&file)));
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        for (unsigned k = 0; k < 20; k++) {
            buffer_clear(&file);
            buffer_printf(&file, "%s%u. %s", lines[i], k, buffer_text(&text));
            keep_unnamed(response('C', &lesson_id, buffer_text(&file)));
        }
    const char *page = brief("text");
    cr_expect_leq(count(page, "\n"), 116, "%zu lines:\n%s", count(page, "\n"), page);
    cr_expect_geq(count(page, "\n"), 95); /* It is nearly full. */
    cr_has(page, "We look at it again on:");
    cr_has(page, "1 to 20 authorities (20 without a name).");
    const char *line = page;
    while (*line != '\0') {
        size_t size = strcspn(line, "\n");
        cr_expect_leq(size, 78, "%.*s", (int)size, line);
        line += size + 1;
    }
    page = brief("html");
    cr_expect_leq(strlen(page), 12000, "%zu", strlen(page));
    cr_expect_eq(count(page, "<p"), count(page, "</p>"));
    buffer_release(&file);
    buffer_release(&text);
}

Test(unnamed, and_named_have_withheld_what_identifies_somebody)
{
    lesson_id = keep(council_lesson(&towns[0], "Ask first", "We rang 01632 960 123 first."));
    keep(response('B', &lesson_id, WORKED "Write to jo@example.org for more."));
    const char *page = brief("text");
    cr_lacks(page, "960 123");
    cr_lacks(page, "jo@example");
    cr_has(page, "[withheld: a telephone number]");
    cr_has(page, "Withheld from this text: a telephone number.");
}

/* --- export --research --- */

static const char *exported(const char *name, const char *file)
{
    char path[400];
    struct stat status;

    snprintf(path, sizeof path, "%s", folder_file(&folder, name));
    if (stat(path, &status) != 0) {
        derive();
        run("export", path, "research", NULL);
    }
    strcat(path, "/");
    strcat(path, file);
    buffer_clear(&printed);
    cr_done(file_read(path, 1024 * 1024, &printed, &fault));
    return buffer_text(&printed);
}

static char *word_after(const char *text, const char *words)
{
    const char *at = strstr(text, words);

    cr_assert(at != NULL, "no %s in:\n%s", words, text);
    at += strlen(words);
    return text_copy(bytes_of(at, strcspn(at, "\"")));
}

Test(unnamed, are_led_to_by_nothing_that_is_exported)
{
    char hex[2 * DIGEST_SIZE + 1], other[2 * DIGEST_SIZE + 1];

    lesson_id = keep_unnamed(council_lesson(&towns[2], "Ask first", "We rang."));
    struct digest id = keep(response('B', &lesson_id, WORKED "It came right."));
    hex_of(hex, lesson_id.bytes, DIGEST_SIZE);
    hex_of(other, id.bytes, DIGEST_SIZE);
    const char *lessons = exported("one", "lesson.jsonl");
    cr_lacks(lessons, hex);
    cr_lacks(lessons, "feed");
    cr_has(lessons, "\"authority\":null,\"authority_name\":null");
    char *made_up = word_after(lessons, "{\"id\":\""),
         *day = word_after(lessons, "\"published\":\"");
    cr_expect_eq(strlen(day), 7, "%s", day); /* The month. */
    cr_expect_eq(strncmp(made_up, "unnamed-", 8), 0, "%s", made_up);
    cr_has(exported("one", "lesson.csv"), made_up);

    /* What refers to it has the same, and its own id where its author is named. */
    const char *responses = exported("one", "response.jsonl");
    cr_has(responses, made_up);
    cr_has(responses, other);
    cr_lacks(responses, hex);
    cr_lacks(exported("one", "response.csv"), hex);

    /* Another export cannot be joined to it. */
    char *again = word_after(exported("two", "lesson.jsonl"), "{\"id\":\"");
    cr_expect_str_neq(again, made_up);
    free(again);
    free(made_up);
    free(day);
}

Test(unnamed, may_be_whoever_is_not_here)
{
    struct digest absent = {{7}};
    char hex[2 * DIGEST_SIZE + 1];

    keep(response('B', &absent, WORKED "It came right."));
    hex_of(hex, absent.bytes, DIGEST_SIZE);
    cr_lacks(exported("one", "response.jsonl"), hex);
    cr_has(exported("one", "response.jsonl"), "\"about\":\"unnamed-");
}

Test(unnamed, and_named_that_expire_stay_within)
{
    keep_unnamed_until(council_lesson(&towns[2], "Ask dunnart first", "We rang."), 2 * TOWN_MS);
    keep(council_lesson(&towns[0], "Ask cuscus first", "We rang."));
    cr_has(exported("one", "lesson.jsonl"), "cuscus");
    cr_lacks(exported("one", "lesson.jsonl"), "dunnart");
}
