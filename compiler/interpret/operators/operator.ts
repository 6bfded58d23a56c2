/** What every operator of the interpreter is made of: a node and the operators that its results go to. */
import type { GraphNode, GraphNodeKind, PipelineGraph } from '../../../dsl/model/graph.js'
import type { ExchangeRole } from '../exchanges.js'
import type { TopicSerdes } from '../serdes/element-serde.js'
import type { Journal } from '../state/journal.js'
import type { KeyOrder } from '../state/key-order.js'
import type { FlowRecord, OutputRecord } from '../record.js'
import type { TaskClock } from '../task-clock.js'

export type NodeOf<K extends GraphNodeKind> = Extract<GraphNode, { readonly kind: K }>

/** `port`: which of the node's inputs the record comes from, in the order of `inputsOf`. */
export type Receiver = (record: FlowRecord, port: number) => void

/** Hands a record on. */
export type Forward = (record: FlowRecord) => void

export interface Child {
  readonly node: GraphNode
  readonly receive: Receiver
  /** Which input of the child this edge is. */
  readonly port: number
}

/** What sinks and effects of one record act on. */
export interface Effects {
  /** Kept until the record is done; dropped when it fails. */
  emit(output: OutputRecord): void
  print(label: string, record: FlowRecord): void
}

export interface OperatorContext {
  readonly node: GraphNode
  /** In declaration order; a merge that names an input twice stands twice. */
  readonly children: readonly Child[]
  /** Hands a record to all children, depth first. */
  readonly forward: Forward
  readonly effects: Effects
  /** Name for output that people read; unique in the graph. */
  readonly label: string
  /** Serdes of a topic that this node reads or writes; throws for nodes without one. */
  readonly serdes: (role?: ExchangeRole) => TopicSerdes
  /** The graph that the node stands in. */
  readonly graph: PipelineGraph
  readonly journal: Journal
  /** Of the keys of what comes in. */
  readonly keyOrder: KeyOrder
  /** Of the tasks that the node runs in, behind its internal topics. */
  readonly task: TaskClock
  /** Shows the rows that the node keeps to those who ask for its store, or for one of its stores. */
  readonly expose: (rows: () => readonly StoreRow[], store?: string) => void
  /** Names of the internal topics that the node writes to and goes on behind. */
  readonly internalTopics: ReadonlyMap<ExchangeRole, string>
  /** Those of them that another operator writes. */
  readonly sharedTopics: ReadonlySet<ExchangeRole>
}

/** A row of a store as the author sees it; keys of windows are `Windowed`. */
export interface StoreRow {
  readonly key: unknown
  readonly value: unknown
}

/** Makes the receiver of one node. */
export type OperatorInterpreter<K extends GraphNodeKind> = (node: NodeOf<K>, context: OperatorContext) => Receiver
