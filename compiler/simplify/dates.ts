/**
 * A Date that is only written to sinks or asked for its time is a number: the Date is made where somebody needs one, and
 * the serdes pass needs none. Refuses Dates whose argument is not a number, and those that anybody else gets hold of.
 */
import type { MirExpression, MirLocal, MirLocalId, MirStatement } from '../ir/mir.js'
import { expression, helper, letStatement, local } from '../ir/mir-build.js'
import { mapChildren, mapStatement } from '../ir/mir-visit.js'
import type { Locals } from './scalar-replacement.js'

const number = { kind: 'number', brand: undefined } as const

export function replaceDates(body: readonly MirStatement[], locals: Locals): readonly MirStatement[] {
  const finder = new DateFinder(locals)
  finder.body(body)
  return finder.dates.size === 0 ? body : new DateReplacement(locals, finder.dates).body(body)
}

/** Argument of `new Date(ms)`. */
function millisecondsOf(value: MirExpression | undefined): MirExpression | undefined {
  if (value?.kind !== 'new' || value.callee.kind !== 'global' || value.callee.name !== 'Date') return undefined
  const [argument, ...others] = value.args
  if (argument?.kind !== 'value' || others.length > 0) return undefined
  return argument.value.type?.kind === 'number' ? argument.value : undefined
}

class DateFinder {
  readonly dates = new Set<MirLocalId>()

  constructor(readonly locals: ReadonlyMap<MirLocalId, MirLocal>) {}

  body = (statements: readonly MirStatement[]): readonly MirStatement[] => {
    for (const node of statements) {
      if (node.kind === 'let' && this.locals.get(node.local)?.mutable === false) {
        if (millisecondsOf(node.init) !== undefined) this.dates.add(node.local)
      }
      if (node.kind === 'emit') {
        this.written(node.value)
        for (const other of [node.key, node.headers, node.timestamp, node.topic]) if (other) this.expression(other)
      } else mapStatement(node, this.expression, this.body)
    }
    return statements
  }

  private written(node: MirExpression): void {
    if (node.kind === 'local') return
    if (node.kind === 'object') {
      for (const item of node.members) {
        if (item.kind === 'property') this.written(item.value)
        else this.expression(item.value)
      }
    } else if (node.kind === 'conditional') {
      this.expression(node.test)
      this.written(node.then)
      this.written(node.otherwise)
    } else this.expression(node)
  }

  private readonly expression = (node: MirExpression): MirExpression => {
    if (node.kind === 'local') this.dates.delete(node.local)
    if (isTimeOf(node)) return node
    return mapChildren(node, this.expression, this.body)
  }
}

/** `date.getTime()` of a local. */
function isTimeOf(node: MirExpression): boolean {
  if (node.kind !== 'call' || node.args.length > 0 || node.optional || node.callee.kind !== 'member') return false
  const { object, property, optional } = node.callee
  return object.kind === 'local' && !optional && (property === 'getTime' || property === 'valueOf')
}

class DateReplacement {
  readonly #times = new Map<MirLocalId, MirLocalId>()

  constructor(
    readonly locals: Locals,
    readonly dates: ReadonlySet<MirLocalId>,
  ) {}

  body = (statements: readonly MirStatement[]): readonly MirStatement[] =>
    statements.map((node) => {
      if (node.kind !== 'let' || !this.dates.has(node.local)) return mapStatement(node, this.expression, this.body)
      const milliseconds = millisecondsOf(node.init)
      if (milliseconds === undefined) throw new Error('a Date is made of something else now')
      const time = this.locals.size
      const name = this.locals.get(node.local)?.name ?? 'date'
      this.locals.set(time, { id: time, name: `${name}_ms`, mutable: false })
      this.#times.set(node.local, time)
      const init = helper('timeClip', [this.expression(milliseconds)], { type: number, span: node.init?.span })
      return letStatement(time, init, node.span)
    })

  private readonly expression = (node: MirExpression): MirExpression => {
    const time = node.kind === 'local' ? this.#times.get(node.local) : undefined
    if (time === undefined) return mapChildren(node, this.expression, this.body)
    const callee = expression({ kind: 'global', name: 'Date' })
    return expression({ kind: 'new', callee, args: [{ kind: 'value', value: local(time, number) }] }, node)
  }
}
