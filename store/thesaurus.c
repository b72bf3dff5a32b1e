#include "store/asked.h"

#include <stdlib.h>
#include <string.h>

/* Words that say the same in the trade. A line of the file is a group, its terms have commas
 * between them; who looks for one finds the others. In a line "this > that, that other" who looks
 * for this finds those too, and not the other way round. */

extern const char store_thesaurus[];

#define LINE_TERMS 32

struct known_term {
    struct span span; /* In `letters`. */
    struct bytes key; /* The same, when these do not move any more. */
    size_t group;
};
struct term_group {
    size_t first, count; /* In `terms`. */
};
struct thesaurus {
    struct buffer letters;
    struct span *terms;
    size_t term_count;
    struct term_group *groups;
    size_t group_count;
    struct known_term *entries; /* By key. */
    size_t entry_count;
};

/* --- Keys --- */

static void write_stem(void *context, struct bytes word, size_t start, size_t end)
{
    struct buffer *key = context;

    (void)start;
    (void)end;
    buffer_append_text(key, key->size == 0 ? "" : " ");
    buffer_append(key, word);
}

void stems_write(struct store *store, struct bytes text, bool begins, struct buffer *key)
{
    words_each(store, text, begins, write_stem, key);
}

/* A term that has nothing but little words, such as IT, is its own key. */
static void write_key(struct store *store, struct bytes term, struct buffer *key)
{
    buffer_clear(key);
    stems_write(store, term, false, key);
    if (key->size == 0)
        buffer_append(key, term);
}

/* --- Reading --- */

static struct bytes trimmed(struct bytes text)
{
    while (text.size > 0 && text.data[0] == ' ')
        text = bytes_after(text, 1);
    while (text.size > 0 && (text.data[text.size - 1] == ' ' || text.data[text.size - 1] == '\r'))
        text.size--;
    return text;
}

/* Take what stands before the character off the text. */
static struct bytes take_until(struct bytes *text, char end)
{
    const uint8_t *found = text->size == 0 ? NULL : memchr(text->data, end, text->size);
    size_t size = found == NULL ? text->size : (size_t)(found - text->data);
    struct bytes taken = bytes_of(text->data, size);

    *text = bytes_after(*text, size + (found != NULL));
    return trimmed(taken);
}

static void add_entry(struct store *store, struct thesaurus *thesaurus, struct bytes term)
{
    struct buffer key = {0};

    write_key(store, term, &key);
    thesaurus->entries =
        memory_grow(thesaurus->entries, thesaurus->entry_count + 1, sizeof *thesaurus->entries);
    thesaurus->entries[thesaurus->entry_count++] =
        (struct known_term){.span = buffer_add(&thesaurus->letters, buffer_view(&key)),
                            .group = thesaurus->group_count};
    buffer_release(&key);
}

static void add_term(struct thesaurus *thesaurus, struct bytes term)
{
    thesaurus->terms =
        memory_grow(thesaurus->terms, thesaurus->term_count + 1, sizeof *thesaurus->terms);
    thesaurus->terms[thesaurus->term_count++] = buffer_add(&thesaurus->letters, term);
}

static void read_line(struct store *store, struct thesaurus *thesaurus, struct bytes line)
{
    struct term_group group = {.first = thesaurus->term_count};
    bool one_way = memchr(line.data, '>', line.size) != NULL;

    if (one_way)
        add_entry(store, thesaurus, take_until(&line, '>'));
    while (line.size > 0) {
        struct bytes term = take_until(&line, ',');
        if (term.size == 0)
            continue;
        add_term(thesaurus, term);
        group.count++;
        if (!one_way)
            add_entry(store, thesaurus, term);
    }
    thesaurus->groups =
        memory_grow(thesaurus->groups, thesaurus->group_count + 1, sizeof *thesaurus->groups);
    thesaurus->groups[thesaurus->group_count++] = group;
}

static void read_all(struct store *store, struct thesaurus *thesaurus, struct bytes text)
{
    while (text.size > 0) {
        struct bytes line = take_until(&text, '\n');
        if (line.size > 0 && line.data[0] != '#')
            read_line(store, thesaurus, line);
    }
}

/* --- Looking up --- */

static int compare_entries(const void *a, const void *b)
{
    const struct known_term *one = a, *other = b;
    int order = bytes_compare(one->key, other->key);

    return order != 0 ? order : one->group < other->group ? -1 : one->group > other->group;
}

/* The first entry that is not before the key. */
static size_t entry_of(const struct thesaurus *thesaurus, struct bytes key)
{
    size_t low = 0, high = thesaurus->entry_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (bytes_compare(thesaurus->entries[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool entry_is(const struct thesaurus *thesaurus, size_t index, struct bytes key)
{
    return index < thesaurus->entry_count && bytes_equal(thesaurus->entries[index].key, key);
}

bool thesaurus_has(const struct thesaurus *thesaurus, struct bytes key)
{
    return entry_is(thesaurus, entry_of(thesaurus, key), key);
}

void thesaurus_each(const struct thesaurus *thesaurus, struct bytes key, thesaurus_visit *visit,
                    void *context)
{
    for (size_t i = entry_of(thesaurus, key); entry_is(thesaurus, i, key); i++) {
        const struct term_group *group = &thesaurus->groups[thesaurus->entries[i].group];
        for (size_t k = 0; k < group->count; k++)
            visit(context, buffer_part(&thesaurus->letters, thesaurus->terms[group->first + k]));
    }
}

void thesaurus_each_word(const struct thesaurus *thesaurus, thesaurus_visit *visit, void *context)
{
    for (size_t i = 0; i < thesaurus->term_count; i++) {
        struct bytes term = buffer_part(&thesaurus->letters, thesaurus->terms[i]);
        for (size_t at = 0; at < term.size; at++) {
            size_t start = at;
            while (at < term.size && term.data[at] != ' ' && term.data[at] != '-')
                at++;
            if (at > start)
                visit(context, bytes_of(term.data + start, at - start));
        }
    }
}

/* --- The store's --- */

struct thesaurus *thesaurus_of(struct store *store)
{
    struct thesaurus *thesaurus = store->thesaurus;

    if (thesaurus != NULL)
        return thesaurus;
    thesaurus = store->thesaurus = memory_new(1, sizeof *thesaurus);
    read_all(store, thesaurus, bytes_of_text(store_thesaurus));
    read_all(store, thesaurus, buffer_view(&store->house_words));
    for (size_t i = 0; i < thesaurus->entry_count; i++)
        thesaurus->entries[i].key = buffer_part(&thesaurus->letters, thesaurus->entries[i].span);
    qsort(thesaurus->entries, thesaurus->entry_count, sizeof *thesaurus->entries, compare_entries);
    return thesaurus;
}

void thesaurus_free(struct thesaurus *thesaurus)
{
    if (thesaurus == NULL)
        return;
    buffer_release(&thesaurus->letters);
    free(thesaurus->terms);
    free(thesaurus->groups);
    free(thesaurus->entries);
    free(thesaurus);
}

/* --- What a house adds --- */

static size_t count_terms(struct bytes line)
{
    size_t count = 0;

    for (size_t i = 0; i < line.size; i++)
        if (line.data[i] == '>')
            line = bytes_after(line, i + 1), i = 0, count++;
    while (line.size > 0)
        count += take_until(&line, ',').size > 0;
    return count;
}

bool store_set_thesaurus(struct store *store, struct bytes text, struct fault *fault)
{
    struct bytes rest = text;

    if (text.size > THESAURUS_BYTES_MAX || !bytes_are_text(text))
        return fault_set(fault, FAULT_INPUT,
                         "the thesaurus is no text of at most %d bytes: write one group a line",
                         THESAURUS_BYTES_MAX);
    for (size_t number = 1; rest.size > 0; number++) {
        struct bytes line = take_until(&rest, '\n');
        size_t terms = line.size == 0 || line.data[0] == '#' ? 2 : count_terms(line);
        if (terms < 2 || terms > LINE_TERMS)
            return fault_set(fault, FAULT_INPUT,
                             "the thesaurus, line %zu: a group has 2 to %d terms with commas "
                             "between them, such as: dp, direct payments",
                             number, LINE_TERMS);
    }
    buffer_clear(&store->house_words);
    buffer_append(&store->house_words, text);
    thesaurus_free(store->thesaurus);
    store->thesaurus = NULL;
    return true;
}
