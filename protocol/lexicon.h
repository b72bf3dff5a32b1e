#ifndef CANDOUR_PROTOCOL_LEXICON_H
#define CANDOUR_PROTOCOL_LEXICON_H

#include "protocol/bytes.h"

/* What is known of a word: from Debian's lists of English (lexicon.sh) and from ours, of the trade
 * and of Welsh (lexicon.txt). The gate tells names from the rest by it: what is not known to be
 * safe is shown to a person. */
enum word_kind {
    WORD_ENGLISH = 1 << 0,   /* Written with a small letter: safe. */
    WORD_CAPITAL = 1 << 1,   /* Written with a capital: forenames, surnames, places. */
    WORD_SAFE = 1 << 2,      /* Written with a capital, and tells nothing: months, Acts, bodies. */
    WORD_FUNCTION = 1 << 3,  /* the, of, we: never a name, even where all is written small. */
    WORD_ARTICLE = 1 << 4,   /* Before a noun, not before a name. */
    WORD_HONORIFIC = 1 << 5, /* Mr, Dr, Cllr */
    WORD_TITLE = 1 << 6,     /* A word as well: Miss, Sister, Father. */
    WORD_ROLE = 1 << 7,      /* worker, tenant, mum: a name may follow. */
    WORD_DOES = 1 << 8,      /* said, rang: a name may stand before it. */
    WORD_BE = 1 << 9,        /* was, is, had */
    WORD_DONE = 1 << 10,     /* placed, told: "was placed" is said of people. */
    WORD_TO = 1 << 11,       /* told, rang, attn: a name may follow. */
    WORD_GREETING = 1 << 12, /* Dear, Hi: a name follows. */
    WORD_CLOSING = 1 << 13,  /* Regards, Thanks: a name follows on the next line. */
    WORD_PARTICLE = 1 << 14, /* van, ap, ur: inside a name. */
    WORD_STREET = 1 << 15,   /* Road, Close, Estate: ends the name of a place. */
    WORD_SITE = 1 << 16,     /* School, Surgery: ends the name of an organisation. */
    WORD_GROUP = 1 << 17,    /* Trust, Centre, Care: does so after what is no common word. */
    WORD_GENERIC = 1 << 18,  /* Primary, Community: no name by itself before those. */
    WORD_WHERE = 1 << 19,    /* in, near, at: a place may follow. */
    WORD_WELSH = 1 << 20,    /* Of the commonest words of Welsh. */
    WORD_WELSH_PLACE = 1 << 21, /* Heol, Stryd: begins the name of a place. */
    WORD_WELSH_SITE = 1 << 22,  /* Ysgol, Meddygfa: of an organisation. */
    WORD_PERSONA = 1 << 23,     /* Child, Adult: "Child K". */
    WORD_COUNCIL = 1 << 24,     /* Of those that say what kind of council it is: County, Borough. */
    WORD_COMMON = 1 << 26,      /* Of the 50,000 that are met most. */
    WORD_KIN = 1 << 25,         /* brother, wife: "his brother Rufus". */
    WORD_NAME_TOO = 1 << 27,    /* Safe, and a name of people, too: June, Will. */
    WORD_IN_WELSH = 1 << 28,    /* Safe so in Welsh alone: Dan, Haf. */
    WORD_EPONYM = 1 << 29,      /* Safe before what was named after people: "Fraser guidelines". */
    WORD_FORENAME = 1 << 30,    /* A word that begins a sentence as a forename rather: Hazel. */
};

/* What is known of a word in small letters; 0 where nothing is. A set of them serves all threads.
 */
struct lexicon;
struct lexicon *lexicon_new(void);
void lexicon_free(struct lexicon *lexicon);
uint32_t lexicon_look_up(const struct lexicon *lexicon, struct bytes small);

/* Called for each word of English, written with a small letter, that begins with this one. */
typedef void lexicon_visit(void *context, struct bytes word);
void lexicon_each(char first, lexicon_visit *visit, void *context);

/* Is it a common word of English with one letter left out, or two that changed places; of
 * LONG_SLIP letters or more, also with one wrong, or one too many? Too many names of fewer are so
 * near to a word. */
#define LONG_SLIP 6
bool lexicon_nearly(const struct lexicon *lexicon, struct bytes small);

#endif
