#include "node/cli/mail.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ADDRESS_BYTES 254 /* RFC 5321, 4.5.3.1.3, without < and >. */
#define QUOTED_LINE 75    /* And the equals sign that ends it. */

/* --- Addresses --- */

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/* Of RFC 5322's atoms, those in use: nothing that a header or a shell would read otherwise. */
static bool is_made_of(const char *text, size_t size, const char *others)
{
    if (size == 0 || text[0] == '.' || text[0] == '-' || text[size - 1] == '.')
        return false;
    for (size_t i = 0; i < size; i++)
        if (strchr(letters, text[i]) == NULL && strchr(others, text[i]) == NULL)
            return false;
    return true;
}

bool mail_address_is_good(const char *option, const char *address, struct fault *fault)
{
    const char *at = strchr(address, '@');

    if (at != NULL && strlen(address) <= ADDRESS_BYTES &&
        is_made_of(address, (size_t)(at - address), ".+-_=") &&
        is_made_of(at + 1, strlen(at + 1), ".-"))
        return true;
    return fault_set(fault, FAULT_INPUT,
                     "--%s: must be an address such as officers@example.org, and nothing else",
                     option);
}

/* --- Quoted-printable --- */

static bool is_plain(uint8_t c)
{
    return (c >= 33 && c <= 126 && c != '=') || c == ' ' || c == '\t';
}

void mail_quote(struct bytes text, struct buffer *quoted)
{
    size_t line = 0;

    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        bool ends = i + 1 == text.size || text.data[i + 1] == '\n';
        /* White space at the end of a line may be lost on the way, "From " at its start is
         * changed, and a dot alone there ends a message. */
        bool plain = is_plain(c) && !(ends && (c == ' ' || c == '\t')) &&
                     !(line == 0 && (c == 'F' || c == '.'));
        if (c == '\n') {
            buffer_append_text(quoted, "\n");
            line = 0;
            continue;
        }
        if (line + (plain ? 1 : 3) > QUOTED_LINE) {
            buffer_append_text(quoted, "=\n");
            line = 0;
            plain = plain && c != 'F' && c != '.';
        }
        buffer_printf(quoted, plain ? "%c" : "=%02X", c);
        line += plain ? 1 : 3;
    }
}

/* --- The message --- */

/* Nothing that is quoted-printable has an equals sign before an underscore. */
#define BOUNDARY "=_candour_=_"

/* RFC 5322, 3.3: in English wherever this runs. */
static void write_date(struct buffer *message, int64_t time_ms)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm at = {0};

    if (gmtime_r(&seconds, &at) == NULL)
        abort(); /* Of this clock there is no such time. */
    buffer_printf(message, "Date: %s, %d %s %d %02d:%02d:%02d +0000\n", days[at.tm_wday],
                  at.tm_mday, months[at.tm_mon], at.tm_year + 1900, at.tm_hour, at.tm_min,
                  at.tm_sec);
}

static void write_part(struct buffer *message, const char *type, struct bytes text)
{
    buffer_printf(message,
                  "\n--" BOUNDARY "\nContent-Type: text/%s; charset=utf-8\n"
                  "Content-Transfer-Encoding: quoted-printable\n\n",
                  type);
    mail_quote(text, message);
}

void mail_write(const struct letter *letter, struct buffer *message)
{
    buffer_printf(message, "From: %s\nTo: %s\nSubject: %s\n", letter->from, letter->to,
                  letter->subject);
    write_date(message, letter->time_ms);
    buffer_printf(message,
                  "Message-ID: <%s%s>\nMIME-Version: 1.0\n"
                  "Auto-Submitted: auto-generated\n" /* RFC 3834: no answers by machines. */
                  "Content-Type: multipart/alternative; boundary=\"" BOUNDARY "\"\n",
                  letter->id, strchr(letter->from, '@'));
    write_part(message, "plain", letter->text);
    write_part(message, "html", letter->html);
    buffer_append_text(message, "\n--" BOUNDARY "--\n");
}
