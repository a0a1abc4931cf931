// From steps to places on the line and back. Pure.
//
// The whole line is 0 to 1, spaced evenly or by the clock; a window of it is shown, in pixels.
import type { Step } from './steps'

export type Spacing = 'even' | 'clock'

export interface Window {
  from: number
  to: number
}

export const WHOLE: Window = { from: 0, to: 1 }
/** Room at both ends, so that no mark is cut. */
const MARGIN_PX = 26
/** At this zoom even neighbours in a thousand are far apart. */
const STEPS_SHOWN_MIN = 3

export class Scale {
  readonly units: Float64Array
  readonly window: Window
  readonly width: number
  /** How many pixels the window takes. */
  readonly #reach: number

  constructor(steps: Step[], spacing: Spacing, window: Window, width: number) {
    this.units = units(steps, spacing)
    this.window = window
    this.width = width
    this.#reach = Math.max(1, width - 2 * MARGIN_PX)
  }

  x(index: number): number {
    return this.xOf(this.units[index] ?? 0)
  }

  xOf(unit: number): number {
    const { from, to } = this.window
    return MARGIN_PX + ((unit - from) / (to - from)) * this.#reach
  }

  unitAt(x: number): number {
    const { from, to } = this.window
    return from + ((x - MARGIN_PX) / this.#reach) * (to - from)
  }

  /** The step nearest to a place. */
  nearest(x: number): number {
    const unit = this.unitAt(x)
    let [low, high] = [0, this.units.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.units[middle] ?? 0) < unit) low = middle + 1
      else high = middle
    }
    const before = Math.max(0, low - 1)
    const isBefore = Math.abs((this.units[before] ?? 0) - unit) < Math.abs((this.units[low] ?? 0) - unit)
    return isBefore ? before : low
  }

  /** The first and last step that are in the window or touch it. */
  shown(): [number, number] {
    const first = Math.max(0, this.nearest(0) - 1)
    const last = Math.min(this.units.length - 1, this.nearest(this.width) + 1)
    return [first, last]
  }
}

function units(steps: Step[], spacing: Spacing): Float64Array {
  const found = new Float64Array(steps.length)
  const last = steps.length - 1
  const begin_ms = steps[0]?.time_ms ?? 0
  const span_ms = (steps[last]?.time_ms ?? 0) - begin_ms
  for (const { index, time_ms } of steps) {
    if (last <= 0) found[index] = 0
    else if (spacing === 'even' || span_ms <= 0) found[index] = index / last
    else found[index] = (time_ms - begin_ms) / span_ms
  }
  return found
}

/** A window zoomed around a place; never outside the line, never closer than a few steps. */
export function zoomed(window: Window, factor: number, around: number, steps: number): Window {
  const smallest = Math.min(1, STEPS_SHOWN_MIN / Math.max(1, steps * 4))
  const width = Math.min(1, Math.max(smallest, (window.to - window.from) * factor))
  const share = (around - window.from) / (window.to - window.from)
  return moved({ from: around - share * width, to: around + (1 - share) * width }, 0)
}

export function moved(window: Window, by: number): Window {
  const width = Math.min(1, window.to - window.from)
  const from = Math.min(1 - width, Math.max(0, window.from + by))
  return { from, to: from + width }
}
