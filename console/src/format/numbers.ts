// Numbers as people read them.

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

export function count(value: number): string {
  return WHOLE.format(value)
}

/** `12.3K`, for places too narrow for all digits. */
export function shortCount(value: number): string {
  return SHORT.format(value)
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

export function bytes(value: number): string {
  let unit = 0
  let rest = value
  while (rest >= 1000 && unit < BYTE_UNITS.length - 1) {
    rest /= 1000
    unit += 1
  }
  return `${unit === 0 ? rest : rest.toFixed(rest < 10 ? 1 : 0)} ${BYTE_UNITS[unit]}`
}

/** `1.4 s`, `2 min 05 s`. */
export function duration(seconds: number): string {
  if (seconds < 0.001) return 'at once'
  if (seconds < 0.95) return `${Math.round(seconds * 1000)} ms`
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${String(Math.round(seconds % 60)).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}
