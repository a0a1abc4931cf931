// The first page is there within a second of being asked for, on this machine, with nothing kept.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Browser, Home } from './harness.mjs'

const FIRST_PAGE_MS_MAX = 1_000
const TRIES = 5

test('the first page is interactive within a second', async () => {
  const home = await new Home().start()
  const browser = await Browser.open()
  try {
    for (let index = 0; index < 20; index += 1) await home.ledger.create(`dataset ${index}`)
    const times = []
    for (let turn = 0; turn < TRIES; turn += 1) {
      const page = await browser.page(home)
      const began = performance.now()
      await page.open('/')
      await page.getByRole('link', { name: 'dataset 19', exact: true }).waitFor()
      times.push(Math.round(performance.now() - began))
      await page.context().close()
    }
    console.log(`first page: ${times.join(', ')} ms`)
    // Another program may take the machine for a moment; the page must be able to.
    assert.ok(Math.min(...times) <= FIRST_PAGE_MS_MAX, times.join(', '))
  } finally {
    await browser.close()
    await home.close()
  }
})
