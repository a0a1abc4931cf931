// The line to the server breaks: the console says so, goes on by itself, and has no gap and nothing
// twice.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser, Home, pause } from './harness.mjs'

let home, browser
before(async () => {
  home = await new Home().start()
  browser = await Browser.open()
})
after(async () => {
  await browser?.close()
  await home?.close()
})

test('events go on after the server was killed and started again', async () => {
  const id = await home.ledger.create('followed')
  const page = await browser.page(home)
  await page.open(`/events?dataset=${id}&type=ItemsCommitted`)
  await page.getByText('No event matches').waitFor()
  const commit = (round) => home.ledger.commit(id, [{ key: `k${round}`, data: {} }], [], `round ${round}`)
  for (let round = 1; round <= 5; round += 1) await commit(round)
  await page.getByText('round 5').waitFor()

  page.isServerAway = true
  await home.kill()
  await page.getByText('The server does not answer; it is asked again and again.').waitFor()
  await home.start()
  for (let round = 6; round <= 10; round += 1) await commit(round)
  await page.getByText('round 10').waitFor({ timeout: 30_000 })
  await page.getByText('it is asked again and again').waitFor({ state: 'detached' })
  page.isServerAway = false
  for (let round = 11; round <= 12; round += 1) await commit(round)
  await page.getByText('round 12').waitFor()
  await pause(500)
  const told = await page.getByRole('list', { name: 'Events' }).getByText(/^round \d+$/).allInnerTexts()
  const wanted = Array.from({ length: 12 }, (_, index) => `round ${12 - index}`)
  assert.deepEqual(told, wanted)
  assert.deepEqual(page.faults, [])
})

test('a dataset that changed while the server was away is shown as it is', async () => {
  const id = await home.ledger.create('left open')
  const page = await browser.page(home)
  await page.open(`/datasets/${id}`)
  await page.getByRole('heading', { name: 'Now' }).waitFor()
  page.isServerAway = true
  await home.kill()
  await page.getByText('it is asked again and again').waitFor()
  await home.start()
  await home.ledger.commit(id, [{ key: 'late', data: { seen: true } }], [], 'while nobody looked')
  await page.getByRole('region', { name: 'Items' }).getByText('late').waitFor({ timeout: 30_000 })
  assert.deepEqual(page.faults, [])
})

test('a console that is opened while the server is away begins when it is back', async () => {
  const page = await browser.page(home)
  await page.open('/')
  await page.getByRole('heading', { name: 'Datasets' }).waitFor()
  page.isServerAway = true
  await home.kill()
  await page.getByRole('link', { name: 'Tasks' }).click()
  await page.getByText('The server does not answer', { exact: true }).waitFor()
  await home.start()
  await page.getByText('Nothing has run yet').waitFor({ timeout: 30_000 })
  assert.deepEqual(page.faults, [])
})

test('the tail can be paused, and goes on with what it missed', async () => {
  const page = await browser.page(home)
  const id = await home.ledger.create('paused')
  await page.open(`/events?dataset=${id}`)
  await page.getByRole('listitem').getByText('DatasetCreated').waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await home.ledger.snapshot(id, 'made meanwhile')
  await page.getByRole('button', { name: 'Go on with 1 event' }).waitFor()
  assert.equal(await page.getByText('made meanwhile').count(), 0)
  await page.getByRole('button', { name: 'Go on with 1 event' }).click()
  await page.getByText('made meanwhile').waitFor()
  assert.deepEqual(page.faults, [])
})
