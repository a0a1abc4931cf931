// The npm client of graphql-transport-ws against the server: one socket carries everything.

import assert from 'node:assert/strict'

import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'

import {
  COMMIT, EVENTS, NONSENSE, PROGRESS, RESTORE, SNAPSHOT,
  allEvents, ask, data, endpoint, items, key, restorable, startAnew, tell,
} from './story.mjs'

/** A client that tells of a lost socket instead of trying again. */
function client(connectionParams = { Authorization: `Bearer ${key}` }) {
  return createClient({
    url: () => endpoint('ws'),
    webSocketImpl: WebSocket,
    connectionParams,
    retryAttempts: 0,
  })
}

/** The only result of a query or mutation. */
async function once(client, query, variables) {
  const results = []
  for await (const result of client.iterate({ query, variables })) results.push(data(result))
  assert.equal(results.length, 1)
  return results[0]
}

/** What a subscription or request is ended with. */
async function end(client, query, variables) {
  try {
    for await (const _ of client.iterate({ query, variables }));
  } catch (reason) {
    return reason
  }
  throw new Error('it ended as if all were well')
}

const first = client()

await tell({
  async 'queries and mutations are answered over the socket'() {
    const { dataset } = await restorable('asked over a socket')
    const { createSnapshot } = await once(first, SNAPSHOT, { input: { datasetId: dataset, name: 'second' } })
    const found = await once(first, 'query ($id: ID!) { snapshot(id: $id) { name number } }', {
      id: createSnapshot.snapshot.id,
    })
    assert.equal(found.snapshot.name, 'second')
    assert.equal(found.snapshot.number, createSnapshot.snapshot.number)
  },

  async 'a restore is followed to its end'() {
    const { dataset, snapshot } = await restorable('restored over a socket')
    const input = { datasetId: dataset, target: { snapshotId: snapshot } }
    const { restoreSnapshot } = await once(first, RESTORE, { input })
    const told = []
    for await (const result of first.iterate({ query: PROGRESS, variables: { id: restoreSnapshot.task.id } })) {
      told.push(data(result).taskProgress)
    }
    assert.equal(told.at(-1).phase, 'COMPLETED')
    assert.equal(told.at(-1).progress.percent, 100)
    const done = told.map(({ progress }) => Number(progress.done))
    assert.deepEqual(done, done.toSorted((one, other) => one - other), 'steps were taken back')
  },

  async 'two clients see the same events, one that came later from the beginning too'() {
    const [one, other] = [client(), client()]
    const expected = await allEvents()
    for (const follower of [one, other]) {
      assert.deepEqual(await follow(follower, null, expected.at(-1)), expected)
    }
  },

  async 'events go on after a restart where they were, without gap or repeat'() {
    const { dataset } = await restorable('written to beside a restart')
    const write = async edition => {
      for (let number = 0; number < 20; number += 1) {
        await ask(COMMIT, { input: { datasetId: dataset, upserts: items(3, `${edition}.${number}`) } })
      }
    }
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
    })().catch(reason => reason)
    await Promise.all([write('before'), caughtUp])
    await startAnew('restart')
    const closed = await lost
    assert.equal(closed?.code, 1012, `closed with ${closed?.code} ${closed?.reason}`)
    const { resumeAfter } = JSON.parse(closed.reason)
    assert.match(resumeAfter, /^\d{19}$/)
    await write('after')
    const expected = await allEvents()
    seen.push(...(await follow(client(), checkpoint, expected.at(-1))))
    assert.deepEqual(seen, expected)
  },

  async 'a credential that opens nothing closes the socket with 4403'() {
    for (const Authorization of ['Bearer sl_of_nobody', 'Basic c2w6c2w=', '']) {
      const reason = await end(client({ Authorization }), '{ ledger { head } }')
      assert.equal(reason.code, 4403, `${Authorization}: ${reason.code} ${reason.reason}`)
    }
  },

  async 'a client without credential gets nothing'() {
    const reason = await end(client({}), '{ ledger { head } }')
    assert.equal(reason.code, 4403, `${reason.code} ${reason.reason}`)
  },

  async 'a document that does not hold is refused with a list, and the socket stays'() {
    const fresh = client()
    let sockets = 0
    fresh.on('opened', () => (sockets += 1))
    const kept = fresh.iterate({ query: EVENTS })
    await kept.next()
    for (const document of [NONSENSE, '{', 'subscription { events { checkpoint } ledger { head } }']) {
      const reason = await end(fresh, document)
      assert.ok(Array.isArray(reason), `${document}: ${reason}`)
      assert.ok(reason.length > 0 && reason.every(({ message }) => message), document)
      assert.ok(reason.every(({ extensions }) => extensions?.code), `${document}: no code`)
    }
    assert.ok((await kept.next()).value, 'the subscription beside it ended')
    assert.equal(sockets, 1)
    await kept.return()
  },

  async 'a subscription that is left ends, and the others go on'() {
    const shared = client()
    const left = shared.iterate({ query: EVENTS })
    await left.next()
    await left.return()
    assert.ok((await once(shared, '{ ledger { head } }')).ledger.head)
  },
})

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
