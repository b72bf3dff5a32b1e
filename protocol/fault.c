#include "protocol/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#undef fault_set /* What the header tells the analyzer. */
#undef fault_refuse
#undef fault_prefix

const char *const refusal_names[REFUSALS] = {
    [REFUSED_NOT] = "none",
    [REFUSED_MALFORMED] = "malformed",
    [REFUSED_NETWORK] = "other_network",
    [REFUSED_SIGNATURE] = "bad_signature",
    [REFUSED_COMMITMENT] = "wrong_body",
    [REFUSED_ERASED] = "erased",
    [REFUSED_THRESHOLD] = "short_of_threshold",
    [REFUSED_UNDECIDED] = "too_much_undecided",
    [REFUSED_JUNK] = "too_much_junk",
    [REFUSED_SLOTS] = "too_many_for_slots",
};

static void write_text(struct fault *fault, const char *format, va_list arguments)
{
    char text[sizeof fault->text];

    vsnprintf(text, sizeof text, format, arguments);
    memcpy(fault->text, text, sizeof text); /* The arguments may point into the old text. */
}

bool fault_set(struct fault *fault, enum fault_kind kind, const char *format, ...)
{
    va_list arguments;

    fault->kind = kind;
    fault->refusal = REFUSED_NOT;
    va_start(arguments, format);
    write_text(fault, format, arguments);
    va_end(arguments);
    return false;
}

bool fault_refuse(struct fault *fault, enum refusal refusal, const char *format, ...)
{
    va_list arguments;

    fault->kind = FAULT_PEER;
    fault->refusal = refusal;
    va_start(arguments, format);
    write_text(fault, format, arguments);
    va_end(arguments);
    return false;
}

bool fault_prefix(struct fault *fault, const char *format, ...)
{
    char prefix[sizeof fault->text], text[2 * sizeof fault->text + 2];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(prefix, sizeof prefix, format, arguments);
    va_end(arguments);
    snprintf(text, sizeof text, "%s: %s", prefix, fault->text);
    memcpy(fault->text, text, sizeof fault->text);
    fault->text[sizeof fault->text - 1] = '\0';
    return false;
}
