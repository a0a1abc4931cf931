#!/usr/bin/env bash
# Starts the server on its embedded default, sees to it that there is a first dataset, and prints
# what to try. The server stays in the foreground: Ctrl-C stops it. Called by `make run`.
set -euo pipefail
cd "$(dirname "$0")/.."

snapledger=${SNAPLEDGER:?the path of the program; make run sets it}
export SNAPLEDGER_DATA=${SNAPLEDGER_DATA:-data}
export SNAPLEDGER_LISTEN=${SNAPLEDGER_LISTEN:-127.0.0.1:7878}
# For this machine only: whoever listens elsewhere sets a key of their own.
export SNAPLEDGER_BOOTSTRAP_KEY=${SNAPLEDGER_BOOTSTRAP_KEY:-sl_try_it_on_this_machine}
url=http://$SNAPLEDGER_LISTEN
key=$SNAPLEDGER_BOOTSTRAP_KEY
export SNAPLEDGER_SERVER=$url SNAPLEDGER_KEY=$key

command -v curl >/dev/null || { echo "error: curl is needed to try it out; install it first"; exit 1; }

# One line of JSON that GraphQL answers to a document without variables.
ask() {
    local document=${1//\"/\\\"}
    curl -s "$url/graphql" -H "Authorization: Bearer $key" \
        -H 'Content-Type: application/json' -d "{\"query\":\"$document\"}"
}

# The first id in an answer; nothing when there is none.
first_id() { sed -nE 's/.*"id": ?"([0-9a-f-]{36})".*/\1/p'; }

# A curl line that can be pasted as it is.
curl_line() {
    local document=${1//\"/\\\"}
    printf '  curl -s %s/graphql -H "Authorization: Bearer %s" -H "Content-Type: application/json" \\\n' \
        "$url" "$key"
    printf "    -d '{\"query\":\"%s\"}'; echo\n\n" "$document"
}

# 7 says that nobody listens there.
listening=0
curl -s -o /dev/null --max-time 2 "$url/" || listening=$?
if [ "$listening" -ne 7 ]; then
    echo "error: something listens on $SNAPLEDGER_LISTEN already"
    echo "  what now: stop it, or use another port: make run SNAPLEDGER_LISTEN=127.0.0.1:7979"
    exit 1
fi

"$snapledger" serve &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" || true' EXIT

for _ in $(seq 600); do
    if ! kill -0 "$server" 2>/dev/null; then
        # It has said why.
        trap - EXIT
        exit 1
    fi
    [ "$(curl -s -o /dev/null -w '%{http_code}' "$url/readyz")" = 200 ] && break
    sleep 0.1
done

dataset=$(ask '{ datasetByName(name: "penguins") { id } }' | first_id)
if [ -z "$dataset" ]; then
    "$snapledger" import examples/data/penguins.csv --dataset penguins --create \
        --message "the Palmer penguins"
    dataset=$(ask '{ datasetByName(name: "penguins") { id } }' | first_id)
fi
snapshot=$(ask "{ snapshotByName(datasetId: \"$dataset\", name: \"imported\") { id } }" | first_id)
if [ -z "$snapshot" ]; then
    "$snapledger" snapshot --dataset penguins --name imported
fi

echo
echo "The server runs. Open it in a browser, and give it the key:"
echo
echo "  $url"
echo "  $key"
echo
echo "Ctrl-C stops it. Or try, in another shell:"
echo
echo "1. read the first items:"
curl_line '{ datasetByName(name: "penguins") { itemCount isModified items(first: 2) { nodes { key data } } } }'
echo "2. name this state:"
curl_line "mutation { createSnapshot(input: { datasetId: \"$dataset\", name: \"try $(date +%F-%H%M%S)\" }) { snapshot { id number name itemCount } xactId } }"
echo "3. change one item and delete another:"
curl_line "mutation { commitItems(input: { datasetId: \"$dataset\", upserts: [{ key: \"0000000001\", data: { species: \"Great auk\" } }], deletes: [\"0000000344\"], message: \"a risky change\" }) { summary { added removed modified unchanged } dataset { isModified } } }"
echo "4. go back to the state before, and watch:"
echo "  $snapledger restore imported --dataset penguins --server $url --key $key"
echo
echo "All that happened, and what happens now:"
echo "  $snapledger log --server $url --key $key"
echo

trap - EXIT
# Ctrl-C reaches the server too: it finishes, and with it this script.
trap '' INT
trap 'kill -TERM "$server" 2>/dev/null || true' TERM
code=0
wait "$server" || code=$?
# Over 128 the waiting was interrupted, not the server.
if [ "$code" -gt 128 ]; then
    code=0
    wait "$server" || code=$?
fi
exit "$code"
