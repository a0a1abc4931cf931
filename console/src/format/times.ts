// Times as people read them: how long ago, and exactly.

const EXACT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const DAY_OF_YEAR = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const CLOCK_SECONDS = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY_SECONDS = 24 * HOUR

/** `now`, `5 min ago`, `3 h ago`, then the date. */
export function ago(time: string, now_ms: number): string {
  const seconds = (now_ms - Date.parse(time)) / 1000
  if (seconds < 10) return 'now'
  if (seconds < MINUTE) return `${Math.floor(seconds)} s ago`
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`
  if (seconds < DAY_SECONDS) return `${Math.floor(seconds / HOUR)} h ago`
  if (seconds < 7 * DAY_SECONDS) return `${Math.floor(seconds / DAY_SECONDS)} d ago`
  return day(time, now_ms)
}

export function exact(time: string): string {
  return EXACT.format(new Date(time))
}

export function day(time: string | number, now_ms: number): string {
  const date = new Date(time)
  const isThisYear = date.getFullYear() === new Date(now_ms).getFullYear()
  return (isThisYear ? DAY : DAY_OF_YEAR).format(date)
}

export function clock(time: string | number, withSeconds = false): string {
  return (withSeconds ? CLOCK_SECONDS : CLOCK).format(new Date(time))
}
