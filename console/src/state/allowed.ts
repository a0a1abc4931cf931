// What the status of a dataset lets anybody do now, so that nothing is offered that is refused.
// The server decides; this only spares a click.
import type { DatasetStatus } from '../api/generated'

const OPEN: DatasetStatus[] = ['READY', 'PARTIAL_INDEX', 'ERROR']

export function maySnapshot(dataset: { status: DatasetStatus; snapshotsEnabled: boolean }): boolean {
  return dataset.snapshotsEnabled && dataset.status === 'READY'
}

/** Whether items may be put in, a restore begun, or a clone made. */
export function mayMove(dataset: { status: DatasetStatus }): boolean {
  return OPEN.includes(dataset.status)
}
