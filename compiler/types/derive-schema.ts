/**
 * The Avro schema of a TypeScript type, for sinks that no subject of the lock describes. Relies on the front end for the
 * type as plain data; knows nothing of the registry. All problems of a type are found at once.
 *
 * | TypeScript                       | Avro                                                     |
 * |----------------------------------|----------------------------------------------------------|
 * | number · Int · Long · Float      | double (with hint MR1010) · int · long · float           |
 * | bigint · Date · Uint8Array       | long · timestamp-millis · bytes                          |
 * | string · Uuid · 'A' \| 'B'       | string · uuid · enum, or string where no symbol is valid |
 * | T[] · Record<string, T>          | array · map                                              |
 * | interface, object type           | record                                                   |
 * | T \| null, T \| undefined, x?: T | union with null first; a field's default is null         |
 */
import { nameProblem } from '../../avro/names.js'
import {
  noAttributes,
  primitive,
  type AvroSchema,
  type EnumSchema,
  type LogicalType,
  type PrimitiveType,
  type RecordField,
  type RecordSchema,
} from '../../avro/schema.js'
import { unionShape } from '../../avro/union-shape.js'
import { anonymousUnion, inferredDouble, literalsAsString, noAvroForm } from '../diagnostics/types.js'
import { isError, type Diagnostic, type PassResult } from '../diagnostics/diagnostic.js'
import type { Span } from '../ir/span.js'
import type { NumberBrand, RecordType, RecordTypes, ValueType } from '../ir/value-type.js'

export interface DeriveOptions {
  /** Name of the root where its type has none, and where paths of messages start: usually from the topic. */
  readonly name: string
  /** Namespace of all records and enums; empty: none. */
  readonly namespace: string
  readonly records: RecordTypes
  /** Of the sink, for the messages. */
  readonly span: Span | undefined
}

export function deriveSchema(type: ValueType, options: DeriveOptions): PassResult<AvroSchema> {
  const derivation = new Derivation(options)
  const schema = derivation.schema(type, options.name, options.name)
  const failed = derivation.diagnostics.some(isError)
  return { value: failed ? undefined : schema, diagnostics: derivation.diagnostics }
}

const brands: Readonly<Record<NumberBrand, { readonly type: PrimitiveType; readonly logical?: LogicalType }>> = {
  int: { type: 'int' },
  long: { type: 'long' },
  float: { type: 'float' },
  double: { type: 'double' },
  date: { type: 'int', logical: { kind: 'date' } },
  'timestamp-micros': { type: 'long', logical: { kind: 'timestamp-micros' } },
  'time-millis': { type: 'int', logical: { kind: 'time-millis' } },
  'time-micros': { type: 'long', logical: { kind: 'time-micros' } },
}

class Derivation {
  readonly diagnostics: Diagnostic[] = []
  private readonly made = new Map<string, RecordSchema>()
  private readonly names = new Set<string>()

  constructor(private readonly options: DeriveOptions) {}

  /** `suggested`: name for a type that has none. `path`: where it stands, for people. */
  schema(type: ValueType, suggested: string, path: string): AvroSchema {
    switch (type.kind) {
      case 'null':
      case 'undefined':
        return primitive('null')
      case 'boolean':
        return primitive('boolean')
      case 'bigint':
        return primitive('long')
      case 'bytes':
        return primitive('bytes')
      case 'date':
        return primitive('long', { kind: 'timestamp-millis' })
      case 'decimal':
        return this.refuse(path, 'a Decimal needs precision and scale: register a schema for the subject')
      case 'number':
        return this.number(type.brand, path)
      case 'string':
        return primitive('string', type.brand === 'uuid' ? { kind: 'uuid' } : undefined)
      case 'literal':
        return this.literals([type.value], suggested, path)
      case 'array':
        return { type: 'array', items: this.schema(type.items, suggested, `${path}[]`), attributes: noAttributes }
      case 'map':
        return { type: 'map', values: this.schema(type.values, suggested, `${path}{}`), attributes: noAttributes }
      case 'record':
        return this.record(type.name, suggested, path)
      case 'union':
        return this.union(type.types, suggested, path)
      case 'opaque':
        return this.refuse(path, `${type.text}: ${type.reason}`)
    }
  }

  private refuse(path: string, reason: string): AvroSchema {
    this.diagnostics.push(noAvroForm(path, reason, this.options.span))
    return primitive('null')
  }

  private number(brand: NumberBrand | undefined, path: string): AvroSchema {
    if (brand === undefined) this.diagnostics.push(inferredDouble(path, this.options.span))
    const { type, logical } = brands[brand ?? 'double']
    return primitive(type, logical)
  }

  private record(name: string, suggested: string, path: string): AvroSchema {
    const known = this.made.get(name)
    if (known !== undefined) return known
    const type = this.options.records.get(name)
    if (type === undefined) throw new Error(`record type ${name} is not among the types of the plan`)
    const fields: RecordField[] = []
    const schema: RecordSchema = {
      type: 'record',
      name: this.uniqueName(type.anonymous ? suggested : name),
      aliases: [],
      doc: undefined,
      error: false,
      fields,
      attributes: noAttributes,
    }
    // Before its fields: a recursive type meets itself there.
    this.made.set(name, schema)
    for (const field of type.fields) fields.push(this.field(field, unqualified(schema.name), path))
    return schema
  }

  private field(field: RecordType['fields'][number], owner: string, path: string): RecordField {
    const at = `${path}.${field.name}`
    const problem = nameProblem(field.name)
    if (problem !== undefined) this.refuse(at, `not a name that Avro allows: ${problem}`)
    const optional: ValueType = { kind: 'union', types: [field.type, { kind: 'undefined' }] }
    const schema = this.schema(field.optional ? optional : field.type, `${owner}${pascal(field.name)}`, at)
    const nullFirst = schema.type === 'union' && schema.branches[0]?.type === 'null'
    return {
      name: field.name,
      schema,
      doc: undefined,
      aliases: [],
      order: 'ascending',
      default: nullFirst ? { json: null } : undefined,
      attributes: noAttributes,
    }
  }

  private union(types: readonly ValueType[], suggested: string, path: string): AvroSchema {
    const members = types.flatMap((type) => (type.kind === 'union' ? type.types : [type]))
    const nullable = members.some((type) => type.kind === 'null' || type.kind === 'undefined')
    const literals = members.filter((type) => type.kind === 'literal')
    const others = distinct(members.filter((type) => !['null', 'undefined', 'literal'].includes(type.kind)))
    if (!this.distinguishable(others, path)) return primitive('null')
    const branches = others.map((type) => this.schema(type, suggested, path))
    if (literals.length > 0) {
      const literal = this.literals(
        literals.map((type) => type.value),
        suggested,
        path,
      )
      branches.push(literal)
    }
    if (nullable) branches.unshift(primitive('null'))
    const [only] = branches
    if (branches.length === 1 && only !== undefined) return only
    const union: AvroSchema = { type: 'union', branches }
    if (unionShape(union, 'number').wrapped) return this.refuse(path, 'the types of the union look alike at run time')
    return union
  }

  /** Objects in a union cannot be told apart at run time; without names they could not even be written. */
  private distinguishable(types: readonly ValueType[], path: string): boolean {
    const records = types.filter((type) => type.kind === 'record')
    if (records.length < 2) return true
    if (records.some((type) => this.options.records.get(type.name)?.anonymous === true)) {
      this.diagnostics.push(anonymousUnion(path, this.options.span))
    } else {
      this.refuse(path, `${records.map((type) => type.name).join(' | ')}: records in a union cannot be told apart`)
    }
    return false
  }

  private literals(
    values: readonly (string | number | boolean | bigint)[],
    suggested: string,
    path: string,
  ): AvroSchema {
    const kinds = new Set(values.map((value) => typeof value))
    if (kinds.size > 1) return this.refuse(path, 'literals of several types')
    if (kinds.has('boolean')) return primitive('boolean')
    if (kinds.has('bigint')) return primitive('long')
    if (kinds.has('number')) return primitive(narrowestNumber(values as readonly number[]))
    return this.symbols(values as readonly string[], suggested, path)
  }

  private symbols(values: readonly string[], suggested: string, path: string): AvroSchema {
    const odd = values.find((value) => nameProblem(value) !== undefined)
    if (odd !== undefined) {
      this.diagnostics.push(literalsAsString(path, odd, this.options.span))
      return primitive('string')
    }
    const schema: EnumSchema = {
      type: 'enum',
      name: this.uniqueName(suggested),
      aliases: [],
      doc: undefined,
      // The checker's order of a union is not stable: sorted, the schema is the same in each build.
      symbols: [...new Set(values)].sort(),
      default: undefined,
      attributes: noAttributes,
    }
    return schema
  }

  private uniqueName(wanted: string): string {
    const base = pascal(wanted)
    let name = base
    for (let n = 2; this.names.has(name); n++) name = `${base}${n}`
    this.names.add(name)
    return this.options.namespace === '' ? name : `${this.options.namespace}.${name}`
  }
}

function narrowestNumber(values: readonly number[]): PrimitiveType {
  if (!values.every(Number.isInteger)) return 'double'
  return values.every((value) => (value | 0) === value) ? 'int' : 'long'
}

function distinct(types: readonly ValueType[]): readonly ValueType[] {
  return [...new Map(types.map((type) => [JSON.stringify(type), type])).values()]
}

/** `unit-price`, `unitPrice` → `UnitPrice`. */
function pascal(text: string): string {
  const name = text
    .split(/[^A-Za-z0-9_]+/)
    .filter((part) => part !== '')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')
  return /^[A-Za-z_]/.test(name) ? name : `_${name}`
}

const unqualified = (name: string) => name.slice(name.lastIndexOf('.') + 1)
