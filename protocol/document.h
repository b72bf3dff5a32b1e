#ifndef CANDOUR_PROTOCOL_DOCUMENT_H
#define CANDOUR_PROTOCOL_DOCUMENT_H

#include "protocol/form.h"
#include "protocol/text.h"

/* The inside of a document, for the files form*.c, and withhold.c, which changes texts where they
 * are. */

struct item {
    char *data; /* Zero-terminated beyond its size. */
    size_t size;
    struct place place;
};

struct items {
    struct item *list;
    size_t count, capacity;
};

struct document {
    const struct form *form;
    struct place start;                  /* Where a missing field is missed; none unless a file. */
    struct items items[FORM_FIELDS_MAX]; /* In the order of the form's fields. */
};

const struct field *form_field(const struct form *form, struct bytes key); /* NULL: none. */
size_t items_per_row(const struct field *field);                           /* 1, or the columns. */
struct bytes item_text(const struct item *item);

/* document_add() for who has the field at hand. */
void document_add_to(struct document *document, const struct field *field, struct bytes text,
                     struct place place);

/* The text as document_add() keeps it. */
void text_tidy(struct buffer *tidy, enum field_type type, struct bytes text);
bool text_is_tidy(enum field_type type, struct bytes text);

/* What keeps a document from being read or published. A stranger's document may have words we do
 * not know yet, lacks what stands in the header, and is not asked what its council should have
 * considered. */
void document_check_fields(const struct document *document, bool strangers,
                           struct problems *problems);

/* What people type differs, of a field, a kind or a word: lower case, one space between words, the
 * straight apostrophe. */
#define NAME_SIZE 96
void name_tidy(char tidy[NAME_SIZE], struct bytes name);

/* The nearest of several spellings, offered one by one. */
struct guess {
    struct bytes wrong;
    const char *best; /* NULL while none is near. */
    unsigned distance;
    bool ambiguous;
};
struct guess guess_of(struct bytes wrong);
void guess_offer(struct guess *guess, const char *candidate);

#endif
