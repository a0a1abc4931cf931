"""The life of a dataset's snapshots, driven as programs for Visual Layer do: by `requests`, with
tokens that the client signs itself. Only the address is the ledger's.

    python visual_layer.py http://127.0.0.1:7878 KEY

Fails at the first answer that such a program could not rely on.
"""

import datetime
import re
import sys
import time
import uuid

import jwt
import requests

ADDRESS, ADMIN_KEY = sys.argv[1:3]
BASE = f"{ADDRESS}/api/v1"
# How long a task may take, in seconds, and the time between two looks at it.
TASK_SECONDS_MAX, PAUSE_SECONDS = 60, 0.05
TOKEN_SECONDS = 600
SNAPSHOT_FIELDS = [
    "snapshot_id", "snapshot_name", "source_dataset_name", "created_at", "created_by", "n_images",
    "n_videos", "description", "reason", "training_model_id", "training_model_name", "is_current",
    "is_restoring",
]
DATASET_FIELDS = [
    "id", "display_name", "description", "source_type", "owned_by", "created_at", "status_new",
    "progress", "n_images", "n_videos", "n_objects", "fatal_error_msg", "source_dataset_id",
]
TASK_FIELDS = [
    "task_id", "dataset_id", "dataset_name", "dataset_status", "created_by", "task_type", "status",
    "status_message", "progress_percentage", "error_message", "start_time", "end_time",
]


def graphql(document, variables):
    """What the ledger's own API is for: a key pair, a dataset, its items."""
    answer = requests.post(
        f"{ADDRESS}/graphql",
        headers={"Authorization": f"Bearer {ADMIN_KEY}"},
        json={"query": document, "variables": variables},
        timeout=30,
    ).json()
    assert "errors" not in answer, answer
    return answer["data"]


def new_pair(role):
    issue = """mutation ($input: IssueApiKeyInput!) {
        issueApiKey(input: $input) { accessKey secretKey } }"""
    made = graphql(issue, {"input": {"name": "robot", "role": role, "kind": "AK_SK"}})
    return made["issueApiKey"]["accessKey"], made["issueApiKey"]["secretKey"]


def headers_of(access_key, secret_key, seconds=TOKEN_SECONDS):
    """A token as the client makes it: HS256 by the secret, `kid` and `sub` the key."""
    now = int(time.time())
    claims = {"sub": access_key, "iat": now, "exp": now + seconds, "iss": "sdk"}
    token = jwt.encode(claims, secret_key, algorithm="HS256", headers={"kid": access_key})
    return {"Authorization": f"Bearer {token}"}


HEADERS = headers_of(*new_pair("EDITOR"))


def ask(method, path, expected=200, headers=None, **more):
    headers = HEADERS if headers is None else headers
    answer = requests.request(method, BASE + path, headers=headers, timeout=30, **more)
    assert answer.status_code == expected, (method, path, answer.status_code, answer.text)
    if expected >= 400:
        body = answer.json()
        assert list(body) == ["detail"] and body["detail"], body
    return answer


def new_dataset(name, **more):
    make = "mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id } } }"
    made = graphql(make, {"input": {"name": name, "description": "Front and back", **more}})
    return made["createDataset"]["dataset"]["id"]


def commit(dataset, upserts, deletes=()):
    make = "mutation ($input: CommitItemsInput!) { commitItems(input: $input) { xactId } }"
    graphql(make, {"input": {"datasetId": dataset, "upserts": upserts, "deletes": list(deletes)}})


def item(key, kind):
    return {"key": key, "kind": kind, "data": {"label": key}}


def snapshots_of(dataset):
    listed = ask("GET", f"/dataset/{dataset}/snapshot").json()
    for snapshot in listed:
        check_snapshot(snapshot)
    assert [s["created_at"] for s in listed] == sorted((s["created_at"] for s in listed), reverse=True)
    assert sum(s["is_current"] for s in listed) <= 1
    return listed


def check_snapshot(snapshot):
    assert list(snapshot) == SNAPSHOT_FIELDS, snapshot
    assert str(uuid.UUID(snapshot["snapshot_id"])) == snapshot["snapshot_id"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}", snapshot["created_at"])
    assert datetime.datetime.fromisoformat(snapshot["created_at"]).tzinfo is None
    assert snapshot["reason"] in ("manual", "creation", "clone")


def check_task(task):
    assert list(task) == TASK_FIELDS, task
    for moment in (task["start_time"], task["end_time"]):
        assert moment is None or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment), task
    assert (task["progress_percentage"] == 100) == (task["status"] == "COMPLETED"), task


def tasks(**asked):
    page = ask("GET", "/tasks", params=asked).json()
    assert list(page) == ["tasks", "total", "page", "page_size"], page
    for task in page["tasks"]:
        check_task(task)
    return page


def ended(dataset, task_type):
    """Polls as programs do: the newest task of that type, until it has ended."""
    deadline = time.monotonic() + TASK_SECONDS_MAX
    while time.monotonic() < deadline:
        found = tasks(dataset_id=dataset, task_type=task_type)["tasks"]
        if found and found[0]["status"] in ("COMPLETED", "FAILED"):
            return found[0]
        time.sleep(PAUSE_SECONDS)
    raise AssertionError(f"{task_type} takes too long")


def status_of(dataset):
    found = ask("GET", f"/dataset/{dataset}").json()
    assert list(found) == DATASET_FIELDS, found
    return found


def a_checkpoint_is_made_renamed_and_deleted():
    dataset = new_dataset("Product Images Q1")
    found = status_of(dataset)
    assert (found["status_new"], found["progress"]) == ("READY", 100), found
    assert (found["display_name"], found["description"]) == ("Product Images Q1", "Front and back")
    commit(dataset, [item("1.jpg", "IMAGE"), item("2.jpg", "IMAGE"), item("1.mp4", "VIDEO")])

    [first] = snapshots_of(dataset)
    assert (first["reason"], first["description"], first["n_images"]) == ("creation", "", 0)
    made = ask(
        "POST",
        f"/dataset/{dataset}/snapshot",
        json={"name": "pre-enrichment", "description": "Before the tagger", "unknown": 1},
    ).json()
    check_snapshot(made)
    assert (made["snapshot_name"], made["n_images"], made["n_videos"]) == ("pre-enrichment", 2, 1)
    assert made["is_current"] and not made["is_restoring"] and made["reason"] == "manual"
    path = f"/dataset/{dataset}/snapshot/{made['snapshot_id']}"
    changed = ask("PATCH", path, json={"description": "Baseline"}).json()
    assert changed == {**made, "description": "Baseline"}
    changed = ask("PATCH", path, json={"name": "v1-baseline"}).json()
    assert changed == {**made, "description": "Baseline", "snapshot_name": "v1-baseline"}
    assert snapshots_of(dataset)[0] == changed
    ask("PATCH", path, json={}, expected=422)
    ask("PATCH", path, expected=422)
    # A program that is run again asks for the same names again.
    again = ask("POST", f"/dataset/{dataset}/snapshot", json={"name": "V1-baseline"}).json()
    assert again["snapshot_name"] == "V1-baseline (2)"
    ask("PATCH", path, json={"name": "V1-baseline"})
    path = f"/dataset/{dataset}/snapshot/{again['snapshot_id']}"
    assert ask("PATCH", path, json={"name": "v1-baseline"}).json() == {
        **again, "snapshot_name": "v1-baseline (2)",
    }

    ask("DELETE", path, expected=409)
    unnamed = ask("POST", f"/dataset/{dataset}/snapshot").json()
    digits = unnamed["snapshot_id"][:8]
    assert unnamed["snapshot_name"] == f"Product Images Q1_snapshot_{digits}"
    assert unnamed["description"] == ""
    answer = ask("DELETE", path)
    assert answer.content == b""
    ask("DELETE", path, expected=404)
    assert [s["snapshot_id"] for s in snapshots_of(dataset)] == [
        unnamed["snapshot_id"], made["snapshot_id"], first["snapshot_id"],
    ]


def a_restore_brings_back_what_was():
    dataset = new_dataset("Roads")
    commit(dataset, [item("1.jpg", "IMAGE"), item("2.jpg", "IMAGE")])
    before = ask("POST", f"/dataset/{dataset}/snapshot", json={"name": "before"}).json()
    commit(dataset, [item("3.jpg", "IMAGE")], deletes=["1.jpg", "2.jpg"])
    after = ask("POST", f"/dataset/{dataset}/snapshot", json={"name": "after"}).json()
    assert status_of(dataset)["n_images"] == 1

    answer = ask("POST", f"/dataset/{dataset}/snapshot/{before['snapshot_id']}/restore", expected=202)
    assert answer.content == b""
    task = ended(dataset, "SNAPSHOT_RESTORE")
    assert (task["status"], task["error_message"]) == ("COMPLETED", None), task
    assert (task["dataset_id"], task["dataset_name"]) == (dataset, "Roads")
    assert task["created_by"] == before["created_by"]
    found = status_of(dataset)
    assert (found["status_new"], found["n_images"]) == ("READY", 2)
    current = [s["snapshot_id"] for s in snapshots_of(dataset) if s["is_current"]]
    assert current == [before["snapshot_id"]]
    assert not any(s["is_restoring"] for s in snapshots_of(dataset))

    commit(dataset, [item("4.jpg", "IMAGE")])
    ask("POST", f"/dataset/{dataset}/snapshot/current/restore", expected=202)
    assert ended(dataset, "SNAPSHOT_RESTORE")["task_id"] != task["task_id"]
    assert status_of(dataset)["n_images"] == 2
    ask("DELETE", f"/dataset/{dataset}/snapshot/{after['snapshot_id']}")


def a_clone_is_a_dataset_of_its_own():
    dataset = new_dataset("Signs")
    commit(dataset, [item("1.jpg", "IMAGE")])
    source = ask("POST", f"/dataset/{dataset}/snapshot", json={"name": "baseline"}).json()
    path = f"/dataset/{dataset}/snapshot/{source['snapshot_id']}/clone"
    for name in ("Signs (cloned)", "Signs (cloned 2)"):
        assert ask("POST", path, expected=202).content == b""
        [task] = tasks(dataset_name=name, task_type="SNAPSHOT_CLONE")["tasks"]
        assert task["status"] == "COMPLETED" and task["dataset_id"] != dataset
    clone = task["dataset_id"]
    found = status_of(clone)
    assert (found["source_dataset_id"], found["n_images"]) == (dataset, 1)
    [first] = snapshots_of(clone)
    assert (first["reason"], first["is_current"]) == ("clone", True)
    commit(clone, [item("2.jpg", "IMAGE")])
    assert (status_of(clone)["n_images"], status_of(dataset)["n_images"]) == (2, 1)
    ask("DELETE", f"/dataset/{clone}/snapshot/{source['snapshot_id']}", expected=404)


def what_runs_on_a_dataset_keeps_others_off():
    dataset = new_dataset("Faces")
    [first] = snapshots_of(dataset)
    begin = """mutation ($id: ID!) {
        beginOperation(input: { datasetId: $id, kind: ENRICHMENT }) { operation { id } } }"""
    operation = graphql(begin, {"id": dataset})["beginOperation"]["operation"]["id"]
    assert status_of(dataset)["status_new"] == "READ ONLY"
    [task] = tasks(dataset_id=dataset, task_type="ENRICHMENT")["tasks"]
    assert (task["task_id"], task["status"]) == (operation, "RUNNING")
    ask("POST", f"/dataset/{dataset}/snapshot", json={"name": "no"}, expected=409)
    ask("POST", f"/dataset/{dataset}/snapshot/{first['snapshot_id']}/restore", expected=409)
    finish = """mutation ($id: ID!) {
        finishOperation(input: { operationId: $id, outcome: FAILED }) { xactId } }"""
    graphql(finish, {"id": operation})
    found = status_of(dataset)
    assert (found["status_new"], found["fatal_error_msg"]) == ("ERROR", "Enrichment failed")
    [task] = tasks(dataset_id=dataset, task_status="FAILED")["tasks"]
    assert (task["dataset_status"], task["status_message"]) == ("ERROR", "Enrichment failed")
    ask("POST", f"/dataset/{dataset}/snapshot", expected=409)
    # A restore is what brings a broken dataset back.
    ask("POST", f"/dataset/{dataset}/snapshot/current/restore", expected=202)
    ended(dataset, "SNAPSHOT_RESTORE")
    assert status_of(dataset)["status_new"] == "READY"

    older = new_dataset("From before", snapshotsEnabled=False)
    ask("GET", f"/dataset/{older}")
    ask("GET", f"/dataset/{older}/snapshot", expected=403)
    ask("POST", f"/dataset/{older}/snapshot", json={}, expected=403)


def tasks_are_filtered_sorted_and_paged():
    dataset = new_dataset("Many tasks")
    for _ in range(6):
        ask("POST", f"/dataset/{dataset}/snapshot/current/restore", expected=202)
        ended(dataset, "SNAPSHOT_RESTORE")
    everything = tasks(dataset_id=dataset)
    assert (everything["total"], everything["page"], everything["page_size"]) == (6, 1, 20)
    ids = [task["task_id"] for task in everything["tasks"]]
    pages = [tasks(dataset_id=dataset, page=page, page_size=5) for page in (1, 2, 3)]
    assert [len(page["tasks"]) for page in pages] == [5, 1, 0]
    assert [task["task_id"] for page in pages for task in page["tasks"]] == ids
    assert all(page["total"] == 6 for page in pages)
    upwards = tasks(dataset_id=dataset, sort_by="start_time", sort_order="asc")
    assert [task["task_id"] for task in upwards["tasks"]] == ids[::-1]
    for field in ("status", "task_type", "dataset_name", "dataset_id", "created_by"):
        for order, backwards in (("asc", False), ("desc", True)):
            listed = tasks(sort_by=field, sort_order=order, page_size=50)["tasks"]
            found = [task[field].lower() for task in listed]
            assert found == sorted(found, reverse=backwards), (field, order, found)
    newest = everything["tasks"][0]
    by_me = tasks(created_by=newest["created_by"], dataset_name="many TASKS")
    assert by_me["total"] == 6
    assert tasks(dataset_id=dataset, created_by="nobody")["total"] == 0
    since = tasks(dataset_id=dataset, start_time_from=newest["start_time"])
    assert newest in since["tasks"]
    until = tasks(dataset_id=dataset, start_time_to=newest["start_time"])
    assert newest in until["tasks"]
    assert tasks(dataset_id=dataset, start_time_from="2999-01-01")["total"] == 0
    assert tasks(dataset_id=dataset, start_time_to="2001-01-01T00:00:00")["total"] == 0
    assert tasks(dataset_id=dataset, task_status="COMPLETED", unknown="x")["total"] == 6
    for wrong in (
        {"page": 0}, {"page": "x"}, {"page_size": 4}, {"page_size": 51}, {"dataset_id": "x"},
        {"sort_by": "color"}, {"sort_order": "up"}, {"start_time_from": "soon"},
        {"task_status": "x"}, {"task_type": "x"},
    ):
        ask("GET", "/tasks", params=wrong, expected=422)


def what_is_wrong_is_told_as_the_service_does():
    dataset = new_dataset("Wrong")
    [first] = snapshots_of(dataset)
    nobody = str(uuid.uuid4())
    path = f"/dataset/{dataset}/snapshot"
    for method, wrong, expected in (
        ("GET", "/dataset/x/snapshot", 422),
        ("GET", f"/dataset/{nobody}/snapshot", 404),
        ("GET", f"/dataset/{nobody}", 404),
        ("POST", f"{path}/{nobody}/restore", 404),
        ("POST", f"{path}/x/restore", 422),
        ("POST", f"{path}/current/clone", 422),
        ("DELETE", f"{path}/{nobody}", 404),
        ("PUT", f"{path}/{first['snapshot_id']}", 405),
        ("GET", "/nothing", 404),
    ):
        ask(method, wrong, expected=expected)
    json_type = {**HEADERS, "Content-Type": "application/json"}
    for body in ("{", "[1]", '{"name": 7}', '{"name": ""}', '{"description": []}', '"x"'):
        ask("POST", path, data=body, headers=json_type, expected=422)
    ask("POST", path, json={"name": "x" * 256}, expected=422)

    viewer = headers_of(*new_pair("VIEWER"))
    ask("GET", path, headers=viewer)
    ask("POST", path, headers=viewer, json={}, expected=403)
    ask("POST", f"{path}/current/restore", headers=viewer, expected=403)
    access_key, secret_key = new_pair("EDITOR")
    for headers in (
        {},
        {"Authorization": "Bearer no"},
        headers_of(access_key, secret_key[::-1]),
        headers_of(access_key, secret_key, seconds=-600),
    ):
        ask("GET", path, headers=headers, expected=401)


for step in (
    a_checkpoint_is_made_renamed_and_deleted,
    a_restore_brings_back_what_was,
    a_clone_is_a_dataset_of_its_own,
    what_runs_on_a_dataset_keeps_others_off,
    tasks_are_filtered_sorted_and_paged,
    what_is_wrong_is_told_as_the_service_does,
):
    step()
    print(step.__name__, flush=True)
