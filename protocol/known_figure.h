#ifndef CANDOUR_PROTOCOL_KNOWN_FIGURE_H
#define CANDOUR_PROTOCOL_KNOWN_FIGURE_H

#include "crypto/digest.h"

#include <stdbool.h>

/* What is measured, of whom: a code alone means nothing, and a name changes. */
struct figure_key {
    const char *framework, *code;
    const char *disaggregation; /* Empty: the whole, whatever it is called. */
};

/* One figure of one place for one period, as somebody published it. */
struct known_figure {
    struct digest authority; /* Zeros where it is public. */
    char area[10], period[21], version[41];
    double value, numerator, denominator, base, margin; /* NAN: not given, or hidden. */
    char flag[8];                                       /* Empty: none. */
    bool reference; /* A public figure from a file: nobody of the network signed it. */
};

#endif
