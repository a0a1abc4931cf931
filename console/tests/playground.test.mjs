// The playground: whoever is signed in at the console is signed in here, the first operations run,
// subscriptions are live, and nothing is fetched from elsewhere.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Browser, Home, KEY } from './harness.mjs'

let home, browser
before(async () => {
  home = await new Home().start()
  await home.ledger.create('played with')
  browser = await Browser.open()
})
after(async () => {
  await browser?.close()
  await home?.close()
})

const result = (page) => page.locator('.result-window')

test('a first operation runs as it stands', async () => {
  const page = await browser.page(home)
  await page.open('/playground')
  await page.getByRole('button', { name: /Execute query/ }).click()
  await result(page).getByText('played with').first().waitFor()
  if (process.env.SCREENS) await page.screenshot({ path: join(process.env.SCREENS, 'playground-light-1440.png') })
  assert.deepEqual(page.faults, [])
})

test('a subscription is live', async () => {
  const page = await browser.page(home)
  await page.open('/playground')
  // The editor comes last; a tab that is pressed before it is forgotten.
  await page.locator('.graphiql-query-editor').getByText('totalCount').first().waitFor()
  await page.getByRole('tab', { name: 'Watch' }).click()
  await page.locator('.graphiql-query-editor').getByText('subscription').first().waitFor()
  await page.getByRole('button', { name: /Execute query/ }).click()
  await result(page).getByText('caughtUp').first().waitFor()
  assert.deepEqual(page.faults, [])
})

test('the key is asked for once', async () => {
  const page = await browser.page(home, { key: null })
  await page.open('/playground')
  await page.getByLabel('Your key').fill(KEY)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /Execute query/ }).waitFor()
  await page.open('/')
  await page.getByRole('heading', { name: 'Datasets' }).waitFor()
  assert.deepEqual(page.faults, [])
})
