"""A fuzzer against the document of one dialect: no server error, no status that is not documented,
no answer that is not as the document says.

    python fuzzing.py http://127.0.0.1:7878 KEY DIALECT [SEED]

What it asks follows from its seed, which is told first. Settings stand in `fuzzing.toml`.
"""

import json
import os
import pathlib
import random
import subprocess
import sys
import urllib.request

ADDRESS, KEY, DIALECT = sys.argv[1:4]
SEED = sys.argv[4] if len(sys.argv) > 4 else str(random.SystemRandom().randrange(1 << 32))
# Cases of each operation in each phase. All dialects take less than two minutes with so many.
EXAMPLES_MAX = 10
SETTINGS = pathlib.Path(__file__).with_name("fuzzing.toml")


def asked(path, body):
    """What the server answers to a body that must be taken."""
    request = urllib.request.Request(
        ADDRESS + path,
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def dataset(project, name):
    """A dataset with two rows and a snapshot: its id, the snapshot's, and a row's."""
    made = asked("/v1/dataset", {"project_id": project, "name": name})["id"]
    rows = [{"input": "one", "expected": "uno"}, {"input": {"two": 2}, "tags": ["even"]}]
    row = asked(f"/v1/dataset/{made}/insert", {"events": rows})["row_ids"][0]
    snapshot = asked(f"/api/v1/dataset/{made}/snapshot", {"name": "before"})
    return made, snapshot["snapshot_id"], row


print(f"seed {SEED}")
project = asked("/v1/project", {"name": "fuzzed"})["id"]
other_project = asked("/v1/project", {"name": "to be deleted"})["id"]
made, snapshot, row = dataset(project, "fuzzed")
other_made, other_snapshot, _ = dataset(project, "to be deleted")
surroundings = os.environ | {
    "FUZZING_KEY": KEY,
    "FUZZING_PROJECT": project,
    "FUZZING_DATASET": made,
    "FUZZING_SNAPSHOT": snapshot,
    "FUZZING_ITEM": row,
    "FUZZING_OTHER_PROJECT": other_project,
    "FUZZING_OTHER_DATASET": other_made,
    "FUZZING_OTHER_SNAPSHOT": other_snapshot,
}
folder = pathlib.Path(os.environ["HOME"])
folder.mkdir(exist_ok=True)
fuzzer = [sys.executable, "-m", "schemathesis.cli"]
command = [*fuzzer, "--config-file", SETTINGS, "run", f"{ADDRESS}/openapi/{DIALECT}.json"]
command += ["--seed", SEED, "--max-examples", str(EXAMPLES_MAX)]
ended = subprocess.run(command, env=surroundings, cwd=folder, check=False)
sys.exit(ended.returncode)
