// Whether schema.graphql still serves everyone whom the last release served.
//
// Compares it with that of the newest release tag. A change that breaks a client must be named in
// CHANGELOG.md, above the section of that release, under a heading `### Breaking`, as the change
// itself in backquotes: - `Ledger.ledgerId was removed.` Why, and what to do instead.
// Run from the project's root. It must never pass because it could not look.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { buildSchema, findBreakingChanges, findDangerousChanges, isInputObjectType } from 'graphql'

const SCHEMA = 'schema.graphql'
const CHANGELOG = 'CHANGELOG.md'

/** What breaks clients of the schema `before` under the schema `after`: one sentence each. */
export function breaks(before, after) {
  const [was, is] = [buildSchema(before), buildSchema(after)]
  return [...findBreakingChanges(was, is).map(({ description }) => description), ...narrowed(was, is)]
}

/** What most clients bear, but not all, such as another default: one sentence each. */
export function risks(before, after) {
  const changes = findDangerousChanges(buildSchema(before), buildSchema(after))
  return changes.map(({ description }) => description)
}

/** Inputs of which exactly one member must be given from here on, which graphql itself passes. */
function narrowed(was, is) {
  const inputs = Object.values(is.getTypeMap()).filter(type => isInputObjectType(type) && type.isOneOf)
  return inputs
    .filter(({ name }) => isInputObjectType(was.getType(name)) && !was.getType(name).isOneOf)
    .map(({ name }) => `${name} became a oneOf input.`)
}

/** The changes that the changelog names as breaking since the release `tag`. */
export function named(changelog, tag) {
  const release = `## [${tag.replace(/^v/, '')}]`
  const found = new Set()
  let heading = ''
  for (const line of changelog.split('\n')) {
    if (line.startsWith(release)) break
    if (line.startsWith('#')) heading = line.trim()
    const change = /^- `([^`]+)`/.exec(line)
    if (heading === '### Breaking' && change) found.add(change[1])
  }
  return found
}

/** The newest release tag behind the work at hand; null when there is none yet. */
function newestTag() {
  const tags = git('tag', '--merged', 'HEAD', '--list', 'v*').trim()
  return tags === '' ? null : git('describe', '--tags', '--abbrev=0', '--match', 'v*').trim()
}

/** What git answers; its refusal ends the check. */
function git(...words) {
  return execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Compares and tells; answers whether all is well. */
function check() {
  const tag = newestTag()
  if (tag === null) {
    console.log('No release is tagged yet: there is no schema to compare this one with.')
    return true
  }
  const before = git('show', `${tag}:${SCHEMA}`)
  const after = readFileSync(SCHEMA, 'utf8')
  const known = named(readFileSync(CHANGELOG, 'utf8'), tag)
  const broken = breaks(before, after)
  const unnamed = broken.filter(change => !known.has(change))
  for (const change of risks(before, after)) console.log(`Since ${tag}, may surprise: ${change}`)
  if (unnamed.length > 0) {
    console.error(`Since ${tag}, ${SCHEMA} breaks its clients in ways that ${CHANGELOG} does not name.`)
    console.error('Take them back, or add under "### Breaking" of the unreleased section, with why:')
    for (const change of unnamed) console.error(`- \`${change}\``)
    return false
  }
  const told = broken.map(change => `"${change}"`).join(', ') || 'nothing'
  console.log(`Since ${tag}, what breaks clients of ${SCHEMA}, all of it in ${CHANGELOG}: ${told}`)
  return true
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = check() ? 0 : 1
