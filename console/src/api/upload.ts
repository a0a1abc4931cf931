// Sends a file of items to the bulk door and tells how far it is. The API for this is HTTP, since
// a GraphQL body is small; everything else goes through GraphQL.
import { credentials, Trouble } from './client'

export interface Uploaded {
  xactId: string
  added: number
  removed: number
  modified: number
  unchanged: number
}

export interface Sending {
  sent: number
  total: number
}

/** What a file is, by its name; null when it is nothing that can be read. */
export function formatOf(name: string): { type: string; encoding: string | null } | null {
  const match = /\.(csv|ndjson|jsonl)(\.gz|\.zst)?$/i.exec(name)
  if (!match) return null
  const type = match[1]?.toLowerCase() === 'csv' ? 'text/csv' : 'application/x-ndjson'
  const encoding = { '.gz': 'gzip', '.zst': 'zstd' }[match[2]?.toLowerCase() ?? ''] ?? null
  return { type, encoding }
}

/** Sends the file; `told` hears how much of it has left. Rejects with the server's refusal. */
export function upload(
  datasetId: string,
  file: File,
  asked: { mode: 'upsert' | 'replace'; message: string },
  told: (sending: Sending) => void,
): { done: Promise<Uploaded>; cancel: () => void } {
  const request = new XMLHttpRequest()
  const done = new Promise<Uploaded>((resolve, reject) => {
    const format = formatOf(file.name)
    if (!format) {
      reject(new Trouble('BAD_INPUT', `${file.name} is neither CSV nor NDJSON`))
      return
    }
    const search = new URLSearchParams({ mode: asked.mode })
    if (asked.message !== '') search.set('message', asked.message)
    request.open('POST', `/v1/datasets/${datasetId}/items?${search}`)
    for (const [name, value] of Object.entries(credentials())) request.setRequestHeader(name, value)
    request.setRequestHeader('Content-Type', format.type)
    if (format.encoding) request.setRequestHeader('Content-Encoding', format.encoding)
    request.upload.onprogress = ({ loaded }) => told({ sent: loaded, total: file.size })
    request.onabort = () => reject(new Trouble('CANCELLED', 'the import was called off; nothing of it remains'))
    request.onerror = () => reject(new Trouble('OFFLINE', 'the server went away before it was done'))
    request.onload = () => {
      const answer = parsed(request.responseText)
      if (request.status === 200) resolve(answer as unknown as Uploaded)
      else reject(refusal(request.status, answer))
    }
    request.send(file)
  })
  return { done, cancel: () => request.abort() }
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
}

function refusal(status: number, answer: Record<string, unknown>): Trouble {
  const line = typeof answer.line === 'number' ? `Line ${answer.line}: ` : ''
  const message = typeof answer.message === 'string' ? answer.message : `the server answered ${status}`
  const hint = typeof answer.hint === 'string' ? answer.hint : null
  return new Trouble(String(answer.code ?? 'UNKNOWN'), line + message, hint)
}
