// Types and documents of the console, from the server's exported schema.
import type { CodegenConfig } from '@graphql-codegen/cli'

const config: CodegenConfig = {
  schema: '../schema.graphql',
  documents: 'src/api/documents/*.graphql',
  generates: {
    'src/api/generated.ts': {
      plugins: ['typescript-operations', 'typed-document-node'],
      config: {
        documentMode: 'string',
        enumType: 'string-literal',
        enumsAsTypes: true,
        skipTypename: true,
        useTypeImports: true,
        avoidOptionals: { field: true, object: true },
        onlyOperationTypes: true,
        strictScalars: true,
        scalars: {
          BigInt: 'number',
          ID: 'string',
          DateTime: 'string',
          Digest: 'string',
          JSON: 'unknown',
          XactId: 'string',
        },
      },
    },
  },
}

export default config
