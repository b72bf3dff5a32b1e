#ifndef CANDOUR_PROTOCOL_GATE_INSIDE_H
#define CANDOUR_PROTOCOL_GATE_INSIDE_H

#include "protocol/gate.h"
#include "protocol/lexicon.h"

/* What the files of the gate share: gate.c scans, gate_rules.c has what has a format, gate_checks.c
 * tells what of it holds, gate_plain.c reads numbers however they are written, gate_text.c takes a
 * text apart, gate_token.c tells what a word is like, gate_signs.c what stands beside it,
 * gate_settle.c what it is in this text; gate_places.c, gate_people.c and gate_initials.c find
 * names, gate_lists.c those of the profile. */

/* A rule finds `pattern`, or a group of it, where `holds` agrees and, when there is a `near`, where
 * that stands within so many bytes before or after; never straight after an `unless`. Rules of the
 * hard classes are given the text in plain digits.
 *
 * Most texts have few digits: a rule whose every match begins at most `digit` bytes before one is
 * looked for there alone, and one that `asks` for something, only in texts where that stands. */
struct rule {
    enum finding_class class;
    const char *name;
    const char *pattern;
    uint32_t group;
    bool (*holds)(struct bytes text);
    const char *near;
    size_t before, after;
    const char *unless;
    size_t digit; /* 0: it may have none. */
    const char *asks;
    bool as_written; /* Hard, but given the text as it is. */
    bool anonymous;  /* In texts by an authority that is not named alone. */
};
extern const struct rule gate_rules[];
extern const size_t gate_rule_count;
extern const char gate_date_after_name[]; /* The date is its first group. */
extern const char gate_house_before_place[];

/* --- A text in plain digits --- */

/* Digits of whatever script or shape, letters that look like them and the words for them are
 * digits, spaces and dashes are those one types, and what nobody sees is gone. Byte `i` of `made`
 * stands for what begins at `from[i]`; from[made.size] is the end. */
struct plain {
    struct buffer made;
    size_t *from;
};
void plain_read(struct plain *plain, struct bytes text); /* The text must be UTF-8. */
void plain_release(struct plain *plain);

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
    struct bytes meant; /* The word of the profile's lists that it is one slip from, or empty. */
    uint32_t kinds;     /* enum word_kind */
    enum shape shape;
    enum writing writing;
    bool opens;      /* A sentence, an item, a quotation: a capital tells nothing. */
    bool joined;     /* Nothing but a space, or the dot of an initial, before it. */
    bool owns;       /* 's */
    bool bracketed;  /* "(" before it. */
    bool own_line;   /* The first of a line. */
    bool mistyped;   /* Nearly a common word of English. */
    char after_mark; /* The mark before it, where there is one: , : / & - */
    bool is_name;    /* Found to be (part of) one, of `class`. */
    bool begins;     /* Not one name with the word before. */
    enum finding_class class;
    const char *rule;
};

/* Of so many letters a name is seldom one letter from a common word. */
#define LONG_WORD 9

struct text {
    struct bytes bytes;
    struct token *words;
    size_t count;
    struct buffer small; /* What the words' `small` lie in. */
    bool welsh;
};

/* Words of a text; longer ones are seldom read by people, and each word costs all others. */
#define REPEATS_MOST 4096

/* The text must be UTF-8 and stay as long as `text` does. */
void text_take_apart(struct text *text, const struct lexicon *lexicon, struct bytes bytes);
void text_release(struct text *text);

/* Where a name ends whose last word this is: with its 's where nothing is named that it owns ("seen
 * outside Doig's."). */
size_t text_end_of_name(struct text *text, size_t last);

/* The character at a place of UTF-8, and its size. */
uint32_t character_at(struct bytes text, size_t at, size_t *size);

/* Appends the letters in small: of Latin as far as European names go (up to U+0233), Greek and
 * Cyrillic. */
void append_small(struct buffer *to, struct bytes letters);

/* --- One word --- */

/* How like a name a word is by itself. */
enum likeness {
    LIKE_NOTHING,
    LIKE_WORD,   /* A word of English. */
    LIKE_EITHER, /* Grace, Mark. */
    LIKE_NAME    /* No word that is known, or known as a name. */
};
enum likeness token_likeness(const struct token *word);

bool token_is(const struct token *word, uint32_t kinds); /* Of one of these, enum word_kind? */
bool token_reads(const struct token *word, const char *small);
bool token_reads_one_of(const struct token *word, const char *const *smalls); /* NULL ends them. */
bool token_links(const struct token *word); /* "and", "of": between the words of one name. */
bool token_has_capital(const struct token *word);
bool token_is_person(const struct token *word); /* Found to be (part of) a person's name. */

/* Is it written in a way that tells that it is meant as a name, if it is one? */
bool token_stands_out(const struct token *word);

/* NULL where there is none; the second also where it is not joined to the one before. */
struct token *text_at(struct text *text, size_t at);
struct token *text_joined_at(struct text *text, size_t at);

/* Words that are one name, unless they are (part of) another already. */
void text_mark(struct text *text, size_t first, size_t last, enum finding_class class,
               const char *rule);

/* Mark what is, or may be, a name: places, bodies and councils; then people, and what else is not
 * known to be safe. */
void find_places(struct text *text);
void find_people(struct text *text);

/* --- The names of a profile --- */

struct name_lists;
struct name_lists *name_lists_new(const struct gate_profile *profile,
                                  const struct lexicon *lexicon);
void name_lists_free(struct name_lists *lists);

/* Notes what each unknown word is `meant` for: a word of the lists with one letter wrong, left out,
 * too many, or two that changed places. */
void name_lists_mend(const struct name_lists *lists, struct text *text);

/* How many words from this one on are a name of the lists, the most; 0 where none are. */
size_t name_lists_match(const struct name_lists *lists, const struct text *text, size_t at,
                        enum finding_class *class);

#endif
