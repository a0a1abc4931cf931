#!/usr/bin/env bash
# Prints the path of a Chromium that runs; installs Debian's where there is none. Called by
# scripts/console.sh. Asks nothing: what cannot be done without a question ends with what to do.
#
# CHROMIUM names another one, which is taken or refused as it is.
set -euo pipefail

# Ends with what went wrong and what to do now.
fail() {
    {
        echo "error: $1"
        echo "  what now: install Chromium or Chrome yourself, or name one:" \
            "make test CHROMIUM=/path/to/chromium"
    } >&2
    exit 1
}

# Ubuntu has a program of this name that only tells of a snap: what counts is that it runs.
runs() { timeout 60 "$1" --version </dev/null >/dev/null 2>&1; }

find_one() {
    local name path
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        if path=$(command -v "$name") && runs "$path"; then
            echo "$path"
            return
        fi
    done
    return 1
}

if [ -n "${CHROMIUM:-}" ]; then
    runs "$CHROMIUM" || fail "CHROMIUM is $CHROMIUM, which does not run"
    echo "$CHROMIUM"
    exit
fi
find_one && exit

command -v apt-get >/dev/null || fail "Chromium is missing, and there is no apt-get to install it by"
as_root=()
if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null \
        || fail "Chromium is missing, and installing it needs root or a sudo that asks nothing"
    as_root=(sudo -n)
fi
apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2
}
echo "Chromium is missing; installing it by apt-get" >&2
# A source that cannot be reached may be one that Chromium does not come from.
apt update || echo "apt-get update failed; trying with the lists that are there" >&2
apt install -y --no-install-recommends chromium || fail "apt-get could not install chromium"
find_one || fail "apt-get installed chromium, but it does not run"
