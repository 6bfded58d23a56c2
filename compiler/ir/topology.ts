/**
 * Sub-topologies: the parts of a physical plan between topics. A task is one sub-topology for one partition; each input
 * becomes one fused function.
 */
import type { PlaceId } from './exchange.js'
import type { LambdaId, NodeId } from './logical-plan.js'
import type { Exchange, PhysicalOperator } from './physical-plan.js'
import type { ResolvedSerde, ResolvedTopic } from './resolved-plan.js'

export interface Topology {
  readonly subTopologies: readonly SubTopology[]
  /** Every topic written to; sinks of one topic with the same serdes share an entry. */
  readonly sinks: readonly TopologySink[]
  readonly internalTopics: readonly InternalTopic[]
  readonly exchanges: readonly Exchange[]
  readonly coPartitioned: readonly CoPartitioned[]
  readonly stores: readonly TopologyStore[]
  readonly globalTables: readonly TopologyGlobalTable[]
  readonly sourceRestores: readonly SourceRestore[]
  readonly operators: ReadonlyMap<NodeId, PhysicalOperator>
}

/** A table that every process reads whole: its sub-topology is no task of the group's, and its store has no changelog. */
export interface TopologyGlobalTable {
  readonly node: NodeId
  readonly subTopology: number
  readonly name: string
}

export interface SubTopology {
  readonly id: number
  readonly inputs: readonly TopologyInput[]
  /** Operators in declaration order. */
  readonly operators: readonly NodeId[]
  /** Indices into `Topology.sinks`. */
  readonly outputs: readonly number[]
  /** Indices of inputs that are read to their ends at start before the others are looked at. */
  readonly awaited: readonly number[]
}

/** Of a table whose source topic is its changelog: writes rows from records as they are restored, and nothing else. */
export interface SourceRestore extends SubTopology {
  readonly node: NodeId
  readonly store: string
}

/** Those that tasks are made of, and behind them those that restore; each is at the place of its id. */
export function everySubTopology({ subTopologies, sourceRestores }: Topology): readonly SubTopology[] {
  return [...subTopologies, ...sourceRestores]
}

export interface TopologyInput {
  readonly topic: string
  /** Internal topics carry bytes of the reader's schema without a frame. */
  readonly framed: boolean
  readonly serdes: ResolvedTopic
  /** Sources of this topic (streams of one topic are read once), or the exchange whose records come back. */
  readonly places: readonly PlaceId[]
  readonly timestamp: LambdaId | undefined
}

export interface TopologySink {
  /** Empty when the topic is chosen for each record. */
  readonly topic: string
  readonly framed: boolean
  readonly serdes: ResolvedTopic
  /** Sinks and exchanges that write to it. */
  readonly places: readonly PlaceId[]
}

export interface TopologyStore {
  /** The operator whose state it holds. */
  readonly node: NodeId
  readonly subTopology: number
  readonly name: string
  readonly kind: 'key-value' | 'window' | 'session' | 'buffer' | 'prefixed'
  /** Numbers of a row, beside its timestamp. */
  readonly columns: number
  /** Of windows: their advance, ms. */
  readonly bucketMs: number
  /** Of windows: whether rows of a key are gone through in order. */
  readonly ranges: boolean
  /** How long after their last change rows are kept, ms; undefined: for ever. */
  readonly ttlMs?: number | undefined
  /** Of a map of a processor: the key of the records. */
  readonly outer?: ResolvedSerde | undefined
  /** What keys and rows are; undefined: the operator's own bookkeeping. */
  readonly serdes?: ResolvedTopic | undefined
  readonly changelog: StoreChangelog
  /** Where its rows are; undefined: in memory. */
  readonly location?: 'disk' | undefined
}

interface StoreChangelog {
  readonly topic: string
  readonly config: Readonly<Record<string, string>>
  /** The topic that the table is read from: nothing is written to it, and this sub-topology restores rows from it. */
  readonly restoredBy?: number | undefined
}

/** Topics whose records meet by key in one operator: they must have the same partitions. */
export interface CoPartitioned {
  readonly node: NodeId
  readonly operator: string
  readonly topics: readonly string[]
}

export interface InternalTopic {
  readonly topic: string
  readonly partitions: number | undefined
  readonly config: Readonly<Record<string, string>>
}
