// Places in the log. An xact id is 19 digits; people are shown its position, the digits that grow.

const POSITION_BITS = (1n << 48n) - 1n

/** The position that an xact id stands for: 1 for the first event. */
export function position(xactId: string): number {
  return Number(BigInt(xactId) & POSITION_BITS)
}

/** `@1,204`. */
export function at(xactId: string): string {
  return `@${position(xactId).toLocaleString('en')}`
}

/** The first digits of a digest, enough to tell two apart by eye. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 10)
}

/** The place just before an event: what was in force there is what the event changed. */
export function placeBefore(xactId: string): string {
  return (BigInt(xactId) - 1n).toString()
}
