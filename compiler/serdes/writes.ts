/**
 * How a sink's key and value are written: along the schema and the expression at once, so that an object literal is
 * never made and bytes of the input are copied where they are already what the sink wants.
 */
import type { AvroSchema, EnumSchema, RecordSchema, UnionSchema } from '../../avro/schema.js'
import { schemaFingerprint } from '../../avro/fingerprint.js'
import { logicalOf } from '../../avro/schema.js'
import { unionShape } from '../../avro/union-shape.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { expression, helper, letStatement, literal, local } from '../ir/mir-build.js'
import type { Encode, LongMode, TextPart, WritePart } from '../ir/module-ir.js'
import type { ResolvedSerde } from '../ir/resolved-plan.js'
import type { CodecBuilder } from './codec-table.js'
import type { FieldTable } from './layout.js'
import { isDateConstructor, type Located, type Locator } from './locate.js'

export interface WriteContext {
  readonly fields: FieldTable
  readonly locator: Locator
  readonly codecs: CodecBuilder
  /** Slot of the schema to write with; undefined: without a frame. */
  readonly slot: number | undefined
  /** A new local, for a value that is looked at more than once. */
  fresh(name: string): number
  /** Statements that run before the record is begun. */
  readonly before: MirStatement[]
  /** Serdes of the input: bytes of an equal serde are passed on as they are. */
  readonly input: { readonly key: ResolvedSerde; readonly value: ResolvedSerde }
}

export function writePart(context: WriteContext, serde: ResolvedSerde, node: MirExpression, what: string): WritePart {
  return new WritePlanner(context, serde.kind === 'avro' ? serde.long : 'number').part(serde, node, what)
}

/** Serdes whose valid bytes have one form only. */
const canonical: ReadonlySet<string> = new Set(['string', 'bytes', 'int32', 'int64', 'double'])

class WritePlanner {
  constructor(
    readonly context: WriteContext,
    readonly long: LongMode,
  ) {}

  part(serde: ResolvedSerde, node: MirExpression, what: string): WritePart {
    if (isNothing(node)) return { kind: 'null' }
    const { locator, slot } = this.context
    if (node.kind === 'input' && serde.kind !== 'avro') {
      const own = this.context.input[node.part]
      const located = locator.locate(node)
      if (own.kind === serde.kind && canonical.has(serde.kind) && located !== undefined) {
        return { kind: 'span', part: node.part, present: locator.presence(located) }
      }
    }
    const datum = what === 'key' ? undefined : this.datum(serde, node)
    if (datum !== undefined) return datum
    const field = serde.kind === 'string' ? this.textField(node) : undefined
    if (field !== undefined && !this.context.fields.get(field).nullable) return { kind: 'text', field }
    const { value, present } = this.present(node, what)
    const framed = serde.kind === 'avro' ? slot : undefined
    return { kind: 'encoded', present, slot: framed, encode: this.whole(serde, value, what) }
  }

  /**
   * All of the input's datum, of which every part is read or checked, under the same schema: its bytes as they are. Avro
   * has several encodings of a value, so that this is nothing for keys.
   */
  private datum(serde: ResolvedSerde, node: MirExpression): WritePart | undefined {
    if (node.kind !== 'input' || node.part !== 'value' || serde.kind !== 'avro') return undefined
    const { locator, slot, input } = this.context
    const own = input.value
    const located = locator.locate(node)
    if (own.kind !== 'avro' || located?.layout.kind !== 'record') return undefined
    if (schemaFingerprint(own.schema) !== schemaFingerprint(serde.schema)) return undefined
    return { kind: 'datum', present: locator.presence(located), slot }
  }

  /** What decides whether there is a value, and an expression that is the value where there is one. */
  private present(node: MirExpression, what: string): { value: MirExpression; present: MirExpression | undefined } {
    if (isCertain(node)) return { value: node, present: undefined }
    const located = this.context.locator.locate(node)
    if (located !== undefined) return { value: node, present: this.context.locator.presence(located) }
    const value = this.once(node, what)
    return { value, present: isPresent(value) }
  }

  private whole(serde: ResolvedSerde, value: MirExpression, what: string): Encode {
    if (serde.kind === 'avro') return this.encode(serde.schema, value, '')
    if (serde.kind === 'string') return this.text(value, what, { prefixed: false, strict: true })
    return { kind: 'plain', serde: serde.kind, value: this.context.locator.rewrite(value) }
  }

  private encode(schema: AvroSchema, node: MirExpression, path: string): Encode {
    switch (schema.type) {
      case 'union':
        return this.union(schema, node, path)
      case 'record':
        return this.record(schema, node, path)
      case 'enum':
        return this.symbol(schema, node, path)
      case 'string':
        return this.text(node, path, { prefixed: true, strict: false })
      case 'boolean':
      case 'int':
      case 'float':
      case 'double':
        return { kind: schema.type, value: this.context.locator.rewrite(node), path }
      case 'long':
        if (logicalOf(schema)?.kind === 'timestamp-millis') return this.date(node, path)
        return {
          kind: this.long === 'bigint' ? 'bigint' : 'long',
          value: this.context.locator.rewrite(node),
          path,
        }
      default:
        return this.call(schema, node, path)
    }
  }

  private call(schema: AvroSchema, node: MirExpression, path: string): Encode {
    const { codecs, locator } = this.context
    return { kind: 'call', encoder: codecs.encoder(schema, this.long), value: locator.rewrite(node), path }
  }

  private record(schema: RecordSchema, node: MirExpression, path: string): Encode {
    if (node.kind === 'conditional') return this.choice(schema, node, path)
    const located = this.context.locator.locate(node)
    const flat =
      located?.layout.kind === 'record' && located.guards.length === 0 && located.layout.present === undefined
    if (flat) {
      const fields = schema.fields.map((field) => ({
        field,
        value: expression({ kind: 'member', object: node, property: field.name, optional: false }),
      }))
      return sequence(fields.map(({ field, value }) => this.encode(field.schema, value, `${path}.${field.name}`)))
    }
    const members = literalMembers(node)
    if (members === undefined) return this.call(schema, node, path)
    return sequence(
      schema.fields.map((field) =>
        this.encode(field.schema, members.get(field.name) ?? literal(undefined), `${path}.${field.name}`),
      ),
    )
  }

  /** Field by field out of a record of the input that is there. */
  private members(schema: RecordSchema, node: MirExpression, path: string): Encode {
    return sequence(
      schema.fields.map((field) => {
        const value = expression({ kind: 'member', object: node, property: field.name, optional: false })
        return this.encode(field.schema, value, `${path}.${field.name}`)
      }),
    )
  }

  private choice(schema: AvroSchema, node: MirExpression & { kind: 'conditional' }, path: string): Encode {
    return {
      kind: 'choice',
      test: this.context.locator.rewrite(node.test),
      then: this.encode(schema, node.then, path),
      otherwise: this.encode(schema, node.otherwise, path),
    }
  }

  private union(schema: UnionSchema, node: MirExpression, path: string): Encode {
    const shape = unionShape(schema, this.long)
    const nullIndex = schema.branches.findIndex((branch) => branch.type === 'null')
    if (isNothing(node) && nullIndex >= 0) return { kind: 'bytes', bytes: [nullIndex * 2] }
    const otherIndex = schema.branches.findIndex((branch) => branch.type !== 'null')
    const other = schema.branches[otherIndex]
    if (!shape.nullable || shape.wrapped || other === undefined) return this.call(schema, node, path)
    if (node.kind === 'conditional') return this.choice(schema, node, path)
    const filled = (value: MirExpression): Encode =>
      sequence([{ kind: 'bytes', bytes: [otherIndex * 2] }, this.encode(other, value, path)])
    if (isCertain(node)) return filled(node)
    const located = this.context.locator.locate(node)
    if (located?.layout.kind === 'record') {
      const test = this.presence(located)
      if (located.guards.length > 0 || other.type !== 'record' || test === undefined) {
        return test === undefined ? filled(node) : this.call(schema, node, path)
      }
      const then = sequence([{ kind: 'bytes', bytes: [otherIndex * 2] }, this.members(other, node, path)])
      return { kind: 'choice', test, then, otherwise: { kind: 'bytes', bytes: [nullIndex * 2] } }
    }
    const value = located === undefined ? this.once(node, lastName(path)) : node
    const present = located === undefined ? isPresent(value) : this.presence(located)
    if (present === undefined) return filled(value)
    return { kind: 'choice', test: present, then: filled(value), otherwise: { kind: 'bytes', bytes: [nullIndex * 2] } }
  }

  private presence(located: Located): MirExpression | undefined {
    return this.context.locator.presence(located)
  }

  private symbol(schema: EnumSchema, node: MirExpression, path: string): Encode {
    if (node.kind === 'literal' && typeof node.value === 'string' && schema.symbols.includes(node.value)) {
      return { kind: 'bytes', bytes: varint(schema.symbols.indexOf(node.value)) }
    }
    const { locator, fields } = this.context
    const located = locator.locate(node)
    if (located?.layout.kind === 'scalar' && located.guards.length === 0) {
      const { type } = fields.get(located.layout.field)
      const same = type.kind === 'enum' && type.schema.symbols.join() === schema.symbols.join()
      if (same) return { kind: 'int', value: locator.field(located.layout.field, { kind: 'index' }), path }
    }
    return { kind: 'symbol', value: locator.rewrite(node), schema, path }
  }

  private date(node: MirExpression, path: string): Encode {
    const { locator } = this.context
    const field = locator.dateField(node)
    if (field !== undefined) return { kind: 'date', value: locator.field(field, { kind: 'time' }), path }
    if (node.kind === 'new' && isDateConstructor(node.callee) && node.args.length === 1) {
      const [argument] = node.args
      if (argument?.kind === 'value' && isNumber(argument.value)) {
        return { kind: 'date', value: helper('timeClip', [locator.rewrite(argument.value)]), path }
      }
    }
    return { kind: 'date', value: helper('dateMs', [locator.rewrite(node), literal(path)]), path }
  }

  private text(node: MirExpression, path: string, options: { prefixed: boolean; strict: boolean }): Encode {
    const { locator } = this.context
    const field = this.textField(node)
    if (field !== undefined) return { kind: 'text-span', field, prefixed: options.prefixed }
    if (node.kind === 'template') {
      const parts = this.textParts(node)
      if (parts.some((part) => part.kind === 'field')) return { kind: 'join', parts, ...options }
    }
    const value = this.once(node, lastName(path))
    if (options.prefixed) return { kind: 'text', value: locator.rewrite(value), path, strict: options.strict }
    return { kind: 'join', parts: [{ kind: 'value', value: locator.rewrite(value) }], ...options }
  }

  /** A field whose bytes can be copied; where it is null nobody comes here. */
  private textField(node: MirExpression): number | undefined {
    const located = this.context.locator.locate(node)
    if (located?.layout.kind !== 'scalar') return undefined
    const field = this.context.fields.get(located.layout.field)
    return field.type.kind === 'text' && field.span ? field.id : undefined
  }

  private textParts(node: MirExpression & { kind: 'template' }): TextPart[] {
    return node.strings.flatMap((text, index): TextPart[] => {
      const constant: TextPart[] = text === '' ? [] : [{ kind: 'constant', text }]
      const inner = node.expressions[index]
      if (inner === undefined) return constant
      const field = this.textField(inner)
      if (field !== undefined && !this.context.fields.get(field).nullable)
        return [...constant, { kind: 'field', field }]
      const text$ = expression({ kind: 'template', strings: ['', ''], expressions: [inner] })
      return [...constant, { kind: 'value', value: this.context.locator.rewrite(this.once(text$, 'text')) }]
    })
  }

  /** The expression, or a local with its value when it is more than a look at something. */
  private once(node: MirExpression, name: string): MirExpression {
    if (node.kind === 'local' || node.kind === 'literal' || node.kind === 'input') return node
    if (this.context.locator.locate(node) !== undefined) return node
    const id = this.context.fresh(name === '' ? 'value' : name)
    this.context.before.push(letStatement(id, this.context.locator.rewrite(node), node.span))
    return local(id, node.type)
  }
}

function sequence(parts: readonly Encode[]): Encode {
  return { kind: 'sequence', parts }
}

function isPresent(value: MirExpression): MirExpression {
  return expression({ kind: 'binary', operator: '!=', left: value, right: literal(null) })
}

function isNothing(node: MirExpression): boolean {
  return node.kind === 'literal' && (node.value === null || node.value === undefined)
}

/** By its form alone, whatever its type claims, never null or undefined. */
function isCertain(node: MirExpression): boolean {
  switch (node.kind) {
    case 'literal':
      return !isNothing(node)
    case 'object':
    case 'array':
    case 'template':
    case 'new':
    case 'function':
    case 'binary':
      return true
    case 'unary':
      return node.operator !== 'void'
    case 'conditional':
      return isCertain(node.then) && isCertain(node.otherwise)
    default:
      return false
  }
}

function isNumber(node: MirExpression): boolean {
  return node.type?.kind === 'number' || (node.kind === 'literal' && typeof node.value === 'number')
}

/** Properties of an object literal without spreads; the last of a name counts. */
function literalMembers(node: MirExpression): ReadonlyMap<string, MirExpression> | undefined {
  if (node.kind !== 'object') return undefined
  const members = new Map<string, MirExpression>()
  for (const item of node.members) {
    if (item.kind !== 'property') return undefined
    members.set(item.name, item.value)
  }
  return members
}

function lastName(path: string): string {
  return /[A-Za-z_$][\w$]*$/.exec(path)?.[0] ?? 'value'
}

/** Zigzag varint of a small natural number. */
function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value * 2
  while (rest > 127) {
    bytes.push((rest & 127) | 128)
    rest >>>= 7
  }
  return [...bytes, rest]
}
