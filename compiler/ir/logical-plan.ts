/**
 * The pipeline as the author wrote it: operators in declaration order, lambdas by id. Made by the stage pass from the
 * recorded graph (dsl/model/graph.ts); plain data.
 */
import type { ErrorPolicy, JoinKind } from '../../dsl/model/graph.js'
import type { SerdeSpec } from '../../dsl/model/serde-spec.js'
import type { StoreSpec, TimerSpec } from '../../dsl/model/store-spec.js'
import type { WindowSpec } from '../../dsl/model/window-spec.js'
import type { CapturedValue } from './captured-value.js'
import type { Span } from './span.js'

export type LambdaId = number
export type NodeId = number

export interface LogicalTopic {
  readonly name: string
  readonly key: SerdeSpec | undefined
  readonly value: SerdeSpec | undefined
  readonly timestamp: LambdaId | undefined
  readonly span: Span | undefined
}

export interface LogicalNodeBase {
  /** Index in the plan's list of nodes. */
  readonly id: NodeId
  /** Given by the author. */
  readonly name: string | undefined
  /** Unique in the plan, readable, used in frames, metrics and `explain`: the name, else kind and binding or number. */
  readonly label: string
  readonly span: Span | undefined
  /** Resolved: the operator's own policy, else the pipeline's. */
  readonly onError: ErrorPolicy
  /** Where its rows are; undefined: in memory. */
  readonly store?: 'disk' | undefined
}
interface OneInput {
  readonly input: NodeId
}
interface MakesKeys extends OneInput {
  /** How keys are written from here on; undefined: by what is known of them. */
  readonly keySerde?: SerdeSpec | undefined
}
interface TwoInputs {
  readonly left: NodeId
  readonly right: NodeId
}

export type LogicalNode = LogicalNodeBase &
  (
    | { readonly kind: 'source'; readonly topic: LogicalTopic }
    | ({ readonly kind: 'filter'; readonly predicate: LambdaId; readonly negated: boolean } & OneInput)
    | ({ readonly kind: 'map'; readonly mapper: LambdaId } & OneInput)
    | ({ readonly kind: 'map-record'; readonly mapper: LambdaId } & MakesKeys)
    | ({ readonly kind: 'flat-map'; readonly mapper: LambdaId } & OneInput)
    | ({ readonly kind: 'select-key'; readonly selector: LambdaId } & MakesKeys)
    | ({ readonly kind: 'peek'; readonly action: LambdaId } & OneInput)
    | ({ readonly kind: 'print'; readonly printLabel: string | undefined } & OneInput)
    | ({ readonly kind: 'for-each'; readonly action: LambdaId } & OneInput)
    | { readonly kind: 'merge'; readonly inputs: readonly NodeId[] }
    | ({ readonly kind: 'split'; readonly branches: readonly LogicalBranch[] } & OneInput)
    | ({ readonly kind: 'branch'; readonly branch: string } & OneInput)
    | ({ readonly kind: 'repartition'; readonly partitions: number | undefined } & MakesKeys)
    | ({
        readonly kind: 'to'
        readonly target: LogicalSinkTarget
        readonly headers: LambdaId | undefined
        readonly timestamp: LambdaId | undefined
      } & OneInput)
    | LogicalProcess
    /** One of the named outputs of a `process`. */
    | ({ readonly kind: 'process-output'; readonly output: string } & OneInput)
    /** `within`: ms. */
    | ({ readonly kind: 'dedupe'; readonly within: number; readonly by: LambdaId | undefined } & OneInput)
    | ({ readonly kind: 'group-by-key' } & OneInput)
    | ({ readonly kind: 'group-by'; readonly selector: LambdaId } & MakesKeys)
    /** Several grouped streams that add to one aggregate: a `(acc, value, ctx) -> acc` each. */
    | {
        readonly kind: 'cogroup'
        readonly inputs: readonly NodeId[]
        readonly initial: LambdaId
        readonly adds: readonly LambdaId[]
      }
    /** Only says which windows the aggregates of its input have. */
    | ({ readonly kind: 'window'; readonly window: LogicalWindow } & OneInput)
    | ({
        readonly kind: 'aggregate'
        readonly aggregation: LogicalAggregation
        /** How long after their last change rows are kept, ms; undefined: for ever. Likewise below. */
        readonly ttl: number | undefined
      } & OneInput)
    /** `history`: how far back versions are kept, ms; undefined: only the newest. */
    | {
        readonly kind: 'table-source'
        readonly topic: LogicalTopic
        readonly history: number | undefined
        readonly ttl: number | undefined
        /** What its rows are restored from: a changelog of its own, or the topic itself. */
        readonly restoredFrom: 'changelog' | 'source'
      }
    | { readonly kind: 'global-table'; readonly topic: LogicalTopic }
    | ({ readonly kind: 'to-table'; readonly ttl: number | undefined } & OneInput)
    | ({ readonly kind: 'to-stream' } & OneInput)
    | ({ readonly kind: 'table-filter'; readonly predicate: LambdaId; readonly negated: boolean } & OneInput)
    | ({ readonly kind: 'table-map'; readonly mapper: LambdaId } & OneInput)
    /** Of a windowed stream: the records that no window accepts. */
    | ({ readonly kind: 'late' } & OneInput)
    /** Holds changes back until their window closes, or for so many ms. */
    | ({
        readonly kind: 'suppress'
        readonly until: 'window-closes' | number
        readonly clock: 'stream' | 'wall'
        readonly maxRecords: number | undefined
        readonly onFull: 'emit-early' | 'fail'
      } & OneInput)
    /** `(value, ctx) -> { key, value }`; behind it each record is a change of a group. */
    | ({ readonly kind: 'group-table'; readonly selector: LambdaId } & MakesKeys)
    | ({
        readonly kind: 'stream-table-join'
        readonly join: 'inner' | 'left'
        readonly joiner: LambdaId
        /** How long records wait for versions of the table, ms; undefined: they do not. */
        readonly grace: number | undefined
        /** The stream is held until the table has caught up at start. */
        readonly waitForTable: boolean
      } & TwoInputs)
    /** A right record joins from `before` ms before the left one to `after` ms after it. */
    | ({
        readonly kind: 'stream-join'
        readonly join: JoinKind
        readonly before: number
        readonly after: number
        readonly grace: number
        readonly joiner: LambdaId
      } & TwoInputs)
    /** `key`: `(value, ctx) -> key of the table`. */
    | ({
        readonly kind: 'global-table-join'
        readonly join: 'inner' | 'left'
        readonly key: LambdaId
        readonly joiner: LambdaId
      } & TwoInputs)
    | ({ readonly kind: 'table-join'; readonly join: JoinKind; readonly joiner: LambdaId } & TwoInputs)
    /** `foreignKey`: `(value of the left row) -> key of the right table`. */
    | ({
        readonly kind: 'foreign-key-join'
        readonly join: 'inner' | 'left'
        readonly foreignKey: LambdaId
        readonly joiner: LambdaId
      } & TwoInputs)
  )

/** As dsl/model/graph.ts has it. */
export interface LogicalProcess extends OneInput {
  readonly kind: 'process'
  readonly stores: readonly StoreSpec[]
  readonly timers: readonly TimerSpec[]
  readonly process: LambdaId
  readonly onTimer: LambdaId | undefined
  /** `every`: ms. */
  readonly punctuate: { readonly every: number; readonly clock: 'stream' | 'wall'; readonly run: LambdaId } | undefined
  readonly keepsKey: boolean
  /** Whether records go where those with equal keys meet; else they stay in the partition that they are in. */
  readonly gathers: boolean
  readonly outputs: readonly string[]
}

/** The windows that are compiled. */
export type LogicalWindow = WindowSpec

/** The aggregations that are compiled. */
export type LogicalAggregation =
  | { readonly kind: 'count' }
  /** `(acc, value) -> acc`. */
  | { readonly kind: 'reduce'; readonly add: LambdaId; readonly subtract: LambdaId | undefined }
  /** `() -> acc`, `(acc, value, ctx) -> acc`, of tables `(acc, value) -> acc` that takes a value out again. */
  | {
      readonly kind: 'fold'
      readonly initial: LambdaId
      readonly add: LambdaId
      readonly subtract: LambdaId | undefined
      /** `(a, b) -> acc`, of two sessions that become one. */
      readonly merge: LambdaId | undefined
    }
  /** How values are added says the cogroup. */
  | { readonly kind: 'cogroup'; readonly merge: LambdaId | undefined }
  | { readonly kind: 'declared'; readonly fields: readonly LogicalField[] }

export interface LogicalField {
  readonly name: string
  readonly aggregator: LogicalAggregator
}

/** As dsl/model/aggregation.ts has them. */
export type LogicalAggregator =
  | { readonly kind: 'count' }
  | { readonly kind: 'sum' | 'avg' | 'min' | 'max' | 'first' | 'last' | 'countDistinct'; readonly of: LambdaId }
  | { readonly kind: 'collect'; readonly of: LambdaId; readonly limit: number | undefined }
  | { readonly kind: 'topK'; readonly of: LambdaId; readonly by: LambdaId; readonly limit: number }
  | {
      readonly kind: 'custom'
      readonly initial: LambdaId
      readonly add: LambdaId
      readonly merge: LambdaId | undefined
      readonly subtract: LambdaId | undefined
      readonly result: LambdaId | undefined
    }

/** First branch whose predicate holds takes the record; undefined = otherwise. */
export interface LogicalBranch {
  readonly name: string
  readonly predicate: LambdaId | undefined
}

export type LogicalSinkTarget =
  | { readonly kind: 'topic'; readonly topic: LogicalTopic }
  | { readonly kind: 'chosen'; readonly choose: LambdaId; readonly like: LogicalTopic }

export type LogicalNodeKind = LogicalNode['kind']
export type LogicalNodeOf<K extends LogicalNodeKind> = Extract<LogicalNode, { readonly kind: K }>

/** A function of the author as staging saw it: where its text stands, and what it closes over. */
export interface LambdaReference {
  readonly id: LambdaId
  /** Site id of the function expression in the quoted modules. */
  readonly site: number
  readonly span: Span
  /** Free variables declared in enclosing functions or blocks, with the values that they had when the builder ended. */
  readonly captures: ReadonlyMap<string, CapturedValue>
}

export interface LogicalPlan {
  readonly name: string
  readonly applicationId: string
  readonly onError: ErrorPolicy
  readonly nodes: readonly LogicalNode[]
  readonly lambdas: readonly LambdaReference[]
  /** The author's file that holds the pipeline, relative to the project root. */
  readonly file: string
  /** Name under which that module exports the pipeline. */
  readonly exportName: string
}
