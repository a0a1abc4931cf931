// The tail of the log: which datasets something has just happened to, and how far the log is.
//
// One watch for the whole console. It goes on from its last checkpoint after every break, so a page
// that listens here hears of every event once.
import { ask } from '../api/client'
import { FactsDocument, LedgerStateDocument, type FactsSubscription } from '../api/generated'
import { line, watch } from '../api/socket.svelte'

export type Fact = FactsSubscription['events']['events'][number]

/** Listeners are told together, at most once in this time. */
const GATHER_MS = 120
const ASK_AGAIN_MS = 15_000
const TOLD_MS = 4_000

class Tail {
  /** The last event heard of. */
  head = $state<string | null>(null)
  /** The last event that queries see. */
  seen = $state<string | null>(null)
  ledgerId = $state<string | null>(null)
  version = $state<string | null>(null)
  #listeners = new Set<(facts: Fact[]) => void>()
  #gathered: Fact[] = []
  #timer: ReturnType<typeof setTimeout> | null = null
  #caughtUp: ReturnType<typeof setTimeout> | null = null

  /** Follows the log from the head that is known until the function it returns is called. */
  follow(): () => void {
    const stop = watch(
      FactsDocument,
      () => ({ after: this.head }),
      ({ events }) => this.#take(events),
    )
    const looking = setInterval(() => void this.look(), ASK_AGAIN_MS)
    return () => {
      stop()
      clearInterval(looking)
    }
  }

  /** Asks how far the queries of this node are. */
  async look(): Promise<void> {
    const { ledger } = await ask(LedgerStateDocument, {}).catch(() => ({ ledger: null }))
    if (ledger === null) return
    this.seen = ledger.viewPosition
    this.ledgerId = ledger.id
    this.version = ledger.version
  }

  listen(told: (facts: Fact[]) => void): () => void {
    this.#listeners.add(told)
    return () => this.#listeners.delete(told)
  }

  #tellCaughtUp(): void {
    this.#caughtUp = null
    line.isLeftBehind = false
  }

  #take(batch: FactsSubscription['events']): void {
    this.head = batch.checkpoint
    // Said for a moment, or nobody could read it.
    if (batch.caughtUp && line.isLeftBehind) this.#caughtUp ??= setTimeout(() => this.#tellCaughtUp(), TOLD_MS)
    if (batch.events.length === 0) return
    this.#gathered.push(...batch.events)
    this.#timer ??= setTimeout(() => {
      const facts = this.#gathered
      this.#gathered = []
      this.#timer = null
      for (const told of this.#listeners) told(facts)
    }, GATHER_MS)
  }
}

export const tail = new Tail()

/** Calls `again` when something happened that `concerns` it, and after the line was down. */
export function onNews(concerns: (fact: Fact) => boolean, again: () => void): void {
  $effect(() =>
    tail.listen((facts) => {
      if (facts.some(concerns)) again()
    }),
  )
  let times = line.times
  $effect(() => {
    if (line.times !== times) {
      times = line.times
      again()
    }
  })
}
