#!/bin/sh
# A word stands in protocol/lexicon.txt once, or again where that makes it of a further kind.
cd "$(dirname "$0")/.." || exit 1

awk '
    function adds(at, other,    i, kinds, count) { # Has the heading a kind that the other has not?
        count = split(substr(at, 2, length(at) - 2), kinds, " ")
        for (i = 1; i <= count; i++)
            if (index(" " substr(other, 2, length(other) - 2) " ", " " kinds[i] " ") == 0)
                return 1
        return 0
    }
    /^#/ { next }
    /^\[/ { heading = $0; next }
    {
        for (i = 1; i <= NF; i++) {
            for (k = 1; k <= times[$i]; k++)
                if (!adds(heading, stood[$i, k]) || !adds(stood[$i, k], heading)) {
                    printf "%s:%d: \"%s\" under %s stands under %s already: leave it out there or here\n",
                           FILENAME, FNR, $i, heading, stood[$i, k]
                    status = 1
                }
            stood[$i, ++times[$i]] = heading
        }
    }
    END { exit status }' protocol/lexicon.txt
