/** Keys of state: values are told apart, and put in order, by their canonical bytes. */
import type { Windowed } from '../../../dsl/windowed.js'
import { canonicalJson } from '../serdes/json.js'

/** Equal for equal keys. */
export function keyText(key: unknown): string {
  return typeof key === 'bigint' ? `${key}n` : canonicalJson(key)
}

/** Order of serialized keys: by unsigned bytes. */
export function compareKeys(a: unknown, b: unknown): number {
  return Buffer.compare(orderedBytes(a), orderedBytes(b))
}

/** Quotes around a text would come behind spaces and exclamation marks. */
function orderedBytes(key: unknown): Buffer {
  return Buffer.from(typeof key === 'string' ? key : keyText(key))
}

/** A windowed key as the author sees it. */
export function windowed(key: unknown, start: number, end: number): Windowed<unknown> {
  return { key, start, end }
}
