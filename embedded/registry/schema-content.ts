/** What is registered: type, text and references, checked, in the one spelling by which equal schemas are found. */
import { parseSchema } from '../../avro/parse-schema.js'
import { schemaText } from '../../avro/print-schema.js'
import { namedSchemas, type AvroSchema } from '../../avro/schema.js'
import { failures } from './failure.js'

export type SchemaType = 'AVRO' | 'JSON' | 'PROTOBUF'

export interface SchemaReference {
  /** How the referring schema calls it: for Avro the full name of the type. */
  readonly name: string
  readonly subject: string
  readonly version: number
}

export interface SchemaContent {
  readonly type: SchemaType
  /** Avro: printed, without whitespace and with attributes in a fixed order; referenced types stay names. */
  readonly text: string
  readonly references: readonly SchemaReference[]
  /** Avro only. */
  readonly schema: AvroSchema | undefined
}

/** Texts of referenced schemas in order of dependency, each once. */
export type ReferenceTexts = (references: readonly SchemaReference[]) => readonly string[]

/** @throws RegistryFailure 42201 */
export function schemaContent(
  type: SchemaType,
  text: string,
  references: readonly SchemaReference[],
  textsOf: ReferenceTexts,
): SchemaContent {
  if (text.trim() === '') throw failures.invalidSchema('the schema is empty')
  const referenced = textsOf(references)
  if (type !== 'AVRO') return { type, text: type === 'JSON' ? compactJson(text) : text, references, schema: undefined }
  const parsed = parseSchema(text, { references: referenced })
  if (!parsed.ok) {
    throw failures.invalidSchema(parsed.errors.map((error) => `${error.path}: ${error.message}`).join('; '))
  }
  return { type, text: schemaText(parsed.schema, externalNames(referenced)), references, schema: parsed.schema }
}

/** Names that the references define. */
function externalNames(texts: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const [index, text] of texts.entries()) {
    const parsed = parseSchema(text, { references: texts.slice(0, index) })
    if (parsed.ok) for (const name of namedSchemas(parsed.schema).keys()) names.add(name)
  }
  return names
}

function compactJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    throw failures.invalidSchema('the JSON schema is no JSON')
  }
}

/** Equal for contents that get one id. */
export function contentKey(content: Pick<SchemaContent, 'type' | 'text' | 'references'>): string {
  return JSON.stringify([content.type, content.text, content.references.map((r) => [r.name, r.subject, r.version])])
}
