// What the server says of itself before anything is asked of it. Asked for once.
import { reach } from './client'

export interface Told {
  /** Whether anybody is let in only with a key. */
  asksForKey: boolean
  /** Whether files that items point to can be asked for. */
  handsOutMedia: boolean
}

let told: Promise<Told> | null = null

export function serverTold(): Promise<Told> {
  told ??= reach('/console.json', {})
    .then((response) => response.json() as Promise<Told>)
    .catch((fault: unknown) => {
      told = null
      throw fault
    })
  return told
}
