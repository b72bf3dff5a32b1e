#ifndef CANDOUR_TESTS_SIMULATION_WORLD_H
#define CANDOUR_TESTS_SIMULATION_WORLD_H

#include "protocol/set_inside.h"
#include "tests/protocol/county_inside.h"

/* A county at random: who is in it, what goes wrong there, and what must hold all the same. All of
 * it follows from the seed and from how many nodes it may have.
 *
 *     world.c    who there is; what they write; charters
 *     memo.c     signatures are checked once for all nodes of a run
 *     trouble.c  what goes wrong
 *     hostile.c  what a hostile actor does
 *     check.c    what must hold
 *     main.c     runs */

#define AUTHORS_MAX 40 /* A charter's cards are in every node's memory. The others only read. */
#define STEWARDS 3     /* The first ones, of whom two must sign. */
#define RINGS_AT_MOST 4
#define HEADS_AT_MOST 9 /* Each makes every node look at every card again. */
#define TIME_AHEAD_MS (40 * 60 * 1000)

/* What a hostile actor does with the frames of the true node that it is. */
enum hostility {
    WITHHOLDS_RECORDS = 1 << 0,
    WITHHOLDS_BODIES = 1 << 1,
    WITHHOLDS_CUTS = 1 << 2, /* The records that cuts name. */
    LIES_ABOUT_STATE = 1 << 3,
    SPOILS = 1 << 4,
    REPEATS = 1 << 5,
    INVENTS_TIPS = 1 << 6,
    FLOODS = 1 << 7,
    ASKS_TOO_MUCH = 1 << 8,
    PROMISES = 1 << 9, /* Much to come, and nothing comes. */
    HOSTILITIES = 10
};

struct actor {
    struct node *node;
    char name[16];
    unsigned hostility; /* 0: honest. */
    unsigned asked;     /* How often it has asked for too much. */
    bool outbound;      /* Nobody can dial it. */
    bool two_tongued;   /* Others use its key, or it has lost its disk: its feed may fork. */
    bool clock_was_off;
    const char *interest[1];
    bool chooses; /* It wants only the bodies of its interest. */
};

/* What really happened, over all runs. */
enum event {
    RECORDS,
    ERASURES,
    UNNAMED,
    OWNERS,
    ADMISSIONS,
    REMOVALS,
    ROTATIONS,
    MERGERS,
    STEWARDS_MADE,
    RIVALS,
    HALTS,
    RACING_HALTS,
    SCATTERED,
    CRASHES,
    CRASHES_MIDWAY,
    LOST_DISKS,
    HANGING_DISKS,
    LINKS_CUT,
    LINKS_DEAF,
    PARTITIONS,
    MUTES,
    SLOW_NODES,
    CLOCKS_OFF,
    FORKS,
    FORGED,
    SECOND_PROOFS,
    JUNK_RUNS,
    THEFTS,
    CARRIED,
    NOTIFIED,
    NOTICED,
    HOSTILE_NODES,
    FRAMES_WITHHELD,
    BODIES_WITHHELD,
    CUTS_WITHHELD,
    LIES,
    SPOILT,
    REPEATED,
    INVENTED,
    FLOODED,
    ASKED,
    PROMISED,
    UNREACHABLE, /* Honest, and at the end without a path to the others. */
    LETTERS,
    CHECKS,
    EVENTS
};
extern const char *const event_names[EVENTS];

struct world {
    uint64_t seed;
    struct county *county;
    struct actor *actors;
    size_t count, authors, founders;
    unsigned run_max;
    size_t aside_max;
    bool tight; /* Little room for what is undecided. */
    bool loud;
    size_t heads;
    uint64_t frames[2]; /* Sent by the honest, and by the hostile. */
    bool at_peace;      /* Nothing more is to be said but hellos. */
    uint64_t chatter;   /* What was said all the same. */
    uint64_t *events;
    struct records { /* What may be held back by the hostile. */
        struct record **list;
        size_t count, capacity;
    } junk; /* Made on the way, and no county's. */
};

struct world *world_new(uint64_t seed, size_t least, size_t most, bool loud, uint64_t *events);
void world_free(struct world *world);

/* --- Lots --- */

size_t below(struct world *world, size_t limit);
bool percent(struct world *world, unsigned chance);

/* --- Members --- */

bool is_up(const struct actor *actor);
bool is_honest(const struct actor *actor);
struct actor *any_actor(struct world *world);
struct actor *any_author(struct world *world);
/* NULL: the draw fell on one that is down. */
struct actor *any_up(struct world *world);
/* Where both are up, and `to` can be dialled. */
void actor_dials(struct actor *from, struct actor *to);

/* --- What they write --- */

/* What an author in good faith does: it goes on from its own head, once it may sign. NULL: it may
 * not, and nothing was written. */
struct record *actor_writes(struct world *world, struct actor *actor,
                            const struct writing *writing);
struct record *any_record(struct world *world); /* NULL: there is none. */
/* One that this node has in its set with its chain, of that author's present feed; NULL: none was
 * found. */
struct record *some_record_of(struct world *world, const struct actor *at,
                              const struct actor *author);
/* What this node holds, a random one, as it was written; NULL: nothing, or what nobody wrote. */
struct record *some_kept(struct world *world, const struct actor *at);
const struct public_key *key_of_record(const struct world *world, const struct record *record);

/* --- Charters --- */

/* A new head over the charter that the proposer holds, signed by all who may. False where the
 * charter cannot be changed so. */
bool world_amend(struct world *world, struct actor *proposer, const struct amendment *amendment,
                 struct buffer *bundle);
/* As `at` knows the author's open feeds, they end where a draw falls. */
void cut_feeds(struct world *world, const struct actor *at, const struct actor *author,
               struct amendment *amendment);

/* --- memo.c --- */

void memo_hooks(struct county_hooks *hooks);
/* From now on this record's proof holds under that key, as if its owner had signed twice. */
void memo_holds(const struct record *record, const struct public_key *key);
void memo_clear(void);
bool memo_proven_by(void *context, const struct record *record, const struct public_key *key);
enum ring_answer memo_ring_holds(const struct charter *charter, const struct record *record);

/* --- trouble.c --- */

void trouble(struct world *world);
void clear_up(struct world *world);

/* --- hostile.c --- */

/* A frame of a hostile actor: false where something else went in its place. */
bool hostile_sends(struct world *world, struct actor *from, struct actor *to, bool live,
                   struct bytes frame);
/* Records that do not count, though their headers look right. */
struct record *junk_record(struct world *world, const struct actor *maker);

/* --- check.c --- */

#define HOLDS(world, condition, ...)                                                               \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fails(world, __VA_ARGS__);                                                             \
    } while (0)
__attribute__((noreturn, format(printf, 2, 3))) void fails(const struct world *world,
                                                           const char *format, ...);

/* At any time: the node's set is what f makes of what it has heard. */
void check_heard(struct world *world, const struct actor *actor);
/* f(f(A) and f(B)) = f(A and B), for what two of them have heard. */
void check_union(struct world *world, const struct actor *a, const struct actor *b);
/* After the troubles. */
void check_end(struct world *world);

#endif
