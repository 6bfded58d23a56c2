/** Compatibility of a new version of a schema with the old ones, by the levels of a Confluent-compatible registry. */
import { resolveSchemas, type Incompatibility } from './resolve.js'
import type { AvroSchema } from './schema.js'

export const compatibilityLevels = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const
export type CompatibilityLevel = (typeof compatibilityLevels)[number]

export interface VersionIncompatibility extends Incompatibility {
  /** Index in the list of old schemas. */
  readonly old: number
  /** Which schema would be the reader: `new` reads old data (backward), or `old` reads new data (forward). */
  readonly reader: 'new' | 'old'
}

export function isCompatibilityLevel(text: unknown): text is CompatibilityLevel {
  return (compatibilityLevels as readonly unknown[]).includes(text)
}

/**
 * What stands against a new schema; empty: it is compatible. `old`: the versions there are, oldest first; all are
 * compared for a transitive level, else the last one. Like registries, it does not look at logical types.
 */
export function checkCompatibility(
  schema: AvroSchema,
  old: readonly AvroSchema[],
  level: CompatibilityLevel,
): readonly VersionIncompatibility[] {
  if (level === 'NONE') return []
  const indexes = [...old.keys()].reverse()
  const compared = level.endsWith('_TRANSITIVE') ? indexes : indexes.slice(0, 1)
  const backward = !level.startsWith('FORWARD')
  const forward = !level.startsWith('BACKWARD')
  return compared.flatMap((index) => {
    const before = old[index]
    if (before === undefined) return []
    return [
      ...(backward ? canRead(schema, before).map((error) => ({ ...error, old: index, reader: 'new' as const })) : []),
      ...(forward ? canRead(before, schema).map((error) => ({ ...error, old: index, reader: 'old' as const })) : []),
    ]
  })
}

/** What of a writer's data the reader cannot read. */
export function canRead(reader: AvroSchema, writer: AvroSchema): readonly Incompatibility[] {
  return resolveSchemas(writer, reader, { logicalTypes: 'ignore' }).errors
}
