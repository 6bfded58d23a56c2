/**
 * Whether values of a TypeScript type can be written in a schema. What only the value can tell (is a number whole? does
 * it fit 32 bits?) is the encoder's to check; what no value of the type could satisfy is found here, with the path.
 */
import { logicalOf, type AvroSchema, type RecordSchema, type UnionSchema } from '../../avro/schema.js'
import { shapeOf, unionShape, type LongMode } from '../../avro/union-shape.js'
import { doesNotFit } from '../diagnostics/types.js'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import type { Span } from '../ir/span.js'
import type { RecordTypes, ValueType } from '../ir/value-type.js'
import { describeSchema, describeType, shapeOfType } from './describe.js'

export interface SinkCheck {
  readonly subject: string
  readonly schema: AvroSchema
  readonly long: LongMode
  readonly records: RecordTypes
  readonly span: Span | undefined
  /** Where paths of messages start. */
  readonly name: string
}

export function checkSink(type: ValueType, check: SinkCheck): readonly Diagnostic[] {
  const checker = new Checker(check)
  checker.fits(type, check.schema, check.name)
  return checker.problems.map(({ path, reason }) => doesNotFit(check.subject, path, reason, check.span))
}

interface Problem {
  readonly path: string
  readonly reason: string
}

class Checker {
  problems: Problem[] = []
  /** Pairs under way: a recursive type is checked once. */
  private readonly seen = new Set<string>()

  constructor(private readonly check: SinkCheck) {}

  fits(type: ValueType, schema: AvroSchema, path: string): void {
    if (type.kind === 'union') {
      for (const member of type.types) this.fits(member, schema, path)
      return
    }
    if (schema.type === 'union') {
      this.fitsUnion(type, schema, path)
      return
    }
    const reason = this.mismatch(type, schema, path)
    if (reason !== undefined) this.problems.push({ path, reason })
  }

  private fitsUnion(type: ValueType, union: UnionSchema, path: string): void {
    const shape = unionShape(union, this.check.long)
    if (shape.wrapped && type.kind !== 'null' && type.kind !== 'undefined') {
      this.fitsWrapped(type, union, path)
      return
    }
    const tried = shape.branches.map((branch) => this.attempt(() => this.fits(type, branch.schema, path)))
    if (tried.some((problems) => problems.length === 0)) return
    // The branch that went furthest tells most.
    const deepest = tried.flat().find((problem) => problem.path !== path)
    const names = shape.branches.map((branch) => branch.name).join(', ')
    this.problems.push(deepest ?? { path, reason: `${describeType(type)} is none of ${names}` })
  }

  private fitsWrapped(type: ValueType, union: UnionSchema, path: string): void {
    const { branches } = unionShape(union, this.check.long)
    const names = branches.map((branch) => `{ '${branch.name}': … }`).join(' | ')
    const fields = type.kind === 'record' ? (this.check.records.get(type.name)?.fields ?? []) : []
    const [field] = fields
    const branch = branches.find(({ name }) => name === field?.name)
    if (fields.length !== 1 || field === undefined || branch === undefined) {
      this.problems.push({ path, reason: `branches of the union look alike, so each is wrapped: ${names}` })
      return
    }
    this.fits(field.type, branch.schema, `${path}.${field.name}`)
  }

  private attempt(work: () => void): readonly Problem[] {
    const before = this.problems
    this.problems = []
    work()
    const found = this.problems
    this.problems = before
    return found
  }

  /** Why a type that is no union does not fit a schema that is none; problems of parts are added by themselves. */
  private mismatch(type: ValueType, schema: AvroSchema, path: string): string | undefined {
    if (type.kind === 'opaque') return `${type.text}: ${type.reason}`
    const wanted = shapeOf(schema, this.check.long)
    const given = shapeOfType(type)
    const differs = `${describeType(type)} instead of ${describeSchema(schema)}`
    if (type.kind === 'decimal' || logicalOf(schema)?.kind === 'decimal') {
      return type.kind === 'decimal' && logicalOf(schema)?.kind === 'decimal' ? undefined : differs
    }
    if (given !== wanted) return differs
    switch (schema.type) {
      case 'enum':
        return this.symbolMismatch(type, schema.symbols) ?? undefined
      case 'int':
      case 'long':
        return isFractional(type) ? differs : undefined
      case 'array':
        if (type.kind === 'array') this.fits(type.items, schema.items, `${path}[]`)
        return undefined
      case 'map':
        if (type.kind !== 'map') return differs
        this.fits(type.values, schema.values, `${path}{}`)
        return undefined
      case 'record':
        if (type.kind !== 'record') return differs
        this.fitsRecord(type.name, schema, path)
        return undefined
      default:
        return undefined
    }
  }

  private symbolMismatch(type: ValueType, symbols: readonly string[]): string | undefined {
    if (type.kind === 'literal' && symbols.includes(String(type.value))) return undefined
    return `${describeType(type)} is none of the symbols ${symbols.join(', ')}`
  }

  private fitsRecord(name: string, schema: RecordSchema, path: string): void {
    const pair = `${name} ${schema.name}`
    if (this.seen.has(pair)) return
    this.seen.add(pair)
    const type = this.check.records.get(name)
    if (type === undefined) throw new Error(`record type ${name} is not among the types of the plan`)
    for (const wanted of schema.fields) {
      const given = type.fields.find((field) => field.name === wanted.name)
      const at = `${path}.${wanted.name}`
      if (given !== undefined) {
        this.fits(given.type, wanted.schema, at)
      }
      if ((given === undefined || given.optional) && wanted.default === undefined && !takesNull(wanted.schema)) {
        this.problems.push({
          path: at,
          reason: given === undefined ? 'missing, and it has no default' : 'optional, and it has no default',
        })
      }
    }
  }
}

function takesNull(schema: AvroSchema): boolean {
  return schema.type === 'null' || (schema.type === 'union' && schema.branches.some(takesNull))
}

function isFractional(type: ValueType): boolean {
  if (type.kind === 'literal') return typeof type.value === 'number' && !Number.isInteger(type.value)
  return type.kind === 'number' && (type.brand === 'float' || type.brand === 'double')
}
