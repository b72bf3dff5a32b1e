#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

/* Where the words were found: FTS5 has no texts to make a snippet of, so the texts are read with
 * the same tokenizer that the index was filled with. */

#define SNIPPET_BYTES 220 /* About so long, */
#define LEAD_BYTES 60     /* of which so many may come before the first word found. */

struct found_word {
    size_t at, size;   /* In `letters`. */
    size_t start, end; /* In the text. */
};
struct words {
    struct buffer letters;
    struct found_word *list;
    size_t count, capacity;
};

/* A phrase that stands in a text. */
struct mark {
    size_t start, end;
    size_t phrase;
};
struct marks {
    struct mark *list; /* By start. */
    size_t count, capacity;
};

static void words_release_list(struct words *words)
{
    buffer_release(&words->letters);
    free(words->list);
}

static void hear_word(void *context, struct bytes word, size_t start, size_t end)
{
    struct words *words = context;

    if (words->count == words->capacity) {
        words->capacity = 2 * words->capacity + 64;
        words->list = memory_grow(words->list, words->capacity, sizeof *words->list);
    }
    words->list[words->count++] = (struct found_word){words->letters.size, word.size, start, end};
    buffer_append(&words->letters, word);
}

static struct bytes letters_of(const struct words *words, size_t index)
{
    const struct found_word *word = &words->list[index];

    return bytes_of(words->letters.data + word->at, word->size);
}

/* --- Finding the phrases --- */

static bool stands_at(const struct words *text, size_t at, const struct words *phrase, bool begins)
{
    if (phrase->count == 0 || at + phrase->count > text->count)
        return false;
    for (size_t i = 0; i < phrase->count; i++) {
        struct bytes here = letters_of(text, at + i), wanted = letters_of(phrase, i);
        bool last = begins && i + 1 == phrase->count;
        if (last && here.size > wanted.size)
            here.size = wanted.size;
        if (!bytes_equal(here, wanted))
            return false;
    }
    return true;
}

static void add_mark(struct marks *marks, struct mark mark)
{
    if (marks->count == marks->capacity) {
        marks->capacity = 2 * marks->capacity + 16;
        marks->list = memory_grow(marks->list, marks->capacity, sizeof *marks->list);
    }
    marks->list[marks->count++] = mark;
}

static void find_marks(const struct words *text, const struct words *wanted,
                       const struct phrase *phrases, size_t count, struct marks *marks)
{
    for (size_t i = 0; i < text->count; i++)
        for (size_t k = 0; k < count; k++)
            if (stands_at(text, i, &wanted[k], phrases[k].begins))
                add_mark(marks, (struct mark){text->list[i].start,
                                              text->list[i + wanted[k].count - 1].end, k});
}

/* --- Which part of a text --- */

struct window {
    struct bytes text;
    size_t start, end;
    unsigned score;
};

static bool ends_sentence(struct bytes text, size_t at)
{
    return at == 0 || text.data[at - 1] == '\n' ||
           (at >= 2 && text.data[at - 1] == ' ' && strchr(".!?", text.data[at - 2]) != NULL);
}

/* Back from a word to the start of its sentence, or, where that is far, to that of a word. */
static size_t lead(struct bytes text, size_t from)
{
    size_t least = from > LEAD_BYTES ? from - LEAD_BYTES : 0, word = from;

    for (size_t at = from; at > least; at--) {
        if (ends_sentence(text, at))
            return at;
        if (text.data[at - 1] == ' ')
            word = at;
    }
    return least == 0 ? 0 : word;
}

/* On to about the length of a snippet, up to the end of a word (or of a character). */
static size_t trail(struct bytes text, size_t from, size_t least)
{
    size_t end = from + SNIPPET_BYTES;

    if (end >= text.size)
        return text.size;
    for (size_t at = end; at > least; at--)
        if (text.data[at] == ' ' || text.data[at] == '\n')
            return at;
    for (end = end < least ? least : end; end < text.size && (text.data[end] & 0xc0) == 0x80;)
        end++;
    return end;
}

/* Different phrases count most, then how often they are there. */
static unsigned window_score(const struct marks *marks, size_t from, size_t end)
{
    uint64_t seen = 0;
    unsigned score = 0;

    for (size_t i = from; i < marks->count && marks->list[i].end <= end; i++) {
        uint64_t bit = UINT64_C(1) << marks->list[i].phrase % 64;
        score += (seen & bit) == 0 ? 1000 : 1;
        seen |= bit;
    }
    return score;
}

static void look_for_window(struct bytes text, const struct marks *marks, struct window *best)
{
    for (size_t i = 0; i < marks->count; i++) {
        struct window window = {.text = text};
        if (text.size > SNIPPET_BYTES)
            window.start = lead(text, marks->list[i].start);
        window.end = trail(text, window.start, marks->list[i].end);
        window.score = window_score(marks, i, window.end);
        if (window.score > best->score)
            *best = window;
    }
}

/* --- Writing it --- */

static void write_plain(struct buffer *to, struct bytes text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] != '\n')
            buffer_append(to, bytes_of(text.data + i, 1));
        else if (to->size > 0 && to->data[to->size - 1] != ' ')
            buffer_append_text(to, " ");
}

static void write_window(const struct window *window, const struct marks *marks,
                         struct buffer *snippet)
{
    size_t at = window->start;

    if (at > 0)
        buffer_append_text(snippet, "...");
    for (size_t i = 0; i < marks->count && marks->list[i].end <= window->end; i++) {
        const struct mark *mark = &marks->list[i];
        if (mark->start < at) /* Within one that is written already. */
            continue;
        write_plain(snippet, bytes_of(window->text.data + at, mark->start - at));
        buffer_append_text(snippet, "[");
        write_plain(snippet, bytes_of(window->text.data + mark->start, mark->end - mark->start));
        buffer_append_text(snippet, "]");
        at = mark->end;
    }
    write_plain(snippet, bytes_of(window->text.data + at, window->end - at));
    if (window->end < window->text.size)
        buffer_append_text(snippet, "...");
}

/* The marks of a text. */
static struct marks marks_of(struct store *store, struct bytes text, const struct words *wanted,
                             const struct phrase *phrases, size_t count)
{
    struct words words = {.count = 0};
    struct marks marks = {.count = 0};

    words_each(store, text, false, hear_word, &words);
    find_marks(&words, wanted, phrases, count, &marks);
    words_release_list(&words);
    return marks;
}

/* A bit for each phrase of those in these marks. */
static uint64_t phrases_in(const struct marks *marks)
{
    uint64_t seen = 0;

    for (size_t i = 0; i < marks->count; i++)
        seen |= UINT64_C(1) << marks->list[i].phrase % 64;
    return seen;
}

uint64_t snippet_write(struct store *store, const struct bytes *texts, size_t text_count,
                       const struct phrase *phrases, size_t phrase_count, struct buffer *snippet)
{
    struct words *wanted = memory_new(phrase_count, sizeof *wanted);
    struct window best = {.score = 0};
    uint64_t seen = 0;

    for (size_t i = 0; i < phrase_count; i++)
        words_each(store, phrases[i].text, phrases[i].begins, hear_word, &wanted[i]);
    for (size_t i = 0; i < text_count; i++) {
        struct marks marks = marks_of(store, texts[i], wanted, phrases, phrase_count);
        look_for_window(texts[i], &marks, &best);
        seen |= phrases_in(&marks);
        free(marks.list);
    }
    if (best.score > 0) {
        struct marks marks = marks_of(store, best.text, wanted, phrases, phrase_count);
        write_window(&best, &marks, snippet);
        free(marks.list);
    }
    for (size_t i = 0; i < phrase_count; i++)
        words_release_list(&wanted[i]);
    free(wanted);
    return seen;
}

/* --- Only whether they stand there --- */

struct finder {
    struct store *store;
    struct words *wanted;
    struct phrase *phrases;
    size_t count;
};

struct finder *finder_new(struct store *store, const struct phrase *phrases, size_t count)
{
    struct finder *finder = memory_new(1, sizeof *finder);

    *finder = (struct finder){store, memory_new(count, sizeof *finder->wanted),
                              memory_new(count, sizeof *finder->phrases), count};
    for (size_t i = 0; i < count; i++) {
        finder->phrases[i] = phrases[i];
        words_each(store, phrases[i].text, phrases[i].begins, hear_word, &finder->wanted[i]);
    }
    return finder;
}

uint64_t finder_look(const struct finder *finder, const struct bytes *texts, size_t text_count)
{
    uint64_t seen = 0;

    for (size_t i = 0; finder->count > 0 && i < text_count; i++) {
        struct marks marks =
            marks_of(finder->store, texts[i], finder->wanted, finder->phrases, finder->count);
        seen |= phrases_in(&marks);
        free(marks.list);
    }
    return seen;
}

void finder_free(struct finder *finder)
{
    for (size_t i = 0; finder != NULL && i < finder->count; i++)
        words_release_list(&finder->wanted[i]);
    if (finder != NULL) {
        free(finder->wanted);
        free(finder->phrases);
    }
    free(finder);
}
