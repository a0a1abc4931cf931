// The audits of GraphQL over HTTP that the npm package graphql-http keeps: all of them, no list
// of exceptions.
//
// Usage: node audits.mjs ADDRESS KEY

import { serverAudits } from 'graphql-http'

/** So many audits there are; a package that has fewer proves less. */
const AUDITS = 61

const [address, key] = process.argv.slice(2)
const audits = serverAudits({
  url: `${address}/graphql`,
  fetchFn: (url, { headers, ...rest } = {}) =>
    fetch(url, { ...rest, headers: { ...headers, authorization: `Bearer ${key}` } }),
})
const failed = []
for (const audit of audits) {
  const result = await audit.fn()
  if (result.status !== 'ok') failed.push(`${audit.id} ${audit.name}: ${result.reason}`)
}
for (const failure of failed) console.error(failure)
console.log(`${audits.length - failed.length} of ${audits.length} audits passed`)
process.exitCode = failed.length === 0 && audits.length === AUDITS ? 0 : 1
