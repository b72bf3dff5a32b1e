#!/bin/sh
# docs/keys.md is the script: its commands are run as they stand there, each at the place that it names, and
# after each section what that promises must be true. So a change to the page that breaks a command fails here.
#
#     tests/story/keys.sh PROGRAM
#
# Everything happens in a folder of its own; the nodes that it starts end with it.
set -u
export LC_ALL=C.UTF-8
candour=$1
page=$(realpath "$(dirname "$0")/../../docs/keys.md")
. "$(dirname "$0")/network.inc"
mkdir "$case/desk"
export CANDOUR_PASSPHRASE='correct horse battery'

everyone=
true_id=
played=0
began=$(date +%s)

# --- The page ---

steps() { # section: its lines "PLACE$ COMMAND"
    awk -v section="$1." '
        /^## / { inside = $2 == section }
        inside && sub(/^    /, "") && /^[a-z0-9]+\$ / { print }' "$page"
}

systemctl() { # verb, "candour": at the place where the step is
    case $1 in
    start) start "$place" ;;
    stop) stop "$place" ;;
    restart) stop "$place" && start "$place" ;;
    *) return 1 ;;
    esac
}

candour() {
    at "$place" "$@"
    done=$?
    # Nobody waits five minutes here for what was lost on the way to be noticed.
    [ -f "$case/$place/candour.conf" ] && compare_every 1 "$place"
    return $done
}

do_step() { # place, command
    place=$1
    cd "$case/desk" || exit 1
    eval "$2" >"$case/out" 2>&1 || fail "docs/keys.md: $1\$ $2: $(cat "$case/out")"
    cd "$folder" || exit 1
}

play() { # section, from which step, to which: all unless told
    steps "$1" | sed -n "${2:-1},${3:-\$}p" |
        sed "s/192\.0\.2\.10:7400/$address:$port/; s/ ID / $true_id /" >"$folder/steps"
    [ -s "$folder/steps" ] || fail "docs/keys.md, section $1: no command is there"
    while IFS= read -r step <&3; do
        where=${step%%\$ *} command=${step#*\$ }
        [ "$where" = everyone ] && where=$everyone
        for one in $where; do do_step "$one" "$command"; done
        played=$((played + 1))
    done 3<"$folder/steps"
}

# --- What it promises ---

in_step() { # version, members, node...: they have that charter, and the same records
    version=$1 members=$2
    shift 2
    everywhere version "$version" "$@"
    everywhere members "$members" "$@"
    everywhere state in_sync "$@"
}

erased() { # node, word, id: the text is taken back there, and gone at the others
    at "$1" erase "$3" --why "It named a school" --by "An Officer" --wait --json >"$case/out" 2>&1 ||
        fail "$1 may not erase $3: $(cat "$case/out")"
    shift 1
    word=$1
    for node in $everyone; do soon missed "$node" "$word" || fail "$node still finds $word"; done
}

steward() { # node, name: is it one, for that node's charter?
    member "$1" "$2" steward
}

say() { # what happens now
    echo "== $1 ($(($(date +%s) - began)) s)"
}

sign_in() { # file: two stewards sign it, and it spreads
    at eastvale charter sign "$case/desk/$1" --key "$case/desk/eastvale.sheet" --json >/dev/null || fail "$1"
    at kelder2 charter sign "$case/desk/$1" --key "$case/desk/kelder2.sheet" --json >/dev/null || fail "$1"
    at eastvale join "$case/desk/$1" --json >/dev/null || fail "$1"
}

say "a network begins"
everyone="hub kelder eastvale westmere"
play 2
in_step 1 4 $everyone
for node in $everyone; do
    [ ! -e "$case/$node/keys/next" ] && [ ! -e "$case/$node/keys/steward" ] ||
        fail "$node has keys of the sheet"
    warns "$node" "lies on this machine" && fail "$node should be content with its keys"
done
publish kelder aardwolf >/dev/null || fail publish
publish westmere bandicoot >/dev/null || fail publish
all_find aardwolf $everyone
all_find bandicoot $everyone

say "councils come in"
play 3
everyone="$everyone northam southam"
in_step 2 6 $everyone
northam_id=$(publish northam caracal) || fail publish
all_find caracal $everyone

say "a key is replaced"
play 4
in_step 3 6 $everyone
everywhere feed 2 kelder
kelder_id=$(publish kelder dugong) || fail "kelder does not publish in its second feed"
all_find dugong $everyone
all_find aardwolf $everyone
at kelder charter halt --key "$case/desk/kelder.sheet" --out "$case/x.halt" >/dev/null 2>&1 &&
    fail "the old sheet is still good for something"

say "the server is lost, and there is a backup"
play 5 1 1
publish kelder echidna >/dev/null || fail publish
all_find echidna $everyone
lose kelder
play 5 2
soon found kelder echidna || fail "kelder has not fetched what it published since its backup"
publish kelder fossa >/dev/null || fail "kelder does not publish after it was restored"
all_find fossa $everyone
clean $everyone

say "the server is lost, and there is no backup"
lose kelder
at eastvale export "$case/whole" --json >/dev/null || fail export
python3 -c '
import sys
whole = bytearray(open(sys.argv[1], "rb").read())
whole[-11] ^= 1 # In the last record: the end takes 6 bytes.
open(sys.argv[2], "wb").write(whole)' "$case/whole" "$case/damaged"
at kelder restore "$case/damaged" --key "$case/desk/kelder-2.sheet" >"$case/out" 2>&1 &&
    fail "a home is made from a damaged export: $(cat "$case/out")"
[ ! -e "$case/kelder" ] || fail "half a home is left: $(ls -R "$case/kelder")"
head -c -6 "$case/whole" >"$case/cut"
at kelder restore "$case/cut" --key "$case/desk/kelder-2.sheet" >"$case/out" 2>&1 &&
    fail "a home is made from an export that lacks its end: $(cat "$case/out")"
grep -q "ends before its end" "$case/out" || fail "it is not said why: $(cat "$case/out")"
[ ! -e "$case/kelder" ] || fail "half a home is left: $(ls -R "$case/kelder")"
play 6
in_step 4 6 $everyone
everywhere feed 3 kelder
all_find fossa $everyone
publish kelder gerenuk >/dev/null || fail "kelder does not publish in its third feed"
all_find gerenuk $everyone

say "the feed's key is stolen"
true_id=$(publish kelder hoatzin) || fail publish
forged_id=$(publish kelder impala) || fail "the thief does not publish"
all_find impala $everyone
at kelder card --out "$case/before.card" --json >/dev/null || fail card
play 7 1 1
for node in $everyone; do
    soon missed "$node" impala || fail "$node holds on to what was halted"
    found "$node" hoatzin || fail "$node lost what was before the halt"
done
at westmere charter show "$case/desk/kelder.halt" >"$case/out" 2>&1 || fail "the halt is not shown: $(cat "$case/out")"
soon warns eastvale "Feed 3 of Kelder Council is halted" || fail "the halt is not told: $(at eastvale status)"
warns eastvale "1 after the end of a feed" || fail "what was halted is not counted: $(at eastvale status)"
at eastvale why "$forged_id" | grep -q "Feed 3 of Kelder Council ends with record" ||
    fail "why does not name the halt: $(at eastvale why "$forged_id")"
cp -r "$case/kelder/keys" "$case/stolen"
play 7 2 2
grep -q "Feed 3 of Kelder Council ends\|known already" "$case/out" || fail "the halt is not told: $(cat "$case/out")"
play 7 3
in_step 5 6 $everyone
everywhere feed 4 kelder
for key in transport box; do
    cmp -s "$case/stolen/$key" "$case/kelder/keys/$key" && fail "kelder goes on with the $key key that was stolen"
done
publish kelder jerboa >/dev/null || fail "kelder does not publish in its fourth feed"
all_find jerboa $everyone
all_find hoatzin $everyone
for node in $everyone; do found "$node" impala && fail "the forgery came back at $node"; done

say "everything is lost: a new authority succeeds"
play 8
everyone="hub kelder2 eastvale westmere northam southam"
in_step 6 6 $everyone
soon says kelder state barred || fail "the old authority is not barred: $(at kelder status)"
lose kelder
[ "$(steward hub "Kelder Council")" = true ] || fail "the new authority is no steward"
all_find dugong $everyone
erased kelder2 dugong "$kelder_id"
publish kelder2 kinkajou >/dev/null || fail "the new authority does not publish"
all_find kinkajou $everyone

say "a steward is lost"
play 9
in_step 7 6 $everyone
[ "$(steward hub "Westmere Council") $(steward hub "Northam Council")" = "false true" ] ||
    fail "the stewards are not those that were named"

say "a member is removed"
play 10
everyone="hub kelder2 eastvale northam southam"
in_step 8 5 $everyone
[ "$(member hub "Westmere Council" status)" = left ] || fail "Westmere has not left"
soon says westmere state barred || fail "Westmere is not barred: $(at westmere status)"
stop westmere
all_find bandicoot $everyone

say "councils are merged"
play 11
for node in northam southam; do
    soon says $node state barred || fail "$node is not barred: $(at $node status)"
    stop $node
done
everyone="hub kelder2 eastvale amberley"
in_step 9 4 $everyone
for name in "Northam Council" "Southam Council"; do
    [ "$(member hub "$name" status) $(member hub "$name" succeeded_by)" = "dissolved $(id_of amberley)" ] ||
        fail "$name does not go on in Amberley"
done
all_find caracal $everyone
erased amberley caracal "$northam_id"

say "the hub changes its transport key, while one is away"
stop kelder2
play 12 1 5
everywhere version 10 hub eastvale amberley
play 12 6 6
in_step 10 4 hub eastvale amberley
publish eastvale lamprey >/dev/null || fail publish
all_find lamprey hub amberley
start kelder2
soon says kelder2 state connecting || fail "kelder2 should look for the hub: $(at kelder2 status)"
play 12 7
in_step 10 4 kelder2
all_find lamprey kelder2

say "one was away for three versions"
stop amberley
for n in 11 12 13; do
    at "guest$n" init --name "Guest $n" --type unitary --recovery "$case/guest.$n" --json >/dev/null || fail init
    at "guest$n" card --out "$case/desk/guest$n.card" --json >/dev/null || fail card
    at eastvale charter propose --admit "$case/desk/guest$n.card" --out "$case/desk/north-$n.charter" \
        --json >/dev/null || fail propose
    sign_in north-$n.charter
done
publish kelder2 margay >/dev/null || fail publish
in_step 13 7 hub kelder2 eastvale
play 13
in_step 13 7 amberley
all_find margay amberley

clean $everyone
soon agree $everyone || fail "the sets differ"
[ "$played" = "$(grep -cE '^    [a-z0-9]+\$ ' "$page")" ] || fail "not every command of the page was run"
echo "$played commands of docs/keys.md do what it says"
