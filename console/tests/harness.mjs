// What the stories stand on: the real server on a folder of its own, and a real browser. Ends only
// the processes that it began.
import assert from 'node:assert/strict'
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

/** What axe-core finds that is serious or worse, as lines, but for what `except` says by its selectors. */
export async function barriers(page, except = []) {
  // The page's own policy forbids scripts of others; this one is the test's, run from outside.
  await page.evaluate(AXE)
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => {
      const isExcepted = (place) => except.some(({ rule, within }) => rule === id && place.includes(within))
      const places = nodes.map((node) => node.target.join(' ')).filter((place) => !isExcepted(place))
      return places.length > 0 ? `${id}: ${help} (${places.slice(0, 4).join(', ')})` : null
    })
    .filter((found) => found !== null)
}

/** Where pictures of pages go; nowhere unless SCREENS names a folder. */
const SCREENS = process.env.SCREENS
const ALL_SHAPES = [
  { name: 'light-1440', width: 1440, height: 1000, scheme: 'light' },
  { name: 'dark-1440', width: 1440, height: 1000, scheme: 'dark' },
  { name: 'light-390', width: 390, height: 844, scheme: 'light' },
  { name: 'dark-390', width: 390, height: 844, scheme: 'dark' },
]
/** The shapes that a page is looked at in: all of them for pictures, else the two that differ most. */
export const SHAPES = SCREENS ? ALL_SHAPES : [ALL_SHAPES[0], ALL_SHAPES[3]]

/** Sees to it that a page fits its window, shuts nobody out and told no error; then pictures it. */
export async function prove(page, name, shape) {
  await pause(350)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  assert.ok(wide <= 0, `${shape.name}: the page is ${wide} px wider than its window`)
  assert.deepEqual(await barriers(page), [], shape.name)
  assert.deepEqual(page.faults, [], shape.name)
  await picture(page, name, shape)
}

export async function picture(page, name, shape) {
  if (!SCREENS) return
  mkdirSync(SCREENS, { recursive: true })
  await page.screenshot({ path: join(SCREENS, `${name}-${shape.name}.png`) })
}
