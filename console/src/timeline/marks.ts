// What is drawn: marks, or clusters of them where they would touch; arcs; labels that do not
// overlap. Pure, and linear in the steps that are shown.
import type { SnapshotRowFragment } from '../api/generated'
import type { Scale } from './scale'
import type { Step } from './steps'

/** Marks nearer than this are drawn as one. */
const APART_PX = 11
const LABEL_CHARS_MAX = 24
const CHAR_PX = 6.3
/** Of many steps fewer are named, or nobody could read the picture for its words. */
const LABEL_ROWS = 2
const LABEL_GAP_PX = 14
const MANY_STEPS = 160
const MANY_LABEL_ROWS = 1
const MANY_LABEL_GAP_PX = 44
/** A name that the ledger made up: it tells nothing that the number does not. */
const MADE_UP = /_snapshot_[0-9a-f-]{8,}$/
/** More arcs than this tell nothing; the newest are drawn. */
const ARCS_MAX = 240
/** Shorter ones cannot be seen between their own marks. */
const ARC_PX_MIN = 9

export interface Mark {
  x: number
  /** The steps it stands for. */
  first: number
  last: number
  snapshots: number
  restores: number
  isCurrent: boolean
  /** Where its steps begin and end on the line; for a single one the same. */
  from: number
  to: number
  /** How much of the line is its own. */
  room: number
  /** What its steps changed in all. */
  added: number
  removed: number
  modified: number
}

export interface Arc {
  from: number
  to: number
  step: Step
}

export interface Label {
  x: number
  /** Where its mark is; the label itself may stand aside at the ends. */
  markX: number
  row: number
  text: string
  id: string
  isCurrent: boolean
}

export function marksOf(steps: Step[], scale: Scale, currentId: string | null): Mark[] {
  const marks: Mark[] = []
  const [first, last] = scale.shown()
  for (let index = first; index <= last; index += 1) {
    const step = steps[index]
    if (!step) continue
    const x = scale.x(index)
    const before = marks.at(-1)
    const isNear = before !== undefined && x - scale.x(before.first) < APART_PX
    const mark = isNear ? before : blank(index, x)
    if (!isNear) marks.push(mark)
    mark.last = index
    mark.to = x
    mark.x = (mark.from + x) / 2
    mark.added += step.version.summary.added
    mark.removed += step.version.summary.removed
    mark.modified += step.version.summary.modified
    mark.snapshots += step.snapshots.length
    mark.restores += step.version.kind === 'RESTORED' ? 1 : 0
    mark.isCurrent ||= step.snapshots.some((snapshot) => snapshot.id === currentId)
  }
  marks.forEach((mark, index) => {
    const next = marks[index + 1]
    if (next) mark.room = Math.min(mark.room, next.x - mark.x)
  })
  return marks
}

function blank(index: number, x: number): Mark {
  const nothing = { snapshots: 0, restores: 0, isCurrent: false, added: 0, removed: 0, modified: 0 }
  return { x, first: index, last: index, from: x, to: x, room: APART_PX, ...nothing }
}

/** Restores as arcs back to what they brought; those that would lie on each other once. */
export function arcsOf(steps: Step[], scale: Scale): Arc[] {
  const arcs: Arc[] = []
  const drawn = new Set<string>()
  for (let index = steps.length - 1; index >= 0 && arcs.length < ARCS_MAX; index -= 1) {
    const step = steps[index]
    if (!step || step.back === null) continue
    const [from, to] = [scale.x(index), scale.x(step.back)]
    if (Math.abs(from - to) < ARC_PX_MIN) continue
    if (Math.max(from, to) < 0 || Math.min(from, to) > scale.width) continue
    const place = `${Math.round(from / 4)} ${Math.round(to / 4)}`
    if (drawn.has(place)) continue
    drawn.add(place)
    arcs.push({ from, to, step })
  }
  return arcs
}

/** The names that fit: the current snapshot's first, then the newest, none over another. */
export function labelsOf(steps: Step[], scale: Scale, currentId: string | null): Label[] {
  const [first, last] = scale.shown()
  const candidates: { index: number; snapshot: SnapshotRowFragment }[] = []
  for (let index = last; index >= first; index -= 1) {
    const snapshot = newest(steps[index]?.snapshots ?? [], currentId)
    if (snapshot) candidates.push({ index, snapshot })
  }
  const weight = ({ snapshot }: { snapshot: SnapshotRowFragment }) => (snapshot.id === currentId ? 2 : Number(!MADE_UP.test(snapshot.name)))
  candidates.sort((one, other) => weight(other) - weight(one))
  const isMany = last - first > MANY_STEPS
  const gap = isMany ? MANY_LABEL_GAP_PX : LABEL_GAP_PX
  const rows: [number, number][][] = Array.from({ length: isMany ? MANY_LABEL_ROWS : LABEL_ROWS }, () => [])
  const labels: Label[] = []
  for (const { index, snapshot } of candidates) {
    const text = MADE_UP.test(snapshot.name) ? `#${snapshot.number}` : cut(snapshot.name)
    const half = (text.length * CHAR_PX + gap) / 2
    const x = Math.min(scale.width - half + gap / 2, Math.max(half - gap / 2, scale.x(index)))
    const row = rows.findIndex((taken) => taken.every(([from, to]) => x + half < from || x - half > to))
    if (row < 0) continue
    rows[row]?.push([x - half, x + half])
    labels.push({ x, markX: scale.x(index), row, text, id: snapshot.id, isCurrent: snapshot.id === currentId })
  }
  return labels
}

export interface CloneMark {
  x: number
  /** How far below the line it ends: 0 or 1. */
  level: number
  /** 1 to the right, -1 to the left where there is no room. */
  side: 1 | -1
  text: string
  index: number
  isNamed: boolean
}

const CLONE_LEVELS = 2
/** The last state lasts: its count goes on a little. */
const END_PX = 12
const BRANCH_PX = 40

/** Clones as branches that leave the line; those that find no room keep their branch only. */
export function clonesOf(steps: Step[], scale: Scale): CloneMark[] {
  const found: CloneMark[] = []
  const ends = new Array<number>(CLONE_LEVELS).fill(-Infinity)
  const [first, last] = scale.shown()
  for (let index = first; index <= last; index += 1) {
    const clones = steps[index]?.clones ?? []
    const clone = clones[0]
    if (!clone) continue
    const x = scale.x(index)
    const text = cut(clone.name) + (clones.length > 1 ? ` +${clones.length - 1}` : '')
    const width = text.length * CHAR_PX + BRANCH_PX
    const side = x + width > scale.width ? -1 : 1
    const begin = side > 0 ? x : x - width
    const level = ends.findIndex((end) => begin > end)
    if (level >= 0) ends[level] = begin + width
    found.push({ x, level: Math.max(0, level), side, text, index, isNamed: level >= 0 })
  }
  return found
}

/** The most items that any shown step had. */
export function mostShown(steps: Step[], scale: Scale): number {
  const [first, last] = scale.shown()
  let most = 0
  for (let index = first; index <= last; index += 1) most = Math.max(most, steps[index]?.version.itemCount ?? 0)
  return most
}

/** The run of item counts as a path of steps, thinned to two points a pixel, and where it begins and ends. */
export function countsPath(steps: Step[], scale: Scale, top: number, bottom: number, most: number): { line: string; from: number; to: number } {
  const [first, last] = scale.shown()
  const y = (index: number) => bottom - ((steps[index]?.version.itemCount ?? 0) / Math.max(1, most)) * (bottom - top)
  const every = Math.max(1, Math.floor((last - first) / (scale.width * 2)))
  const parts: string[] = []
  for (let index = first; index <= last; index += every) {
    const [x, height] = [scale.x(index).toFixed(1), y(index).toFixed(1)]
    parts.push(parts.length === 0 ? `M${x} ${height}` : `H${x} V${height}`)
  }
  const to = scale.x(last) + END_PX
  return { line: `${parts.join(' ')} V${y(last).toFixed(1)} H${to.toFixed(1)}`, from: scale.x(first), to }
}

function newest(snapshots: SnapshotRowFragment[], currentId: string | null): SnapshotRowFragment | undefined {
  return snapshots.find((snapshot) => snapshot.id === currentId) ?? snapshots.at(-1)
}

function cut(text: string): string {
  return text.length > LABEL_CHARS_MAX ? `${text.slice(0, LABEL_CHARS_MAX - 1)}…` : text
}
