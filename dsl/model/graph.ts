/**
 * The graph that a pipeline's builder records: pure data, plus the author's own functions by reference.
 * The interpreter runs it as it is; the compiler's stage pass serialises it into a LogicalPlan.
 * Nodes are listed in declaration order, which is also a topological order.
 */
import type { Site } from './call-site.js'
import type { SerdeSpec } from './serde-spec.js'

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
}
interface OneInput {
  readonly input: number
}

export type GraphNode = NodeBase &
  (
    | { readonly kind: 'source'; readonly topic: TopicSpec }
    | ({ readonly kind: 'filter'; readonly predicate: AuthorFunction; readonly negated: boolean } & OneInput)
    | ({ readonly kind: 'map'; readonly mapper: AuthorFunction } & OneInput)
    | ({ readonly kind: 'map-record'; readonly mapper: AuthorFunction } & OneInput)
    | ({ readonly kind: 'flat-map'; readonly mapper: AuthorFunction } & OneInput)
    | ({ readonly kind: 'select-key'; readonly selector: AuthorFunction } & OneInput)
    | ({ readonly kind: 'peek'; readonly action: AuthorFunction } & OneInput)
    | ({ readonly kind: 'print'; readonly label: string | undefined } & OneInput)
    | ({ readonly kind: 'for-each'; readonly action: AuthorFunction } & OneInput)
    | { readonly kind: 'merge'; readonly inputs: readonly number[] }
    /** First branch whose predicate holds takes the record; `undefined` predicate = otherwise. */
    | ({ readonly kind: 'split'; readonly branches: readonly SplitBranch[] } & OneInput)
    /** One output of a split: `input` is the split node. */
    | ({ readonly kind: 'branch'; readonly branch: string } & OneInput)
    | ({ readonly kind: 'repartition'; readonly partitions: number | undefined } & OneInput)
    | ({
        readonly kind: 'to'
        readonly target: SinkTarget
        readonly headers: AuthorFunction | undefined
        readonly timestamp: AuthorFunction | undefined
      } & OneInput)
  )

export interface SplitBranch {
  readonly name: string
  readonly predicate: AuthorFunction | undefined
}

export type SinkTarget =
  | { readonly kind: 'topic'; readonly topic: TopicSpec }
  /** Topic name chosen per record; serdes are those of `like`. */
  | { readonly kind: 'chosen'; readonly choose: AuthorFunction; readonly like: TopicSpec }

export type GraphNodeKind = GraphNode['kind']

export interface PipelineGraph {
  /** The pipeline's name; default of `applicationId`. */
  readonly name: string
  /** Consumer group, prefix of internal topics and transactional ids. */
  readonly applicationId: string
  readonly onError: ErrorPolicy
  readonly nodes: readonly GraphNode[]
}
