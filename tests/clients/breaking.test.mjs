// The check for breaking changes, on small schemas and changelogs of its own.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { breaks, named, risks } from './breaking.mjs'

const BEFORE = `
  type Query { ledger(at: String): Ledger, nobody: Int }
  type Ledger { id: ID!, head: String! }
  input Target { at: String, id: ID }
  enum Role { ADMIN VIEWER }
`

const HARMLESS = [
  ['a field more', 'head: String!', 'head: String!, version: String'],
  ['an argument more that may be left out', '(at: String)', '(at: String, by: String)'],
  ['an answer that is never null any more', 'nobody: Int', 'nobody: Int!'],
  ['a type more', 'enum Role', 'scalar Time enum Role'],
]
const BREAKING = [
  ['a field less', ', head: String!', '', 'Ledger.head was removed.'],
  ['an answer that may be null', 'head: String!', 'head: String', 'changed type'],
  ['an argument that must be given', '(at: String)', '(at: String!)', 'has changed type'],
  ['an enum value less', 'ADMIN VIEWER', 'VIEWER', 'ADMIN was removed from enum type Role.'],
  ['a type of another kind', 'enum Role { ADMIN VIEWER }', 'scalar Role', 'Role changed from'],
  ['an input that takes one member only', 'input Target', 'input Target @oneOf', 'became a oneOf'],
]

for (const [what, old, fresh] of HARMLESS) {
  test(`${what} breaks nobody`, () => {
    assert.deepEqual(breaks(BEFORE, changed(old, fresh)), [])
  })
}

for (const [what, old, fresh, told] of BREAKING) {
  test(`${what} breaks clients`, () => {
    const found = breaks(BEFORE, changed(old, fresh))
    assert.equal(found.length, 1, found.join('\n'))
    assert.ok(found[0].includes(told), found[0])
  })
}

test('an enum value more is told, and breaks nobody', () => {
  const after = changed('ADMIN VIEWER', 'ADMIN EDITOR VIEWER')
  assert.deepEqual(breaks(BEFORE, after), [])
  assert.equal(risks(BEFORE, after).length, 1)
})

test('only what stands under Breaking above the release is named', () => {
  const changelog = [
    '# Changelog',
    '## [Unreleased]: 0.2.0',
    '### Added',
    '- `Ledger.more was removed.` stands under another heading.',
    '### Breaking',
    '- `Ledger.head was removed.` Ask for `viewPosition`.',
    'Not a point: `Ledger.id was removed.`',
    '## [0.1.0]',
    '### Breaking',
    '- `Ledger.old was removed.` That was then.',
  ]
  assert.deepEqual([...named(changelog.join('\n'), 'v0.1.0')], ['Ledger.head was removed.'])
})

function changed(old, fresh) {
  assert.ok(BEFORE.includes(old), old)
  return BEFORE.replace(old, fresh)
}
