/** Keys of state: values are told apart, and put in order, by their canonical bytes. */
import type { Windowed } from '../../../dsl/windowed.js'
import { canonicalJson } from '../serdes/json.js'
import { keyBytes } from '../serdes/key-bytes.js'

/** Equal for equal keys. */
export function keyText(key: unknown): string {
  return typeof key === 'bigint' ? `${key}n` : canonicalJson(key)
}

/** Order of serialized keys, where nobody says how they are: by unsigned bytes, as their type has them. */
export function compareKeys(a: unknown, b: unknown): number {
  return Buffer.compare(keyBytes(a), keyBytes(b))
}

/** A windowed key as the author sees it. */
export function windowed(key: unknown, start: number, end: number): Windowed<unknown> {
  return { key, start, end }
}
