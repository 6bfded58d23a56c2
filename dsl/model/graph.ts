/**
 * The graph that a pipeline's builder records: pure data, plus the author's own functions by reference.
 * The interpreter runs it as it is; the compiler's stage pass serialises it into a LogicalPlan.
 * Nodes are listed in declaration order, which is also a topological order.
 */
import type { Aggregation } from './aggregation.js'
import type { Site } from './call-site.js'
import type { SerdeSpec } from './serde-spec.js'
import type { StoreSpec, TimerSpec } from './store-spec.js'
import type { WindowSpec } from './window-spec.js'

/** Any function of the author; what it takes and gives is known from the node that holds it. */
export type AuthorFunction = (...args: never[]) => unknown

export type ErrorPolicy =
  { readonly kind: 'fail' } | { readonly kind: 'skip' } | { readonly kind: 'dead-letter'; readonly topic: string }

export interface TopicSpec {
  readonly name: string
  /** undefined: subject `<name>-key` of the schema lock, else string or null. */
  readonly key: SerdeSpec | undefined
  /** undefined: subject `<name>-value` of the schema lock. */
  readonly value: SerdeSpec | undefined
  /** `(value, ctx)` -> event time: ms since the epoch, or a Date. `ctx.timestamp` is the record's own. */
  readonly timestamp: AuthorFunction | undefined
  readonly site: Site | undefined
}

interface NodeBase {
  /** Index in the graph's list of nodes. */
  readonly id: number
  /** Given by the author (`name:`), else undefined. */
  readonly name: string | undefined
  readonly site: Site | undefined
  /** Policy of this operator; undefined: the pipeline's. */
  readonly onError: ErrorPolicy | undefined
  /** Where its rows are; undefined: in memory. */
  readonly store: 'disk' | undefined
}
interface OneInput {
  readonly input: number
}

interface MakesKeys extends OneInput {
  /** How keys are written from here on; undefined: by what is known of them. */
  readonly keySerde: SerdeSpec | undefined
}

export type GraphNode = NodeBase &
  (
    | { readonly kind: 'source'; readonly topic: TopicSpec }
    | ({ readonly kind: 'filter'; readonly predicate: AuthorFunction; readonly negated: boolean } & OneInput)
    | ({ readonly kind: 'map'; readonly mapper: AuthorFunction } & OneInput)
    | ({ readonly kind: 'map-record'; readonly mapper: AuthorFunction } & MakesKeys)
    | ({ readonly kind: 'flat-map'; readonly mapper: AuthorFunction } & OneInput)
    | ({ readonly kind: 'select-key'; readonly selector: AuthorFunction } & MakesKeys)
    | ({ readonly kind: 'peek'; readonly action: AuthorFunction } & OneInput)
    | ({ readonly kind: 'print'; readonly label: string | undefined } & OneInput)
    | ({ readonly kind: 'for-each'; readonly action: AuthorFunction } & OneInput)
    | { readonly kind: 'merge'; readonly inputs: readonly number[] }
    /** First branch whose predicate holds takes the record; `undefined` predicate = otherwise. */
    | ({ readonly kind: 'split'; readonly branches: readonly SplitBranch[] } & OneInput)
    /** One output of a split: `input` is the split node. */
    | ({ readonly kind: 'branch'; readonly branch: string } & OneInput)
    | ({ readonly kind: 'repartition'; readonly partitions: number | undefined } & MakesKeys)
    | ({
        readonly kind: 'to'
        readonly target: SinkTarget
        readonly headers: AuthorFunction | undefined
        readonly timestamp: AuthorFunction | undefined
      } & OneInput)
    | ProcessNode
    /** One of the named outputs of a `process`: `input` is that node. */
    | ({ readonly kind: 'process-output'; readonly output: string } & OneInput)
    /** `by`: `(value, ctx) -> what makes records of one key equal`. `within`: ms. */
    | ({ readonly kind: 'dedupe'; readonly within: number; readonly by: AuthorFunction | undefined } & OneInput)
    | TableNode
    | GroupNode
    | JoinNode
  )

export interface ProcessNode extends OneInput {
  readonly kind: 'process'
  readonly stores: readonly StoreSpec[]
  readonly timers: readonly TimerSpec[]
  /** `(value, ctx, state) -> records`. */
  readonly process: AuthorFunction
  /** `(timer, state) -> records`. */
  readonly onTimer: AuthorFunction | undefined
  readonly punctuate: PunctuationSpec | undefined
  /** Whether records go on with the key that they came with. */
  readonly keepsKey: boolean
  /** Whether records go where those with equal keys meet; else they stay in the partition that they are in. */
  readonly gathers: boolean
  /** Empty: there is one, without a name. */
  readonly outputs: readonly string[]
}

export interface PunctuationSpec {
  /** ms */
  readonly every: number
  readonly clock: 'stream' | 'wall'
  /** `(time, state) -> records`. */
  readonly run: AuthorFunction
}

/** Tables: `name` is that of the store. */
export type TableNode =
  /** `history`: how far back versions are kept, in ms, of a versioned table; undefined: only the newest. */
  | {
      readonly kind: 'table-source'
      readonly topic: TopicSpec
      readonly history: number | undefined
      /** How long after their last change rows are kept, ms; undefined: for ever. Likewise below. */
      readonly ttl: number | undefined
      /** What its rows are restored from: a changelog of its own, or the topic itself. */
      readonly restoredFrom: 'changelog' | 'source'
    }
  | { readonly kind: 'global-table'; readonly topic: TopicSpec }
  | ({ readonly kind: 'to-table'; readonly ttl: number | undefined } & OneInput)
  | ({ readonly kind: 'to-stream' } & OneInput)
  | ({ readonly kind: 'table-filter'; readonly predicate: AuthorFunction; readonly negated: boolean } & OneInput)
  | ({ readonly kind: 'table-map'; readonly mapper: AuthorFunction } & OneInput)
  | ({
      readonly kind: 'suppress'
      /** `window-closes`, or for how long a key is held back, in ms. */
      readonly until: 'window-closes' | number
      /** By which time it is held back. */
      readonly clock: 'stream' | 'wall'
      readonly maxRecords: number | undefined
      readonly onFull: 'emit-early' | 'fail'
    } & OneInput)

/** Grouping and what is computed of groups; an aggregate is a table. */
export type GroupNode =
  | ({ readonly kind: 'group-by-key' } & OneInput)
  /** `(value, ctx) -> key`. */
  | ({ readonly kind: 'group-by'; readonly selector: AuthorFunction } & MakesKeys)
  /** Of a table: `(value, ctx) -> { key, value }`. */
  | ({ readonly kind: 'group-table'; readonly selector: AuthorFunction } & MakesKeys)
  /** One `(acc, value, ctx) -> acc` for each grouped input. */
  | {
      readonly kind: 'cogroup'
      readonly inputs: readonly number[]
      readonly initial: AuthorFunction
      readonly adds: readonly AuthorFunction[]
    }
  /** `input` is a grouped stream or a cogroup. */
  | ({ readonly kind: 'window'; readonly window: WindowSpec } & OneInput)
  /** `input` is a grouped stream, a grouped table, a cogroup or a window. */
  | ({ readonly kind: 'aggregate'; readonly aggregation: Aggregation; readonly ttl: number | undefined } & OneInput)
  /** Records that no window of `input` accepted, as a stream. */
  | ({ readonly kind: 'late' } & OneInput)

export type JoinKind = 'inner' | 'left' | 'outer'

export type JoinNode =
  /** A right record joins from `before` ms before the left one to `after` ms after it. */
  | {
      readonly kind: 'stream-join'
      readonly left: number
      readonly right: number
      readonly join: JoinKind
      readonly before: number
      readonly after: number
      readonly grace: number
      readonly joiner: AuthorFunction
    }
  | {
      readonly kind: 'stream-table-join'
      readonly left: number
      readonly right: number
      readonly join: 'inner' | 'left'
      readonly joiner: AuthorFunction
      /** How long records wait for versions of the table, in ms; undefined: they do not. */
      readonly grace: number | undefined
      /** Whether the stream is held until the table has caught up at start. */
      readonly waitForTable: boolean
    }
  /** `key`: `(value, ctx) -> key of the table`. */
  | {
      readonly kind: 'global-table-join'
      readonly left: number
      readonly right: number
      readonly join: 'inner' | 'left'
      readonly key: AuthorFunction
      readonly joiner: AuthorFunction
    }
  | {
      readonly kind: 'table-join'
      readonly left: number
      readonly right: number
      readonly join: JoinKind
      readonly joiner: AuthorFunction
    }
  /** `foreignKey`: `(value of the left row, ctx) -> key of the right table`. */
  | {
      readonly kind: 'foreign-key-join'
      readonly left: number
      readonly right: number
      readonly join: 'inner' | 'left'
      readonly foreignKey: AuthorFunction
      readonly joiner: AuthorFunction
    }

export interface SplitBranch {
  readonly name: string
  readonly predicate: AuthorFunction | undefined
}

export type SinkTarget =
  | { readonly kind: 'topic'; readonly topic: TopicSpec }
  /** Topic name chosen per record; serdes are those of `like`. */
  | { readonly kind: 'chosen'; readonly choose: AuthorFunction; readonly like: TopicSpec }

export type GraphNodeKind = GraphNode['kind']

/** Nodes whose records a node takes, in the order of its declaration. */
export function inputsOf(node: GraphNode): readonly number[] {
  switch (node.kind) {
    case 'source':
    case 'table-source':
    case 'global-table':
      return []
    case 'merge':
    case 'cogroup':
      return node.inputs
    case 'stream-join':
    case 'stream-table-join':
    case 'global-table-join':
    case 'table-join':
    case 'foreign-key-join':
      return [node.left, node.right]
    default:
      return [node.input]
  }
}

export interface PipelineGraph {
  /** The pipeline's name; default of `applicationId`. */
  readonly name: string
  /** Consumer group, prefix of internal topics and transactional ids. */
  readonly applicationId: string
  readonly onError: ErrorPolicy
  readonly nodes: readonly GraphNode[]
}
