/**
 * What a test driver drives: a pipeline without a broker, one record at a time. The interpreted and the compiled form
 * are two implementations; the driver cannot tell them apart.
 */
import type { OutputRecord, RecordProblem, StoreRow, WireRecord } from '../compiler/interpret/index.js'
import type { TopicSerdes } from '../compiler/interpret/serdes/element-serde.js'
import type { TopicSpec } from '../dsl/model/graph.js'

export interface Engine {
  readonly name: string
  /** Topics that `process` takes records of. */
  readonly sources: ReadonlySet<string>
  /** Processes a record to its end, and records on internal topics that it causes. */
  process(record: WireRecord): readonly EngineOutcome[]
  /** Moves the wall clock on, to a time in ms. */
  advanceWallClock(now: number): readonly EngineOutcome[]
  /** How records of a topic are written and read outside of the pipeline. */
  serdes(topic: TopicSpec): TopicSerdes
  /** Rows of a store, in no particular order; undefined: there is none of that name. */
  store(name: string): readonly StoreRow[] | undefined
  readonly stores: readonly string[]
  /** What was processed is final: state is in its changelogs. */
  commit(): void
  /** The process is gone, and another one begins: state is what the changelogs say. */
  crash(): void
  close(): void
}

/** What became of one record. */
export interface EngineOutcome {
  readonly record: WireRecord
  readonly result:
    { readonly kind: 'done' | 'dropped' } | ({ readonly kind: 'skipped' | 'dead-lettered' | 'failed' } & RecordProblem)
  /** What it wrote to topics that are not internal, in order within each topic; nothing if it was rolled back. */
  readonly outputs: readonly EngineOutput[]
}

export interface EngineOutput extends OutputRecord {
  readonly partition: number
}

/** How many partitions a topic has. */
export type PartitionCount = (topic: string) => number

export type PrintRecord = (label: string, key: unknown, value: unknown) => void
