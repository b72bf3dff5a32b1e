#include "node/cli/bulletin.h"
#include "node/cli/html.h"
#include "node/cli/paper.h"
#include "node/clock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *const bulletin_parts[PARTS] = {
    [PART_TO_US] = "Said to you",
    [PART_WAITING] = "Waiting for your answer",
    [PART_FAILED] = "In your services: what did not work",
    [PART_WORKED] = "In your services: what worked, or is under way",
    [PART_SEARCH] = "New to searches that you keep",
    [PART_OTHER] = "Problems, news and offers in your services",
    [PART_OUTSIDE] = "From outside your services",
};

void bulletin_add(struct bulletin *bulletin, struct bulletin_item item)
{
    bulletin->items = memory_grow(bulletin->items, bulletin->count + 1, sizeof *bulletin->items);
    bulletin->items[bulletin->count++] = item;
}

static void item_release(struct bulletin_item *item)
{
    free(item->title);
    free(item->text);
    free(item->why);
    free(item->facts);
    free(item->author);
}

void bulletin_release(struct bulletin *bulletin)
{
    for (size_t i = 0; i < bulletin->count; i++)
        item_release(&bulletin->items[i]);
    free(bulletin->items);
    *bulletin = (struct bulletin){0};
}

/* --- Choosing --- */

#define OF_ONE_AUTHORITY 2

/* By part, then the newest first; of the same time by id, so that it is always the same. */
static int compare_items(const void *left, const void *right)
{
    const struct bulletin_item *a = left, *b = right;

    if (a->part != b->part)
        return a->part < b->part ? -1 : 1;
    if (a->time_ms != b->time_ms)
        return a->time_ms > b->time_ms ? -1 : 1;
    return memcmp(a->id.bytes, b->id.bytes, DIGEST_SIZE);
}

struct choosing {
    struct bulletin *bulletin;
    bool *chosen;
    size_t count;
    bool whoever;  /* However much of it is by one authority. */
    bool whatever; /* From outside, even what is new in another way as well. */
};

/* Is it a candidate of another part too? */
static bool is_elsewhere(const struct bulletin *bulletin, const struct bulletin_item *item)
{
    for (size_t i = 0; i < bulletin->count; i++)
        if (bulletin->items[i].part != item->part &&
            digest_equal(&bulletin->items[i].id, &item->id))
            return true;
    return false;
}

static bool may_choose(const struct choosing *choosing, const struct bulletin_item *item)
{
    size_t of_one = 0;

    if (item->part == PART_OUTSIDE && !choosing->whatever && is_elsewhere(choosing->bulletin, item))
        return false;
    for (size_t i = 0; i < choosing->bulletin->count; i++) {
        const struct bulletin_item *other = &choosing->bulletin->items[i];
        if (!choosing->chosen[i])
            continue;
        if (digest_equal(&other->id, &item->id))
            return false;
        of_one += other->named && item->named && digest_equal(&other->authority, &item->authority);
    }
    return choosing->whoever || of_one < OF_ONE_AUTHORITY;
}

static bool choose_of(struct choosing *choosing, enum bulletin_part part)
{
    for (size_t i = 0; i < choosing->bulletin->count; i++) {
        const struct bulletin_item *item = &choosing->bulletin->items[i];
        if (item->part != part || choosing->chosen[i] || !may_choose(choosing, item))
            continue;
        choosing->chosen[i] = true;
        choosing->count++;
        return true;
    }
    return false;
}

/* One of each part in turn, from the first to the last. */
static void choose_in_turn(struct choosing *choosing, enum bulletin_part first,
                           enum bulletin_part last, size_t most)
{
    bool any = true;

    while (any && choosing->count < most) {
        any = false;
        for (unsigned part = first; part <= last && choosing->count < most; part++)
            any = choose_of(choosing, (enum bulletin_part)part) || any;
    }
}

static void keep_chosen(struct bulletin *bulletin, const bool *chosen)
{
    size_t kept = 0;

    for (size_t i = 0; i < bulletin->count; i++)
        if (chosen[i])
            bulletin->items[kept++] = bulletin->items[i];
        else
            item_release(&bulletin->items[i]);
    bulletin->count = kept;
}

void bulletin_choose(struct bulletin *bulletin, size_t most)
{
    struct choosing choosing = {.bulletin = bulletin,
                                .chosen = memory_new(bulletin->count + 1, sizeof(bool))};

    if (bulletin->count > 0)
        qsort(bulletin->items, bulletin->count, sizeof *bulletin->items, compare_items);
    for (unsigned pass = 0; pass < 3 && choosing.count == 0; pass++) {
        choosing.whoever = pass > 0;
        choosing.whatever = pass > 1;
        choose_of(&choosing, PART_OUTSIDE);
    }
    choosing.whatever = true;
    for (unsigned pass = 0; pass < 2; pass++) {
        choosing.whoever = pass > 0;
        choose_in_turn(&choosing, PART_TO_US, PART_OTHER, most);
        choose_in_turn(&choosing, PART_OUTSIDE, PART_OUTSIDE, most);
    }
    keep_chosen(bulletin, choosing.chosen);
    free(choosing.chosen);
}

/* --- What is said of an item --- */

static void write_title(const struct bulletin_head *head, struct buffer *title)
{
    char today[CLOCK_DATE_SIZE];

    clock_date(today, head->now_ms);
    buffer_printf(title, "What is new for %s, %s", head->of, today);
}

static void write_summary(const struct bulletin *bulletin, const struct bulletin_head *head,
                          struct buffer *line)
{
    buffer_printf(line, "%zu of %zu new thing%s or more, since %s.", bulletin->count,
                  head->candidates, head->candidates == 1 ? "" : "s", head->since);
}

/* Who, when, how it went. */
static void write_facts(const struct bulletin_item *item, struct buffer *line)
{
    char date[CLOCK_DATE_SIZE];

    clock_date(date, item->time_ms);
    buffer_printf(line, "%s, %s.%s%s", item->author, date, item->facts[0] == '\0' ? "" : " ",
                  item->facts);
}

static void write_command(const struct bulletin_item *item, struct buffer *line)
{
    char id[13];

    hex_of(id, item->shown.bytes, 6);
    buffer_printf(line, "candour show %s", id);
}

static bool begins_part(const struct bulletin *bulletin, size_t index)
{
    return index == 0 || bulletin->items[index].part != bulletin->items[index - 1].part;
}

/* --- Text --- */

static void wrap(struct buffer *page, const char *text, size_t indent)
{
    paper_wrap(page, bytes_of_text(text), indent, BULLETIN_WIDTH, SIZE_MAX);
}

static void wrap_buffer(struct buffer *page, struct buffer *text, size_t indent)
{
    wrap(page, buffer_text(text), indent);
    buffer_clear(text);
}

void bulletin_text(const struct bulletin *bulletin, const struct bulletin_head *head,
                   struct buffer *page)
{
    struct buffer line = {0};

    write_title(head, &line);
    wrap_buffer(page, &line, 0);
    write_summary(bulletin, head, &line);
    wrap_buffer(page, &line, 0);
    if (head->note != NULL)
        wrap(page, head->note, 0);
    for (size_t i = 0; i < bulletin->count; i++) {
        const struct bulletin_item *item = &bulletin->items[i];
        if (begins_part(bulletin, i))
            buffer_printf(page, "\n-- %s\n", bulletin_parts[item->part]);
        buffer_append_text(page, "\n");
        wrap(page, item->title, 0);
        wrap(page, item->why, 2);
        wrap(page, item->text, 2);
        write_facts(item, &line);
        wrap_buffer(page, &line, 2);
        write_command(item, &line);
        wrap_buffer(page, &line, 2);
    }
    buffer_release(&line);
}

/* --- HTML --- */

static void element(struct buffer *page, const char *name, struct buffer *text)
{
    buffer_printf(page, "<%s>", name);
    html_text(page, buffer_view(text));
    buffer_printf(page, "</%s>\n", name);
    buffer_clear(text);
}

static void element_text(struct buffer *page, const char *name, const char *text)
{
    buffer_printf(page, "<%s>", name);
    html_text(page, bytes_of_text(text));
    buffer_printf(page, "</%s>\n", name);
}

void bulletin_html(const struct bulletin *bulletin, const struct bulletin_head *head,
                   struct buffer *page)
{
    struct buffer line = {0};

    write_title(head, &line);
    buffer_append_text(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                             "<meta charset=\"utf-8\">\n");
    element(page, "title", &line);
    buffer_append_text(page, "<style>body { font-family: sans-serif; max-width: 40em; }</style>\n"
                             "</head>\n<body>\n");
    write_title(head, &line);
    element(page, "h1", &line);
    write_summary(bulletin, head, &line);
    element(page, "p", &line);
    if (head->note != NULL)
        element_text(page, "p", head->note);
    for (size_t i = 0; i < bulletin->count; i++) {
        const struct bulletin_item *item = &bulletin->items[i];
        if (begins_part(bulletin, i))
            element_text(page, "h2", bulletin_parts[item->part]);
        element_text(page, "h3", item->title);
        element_text(page, "p", item->why);
        element_text(page, "p", item->text);
        write_facts(item, &line);
        element(page, "p", &line);
        write_command(item, &line);
        buffer_append_text(page, "<p>");
        element(page, "code", &line);
        buffer_append_text(page, "</p>\n");
    }
    buffer_append_text(page, "</body>\n</html>\n");
    buffer_release(&line);
}

/* --- Atom --- */

/* Ids of entries are URNs that anybody makes alike of the same id: a UUID of version 8 (RFC 9562)
 * has 122 bits of it. */
static void write_urn(struct buffer *page, const struct digest *id)
{
    uint8_t uuid[16];
    char hex[33];

    memcpy(uuid, id->bytes, sizeof uuid);
    uuid[6] = (uint8_t)(0x80 | (uuid[6] & 0x0f));
    uuid[8] = (uint8_t)(0x80 | (uuid[8] & 0x3f));
    hex_of(hex, uuid, sizeof uuid);
    buffer_printf(page, "<id>urn:uuid:%.8s-%.4s-%.4s-%.4s-%.12s</id>\n", hex, hex + 8, hex + 12,
                  hex + 16, hex + 20);
}

static void write_updated(struct buffer *page, int64_t time_ms)
{
    char stamp[CLOCK_STAMP_SIZE];

    clock_stamp(stamp, time_ms);
    buffer_printf(page, "<updated>%s</updated>\n", stamp);
}

static void write_author(struct buffer *page, const char *name)
{
    buffer_append_text(page, "<author><name>");
    html_text(page, bytes_of_text(name));
    buffer_append_text(page, "</name></author>\n");
}

static void write_entry(struct buffer *page, const struct bulletin_item *item)
{
    struct buffer content = {0};

    buffer_append_text(page, "<entry>\n");
    write_urn(page, &item->id);
    element_text(page, "title", item->title);
    write_updated(page, item->time_ms);
    write_author(page, item->author);
    buffer_printf(page, "<category term=\"%u\" label=\"", (unsigned)item->part);
    html_text(page, bytes_of_text(bulletin_parts[item->part]));
    buffer_printf(page, "\"/>\n");
    buffer_printf(&content, "%s\n%s%s%s%s", item->why, item->text,
                  item->text[0] == '\0' ? "" : "\n", item->facts,
                  item->facts[0] == '\0' ? "" : "\n");
    write_command(item, &content);
    buffer_append_text(page, "<content type=\"text\">");
    html_text(page, buffer_view(&content));
    buffer_append_text(page, "</content>\n</entry>\n");
    buffer_release(&content);
}

void bulletin_atom(const struct bulletin *bulletin, const struct bulletin_head *head,
                   struct buffer *page)
{
    struct buffer line = {0};

    buffer_append_text(page, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                             "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n");
    write_urn(page, &head->self);
    buffer_printf(&line, "What is new for %s", head->of);
    element(page, "title", &line);
    write_updated(page, head->now_ms);
    write_author(page, head->of);
    if (head->note != NULL)
        element_text(page, "subtitle", head->note);
    buffer_append_text(page, "<generator>candour</generator>\n");
    for (size_t i = 0; i < bulletin->count; i++)
        write_entry(page, &bulletin->items[i]);
    buffer_append_text(page, "</feed>\n");
    buffer_release(&line);
}
