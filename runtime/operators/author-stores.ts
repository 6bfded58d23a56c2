/** Stores of a processor as its functions see them, on rows of the task. */
import type { KeyValueStore, ListStore, MapStore, ValueStore } from '../../dsl/stores.js'
import { Scratch } from '../generated/scratch.js'
import type { Expiry } from '../state/expiry.js'
import { PrefixedKey, type PrefixedStore } from '../state/prefixed-store.js'
import type { Table } from '../state/table.js'
import type { SeekKey } from './seek-key.js'
import type { StateCodec } from './state-codec.js'

/** Where the functions of a processor stand. */
export interface StoreScope {
  /** Of the record or timer, as bytes. */
  readonly key: SeekKey
  readonly hasKey: boolean
  readonly streamTime: number
}

interface StoreParts {
  readonly name: string
  readonly value: StateCodec
  readonly expiry: Expiry | undefined
}
interface KeyedParts extends StoreParts {
  readonly table: Table
  readonly key: StateCodec
}
interface MapParts extends StoreParts {
  readonly rows: PrefixedStore
  readonly key: StateCodec
}

/** Rows by bytes. */
class Rows {
  readonly table: Table
  readonly #parts: StoreParts
  readonly #scope: StoreScope
  readonly #scratch = new Scratch()

  constructor(table: Table, parts: StoreParts, scope: StoreScope) {
    this.table = table
    this.#parts = parts
    this.#scope = scope
  }

  get(bytes: Uint8Array, length: number): unknown {
    const slot = this.table.find(bytes, 0, length)
    return slot < 0 ? undefined : this.valueAt(slot)
  }

  valueAt(slot: number): unknown {
    const { table } = this
    return this.#parts.value.read(table.valueBuffer(slot), table.valueStart(slot), table.valueEnd(slot))
  }

  set(bytes: Uint8Array, length: number, value: unknown): void {
    if (value === null || value === undefined) {
      throw new TypeError(`a row of store '${this.#parts.name}' cannot be ${String(value)}: delete it instead`)
    }
    const { table } = this
    const { streamTime } = this.#scope
    const scratch = this.#scratch
    scratch.position = 0
    this.#parts.value.write(scratch, value)
    let slot = table.find(bytes, 0, length)
    // Where rows expire, the time of a row is its place in the order: it cannot be changed.
    if (slot >= 0 && this.#parts.expiry !== undefined && table.timestamp(slot) !== streamTime) {
      table.delete(slot)
      slot = -1
    }
    if (slot < 0) slot = table.insert(bytes, 0, length, streamTime)
    else if (this.#parts.expiry === undefined) table.setTimestamp(slot, streamTime)
    table.setValue(slot, scratch.buffer, 0, scratch.position)
  }

  delete(bytes: Uint8Array, length: number): void {
    const slot = this.table.find(bytes, 0, length)
    if (slot >= 0) this.table.delete(slot)
  }

  /** Bytes of the record's key. */
  ofRecord(): SeekKey {
    if (this.#scope.hasKey) return this.#scope.key
    throw new RangeError(`store '${this.#parts.name}' is by the key of the record, and there is none here`)
  }
}

export function keyValueStore(parts: KeyedParts, scope: StoreScope): KeyValueStore<unknown, unknown> {
  const { table, key: codec } = parts
  const rows = new Rows(table, parts, scope)
  const scratch = new Scratch()
  const at = (key: unknown): Scratch => {
    scratch.position = 0
    codec.write(scratch, key)
    return scratch
  }
  const bytesOf = (key: unknown): Buffer | undefined => {
    if (key === undefined) return undefined
    const { buffer, position } = at(key)
    return Buffer.from(buffer.subarray(0, position))
  }
  return {
    get(key) {
      const { buffer, position } = at(key)
      return rows.get(buffer, position)
    },
    set(key, value) {
      const { buffer, position } = at(key)
      rows.set(buffer, position, value)
    },
    delete(key) {
      const { buffer, position } = at(key)
      rows.delete(buffer, position)
    },
    *entries({ from, to } = {}) {
      const lower = bytesOf(from)
      const upper = bytesOf(to)
      for (const slot of table.inKeyOrder(lower, upper)) {
        if (!table.isLive(slot)) continue
        yield [codec.read(table.keyBuffer(slot), table.keyStart(slot), table.keyEnd(slot)), rows.valueAt(slot)]
      }
    },
  }
}

export function valueStore(parts: Omit<KeyedParts, 'key'>, scope: StoreScope): ValueStore<unknown> {
  const rows = new Rows(parts.table, parts, scope)
  return {
    get() {
      const { bytes, length } = rows.ofRecord()
      return rows.get(bytes, length)
    },
    set(value) {
      const { bytes, length } = rows.ofRecord()
      rows.set(bytes, length, value)
    },
    clear() {
      const { bytes, length } = rows.ofRecord()
      rows.delete(bytes, length)
    },
  }
}

/** A list is one row. */
export function listStore(parts: Omit<KeyedParts, 'key'>, scope: StoreScope): ListStore<unknown> {
  const one = valueStore(parts, scope)
  const get = (): unknown[] => (one.get() as unknown[] | undefined) ?? []
  return {
    get,
    add(value) {
      one.set([...get(), value])
    },
    set(values) {
      if (values.length === 0) one.clear()
      else one.set(values)
    },
    clear() {
      one.clear()
    },
  }
}

export function mapStore(parts: MapParts, scope: StoreScope): MapStore<unknown, unknown> {
  const { rows: prefixed, key: codec } = parts
  const { table } = prefixed
  const rows = new Rows(table, parts, scope)
  const scratch = new Scratch()
  const whole = new PrefixedKey()
  const at = (key: unknown): PrefixedKey => {
    const outer = rows.ofRecord()
    scratch.position = 0
    codec.write(scratch, key)
    whole.set(outer.bytes, outer.length, scratch.buffer, scratch.position)
    return whole
  }
  const slots = (): readonly number[] => {
    const { bytes, length } = rows.ofRecord()
    return prefixed.all(bytes, 0, length)
  }
  return {
    get(key) {
      const { bytes, length } = at(key)
      return rows.get(bytes, length)
    },
    set(key, value) {
      const { bytes, length } = at(key)
      rows.set(bytes, length, value)
    },
    delete(key) {
      const { bytes, length } = at(key)
      rows.delete(bytes, length)
    },
    *entries() {
      for (const slot of slots()) {
        if (!table.isLive(slot)) continue
        yield [codec.read(table.keyBuffer(slot), prefixed.innerStart(slot), table.keyEnd(slot)), rows.valueAt(slot)]
      }
    },
    clear() {
      for (const slot of slots()) table.delete(slot)
    },
  }
}
