// A history of a few, of hundreds and of thousands of snapshots, with restores and clones: each can
// be read and scrubbed, and the page stays small.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser, Home, pause, prove, SHAPES } from './harness.mjs'
import { penguinStory, reviewStory } from './seed.mjs'

/** However long a history is, its page has no more elements than this. */
const ELEMENTS_MAX = 2_500
const READ_MS_MAX = 60_000
const STEPS_BY_KEY = 40
/** Enough to tell neighbours in thousands apart. */
const ZOOMS = 13

let home, browser
before(async () => {
  home = await new Home().start()
  browser = await Browser.open()
})
after(async () => {
  await browser?.close()
  await home?.close()
})

const HISTORIES = {
  'history-3': { snapshots: 4, make: () => penguinStory(home.ledger) },
  'history-300': { snapshots: 301, make: () => reviewStory(home.ledger, 300, 'hundreds') },
  'history-3000': { snapshots: 3_001, make: () => reviewStory(home.ledger, 3_000, 'thousands') },
}

for (const [name, { snapshots, make }] of Object.entries(HISTORIES)) {
  test(`a timeline of ${snapshots} snapshots`, async () => {
    const { id } = await make()
    for (const shape of SHAPES) {
      const page = await browser.page(home, shape)
      await page.open(`/datasets/${id}`)
      const slider = page.getByRole('slider', { name: 'Version' })
      await slider.waitFor()
      await page.getByText('so far.').waitFor({ state: 'detached', timeout: READ_MS_MAX })
      const steps = Number(await slider.getAttribute('aria-valuemax'))
      assert.ok(steps >= snapshots, `${steps} versions`)
      if (shape.width > 640) await page.getByText(`${snapshots.toLocaleString('en')} snapshots`).waitFor()
      await prove(page, name, shape)
      const elements = await page.evaluate(() => document.querySelectorAll('*').length)
      assert.ok(elements <= ELEMENTS_MAX, `${elements} elements`)

      // The whole line under the pointer: any version is a movement away.
      const box = await slider.boundingBox()
      await page.mouse.move(box.x + box.width - 30, box.y + 60)
      await page.mouse.down()
      await page.mouse.move(box.x + 28, box.y + 60, { steps: 12 })
      await page.mouse.up()
      const reached = Number(await slider.getAttribute('aria-valuenow'))
      assert.ok(reached <= 1 + Math.ceil(steps / 100), `version ${reached} of ${steps}`)
      await page.getByRole('heading', { name: 'Then' }).waitFor()

      // By key every version is reached, one by one; the pointer's place is one of many pixels.
      await slider.focus()
      await page.keyboard.press('Home')
      const began = performance.now()
      for (let turn = 0; turn < STEPS_BY_KEY; turn += 1) await page.keyboard.press('ArrowRight')
      console.log(`${name} ${shape.name}: ${steps} versions, ${elements} elements, ${((performance.now() - began) / STEPS_BY_KEY).toFixed(1)} ms a key`)
      assert.equal(Number(await slider.getAttribute('aria-valuenow')), Math.min(steps, 1 + STEPS_BY_KEY))
      for (let turn = 0; turn < ZOOMS; turn += 1) await page.keyboard.press('+')
      await pause(100)
      if (shape.width > 640 && steps > 100) {
        const dots = await page.locator('circle.snapshot').count()
        assert.ok(dots > 0, 'zoomed in, each snapshot has a mark of its own')
      }
      await page.getByRole('button', { name: 'Snapshots', exact: true }).click()
      await page.locator(`li[aria-setsize="${snapshots}"]`).first().waitFor()
      assert.deepEqual(page.faults, [], shape.name)
      await page.context().close()
    }
  })
}
