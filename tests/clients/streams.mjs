// The npm client of GraphQL over server-sent events, in its mode of distinct connections.

import assert from 'node:assert/strict'

import { createClient } from 'graphql-sse'

import {
  COMMIT, EVENTS, NONSENSE, PROGRESS, RESTORE, SNAPSHOT,
  allEvents, ask, data, endpoint, items, key, restorable, startAnew, tell,
} from './story.mjs'

/** A client that tells of a lost stream instead of trying again. */
function client(headers = { authorization: `Bearer ${key}` }) {
  return createClient({ url: () => endpoint('http'), headers, retryAttempts: 0 })
}

/** All results of a request, one after the other. */
async function all(client, query, variables) {
  const results = []
  for await (const result of client.iterate({ query, variables })) results.push(result)
  return results
}

/** The only result of a query or mutation. */
async function once(client, query, variables) {
  const results = await all(client, query, variables)
  assert.equal(results.length, 1)
  return data(results[0])
}

const first = client()

await tell({
  async 'queries and mutations are answered over a stream'() {
    const { dataset } = await restorable('asked over a stream')
    const { createSnapshot } = await once(first, SNAPSHOT, { input: { datasetId: dataset, name: 'second' } })
    const found = await once(first, 'query ($id: ID!) { snapshot(id: $id) { name } }', {
      id: createSnapshot.snapshot.id,
    })
    assert.equal(found.snapshot.name, 'second')
  },

  async 'a restore is followed to its end'() {
    const { dataset, snapshot } = await restorable('restored over a stream')
    const input = { datasetId: dataset, target: { snapshotId: snapshot } }
    const { restoreSnapshot } = await once(first, RESTORE, { input })
    const results = await all(first, PROGRESS, { id: restoreSnapshot.task.id })
    const last = data(results.at(-1)).taskProgress
    assert.equal(last.phase, 'COMPLETED')
    assert.equal(last.progress.percent, 100)
  },

  async 'two clients see the same events'() {
    const expected = await allEvents()
    const followers = [follow(client(), null, expected.at(-1)), follow(client(), null, expected.at(-1))]
    for (const seen of await Promise.all(followers)) assert.deepEqual(seen, expected)
  },

  async 'events go on after a crash where they were, without gap or repeat'() {
    const { dataset } = await restorable('written to beside a crash')
    const seen = []
    let checkpoint = null
    let isCaughtUp = () => {}
    const caughtUp = new Promise(resolve => (isCaughtUp = resolve))
    const lost = (async () => {
      for await (const result of client().iterate({ query: EVENTS })) {
        const { events } = data(result)
        seen.push(...events.events.map(({ xactId }) => xactId))
        checkpoint = events.checkpoint
        if (events.caughtUp) isCaughtUp()
      }
      return null
    })().catch(reason => reason)
    await Promise.all([write(dataset, 20, 'before'), caughtUp])
    await startAnew('crash')
    assert.ok(await lost, 'a cut stream looked complete')
    await write(dataset, 20, 'after')
    const expected = await allEvents()
    seen.push(...(await follow(client(), checkpoint, expected.at(-1))))
    assert.deepEqual(seen, expected)
  },

  async 'Last-Event-ID resumes, before what the document asks for'() {
    const { dataset } = await restorable('resumed by event id')
    await write(dataset, 20, 'before')
    const expected = await allEvents()
    const seen = []
    let id = null
    // Cut again and again, as a bad line does; the variables stay as they were.
    for (let cuts = 0; seen.length < expected.length; cuts += 1) {
      assert.ok(cuts < expected.length, 'it does not go on')
      for (const message of await messages(id, expected.at(-1))) {
        assert.equal(message.event, 'next')
        const { events } = data(JSON.parse(message.data))
        assert.equal(message.id, events.checkpoint)
        seen.push(...events.events.map(({ xactId }) => xactId))
        id = message.id
      }
    }
    assert.deepEqual(seen, expected)
  },

  async 'a document that does not hold is refused with a list, and the stream completes'() {
    for (const document of [NONSENSE, '{', 'subscription { events { checkpoint } ledger { head } }']) {
      const results = await all(first, document)
      assert.equal(results.length, 1, document)
      assert.equal('data' in results[0], false, `${document}: a request error has no data`)
      assert.ok(results[0].errors.every(({ extensions }) => extensions?.code), `${document}: no code`)
    }
  },

  async 'a credential that opens nothing is refused with 401'() {
    for (const headers of [{ authorization: 'Bearer sl_of_nobody' }, {}]) {
      await assert.rejects(all(client(headers), '{ ledger { head } }'), ({ response }) => response.status === 401)
    }
  },

  async 'a mutation by GET is refused, so that no page can borrow a reader'() {
    const query = 'mutation { createDataset(input: { name: "by GET" }) { xactId } }'
    const address = `${endpoint('http')}?${new URLSearchParams({ query })}`
    const headers = { accept: 'text/event-stream', authorization: `Bearer ${key}` }
    await (await fetch(address, { headers })).text()
    const { datasetByName } = await ask('{ datasetByName(name: "by GET") { id } }')
    assert.equal(datasetByName, null)
  },
})

async function write(dataset, count, edition) {
  for (let number = 0; number < count; number += 1) {
    await ask(COMMIT, { input: { datasetId: dataset, upserts: items(3, `${edition}.${number}`) } })
  }
}

/** The xact ids of the events after a place up to an end. */
async function follow(client, after, until) {
  const seen = []
  for await (const result of client.iterate({ query: EVENTS, variables: { after } })) {
    const { events } = data(result)
    seen.push(...events.events.map(({ xactId }) => xactId))
    if (events.checkpoint >= until) return seen
  }
  throw new Error('the events ended')
}

/** Two messages of the events' stream after an event id, or one that is the last. */
async function messages(lastEventId, until) {
  const cut = new AbortController()
  const response = await fetch(endpoint('http'), {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...(lastEventId && { 'last-event-id': lastEventId }),
    },
    body: JSON.stringify({ query: EVENTS }),
    signal: cut.signal,
  })
  assert.equal(response.status, 200)
  assert.match(response.headers.get('content-type'), /^text\/event-stream/)
  const found = []
  let text = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + chunk).split('\n\n')
    text = blocks.pop()
    found.push(...blocks.map(fields).filter(({ event }) => event))
    if (found.length >= 2 || found.at(-1)?.id === until) break
  }
  cut.abort()
  return found.slice(0, 2)
}

/** The fields of a message; comments have none. */
function fields(block) {
  const pairs = block.split('\n').map(line => /^(\w+): ?(.*)$/.exec(line))
  return Object.fromEntries(pairs.filter(Boolean).map(([, name, value]) => [name, value]))
}
