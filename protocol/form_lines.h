#ifndef CANDOUR_PROTOCOL_FORM_LINES_H
#define CANDOUR_PROTOCOL_FORM_LINES_H

#include "protocol/form.h"

/* The lines of a file that a person fills in, told apart: form_file.c makes a document of them, and
 * form_print.c writes a document in such lines.
 *
 * What begins with <!-- is a comment, up to -->. A backslash in front makes text of a line that
 * would be a heading or a comment. */
enum line_kind { LINE_TEXT, LINE_HEADING, LINE_COMMENT };

struct line {
    struct bytes text; /* Without its line break. */
    uint32_t number;
    enum line_kind kind;
    size_t backslashes; /* In front of what would else be a heading or comment. */
};

struct file_lines {
    struct buffer clean; /* The file, each byte in the line and column where it was. */
    struct line *list;
    size_t count;
};

/* Problems with the bytes themselves, and with comments, go to `problems`. */
void file_lines_read(struct file_lines *lines, struct bytes file, struct problems *problems);
void file_lines_release(struct file_lines *lines);

/* What a line would be but for the backslashes in front of it, and how many these are. */
enum line_kind line_kind(struct bytes text, size_t *backslashes);

/* Has the line something to say: is it no comment, and not blank? */
bool line_counts(const struct line *line);

/* Where in the file a part of a line's text stands. */
struct place place_in(const struct line *line, struct bytes part);

#endif
