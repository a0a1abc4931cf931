#!/usr/bin/env bash
# Installs other people's Python clients, each with what it needs at exact versions, into an
# environment of its own: target/clients/NAME for every tests/clients/requirements/NAME.txt.
# Nothing is done where a list has not changed since. Called by `make tools`.
#
# Every list names all that is needed: nothing is resolved, so that what one package asks of
# another's newest release does not decide whether the tests can run.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
python=${PYTHON:-python3}

"$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || {
    echo "error: the tests run other people's clients on Python 3.10 or newer, with venv"
    exit 1
}

for list in tests/clients/requirements/*.txt; do
    name=$(basename "$list" .txt)
    place=$target/clients/$name
    stamp=$place/.installed
    hash=$("$python" -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$list")
    [ "$(cat "$stamp" 2>/dev/null)" = "$hash" ] && continue
    echo "installing the clients of $list into $place"
    rm -rf "$place"
    "$python" -m venv "$place"
    "$place/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$list"
    echo "$hash" > "$stamp"
done
