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

fail() {
    echo "error: $1" >&2
    exit 1
}

# Debian and its kin ship Python without what environments are made of.
add_venv() {
    command -v apt-get >/dev/null || return 1
    local as_root=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || return 1
        as_root=(sudo)
    fi
    local version
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "installing what Python $version lacks to make environments"
    "${as_root[@]}" apt-get update -qq || return 1
    # A Python that is not the distribution's own version has a package of its own name.
    "${as_root[@]}" apt-get install -y -qq "python$version-venv" ||
        "${as_root[@]}" apt-get install -y -qq python3-venv
}

has_venv() {
    "$python" -c 'import venv, ensurepip' 2>/dev/null
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null ||
    fail "the tests run other people's clients on Python 3.10 or newer, which is missing"
has_venv || { add_venv && has_venv; } ||
    fail "the tests need Python's venv and ensurepip (Debian: python3-venv), which are missing"

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
