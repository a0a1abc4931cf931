"""A fuzzer against the documents of all four dialects: no server error, no status that is not
documented, no body that is not as the document says.

What it asks is decided by its seed, which is told; the arguments are the server's address, a key,
and, to go the same way again, a seed. Settings stand in `fuzzing.toml`.
"""

import json
import os
import pathlib
import random
import subprocess
import sys
import urllib.request

DIALECTS = ["braintrust", "lunary", "visual-layer", "dws"]
# Cases of each operation in each phase; all four dialects take less than two minutes with so many.
EXAMPLES_MAX = 10
SETTINGS = pathlib.Path(__file__).with_name("fuzzing.toml")


def asked(address, key, path, body):
    """What the server answers to a body that must be taken."""
    request = urllib.request.Request(
        address + path,
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def dataset(address, key, project, name):
    """A dataset with two rows and a snapshot: both ids, and that of a row."""
    new = {"project_id": project, "name": name}
    made = asked(address, key, "/v1/dataset", new)["id"]
    rows = [{"input": "one", "expected": "uno"}, {"input": {"two": 2}, "tags": ["even"]}]
    path = f"/v1/dataset/{made}/insert"
    row = asked(address, key, path, {"events": rows})["row_ids"][0]
    snapshot = asked(address, key, f"/api/v1/dataset/{made}/snapshot", {"name": "before"})
    return made, snapshot["snapshot_id"], row


def main():
    address, key = sys.argv[1:3]
    seed = sys.argv[3] if len(sys.argv) > 3 else str(random.SystemRandom().randrange(1 << 32))
    print(f"seed {seed}")
    failed = []
    for dialect in DIALECTS:
        project = asked(address, key, "/v1/project", {"name": f"{dialect} fuzzed"})["id"]
        other = asked(address, key, "/v1/project", {"name": f"{dialect} deleted"})["id"]
        made, snapshot, row = dataset(address, key, project, "fuzzed")
        other_made, other_snapshot, _ = dataset(address, key, project, "deleted")
        surroundings = os.environ | {
            "FUZZING_KEY": key,
            "FUZZING_PROJECT": project,
            "FUZZING_DATASET": made,
            "FUZZING_SNAPSHOT": snapshot,
            "FUZZING_ITEM": row,
            "FUZZING_OTHER_PROJECT": other,
            "FUZZING_OTHER_DATASET": other_made,
            "FUZZING_OTHER_SNAPSHOT": other_snapshot,
        }
        fuzzer = pathlib.Path(sys.executable).with_name("schemathesis")
        command = [fuzzer, "--config-file", SETTINGS, "run", f"{address}/openapi/{dialect}.json"]
        command += ["--seed", seed, "--max-examples", str(EXAMPLES_MAX)]
        ended = subprocess.run(command, env=surroundings, cwd=os.environ["HOME"], check=False)
        if ended.returncode:
            failed.append(dialect)
    sys.exit(f"seed {seed}: {', '.join(failed)}" if failed else 0)


main()
