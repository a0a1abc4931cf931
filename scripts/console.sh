#!/usr/bin/env bash
# Builds the web console into console/dist, and tries it in a real browser when asked to:
#
#   scripts/console.sh build      builds it when Node is there; without Node says so and goes on
#   scripts/console.sh test       builds it, then runs its stories against the program in SNAPLEDGER
#
# With SCREENS set to a folder, the stories picture each page into it.
set -euo pipefail
cd "$(dirname "$0")/../console"

node_major_min=20
what=${1:?build or test}

node_major=$(node --version 2>/dev/null | sed -nE 's/^v([0-9]+).*/\1/p' || true)
if [ "${node_major:-0}" -lt "$node_major_min" ] || ! npm --version >/dev/null 2>&1; then
    if [ "$what" = build ]; then
        echo "The web console is left out: building it needs Node $node_major_min or newer with npm."
        exit 0
    fi
    echo "error: the console's stories need Node $node_major_min or newer with npm"
    exit 1
fi

# What was installed is what the lock file says, or it is installed anew.
if [ ! -e node_modules/.installed ] || [ package-lock.json -nt node_modules/.installed ]; then
    npm ci --loglevel=error
    touch node_modules/.installed
fi

# Built anew when a source is younger than what was built.
if [ ! -e dist/index.html.gz ] ||
    [ -n "$(find src playground public scripts ./*.html ./*.ts ./*.js ./*.json ../schema.graphql -newer dist/index.html.gz -print -quit)" ]; then
    npm run --silent build
fi
[ "$what" = test ] || exit 0

CHROMIUM=$(../scripts/chromium.sh)
export CHROMIUM
npm run --silent check
# One browser at a time: a picture that is taken while another starts tells nothing.
exec node --test --test-reporter=spec --test-concurrency=1 tests/*.test.mjs
