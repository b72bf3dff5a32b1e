#ifndef CANDOUR_PROTOCOL_DISCLOSURE_H
#define CANDOUR_PROTOCOL_DISCLOSURE_H

#include "protocol/measure.h"

/* Small numbers: figures about people are made safe before anything is signed.
 *
 * Counts and a value go in; out come the counts, the value and the flag to publish, and nothing of
 * the input beside them. After the NHS rules of 2018 (HES, NCMP, SRHAD):
 *
 *   cell     0 stays 0; 1 to t-1 is hidden, flag c; others are rounded to the nearest 5.
 *   ratio    hidden where the numerator, or what the denominator leaves of it, is 1 to t-1, where
 *            the denominator is under t, or where all or none of fewer than 10 are meant. A value
 *            is worked out again from the rounded counts. Where it is hidden its numerator is too.
 *   base     hidden also where fewer than t answered, or where a share of those who did, or what it
 *            leaves of them, is somebody and fewer than t: by the counts as they are, and rounded.
 *   mean     hidden where it is of fewer than t people; else three significant digits, and never
 *            its sum.
 *   margin   as many decimals as its value, rounded up: more would tell the counts.
 *   decimals none for a percentage of a denominator under 4,000, one from there. Twice the error
 *            that rounding brings (2 / denominator) stays below the last digit so; hence 40 times
 *            the multiplier for other rates, and two decimals more for a plain ratio.
 *
 * What always holds: from one published figure no count of 1 to t-1 can be told, neither the
 * numerator nor its complement. Where nothing is rounded, several together may tell one: that is
 * for suppression.h. */

/* A number as people write it: -12.50 is -1250 with 2 decimals. */
struct amount {
    bool here; /* False: there is none, the rest is zero. */
    int64_t integer;
    unsigned decimals;
};

/* Fewer than this, and "all" or "none" tells of each of them. */
#define GROUP_LEAST 10

/* Counts are whole numbers of at most this. */
#define COUNT_MAX INT64_C(999999999999)

struct figure {
    struct amount value, numerator, denominator;
    struct amount base;   /* Of a survey: how many answered. */
    struct amount margin; /* Of error, either side of the value. */
    const char *flag;     /* NULL, or a code of `value_flags`. */
};

/* A named profile, stored with what it was used for. `strict`: t is 8; `standard`: 5;
 * `exact_totals`: 5, and nothing is rounded, so whoever uses it hides more (suppression.h); `none`:
 * all passes as it is, for figures that count no people. */
struct disclosure_profile {
    const char *name;
    int64_t threshold;     /* t */
    int64_t rounding_base; /* 0: no rounding. */
};

/* Why a figure is hidden. That follows from the figures alone, which are gone by then; and it is
 * for the house alone, since whoever knows which are small themselves can undo more of the hiding.
 */
enum hidden_because { HIDDEN_SMALL, HIDDEN_COMPANY, HIDDEN_BEFORE, HIDDEN_REASONS };
struct hidden_reason {
    const char *code, *means;
};
extern const struct hidden_reason hidden_reasons[HIDDEN_REASONS];

/* Counts of people as they are: then one figure may tell another. */
bool profile_is_exact(const struct disclosure_profile *profile);

/* NULL and FAULT_INPUT with the accepted names where `name` is none of them. */
const struct disclosure_profile *disclosure_profile_of(const char *name, struct fault *fault);

/* To the nearest multiple of `base`; one in the middle, which an odd base has none of, goes up. */
int64_t count_rounded(int64_t count, int64_t base);

/* Make a figure safe. FAULT_INPUT when it cannot be judged: a proportion without its counts, a
 * count that is not whole. A figure that comes with the flag c, x or z, or with low or k, keeps
 * only that. */
bool disclosure_apply(const struct disclosure_profile *profile, const struct measure *measure,
                      const struct figure *figure, struct figure *safe, struct fault *fault);

/* Could this have come out of disclosure_apply(), from whatever figure? FAULT_INPUT with the rule
 * that it breaks. What it measures is not asked: what stands there tells (a numerator: a ratio;
 * people and a value: a mean; a value alone: a count). */
bool disclosure_holds(const struct disclosure_profile *profile, const struct figure *published,
                      struct fault *fault);

/* The counts of a figure, each of which has its own totals. */
enum count {
    COUNT_OF_BASE,
    COUNT_OF_DENOMINATOR,
    COUNT_ITSELF, /* The numerator, or the value of a count; of a mean, how many people it is of. */
    COUNT_OF_REST, /* What the numerator of a share leaves of its denominator. */
    COUNTS
};
extern const char *const count_names[COUNTS];
/* Not here where it is no whole number from 0 to COUNT_MAX. */
struct amount count_of(const struct measure *measure, const struct figure *figure,
                       enum count count);

/* What a published figure measures, as far as it shows: its own counts are those that it had. */
struct measure measure_shown(const struct figure *published);

/* Does the value that came with the counts follow from them, to the rounding usual in published
 * files? Where it does not, a column or a multiplier is mistaken. */
bool figure_agrees(const struct measure *measure, const struct figure *figure);

#endif
