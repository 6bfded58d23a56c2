/**
 * Uses what a local stands for in its place: constants, other names, parts of the input; and a pure expression that is
 * read only once. Refuses what is assigned, what may throw, what reads something that anybody could change meanwhile, and
 * moves nothing into a loop or a nested function.
 */
import type { MirExpression, MirLocal, MirLocalId, MirStatement } from '../ir/mir.js'
import { isInputPath, isMovable } from '../ir/mir-purity.js'
import { mapChildren, mapStatement } from '../ir/mir-visit.js'
import { usageOf, type LocalUsage } from './usage.js'

export function propagate(
  body: readonly MirStatement[],
  locals: ReadonlyMap<MirLocalId, MirLocal>,
): readonly MirStatement[] {
  return new Propagation(locals, usageOf(body)).body(body)
}

class Propagation {
  readonly #values = new Map<MirLocalId, MirExpression>()

  constructor(
    readonly locals: ReadonlyMap<MirLocalId, MirLocal>,
    readonly usage: ReadonlyMap<MirLocalId, LocalUsage>,
  ) {}

  body = (statements: readonly MirStatement[]): readonly MirStatement[] =>
    statements.flatMap((node): MirStatement[] => {
      const next = mapStatement(node, this.expression, this.body)
      if (next.kind !== 'let' || next.init === undefined || !this.stands(next.local, next.init)) return [next]
      this.#values.set(next.local, next.init)
      return []
    })

  private readonly expression = (node: MirExpression): MirExpression => {
    if (node.kind !== 'local') return mapChildren(node, this.expression, this.body)
    const value = this.#values.get(node.local)
    if (value === undefined) return node
    // What is known of the type here may be more than where the value was made.
    return value.kind === 'literal' ? value : { ...value, type: node.type ?? value.type }
  }

  private stands(local: MirLocalId, value: MirExpression): boolean {
    if (this.locals.get(local)?.mutable !== false) return false
    if (value.kind === 'literal' || value.kind === 'constant' || isInputPath(value)) return true
    if (value.kind === 'local') return this.locals.get(value.local)?.mutable === false
    const usage = this.usage.get(local)
    if (usage === undefined || usage.reads !== 1 || usage.repeated) return false
    return value.kind !== 'object' && isMovable(value, this.locals)
  }
}
