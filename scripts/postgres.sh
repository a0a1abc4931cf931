#!/usr/bin/env bash
# Prints the folder of PostgreSQL's server programs; installs Debian's package where there are
# none. Called by `make tools`, and with --find, which installs nothing, by the tests themselves.
# Asks nothing: what cannot be done without a question ends with what to do.
#
# POSTGRES_BIN names another folder, which is taken or refused as it is.
set -euo pipefail

# Ends with what went wrong and what to do now.
fail() {
    {
        echo "error: $1"
        echo "  what now: install PostgreSQL's server yourself, or name the folder of its programs:" \
            "POSTGRES_BIN=/usr/lib/postgresql/15/bin"
    } >&2
    exit 1
}

complete() {
    local program
    for program in initdb pg_ctl postgres createdb dropdb; do
        [ -x "$1/$program" ] || return 1
    done
}

# Debian keeps the server's programs out of the path, by version.
find_one() {
    local folder initdb
    while read -r folder; do
        if complete "$folder"; then
            echo "$folder"
            return
        fi
    done < <(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV)
    initdb=$(command -v initdb) || return 1
    folder=$(dirname "$(readlink -f "$initdb")")
    complete "$folder" && echo "$folder"
}

if [ -n "${POSTGRES_BIN:-}" ]; then
    complete "$POSTGRES_BIN" || fail "POSTGRES_BIN is $POSTGRES_BIN, where programs are missing"
    echo "$POSTGRES_BIN"
    exit
fi
find_one && exit
[ "${1:-}" != --find ] || fail "PostgreSQL's server is missing; \`make tools\` installs it"

command -v apt-get >/dev/null || fail "PostgreSQL is missing, and there is no apt-get to install it by"
as_root=()
if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null \
        || fail "PostgreSQL is missing, and installing it needs root or a sudo that asks nothing"
    as_root=(sudo -n)
fi
# At this run level no service is started: the tests start their own.
apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
        apt-get -qq -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2
}
echo "PostgreSQL is missing; installing it by apt-get" >&2
# A source that cannot be reached may be one that PostgreSQL does not come from.
apt update || echo "apt-get update failed; trying with the lists that are there" >&2
apt install -y --no-install-recommends postgresql || fail "apt-get could not install postgresql"
find_one || fail "apt-get installed postgresql, but its programs are not where they should be"
