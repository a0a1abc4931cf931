// Fills a ledger with what a team of curators would have after some weeks: datasets in every state,
// a long history with restores and clones, images that lie beside. Deterministic but for ids.
//
//   node tests/seed.mjs http://127.0.0.1:7878 sl_key [media folder] [snapshots of the long history]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Numbers that look random and are the same in every run. */
function sequence(seed) {
  let state = seed
  return (below) => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return Math.floor((state / 4_294_967_296) * below)
  }
}

export class Ledger {
  constructor(url, key) {
    this.url = url
    this.key = key
  }

  async ask(query, variables = {}) {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    })
    const { data, errors } = await response.json()
    if (errors) throw new Error(`${errors[0].message}: ${query.slice(0, 80)}`)
    return data
  }

  async create(name, description = '', more = {}) {
    const query = `mutation($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id } } }`
    return (await this.ask(query, { input: { name, description, ...more } })).createDataset.dataset.id
  }

  async commit(datasetId, upserts, deletes, message) {
    const query = `mutation($input: CommitItemsInput!) { commitItems(input: $input) { xactId } }`
    return (await this.ask(query, { input: { datasetId, upserts, deletes, message } })).commitItems.xactId
  }

  async snapshot(datasetId, name, description = null, xactId = null) {
    const query = `mutation($input: CreateSnapshotInput!) { createSnapshot(input: $input) { snapshot { id } } }`
    return (await this.ask(query, { input: { datasetId, name, description, xactId } })).createSnapshot.snapshot.id
  }

  async clone(snapshotId, name) {
    const query = `mutation($input: CloneSnapshotInput!) { cloneSnapshot(input: $input) { dataset { id } } }`
    return (await this.ask(query, { input: { snapshotId, name } })).cloneSnapshot.dataset.id
  }

  /** Restores and waits until it has ended. */
  async restore(datasetId, snapshotId, safetySnapshot = false) {
    const query = `mutation($input: RestoreSnapshotInput!) { restoreSnapshot(input: $input) { task { id } } }`
    const input = { datasetId, target: { snapshotId }, safetySnapshot }
    const { id } = (await this.ask(query, { input })).restoreSnapshot.task
    for (let turn = 0; turn < 500; turn += 1) {
      const { task } = await this.ask(`query($id: ID!) { task(id: $id) { status } }`, { id })
      if (task.status === 'COMPLETED') return
      if (task.status === 'FAILED' || task.status === 'CANCELLED') throw new Error(`restore ${task.status}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error('a restore did not end')
  }

  async issue(input) {
    const query = `mutation($input: IssueApiKeyInput!) { issueApiKey(input: $input) { apiKey { id } } }`
    return (await this.ask(query, { input })).issueApiKey.apiKey.id
  }

  async revoke(apiKeyId) {
    const query = `mutation($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) { xactId } }`
    return (await this.ask(query, { input: { apiKeyId } })).revokeApiKey.xactId
  }

  async upload(datasetId, body, type, message) {
    const search = new URLSearchParams({ message })
    const response = await fetch(`${this.url}/v1/datasets/${datasetId}/items?${search}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.key}`, 'Content-Type': type },
      body,
    })
    if (!response.ok) throw new Error(await response.text())
  }
}

/** Makes everything; answers the ids that tests go on from. */
export async function seed(ledger, { media, snapshots = 60 } = {}) {
  const penguins = await penguinStory(ledger)
  const reviews = await reviewStory(ledger, snapshots)
  const signs = await signStory(ledger, media)
  for (const [name, role, kind] of [['labelling pipeline', 'EDITOR', 'BEARER'], ['dashboards', 'VIEWER', 'BEARER'], ['nightly backup', 'VIEWER', 'AK_SK']]) {
    await ledger.issue({ name, role, kind })
  }
  await ledger.revoke(await ledger.issue({ name: 'an intern of last summer', role: 'EDITOR' }))
  const empty = await ledger.create('night recordings', 'Waits for its first delivery.')
  const draft = await ledger.create('crawl of October', '', { draft: true })
  const busy = await ledger.create('product photos', 'Enriched by the labelling pipeline.')
  await ledger.commit(busy, rows(40, (index) => ({ key: `photo-${index}`, data: { label: 'shoe' } })), [], 'first delivery')
  await ledger.ask(`mutation($input: BeginOperationInput!) { beginOperation(input: $input) { xactId } }`, {
    input: { datasetId: busy, kind: 'ENRICHMENT' },
  })
  return { penguins, reviews, signs, empty, draft, busy }
}

function rows(many, make) {
  return Array.from({ length: many }, (_, index) => make(index))
}

export async function penguinStory(ledger) {
  const id = await ledger.create('penguins', 'Palmer Archipelago penguins: size measurements of three species.')
  const csv = readFileSync(join(ROOT, 'examples/data/penguins.csv'))
  await ledger.upload(id, csv, 'text/csv', 'the Palmer penguins')
  const imported = await ledger.snapshot(id, 'imported', 'As published, with the gaps.')
  await ledger.commit(id, [], ['0000000004', '0000000272', '0000000340'], 'drop birds without measurements')
  const cleaned = await ledger.snapshot(id, 'cleaned')
  await ledger.commit(
    id,
    rows(6, (index) => ({ key: `00000000${String(10 + index)}`, data: { species: 'Great auk', island: 'Funk', bill_length_mm: 80 + index } })),
    [],
    'try: imagine great auks',
  )
  await ledger.restore(id, cleaned, true)
  await ledger.clone(imported, 'penguins for the course')
  await ledger.commit(id, [{ key: '0000000001', data: { species: 'Adelie', island: 'Torgersen', bill_length_mm: 39.1, bill_depth_mm: 18.7, checked: true } }], ['0000000002'], 'second look at the first birds')
  return { id, imported, cleaned }
}

const ACTS = ['relabel', 'deduplicate', 'add hard cases', 'drop spam', 'fix typos', 'balance classes', 'merge annotators']
const WORDS = ['arrived late', 'works as described', 'would buy again', 'broken on arrival', 'too small', 'lovely colour']

/** So many commits are sent at once where a history is long. */
const TOGETHER = 8

/** A history of so many snapshots, with deliveries large and small, restores near and far, and clones. */
export async function reviewStory(ledger, snapshots, name = 'review sentiment') {
  const random = sequence(7)
  const id = await ledger.create(name, 'Evaluation set for the sentiment model. Owned by the ranking team.')
  const review = (number) => ({
    key: `review-${String(number).padStart(6, '0')}`,
    data: { text: WORDS[random(WORDS.length)], stars: 1 + random(5), label: ['positive', 'negative', 'neutral'][random(3)], annotator: `a${random(9)}` },
  })
  const isLong = snapshots > 500
  const named = []
  let next = 0
  let round = 0
  const commit = async () => {
    round += 1
    const fresh = rows(random(23) === 0 ? 200 + random(200) : 4 + random(isLong ? 12 : 30), () => review(next++))
    const changed = rows(random(6), () => review(random(next)))
    const gone = random(5) > 0 ? [] : rows(random(19) === 0 ? 250 : random(25), () => review(random(next)).key)
    const act = ACTS[random(ACTS.length)]
    const words = `${act} ${round}`
    return { words, isNamed: random(isLong ? 10 : 3) > 0, xactId: await ledger.commit(id, [...fresh, ...changed], gone, act) }
  }
  while (named.length < snapshots) {
    const made = await Promise.all(rows(isLong ? TOGETHER : 1, commit))
    const wanted = made.filter(({ isNamed }) => isNamed).slice(0, snapshots - named.length)
    named.push(...(await Promise.all(wanted.map(({ words, xactId }) => ledger.snapshot(id, words, null, xactId)))))
    if (named.length > 3 && random(11) === 0) {
      const back = random(random(isLong ? 9 : 5) === 0 ? named.length : Math.min(named.length, 12))
      await ledger.restore(id, named[named.length - 1 - back])
    }
    if (named.length > 3 && random(isLong ? 40 : 24) === 0) {
      await ledger.clone(named[random(named.length)], `sentiment experiment ${round}`)
    }
  }
  return { id, named }
}

const SIGNS = [
  ['stop', '#b3261e', 'M32 8 L68 8 L92 32 L92 68 L68 92 L32 92 L8 68 L8 32 Z'],
  ['yield', '#d9a400', 'M50 90 L6 12 L94 12 Z'],
  ['park', '#1f4e79', 'M10 10 H90 V90 H10 Z'],
  ['way', '#0b6b5e', 'M50 5 L95 50 L50 95 L5 50 Z'],
]

async function signStory(ledger, media) {
  const id = await ledger.create('street signs', 'Crops of street signs from the March drives.')
  if (media) mkdirSync(join(media, 'signs'), { recursive: true })
  const sign = (index, turn) => {
    const [name, colour, path] = SIGNS[(index + turn) % SIGNS.length]
    const file = `signs/${String(index).padStart(3, '0')}-${turn}.svg`
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 133 100"><rect width="133" height="100" fill="hsl(${(index * 37) % 360} 22% 78%)"/><g transform="translate(16 0) rotate(${(index * 7) % 20 - 10} 50 50)"><path d="${path}" fill="${colour}" stroke="white" stroke-width="4"/></g></svg>`
    if (media) writeFileSync(join(media, file), svg)
    return {
      key: `sign-${String(index).padStart(3, '0')}`,
      kind: 'IMAGE',
      data: { label: name, drive: 1 + (index % 4) },
      media: { uri: file, mimeType: 'image/svg+xml', byteSize: Buffer.byteLength(svg) },
    }
  }
  await ledger.commit(id, rows(36, (index) => sign(index, 0)), [], 'crops of the March drives')
  const first = await ledger.snapshot(id, 'March drives')
  await ledger.commit(id, rows(5, (index) => sign(index * 3, 1)), ['sign-007', 'sign-020'], 'better crops')
  return { id, first }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [url, key, media, snapshots] = process.argv.slice(2)
  const made = await seed(new Ledger(url, key), { media, snapshots: snapshots ? Number(snapshots) : undefined })
  console.log(JSON.stringify({ penguins: made.penguins.id, reviews: made.reviews.id, signs: made.signs.id }))
}
