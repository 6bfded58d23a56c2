/**
 * Whether what a topic holds is what the author says that it is: the other direction of check-sink.ts. The type may name
 * fewer fields than the schema has, and wider types; each field that it names must be there.
 */
import type { AvroSchema, RecordSchema } from '../../avro/schema.js'
import { shapeOf, unionShape } from '../../avro/union-shape.js'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { declaredTypeDiffers } from '../diagnostics/types.js'
import type { ValueType } from '../ir/value-type.js'
import type { SinkCheck } from './check-sink.js'
import { describeSchema, describeType, shapeOfType } from './describe.js'

export function checkSource(type: ValueType, check: SinkCheck): readonly Diagnostic[] {
  const checker = new SourceChecker(check)
  checker.gives(check.schema, type, check.name)
  return checker.problems.map(({ path, reason }) => declaredTypeDiffers(check.subject, path, reason, check.span))
}

class SourceChecker {
  readonly problems: { readonly path: string; readonly reason: string }[] = []
  readonly #check: SinkCheck
  /** Pairs under way: a recursive type is checked once. */
  readonly #seen = new Set<string>()

  constructor(check: SinkCheck) {
    this.#check = check
  }

  gives(schema: AvroSchema, type: ValueType, path: string): void {
    if (type.kind === 'opaque') return
    if (schema.type === 'union') {
      // A wrapped union is an object of its own; TypeScript compares it with the generated type.
      if (unionShape(schema, this.#check.long).wrapped) return
      for (const branch of schema.branches) this.gives(branch, type, path)
      return
    }
    const members = type.kind === 'union' ? type.types : [type]
    if (schema.type === 'enum') {
      this.#givesSymbols(schema.symbols, members, path)
      return
    }
    const shape = shapeOf(schema, this.#check.long)
    const member = members.find((each) => shapeOfType(each) === shape && each.kind !== 'literal')
    if (member === undefined) {
      this.#differs(path, `the topic holds ${describeSchema(schema)}, not ${members.map(describeType).join(' | ')}`)
    } else {
      this.#parts(schema, member, path)
    }
  }

  #parts(schema: AvroSchema, type: ValueType, path: string): void {
    if (schema.type === 'array' && type.kind === 'array') this.gives(schema.items, type.items, `${path}[]`)
    else if (schema.type === 'map' && type.kind === 'map') this.gives(schema.values, type.values, `${path}{}`)
    else if (schema.type === 'record' && type.kind === 'record') this.#givesRecord(schema, type.name, path)
    else if (schema.type === 'record' || schema.type === 'map') {
      this.#differs(path, `the topic holds ${describeSchema(schema)}, not ${describeType(type)}`)
    }
  }

  #givesRecord(schema: RecordSchema, name: string, path: string): void {
    const pair = `${schema.name} ${name}`
    if (this.#seen.has(pair)) return
    this.#seen.add(pair)
    for (const field of this.#check.records.get(name)?.fields ?? []) {
      const given = schema.fields.find((each) => each.name === field.name)
      if (given !== undefined) this.gives(given.schema, field.type, `${path}.${field.name}`)
      else if (!field.optional) this.#differs(`${path}.${field.name}`, `${schema.name} has no such field`)
    }
  }

  #givesSymbols(symbols: readonly string[], members: readonly ValueType[], path: string): void {
    if (members.some((each) => each.kind === 'string')) return
    const known = new Set(members.map((each) => (each.kind === 'literal' ? each.value : undefined)))
    const missing = symbols.filter((symbol) => !known.has(symbol))
    if (missing.length > 0) this.#differs(path, `the topic can hold ${missing.join(', ')}, too`)
  }

  #differs(path: string, reason: string): void {
    this.problems.push({ path, reason })
  }
}
