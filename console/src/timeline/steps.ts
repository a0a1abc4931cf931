// The steps of a timeline: one a version, with its snapshots, what it was restored to, and the
// clones that began with it. Pure.
import type { SnapshotRowFragment, VersionRowFragment } from '../api/generated'
import type { Clone } from './history.svelte'

export interface Step {
  index: number
  version: VersionRowFragment
  snapshots: SnapshotRowFragment[]
  clones: Clone[]
  /** For a restore: the step whose content came back. */
  back: number | null
  time_ms: number
}

export function stepsOf(
  versions: VersionRowFragment[],
  snapshots: SnapshotRowFragment[],
  clones: Clone[],
): Step[] {
  const steps = versions.map((version, index): Step => ({
    index,
    version,
    snapshots: [],
    clones: [],
    back: null,
    time_ms: Date.parse(version.createdAt),
  }))
  const indexes = new Map(versions.map((version, index) => [version.xactId, index]))
  for (const snapshot of snapshots) {
    const index = indexes.get(snapshot.xactId)
    if (index !== undefined) steps[index]?.snapshots.push(snapshot)
  }
  for (const clone of clones) {
    const index = clone.clonedFromXactId === null ? -1 : newestUpTo(versions, clone.clonedFromXactId)
    steps[index]?.clones.push(clone)
  }
  const newestByDigest = new Map<string, number>()
  for (const step of steps) {
    const { version } = step
    if (version.kind === 'RESTORED') {
      const named = indexes.get(version.restoredFrom?.xactId ?? '')
      // A snapshot that has been moved since names another version than the one that came back.
      const isSame = named !== undefined && versions[named]?.digest === version.digest
      step.back = (isSame ? named : newestByDigest.get(version.digest)) ?? null
    }
    newestByDigest.set(version.digest, step.index)
  }
  return steps
}

/** The index of the version in force at an xact id; -1 before the first. */
export function newestUpTo(versions: VersionRowFragment[], xactId: string): number {
  let [low, high] = [0, versions.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((versions[middle]?.xactId ?? '') <= xactId) low = middle + 1
    else high = middle
  }
  return low - 1
}
