// What the server says of itself before anything is asked of it. Asked for once.
import { reach } from './client'

export interface Told {
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
