#include "node/cli/paper.h"

#include <stdint.h>

static const char more[] = "...";
#define MORE 3

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static size_t characters(struct bytes text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.size; i++)
        count += (text.data[i] & 0xc0) != 0x80;
    return count;
}

/* The next word, of at most so many characters: a longer one comes in parts. */
static struct bytes next_word(struct bytes *text, size_t most)
{
    size_t at = 0, count = 0;

    while (at < text->size && is_space(text->data[at]))
        at++;
    *text = bytes_after(*text, at);
    for (at = 0; at < text->size && !is_space(text->data[at]); at++)
        if ((text->data[at] & 0xc0) != 0x80 && ++count > most)
            break;
    struct bytes word = {text->data, at};
    *text = bytes_after(*text, at);
    return word;
}

static bool has_word(struct bytes text)
{
    return next_word(&text, 1).size > 0;
}

/* Take the words that fit on a line. */
static void fill_line(struct buffer *line, struct bytes *text, size_t room)
{
    size_t used = 0;

    buffer_clear(line);
    for (;;) {
        struct bytes rest = *text, word = next_word(&rest, room);
        size_t needs = characters(word) + (used > 0);
        if (word.size == 0 || used + needs > room)
            return;
        buffer_append_text(line, used > 0 ? " " : "");
        buffer_append(line, word);
        used += needs;
        *text = rest;
    }
}

/* Words go until there is room to say that there is more. */
static void cut_line(struct buffer *line, size_t room)
{
    while (line->size > 0 && characters(buffer_view(line)) + 1 + MORE > room) {
        line->size--;
        while (line->size > 0 && !is_space(line->data[line->size]))
            line->size--;
    }
    buffer_printf(line, "%s%s", line->size > 0 ? " " : "", more);
}

size_t paper_wrap(struct buffer *page, struct bytes text, size_t indent, size_t width, size_t most)
{
    struct buffer line = {0};
    size_t lines = 0;

    while (lines < most && has_word(text)) {
        fill_line(&line, &text, width - indent);
        if (++lines == most && has_word(text))
            cut_line(&line, width - indent);
        buffer_printf(page, "%*s", (int)indent, "");
        buffer_append(page, buffer_view(&line));
        buffer_append_text(page, "\n");
    }
    buffer_release(&line);
    return lines;
}

void paper_short(struct buffer *line, struct bytes text, size_t most)
{
    struct buffer wrapped = {0};

    if (paper_wrap(&wrapped, text, 0, most, 1) > 0)
        buffer_append(line, (struct bytes){wrapped.data, wrapped.size - 1});
    buffer_release(&wrapped);
}
