// What a curator does in a day, in the browser: look, name, try, go back, compare, prove.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Browser, Home, KEY, pause } from './harness.mjs'

/** Enough items that a restore of all of them can be watched. */
const MANY_ITEMS = 60_000

let home, browser
before(async () => {
  home = await new Home().start()
  browser = await Browser.open()
})
after(async () => {
  await browser?.close()
  await home?.close()
})

const rows = (many, word) =>
  Array.from({ length: many }, (_, index) => JSON.stringify({ key: `item-${String(index).padStart(6, '0')}`, data: { word, index } })).join('\n')

test('a wrong key is told so, the right one opens, and nothing is asked before', async () => {
  const page = await browser.page(home, { key: null })
  const asked = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.open('/')
  await page.getByLabel('Your key').waitFor()
  assert.ok(!asked.includes('/graphql'), 'nothing is asked without a key')
  page.isServerAway = true // The browser itself tells of the refusal.
  await page.getByLabel('Your key').fill('sl_wrong')
  await page.keyboard.press('Enter')
  await page.getByText('This key does not open the ledger').waitFor()
  page.isServerAway = false
  await page.getByLabel('Your key').fill(KEY)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Datasets' }).waitFor()
  await page.getByText('There is no dataset yet').waitFor()
  assert.deepEqual(page.faults, [])
})

test('a server that lets everyone in asks for no key', async () => {
  const open = await new Home().start({ isOpen: true })
  const page = await browser.page(open, { key: null })
  await page.open('/')
  await page.getByText('There is no dataset yet').waitFor()
  await page.getByRole('link', { name: /Live/ }).waitFor()
  assert.deepEqual(page.faults, [])
  await open.close()
})

test('from an empty ledger to a restored dataset', async () => {
  const page = await browser.page(home)
  await page.open('/')
  await page.getByRole('button', { name: 'New dataset' }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('birds')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'birds' }).waitFor()

  const file = join(home.folder, 'birds.csv')
  writeFileSync(file, 'key,species,count\na,owl,3\nb,finch,9\nc,stork,1\n')
  await page.locator('input[type=file]').setInputFiles(file)
  await page.getByRole('dialog').getByRole('button', { name: 'Import' }).click()
  await page.getByRole('dialog').getByText('3 items').waitFor()
  await page.getByRole('button', { name: 'Done' }).click()

  await page.getByRole('button', { name: 'Snapshot', exact: true }).first().click()
  await page.getByLabel('Name; without one it gets one').fill('before cleaning')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'before cleaning' }).first().waitFor()

  // Somebody else changes it; the page hears of it by itself.
  const { datasetByName } = await home.ledger.ask('{ datasetByName(name: "birds") { id } }')
  await home.ledger.commit(datasetByName.id, [{ key: 'a', data: { species: 'owl', count: 4 } }], ['c'], 'a risky change')
  await page.getByText('modified: see what').waitFor()
  await page.getByText('modified: see what').click()
  await page.getByRole('heading', { name: 'Compare' }).waitFor()
  await page.getByRole('article', { name: 'a, modified' }).waitFor()
  await page.getByRole('article', { name: 'c, removed' }).waitFor()

  await page.goBack()
  await page.getByRole('link', { name: 'before cleaning' }).first().click()
  await page.getByRole('button', { name: 'Restore…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('come back').waitFor()
  assert.match(await dialog.locator('dl').innerText(), /come back\s+\+1[^]*change back\s+~1/)
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click()
  await page.getByText('Completed').waitFor()
  await page.getByText('100%').waitFor()
  await page.getByText('the dataset has exactly these items now').waitFor()
  assert.deepEqual(page.faults, [])
})

test('an item is edited where it is read, and the change is taken back', async () => {
  const id = await home.ledger.create('edited')
  await home.ledger.commit(id, [{ key: 'owl', data: { count: 3 } }, { key: 'big', data: { count: 1 } }], [], 'first')
  const page = await browser.page(home)
  await page.open(`/datasets/${id}/items?key=owl`)
  await page.getByRole('button', { name: 'Edit…' }).click()
  const dialog = page.getByRole('dialog')
  const data = dialog.getByRole('textbox', { name: /Its data/ })
  await data.fill('{ "count": ')
  await dialog.getByText('This is not JSON yet').waitFor()
  assert.ok(await dialog.getByRole('button', { name: 'Save' }).isDisabled())
  await data.fill('{ "count": 4 }')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('cell', { name: '4', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('cell', { name: '3', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Delete…' }).nth(1).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete it' }).click()
  await page.getByText('1 item now').waitFor()
  const { dataset } = await home.ledger.ask('query($id: ID!) { dataset(id: $id) { versions(first: 9) { nodes { message } } } }', { id })
  assert.deepEqual(dataset.versions.nodes.map(({ message }) => message), ['delete owl', 'undo: edit owl', 'edit owl', 'first', null])
  // What was cannot be changed.
  const [, before] = (await home.ledger.ask('query($id: ID!) { dataset(id: $id) { versions(first: 9) { nodes { xactId } } } }', { id })).dataset.versions.nodes
  await page.open(`/datasets/${id}/items?key=owl&at=${before.xactId}`)
  await page.getByText('"count"').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Edit…' }).count(), 0)
  assert.deepEqual(page.faults, [])
})

test('whoever has seen what changed goes back from there', async () => {
  const id = await home.ledger.create('gone astray')
  await home.ledger.commit(id, [{ key: 'a', data: {} }], [], 'good')
  await home.ledger.snapshot(id, 'the good one')
  await home.ledger.commit(id, [{ key: 'b', data: {} }], ['a'], 'bad')
  const page = await browser.page(home)
  await page.open(`/datasets/${id}`)
  await page.getByText('modified: see what').click()
  await page.getByRole('button', { name: 'Restore gone astray to the good one…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('It has 1 item now, and 1 item after').waitFor()
  await dialog.getByText('comes back').waitFor()
  await dialog.getByText('goes away').waitFor()
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click()
  await page.getByText('Completed').waitFor()
  await page.getByText('The two hold exactly the same items').waitFor()
  assert.deepEqual(page.faults, [])
})

test('a file that is dropped on the list becomes a dataset', async () => {
  const page = await browser.page(home)
  await page.open('/')
  await page.getByRole('heading', { name: 'Datasets' }).waitFor()
  const lines = rows(500, 'dropped')
  const carried = await page.evaluateHandle((lines) => {
    const carried = new DataTransfer()
    carried.items.add(new File([lines], 'dropped.ndjson'))
    return carried
  }, lines)
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: carried })
  await page.getByText('Import into a new dataset').waitFor()
  await page.dispatchEvent('body', 'drop', { dataTransfer: carried })
  await page.getByRole('dialog').getByRole('button', { name: 'Import' }).click()
  await page.getByRole('dialog').getByText('500 items').waitFor()
  await page.getByRole('button', { name: 'Open the dataset' }).click()
  await page.getByRole('heading', { level: 1, name: 'dropped' }).waitFor()
  assert.deepEqual(page.faults, [])
})

test('a file that is wrong is refused by its line, and nothing of it stays', async () => {
  const id = await home.ledger.create('refused')
  const page = await browser.page(home)
  await page.open(`/datasets/${id}`)
  const file = join(home.folder, 'wrong.ndjson')
  writeFileSync(file, '{"key":"a","data":{}}\n{"key":"b","data":7}\n')
  await page.locator('input[type=file]').setInputFiles(file)
  page.isServerAway = true // The browser itself tells of the refusal.
  await page.getByRole('dialog').getByRole('button', { name: 'Import' }).click()
  await page.getByText(/^Line 2:/).waitFor()
  page.isServerAway = false
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByText('No items at this version.').waitFor()
  assert.deepEqual(page.faults, [])
})

test('a snapshot is renamed where it stands, deleted, and brought back', async () => {
  const id = await home.ledger.create('words')
  await home.ledger.snapshot(id, 'first name')
  const page = await browser.page(home)
  await page.open(`/datasets/${id}`)
  await page.getByRole('link', { name: 'first name' }).first().click()
  await page.getByRole('button', { name: 'Change the name' }).click()
  await page.keyboard.type('second name')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'second name' }).waitFor()
  await page.getByRole('button', { name: 'Add a description' }).click()
  await page.keyboard.type('Why it is kept.')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Why it is kept.').waitFor()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete it' }).click()
  await page.getByText('Deleted #2 second name').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('heading', { level: 1, name: 'second name' }).waitFor()
  assert.deepEqual(page.faults, [])
})

test('a clone is made with its own name and shows where it came from', async () => {
  const id = await home.ledger.create('source')
  await home.ledger.snapshot(id, 'origin')
  const page = await browser.page(home)
  await page.open(`/datasets/${id}`)
  await page.getByRole('button', { name: 'Clone', exact: true }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('experiment')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'experiment' }).waitFor()
  await page.getByText('cloned from source').waitFor()
  assert.deepEqual(page.faults, [])
})

test('a restore is watched to its end, through a reload', async () => {
  const id = await home.ledger.create('many')
  await home.ledger.upload(id, rows(MANY_ITEMS, 'before'), 'application/x-ndjson', 'before')
  const snapshot = await home.ledger.snapshot(id, 'before')
  await home.ledger.upload(id, rows(MANY_ITEMS, 'after'), 'application/x-ndjson', 'after')
  const page = await browser.page(home)
  await page.open(`/snapshots/${snapshot}`)
  await page.getByRole('button', { name: 'Restore…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Restore', exact: true }).click()
  const bar = page.getByRole('progressbar', { name: /Restore/ })
  await bar.waitFor()
  const heard = [Number(await bar.getAttribute('value'))]
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'before' }).waitFor()
  for (let turn = 0; turn < 400; turn += 1) {
    const value = (await bar.count()) > 0 ? Number(await bar.getAttribute('value')) : null
    if (value !== null && value !== heard.at(-1)) heard.push(value)
    // Where the machine is fast, the restore may be over before the page is back.
    if (value === 100 || (value === null && (await isRestored(id)))) break
    await pause(20)
  }
  console.log(`percents seen: ${heard.join(', ')}`)
  assert.deepEqual(heard, [...heard].sort((one, other) => one - other), 'progress never goes back')
  await page.getByText('the dataset has exactly these items now').waitFor()
  await page.open(`/tasks`)
  await page.getByRole('row', { name: /Restore.*many.*completed/ }).waitFor()
  assert.deepEqual(page.faults, [])
})

async function isRestored(id) {
  const { dataset } = await home.ledger.ask('query($id: ID!) { dataset(id: $id) { isModified } }', { id })
  return !dataset.isModified
}

test('the scrubber shows any version, by key too', async () => {
  const id = await home.ledger.create('scrubbed')
  for (let round = 1; round <= 5; round += 1) {
    await home.ledger.commit(id, [{ key: `k${round}`, data: { round } }], [], `round ${round}`)
  }
  const page = await browser.page(home)
  await page.open(`/datasets/${id}`)
  const slider = page.getByRole('slider', { name: 'Version' })
  await slider.focus()
  assert.equal(await slider.getAttribute('aria-valuenow'), '6')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  await page.getByRole('heading', { name: 'Then' }).waitFor()
  await page.getByRole('region', { name: 'Items' }).getByText('k3').waitFor()
  await page.getByRole('region', { name: 'Items' }).getByText('k4').waitFor({ state: 'detached' })
  const link = page.url()
  await page.open('/')
  await page.goto(link)
  assert.match(await slider.getAttribute('aria-valuetext'), /3 items/)
  await slider.focus()
  await page.keyboard.press('End')
  await page.getByRole('heading', { name: 'Now' }).waitFor()
  assert.deepEqual(page.faults, [])
})

test('a viewer is offered nothing that a viewer may not do', async () => {
  const query = `mutation($input: IssueApiKeyInput!) { issueApiKey(input: $input) { token } }`
  const { issueApiKey } = await home.ledger.ask(query, { input: { name: 'a reader', role: 'VIEWER' } })
  const id = await home.ledger.create('looked at')
  const page = await browser.page(home, { key: issueApiKey.token })
  await page.open(`/datasets/${id}`)
  await page.getByRole('heading', { level: 1, name: 'looked at' }).waitFor()
  await page.getByRole('heading', { name: 'Now' }).waitFor()
  for (const name of ['Snapshot', 'Clone', 'Delete…', 'Change the name']) {
    assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0, name)
  }
  assert.equal(await page.getByRole('link', { name: 'Keys' }).count(), 0)
  await page.open('/keys')
  await page.getByText('Keys are for administrators').waitFor()
  assert.deepEqual(page.faults, [])
})

test('a key is issued, shown once, opens, and is revoked while its page is open', async () => {
  const page = await browser.page(home)
  await page.open('/keys')
  await page.getByRole('button', { name: 'Issue a key' }).click()
  await page.getByLabel('Name: who or what will use it').fill('pipeline')
  await page.getByRole('button', { name: 'Issue it' }).click()
  const token = (await page.getByRole('dialog').locator('dd').innerText()).trim()
  assert.match(token, /^sl_/)
  await page.getByRole('button', { name: 'I have it' }).click()
  const other = await browser.page(home, { key: token })
  await other.open('/')
  await other.getByRole('heading', { name: 'Datasets' }).waitFor()
  await page.getByRole('button', { name: 'Revoke pipeline' }).click()
  await page.getByRole('button', { name: 'Revoke it' }).click()
  await page.getByRole('row', { name: /pipeline.*revoked/ }).waitFor()
  assert.ok(!(await page.content()).includes(token), 'the secret is on no page any more')
  other.isServerAway = true // The browser itself tells of the refusal.
  await other.getByText('This key no longer opens the ledger').waitFor({ timeout: 30_000 })
  assert.deepEqual(page.faults, [])
})
