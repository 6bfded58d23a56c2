/** How often and where each local of a function is read and assigned. */
import type { MirExpression, MirLocalId, MirStatement } from '../ir/mir.js'
import { mapChildren, mapStatement } from '../ir/mir-visit.js'

export interface LocalUsage {
  reads: number
  assignments: number
  /** Some read or assignment is in a nested function, or in a loop that the declaration is not in. */
  repeated: boolean
}

export function usageOf(body: readonly MirStatement[]): ReadonlyMap<MirLocalId, LocalUsage> {
  const counter = new UsageCounter()
  counter.body(body)
  return counter.usage
}

class UsageCounter {
  readonly usage = new Map<MirLocalId, LocalUsage>()
  readonly #depths = new Map<MirLocalId, number>()
  #depth = 0

  of(local: MirLocalId): LocalUsage {
    let usage = this.usage.get(local)
    if (usage === undefined) {
      usage = { reads: 0, assignments: 0, repeated: false }
      this.usage.set(local, usage)
    }
    return usage
  }

  body = (statements: readonly MirStatement[]): readonly MirStatement[] => {
    for (const node of statements) this.statement(node)
    return statements
  }

  private inner(work: () => void): void {
    this.#depth++
    work()
    this.#depth--
  }

  private statement(node: MirStatement): void {
    if (node.kind === 'let') this.#depths.set(node.local, this.#depth)
    if (node.kind === 'assign') {
      const usage = this.of(node.local)
      usage.assignments++
      this.note(node.local, usage)
    }
    if (node.kind === 'for-of') {
      this.expression(node.iterable)
      this.inner(() => {
        this.#depths.set(node.local, this.#depth)
        this.body(node.body)
      })
      return
    }
    if (node.kind === 'while') {
      this.inner(() => mapStatement(node, this.expression, this.body))
      return
    }
    mapStatement(node, this.expression, this.body)
  }

  private note(local: MirLocalId, usage: LocalUsage): void {
    if (this.#depths.get(local) !== this.#depth) usage.repeated = true
  }

  private readonly expression = (node: MirExpression): MirExpression => {
    if (node.kind === 'local') {
      const usage = this.of(node.local)
      usage.reads++
      this.note(node.local, usage)
    }
    if (node.kind === 'function') {
      this.inner(() => {
        for (const parameter of node.parameters) this.#depths.set(parameter, this.#depth)
        this.body(node.body)
      })
    } else mapChildren(node, this.expression, this.body)
    return node
  }
}
