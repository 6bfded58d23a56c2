/** Options that many operators take. */
import type { Duration } from './duration.js'
import type { OnError } from './on-error.js'

export interface Named {
  /**
   * Name of the operator, of its store and of its internal topics; unique in the pipeline. Names are for ever: state is
   * found again by it. Default: from the place in the pipeline.
   */
  readonly name?: string
}

export interface LastingOptions extends Named, Stored {
  /**
   * How long after its last change a row is kept, in the operator's stream time; then it is deleted, as by a tombstone:
   * also from the changelog, and for those who read the table. Default: for ever.
   */
  readonly ttl?: Duration
}

/** Of a table that is read from a topic. */
export interface SourceTableOptions extends LastingOptions {
  /**
   * What its rows are restored from: `own` (default), a changelog topic that it writes, or the `source` topic itself, as
   * with Kafka Streams' `reuse.ktable.source.topics`. That wants a topic which keeps the last record of each key
   * (`cleanup.policy=compact`, or `delete` without limits), which is checked at the start, and `onError: 'fail'` behind
   * the table (MR1304). Not with `ttl` and `versioned`, which keep what the topic does not have.
   */
  readonly changelog?: 'own' | 'source'
}

/** Of aggregates; those of windows have it in the options of their windows. */
export interface EmittingOptions extends Named {
  /**
   * Changes of one key are put together for so long by the wall clock, and the last one goes on (Kafka Streams' record
   * cache). What waits is state: nothing is lost. Default: each change goes on.
   */
  readonly emit?: { readonly every: Duration }
}

/** A row that expires is a deletion. */
export type Expires<O> = O extends { readonly ttl: Duration } ? null : never

export interface TableOptions extends Named {
  /** What a record gets that cannot be processed. Default: the pipeline's policy. */
  readonly onError?: OnError
}

/** Of operators that keep state. */
export interface Stored {
  /**
   * Where its rows are: `memory` (default), or on `disk`, for state that is larger than memory; that wants the package
   * `lmdb` and a state directory. Changelogs are the same: it may be changed at any time.
   */
  readonly store?: 'memory' | 'disk'
}

export interface StateOptions extends TableOptions, Stored {}

/** Of an aggregate of a stream. */
export interface AggregateOptions extends TableOptions, LastingOptions, EmittingOptions {}
