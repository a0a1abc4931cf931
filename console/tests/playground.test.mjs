// The playground: whoever is signed in at the console is signed in here, the first operations run,
// subscriptions are live, and nothing is fetched from elsewhere.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { barriers, Browser, Home, KEY, picture, SHAPES } from './harness.mjs'

const TURNS_MAX = 5
const TURN_MS_MAX = 3_000

/** Faults of GraphiQL 5.4 and its editor, none of ours, each by its rule and its place. */
const NOT_OURS = [
  // A tab holds the button that closes it.
  { rule: 'nested-interactive', within: '.graphiql-tab-active' },
  { rule: 'nested-interactive', within: 'li:nth-child' },
  // The editor's colours for words and numbers, on the grey ground of an answer.
  { rule: 'color-contrast', within: '.mtk' },
]

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
  assert.deepEqual(page.faults, [])
})

test('it fits its window and shuts nobody out, with an answer and before', async () => {
  for (const shape of SHAPES) {
    const asked = await browser.page(home, { ...shape, key: null })
    await asked.open('/playground')
    await asked.getByLabel('Your key').waitFor()
    assert.deepEqual(await barriers(asked), [], shape.name)
    await picture(asked, 'playground-sign-in', shape)
    await asked.context().close()

    const page = await browser.page(home, shape)
    await page.open('/playground')
    await page.locator('.graphiql-query-editor').getByText('totalCount').first().waitFor()
    await run(page, 'played with')
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    assert.ok(wide <= 0, `${shape.name}: the page is ${wide} px wider than its window`)
    assert.deepEqual(await barriers(page, NOT_OURS), [], shape.name)
    assert.deepEqual(page.faults, [], shape.name)
    await picture(page, 'playground', shape)
    await page.context().close()
  }
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

test('the theme that was chosen in the console is the playground\'s too', async () => {
  const page = await browser.page(home, { scheme: 'light' })
  await page.context().addInitScript(() => localStorage.setItem('snapledger.theme', 'dark'))
  await page.open('/playground')
  await page.locator('body.graphiql-dark').waitFor()
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
