#!/bin/sh
# The README's two commands on a bare Debian 12, and the package they lead to:
#
#     tests/bare.sh DIRECTORY
#
# Makes a minimal Debian in DIRECTORY (new), with this machine's settings of apt, and runs what is
# committed there. It takes root, debootstrap, git and half an hour, so CI does not. The last line
# says that all of it was true. DIRECTORY stays for a look; rm -rf it afterwards.
set -eu
umask 022
if [ $# -ne 1 ] || [ -e "$1" ]; then
    echo "usage: tests/bare.sh DIRECTORY (a new one)" >&2
    exit 2
fi
source=$(cd "$(dirname "$0")/.." && pwd)
root=$1

say() {
    printf '\n==== %s\n' "$*"
}

# The machine's own sources of Debian packages: address, release and component, one a line.
debian() {
    apt-get indextargets --format "\$(ORIGIN) \$(REPO_URI) \$(RELEASE) \$(COMPONENT)" \
        'Created-By: Packages' | sed -n 's/^Debian //p' | sort -u
}

furnish() {
    say "a minimal Debian 12"
    mirror=$(debian | awk '$2 == "bookworm" && $3 == "main" { print $1; exit }')
    [ -n "$mirror" ] || { echo "no sources here: run apt-get update first" >&2; exit 1; }
    debootstrap --variant=minbase bookworm "$root" "$mirror" >"$root.log" 2>&1 ||
        { tail -n 20 "$root.log" >&2; exit 1; }
    rm "$root.log"
    debian | sed 's/^/deb /' >"$root/etc/apt/sources.list"
    apt-config dump | grep -E '^Acquire::(https?|Check|Retries|ForceIP)' >"$root/etc/apt/apt.conf.d/90machine" || true
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    for owner in root nobody; do
        mkdir -p "$root/srv/$owner"
        git -C "$source" archive HEAD | tar -x -C "$root/srv/$owner"
    done
    inside root 'chown -R nobody:nogroup /srv/nobody'
}

inside() { # user, command
    unshare --mount --pid --fork --mount-proc="$root/proc" \
        chroot --userspec="$1" "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/tmp LC_ALL=C.UTF-8 ${http_proxy:+http_proxy="$http_proxy"} \
        sh -c "cd /srv/\$1 2>/dev/null; $2" sh "${1%%:*}" </dev/null
}

timed() { # user, command
    say "$1: $2"
    began=$(date +%s)
    inside "$@"
    echo "---- $(($(date +%s) - began)) s"
}

no_root_no_sudo() {
    say "nobody: ./dev test, with neither root nor sudo"
    status=0
    inside nobody:nogroup './dev test' >"$root/tmp/said" 2>&1 || status=$?
    cat "$root/tmp/said"
    [ $status -eq 1 ]
    grep -q '^apt-get update && apt-get install -y --no-install-recommends gcc ' "$root/tmp/said"
    for tool in make git sudo gcc; do inside root "! command -v $tool"; done
}

packaged() {
    timed root './dev package'
    say "root: the package is installed, used and purged"
    # shellcheck disable=SC2016 # the shell inside expands it
    inside root '
        set -eu
        export DEBIAN_FRONTEND=noninteractive
        apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends \
            ./build/release/candour_*.deb >/dev/null
        candour version
        [ "$(stat -c "%a %U %G" /var/lib/candour)" = "2770 candour candour" ]
        gzip -t /usr/share/man/man1/candour.1.gz
        bash -n /usr/share/bash-completion/completions/candour
        ls /usr/share/candour/samples/lessons | grep -q .
        dpkg --verify candour
        cp -p ./build/release/candour_*.deb /tmp'
    timed nobody:nogroup 'cd /tmp && candour demo --exit'
    inside root 'dpkg --purge candour && ! ls -d /var/lib/candour /etc/candour 2>/dev/null'
}

# Another folder, another time zone, another umask: the same bytes.
twice_the_same() {
    say "nobody: the package is made once more"
    inside nobody:nogroup 'umask 077 && TZ=Asia/Tokyo ./dev package >/dev/null'
    inside root 'cd /srv && sha256sum */build/release/candour_*.deb &&
        cmp root/build/release/candour_*.deb nobody/build/release/candour_*.deb'
}

furnish
no_root_no_sudo
timed root './dev demo --exit'
timed root './dev demo --exit'
timed root './dev test'
timed root './dev test | tail -n 1'
timed nobody:nogroup './dev demo --exit'
packaged
twice_the_same
say "all of it was true"
