#include "protocol/roster.h"

#include "protocol/reader.h"
#include "protocol/writer.h"

#include <stdlib.h>
#include <string.h>

#define ROSTER_VERSION 1
#define ENTRY_FIELDS 5

/* --- Cards, shared --- */

struct roster_card *roster_card_new(struct card *card)
{
    struct roster_card *shared = memory_new(1, sizeof *shared);

    atomic_init(&shared->holds, 1);
    shared->card = card;
    return shared;
}

struct roster_card *roster_card_hold(struct roster_card *card)
{
    atomic_fetch_add(&card->holds, 1);
    return card;
}

void roster_card_free(struct roster_card *card)
{
    if (card == NULL || atomic_fetch_sub(&card->holds, 1) != 1)
        return;
    card_free(card->card);
    free(card);
}

/* --- Reading --- */

static struct roster_card *read_card(struct reader *reader, struct known_cards known)
{
    struct bytes wire = read_bytes(reader, "entry card", 1, CARD_MAX);
    struct card *card = reader->failed ? NULL : card_parse(wire, reader->fault);

    if (card == NULL) {
        reader->failed = true;
        return NULL;
    }
    struct roster_card *same =
        known.find == NULL ? NULL : known.find(known.context, &card->authority, wire);
    if (same != NULL) {
        card_free(card);
        return roster_card_hold(same);
    }
    if (!card_holds(card, reader->fault)) {
        reader->failed = true;
        card_free(card);
        return NULL;
    }
    return roster_card_new(card);
}

static int roster_cut_compare(const struct roster_cut *a, const struct roster_cut *b)
{
    int order = (a->feed > b->feed) - (a->feed < b->feed);

    return order != 0 ? order : cut_compare(&a->cut, &b->cut);
}

static void read_cuts(struct reader *reader, struct entry *entry)
{
    size_t count = read_array(reader, "cuts", 0, ENTRY_CUTS_MAX);

    entry->cuts = memory_new(count, sizeof *entry->cuts);
    for (; entry->cut_count < count && !reader->failed; entry->cut_count++) {
        struct roster_cut *cut = &entry->cuts[entry->cut_count];
        read_array(reader, "cut", 3, 3);
        cut->feed = (uint32_t)read_number(reader, "cut feed", 1, entry->card->card->feed_count);
        cut->cut.seq = read_number(reader, "cut seq", 0, SEQ_MAX);
        if (cut->cut.seq == 0 && !read_nil(reader))
            reader_refuse(reader, "cut id: at 0 there is none");
        else if (cut->cut.seq != 0)
            read_fixed(reader, "cut id", cut->cut.id.bytes, DIGEST_SIZE);
        if (entry->cut_count > 0 && roster_cut_compare(&cut[-1], cut) >= 0)
            reader_refuse(reader, "cuts: not in ascending order");
    }
}

/* The card comes first and everything else is the member's, so without a card nothing is read. */
static void read_entry(struct reader *reader, struct entry *entry, struct known_cards known)
{
    struct member *member = &entry->member;

    read_array(reader, "entry", ENTRY_FIELDS, ENTRY_FIELDS);
    entry->card = read_card(reader, known);
    if (entry->card == NULL)
        return;
    member->card = entry->card->card;
    member->status =
        (enum member_status)read_number(reader, "status", MEMBER_ACTIVE, MEMBER_DISSOLVED);
    if (!read_nil(reader))
        member->since_ms = (int64_t)read_number(reader, "since", 1, TIME_MAX);
    member->succeeded = !read_nil(reader);
    if (member->succeeded)
        read_fixed(reader, "succeeded by", member->succeeded_by.bytes, DIGEST_SIZE);
    read_cuts(reader, entry);
}

struct roster *roster_new(void)
{
    struct roster *roster = memory_new(1, sizeof *roster);

    atomic_init(&roster->holds, 1);
    return roster;
}

struct roster *roster_open(struct roster_text *text, struct known_cards known, struct fault *fault)
{
    struct roster *roster = roster_new();
    struct reader reader = reader_of(buffer_view(&text->wire), fault);

    roster->text = roster_text_hold(text);
    read_array(&reader, "roster", 2, 2);
    read_number(&reader, "roster version", ROSTER_VERSION, ROSTER_VERSION);
    size_t count = read_array(&reader, "entries", 1, MEMBERS_MAX);
    roster->entries = memory_new(count, sizeof *roster->entries);
    while (roster->count < count && !reader.failed) {
        struct entry *entry = &roster->entries[roster->count++];
        read_entry(&reader, entry, known);
        if (roster->count > 1 && !reader.failed &&
            digest_compare(&entry[-1].member.card->authority, &entry->member.card->authority) >= 0)
            reader_refuse(&reader, "entries: not in ascending order of authority ids");
    }
    if (reader_end(&reader))
        return roster;
    roster_free(roster);
    return NULL;
}

struct roster *roster_hold(struct roster *roster)
{
    atomic_fetch_add(&roster->holds, 1);
    return roster;
}

void roster_free(struct roster *roster)
{
    if (roster == NULL || atomic_fetch_sub(&roster->holds, 1) != 1)
        return;
    for (size_t i = 0; i < roster->count; i++) {
        roster_card_free(roster->entries[i].card);
        free(roster->entries[i].cuts);
    }
    free(roster->entries);
    roster_text_free(roster->text);
    free(roster);
}

/* --- Looking --- */

/* Where the authority's entry is, or would be. */
static size_t place_of(const struct roster *roster, const struct digest *authority)
{
    size_t low = 0, high = roster->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (digest_compare(&roster->entries[middle].member.card->authority, authority) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct entry *roster_find(const struct roster *roster, const struct digest *authority)
{
    size_t at = place_of(roster, authority);

    if (at == roster->count ||
        !digest_equal(&roster->entries[at].member.card->authority, authority))
        return NULL;
    return &roster->entries[at];
}

size_t entry_cuts(const struct entry *entry, uint32_t feed, struct cut *cuts)
{
    const struct card_feed *own = &entry->member.card->feeds[feed - 1];
    size_t count = 0;

    if (own->cut)
        cuts[count++] = (struct cut){.seq = own->cut_seq, .id = own->cut_id};
    for (size_t i = 0; i < entry->cut_count; i++)
        if (entry->cuts[i].feed == feed)
            cuts[count++] = entry->cuts[i].cut;
    return count;
}

/* --- Making --- */

struct entry *roster_add(struct roster *roster, struct roster_card *card, int64_t since_ms)
{
    size_t at = place_of(roster, &card->card->authority);

    roster->entries = memory_grow(roster->entries, roster->count + 1, sizeof *roster->entries);
    memmove(&roster->entries[at + 1], &roster->entries[at],
            (roster->count - at) * sizeof *roster->entries);
    roster->count++;
    roster->entries[at] = (struct entry){.card = roster_card_hold(card),
                                         .member = {.card = card->card, .since_ms = since_ms}};
    return &roster->entries[at];
}

bool entry_add_cut(struct entry *entry, const struct roster_cut *cut)
{
    size_t at = entry->cut_count;

    while (at > 0 && roster_cut_compare(&entry->cuts[at - 1], cut) > 0)
        at--;
    if (at > 0 && roster_cut_compare(&entry->cuts[at - 1], cut) == 0)
        return true;
    if (entry->cut_count == ENTRY_CUTS_MAX)
        return false;
    entry->cuts = memory_grow(entry->cuts, entry->cut_count + 1, sizeof *entry->cuts);
    memmove(&entry->cuts[at + 1], &entry->cuts[at], (entry->cut_count - at) * sizeof *entry->cuts);
    entry->cut_count++;
    entry->cuts[at] = *cut;
    return true;
}

void entry_set_card(struct entry *entry, struct roster_card *card)
{
    roster_card_hold(card);
    roster_card_free(entry->card);
    entry->card = card;
    entry->member.card = card->card;
}

void entry_copy(struct entry *to, const struct entry *from)
{
    entry_set_card(to, from->card);
    to->member = from->member;
    to->cuts = memory_grow(to->cuts, from->cut_count + 1, sizeof *to->cuts);
    to->cut_count = from->cut_count;
    if (from->cut_count > 0)
        memcpy(to->cuts, from->cuts, from->cut_count * sizeof *to->cuts);
}

static void write_cuts(const struct entry *entry, struct buffer *wire)
{
    write_array(wire, entry->cut_count);
    for (size_t i = 0; i < entry->cut_count; i++) {
        const struct roster_cut *cut = &entry->cuts[i];
        write_array(wire, 3);
        write_number(wire, cut->feed);
        write_number(wire, cut->cut.seq);
        if (cut->cut.seq == 0)
            write_nil(wire);
        else
            write_bytes(wire, cut->cut.id.bytes, DIGEST_SIZE);
    }
}

static void write_entry(const struct entry *entry, struct buffer *wire)
{
    const struct member *member = &entry->member;

    write_array(wire, ENTRY_FIELDS);
    write_bytes(wire, member->card->wire.data, member->card->wire.size);
    write_number(wire, member->status);
    if (member->since_ms > 0)
        write_number(wire, (uint64_t)member->since_ms);
    else
        write_nil(wire);
    if (member->succeeded)
        write_bytes(wire, member->succeeded_by.bytes, DIGEST_SIZE);
    else
        write_nil(wire);
    write_cuts(entry, wire);
}

bool roster_seal(struct roster *roster, struct fault *fault)
{
    struct buffer wire = {0};

    write_array(&wire, 2);
    write_number(&wire, ROSTER_VERSION);
    write_array(&wire, roster->count);
    for (size_t i = 0; i < roster->count; i++)
        write_entry(&roster->entries[i], &wire);
    bool fits = wire.size <= ROSTER_MAX && roster->count <= MEMBERS_MAX;
    if (fits)
        roster->text = roster_text_new(buffer_view(&wire));
    else
        fault_set(fault, FAULT_INPUT, "the roster: %zu members in %zu bytes, at most %d in %d",
                  roster->count, wire.size, MEMBERS_MAX, ROSTER_MAX);
    buffer_release(&wire);
    return fits;
}
