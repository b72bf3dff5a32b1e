#ifndef CANDOUR_NODE_CLI_PAPER_H
#define CANDOUR_NODE_CLI_PAPER_H

#include "protocol/bytes.h"

/* Text on paper, or in a message: lines of so many characters. */

/* Append the text in lines of at most `width` characters, each after `indent` spaces that count
 * among them; its own line breaks are white space like any other. A word that is longer than a line
 * is broken. At most `most` lines: what does not fit ends with "...". Returns how many there are.
 */
size_t paper_wrap(struct buffer *page, struct bytes text, size_t indent, size_t width, size_t most);

/* Append at most so many characters of it, in one line, whole words and "..." where it is longer.
 */
void paper_short(struct buffer *line, struct bytes text, size_t most);

#endif
