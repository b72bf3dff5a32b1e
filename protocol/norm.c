#include "protocol/norm.h"

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t least_of(size_t named, size_t unnamed)
{
    return named == 0 && unnamed > 0 ? 1 : named;
}

static size_t most_of(size_t named, size_t unnamed, size_t could)
{
    return smaller(named + unnamed, could);
}

static enum norm_verdict verdict_of(const struct norm *norm)
{
    if (norm->most < NORM_LEAST || norm->could < NORM_LEAST)
        return NORM_TOO_FEW;
    if (2 * norm->least >= norm->could)
        return NORM_OF_ALL;
    if (2 * norm->least >= norm->spoke_most)
        return NORM_OF_SPEAKERS;
    return 4 * norm->most <= norm->spoke_least ? NORM_EXCEPTION : NORM_NEITHER;
}

struct norm norm_of(const struct norm_counts *counts)
{
    struct norm norm = {.least = least_of(counts->named, counts->unnamed),
                        .could = larger(counts->could, larger(counts->named, counts->spoke))};

    norm.spoke_least = larger(norm.least, least_of(counts->spoke, counts->spoke_unnamed));
    norm.spoke_most = larger(norm.least, most_of(counts->spoke, counts->spoke_unnamed, norm.could));
    norm.most = counts->more
                    ? norm.spoke_most
                    : larger(norm.least, most_of(counts->named, counts->unnamed, norm.could));
    norm.spoke_most = larger(norm.most, norm.spoke_most);
    norm.verdict = verdict_of(&norm);
    return norm;
}
