/** Schemas for `produce` and `tail`: each is fetched once. */
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'
import type { AvroSchema } from '../../avro/schema.js'
import { isNotFound, versionTexts, type RegistryClient, type SchemaReference } from '../../registry/index.js'
import type { Project } from '../config-file.js'
import type { RegisteredSchema } from '../kafka/parse-line.js'
import { registryClient } from './client.js'

export interface SchemaSource extends Disposable {
  byId(this: void, id: number): Promise<AvroSchema>
  /** undefined: no such subject. */
  latest(this: void, subject: string): Promise<RegisteredSchema | undefined>
}

/** undefined: no registry is configured. */
export function schemaSource(project: Project): SchemaSource | undefined {
  const client = registryClient(project)
  if (client === undefined) return undefined
  const known = new Map<number, Promise<AvroSchema>>()
  return {
    byId: (id) => {
      const found = known.get(id) ?? fetchById(client, id)
      known.set(id, found)
      return found
    },
    latest: async (subject) => {
      try {
        const { id, schema, references } = await client.version(subject, 'latest')
        return { id, schema: await parsed(client, schema, references) }
      } catch (error) {
        if (isNotFound(error)) return undefined
        throw error
      }
    },
    [Symbol.dispose]: () => client.close(),
  }
}

async function fetchById(client: RegistryClient, id: number): Promise<AvroSchema> {
  const { schema, references } = await client.schemaById(id)
  return parsed(client, schema, references ?? [])
}

async function parsed(
  client: RegistryClient,
  schema: string,
  references: readonly SchemaReference[],
): Promise<AvroSchema> {
  const { text, references: texts } = await versionTexts(client, schema, references)
  return parseSchemaOrThrow(text, { references: texts })
}
