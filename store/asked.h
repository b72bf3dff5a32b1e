#ifndef CANDOUR_STORE_ASKED_H
#define CANDOUR_STORE_ASKED_H

#include "store/internal.h"

/* What is looked for, made of what a person typed.
 *
 * Each word is a concept. A lesson may have it in several ways: as it was typed, in another
 * spelling, as what was probably meant, or as another word of the trade for it. Each way is a
 * phrase, and a phrase may stand for several concepts at once, as DToC does for delayed and
 * discharge. */

#define ASKED_CONCEPTS 32
#define ASKED_PHRASES 48

enum asked_way {
    WAY_TYPED,
    WAY_SPELLING,  /* Another spelling of the same word: organise, organize. */
    WAY_CORRECTED, /* What was probably meant. */
    WAY_SYNONYM,   /* By the thesaurus. */
};

struct asked_phrase {
    struct span text; /* In `letters`. */
    bool begins;      /* Its last word is only how a word begins. */
    enum asked_way way;
    uint32_t concepts; /* A bit for each that it stands for. */
    double weight;
    double lessons; /* In how many it is: about, where it is in many. */
};

struct asked_concept {
    struct span typed;
    struct span corrected; /* Size 0: as it was typed. */
    bool quoted;           /* It must be there as it stands. */
    bool alone;            /* Nothing between quotation marks, no asterisk: an ordinary word. */
    double rarity;
};

struct asked {
    struct buffer letters;
    struct asked_concept concepts[ASKED_CONCEPTS];
    size_t concept_count;
    struct asked_phrase phrases[ASKED_PHRASES];
    size_t phrase_count;
    struct phrase excluded[ASKED_CONCEPTS]; /* In the words that were typed. */
    size_t excluded_count;
};

/* FAULT_INPUT where there is nothing to look for. */
bool asked_read(struct store *store, struct bytes words, struct asked *asked, struct fault *fault);
void asked_release(struct asked *asked);
struct phrase asked_phrase(const struct asked *asked, size_t index);

/* --- In FTS5's language --- */
/* A phrase, quoted. */
void phrase_write(struct buffer *match, const struct phrase *phrase);
/* --- match.c --- */
/* Any of those phrases that stand for one of these concepts, of which there are how many; after
 * that each that must stand as it was typed, and none of those that are excluded. */
size_t asked_write_any(struct buffer *match, const struct asked *asked, uint32_t concepts);
void asked_write_quoted(struct buffer *match, const struct asked *asked);
void asked_write_excluded(struct buffer *match, const struct asked *asked);
/* The facets that a query wants, each behind AND but where nothing is before it. */
void filters_write(struct buffer *match, const struct query *query);

/* --- In how many lessons --- */
struct counted_piece {
    int64_t number, lessons;
    bool stale;               /* It has words of lessons that are not to be found any more. */
    int64_t said, said_words; /* Texts in it that were said of others, and their words. */
};
struct counted {
    struct counted_piece *pieces;
    size_t count;
    double lessons; /* In all of them. */
};
/* All pieces, for the caller to free the list (search.c). */
bool counted_read(struct store *store, struct counted *counted, struct fault *fault);
/* About, where it is in many: then one piece stands for all. */
bool phrase_count(struct store *store, const struct counted *counted, const struct phrase *phrase,
                  double *lessons, struct fault *fault);
/* A question to one piece, for the caller to finalize; `what` has its number up to three times. */
sqlite3_stmt *piece_ask(struct store *store, int64_t number, const char *what, struct bytes match,
                        struct fault *fault);
/* Add the ways in which each concept may be said, and see how rare they are. */
bool asked_widen(struct store *store, struct asked *asked, const struct counted *counted,
                 struct fault *fault);
/* What no lesson has need not be asked of lessons. */
void asked_drop_absent(struct asked *asked);

/* --- spelling.c --- */
/* Other spellings of a word, British and American. */
typedef void spelling_visit(void *context, struct bytes word);
void spelling_each(struct bytes word, spelling_visit *visit, void *context);
/* The word of English, or of the thesaurus, that was probably meant by one that is neither;
 * `lessons` is 0 where there is none. */
struct spelling {
    struct buffer word;
    double lessons;
};
bool spelling_correct(struct store *store, const struct counted *counted, struct bytes word,
                      struct spelling *meant, struct fault *fault);

/* --- thesaurus.c --- */
struct thesaurus;
/* Called for each term that says the same. */
typedef void thesaurus_visit(void *context, struct bytes term);
/* The one that ships with candour, and what the house added. */
struct thesaurus *thesaurus_of(struct store *store);
/* `key`: stems with a space between them, or a word that has none. */
bool thesaurus_has(const struct thesaurus *thesaurus, struct bytes key);
void thesaurus_each(const struct thesaurus *thesaurus, struct bytes key, thesaurus_visit *visit,
                    void *context);
void thesaurus_each_word(const struct thesaurus *thesaurus, thesaurus_visit *visit, void *context);
#define THESAURUS_WORDS 5 /* A term has at most so many. */
void stems_write(struct store *store, struct bytes text, bool begins, struct buffer *key);

/* --- rank.c --- */
/* What score() goes by, and what it says of the row it was asked last. */
struct ranking {
    const struct asked *asked;
    const struct counted_piece *piece; /* That is asked. */
    double lessons;
    size_t first;           /* In the match so many phrases come before those of `asked`. */
    double threshold;       /* What cannot be above it scores 0. */
    const uint8_t *fitting; /* A bit for each row: does it fit? NULL: all may. What does not
                               scores NOT_FITTING. */
    int64_t fitting_rows;   /* It has bits for so many. */
    double parts[ASKED_CONCEPTS];
    uint32_t matched;
    uint32_t shared; /* The concepts whose share was reckoned last, and what it was. */
    double share;
    double together; /* By how much words that stand together raise it. */
    struct buffer *explanation;
};
#define NOT_FITTING (-1.0)
bool ranking_fits(const struct ranking *ranking, int64_t row);
/* How much of what is asked they are, by rarity: 0 to 1. */
double ranking_share(const struct asked *asked, uint32_t concepts);
/* What these concepts can give at most, whatever else there is. */
double ranking_most(const struct asked *asked, uint32_t concepts);
/* The score of a row whose parts are known, by these concepts alone. */
double ranking_score(struct ranking *ranking, uint32_t concepts);
/* By how much evidence and freshness raise it. */
double ranking_raise(const char *evidence, int64_t time_ms, int64_t newest_ms);
double rarity(double lessons, double with);

#endif
