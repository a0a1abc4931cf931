// The vendor's JavaScript client lives through a dataset's life on the server: rows, snapshots,
// restores. Called with the server's address and an API key.

import assert from "node:assert/strict";
import process from "node:process";

const [address, apiKey] = process.argv.slice(2);
process.env.BRAINTRUST_API_URL = address;
process.env.BRAINTRUST_APP_URL = address;
process.env.BRAINTRUST_API_KEY = apiKey;
const { initDataset } = await import("braintrust");

const told = (step) => process.stdout.write(`${step}\n`);
const open = (more) =>
  initDataset({ project: "Antarctica", dataset: "penguins", useOutput: false, ...more });
const rowsOf = async (more) => {
  const rows = [];
  for await (const row of open(more).fetch()) rows.push(row);
  return rows.sort((left, right) => (left.id < right.id ? -1 : 1));
};
const contents = (rows) =>
  rows.map(({ id, input, expected, metadata, tags }) => ({ id, input, expected, metadata, tags }));

const dataset = open({ description: "all", metadata: { by: "ada" } });
for (let n = 0; n < 5; n += 1) {
  dataset.insert({ id: `r${n}`, input: { q: n }, expected: n, metadata: { n }, tags: ["x"] });
}
const first = await dataset.createSnapshot({ name: "first", description: "as loaded" });
assert.equal(first.description, "as loaded");
assert.equal((await dataset.createSnapshot({ name: "first" })).id, first.id);
const before = await rowsOf();
assert.deepEqual(before.map((row) => row.id), ["r0", "r1", "r2", "r3", "r4"]);
told("rows and their snapshot");

dataset.update({ id: "r1", metadata: { seen: true } });
dataset.delete("r2");
dataset.insert({ id: "r9", input: "new" });
await dataset.flush();
const changed = await rowsOf();
assert.deepEqual(changed.map((row) => row.id), ["r0", "r1", "r3", "r4", "r9"]);
assert.deepEqual(changed[1].metadata, { n: 1, seen: true });
assert.deepEqual(contents(await rowsOf({ snapshotName: "first" })), contents(before));
assert.deepEqual(contents(await rowsOf({ version: first.xact_id })), contents(before));
assert.equal((await dataset.summarize()).dataSummary.totalRecords, 5);
told("changed, and read as it was");

const moved = await dataset.createSnapshot({ name: "second" });
assert.deepEqual((await dataset.listSnapshots()).map((one) => one.name), ["second", "first"]);
assert.equal((await dataset.getSnapshot({ snapshotName: "second" })).id, moved.id);
assert.equal((await dataset.getSnapshot({ xactId: first.xact_id })).id, first.id);
assert.equal(await dataset.getSnapshot({ snapshotName: "third" }), undefined);
const renamed = await dataset.updateSnapshot(moved.id, { name: "third" });
assert.equal(renamed.name, "third");
told("snapshots found and renamed");

const version = first.xact_id;
assert.deepEqual(await dataset.restorePreview({ version }), {
  rows_to_restore: 2,
  rows_to_delete: 1,
});
const restored = await dataset.restore({ version });
assert.deepEqual([restored.rows_restored, restored.rows_deleted], [2, 1]);
assert.ok(restored.xact_id > renamed.xact_id);
assert.deepEqual(contents(await rowsOf()), contents(before));
assert.equal((await dataset.restore({ version })).xact_id, null);
told("restored");

const update = await dataset.createSnapshot({ name: "first", update: true });
assert.equal(update.id, first.id);
assert.ok(update.xact_id > first.xact_id);
assert.equal((await dataset.deleteSnapshot(renamed.id)).id, renamed.id);
assert.deepEqual((await dataset.listSnapshots()).map((one) => one.name), ["first"]);
const known = initDataset({ datasetId: await dataset.id, useOutput: false });
assert.equal(await known.name, "penguins");
await assert.rejects(
  (async () => {
    for await (const row of open({ snapshotName: "nothing" }).fetch()) assert.fail(row.id);
  })(),
);
told("moved and deleted");
