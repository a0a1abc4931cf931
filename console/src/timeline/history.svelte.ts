// A dataset's history as the timeline needs it: all versions, oldest first, with their snapshots.
//
// Read in pages, newest first, up to a bound; news are read until they meet what is known.
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
/** More versions or snapshots than this are not drawn, and the page says so. */
const ROWS_MAX = 10_000
/** Events after which snapshots already known may be others. */
const REWRITING = ['SnapshotRenamed', 'SnapshotDeleted', 'SnapshotUndeleted', 'SnapshotMoved']

export class History {
  readonly id: string
  versions = $state.raw<VersionRowFragment[]>([])
  snapshots = $state.raw<SnapshotRowFragment[]>([])
  clones = $state.raw<Clone[]>([])
  trouble = $state.raw<Trouble | null>(null)
  isRead = $state(false)
  isCut = $state(false)
  #reading = false
  #again: { isRewritten: boolean } | null = null

  constructor(id: string) {
    this.id = id
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

  async #readVersions(): Promise<void> {
    const newest = this.versions.at(-1)?.xactId ?? ''
    const rows: VersionRowFragment[] = []
    let after = null as string | null
    do {
      const asked = { id: this.id, first: newest === '' ? PAGE_ROWS : 50, after }
      const { dataset }: VersionsQuery = await ask(VersionsDocument, asked)
      if (dataset === null) throw gone()
      const fresh = dataset.versions.nodes.filter((version) => version.xactId > newest)
      rows.push(...fresh)
      const { hasNextPage, endCursor } = dataset.versions.pageInfo
      after = hasNextPage && fresh.length === dataset.versions.nodes.length ? endCursor : null
      // The first page is enough to draw; older ones come as they are read.
      if (newest === '') this.versions = [...rows].reverse()
    } while (after !== null && rows.length < ROWS_MAX)
    this.isCut ||= after !== null
    if (newest !== '' && rows.length > 0) this.versions = [...this.versions, ...rows.reverse()]
  }

  async #readSnapshots(isKnown: boolean): Promise<void> {
    const newest = isKnown ? (this.snapshots.at(-1)?.number ?? 0) : 0
    const rows: SnapshotRowFragment[] = []
    let after = null as string | null
    do {
      const { dataset }: SnapshotsQuery = await ask(SnapshotsDocument, { id: this.id, first: isKnown ? 50 : PAGE_ROWS, after })
      if (dataset === null) throw gone()
      const fresh = dataset.snapshots.nodes.filter((snapshot) => snapshot.number > newest)
      rows.push(...fresh)
      const { hasNextPage, endCursor } = dataset.snapshots.pageInfo
      after = hasNextPage && fresh.length === dataset.snapshots.nodes.length ? endCursor : null
    } while (after !== null && rows.length < ROWS_MAX)
    this.isCut ||= after !== null
    if (!isKnown) this.snapshots = rows.reverse()
    else if (rows.length > 0) this.snapshots = [...this.snapshots, ...rows.reverse()]
  }

  async #readClones(): Promise<void> {
    const { dataset } = await ask(ClonesDocument, { id: this.id })
    this.clones = dataset?.clones.nodes ?? []
  }
}

function gone(): Trouble {
  return new Trouble('NOT_FOUND', 'this dataset is gone', 'It was deleted, or is not yours to see.')
}
