// The rules that schema.graphql keeps: graphql-eslint's recommended ones and Relay's.
//
// Run from the project's root, so that the schema lies below the base path:
//   tests/clients/node_modules/.bin/eslint -c tests/clients/eslint.config.mjs schema.graphql
// It must never except a type, a field or a rule because the schema falls short of it.

import { readFileSync } from 'node:fs'

import graphqlPlugin from '@graphql-eslint/eslint-plugin'
import { buildSchema, isObjectType } from 'graphql'

const SCHEMA = 'schema.graphql'
const rules = graphqlPlugin.configs

/** Object types that do not implement `Node`: an item has its key, a version its xact id. */
function typesWithoutGlobalId() {
  const types = Object.values(buildSchema(readFileSync(SCHEMA, 'utf8')).getTypeMap())
  const withoutId = types.filter(
    type => isObjectType(type) && !type.getInterfaces().some(({ name }) => name === 'Node'),
  )
  return withoutId.map(({ name }) => name)
}

export default [
  {
    files: [SCHEMA],
    languageOptions: {
      parser: graphqlPlugin.parser,
      parserOptions: { graphQLConfig: { schema: SCHEMA } },
    },
    plugins: { '@graphql-eslint': graphqlPlugin },
    rules: {
      ...rules['flat/schema-recommended'].rules,
      ...rules['flat/schema-relay'].rules,
      // Stricter than recommended, which asks for types and root fields only.
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          DirectiveDefinition: true,
          EnumValueDefinition: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          rootField: true,
        },
      ],
      '@graphql-eslint/strict-id-in-types': [
        'error',
        { exceptions: { types: typesWithoutGlobalId() } },
      ],
      // Most listings are read forwards only.
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
      // A list may also hold its entries bare (`nodes`), and an entry need not have a global id.
      '@graphql-eslint/relay-edge-types': [
        'error',
        { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: false },
      ],
    },
  },
]
