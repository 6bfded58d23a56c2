/**
 * Parses Avro schema JSON into the model of schema.ts: resolves names and namespaces, attaches logical types, checks
 * names, unions and defaults. Finds all errors of a schema at once. Does not fetch references: their texts are given.
 */
import { defaultProblem } from './default-value.js'
import { logicalTypeOf } from './logical-types.js'
import { fullNameProblem, nameProblem, qualify, quote } from './names.js'
import {
  branchName,
  namespaceOf,
  noAttributes,
  primitive,
  primitiveTypes,
  unqualified,
  type Attributes,
  type AvroSchema,
  type EnumSchema,
  type FixedSchema,
  type JsonObject,
  type JsonValue,
  type NamedSchema,
  type PrimitiveType,
  type RecordField,
  type RecordSchema,
  type SchemaProblem,
} from './schema.js'

export type ParsedSchema =
  { readonly ok: true; readonly schema: AvroSchema } | { readonly ok: false; readonly errors: readonly SchemaProblem[] }

export interface ParseOptions {
  /** Schemas whose named types this one may use; each may use those before it (Confluent's schema references). */
  readonly references?: readonly (string | JsonValue)[]
}

/** Thrown by parseSchemaOrThrow. */
export class AvroSchemaError extends Error {
  override readonly name = 'AvroSchemaError'
  constructor(readonly problems: readonly SchemaProblem[]) {
    super(`invalid Avro schema: ${problems.map((problem) => `${problem.path}: ${problem.message}`).join('; ')}`)
  }
}

/** Deeper nesting than any schema of use has; keeps hostile ones off the call stack. */
const maxDepth = 256

/** Parses schema text (a JSON document) or JSON that is parsed already. */
export function parseSchema(input: string | JsonValue, options: ParseOptions = {}): ParsedSchema {
  const parser = new SchemaParser()
  for (const [index, reference] of (options.references ?? []).entries())
    parser.parse(reference, `reference ${index + 1}`)
  const schema = parser.parse(input, 'schema')
  parser.checkDefaults()
  return parser.errors.length > 0 ? { ok: false, errors: parser.errors } : { ok: true, schema }
}

/** For schemas that were checked before: @throws AvroSchemaError. */
export function parseSchemaOrThrow(input: string | JsonValue, options?: ParseOptions): AvroSchema {
  const result = parseSchema(input, options)
  if (!result.ok) throw new AvroSchemaError(result.errors)
  return result.schema
}

/** Where the parser stands: in which namespace, under which path, how deep. */
interface Place {
  readonly namespace: string
  readonly path: string
  readonly depth: number
}

interface PendingDefault {
  readonly schema: AvroSchema
  readonly json: JsonValue
  readonly path: string
}

class SchemaParser {
  readonly errors: SchemaProblem[] = []
  private readonly names = new Map<string, NamedSchema>()
  private readonly defaults: PendingDefault[] = []

  parse(input: string | JsonValue, path: string): AvroSchema {
    let json: JsonValue = input
    // A text is a JSON document; `string` itself, unquoted, is none, though "string" in quotes is.
    if (typeof input === 'string') {
      try {
        json = JSON.parse(input) as JsonValue
      } catch (error) {
        return this.fail(path, `is no JSON: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    return this.schema(json, { namespace: '', path, depth: 0 })
  }

  /** Named types may be used before they are complete, so defaults wait until the end. */
  checkDefaults(): void {
    if (this.errors.length > 0) return
    for (const { schema, json, path } of this.defaults) {
      const problem = defaultProblem(schema, json)
      if (problem !== undefined) this.fail(path + problem.path, `bad default: ${problem.message}`)
    }
  }

  fail(path: string, message: string): AvroSchema {
    this.errors.push({ path, message })
    return primitive('null')
  }

  schema(json: JsonValue | undefined, place: Place): AvroSchema {
    if (place.depth > maxDepth) return this.fail(place.path, `is nested more than ${maxDepth} levels deep`)
    if (typeof json === 'string') return this.named(json, place)
    if (Array.isArray(json)) return this.union(json as readonly JsonValue[], place)
    if (isObject(json)) return this.object(json, place)
    return this.fail(place.path, json === undefined ? 'has no type' : `${quote(JSON.stringify(json))} is no schema`)
  }

  private named(name: string, place: Place): AvroSchema {
    if (primitiveTypes.has(name)) return primitive(name as PrimitiveType)
    const found = this.names.get(qualify(name, place.namespace)) ?? this.names.get(name)
    if (found !== undefined) return found
    if (complexTypes.has(name)) {
      return this.fail(place.path, `type "${name}" needs an object of its own: {"type": {"type": "${name}", ...}}`)
    }
    const known = [...this.names.keys()].filter((other) => unqualified(other) === unqualified(name))
    const help = known.length > 0 ? `; did you mean ${known.map((other) => quote(other)).join(' or ')}?` : ''
    return this.fail(place.path, `${quote(qualify(name, place.namespace))} is not a defined type${help}`)
  }

  private union(json: readonly JsonValue[], place: Place): AvroSchema {
    const branches: AvroSchema[] = []
    const seen = new Set<string>()
    for (const [index, item] of json.entries()) {
      const branch = this.schema(item, { ...place, path: `${place.path}<${index}>`, depth: place.depth + 1 })
      if (branch.type === 'union') this.fail(place.path, 'a union cannot hold a union directly')
      const name = branchName(branch)
      if (seen.has(name)) this.fail(place.path, `a union cannot hold ${name} twice`)
      seen.add(name)
      branches.push(branch)
    }
    return { type: 'union', branches }
  }

  private object(json: JsonObject, place: Place): AvroSchema {
    const { type } = json
    if (typeof type !== 'string') {
      const what = type === undefined ? 'the schema has no "type"' : '"type" must be a string here'
      return this.fail(place.path, what)
    }
    const deeper = { ...place, depth: place.depth + 1 }
    switch (type) {
      case 'array':
        return {
          type,
          items: this.schema(json['items'], { ...deeper, path: `${place.path}[]` }),
          attributes: attributesOf(json, ['type', 'items']),
        }
      case 'map':
        return {
          type,
          values: this.schema(json['values'], { ...deeper, path: `${place.path}{}` }),
          attributes: attributesOf(json, ['type', 'values']),
        }
      case 'enum':
      case 'fixed':
      case 'record':
      case 'error':
        return this.definition(type, json, deeper)
      default:
        return primitiveTypes.has(type) ? this.primitive(type as PrimitiveType, json) : this.named(type, place)
    }
  }

  private primitive(type: PrimitiveType, json: JsonObject): AvroSchema {
    const logical = logicalTypeOf(type, json)
    const used = logical === undefined ? [] : ['logicalType', ...(logical.kind === 'decimal' ? decimalKeys : [])]
    return { type, logical, attributes: attributesOf(json, ['type', ...used]) }
  }

  private definition(type: 'enum' | 'fixed' | 'record' | 'error', json: JsonObject, place: Place): AvroSchema {
    const { name: shortName } = json
    if (typeof shortName !== 'string') return this.fail(place.path, `the ${type} has no name`)
    const { namespace: ownNamespace } = json
    if (ownNamespace !== undefined && typeof ownNamespace !== 'string') {
      this.fail(place.path, 'the namespace is no string')
    }
    const name = qualify(shortName, typeof ownNamespace === 'string' ? ownNamespace : place.namespace)
    const path = place.depth === 1 ? unqualified(name) : place.path
    const problem = fullNameProblem(name)
    if (problem !== undefined) this.fail(path, problem)
    if (primitiveTypes.has(name)) this.fail(path, `${quote(name)} is the name of a primitive type`)
    if (this.names.has(name)) this.fail(path, `the name ${quote(name)} is defined twice`)
    const inside = { ...place, namespace: namespaceOf(name), path }
    const common = {
      name,
      aliases: this.aliases(json['aliases'], path).map((alias) => qualify(alias, inside.namespace)),
      doc: typeof json['doc'] === 'string' ? json['doc'] : undefined,
    }
    switch (type) {
      case 'enum':
        return this.enumeration(json, common, inside)
      case 'fixed':
        return this.fixed(json, common, inside)
      default: {
        const fields: RecordField[] = []
        const attributes = attributesOf(json, [...definitionKeys, 'fields'])
        const record: RecordSchema = { type: 'record', ...common, error: type === 'error', fields, attributes }
        this.names.set(name, record)
        fields.push(...this.fields(json['fields'], inside))
        return record
      }
    }
  }

  private enumeration(json: JsonObject, common: Common, place: Place): EnumSchema {
    const symbols = stringList(json['symbols'])
    if (symbols === undefined) this.fail(place.path, 'the enum has no list of symbols')
    const seen = new Set<string>()
    for (const symbol of symbols ?? []) {
      const problem = seen.has(symbol) ? `the symbol ${quote(symbol)} appears twice` : nameProblem(symbol)
      if (problem !== undefined) this.fail(place.path, problem)
      seen.add(symbol)
    }
    const { default: fallback } = json
    if (fallback !== undefined && (typeof fallback !== 'string' || !seen.has(fallback))) {
      this.fail(place.path, `the default ${JSON.stringify(fallback)} is none of the symbols`)
    }
    const schema: EnumSchema = {
      type: 'enum',
      ...common,
      symbols: symbols ?? [],
      default: typeof fallback === 'string' ? fallback : undefined,
      attributes: attributesOf(json, [...definitionKeys, 'symbols', 'default']),
    }
    this.names.set(schema.name, schema)
    return schema
  }

  private fixed(json: JsonObject, common: Common, place: Place): FixedSchema {
    const { size } = json
    const valid = typeof size === 'number' && Number.isInteger(size) && size >= 0 && size <= 0x7fffffff
    if (!valid)
      this.fail(place.path, `the size of a fixed must be a whole number of bytes, not ${JSON.stringify(size)}`)
    const logical = logicalTypeOf('fixed', json, valid ? size : 0)
    const used = logical === undefined ? [] : ['logicalType', ...decimalKeys]
    const attributes = attributesOf(json, [...definitionKeys, 'size', ...used])
    const schema: FixedSchema = { type: 'fixed', ...common, size: valid ? size : 0, logical, attributes }
    this.names.set(schema.name, schema)
    return schema
  }

  private fields(json: JsonValue | undefined, record: Place): readonly RecordField[] {
    if (!Array.isArray(json)) {
      this.fail(record.path, 'the record has no list of fields')
      return []
    }
    const taken = new Set<string>()
    return (json as readonly JsonValue[]).flatMap((item, index) => {
      const field = this.field(item, record, index)
      if (field === undefined) return []
      if (taken.has(field.name)) this.fail(record.path, `two fields have the name ${quote(field.name)}`)
      taken.add(field.name)
      return [field]
    })
  }

  private field(json: JsonValue, record: Place, index: number): RecordField | undefined {
    const name = isObject(json) ? json['name'] : undefined
    if (!isObject(json) || typeof name !== 'string') {
      this.fail(record.path, `field ${index + 1} has no name`)
      return undefined
    }
    const path = `${record.path}.${name}`
    const problem = nameProblem(name)
    if (problem !== undefined) this.fail(record.path, problem)
    const schema = this.schema(json['type'], { ...record, path })
    const { default: fallback, order = 'ascending' } = json
    if (fallback !== undefined) this.defaults.push({ schema, json: fallback, path })
    if (!isOrder(order))
      this.fail(path, `the order must be ascending, descending or ignore, not ${JSON.stringify(order)}`)
    return {
      name,
      schema,
      doc: typeof json['doc'] === 'string' ? json['doc'] : undefined,
      aliases: this.aliases(json['aliases'], path),
      order: isOrder(order) ? order : 'ascending',
      default: fallback === undefined ? undefined : { json: fallback },
      attributes: attributesOf(json, fieldKeys),
    }
  }

  private aliases(json: JsonValue | undefined, path: string): readonly string[] {
    if (json === undefined) return []
    const aliases = stringList(json)
    if (aliases === undefined) this.fail(path, 'aliases must be a list of names')
    for (const alias of aliases ?? []) {
      const problem = fullNameProblem(alias)
      if (problem !== undefined) this.fail(path, `alias: ${problem}`)
    }
    return aliases ?? []
  }
}

type Common = Pick<EnumSchema, 'name' | 'aliases' | 'doc'>

const complexTypes = new Set(['record', 'error', 'enum', 'fixed', 'array', 'map'])
const decimalKeys = ['precision', 'scale']
const definitionKeys = ['type', 'name', 'namespace', 'aliases', 'doc']
const fieldKeys = ['name', 'type', 'doc', 'aliases', 'order', 'default']

function isOrder(order: JsonValue): order is RecordField['order'] {
  return order === 'ascending' || order === 'descending' || order === 'ignore'
}

function stringList(json: JsonValue | undefined): readonly string[] | undefined {
  return Array.isArray(json) && json.every((item) => typeof item === 'string') ? json : undefined
}

function isObject(json: JsonValue | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

function attributesOf(json: JsonObject, known: readonly string[]): Attributes {
  const entries = Object.entries(json).filter(([key]) => !known.includes(key))
  return entries.length === 0 ? noAttributes : new Map(entries)
}
