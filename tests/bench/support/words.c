#include "tests/bench/support/words.h"

#include "protocol/form.h"
#include "protocol/record.h"
#include "protocol/vocabulary.h"
#include "tests/support/folder.h"

#include <assert.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#define MADE_UP 30000

struct words {
    uint64_t state;
    struct bytes *sampled;
    size_t sampled_count;
    char **texts; /* That they are parts of. */
    size_t text_count;
    char (*made)[16];
    double *up_to; /* Sum of the weights of the made-up ones. */
};

static uint64_t chance(struct words *words, uint64_t below)
{
    words->state = words->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (words->state >> 33) % below;
}

/* --- The words there are --- */

static void split(struct words *words, const char *text)
{
    while (*text != 0) {
        size_t size = strcspn(text, " \n"), room = words->sampled_count;
        if (size > 0 && size < 40 && text[0] != '#' && text[0] != '-') {
            words->sampled = memory_grow(words->sampled, room + 1, sizeof *words->sampled);
            words->sampled[words->sampled_count++] = bytes_of(text, size);
        }
        text += size + (text[size] != 0);
    }
}

static void make_up(struct words *words)
{
    static const char *const parts[] = {"ca",  "re", "to",  "ni", "shel", "ver", "um",  "ing",
                                        "pol", "da", "mis", "or", "ten",  "ly",  "fra", "ko"};
    double sum = 0;

    words->made = memory_new(MADE_UP, sizeof *words->made);
    words->up_to = memory_new(MADE_UP, sizeof *words->up_to);
    for (size_t i = 0; i < MADE_UP; i++) {
        size_t number = i * 7 + 11;
        for (size_t k = 0; k < 2 + i % 3; k++, number = number / 16 + i % 13)
            strcat(words->made[i], parts[number % 16]);
        sum += 1.0 / (double)(i + 1);
        words->up_to[i] = sum;
    }
}

struct words *words_read(uint64_t seed)
{
    struct words *words = memory_new(1, sizeof *words);
    glob_t found;

    words->state = seed;
    int failed = glob(SOURCE_DIR "/node/samples/lessons/*.md", 0, NULL, &found);
    assert(failed == 0);
    (void)failed;
    words->texts = memory_new(found.gl_pathc, sizeof *words->texts);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        words->texts[words->text_count] = file_text(found.gl_pathv[i]);
        split(words, words->texts[words->text_count++]);
    }
    globfree(&found);
    make_up(words);
    return words;
}

void words_free(struct words *words)
{
    for (size_t i = 0; i < words->text_count; i++)
        free(words->texts[i]);
    free(words->texts);
    free(words->sampled);
    free(words->made);
    free(words->up_to);
    free(words);
}

/* --- Texts of them --- */

static const char *made_up_word(struct words *words)
{
    double at = (double)chance(words, 1000000) / 1e6 * words->up_to[MADE_UP - 1];
    size_t low = 0, high = MADE_UP - 1;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (words->up_to[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return words->made[low];
}

static void add_text(struct words *words, struct document *document, const char *key, size_t bytes)
{
    struct buffer text = {0};

    while (text.size + 20 < bytes) {
        if (chance(words, 2) == 0)
            buffer_append(&text, words->sampled[chance(words, words->sampled_count)]);
        else
            buffer_append_text(&text, made_up_word(words));
        buffer_append_text(&text, chance(words, 12) == 0 ? ". " : " ");
    }
    buffer_append_text(&text, "end.");
    document_add(document, key, buffer_view(&text), (struct place){0});
    buffer_release(&text);
}

/* --- Lessons --- */

static void add_texts(struct words *words, struct document *document)
{
    static const struct {
        const char *key;
        size_t bytes;
    } texts[] = {{"title", 70},
                 {"abstract", 400},
                 {"what_we_did", 900},
                 {"what_did_not_work", 400},
                 {"recommendation", 350}};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add_text(words, document, texts[i].key, texts[i].bytes);
}

static void add_code(struct document *document, const char *key, const char *code)
{
    document_add(document, key, bytes_of_text(code), (struct place){0});
}

static void write_lesson(struct document *document, struct buffer *content)
{
    struct buffer map = {0};

    document_write(document, &map);
    body_wrap(buffer_view(&map), content);
    buffer_release(&map);
    document_free(document);
}

void words_lesson(struct words *words, struct buffer *content)
{
    static const char *const choices[][2] = {{"service_area", "home_care"},
                                             {"outcome", "partly_worked"},
                                             {"stage", "midway"},
                                             {"evidence_level", "opinion"},
                                             {"source_kind", "project"}};
    struct document *document = document_new(&lesson_form);

    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        add_code(document, choices[i][0], choices[i][1]);
    add_texts(words, document);
    write_lesson(document, content);
}

void words_lesson_varied(struct words *words, struct buffer *content)
{
    static const struct {
        const char *key;
        const struct vocabulary *vocabulary;
    } choices[] = {{"service_area", &service_areas},
                   {"outcome", &outcomes},
                   {"stage", &stages},
                   {"evidence_level", &evidence_levels},
                   {"source_kind", &source_kinds},
                   {"barrier", &barriers},
                   {"driver", &drivers},
                   {"contributing_factor", &contributing_factors},
                   {"partner_sector", &partner_sectors}};
    struct document *document = document_new(&lesson_form);

    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        add_code(document, choices[i].key,
                 choices[i].vocabulary->words[chance(words, choices[i].vocabulary->count)].code);
    add_texts(words, document);
    write_lesson(document, content);
}
