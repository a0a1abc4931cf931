// Packs what was built: every text is kept as gzip only, since every browser takes it, and the
// program that embeds it stays small. Says how heavy the console is, and fails over its budget.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const DIST = new URL('../dist/', import.meta.url).pathname
const TEXTS = /\.(html|js|css|svg|json|ttf)$/
const CONSOLE_BYTES_MAX = 150_000

const manifest = JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8'))

/** All files that a page needs. */
function filesOf(name, seen = new Set()) {
  const entry = manifest[name]
  if (!entry || seen.has(entry.file)) return seen
  seen.add(entry.file)
  for (const file of [...(entry.css ?? []), ...(entry.assets ?? [])]) seen.add(file)
  for (const imported of entry.imports ?? []) filesOf(imported, seen)
  return seen
}

for (const entry of readdirSync(DIST, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name)
  if (entry.isFile() && TEXTS.test(entry.name) && !path.includes('/.vite/')) {
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }))
    rmSync(path)
  }
}

function sentBytes(file) {
  const path = join(DIST, file)
  return TEXTS.test(file) ? statSync(`${path}.gz`).size : statSync(path).size
}
const files = [...filesOf('index.html')]
const bytes = files.reduce((sum, file) => sum + sentBytes(file), sentBytes('index.html'))
rmSync(join(DIST, '.vite'), { recursive: true })
for (const file of files) console.log(`${String(sentBytes(file)).padStart(8)}  ${file}`)
console.log(`${String(bytes).padStart(8)}  the console in all, of ${CONSOLE_BYTES_MAX} bytes at most`)
if (bytes > CONSOLE_BYTES_MAX) process.exit(1)
