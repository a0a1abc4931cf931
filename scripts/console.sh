#!/usr/bin/env bash
# Builds the web console into console/dist, and tries it in a real browser when asked to:
#
#   scripts/console.sh build      builds it when a Node for it is there; without one says so and goes on
#   scripts/console.sh test       builds it, then runs its stories against the program in SNAPLEDGER
#   scripts/console.sh screens    the same, of the stories that picture pages into the folder SCREENS
set -euo pipefail
cd "$(dirname "$0")/../console"

what=${1:?build, test or screens}
case $what in
    build) stories=() ;;
    test) stories=(tests/*.test.mjs) ;;
    screens) stories=(tests/{pages,states,histories,playground}.test.mjs) && : "${SCREENS:?a folder}" ;;
    *) echo "error: $what is neither build, test nor screens" >&2 && exit 2 ;;
esac

if ! why=$(../scripts/node.sh 2>&1); then
    if [ "$what" = build ]; then
        echo "The web console is left out, and a plain page stands in for it: $why"
        exit 0
    fi
    echo "error: the console's stories cannot run: $why" >&2
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
[ "$what" != build ] || exit 0

CHROMIUM=$(../scripts/chromium.sh)
export CHROMIUM
npm run --silent check
# One browser at a time: a picture that is taken while another starts tells nothing.
exec node --test --test-reporter=spec --test-concurrency=1 "${stories[@]}"
