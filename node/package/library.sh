#!/bin/sh
# What other programs build with (docs/programs.md), written into the working folder: include/, with these headers
# and all that they include, and libcandour.a, one object with what they declare and what that needs of these rooms.
# Nothing else is visible in it, so no other name of candour's can meet one of the program's.
#
#     library.sh COMPILER SOURCE HEADER... -- ROOM.a...
set -eu
compiler=$1 source=$2
shift 2

with_included() { # header...
    for header; do
        case " $headers " in *" $header "*) continue ;; esac
        headers="$headers $header"
        # shellcheck disable=SC2046 # a list of words
        with_included $(sed -n 's/^#include "\(.*\)"$/\1/p' "$source/$header")
    done
}

asked=
while [ "$1" != -- ]; do
    asked="$asked $1"
    shift
done
shift
headers=
# shellcheck disable=SC2086 # a list of words
with_included $asked

rm -rf include libcandour.a
for header in $headers; do
    mkdir -p "include/$(dirname "$header")"
    cp "$source/$header" "include/$header"
done
find include -name '*.h' -exec awk '
/^[a-z].*\(/ && !/^typedef/ { sub(/\(.*/, ""); sub(/.*[ *]/, ""); print } # A function.
/^extern/ { variables = 1 }
variables { # One or several, of one type, as far as the semicolon.
    variables = !/;/
    sub(/;.*/, "")
    sub(/^extern (const )?(struct [a-z_]+|size_t|char) (\*const )?\*?(const )?/, "")
    gsub(/\[[^]]*\]|[,*]/, " ")
    for (i = 1; i <= NF; i++)
        print $i
}' {} + | sort -u >candour.names
# shellcheck disable=SC2046 # lists of words
"$compiler" -r -nostdlib -o candour.all.o $(sed 's/^/-Wl,-u,/' candour.names) -Wl,--start-group "$@" -Wl,--end-group
objcopy --strip-debug --keep-global-symbols=candour.names candour.all.o candour.o
ar crD libcandour.a candour.o
rm candour.all.o candour.o candour.names
