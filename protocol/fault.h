#ifndef CANDOUR_PROTOCOL_FAULT_H
#define CANDOUR_PROTOCOL_FAULT_H

#include <stdbool.h>

/* What went wrong, sorted by what the caller does next. */
enum fault_kind {
    FAULT_NONE,
    FAULT_INPUT,  /* A person gave us something we cannot use: tell them why. Exit status 2. */
    FAULT_PEER,   /* A peer, or a signed file, broke the protocol: drop it and count it. 1. */
    FAULT_ABSENT, /* What was asked for is not here, or the answer is no. 1. */
    FAULT_SELF,   /* Our disk, our key, our port or our bug: say so and stop. 3. */
};

/* Why a peer's bytes were refused, for the counters in `status`. One word each. */
enum refusal {
    REFUSED_NOT,
    REFUSED_MALFORMED,  /* Not what the format says: shape, length, spelling, text. */
    REFUSED_NETWORK,    /* Of another network. */
    REFUSED_SIGNATURE,  /* A signature that does not hold where one must. */
    REFUSED_COMMITMENT, /* A body that is not the one the header commits to. */
    REFUSED_ERASED,     /* The body of a record that was erased. */
    REFUSED_THRESHOLD,  /* A charter short of its signatures. */
    REFUSED_UNDECIDED,  /* More than this node keeps undecided. */
    REFUSED_JUNK,       /* Of who has sent too many proofs of rings that do not hold. */
    REFUSED_SLOTS,      /* Of who has taken slots from others too often. */
    REFUSALS
};
extern const char *const refusal_names[REFUSALS];

/* The deepest function that knows the reason writes it; every caller above
 * passes the same pointer up and decides by `kind`. The text says what was
 * wrong, where, and what to do. */
struct fault {
    enum fault_kind kind;
    enum refusal refusal; /* With FAULT_PEER. */
    char text[480];
};

/* Record a failure and return false, so that a function can end with
 *     return fault_set(fault, FAULT_INPUT, "body: %zu bytes, at most %d", size, BODY_MAX); */
__attribute__((format(printf, 3, 4))) bool fault_set(struct fault *fault, enum fault_kind kind,
                                                     const char *format, ...);

/* The same for a peer's bytes: FAULT_PEER, with the reason they are counted under. */
__attribute__((format(printf, 3, 4))) bool fault_refuse(struct fault *fault, enum refusal refusal,
                                                        const char *format, ...);

/* Put "where: " before the text that is there. Returns false. */
__attribute__((format(printf, 2, 3))) bool fault_prefix(struct fault *fault, const char *format,
                                                        ...);

#ifdef __clang_analyzer__ /* It reads one file at a time; this is what it cannot see. */
#define fault_set(...) (fault_set(__VA_ARGS__), false)
#define fault_refuse(...) (fault_refuse(__VA_ARGS__), false)
#define fault_prefix(...) (fault_prefix(__VA_ARGS__), false)
#endif

#endif
