// Every page by its own address: it shows what it is for, tells no error, reaches nothing but its
// server, and shuts nobody out. With SCREENS set, each is pictured into that folder.
import { after, before, test } from 'node:test'
import { Browser, Home, prove, SHAPES } from './harness.mjs'
import { seed } from './seed.mjs'

let home, browser, made
before(async () => {
  home = await new Home().start({ media: true })
  made = await seed(home.ledger, { media: home.media })
  browser = await Browser.open()
})
after(async () => {
  await browser?.close()
  await home?.close()
})

const PAGES = {
  'sign-in': { path: () => '/', heading: 'snapledger', signedOut: true },
  datasets: { path: () => '/', heading: 'Datasets', shows: 'review sentiment' },
  timeline: { path: () => `/datasets/${made.reviews.id}`, heading: 'review sentiment', shows: 'All of it' },
  'timeline-short': { path: () => `/datasets/${made.penguins.id}`, heading: 'penguins', shows: 'All of it' },
  items: { path: () => `/datasets/${made.penguins.id}/items?key=0000000005`, heading: 'penguins', shows: '"species"' },
  gallery: { path: () => `/datasets/${made.signs.id}/items`, heading: 'street signs', shows: 'sign-035' },
  empty: { path: () => `/datasets/${made.empty}/items`, heading: 'night recordings', shows: 'There are no items yet' },
  busy: { path: () => `/datasets/${made.busy}`, heading: 'product photos', shows: 'runs on it' },
  snapshot: { path: () => `/snapshots/${made.penguins.imported}`, heading: 'imported', shows: 'Since then' },
  restore: {
    path: () => `/snapshots/${made.penguins.imported}`,
    heading: 'imported',
    act: (page) => page.getByRole('button', { name: 'Restore…' }).click(),
    shows: 'come back',
  },
  compare: { path: () => `/compare?from=s:${made.penguins.imported}&to=${made.penguins.id}`, heading: 'Compare', shows: 'removed' },
  'compare-images': { path: () => `/compare?from=s:${made.signs.first}&to=${made.signs.id}`, heading: 'Compare', shows: 'sign-000' },
  events: { path: () => '/events', heading: 'Events', shows: 'first delivery' },
  tasks: { path: () => '/tasks', heading: 'Tasks', shows: 'penguins for the course' },
  keys: { path: () => '/keys', heading: 'Keys', shows: 'Issue a key' },
  ledger: { path: () => '/ledger', heading: 'Ledger', shows: 'Head of the log' },
  nowhere: { path: () => '/datasets/a/b/c', heading: 'There is no such page' },
  gone: { path: () => '/datasets/00000000-0000-7000-8000-000000000000', heading: 'This dataset is not there' },
}

for (const [name, { path, heading, shows, act, signedOut }] of Object.entries(PAGES)) {
  test(`the page ${name}`, async () => {
    for (const shape of SHAPES) {
      const page = await browser.page(home, { ...shape, ...(signedOut ? { key: null } : {}) })
      await page.open(path())
      await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
      if (act) await act(page)
      if (shows) await page.getByText(shows).first().waitFor()
      await prove(page, name, shape)
      await page.context().close()
    }
  })
}
