#include "node/cli/html.h"

static size_t character_size(struct bytes text)
{
    static const uint8_t firsts[] = {0xc0, 0xe0, 0xf0};
    size_t size = 1;

    for (size_t i = 0; i < sizeof firsts; i++)
        size += text.data[0] >= firsts[i];
    return size;
}

static const char *entity_of(uint8_t c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/* U+FFFE and U+FFFF are no characters, and XML takes neither. */
static bool is_shown(struct bytes character)
{
    const uint8_t *at = character.data;

    if (character.size == 1 && (at[0] == '\n' || at[0] == '\t'))
        return true;
    return bytes_are_text(character) && control_size(character) == 0 &&
           !(at[0] == 0xef && at[1] == 0xbf && at[2] >= 0xbe);
}

void html_text(struct buffer *page, struct bytes text)
{
    while (text.size > 0) {
        size_t size = character_size(text);
        const char *entity = entity_of(text.data[0]);
        struct bytes character = {text.data, size <= text.size ? size : text.size};
        bool shown = is_shown(character);
        if (entity != NULL)
            buffer_append_text(page, entity);
        else if (shown)
            buffer_append(page, character);
        else
            buffer_append_text(page, "\xef\xbf\xbd");
        text = bytes_after(text, bytes_are_text(character) ? character.size : 1);
    }
}
