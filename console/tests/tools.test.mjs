// The scripts that fetch what the stories need, in a world made of fakes: they ask nothing, install
// only what is missing, and end with what to do when they cannot. Nothing is really installed.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const SCRIPTS = fileURLToPath(new URL('../../scripts', import.meta.url))
/** What the scripts use of the machine that is not faked. */
const REAL = ['bash', 'env', 'timeout', 'cat', 'chmod', 'true']
const WORKS = 'echo Chromium 1.2.3'

/** A folder of programs that is all a script can see, with notes of who was called with what. */
class World {
  constructor(programs) {
    this.folder = mkdtempSync(join(tmpdir(), 'snapledger-tools-'))
    for (const name of REAL) {
      symlinkSync(execFileSync('bash', ['-c', `type -P ${name}`], { encoding: 'utf8' }).trim(), join(this.folder, name))
    }
    for (const [name, body] of Object.entries(programs)) this.add(name, body)
  }

  add(name, body) {
    const note = `echo "${name} $*" >>"${this.folder}/calls"`
    writeFileSync(join(this.folder, name), `#!/usr/bin/env bash\n${note}\n${body}\n`)
    chmodSync(join(this.folder, name), 0o755)
  }

  run(script, environment = {}) {
    const { status, stdout, stderr } = spawnSync(join(SCRIPTS, script), { env: { PATH: this.folder, ...environment }, encoding: 'utf8' })
    const calls = join(this.folder, 'calls')
    const called = existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []
    rmSync(this.folder, { recursive: true })
    return { status, told: stdout.trim(), trouble: stderr, called }
  }
}

const ROOT = { id: 'echo 0' }
const SOMEBODY = { id: 'echo 1000' }
const SUDO = { sudo: 'shift; exec "$@"' }
const UPDATE = 'apt-get -qq -o DPkg::Lock::Timeout=300 update'
const INSTALL = 'apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends chromium'
/** An apt-get that brings a Chromium with this body. */
const bringing = (body) => `case "$*" in *install*)
  printf '#!/usr/bin/env bash\\n%s\\n' '${body}' >"\${0%/*}/chromium"; chmod 755 "\${0%/*}/chromium" ;;
esac`

test('a Chromium that runs is taken, and nothing is installed', () => {
  const world = new World({ ...ROOT, 'chromium-browser': 'echo only a snap >&2; exit 1', 'google-chrome': WORKS, 'apt-get': bringing(WORKS) })
  const { status, told, called } = world.run('chromium.sh')
  assert.equal(status, 0)
  assert.equal(told, join(world.folder, 'google-chrome'))
  assert.ok(!called.some((call) => call.startsWith('apt-get')), called.join('\n'))
})

test('root installs a missing one without being asked anything', () => {
  const world = new World({ ...ROOT, 'apt-get': `[ "$DEBIAN_FRONTEND" = noninteractive ] || exit 9\n${bringing(WORKS)}` })
  const { status, told, called, trouble } = world.run('chromium.sh')
  assert.equal(status, 0, trouble)
  assert.equal(told, join(world.folder, 'chromium'))
  assert.deepEqual(called.filter((call) => call.startsWith('apt-get')), [UPDATE, INSTALL])
})

test('somebody else installs it by a sudo that asks nothing', () => {
  const world = new World({ ...SOMEBODY, ...SUDO, 'apt-get': bringing(WORKS) })
  const { status, told, called, trouble } = world.run('chromium.sh')
  assert.equal(status, 0, trouble)
  assert.equal(told, join(world.folder, 'chromium'))
  const asked = called.filter((call) => call.startsWith('sudo'))
  assert.ok(asked.length === 3 && asked.every((call) => call.startsWith('sudo -n ')), called.join('\n'))
  assert.deepEqual(called.filter((call) => call.startsWith('apt-get')), [UPDATE, INSTALL])
})

test('sources that cannot be reached do not matter when the package can be had', () => {
  const world = new World({ ...ROOT, 'apt-get': `case "$*" in *update*) exit 100 ;; esac\n${bringing(WORKS)}` })
  const { status, trouble } = world.run('chromium.sh')
  assert.equal(status, 0, trouble)
  assert.match(trouble, /apt-get update failed; trying with the lists that are there/)
})

test('what cannot be done ends with what to do', () => {
  const check = (programs, why, environment) => {
    const { status, told, trouble } = new World(programs).run('chromium.sh', environment)
    assert.notEqual(status, 0, why)
    assert.equal(told, '', why)
    assert.ok(trouble.includes(why), `${why} is not in: ${trouble}`)
    assert.match(trouble, /what now: install Chromium or Chrome yourself/)
  }
  check(ROOT, 'there is no apt-get')
  check({ ...SOMEBODY, 'apt-get': bringing(WORKS) }, 'needs root or a sudo that asks nothing')
  check({ ...SOMEBODY, sudo: 'exit 1', 'apt-get': bringing(WORKS) }, 'needs root or a sudo that asks nothing')
  check({ ...ROOT, 'apt-get': 'exit 100' }, 'apt-get could not install chromium')
  check({ ...ROOT, 'apt-get': bringing('exit 1') }, 'it does not run')
  check({ ...ROOT, chromium: WORKS }, '/no/such, which does not run', { CHROMIUM: '/no/such' })
})

test('a Node that is too old is told so, with what is needed', () => {
  const check = (version, isGood, npm = 'echo 10.0.0') => {
    const { status, trouble } = new World({ node: `echo ${version}`, npm }).run('node.sh')
    assert.equal(status === 0, isGood, version)
    if (!isGood) assert.match(trouble, /needed is Node 20\.19 or newer of 20, or 22\.12 or newer, with npm/)
  }
  for (const version of ['v20.19.0', 'v20.20.2', 'v22.12.0', 'v23.0.0', 'v24.1.0']) check(version, true)
  for (const version of ['v18.20.4', 'v20.18.3', 'v21.7.3', 'v22.11.0', 'nonsense', '']) check(version, false)
  check('v20.19.0', false, 'exit 1')
  assert.match(new World({}).run('node.sh').trouble, /here is no Node/)
})
