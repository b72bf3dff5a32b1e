#ifndef CANDOUR_NODE_CLI_MAIL_H
#define CANDOUR_NODE_CLI_MAIL_H

#include "protocol/bytes.h"
#include "protocol/fault.h"

/* One message (RFC 5322, RFC 2045 to 2047) with the same twice, as text and as HTML, for
 * `sendmail -t`: lines end with a line feed, as it wants them. */
struct letter {
    const char *from, *to; /* Good addresses. */
    const char *subject;   /* In ASCII, and of our own making. */
    const char *id;        /* What its Message-ID begins with: letters, digits, dots. */
    int64_t time_ms;
    struct bytes text, html;
};
void mail_write(const struct letter *letter, struct buffer *message);

/* NAME@HOST and nothing else. FAULT_INPUT, with the option that gave it. */
bool mail_address_is_good(const char *option, const char *address, struct fault *fault);

/* RFC 2045, 6.7. */
void mail_quote(struct bytes text, struct buffer *quoted);

#endif
