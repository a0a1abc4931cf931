"""What the vendor's guide to snapshots shows, call by call and in its order: a checkpoint before a
change, its description changed, the oldest snapshot restored and the task manager polled to the
end; then the two use cases it tells of. Only the address is the ledger's.

    python visual_layer_guide.py http://127.0.0.1:7878 KEY

Every call is made as the guide makes it: the same path, query, headers and members of the body.
"""

import sys
import time

import requests

ADDRESS, KEY = sys.argv[1:3]
HEADERS = {"Authorization": f"Bearer {KEY}"}
# The guide waits for ever, five seconds at a time; this program has a bound.
LOOKS_MAX, PAUSE_SECONDS = 200, 0.1


def graphql(document, variables):
    """The dataset that the guide takes for granted."""
    body = {"query": document, "variables": variables}
    answer = requests.post(f"{ADDRESS}/graphql", headers=HEADERS, json=body, timeout=30).json()
    assert "errors" not in answer, answer
    return answer["data"]


def images(dataset, count):
    upserts = [{"key": f"{n:02}.jpg", "kind": "IMAGE", "data": {"n": n}} for n in range(count)]
    commit = "mutation ($input: CommitItemsInput!) { commitItems(input: $input) { xactId } }"
    graphql(commit, {"input": {"datasetId": dataset, "upserts": upserts}})


made = graphql(
    "mutation ($name: String!) { createDataset(input: { name: $name }) { dataset { id } } }",
    {"name": "Product Images Q1"},
)
dataset = made["createDataset"]["dataset"]["id"]
of_dataset = f"{ADDRESS}/api/v1/dataset/{dataset}"

# The example of the listing: the snapshot of the creation, with the name that was made for it.
images(dataset, 26)
answer = requests.get(f"{of_dataset}/snapshot", headers=HEADERS)
answer.raise_for_status()
listed = answer.json()
assert [snapshot["reason"] for snapshot in listed] == ["creation"], listed
first = listed[0]
assert first["snapshot_name"] == f"Product Images Q1_snapshot_{first['snapshot_id'][:8]}", first
assert first["source_dataset_name"] == "Product Images Q1" and first["description"] == "", first

# A checkpoint with a name and a description.
answer = requests.post(
    f"{of_dataset}/snapshot",
    headers=HEADERS,
    json={"name": "pre-enrichment-checkpoint", "description": "Before the tagger runs"},
)
answer.raise_for_status()
checkpoint = answer.json()
expected = {
    "snapshot_id": checkpoint["snapshot_id"],
    "snapshot_name": "pre-enrichment-checkpoint",
    "source_dataset_name": "Product Images Q1",
    "created_at": checkpoint["created_at"],
    "created_by": checkpoint["created_by"],
    "n_images": 26,
    "n_videos": 0,
    "description": "Before the tagger runs",
    "reason": "manual",
    "training_model_id": None,
    "training_model_name": None,
    "is_current": True,
    "is_restoring": False,
}
assert checkpoint == expected, checkpoint
of_checkpoint = f"{of_dataset}/snapshot/{checkpoint['snapshot_id']}"

# Its description alone is changed.
answer = requests.patch(of_checkpoint, headers=HEADERS, json={"description": "The baseline"})
answer.raise_for_status()
assert answer.json() == expected | {"description": "The baseline"}, answer.text

# The oldest is restored, and the newest task of that kind is looked at until it has ended.
oldest = listed[-1]["snapshot_id"]
answer = requests.post(f"{of_dataset}/snapshot/{oldest}/restore", headers=HEADERS)
assert (answer.status_code, answer.content) == (202, b""), answer.text
for _ in range(LOOKS_MAX):
    answer = requests.get(
        f"{ADDRESS}/api/v1/tasks",
        headers=HEADERS,
        params={"dataset_id": dataset, "task_type": "SNAPSHOT_RESTORE"},
    )
    answer.raise_for_status()
    tasks = answer.json()["tasks"]
    latest = tasks[0] if tasks else None
    if latest and latest["status"] in ("COMPLETED", "FAILED"):
        break
    time.sleep(PAUSE_SECONDS)
else:
    sys.exit(f"the restore does not end: {latest}")
assert latest["status"] == "COMPLETED", latest
listed = requests.get(f"{of_dataset}/snapshot", headers=HEADERS).json()
assert [(s["n_images"], s["is_current"]) for s in listed] == [(26, False), (0, True)], listed

# A checkpoint before captions are made, and back to it: a body with a Content-Type of its own.
as_json = HEADERS | {"Content-Type": "application/json"}
body = '{"name": "pre-captioning", "description": "Before captions"}'
answer = requests.post(f"{of_dataset}/snapshot", headers=as_json, data=body)
answer.raise_for_status()
captions = answer.json()["snapshot_id"]
images(dataset, 3)
answer = requests.post(f"{of_dataset}/snapshot/{captions}/restore", headers=HEADERS)
assert answer.status_code == 202, answer.text

# Two datasets of one baseline, for two models. The restore before must have ended.
for _ in range(LOOKS_MAX):
    if requests.get(of_dataset, headers=HEADERS).json()["status_new"] == "READY":
        break
    time.sleep(PAUSE_SECONDS)
answer = requests.post(
    f"{of_dataset}/snapshot", headers=as_json, data='{"name": "baseline-for-comparison"}'
)
answer.raise_for_status()
baseline = answer.json()["snapshot_id"]
answer = requests.post(f"{of_dataset}/snapshot/{baseline}/clone", headers=HEADERS)
assert (answer.status_code, answer.content) == (202, b""), answer.text
asked = {"task_type": "SNAPSHOT_CLONE"}
clones = requests.get(f"{ADDRESS}/api/v1/tasks", headers=HEADERS, params=asked).json()["tasks"]
names = [(task["dataset_name"], task["status"]) for task in clones]
assert names == [("Product Images Q1 (cloned)", "COMPLETED")], clones

# The history, newest first.
listed = requests.get(f"{of_dataset}/snapshot", headers=HEADERS).json()
names = [snapshot["snapshot_name"] for snapshot in listed]
expected = ["baseline-for-comparison", "pre-captioning", "pre-enrichment-checkpoint"]
assert names == expected + [first["snapshot_name"]], names
