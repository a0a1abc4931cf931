// The ledger's words as people read them.
import type { DatasetStatus, SnapshotReason, TaskPhase, TaskType, VersionKind } from '../api/generated'

export const STATUS: Record<DatasetStatus, { text: string; tone: 'good' | 'busy' | 'idle' | 'bad'; means: string }> = {
  READY: { text: 'Ready', tone: 'good', means: 'Everything can be done with it.' },
  READ_ONLY: { text: 'Read only', tone: 'busy', means: 'An operation or a restore runs. Reads go on.' },
  INDEXING: { text: 'Indexing', tone: 'busy', means: 'An operation builds it anew. Reads go on.' },
  PARTIAL_INDEX: { text: 'Partial index', tone: 'busy', means: 'Usable, but part of it is not indexed yet.' },
  DRAFT: { text: 'Draft', tone: 'idle', means: 'Being set up. An operation fills it.' },
  ERROR: { text: 'Error', tone: 'bad', means: 'The last operation failed.' },
}

export const REASON: Record<SnapshotReason, string> = {
  CREATION: 'made with the dataset',
  MANUAL: 'made by hand',
  CLONE: 'made with the clone',
  RESTORE: 'made around a restore',
  AUTO: 'made by a change',
}

export const VERSION: Record<VersionKind, string> = {
  CREATED: 'Created',
  COMMITTED: 'Commit',
  RESTORED: 'Restore',
}

export const PHASE: Record<TaskPhase, string> = {
  QUEUED: 'Waiting to begin',
  STAGING: 'Items arrive',
  VERIFYING: 'Verifying what comes back',
  APPLYING: 'Outside systems follow',
  SWITCHING: 'Switching',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELLED: 'Called off',
}

export const TASK: Record<TaskType, string> = {
  SNAPSHOT_RESTORE: 'Restore',
  SNAPSHOT_CLONE: 'Clone',
  IMPORT: 'Import',
}
