#include "node/cli/bulletin.h"
#include "node/cli/html.h"
#include "node/cli/paper.h"
#include "node/clock.h"
#include "protocol/text.h"

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
    item.said = 1;
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

/* --- In order --- */

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

static void sort(struct bulletin *bulletin)
{
    if (bulletin->count > 0)
        qsort(bulletin->items, bulletin->count, sizeof *bulletin->items, compare_items);
}

static void keep_only(struct bulletin *bulletin, const bool *wanted)
{
    size_t kept = 0;

    for (size_t i = 0; i < bulletin->count; i++)
        if (wanted[i])
            bulletin->items[kept++] = bulletin->items[i];
        else
            item_release(&bulletin->items[i]);
    bulletin->count = kept;
}

static bool same_author(const struct bulletin_item *a, const struct bulletin_item *b)
{
    return a->named && b->named && digest_equal(&a->authority, &b->authority);
}

/* --- One matter, one item --- */

#define VOICES_MOST 3 /* Texts of an item that several wrote. */
#define VOICE_CHARACTERS 90
#define SINCE_CHARACTERS 140

static void replace(char **text, struct buffer *by)
{
    free(*text);
    *text = text_copy(buffer_view(by));
    buffer_release(by);
}

static bool is_about_another(const struct bulletin_item *item)
{
    return !digest_equal(&item->id, &item->shown);
}

static bool waits(const struct bulletin *bulletin, const struct bulletin_item *item)
{
    for (size_t i = 0; i < bulletin->count; i++)
        if (bulletin->items[i].part == PART_WAITING &&
            digest_equal(&bulletin->items[i].id, &item->id))
            return true;
    return false;
}

/* The first update that comes is the newest; of the others there is a number. */
static void tell_since(struct bulletin_item *item, const struct bulletin_item *update)
{
    struct buffer text = {0};

    item->said++;
    if (item->since_ms != 0)
        return;
    item->since_ms = update->time_ms;
    buffer_printf(&text, "%s%sSince then: ", item->text, item->text[0] == '\0' ? "" : " ");
    paper_short(&text, bytes_of_text(update->text), SINCE_CHARACTERS);
    buffer_printf(&text, "%s%s", update->facts[0] == '\0' ? "" : " ", update->facts);
    replace(&item->text, &text);
}

static void join_updates(struct bulletin *bulletin, bool *kept)
{
    for (size_t i = 0; i < bulletin->count; i++) {
        const struct bulletin_item *update = &bulletin->items[i];
        if (update->part != PART_OTHER || !is_about_another(update))
            continue;
        for (size_t k = 0; k < bulletin->count; k++)
            if (digest_equal(&bulletin->items[k].id, &update->shown)) {
                tell_since(&bulletin->items[k], update);
                kept[i] = false;
            }
    }
}

/* What several said to one record, from the newest on. */
struct voices {
    size_t count, named, not_named; /* Records; authorities; records. */
    const char *names[2];
    bool alike; /* All did the same. */
    struct buffer texts;
};

static void add_voice(struct voices *voices, const struct bulletin_item *item, bool known)
{
    if (item->named && !known && voices->named++ < 2)
        voices->names[voices->named - 1] = item->author;
    voices->not_named += !item->named;
    if (voices->count++ >= VOICES_MOST || item->deed == NULL)
        return;
    buffer_printf(&voices->texts, "%s%s (%s)", voices->texts.size == 0 ? "" : " ", item->deed,
                  item->author);
    if (item->text[0] != '\0') {
        buffer_append_text(&voices->texts, ": \"");
        paper_short(&voices->texts, bytes_of_text(item->text), VOICE_CHARACTERS);
    }
    buffer_printf(&voices->texts, "%s%s%s", item->text[0] != '\0' ? "\"" : ".",
                  item->facts[0] == '\0' ? "" : " ", item->facts);
}

/* Who is not named may be one authority or several, so their records are counted. */
static void write_names(const struct voices *voices, struct buffer *line)
{
    size_t others = voices->named > 2 ? voices->named - 2 : 0;

    if (voices->named > 0)
        buffer_printf(line, "by %s", voices->names[0]);
    if (voices->named > 1)
        buffer_printf(line, "%s%s", others > 0 ? ", " : " and ", voices->names[1]);
    if (others > 0)
        buffer_printf(line, " and %zu other%s", others, others == 1 ? "" : "s");
    if (voices->not_named > 0)
        buffer_printf(line, "%s%zu time%s without a name", voices->named > 0 ? "; " : "",
                      voices->not_named, voices->not_named == 1 ? "" : "s");
}

static void become_one(struct bulletin_item *first, struct voices *voices)
{
    struct buffer title = {0}, why = {0}, none = {0};
    const char *matter;

    first->said = voices->count;
    buffer_append_text(&why, first->why);
    if (first->deed == NULL) {
        buffer_printf(&why, " It is the newest of %zu.", voices->count);
        replace(&first->why, &why);
        return;
    }
    buffer_append_text(&why, " Said ");
    write_names(voices, &why);
    buffer_append_text(&why, ".");
    matter = first->title + strlen(first->deed);
    matter += strspn(matter, ": ");
    buffer_printf(&title, "%s %zu times: %s", voices->alike ? first->deed : "Said", voices->count,
                  matter);
    replace(&first->title, &title);
    replace(&first->why, &why);
    replace(&first->text, &voices->texts);
    replace(&first->facts, &none);
}

static void join_same(struct bulletin *bulletin, size_t from, bool *kept)
{
    struct bulletin_item *first = &bulletin->items[from];
    struct voices voices = {.alike = true};

    for (size_t i = from; i < bulletin->count && bulletin->items[i].part == first->part; i++) {
        const struct bulletin_item *item = &bulletin->items[i];
        bool known = false;
        if (!kept[i] || !digest_equal(&item->shown, &first->shown) || !is_about_another(item) ||
            waits(bulletin, item))
            continue;
        for (size_t k = from; k < i && !known; k++)
            known = digest_equal(&bulletin->items[k].shown, &first->shown) &&
                    !waits(bulletin, &bulletin->items[k]) && same_author(&bulletin->items[k], item);
        voices.alike = voices.alike && item->deed != NULL && strcmp(item->deed, first->deed) == 0;
        add_voice(&voices, item, known);
        kept[i] = i == from;
    }
    if (voices.count > 1)
        become_one(first, &voices);
    buffer_release(&voices.texts);
}

void bulletin_join(struct bulletin *bulletin)
{
    bool *kept = memory_new(bulletin->count + 1, sizeof *kept);

    memset(kept, true, bulletin->count);
    sort(bulletin);
    join_updates(bulletin, kept);
    for (size_t i = 0; i < bulletin->count; i++) {
        const struct bulletin_item *item = &bulletin->items[i];
        if (kept[i] && (item->part == PART_TO_US || item->part == PART_OTHER) &&
            is_about_another(item) && !waits(bulletin, item))
            join_same(bulletin, i, kept);
    }
    keep_only(bulletin, kept);
    free(kept);
}

/* --- Choosing --- */

#define OF_ONE_AUTHORITY 2

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
        of_one += same_author(other, item);
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

void bulletin_choose(struct bulletin *bulletin, size_t most)
{
    struct choosing choosing = {.bulletin = bulletin,
                                .chosen = memory_new(bulletin->count + 1, sizeof(bool))};

    sort(bulletin);
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
    keep_only(bulletin, choosing.chosen);
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
    write_updated(page, item->since_ms > item->time_ms ? item->since_ms : item->time_ms);
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
