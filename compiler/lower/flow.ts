/** What goes along while operators are lowered: the record at its place, and what the function is built with. */
import type { ExchangeRole } from '../ir/exchange.js'
import type { LambdaId, LogicalNode, NodeId } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement, MirSubroutine } from '../ir/mir.js'
import type { Topology } from '../ir/topology.js'
import type { FunctionBuilder } from './function-builder.js'
import type { ProgramBuilder } from './program-builder.js'

/** The record at one place of the pipeline; headers are always those of the input. Of a table: the value that is there now. */
export interface Flow {
  readonly key: MirExpression
  readonly value: MirExpression
  /** Of a table, where somebody behind looks at it: what was there before, or null. */
  readonly before: MirExpression | undefined
  /** Of a versioned table: whether the version is the newest of its key; undefined: it is. */
  readonly isNewest?: MirExpression | undefined
  /** Of a table: the time that its row has for those who join with it; undefined: that of the record. */
  readonly rowTime?: MirExpression | undefined
  /** undefined: the event time of the input's record. */
  readonly timestamp: MirExpression | undefined
}

export interface LoweringContext {
  readonly program: ProgramBuilder
  readonly topology: Topology
  readonly builder: FunctionBuilder
  /** What stands behind merges, by the merge; `undefined` while it is being lowered. */
  readonly subroutines: Subroutines
}

/** What the operators with state need of the record that they take in. */
export interface OperatorContext<N extends LogicalNode> extends LoweringContext {
  readonly node: N
  call(lambda: LambdaId, args: readonly MirExpression[], out: MirStatement[]): MirExpression
  /** With the context of another record than the one that has come. */
  callWith(lambda: LambdaId, args: readonly MirExpression[], flow: Flow, out: MirStatement[]): MirExpression
  forward(flow: Flow, out: MirStatement[]): void
  /** Through an internal topic of the operator. */
  send(role: ExchangeRole, flow: Flow): MirStatement
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
