/**
 * An object that never leaves the function is never made: each property becomes a local. Properties are evaluated in the
 * author's order, whoever reads them. Refuses objects with computed or unknown members, objects that somebody keeps,
 * and reads in nested functions of variables.
 */
import type { MirExpression, MirLocal, MirLocalId, MirMember, MirStatement } from '../ir/mir.js'
import { expression, letStatement, literal, local, member, statement } from '../ir/mir-build.js'
import { isInputPath } from '../ir/mir-purity.js'
import { mapChildren, mapStatement } from '../ir/mir-visit.js'
import type { RecordTypes } from '../ir/value-type.js'

export type Locals = Map<MirLocalId, MirLocal>

export function replaceScalars(
  body: readonly MirStatement[],
  locals: Locals,
  recordTypes: RecordTypes,
): readonly MirStatement[] {
  const replacement = new Replacement(locals, recordTypes)
  const candidates = replacement.find(body)
  return candidates.size === 0 ? body : replacement.replace(body)
}

interface Candidate {
  /** Values of the object's declaration and assignments, as property lists. */
  readonly shapes: (readonly string[])[]
  escapes: boolean
}

class Replacement {
  readonly #candidates = new Map<MirLocalId, Candidate>()
  readonly #properties = new Map<MirLocalId, Map<string, MirExpression>>()

  constructor(
    readonly locals: Locals,
    readonly recordTypes: RecordTypes,
  ) {}

  find(body: readonly MirStatement[]): ReadonlySet<MirLocalId> {
    this.collect(body)
    this.escapes(body)
    for (const [id, candidate] of this.#candidates) {
      const [first, ...others] = candidate.shapes
      const same = first !== undefined && others.every((shape) => shape.join('\n') === first.join('\n'))
      if (candidate.escapes || !same) this.#candidates.delete(id)
    }
    return new Set(this.#candidates.keys())
  }

  // Candidates: locals that are only ever object literals.

  private readonly collect = (body: readonly MirStatement[]): readonly MirStatement[] => {
    for (const node of body) {
      if (node.kind === 'let' && node.init !== undefined) this.value(node.local, node.init)
      if (node.kind === 'let' && node.init === undefined) this.candidate(node.local)
      if (node.kind === 'assign') this.value(node.local, node.value)
      if (node.kind === 'for-of') this.candidate(node.local).escapes = true
      mapStatement(node, (inner) => inner, this.collect)
    }
    return body
  }

  private candidate(id: MirLocalId): Candidate {
    let candidate = this.#candidates.get(id)
    if (candidate === undefined) {
      candidate = { shapes: [], escapes: false }
      this.#candidates.set(id, candidate)
    }
    return candidate
  }

  private value(id: MirLocalId, value: MirExpression): void {
    const candidate = this.candidate(id)
    const members = this.expanded(value)
    if (members === undefined) candidate.escapes = true
    else candidate.shapes.push([...members.keys()])
  }

  /** The properties of an object literal, spreads of known records written out; the last of a name counts. */
  private expanded(value: MirExpression): Map<string, MirExpression> | undefined {
    if (value.kind !== 'object') return undefined
    const members = new Map<string, MirExpression>()
    for (const item of value.members) {
      const added = this.memberValues(item)
      if (added === undefined) return undefined
      for (const [name, inner] of added) {
        // A later member of the same name keeps the place of the first; both values are evaluated.
        if (members.has(name) && item.kind === 'property') return undefined
        members.set(name, inner)
      }
    }
    return members
  }

  private memberValues(item: MirMember): readonly (readonly [string, MirExpression])[] | undefined {
    if (item.kind === 'property') return item.name === '__proto__' ? undefined : [[item.name, item.value]]
    if (item.kind === 'computed') return undefined
    const { value } = item
    if (value.kind === 'object') return listOf(this.expanded(value))
    if (value.kind === 'local') {
      const properties = this.#properties.get(value.local)
      if (properties !== undefined) return [...properties]
    }
    const type = value.type?.kind === 'record' ? this.recordTypes.get(value.type.name) : undefined
    if (type === undefined || !isInputPath(value) || type.fields.some((field) => field.optional)) return undefined
    return type.fields.map((field) => [field.name, member(value, field.name, { type: field.type, span: value.span })])
  }

  // Escapes: every mention that is neither a read of a property nor part of what is written to a sink.

  private readonly escapes = (body: readonly MirStatement[]): readonly MirStatement[] => {
    for (const node of body) {
      if (node.kind === 'emit') {
        this.structured(node.key)
        this.structured(node.value)
        for (const other of [node.headers, node.timestamp, node.topic]) if (other !== undefined) this.mentions(other)
      } else if (node.kind === 'print') {
        this.structured(node.key)
        this.structured(node.value)
      } else mapStatement(node, this.mentions, this.escapes)
    }
    return body
  }

  /** Written field by field, so an object there is none. */
  private structured(node: MirExpression): void {
    if (node.kind === 'local') return
    if (node.kind === 'object') {
      for (const item of node.members) {
        if (item.kind === 'property') this.structured(item.value)
        else this.mentions(item.value)
      }
      return
    }
    if (node.kind === 'conditional') {
      this.mentions(node.test)
      this.structured(node.then)
      this.structured(node.otherwise)
      return
    }
    this.mentions(node)
  }

  private readonly mentions = (node: MirExpression): MirExpression => {
    if (node.kind === 'local') {
      const candidate = this.#candidates.get(node.local)
      if (candidate !== undefined) candidate.escapes = true
      return node
    }
    if (node.kind === 'member' && node.object.kind === 'local') return node
    if (node.kind === 'object') {
      for (const item of node.members) {
        const known = item.kind === 'spread' && item.value.kind === 'local'
        if (!known) mapChildren({ ...node, members: [item] }, this.mentions, this.escapes)
        else if (!this.#candidates.has(item.value.local)) this.mentions(item.value)
      }
      return node
    }
    return mapChildren(node, this.mentions, this.escapes)
  }

  // Replacement.

  replace = (body: readonly MirStatement[]): readonly MirStatement[] => body.flatMap((node) => this.statement(node))

  private statement(node: MirStatement): readonly MirStatement[] {
    if (node.kind === 'let' && this.#candidates.has(node.local)) {
      return node.init === undefined ? this.declare(node.local) : this.define(node.local, node.init)
    }
    if (node.kind === 'assign' && this.#candidates.has(node.local)) return this.assign(node.local, node.value)
    return [mapStatement(node, this.rewrite, this.replace)]
  }

  /** One local a property, unless the value needs none. */
  private define(id: MirLocalId, init: MirExpression): MirStatement[] {
    const out: MirStatement[] = []
    const properties = new Map<string, MirExpression>()
    const mutable = this.locals.get(id)?.mutable === true
    for (const [name, value] of this.expanded(init) ?? []) {
      const rewritten = this.rewrite(value)
      if (!mutable && isAtom(rewritten, this.locals)) {
        properties.set(name, rewritten)
        continue
      }
      const target = this.fresh(id, name, mutable)
      out.push(letStatement(target, rewritten, value.span))
      properties.set(name, local(target, value.type))
    }
    this.#properties.set(id, properties)
    return out
  }

  private declare(id: MirLocalId): MirStatement[] {
    const [shape = []] = this.#candidates.get(id)?.shapes ?? []
    const properties = new Map<string, MirExpression>()
    const out = shape.map((name) => {
      const target = this.fresh(id, name, true)
      properties.set(name, local(target))
      return letStatement(target, undefined)
    })
    this.#properties.set(id, properties)
    return out
  }

  /** All values first, then all properties: a new value may read old ones. */
  private assign(id: MirLocalId, value: MirExpression): MirStatement[] {
    const properties = this.#properties.get(id) ?? new Map<string, MirExpression>()
    const members = [...(this.expanded(value) ?? [])].map(([name, inner]) => [name, this.rewrite(inner)] as const)
    const out: MirStatement[] = []
    const values = members.map(([name, inner]) => {
      if (isAtom(inner, this.locals) || members.length === 1) return [name, inner] as const
      const temporary = this.fresh(id, name, false)
      out.push(letStatement(temporary, inner, inner.span))
      return [name, local(temporary, inner.type)] as const
    })
    for (const [name, inner] of values) {
      const target = properties.get(name)
      if (target?.kind === 'local') out.push(statement({ kind: 'assign', local: target.local, value: inner }))
    }
    return out
  }

  private fresh(id: MirLocalId, property: string, mutable: boolean): MirLocalId {
    const target = this.locals.size
    const base = this.locals.get(id)?.name ?? 'value'
    this.locals.set(target, { id: target, name: `${base}_${property}`, mutable })
    return target
  }

  private readonly rewrite = (node: MirExpression): MirExpression => {
    if (node.kind === 'local') {
      const properties = this.#properties.get(node.local)
      return properties === undefined ? node : this.literalOf(properties, node)
    }
    if (node.kind === 'member' && node.object.kind === 'local') {
      const properties = this.#properties.get(node.object.local)
      if (properties !== undefined) {
        const value = properties.get(node.property) ?? literal(undefined)
        return { ...value, type: node.type ?? value.type, span: node.span }
      }
    }
    return mapChildren(node, this.rewrite, this.replace)
  }

  private literalOf(properties: ReadonlyMap<string, MirExpression>, node: MirExpression): MirExpression {
    const members = [...properties].map(([name, value]): MirMember => ({ kind: 'property', name, value }))
    return expression({ kind: 'object', members }, node)
  }
}

/** May stand wherever the property is read. */
function isAtom(value: MirExpression, locals: Locals): boolean {
  if (value.kind === 'literal' || value.kind === 'constant' || isInputPath(value)) return true
  return value.kind === 'local' && locals.get(value.local)?.mutable === false
}

function listOf(
  members: ReadonlyMap<string, MirExpression> | undefined,
): (readonly [string, MirExpression])[] | undefined {
  return members && [...members]
}
