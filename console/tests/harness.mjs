// What the stories stand on: the real server on a folder of its own, and a real browser. Ends only
// the processes that it began.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { Ledger } from './seed.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PROGRAM = process.env.SNAPLEDGER ?? join(ROOT, 'target/debug/snapledger')
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const READY_TURNS_MAX = 300
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
]

export const KEY = 'sl_the_key_of_the_console_stories'

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** A folder that servers run on, one after the other, at one address. */
export class Home {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'snapledger-console-'))
    this.media = join(this.folder, 'media')
    mkdirSync(this.media)
    this.port = 0
    this.process = null
  }

  async start({ media = false, isOpen = false } = {}) {
    const wanted = ['serve', '--data', join(this.folder, 'data'), '--listen', `127.0.0.1:${this.port}`]
    if (isOpen) wanted.push('--insecure-no-auth')
    if (media) wanted.push('--media-root', this.media)
    this.process = spawn(PROGRAM, wanted, { env: { ...process.env, SNAPLEDGER_BOOTSTRAP_KEY: KEY }, stdio: ['ignore', 'pipe', 'pipe'] })
    this.told = ''
    this.process.stderr.on('data', (chunk) => (this.told += chunk))
    this.url = await new Promise((resolve, reject) => {
      let said = ''
      this.process.stdout.on('data', (chunk) => {
        said += chunk
        const address = /serves (http:\S+)/.exec(said)?.[1]
        if (address) resolve(address)
      })
      this.process.on('error', (error) => reject(new Error(`no server; build it first, or say where it is in SNAPLEDGER: ${error.message}`)))
      this.process.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${this.told}`)))
    })
    this.port = Number(new URL(this.url).port)
    for (let turn = 0; turn < READY_TURNS_MAX; turn += 1) {
      const ready = await fetch(`${this.url}/readyz`).catch(() => null)
      if (ready?.ok) break
      await pause(20)
    }
    this.ledger = new Ledger(this.url, KEY)
    return this
  }

  /** Ends the server at once, as a crash would. */
  async kill() {
    const ended = new Promise((resolve) => this.process.once('exit', resolve))
    this.process.kill('SIGKILL')
    await ended
  }

  async close() {
    if (this.process && this.process.exitCode === null && this.process.signalCode === null) await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A browser, whose pages note every error of theirs and every request off the machine. */
export class Browser {
  static async open() {
    const browser = new Browser()
    browser.chromium = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
    return browser
  }

  /** A page that is signed in unless `key` is null. */
  async page(home, { key = KEY, width = 1440, height = 900, scheme = 'light' } = {}) {
    const context = await this.chromium.newContext({ viewport: { width, height }, colorScheme: scheme, reducedMotion: 'reduce' })
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    page.faults = []
    page.isServerAway = false
    page.on('console', (message) => {
      if (message.type() === 'error' && !page.isServerAway) page.faults.push(`console: ${message.text()}`)
    })
    page.on('pageerror', (error) => page.faults.push(`page: ${error.message}`))
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url())
      const isOwn = host === new URL(home.url).host || protocol === 'blob:' || protocol === 'data:'
      if (!isOwn) page.faults.push(`a request off the machine: ${request.url()}`)
    })
    if (key !== null) await context.addInitScript((key) => sessionStorage.setItem('snapledger.key', key), key)
    page.open = (path) => page.goto(home.url + path)
    return page
  }

  close() {
    return this.chromium.close()
  }
}

/** What axe-core finds that is serious or worse, as lines. */
export async function barriers(page) {
  // The page's own policy forbids scripts of others; this one is the test's, run from outside.
  await page.evaluate(AXE)
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target.join(' ')).slice(0, 4).join(', ')})`)
}
