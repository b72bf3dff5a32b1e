#include "node/json.h"
#include "node/clock.h"

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
