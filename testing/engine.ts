/**
 * What a test driver drives: a pipeline without a broker, one record at a time. The interpreted and the compiled form
 * are two implementations; the driver cannot tell them apart.
 */
import type { OutputRecord, RecordProblem, WireRecord } from '../compiler/interpret/index.js'
import type { TopicSerdes } from '../compiler/interpret/serdes/element-serde.js'
import type { TopicSpec } from '../dsl/model/graph.js'

export interface Engine {
  readonly name: string
  /** Topics that `process` takes records of. */
  readonly sources: ReadonlySet<string>
  /** Processes a record to its end, and records on internal topics that it causes. */
  process(record: WireRecord): readonly EngineOutcome[]
  /** How records of a topic are written and read outside of the pipeline. */
  serdes(topic: TopicSpec): TopicSerdes
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
