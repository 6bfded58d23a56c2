/**
 * The plan as it will run: operators of the logical plan joined to physical ones, with exchanges where records change
 * partition. Made by the plan pass; cut into sub-topologies as a Topology.
 */
import type { ExchangeRole, PlaceId } from './exchange.js'
import type { LogicalNode, NodeId } from './logical-plan.js'

export interface PhysicalPlan {
  readonly operators: readonly PhysicalOperator[]
  readonly exchanges: readonly Exchange[]
}

export interface PhysicalOperator {
  readonly node: LogicalNode
  /** Operators that take this one's records, in declaration order; of a split: its branches. */
  readonly consumers: readonly NodeId[]
}

/** Records leave a sub-topology by an internal topic and enter another one. */
export interface Exchange {
  readonly node: NodeId
  readonly role: ExchangeRole
  readonly topic: string
  readonly partitions: number | undefined
  /** Another exchange, which writes the records that this one reads. */
  readonly writer?: PlaceId | undefined
  /** Another exchange of the same stream, whose topic may have other partitions. */
  readonly apartFrom?: PlaceId | undefined
}
