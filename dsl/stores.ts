/**
 * Stores of `process`: typed, named, one set for each task, written to a changelog, committed and undone with the record
 * that changes them. Reads give the author copies: what is changed in place stays unknown to the store until it is set.
 */
import { positiveMilliseconds, type Duration } from './duration.js'
import { Arguments } from './model/arguments.js'
import type { SerdeSpec } from './model/serde-spec.js'
import type { StoreSpec } from './model/store-spec.js'
import type { Stored } from './named.js'
import { storeOf } from './model/store-option.js'
import { serdeSpec, type Serde } from './serdes.js'

declare const opens: unique symbol

/** A store that a processor declares; `Opened` is what its functions get. */
export interface StoreDeclaration<out Opened> {
  readonly [opens]: () => Opened
}

/** Rows by keys of the author's choice, all of those of the task. */
export interface KeyValueStore<K, V> {
  get(key: K): V | undefined
  set(key: K, value: V): void
  delete(key: K): void
  /** By the bytes of the serialized keys, `from` and `to` included. Changes meanwhile show in what is still to come. */
  entries(range?: { readonly from?: K; readonly to?: K }): Iterable<[K, V]>
}

/** One value for each key of the records. */
export interface ValueStore<V> {
  get(): V | undefined
  set(value: V): void
  clear(): void
}

/** A list for each key of the records. It is one row: `add` reads and writes all of it. */
export interface ListStore<V> {
  get(): V[]
  add(value: V): void
  set(values: readonly V[]): void
  clear(): void
}

/** A map for each key of the records; a row for each of its entries. */
export interface MapStore<K, V> {
  get(key: K): V | undefined
  set(key: K, value: V): void
  delete(key: K): void
  /** By the bytes of the serialized keys. */
  entries(): Iterable<[K, V]>
  clear(): void
}

interface StoreOptions<V> extends Stored {
  readonly value: Serde<V>
  /**
   * How long after its last change a row is kept, in stream time of the operator; then it is deleted, from the changelog
   * as well. Default: for ever.
   */
  readonly ttl?: Duration
}
interface KeyedStoreOptions<K, V> extends StoreOptions<V> {
  readonly key: Serde<K>
}

class DeclaredStore {
  readonly spec: Omit<StoreSpec, 'name'>
  constructor(spec: Omit<StoreSpec, 'name'>) {
    this.spec = spec
  }
}

/** Rows by keys of their own, e.g. to be gone through in `punctuate`. */
export function keyValueStore<K, V>(options: KeyedStoreOptions<K, V>): StoreDeclaration<KeyValueStore<K, V>>
export function keyValueStore(...values: unknown[]): unknown {
  return declare('key-value', new Arguments('keyValueStore', values))
}

/** A value for each key of the records. */
export function valueStore<V>(options: StoreOptions<V>): StoreDeclaration<ValueStore<V>>
export function valueStore(...values: unknown[]): unknown {
  return declare('value', new Arguments('valueStore', values))
}

/** A list for each key of the records. */
export function listStore<V>(options: StoreOptions<V>): StoreDeclaration<ListStore<V>>
export function listStore(...values: unknown[]): unknown {
  return declare('list', new Arguments('listStore', values))
}

/** A map for each key of the records. */
export function mapStore<K, V>(options: KeyedStoreOptions<K, V>): StoreDeclaration<MapStore<K, V>>
export function mapStore(...values: unknown[]): unknown {
  return declare('map', new Arguments('mapStore', values))
}

/** The description behind a store; undefined when the value is none. */
export function storeSpec(name: string, store: unknown): StoreSpec | undefined {
  return store instanceof DeclaredStore ? { name, ...store.spec } : undefined
}

function declare(kind: StoreSpec['kind'], args: Arguments): DeclaredStore {
  const options = args.options(0)
  const keyed = kind === 'key-value' || kind === 'map'
  const { ttl } = options
  return new DeclaredStore({
    kind,
    key: keyed ? serdeOf(args, 'key', options['key']) : undefined,
    value: serdeOf(args, 'value', options['value']),
    ttl: ttl === undefined ? undefined : positiveMilliseconds(ttl, '`ttl`', args),
    store: storeOf(options['store'], args),
  })
}

function serdeOf(args: Arguments, name: string, value: unknown): SerdeSpec {
  const spec = serdeSpec(value)
  if (spec === undefined) throw args.wrong(`\`${name}\` of \`${args.callee}\` is not a serde`, 'use avro(), string()…')
  if (spec.kind !== 'nullable') return spec
  throw args.wrong(`\`${name}\` of \`${args.callee}\` is never null`, 'what is not there is undefined')
}
