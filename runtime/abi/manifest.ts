/** What a generated module tells about itself, as plain JSON. The runtime refuses another `abi`. */
import type { ErrorPolicy } from '../../dsl/model/graph.js'
import type { JsonLongs } from '../../dsl/model/json-longs.js'

export const ABI = 4

export interface Manifest {
  readonly abi: number
  readonly compiler: string
  readonly pipeline: string
  readonly applicationId: string
  /** Of the author's sources and the lock: stale bundles are found by it. */
  readonly sourceHash: string
  /** Topology hash: tasks go only to members with the same one. */
  readonly topologyHash: string
  readonly onError: ErrorPolicy
  readonly operators: readonly ManifestOperator[]
  readonly subTopologies: readonly ManifestSubTopology[]
  /** Topics written to, internal ones included; `outputs` of a sub-topology are indices into it. */
  readonly sinks: readonly ManifestTopic[]
  /** Topics that a chosen sink may write to are not known at build time. */
  readonly internalTopics: readonly ManifestInternalTopic[]
  readonly stores: readonly ManifestStore[]
  /** Topics that must have the same partitions, with the operator that brings their keys together; undefined: none. */
  readonly coPartitioned?: readonly ManifestCoPartitioned[] | undefined
  readonly globalTables: readonly ManifestGlobalTable[]
  /** Schema slots: a generated reader or writer each, found in this registry by fingerprint. */
  readonly schemas: readonly ManifestSchema[]
}

export interface ManifestOperator {
  readonly id: number
  readonly label: string
  readonly kind: string
  readonly onError: ErrorPolicy
  /** Path:line:column in the author's file. */
  readonly source: string | undefined
}

export interface ManifestSubTopology {
  readonly id: number
  /** `input` of `GeneratedTask.process` is an index into it. */
  readonly inputs: readonly ManifestTopic[]
  /** Indices into `Manifest.sinks`. */
  readonly outputs: readonly number[]
  /** Indices of inputs that carry tables: at start they are read to their ends before the others are looked at. */
  readonly awaited: readonly number[]
}

/** A table that every process reads whole, outside of its group. */
export interface ManifestGlobalTable {
  /** What `createTask` makes for it: it has the one input, and writes nothing but rows. */
  readonly subTopology: number
  readonly input: ManifestTopic
  /** Unique among all stores. */
  readonly store: string
}

export interface ManifestTopic {
  /** Empty for a sink whose topic is chosen per record. */
  readonly topic: string
  readonly key: ManifestSerde
  readonly value: ManifestSerde
}

export type ManifestSerde =
  | {
      readonly kind: 'avro'
      readonly subject: string
      readonly reader: number
      readonly slots: readonly number[]
      /** How longs are represented; undefined: as numbers. */
      readonly long?: 'bigint' | undefined
    }
  | { readonly kind: 'json'; readonly longs?: JsonLongs | undefined }
  | { readonly kind: 'string' | 'bytes' | 'int32' | 'int64' | 'double' | 'uuid' }

export interface ManifestSchema {
  readonly slot: number
  readonly subject: string
  readonly fingerprint: string
  /** JSON text with references inlined. */
  readonly schema: string
}

export interface ManifestCoPartitioned {
  readonly operator: string
  readonly topics: readonly string[]
}

export interface ManifestInternalTopic {
  /** `<applicationId>-<name>-repartition`. */
  readonly topic: string
  readonly partitions: number | undefined
  readonly config: Readonly<Record<string, string>>
}

export interface ManifestStore {
  /** Unique in the pipeline. */
  readonly name: string
  /** Each of its tasks has one. */
  readonly subTopology: number
  readonly kind: 'key-value' | 'window' | 'session' | 'buffer' | 'prefixed'
  /** Numbers of a row, beside its timestamp. */
  readonly columns: number
  /** Of windows, sessions and buffers: length of a time bucket, ms. Windows: the advance; else a part of the retention. */
  readonly bucketMs: number
  /** How long after their last change rows are kept, ms of stream time; undefined: for ever. */
  readonly ttlMs?: number | undefined
  /** Of windows: whether rows of a key are gone through in order. */
  readonly ranges: boolean
  /** What keys and rows are; undefined: not told. */
  readonly contents?: ManifestContents | undefined
  /** Of declared aggregates: how their results come of what rows hold. */
  readonly fields?: readonly ManifestAggregateField[] | undefined
  /** `<applicationId>-<name>-changelog`, or the topic that the table is read from; undefined: lost with the process. */
  readonly changelog: ManifestChangelog | undefined
  /** Where its rows are; undefined: in memory. */
  readonly location?: 'disk' | undefined
}

export interface ManifestAggregateField {
  readonly name: string
  /** `function`: of the author, and part of the generated code only. */
  readonly result: 'first' | 'quotient' | 'length' | 'function'
  /** Numbers of the row, and fields of its value by their place. */
  readonly slots: readonly ({ readonly column: number } | { readonly field: number })[]
}

export interface ManifestContents {
  /** Of `prefixed` rows: what stands before their own keys. */
  readonly outer?: ManifestStateSerde | undefined
  readonly key: ManifestStateSerde
  readonly value: ManifestStateSerde
  /** Length of its windows in ms, where all have one. */
  readonly windowMs?: number | undefined
  /** Stands beside each row that is written: in which form it is. */
  readonly rows: number
  /** Forms that rows were written in before; they are read by schema resolution. */
  readonly older: readonly { readonly rows: number; readonly value: ManifestStateSerde }[]
}

export type ManifestStateSerde =
  | { readonly kind: 'avro'; readonly fingerprint: string; readonly schema: string; readonly long: 'number' | 'bigint' }
  | { readonly kind: 'json'; readonly longs?: JsonLongs | undefined }
  | { readonly kind: 'string' | 'bytes' | 'int32' | 'int64' | 'double' | 'uuid' }

export interface ManifestChangelog {
  readonly topic: string
  readonly config: Readonly<Record<string, string>>
  /**
   * The topic is the one that the table is read from: nothing is written to it, and rows are made of its records by what
   * `createTask` makes for this number. It has the one input, and writes nothing but rows. undefined: a topic of our own.
   */
  readonly restoredBy?: number | undefined
}
