"""The vendor's Python clients, both of them, live through a dataset's life on the server.

Called with the server's address and an API key. Ends with an error at the first thing that is
not as its user would expect.
"""

import os
import sys

address, key = sys.argv[1], sys.argv[2]
os.environ["BRAINTRUST_API_URL"] = address
os.environ["BRAINTRUST_APP_URL"] = address
os.environ["BRAINTRUST_API_KEY"] = key

# This file is named as the client is, and must not be taken for it.
del sys.path[0]

import braintrust  # noqa: E402
import braintrust_api  # noqa: E402


def told(step):
    print(step, flush=True)


def rows_of(dataset_id, version=None):
    """The rows of a dataset by id, as the newer client iterates them."""
    dataset = braintrust.init_dataset(dataset_id=dataset_id, version=version)
    return {row["id"]: row for row in dataset}


def contents(rows):
    names = ("input", "expected", "metadata", "tags", "created")
    return {id: {name: row.get(name) for name in names} for id, row in rows.items()}


def newer_client():
    dataset = braintrust.init_dataset(
        project="Antarctica", name="penguins", description="all", metadata={"by": "ada"}
    )
    for n in range(5):
        dataset.insert(id=f"r{n}", input={"q": n}, expected=n, metadata={"n": n}, tags=["x"])
    dataset.flush()
    first = dataset.version
    assert len(first) == 19, first
    summary = dataset.summarize()
    assert summary.data_summary.total_records == 5, summary
    assert summary.data_summary.new_records == 5, summary
    assert (summary.project_name, summary.dataset_name) == ("Antarctica", "penguins")
    told("inserted")

    before = rows_of(dataset.id)
    assert sorted(before) == [f"r{n}" for n in range(5)]
    assert before["r3"]["input"] == {"q": 3} and before["r3"]["expected"] == 3
    dataset.update(id="r1", metadata={"seen": True}, tags=["y"])
    dataset.delete("r2")
    fresh = dataset.insert(input="made", expected="here")
    dataset.flush()
    after = rows_of(dataset.id)
    assert sorted(after) == sorted(["r0", "r1", "r3", "r4", fresh])
    assert after["r1"]["metadata"] == {"n": 1, "seen": True}, after["r1"]
    assert after["r1"]["input"] == {"q": 1} and sorted(after["r1"]["tags"]) == ["x", "y"]
    assert contents(rows_of(dataset.id, version=first)) == contents(before)
    assert [len(list(dataset.fetch(batch_size=2)))] == [5]
    told("updated, deleted, and read as it was")

    snapshots = braintrust.logger._state.api_client().dataset_snapshots
    body = {"dataset_id": dataset.id, "name": "baseline", "xact_id": first}
    made = snapshots.post_dataset_snapshot(body={**body, "description": "as loaded"})
    assert made["name"] == "baseline" and made["xact_id"] == first
    assert made["description"] == "as loaded" and made["created"].endswith("Z")
    again = snapshots.post_dataset_snapshot(body=body)
    assert again == made
    now = max(row["_xact_id"] for row in after.values())
    second = {"dataset_id": dataset.id, "name": "second", "xact_id": now}
    second = snapshots.put_dataset_snapshot(body=second)
    moved = snapshots.put_dataset_snapshot(body={**body, "xact_id": now})
    assert moved["id"] == made["id"] and moved["description"] is None
    moved = snapshots.put_dataset_snapshot(body=body)
    listed = snapshots.get_dataset_snapshot(ids=[made["id"], second["id"]], limit=10)
    assert [one["id"] for one in listed["objects"]] == [second["id"], made["id"]]
    older = snapshots.get_dataset_snapshot(limit=1, starting_after=second["id"])
    assert [one["id"] for one in older["objects"]] == [made["id"]]
    renamed = snapshots.patch_dataset_snapshot_id(made["id"], body={"name": "first"})
    assert renamed["name"] == "first" and renamed["xact_id"] == first
    assert snapshots.get_dataset_snapshot_id(made["id"]) == renamed
    assert snapshots.delete_dataset_snapshot_id(second["id"])["id"] == second["id"]
    try:
        snapshots.get_dataset_snapshot_id(second["id"])
    except Exception as error:
        assert "404" in str(error) or getattr(error, "status_code", None) == 404, error
    else:
        raise AssertionError("a deleted snapshot is still there")
    told("snapshots")
    return dataset.id


def older_client(dataset_id):
    client = braintrust_api.Braintrust(api_key=key, base_url=address)
    project = client.projects.create(name="Antarctica")
    assert client.projects.retrieve(project.id).name == "Antarctica"
    assert project.id in [one.id for one in client.projects.list(limit=1)]
    for name in ("one", "two", "three"):
        client.datasets.create(project_id=project.id, name=name)
    names = [one.name for one in client.datasets.list(project_id=project.id, limit=2)]
    assert names == ["three", "two", "one", "penguins"], names
    dataset = client.datasets.create(project_id=project.id, name="one")
    changed = client.datasets.update(dataset.id, description="of the older client")
    assert changed.description == "of the older client"
    ids = client.datasets.insert(
        dataset.id, events=[{"id": "a", "input": 1}, {"input": 2}]
    ).row_ids
    assert ids[0] == "a" and len(ids) == 2
    page = client.datasets.fetch(dataset.id, limit=1)
    assert len(page.events) == 1
    rest = client.datasets.fetch_post(dataset.id, limit=10, cursor=page.cursor)
    assert {page.events[0].id, rest.events[0].id} == set(ids) and rest.cursor is None
    summary = client.datasets.summarize(dataset.id, summarize_data=True)
    assert summary.data_summary.total_records == 2
    assert client.datasets.delete(dataset.id).id == dataset.id
    try:
        client.datasets.retrieve(dataset.id)
    except braintrust_api.NotFoundError:
        pass
    else:
        raise AssertionError("a deleted dataset is still there")
    assert client.datasets.retrieve(dataset_id).name == "penguins"
    told("the older client")


def strangers():
    client = braintrust_api.Braintrust(api_key="sl_no", base_url=address)
    try:
        client.projects.create(name="x")
    except braintrust_api.AuthenticationError:
        told("strangers are turned away")
    else:
        raise AssertionError("a stranger was let in")


older_client(newer_client())
strangers()
