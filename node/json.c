#include "node/json.h"
#include "node/clock.h"
#include "protocol/text.h"

#include <stdlib.h>
#include <string.h>

json_t *json_id(const struct digest *id)
{
    char text[2 * DIGEST_SIZE + 1];

    hex_of(text, id->bytes, sizeof id->bytes);
    return json_string(text);
}

json_t *json_stamp(int64_t time_ms)
{
    char text[CLOCK_STAMP_SIZE];

    if (time_ms == 0)
        return json_null();
    clock_stamp(text, time_ms);
    return json_string(text);
}

json_t *json_bytes(struct bytes text)
{
    return json_stringn((const char *)text.data, text.size);
}

json_t *json_sentence(const char *text)
{
    json_t *sentence = text == NULL ? json_null() : json_string(text);

    if (sentence != NULL)
        return sentence;
    char *plain = text_copy(bytes_of_text(text));
    for (char *c = plain; *c != '\0'; c++)
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    sentence = json_string(plain);
    free(plain);
    return sentence;
}
