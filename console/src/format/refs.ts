// Versions as they stand in addresses: `s:<snapshot>`, `<dataset>` for its current version, or
// `<dataset>@<xact id>`.
import type { VersionRef } from '../api/generated'

export type Ref =
  | { snapshotId: string }
  | { datasetId: string; xactId: string | null }

export function parseRef(text: string | null): Ref | null {
  if (!text) return null
  if (text.startsWith('s:')) return { snapshotId: text.slice(2) }
  const [datasetId = '', xactId = null] = text.split('@')
  return datasetId === '' ? null : { datasetId, xactId }
}

export function refText(ref: Ref): string {
  if ('snapshotId' in ref) return `s:${ref.snapshotId}`
  return ref.xactId === null ? ref.datasetId : `${ref.datasetId}@${ref.xactId}`
}

export function asVersionRef(ref: Ref): VersionRef {
  if ('snapshotId' in ref) return { snapshotId: ref.snapshotId }
  return { dataset: { id: ref.datasetId, xactId: ref.xactId } }
}

export function compareHref(from: Ref, to: Ref): string {
  return `/compare?${new URLSearchParams({ from: refText(from), to: refText(to) })}`
}
