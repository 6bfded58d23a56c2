/** Stores of `process`, as its functions see them: values are copied in and out, as if they were bytes. */
import type { StoreSpec } from '../../../dsl/model/store-spec.js'
import type { KeyValueStore, ListStore, MapStore, ValueStore } from '../../../dsl/stores.js'
import type { StoreRow } from '../operators/operator.js'
import type { Journal } from './journal.js'
import { compareKeys, keyText } from './key-bytes.js'
import { orderOf } from './key-order.js'
import { KeyedMap } from './keyed-map.js'

interface Row {
  readonly partition: number
  /** Of the record, undefined in a key-value store. */
  readonly outer: unknown
  /** Of the author. */
  readonly inner: unknown
  readonly value: unknown
  /** Stream time of its last change. */
  readonly changed: number
}

/** Where the functions stand. */
export interface StoreScope {
  readonly partition: number
  /** undefined: there is no record and no timer. */
  readonly key: unknown
  readonly streamTime: number
}

type AuthorStore =
  KeyValueStore<unknown, unknown> | ValueStore<unknown> | ListStore<unknown> | MapStore<unknown, unknown>

export class AuthorRows {
  readonly spec: StoreSpec
  readonly #rows: KeyedMap<Row>

  constructor(spec: StoreSpec, journal: Journal) {
    this.spec = spec
    this.#rows = new KeyedMap(journal)
  }

  /** Deletes what was not changed for too long. */
  expire(partition: number, streamTime: number): void {
    const { ttl } = this.spec
    if (ttl === undefined) return
    for (const { key, value } of this.#rows.rows()) {
      if (value.partition === partition && value.changed + ttl <= streamTime) this.#rows.delete(key)
    }
  }

  open(scope: () => StoreScope): AuthorStore {
    const rows = new ScopedRows(this.#rows, this.spec, scope)
    switch (this.spec.kind) {
      case 'key-value':
        return {
          get: (key) => rows.get(undefined, key),
          set: (key, value) => {
            rows.set(undefined, key, value)
          },
          delete: (key) => {
            rows.delete(undefined, key)
          },
          entries: (range) => rows.entries(undefined).filter(([key]) => rows.isWithin(key, range?.from, range?.to)),
        }
      case 'value':
        return {
          get: () => rows.get(rows.key, null),
          set: (value: unknown) => {
            rows.set(rows.key, null, value)
          },
          clear: () => {
            rows.delete(rows.key, null)
          },
        }
      case 'list': {
        const all = (): unknown[] => (rows.get(rows.key, null) as unknown[] | undefined) ?? []
        return {
          get: all,
          add: (value) => {
            rows.set(rows.key, null, [...all(), value])
          },
          set: (values: readonly unknown[]) => {
            if (values.length === 0) rows.delete(rows.key, null)
            else rows.set(rows.key, null, values)
          },
          clear: () => {
            rows.delete(rows.key, null)
          },
        }
      }
      case 'map':
        return {
          get: (key) => rows.get(rows.key, key),
          set: (key, value) => {
            rows.set(rows.key, key, value)
          },
          delete: (key) => {
            rows.delete(rows.key, key)
          },
          entries: () => rows.entries(rows.key),
          clear: () => {
            for (const [key] of rows.entries(rows.key)) rows.delete(rows.key, key)
          },
        }
    }
  }

  /** As a test sees them: maps by the keys of the records. */
  results(): readonly StoreRow[] {
    const rows = this.#rows.rows().map(({ value }) => value)
    switch (this.spec.kind) {
      case 'key-value':
        return rows.map(({ inner, value }) => ({ key: inner, value }))
      case 'value':
      case 'list':
        return rows.map(({ outer, value }) => ({ key: outer, value }))
      case 'map':
        return rows.map(({ outer, inner, value }) => ({ key: [outer, inner], value }))
    }
  }
}

class ScopedRows {
  readonly #rows: KeyedMap<Row>
  readonly #spec: StoreSpec
  readonly #scope: () => StoreScope

  constructor(rows: KeyedMap<Row>, spec: StoreSpec, scope: () => StoreScope) {
    this.#rows = rows
    this.#spec = spec
    this.#scope = scope
  }

  /** Of the record or timer. */
  get key(): unknown {
    const { key } = this.#scope()
    if (key !== null && key !== undefined) return key
    throw new RangeError(`store '${this.#spec.name}' is by the key of the record, and there is none here`)
  }

  get(outer: unknown, inner: unknown): unknown {
    return structuredClone(this.#rows.get(this.#id(outer, inner))?.value)
  }

  set(outer: unknown, inner: unknown, value: unknown): void {
    if (value === null || value === undefined) {
      throw new TypeError(`a row of store '${this.#spec.name}' cannot be ${String(value)}: delete it instead`)
    }
    const { partition, streamTime } = this.#scope()
    const row = { partition, outer, inner, value: structuredClone(value), changed: streamTime }
    this.#rows.set(this.#id(outer, inner), row)
  }

  delete(outer: unknown, inner: unknown): void {
    this.#rows.delete(this.#id(outer, inner))
  }

  /** By the inner keys. */
  entries(outer: unknown): [unknown, unknown][] {
    const { partition } = this.#scope()
    return this.#rows
      .rows()
      .map(({ value }) => value)
      .filter((row) => row.partition === partition && (outer === undefined || compareKeys(row.outer, outer) === 0))
      .toSorted((a, b) => this.#compare(a.inner, b.inner))
      .map(({ inner, value }) => [inner, structuredClone(value)])
  }

  isWithin(key: unknown, from: unknown, to: unknown): boolean {
    return (from === undefined || this.#compare(key, from) >= 0) && (to === undefined || this.#compare(key, to) <= 0)
  }

  /** By serialized keys. */
  #compare(a: unknown, b: unknown): number {
    return orderOf(this.#spec.key)(a, b)
  }

  #id(outer: unknown, inner: unknown): string {
    return `${this.#scope().partition} ${keyText(outer ?? null)} ${keyText(inner)}`
  }
}
