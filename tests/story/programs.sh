#!/bin/sh
# For other programs: what is installed is enough to build one that asks the store what the commands ask, and every
# command that docs/programs.md shows an analyst works.
#
#     tests/story/programs.sh PROGRAM
set -u
export LC_ALL=C.UTF-8
candour=$1
. "$(dirname "$0")/network.inc"
build=$(dirname "$candour")
docs=$(dirname "$(dirname "$stories")")/docs

at a init --name Aldwick --type unitary --function home_care --listen "$endpoint" --json >/dev/null || fail "init a"
at b init --name Bexcombe --type unitary --function home_care --json >/dev/null || fail "init b"
at c init --name Calder --type unitary --function home_care --json >/dev/null || fail "init c"
found_network 5 "a b" a b c
id=$(publish a quokkavisits) || fail "publish at a"
write_lesson numbatvisits
sed -i 's/^Title: .*/Title: =1+1, what we learned about numbatvisits/' "$case/numbatvisits.md"
at a publish "$case/numbatvisits.md" --by "An Officer" --wait >"$case/out" 2>&1 || fail "publish a formula: $(cat "$case/out")"
soon found b quokkavisits || fail "b lacks it"
soon found b numbatvisits || fail "b lacks the formula"

# --- An analyst ---

(cd "$case" && sed -n 's/^    candour /candour /p' "$docs/programs.md") >"$case/lines"
[ "$(wc -l <"$case/lines")" -ge 3 ] || fail "docs/programs.md shows no commands"
mkdir "$folder/bin" && ln -s "$candour" "$folder/bin/candour"
while read -r line; do
    (cd "$case" && PATH=$folder/bin:$PATH CANDOUR_HOME=$case/b sh -c "$line") >"$case/out" 2>"$case/err" </dev/null ||
        fail "$line: $(cat "$case/out" "$case/err")"
done <"$case/lines"
grep -q quokkavisits "$case/lessons.csv" || fail "lessons.csv: $(cat "$case/lessons.csv")"
grep -qF "\"'=1+1, what we" "$case/lessons.csv" || fail "a stranger's formula: $(cat "$case/lessons.csv")"
at b sql --csv "SELECT -1 AS number, '-1' AS text, NULL AS none" >"$case/out" || fail "numbers and texts"
printf '"number","text","none"\r\n-1,"\047-1",""\r\n' | cmp - "$case/out" || fail "numbers and texts: $(cat "$case/out")"

[ "$(tr -d '\r' <"$case/barriers.csv")" = '"barrier_addressed_to","issues","named"' ] ||
    fail "a table without rows has no names of columns: $(cat "$case/barriers.csv")"

# --- A program ---

root=$folder/root
DESTDIR=$root cmake --install "$build" >"$case/out" 2>&1 || fail "install: $(tail -3 "$case/out")"
config=$(dirname "$(find "$root" -name candour.pc)")
flags() {
    PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_PATH=$config pkg-config --static "$@" candour
}
for header in $(cd "$root/usr/include/candour" && find . -name '*.h'); do
    # shellcheck disable=SC2046 # lists of words
    echo "#include \"$header\"" | cc -std=c11 -Wall -Wextra -Werror -fsyntax-only -x c $(flags --cflags) - 2>"$case/err" ||
        fail "$header does not stand alone: $(head -5 "$case/err")"
done
# Names that candour uses inside are the program's own to use.
printf 'int step, run;\nvoid statement(void);\nvoid statement(void) {}\n' >"$case/own.c"
# shellcheck disable=SC2046
cc -std=c11 -Wall -Wextra -Werror "$docs/examples/who_else.c" "$case/own.c" $(flags --cflags --libs) -o "$case/who_else" \
    2>"$case/err" || fail "who_else is not built: $(head -5 "$case/err")"
"$case/who_else" "$case/b/store.sqlite" quokkavisits >"$case/out" 2>"$case/err" || fail "who_else: $(cat "$case/err")"
grep -q "^$id	Aldwick	.*quokkavisits" "$case/out" || fail "who_else finds: $(cat "$case/out")"
"$case/who_else" "$case/none.sqlite" quokkavisits >"$case/out" 2>"$case/err" && fail "who_else reads what is not there"
grep -q none.sqlite "$case/err" || fail "who_else does not say what is not there: $(cat "$case/err")"
