// Asks the server: one POST to /graphql for a typed document.
//
// Every trouble becomes one kind of error with a code, a message and what to do. A key that no
// longer opens ends the session here, and nowhere else.
import type { TypedDocumentString } from './generated'
import { session } from './session.svelte'

/** How long one answer may take; the server itself gives up after 10 seconds. */
const ANSWER_MAX_MS = 20_000

/** What went wrong, in words for people, with the server's stable code. */
export class Trouble extends Error {
  readonly code: string
  readonly hint: string | null

  constructor(code: string, message: string, hint: string | null = null) {
    super(message)
    this.code = code
    this.hint = hint
  }

  /** Whether the server could not be reached at all. */
  get isOffline(): boolean {
    return this.code === 'OFFLINE'
  }
}

interface Answer<Data> {
  data?: Data | null
  errors?: { message: string; extensions?: { code?: string; hint?: string } }[]
}

export async function ask<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const key = session.key
  if (key === null) throw new Trouble('UNAUTHENTICATED', 'nobody is signed in')
  return askAs(key, document, variables)
}

/** As `ask`, with a key that is not the session's yet. */
export async function askAs<Data, Variables>(
  key: string,
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const response = await reach('/graphql', {
    method: 'POST',
    headers: {
      Accept: 'application/json',
      ...credentialsOf(key),
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ query: document.toString(), variables }),
  })
  const answer = (await response.json().catch(() => ({}))) as Answer<Data>
  const error = answer.errors?.[0]
  if (error) {
    const { code = 'UNKNOWN', hint = null } = error.extensions ?? {}
    if (response.status === 401) endIfCurrent(key)
    throw new Trouble(code, error.message, hint)
  }
  if (answer.data === undefined || answer.data === null) {
    throw new Trouble('UNKNOWN', `the server answered ${response.status} without data`)
  }
  return answer.data
}

/** A request that fails in one way only when the server is away. */
export async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    const response = await fetch(path, { signal: AbortSignal.timeout(ANSWER_MAX_MS), ...init })
    if (response.status === 503) throw away('the server is starting')
    return response
  } catch (fault) {
    if (fault instanceof Trouble) throw fault
    throw away('the server does not answer')
  }
}

/** Headers for paths beside GraphQL. */
export function credentials(): Record<string, string> {
  return credentialsOf(session.key ?? '')
}

/** Nothing for the empty key: where none is asked for, none is sent. */
export function credentialsOf(key: string): Record<string, string> {
  return key === '' ? {} : { Authorization: `Bearer ${key}` }
}

function away(message: string): Trouble {
  return new Trouble('OFFLINE', message, 'It is asked again as soon as it is back.')
}

function endIfCurrent(key: string): void {
  if (session.key === key) session.close('This key no longer opens the ledger. Use another one.')
}

/** A fresh key by which the server recognises a retry. */
export function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
