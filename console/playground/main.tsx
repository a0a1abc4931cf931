// The playground: GraphiQL, bundled whole, with the console's key and live subscriptions.
import { createGraphiQLFetcher } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import { createClient } from 'graphql-ws'
import { useEffect, useState, type FormEvent } from 'react'
import { createRoot } from 'react-dom/client'
import { FIRST_OPERATIONS } from './operations'
import './playground.css'

// The same place as the console's: whoever signed in there is signed in here.
const KEY_NAME = 'snapledger.key'
/** Light or dark, where somebody chose in the console; else as the system has it. */
const THEME_NAME = 'snapledger.theme'

/** Nothing for the empty key: where none is asked for, none is sent. */
function headersOf(key: string): Record<string, string> {
  return key === '' ? {} : { Authorization: `Bearer ${key}` }
}

function Playground({ credential, leave }: { credential: string; leave: () => void }) {
  const [fetcher] = useState(() => {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    return createGraphiQLFetcher({
      url: '/graphql',
      headers: headersOf(credential),
      wsClient: createClient({
        url: `${scheme}://${location.host}/graphql`,
        connectionParams: headersOf(credential),
      }),
    })
  })
  const chosen = localStorage.getItem(THEME_NAME)
  const theme = chosen === 'light' || chosen === 'dark' ? { forcedTheme: chosen } as const : {}
  return (
    <GraphiQL {...theme} fetcher={fetcher} defaultTabs={FIRST_OPERATIONS} shouldPersistHeaders={false}>
      <GraphiQL.Logo>
        <span className="way">
          <a href="/">snapledger</a>
          <button type="button" onClick={leave}>
            Sign out
          </button>
        </span>
      </GraphiQL.Logo>
    </GraphiQL>
  )
}

async function opens(key: string): Promise<boolean> {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { ...headersOf(key), 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: '{ viewer { subject } }' }),
  })
  return response.ok
}

function SignIn({ enter }: { enter: (key: string) => void }) {
  const [key, setKey] = useState('')
  const [refusal, setRefusal] = useState('')
  async function submit(event: FormEvent) {
    event.preventDefault()
    if (key.trim() === '') return
    const isRight = await opens(key.trim()).catch(() => null)
    if (isRight) enter(key.trim())
    else setRefusal(isRight === null ? 'The server does not answer.' : 'This key does not open the ledger.')
  }
  return (
    <main className="sign-in">
      <form onSubmit={submit}>
        <h1>Playground</h1>
        <label>
          Your key
          <input type="password" value={key} onChange={(event) => setKey(event.target.value)} placeholder="sl_…" autoComplete="current-password" autoFocus />
        </label>
        <p role="alert">{refusal}</p>
        <button>Open the playground</button>
        <a href="/">To the console</a>
      </form>
    </main>
  )
}

function App() {
  const [key, setKey] = useState(() => sessionStorage.getItem(KEY_NAME) ?? localStorage.getItem(KEY_NAME))
  useEffect(() => {
    if (key !== null) return
    fetch('/console.json')
      .then((response) => response.json())
      .then(({ asksForKey }) => asksForKey === false && setKey(''))
      .catch(() => undefined)
  }, [key])
  function enter(given: string) {
    sessionStorage.setItem(KEY_NAME, given)
    setKey(given)
  }
  function leave() {
    sessionStorage.removeItem(KEY_NAME)
    localStorage.removeItem(KEY_NAME)
    setKey(null)
  }
  return key === null ? <SignIn enter={enter} /> : <Playground credential={key} leave={leave} />
}

const target = document.getElementById('playground')
if (target) createRoot(target).render(<App />)
