#!/usr/bin/env bash
# Succeeds when the Node and npm that are here build the web console and run other people's clients;
# else says what is here and what is needed, and fails. Called by the Makefile and scripts/console.sh.
set -euo pipefail

# Vite 8 is built for these: 20.19 and newer of 20, and 22.12 and newer.
needed="Node 20.19 or newer of 20, or 22.12 or newer, with npm"

fail() {
    echo "here is $1; needed is $needed" >&2
    echo "  what now: install it from your system, or from https://nodejs.org" >&2
    exit 1
}

version=$(node --version 2>/dev/null) || fail "no Node"
[[ $version =~ ^v([0-9]+)\.([0-9]+)\. ]] || fail "a Node that calls itself '$version'"
major=${BASH_REMATCH[1]} minor=${BASH_REMATCH[2]}
case $major in
    20) [ "$minor" -ge 19 ] || fail "Node $version" ;;
    22) [ "$minor" -ge 12 ] || fail "Node $version" ;;
    *) [ "$major" -gt 22 ] || fail "Node $version" ;;
esac
npm --version >/dev/null 2>&1 || fail "Node $version without npm"
