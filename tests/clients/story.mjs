// What the client stories share: whom they talk to, how they ask for a restart, what they tell.
//
// Usage of every story: node STORY.mjs ADDRESS KEY. Each step that held is a line on stdout; the
// first that did not ends the story with its reason. A line `restart` or `crash` asks whoever
// started the story to stop or kill the server and start it again; the answer on stdin is the
// address from then on. Nothing here decides what is right.

import { createInterface } from 'node:readline'

/** How long a whole story may take. */
const STORY_MS_MAX = 80_000

/** The administrator's key. */
export const key = process.argv[3]
let address = process.argv[2]
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

/** Where GraphQL is served now: `http` for requests and streams, `ws` for sockets. */
export function endpoint(scheme) {
  return `${address.replace(/^http/, scheme)}/graphql`
}

/** Has the server started anew: after a graceful stop (`restart`) or in the middle (`crash`). */
export async function startAnew(how) {
  console.log(how)
  const { value } = await answers.next()
  if (!value) throw new Error('nobody started the server again')
  address = value
}

/** Runs the steps of a story one after the other, each within the time of all. */
export async function tell(steps) {
  const late = setTimeout(() => fail('the story', new Error(`${STORY_MS_MAX} ms are over`)), STORY_MS_MAX)
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step()
    } catch (reason) {
      fail(name, reason)
    }
    console.log(`ok: ${name}`)
  }
  clearTimeout(late)
  process.exit(0)
}

function fail(name, reason) {
  const told = reason instanceof Error ? reason : `${reason.code} ${reason.reason}`
  console.error(`failed: ${name}:`, told)
  process.exit(1)
}

/** The data of an answer without errors. */
export function data(result) {
  if (result.errors) throw new Error(JSON.stringify(result.errors))
  return result.data
}

/** Asks over plain HTTP; answers the data. */
export async function ask(query, variables = {}) {
  const response = await fetch(endpoint('http'), {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  return data(await response.json())
}

/** The xact ids of all events there are, in order. */
export async function allEvents() {
  const query = `query ($after: XactId) {
    events(after: $after, first: 500) { nodes { xactId } pageInfo { hasNextPage endCursor } }
  }`
  const found = []
  for (let after = null; ; ) {
    const { events } = await ask(query, { after })
    found.push(...events.nodes.map(({ xactId }) => xactId))
    if (!events.pageInfo.hasNextPage) return found
    after = events.pageInfo.endCursor
  }
}

/** A dataset with two versions and a snapshot of the first. */
export async function restorable(name) {
  const made = await ask('mutation ($name: String!) { createDataset(input: { name: $name }) { dataset { id } } }', { name })
  const { id } = made.createDataset.dataset
  await ask(COMMIT, { input: { datasetId: id, upserts: items(200, 'first') } })
  const { createSnapshot } = await ask(SNAPSHOT, { input: { datasetId: id, name: 'first' } })
  await ask(COMMIT, { input: { datasetId: id, upserts: items(300, 'second') } })
  return { dataset: id, snapshot: createSnapshot.snapshot.id }
}

/** Numbered items. */
export function items(count, edition) {
  return Array.from({ length: count }, (_, number) => ({ key: `item-${number}`, data: { edition, number } }))
}

export const COMMIT = 'mutation ($input: CommitItemsInput!) { commitItems(input: $input) { xactId } }'
export const SNAPSHOT = 'mutation ($input: CreateSnapshotInput!) { createSnapshot(input: $input) { snapshot { id number } } }'
export const RESTORE = 'mutation ($input: RestoreSnapshotInput!) { restoreSnapshot(input: $input) { task { id } } }'
export const PROGRESS = `subscription ($id: ID!) {
  taskProgress(taskId: $id) { phase progress { percent done total } }
}`
export const EVENTS = `subscription ($after: XactId) {
  events(after: $after, maxBatch: 7) { events { xactId } checkpoint caughtUp }
}`
export const NONSENSE = '{ nobody { knows } }'
