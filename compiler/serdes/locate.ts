/**
 * Finds what an expression reads of the input, and rewrites reads into looks at fields: an equality against a constant
 * compares bytes, a test for null looks at a flag, `getTime()` of a timestamp is the number on the wire. The result is
 * the same as with a JavaScript value, and the value is only made where one is needed.
 */
import type { FieldUse, MirExpression, MirMember, MirStatement } from '../ir/mir.js'
import { expression, helper, literal, not } from '../ir/mir-build.js'
import { mapChildren, mapStatement } from '../ir/mir-visit.js'
import type { FieldTable, Layout } from './layout.js'

export interface Located {
  readonly layout: Layout
  /** Nullable records on the way, outermost first. */
  readonly guards: readonly Guard[]
}

interface Guard {
  readonly field: number
  /** Entered by `?.`: null gives undefined; else reading on is an error. */
  readonly optional: boolean
  readonly property: string
}

export interface Roots {
  readonly key: Layout
  readonly value: Layout
}

/** A property that the schema does not have. */
const missing: Layout = { kind: 'none' }

export class Locator {
  constructor(
    readonly fields: FieldTable,
    readonly roots: Roots,
  ) {}

  locate(node: MirExpression): Located | undefined {
    if (node.kind === 'input') return { layout: this.roots[node.part], guards: [] }
    const step = memberOf(node)
    if (step === undefined) return undefined
    const base = this.locate(step.object)
    if (base?.layout.kind === 'none') return base
    if (base?.layout.kind !== 'record') return undefined
    const { present, entries } = base.layout
    const guard = present === undefined ? [] : [{ field: present, optional: step.optional, property: step.property }]
    return { layout: entries.get(step.property) ?? missing, guards: [...base.guards, ...guard] }
  }

  /** The value itself. */
  read(located: Located): MirExpression {
    return this.guarded(this.leaf(located.layout), located.guards)
  }

  private guarded(value: MirExpression, guards: readonly Guard[]): MirExpression {
    return guards.reduceRight<MirExpression>(
      (inner, guard) =>
        expression({
          kind: 'conditional',
          test: this.field(guard.field, { kind: 'present' }),
          then: inner,
          otherwise: guard.optional ? literal(undefined) : helper('readOfNull', [literal(guard.property)]),
        }),
      value,
    )
  }

  private leaf(layout: Layout): MirExpression {
    switch (layout.kind) {
      case 'none':
        // A property that the schema does not have is undefined; one that is not demanded has no reader of its result.
        return layout === missing ? literal(undefined) : helper('unread', [])
      case 'scalar':
      case 'value':
        return this.field(layout.field, { kind: 'value' })
      case 'presence': {
        // Whoever has this value only looks whether it is there.
        const thing = expression({ kind: 'object', members: [] })
        if (layout.field === undefined) return thing
        return this.orNull(layout.field, thing)
      }
      case 'length': {
        const length = this.field(layout.field, { kind: 'length' })
        const thing = expression({ kind: 'object', members: [{ kind: 'property', name: 'length', value: length }] })
        return this.fields.get(layout.field).nullable ? this.orNull(layout.field, thing) : thing
      }
      case 'record': {
        const members = layout.schema.fields.flatMap((field): MirMember[] => {
          const entry = layout.entries.get(field.name) ?? missing
          return entry.kind === 'none' ? [] : [{ kind: 'property', name: field.name, value: this.leaf(entry) }]
        })
        const record = expression({ kind: 'object', members })
        return layout.present === undefined ? record : this.orNull(layout.present, record)
      }
    }
  }

  private orNull(field: number, then: MirExpression): MirExpression {
    return expression({
      kind: 'conditional',
      test: this.field(field, { kind: 'present' }),
      then,
      otherwise: literal(null),
    })
  }

  field(field: number, as: FieldUse): MirExpression {
    return expression({ kind: 'field', field, as })
  }

  /** Whether the value is not null; undefined: that is certain. Null of a record on the way counts as null. */
  presence(located: Located): MirExpression | undefined {
    const flags = located.guards.map((guard) => this.field(guard.field, { kind: 'present' }))
    const own = this.presenceField(located.layout)
    if (own !== undefined) flags.push(this.field(own, { kind: 'present' }))
    const [first, ...others] = flags
    if (first === undefined) return undefined
    return others.reduce((left, right) => expression({ kind: 'logical', operator: '&&', left, right }), first)
  }

  private presenceField(layout: Layout): number | undefined {
    switch (layout.kind) {
      case 'none':
        return undefined
      case 'presence':
        return layout.field
      case 'record':
        return layout.present
      case 'scalar':
      case 'length':
      case 'value':
        return this.fields.get(layout.field).nullable ? layout.field : undefined
    }
  }

  /** Every read below becomes a look at fields. */
  rewrite = (node: MirExpression): MirExpression => {
    const { inner, guards } = this.rebuild(node)
    return this.guarded(inner, guards)
  }

  /** `o.address?.tags.length`: the guard of `?.` is around the whole chain, as in JavaScript. */
  private rebuild(node: MirExpression): { inner: MirExpression; guards: readonly Guard[] } {
    const special = this.special(node)
    if (special !== undefined) return { inner: special, guards: [] }
    const located = this.locate(node)
    if (located !== undefined) {
      return { inner: { ...this.leaf(located.layout), type: node.type, span: node.span }, guards: located.guards }
    }
    switch (node.kind) {
      case 'member': {
        const { inner, guards } = this.rebuild(node.object)
        return { inner: { ...node, object: inner }, guards }
      }
      case 'index': {
        const { inner, guards } = this.rebuild(node.object)
        return { inner: { ...node, object: inner, index: this.rewrite(node.index) }, guards }
      }
      case 'call': {
        const { inner, guards } = this.rebuild(node.callee)
        const args = node.args.map((argument) => ({ ...argument, value: this.rewrite(argument.value) }))
        return { inner: { ...node, callee: inner, args }, guards }
      }
      default:
        return { inner: mapChildren(node, this.rewrite, this.rewriteBody), guards: [] }
    }
  }

  rewriteBody = (body: readonly MirStatement[]): readonly MirStatement[] =>
    body.map((node) => mapStatement(node, this.rewrite, this.rewriteBody))

  private special(node: MirExpression): MirExpression | undefined {
    switch (node.kind) {
      case 'binary':
        return this.comparison(node)
      case 'unary':
        return node.operator === '!' ? this.negation(node) : undefined
      case 'call':
        return this.time(node)
      case 'helper':
        return this.eventTime(node)
      case 'member':
        return this.length(node)
      default:
        return undefined
    }
  }

  private comparison(node: MirExpression & { kind: 'binary' }): MirExpression | undefined {
    const { operator } = node
    if (operator !== '===' && operator !== '!==' && operator !== '==' && operator !== '!=') return undefined
    const [constant, other] = node.right.kind === 'literal' ? [node.right, node.left] : [node.left, node.right]
    if (constant.kind !== 'literal') return undefined
    const located = this.locate(other)
    if (located === undefined) return undefined
    const equal = this.equality(located, constant.value, operator.length === 3)
    if (equal === undefined) return undefined
    return operator.startsWith('!') ? negated(equal) : equal
  }

  private equality(located: Located, constant: unknown, strict: boolean): MirExpression | undefined {
    const { guards, layout } = located
    if (constant === null || constant === undefined) {
      // Over `?.` null and undefined differ; without it every guard holds or throws.
      if (guards.length > 0 && (strict || guards.some((guard) => !guard.optional))) return undefined
      if (strict && constant === undefined) return literal(false)
      const present = this.presence(located)
      return present === undefined ? literal(false) : not(present)
    }
    if (typeof constant !== 'string' || layout.kind !== 'scalar' || guards.length > 0) return undefined
    const { type } = this.fields.get(layout.field)
    if (type.kind === 'text') return this.field(layout.field, { kind: 'same-text', text: constant })
    if (type.kind !== 'enum') return undefined
    if (!type.schema.symbols.includes(constant)) return literal(false)
    return this.field(layout.field, { kind: 'same-symbol', symbol: constant })
  }

  /** `!o.address`: the record itself is not needed. */
  private negation(node: MirExpression & { kind: 'unary' }): MirExpression | undefined {
    const located = this.locate(node.operand)
    if (located === undefined) return undefined
    const { layout, guards } = located
    const structure = layout.kind === 'record' || layout.kind === 'presence' || layout.kind === 'length'
    if (!structure || guards.some((guard) => !guard.optional)) return undefined
    const present = this.presence(located)
    return present === undefined ? literal(false) : not(present)
  }

  /** `timestamp.getTime()`. */
  private time(node: MirExpression & { kind: 'call' }): MirExpression | undefined {
    const { callee } = node
    if (callee.kind !== 'member' || callee.optional || node.optional || node.args.length > 0) return undefined
    if (callee.property !== 'getTime' && callee.property !== 'valueOf') return undefined
    const { object } = callee
    if (object.kind === 'new' && isDateConstructor(object.callee) && object.args.length === 1) {
      const [argument] = object.args
      if (argument?.kind === 'value' && argument.value.type?.kind === 'number') {
        return helper('timeClip', [this.rewrite(argument.value)], { type: node.type, span: node.span })
      }
    }
    const field = this.dateField(object)
    if (field === undefined) return undefined
    const time = this.field(field, { kind: 'time' })
    if (!this.fields.get(field).nullable) return time
    const otherwise = helper('readOfNull', [literal(callee.property)])
    return expression({ kind: 'conditional', test: this.field(field, { kind: 'present' }), then: time, otherwise })
  }

  private eventTime(node: MirExpression & { kind: 'helper' }): MirExpression | undefined {
    const [value] = node.args
    if (node.name !== 'eventTime' || value === undefined) return undefined
    const field = this.dateField(value)
    if (field === undefined || this.fields.get(field).nullable) return undefined
    return this.field(field, { kind: 'time' })
  }

  /** The field of a timestamp that is read without `?.` on the way. */
  dateField(node: MirExpression): number | undefined {
    const located = this.locate(node)
    if (located?.layout.kind !== 'scalar' || located.guards.length > 0) return undefined
    return this.fields.get(located.layout.field).type.kind === 'date' ? located.layout.field : undefined
  }

  private length(node: MirExpression & { kind: 'member' }): MirExpression | undefined {
    if (node.property !== 'length' || node.optional) return undefined
    const located = this.locate(node.object)
    if (located?.layout.kind !== 'length' || located.guards.length > 0) return undefined
    if (this.fields.get(located.layout.field).nullable) return undefined
    return this.field(located.layout.field, { kind: 'length' })
  }
}

/** `!!` of what is a boolean already is nothing. */
function negated(node: MirExpression): MirExpression {
  if (node.kind === 'literal') return literal(!node.value)
  return node.kind === 'unary' && node.operator === '!' ? node.operand : not(node)
}

export function isDateConstructor(node: MirExpression): boolean {
  return node.kind === 'global' && node.name === 'Date'
}

function memberOf(
  node: MirExpression,
): { readonly object: MirExpression; readonly property: string; readonly optional: boolean } | undefined {
  if (node.kind === 'member') return node
  if (node.kind === 'index' && node.index.kind === 'literal' && typeof node.index.value === 'string') {
    return { object: node.object, property: node.index.value, optional: node.optional }
  }
  return undefined
}
