#ifndef CANDOUR_PROTOCOL_COMPILE_H
#define CANDOUR_PROTOCOL_COMPILE_H

#include "crypto/digest.h"
#include "protocol/form.h"
#include "protocol/norm.h"

/* What several authorities say, counted by the codes of their own records: for a hub's brief.
 *
 * An authority *reports* a lesson or issue that it wrote, and one of which it said that it has, or
 * had, the same; and with it that record's services, factors, barriers and topic. Counted are
 * authorities, in the bounds of protocol/norm.h, and nothing is stated of fewer than COMPILE_LEAST
 * of them by the lower bound. Each statement has the records that it rests on. No statement is of
 * one authority, and none has a value by which one could be put before another. */

#define COMPILE_LEAST NORM_LEAST
#define COMPILE_ANY SIZE_MAX /* Of no service or type in particular. */

/* An active member whose role is authority, by its card. */
struct compile_member {
    struct digest authority;
    size_t type;   /* A word of authority_types; COMPILE_ANY: the card has none of them. */
    uint64_t runs; /* A bit for each word of service_areas. */
};

enum compile_kind {
    COMPILE_LESSON,
    COMPILE_ISSUE,
    COMPILE_HAVE, /* Responses from here on: the same here, */
    COMPILE_FIXED,
    COMPILE_NOT_HERE,
    COMPILE_REJECTED, /* tried, by what came of it, */
    COMPILE_WORKED,
    COMPILE_DID_NOT_WORK,
    COMPILE_NO_FINDING,
    COMPILE_CHALLENGE, /* and a challenge that nobody has answered. */
    COMPILE_KINDS
};

/* What one record says, in codes. Of what an authority responded to a record with one word only the
 * latest is a fact; what is answered is none. */
struct compile_fact {
    struct digest id;
    enum compile_kind kind;
    bool named;
    struct digest authority; /* Who is there in its author's place by now; where it is named. */
    int64_t time_ms;
    /* A lesson's or issue's: which of those that say the same stands for them, itself where none
     * does; and a bit for each word of its vocabulary. */
    struct digest matter;
    uint64_t services, factors, barriers;
    size_t addressee;   /* A word of barrier_addressees; 0: nobody. */
    struct bytes topic; /* As its header has it: several words. */
    /* A response's: what it is about, and of a challenge whose that is. */
    struct digest about;
    bool about_named;
    struct digest about_authority;
};

/* The codes of a lesson or issue. Words that this version does not know are passed over. */
void compile_read(struct compile_fact *fact, const struct document *document);

/* The kind of a response by its words; COMPILE_KINDS for one that is no fact. */
enum compile_kind compile_kind_of(struct bytes response, struct bytes situation,
                                  struct bytes uptake, struct bytes outcome);

uint64_t compile_bit(const struct vocabulary *vocabulary, struct bytes code); /* 0: unknown. */

struct compile_input {
    const struct compile_member *members; /* Ascending by authority. */
    size_t member_count;
    bool region; /* They are not all members there are. */
    const struct compile_fact *facts;
    size_t fact_count;
    int64_t since_ms; /* What is older counts only where it is said so; 0: nothing is. */
};

/* Authorities, in bounds; and the facts it rests on, each once: lessons and issues, then responses,
 * of each the oldest first. */
struct compiled_count {
    size_t named, unnamed; /* Authorities by name; records of others. */
    size_t least, most;
    size_t could; /* Members that run one of its services, or ever spoke of it; all of what has
                     none. */
    const struct compile_fact **facts;
    size_t fact_count;
};

/* What they have in common. */
enum theme_kind {
    THEME_FACTOR,    /* `of` a service, `word` of contributing_factors. */
    THEME_BARRIER,   /* `of` a service, `word` of barriers. */
    THEME_TOPIC,     /* A word of it that is no service. */
    THEME_ADDRESSED, /* `of` barrier_addressees, `word` of barriers. */
};
struct compiled_theme {
    enum theme_kind kind;
    size_t of, word;
    struct bytes topic; /* One word, a fact's own. */
    struct compiled_count count;
};

/* What became of a lesson or issue. Where nobody said a thing its count is of zeros. */
struct compiled_matter {
    const struct compile_fact *record;  /* Of those that say the same the one for all. */
    struct compiled_count reported;     /* Whenever that was. */
    size_t joined_least, joined_most;   /* Of these, who did not report it before. */
    struct compiled_count fixed, tried; /* Since then, as what follows. */
    struct compiled_count worked, did_not_work, no_finding;
    bool spreading; /* COMPILE_LEAST report it, and some of them had not before. */
    bool resolved;  /* COMPILE_LEAST put it right, or tried it. */
};

/* Nobody is known to have spoken. */
struct compiled_silence {
    size_t service, type; /* Either or both; COMPILE_ANY. */
    size_t members;       /* Of that type, that run that service by their cards. */
    bool unnamed;         /* What was said without a name may be theirs. */
};

struct compiled_themes {
    struct compiled_theme *list;
    size_t count;
    size_t too_few; /* Those that are reported by fewer than COMPILE_LEAST. */
};

struct compiled {
    struct compiled_themes themes, addressed;
    struct {
        struct compiled_matter *list; /* What is spreading, resolved, or both. */
        size_t count;
        size_t too_few_spreading; /* Of them more than one may have reported it. */
        size_t too_few_resolved;
    } matters;
    struct {
        struct compiled_silence *list;
        size_t count;
        size_t too_few;
    } silent;
    const struct compile_fact **challenges; /* The oldest first, whenever they were made. */
    size_t challenge_count;
};

/* Themes, and matters by who reports them, are in descending order of `least`, then in that of
 * their codes (ids); addressed barriers by addressee before that, nobody last; silences in
 * descending order of `members`, then of the vocabularies. So the same facts, in whatever order,
 * give the same.
 */

/* The facts must stay where they are: what is compiled points at them. */
struct compiled *compile(const struct compile_input *input);
void compiled_free(struct compiled *compiled);

#endif
