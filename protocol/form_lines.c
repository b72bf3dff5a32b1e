#include "protocol/form_lines.h"
#include "protocol/document.h"

#include <stdlib.h>
#include <string.h>

enum line_kind line_kind(struct bytes text, size_t *backslashes)
{
    for (*backslashes = 0; bytes_begin(text, "\\"); text = bytes_after(text, 1))
        (*backslashes)++;
    while (bytes_begin(text, " "))
        text = bytes_after(text, 1);
    if (bytes_begin(text, "##") && !bytes_begin(text, "###"))
        return LINE_HEADING;
    return bytes_begin(text, "<!--") ? LINE_COMMENT : LINE_TEXT;
}

static bool is_blank(struct bytes text)
{
    return text_trimmed(text).size == 0;
}

bool line_counts(const struct line *line)
{
    return line->kind != LINE_COMMENT && !is_blank(line->text);
}

struct place place_in(const struct line *line, struct bytes part)
{
    return (struct place){line->number, (uint32_t)(part.data - line->text.data) + 1};
}

static size_t character_size(struct bytes text)
{
    for (size_t size = 1; size <= 4 && size <= text.size; size++)
        if (bytes_are_text(bytes_of(text.data, size)))
            return size;
    return 0;
}

struct cleaner {
    struct buffer *clean;
    struct problems *problems;
    struct place place;
    uint32_t told_of_utf8, told_of_control; /* In this line: once is enough. */
};

static void clean_character(struct cleaner *cleaner, struct bytes rest, size_t *size)
{
    size_t control = control_size(rest);
    bool harmless = rest.data[0] == '\n' || rest.data[0] == '\t' || bytes_begin(rest, "\r\n");

    *size = control > 0 ? control : character_size(rest);
    if (control == 0 && *size > 0) {
        buffer_append(cleaner->clean, bytes_of(rest.data, *size));
    } else if (*size == 0) {
        *size = 1;
        buffer_append_text(cleaner->clean, "?");
        if (cleaner->told_of_utf8 != cleaner->place.line)
            problems_add(cleaner->problems, cleaner->place, "not_utf8",
                         "this is not valid UTF-8: save the file as UTF-8");
        cleaner->told_of_utf8 = cleaner->place.line;
    } else {
        if (!bytes_begin(rest, "\r\n"))
            buffer_append(cleaner->clean, bytes_of(rest.data[0] == '\n' ? "\n" : "   ", control));
        if (!harmless && cleaner->told_of_control != cleaner->place.line) {
            problems_add(cleaner->problems, cleaner->place, "control_character",
                         "here is a character that cannot be seen: delete it");
            cleaner->told_of_control = cleaner->place.line;
        }
    }
}

static void clean_file(struct buffer *clean, struct bytes file, struct problems *problems)
{
    struct cleaner cleaner = {.clean = clean, .problems = problems, .place = {1, 1}};
    size_t size;

    for (; file.size > 0; file = bytes_after(file, size)) {
        bool line_ends = file.data[0] == '\n';
        clean_character(&cleaner, file, &size);
        cleaner.place.column += (uint32_t)size;
        if (line_ends)
            cleaner.place = (struct place){cleaner.place.line + 1, 1};
    }
}

static void split_lines(struct file_lines *lines)
{
    struct bytes rest = buffer_view(&lines->clean);
    size_t capacity = 0;

    while (rest.size > 0) {
        const uint8_t *end = memchr(rest.data, '\n', rest.size);
        size_t size = end == NULL ? rest.size : (size_t)(end - rest.data);
        if (lines->count == capacity) {
            capacity = capacity == 0 ? 64 : 2 * capacity;
            lines->list = memory_grow(lines->list, capacity, sizeof *lines->list);
        }
        struct line *line = &lines->list[lines->count++];
        *line = (struct line){.text = bytes_of(rest.data, size), .number = (uint32_t)lines->count};
        line->kind = line_kind(line->text, &line->backslashes);
        if (line->backslashes > 0 && line->kind != LINE_TEXT)
            line->kind = LINE_TEXT;
        else
            line->backslashes = 0;
        rest = bytes_after(rest, end == NULL ? size : size + 1);
    }
}

static const uint8_t *find_text(struct bytes in, const char *text)
{
    for (; in.size > 0; in = bytes_after(in, 1))
        if (bytes_begin(in, text))
            return in.data;
    return NULL;
}

/* The line in which the comment that begins in line `at` ends, or the count of lines. */
static size_t comment_end(const struct file_lines *lines, size_t at)
{
    for (size_t i = at; i < lines->count; i++) {
        if (i > at && lines->list[i].kind == LINE_COMMENT)
            return lines->count;
        if (find_text(lines->list[i].text, "-->") != NULL)
            return i;
    }
    return lines->count;
}

static void mark_comments(struct file_lines *lines, struct problems *problems)
{
    for (size_t i = 0; i < lines->count; i++) {
        struct line *line = &lines->list[i];
        if (line->kind != LINE_COMMENT)
            continue;
        size_t end = comment_end(lines, i);
        if (end == lines->count) {
            problems_add(problems, place_in(line, line->text), "unclosed_comment",
                         "this comment does not end: write --> behind it");
            continue;
        }
        for (; i < end; i++)
            lines->list[i].kind = LINE_COMMENT;
        line = &lines->list[end];
        line->kind = LINE_COMMENT;
        const uint8_t *close = find_text(line->text, "-->");
        struct bytes behind = bytes_after(line->text, (size_t)(close - line->text.data) + 3);
        if (!is_blank(behind))
            problems_add(problems, place_in(line, text_trimmed(behind)), "text_after_comment",
                         "what stands behind a comment is left out: put it on a line of its own");
    }
}

void file_lines_read(struct file_lines *lines, struct bytes file, struct problems *problems)
{
    *lines = (struct file_lines){0};
    if (bytes_begin(file, "\xef\xbb\xbf")) /* A byte order mark, as Windows writes it. */
        file = bytes_after(file, 3);
    clean_file(&lines->clean, file, problems);
    split_lines(lines);
    mark_comments(lines, problems);
}

void file_lines_release(struct file_lines *lines)
{
    free(lines->list);
    buffer_release(&lines->clean);
}
