#ifndef CANDOUR_PROTOCOL_GATE_INSIDE_H
#define CANDOUR_PROTOCOL_GATE_INSIDE_H

#include "protocol/gate.h"
#include "protocol/lexicon.h"

/* What the files of the gate share: gate.c scans, gate_rules.c has what has a format, gate_text.c
 * takes a text apart, gate_names.c finds names in it, gate_lists.c those of the profile. */

/* A rule finds `pattern`, or a group of it, where `holds` agrees and, when there is a `near`, where
 * that stands within so many bytes before or after. */
struct rule {
    enum finding_class class;
    const char *name;
    const char *pattern;
    uint32_t group;
    bool (*holds)(struct bytes text);
    const char *near;
    size_t before, after;
    bool anonymous; /* In texts by an authority that is not named alone. */
};
extern const struct rule gate_rules[];
extern const size_t gate_rule_count;
extern const char gate_date_after_name[]; /* The date is its first group. */
extern const char gate_house_before_place[];

/* --- A text, word by word --- */

enum shape {
    SHAPE_SMALL,
    SHAPE_CAPITAL,  /* Okonkwo, McPhee, jAne */
    SHAPE_CAPITALS, /* NHS */
    SHAPE_INITIAL,  /* K */
    SHAPE_DIGITS    /* Has one. */
};

/* How a line is written: where all is in capitals, or nothing is, they tell nothing. */
enum writing { WRITING_MIXED, WRITING_CAPITALS, WRITING_SMALL };

struct token {
    size_t start, end;  /* Without 's at its end. */
    struct bytes small; /* In small letters, without 's. */
    uint32_t kinds;     /* enum word_kind */
    enum shape shape;
    enum writing writing;
    bool opens;      /* A sentence, an item, a quotation: a capital tells nothing. */
    bool joined;     /* Nothing but a space, or the dot of an initial, before it. */
    bool owns;       /* 's */
    bool bracketed;  /* "(" before it. */
    bool own_line;   /* The first of a line. */
    char after_mark; /* The mark before it, where there is one: , : / & - */
    bool is_name;    /* Found to be (part of) one, of `class`. */
    bool begins;     /* Not one name with the word before. */
    enum finding_class class;
    const char *rule;
};

struct text {
    struct bytes bytes;
    struct token *words;
    size_t count;
    struct buffer small; /* What the words' `small` lie in. */
    bool welsh;
};

/* The text must be UTF-8 and stay as long as `text` does. */
void text_take_apart(struct text *text, const struct lexicon *lexicon, struct bytes bytes);
void text_release(struct text *text);

/* Appends the letters in small: of Latin as far as European names go (up to U+0233), Greek and
 * Cyrillic. */
void append_small(struct buffer *to, struct bytes letters);

/* Mark the words that are, or may be, names of people, places and bodies. */
void find_names(struct text *text);

/* --- The names of a profile --- */

struct name_lists;
struct name_lists *name_lists_new(const struct gate_profile *profile,
                                  const struct lexicon *lexicon);
void name_lists_free(struct name_lists *lists);

/* How many words from this one on are a name of the lists, the most; 0 where none are. */
size_t name_lists_match(const struct name_lists *lists, const struct text *text, size_t at,
                        enum finding_class *class);

#endif
