/** What the functions of an author's processor get and give. */
import type { Duration } from './duration.js'
import type { RecordContext } from './record-context.js'
import type { StoreDeclaration } from './stores.js'

export type Clock = 'stream' | 'wall'

export type Stores = Readonly<Record<string, StoreDeclaration<unknown>>>

/** Of a processor that declares none. */
export interface NoStores {
  readonly [name: string]: never
}

export type OpenStores<S extends Stores> = {
  readonly [N in keyof S]: S[N] extends StoreDeclaration<infer Opened> ? Opened : never
}

/** A timer for each key of the records. It survives restarts. */
export interface Timer {
  /** Whole ms since the epoch. A timer that is set already is moved; one in the past fires behind the record. */
  set(at: number): void
  cancel(): void
}

export interface ProcessorState<S extends Stores, T extends string> {
  readonly stores: OpenStores<S>
  /** Of the key that the record, or the timer that fires, has. Without a key there are none: RangeError. */
  readonly timers: { readonly [N in T]: Timer }
  /** Stream time of the task: the greatest timestamp of its records, ms since the epoch; -1 before the first. */
  readonly streamTime: number
  /** Wall clock, ms since the epoch. In tests it is the driver's. */
  readonly now: number
}

export interface FiredTimer<K, T extends string> {
  readonly name: T
  readonly key: K
  /** What it was set for, ms since the epoch. */
  readonly at: number
}

interface EmittedValue<O extends string> {
  readonly value: unknown
  /** Ms since the epoch. Default: that of the record; of the timer: what it was set for, or the wall clock. */
  readonly timestamp?: number
  /** Which of `outputs` it goes to. */
  readonly to?: O
}
interface EmittedRecord<O extends string> extends EmittedValue<O> {
  readonly key: unknown
}

/** Nothing, or the records that go on: an array, or what a generator yields. */
export type Emitted<O extends string> = Iterable<EmittedRecord<O>> | undefined | void
export type EmittedValues<O extends string> = Iterable<EmittedValue<O>> | undefined | void

export interface ValueProcessor<K, V, S extends Stores, T extends string, O extends string, R1, R2> {
  /** State, by names of its own: a name is for ever. */
  readonly stores?: S
  /** Timers, with the clock that they go by. */
  readonly timers?: { readonly [N in T]: Clock }
  /** Names of outputs: with them the operator gives a stream for each, and `to` says which one a record goes to. */
  readonly outputs?: readonly O[]
  process(value: V, ctx: RecordContext<K>, state: ProcessorState<S, T>): R1
  onTimer?(timer: FiredTimer<NonNullable<K>, T>, state: ProcessorState<S, T>): R2
}

export interface Processor<
  K,
  V,
  S extends Stores,
  T extends string,
  O extends string,
  R1,
  R2,
  R3,
> extends ValueProcessor<K, V, S, T, O, R1, R2> {
  /**
   * Called again and again, for each task. In stream time it is due at multiples of `every`, the first record included,
   * by the wall clock from the start of the task on; what was missed is done once (Kafka Streams' Punctuator). `time` is
   * the stream time or the wall clock.
   */
  readonly punctuate?: {
    readonly every: Duration
    readonly clock: Clock
    run(time: number, state: ProcessorState<S, T>): R3
  }
}

/** The records that a function of a processor gives. */
export type RecordsOf<R> = R extends Iterable<infer Record> ? Record : never
type To<E, O> = E extends { readonly to: O } ? E : never
type KeyOf<E> = E extends { readonly key: infer K } ? K : never
type ValueOf<E> = E extends { readonly value: infer V } ? V : never

export type KeysTo<E, O extends string> = KeyOf<[O] extends [never] ? E : To<E, O>>
export type ValuesTo<E, O extends string> = ValueOf<[O] extends [never] ? E : To<E, O>>
