/** Stores as tests read them. */
import { isDeepStrictEqual } from 'node:util'
import type { StoreRow } from '../compiler/interpret/index.js'

export interface TestStoreRow<K, V> {
  readonly key: K
  readonly value: V
}

/** What an operator keeps, at the present moment. */
export interface TestStore<K, V> {
  /** undefined: there is no such row. */
  get(key: K): V | undefined
  /** By key; windows by start first. */
  rows(): TestStoreRow<K, V>[]
  readonly size: number
}

/** `rows` gives what there is, in any order. */
export function testStore<K, V>(rows: () => readonly StoreRow[]): TestStore<K, V> {
  // Whoever asks for a store says what is in it, as the pipeline has it.
  const typed = (): readonly TestStoreRow<K, V>[] => rows() as readonly TestStoreRow<K, V>[]
  return {
    get: (key) => typed().find((row) => isDeepStrictEqual(row.key, key))?.value,
    rows: () => typed().toSorted((a, b) => compare(orderOf(a.key), orderOf(b.key))),
    get size() {
      return rows().length
    },
  }
}

function orderOf(key: unknown): readonly [number, number, string] {
  if (typeof key !== 'object' || key === null || !('start' in key) || !('end' in key)) return [0, 0, textOf(key)]
  return [Number(key.start), Number(key.end), 'key' in key ? textOf(key.key) : '']
}

function textOf(key: unknown): string {
  return typeof key === 'string'
    ? key
    : JSON.stringify(key, (_, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item))
}

function compare(a: readonly [number, number, string], b: readonly [number, number, string]): number {
  return a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : a[2] > b[2] ? 1 : 0)
}
