// The playground: whoever is signed in at the console is signed in here, the first operations run,
// subscriptions are live, and nothing is fetched from elsewhere.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Browser, Home, KEY } from './harness.mjs'

const TURNS_MAX = 5
const TURN_MS_MAX = 3_000

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

/**
 * Runs what the editor shows until the answer has this text. The editor reads a document a moment
 * after it shows it: whoever is quicker has no answer, or an error, and presses again.
 */
async function run(page, text) {
  const execute = page.getByRole('button', { name: /Execute query/ })
  const answer = result(page).getByText(text).first()
  await execute.waitFor()
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    if (await execute.isVisible()) await execute.click()
    const isThere = await answer.waitFor({ timeout: TURN_MS_MAX }).then(() => true, () => false)
    if (isThere) return
  }
  await answer.waitFor()
}

test('a first operation runs as it stands', async () => {
  const page = await browser.page(home)
  await page.open('/playground')
  await run(page, 'played with')
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
  await run(page, 'caughtUp')
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
