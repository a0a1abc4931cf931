// Watches the server over one WebSocket that all subscriptions share.
//
// A watch that breaks is begun again after a pause that grows to its bound. Whoever watches the log
// gives the place to go on from anew each time, so nothing is missed and nothing told twice.
import { createClient, type Client } from 'graphql-ws'
import { untrack } from 'svelte'
import type { TypedDocumentString } from './generated'
import { credentials } from './client'
import { session } from './session.svelte'

const PAUSE_FIRST_MS = 250
const PAUSE_MAX_MS = 5_000
/** Close codes by which the server says that the key does not open. */
const REFUSED_CODES = [4401, 4403]

export type Connection = 'connecting' | 'live' | 'away'

class Line {
  state = $state<Connection>('connecting')
  /** When the server was last heard, in this machine's time. */
  heardAt = $state<number | null>(null)
  /** How often the line was up: whoever shows what may have aged reads again when it grows. */
  times = $state(0)
  /** Whether the server left this page behind and it has not caught up since. */
  isLeftBehind = $state(false)
  #client: Client | null = null

  client(): Client {
    this.#client ??= this.#open()
    return this.#client
  }

  close(): void {
    void this.#client?.dispose()
    this.#client = null
    this.state = 'connecting'
  }

  #open(): Client {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    return createClient({
      url: `${scheme}://${location.host}/graphql`,
      connectionParams: () => credentials(),
      keepAlive: 10_000,
      lazyCloseTimeout: 2_000,
      retryAttempts: 0,
      on: {
        connected: () => {
          this.state = 'live'
          this.times += 1
          this.heardAt = Date.now()
        },
        message: () => (this.heardAt = Date.now()),
        closed: (event) => {
          const code = (event as CloseEvent).code
          if (REFUSED_CODES.includes(code)) {
            session.close('This key no longer opens the ledger. Use another one.')
          } else if (code !== 1000) this.state = 'away'
        },
      },
    })
  }
}

export const line = new Line()

/** Whether a watch was ended because its answers were not taken quickly enough. */
function isLagged(fault: unknown): boolean {
  const errors = Array.isArray(fault) ? (fault as { extensions?: { code?: string } }[]) : []
  return errors.some(({ extensions }) => extensions?.code === 'LAGGED')
}

/**
 * Watches until the function it returns is called. `variables` is asked anew at each beginning;
 * `told` gets each answer; a watch that the server ends is left when `isEnding`, else begun again.
 */
export function watch<Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentString<Data, Variables>,
  variables: () => Variables,
  told: (data: Data) => void,
  isEnding = false,
): () => void {
  let stopped = false
  let stop = () => {}
  const keep = async () => {
    let pause_ms = PAUSE_FIRST_MS
    while (!stopped && session.key !== null) {
      const ended = await new Promise<'completed' | 'broken'>((resolve) => {
        stop = line.client().subscribe<Data>(
          { query: document.toString(), variables: variables() },
          {
            next: ({ data }) => {
              pause_ms = PAUSE_FIRST_MS
              if (data && !stopped) told(data)
            },
            error: (fault) => {
              if (isLagged(fault)) line.isLeftBehind = true
              resolve('broken')
            },
            complete: () => resolve('completed'),
          },
        )
      })
      if (stopped || (ended === 'completed' && isEnding)) return
      await new Promise((resolve) => setTimeout(resolve, pause_ms))
      pause_ms = Math.min(pause_ms * 2, PAUSE_MAX_MS)
    }
  }
  // Whoever begins a watch in an effect depends on what it asks for, not on the session or line.
  untrack(() => void keep())
  return () => {
    stopped = true
    stop()
  }
}
