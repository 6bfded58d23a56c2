/**
 * Schema resolution: how data written with one schema is read as another, as plain data that an interpreter walks and
 * a code generator turns into code. Recursive types give a cyclic tree, with one node a pair of records.
 *
 * The tree is total: where the schemas do not fit it holds an `error` node, reached only by data of that branch, and
 * `errors` lists all of them. Choices follow Java: named types match by unqualified name or the reader's aliases; a
 * union branch of the same type and name wins over one that needs a promotion, else the first that fits. Stricter than
 * Java: a logical type is never read as one with another unit or scale, which would be silently wrong; `logicalTypes:
 * 'ignore'` turns that off for registries, which do not look at them.
 */
import { describeLogical } from './logical-types.js'
import {
  branchName,
  isNamed,
  isPrimitive,
  logicalOf,
  unqualified,
  type ArraySchema,
  type AvroSchema,
  type EnumSchema,
  type FixedSchema,
  type LogicalType,
  type MapSchema,
  type NamedSchema,
  type PrimitiveSchema,
  type PrimitiveType,
  type RecordField,
  type RecordSchema,
  type SchemaProblem,
  type UnionSchema,
} from './schema.js'

export type Resolution =
  /** Where the types differ it is a promotion: int → long → float → double, string ↔ bytes. */
  | { readonly kind: 'primitive'; readonly writer: PrimitiveSchema; readonly reader: PrimitiveSchema }
  | { readonly kind: 'fixed'; readonly writer: FixedSchema; readonly reader: FixedSchema }
  | EnumResolution
  | { readonly kind: 'array'; readonly writer: ArraySchema; readonly reader: ArraySchema; readonly items: Resolution }
  | { readonly kind: 'map'; readonly writer: MapSchema; readonly reader: MapSchema; readonly values: Resolution }
  | RecordResolution
  /** By the branch index on the wire. Where the reader is a union too, branches are `reader-union` or `error`. */
  | {
      readonly kind: 'writer-union'
      readonly writer: UnionSchema
      readonly reader: AvroSchema
      readonly branches: readonly Resolution[]
    }
  /** The writer has no union here: every value is one branch of the reader's. */
  | {
      readonly kind: 'reader-union'
      readonly writer: AvroSchema
      readonly reader: UnionSchema
      readonly branch: number
      readonly value: Resolution
    }
  | ErrorResolution

export interface EnumResolution {
  readonly kind: 'enum'
  readonly writer: EnumSchema
  readonly reader: EnumSchema
  /** By the index on the wire; undefined: the reader knows neither the symbol nor a default. */
  readonly symbols: readonly (string | undefined)[]
}

export interface RecordResolution {
  readonly kind: 'record'
  readonly writer: RecordSchema
  readonly reader: RecordSchema
  /** In the order of the writer: the order on the wire. */
  readonly fields: readonly WriterField[]
  /** Fields of the reader that the writer lacks, all with a default. */
  readonly missing: readonly MissingField[]
}

export type WriterField =
  | { readonly action: 'skip'; readonly field: RecordField }
  | {
      readonly action: 'read'
      readonly field: RecordField
      /** Field of the reader, and its position in the reader's record. */
      readonly reader: RecordField
      readonly index: number
      readonly value: Resolution
    }

export interface MissingField {
  readonly field: RecordField
  readonly index: number
  readonly default: NonNullable<RecordField['default']>
}

/** Data that comes here cannot be read. */
export interface ErrorResolution extends SchemaProblem {
  readonly kind: 'error'
  readonly writer: AvroSchema
  readonly reader: AvroSchema
}

/** Names of Java's SchemaCompatibility, which registries report, and one of ours: LOGICAL_TYPE_MISMATCH. */
export type IncompatibilityKind =
  | 'NAME_MISMATCH'
  | 'FIXED_SIZE_MISMATCH'
  | 'MISSING_ENUM_SYMBOLS'
  | 'READER_FIELD_MISSING_DEFAULT_VALUE'
  | 'TYPE_MISMATCH'
  | 'MISSING_UNION_BRANCH'
  | 'LOGICAL_TYPE_MISMATCH'

export interface Incompatibility extends SchemaProblem {
  readonly kind: IncompatibilityKind
  /** Only some data cannot be read: one branch of a union, some symbols of an enum. */
  readonly conditional: boolean
}

export interface SchemaResolution {
  readonly resolution: Resolution
  /** Empty: all data of the writer can be read. */
  readonly errors: readonly Incompatibility[]
}

export interface ResolveOptions {
  /** Default `check`. */
  readonly logicalTypes?: 'check' | 'ignore'
}

export function resolveSchemas(writer: AvroSchema, reader: AvroSchema, options: ResolveOptions = {}): SchemaResolution {
  const resolver = new Resolver(options.logicalTypes !== 'ignore')
  const path = isNamed(reader) ? unqualified(reader.name) : 'schema'
  const resolution = resolver.resolve(writer, reader, path, false)
  return { resolution, errors: resolver.errors }
}

class Resolver {
  errors: Incompatibility[] = []
  private records = new Map<string, RecordResolution>()

  constructor(private readonly checkLogicalTypes: boolean) {}

  resolve(writer: AvroSchema, reader: AvroSchema, path: string, conditional: boolean): Resolution {
    if (writer.type === 'union') {
      const branches = writer.branches.map((branch) => this.resolve(branch, reader, path, true))
      return { kind: 'writer-union', writer, reader, branches }
    }
    if (reader.type === 'union') return this.readerUnion(writer, reader, path, conditional)
    const at = { writer, reader, path, conditional }
    if (isPrimitive(writer) && isPrimitive(reader)) return this.primitive(writer, reader, at)
    if (isNamed(writer) && isNamed(reader) && writer.type === reader.type && !namesMatch(writer, reader)) {
      return this.fail(
        at,
        'NAME_MISMATCH',
        `the writer's ${writer.type} ${writer.name} is not ${reader.name} or an alias`,
      )
    }
    if (writer.type === 'array' && reader.type === 'array') {
      return {
        kind: 'array',
        writer,
        reader,
        items: this.resolve(writer.items, reader.items, `${path}[]`, conditional),
      }
    }
    if (writer.type === 'map' && reader.type === 'map') {
      return {
        kind: 'map',
        writer,
        reader,
        values: this.resolve(writer.values, reader.values, `${path}{}`, conditional),
      }
    }
    if (writer.type === 'enum' && reader.type === 'enum') return this.enumeration(writer, reader, at)
    if (writer.type === 'fixed' && reader.type === 'fixed') return this.fixed(writer, reader, at)
    if (writer.type === 'record' && reader.type === 'record') return this.record(writer, reader, at)
    return this.typeMismatch(at)
  }

  private primitive(writer: PrimitiveSchema, reader: PrimitiveSchema, at: Position): Resolution {
    if (!promotes(writer.type, reader.type)) return this.typeMismatch(at)
    return this.logicalMismatch(at) ?? { kind: 'primitive', writer, reader }
  }

  private logicalMismatch(at: Position): ErrorResolution | undefined {
    const problem = this.checkLogicalTypes ? logicalProblem(at.writer, at.reader) : undefined
    return problem === undefined ? undefined : this.fail(at, 'LOGICAL_TYPE_MISMATCH', problem)
  }

  private fixed(writer: FixedSchema, reader: FixedSchema, at: Position): Resolution {
    if (writer.size !== reader.size) {
      return this.fail(
        at,
        'FIXED_SIZE_MISMATCH',
        `the writer's fixed has ${writer.size} bytes, the reader's ${reader.size}`,
      )
    }
    return this.logicalMismatch(at) ?? { kind: 'fixed', writer, reader }
  }

  private enumeration(writer: EnumSchema, reader: EnumSchema, at: Position): Resolution {
    const known = new Set(reader.symbols)
    const symbols = writer.symbols.map((symbol) => (known.has(symbol) ? symbol : reader.default))
    const missing = writer.symbols.filter((_, index) => symbols[index] === undefined)
    if (missing.length > 0) {
      const message = `the reader's enum ${reader.name} has neither a default nor the writer's ${missing.join(', ')}`
      this.report({ ...at, conditional: true }, 'MISSING_ENUM_SYMBOLS', message)
    }
    return { kind: 'enum', writer, reader, symbols }
  }

  private record(writer: RecordSchema, reader: RecordSchema, at: Position): Resolution {
    const key = `${writer.name} ${reader.name}`
    const known = this.records.get(key)
    if (known !== undefined) return known
    const fields: WriterField[] = []
    const missing: MissingField[] = []
    const resolution: RecordResolution = { kind: 'record', writer, reader, fields, missing }
    this.records.set(key, resolution)
    const sources = matchFields(writer, reader)
    for (const field of writer.fields) {
      const index = sources.indexOf(field)
      const target = reader.fields[index]
      if (target === undefined) fields.push({ action: 'skip', field })
      else {
        const value = this.resolve(field.schema, target.schema, `${at.path}.${target.name}`, at.conditional)
        fields.push({ action: 'read', field, reader: target, index, value })
      }
    }
    const lacking: ErrorResolution[] = []
    for (const [index, field] of reader.fields.entries()) {
      if (sources[index] !== undefined) continue
      if (field.default !== undefined) missing.push({ field, index, default: field.default })
      else {
        const place = { ...at, path: `${at.path}.${field.name}` }
        const message = 'the writer does not have the field, and the reader has no default for it'
        lacking.push(this.fail(place, 'READER_FIELD_MISSING_DEFAULT_VALUE', message))
      }
    }
    return lacking[0] ?? resolution
  }

  private readerUnion(writer: AvroSchema, reader: UnionSchema, path: string, conditional: boolean): Resolution {
    const branches = [...reader.branches.entries()]
    const exact = branches.filter(([, branch]) => branchName(branch) === branchName(writer))
    const alike = branches.filter(([, branch]) => branch.type === writer.type && !exact.some(([, e]) => e === branch))
    const others = branches.filter(([, branch]) => branch.type !== writer.type)
    const inside = (branch: AvroSchema): string =>
      reader.branches.length > 1 ? `${path}<${branchName(branch)}>` : path
    for (const [branch, schema] of [...exact, ...alike, ...others]) {
      const value = this.attempt(() => this.resolve(writer, schema, inside(schema), conditional))
      if (value !== undefined) return { kind: 'reader-union', writer, reader, branch, value }
    }
    // No branch fits wholly. One that was meant for the writer says best why.
    const [meant] = [...exact, ...alike.filter(([, branch]) => isNamed(branch) && namesMatch(writer, branch))]
    if (meant !== undefined) {
      const [branch, schema] = meant
      return {
        kind: 'reader-union',
        writer,
        reader,
        branch,
        value: this.resolve(writer, schema, inside(schema), conditional),
      }
    }
    const message = `the reader's union has no branch for the writer's ${describe(writer)}`
    return this.fail({ writer, reader, path, conditional }, 'MISSING_UNION_BRANCH', message)
  }

  /** Undefined, and nothing remembered, when there was an error. */
  private attempt(resolve: () => Resolution): Resolution | undefined {
    const { errors, records } = this
    this.errors = []
    this.records = new Map(records)
    const resolution = resolve()
    const failed = this.errors.length > 0
    this.errors = errors
    if (failed) this.records = records
    return failed ? undefined : resolution
  }

  private typeMismatch(at: Position): ErrorResolution {
    return this.fail(
      at,
      'TYPE_MISMATCH',
      `the writer's ${describe(at.writer)} cannot be read as ${describe(at.reader)}`,
    )
  }

  private fail(at: Position, kind: IncompatibilityKind, message: string): ErrorResolution {
    this.report(at, kind, message)
    return { kind: 'error', writer: at.writer, reader: at.reader, path: at.path, message }
  }

  private report(at: Position, kind: IncompatibilityKind, message: string): void {
    this.errors.push({ kind, path: at.path, message, conditional: at.conditional })
  }
}

interface Position {
  readonly writer: AvroSchema
  readonly reader: AvroSchema
  readonly path: string
  readonly conditional: boolean
}

const promotions: Readonly<Partial<Record<PrimitiveType, readonly PrimitiveType[]>>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
}

function promotes(writer: PrimitiveType, reader: PrimitiveType): boolean {
  return writer === reader || (promotions[writer]?.includes(reader) ?? false)
}

function namesMatch(writer: AvroSchema, reader: NamedSchema): boolean {
  if (!isNamed(writer)) return false
  return unqualified(writer.name) === unqualified(reader.name) || reader.aliases.includes(writer.name)
}

/** For each field of the reader the field of the writer that feeds it. No field of the writer feeds two. */
function matchFields(writer: RecordSchema, reader: RecordSchema): readonly (RecordField | undefined)[] {
  const byName = new Map(writer.fields.map((field) => [field.name, field]))
  const taken = new Set(reader.fields.map((field) => field.name))
  return reader.fields.map((field) => {
    const same = byName.get(field.name)
    if (same !== undefined) return same
    const alias = field.aliases.find((name) => byName.has(name) && !taken.has(name))
    if (alias === undefined) return undefined
    taken.add(alias)
    return byName.get(alias)
  })
}

/** What one step of the number means; local or not makes no difference to it. */
function unitOf(logical: LogicalType): string {
  return logical.kind === 'decimal' ? `scale ${logical.scale}` : logical.kind.replace(/^local-/, '')
}

function logicalProblem(writerSchema: AvroSchema, readerSchema: AvroSchema): string | undefined {
  const writer = logicalOf(writerSchema)
  const reader = logicalOf(readerSchema)
  if (writer !== undefined && reader !== undefined && unitOf(writer) !== unitOf(reader)) {
    return `the writer's ${describeLogical(writer)} cannot be read as ${describeLogical(reader)}`
  }
  const decimal = [writer, reader].find((logical) => logical?.kind === 'decimal')
  if (decimal !== undefined && writerSchema.type !== readerSchema.type) {
    return `${describe(writerSchema)} cannot be read as ${describe(readerSchema)}`
  }
  return undefined
}

/** A type for messages: `long (timestamp-millis)`, `record shop.Order`. */
export function describe(schema: AvroSchema): string {
  const logical = logicalOf(schema)
  const name = isNamed(schema) ? `${schema.type} ${schema.name}` : schema.type
  if (schema.type === 'union') return `union [${schema.branches.map(branchName).join(', ')}]`
  return logical === undefined ? name : `${name} (${describeLogical(logical)})`
}
