// The states that nobody sees on a good day, each designed: the server behind its log, this page
// left behind, the server away, what a role may not see, an answer that is an error, waiting.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser, Home, prove, SHAPES } from './harness.mjs'

let home, browser, id
before(async () => {
  home = await new Home().start()
  browser = await Browser.open()
  id = await home.ledger.create('penguins')
  await home.ledger.commit(id, [{ key: 'a', data: { species: 'Gentoo' } }], [], 'first delivery')
  await home.ledger.snapshot(id, 'as delivered')
})
after(async () => {
  await browser?.close()
  await home?.close()
})

/** Opens a page in each shape, brings it into its state, proves and pictures it. */
function state(name, story, options = {}) {
  test(name, async () => {
    for (const shape of SHAPES) {
      const page = await browser.page(home, { ...shape, ...(options.key ? { key: await options.key() } : {}) })
      try {
        await story(page)
        await prove(page, `state-${name.replaceAll(' ', '-')}`, shape)
      } finally {
        await page.unrouteAll({ behavior: 'ignoreErrors' })
        await page.context().close()
      }
    }
  })
}

/** Changes what the server answers to one operation; all others are its own. */
async function answering(page, operation, change) {
  await page.route('**/graphql', async (route) => {
    const query = route.request().postDataJSON()?.query ?? ''
    if (!query.includes(`query ${operation}`)) return route.fallback()
    return change(route)
  })
}

const behindBy = (events) => async (page) => {
  await answering(page, 'LedgerState', async (route) => {
    const response = await route.fetch()
    const body = await response.json()
    const { ledger } = body.data
    ledger.head = (BigInt(ledger.head) + BigInt(events)).toString()
    await route.fulfill({ response, json: body })
  })
}

state('not ready', async (page) => {
  await behindBy(12_000)(page)
  const why = { code: 'UNAVAILABLE', message: 'the views are 12000 events behind the log', hint: '', line: null }
  await page.route('**/readyz', (route) => route.fulfill({ status: 503, json: why }))
  page.isServerAway = true // The browser itself tells of the 503.
  await page.open('/ledger')
  await page.getByText('the views are 12000 events behind the log').waitFor()
  await page.getByText('events wait to be folded').waitFor()
})

state('lagging', async (page) => {
  await answering(page, 'Viewer', async (route) => {
    const response = await route.fetch()
    const body = await response.json()
    const { ledger } = body.data
    ledger.viewPosition = (BigInt(ledger.viewPosition) - (BigInt(ledger.viewPosition) & 0xffffffffffffn)).toString()
    ledger.head = (BigInt(ledger.viewPosition) + 3_400n).toString()
    await route.fulfill({ response, json: body })
  })
  await answering(page, 'LedgerState', async (route) => {
    const response = await route.fetch()
    const body = await response.json()
    body.data.ledger.viewPosition = '0'
    await route.fulfill({ response, json: body })
  })
  await page.open(`/datasets/${id}`)
  await page.getByText(/This server is catching up: what you see is [\d,]+ events behind its log/).waitFor()
  await page.getByRole('heading', { name: 'Now' }).waitFor()
})

state('left behind', async (page) => {
  let isTold = false
  await page.routeWebSocket('**/graphql', (socket) => {
    const server = socket.connectToServer()
    socket.onMessage((message) => server.send(message))
    server.onMessage((message) => {
      const { id: watch, type } = JSON.parse(message)
      if (type !== 'next' || isTold) return socket.send(message)
      isTold = true
      const error = { message: 'you read too slowly', extensions: { code: 'LAGGED', hint: 'go on from the checkpoint' } }
      return socket.send(JSON.stringify({ id: watch, type: 'error', payload: [error] }))
    })
  })
  await page.open('/events')
  await page.getByText('More happens than this page could take in').waitFor()
  await page.getByText('as delivered').waitFor()
})

test('a page that was left behind goes on, and says nothing of it any more', async () => {
  const page = await browser.page(home)
  let told = 0
  await page.routeWebSocket('**/graphql', (socket) => {
    const server = socket.connectToServer()
    socket.onMessage((message) => server.send(message))
    server.onMessage((message) => {
      const { id: watch, type } = JSON.parse(message)
      if (type !== 'next' || told > 1) return socket.send(message)
      told += 1
      const error = { message: 'you read too slowly', extensions: { code: 'LAGGED' } }
      return socket.send(JSON.stringify({ id: watch, type: 'error', payload: [error] }))
    })
  })
  await page.open(`/datasets/${id}`)
  await page.getByText('More happens than this page could take in').waitFor()
  await page.getByText('More happens than this page could take in').waitFor({ state: 'detached' })
  await home.ledger.commit(id, [{ key: `late ${Date.now()}`, data: { seen: true } }], [], 'after it was left behind')
  await page.getByText('after it was left behind').first().waitFor()
  assert.deepEqual(page.faults, [])
})

state('forbidden', async (page) => {
  await page.open('/keys')
  await page.getByText('Keys are for administrators').waitFor()
}, { key: viewer })

state('read only role', async (page) => {
  await page.open(`/datasets/${id}`)
  await page.getByRole('heading', { name: 'Now' }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Snapshot', exact: true }).count(), 0)
}, { key: viewer })

async function viewer() {
  const query = `mutation($input: IssueApiKeyInput!) { issueApiKey(input: $input) { token } }`
  return (await home.ledger.ask(query, { input: { name: 'a reader', role: 'VIEWER' } })).issueApiKey.token
}

state('error', async (page) => {
  const errors = [{ message: 'the views cannot be read', extensions: { code: 'INTERNAL', hint: 'The log of the server has more under 01a2-7f3c.' } }]
  await answering(page, 'Datasets', (route) => route.fulfill({ json: { data: null, errors } }))
  await page.open('/')
  await page.getByRole('alert').getByText('The views cannot be read').waitFor()
  await page.getByRole('button', { name: 'Try again' }).waitFor()
})

state('loading', async (page) => {
  await answering(page, 'Datasets', () => undefined)
  await page.open('/')
  await page.getByText('Loading the datasets').waitFor({ state: 'attached' })
})

test('offline', async () => {
  for (const shape of SHAPES) {
    const page = await browser.page(home, shape)
    await page.open(`/datasets/${id}`)
    await page.getByRole('heading', { name: 'Now' }).waitFor()
    page.isServerAway = true
    await home.kill()
    await page.getByText('The server does not answer; it is asked again and again.').waitFor()
    await prove(page, 'state-offline', shape)
    await home.start()
    await page.getByText('it is asked again and again').waitFor({ state: 'detached', timeout: 30_000 })
    await page.context().close()
  }
})
