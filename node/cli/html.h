#ifndef CANDOUR_NODE_CLI_HTML_H
#define CANDOUR_NODE_CLI_HTML_H

#include "protocol/bytes.h"

/* Append what somebody wrote, so that in HTML and XML it is text and nothing else: within elements
 * and within attributes between quotation marks. What neither may hold at all (bytes that are no
 * UTF-8, characters without a shape of their own) becomes U+FFFD; line breaks and tabs stay. */
void html_text(struct buffer *page, struct bytes text);

#endif
