// A dataset's history as the timeline needs it: all versions, oldest first, with their snapshots.
//
// Read in pages, newest first, up to a bound, and beyond it when that is asked for; news are read
// until they meet what is known.
import { ask, Trouble } from '../api/client'
import {
  ClonesDocument,
  SnapshotsDocument,
  VersionsDocument,
  type ClonesQuery,
  type SnapshotRowFragment,
  type SnapshotsQuery,
  type VersionRowFragment,
  type VersionsQuery,
} from '../api/generated'
import { asTrouble } from '../state/resource.svelte'
import type { Fact } from '../state/tail.svelte'

export type Clone = NonNullable<ClonesQuery['dataset']>['clones']['nodes'][number]

const PAGE_ROWS = 500
/** News are few: what is new is mostly on the first of such pages. */
const NEWS_ROWS = 50
/** Of more versions or snapshots the newest are read; the page says so, and offers as many more. */
export const ROWS_MAX = 10_000
/** Events after which snapshots already known may be others. */
const REWRITING = ['SnapshotRenamed', 'SnapshotDeleted', 'SnapshotUndeleted', 'SnapshotMoved']

interface Pages<Row> {
  /** Newest first. */
  rows: Row[]
  /** Where older ones go on; null at the end. */
  after: string | null
}

export class History {
  readonly id: string
  versions = $state.raw<VersionRowFragment[]>([])
  snapshots = $state.raw<SnapshotRowFragment[]>([])
  clones = $state.raw<Clone[]>([])
  trouble = $state.raw<Trouble | null>(null)
  isRead = $state(false)
  /** Whether all that is within the bound was read. */
  isWhole = $state(false)
  isReadingOlder = $state(false)
  /** Where older rows go on that have not been read; null: there are none. */
  #older = $state.raw<{ versions: string | null; snapshots: string | null }>({ versions: null, snapshots: null })
  #reading = false
  #again: { isRewritten: boolean } | null = null

  constructor(id: string) {
    this.id = id
  }

  /** Whether there is more than what was read. */
  get isCut(): boolean {
    return this.#older.versions !== null || this.#older.snapshots !== null
  }

  /** Reads what is new; with `isRewritten` also the snapshots that are known. */
  async read(isRewritten = false): Promise<void> {
    if (this.#reading) {
      this.#again = { isRewritten: isRewritten || (this.#again?.isRewritten ?? false) }
      return
    }
    this.#reading = true
    try {
      const known = this.isRead && !isRewritten
      await Promise.all([this.#readVersions(), this.#readSnapshots(known), this.#readClones()])
      this.trouble = null
      this.isRead = true
      this.isWhole = true
    } catch (fault) {
      this.trouble = asTrouble(fault)
    } finally {
      this.#reading = false
    }
    const again = this.#again
    this.#again = null
    if (again) await this.read(again.isRewritten)
  }

  hear(facts: Fact[]): void {
    void this.read(facts.some((fact) => REWRITING.includes(fact.type)))
  }

  /** Reads as many older ones as the bound allows at a time. */
  async readOlder(): Promise<void> {
    if (this.isReadingOlder) return
    this.isReadingOlder = true
    const { versions, snapshots } = this.#older
    try {
      const [moreVersions, moreSnapshots] = await Promise.all([
        versions === null ? null : this.#pagesOfVersions({ first: PAGE_ROWS, after: versions, newest: '' }),
        snapshots === null ? null : this.#pagesOfSnapshots({ first: PAGE_ROWS, after: snapshots, newest: 0, most: ROWS_MAX }),
      ])
      if (moreVersions) this.versions = [...moreVersions.rows.reverse(), ...this.versions]
      if (moreSnapshots) this.snapshots = [...moreSnapshots.rows.reverse(), ...this.snapshots]
      this.#older = { versions: moreVersions?.after ?? null, snapshots: moreSnapshots?.after ?? null }
    } catch (fault) {
      this.trouble = asTrouble(fault)
    } finally {
      this.isReadingOlder = false
    }
  }

  async #readVersions(): Promise<void> {
    const newest = this.versions.at(-1)?.xactId ?? ''
    const isFirst = newest === ''
    const asked = { first: isFirst ? PAGE_ROWS : NEWS_ROWS, after: null, newest }
    // The first page is enough to draw; older ones come as they are read.
    const draw = (rows: VersionRowFragment[]) => (this.versions = [...rows].reverse())
    const { rows, after } = await this.#pagesOfVersions(asked, isFirst ? draw : undefined)
    if (isFirst) this.#older = { ...this.#older, versions: after }
    else if (rows.length > 0) this.versions = [...this.versions, ...rows.reverse()]
  }

  async #readSnapshots(isKnown: boolean): Promise<void> {
    const newest = isKnown ? (this.snapshots.at(-1)?.number ?? 0) : 0
    const most = Math.max(ROWS_MAX, this.snapshots.length)
    const { rows, after } = await this.#pagesOfSnapshots({ first: isKnown ? NEWS_ROWS : PAGE_ROWS, after: null, newest, most })
    if (!isKnown) {
      this.snapshots = rows.reverse()
      this.#older = { ...this.#older, snapshots: after }
    } else if (rows.length > 0) this.snapshots = [...this.snapshots, ...rows.reverse()]
  }

  /** Versions from a place on back to one that is known; where older ones go on, if it was left at the bound. */
  async #pagesOfVersions(from: { first: number; after: string | null; newest: string }, drawn?: (rows: VersionRowFragment[]) => void): Promise<Pages<VersionRowFragment>> {
    const rows: VersionRowFragment[] = []
    let after = from.after
    do {
      const { dataset }: VersionsQuery = await ask(VersionsDocument, { id: this.id, first: from.first, after })
      if (dataset === null) throw gone()
      const fresh = dataset.versions.nodes.filter((version) => version.xactId > from.newest)
      rows.push(...fresh)
      const { hasNextPage, endCursor } = dataset.versions.pageInfo
      after = hasNextPage && fresh.length === dataset.versions.nodes.length ? endCursor : null
      drawn?.(rows)
    } while (after !== null && rows.length < ROWS_MAX)
    return { rows, after }
  }

  async #pagesOfSnapshots(from: { first: number; after: string | null; newest: number; most: number }): Promise<Pages<SnapshotRowFragment>> {
    const rows: SnapshotRowFragment[] = []
    let after = from.after
    do {
      const { dataset }: SnapshotsQuery = await ask(SnapshotsDocument, { id: this.id, first: from.first, after })
      if (dataset === null) throw gone()
      const fresh = dataset.snapshots.nodes.filter((snapshot) => snapshot.number > from.newest)
      rows.push(...fresh)
      const { hasNextPage, endCursor } = dataset.snapshots.pageInfo
      after = hasNextPage && fresh.length === dataset.snapshots.nodes.length ? endCursor : null
    } while (after !== null && rows.length < from.most)
    return { rows, after }
  }

  async #readClones(): Promise<void> {
    const { dataset } = await ask(ClonesDocument, { id: this.id })
    this.clones = dataset?.clones.nodes ?? []
  }
}

function gone(): Trouble {
  return new Trouble('NOT_FOUND', 'this dataset is gone', 'It was deleted, or is not yours to see.')
}
