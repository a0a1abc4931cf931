#!/usr/bin/env bash
# Keeps one PostgreSQL for tests: makes it, starts it, and ends it when nobody uses it any more.
#
#   postgres.sh FOLDER BIN PORT GRACE_SECONDS [SETTING=VALUE…]
#
# Whoever uses the server holds a shared lock on FOLDER/users. The system lets go of it however a
# test ends, so no server outlives its tests: when nobody has held it for GRACE_SECONDS, the server
# is stopped and all but the lock files is removed. FOLDER/ready holds the port once it answers;
# FOLDER/failed, why it does not.
set -euo pipefail
folder=$1 bin=$2 port=$3 grace_seconds=$4
shift 4

# One keeper a folder. The locks are not handed on to the server, which would hold them too.
exec 9>>"$folder/keeper" 8>>"$folder/users"
flock -n 9 || exit 0
cd "$folder"
rm -f ready

# PostgreSQL refuses to be run by root; the package brings a user for it.
as=()
if [ "$(id -u)" = 0 ]; then
    as=(runuser -u postgres --)
    chown postgres "$folder"
fi
server() { "${as[@]}" "$bin/$@" 8>&- 9>&- </dev/null >>"$folder/output" 2>&1; }
end() {
    server pg_ctl -D "$folder/data" -m immediate -w stop || true
    rm -rf "$folder/data" "$folder/ready" "$folder/password" "$folder"/.s.PGSQL.*
    # Nobody comes back to a server without grace.
    [ "$grace_seconds" != 0 ] || [ -e failed ] || rm -rf "$folder"
}
# A keeper that was killed may have left its server running.
if [ -d data ]; then end; fi
trap end EXIT

echo snapledger-test > password
chmod a+r password
make_and_start() {
    server initdb -D "$folder/data" -U postgres --auth-local=trust --auth-host=scram-sha-256 \
        --pwfile="$folder/password" --encoding=UTF8 --locale=C --no-sync || return
    {
        echo "port = $port"
        echo "listen_addresses = '127.0.0.1'"
        echo "unix_socket_directories = '$folder'"
        echo "max_connections = 200"
        echo "shared_buffers = 32MB"
        # Only tests are at stake; what is about the disk asks for fsync=on.
        echo "fsync = off"
        for setting in "$@"; do echo "$setting"; done
    } | "${as[@]}" tee -a "$folder/data/postgresql.conf" >/dev/null
    server pg_ctl -D "$folder/data" -l "$folder/data/log" -w -t 60 start
}
if ! make_and_start "$@"; then
    cat output data/log >failed.part 2>/dev/null || true
    mv failed.part failed
    exit 1
fi
echo "$port" >ready.part
mv ready.part ready

unused_halves=0
while [ "$unused_halves" -le $((2 * grace_seconds)) ]; do
    sleep 0.5
    [ -d data ] || exit 0
    if flock -n 8; then
        # Once the time is over the lock stays, and whoever comes now waits for the end.
        unused_halves=$((unused_halves + 1))
        [ "$unused_halves" -gt $((2 * grace_seconds)) ] || flock -u 8
    else
        unused_halves=0
    fi
done
