/**
 * The contract between a generated module and the runtime. A task is one (sub-topology, partition);
 * the runtime feeds it raw, decompressed record bytes and looks at the public fields after each call. Nothing here is
 * asynchronous and nothing allocates per record.
 */
import type { BatchWriter } from '../kafka/record-batch/batch-writer.js'
import type { PrefixedStore } from '../state/prefixed-store.js'
import type { SessionStore } from '../state/session-store.js'
import type { Table } from '../state/table.js'
import type { TimeBuffer } from '../state/time-buffer.js'
import type { WindowStore } from '../state/window-store.js'
import type { Expiry } from '../state/expiry.js'
import type { Manifest } from './manifest.js'

/** Default export of a generated module. */
export interface GeneratedPipeline {
  readonly manifest: Manifest
  createTask(subTopology: number, context: TaskContext): GeneratedTask
  /** Of aggregates, by store and field: functions of the author that make results of what rows hold, for test drivers. */
  readonly results?: Readonly<Record<string, Readonly<Record<string, (held: never) => unknown>>>>
}

/** Header fields of the record batch whose records are handed over, as numbers. */
export interface RecordSection {
  readonly baseOffset: number
  readonly baseTimestamp: number
  /** Records below it were processed before and are skipped. */
  readonly fromOffset: number
  /** The broker's append time where the topic uses it; -1: the records' own time stamps. */
  readonly appendTimestamp: number
}

/** Why `process` or `peek` returned. */
export const Stop = {
  /** The section is used up. */
  End: 0,
  /** The head record is later than `untilTimestamp`. */
  TimeLimit: 1,
  /** `unknownSchemaId` of the head record has no reader: resolve it, then call again. No effect of the record happened. */
  UnknownSchema: 2,
  /** An output writer or all of them hold enough: seal, then call again. */
  OutputFull: 3,
  /** The slice of time is over. */
  TimeSlice: 4,
  /** `error` was thrown by the head record; its outputs are rolled back. Apply the policy of `failedOperator`. */
  RecordError: 5,
  /** A chosen topic (`unknownTopic`) has no metadata yet: look it up, then call again. */
  UnknownTopic: 6,
  /** The last record that is done has made something due in stream time: call `tick`. */
  Due: 7,
} as const
export type Stop = (typeof Stop)[keyof typeof Stop]

export interface GeneratedTask {
  /**
   * Processes records of `buffer` in [start, end) in order, all effects of a record or none.
   * Afterwards `position` is the byte position of the first record that is not done (end when all are) and `nextOffset`
   * the offset after the last record done.
   */
  process(
    input: number,
    buffer: Buffer,
    view: DataView,
    start: number,
    end: number,
    section: RecordSection,
    untilTimestamp: number,
  ): Stop
  /**
   * Times the head record without processing it. End: `position` is that record's and `headTimestamp` its event time, or
   * `position` is `end` when only records below `fromOffset` were left. Else UnknownSchema or RecordError, as `process`.
   */
  peek(input: number, buffer: Buffer, view: DataView, start: number, end: number, section: RecordSection): Stop

  /**
   * Does what is due by stream time and wall clock: timers and punctuations, each for itself with all of its effects or
   * none. End: nothing is due any more. OutputFull, TimeSlice: call it again. UnknownTopic, RecordError as `process`;
   * after `skipDue` it goes on behind what has failed.
   */
  tick(): Stop
  /** Takes stream time to that of a record that another task has done: whether something is due then. For test drivers. */
  advanceStreamTime(timestamp: number): boolean
  /** What is due next, and has failed, counts as done. */
  skipDue(): void
  /** When the wall clock makes something due, ms since the epoch; Infinity: never. Something may be due already. */
  nextWallClock(): number
  readonly position: number
  readonly nextOffset: number
  readonly headTimestamp: number
  readonly unknownSchemaId: number
  /** Whether the unknown id is in the key. */
  readonly unknownSchemaInKey: boolean
  readonly unknownTopic: string
  readonly error: unknown
  /** Id of the operator that threw (ManifestOperator.id); -1: the decoder of the source. */
  readonly failedOperator: number
  /** Records taken in by each operator, by operator id: read by metrics at scrape time. */
  readonly counts: Float64Array
  close(): void
}

/** What the runtime gives a task. */
export interface TaskContext {
  readonly partition: number
  readonly outputs: TaskOutputs
  readonly schemas: TaskSchemas
  readonly stores: TaskStores
  /** The global tables of the process; tasks only look at them. */
  readonly globals: Pick<TaskStores, 'table'>
  readonly log: TaskLog
  /** Wall clock, ms since the epoch. */
  now(): number
  /** Whether all that there is to read has been read, as the brokers say who answered just now. */
  isIdle(): boolean
  /** Monotonic deadline of the current slice in ms (`performance.now()`); looked at every few hundred records. */
  deadline: number
}

/** The open batches of one task; shared by all its sinks. */
export interface TaskOutputs {
  /** `sink` is an index into Manifest.sinks; throws for a chosen sink. Its metadata is known before the task is created. */
  sink(sink: number): TopicOutput
  /** undefined: no metadata of that topic yet (Stop.UnknownTopic). */
  topic(name: string): TopicOutput | undefined
  /**
   * Generated code sets it when a writer is `full` after a record; the task then returns Stop.OutputFull before the next
   * record. The runtime clears it when it seals, and looks at the sum of all writers after each slice.
   */
  full: boolean
  /**
   * Drops what the record with this serial wrote anywhere. Serials are the task's own: each input record gets another
   * one than the record before it, 0 or more.
   */
  rollback(serial: number): void
}

export interface TopicOutput {
  readonly topic: string
  readonly partitions: number
  /** By partition, all present. */
  readonly writers: readonly BatchWriter[]
  /** Java's default partitioner: murmur2 of the serialized key. */
  partitionOf(key: Uint8Array, start: number, end: number): number
  /** Sticky partition for records without a key. */
  stickyPartition(): number
}

/** The stores of one task. Look them up when the task is created, by the names in the manifest; else RangeError. */
export interface TaskStores {
  /** Of every kind: the rows. */
  table(name: string): Table
  windows(name: string): WindowStore
  sessions(name: string): SessionStore
  buffer(name: string): TimeBuffer
  prefixed(name: string): PrefixedStore
  /** undefined: its rows are kept for ever. */
  expiry(name: string): Expiry | undefined
  /** Generated code calls it before each record that may write to a store… */
  mark(): void
  /** …and this one, beside `TaskOutputs.rollback`, when the record failed. */
  rollback(): void
}

/** Which generated reader a schema id of this registry belongs to. */
export interface TaskSchemas {
  /**
   * Slot of the manifest; -1: unknown yet (Stop.UnknownSchema); -2: only through `transcode`. Slots are unique by
   * fingerprint over the whole manifest, so an id has one slot even where several subjects share a schema.
   */
  slotOf(id: number): number
  /** Registry id to write with for a slot of a sink; known before the task is created. */
  idOf(slot: number): number
  /**
   * Avro bytes, [start, end) behind the 5-byte frame, whose writer schema was unknown at build time, rewritten in the
   * schema of `readerSlot` (avsc resolution), without a frame. Correct but slow. Throws when they do not resolve.
   */
  transcode(id: number, readerSlot: number, buffer: Buffer, start: number, end: number): Buffer
}

export interface TaskLog {
  /** `print` operator. */
  print(label: string, key: unknown, value: unknown): void
}
