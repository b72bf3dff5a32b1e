#ifndef CANDOUR_STORE_SEARCH_H
#define CANDOUR_STORE_SEARCH_H

#include "store/store.h"

/* Words in, lessons and issues out, best first: each once, be it found by its own text or by what
 * others said of it. tests/store/search_suite.h is a set of tests that any back end
 * behind this page can be put under. */
#define AMONG_MOST 64
struct query {
    /* As a person types them: words, "a phrase", begin*, -not; empty: everything. */
    struct bytes words;
    const char *service; /* NULL: any. A code of its vocabulary, as are those up to the topic. */
    const char *outcome; /* As its latest update says; so is the stage. */
    const char *stage;
    const char *barrier, *driver, *factor, *partner;
    const char *voice;    /* Whom its authors asked: users, carers, staff, partners. */
    const char *evidence; /* At least so strong. */
    const char
        *topic; /* This topic or below it: "direct-payments" finds "direct-payments/start". */
    const struct digest *authority;
    const struct digest *among; /* What these published under their names; NULL: whoever did. */
    size_t among_count;         /* 0: nothing then. At most AMONG_MOST. */
    int64_t since_ms;           /* Published since; 0: any time. */
    int64_t after; /* Only what came here after that place of another answer; 0: all. */
    double share;  /* It has at least so much of what is asked, by rarity; 0: any of it. */
    size_t limit, offset;
    bool explain;
    bool lessons_only; /* And by their own text: for whoever counts who says a thing. */
    /* Whose labels say what is the same (store_issue_group()). */
    const struct digest *honoured;
    size_t honoured_count;
};

/* What there is to say of all hits together. */
#define ANSWER_CORRECTIONS 8
struct correction {
    char typed[64], meant[64];
};
struct answer {
    uint64_t total; /* All hits, not only those shown, */
    int64_t place;  /* Up to where what came here was searched. */
    bool at_least;  /* or so many at least: what cannot be shown is not counted to the end. */
    struct correction corrections[ANSWER_CORRECTIONS]; /* Looked for in place of what was typed. */
    size_t correction_count;
};

struct hit {
    struct digest id;
    const char *kind, *title, *abstract;
    const char *outcome, *stage; /* Empty: it is an issue. */
    const char *services;        /* Codes, separated by one space. */
    const char *topic;
    bool anonymous;
    struct digest authority;    /* Where not anonymous. */
    const char *authority_name; /* From the charter kept last; empty where it is not known. */
    int64_t published_ms;
    double score;            /* Higher is better; only its order means anything. */
    const char *snippet;     /* Where the words were found, in [brackets]. */
    const char *missing;     /* Words that were asked and are not in it; empty: it has all. */
    const char *explanation; /* Lines, where that was asked for: why it stands where it does. */
    struct responses responses;
    uint64_t same; /* Others that are the same, or that it corrects, and are no hits beside it. */
    bool has_corrected;      /* Its author has said it again since, */
    struct digest corrected; /* in this record. */
    /* It was found by what was said of it, and snippet and missing are of that. Kind NULL: by its
     * own text. */
    struct {
        const char *kind;
        struct digest id;
        bool anonymous;
        const char *authority_name;
    } via;
    struct withheld withheld; /* Of all its texts; what is above is without it. */
};

typedef bool search_visit(void *context, const struct hit *hit, struct fault *fault);

/* FAULT_INPUT where the words cannot be searched. docs/search.md says what comes first and why. */
bool store_search(struct store *store, const struct query *query, struct answer *answer,
                  search_visit *visit, void *context, struct fault *fault);

/* Words of the trade that the house adds to those that ship with candour: store/thesaurus.txt says
 * how they are written. FAULT_INPUT with the line that is not so. */
#define THESAURUS_BYTES_MAX (256 * 1024)
bool store_set_thesaurus(struct store *store, struct bytes text, struct fault *fault);

#endif
