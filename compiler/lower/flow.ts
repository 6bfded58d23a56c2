/** What the lowering of all operators works on: the record on its way, and the function that is being built. */
import type { NodeId } from '../ir/logical-plan.js'
import type { MirExpression, MirSubroutine } from '../ir/mir.js'
import { expression } from '../ir/mir-build.js'
import type { Topology } from '../ir/topology.js'
import type { FunctionBuilder } from './function-builder.js'
import type { ProgramBuilder } from './program-builder.js'

export interface LoweringContext {
  readonly program: ProgramBuilder
  readonly topology: Topology
  readonly builder: FunctionBuilder
  /** What stands behind merges, by the merge; `undefined` while it is being lowered. */
  readonly subroutines: Subroutines
}

/** The subroutines of one function, in order of their indices. */
export class Subroutines {
  readonly list: MirSubroutine[] = []
  readonly #of = new Map<NodeId, number>()

  /** Index of the one for that node; made on first use. */
  get(node: NodeId, make: () => MirSubroutine): number {
    const known = this.#of.get(node)
    if (known !== undefined) return known
    const index = this.list.push({ name: '', parameters: [], body: [] }) - 1
    this.#of.set(node, index)
    this.list[index] = make()
    return index
  }
}

/** The record at one place of the pipeline; headers are always those of the input. */
export interface Flow {
  readonly key: MirExpression
  readonly value: MirExpression
  /** Event time in ms: that of the input, or behind an aggregate its row's. */
  readonly timestamp: MirExpression
}

/** Event time of the record that was read. */
export const inputTime = expression(
  { kind: 'context', property: 'timestamp' },
  { type: { kind: 'number', brand: undefined }, span: undefined },
)
