#ifndef CANDOUR_PROTOCOL_NORM_H
#define CANDOUR_PROTOCOL_NORM_H

#include "protocol/record.h"

/* Is it the norm or the exception? How many authorities report a thing, of how many that spoke of
 * the service, of how many that run it: in bounds, for authors that are not named may be one
 * authority or several, and may be one of those that are.
 *
 * The bounds are logic, not an interval of a sample: who reports was not drawn by lot. "The norm"
 * goes by the least, "the exception" by the most, so either holds wherever in the bounds the truth
 * is. Silence is not absence: of those that did not speak nothing is known.
 *
 * Who speaks of a service without a name is taken to be one of those that could: what nobody says
 * of itself cannot be known.
 *
 * --- Who speaks ---
 *
 * What is known of an author are marks. Two authors that have one mark are one. Two with marks of
 * one scope that differ are two; of marks of two scopes nothing follows. So:
 *
 *   named           the one scope of names; the authority that stands for it by now
 *   not named       each of the two scopes of its ring signature, in its ring, with the tag that
 *                   its key makes there (Liu, Wei and Wong 2004: one key makes one tag for one
 *                   scope and epoch, another key another); and the record itself
 *   by its owner    that record
 *
 * Authors with a mark in common are put together; what is left are the most there can be. The least
 * there can be is how many different marks there are in the scope that has most. That is exact
 * where each author has one record: for each record then is a line between its two scopes, and the
 * lines of such a graph can be coloured in as many colours as meet in one point (König 1916). Where
 * records were put together, or a member took another's place, the least holds and may be too low;
 * where there are hardly more members than authors to tell apart, the most holds and may be too
 * high.
 */

struct norm_mark {
    struct digest scope, mark;
};
#define NORM_MARKS 3
struct norm_voice {
    bool named;
    struct norm_mark marks[NORM_MARKS];
    size_t mark_count;
};
struct norm_voice norm_named(const struct digest *authority);
/* The author of a record that is not named. */
struct norm_voice norm_unnamed(const struct digest *id, const struct author *author);

/* Authors that do or say a thing. */
struct norm_count {
    size_t named;   /* Authorities, and */
    size_t unnamed; /* the most that those who are not named can be, */
    size_t apart;   /* and the least. */
};
struct norm_bounds {
    size_t least, most;
};
/* How many authorities they are, of `could` that there are. `outside`: of so many it is not asked,
 * and who is not named may be of these. */
struct norm_bounds norm_bounds(const struct norm_count *count, size_t outside, size_t could);

/* --- What is said --- */

#define NORM_LEAST 5 /* Authorities that may report it, before anything is said. */
#define NORM_NO_DAY INT64_MIN

enum norm_act {
    NORM_SPEAKS,  /* Of the service. */
    NORM_TELLS,   /* An issue, or a lesson: its author reports it, whatever it says of it later. */
    NORM_GOES_ON, /* An update: counts where its author told what it is about. */
    NORM_HAS,     /* The same is there, or was; or */
    NORM_LACKS,   /* it is not. */
    NORM_TRIES,
};
enum norm_uptake { NORM_ADOPTED, NORM_ADAPTED, NORM_ABANDONED, NORM_REJECTED, NORM_UPTAKES };

struct norm_saying {
    struct norm_voice voice;
    enum norm_act act;
    enum norm_uptake uptake; /* NORM_TRIES; who rejects it reports nothing. */
    bool solved;             /* It says that it is put right, or that what was done worked. */
    struct digest id;
    struct digest about; /* What it tells, or is said of: what is one matter has one id. */
    /* Of what one author says of one thing in one way the latest counts: by the authority itself
     * before those that it took the place of; then the highest feed, then seq, then lowest id. */
    struct {
        bool own;
        uint64_t feed, seq;
    } turn;
    int64_t day;   /* On which it was published, by its author; days since 1970. */
    int64_t began; /* Since when its author has it, as it says; NORM_NO_DAY: it does not. */
    int64_t weeks; /* That it took, as it says; -1: it does not. */
};

/* How long it took those who solved it, in weeks. Of each the first time, as it says itself; else
 * from when it says that it began, or from its first report, to the day on which it said so. */
struct norm_time {
    struct norm_count count; /* Of whom that is known. */
    double least, median, most;
};

struct norm_told {
    struct norm_count report, spoke, lack, solved, uptakes[NORM_UPTAKES];
    struct norm_time time;
};

/* Whom it is asked of; list NULL: all. */
struct norm_members {
    const struct digest *list;
    size_t count;
};

/* What becomes of a saying. */
enum norm_counted {
    NORM_NOT,     /* It says nothing of who reports it, or was said again otherwise. */
    NORM_REPORTS, /* Its author reports it, */
    NORM_SOLVES,  /* and says that it was solved. */
    NORM_LATEST,  /* The latest update of what its author reports. */
};

/* `succeeded`: so many members were succeeded by others, with which they are one: two keys may be
 * of one authority. `counted`: of each saying, whoever it is asked of; NULL: not asked. */
struct norm_told norm_tell(const struct norm_saying *sayings, size_t count,
                           const struct norm_members *among, size_t succeeded,
                           enum norm_counted *counted);

/* --- The verdict --- */

struct norm_asked {
    struct norm_count report, spoke;
    size_t could;   /* Members that run the service, of those that are asked of. */
    size_t outside; /* Others that do. */
    bool more;      /* There is more that reports it than was looked at. */
};

enum norm_verdict {
    NORM_TOO_FEW,
    NORM_OF_ALL,      /* At least half of all that run the service report it. */
    NORM_OF_SPEAKERS, /* At least half of those that spoke of it do. */
    NORM_EXCEPTION,   /* At most a quarter of those that spoke of it do. */
    NORM_NEITHER,
};

struct norm {
    struct norm_bounds report, spoke;
    size_t could;
    enum norm_verdict verdict;
};

struct norm norm_of(const struct norm_asked *asked);

#endif
