// Something read from the server: loading, there, or in trouble, and kept while it is read again.
//
// Of several readings under way only the last one begun counts.
import { Trouble } from '../api/client'

export class Resource<Data> {
  data = $state.raw<Data | null>(null)
  trouble = $state.raw<Trouble | null>(null)
  isLoading = $state(true)
  #turn = 0

  /** Reads; what is there stays shown until the answer comes. */
  async read(reading: () => Promise<Data>): Promise<void> {
    const turn = ++this.#turn
    this.isLoading = true
    try {
      const data = await reading()
      if (turn !== this.#turn) return
      this.data = data
      this.trouble = null
    } catch (fault) {
      if (turn !== this.#turn) return
      this.trouble = asTrouble(fault)
    } finally {
      if (turn === this.#turn) this.isLoading = false
    }
  }

  /** Forgets what was there, for another thing to be read. */
  clear(): void {
    this.#turn += 1
    this.data = null
    this.trouble = null
    this.isLoading = true
  }
}

export function asTrouble(fault: unknown): Trouble {
  if (fault instanceof Trouble) return fault
  return new Trouble('UNKNOWN', fault instanceof Error ? fault.message : String(fault))
}
