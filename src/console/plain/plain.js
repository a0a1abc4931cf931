// The plain page: health, datasets and the latest events, asked for every few seconds.
// Nothing is asked for before there is a key.
'use strict'

const KEY_NAME = 'snapledger.key'
const ASK_AGAIN_MS = 3000
const QUESTION = `{
  ledger { head viewPosition version }
  datasets(first: 100, orderBy: { field: UPDATED_AT, direction: DESC }) {
    nodes { name status itemCount isModified currentSnapshot { name } }
  }
  events(last: 30) { nodes { recordedAt type actor dataset { name } } }
}`

const element = (id) => document.getElementById(id)
let timer

function line(cells) {
  const row = document.createElement('tr')
  for (const text of cells) {
    const cell = document.createElement('td')
    cell.textContent = text
    row.append(cell)
  }
  return row
}

function show({ ledger, datasets, events }) {
  const lag = BigInt(ledger.head) - BigInt(ledger.viewPosition)
  element('health').textContent = `It answers; its queries are ${lag} events behind its log. snapledger ${ledger.version}`
  element('datasets').replaceChildren(
    ...datasets.nodes.map(({ name, status, itemCount, isModified, currentSnapshot }) =>
      line([name, status, itemCount, `${currentSnapshot?.name ?? 'none'}${isModified ? ' (modified)' : ''}`]),
    ),
  )
  element('events').replaceChildren(
    ...events.nodes.reverse().map(({ recordedAt, type, actor, dataset }) =>
      line([new Date(recordedAt).toLocaleString(), type, dataset?.name ?? '', actor]),
    ),
  )
  element('shown').hidden = false
  element('key-form').hidden = true
}

async function look(key) {
  clearTimeout(timer)
  try {
    const answer = await fetch('/graphql', {
      method: 'POST',
      headers: { ...(key && { Authorization: `Bearer ${key}` }), 'Content-Type': 'application/json' },
      body: JSON.stringify({ query: QUESTION }),
    })
    if (answer.status === 401) {
      sessionStorage.removeItem(KEY_NAME)
      element('trouble').textContent = 'This key does not open the ledger.'
      element('shown').hidden = true
      element('key-form').hidden = false
      return
    }
    const { data, errors } = await answer.json()
    if (errors) throw new Error(errors[0].message)
    element('trouble').textContent = ''
    if (key) sessionStorage.setItem(KEY_NAME, key)
    show(data)
  } catch (fault) {
    element('trouble').textContent = `The server does not answer as it should: ${fault.message}`
  }
  timer = setTimeout(() => look(key), ASK_AGAIN_MS)
}

element('key-form').addEventListener('submit', (event) => {
  event.preventDefault()
  const key = element('key').value.trim()
  if (key !== '') look(key)
})
const kept = sessionStorage.getItem(KEY_NAME)
if (kept) look(kept)
else {
  // A server that lets everyone in is sent no key.
  fetch('/console.json')
    .then((answer) => answer.json())
    .then(({ asksForKey }) => asksForKey || look(''))
    .catch(() => undefined)
}
