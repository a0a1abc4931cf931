"""The vendor's SDK reads what a script writes through the API beneath it: a dataset's whole life.

Called with the server's address and a key. Says each step; a step that fails ends it.
"""

import json
import re
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

# This program has the package's name: its own folder is no place to import from.
sys.path.pop(0)

import lunary  # noqa: E402
import requests  # noqa: E402

ADDRESS, KEY = sys.argv[1], sys.argv[2]
ROOT = f"{ADDRESS}/v1/datasets-v2"
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

session = requests.Session()
session.headers["Authorization"] = f"Bearer {KEY}"


def call(method, path, status, **more):
    answer = session.request(method, f"{ROOT}{path}", timeout=60, **more)
    assert answer.status_code == status, (method, path, answer.status_code, answer.text)
    return answer.json() if answer.content else None


def refused(method, path, status, message, **more):
    body = call(method, path, status, **more)
    assert body["message"].startswith(message), body


def step(text):
    print(text, flush=True)


step("a dataset begins at version 1")
dataset = call("POST", "", 201, json={"name": "capitals", "description": "of countries"})
at = f"/{dataset['id']}"
assert dataset["currentVersionNumber"] == 1 and dataset["itemCount"] == 0, dataset
assert TIME.match(dataset["createdAt"]) and TIME.match(dataset["updatedAt"]), dataset
refused("POST", "", 409, "Dataset name already exists", json={"name": "capitals"})

step("each change makes a version, unless it says otherwise")
france = call("POST", f"{at}/items", 201, json={"input": "France?", "groundTruth": "Paris"})
assert TIME.match(france["createdAt"]) and france["createdAt"] == france["updatedAt"], france
call("POST", f"{at}/items", 201, params={"skipVersion": "true"}, json={"input": "Peru?"})
rows = "input,expected_output,prediction\nChad?,N'Djamena,Lagos\n\"Mali, where?\",Bamako,\n"
done = call("POST", f"{at}/import", 200, json={"format": "csv", "content": rows})
assert done == {"insertedCount": 2}, done
lines = "\n".join(json.dumps({"input": f"{n}?", "groundTruth": n}) for n in range(1000))
done = call("POST", f"{at}/import", 200, json={"format": "jsonl", "content": lines})
assert done == {"insertedCount": 1000}, done
whole = call("GET", at, 200)
assert (whole["currentVersionNumber"], whole["itemCount"]) == (4, 1004), whole["itemCount"]
inputs = [item["input"] for item in whole["items"]]
assert inputs[:4] == ["France?", "Peru?", "Chad?", "Mali, where?"] and inputs[-1] == "999?"
newest_first = call("GET", f"{at}/items", 200)
assert [item["input"] for item in newest_first] == inputs[::-1]

step("the SDK finds it by its name")
lunary.config(app_id=KEY, api_url=ADDRESS)
found = lunary.get_dataset("capitals")
assert [(item.input, item.ideal_output) for item in found[:2]] == [
    ("France?", "Paris"),
    ("Peru?", None),
], found[0].__dict__
assert len(found) == 1004
try:
    lunary.get_dataset("nothing")
    raise AssertionError("a dataset that is not there was found")
except lunary.DatasetError as error:
    assert "404" in str(error), error

step("a version is made without a body, also when nothing has changed")
bare = session.post(f"{ROOT}{at}/versions", timeout=60)
assert bare.status_code == 201, bare.text
made = bare.json()
assert set(made) == {"version", "dataset"}, made
version = made["version"]
assert version["versionNumber"] == 5 and version["itemCount"] == 1004, version
assert made["dataset"]["currentVersionId"] == version["id"]

step("items are changed and deleted, and the dataset renamed")
item = f"{at}/items/{france['id']}"
time.sleep(0.002)
changed = call("PATCH", item, 200, json={"output": "Lyon"})
assert (changed["input"], changed["output"]) == ("France?", "Lyon"), changed
assert changed["createdAt"] == france["createdAt"] < changed["updatedAt"], changed
assert call("GET", item, 200) == changed
call("DELETE", item, 204)
refused("GET", item, 404, "Dataset item not found")
renamed = call("PATCH", at, 200, json={"name": "towns", "description": None})
assert (renamed["name"], renamed["description"]) == ("towns", None), renamed

step("a restore brings items, name and description back, under the ids they had")
restored = call("POST", f"{at}/versions/{version['id']}/restore", 200)
assert (restored["name"], restored["description"]) == ("capitals", "of countries")
assert restored["currentVersionRestoredFromVersionId"] == version["id"], restored
assert restored["currentVersionNumber"] == 9 and restored["itemCount"] == 1004
assert restored["items"][0] == france
versions = call("GET", f"{at}/versions", 200)["versions"]
assert [one["versionNumber"] for one in versions] == list(range(9, 0, -1)), versions
assert [one["name"] for one in versions[:3]] == ["capitals", "towns", "capitals"]
old = call("GET", f"{at}/versions/{versions[3]['id']}", 200)
assert [item["itemIndex"] for item in old["items"]] == list(range(1, 1005))

step("a duplicate is a dataset of its own")
copies = [call("POST", f"{at}/duplicate", 201) for _ in range(2)]
assert [copy["name"] for copy in copies] == ["capitals copy", "capitals copy (2)"]
assert all(copy["itemCount"] == 1004 for copy in copies)
names = [one["name"] for one in call("GET", "", 200, params={"sort": "alphabetical"})]
assert names == ["capitals", "capitals copy", "capitals copy (2)"], names
call("DELETE", f"/{copies[0]['id']}", 204)
refused("GET", f"/{copies[0]['id']}", 404, "Dataset not found")

step("writers at once lose nothing")
other = f"/{copies[1]['id']}"


def write(number):
    with requests.Session() as own:
        own.headers["Authorization"] = f"Bearer {KEY}"
        for turn in range(5):
            body = {"input": f"{number} {turn}"}
            answer = own.post(f"{ROOT}{other}/items", json=body, timeout=60)
            assert answer.status_code == 201, answer.text


with ThreadPoolExecutor(8) as pool:
    list(pool.map(write, range(8)))
assert call("GET", other, 200)["itemCount"] == 1044
assert len(call("GET", f"{other}/versions", 200)["versions"]) == 41

step("what is asked wrongly is told in this API's words")
refused("GET", "/no-id", 422, "Validation error")
refused("GET", f"/{uuid.uuid4()}", 404, "Dataset not found")
refused("POST", "", 422, "Validation error", json={})
refused("POST", "", 400, "the body is not JSON", data="{")
refused("PATCH", at, 400, "No fields to update", json={})
refused("GET", f"{at}/versions", 422, "Validation error", params={"limit": 101})
refused("PUT", at, 405, "Method Not Allowed", json={})
refused("GET", f"{at}/nothing/here", 404, "Not Found")
wrong = requests.get(ROOT, headers={"X-Api-Key": str(uuid.uuid4())}, timeout=60)
assert (wrong.status_code, wrong.json()) == (401, {"message": "Invalid API key"})
